//! The files on cases in a backup: as they lie in the storage, sealed under keys that are in the sealed backup alone. A file never changes,
//! so it is copied once, under its id and its SHA-256, and every later backup names it again.

use futures_util::TryStreamExt;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::backup::{FileSum, hex};
use crate::command::failure::Failure;
use crate::command::{self, admin, backup_folder, backup_output, storage};
use crate::config::Config;
use crate::crypto::{Keys, Sha256};
use crate::db::cases::attachment_cleanup;
use crate::domain::ids::StoredFileId;
use crate::error::Error;
use crate::files::{Files, Settings};

/// More than any file has.
const LONGEST: u64 = 1 << 30;
/// Bytes that are copied at once.
const PIECE: u64 = 1 << 16;
/// Hexadecimal digits of an id and of a SHA-256.
const ID_DIGITS: usize = 32;
const SHA256_DIGITS: usize = 64;

/// The name of a file in the storage, and the first part of its name here.
fn name(id: StoredFileId) -> String {
    id.0.simple().to_string()
}

/// Files lie in folders by the first letters of the name, as in the storage.
fn place(folder: &Path, name: &str) -> PathBuf {
    folder.join(name.get(..2).unwrap_or_default())
}

fn path(folder: &Path, file: &FileSum) -> PathBuf {
    place(folder, &file.id).join(file_name(file))
}

/// The name of a file beside the backups: its id and its SHA-256.
pub(in crate::command) fn file_name(file: &FileSum) -> String {
    format!("{}.{}", file.id, file.sha256)
}

/// The id and the SHA-256 in such a name. None: it is the name of something else.
fn parts(name: &str) -> Option<(&str, &str)> {
    let is_digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.split_once('.').filter(|(id, sha256)| is_digits(id, ID_DIGITS) && is_digits(sha256, SHA256_DIGITS))
}

/// The entries of the folders that files lie in.
fn entries(folder: &Path) -> std::io::Result<Vec<std::fs::DirEntry>> {
    let mut entries = Vec::new();
    if folder.exists() {
        for inside in std::fs::read_dir(folder)? {
            entries.extend(std::fs::read_dir(inside?.path())?.collect::<std::io::Result<Vec<_>>>()?);
        }
    }
    Ok(entries)
}

/// Deletes the files that are not needed, and those that were not finished. Returns how many of the former there were.
pub(in crate::command) fn delete_others(folder: &Path, needed: &HashSet<String>) -> std::io::Result<usize> {
    let mut deleted = 0;
    for entry in entries(folder)? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_unfinished = name.strip_prefix('.').is_some_and(|id| id.len() == ID_DIGITS);
        let is_gone = parts(&name).is_some() && !needed.contains(&name);
        if is_unfinished || is_gone {
            std::fs::remove_file(entry.path())?;
            deleted += usize::from(is_gone);
        }
    }
    Ok(deleted)
}

/// Why a file was not copied.
enum Stopped {
    /// It cannot be read from the storage.
    Source(Error),
    /// It cannot be written to the backup.
    Target(std::io::Error),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Source(error)
    }
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::Target(error)
    }
}

/// Copies the files that are not in the folder yet. Returns all of them; without those that were removed since they were listed.
pub(in crate::command) fn copy(config: &Config, keys: &Arc<Keys>, ids: &[StoredFileId], folder: &Path) -> Result<Vec<FileSum>, Failure> {
    let known = known(folder).map_err(|error| Failure::unavailable(format!("{} cannot be read: {error}", folder.display())))?;
    let files = Files::new(&storage::settings(config)?)?;
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(sum) = known.get(&name(*id)) {
            all.push(sum.clone());
            continue;
        }
        match command::block_on(async { Ok(copy_one(&files, *id, folder).await) })? {
            Ok(sum) => all.push(sum),
            Err(Stopped::Target(error)) => return Err(Failure::unavailable(format!("{} cannot be written to: {error}", folder.display()))),
            Err(Stopped::Source(error)) => refuse_if_kept(config, keys, *id, &error)?,
        }
    }
    Ok(all)
}

/// A file that is gone is no fault, if it was removed meanwhile.
fn refuse_if_kept(config: &Config, keys: &Arc<Keys>, id: StoredFileId, error: &Error) -> Result<(), Failure> {
    if !admin::read_known(config, keys.clone(), "backup", move |tx| attachment_cleanup::is_kept(tx, id))? {
        return Ok(());
    }
    let cause = error.cause().unwrap_or_default();
    Err(Failure::unavailable(format!(
        "No backup was made: the file {id} of an attachment cannot be read ({cause}). Check HOMEWARD_ATTACHMENTS, and restore the file from an \
         earlier backup if it is lost."
    )))
}

