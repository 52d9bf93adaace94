//! The outcome of a write, and what the audit trail is told of it.

use std::any::Any;

use crate::error::{Error, Result};

/// The outcome of a read or a write, without its type: queues, threads and channels are compiled once, instead of once per
/// closure.
pub(in crate::db) type Untyped = Box<dyn Any + Send>;

/// How an attempt to prove something ended. Whatever it changed is kept, also where its caller is refused: a wrong password must be
/// counted. The type says what the audit trail is told, so that no refusal can pass for a success.
pub enum Attempt<T> {
    /// What was asked for is done.
    Succeeded(T),
    /// It is refused, and what was counted or ended by that is kept.
    Failed(Error),
    /// It was counted in advance, and nothing is decided yet: the end of the request has the entry.
    Undecided(T),
}

/// A write that is kept, and the entry that goes with it.
pub(in crate::db) enum Kept {
    /// With an entry that it was done.
    Done(Untyped),
    /// With an entry that it was refused.
    Refused(Error),
    /// Without an entry: what was counted in advance, and the housekeeping of the database and of the trail itself.
    WithoutEntry(Untyped),
}

impl<T: Send + 'static> From<Attempt<T>> for Kept {
    fn from(attempt: Attempt<T>) -> Self {
        match attempt {
            Attempt::Succeeded(value) => Self::Done(untyped(value)),
            Attempt::Failed(error) => Self::Refused(error),
            Attempt::Undecided(value) => Self::WithoutEntry(untyped(value)),
        }
    }
}

/// Removes the type of an outcome.
pub(in crate::db) fn untyped<T: Send + 'static>(value: T) -> Untyped {
    Box::new(value)
}

/// Restores the type that [`untyped`] removed.
pub(in crate::db) fn typed<T: 'static>(outcome: Result<Untyped>) -> Result<T> {
    outcome?.downcast::<T>().map(|value| *value).map_err(|_| Error::internal("an outcome of another type"))
}
