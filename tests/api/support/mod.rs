//! The base of every test: a database of its own, a world of organisations and users, and a client for each.

pub mod authenticator;
pub mod client;
pub mod contract;
pub mod data;
pub mod database;
pub mod dump;
pub mod examples;
pub mod journey;
pub mod machines;
pub mod people;
pub mod postgres_server;
pub mod proxy;
pub mod records;
pub mod replays;
pub mod world;

pub use client::Answer;
pub use world::World;
