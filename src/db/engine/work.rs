//! Reads and writes on their way to the threads of the database.

use std::any::Any;

use crate::db::engine::tx::Tx;
use crate::error::{Error, Result};

/// What a read or a write gives back, without its type: queues, threads and channels are compiled once, and not once for every
/// closure.
pub(in crate::db) type Untyped = Box<dyn Any + Send>;

/// A read, once.
pub(in crate::db) type ReadWork = Box<dyn FnOnce(&mut Tx<'_>) -> Result<Untyped> + Send>;

/// A write, which may run again.
pub(in crate::db) type WriteWork = Box<dyn FnMut(&mut Tx<'_>) -> Result<Untyped> + Send>;

/// Takes the type away.
pub(in crate::db) fn untyped<T: Send + 'static>(value: T) -> Untyped {
    Box::new(value)
}

/// Gives back the type that [`untyped`] took away.
pub(in crate::db) fn typed<T: 'static>(outcome: Result<Untyped>) -> Result<T> {
    outcome?.downcast::<T>().map(|value| *value).map_err(|_| Error::internal("an outcome of another type"))
}
