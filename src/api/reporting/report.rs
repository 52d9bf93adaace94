//! What every report has in common: its door, and its form as JSON, CSV and chart.

use crate::api::http::access::{Allowed, may};
use crate::api::reporting::table::Table;

/// The door of every report.
pub(in crate::api) type Door = Allowed<may::StatisticsExact>;

/// A report that can be put into a table.
pub(in crate::api) trait Tabular {
    /// The table.
    fn table(&self) -> Table;

    /// The part of it that is drawn.
    fn drawn(&self) -> Table {
        self.table()
    }
}
