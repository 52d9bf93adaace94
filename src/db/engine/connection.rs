//! One connection type over two databases. `DATABASE_URL` selects the database; the queries are the same.

use diesel::connection::{
    AnsiTransactionManager, CacheSize, Connection as DieselConnection, ConnectionSealed, DynInstrumentation, Instrumentation,
    LoadConnection, SimpleConnection,
};
use diesel::expression::QueryMetadata;
use diesel::migration::{CREATE_MIGRATIONS_TABLE, MigrationConnection};
use diesel::query_builder::{Query, QueryBuilder, QueryFragment, QueryId};
use diesel::result::{ConnectionError, ConnectionResult, QueryResult};
use std::any::TypeId;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::config::DatabaseUrl;
use crate::db::engine::backend::{Binds, Cursor, Database, FULL, Row, SqlText};
use crate::db::engine::damage::is_damage;
use crate::db::engine::postgres::Postgres;
use crate::db::engine::sqlite::Sqlite;
use crate::error::{Error, ErrorCode, Result};

/// A connection to either database. It blocks, so it is used only on the threads of this layer, never on an async worker.
pub struct Connection {
    database: Opened,
    /// The texts of statements that diesel always writes the same way.
    texts: HashMap<TypeId, Arc<str>>,
    statements: Arc<AtomicU64>,
    transactions: AnsiTransactionManager,
    instrumentation: DynInstrumentation,
}

enum Opened {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

/// The purpose of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Reads only; the database itself refuses a write.
    Read,
    /// The one writer.
    Write,
}

/// The settings of every SQLite connection (ASSURANCE B0). FULL: an acknowledged write survives a power cut.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
    PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; \
    PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -16000;";

/// The settings that differ while a new database is filled: no write waits for the disk, and deleted data is not overwritten.
/// That is safe because no write of it has been acknowledged to a caller. [`Connection::clear_log`] makes it durable at the end.
const SQLITE_FILLING: &str =
    "PRAGMA synchronous = OFF; PRAGMA secure_delete = OFF; PRAGMA wal_autocheckpoint = 16000; PRAGMA cache_size = -128000;";

/// Aborts a statement that hangs, and never waits long for a lock.
const POSTGRES_SETTINGS: &str = "SET TIME ZONE 'UTC'; SET statement_timeout = '15s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s'; SET synchronous_commit = 'on';";

impl Connection {
    /// Opens a connection. `statements` counts the executed statements, for the tests that look for N+1 queries.
    pub fn open(url: &DatabaseUrl, purpose: Use, statements: &Arc<AtomicU64>) -> Result<Self> {
        let mut connection = Self::over(match url {
            DatabaseUrl::Sqlite(path) => Opened::Sqlite(Sqlite::open(path)?),
            DatabaseUrl::Postgres(url) => Opened::Postgres(Box::new(Postgres::connect(url)?)),
        });
        connection.configure(purpose)?;
        connection.statements = statements.clone();
        Ok(connection)
    }

    /// Opens a file without applying settings, which would turn a database of another program into one of this service.
    pub(in crate::db) fn open_untouched(path: &Path) -> Result<Self> {
        Ok(Self::over(Opened::Sqlite(Sqlite::open(path)?)))
    }

    fn over(database: Opened) -> Self {
        Self {
            database,
            texts: HashMap::new(),
            statements: Arc::default(),
            transactions: AnsiTransactionManager::default(),
            instrumentation: DynInstrumentation::none(),
        }
    }

    fn configure(&mut self, purpose: Use) -> Result<()> {
        let (settings, read_only) = match &self.database {
            Opened::Sqlite(_) => (SQLITE_SETTINGS, "PRAGMA query_only = ON;"),
            Opened::Postgres(_) => (POSTGRES_SETTINGS, "SET default_transaction_read_only = on;"),
        };
        self.batch(settings)?;
        if purpose == Use::Read {
            self.batch(read_only)?;
        }
        Ok(())
    }

    /// Takes a step of a savepoint: of a job of the writer, or of a part of one.
    pub(in crate::db) fn savepoint(&mut self, step: &str) -> Result<()> {
        self.later(step)
    }

    /// Executes a step of a transaction; on Postgres it travels with the next statement.
    fn later(&mut self, sql: &str) -> Result<()> {
        match &mut self.database {
            Opened::Sqlite(_) => self.batch(sql),
            Opened::Postgres(postgres) => {
                self.statements.fetch_add(1, Ordering::Relaxed);
                Ok(postgres.execute_all_later(sql)?)
            }
        }
    }

    /// Executes statements that return nothing.
    pub(in crate::db) fn batch(&mut self, sql: &str) -> Result<()> {
        self.batch_execute(sql).map_err(Error::from)
    }

    /// Starts a transaction that may write. On SQLite it takes the write lock at once, because a transaction that reads first and
    /// writes later would fail with SQLITE_BUSY whatever the timeout.
    pub(in crate::db) fn begin(&mut self) -> Result<()> {
        match &self.database {
            Opened::Sqlite(_) => self.batch("BEGIN IMMEDIATE"),
            Opened::Postgres(_) => self.later("BEGIN"),
        }
    }

