//! Credentials: passwords, second factors, tokens, sessions in memory. No HTTP and no SQL.

pub mod client_assertion;
pub mod client_secret;
pub mod device_token;
pub mod lockout;
pub mod one_time_code;
pub mod password;
pub mod password_rule;
pub mod session;
pub mod token;
pub mod totp;
