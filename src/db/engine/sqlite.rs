//! The connection to SQLite.

use diesel::result::{DatabaseErrorKind, QueryResult};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, ToSql, ffi};
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::db::engine::backend::{FULL, Raw, STATEMENTS_KEPT, Value};
use crate::db::engine::damage::damaged;
use crate::error::{Error, ErrorCode, Result};

/// How long a copy waits for a lock before it tries again, and how often it tries.
const COPY_PAUSE: Duration = Duration::from_millis(100);
const COPY_ATTEMPTS: usize = 300;

/// What an examination of a file found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Examined {
    /// Every page and every row is where it should be.
    Whole,
    /// A page or a row is not.
    Damaged,
    /// The time was over before all was read. What was read is where it should be.
    Unfinished,
}

/// A connection to SQLite.
pub struct Sqlite(rusqlite::Connection);

impl Sqlite {
    /// Opens a file; creates an empty one if it does not exist.
    pub fn open(path: &Path) -> Result<Self> {
        let connection =
            rusqlite::Connection::open(path).map_err(|error| Error::new(ErrorCode::DatabaseUnavailable).with_internal(error))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        Ok(Self(connection))
    }

    /// Executes statements that return nothing.
    pub fn execute_all(&mut self, sql: &str) -> QueryResult<()> {
        self.0.execute_batch(sql).map_err(failure)
    }

    /// Executes a statement; returns the number of changed rows.
    pub fn execute(&mut self, text: &str, values: &[Value<'_>]) -> QueryResult<usize> {
        self.bound(text, values).and_then(|mut statement| statement.raw_execute()).map_err(failure)
    }

    /// Reads all rows that a statement finds; also the names of their columns, if they are `named`.
    pub fn query(&mut self, text: &str, values: &[Value<'_>], named: bool) -> QueryResult<Table> {
        self.read(text, values, named).map_err(failure)
    }

    /// Copies one state of the whole database to another one, while others write. All pages in one step: a step reads in one transaction, for
    /// which no writer waits, and between two steps every write of another connection would begin the copy anew.
    pub fn copy_to(&self, other: &mut Self) -> QueryResult<()> {
        let backup = Backup::new(&self.0, &mut other.0).map_err(failure)?;
        for _ in 0..COPY_ATTEMPTS {
            match backup.step(-1).map_err(failure)? {
                StepResult::Done => return Ok(()),
                _ => thread::sleep(COPY_PAUSE),
            }
        }
        Err(diesel::result::Error::DatabaseError(DatabaseErrorKind::UnableToSendCommand, Box::new("the database is locked".to_owned())))
    }

    /// Looks whether every page and every row is where it should be, for so long at most.
    pub fn examine(&mut self, within: Option<Duration>) -> QueryResult<Examined> {
        let interrupt = self.0.get_interrupt_handle();
        let (done, is_done) = mpsc::channel::<()>();
        let found = thread::scope(|scope| {
            if let Some(within) = within {
                scope.spawn(move || {
                    if is_done.recv_timeout(within) == Err(RecvTimeoutError::Timeout) {
                        interrupt.interrupt();
                    }
                });
            }
            let found = self.read("PRAGMA integrity_check(1)", &[], false);
            drop(done);
            found
        });
        match found {
            Ok(found) if matches!(found.value(0, 0), Some(Raw::Text("ok"))) => Ok(Examined::Whole),
            Ok(_) => Ok(Examined::Damaged),
            Err(error) if is_damage(&error) => Ok(Examined::Damaged),
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) => Ok(Examined::Unfinished),
            Err(error) => Err(failure(error)),
        }
    }

    /// Gives the transaction, which must have begun, the next number, in the header of the file. Returns it.
    pub fn number_change(&mut self) -> QueryResult<u32> {
        let last = match self.query("PRAGMA user_version", &[], false)?.value(0, 0) {
            Some(Raw::Integer(last)) => i32::try_from(last).unwrap_or_default(),
            _ => 0,
        };
        let next = last.wrapping_add(1);
        self.execute_all(&format!("PRAGMA user_version = {next}"))?;
        Ok(next.cast_unsigned())
    }

    fn read(&self, text: &str, values: &[Value<'_>], named: bool) -> rusqlite::Result<Table> {
        let mut statement = self.bound(text, values)?;
        let mut table = Table { width: statement.column_count(), ..Table::default() };
        if named {
            table.names = statement.column_names().into_iter().map(str::to_owned).collect();
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            for column in 0..table.width {
                table.push(column, row.get_ref(column)?)?;
            }
        }
        drop(rows);
        Ok(table)
    }

    fn bound(&self, text: &str, values: &[Value<'_>]) -> rusqlite::Result<CachedStatement<'_>> {
        let mut statement = self.0.prepare_cached(text)?;
        for (parameter, value) in (1..).zip(values) {
            statement.raw_bind_parameter::<usize, _>(parameter, value)?;
        }
        Ok(statement)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Bool(value) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*value))),
            Self::Integer(value) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*value))),
            Self::Long(value) => ToSqlOutput::Borrowed(ValueRef::Integer(*value)),
            Self::Double(value) => ToSqlOutput::Borrowed(ValueRef::Real(*value)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::Day(day) => ToSqlOutput::Owned(day.to_string().into()),
            Self::Instant(at) => ToSqlOutput::Borrowed(ValueRef::Integer(at.micros())),
            Self::Document(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

/// The rows that a statement found, copied out of SQLite: one allocation for all texts, one for all blobs.
#[derive(Default)]
pub struct Table {
    width: usize,
    names: Vec<String>,
    cells: Vec<Cell>,
    texts: String,
    bytes: Vec<u8>,
}

enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(Range<usize>),
    Bytes(Range<usize>),
}

impl Table {
    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or(0)
    }

    /// The names of the columns, if they were asked for.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// A value; none if it is NULL.
    pub fn value(&self, row: usize, column: usize) -> Option<Raw<'_>> {
        match self.cells.get(row * self.width + column)? {
            Cell::Null => None,
            Cell::Integer(value) => Some(Raw::Integer(*value)),
            Cell::Real(value) => Some(Raw::Real(*value)),
            Cell::Text(range) => self.texts.get(range.clone()).map(Raw::Text),
            Cell::Bytes(range) => self.bytes.get(range.clone()).map(Raw::Bytes),
        }
    }

    fn push(&mut self, column: usize, value: ValueRef<'_>) -> rusqlite::Result<()> {
        let cell = match value {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(value) => Cell::Integer(value),
            ValueRef::Real(value) => Cell::Real(value),
            ValueRef::Text(text) => {
                let start = self.texts.len();
                self.texts.push_str(std::str::from_utf8(text).map_err(|error| rusqlite::Error::Utf8Error(column, error))?);
                Cell::Text(start..self.texts.len())
            }
            ValueRef::Blob(bytes) => {
                let start = self.bytes.len();
                self.bytes.extend_from_slice(bytes);
                Cell::Bytes(start..self.bytes.len())
            }
        };
        self.cells.push(cell);
        Ok(())
    }
}

