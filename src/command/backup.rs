//! `homeward backup`: everything in one sealed file, and beside it the files on cases, which many backups share. It reads one state of the
//! database while the service writes, finds it to be sound, and gives the backup its name only when it is durable.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::backup::{ArchiveWriter, Fault, FileSum, Header, Manifest, hex};
use crate::command::backup_folder::{self, BackupFolder, Deleted};
use crate::command::backup_output::Summed;
use crate::command::data_lock::DataLock;
use crate::command::failure::Failure;
use crate::command::{self, admin, backup_files, erased_list, print, recovery_key};
use crate::config::{Config, DatabaseUrl};
use crate::crypto::{Keys, Purpose, Recipients, SealedWriter};
use crate::db::cases::attachment_cleanup;
use crate::db::engine::sqlite_file;
use crate::db::people::erasure;
use crate::db::reporting::backup::{self, Sound};
use crate::db::reporting::last_backup;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{PersonId, StoredFileId};
use crate::domain::reporting::retention::Retention;
use crate::error::{Error, ErrorCode};

/// The folder of the copy that a backup of SQLite is made from, beside the database.
const COPY: &str = "backup-copy";

/// Makes a backup in a folder, sealed to the public keys in a file. With a rule, it then deletes the earlier ones that the rule does not keep.
pub fn run(config: &Config, to: &Path, recipients: &Path, keep: Option<Retention>) -> Result<(), Failure> {
    let recipients = recovery_key::read_recipients(recipients, "--recipients")?;
    command::require_database(&config.database)?;
    command::require_ours(&config.database)?;
    let keys = command::keys(config, false)?;
    // Before the folder of the backups is made.
    command::require_key(config, &keys)?;
    let made = make(config, &keys, to, &recipients)?;
    print::line(&made)?;
    // Neither waits for the other: a database that cannot be written to may be one whose disk is full of backups.
    let deleted = keep.map(|rule| made.delete_others(rule)).transpose();
    let at = made.at;
    admin::write(config, "backup", move |tx| last_backup::record(tx, at))?;
    deleted?.map_or(Ok(()), print::line)
}

/// Makes a backup. Looks at no file of the database by itself, so that the service makes one, too.
pub(in crate::command) fn make(config: &Config, keys: &Arc<Keys>, to: &Path, recipients: &Recipients) -> Result<Made, Failure> {
    let list = erased_list::path(config)?;
    // One that was changed is found before the long work.
    erased_list::read(&list, keys)?;
    let folder = BackupFolder::open(to)?;
    let snapshot = Snapshot::take(config)?;
    let unfinished = folder.unfinished();
    let sealed = recipients.seal(unfinished.writer()?)?;
    let Rows { archive, sound, at, files, erased } = read_rows(&snapshot.config, keys, sealed)?;
    drop(snapshot);
    let files = backup_files::copy(config, keys, &files, &folder.join(backup_folder::FILES))?;
    let rows = archive.tables().iter().map(|table| table.rows).sum();
    finish(archive, &sound, files.clone(), keys)?.compare_with(&unfinished)?;
    let path = folder.keep(unfinished, at, &files)?;
    for place in [list, folder.join(erased_list::NAME)] {
        erased_list::add(&place, keys, &erased)?;
    }
    Ok(Made { at, path, rows, files: files.len(), opened: sound.opened, entries: sound.entries, folder })
}

/// A backup that was made, with its folder, in which nobody else works as long as this is there.
pub(in crate::command) struct Made {
    /// When its rows were read.
    pub at: Timestamp,
    /// Its path.
    pub path: PathBuf,
    /// Rows of all tables.
    pub rows: u64,
    /// Files on cases.
    pub files: usize,
    opened: usize,
    entries: i64,
    folder: BackupFolder,
}

impl Made {
    /// Deletes the earlier backups that a rule does not keep.
    pub fn delete_others(&self, rule: Retention) -> Result<Deleted, Failure> {
        self.folder.delete_others(rule, self.at)
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\n{} rows, {} files, {} sealed values opened, audit trail of {} entries whole.",
            self.path.display(),
            self.rows,
            self.files,
            self.opened,
            self.entries
        )
    }
}

/// What a backup is sealed into.
type Out = SealedWriter<Summed>;

/// The rows of a backup, written and not yet closed.
struct Rows {
    archive: ArchiveWriter<Out>,
    sound: Sound,
    at: Timestamp,
    files: Vec<StoredFileId>,
    erased: Vec<PersonId>,
}

