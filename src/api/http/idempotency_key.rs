//! The `Idempotency-Key` header of creating requests.

use actix_web::HttpRequest;

use crate::crypto::sha256;
use crate::error::{Error, ErrorCode, Result};

/// An `Idempotency-Key` with the hash of the request that it was used for.
pub struct IdempotencyKey(pub Option<(String, Vec<u8>)>);

impl IdempotencyKey {
    pub(in crate::api) fn of(request: &HttpRequest, bytes: &[u8]) -> Result<Self> {
        let Some(value) = request.headers().get("Idempotency-Key") else { return Ok(Self(None)) };
        let key = value.to_str().ok().filter(|key| (1..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
        let key = key.ok_or_else(|| {
            Error::new(ErrorCode::InvalidHeader).at(
                "Idempotency-Key",
                "invalid_header",
                "must be 1 to 128 visible ASCII characters, such as a UUID",
            )
        })?;
        let bound = sha256(&[request.path().as_bytes(), b"\n", bytes].concat());
        Ok(Self(Some((key.to_owned(), bound))))
    }
}
