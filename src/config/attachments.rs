//! Settings of the files on cases.

use std::path::PathBuf;

use crate::config::error::ConfigError;
use crate::config::values::up_to;
use crate::domain::cases::attachment::AttachmentLimits;

/// More than any storage of such a deployment has: a larger number is a typing error.
const MOST_GIB: u32 = 1024 * 1024;

/// The place of files, and their limits.
#[derive(Clone)]
pub struct AttachmentSettings {
    /// A folder or a bucket; none: the default folder.
    pub place: Option<AttachmentPlace>,
    /// The folder where files wait until they are whole, for a bucket; none: the default folder.
    pub incoming: Option<PathBuf>,
    /// The limits of stored files.
    pub limits: AttachmentLimits,
}

/// A folder or a bucket.
#[derive(Clone)]
pub enum AttachmentPlace {
    /// A folder.
    Folder(PathBuf),
    /// A bucket of S3-compatible storage.
    Bucket(BucketSettings),
}

/// A bucket and how to reach it. Holds a secret: never printed.
#[derive(Clone)]
pub struct BucketSettings {
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
    /// Where the key is.
    pub key: BucketKey,
}

/// The place of a bucket's key.
#[derive(Clone)]
pub enum BucketKey {
    /// In a file: its id in the first line, the secret in the second.
    File(PathBuf),
    /// The id and the secret.
    Pair(String, String),
}

impl AttachmentSettings {
    /// Reads the settings through a look-up.
    pub(super) fn read(text: &impl Fn(&str) -> String) -> Result<Self, ConfigError> {
        let path = |name: &str| Some(text(name)).filter(|path| !path.is_empty()).map(PathBuf::from);
        let number = |name: &str, most| up_to(name, &text(name), 0, most);
        let limits = AttachmentLimits {
            per_case: number("HOMEWARD_ATTACHMENTS_PER_CASE", 1000)?,
            organisation_gib: number("HOMEWARD_ATTACHMENTS_ORGANISATION_GIB", MOST_GIB)?,
            total_gib: number("HOMEWARD_ATTACHMENTS_GIB", MOST_GIB)?,
        };
        let place = match text("HOMEWARD_ATTACHMENTS") {
            place if place.is_empty() => None,
            place => Some(match place.strip_prefix("s3://") {
                Some(bucket) => AttachmentPlace::Bucket(bucket_settings(bucket, text)?),
                None if place.contains("://") => {
                    return Err(ConfigError::new("HOMEWARD_ATTACHMENTS", "must be a folder or s3://BUCKET/PREFIX"));
                }
                None => AttachmentPlace::Folder(PathBuf::from(place)),
            }),
        };
        Ok(Self { place, incoming: path("HOMEWARD_ATTACHMENTS_INCOMING"), limits })
    }
}

fn bucket_settings(address: &str, text: &impl Fn(&str) -> String) -> Result<BucketSettings, ConfigError> {
    let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
    let is_name = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || b".-".contains(&letter);
    if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(is_name) {
        let accepted = "the BUCKET of s3://BUCKET/PREFIX must have 3 to 63 characters, of a to z, 0 to 9, dot and hyphen";
        return Err(ConfigError::new("HOMEWARD_ATTACHMENTS", accepted));
    }
    let endpoint = text("HOMEWARD_ATTACHMENTS_ENDPOINT").trim_end_matches('/').to_owned();
    let is_local = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|local| endpoint.strip_prefix(local).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')));
    if !endpoint.starts_with("https://") && !is_local {
        return Err(ConfigError::new(
            "HOMEWARD_ATTACHMENTS_ENDPOINT",
            "must be the https:// address of the storage; http:// is for storage on this host",
        ));
    }
    let file = text("HOMEWARD_ATTACHMENTS_KEY_FILE");
    let (id, secret) = (text("AWS_ACCESS_KEY_ID"), text("AWS_SECRET_ACCESS_KEY"));
    let key = match (file.is_empty(), id.is_empty() || secret.is_empty()) {
        (false, _) => BucketKey::File(PathBuf::from(file)),
        (true, false) => BucketKey::Pair(id, secret),
        (true, true) => {
            let accepted = "must name the file with the key of the storage, unless AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set";
            return Err(ConfigError::new("HOMEWARD_ATTACHMENTS_KEY_FILE", accepted));
        }
    };
    Ok(BucketSettings {
        bucket: bucket.to_owned(),
        prefix: prefix.trim_matches('/').to_owned(),
        endpoint,
        region: text("HOMEWARD_ATTACHMENTS_REGION"),
        ca: PathBuf::from(text("HOMEWARD_ATTACHMENTS_CA")),
        key,
    })
}