/// Examines one state of the database, and writes every row of it.
fn read_rows(config: &Config, keys: &Arc<Keys>, out: Out) -> Result<Rows, Failure> {
    let ring = keys.clone();
    let rows = admin::read_known(config, keys.clone(), "backup", move |tx| {
        let sound = match backup::examine(tx)? {
            Ok(sound) => sound,
            Err(what) => return Ok(Err(what)),
        };
        let header = header(&ring, &sound, tx.now)?;
        let mut archive = ArchiveWriter::begin(out, &header).map_err(backup::unwritten)?;
        backup::write(tx, &mut archive)?;
        let (files, erased) = (attachment_cleanup::kept(tx)?, erasure::erased(tx)?);
        Ok(Ok(Rows { archive, sound, at: tx.now, files, erased }))
    })?;
    let unsound = |what: String| format!("No backup was made: {what}. Keep the backups that you have, and run `homeward audit verify`.");
    rows.map_err(|what| Failure::input(unsound(what)))
}

fn header(keys: &Keys, sound: &Sound, at: Timestamp) -> Result<Header, Error> {
    let installation = hex(&keys.installation()?);
    let proof = hex(&keys.sign_for_service(Purpose::Backup, &proved(&installation, at.micros()))?);
    Ok(Header { version: env!("CARGO_PKG_VERSION").to_owned(), schema: sound.schema.clone(), installation, proof, made_at: at.micros() })
}

/// The bytes that the proof of a header signs.
pub(in crate::command) fn proved(installation: &str, made_at: i64) -> Vec<u8> {
    format!("header {installation} {made_at}").into_bytes()
}

/// Writes the manifest and the end, and makes all of it durable.
fn finish(archive: ArchiveWriter<Out>, sound: &Sound, files: Vec<FileSum>, keys: &Keys) -> Result<Summed, Failure> {
    let manifest = Manifest {
        tables: archive.tables().to_vec(),
        files,
        sealed_entries: sound.entries,
        sealed_root: hex(&sound.root),
        opened: sound.opened,
    };
    let sealed = archive.finish::<Failure>(&manifest, |text| Ok(keys.sign_for_service(Purpose::Backup, text)?))?;
    let failed = |error: std::io::Error| Failure::from(Fault::from(error));
    let mut summed = sealed.finish().map_err(failed)?;
    summed.sync().map_err(failed)?;
    Ok(summed)
}

/// One state of the database: on Postgres that of a transaction, on SQLite a copy, so that the log of the database can be emptied while the
/// backup is sealed and written.
struct Snapshot {
    config: Config,
    copy: Option<(PathBuf, DataLock)>,
}

impl Snapshot {
    fn take(config: &Config) -> Result<Self, Failure> {
        let (DatabaseUrl::Sqlite(path), Some(folder)) = (&config.database, config.database.folder()) else {
            return Ok(Self { config: config.clone(), copy: None });
        };
        let folder = folder.join(COPY);
        backup_folder::make(&folder)?;
        let file = folder.join("homeward.db");
        let database = DatabaseUrl::Sqlite(file.clone());
        let lock = DataLock::take(&database, "backup")?;
        let key_file = Some(command::key_path(config)?);
        let copy = lock.map(|lock| (folder.clone(), lock));
        let snapshot = Self { config: Config { database: database.clone(), key_file, ..config.clone() }, copy };
        // What a backup left that was killed.
        for name in ["homeward.db", "homeward.db-wal", "homeward.db-shm"] {
            let _none = std::fs::remove_file(folder.join(name));
        }
        let is_sound = match sqlite_file::copy(path, &file) {
            Err(error) if error.code == ErrorCode::StorageFull => return Err(no_room_for_copy(&folder)),
            copied => copied?,
        };
        if !is_sound {
            return Err(Failure::input(format!(
                "No backup was made: {} is damaged. Keep the backups that you have, and restore the latest one.",
                path.display()
            )));
        }
        command::protect(&database)?;
        Ok(snapshot)
    }
}

fn no_room_for_copy(folder: &Path) -> Failure {
    Failure::unavailable(format!(
        "No backup was made: the disk of {} has no space for a copy of the database, which a backup needs for a moment. Make room there; \
         the backups that you have are kept.",
        folder.display()
    ))
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if let Some((folder, _)) = &self.copy {
            let _gone = std::fs::remove_dir_all(folder);
        }
    }
}
