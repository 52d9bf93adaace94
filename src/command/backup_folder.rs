//! The folder of the backups. One process works in it at a time. Beside each backup lies the list of the files on cases that it names: the
//! backup itself is sealed, so that whoever deletes old ones could not tell which files the others still need.

use chrono::NaiveDateTime;
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::backup::{FileSum, hex};
use crate::command::backup_files;
use crate::command::backup_output::{UNFINISHED, Unfinished};
use crate::command::failure::Failure;
use crate::crypto::Sha256;
use crate::domain::dates::Timestamp;
use crate::domain::reporting::retention::Retention;

/// The folder, beside the backups, of the files that they share.
pub(in crate::command) const FILES: &str = "files";
/// The file that whoever works in the folder has locked.
const LOCK: &str = ".lock";
/// The name of a backup is the time of its rows between these two.
const PREFIX: &str = "homeward-";
const BACKUP: &str = ".backup";
/// The same of the list of its files.
const LIST: &str = ".files";
/// The time in a name, as chrono writes it.
const TIME: &str = "%Y%m%dT%H%M%SZ";
/// The last line of a list: the sum of those before it.
const SUM: &str = "sha256 ";

/// The folder, locked until this is dropped.
pub(in crate::command) struct BackupFolder {
    path: PathBuf,
    _lock: File,
}

/// What was deleted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::command) struct Deleted {
    /// Backups.
    pub backups: usize,
    /// Files on cases that only those named.
    pub files: usize,
    /// A kept backup of which nobody knows which files it names, so that none was deleted.
    pub unlisted: Option<String>,
}

impl fmt::Display for Deleted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} earlier backups and {} files on cases deleted.", self.backups, self.files)?;
        self.unlisted.as_ref().map_or(Ok(()), |list| {
            write!(f, " Every file stays until that backup is deleted of which it is not known which files it names: {list} is missing or damaged.")
        })
    }
}

impl BackupFolder {
    /// Makes the folder if there is none, and locks it. Refuses one in which another process makes a backup.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        make(path)?;
        let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be locked: {error}", path.display()));
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::unavailable(format!(
                    "A backup is being made in {} already. Wait until it is finished.",
                    path.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let folder = Self { path: path.to_path_buf(), _lock: lock };
        // What a backup left that was killed.
        folder.remove_all(|name| name.starts_with(UNFINISHED))?;
        Ok(folder)
    }

    /// A path in the folder.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// A new file in the folder, without a name.
    pub fn unfinished(&self) -> Unfinished {
        Unfinished::in_folder(&self.path)
    }

    /// Gives a backup its name, which is the time of its rows, after the list of its files is durable.
    pub fn keep(&self, backup: Unfinished, at: Timestamp, files: &[FileSum]) -> Result<PathBuf, Failure> {
        let path = self.join(&name(at, BACKUP));
        if path.exists() {
            return Err(Failure::unavailable(format!("There is {} already: two backups were made within a second.", path.display())));
        }
        let list = self.join(&name(at, LIST));
        write_list(&list, files).map_err(|error| Failure::unavailable(format!("{} cannot be written: {error}", list.display())))?;
        backup.keep_as(&path)?;
        Ok(path)
    }

    /// Deletes every backup that the rule does not keep, and the files on cases that no kept backup names.
    pub fn delete_others(&self, rule: Retention, now: Timestamp) -> Result<Deleted, Failure> {
        let made = made(&self.path)?;
        let kept = rule.kept(&made, now);
        let gone = made.iter().filter(|at| !kept.contains(at)).map(|at| name(*at, BACKUP));
        let mut deleted = Deleted::default();
        for name in gone {
            let path = self.join(&name);
            std::fs::remove_file(&path).map_err(|error| undeleted(&path, &error))?;
            deleted.backups += 1;
        }
        // A list without its backup: the backup is gone, or did not get its name.
        let lists: BTreeSet<String> = kept.iter().map(|at| name(*at, LIST)).collect();
        self.remove_all(|name| time_of(name, LIST).is_some() && !lists.contains(name))?;
        let mut needed = HashSet::new();
        for list in &lists {
            match read_list(&self.join(list)) {
                Some(files) => needed.extend(files),
                None => return Ok(Deleted { unlisted: Some(list.clone()), ..deleted }),
            }
        }
        let folder = self.join(FILES);
        deleted.files = backup_files::delete_others(&folder, &needed).map_err(|error| undeleted(&folder, &error))?;
        Ok(deleted)
    }

    /// Removes what has such a name.
    fn remove_all(&self, is_meant: impl Fn(&str) -> bool) -> Result<(), Failure> {
        for name in names(&self.path)?.into_iter().filter(|name| is_meant(name)) {
            let path = self.join(&name);
            std::fs::remove_file(&path).map_err(|error| undeleted(&path, &error))?;
        }
        Ok(())
    }
}

/// Makes a folder for its owner only.
pub(in crate::command) fn make(folder: &Path) -> Result<(), Failure> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Failure::unavailable(format!("{} cannot be made: {error}", folder.display())))
}

/// When the backups in a folder were made: to the second, as their names say. None, if there is no such folder.
pub(in crate::command) fn made(folder: &Path) -> Result<Vec<Timestamp>, Failure> {
    Ok(names(folder)?.iter().filter_map(|name| time_of(name, BACKUP)).collect())
}

fn names(folder: &Path) -> Result<Vec<String>, Failure> {
    let read = || -> std::io::Result<Vec<String>> {
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    };
    match read() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        names => names.map_err(|error| Failure::unavailable(format!("{} cannot be read: {error}", folder.display()))),
    }
}

fn name(at: Timestamp, ending: &str) -> String {
    format!("{PREFIX}{}{ending}", at.utc().format(TIME))
}

