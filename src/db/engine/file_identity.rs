//! Whether the files that SQLite has open are still those at their paths. Who removes or replaces one of them while it is open changes
//! nothing for the process that has it: it would go on writing into a file that nobody finds again.

use std::fs::{Metadata, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::db::engine::sqlite::Sqlite;
use crate::error::{Error, Result};

/// What is not where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::db) enum Gone {
    /// The database file.
    Database,
    /// Its log, or the index of the log.
    Log,
}

/// The files of a database that this process has open.
pub(in crate::db) struct OpenFiles {
    database: Watched,
    beside: [Watched; 2],
    /// As long as it is there, SQLite itself removes neither log nor index: not even where every other connection was closed.
    connection: Mutex<Sqlite>,
}

impl OpenFiles {
    /// Opens the files, and notes which they are.
    pub(in crate::db) fn open(path: &Path) -> Result<Self> {
        let mut connection = Sqlite::open(path)?;
        connection.execute_all("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA query_only = ON")?;
        // Only a read opens the log.
        connection.query("SELECT count(*) FROM sqlite_master", &[], false)?;
        Ok(Self {
            database: Watched::new(path.to_path_buf())?,
            beside: [Watched::new(beside(path, "-wal"))?, Watched::new(beside(path, "-shm"))?],
            connection: Mutex::new(connection),
        })
    }

    /// Looks at the paths. None: each file is where it was.
    pub(in crate::db) fn gone(&self) -> Option<Gone> {
        if self.database.is_gone() {
            return Some(Gone::Database);
        }
        self.beside.iter().any(Watched::is_gone).then_some(Gone::Log)
    }

    /// Moves the log that is open into the database file, also where nobody finds the log any more.
    pub(in crate::db) fn move_log(&self) -> Result<()> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(connection.execute_all("PRAGMA wal_checkpoint(TRUNCATE)")?)
    }

    /// Copies what is open, its log included, into a new file beside the path of the database.
    pub(in crate::db) fn copy(&self) -> Result<PathBuf> {
        let to = beside(&self.database.path, &format!("-rescued-{}", std::process::id()));
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&to)
            .map_err(|error| Error::internal(format!("no file can be made: {error}")))?;
        connection.copy_to(&mut Sqlite::open(&to)?)?;
        Ok(to)
    }
}

/// The path of a file beside a database: where the database itself lies, if its path is a link.
pub(in crate::db) fn beside(path: &Path, ending: &str) -> PathBuf {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let mut name = path.file_name().map(std::ffi::OsStr::to_os_string).unwrap_or_default();
    name.push(ending);
    path.with_file_name(name)
}

/// A file, and where it was.
struct Watched {
    path: PathBuf,
    id: (u64, u64),
}

impl Watched {
    fn new(path: PathBuf) -> Result<Self> {
        let id =
            std::fs::metadata(&path).map(|found| id(&found)).map_err(|error| Error::internal(format!("a file is not there: {error}")))?;
        Ok(Self { path, id })
    }

    /// An error other than that nothing is there says nothing about the file.
    fn is_gone(&self) -> bool {
        match std::fs::metadata(&self.path) {
            Ok(found) => id(&found) != self.id,
            Err(error) => error.kind() == ErrorKind::NotFound,
        }
    }
}

fn id(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_removed_or_replaced_is_noticed_and_what_only_grows_is_not() {
        for (name, gone) in [("homeward.db-wal", Gone::Log), ("homeward.db-shm", Gone::Log), ("homeward.db", Gone::Database)] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("homeward.db");
            let files = OpenFiles::open(&path).unwrap();
            let mut writer = Sqlite::open(&path).unwrap();
            writer.execute_all("CREATE TABLE one (n INTEGER); INSERT INTO one VALUES (1); PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            drop(writer);
            assert_eq!(files.gone(), None, "the last writer has gone, and the log stays");
            let (file, copy) = (folder.path().join(name), folder.path().join("copy"));
            std::fs::copy(&file, &copy).unwrap();
            std::fs::rename(&copy, &file).unwrap();
            assert_eq!(files.gone(), Some(gone), "{name} was replaced");
            std::fs::remove_file(&file).unwrap();
            assert_eq!(files.gone(), Some(gone), "{name} was removed");
        }
    }

    #[test]
    fn what_is_open_is_kept_also_where_nobody_finds_it_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("homeward.db");
        let files = OpenFiles::open(&path).unwrap();
        let mut writer = Sqlite::open(&path).unwrap();
        writer.execute_all("CREATE TABLE one (n INTEGER); INSERT INTO one VALUES (1)").unwrap();
        std::fs::remove_file(beside(&path, "-wal")).unwrap();
        writer.execute_all("INSERT INTO one VALUES (2)").unwrap();
        let count = |path: &Path| Sqlite::open(path).unwrap().query("SELECT n FROM one", &[], false).unwrap().height();
        let copy = files.copy().unwrap();
        assert_eq!(count(&copy), 2);
        files.move_log().unwrap();
        let elsewhere = folder.path().join("elsewhere.db");
        std::fs::copy(&path, &elsewhere).unwrap();
        assert_eq!(count(&elsewhere), 2, "the database file alone is complete");
    }
}
