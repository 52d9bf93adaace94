//! Classifies a file before it is opened as the database, without changing it, so that a file of another program stays intact.

use diesel::prelude::*;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use crate::db::engine::change_mark;
use crate::db::engine::connection::Connection;
pub use crate::db::engine::sqlite::Examined;
use crate::db::engine::sqlite::Sqlite;
use crate::error::{Error, ErrorCode, Result};

/// The mark in the header of a database that the demo made.
pub(in crate::db) const DEMO_MARK: [u8; 4] = *b"HWDM";

/// The first bytes of every SQLite file (SQLite file format, 1.3).
const MAGIC: &[u8] = b"SQLite format 3\0";
/// The bytes of the `application_id` in the header.
const APPLICATION_ID: std::ops::Range<usize> = 68..72;
/// The bytes of the `user_version`: the number of the last change.
const NUMBER: std::ops::Range<usize> = 60..64;
/// A table that every schema of this service has had.
const OURS: &str = "signing_keys";
/// The table in which diesel records the migrations. It is the only table left after every migration was reverted.
const MIGRATIONS: &str = "__diesel_schema_migrations";

diesel::table! {
    /// The catalogue of SQLite itself.
    sqlite_master (name) {
        #[sql_name = "type"]
        kind -> Text,
        name -> Text,
    }
}

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqliteFile {
    /// The file does not exist.
    Absent,
    /// An SQLite database without a table.
    Empty,
    /// A file that is not an SQLite database.
    NoDatabase,
    /// An SQLite database of another program.
    Foreign,
    /// A database of Homeward.
    Homeward,
}

/// Whether the demo made the database. Only its mark decides, never the name of the file. False for a file that cannot be read.
pub fn is_demo(path: &Path) -> bool {
    header(path).is_ok_and(|header| header.starts_with(MAGIC) && header.get(APPLICATION_ID) == Some(DEMO_MARK.as_slice()))
}

/// Creates a new SQLite database and marks it as made by the demo. The mark is the `application_id` in the header of the file. It
/// is written before anything else, so that an interrupted demo is recognised too.
pub fn create_demo(path: &Path) -> Result<()> {
    let mut database = Sqlite::open(path)?;
    Ok(database.execute_all(&format!("PRAGMA application_id = {}", i32::from_be_bytes(DEMO_MARK)))?)
}

/// Copies one state of a database to a new file, while a service writes to it. False: a page or a row of it is damaged.
pub fn copy(from: &Path, to: &Path) -> Result<bool> {
    let (source, mut copy) = (Sqlite::open(from)?, Sqlite::open(to)?);
    source.copy_to(&mut copy)?;
    Ok(copy.examine(None)? == Examined::Whole)
}

/// The number of the last change that a header names. None: it is not the header of an SQLite database.
pub(in crate::db) fn number_in(header: &[u8]) -> Option<u32> {
    header.starts_with(MAGIC).then(|| header.get(NUMBER)?.try_into().ok().map(u32::from_be_bytes)).flatten()
}

/// Forgets what a database was marked with that is not there any more.
pub fn forget_mark(path: &Path) -> Result<()> {
    change_mark::forget(path).map_err(|error| Error::new(ErrorCode::DatabaseUnavailable).with_internal(error))
}

/// Reads every page and every row, for so long at most. A file that this process has open may be examined too.
pub fn examine(path: &Path, within: Option<Duration>) -> Result<Examined> {
    Ok(Sqlite::open(path)?.examine(within)?)
}

/// How many rows name another row that is not there.
pub fn broken_references(path: &Path) -> Result<usize> {
    Ok(Sqlite::open(path)?.query("PRAGMA foreign_key_check", &[], false)?.height())
}

/// Classifies the file.
pub fn look_at(path: &Path) -> Result<SqliteFile> {
    let unreadable = |error: std::io::Error| Error::new(ErrorCode::DatabaseUnavailable).with_internal(error);
    match header(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(SqliteFile::Absent),
        Err(error) => Err(unreadable(error)),
        Ok(header) if header.is_empty() => Ok(SqliteFile::Empty),
        Ok(header) if !header.starts_with(MAGIC) => Ok(SqliteFile::NoDatabase),
        Ok(_) => tables(path).map(|tables| match tables.iter().find(|table| *table != MIGRATIONS && !table.starts_with("sqlite_")) {
            None => SqliteFile::Empty,
            Some(_) if tables.iter().any(|table| table == OURS) => SqliteFile::Homeward,
            Some(_) => SqliteFile::Foreign,
        }),
    }
}

/// The first hundred bytes, or fewer.
fn header(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut header = Vec::new();
    File::open(path)?.take(100).read_to_end(&mut header)?;
    Ok(header)
}

/// The tables, read on a connection without the settings of this service, which would change the file.
fn tables(path: &Path) -> Result<Vec<String>> {
    let unusable = |error: diesel::result::Error| Error::new(ErrorCode::DatabaseUnavailable).with_internal(error);
    let query = sqlite_master::table.filter(sqlite_master::kind.eq("table")).select(sqlite_master::name);
    query.load(&mut Connection::open_untouched(path)?).map_err(unusable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_demo_made_bears_its_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("homeward.db");
        assert_eq!(look_at(&path).unwrap(), SqliteFile::Absent);
        for text in ["", "SQLite format 3\0", "HWDMHWDMHWDM"] {
            std::fs::write(&path, text).unwrap();
            assert!(!is_demo(&path), "{text}");
        }
        std::fs::write(&path, "no database").unwrap();
        assert_eq!(look_at(&path).unwrap(), SqliteFile::NoDatabase);
        std::fs::remove_file(&path).unwrap();
        create_demo(&path).unwrap();
        assert!(is_demo(&path));
        assert_eq!(look_at(&path).unwrap(), SqliteFile::Empty);
    }

    #[test]
    fn a_copy_is_one_state_also_while_another_connection_writes() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copied) = (folder.path().join("homeward.db"), folder.path().join("copy.db"));
        let mut writer = Sqlite::open(&path).unwrap();
        writer.execute_all("PRAGMA journal_mode = WAL; CREATE TABLE one (n INTEGER); INSERT INTO one VALUES (1)").unwrap();
        // Neither what is not committed is in the copy, nor is the writer kept waiting.
        writer.execute_all("BEGIN IMMEDIATE; INSERT INTO one VALUES (2)").unwrap();
        assert!(copy(&path, &copied).unwrap());
        writer.execute_all("COMMIT").unwrap();
        let count = |path: &Path| Sqlite::open(path).unwrap().query("SELECT n FROM one", &[], false).unwrap().height();
        assert_eq!((count(&copied), count(&path)), (1, 2));
    }
}
