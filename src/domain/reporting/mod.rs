//! The arithmetic of reports: medians, bands, chains, the forecast and the reconciliation of raids; which backups are kept; and the words of
//! papers. Nothing of a person comes in here, so that every rule can be tested with a table.

mod bands;
pub mod chains;
mod fines;
pub mod forecast;
mod histogram;
mod month;
pub mod paper_words;
mod reconciliation;
pub mod released;
pub mod retention;

pub use bands::WaitBand;
pub use chains::{Chain, ChainOf, chains};
pub use fines::{FineSums, TrackCount};
pub use forecast::{Forecast, PACE_DAYS, Pace, forecast};
pub use histogram::{DayCounts, MedianDays};
pub use month::Month;
pub use reconciliation::{NationalityCount, OperationReconciliation, Unaccounted, reconcile_registered, unaccounted};
