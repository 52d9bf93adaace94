//! `homeward restore`: a backup into an empty place, on either database. Everything that can be refused is refused before anything is
//! written; what fails afterwards leaves the place as empty as it was.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::backup::{ArchiveReader, Fault, Header, Manifest, Part, unhex};
use crate::command::data_lock::DataLock;
use crate::command::failure::Failure;
use crate::command::{self, backup, backup_files, backup_folder, erased_list, print, recovery_key, storage};
use crate::config::{Config, DatabaseUrl};
use crate::crypto::{Keys, Purpose, RecoveryKeys, SealedReader, Unopened};
use crate::db::engine::context::Deployment;
use crate::db::engine::copied_tables;
use crate::db::engine::migrate::{self, SchemaState};
use crate::db::engine::sqlite_file::{self, SqliteFile};
use crate::db::reporting::restore;
use crate::db::{Db, Tx};
use crate::domain::ids::PersonId;
use crate::error::Error;

/// The folder in which a database of SQLite is restored before it gets its name.
const RESTORING: &str = "restoring";

/// Restores a backup into the database of the settings.
pub fn run(config: &Config, from: &Path, identity: &Path, needs_list: bool) -> Result<(), Failure> {
    let recovery = recovery_key::read_recovery_keys(identity)?;
    let keys = command::keys(config, false)?;
    let folder = from.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let source = Source { from: from.to_path_buf(), recovery };
    let manifest = source.examine(config, &keys)?;
    backup_files::require(&manifest.files, &folder.join(backup_folder::FILES))?;
    let erased = erased(config, &keys, folder, needs_list)?;
    let files = storage::settings(config)?;
    storage::require_usable(config)?;
    backup_files::require_empty(&files)?;
    let had_schema = require_empty(&config.database)?;

    command::create_folder(&config.database)?;
    let _lock = DataLock::take(&config.database, "restore")?;
    backup_files::restore(&files, &manifest.files, &folder.join(backup_folder::FILES))?;
    let restored = match &config.database {
        DatabaseUrl::Sqlite(path) => restore_file(config, path, &keys, source, erased.clone()),
        DatabaseUrl::Postgres(_) => restore_server(config, &keys, source, erased.clone(), had_schema),
    };
    let again = match restored {
        Ok(again) => again,
        Err(failure) => {
            backup_files::remove(&files, &manifest.files);
            return Err(failure);
        }
    };
    // From now on the list is where the service keeps it.
    erased_list::add(&erased_list::path(config)?, &keys, &erased)?;
    let count = |name: &str| manifest.tables.iter().find(|table| table.name == name).map_or(0, |table| table.rows);
    print::line(format!(
        "Restored {} cases, {} users and {} files, and compared every row. {again} people who were erased since are erased again.\n\
         Every session is over. Start with `homeward serve`.",
        count("cases"),
        count("users"),
        manifest.files.len()
    ))
}

/// A backup, and what opens it.
#[derive(Clone)]
struct Source {
    from: PathBuf,
    recovery: RecoveryKeys,
}

impl Source {
    /// Opens the backup at its beginning.
    fn open(&self) -> Result<ArchiveReader<SealedReader<BufReader<File>>>, Failure> {
        let from = self.from.display();
        let file = File::open(&self.from).map_err(|error| Failure::config(format!("--from: {from} cannot be read: {error}")))?;
        let sealed = self.recovery.open(BufReader::with_capacity(1 << 16, file)).map_err(|why| match why {
            Unopened::OtherKey => Failure::config(format!(
                "--identity: none of its keys opens {from}. Use the recovery key to whose public key the backup was sealed. Nothing was written."
            )),
            Unopened::Damaged => self.refuse(&Fault::Unknown),
        })?;
        ArchiveReader::open(sealed).map_err(|fault| self.refuse(&fault))
    }

    fn refuse(&self, fault: &Fault) -> Failure {
        Failure::input(format!("{}: {fault}. Use another backup, or another copy of this one. Nothing was written.", self.from.display()))
    }

    /// Reads the whole backup once, and finds out whether it is whole, of this installation and of this schema.
    fn examine(&self, config: &Config, keys: &Keys) -> Result<Manifest, Failure> {
        let mut archive = self.open()?;
        let header = archive.header().clone();
        let other_key = || {
            let path = command::full_path(&command::key_path(config).unwrap_or_default());
            Failure::config(format!(
                "HOMEWARD_KEY_FILE: {} is not the root key of the installation {} that made the backup. Put that key there. Nothing was written.",
                path.display(),
                header.installation
            ))
        };
        let proved = backup::proved(&header.installation, header.made_at);
        if !is_signed(keys, &proved, &header.proof) {
            return Err(other_key());
        }
        require_schema(&header)?;
        loop {
            match archive.read().map_err(|fault| self.refuse(&fault))? {
                Part::Whole { manifest, signed, signature } if is_signed(keys, &signed, &signature) => return Ok(manifest),
                Part::Whole { .. } => return Err(other_key()),
                _ => {}
            }
        }
    }
}

fn is_signed(keys: &Keys, bytes: &[u8], signature: &str) -> bool {
    unhex(signature).is_some_and(|signature| keys.is_signed_for_service(Purpose::Backup, bytes, &signature))
}