/// The time in a name. None: it is a name of something else.
fn time_of(name: &str, ending: &str) -> Option<Timestamp> {
    let time = name.strip_prefix(PREFIX)?.strip_suffix(ending)?;
    NaiveDateTime::parse_from_str(time, TIME).ok().map(|time| Timestamp::new(time.and_utc())).filter(|at| self::name(*at, ending) == name)
}

fn undeleted(path: &Path, error: &std::io::Error) -> Failure {
    Failure::unavailable(format!("{} cannot be deleted: {error}", path.display()))
}

fn write_list(path: &Path, files: &[FileSum]) -> std::io::Result<()> {
    let names: String = files.iter().map(|file| format!("{}\n", backup_files::file_name(file))).collect();
    let mut list = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    list.write_all(format!("{names}{SUM}{}\n", sum(&names)).as_bytes())?;
    list.sync_all()
}

/// The names in a list. None: it is not there, or not as it was written.
fn read_list(path: &Path) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(path).ok()?;
    let (names, said) = text.rsplit_once(SUM)?;
    (said.trim_end() == sum(names)).then(|| names.lines().map(str::to_owned).collect())
}

fn sum(text: &str) -> String {
    let mut sum = Sha256::default();
    sum.update(text.as_bytes());
    hex(&sum.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        time_of(&format!("{PREFIX}{text}{BACKUP}"), BACKUP).unwrap()
    }

    fn file(id: u8) -> FileSum {
        let digits = format!("{id:02x}");
        FileSum { id: digits.repeat(16), bytes: 1, sha256: digits.repeat(32) }
    }

    /// A backup that names these files, which lie beside it.
    fn make_one(folder: &BackupFolder, time: &str, files: &[FileSum]) {
        for file in files {
            let name = backup_files::file_name(file);
            let place = folder.join(FILES).join(&name[..2]);
            make(&place).unwrap();
            std::fs::write(place.join(name), "sealed").unwrap();
        }
        let backup = folder.unfinished();
        backup.writer().unwrap().sync().unwrap();
        folder.keep(backup, at(time), files).unwrap();
    }

    fn files_of(folder: &BackupFolder) -> BTreeSet<String> {
        let places = std::fs::read_dir(folder.join(FILES)).unwrap().map(|place| place.unwrap().path());
        places.flat_map(|place| names(&place).unwrap()).collect()
    }

    #[test]
    fn a_file_goes_with_the_last_backup_that_names_it_and_no_earlier() {
        let place = tempfile::tempdir().unwrap();
        let folder = BackupFolder::open(place.path()).unwrap();
        make_one(&folder, "20260101T000000Z", &[file(1), file(2)]);
        make_one(&folder, "20260102T000000Z", &[file(2), file(3)]);
        make_one(&folder, "20260103T000000Z", &[file(3)]);
        std::fs::write(folder.join("notes.backup"), "of somebody").unwrap();
        std::fs::write(folder.join(FILES).join("01").join("notes"), "of somebody").unwrap();
        let now = at("20260103T010000Z");
        let one_day = Retention::parse("1d").unwrap();
        assert_eq!(folder.delete_others(one_day, now).unwrap(), Deleted { backups: 1, files: 1, unlisted: None });
        let names_of = |files: &[FileSum]| files.iter().map(backup_files::file_name).chain(["notes".to_owned()]).collect::<BTreeSet<_>>();
        assert_eq!(files_of(&folder), names_of(&[file(2), file(3)]));
        let newest = Retention::parse("1h").unwrap();
        assert_eq!(folder.delete_others(newest, at("20270101T000000Z")).unwrap(), Deleted { backups: 1, files: 1, unlisted: None });
        assert_eq!(files_of(&folder), names_of(&[file(3)]));
        assert_eq!(made(place.path()).unwrap(), [at("20260103T000000Z")], "the newest one is never deleted");
        assert!(folder.join("notes.backup").exists(), "what is of somebody else is not touched");
        assert!(!folder.join("homeward-20260102T000000Z.files").exists());
    }

    #[test]
    fn no_file_is_deleted_while_nobody_knows_what_a_kept_backup_names() {
        let place = tempfile::tempdir().unwrap();
        let folder = BackupFolder::open(place.path()).unwrap();
        make_one(&folder, "20260101T000000Z", &[file(1)]);
        make_one(&folder, "20260103T000000Z", &[file(2), file(3)]);
        let list = folder.join("homeward-20260103T000000Z.files");
        let text = std::fs::read_to_string(&list).unwrap();
        let rule = Retention::parse("1h").unwrap();
        for damaged in [&text[66..], &text[..text.len() - 2], ""] {
            std::fs::write(&list, damaged).unwrap();
            let unlisted = folder.delete_others(rule, at("20260103T000000Z")).unwrap().unlisted;
            assert_eq!(unlisted.as_deref(), Some("homeward-20260103T000000Z.files"));
            assert_eq!(files_of(&folder).len(), 3);
        }
        std::fs::write(&list, text).unwrap();
        assert_eq!(folder.delete_others(rule, at("20260103T000000Z")).unwrap().files, 1);
    }

    #[test]
    fn one_works_in_a_folder_at_a_time_and_clears_up_after_one_that_was_killed() {
        let place = tempfile::tempdir().unwrap();
        let left = place.path().join(format!("{UNFINISHED}1"));
        std::fs::write(&left, "half of it").unwrap();
        let folder = BackupFolder::open(place.path()).unwrap();
        assert!(!left.exists());
        let refused = BackupFolder::open(place.path()).err().unwrap().to_string();
        assert!(refused.contains("already"), "{refused}");
        drop(folder);
        assert!(BackupFolder::open(place.path()).is_ok());
    }
}
