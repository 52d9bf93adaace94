//! Enumerations: closed lists of codes, each with one stable text. Named after HTCDS 2.0 where that standard has the list.

mod case;
mod matching;
mod organisation;
mod person;
mod place;
mod process;
mod repatriation;
mod sharing;

pub use case::*;
pub use matching::*;
pub use organisation::*;
pub use person::*;
pub use place::*;
pub use process::*;
pub use repatriation::*;
pub use sharing::*;
