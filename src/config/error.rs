//! Settings that cannot be used, and how to write them.

use std::fmt;

/// Settings that cannot be used, a sentence for each: the variable, and the accepted form.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ConfigError(Vec<String>);

impl ConfigError {
    /// An error in a variable, with the accepted form.
    pub fn new(variable: &str, accepted: impl fmt::Display) -> Self {
        Self(vec![format!("{variable}: {accepted}")])
    }

    /// The value, or nothing and its error in the list: every wrong setting is told at once.
    pub(in crate::config) fn keep<T>(&mut self, read: Result<T, Self>) -> Option<T> {
        read.map_err(|error| self.add(error)).ok()
    }

    /// Adds the errors of another list.
    pub fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether every setting can be used.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for ConfigError {}
