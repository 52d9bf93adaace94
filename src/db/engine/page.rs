//! Keyset pages: `limit + 1` rows, and a sealed cursor that is valid for one caller and one list.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::crypto::{Purpose, sha256};
use crate::db::engine::tx::Tx;
use crate::domain::dates::Timestamp;
use crate::error::{Error, ErrorCode, Result};

/// Turns "no row" into "not found", and keeps every other error.
pub(in crate::db) fn found<T>(row: Option<T>) -> Result<T> {
    row.ok_or_else(Error::not_found)
}

/// Rows of a page when the caller does not say.
pub const DEFAULT_LIMIT: i64 = 50;
/// The most rows of a page.
pub const MAX_LIMIT: i64 = 200;

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The page with every item converted.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(convert).collect(), next: self.next }
    }
}

/// The start and the length of a page.
#[derive(Clone, Debug, Serialize)]
pub struct PageRequest {
    pub limit: i64,
    /// The cursor of the previous page.
    pub after: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Sealed<K> {
    list: Vec<u8>,
    key: K,
}

impl PageRequest {
    /// The position after which the page starts. `list` names the list and its filters; a cursor of another list, or of
    /// another user, is refused.
    pub(in crate::db) fn position<K: DeserializeOwned>(&self, tx: &Tx<'_>, list: &[u8]) -> Result<Option<K>> {
        use base64::Engine;
        let Some(cursor) = &self.after else { return Ok(None) };
        let refused = || {
            Error::new(ErrorCode::InvalidCursor).at("after", "invalid_cursor", "use the cursor as the list gave it, with the same filters")
        };
        let blob = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        let key = tx.keys.purpose(Purpose::Cursor)?;
        let plain = key.open(&[owner(tx).as_bytes()], &blob).map_err(|_| refused())?;
        let sealed: Sealed<K> = serde_json::from_slice(&plain).map_err(|_| refused())?;
        if sealed.list != sha256(list) {
            return Err(refused());
        }
        Ok(Some(sealed.key))
    }

    /// The start of a page of a list with the newest items first: before this moment and id. `last` is the greatest id.
    pub(in crate::db) fn newest_first<I: DeserializeOwned>(&self, tx: &Tx<'_>, list: &[u8], last: I) -> Result<(Timestamp, I)> {
        let position: Option<(i64, I)> = self.position(tx, list)?;
        let known = position.and_then(|(at, id)| Some((Timestamp::from_micros(at)?, id)));
        Ok(known.unwrap_or((tx.now.plus_seconds(1), last)))
    }

    /// Makes the page from the loaded rows (one more than asked for, if there are more).
    pub(in crate::db) fn page<T, K: Serialize>(
        &self,
        tx: &Tx<'_>,
        list: &[u8],
        mut rows: Vec<T>,
        key_of: impl Fn(&T) -> K,
    ) -> Result<Page<T>> {
        use base64::Engine;
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        if rows.len() <= limit {
            return Ok(Page { items: rows, next: None });
        }
        rows.truncate(limit);
        let Some(last) = rows.last() else { return Ok(Page { items: rows, next: None }) };
        let sealed = serde_json::to_vec(&Sealed { list: sha256(list), key: key_of(last) }).map_err(Error::internal)?;
        let blob = tx.keys.purpose(Purpose::Cursor)?.seal(&[owner(tx).as_bytes()], &sealed)?;
        let next = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(blob);
        Ok(Page { items: rows, next: Some(next) })
    }
}

fn owner(tx: &Tx<'_>) -> uuid::Uuid {
    tx.actor.caller_id().unwrap_or(tx.actor.organisation_id().0)
}
