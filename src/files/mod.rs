//! Files: checking and cleaning of arriving files (`clean`), and their storage (`store`). No code here knows to which case a file
//! belongs.

pub mod clean;
mod folder;
pub mod pieces;
mod s3;
mod s3_http;
pub mod spool;
pub mod store;

pub use s3::S3Settings;
pub use store::{Files, Settings};
