//! The list of erased people, beside the root key and signed under it: ids alone. A backup that is older than an erasure still has the
//! person; a restore reads the list, and erases them again. It is kept with the keys because it must outlive the database and every backup.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

use crate::backup::{hex, unhex};
use crate::command::failure::Failure;
use crate::command::{self, background};
use crate::config::Config;
use crate::crypto::{Keys, Purpose};
use crate::db::Db;
use crate::db::people::erasure;
use crate::domain::ids::PersonId;

/// The name of the list.
pub(in crate::command) const NAME: &str = "erased.list";
/// The line with the signature, which is the last one.
const SIGNATURE: &str = "signature ";
/// Interval at which the service brings the list up to date.
const INTERVAL: Duration = Duration::from_secs(60);

/// The place of the list: beside the root key.
pub fn path(config: &Config) -> Result<PathBuf, Failure> {
    Ok(command::key_path(config)?.with_file_name(NAME))
}

/// Reads a list. None: there is none. Refuses one that was changed.
pub(in crate::command) fn read(path: &Path, keys: &Keys) -> Result<Option<BTreeSet<PersonId>>, Failure> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::unavailable(format!("{} cannot be read: {error}", path.display()))),
        Ok(text) => text,
    };
    let damaged = || {
        Failure::input(format!(
            "{} is not as homeward wrote it, or belongs to another root key. Put the copy that was kept with the keys in its place.",
            path.display()
        ))
    };
    let (ids, signature) = text.rsplit_once(SIGNATURE).ok_or_else(damaged)?;
    let signature = unhex(signature.trim_end()).ok_or_else(damaged)?;
    if !keys.is_signed_for_service(Purpose::Erased, ids.as_bytes(), &signature) {
        return Err(damaged());
    }
    let ids: Option<BTreeSet<PersonId>> = ids.lines().map(|line| Uuid::parse_str(line).ok().map(PersonId)).collect();
    ids.map(Some).ok_or_else(damaged)
}

/// Adds people to a list. Nobody is ever taken off it: a backup of any age may be restored.
pub(in crate::command) fn add(path: &Path, keys: &Keys, erased: &[PersonId]) -> Result<(), Failure> {
    let known = read(path, keys)?;
    if known.as_ref().is_some_and(|known| erased.iter().all(|person| known.contains(person))) {
        return Ok(());
    }
    let all: BTreeSet<PersonId> = known.unwrap_or_default().into_iter().chain(erased.iter().copied()).collect();
    let ids: String = all.iter().map(|person| format!("{person}\n")).collect();
    let signature = keys.sign_for_service(Purpose::Erased, ids.as_bytes())?;
    replace(path, &format!("{ids}{SIGNATURE}{}\n", hex(&signature)))
        .map_err(|error| Failure::unavailable(format!("{} cannot be written: {error}", path.display())))
}

/// Writes a file whole, or leaves the one that is there.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    // A backup and the service write it at the same time, each its own.
    let unfinished = path.with_extension(format!("{}.unfinished", Uuid::new_v4().simple()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Keeps the list up to date, as long as the service runs: what is erased is on it within a minute.
pub async fn keep(db: Db, keys: Arc<Keys>, path: PathBuf) {
    let mut is_told = false;
    loop {
        match background::as_scheduler(&db).read(erasure::erased).await {
            Err(error) => db.tell("the list of erased people could not be read from the database; trying again", &error),
            Ok(erased) => match add(&path, &keys, &erased) {
                Ok(()) => is_told = false,
                // Once, until it is written again: the folder of the keys may be one that the service cannot write to.
                Err(failure) if !is_told => {
                    tracing::warn!(cause = %failure, "the list of erased people is not up to date: a restore could bring somebody back");
                    is_told = true;
                }
                Err(_) => {}
            },
        }
        actix_web::rt::time::sleep(INTERVAL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::RootKey;

    #[test]
    fn a_list_only_grows_and_is_believed_only_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let keys = Keys::new(RootKey::new([1; 32]), Vec::new());
        assert!(read(&path, &keys).unwrap().is_none());
        add(&path, &keys, &[]).unwrap();
        assert_eq!(read(&path, &keys).unwrap(), Some(BTreeSet::new()), "that nobody was erased is signed as well");
        let (one, two) = (PersonId::random(), PersonId::random());
        add(&path, &keys, &[one]).unwrap();
        add(&path, &keys, &[two]).unwrap();
        assert_eq!(read(&path, &keys).unwrap(), Some(BTreeSet::from([one, two])));
        let text = std::fs::read_to_string(&path).unwrap();
        for changed in [text.replacen(&format!("{one}\n"), "", 1), text.replace(SIGNATURE, ""), String::new()] {
            std::fs::write(&path, changed).unwrap();
            assert!(read(&path, &keys).is_err());
            assert!(add(&path, &keys, &[two]).is_err(), "what was changed is not written over");
        }
        std::fs::write(&path, text).unwrap();
        assert!(read(&path, &Keys::new(RootKey::new([2; 32]), Vec::new())).is_err(), "another installation's");
    }
}
