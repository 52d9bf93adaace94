//! The only place that knows diesel.
//!
//! All writes go through one writer thread that commits whatever has queued with one fsync (`writer`); reads are spread
//! over reader threads with their own connections (`readers`). A read that opens a compartment is answered only after
//! its audit entry is durable.

#![allow(missing_docs, reason = "a field of a row is a column; the wire types say what each one means")]

pub mod approvals;
pub mod attachments;
pub mod audit;
mod backend;
pub mod blind_search;
pub mod cases;
pub mod changes;
pub mod clearances;
pub mod clients;
pub mod compartments;
pub mod compounds;
pub mod conduct;
pub mod connection;
pub mod devices;
mod disclosure;
pub mod dossier;
pub mod duplicates;
pub mod embassy_contacts;
pub mod erasure;
pub mod exports;
mod facts;
pub mod fine_rates;
pub mod grants;
mod guests;
pub mod idempotency;
mod kept;
pub mod lapses;
pub mod locations;
pub mod matching;
pub mod merges;
pub mod migrate;
pub mod mission_reports;
pub mod missions;
pub mod movement_batches;
mod name_index;
pub mod names;
pub mod nationality_verifications;
pub mod operations;
pub mod organisations;
pub mod page;
pub mod password_resets;
pub mod people_search;
pub mod persons;
mod postgres;
pub mod process;
mod readers;
pub mod records;
pub mod repatriation;
pub mod reports;
pub mod schema;
pub mod second_factors;
pub mod sessions;
pub mod sharing;
pub mod signing_keys;
mod sqlite;
pub mod sqlite_file;
pub mod statistics;
pub mod stays;
pub mod tasks;
pub mod throttles;
pub mod tracing_matches;
pub mod tracing_requests;
mod tx;
pub mod types;
pub mod user_states;
pub mod users;
mod writer;

use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use kept::AsOf;
pub use tx::{Clock, Request, Tx};

use crate::config::DatabaseUrl;
use crate::crypto::Keys;
use crate::domain::access::Actor;
use crate::domain::accounts::AccountPolicy;
use crate::domain::attachment::AttachmentLimits;
use crate::domain::matching::SearchBudget;
use crate::domain::tasks::ProcessRules;
use crate::error::{Error, ErrorCode, Result};
use kept::Kept;
use name_index::NameIndex;
use readers::Readers;
use writer::Writer;

/// A handle on the database. Cheap to clone. Handlers get one only through a door (`api::access`).
#[derive(Clone)]
pub struct Db {
    readers: Readers,
    writer: Writer,
    kept: Arc<Kept>,
    statements: Arc<AtomicU64>,
    clock: Clock,
}

/// What every thread of the database needs.
pub(in crate::db) struct Shared {
    url: DatabaseUrl,
    keys: Arc<Keys>,
    clock: Clock,
    statements: Arc<AtomicU64>,
    rules: ProcessRules,
    accounts: AccountPolicy,
    names: NameIndex,
    searches: SearchBudget,
    attachments: AttachmentLimits,
    is_being_filled: bool,
}

/// What a read or a write gives back, without its type: queues, threads and channels are compiled once, and not once for every
/// closure.
type Untyped = Box<dyn Any + Send>;
/// A read, once.
type ReadWork = Box<dyn FnOnce(&mut Tx<'_>) -> Result<Untyped> + Send>;
/// A write, which may run again.
type WriteWork = Box<dyn FnMut(&mut Tx<'_>) -> Result<Untyped> + Send>;

/// What this deployment decided, apart from where its data is.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    /// Due dates of the process.
    pub rules: ProcessRules,
    /// The time.
    pub clock: Clock,
    /// Seconds that the figures of a report may be old; 0: they are counted for every request.
    pub report_seconds: u32,
    /// What is asked of accounts before they open cases.
    pub accounts: AccountPolicy,
    /// Blind searches a day.
    pub searches: SearchBudget,
    /// How much of files is kept.
    pub attachments: AttachmentLimits,
    /// Whether a new database is being filled: what breaks off then is begun anew, so no write waits for the disk.
    pub is_being_filled: bool,
}

impl Db {
    /// Opens the database: one writer and so many readers. The schema must be current.
    pub fn open(url: &DatabaseUrl, keys: Arc<Keys>, reader_count: usize, deployment: Deployment) -> Result<Self> {
        let Deployment { rules, clock, report_seconds, accounts, searches, attachments, is_being_filled } = deployment;
        let own_clock = clock.clone();
        let statements = Arc::new(AtomicU64::new(0));
        let kept = Arc::new(Kept::new(Duration::from_secs(u64::from(report_seconds))));
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

    /// Runs a read. If it opened any compartment, the audit entry is durable before this returns.
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

    /// Reads figures that may be a few seconds old: those of a report over what the actor's organisation sees. Whatever
    /// opens a compartment is none, because only the first who asks would be recorded.
    pub async fn read_kept<T, F>(&self, actor: &Actor, request: &Request, report: &'static str, read: F) -> Result<Arc<AsOf<T>>>
    where
        T: Send + Sync + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let counted = self.read(actor, request, |tx| Ok(AsOf { at: tx.now, value: read(tx)? }));
        self.kept.get(actor.organisation_id(), report, counted).await
    }

    /// Runs a write in a transaction of its own. It is durable when this returns, and refused if it left no audit entry.
    /// The closure may run twice, when another instance's transaction got in between.
    pub async fn write<T, F>(&self, actor: &Actor, request: &Request, mut write: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        typed(self.writer.run(actor.clone(), request.clone(), Box::new(move |tx: &mut Tx<'_>| write(tx).map(untyped))).await)
    }

    /// The same for work that no user asked for. Counted by a test: every use must have a reason.
    pub fn as_system(&self, reason: &'static str) -> SystemDb<'_> {
        SystemDb { db: self, actor: Actor::System { reason }, request: Request::system(reason) }
    }

    /// Brings everything that was written so far from the log of SQLite into the database file, so that a copy of that one file
    /// is complete. Asked for at every clean stop. Nothing is to be done on Postgres.
    pub async fn checkpoint(&self) -> Result<()> {
        self.writer.checkpoint().await
    }

    /// The day in UTC.
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

fn untyped<T: Send + 'static>(value: T) -> Untyped {
    Box::new(value)
}

/// Gives back the type that [`untyped`] took away.
fn typed<T: 'static>(outcome: Result<Untyped>) -> Result<T> {
    outcome?.downcast::<T>().map(|value| *value).map_err(|_| Error::internal("an outcome of another type"))
}

/// Turns "no row" into "not found", and leaves every other failure what it is.
pub(in crate::db) fn found<T>(row: Option<T>) -> Result<T> {
    row.ok_or_else(Error::not_found)
}

/// Says what there is already, where a name or a code is taken.
pub(in crate::db) fn taken(error: diesel::result::Error, what: &str) -> Error {
    let error = Error::from(error);
    if error.code == ErrorCode::AlreadyExists { error.detail(what) } else { error }
}

/// Proves that the database can be written to, and tells how its schema compares with the binary.
pub fn probe(tx: &mut Tx<'_>) -> Result<migrate::SchemaState> {
    throttles::forget_old(tx)?;
    migrate::schema_state(tx.conn)
}
