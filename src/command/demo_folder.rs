//! The folder of the demo. Its contents are replaced only where its database bears the mark of the demo: production has files of
//! the same names. A folder that another process holds is left alone too.

use std::fs::DirEntry;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::command::data_lock::{self, DataLock};
use crate::command::failure::Failure;
use crate::command::storage;
use crate::config::DatabaseUrl;
use crate::db::engine::sqlite_file;

/// The name of the database in the folder.
const DATABASE: &str = "homeward.db";
/// The accounts with their passwords, written last: if this file exists, the demo is complete.
const ACCOUNTS: &str = "demo-accounts.json";
/// Every file that a demo makes, the database last: as long as it exists, its mark proves that the other files belong to a demo.
const OURS: &[&str] = &[
    ACCOUNTS,
    "root.key",
    "attachments",
    "homeward.db-wal",
    "homeward.db-shm",
    "homeward.db-journal",
    "homeward.db-mark",
    "homeward.db-reserve",
    DATABASE,
];

/// A folder that belongs to the demo, held by this process alone.
pub(in crate::command) struct DemoFolder {
    path: PathBuf,
    /// Whether the demo in it is complete, and is kept.
    pub(super) is_kept: bool,
    _lock: Option<DataLock>,
}

impl DemoFolder {
    /// Takes the folder: a new one, an empty one, or one with a demo. With `keep`, a complete demo is kept; otherwise a new and
    /// marked database takes its place.
    pub(super) fn take(path: &Path, keep: bool) -> Result<Self, Failure> {
        if path.exists() {
            // Checked before the lock is made: nothing may be written into a folder that is not the demo's.
            check(path)?;
        } else {
            let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
            made.map_err(|error| Failure::unavailable(format!("{} cannot be made: {error}", path.display())))?;
        }
        let lock = DataLock::take(&DatabaseUrl::Sqlite(path.join(DATABASE)), "demo")?;
        check(path)?;
        let is_kept = keep && path.join(ACCOUNTS).is_file();
        if keep && !is_kept && path.join(DATABASE).exists() {
            let what = format!("the demo in {} was never finished, or its {ACCOUNTS} is gone", path.display());
            return Err(Failure::config(format!("--keep: {what}. Start without --keep to make a new one.")));
        }
        if !is_kept {
            empty(path)?;
            sqlite_file::create_demo(&path.join(DATABASE))?;
        }
        Ok(Self { path: path.to_path_buf(), is_kept, _lock: lock })
    }

    pub(super) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    pub(super) fn key(&self) -> PathBuf {
        self.path.join("root.key")
    }

    pub(super) fn attachments(&self) -> PathBuf {
        storage::default_folder(&self.path)
    }

    pub(super) fn accounts(&self) -> PathBuf {
        self.path.join(ACCOUNTS)
    }
}

/// Refuses a folder that the demo did not make.
fn check(folder: &Path) -> Result<(), Failure> {
    let refused = |why: String| {
        Failure::config(format!(
            "{} is not a demo folder: {why}. Nothing in it was touched. Choose another folder with --data; a demo of an earlier version is removed by hand.",
            folder.display()
        ))
    };
    let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be read: {error}", folder.display()));
    if !folder.is_dir() {
        return Err(refused("it is a file".to_owned()));
    }
    let entries = std::fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<DirEntry>, _>>().map_err(failed)?;
    let lock = data_lock::lock_path(&folder.join(DATABASE));
    let entries: Vec<DirEntry> = entries.into_iter().filter(|entry| Some(entry.file_name().as_os_str()) != lock.file_name()).collect();
    if entries.is_empty() {
        return Ok(());
    }
    for entry in &entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !OURS.contains(&name.as_str()) {
            return Err(refused(format!("it holds {name}")));
        }
        if entry.file_type().map_err(failed)?.is_symlink() {
            return Err(refused(format!("{name} is a link to something elsewhere")));
        }
    }
    let database = folder.join(DATABASE);
    match database.exists() {
        true if sqlite_file::is_demo(&database) => Ok(()),
        true => Err(refused(format!("{DATABASE} in it was not made by the demo"))),
        false => Err(refused(format!("it holds files, but no {DATABASE} that the demo made"))),
    }
}

/// Removes the files that a demo made.
fn empty(folder: &Path) -> Result<(), Failure> {
    for name in OURS {
        let path = folder.join(name);
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::unavailable(format!("{} cannot be removed: {error}", path.display())));
            }
            _ => {}
        }
    }
    Ok(())
}