/// The files in a folder, by their ids.
fn known(folder: &Path) -> std::io::Result<HashMap<String, FileSum>> {
    let mut known = HashMap::new();
    for entry in entries(folder)? {
        let name = entry.file_name().to_string_lossy().into_owned();
        // Another name is of a file that was not finished.
        if let Some((id, sha256)) = parts(&name) {
            let (id, sha256, bytes) = (id.to_owned(), sha256.to_owned(), entry.metadata()?.len());
            known.insert(id.clone(), FileSum { id, bytes, sha256 });
        }
    }
    Ok(known)
}

async fn copy_one(files: &Files, id: StoredFileId, folder: &Path) -> Result<FileSum, Stopped> {
    let mut pieces = files.read(id, 0, LONGEST).await?;
    let (id, mut sum, mut bytes) = (name(id), Sha256::default(), 0_u64);
    let place = place(folder, &id);
    std::fs::create_dir_all(&place)?;
    let unfinished = place.join(format!(".{id}"));
    let mut file = File::create(&unfinished)?;
    while let Some(piece) = pieces.try_next().await? {
        file.write_all(&piece)?;
        sum.update(&piece);
        bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
    }
    file.sync_all()?;
    let copied = FileSum { id, bytes, sha256: hex(&sum.finish()) };
    std::fs::rename(&unfinished, path(folder, &copied))?;
    File::open(&place)?.sync_all()?;
    Ok(copied)
}

/// Refuses a backup of which a file is missing or changed, before anything is restored.
pub(in crate::command) fn require(sums: &[FileSum], folder: &Path) -> Result<(), Failure> {
    for file in sums {
        let path = path(folder, file);
        let is_there = backup_output::sum_of(&path).is_ok_and(|sum| hex(&sum) == file.sha256);
        if !is_there {
            return Err(Failure::input(format!(
                "{} is missing, or is not what was backed up. Copy the whole folder `{}` beside the backup. Nothing was written.",
                path.display(),
                backup_folder::FILES
            )));
        }
    }
    Ok(())
}

/// Refuses a storage that has files already. A bucket is not listed: what is restored into it has names of its own.
pub(in crate::command) fn require_empty(settings: &Settings) -> Result<(), Failure> {
    let Settings::Folder(folder) = settings else { return Ok(()) };
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    if entries.flatten().any(|entry| entry.file_name() != "incoming") {
        return Err(Failure::config(format!(
            "HOMEWARD_ATTACHMENTS: {} is not empty. Name an empty folder, or move what is in it away. Nothing was written.",
            folder.display()
        )));
    }
    Ok(())
}

/// Restores the files into the storage. After a failure none is left there.
pub(in crate::command) fn restore(settings: &Settings, sums: &[FileSum], folder: &Path) -> Result<(), Failure> {
    let files = Files::new(settings)?;
    let restored = command::block_on(async {
        for file in sums {
            restore_one(&files, file, folder).await?;
        }
        Ok(())
    });
    if restored.is_err() {
        remove(settings, sums);
    }
    restored
}

/// Removes restored files: the rest of the restore failed.
pub(in crate::command) fn remove(settings: &Settings, sums: &[FileSum]) {
    let removed = Files::new(settings).map_err(Failure::from).and_then(|files| {
        command::block_on(async {
            for id in sums.iter().filter_map(id_of) {
                files.remove(id).await?;
            }
            Ok(())
        })
    });
    if let Err(failure) = removed {
        tracing::warn!(cause = %failure, "restored files could not be removed");
    }
}

fn id_of(file: &FileSum) -> Option<StoredFileId> {
    uuid::Uuid::parse_str(&file.id).ok().map(StoredFileId)
}

async fn restore_one(files: &Files, file: &FileSum, folder: &Path) -> Result<(), Failure> {
    let id = id_of(file).ok_or_else(|| Failure::input("The backup names a file without an id."))?;
    let path = path(folder, file);
    let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be read: {error}", path.display()));
    let mut from = File::open(&path).map_err(failed)?;
    let mut spool = files.spool().await?;
    loop {
        let mut piece = Vec::new();
        (&mut from).take(PIECE).read_to_end(&mut piece).map_err(failed)?;
        if piece.is_empty() {
            break;
        }
        spool.write(piece).await?;
    }
    Ok(files.publish(spool, id).await?)
}