    /// Numbers the transaction, see [`super::change_mark`]. None on Postgres. Not counted, as its begin is not.
    pub(in crate::db) fn number_change(&mut self) -> Result<Option<u32>> {
        match &mut self.database {
            Opened::Sqlite(sqlite) => Ok(Some(sqlite.number_change()?)),
            Opened::Postgres(_) => Ok(None),
        }
    }

    /// Starts a read: what it finds until [`Self::end_read`] is one state of the database, whatever is committed meanwhile. Both databases
    /// take the state at the first statement. Not counted, as its end is not: the count is of what a read asks.
    pub(in crate::db) fn begin_read(&mut self) -> Result<()> {
        Ok(match &mut self.database {
            Opened::Sqlite(sqlite) => sqlite.execute_all("BEGIN"),
            Opened::Postgres(postgres) => postgres.execute_all_later("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        }?)
    }

    /// Ends a read, also one that failed: nothing was written, so there is nothing to commit.
    pub(in crate::db) fn end_read(&mut self) -> Result<()> {
        Ok(match &mut self.database {
            Opened::Sqlite(sqlite) => sqlite.execute_all("ROLLBACK"),
            Opened::Postgres(postgres) => postgres.end_transaction_unread(),
        }?)
    }

    /// Moves committed data from the log of SQLite into its main file, where deleted bytes are overwritten, and empties the log.
    /// Postgres removes deleted rows when it vacuums, and its log when it recycles it.
    pub(in crate::db) fn clear_log(&mut self) {
        if self.is_postgres() {
            return;
        }
        if let Err(error) = self.batch_execute("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(cause = %error, "what was deleted is still in the log of the database");
        }
    }

    /// Applies the settings for filling a new database quickly.
    pub(in crate::db) fn fill_quickly(&mut self) -> Result<()> {
        if self.is_postgres() { Ok(()) } else { Ok(self.batch_execute(SQLITE_FILLING)?) }
    }

    /// Limits every call to Postgres from here on; none: they are waited for as long as they take.
    pub fn limit_calls(&mut self, limit: Option<Duration>) {
        if let Opened::Postgres(postgres) = &mut self.database {
            postgres.limit_calls(limit);
        }
    }

    /// Whether the connection still answers. Checked only after a failure.
    pub(in crate::db) fn is_alive(&mut self) -> bool {
        self.batch("SELECT 1").is_ok()
    }

    /// Whether the connection is to Postgres.
    pub fn is_postgres(&self) -> bool {
        matches!(self.database, Opened::Postgres(_))
    }

    /// The text of a statement and the values of its parameters. From here on, all queries share the same code.
    fn render<'q>(&mut self, id: Option<TypeId>, query: &'q dyn QueryFragment<Database>) -> QueryResult<(Arc<str>, Binds<'q>)> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let mut binds = Binds::default();
        query.collect_binds(&mut binds, &mut (), &Database)?;
        if let Some(text) = id.and_then(|id| self.texts.get(&id)) {
            return Ok((text.clone(), binds));
        }
        let mut written = SqlText::default();
        query.to_sql(&mut written, &Database)?;
        let text: Arc<str> = written.finish().into();
        if let Some(id) = id {
            self.texts.insert(id, text.clone());
        }
        Ok((text, binds))
    }

    fn execute(&mut self, id: Option<TypeId>, query: &dyn QueryFragment<Database>) -> QueryResult<usize> {
        let (text, binds) = self.render(id, query)?;
        match &mut self.database {
            Opened::Sqlite(sqlite) => sqlite.execute(&text, binds.values()),
            Opened::Postgres(postgres) => postgres.execute(&text, &binds),
        }
    }

    fn execute_later(&mut self, id: Option<TypeId>, query: &dyn QueryFragment<Database>) -> QueryResult<()> {
        let (text, binds) = self.render(id, query)?;
        match &mut self.database {
            Opened::Sqlite(sqlite) => sqlite.execute(&text, binds.values()).map(drop),
            Opened::Postgres(postgres) => postgres.execute_later(&text, &binds),
        }
    }

    /// Waits for the statements that were only sent, so that their failure is known.
    pub(in crate::db) fn settle(&mut self) -> Result<()> {
        match &mut self.database {
            Opened::Sqlite(_) => Ok(()),
            Opened::Postgres(postgres) => Ok(postgres.wait_for_sent()?),
        }
    }

    fn query(&mut self, id: Option<TypeId>, query: &dyn QueryFragment<Database>) -> QueryResult<Cursor> {
        let (text, binds) = self.render(id, query)?;
        match &mut self.database {
            Opened::Sqlite(sqlite) => {
                // Columns are read by name only in SQL that diesel did not write, and that differs every time.
                let table = Rc::new(sqlite.query(&text, binds.values(), id.is_none())?);
                let rows = 0..table.height();
                Ok(Cursor::Sqlite(table, rows))
            }
            Opened::Postgres(postgres) => Ok(Cursor::Postgres(postgres.query(&text, &binds)?.into_iter())),
        }
    }
}

impl Connection {
    /// Reads with a statement that is not written by diesel's types, such as the page of a table that is copied.
    pub(in crate::db) fn load_written(&mut self, query: &dyn QueryFragment<Database>) -> Result<Cursor> {
        Ok(self.query(None, query)?)
    }

    /// Executes such a statement.
    pub(in crate::db) fn execute_written(&mut self, query: &dyn QueryFragment<Database>) -> Result<usize> {
        Ok(self.execute(None, query)?)
    }
}

/// A statement of which nobody needs to know how many rows it changed.
pub trait ExecuteLater: QueryFragment<Database> + QueryId + Sized {
    /// Executes it; on Postgres without waiting, so that its failure is that of a later statement of the transaction, or of its end.
    fn execute_later(self, conn: &mut Connection) -> QueryResult<()> {
        conn.execute_later(Self::query_id(), &self)
    }
}

impl<T: QueryFragment<Database> + QueryId> ExecuteLater for T {}

impl SimpleConnection for Connection {
    fn batch_execute(&mut self, sql: &str) -> QueryResult<()> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        match &mut self.database {
            Opened::Sqlite(sqlite) => sqlite.execute_all(sql),
            Opened::Postgres(postgres) => postgres.execute_all(sql),
        }
    }
}

impl ConnectionSealed for Connection {}

impl DieselConnection for Connection {
    type Backend = Database;
    type TransactionManager = AnsiTransactionManager;