/// Converts a failure into the error of diesel. The message of SQLite names columns and no values.
fn failure(error: rusqlite::Error) -> diesel::result::Error {
    if is_damage(&error) {
        return damaged(error.to_string());
    }
    let (kind, message) = match error {
        rusqlite::Error::SqliteFailure(code, _) if code.code == rusqlite::ErrorCode::DiskFull => {
            (DatabaseErrorKind::Unknown, FULL.to_owned())
        }
        rusqlite::Error::SqliteFailure(code, message) => (kind_of(code.extended_code), message.unwrap_or_else(|| code.to_string())),
        other => (DatabaseErrorKind::Unknown, other.to_string()),
    };
    diesel::result::Error::DatabaseError(kind, Box::new(message))
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase))
}

fn kind_of(code: std::ffi::c_int) -> DatabaseErrorKind {
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => DatabaseErrorKind::UniqueViolation,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => DatabaseErrorKind::ForeignKeyViolation,
        ffi::SQLITE_CONSTRAINT_NOTNULL => DatabaseErrorKind::NotNullViolation,
        ffi::SQLITE_CONSTRAINT_CHECK => DatabaseErrorKind::CheckViolation,
        _ => DatabaseErrorKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_may_not_grow_says_that_its_disk_is_full() {
        let folder = tempfile::tempdir().unwrap();
        let mut database = Sqlite::open(&folder.path().join("homeward.db")).unwrap();
        database.execute_all("CREATE TABLE one (text TEXT); PRAGMA max_page_count = 4").unwrap();
        let refused = database.execute_all("INSERT INTO one VALUES (hex(zeroblob(100000)))").unwrap_err();
        assert_eq!(Error::from(refused).code, ErrorCode::StorageFull);
        database.execute_all("PRAGMA max_page_count = 4000; INSERT INTO one VALUES (hex(zeroblob(100000)))").unwrap();
    }
}
