//! Enumerations: closed lists of codes, each with one stable text. Named after HTCDS 2.0 where that standard has the list.

mod accounts;
mod cases;
mod daily;
mod fines;
mod people;
mod person;
mod records;
mod reference;
mod repatriation;
mod sharing;
mod statements;
mod travel_documents;

pub use accounts::*;
pub use cases::*;
pub use daily::*;
pub use fines::*;
pub use people::*;
pub use person::*;
pub use records::*;
pub use reference::*;
pub use repatriation::*;
pub use sharing::*;
pub use statements::*;
pub use travel_documents::*;
