//! Whether the database can be relied on: its files are where they were, and SQLite found nothing in them that cannot be. After the first
//! fault nothing is acknowledged any more, and nothing is shown: not until the service is started anew, on files that are whole.

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use crate::config::DatabaseUrl;
use crate::db::engine::change_mark::ChangeMark;
use crate::db::engine::connection::Connection;
use crate::db::engine::file_identity::{Gone, OpenFiles};
use crate::db::engine::sqlite_file::{self, Examined};
use crate::error::{Error, ErrorCode, Result};

/// Why the database cannot be relied on any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The database file was removed, or another one lies in its place.
    FileReplaced,
    /// The log, or its index, was removed, or another one lies in its place.
    LogReplaced,
    /// A page or a row is not what it can be.
    Damaged,
}

impl Fault {
    /// What happened, and what to do.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::FileReplaced => {
                "The database file was removed or replaced while the service ran. Nothing was acknowledged since. Put the file back that was \
                 there, together with its -wal, or restore a backup. The log says where the service kept a copy of what it had written."
            }
            Self::LogReplaced => {
                "The log of the database (-wal or -shm) was removed or replaced while the service ran. Nothing was acknowledged since. Start the \
                 service again: it says so if anything is missing. Never touch these files while a service runs."
            }
            Self::Damaged => {
                "The database is damaged: a page or a row of it cannot be what was written. Nothing is answered from it. Stop the service, keep \
                 a copy of the files, run `homeward check`, and restore the latest backup."
            }
        }
    }

    /// Whether a new start is what helps.
    pub const fn ends_service(self) -> bool {
        !matches!(self, Self::Damaged)
    }
}

/// What is known about the files of the database.
#[derive(Default)]
pub(in crate::db) struct Integrity {
    /// None on Postgres, which keeps files of its own.
    files: Option<(OpenFiles, ChangeMark)>,
    fault: OnceLock<Fault>,
    /// The last change that was committed here; none before the first one.
    committed: Mutex<Option<u32>>,
}

/// A change that has its number and is not committed yet.
pub(in crate::db) struct Numbered {
    number: Option<u32>,
    file_written: Option<SystemTime>,
}

impl Integrity {
    /// Opens the files.
    pub(in crate::db) fn open(url: &DatabaseUrl) -> Result<Self> {
        let files = match url {
            DatabaseUrl::Sqlite(path) => Some((OpenFiles::open(path)?, ChangeMark::new(path))),
            DatabaseUrl::Postgres(_) => None,
        };
        Ok(Self { files, ..Self::default() })
    }

    /// Looks at the paths, and returns the first fault that was found, now or before.
    pub(in crate::db) fn fault(&self) -> Option<Fault> {
        if let Some(fault) = self.fault.get() {
            return Some(*fault);
        }
        let gone = self.files.as_ref()?.0.gone()?;
        Some(self.set(match gone {
            Gone::Database => Fault::FileReplaced,
            Gone::Log => Fault::LogReplaced,
        }))
    }

    /// Refuses where there is a fault.
    pub(in crate::db) fn require(&self) -> Result<()> {
        self.fault().map_or(Ok(()), |_| Err(refusal()))
    }

    /// Takes note of what SQLite said to a piece of work.
    pub(in crate::db) fn note<T>(&self, outcome: &Result<T>) {
        if let Err(error) = outcome
            && error.code == ErrorCode::DatabaseDamaged
            && self.files.is_some()
        {
            self.set(Fault::Damaged);
        }
    }

    /// Numbers the transaction of a connection, as the last step before its commit.
    pub(in crate::db) fn number(&self, conn: &mut Connection) -> Result<Numbered> {
        let file_written = self.files.as_ref().and_then(|(_, mark)| mark.written());
        Ok(Numbered { number: conn.number_change()?, file_written })
    }

    /// Marks what is committed, if it must be, before anybody is told of it.
    pub(in crate::db) fn committed(&self, Numbered { number, file_written }: Numbered) {
        if let (Some((_, mark)), Some(number)) = (&self.files, number) {
            mark.after(number, file_written);
            *self.committed.lock().unwrap_or_else(PoisonError::into_inner) = Some(number);
        }
    }

    /// Marks the last change before the log is moved into the database file.
    pub(in crate::db) fn log_is_moved(&self) {
        let committed = *self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some((_, mark)), Some(number)) = (&self.files, committed) {
            mark.before_log_is_moved(number);
        }
    }

    /// Saves what this process alone still has, because its files were removed or replaced: before it ends, and they are gone. Returns the
    /// file into which the database was copied; none: everything is in the database file.
    pub(in crate::db) fn rescue(&self) -> Result<Option<PathBuf>> {
        match (self.fault(), &self.files) {
            (Some(Fault::FileReplaced), Some((files, _))) => files.copy().map(Some),
            (Some(Fault::LogReplaced), Some((files, _))) => files.move_log().map(|()| None),
            _ => Ok(None),
        }
    }

    /// Reads the whole database, which takes long. What it finds stays a fault.
    pub(in crate::db) fn examine(&self, url: &DatabaseUrl) -> Result<()> {
        let DatabaseUrl::Sqlite(path) = url else { return Ok(()) };
        self.require()?;
        if sqlite_file::examine(path, None)? == Examined::Damaged {
            self.set(Fault::Damaged);
        }
        self.require()
    }

    /// The first fault is told, and stays.
    fn set(&self, fault: Fault) -> Fault {
        *self.fault.get_or_init(|| {
            tracing::error!("{}", fault.sentence());
            fault
        })
    }
}

fn refusal() -> Error {
    Error::new(ErrorCode::DatabaseDamaged).retry_after(10)
}
