//! Where files are kept: in a folder, or in S3-compatible storage. Under random names, sealed, and only whole: a file is published when
//! its last byte is durable, and nobody is told of it before.

use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::s3::{Bucket, S3Settings};
use super::spool::{self, Spool, on_disk};
use crate::crypto::SEALED_CHUNK;
use crate::domain::ids::StoredFileId;
use crate::error::{Error, ErrorCode, Result};

/// Files that may come in at once: each takes some memory, and a place on the disk.
const AT_ONCE: usize = 64;

/// Bytes of a file, one piece after another.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// Where files are kept.
#[derive(Clone, Debug)]
pub enum Settings {
    /// In this folder.
    Folder(PathBuf),
    /// In a bucket; what comes in waits in the folder until it is whole.
    Bucket {
        /// The bucket.
        bucket: S3Settings,
        /// Where files wait until they are whole.
        incoming: PathBuf,
    },
}

/// The files of this deployment.
pub struct Files {
    incoming: PathBuf,
    place: Place,
    doors: Arc<Semaphore>,
}

enum Place {
    Folder(PathBuf),
    Bucket(Bucket),
}

impl Files {
    /// The files that these settings name. Makes nothing yet.
    pub fn new(settings: &Settings) -> Result<Self> {
        let (incoming, place) = match settings {
            Settings::Folder(folder) => (folder.join("incoming"), Place::Folder(folder.clone())),
            Settings::Bucket { bucket, incoming } => (incoming.join("incoming"), Place::Bucket(Bucket::new(bucket)?)),
        };
        Ok(Self { incoming, place, doors: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// Lets one more file come in, until what is given back is dropped.
    pub fn admit(&self) -> Result<OwnedSemaphorePermit> {
        let busy = |_| Error::new(ErrorCode::StorageUnavailable).retry_after(5).detail("Too many files are being received at the moment.");
        self.doors.clone().try_acquire_owned().map_err(busy)
    }

    /// Where the next file comes in.
    pub async fn spool(&self) -> Result<Spool> {
        Spool::new(&self.incoming).await
    }

    /// Keeps a file that came in whole. Durable when this returns.
    pub async fn publish(&self, spool: Spool, id: StoredFileId) -> Result<()> {
        match &self.place {
            Place::Folder(folder) => spool.keep_at(path(folder, id)).await,
            Place::Bucket(bucket) => bucket.put(&spool, id).await,
        }
    }

    /// Reads so many bytes of a file from a place on.
    pub async fn read(&self, id: StoredFileId, from: u64, length: u64) -> Result<Pieces> {
        match &self.place {
            Place::Folder(folder) => read_folder(path(folder, id), from, length).await,
            Place::Bucket(bucket) => bucket.get(id, from, length).await,
        }
    }

    /// Removes a file; one that is not there is removed.
    pub async fn remove(&self, id: StoredFileId) -> Result<()> {
        match &self.place {
            Place::Folder(folder) => {
                let path = path(folder, id);
                on_disk(move || match std::fs::remove_file(path) {
                    Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
                    _ => Ok(()),
                })
                .await
            }
            Place::Bucket(bucket) => bucket.remove(id).await,
        }
    }

    /// Removes what came in half, and was left behind by a process that ended.
    pub async fn sweep_incoming(&self) -> Result<()> {
        let incoming = self.incoming.clone();
        on_disk(move || spool::sweep(&incoming)).await
    }
}

/// In folders by the first letters of the name: a folder of a million files is slow.
fn path(folder: &Path, id: StoredFileId) -> PathBuf {
    let name = id.0.simple().to_string();
    folder.join(name.get(..2).unwrap_or_default()).join(&name)
}

async fn read_folder(path: PathBuf, from: u64, length: u64) -> Result<Pieces> {
    let file = on_disk(move || {
        let mut file = std::fs::File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        Ok(file.take(length))
    })
    .await?;
    let pieces = stream::try_unfold(file, |mut file| async move {
        let (file, piece) = on_disk(move || {
            let mut piece = Vec::with_capacity(SEALED_CHUNK);
            let limit = u64::try_from(SEALED_CHUNK).unwrap_or(u64::MAX);
            file.by_ref().take(limit).read_to_end(&mut piece)?;
            Ok((file, piece))
        })
        .await?;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    });
    Ok(pieces.boxed())
}
