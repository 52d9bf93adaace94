//! One connection type over two databases. `DATABASE_URL` decides which; the queries are the same.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{Connection as _, InstrumentationEvent, SimpleConnection};
use diesel::sqlite::SqliteConnection;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;

use super::postgres::{self, ThreadRuntime};
use super::sqlite_file::DEMO_MARK;
use crate::config::DatabaseUrl;
use crate::error::{Error, ErrorCode, Result};

/// Postgres without libpq: diesel's query builder over tokio-postgres. Only on our own threads, never on a worker.
pub type PgConnection = AsyncConnectionWrapper<AsyncPgConnection, ThreadRuntime>;

/// A connection to either database.
pub enum Connection {
    /// The embedded default.
    Sqlite(Box<SqliteConnection>),
    /// The same on a server.
    Postgres(Box<PgConnection>),
}

/// Runs one body on whichever database it is. Queries are built once, outside; only what must name the backend
/// (`into_boxed::<DB>()`, batch inserts) stands inside.
macro_rules! on_backend {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::db::connection::Connection::Sqlite(connection) => {
                let $c = &mut **connection;
                $body
            }
            $crate::db::connection::Connection::Postgres(connection) => {
                let $c = &mut **connection;
                $body
            }
        }
    };
    ($conn:expr, |$c:ident, $DB:ident| $body:expr) => {
        match $conn {
            $crate::db::connection::Connection::Sqlite(connection) => {
                type $DB = diesel::sqlite::Sqlite;
                let $c = &mut **connection;
                $body
            }
            $crate::db::connection::Connection::Postgres(connection) => {
                type $DB = diesel::pg::Pg;
                let $c = &mut **connection;
                $body
            }
        }
    };
}
pub(in crate::db) use on_backend;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Reads only; the database itself refuses a write.
    Read,
    /// The one writer.
    Write,
}

/// What every SQLite connection is set to (ASSURANCE B0). FULL: an acknowledged write survives a power cut.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
    PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; \
    PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -16000;";

/// What differs while a new database is filled, which holds nothing that anybody was told is stored: no write waits for the disk, and
/// nothing deleted is overwritten. [`Connection::clear_log`] makes it durable at the end.
const SQLITE_FILLING: &str =
    "PRAGMA synchronous = OFF; PRAGMA secure_delete = OFF; PRAGMA wal_autocheckpoint = 16000; PRAGMA cache_size = -128000;";

/// Refuses a statement that hangs, and never waits long for a lock.
const POSTGRES_SETTINGS: &str = "SET statement_timeout = '15s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s'; SET synchronous_commit = 'on';";

impl Connection {
    /// Opens a connection. `statements` counts what it executes, for the tests that look for N+1 queries.
    pub fn open(url: &DatabaseUrl, purpose: Use, statements: &Arc<AtomicU64>) -> Result<Self> {
        let mut connection = match url {
            DatabaseUrl::Sqlite(path) => {
                let opened = SqliteConnection::establish(&path.to_string_lossy())
                    .map_err(|error| Error::new(ErrorCode::DatabaseUnavailable).because(error))?;
                Self::Sqlite(Box::new(opened))
            }
            DatabaseUrl::Postgres(url) => Self::Postgres(Box::new(postgres::connect(url)?)),
        };
        connection.configure(purpose)?;
        connection.count_into(statements.clone());
        Ok(connection)
    }

    /// Makes a new SQLite database and marks it as one that the demo made. The mark is the `application_id` in the header of the
    /// file; it is written before anything else, so that a demo that breaks off is known as one.
    pub fn create_demo(path: &Path) -> Result<()> {
        let mut connection = SqliteConnection::establish(&path.to_string_lossy())
            .map_err(|error| Error::new(ErrorCode::DatabaseUnavailable).because(error))?;
        Ok(connection.batch_execute(&format!("PRAGMA application_id = {}", i32::from_be_bytes(DEMO_MARK)))?)
    }

