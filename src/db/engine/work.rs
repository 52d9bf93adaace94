//! Reads and writes as the threads of the database receive them.

use std::any::Any;

use crate::db::engine::tx::Tx;
use crate::error::{Error, Result};

/// The outcome of a read or a write, without its type: queues, threads and channels are compiled once, instead of once per
/// closure.
pub(in crate::db) type Untyped = Box<dyn Any + Send>;

/// A read, which runs once.
pub(in crate::db) type ReadWork = Box<dyn FnOnce(&mut Tx<'_>) -> Result<Untyped> + Send>;

/// A write, which may run again.
pub(in crate::db) type WriteWork = Box<dyn FnMut(&mut Tx<'_>) -> Result<Untyped> + Send>;

/// Removes the type of an outcome.
pub(in crate::db) fn untyped<T: Send + 'static>(value: T) -> Untyped {
    Box::new(value)
}

/// Restores the type that [`untyped`] removed.
pub(in crate::db) fn typed<T: 'static>(outcome: Result<Untyped>) -> Result<T> {
    outcome?.downcast::<T>().map(|value| *value).map_err(|_| Error::internal("an outcome of another type"))
}
