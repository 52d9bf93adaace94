//! Reader threads, each with a connection of its own. Each read is one transaction: it sees one state of the database, so that a grant and
//! what it opens, or the figures of a report, belong together.
//!
//! Reads wait in two lanes, so that no number of reports keeps anybody waiting at the gate. Work for a caller who has left is not done.

use crossbeam_channel::{Receiver, Select, Sender, TryRecvError, TrySendError, bounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::db::engine::attempt::Untyped;
use crate::db::engine::audit::NewAuditEntry;
use crate::db::engine::connection::{Connection, Use};
use crate::db::engine::context::Shared;
use crate::db::engine::tx::{Request, Tx};
use crate::db::engine::work::ReadWork;
use crate::domain::access::Actor;
use crate::error::{Error, ErrorCode, Result};

/// Reads that may wait in a lane. Beyond that, a caller is told to try again.
const QUEUE: usize = 2048;
/// How long a request waits for a reader. Whoever waited longer is better told to come back: they may have left, and everybody behind them
/// would wait as long.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where a read waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::db) enum Lane {
    /// What somebody at the gate waits for: a case, a list, a search, a sign-in.
    Gate,
    /// What looks at very many cases: a report, statistics, an export. It never takes the last reader.
    Long,
}

/// Reads; returns whether its connection can be used again without asking.
type Run = Box<dyn FnOnce(&mut Connection, &Shared) -> bool + Send>;

/// A read that waits.
struct Job {
    /// Told that the read begins. Whoever no longer listens has left.
    begins: oneshot::Sender<()>,
    read: Run,
}

/// The pool of reader threads.
#[derive(Clone)]
pub(in crate::db) struct Readers {
    gate: Sender<Job>,
    long: Sender<Job>,
    /// None: a read waits for as long as it takes.
    patience: Option<Duration>,
    shared: Arc<Shared>,
}

impl Readers {
    /// Starts threads for requests. One of them, at least, is left to the gate. Each connects when it is first asked.
    pub(in crate::db) fn start(shared: &Arc<Shared>, count: usize) -> Result<Self> {
        Self::spawn(shared, "reader", count.max(2), Some(PATIENCE))
    }

    /// Starts threads for the system's own work, which waits for as long as it takes.
    pub(in crate::db) fn start_beside(shared: &Arc<Shared>, count: usize) -> Result<Self> {
        Self::spawn(shared, "beside", count, None)
    }

    fn spawn(shared: &Arc<Shared>, name: &str, count: usize, patience: Option<Duration>) -> Result<Self> {
        let ((gate, at_gate), (long, long_ones)) = (bounded(QUEUE), bounded(QUEUE));
        for number in 0..count {
            let lanes = Lanes { gate: at_gate.clone(), long: (number > 0).then(|| long_ones.clone()) };
            let shared = shared.clone();
            let run = move || serve(&shared, &lanes);
            thread::Builder::new().name(format!("{name}-{number}")).spawn(run).map_err(Error::internal)?;
        }
        Ok(Self { gate, long, patience, shared: shared.clone() })
    }

    /// Runs a read. Returns its outcome, and the audit entry that must be written before the outcome is used, if the system reads
    /// for itself.
    pub(in crate::db) async fn run(
        &self,
        lane: Lane,
        actor: Actor,
        request: Request,
        read: ReadWork,
    ) -> Result<(Result<Untyped>, Option<NewAuditEntry>)> {
        let ((begins, begun), (answer, answered)) = (oneshot::channel(), oneshot::channel());
        let read = move |conn: &mut Connection, shared: &Shared| {
            let begun = shared.integrity.require().and_then(|()| conn.begin_read());
            let has_begun = begun.is_ok();
            let mut tx = Tx::new(conn, shared, &actor, &request, Use::Read);
            let run = || begun.and_then(|()| read(&mut tx));
            let outcome = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(Error::internal("a read panicked")));
            shared.integrity.note(&outcome);
            let entry = tx.end_read(&outcome);
            let answered = !matches!(&outcome, Err(error) if error.code.status() >= 500);
            // The caller may have gone away; then no outcome is sent, and nothing was disclosed.
            let _gone = answer.send((outcome, entry));
            // At once, after a panic too: as long as the state is held, SQLite cannot empty its log.
            has_begun && conn.end_read().is_ok() && answered
        };
        self.submit(lane, Job { begins, read: Box::new(read) })?;
        // Leaving drops the receiver, in here or with this future, and by that takes the read out of the queue.
        let begun = match self.patience {
            Some(patience) => timeout(patience, begun).await.map_err(|_| self.sheds("a read waited too long"))?,
            None => begun.await,
        };
        begun.map_err(|_| Error::internal("no reader is running"))?;
        // The reader that found no connection has told why.
        answered.await.map_err(|_| self.shared.integrity.require().err().unwrap_or_else(unavailable))
    }

    fn submit(&self, lane: Lane, job: Job) -> Result<()> {
        let queue = match lane {
            Lane::Gate => &self.gate,
            Lane::Long => &self.long,
        };
        queue.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => self.sheds("too many reads wait"),
            TrySendError::Disconnected(_) => Error::internal("no reader is running"),
        })
    }

    /// A caller is told to come back, and the log how many are.
    fn sheds(&self, why: &'static str) -> Error {
        let error = unavailable();
        self.shared.outage.tell(why, &error);
        error
    }
}

fn unavailable() -> Error {
    Error::new(ErrorCode::DatabaseUnavailable).retry_after(1)
}

/// The lanes that a thread serves.
struct Lanes {
    gate: Receiver<Job>,
    /// None: the thread is for the gate alone.
    long: Option<Receiver<Job>>,
}

impl Lanes {
    /// The next read: one of the gate, before any long one. None: the handle is gone.
    fn next(&self) -> Option<Job> {
        let Some(long) = &self.long else { return self.gate.recv().ok() };
        let mut either = Select::new();
        either.recv(&self.gate);
        either.recv(long);
        loop {
            for lane in [&self.gate, long] {
                match lane.try_recv() {
                    Ok(job) => return Some(job),
                    Err(TryRecvError::Disconnected) => return None,
                    Err(TryRecvError::Empty) => {}
                }
            }
            // Until one of them has a read, which another thread may take first.
            either.ready();
        }
    }
}

/// Serves jobs until the handle is gone. Replaces a broken connection before the next job; a job without a connection is dropped,
/// which its caller sees as "the database cannot be reached".
fn serve(shared: &Shared, lanes: &Lanes) {
    let mut connection: Option<Connection> = None;
    while let Some(Job { begins, read }) = lanes.next() {
        if begins.send(()).is_err() {
            continue;
        }
        if connection.is_none() {
            // A connection would make a file where there is none.
            let open = || shared.integrity.require().and_then(|()| Connection::open(&shared.url, Use::Read, &shared.statements));
            connection = shared.outage.connect(open);
        }
        if let Some(mut open) = connection.take() {
            connection = (read(&mut open, shared) || open.is_alive()).then_some(open);
        }
    }
}
