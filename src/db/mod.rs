//! The only place that knows diesel.
//!
//! All writes go through one writer thread that commits whatever has queued with one fsync (`writer`); reads are spread
//! over reader threads with their own connections (`readers`). A read that opens a compartment is answered only after
//! its audit entry is durable.
#![allow(missing_docs, reason = "a field of a row is a column; the wire types say what each one means")]

pub mod accounts;
pub mod casefile;
pub mod cases;
pub mod engine;
pub mod people;
pub mod process;
pub mod readiness;
pub mod reference;
pub mod repatriation;
pub mod reporting;
pub mod schema;
pub mod sharing;

pub use engine::clock::Clock;
pub use engine::report_cache::AsOf;
pub use engine::tx::{Request, Tx};

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::config::DatabaseUrl;
use crate::crypto::Keys;
use crate::db::engine::context::{Deployment, Shared};
use crate::db::engine::name_index::NameIndex;
use crate::db::engine::readers::Readers;
use crate::db::engine::report_cache::ReportCache;
use crate::db::engine::work::{ReadWork, Untyped, typed, untyped};
use crate::db::engine::writer::Writer;
use crate::domain::access::Actor;
use crate::error::{Error, ErrorCode, Result};

/// A handle on the database. Cheap to clone. Handlers get one only through a door (`api::http::access`).
#[derive(Clone)]
pub struct Db {
    readers: Readers,
    writer: Writer,
    kept: Arc<ReportCache>,
    statements: Arc<AtomicU64>,
    clock: Clock,
}

impl Db {
    /// Opens the database with one writer and `reader_count` readers (0: the default of the database). The schema must be
    /// current.
    pub fn open(url: &DatabaseUrl, keys: Arc<Keys>, reader_count: usize, deployment: Deployment) -> Result<Self> {
        let Deployment { rules, clock, report_seconds, accounts, searches, attachments, is_being_filled } = deployment;
        let own_clock = clock.clone();
        let statements = Arc::new(AtomicU64::new(0));
        let kept = Arc::new(ReportCache::new(Duration::from_secs(u64::from(report_seconds))));
        let shared = Arc::new(Shared {
            url: url.clone(),
            keys,
            clock,
            statements: statements.clone(),
            rules,
            accounts,
            searches,
            attachments,
            is_being_filled,
            names: NameIndex::default(),
        });
        let count = match (reader_count, url) {
            (0, DatabaseUrl::Sqlite(_)) => 2,
            (0, DatabaseUrl::Postgres(_)) => 8,
            (count, _) => count,
        };
        Ok(Self { writer: Writer::start(shared.clone())?, readers: Readers::start(&shared, count)?, kept, statements, clock: own_clock })
    }

    /// Runs a read. If it opened a compartment, its audit entry is durable before this returns.
    pub async fn read<T, F>(&self, actor: &Actor, request: &Request, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        typed(self.perform_read(actor, request, Box::new(move |tx: &mut Tx<'_>| read(tx).map(untyped))).await)
    }

    async fn perform_read(&self, actor: &Actor, request: &Request, read: ReadWork) -> Result<Untyped> {
        let (outcome, entry) = self.readers.run(actor.clone(), request.clone(), read).await?;
        if let Some(entry) = entry {
            self.writer.record(entry).await?;
        }
        outcome
    }

    /// Reads figures of a report over the cases that the actor's organisation sees; they may be a few seconds old. Never for a
    /// read that opens a compartment, because only the first caller's disclosure would be recorded.
    pub async fn read_cached<T, F>(&self, actor: &Actor, request: &Request, report: &'static str, read: F) -> Result<Arc<AsOf<T>>>
    where
        T: Send + Sync + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let counted = self.read(actor, request, |tx| Ok(AsOf { at: tx.now, value: read(tx)? }));
        self.kept.get(actor.organisation_id(), report, counted).await
    }

    /// Runs a write in a transaction of its own. It is durable when this returns; without an audit entry it is refused. The
    /// closure may run several times, when it conflicts with a transaction of another instance.
    pub async fn write<T, F>(&self, actor: &Actor, request: &Request, mut write: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        typed(self.writer.run(actor.clone(), request.clone(), Box::new(move |tx: &mut Tx<'_>| write(tx).map(untyped))).await)
    }

    /// The same for work that the system starts itself. A test counts the uses: each must have a reason.
    pub fn as_system(&self, reason: &'static str) -> SystemDb<'_> {
        SystemDb { db: self, actor: Actor::System { reason }, request: Request::system(reason) }
    }

    /// Moves all committed data from the log of SQLite into the database file, so that a copy of that one file is complete.
    /// Called at every clean stop. Does nothing on Postgres.
    pub async fn checkpoint(&self) -> Result<()> {
        self.writer.checkpoint().await
    }

    /// Today's date in UTC.
    pub fn today(&self) -> chrono::NaiveDate {
        self.clock.now().date()
    }

    /// Statements executed so far on all connections.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}

/// The database for the system's own work.
pub struct SystemDb<'a> {
    db: &'a Db,
    actor: Actor,
    request: Request,
}

impl SystemDb<'_> {
    /// Runs a read.
    pub fn read<T, F>(&self, read: F) -> impl Future<Output = Result<T>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.db.read(&self.actor, &self.request, read)
    }

    /// Runs a write.
    pub fn write<T, F>(&self, write: F) -> impl Future<Output = Result<T>>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.db.write(&self.actor, &self.request, write)
    }
}

/// Adds a detail to the error for a name or a code that is taken already.
pub(in crate::db) fn taken(error: diesel::result::Error, what: &str) -> Error {
    let error = Error::from(error);
    if error.code == ErrorCode::AlreadyExists { error.detail(what) } else { error }
}
