//! A file that is being received: sealed already, on this machine's disk, and removed if its request ends before it is published.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::error::{Error, ErrorCode, Result};

/// Age after which a file was left behind by a process that ended.
const ABANDONED: Duration = Duration::from_secs(6 * 3600);

/// The error of the storage that a caller may see.
pub fn failed(error: std::io::Error) -> Error {
    let code = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ErrorCode::StorageFull,
        _ => ErrorCode::StorageUnavailable,
    };
    Error::new(code).retry_after(60).with_internal(error.kind())
}

/// Runs file operations on a thread of their own, so that they do not block the workers.
pub async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::internal("work on a file ended early"))?.map_err(failed)
}

/// Makes a folder that only its owner can read.
pub fn make_folder(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// A file that is being received.
pub struct Spool {
    path: PathBuf,
    file: Option<File>,
    is_kept: bool,
}

impl Drop for Spool {
    fn drop(&mut self) {
        if !self.is_kept {
            drop(self.file.take());
            let _gone = std::fs::remove_file(&self.path);
        }
    }
}

impl Spool {
    /// A new spool in a folder.
    pub async fn new(folder: &Path) -> Result<Self> {
        let path = folder.join(uuid::Uuid::new_v4().simple().to_string());
        let folder = folder.to_path_buf();
        on_disk(move || {
            make_folder(&folder)?;
            let file = OpenOptions::new().write(true).read(true).create_new(true).mode(0o600).open(&path)?;
            Ok(Self { path, file: Some(file), is_kept: false })
        })
        .await
    }

    /// Writes the buffer, and returns it empty.
    pub async fn write(&mut self, mut bytes: Vec<u8>) -> Result<Vec<u8>> {
        let mut file = self.file.take().ok_or_else(|| Error::internal("a file that is gone"))?;
        let (file, bytes) = on_disk(move || {
            file.write_all(&bytes)?;
            bytes.clear();
            Ok((file, bytes))
        })
        .await?;
        self.file = Some(file);
        Ok(bytes)
    }

    /// Moves the file, whole and durable, to its final place.
    pub async fn keep_at(self, place: PathBuf) -> Result<()> {
        on_disk(move || {
            let mut spool = self;
            let file = spool.file.take().ok_or(ErrorKind::NotFound)?;
            file.sync_all()?;
            let folder = place.parent().ok_or(ErrorKind::InvalidInput)?;
            make_folder(folder)?;
            std::fs::rename(&spool.path, &place)?;
            spool.is_kept = true;
            // The name must be as durable as the bytes, and so must the name of the folder.
            File::open(folder)?.sync_all()?;
            if let Some(above) = folder.parent() {
                File::open(above)?.sync_all()?;
            }
            Ok(())
        })
        .await
    }

    /// The path of the file until it is published.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Removes files left behind by processes that ended.
pub fn sweep(folder: &Path) -> std::io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let age = SystemTime::now().duration_since(entry.metadata()?.modified()?).unwrap_or_default();
        if age > ABANDONED {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
