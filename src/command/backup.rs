//! `homeward backup`: everything in one sealed file, and beside it the files on cases, which many backups share. It reads one state of the
//! database while the service writes, finds it to be sound, and gives the backup its name only when it is durable.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::backup::{ArchiveWriter, Fault, FileSum, Header, Manifest, hex};
use crate::command::data_lock::DataLock;
use crate::command::failure::Failure;
use crate::command::{self, admin, backup_files, erased_list, print, recovery_key};
use crate::config::{Config, DatabaseUrl};
use crate::crypto::{Keys, Purpose, SealedWriter, Sha256};
use crate::db::cases::attachment_cleanup;
use crate::db::engine::sqlite_file;
use crate::db::people::erasure;
use crate::db::reporting::backup::{self, Sound};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{PersonId, StoredFileId};
use crate::error::Error;

/// The folder, beside the backups, of the files that they share.
pub(in crate::command) const FILES: &str = "files";
/// The folder of the copy that a backup of SQLite is made from, beside the database.
const COPY: &str = "backup-copy";

/// Makes a backup in a folder, sealed to the public keys in a file.
pub fn run(config: &Config, to: &Path, recipients: &Path) -> Result<(), Failure> {
    let recipients = recovery_key::read_recipients(recipients)?;
    command::require_database(&config.database)?;
    command::require_ours(&config.database)?;
    let keys = command::keys(config, false)?;
    let list = erased_list::path(config)?;
    // One that was changed is found before the long work.
    erased_list::read(&list, &keys)?;
    make_folder(to)?;
    let snapshot = Snapshot::take(config)?;
    let unfinished = Unfinished::make(to)?;
    let sealed = recipients.seal(unfinished.writer()?)?;
    let rows = read_rows(&snapshot.config, &keys, sealed)?;
    drop(snapshot);
    let files = backup_files::copy(config, &rows.files, &to.join(FILES))?;
    let (name, made) = (name(rows.at), Made::of(&rows, &files));
    finish(rows.archive, &rows.sound, files, &keys)?.compare_with(&unfinished)?;
    unfinished.keep_as(&to.join(&name))?;
    for place in [list, to.join(erased_list::NAME)] {
        erased_list::add(&place, &keys, &rows.erased)?;
    }
    print::line(format!(
        "{}\n{} rows, {} files, {} sealed values opened, audit trail of {} entries whole.",
        to.join(&name).display(),
        made.rows,
        made.files,
        rows.sound.opened,
        rows.sound.entries
    ))
}

/// What is told at the end.
struct Made {
    rows: u64,
    files: usize,
}

impl Made {
    fn of(rows: &Rows, files: &[FileSum]) -> Self {
        Self { rows: rows.archive.tables().iter().map(|table| table.rows).sum(), files: files.len() }
    }
}

/// The name of a backup: the time of its rows.
fn name(at: Timestamp) -> String {
    format!("homeward-{}.backup", at.utc().format("%Y%m%dT%H%M%SZ"))
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
    let keys = keys.clone();
    let rows = admin::read(config, "backup", move |tx| {
        let sound = match backup::examine(tx)? {
            Ok(sound) => sound,
            Err(what) => return Ok(Err(what)),
        };
        let header = header(&keys, &sound, tx.now)?;
        let failed = |fault: Fault| Error::internal(format!("the backup cannot be written: {fault}"));
        let mut archive = ArchiveWriter::begin(out, &header).map_err(failed)?;
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
    let failed = |error: std::io::Error| Failure::unavailable(format!("The backup cannot be written: {error}"));
    let mut summed = sealed.finish().map_err(failed)?;
    summed.out.flush().and_then(|()| summed.out.get_ref().sync_all()).map_err(failed)?;
    Ok(summed)
}

/// A file that is written, and the sum of what was written to it.
struct Summed {
    out: BufWriter<File>,
    sum: Sha256,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sum.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

impl Summed {
    /// Reads the file again: what is on the disk must be what was written.
    fn compare_with(self, file: &Unfinished) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be read: {error}", file.path.display()));
        let there = sum_of(&file.path).map_err(failed)?;
        if there == self.sum.finish() {
            return Ok(());
        }
        Err(Failure::unavailable(format!(
            "What is on the disk of {} is not what was written to it. Replace the disk.",
            file.path.display()
        )))
    }
}

/// The SHA-256 of a file.
pub(in crate::command) fn sum_of(path: &Path) -> std::io::Result<Vec<u8>> {
    let (mut file, mut sum, mut bytes) = (File::open(path)?, Sha256::default(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(sum.finish()),
            length => sum.update(bytes.get(..length).unwrap_or_default()),
        }
    }
}

/// A backup without its name; removed, if it does not get one.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    fn make(folder: &Path) -> Result<Self, Failure> {
        Ok(Self { path: folder.join(format!(".unfinished-{}", uuid::Uuid::new_v4().simple())) })
    }

    fn writer(&self) -> Result<Summed, Failure> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path);
        let file = file.map_err(|error| Failure::unavailable(format!("--to: {} cannot be made: {error}", self.path.display())))?;
        Ok(Summed { out: BufWriter::new(file), sum: Sha256::default() })
    }

    /// Gives it its name, durably.
    fn keep_as(self, name: &Path) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be made: {error}", name.display()));
        if name.exists() {
            return Err(Failure::unavailable(format!("There is {} already: two backups were made at once.", name.display())));
        }
        std::fs::rename(&self.path, name).map_err(failed)?;
        File::open(name.parent().unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()).map_err(failed)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Gone already, if it has its name.
        let _gone = std::fs::remove_file(&self.path);
    }
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
        make_folder(&folder)?;
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
        if !sqlite_file::copy(path, &file)? {
            return Err(Failure::input(format!(
                "No backup was made: {} is damaged. Keep the backups that you have, and restore the latest one.",
                path.display()
            )));
        }
        command::protect(&database)?;
        Ok(snapshot)
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if let Some((folder, _)) = &self.copy {
            let _gone = std::fs::remove_dir_all(folder);
        }
    }
}

pub(in crate::command) fn make_folder(folder: &Path) -> Result<(), Failure> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Failure::unavailable(format!("{} cannot be made: {error}", folder.display())))
}
