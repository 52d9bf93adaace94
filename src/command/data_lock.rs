//! One process for one SQLite file: a lock beside it, which the operating system releases when the process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::command;
use crate::command::failure::Failure;
use crate::config::DatabaseUrl;

/// Holds the lock until it is dropped. The file stays: removing it would let another process lock a new file of the same name.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the lock for a command such as `homeward serve`; none on Postgres, which many processes may use. Refuses a database
    /// that another process holds, and names that process.
    pub fn take(database: &DatabaseUrl, command: &str) -> Result<Option<Self>, Failure> {
        let DatabaseUrl::Sqlite(path) = database else { return Ok(None) };
        let lock = lock_path(path);
        let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be locked: {error}", lock.display()));
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&lock).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(path, &mut file)),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0).and_then(|()| file.rewind()).map_err(failed)?;
        write!(file, "process {}, homeward {command}", std::process::id()).map_err(failed)?;
        Ok(Some(Self { _file: file }))
    }
}

/// The path of the lock file: the same for every spelling of the database's path, links included.
pub(in crate::command) fn lock_path(database: &Path) -> PathBuf {
    let path = command::full_path(database);
    let mut name = path.file_name().map(std::ffi::OsStr::to_os_string).unwrap_or_default();
    name.push(".lock");
    path.with_file_name(name)
}

fn held(database: &Path, lock: &mut File) -> Failure {
    let mut holder = String::new();
    let known = lock.read_to_string(&mut holder).is_ok_and(|length| length > 0);
    let holder = if known { holder } else { "another process".to_owned() };
    Failure::unavailable(format!("{} is in use by {holder}. Stop that first: an SQLite file serves one process.", database.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_held_by_one_until_it_lets_go_whatever_the_path_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("homeward.db");
        std::fs::write(&path, "").unwrap();
        let link = folder.path().join("link.db");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let (url, through_link) = (DatabaseUrl::Sqlite(path), DatabaseUrl::Sqlite(link));
        let held = DataLock::take(&url, "serve").unwrap();
        for other in [&url, &through_link] {
            let refused = DataLock::take(other, "demo").unwrap_err().to_string();
            assert!(refused.contains("homeward serve") && refused.contains(&std::process::id().to_string()), "{refused}");
        }
        drop(held);
        assert!(DataLock::take(&through_link, "demo").unwrap().is_some());
    }
}
