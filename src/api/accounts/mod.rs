//! The operations of the area `accounts`: organisations, users, sessions, passwords, second factors, machine clients, approvals and the code of conduct.

pub(in crate::api) mod approvals;
pub(in crate::api) mod clients;
pub(in crate::api) mod code_of_conduct;
pub(in crate::api) mod jwks;
pub(in crate::api) mod oauth;
pub mod organisations;
pub(in crate::api) mod passwords;
pub(in crate::api) mod second_factor;
pub(in crate::api) mod sessions;
pub(in crate::api) mod sign_in;
mod sign_in_attempts;
pub mod users;
