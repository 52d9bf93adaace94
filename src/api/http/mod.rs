//! The mechanism of the API: doors, extractors, answers, problems, middleware. It knows no resource.

pub mod access;
mod admission;
pub(in crate::api) mod arriving;
pub(in crate::api) mod body;
mod clearing;
mod compression;
pub mod cors;
pub(in crate::api) mod creation;
pub mod csv;
pub mod deprecation;
pub(in crate::api) mod door_probe;
pub(in crate::api) mod entity_tags;
pub(in crate::api) mod extract;
pub(in crate::api) mod idempotency_key;
pub mod items;
pub(in crate::api) mod json;
pub mod metrics;
pub mod middleware;
pub(in crate::api) mod page;
pub(in crate::api) mod path_params;
pub mod pieces;
pub mod plain_path;
pub(in crate::api) mod print_page;
pub mod problem;
pub mod rate_limit;
pub(in crate::api) mod respond;
pub mod routes;
pub(in crate::api) mod secret;
pub(in crate::api) mod static_page;
mod time_limit;

pub use respond::PublicUrl;
