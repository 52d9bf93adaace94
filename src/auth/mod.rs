//! Credentials: passwords, tokens, sessions in memory. No HTTP and no SQL.

pub mod client_assertion;
pub mod client_secret;
pub mod lockout;
pub mod password;
pub mod session;
pub mod token;
