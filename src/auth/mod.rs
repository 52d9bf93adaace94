//! Credentials: passwords, tokens, sessions in memory. No HTTP and no SQL.

pub mod lockout;
pub mod password;
pub mod session;
pub mod token;
