//! A small file beside an SQLite database that says which change was durable when it was written: so that a log that is lost, or belongs to
//! another file, is noticed at the next start. SQLite itself opens such a database without a word, and without its last changes.
//!
//! Every change has a number, which is in the header of the file (`user_version`), and so in the log too. The mark is ahead of what the
//! database file has without its log, from before the first change in a log is acknowledged until all of the log is in the database file.
//! It is never ahead of what is durable: an older mark notices less, and never raises an alarm without a cause.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::db::engine::file_identity::beside;

/// What the name of the file ends with.
const ENDING: &str = "-mark";
/// What stands before the number.
const WORDS: &str = "homeward change ";

/// More than the steps in which the times of files go on: two writes within one could bear the same time.
const TICK: Duration = Duration::from_millis(20);

/// The mark of a database that is open.
pub(in crate::db) struct ChangeMark {
    database: PathBuf,
    mark: PathBuf,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    number: Option<u32>,
    /// The time of the database file before the change that the mark names. As long as it is the same, that change is in the log alone.
    unchanged_since: Option<SystemTime>,
    has_warned: bool,
}

impl ChangeMark {
    pub(in crate::db) fn new(database: &Path) -> Self {
        Self { database: database.to_path_buf(), mark: path(database), kept: Mutex::default() }
    }

    /// When the database file, without its log, was written last.
    pub(in crate::db) fn written(&self) -> Option<SystemTime> {
        std::fs::metadata(&self.database).and_then(|file| file.modified()).ok()
    }

    /// Marks a durable change, if it is the first one since something was moved from the log into the database file. `before` is what
    /// [`Self::written`] said before its commit, which may have moved something itself.
    pub(in crate::db) fn after(&self, number: u32, before: Option<SystemTime>) {
        let now = self.written();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.unchanged_since.is_some() && kept.unchanged_since == now {
            return;
        }
        self.write(&mut kept, number);
        kept.unchanged_since = now.filter(|written| now == before && written.elapsed().is_ok_and(|age| age > TICK));
    }

    /// Marks the latest change, before the log is moved into the database file: perhaps not all of it can be.
    pub(in crate::db) fn before_log_is_moved(&self, number: u32) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.number != Some(number) {
            self.write(&mut kept, number);
        }
        kept.unchanged_since = None;
    }

    /// Without a mark less is noticed, and no change is lost: a failure is told once.
    fn write(&self, kept: &mut Kept, number: u32) {
        let written = || -> std::io::Result<()> {
            let mut file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&self.mark)?;
            file.write_all(format!("{WORDS}{number:010}\n").as_bytes())?;
            file.sync_data()
        };
        match written() {
            Ok(()) => kept.number = Some(number),
            Err(error) if !kept.has_warned => {
                kept.has_warned = true;
                tracing::warn!(cause = %error, "the mark beside the database cannot be written: a log that is lost would not be noticed");
            }
            Err(_) => {}
        }
    }
}

/// The path of the mark.
pub(in crate::db) fn path(database: &Path) -> PathBuf {
    beside(database, ENDING)
}

/// The number of the change that is marked. None: there is no mark, or none that can be read.
pub(in crate::db) fn read(database: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(path(database)).ok()?;
    text.strip_prefix(WORDS)?.trim_end().parse().ok()
}

/// Removes the mark of a database that is not there any more: another one is made in its place.
pub(in crate::db) fn forget(database: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path(database)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
