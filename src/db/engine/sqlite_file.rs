//! What a file is before it is opened as the database: told without changing it, so that a file of somebody else stays what it is.

use diesel::prelude::*;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::db::engine::connection::Connection;
use crate::db::engine::sqlite::Sqlite;
use crate::error::{Error, ErrorCode, Result};

/// What stands in the header of a database that the demo made.
pub(in crate::db) const DEMO_MARK: [u8; 4] = *b"HWDM";

/// How every SQLite file begins (SQLite file format, 1.3).
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Where the `application_id` stands in the header.
const APPLICATION_ID: std::ops::Range<usize> = 68..72;
/// A table that every schema of ours has had.
const OURS: &str = "signing_keys";
/// The table in which diesel notes what ran. It alone is left when every migration was taken back.
const MIGRATIONS: &str = "__diesel_schema_migrations";

diesel::table! {
    /// The catalogue that SQLite keeps itself.
    sqlite_master (name) {
        #[sql_name = "type"]
        kind -> Text,
        name -> Text,
    }
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqliteFile {
    /// There is none.
    Absent,
    /// An SQLite database without a table.
    Empty,
    /// Something else than an SQLite database.
    NoDatabase,
    /// An SQLite database of another program.
    Foreign,
    /// A database of Homeward.
    Homeward,
}

/// Whether the demo made the database: only its mark says so, no name of a file does. A file that cannot be read is none.
pub fn is_demo(path: &Path) -> bool {
    header(path).is_ok_and(|header| header.starts_with(MAGIC) && header.get(APPLICATION_ID) == Some(DEMO_MARK.as_slice()))
}

/// Makes a new SQLite database and marks it as one that the demo made. The mark is the `application_id` in the header of the
/// file; it is written before anything else, so that a demo that breaks off is known as one.
pub fn create_demo(path: &Path) -> Result<()> {
    let mut database = Sqlite::open(path)?;
    Ok(database.execute_all(&format!("PRAGMA application_id = {}", i32::from_be_bytes(DEMO_MARK)))?)
}

/// Tells what the file is.
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

/// The tables, read on a connection without our settings: those would turn the file into one of ours.
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
}
