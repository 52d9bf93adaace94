//! The demo world: invented people in the published operations, in the published numbers. None of the people exists, and the
//! world is the same on every machine: nothing is random, everything follows from a person's number.

mod groups;
mod journey;
mod names;
pub mod organisations;
mod origins;
pub mod people;
mod story;
pub mod wave;
mod wave_names;
mod wave_names_east;
mod wave_plan;
mod wave_records;
mod wave_steps;
mod world;

use chrono::NaiveDate;

use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::zones::Zone;

pub use journey::{Journey, register, travel, verify_at_mission};
pub use organisations::{DemoAccount, DemoOrganisation, InventedOrganisation, accounts, officer_of, organisations};
pub use people::{DemoPerson, Registrar, people};
pub use wave::{WavePerson, wave};
pub use wave_plan::{Plan, WAVE_DAYS};
pub use wave_steps::{go_on, walk_in};
pub use world::WorldIds;

/// The clock of Cambodia, where the people of the demo are.
pub fn clock() -> Zone {
    Country::parse("KHM").map_or(Zone::UTC, Zone::of)
}

/// The day in Cambodia.
pub fn today(now: Timestamp) -> NaiveDate {
    clock().day_of(now)
}

/// The element at this position of a list that is repeated without end; none if the list is empty.
fn pick<T: Copy>(list: &[T], at: u32) -> Option<T> {
    let at = usize::try_from(at).ok()?.checked_rem(list.len())?;
    list.get(at).copied()
}

#[cfg(test)]
mod tests;
