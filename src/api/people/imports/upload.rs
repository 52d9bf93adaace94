//! The file of a list comes in: sealed while it comes, at the pace of a slow line, in little memory. It is read afterwards, beside the
//! requests: a hostile file holds nobody else up.

use actix_web::{HttpRequest, HttpResponse, put, web};
use std::sync::Arc;

use crate::api::http::access::{Allowed, Caller, may};
use crate::api::http::arriving::{Pace, announced_length, next};
use crate::api::http::extract::{IfMatch, Path};
use crate::api::http::path_params::ImportPath;
use crate::api::people::imports::shown::{Import, accepted};
use crate::crypto::{SEALED_CHUNK, Sealer};
use crate::db::people::imports::upload::{self, PendingFile};
use crate::domain::ids::ImportId;
use crate::domain::imports::grid::LARGEST;
use crate::error::{Error, ErrorCode, Result};
use crate::files::Files;
use crate::files::spool::Spool;

/// What clients call such files. What one is, its bytes say.
const KINDS: &[&str] = &[
    "text/csv",
    "text/plain",
    "application/json",
    "application/x-ndjson",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

/// Send the file of a list.
///
/// The body is the file itself, at most 20 MiB, not compressed: CSV with any separator and in the usual encodings, XLSX, NDJSON, the
/// HTCDS 2.0 templates, or submissions of Kobo. It is read beside the request: read the list until it is `read`, or `refused` with the
/// code of the reason, and send another file then.
#[utoipa::path(
    tag = "imports",
    params(ImportPath, IfMatch),
    request_body(content = String, content_type = "application/octet-stream", description = "The file"),
    responses((status = 202, body = Import, description = "Arrived"))
)]
#[put("/v1/imports/{id}/content")]
pub async fn put_import_content(
    http: HttpRequest,
    allowed: Allowed<may::TakesSpace<may::Lengthy<may::ByPerson<may::CaseRegister>>>>,
    id: Path<ImportId>,
    if_match: IfMatch,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let most = u64::try_from(LARGEST).map_err(Error::internal)?;
    // Media types are the same in capitals (RFC 9110 §8.3.1).
    let is_known = |said: &str| {
        let essence = said.split(';').next().unwrap_or_default().trim();
        KINDS.iter().any(|kind| kind.eq_ignore_ascii_case(essence))
    };
    announced_length(http.headers(), is_known, most)?;
    let files = allowed.files();
    let Caller { user, client, organisation } = allowed.caller();
    let _place = files.admit(user.or(client).unwrap_or_default(), organisation.unwrap_or_default())?;
    let if_match = Arc::new(if_match);
    let begun = if_match.clone();
    let arriving = Arc::new(allowed.write(move |tx| upload::begin(tx, id.0, begun.expected())).await?);
    let (spool, size) = receive(&files, &arriving, payload, most).await?;
    allowed.still_stands(&http).await?;
    files.publish(spool, arriving.file).await?;
    let arrived = arriving.clone();
    let finished = allowed.write(move |tx| upload::finish(tx, id.0, if_match.expected(), &arrived, size)).await;
    // What no list names is removed; where that is not known, the clock finds out.
    let is_unnamed = finished.as_ref().err().is_some_and(|error| error.code != ErrorCode::OutcomeUnknown);
    if is_unnamed && files.remove(arriving.file).await.is_err() {
        tracing::debug!("a file that nothing names is left to the clock");
    }
    Ok(accepted(finished?))
}

/// Takes a file in: gives back where it waits, and how long it is.
async fn receive(files: &Files, arriving: &PendingFile, mut payload: web::Payload, most: u64) -> Result<(Spool, u64)> {
    let mut spool = files.spool().await?;
    let mut sealer = Sealer::new(&arriving.key, &arriving.place)?;
    let (mut size, mut sealed, mut pace) = (0_u64, Vec::with_capacity(2 * SEALED_CHUNK), Pace::begin());
    while let Some(bytes) = next(&mut payload).await? {
        let came = u64::try_from(bytes.len()).map_err(Error::internal)?;
        pace.came(came)?;
        size += came;
        if size > most {
            return Err(ErrorCode::FileTooLarge.into());
        }
        sealer.push(&bytes, &mut sealed)?;
        if sealed.len() >= SEALED_CHUNK {
            sealed = spool.write(sealed).await?;
        }
    }
    sealer.finish(&mut sealed)?;
    spool.write(sealed).await?;
    Ok((spool, size))
}
