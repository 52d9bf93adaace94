//! The storage of files: a folder, or S3-compatible storage. Files have random names, are sealed, and are stored only whole: a
//! file is published when its last byte is durable, and not announced before.

use std::io::ErrorKind;
use std::path::PathBuf;
use uuid::Uuid;

use crate::domain::ids::StoredFileId;
use crate::domain::limits::{UPLOADS, UPLOADS_OF_CALLER, UPLOADS_OF_ORGANISATION};
use crate::error::{Error, ErrorCode, Result};
use crate::files::folder;
use crate::files::pieces::Pieces;
use crate::files::s3::{Bucket, S3Settings};
use crate::files::spool::{self, Spool, on_disk};
use crate::places::{self, Places};

/// Who sends a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sender {
    Caller(Uuid),
    Organisation(Uuid),
}

/// A place among the files that are being received, until it is dropped.
pub struct Receiving {
    _place: places::Place<Sender>,
}

/// The place of the files.
#[derive(Clone, Debug)]
pub enum Settings {
    /// In this folder.
    Folder(PathBuf),
    /// In a bucket; a file waits in the folder `incoming` until it is whole.
    Bucket {
        /// The bucket.
        bucket: S3Settings,
        /// The folder where files wait until they are whole.
        incoming: PathBuf,
    },
}

/// The files of this deployment.
pub struct Files {
    incoming: PathBuf,
    place: Place,
    receiving: Places<Sender>,
}

enum Place {
    Folder(PathBuf),
    Bucket(Bucket),
}

impl Files {
    /// The storage that these settings name. Makes nothing yet.
    pub fn new(settings: &Settings) -> Result<Self> {
        let (incoming, place) = match settings {
            Settings::Folder(folder) => (folder.join("incoming"), Place::Folder(folder.clone())),
            Settings::Bucket { bucket, incoming } => (incoming.join("incoming"), Place::Bucket(Bucket::new(bucket)?)),
        };
        Ok(Self { incoming, place, receiving: Places::new(UPLOADS) })
    }

    /// Admits one more file, until the returned place is dropped. Each takes some memory, and space on the disk. A caller and an
    /// organisation have a share of the places, so that slow uploads of one do not stop those of another.
    pub fn admit(&self, caller: Uuid, organisation: Uuid) -> Result<Receiving> {
        let senders = [(Sender::Caller(caller), UPLOADS_OF_CALLER), (Sender::Organisation(organisation), UPLOADS_OF_ORGANISATION)];
        let busy = "You, your organisation or all together are sending as many files as can be received at once.";
        let busy = || Error::new(ErrorCode::TooManyRequests).retry_after(5).detail(busy);
        Ok(Receiving { _place: self.receiving.take(senders).ok_or_else(busy)? })
    }

    /// A spool for the next file.
    pub async fn spool(&self) -> Result<Spool> {
        Spool::new(&self.incoming).await
    }

    /// Keeps a file that was received whole. Durable when this returns.
    pub async fn publish(&self, spool: Spool, id: StoredFileId) -> Result<()> {
        match &self.place {
            Place::Folder(folder) => spool.keep_at(folder::path(folder, id)).await,
            Place::Bucket(bucket) => bucket.put(&spool, id).await,
        }
    }

    /// Reads `length` bytes of a file from the position `from`.
    pub async fn read(&self, id: StoredFileId, from: u64, length: u64) -> Result<Pieces> {
        match &self.place {
            Place::Folder(folder) => folder::read_folder(folder::path(folder, id), from, length).await,
            Place::Bucket(bucket) => bucket.get(id, from, length).await,
        }
    }

    /// Whether a file is there. An error: the storage cannot tell. Where the folder that stands beside every file is missing, too, the storage
    /// itself is away, such as a disk that is not mounted, and says nothing of the file.
    pub async fn has(&self, id: StoredFileId) -> Result<bool> {
        match &self.place {
            Place::Folder(folder) => {
                let (path, incoming) = (folder::path(folder, id), self.incoming.clone());
                on_disk(move || match path.try_exists()? {
                    false if !incoming.try_exists()? => Err(ErrorKind::NotFound.into()),
                    is_there => Ok(is_there),
                })
                .await
            }
            Place::Bucket(bucket) => bucket.has(id).await,
        }
    }

    /// Removes a file; a missing file counts as removed.
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

    /// Removes incomplete files left behind by a process that ended.
    pub async fn sweep_incoming(&self) -> Result<()> {
        let incoming = self.incoming.clone();
        on_disk(move || spool::sweep(&incoming)).await
    }
}
