//! The rules of the area `accounts`: organisations, users, sessions, passwords, second factors, machine clients, approvals and the code of conduct.

pub mod absence;
pub mod approval;
pub mod client;
pub mod machine;
pub mod password_hash;
pub mod policy;
pub mod username;
