//! The documents and pages, run and read as their readers do.

pub mod console;
pub mod docs;
pub mod documents;
pub mod guides;
pub mod readme;
