//! The precondition of a change: which version of a record its caller read.

use crate::error::{ErrorCode, Result};

/// The versions of a record that a change may start from (RFC 9110 §13.1.1). Decided inside the transaction that changes the record,
/// so that no other change is lost.
pub enum Expected {
    /// Whatever is there.
    Any,
    /// One of these.
    OneOf(Vec<i64>),
    /// Whatever is there, unless it is one of these (`If-None-Match`).
    NoneOf(Vec<i64>),
}

impl Expected {
    /// The current version, if the change may start from it.
    pub fn check(&self, current: i64) -> Result<i64> {
        if self.admits(current) { Ok(current) } else { Err(ErrorCode::StaleVersion.into()) }
    }

    /// Whether the caller names this version: `*` names none.
    pub fn names(&self, version: i64) -> bool {
        matches!(self, Self::OneOf(versions) if versions.contains(&version))
    }

    /// Whether the change may start from this version.
    pub fn admits(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&version),
            Self::NoneOf(versions) => !versions.contains(&version),
        }
    }
}

impl From<i64> for Expected {
    fn from(version: i64) -> Self {
        Self::OneOf(vec![version])
    }
}
