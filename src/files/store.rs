//! Where files are kept: in a folder, or in S3-compatible storage. Under random names, sealed, and only whole: a file is published when
//! its last byte is durable, and nobody is told of it before.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::ids::StoredFileId;
use crate::error::{Error, ErrorCode, Result};
use crate::files::folder;
use crate::files::pieces::Pieces;
use crate::files::s3::{Bucket, S3Settings};
use crate::files::spool::{self, Spool, on_disk};

/// Files that may come in at once: each takes some memory, and a place on the disk.
const AT_ONCE: usize = 64;

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
            Place::Folder(folder) => spool.keep_at(folder::path(folder, id)).await,
            Place::Bucket(bucket) => bucket.put(&spool, id).await,
        }
    }

    /// Reads so many bytes of a file from a place on.
    pub async fn read(&self, id: StoredFileId, from: u64, length: u64) -> Result<Pieces> {
        match &self.place {
            Place::Folder(folder) => folder::read_folder(folder::path(folder, id), from, length).await,
            Place::Bucket(bucket) => bucket.get(id, from, length).await,
        }
    }

    /// Removes a file; one that is not there is removed.
    pub async fn remove(&self, id: StoredFileId) -> Result<()> {
        match &self.place {
            Place::Folder(folder) => {
                let path = folder::path(folder, id);
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
