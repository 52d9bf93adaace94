//! The disk of an SQLite database. Every read leaves an entry in the trail, so that a full disk would close the gate: nobody could read,
//! sign in or register. So space is held back, in a file beside the database. It is given up when nothing else is left, and from then on
//! what takes much space is refused, until there is space again. A server of Postgres has a disk of its own, which is not looked at.

use rustix::fs::{FallocateFlags, fallocate, statvfs};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::config::DatabaseUrl;

/// Bytes that are held back: enough for fifty thousand reads, …
const RESERVE: u64 = 64 << 20;
/// … but no more than this part of a small disk.
const PART: u64 = 4;
/// This part of the reserve is the least that may be free beside it.
const LEAST: u64 = 8;
/// The bytes of a block in the size of a file on the disk (POSIX, `st_blocks`).
const BLOCK: u64 = 512;

/// What is known of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Bytes that can be written, without those that are held back.
    pub free: u64,
    /// Whether space is short, so that what takes much of it is refused.
    pub is_short: bool,
}

/// The space on the disk of the database.
#[derive(Default)]
pub struct Space {
    /// The file that holds space back. None: the disk is another server's.
    reserve: Option<PathBuf>,
    /// Whether anybody looks again, so that a shortage ends.
    is_watched: Mutex<bool>,
    is_short: AtomicBool,
}

impl Space {
    /// Of the disk that a database is on. Holds nothing back until somebody looks.
    pub(in crate::db) fn of(url: &DatabaseUrl) -> Self {
        let beside = |path: &PathBuf| {
            let mut name = path.clone().into_os_string();
            name.push("-reserve");
            name.into()
        };
        let reserve = match url {
            DatabaseUrl::Sqlite(path) => Some(beside(path)),
            DatabaseUrl::Postgres(_) => None,
        };
        Self { reserve, ..Self::default() }
    }

    /// Whether what takes much space is refused.
    pub fn is_short(&self) -> bool {
        self.is_short.load(Ordering::Relaxed)
    }

    /// Notes that a write found no space. Where nobody looks again nothing is refused for it.
    pub(in crate::db) fn note_full(&self) {
        let Some(reserve) = &self.reserve else { return };
        if *self.watched() && !self.is_short() {
            self.give_up(reserve);
        }
    }

    /// Looks at the disk: holds space back where there is enough, and gives it up where too little is left. None: nothing is known. May
    /// take as long as the reserve takes to be written.
    pub fn look(&self) -> Option<Seen> {
        let reserve = self.reserve.as_ref()?;
        let disk = statvfs(reserve.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))).ok()?;
        let (free, total) = (disk.f_bavail.saturating_mul(disk.f_frsize), disk.f_blocks.saturating_mul(disk.f_frsize));
        let wanted = RESERVE.min(total / PART);
        let mut watched = self.watched();
        // What an earlier process held back is held back still.
        let is_held = || reserve.metadata().is_ok_and(|file| file.blocks().saturating_mul(BLOCK) >= wanted);
        let was_known = std::mem::replace(&mut *watched, true);
        if was_known && !self.is_short() {
            if free < wanted / LEAST {
                self.give_up(reserve);
            }
        } else if (!was_known && is_held()) || (free >= wanted.saturating_mul(2) && hold_back(reserve, wanted)) {
            if self.is_short.swap(false, Ordering::Relaxed) {
                tracing::info!(free, "there is space again on the disk of the database: everything is accepted");
            }
        } else if !was_known {
            self.give_up(reserve);
        }
        Some(Seen { free, is_short: self.is_short() })
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, bool> {
        // Nothing panics while it holds the lock.
        self.is_watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give_up(&self, reserve: &Path) {
        match std::fs::remove_file(reserve) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::error!(kind = %error.kind(), "the space that was held back for the database could not be given up");
            }
            _ => {}
        }
        self.is_short.store(true, Ordering::Relaxed);
        tracing::warn!(
            "the disk of the database is full, or nearly: files, lists and exports are refused until there is space; cases can still be \
             read, registered and changed"
        );
    }
}

/// Makes the file of this size, and keeps the disk from taking the space for anything else. False: it could not be made.
fn hold_back(path: &Path, bytes: u64) -> bool {
    let made = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).and_then(|file| fill(&file, bytes));
    if let Err(error) = &made {
        tracing::warn!(kind = %error.kind(), "no space could be held back for the database");
        let _gone = std::fs::remove_file(path);
    }
    made.is_ok()
}

fn fill(mut file: &File, bytes: u64) -> std::io::Result<()> {
    match fallocate(file, FallocateFlags::empty(), 0, bytes) {
        Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {
            let piece = [0xA5; 64 << 10];
            let mut left = bytes;
            while left > 0 {
                let length = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
                file.write_all(piece.get(..length).unwrap_or(&piece))?;
                left = left.saturating_sub(u64::try_from(length).unwrap_or(left));
            }
        }
        allocated => allocated?,
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_is_held_back_really_and_given_up_once() {
        let folder = tempfile::tempdir().unwrap();
        let space = Space::of(&DatabaseUrl::Sqlite(folder.path().join("homeward.db")));
        let reserve = folder.path().join("homeward.db-reserve");
        space.note_full();
        assert!(!space.is_short(), "nobody would look again");
        assert_eq!(space.look().map(|seen| seen.is_short), Some(false));
        let held = reserve.metadata().unwrap();
        assert!(held.blocks() * BLOCK >= held.len() && held.len() > 1 << 20, "{held:?}");
        assert_eq!(held.mode() & 0o777, 0o600);
        space.note_full();
        assert!(space.is_short() && !reserve.exists());
        assert_eq!(space.look().map(|seen| seen.is_short), Some(false), "there is space, so it is held back again");
        assert!(reserve.exists());
        drop(space);
        let next = Space::of(&DatabaseUrl::Sqlite(folder.path().join("homeward.db")));
        assert_eq!(next.look().map(|seen| seen.is_short), Some(false));
    }
}
