//! How a handler reads: behind its door, and in a lane.

use std::future::Future;
use std::sync::Arc;

use crate::api::http::access::Allowed;
use crate::db::{AsOf, Tx};
use crate::error::Result;

impl<P> Allowed<P> {
    /// Reads. The audit entry of opened compartments is written before the answer leaves.
    pub fn read<T, F>(&self, read: F) -> impl Future<Output = Result<T>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.gate.db.read(&self.actor, &self.request, read)
    }

    /// The same for what looks at very many cases: statistics, an export. However many there are, a reader is left to the gate.
    pub fn read_long<T, F>(&self, read: F) -> impl Future<Output = Result<T>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.gate.db.read_long(&self.actor, &self.request, read)
    }

    /// Reads the figures of a report, which may be a few seconds old. As long a read as those of [`Self::read_long`].
    pub fn read_cached<T, F>(&self, report: &'static str, read: F) -> impl Future<Output = Result<Arc<AsOf<T>>>>
    where
        T: Send + Sync + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.gate.db.read_cached(&self.actor, &self.request, report, read)
    }
}
