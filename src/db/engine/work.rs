//! Reads and writes as the threads of the database receive them.

use crate::db::engine::attempt::{Kept, Untyped};
use crate::db::engine::tx::Tx;
use crate::error::Result;

/// A read, which runs once.
pub(in crate::db) type ReadWork = Box<dyn FnOnce(&mut Tx<'_>) -> Result<Untyped> + Send>;

/// A write, which may run again.
pub(in crate::db) type WriteWork = Box<dyn FnMut(&mut Tx<'_>) -> Result<Kept> + Send>;
