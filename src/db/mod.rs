//! The only place that knows diesel.
//!
//! All writes go through one writer thread that commits whatever has queued with one fsync (`writer`); reads are spread
//! over reader threads with their own connections (`readers`). A read that opens a compartment is answered only after
//! its audit entry is durable (`conclude`).
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

pub use engine::attempt::Attempt;
pub use engine::clock::Clock;
pub use engine::report_cache::AsOf;
pub use engine::trail::RequestTrail;
pub use engine::tx::{Request, Tx};

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::config::DatabaseUrl;
use crate::crypto::{Key, Keys, Purpose};
use crate::db::engine::attempt::{Kept, Untyped, typed, untyped};
use crate::db::engine::audit::Outcome;
use crate::db::engine::case_columns::CaseColumns;
use crate::db::engine::context::{Deployment, Shared};
use crate::db::engine::integrity::{Fault, Integrity};
use crate::db::engine::kept_keys::KeptKeys;
use crate::db::engine::name_index::NameIndex;
use crate::db::engine::outage::Outage;
use crate::db::engine::readers::{Lane, Readers};
use crate::db::engine::refusals::{Due, Refusals, Refused};
use crate::db::engine::report_cache::ReportCache;
use crate::db::engine::space::Space;
use crate::db::engine::trail::Tried;
use crate::db::engine::work::ReadWork;
use crate::db::engine::writer::Writer;
use crate::domain::access::Actor;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{InstanceId, RequestId};
use crate::error::{Error, ErrorCode, Result};

/// Threads of the system's own work: one for the matcher, whose rounds may be long, one for the columns, which take long to fill, and one
/// that is free meanwhile.
const BESIDE: usize = 3;

/// A handle on the database. Cheap to clone. Handlers get one only through a door (`api::http::access`).
#[derive(Clone)]
pub struct Db {
    readers: Readers,
    /// The threads of the system's own work, which may take long: it never holds up a request, nor any number of requests it.
    beside: Readers,
    writer: Writer,
    kept: Arc<ReportCache>,
    refusals: Arc<Refusals>,
    statements: Arc<AtomicU64>,
    clock: Clock,
    shared: Arc<Shared>,
}

impl Db {
    /// Opens the database with one writer and `reader_count` readers (0: the default of the database). The schema must be
    /// current.
    pub fn open(url: &DatabaseUrl, keys: Arc<Keys>, reader_count: usize, deployment: Deployment) -> Result<Self> {
        let Deployment { rules, clock, report_seconds, accounts, searches, figures, attachments, is_being_filled } = deployment;
        let own_clock = clock.clone();
        let statements = Arc::new(AtomicU64::new(0));
        let kept = Arc::new(ReportCache::new(Duration::from_secs(u64::from(report_seconds))));
        let shared = Arc::new(Shared {
            url: url.clone(),
            instance: InstanceId::random(),
            keys,
            clock,
            statements: statements.clone(),
            outage: Outage::default(),
            space: Space::of(url),
            integrity: Integrity::open(url)?,
            rules,
            accounts,
            searches,
            figures,
            attachments,
            is_being_filled,
            names: NameIndex::default(),
            columns: CaseColumns::default(),
            kept_keys: KeptKeys::default(),
        });
        let count = match (reader_count, url) {
            (0, DatabaseUrl::Sqlite(_)) => 2,
            (0, DatabaseUrl::Postgres(_)) => 8,
            (count, _) => count,
        };
        let (writer, readers) = (Writer::start(&shared)?, Readers::start(&shared, count)?);
        let beside = Readers::start_beside(&shared, BESIDE)?;
        Ok(Self { writer, readers, beside, kept, refusals: Arc::default(), statements, clock: own_clock, shared })
    }

    /// The key under which rows of lists are known again.
    pub fn key_of_imported_rows(&self) -> Result<Key> {
        self.shared.keys.purpose(Purpose::ImportedRow)
    }

    /// The space on the disk of the database.
    pub fn space(&self) -> &Space {
        &self.shared.space
    }

    /// How many persons' names are in the memory of this instance.
    pub fn names_held(&self) -> usize {
        self.shared.names.count()
    }

    /// How many cases' columns are in the memory of this instance, counted once for each organisation that lists them.
    pub fn columns_held(&self) -> usize {
        self.shared.columns.count()
    }

    /// How many grants' keys are in the memory of this instance.
    pub fn keys_kept(&self) -> usize {
        self.shared.kept_keys.count()
    }

    /// Forgets the keys of grants that were kept long enough. Called once a second: nobody may ask for them any more.
    pub fn forget_old_keys(&self) {
        self.shared.kept_keys.forget_old();
    }

