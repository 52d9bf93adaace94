//! The file of a list: opened, and read into cells on a thread of its own.

use futures_util::StreamExt;
use zeroize::Zeroizing;

use crate::command::imports::Ended;
use crate::crypto::{Opener, SEALED_CHUNK};
use crate::db::people::imports::record::Stated as Said;
use crate::db::people::imports::work::Job;
use crate::domain::imports::grid::Row;
use crate::domain::imports::row::Reader;
use crate::domain::imports::state::StopReason;
use crate::domain::imports::table::Table;
use crate::error::Error;
use crate::files::Files;
use crate::tables::{self, Delimiter, Stated};

/// The list in the file of a job.
pub(super) async fn table(files: &Files, job: &Job) -> Result<Table, Ended> {
    let bytes = bytes(files, job).await?;
    let stated = stated(job.about.stated);
    let read = tokio::task::spawn_blocking(move || {
        let grid = tables::read(&bytes, stated).map_err(|refused| Ended::Because(refused.as_str().to_owned()))?;
        drop(bytes);
        Table::of(grid).map_err(|reason| Ended::Because(reason.as_str().to_owned()))
    });
    // Where the reader itself falls over a file, its list ends, and the others go on.
    read.await.map_err(|_| StopReason::Failed)?
}

/// How the rows of a list are read, by its mapping, and the rows.
pub(super) async fn with_reader(files: &Files, job: &Job) -> Result<(Reader, Vec<Row>), Ended> {
    let mapping = job.about.mapping.clone().ok_or(StopReason::OtherFile)?;
    let table = table(files, job).await?;
    if !mapping.violations(&table).is_empty() {
        return Err(StopReason::OtherFile.into());
    }
    let reader = Reader::new(&table, &mapping);
    Ok((reader, table.rows))
}

fn stated(said: Said) -> Stated {
    Stated {
        charset: said.charset,
        delimiter: said.separator.and_then(|separator| Delimiter::parse(separator.as_str())),
        sheet: said.sheet.and_then(|sheet| usize::try_from(sheet).ok()),
    }
}

async fn bytes(files: &Files, job: &Job) -> Result<Zeroizing<Vec<u8>>, Ended> {
    let (file, key, place) = job.file.as_ref().ok_or(StopReason::FileGone)?;
    let opener = Opener::new(key, place, job.about.size)?;
    let size = usize::try_from(job.about.size).map_err(Error::internal)?;
    let chunks = u64::from(opener.chunks());
    let sealed_chunk = u64::try_from(SEALED_CHUNK).map_err(Error::internal)?;
    let mut pieces = match files.read(*file, 0, chunks * sealed_chunk).await {
        // A storage that is away comes back; a file that is gone does not.
        Err(_) if !files.has(*file).await? => return Err(StopReason::FileGone.into()),
        pieces => pieces?,
    };
    let (mut bytes, mut held, mut number) = (Zeroizing::new(Vec::with_capacity(size + SEALED_CHUNK)), Vec::new(), 0_u32);
    while let Some(piece) = pieces.next().await {
        held.extend_from_slice(&piece?);
        while held.len() >= SEALED_CHUNK {
            let rest = held.split_off(SEALED_CHUNK);
            bytes.extend_from_slice(&Zeroizing::new(opener.open(number, std::mem::replace(&mut held, rest))?));
            number += 1;
        }
    }
    if u64::from(number) != chunks {
        return Err(StopReason::FileGone.into());
    }
    bytes.truncate(size);
    Ok(bytes)
}
