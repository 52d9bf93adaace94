//! The `Idempotency-Key` header of creating requests.

use actix_web::HttpRequest;

use crate::crypto::sha256;
use crate::error::{Error, ErrorCode, Result};

/// An `Idempotency-Key` with the hash of the request that it was used for.
pub struct IdempotencyKey(pub Option<(String, Vec<u8>)>);

impl IdempotencyKey {
    pub(in crate::api) fn of(request: &HttpRequest, bytes: &[u8]) -> Result<Self> {
        let Some(value) = request.headers().get("Idempotency-Key") else { return Ok(Self(None)) };
        let key = value.to_str().ok().filter(|key| is_key(key));
        let key = key.ok_or_else(|| {
            Error::new(ErrorCode::InvalidHeader).at(
                "Idempotency-Key",
                "invalid_header",
                "must be 1 to 128 visible ASCII characters, such as a UUID",
            )
        })?;
        Ok(Self(Some((key.to_owned(), bound(request.path(), bytes)))))
    }
}

/// Whether a text can be a key.
pub(in crate::api) fn is_key(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The hash of a request, to which its key is bound.
pub(in crate::api) fn bound(path: &str, bytes: &[u8]) -> Vec<u8> {
    sha256(&[path.as_bytes(), b"\n", bytes].concat())
}
