//! Where this deployment keeps files, and what the clock removes there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::Failure;
use crate::config::{AttachmentPlace, BucketKey, BucketSettings, Config};
use crate::db::{Db, attachments};
use crate::error::Error;
use crate::files::{Files, S3Settings, Settings};

/// How often what is to be removed is looked for.
const SWEEPING: Duration = Duration::from_secs(60);

/// Where the settings say that files are kept.
pub fn settings(config: &Config) -> Result<Settings, Failure> {
    let folder = default_folder(config.database.folder().unwrap_or(Path::new("data")));
    match &config.attachments.place {
        None => Ok(Settings::Folder(folder)),
        Some(AttachmentPlace::Folder(named)) => Ok(Settings::Folder(named.clone())),
        Some(AttachmentPlace::Bucket(bucket)) => {
            Ok(Settings::Bucket { bucket: opened(bucket)?, incoming: config.attachments.incoming.clone().unwrap_or(folder) })
        }
    }
}

/// Where files are kept beside an embedded database.
pub fn default_folder(folder: &Path) -> PathBuf {
    folder.join("attachments")
}

fn opened(settings: &BucketSettings) -> Result<S3Settings, Failure> {
    let BucketSettings { bucket, prefix, endpoint, region, ca, key } = settings.clone();
    let (key_id, key) = match key {
        BucketKey::Pair(id, secret) => (id, Zeroizing::new(secret)),
        BucketKey::File(path) => {
            let unusable = |why: String| Failure::config(format!("HOMEWARD_ATTACHMENTS_KEY_FILE: {} {why}", path.display()));
            let text = std::fs::read_to_string(&path).map(Zeroizing::new).map_err(|error| unusable(format!("cannot be read: {error}")))?;
            let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            match (lines.next(), lines.next(), lines.next()) {
                (Some(id), Some(secret), None) => (id.to_owned(), Zeroizing::new(secret.to_owned())),
                _ => return Err(unusable("must have two lines: the id of the key and the secret".to_owned())),
            }
        }
    };
    Ok(S3Settings { bucket, prefix, endpoint, region, ca, key_id, key })
}

/// Removes what is to be removed, again and again. Several instances may do so at the same time.
pub async fn sweep(db: Db, files: Arc<Files>) {
    loop {
        if let Err(error) = sweep_once(&db, &files).await {
            tracing::warn!(cause = error.cause(), "files that are to be removed could not be; trying again");
        }
        actix_web::rt::time::sleep(SWEEPING).await;
    }
}

/// One round: files of erased people, removed files, contents that broke off, and announcements whose content never came.
pub async fn sweep_once(db: &Db, files: &Files) -> Result<(), Error> {
    let system = super::serve::by_the_clock(db);
    for file in system.read(attachments::due).await? {
        files.remove(file).await?;
        system.write(move |tx| attachments::removed(tx, file)).await?;
    }
    if system.read(attachments::has_announced).await? {
        system.write(attachments::forget_announced).await?;
    }
    files.sweep_incoming().await
}
