//! A setting that cannot be used, and how to write it.

use std::fmt;

/// A setting that cannot be used: the variable, and the accepted form.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(String);

impl ConfigError {
    /// An error in a variable, with the accepted form.
    pub fn new(variable: &str, accepted: impl fmt::Display) -> Self {
        Self(format!("{variable}: {accepted}"))
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}
