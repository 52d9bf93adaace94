//! How a group of writes ended, and so what its callers may be told.

use crate::error::{Error, ErrorCode};

/// How a group ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::db::engine) enum End {
    /// Everything is durable.
    Committed,
    /// Nothing of it is there, because there was no space left.
    Full,
    /// Nothing of it is there, because the group ended before its commit.
    Undone,
    /// The commit failed: everything of it is durable, or nothing.
    Unknown,
}

impl End {
    /// The end of a group that failed before its commit.
    pub(in crate::db::engine) fn before_commit(error: &Error) -> Self {
        if error.code == ErrorCode::StorageFull { Self::Full } else { Self::Undone }
    }

    /// The end of a group whose commit failed. Without space for it neither database has written it to its end.
    pub(in crate::db::engine) fn at_commit(error: &Error) -> Self {
        if error.code == ErrorCode::StorageFull { Self::Full } else { Self::Unknown }
    }
}
