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
    pub(in crate::db) fn page<T, K: Serialize>(&self, tx: &Tx<'_>, list: &[u8], rows: Vec<T>, key_of: impl Fn(&T) -> K) -> Result<Page<T>> {
        let (items, is_last) = self.cut(rows);
        let next = items.last().filter(|_| !is_last).map(|last| cursor(tx, list, key_of(last))).transpose()?;
        Ok(Page { items, next })
    }

    /// The rows of this page, and whether it is the last one.
    fn cut<T>(&self, mut rows: Vec<T>) -> (Vec<T>, bool) {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let is_last = rows.len() <= limit;
        rows.truncate(limit);
        (rows, is_last)
    }

    /// Where a reader of a list stands whose order changes while it is read.
    pub(in crate::db) fn place<K: DeserializeOwned, I: DeserializeOwned>(&self, tx: &Tx<'_>, list: &[u8]) -> Result<Place<K, I>> {
        let begun = Place::Ordered { began: tx.now.plus_seconds(-UNDER_WAY), after: None };
        Ok(self.position(tx, list)?.unwrap_or(begun))
    }

    /// Makes the page of a list whose order changes while it is read. After the last row in order, what changed since the reading
    /// began comes once more: it may have moved from a page that was not yet read to one that was. `key_of` gives the position in
    /// the order, `changed_of` the one among the changes; `has_changed` says whether the list has a row that changed after a moment.
    pub(in crate::db) fn page_of_changing<T, K: Serialize, I: Serialize>(
        &self,
        tx: &mut Tx<'_>,
        list: &[u8],
        place: Place<K, I>,
        rows: Vec<T>,
        reading: Reading<impl Fn(&T) -> K, impl Fn(&T) -> (Timestamp, I), impl FnOnce(&mut Tx<'_>, Timestamp) -> Result<bool>>,
    ) -> Result<Page<T>> {
        let (items, is_last) = self.cut(rows);
        let next = match (place, items.last()) {
            (Place::Ordered { began, .. }, Some(last)) if !is_last => Some(Place::Ordered { began, after: Some((reading.key_of)(last)) }),
            // A list that is one page was read at one moment.
            (Place::Ordered { began, after: Some(_) }, _) => {
                (reading.has_changed)(tx, began)?.then_some(Place::Changed { after: (began, None) })
            }
            (Place::Changed { .. }, Some(last)) if !is_last => {
                let (at, id) = (reading.changed_of)(last);
                Some(Place::Changed { after: (at, Some(id)) })
            }
            (Place::Ordered { .. } | Place::Changed { .. }, _) => None,
        };
        let next = next.map(|place| cursor(tx, list, place)).transpose()?;
        Ok(Page { items, next })
    }
}

/// Seconds that a write may be under way: what it changed bears the moment at which it began, and is seen when it ends.
const UNDER_WAY: i64 = 5;

/// Where a reader stands in a list whose order changes while it is read.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(in crate::db) enum Place<K, I> {
    /// In the order of the list, which this reader began to read at that moment.
    Ordered { began: Timestamp, after: Option<K> },
    /// Past its end, among what changed since, the earliest change first.
    Changed { after: (Timestamp, Option<I>) },
}

/// How the rows of a list are read whose order changes while it is read.
pub(in crate::db) struct Reading<Key, Changed, Has> {
    pub key_of: Key,
    pub changed_of: Changed,
    pub has_changed: Has,
}

fn cursor(tx: &Tx<'_>, list: &[u8], key: impl Serialize) -> Result<String> {
    use base64::Engine;
    let sealed = serde_json::to_vec(&Sealed { list: sha256(list), key }).map_err(Error::internal)?;
    let blob = tx.keys.purpose(Purpose::Cursor)?.seal(&[owner(tx).as_bytes()], &sealed)?;
    Ok(base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(blob))
}

fn owner(tx: &Tx<'_>) -> uuid::Uuid {
    tx.actor.caller_id().unwrap_or(tx.actor.organisation_id().0)
}
