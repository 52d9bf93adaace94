//! Homeward: case management that helps people rescued from scam compounds to get home.
//!
//! A request goes straight down and up: `api` (route, door, wire types) → `domain` (rules) → `db` (rows, scope, audit).
//! `auth` holds credentials, `crypto` holds keys; `app` puts everything together for the binary and the tests alike.
#![recursion_limit = "256"]

#[macro_use]
mod text_enum;
pub mod api;
pub mod app;
pub mod auth;
pub mod backup;
pub mod command;
pub mod config;
pub mod crypto;
pub mod db;
pub mod demo;
pub mod domain;
pub mod error;
pub mod files;
pub mod places;
pub mod reference;
pub mod tables;
