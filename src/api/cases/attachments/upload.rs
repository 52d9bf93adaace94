//! The content comes in: looked at, cleaned, hashed and sealed while it comes, at the pace of a slow line, in little memory.

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse, put, web};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::sync::Arc;

use crate::api::cases::attachments::{Attachment, etag};
use crate::api::http::access::{Allowed, Caller, may};
use crate::api::http::arriving::{Pace, announced_length, next};
use crate::api::http::extract::{IfMatch, Path};
use crate::api::http::path_params::AttachmentPath;
use crate::api::http::respond;
use crate::crypto::{SEALED_CHUNK, Sealer, Sha256};
use crate::db::cases::attachment_content::{self, PendingUpload, ReceivedUpload};
use crate::db::cases::attachments::Content;
use crate::domain::cases::attachment::{AttachmentFormat, MAX_BYTES};
use crate::error::{Error, ErrorCode, Result};
use crate::files::Files;
use crate::files::clean::Cleaner;
use crate::files::spool::Spool;

/// Send the content of a file.
///
/// The second of two steps, with the ETag of the announcement in `If-Match`. The body is the file itself, at most 20 MiB, not compressed:
/// PDF, JPEG, PNG, WebP, HEIC, MP4, QuickTime, 3GP, M4A, Ogg or AMR, as announced. JPEG, PNG and WebP lose everything beside the
/// picture, the place where it was taken above all; how a JPEG is turned is kept. AMR has nothing beside the sound. Of the others nothing
/// is taken out (`cleaned` is false); all but PDF are therefore shown to the owner of the case and to the sender alone. It may take up to an hour, as long as something arrives; a content that breaks off leaves
/// nothing, and is sent again. Sent twice with the same ETag, the same content is stored once. `Content-Digest` with `sha-256`
/// (RFC 9530) is checked where it is sent. Only with a grant that opens the compartment. Makes a new version of the case,
/// recorded in its history. Its beginning leaves an entry in the audit trail too.
#[utoipa::path(
    tag = "attachments",
    params(
        AttachmentPath,
        IfMatch,
        (
            "Content-Digest" = Option<String>,
            Header,
            description = "SHA-256 of the body, as `sha-256=:BASE64:` (RFC 9530)",
            max_length = 500
        )
    ),
    request_body(content = String, content_type = "application/octet-stream", description = "The file"),
    responses((status = 200, body = Attachment, description = "Stored"))
)]
#[put("/v1/cases/{id}/attachments/{attachment_id}/content")]
pub async fn put_attachment_content(
    http: HttpRequest,
    allowed: Allowed<may::TakesSpace<may::Lengthy<may::CaseUpdate>>>,
    path: Path<AttachmentPath>,
    if_match: IfMatch,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let AttachmentPath { id: case, attachment_id: id } = path.0;
    let announced = announced_length(http.headers(), |said| AttachmentFormat::of_media_type(said).is_some(), MAX_BYTES)?;
    let digest = digest(http.headers())?;
    let files = allowed.files();
    let Caller { user, client, organisation } = allowed.caller();
    let _place = files.admit(user.or(client).unwrap_or_default(), organisation.unwrap_or_default())?;
    let if_match = Arc::new(if_match);
    let begun = if_match.clone();
    let arriving = allowed.write(move |tx| attachment_content::begin(tx, case, id, begun.expected(), announced)).await?;
    let (spool, content, stored) = receive(&files, &arriving, payload).await?;
    if digest.is_some_and(|digest| digest != content.received_sha256) {
        return Err(Error::new(ErrorCode::FileRefused).at("Content-Digest", "digest_mismatch", "does not match the bytes that arrived"));
    }
    allowed.still_stands(&http).await?;
    let file = arriving.file;
    files.publish(spool, file).await?;
    let arrived = ReceivedUpload { file, key: arriving.key, content, stored };
    let finished = allowed.write(move |tx| attachment_content::finish(tx, case, id, if_match.expected(), &arrived)).await;
    // What no row names is removed; where that is not known, the clock finds out.
    let is_named = match &finished {
        Ok((_, is_repeated)) => !is_repeated,
        Err(error) => error.code == ErrorCode::OutcomeUnknown,
    };
    if !is_named && files.remove(file).await.is_err() {
        tracing::debug!("a file that nothing names is left to the clock");
    }
    let (attachment, _) = finished?;
    Ok(respond::changed(etag(&attachment), &Attachment::from(attachment)))
}

/// The SHA-256 that the caller says the body has (RFC 9530). Other algorithms are not ours to check.
fn digest(headers: &HeaderMap) -> Result<Option<Vec<u8>>> {
    let invalid = || {
        let message = "must be sha-256=:BASE64: (RFC 9530)";
        Error::new(ErrorCode::InvalidHeader).at("Content-Digest", "invalid_header", message)
    };
    for value in headers.get_all("content-digest").chain(headers.get_all("repr-digest")) {
        for member in value.to_str().map_err(|_| invalid())?.split(',') {
            let Some((name, value)) = member.split_once('=') else { continue };
            if !name.trim().eq_ignore_ascii_case("sha-256") {
                continue;
            }
            let encoded = value.trim().strip_prefix(':').and_then(|value| value.strip_suffix(':')).ok_or_else(invalid)?;
            let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| invalid())?;
            return if bytes.len() == 32 { Ok(Some(bytes)) } else { Err(invalid()) };
        }
    }
    Ok(None)
}

/// Takes a content in: gives back where it waits, what is known of it, and what it takes of the storage.
async fn receive(files: &Files, arriving: &PendingUpload, mut payload: web::Payload) -> Result<(Spool, Content, u64)> {
    let mut spool = files.spool().await?;
    let mut sealer = Sealer::new(&arriving.key, &arriving.place)?;
    let mut cleaner = Cleaner::new(arriving.attachment.details.format);
    let (mut received, mut kept) = (Sha256::default(), Sha256::default());
    let (mut arrived, mut size, mut stored) = (0_u64, 0_u64, 0_u64);
    let (mut clean, mut sealed) = (Vec::new(), Vec::with_capacity(2 * SEALED_CHUNK));
    let mut pace = Pace::begin();
    while let Some(bytes) = next(&mut payload).await? {
        let came = u64::try_from(bytes.len()).map_err(Error::internal)?;
        pace.came(came)?;
        arrived += came;
        if arrived > MAX_BYTES {
            return Err(ErrorCode::FileTooLarge.into());
        }
        received.update(&bytes);
        cleaner.push(&bytes, &mut clean)?;
        kept.update(&clean);
        size += u64::try_from(clean.len()).map_err(Error::internal)?;
        sealer.push(&clean, &mut sealed)?;
        clean.clear();
        if sealed.len() >= SEALED_CHUNK {
            stored += u64::try_from(sealed.len()).map_err(Error::internal)?;
            sealed = spool.write(sealed).await?;
        }
    }
    cleaner.finish()?;
    sealer.finish(&mut sealed)?;
    stored += u64::try_from(sealed.len()).map_err(Error::internal)?;
    spool.write(sealed).await?;
    Ok((spool, Content { size, sha256: kept.finish(), received_sha256: received.finish() }, stored))
}
