//! The place of this deployment's files, and the removal of files that are due.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

use crate::command::background;
use crate::command::failure::Failure;
use crate::config::{AttachmentPlace, BucketKey, BucketSettings, Config};
use crate::db::Db;
use crate::db::cases::attachment_cleanup;
use crate::error::Error;
use crate::files::{Files, S3Settings, Settings};

/// Interval at which files to remove are looked for.
const SWEEPING: Duration = Duration::from_secs(60);

/// The place of files, from the settings.
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

/// The place of files beside an embedded database.
pub fn default_folder(folder: &Path) -> PathBuf {
    folder.join("attachments")
}

/// Refuses a folder or a file that a setting names and that cannot be used: otherwise the first attachment would fail.
pub fn require_usable(config: &Config) -> Result<(), Failure> {
    match &config.attachments.place {
        Some(AttachmentPlace::Folder(folder)) => require_folder("HOMEWARD_ATTACHMENTS", folder)?,
        Some(AttachmentPlace::Bucket(bucket)) if bucket.endpoint.starts_with("https://") => {
            let failed = |error: std::io::Error| {
                Failure::config(format!("HOMEWARD_ATTACHMENTS_CA: {} cannot be read: {error}", bucket.ca.display()))
            };
            std::fs::File::open(&bucket.ca).map_err(failed)?;
        }
        Some(AttachmentPlace::Bucket(_)) | None => {}
    }
    config.attachments.incoming.as_deref().map_or(Ok(()), |folder| require_folder("HOMEWARD_ATTACHMENTS_INCOMING", folder))
}

/// Requires a folder in which a folder can be made, or a new one whose parent exists: a mistyped path must not become a tree.
fn require_folder(variable: &str, folder: &Path) -> Result<(), Failure> {
    let refused = |why: String| Err(Failure::config(format!("{variable}: {} {why}", folder.display())));
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match std::fs::metadata(folder) {
        Ok(found) if !found.is_dir() => refused("is no folder".to_owned()),
        Err(_) if !parent.is_dir() => refused(format!("cannot be made: there is no folder {}", parent.display())),
        _ => match std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder.join("incoming")) {
            Err(error) => refused(format!("cannot be written to: {error}")),
            Ok(()) => Ok(()),
        },
    }
}

/// The warning to the operator when the place is smaller than the settings allow for.
pub fn warning(config: &Config, files: &Settings) -> Option<String> {
    let Settings::Folder(folder) = files else { return None };
    let there = folder.ancestors().find(|folder| folder.exists())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    let gib = disk.f_blocks.saturating_mul(disk.f_frsize) / (1 << 30);
    let counted_on = config.attachments.limits.total_gib;
    (u64::from(counted_on) > gib).then(|| {
        format!("HOMEWARD_ATTACHMENTS_GIB: {counted_on} is more than the {gib} GiB of the disk, which is full before the limit is reached")
    })
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

/// Removes files that are due, again and again. Several instances may do so at the same time.
pub async fn clean_up(db: Db, files: Arc<Files>) {
    loop {
        if let Err(error) = sweep_once(&db, &files).await {
            tracing::warn!(cause = error.cause(), "files that are to be removed could not be; trying again");
        }
        actix_web::rt::time::sleep(SWEEPING).await;
    }
}

/// Runs one round: removes files of erased people, removed files, incomplete contents, and announcements without a content.
pub async fn sweep_once(db: &Db, files: &Files) -> Result<(), Error> {
    let system = background::as_scheduler(db);
    for file in system.read(attachment_cleanup::due).await? {
        files.remove(file).await?;
        system.write(move |tx| attachment_cleanup::removed(tx, file)).await?;
    }
    if system.read(attachment_cleanup::has_announced).await? {
        system.write(attachment_cleanup::forget_announced).await?;
    }
    files.sweep_incoming().await
}
