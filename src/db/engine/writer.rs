//! The one writer, with group commit: every queued job runs in a savepoint of one transaction, and one fsync makes all of them durable. One fsync per request would cap SQLite at a few hundred writes a second; group commit reaches thousands, with the
//! same guarantee: no write is acknowledged before it is durable.
//!
//! On Postgres the audit entries of reads, which take no locks, have a writer of their own, so that no read waits for a write.

use crossbeam_channel::{Receiver, Sender, TrySendError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use tokio::sync::oneshot;

use crate::config::DatabaseUrl;
use crate::db::engine::attempt::{Kept, Untyped};
use crate::db::engine::audit::{self, Outcome};
use crate::db::engine::connection::{Connection, Use};
use crate::db::engine::context::Shared;
use crate::db::engine::group_end::End;
use crate::db::engine::integrity::Numbered;
use crate::db::engine::name_changes;
use crate::db::engine::name_index::NameChange;
use crate::db::engine::refusals::Due;
use crate::db::engine::tx::{Request, Tx};
use crate::db::engine::work::WriteWork;
use crate::domain::access::Actor;
use crate::error::{Error, ErrorCode, Result};

/// Jobs that may wait.
const QUEUE: usize = 4096;
/// Jobs in one transaction.
const BATCH: usize = 512;
/// Attempts at a job that conflicts with a transaction of another instance.
const ATTEMPTS: usize = 3;

/// The handle on the writer threads.
#[derive(Clone)]
pub(in crate::db) struct Writer {
    jobs: Sender<Box<dyn Job>>,
    /// For audit entries without an effect of their own.
    records: Sender<Box<dyn Job>>,
    shared: Arc<Shared>,
}

/// A piece of work that runs inside the group's transaction and is answered after its commit.
trait Job: Send {
    /// Does the work. An error means the whole connection is lost, not that the work failed.
    fn run(&mut self, conn: &mut Connection, shared: &Shared) -> Result<()>;
    /// The entries that are all its work, to be written with those of the other jobs of the transaction.
    fn due(&mut self) -> Due {
        Due::default()
    }

    /// Whether it may write anything.
    fn writes(&self) -> bool {
        true
    }

    /// Whether the deleted data must be removed from the files too, before the answer.
    fn purges_on_commit(&self) -> bool {
        false
    }

    /// Whether a grant ended or changed, so that no key that was opened before may stay in memory.
    fn ends_access(&self) -> bool {
        false
    }

    /// Updates the state in memory after the commit.
    fn committed(&mut self, _shared: &Shared) {}
    /// Answers the caller, once it is known how the group ended.
    fn answer(self: Box<Self>, end: End);
}

impl Writer {
    pub(in crate::db) fn start(shared: &Arc<Shared>) -> Result<Self> {
        if matches!(shared.url, DatabaseUrl::Sqlite(_)) {
            let jobs = start(shared, "writer")?;
            return Ok(Self { records: jobs.clone(), jobs, shared: shared.clone() });
        }
        Ok(Self { jobs: start(shared, "writer")?, records: start(shared, "recorder")?, shared: shared.clone() })
    }

    pub(in crate::db) async fn run(&self, actor: Actor, request: Request, write: WriteWork) -> Result<Untyped> {
        let (reply, answered) = oneshot::channel();
        let (outcome, purges_on_commit, ends_access, names, entry) = (None, false, false, Vec::new(), None);
        submit(&self.jobs, Box::new(Write { actor, request, write, outcome, purges_on_commit, ends_access, names, entry, reply }))?;
        // Whoever found no connection has told why.
        answered.await.map_err(|_| self.shared.integrity.require().err().unwrap_or_else(unavailable))?
    }

    /// Makes the audit entries of reads and refusals durable.
    pub(in crate::db) async fn record(&self, due: Due) -> Result<()> {
        let (reply, answered) = oneshot::channel();
        let refused = |_| Error::new(ErrorCode::AuditUnavailable).retry_after(1);
        submit(&self.records, Box::new(Record { due, reply })).map_err(refused)?;
        match answered.await {
            Ok(true) => Ok(()),
            _ => Err(Error::new(ErrorCode::AuditUnavailable).retry_after(1)),
        }
    }

    /// Moves all committed data into the database file itself.
    pub(in crate::db) async fn checkpoint(&self) -> Result<()> {
        let (reply, answered) = oneshot::channel();
        submit(&self.jobs, Box::new(Checkpoint { reply }))?;
        match answered.await {
            Ok(true) => Ok(()),
            _ => Err(unavailable()),
        }
    }
}

/// Starts a thread with a queue of its own.
fn start(shared: &Arc<Shared>, name: &str) -> Result<Sender<Box<dyn Job>>> {
    let (jobs, queue) = crossbeam_channel::bounded(QUEUE);
    let shared = shared.clone();
    thread::Builder::new().name(name.to_owned()).spawn(move || serve(&shared, &queue)).map_err(Error::internal)?;
    Ok(jobs)
}

fn submit(queue: &Sender<Box<dyn Job>>, job: Box<dyn Job>) -> Result<()> {
    queue.try_send(job).map_err(|refused| match refused {
        TrySendError::Full(_) => unavailable().with_internal("writer queue full"),
        TrySendError::Disconnected(_) => Error::internal("the writer is not running"),
    })
}

fn unavailable() -> Error {
    Error::new(ErrorCode::DatabaseUnavailable).retry_after(1)
}

fn serve(shared: &Shared, queue: &Receiver<Box<dyn Job>>) {
    let mut connection: Option<Connection> = None;
    while let Ok(first) = queue.recv() {
        let jobs: Vec<Box<dyn Job>> = std::iter::once(first).chain(queue.try_iter().take(BATCH - 1)).collect();
        // Asked before a connection is made, which would make a file where there is none.
        if shared.integrity.require().is_err() {
            continue;
        }
        if connection.is_none() {
            connection = shared.outage.connect(|| open(shared));
        }
        // Without a connection the jobs are dropped, which their callers see as "the database cannot be reached".
        if let Some(mut open) = connection.take() {
            let committed = commit_together(&mut open, shared, jobs);
            connection = (committed || open.is_alive()).then_some(open);
        }
    }
}

fn open(shared: &Shared) -> Result<Connection> {
    let mut connection = Connection::open(&shared.url, Use::Write, &shared.statements)?;
    if shared.is_being_filled {
        connection.fill_quickly()?;
    }
    Ok(connection)
}

/// Runs the jobs in one transaction, commits, and answers each. Returns whether the connection survived.
fn commit_together(conn: &mut Connection, shared: &Shared, mut jobs: Vec<Box<dyn Job>>) -> bool {
    if let Err(error) = conn.begin() {
        shared.outage.tell("no transaction could be started", &error);
        shared.integrity.note(&Err::<(), _>(error));
        return false;
    }
    // An error rolls back the whole transaction, so every job of the group has failed.
    let ran = run_all(conn, shared, &mut jobs);
    shared.integrity.note(&ran);
    let numbered = match ran {
        Ok(numbered) => numbered,
        Err(error) => {
            shared.outage.tell("a group of writes was rolled back", &error);
            let _lost = conn.batch("ROLLBACK");
            end_all(shared, jobs, End::before_commit(&error));
            return false;
        }
    };
    let end = commit(conn, shared);
    // Also where nobody knows whether the commit is durable.
    if jobs.iter().any(|job| job.ends_access()) {
        shared.kept_keys.forget_all();
    }
    if let (End::Committed, Some(numbered)) = (end, numbered) {
        shared.integrity.committed(numbered);
    }
    // A file that was taken away meanwhile keeps nothing.
    let end = if end == End::Committed && shared.integrity.require().is_err() { End::Unknown } else { end };
    let committed = end == End::Committed;
    // The index of names takes only committed names, and a caller is answered only after its deleted data left the files.
    if committed {
        jobs.iter_mut().for_each(|job| job.committed(shared));
        if jobs.iter().any(|job| job.purges_on_commit()) {
            shared.integrity.log_is_moved();
            conn.clear_log();
        }
    }
    end_all(shared, jobs, end);
    committed
}

/// Commits what the jobs of a group did.
fn commit(conn: &mut Connection, shared: &Shared) -> End {
    let committed = conn.batch("COMMIT");
    shared.integrity.note(&committed);
    let Err(error) = committed else { return End::Committed };
    shared.outage.tell("a commit failed", &error);
    let _lost = conn.batch("ROLLBACK");
    End::at_commit(&error)
}

fn end_all(shared: &Shared, jobs: Vec<Box<dyn Job>>, end: End) {
    if end == End::Full {
        shared.space.note_full();
    }
    jobs.into_iter().for_each(|job| job.answer(end));
}

/// Runs every job, and writes the entries that are all the work of some of them in few statements. A database that is being filled is
/// thrown away if that fails, so that its changes need no numbers.
fn run_all(conn: &mut Connection, shared: &Shared, jobs: &mut [Box<dyn Job>]) -> Result<Option<Numbered>> {
    let mut due = Due::default();
    for job in jobs.iter_mut() {
        due.add(job.due());
        job.run(conn, shared)?;
    }
    audit::insert(conn, &due.entries)?;
    audit::count_noise(conn, &due.noise)?;
    let is_numbered = !shared.is_being_filled && jobs.iter().any(|job| job.writes());
    is_numbered.then(|| shared.integrity.number(conn)).transpose()
}

/// A write on behalf of a caller.
struct Write {
    actor: Actor,
    request: Request,
    write: WriteWork,
    outcome: Option<Result<Untyped>>,
    purges_on_commit: bool,
    ends_access: bool,
    names: Vec<NameChange>,
    entry: Option<Outcome>,
    reply: oneshot::Sender<Result<Untyped>>,
}

impl Write {
    /// Makes one attempt in a savepoint: the effect and its audit entry are kept or undone together.
    fn attempt(&mut self, conn: &mut Connection, shared: &Shared) -> Result<Result<Untyped>> {
        savepoint(conn, shared, "SAVEPOINT job")?;
        let mut tx = Tx::new(conn, shared, &self.actor, &self.request, Use::Write);
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.write)(&mut tx))).unwrap_or_else(|_| Err(Error::internal("a write panicked")));
        // What was only sent may have failed: then the write has.
        let settled = tx.conn.settle();
        let outcome = outcome.and_then(|kept| settled.map(|()| kept));
        shared.integrity.note(&outcome);
        if let Err(error) = &outcome
            && error.code == ErrorCode::StorageFull
        {
            // SQLite may have undone the whole transaction, with what other jobs of it wrote.
            return Err(error.clone());
        }
        (self.purges_on_commit, self.ends_access) = (tx.purges_on_commit(), tx.ends_access());
        self.names = if matches!(outcome, Ok(Kept::Done(_))) { tx.take_staged_names() } else { Vec::new() };
        let entries = tx.end_write(&outcome);
        let outcome = match (outcome, entries) {
            // The names are sent first, so that the answer to the entries is waited for, and with it theirs.
            (Ok(kept), Ok(entries)) => {
                name_changes::insert(conn, &self.names).and_then(|()| audit::insert(conn, &entries)).map(|()| self.told(kept))
            }
            (Err(error), Ok(entries)) => {
                // Keeps the audit entry of the refusal, and undoes the effect.
                savepoint(conn, shared, "ROLLBACK TO SAVEPOINT job")?;
                audit::insert(conn, &entries)?;
                savepoint(conn, shared, "RELEASE SAVEPOINT job")?;
                return Ok(Err(error));
            }
            (_, Err(error)) => Err(error),
        };
        if outcome.is_err() {
            savepoint(conn, shared, "ROLLBACK TO SAVEPOINT job")?;
        }
        savepoint(conn, shared, "RELEASE SAVEPOINT job")?;
        Ok(outcome.and_then(|kept| kept))
    }

    /// What the caller is told of a write that is kept, its entry included.
    fn told(&mut self, kept: Kept) -> Result<Untyped> {
        let (entry, told) = match kept {
            Kept::WithoutEntry(value) => (None, Ok(value)),
            Kept::Done(value) => (Some(Outcome::Done(self.request.success)), Ok(value)),
            Kept::Refused(error) => (Some(Outcome::from(&error)), Err(error)),
        };
        self.entry = entry;
        told
    }
}

