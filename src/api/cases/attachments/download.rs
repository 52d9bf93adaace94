//! The content goes out: opened piece by piece, to be saved and never to be shown. A part of it can be asked for, so that a download that
//! broke off goes on where it was.

use actix_web::body::SizedStream;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, get};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};

use crate::api::cases::attachments::etag;
use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::Path;
use crate::api::http::middleware::IsHead;
use crate::api::http::path_params::AttachmentPath;
use crate::api::http::{entity_tags, problem};
use crate::crypto::{CHUNK, Opener, SEALED_CHUNK};
use crate::db::cases::attachment_content::{self, StoredFile};
use crate::error::{Error, ErrorCode, Result};
use crate::files::Files;
use crate::files::pieces::Pieces;

/// What a browser may do with a file that it was made to open all the same: nothing.
const POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// Get the content of a file.
///
/// To be saved, never to be shown: always `application/octet-stream` with `Content-Disposition: attachment`; the media type stands in the
/// attachment. `Repr-Digest` has its SHA-256 (RFC 9530). `Range` with one range of bytes is answered with 206, so that a download can go on
/// where it broke off; with `If-Range`, only if the file is still the same. 404 where the content has not arrived.
#[utoipa::path(
    tag = "attachments",
    params(AttachmentPath),
    responses((status = 200, content_type = "application/octet-stream", body = String, description = "The file"))
)]
#[get("/v1/cases/{id}/attachments/{attachment_id}/content")]
pub async fn get_attachment_content(
    http: HttpRequest,
    allowed: Allowed<may::CaseRead>,
    path: Path<AttachmentPath>,
) -> Result<HttpResponse> {
    let AttachmentPath { id: case, attachment_id: id } = path.0;
    let kept = allowed.read(move |tx| attachment_content::kept(tx, case, id)).await?;
    let (etag, size) = (etag(&kept.attachment), kept.content.size);
    if entity_tags::is_known(http.headers(), &etag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    let range = match asked_range(http.headers(), &etag, size) {
        Asked::Whole => None,
        Asked::Part(from, length) => Some((from, length)),
        Asked::Nothing => {
            let mut none = problem::pending(ErrorCode::RangeNotSatisfiable.into());
            let length = HeaderValue::from_str(&format!("bytes */{size}")).map_err(Error::internal)?;
            none.headers_mut().insert(header::CONTENT_RANGE, length);
            return Ok(none);
        }
    };
    let (from, length) = range.unwrap_or((0, size));
    let mut builder = headers(&kept, etag, range);
    let is_head = http.extensions().get::<IsHead>().is_some();
    if is_head || length == 0 {
        return Ok(builder.body(SizedStream::new(length, stream::empty::<Result<Bytes>>())));
    }
    let bytes = open(&allowed.files(), &kept, from, length).await?;
    Ok(builder.body(SizedStream::new(length, bytes.boxed_local())))
}

fn headers(kept: &StoredFile, etag: String, range: Option<(u64, u64)>) -> HttpResponseBuilder {
    let mut builder = match range {
        Some((from, length)) => {
            let mut builder = HttpResponse::PartialContent();
            let last = from.saturating_add(length).saturating_sub(1);
            builder.insert_header((header::CONTENT_RANGE, format!("bytes {from}-{last}/{}", kept.content.size)));
            builder
        }
        None => HttpResponse::Ok(),
    };
    builder.content_type("application/octet-stream");
    builder.insert_header((header::CONTENT_DISPOSITION, disposition(&kept.attachment.details.file_name)));
    builder.insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    builder.insert_header((header::ETAG, etag));
    builder.insert_header((header::ACCEPT_RANGES, "bytes"));
    builder.insert_header(("Repr-Digest", format!("sha-256=:{}:", BASE64_STANDARD.encode(&kept.content.sha256))));
    builder
}

/// Names the file twice: for readers of RFC 6266, in any script, and for the others in plain letters.
fn disposition(name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || " ._-()".contains(letter);
    let plain: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => encoded.push(byte.into()),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// What part of a file is asked for.
#[derive(Debug, PartialEq)]
enum Asked {
    Whole,
    /// From where, and how many bytes.
    Part(u64, u64),
    /// One that there is not.
    Nothing,
}

/// The one range of bytes that is asked for. Several at once, or what is no range, is answered with the whole (RFC 9110 §14.2).
fn asked_range(headers: &HeaderMap, etag: &str, size: u64) -> Asked {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(range) = text(header::RANGE).and_then(|range| range.strip_prefix("bytes=")) else { return Asked::Whole };
    if text(header::IF_RANGE).is_some_and(|known| known != etag) {
        return Asked::Whole;
    }
    let Some((first, last)) = range.split_once('-') else { return Asked::Whole };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let (from, to) = match (number(first), number(last)) {
        (Some(from), None) if last.trim().is_empty() => (from, size),
        (Some(from), Some(last)) if from <= last => (from, last.saturating_add(1).min(size)),
        (None, Some(length)) if first.trim().is_empty() => (if length == 0 { size } else { size.saturating_sub(length) }, size),
        _ => return Asked::Whole,
    };
    if from < size { Asked::Part(from, to - from) } else { Asked::Nothing }
}

/// A file that is being read.
struct Reading {
    pieces: Pieces,
    opener: Opener,
    /// Sealed bytes that have come and are not opened.
    held: Vec<u8>,
    /// The number of the next chunk.
    number: u32,
    /// Bytes of the next chunk that were not asked for.
    skipped: usize,
    /// Bytes that are still to be given.
    remaining: u64,
}

async fn open(files: &Files, kept: &StoredFile, from: u64, length: u64) -> Result<impl Stream<Item = Result<Bytes>> + use<>> {
    let (chunk, sealed) = (u64::try_from(CHUNK).map_err(Error::internal)?, u64::try_from(SEALED_CHUNK).map_err(Error::internal)?);
    let (first, end) = (from / chunk, (from + length).div_ceil(chunk));
    let reading = Reading {
        pieces: files.read(kept.file, first * sealed, (end - first) * sealed).await?,
        opener: Opener::new(&kept.key, &kept.place, kept.content.size)?,
        held: Vec::with_capacity(2 * SEALED_CHUNK),
        number: u32::try_from(first).map_err(Error::internal)?,
        skipped: usize::try_from(from % chunk).map_err(Error::internal)?,
        remaining: length,
    };
    Ok(stream::try_unfold(reading, |mut reading| async move {
        let piece = reading.next().await?;
        Ok(piece.map(|piece| (piece, reading)))
    }))
}

impl Reading {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.remaining == 0 {
            return Ok(None);
        }
        while self.held.len() < SEALED_CHUNK {
            let piece =
                self.pieces.next().await.ok_or_else(|| Error::new(ErrorCode::Integrity).with_internal("a file ends too early"))??;
            self.held.extend_from_slice(&piece);
        }
        let rest = self.held.split_off(SEALED_CHUNK);
        let mut opened = self.opener.open(self.number, std::mem::replace(&mut self.held, rest))?;
        self.number += 1;
        opened.drain(..self.skipped.min(opened.len()));
        self.skipped = 0;
        opened.truncate(usize::try_from(self.remaining).unwrap_or(usize::MAX));
        self.remaining -= u64::try_from(opened.len()).map_err(Error::internal)?;
        Ok(Some(Bytes::from(opened)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_a_part_and_anything_else_is_the_whole() {
        let asked = |range: &str, known: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().unwrap());
            known.into_iter().for_each(|known| headers.insert(header::IF_RANGE, known.parse().unwrap()).for_each(drop));
            asked_range(&headers, "\"2-1\"", 1000)
        };
        for (range, expected) in [
            ("bytes=0-99", Asked::Part(0, 100)),
            ("bytes=100-", Asked::Part(100, 900)),
            ("bytes=990-5000", Asked::Part(990, 10)),
            ("bytes=-10", Asked::Part(990, 10)),
            ("bytes=-5000", Asked::Part(0, 1000)),
            ("bytes=1000-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=5-2", Asked::Whole),
            ("bytes=0-1,5-6", Asked::Whole),
            ("pages=1-2", Asked::Whole),
            ("bytes=x-y", Asked::Whole),
            ("bytes=18446744073709551615-", Asked::Nothing),
        ] {
            assert_eq!(asked(range, None), expected, "{range}");
        }
        assert_eq!(asked("bytes=0-99", Some("\"2-1\"")), Asked::Part(0, 100));
        assert_eq!(asked("bytes=0-99", Some("\"1-1\"")), Asked::Whole);
    }

    #[test]
    fn a_name_in_any_script_fits_in_a_header() {
        let name = disposition("護照 \"x\".jpg");
        assert_eq!(name, "attachment; filename=\"__ _x_.jpg\"; filename*=UTF-8''%E8%AD%B7%E7%85%A7%20%22x%22.jpg");
    }
}
