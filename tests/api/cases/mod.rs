//! Tests of the area cases.

pub mod attachments;
mod batch;
pub mod compression;
mod conditions;
pub mod family;
pub mod nationality;
pub mod reading_while_changing;
mod refused_by_the_database;
pub mod register_and_change;
pub mod relations;
pub mod several_nationalities;
pub mod stays;
