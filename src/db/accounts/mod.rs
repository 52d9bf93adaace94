//! The tables and queries of the area `accounts`: organisations, users, sessions, passwords, second factors, machine clients, approvals and the code of conduct.

pub mod absences;
pub mod approvals;
pub mod client_sessions;
pub mod clients;
pub mod code_of_conduct;
pub mod directory;
pub mod handovers;
pub mod organisations;
pub mod password_resets;
pub mod second_factors;
pub mod sessions;
pub mod signing_keys;
pub mod throttles;
pub mod user_states;
mod usernames;
pub mod users;
