//! Files: what may come in and what is taken out of it (`clean`), and where it is kept (`store`). Nothing here knows whose a file is.

pub mod clean;
mod folder;
pub mod pieces;
mod s3;
mod s3_http;
pub mod spool;
pub mod store;

pub use s3::S3Settings;
pub use store::{Files, Settings};
