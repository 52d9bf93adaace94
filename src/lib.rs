//! Homeward: case management that gets people rescued from scam compounds home.
#![recursion_limit = "256"]
#[macro_use]
pub mod domain;
pub mod crypto;
pub mod config;
pub mod db;
pub mod error;