    /// Runs a read that somebody at the gate waits for. If it opened a compartment, [`Self::conclude`] writes its entry before the answer
    /// leaves; the entry of a read of the system itself is durable before this returns.
    pub async fn read<T, F>(&self, actor: &Actor, request: &Request, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let work = Box::new(move |tx: &mut Tx<'_>| read(tx).map(untyped));
        typed(self.perform_read(&self.readers, Lane::Gate, actor, request, work).await)
    }

    /// The same for what looks at very many cases: reports, statistics, exports. However many there are, a reader is left to the gate.
    pub async fn read_long<T, F>(&self, actor: &Actor, request: &Request, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let work = Box::new(move |tx: &mut Tx<'_>| read(tx).map(untyped));
        typed(self.perform_read(&self.readers, Lane::Long, actor, request, work).await)
    }

    async fn perform_read(&self, readers: &Readers, lane: Lane, actor: &Actor, request: &Request, read: ReadWork) -> Result<Untyped> {
        let (outcome, entry) = readers.run(lane, actor.clone(), request.clone(), read).await?;
        if let Some(entry) = entry {
            self.writer.record(Due { entries: vec![entry], ..Due::default() }).await?;
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
        let counted = self.read_long(actor, request, |tx| Ok(AsOf { at: tx.now, value: read(tx)? }));
        self.kept.get(actor.organisation_id(), report, counted).await
    }

    /// Runs a write in a transaction of its own. It is durable when this returns; without an audit entry it is refused. The
    /// closure may run several times, when it conflicts with a transaction of another instance.
    pub async fn write<T, F>(&self, actor: &Actor, request: &Request, mut write: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let work = move |tx: &mut Tx<'_>| write(tx).map(|value| Kept::Done(untyped(value)));
        typed(self.writer.run(actor.clone(), request.clone(), Box::new(work)).await)
    }

    /// Runs an attempt to prove something: whatever it counts is kept, also where it fails.
    pub async fn attempt<T, F>(&self, actor: &Actor, request: &Request, mut attempt: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<Attempt<T>> + Send + 'static,
    {
        let work = move |tx: &mut Tx<'_>| attempt(tx).map(Kept::from);
        typed(self.writer.run(actor.clone(), request.clone(), Box::new(work)).await)
    }

    /// Ends a request: the one place that knows how it was answered. A successful read that opened something is answered only after
    /// its entry is durable, so an error of this must take the place of the answer. A refusal is recorded too, unless a transaction
    /// did so; it shows nothing, so a failure to record it is logged.
    pub async fn conclude(&self, trail: &RequestTrail, operation: &str, request: RequestId, outcome: Outcome) -> Result<()> {
        let known = trail.known();
        if let Outcome::Done(_) = outcome {
            if !known.owes_entry() {
                return Ok(());
            }
            let entry = known.entry(self.clock.now(), operation, request, outcome);
            return self.writer.record(Due { entries: vec![entry], ..Due::default() }).await;
        }
        if known.has_entry(outcome) {
            return Ok(());
        }
        let who = match (known.actor.as_ref().and_then(Actor::caller_id), &known.tried) {
            (Some(caller), _) => Refused::Caller(caller),
            (None, Some(Tried::Name(hash))) => Refused::Named(hash.clone()),
            (None, Some(Tried::Account(id))) => Refused::Named(id.as_bytes().to_vec()),
            (None, None) => Refused::Anonymous,
        };
        self.write_refusals(self.refusals.note(who, known.entry(self.clock.now(), operation, request, outcome))).await;
        Ok(())
    }

    /// Writes the refusals that were counted so far. Called once a minute, and at every clean stop.
    pub async fn flush_refusals(&self) {
        self.write_refusals(self.refusals.take()).await;
    }

    async fn write_refusals(&self, due: Due) {
        if due.is_empty() {
            return;
        }
        if let Err(error) = self.writer.record(due).await {
            self.tell("refusals could not be recorded", &error);
        }
    }

    /// Tells the log what could not be done. During an outage of the database, one line a second tells all.
    pub fn tell(&self, what: &'static str, error: &Error) {
        self.shared.outage.tell(what, error);
    }

    /// Runs housekeeping of the system that leaves no entry: the probe of readiness, and the seal of the trail itself, which would
    /// otherwise never end.
    pub async fn keep_house<T, F>(&self, reason: &'static str, mut work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let work = move |tx: &mut Tx<'_>| work(tx).map(|value| Kept::WithoutEntry(untyped(value)));
        typed(self.writer.run(Actor::System { reason }, Request::system(reason), Box::new(work)).await)
    }

    /// The same for work that the system starts itself. A test counts the uses: each must have a reason.
    pub fn as_system(&self, reason: &'static str) -> SystemDb<'_> {
        SystemDb { db: self, readers: &self.readers, actor: Actor::System { reason }, request: Request::system(reason) }
    }

    /// Moves all committed data from the log of SQLite into the database file, so that a copy of that one file is complete.
    /// Called at every clean stop. Does nothing on Postgres.
    pub async fn checkpoint(&self) -> Result<()> {
        self.writer.checkpoint().await
    }

    /// Why the files of the database cannot be relied on any more; none on Postgres, and where they can.
    pub fn fault(&self) -> Option<Fault> {
        self.shared.integrity.fault()
    }

    /// Saves what only this process still has of files that were removed or replaced. Returns the copy that it made.
    pub fn rescue(&self) -> Result<Option<PathBuf>> {
        self.shared.integrity.rescue()
    }

    /// Reads the whole file of a database of SQLite, which takes long: on a thread of its own. Damage stays a fault.
    pub fn examine(&self) -> Result<()> {
        self.shared.integrity.examine(&self.shared.url)
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Statements executed so far on all connections.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}

/// The database for the system's own work.
pub struct SystemDb<'a> {
    db: &'a Db,
    readers: &'a Readers,
    actor: Actor,
    request: Request,
}

impl SystemDb<'_> {
    /// The same on threads of their own, for reads that may take long, or must be made however many requests there are: neither waits
    /// for the other.
    #[must_use]
    pub fn beside_requests(self) -> Self {
        Self { readers: &self.db.beside, ..self }
    }

    /// Runs a read.
    pub async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let work = Box::new(move |tx: &mut Tx<'_>| read(tx).map(untyped));
        typed(self.db.perform_read(self.readers, Lane::Gate, &self.actor, &self.request, work).await)
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