/// Refuses a backup of another schema: rows are restored as they were, and no migration runs over them.
fn require_schema(header: &Header) -> Result<(), Failure> {
    let known = migrate::versions()?;
    let newer: Vec<&str> = header.schema.iter().filter(|version| !known.contains(version)).map(String::as_str).collect();
    let missing: Vec<&str> = known.iter().filter(|version| !header.schema.contains(version)).map(String::as_str).collect();
    match (newer.is_empty(), missing.is_empty()) {
        (true, true) => Ok(()),
        (false, _) => Err(Failure::config(format!(
            "The schema of the backup is newer than this version of homeward (it has {}). Install version {} or a later one. Nothing was written.",
            newer.join(", "),
            header.version
        ))),
        (true, false) => Err(Failure::config(format!(
            "The schema of the backup lacks {}. Restore it with version {} of homeward, which made it, and then run `homeward migrate` with this \
             one. Nothing was written.",
            missing.join(", "),
            header.version
        ))),
    }
}

/// Everybody who was erased, from the list beside the root key and the one beside the backup.
fn erased(config: &Config, keys: &Keys, folder: &Path, needs_list: bool) -> Result<Vec<PersonId>, Failure> {
    let path = erased_list::path(config)?;
    let with_keys = erased_list::read(&path, keys)?;
    if with_keys.is_none() && needs_list {
        return Err(Failure::config(format!(
            "There is no list of erased people at {}, so the backup could bring somebody back. Put the list that was kept with the root key there; \
             or add --without-erased-list, if nobody was erased since the backup. Nothing was written.",
            path.display()
        )));
    }
    let with_backup = erased_list::read(&folder.join(erased_list::NAME), keys)?;
    let all: BTreeSet<PersonId> = with_keys.into_iter().chain(with_backup).flatten().collect();
    Ok(all.into_iter().collect())
}

/// Refuses a database that is not empty. Returns whether it has a schema already.
fn require_empty(database: &DatabaseUrl) -> Result<bool, Failure> {
    let refused = |what: String| Err(Failure::config(format!("--to: {what} A restore is made into an empty place. Nothing was written.")));
    match database {
        DatabaseUrl::Sqlite(path) => {
            let log = PathBuf::from(format!("{}-wal", path.display()));
            if sqlite_file::look_at(path)? != SqliteFile::Absent || log.exists() {
                return refused(format!("there is {} already. Choose another path, or move it away.", path.display()));
            }
            Ok(false)
        }
        DatabaseUrl::Postgres(_) => {
            let mut connection = command::connect(database)?;
            if !migrate::has_schema(&mut connection)? {
                return Ok(false);
            }
            if migrate::schema_state(&mut connection)? != SchemaState::Current {
                return refused("the database has the schema of another version. Choose an empty one.".to_owned());
            }
            match copied_tables::filled(&mut connection)? {
                Some(table) => refused(format!("the database is in use: there are {table} in it. Choose an empty one.")),
                None => Ok(true),
            }
        }
    }
}

/// Restores into a new file, which gets its name when it is complete.
fn restore_file(config: &Config, path: &Path, keys: &Arc<Keys>, source: Source, erased: Vec<PersonId>) -> Result<usize, Failure> {
    let folder = config.database.folder().unwrap_or(Path::new(".")).join(RESTORING);
    let clear = || match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::unavailable(format!("{} cannot be removed: {error}", folder.display())))
        }
        _ => Ok(()),
    };
    // What a restore left that was killed.
    clear()?;
    backup_folder::make(&folder)?;
    let file = folder.join("homeward.db");
    let restored = fill(&DatabaseUrl::Sqlite(file.clone()), keys, source, erased).and_then(|again| {
        wait_until_closed(&file);
        let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be made: {error}", path.display()));
        File::open(&file).and_then(|file| file.sync_all()).map_err(failed)?;
        sqlite_file::forget_mark(path)?;
        std::fs::rename(&file, path).map_err(failed)?;
        File::open(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))
            .and_then(|folder| folder.sync_all())
            .map_err(failed)?;
        Ok(again)
    });
    let cleared = clear();
    restored.and_then(|again| cleared.map(|()| again))
}

/// Waits for the last connection to close: it removes the log, which is empty already.
fn wait_until_closed(file: &Path) {
    let log = PathBuf::from(format!("{}-wal", file.display()));
    for _ in 0..100 {
        if !log.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Restores into a database of a server, in one transaction.
fn restore_server(config: &Config, keys: &Arc<Keys>, source: Source, erased: Vec<PersonId>, had_schema: bool) -> Result<usize, Failure> {
    let restored = fill(&config.database, keys, source, erased);
    if let (Err(_), false) = (&restored, had_schema) {
        migrate::revert_all(&mut command::connect(&config.database)?)?;
    }
    restored
}

/// Makes the schema, and writes every row in one transaction.
fn fill(database: &DatabaseUrl, keys: &Arc<Keys>, source: Source, erased: Vec<PersonId>) -> Result<usize, Failure> {
    command::migrate(database)?;
    command::protect(database)?;
    // A file that is not finished is thrown away, so no row of it waits for the disk.
    let is_being_filled = matches!(database, DatabaseUrl::Sqlite(_));
    let db = Db::open(database, keys.clone(), 1, Deployment { is_being_filled, ..Deployment::default() })?;
    command::block_on(async {
        let write = move |tx: &mut Tx<'_>| {
            let mut archive = source.open().map_err(Error::internal)?;
            restore::restore(tx, &mut archive, &erased)
        };
        let again = db.as_system("restore a backup").write(write).await?;
        db.checkpoint().await?;
        Ok(again)
    })
}
