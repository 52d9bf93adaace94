//! Files that come in as a plain body: at the pace of a slow line, as long as they move.

use actix_web::http::header::{self, HeaderMap};
use actix_web::web;
use bytes::Bytes;
use futures_util::StreamExt;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorCode, Result};

/// A content comes as long as it moves: this long nothing may come at all, …
const SILENCE: Duration = Duration::from_secs(15);
/// … in so much time …
const WINDOW: Duration = Duration::from_secs(30);
/// … at least so many bytes must come, a kilobyte a second, …
const LEAST: u64 = 32 * 1024;
/// … and it may take this long in all: 20 MiB in it are 6 KiB a second.
const LONGEST: Duration = Duration::from_secs(3600);

/// Bytes that are said to come; 0 where nothing is said. Refuses what is of another kind than bytes, or than what `is_known` knows.
pub fn announced_length(headers: &HeaderMap, is_known: impl Fn(&str) -> bool, most: u64) -> Result<u64> {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let said = text(header::CONTENT_TYPE);
    let essence = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // What a client says beyond "bytes" is taken as no more than that: the bytes themselves are looked at. Whoever says nothing
    // sends bytes (RFC 9110 §8.3), as some generated clients do.
    if !matches!(essence.as_str(), "" | "application/octet-stream") && !is_known(said) {
        return Err(Error::new(ErrorCode::UnsupportedMediaType).detail("Send the file itself, as application/octet-stream."));
    }
    match text(header::CONTENT_LENGTH).parse().unwrap_or(0) {
        length if length > most => Err(ErrorCode::FileTooLarge.into()),
        length => Ok(length),
    }
}

/// Whether a content still moves.
pub struct Pace {
    begun: Instant,
    window: Instant,
    in_window: u64,
}

impl Pace {
    /// Begins to watch.
    pub fn begin() -> Self {
        Self { begun: Instant::now(), window: Instant::now(), in_window: 0 }
    }

    /// So many bytes came.
    pub fn came(&mut self, bytes: u64) -> Result<()> {
        self.in_window += bytes;
        let is_slow = self.window.elapsed() > WINDOW && self.in_window < LEAST;
        if is_slow || self.begun.elapsed() > LONGEST {
            return Err(ErrorCode::RequestTimeout.into());
        }
        if self.window.elapsed() > WINDOW {
            (self.window, self.in_window) = (Instant::now(), 0);
        }
        Ok(())
    }
}

/// The next piece of a content; none at its end.
pub async fn next(payload: &mut web::Payload) -> Result<Option<Bytes>> {
    let came = tokio::time::timeout(SILENCE, payload.next()).await.map_err(|_| Error::new(ErrorCode::RequestTimeout))?;
    came.transpose().map_err(|_| Error::new(ErrorCode::InvalidBody).at("", "incomplete", "the body did not arrive completely"))
}