/// A step of the savepoint around a job. A database that is being filled has no savepoints: under a savepoint SQLite keeps every
/// changed page, and searches all of them after each statement, which takes most of the time of a job with thousands of rows.
fn savepoint(conn: &mut Connection, shared: &Shared, step: &str) -> Result<()> {
    if shared.is_being_filled { Ok(()) } else { conn.savepoint(step) }
}

impl Job for Write {
    fn run(&mut self, conn: &mut Connection, shared: &Shared) -> Result<()> {
        for attempt in 1..=ATTEMPTS {
            let outcome = self.attempt(conn, shared)?;
            // A job reports a conflict with another instance as `ErrorCode::DatabaseUnavailable`; only such a job is worth
            // another attempt.
            let interfered = matches!(&outcome, Err(error) if error.code == ErrorCode::DatabaseUnavailable);
            let failed = outcome.is_err();
            self.outcome = Some(outcome);
            // Without a savepoint the effect of a failed write cannot be undone alone, so the whole group is rolled back.
            if failed && shared.is_being_filled {
                return Err(Error::internal("a write that fills the database failed"));
            }
            if !interfered || attempt == ATTEMPTS {
                break;
            }
        }
        Ok(())
    }

    fn purges_on_commit(&self) -> bool {
        self.purges_on_commit
    }

