//! Lists that come in by the API, and what became of their rows. What a list says lies sealed in the storage of files, and is read there by
//! the work on it; here are numbers, codes and cases.

pub mod expiry;
pub mod on_case;
pub mod profiles;
pub mod record;
pub mod rows;
pub mod steps;
pub mod undo;
pub mod upload;
pub mod work;
