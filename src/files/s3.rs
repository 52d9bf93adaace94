//! S3-compatible storage. Stored files are sealed: the storage learns random names, and lengths to 64 KiB.

use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as ObjectPath;
use object_store::{GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use std::fmt;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::domain::ids::StoredFileId;
use crate::error::{Error, ErrorCode, Result};
use crate::files::pieces::Pieces;
use crate::files::s3_http::Connector;
use crate::files::spool::{Spool, on_disk};

/// Bytes of one part: the least that the protocol allows of all but the last one.
const PART: usize = 5 * 1024 * 1024;
/// Parts being sent at once, over all files: this bounds the memory, however many files are received.
const PARTS_AT_ONCE: usize = 3;
/// Time without data from the storage after which a stream is ended.
const SILENCE: Duration = Duration::from_secs(30);

/// A bucket and how to reach it.
#[derive(Clone)]
pub struct S3Settings {
    /// Its name.
    pub bucket: String,
    /// The prefix of every name in it; may be empty.
    pub prefix: String,
    /// The address of the storage.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// The authority that signed its certificate (PEM).
    pub ca: PathBuf,
    /// The id of the key.
    pub key_id: String,
    /// The key.
    pub key: Zeroizing<String>,
}

impl fmt::Debug for S3Settings {
    /// Shows the bucket alone: the rest holds a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.bucket)
    }
}

/// A bucket.
pub struct Bucket {
    store: AmazonS3,
    prefix: String,
    parts: Arc<Semaphore>,
}

fn failed(error: object_store::Error) -> Error {
    // The error's text names addresses and keys; only its kind is reported.
    let kind = match error {
        object_store::Error::NotFound { .. } => "not found",
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => "the key was refused",
        _ => "the storage could not be reached, or failed",
    };
    Error::new(ErrorCode::StorageUnavailable).retry_after(60).with_internal(kind)
}

impl Bucket {
    /// The bucket of these settings.
    pub fn new(settings: &S3Settings) -> Result<Self> {
        let is_plain = settings.endpoint.starts_with("http://");
        let connector = if is_plain { Connector::plain() } else { Connector::new(&settings.ca)? };
        let retry = RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(60), ..RetryConfig::default() };
        let store = AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_endpoint(&settings.endpoint)
            .with_region(&settings.region)
            .with_allow_http(is_plain)
            .with_access_key_id(&settings.key_id)
            .with_secret_access_key(settings.key.as_str())
            .with_retry(retry)
            .with_http_connector(connector)
            .build()
            .map_err(failed)?;
        Ok(Self { store, prefix: settings.prefix.clone(), parts: Arc::new(Semaphore::new(PARTS_AT_ONCE)) })
    }

    fn path(&self, id: StoredFileId) -> ObjectPath {
        ObjectPath::from(format!("{}/{}", self.prefix, id.0.simple()))
    }

    /// Sends a file. The storage shows it when its last part has arrived.
    pub async fn put(&self, spool: &Spool, id: StoredFileId) -> Result<()> {
        let path = spool.path().to_path_buf();
        let mut file = on_disk(move || std::fs::File::open(path)).await?;
        let mut upload = self.store.put_multipart(&self.path(id)).await.map_err(failed)?;
        loop {
            let permit = self.parts.acquire().await.map_err(|_| Error::internal("no parts are sent any more"))?;
            let (rest, part) = on_disk(move || {
                let mut part = Vec::with_capacity(PART);
                let limit = u64::try_from(PART).unwrap_or(u64::MAX);
                (&mut file).take(limit).read_to_end(&mut part)?;
                Ok((file, part))
            })
            .await?;
            file = rest;
            if part.is_empty() {
                break;
            }
            if let Err(error) = upload.put_part(PutPayload::from(part)).await {
                let _given_up = upload.abort().await;
                return Err(failed(error));
            }
            drop(permit);
        }
        match upload.complete().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let _given_up = upload.abort().await;
                Err(failed(error))
            }
        }
    }

    /// Reads `length` bytes from the position `from`.
    pub async fn get(&self, id: StoredFileId, from: u64, length: u64) -> Result<Pieces> {
        let options = GetOptions { range: Some(GetRange::Bounded(from..from.saturating_add(length))), ..GetOptions::default() };
        let found = self.store.get_opts(&self.path(id), options).await.map_err(failed)?;
        Ok(unless_silent(found.into_stream().map_err(failed).boxed()))
    }

    /// Whether a file is there.
    pub async fn has(&self, id: StoredFileId) -> Result<bool> {
        match self.store.head(&self.path(id)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            found => found.map(|_| true).map_err(failed),
        }
    }

    /// Removes a file; a missing file counts as removed.
    pub async fn remove(&self, id: StoredFileId) -> Result<()> {
        match self.store.delete(&self.path(id)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            removed => removed.map_err(failed),
        }
    }
}

/// Ends a stream that sends no data for too long.
fn unless_silent(pieces: Pieces) -> Pieces {
    let next = |mut pieces: Pieces| async move {
        match tokio::time::timeout(SILENCE, pieces.next()).await {
            Ok(Some(piece)) => Ok(Some((piece?, pieces))),
            Ok(None) => Ok(None),
            Err(_) => Err(Error::new(ErrorCode::StorageUnavailable).with_internal("the storage fell silent")),
        }
    };
    futures_util::stream::try_unfold(pieces, next).boxed()
}