    fn ends_access(&self) -> bool {
        self.ends_access
    }

    fn committed(&mut self, shared: &Shared) {
        if let (Some(trail), Some(entry)) = (&self.request.trail, self.entry) {
            trail.note_entry(entry);
        }
        if matches!(self.outcome, Some(Ok(_))) && !self.names.is_empty() {
            shared.names.apply(std::mem::take(&mut self.names));
        }
    }

    fn answer(self: Box<Self>, end: End) {
        let outcome = match (self.outcome, end) {
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(value)), End::Committed) => Ok(value),
            (_, End::Full) => Err(Error::storage_full()),
            // The commit failed after the write had run: it may be durable or not.
            (Some(Ok(_)), End::Unknown) => Err(Error::outcome_unknown()),
            // Whatever had run of the group is undone.
            (_, End::Undone) | (None, _) => Err(unavailable()),
        };
        // The caller may have gone away; the effect is durable anyway.
        let _gone = self.reply.send(outcome);
    }
}

/// Audit entries without an effect of their own.
struct Record {
    due: Due,
    reply: oneshot::Sender<bool>,
}

impl Job for Record {
    fn run(&mut self, _: &mut Connection, _: &Shared) -> Result<()> {
        Ok(())
    }

    fn due(&mut self) -> Due {
        std::mem::take(&mut self.due)
    }

    fn answer(self: Box<Self>, end: End) {
        let _gone = self.reply.send(end == End::Committed);
    }
}

/// A request to move all earlier writes from the log into the database file itself.
struct Checkpoint {
    reply: oneshot::Sender<bool>,
}

impl Job for Checkpoint {
    fn run(&mut self, _: &mut Connection, _: &Shared) -> Result<()> {
        Ok(())
    }

    fn writes(&self) -> bool {
        false
    }

    fn purges_on_commit(&self) -> bool {
        true
    }

    fn answer(self: Box<Self>, end: End) {
        let _gone = self.reply.send(end == End::Committed);
    }
}
