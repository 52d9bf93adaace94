//! Reader threads, each with a connection of its own. Each read is one transaction: it sees one state of the database, so that a grant and
//! what it opens, or the figures of a report, belong together.

use flume::{Receiver, Sender, TrySendError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use tokio::sync::oneshot;

use crate::db::engine::attempt::Untyped;
use crate::db::engine::audit::NewAuditEntry;
use crate::db::engine::connection::{Connection, Use};
use crate::db::engine::context::Shared;
use crate::db::engine::tx::{Request, Tx};
use crate::db::engine::work::ReadWork;
use crate::domain::access::Actor;
use crate::error::{Error, ErrorCode, Result};

/// Reads that may wait. Beyond that, a caller is told to try again.
const QUEUE: usize = 2048;

/// A read; returns whether its connection can be used again without asking.
type Job = Box<dyn FnOnce(&mut Connection, &Shared) -> bool + Send>;

/// The pool of reader threads.
#[derive(Clone)]
pub(in crate::db) struct Readers {
    jobs: Sender<Job>,
}

impl Readers {
    /// Starts threads whose names begin with `name`. Each connects when it is first asked.
    pub(in crate::db) fn start(shared: &Arc<Shared>, name: &str, count: usize) -> Result<Self> {
        let (jobs, queue) = flume::bounded::<Job>(QUEUE);
        for number in 0..count {
            let (shared, queue) = (shared.clone(), queue.clone());
            let run = move || serve(&shared, &queue);
            thread::Builder::new().name(format!("{name}-{number}")).spawn(run).map_err(Error::internal)?;
        }
        Ok(Self { jobs })
    }

    /// Runs a read. Returns its outcome, and the audit entry that must be written before the outcome is used, if the system reads
    /// for itself.
    pub(in crate::db) async fn run(
        &self,
        actor: Actor,
        request: Request,
        read: ReadWork,
    ) -> Result<(Result<Untyped>, Option<NewAuditEntry>)> {
        let (answer, answered) = oneshot::channel();
        let job = move |conn: &mut Connection, shared: &Shared| {
            let begun = conn.begin_read();
            let has_begun = begun.is_ok();
            let mut tx = Tx::new(conn, shared, &actor, &request, Use::Read);
            let run = || begun.and_then(|()| read(&mut tx));
            let outcome = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(Error::internal("a read panicked")));
            let entry = tx.end_read(&outcome);
            let answered = !matches!(&outcome, Err(error) if error.code.status() >= 500);
            // The caller may have gone away; then no outcome is sent, and nothing was disclosed.
            let _gone = answer.send((outcome, entry));
            // At once, after a panic too: as long as the state is held, SQLite cannot empty its log.
            has_begun && conn.end_read().is_ok() && answered
        };
        self.jobs.try_send(Box::new(job)).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::new(ErrorCode::DatabaseUnavailable).retry_after(1).with_internal("reader queue full"),
            TrySendError::Disconnected(_) => Error::internal("no reader is running"),
        })?;
        answered.await.map_err(|_| Error::new(ErrorCode::DatabaseUnavailable).retry_after(1).with_internal("a reader lost its connection"))
    }
}

/// Serves jobs until the handle is gone. Replaces a broken connection before the next job; a job without a connection is dropped,
/// which its caller sees as "the database cannot be reached".
fn serve(shared: &Shared, queue: &Receiver<Job>) {
    let mut connection: Option<Connection> = None;
    while let Ok(job) = queue.recv() {
        if connection.is_none() {
            connection = Connection::open(&shared.url, Use::Read, &shared.statements)
                .inspect_err(|error| tracing::error!(cause = error.cause(), "a reader cannot connect"))
                .ok();
        }
        if let Some(mut open) = connection.take() {
            connection = (job(&mut open, shared) || open.is_alive()).then_some(open);
        }
    }
}
