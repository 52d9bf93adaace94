//! `homeward check`: whether an installation, or a copy of one, is whole. It says what it looked at, and ends with another code than 0 at the
//! first thing that is not as it was written.

use futures_util::TryStreamExt;
use std::sync::Arc;

use crate::command::failure::Failure;
use crate::command::{self, admin, data_files, print, storage};
use crate::config::{Config, DatabaseUrl};
use crate::crypto::Keys;
use crate::db::cases::attachment_cleanup;
use crate::db::engine::sqlite_file::{self, Examined};
use crate::db::reporting::backup::{self, Sound};
use crate::domain::ids::StoredFileId;
use crate::files::Files;

/// Why everything is read, as the operator at the database does.
const REASON: &str = "check command";
/// More than any file has.
const LONGEST: u64 = 1 << 30;
/// Files that are named where some are missing.
const NAMED: usize = 3;

/// Checks the database, the root key, the audit trail, what is sealed, and the files on cases: a sample of what is sealed, or all of it.
pub fn run(config: &Config, deep: bool) -> Result<(), Failure> {
    command::require_database(&config.database)?;
    command::require_ours(&config.database)?;
    check_file(&config.database)?;
    let keys = command::keys(config, false)?;
    let (found, files) = admin::read_known(config, keys.clone(), REASON, move |tx| {
        let found = if deep { backup::examine_all(tx)? } else { backup::examine(tx)? };
        Ok((found, attachment_cleanup::kept(tx)?))
    })?;
    let unsound =
        |what: String| Failure::input(format!("The database is damaged: {what}. Keep a copy of it, and restore the latest backup."));
    let Sound { entries, opened, .. } = found.map_err(unsound)?;
    print::line("The root key is that of this database.")?;
    print::line(format!("The audit trail is whole: {entries} sealed entries."))?;
    print::line(if deep {
        format!("All {opened} sealed values open.")
    } else {
        format!("{opened} sealed values open, which are a sample.")
    })?;
    check_files(config, &keys, &files, deep)?;
    print::line(format!("{} files on cases are {}.", files.len(), if deep { "there, and were read to their end" } else { "there" }))
}

/// The file of SQLite, as SQLite sees it. Postgres has checksums of its own pages.
fn check_file(database: &DatabaseUrl) -> Result<(), Failure> {
    let DatabaseUrl::Sqlite(path) = database else { return Ok(()) };
    if sqlite_file::examine(path, None)? != Examined::Whole {
        return Err(data_files::damaged(path));
    }
    print::line("Every page and every row of the database is where it should be.")?;
    let broken = sqlite_file::broken_references(path)?;
    if broken > 0 {
        return Err(Failure::input(format!("{broken} rows of the database name a row that is not there. Restore the latest backup.")));
    }
    print::line("Every row that another one names is there.")
}

fn check_files(config: &Config, keys: &Arc<Keys>, ids: &[StoredFileId], deep: bool) -> Result<(), Failure> {
    let files = Files::new(&storage::settings(config)?)?;
    let missing = command::block_on(async {
        let mut missing = Vec::new();
        for id in ids {
            let is_there = if deep { reads(&files, *id).await } else { files.has(*id).await? };
            if !is_there {
                missing.push(*id);
            }
        }
        Ok(missing)
    })?;
    if missing.is_empty() {
        return Ok(());
    }
    // A service that runs may have removed some since they were listed.
    let kept = admin::read_known(config, keys.clone(), REASON, attachment_cleanup::kept)?;
    let missing: Vec<String> = missing.iter().filter(|id| kept.contains(id)).map(ToString::to_string).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let named = missing.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    Err(Failure::input(format!(
        "{} files on cases are missing or cannot be read, such as {named}. Check HOMEWARD_ATTACHMENTS, and put them back from a backup.",
        missing.len()
    )))
}

/// Whether a file can be read to its end.
async fn reads(files: &Files, id: StoredFileId) -> bool {
    let Ok(mut pieces) = files.read(id, 0, LONGEST).await else { return false };
    loop {
        match pieces.try_next().await {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}
