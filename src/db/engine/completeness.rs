//! Whether a database file, its log and its mark belong together, before SQLite opens them: SQLite takes a log that belongs to another state
//! of the file, and opens a file without its log, and says nothing of what is missing then.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::db::engine::file_identity::beside;
use crate::db::engine::log_file::{self, Log};
use crate::db::engine::{change_mark, sqlite_file};

/// How often the files are read anew, where a service that runs changed them meanwhile, and how long that waits.
const ATTEMPTS: usize = 5;
const PAUSE: Duration = Duration::from_millis(20);

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// Changes that were durable are neither in the file nor in a log beside it.
    LogLost {
        /// The last change that is there.
        last: u32,
        /// A later one that was durable.
        marked: u32,
    },
    /// The log belongs to an earlier or a later state of the file.
    Apart,
    /// Durable changes lie behind a damaged place of the log.
    LogBroken,
}

/// Looks at the files of a database that this process has not open: closing a file of SQLite ends every lock that the process holds on it.
pub fn look(path: &Path) -> std::io::Result<Option<Incomplete>> {
    let log_path = beside(path, "-wal");
    for _ in 0..ATTEMPTS {
        // In this order each of them is at least as new as the one before, as long as the log is the same one.
        let (marked, before) = (change_mark::read(path), log_file::salts(&log_path)?);
        let Some(number) = number(path)? else { return Ok(None) };
        let log = log_file::read(&log_path)?;
        if log.map(|log| log.salts) == before {
            return Ok(judged(number, log, marked));
        }
        thread::sleep(PAUSE);
    }
    Ok(None)
}

/// The number of the last change that the database file has without its log. None: it is no database, or does not exist.
fn number(path: &Path) -> std::io::Result<Option<u32>> {
    let mut header = [0; 64];
    match File::open(path).and_then(|mut file| file.read_exact(&mut header)) {
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::UnexpectedEof) => Ok(None),
        Err(error) => Err(error),
        Ok(()) => Ok(sqlite_file::number_in(&header)),
    }
}

fn judged(number: u32, log: Option<Log>, marked: Option<u32>) -> Option<Incomplete> {
    let log = log.unwrap_or_default();
    if log.is_broken {
        return Some(Incomplete::LogBroken);
    }
    let (first, last) = log.numbers.unwrap_or((number, number));
    // The file has everything that came before its log, and nothing that comes after it.
    if is_before(number.wrapping_add(1), first) || is_before(last, number) {
        return Some(Incomplete::Apart);
    }
    marked.filter(|marked| is_before(last, *marked)).map(|marked| Incomplete::LogLost { last, marked })
}

/// Compares numbers that begin anew after the largest one.
fn is_before(one: u32, other: u32) -> bool {
    one.wrapping_sub(other).cast_signed() < 0
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::db::engine::change_mark::ChangeMark;
    use crate::db::engine::sqlite::Sqlite;

    fn log(first: u32, last: u32) -> Option<Log> {
        Some(Log { numbers: Some((first, last)), ..Log::default() })
    }

    #[test]
    fn what_a_crash_can_leave_is_whole() {
        for (number, log, marked) in [
            (0, None, None),
            (7, None, Some(7)),
            (7, None, Some(3)),
            (7, log(8, 9), Some(8)),
            // Part of the log was moved, or all of it.
            (8, log(8, 9), Some(9)),
            (9, log(8, 9), Some(9)),
            // A change that was never acknowledged, so that no mark names it.
            (7, log(8, 8), Some(7)),
            // Written by a program that numbers nothing.
            (7, Some(Log::default()), Some(7)),
            (7, log(7, 7), Some(7)),
            (u32::MAX, log(0, 1), Some(0)),
            (1, None, Some(u32::MAX)),
        ] {
            assert_eq!(judged(number, log, marked), None, "{number} {log:?} {marked:?}");
        }
    }

    /// A copy of the files of one moment, each of its own.
    fn copy(from: &Path, to: &Path, endings: &[&str]) -> PathBuf {
        std::fs::create_dir_all(to).unwrap();
        for ending in endings {
            if beside(from, ending).exists() {
                std::fs::copy(beside(from, ending), to.join(format!("homeward.db{ending}"))).unwrap();
            }
        }
        to.join("homeward.db")
    }

    #[test]
    fn after_every_change_the_files_are_whole_and_a_log_that_is_lost_then_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("homeward.db");
        let (mut writer, mark) = (Sqlite::open(&path).unwrap(), ChangeMark::new(&path));
        writer.execute_all("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 30; CREATE TABLE one (n BLOB)").unwrap();
        let mut missing = 0;
        for step in 0..120 {
            let to = |name: &str| folder.path().join(format!("{step}-{name}"));
            writer.execute_all("BEGIN IMMEDIATE; INSERT INTO one VALUES (zeroblob(3000))").unwrap();
            let (before, last) = (mark.written(), writer.number_change().unwrap());
            writer.execute_all("COMMIT").unwrap();
            // Killed before it was marked, and so before it was acknowledged.
            assert_eq!(look(&copy(&path, &to("killed"), &["", "-wal", "-mark"])).unwrap(), None, "{step}");
            mark.after(last, before);
            assert_eq!(look(&copy(&path, &to("whole"), &["", "-wal", "-mark"])).unwrap(), None, "{step}");
            let alone = copy(&path, &to("alone"), &["", "-mark"]);
            let is_lost = matches!(look(&alone).unwrap(), Some(Incomplete::LogLost { .. }));
            assert_eq!(is_lost, number(&alone).unwrap() != Some(last), "{step}: noticed where, and only where, something is missing");
            missing += usize::from(is_lost);
        }
        assert!((60..120).contains(&missing), "{missing}: the log was moved now and then");
        // A file of one moment with the log of another one, as a copy that takes a while.
        let mut apart = 0;
        for (first, second) in [(5, 70), (70, 5), (20, 119), (119, 20)] {
            let mixed = folder.path().join(format!("{first}-with-{second}"));
            copy(&folder.path().join(format!("{first}-whole/homeward.db")), &mixed, &[""]);
            let mixed = copy(&folder.path().join(format!("{second}-whole/homeward.db")), &mixed, &["-wal"]);
            apart += usize::from(look(&mixed).unwrap() == Some(Incomplete::Apart));
        }
        assert_eq!(apart, 4);
    }

    #[test]
    fn what_no_crash_can_leave_is_noticed() {
        let lost = |last, marked| Some(Incomplete::LogLost { last, marked });
        assert_eq!(judged(7, None, Some(8)), lost(7, 8));
        assert_eq!(judged(7, log(8, 9), Some(10)), lost(9, 10));
        assert_eq!(judged(u32::MAX, None, Some(0)), lost(u32::MAX, 0));
        assert_eq!(judged(7, log(9, 12), Some(9)), Some(Incomplete::Apart), "a later log");
        assert_eq!(judged(13, log(9, 12), Some(9)), Some(Incomplete::Apart), "an earlier log");
        assert_eq!(judged(7, Some(Log { is_broken: true, ..Log::default() }), None), Some(Incomplete::LogBroken));
    }
}
