//! Whether the database can be relied on: its files are where they were, and SQLite found nothing in them that cannot be. After the first
//! fault nothing is acknowledged any more, and nothing is shown: not until the service is started anew, on files that are whole.

use std::sync::OnceLock;

use crate::config::DatabaseUrl;
use crate::db::engine::file_identity::{Gone, OpenFiles};
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
                 there, together with its -wal, or restore a backup; stop the service before you touch its files."
            }
            Self::LogReplaced => {
                "The log of the database (-wal or -shm) was removed or replaced while the service ran. Nothing was acknowledged since. Start the \
                 service again: it says whether anything is missing. Never touch these files while a service runs."
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
    files: Option<OpenFiles>,
    fault: OnceLock<Fault>,
}

impl Integrity {
    /// Opens the files.
    pub(in crate::db) fn open(url: &DatabaseUrl) -> Result<Self> {
        let files = match url {
            DatabaseUrl::Sqlite(path) => Some(OpenFiles::open(path)?),
            DatabaseUrl::Postgres(_) => None,
        };
        Ok(Self { files, fault: OnceLock::new() })
    }

    /// Looks at the paths, and returns the first fault that was found, now or before.
    pub(in crate::db) fn fault(&self) -> Option<Fault> {
        if let Some(fault) = self.fault.get() {
            return Some(*fault);
        }
        let gone = self.files.as_ref()?.gone()?;
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
