//! Stored files in a folder.

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::crypto::SEALED_CHUNK;
use crate::domain::ids::StoredFileId;
use crate::error::Result;
use crate::files::pieces::Pieces;
use crate::files::spool::on_disk;

/// The path of a file. Files lie in folders by the first letters of the name: one folder with a million files would be slow.
pub(in crate::files) fn path(folder: &Path, id: StoredFileId) -> PathBuf {
    let name = id.0.simple().to_string();
    folder.join(name.get(..2).unwrap_or_default()).join(&name)
}

pub(in crate::files) async fn read_folder(path: PathBuf, from: u64, length: u64) -> Result<Pieces> {
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