    fn establish(url: &str) -> ConnectionResult<Self> {
        let url = DatabaseUrl::parse(url, None).map_err(|error| ConnectionError::InvalidConnectionUrl(error.to_string()))?;
        Self::open(&url, Use::Write, &Arc::default()).map_err(|error| ConnectionError::BadConnection(format!("{:?}", error.code)))
    }

    fn execute_returning_count<T: QueryFragment<Database> + QueryId>(&mut self, query: &T) -> QueryResult<usize> {
        self.execute(T::query_id(), query)
    }

    fn transaction_state(&mut self) -> &mut AnsiTransactionManager {
        &mut self.transactions
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        &mut *self.instrumentation
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.instrumentation = instrumentation.into();
    }

    /// Changes nothing, because both caches are bounded.
    fn set_prepared_statement_cache_size(&mut self, _: CacheSize) {}
}

impl LoadConnection for Connection {
    type Cursor<'conn, 'query> = Cursor;
    type Row<'conn, 'query> = Row;

    fn load<'conn, 'query, T>(&'conn mut self, query: T) -> QueryResult<Cursor>
    where
        T: Query + QueryFragment<Database> + QueryId + 'query,
        Database: QueryMetadata<T::SqlType>,
    {
        self.query(T::query_id(), &query)
    }
}

impl MigrationConnection for Connection {
    fn setup(&mut self) -> QueryResult<usize> {
        self.batch_execute(CREATE_MIGRATIONS_TABLE).map(|()| 0)
    }
}

impl From<diesel::result::Error> for Error {
    /// The default meaning of a database error. The text of the database only goes to the log, without its details, because
    /// Postgres repeats values in them.
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::DatabaseErrorKind as Kind;
        use diesel::result::Error as Diesel;
        match error {
            Diesel::NotFound => Self::not_found(),
            Diesel::DatabaseError(_, info) if info.message() == FULL => Self::storage_full().with_internal(FULL),
            Diesel::DatabaseError(_, info) if is_damage(&*info) => Self::new(ErrorCode::DatabaseDamaged).with_internal(info.message()),
            Diesel::DatabaseError(Kind::UniqueViolation, _) => Self::new(ErrorCode::AlreadyExists),
            Diesel::DatabaseError(Kind::ForeignKeyViolation, info) => Self::new(ErrorCode::Conflict).with_internal(info.message()),
            Diesel::DatabaseError(Kind::SerializationFailure | Kind::ClosedConnection | Kind::UnableToSendCommand, info) => {
                Self::new(ErrorCode::DatabaseUnavailable).retry_after(1).with_internal(info.message())
            }
            Diesel::DatabaseError(Kind::ReadOnlyTransaction, info) => Self::internal(info.message()),
            Diesel::DatabaseError(kind, info) => Self::internal(format!("{kind:?}: {}", info.message())),
            Diesel::BrokenTransactionManager => {
                Self::new(ErrorCode::DatabaseUnavailable).retry_after(1).with_internal("broken transaction")
            }
            Diesel::DeserializationError(cause) => {
                Self::new(ErrorCode::Integrity).with_internal(format!("a stored value cannot be read: {cause}"))
            }
            other => Self::internal(std::any::type_name_of_val(&other)),
        }
    }
}