    fn configure(&mut self, purpose: Use) -> Result<()> {
        let (settings, read_only) = match self {
            Self::Sqlite(_) => (SQLITE_SETTINGS, "PRAGMA query_only = ON;"),
            Self::Postgres(_) => (POSTGRES_SETTINGS, "SET default_transaction_read_only = on;"),
        };
        self.batch(settings)?;
        if purpose == Use::Read {
            self.batch(read_only)?;
        }
        Ok(())
    }

    fn count_into(&mut self, statements: Arc<AtomicU64>) {
        on_backend!(self, |c| c.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                statements.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }

    /// Executes statements that return nothing.
    pub(in crate::db) fn batch(&mut self, sql: &str) -> Result<()> {
        on_backend!(self, |c| c.batch_execute(sql)).map_err(Error::from)
    }

    /// Starts a transaction that may write. On SQLite it takes the write lock at once: a transaction that reads first
    /// and writes later would fail with SQLITE_BUSY whatever the timeout.
    pub(in crate::db) fn begin(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.batch("BEGIN IMMEDIATE"),
            Self::Postgres(_) => self.batch("BEGIN"),
        }
    }

    /// Moves what was committed from the log of SQLite into its main file, where deleted bytes are overwritten, and empties
    /// the log. Postgres forgets deleted rows when it vacuums, and its log when it is recycled.
    pub(in crate::db) fn clear_log(&mut self) {
        let Self::Sqlite(connection) = self else { return };
        if let Err(error) = connection.batch_execute("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(cause = %error, "what was deleted is still in the log of the database");
        }
    }

    /// Sets the connection to fill a new database quickly.
    pub(in crate::db) fn fill_quickly(&mut self) -> Result<()> {
        let Self::Sqlite(connection) = self else { return Ok(()) };
        Ok(connection.batch_execute(SQLITE_FILLING)?)
    }

    /// Whether the connection still answers. Asked only after a failure.
    pub(in crate::db) fn is_alive(&mut self) -> bool {
        self.batch("SELECT 1").is_ok()
    }

    /// Whether the connection is to Postgres.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}

impl From<diesel::result::Error> for Error {
    /// The default meaning of a database error. The text of the database goes to the log only, and without its details:
    /// Postgres repeats values there.
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::DatabaseErrorKind as Kind;
        use diesel::result::Error as Diesel;
        match error {
            Diesel::NotFound => Self::not_found(),
            Diesel::DatabaseError(Kind::UniqueViolation, _) => Self::new(ErrorCode::AlreadyExists),
            Diesel::DatabaseError(Kind::ForeignKeyViolation, info) => Self::new(ErrorCode::Conflict).because(info.message()),
            Diesel::DatabaseError(Kind::SerializationFailure | Kind::ClosedConnection | Kind::UnableToSendCommand, info) => {
                Self::new(ErrorCode::DatabaseUnavailable).retry_after(1).because(info.message())
            }
            // diesel knows no kind for these two: another instance was in the way, and the write can be tried again.
            Diesel::DatabaseError(Kind::Unknown, info)
                if ["deadlock detected", "lock timeout"].iter().any(|text| info.message().contains(text)) =>
            {
                Self::new(ErrorCode::DatabaseUnavailable).retry_after(1).because(info.message())
            }
            Diesel::DatabaseError(Kind::ReadOnlyTransaction, info) => Self::internal(info.message()),
            Diesel::DatabaseError(kind, info) => Self::internal(format!("{kind:?}: {}", info.message())),
            Diesel::BrokenTransactionManager => Self::new(ErrorCode::DatabaseUnavailable).retry_after(1).because("broken transaction"),
            Diesel::DeserializationError(cause) => Self::internal(format!("a stored value cannot be read: {cause}")),
            other => Self::internal(std::any::type_name_of_val(&other)),
        }
    }
}
