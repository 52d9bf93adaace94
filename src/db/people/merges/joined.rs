//! What a merge joins beside the identity and the contact details: the plain fields and the compartments of the case itself.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::{open_detail, seal_detail};
use crate::db::casefile::open::OpenCase;
use crate::db::people::merges::MergeRow;
use crate::db::people::merges::plain::PlainFacts;
use crate::domain::access::compartments::Compartment;
use crate::domain::cases::contents::{Health, Location, Narrative, Protection};
use crate::domain::ids::MergeId;
use crate::domain::people::joining::{Join, fits};
use crate::domain::people::uniting::taken_back;
use crate::error::{Error, ErrorCode, Result};

/// What the survivor's case said before, and what it says now.
#[derive(Serialize, Deserialize)]
struct Change<T> {
    before: T,
    after: T,
}

impl<T: Join + Clone> Change<T> {
    fn of(survivor: &T, other: &T) -> Self {
        Self { before: survivor.clone(), after: survivor.clone().joined(other.clone()) }
    }
}

/// The plain fields and the compartments of the case, joined. None: closed to the caller of the undo.
pub struct Joined {
    plain: Option<Change<PlainFacts>>,
    location: Option<Change<Location>>,
    health: Option<Change<Health>>,
    narrative: Option<Change<Narrative>>,
    protection: Option<Change<Protection>>,
}

/// [`Joined`], each part sealed like its compartment, in the order of the columns.
pub struct SealedJoined {
    pub plain: Vec<u8>,
    pub location: Vec<u8>,
    pub health: Vec<u8>,
    pub narrative: Vec<u8>,
    pub protection: Vec<u8>,
}

/// The version under which the plain fields are sealed: the first one under the identity is that of the identity.
const PLAIN: i64 = 2;

impl Joined {
    /// Joins two cases. Refuses a caller to whom a compartment of either is closed: what they do not see would be lost.
    pub fn of(survivor: &OpenCase, other: &OpenCase) -> Result<Self> {
        let (one, another) = (&survivor.contents, &other.contents);
        let joined = Self {
            plain: Some(Change::of(&PlainFacts::of(&survivor.row), &PlainFacts::of(&other.row))),
            location: Some(both(&one.location, &another.location)?),
            health: Some(both(&one.health, &another.health)?),
            narrative: Some(both(&one.narrative, &another.narrative)?),
            protection: Some(both(&one.protection, &another.protection)?),
        };
        joined.check()?;
        Ok(joined)
    }

    /// Texts that fit alone may be too long together.
    fn check(&self) -> Result<()> {
        let check = |valid: bool| {
            let message = "a text of both is longer than its field holds: shorten it on one of the cases first";
            valid.then_some(()).ok_or_else(|| Error::field("/survivor_case_id", "too_long", message))
        };
        check(self.location.as_ref().is_none_or(|change| fits(&change.after)))?;
        check(self.health.as_ref().is_none_or(|change| fits(&change.after)))?;
        check(self.narrative.as_ref().is_none_or(|change| fits(&change.after)))?;
        check(self.protection.as_ref().is_none_or(|change| fits(&change.after)))
    }

    /// Gives the survivor what both say.
    pub fn put_into(&self, tx: &mut Tx<'_>, case: &mut OpenCase) -> Result<()> {
        if let Some(change) = &self.plain {
            change.after.clone().write_to(tx, &mut case.row)?;
        }
        put(&self.location, &mut case.contents.location);
        put(&self.health, &mut case.contents.health);
        put(&self.narrative, &mut case.contents.narrative);
        put(&self.protection, &mut case.contents.protection);
        Ok(())
    }

    /// Takes back what came from the other one. A field that was changed since stays as it is now.
    pub fn take_back(&self, tx: &mut Tx<'_>, case: &mut OpenCase) -> Result<()> {
        if let Some(change) = &self.plain {
            earlier(change, &PlainFacts::of(&case.row))?.write_to(tx, &mut case.row)?;
        }
        take_back(&self.location, &mut case.contents.location)?;
        take_back(&self.health, &mut case.contents.health)?;
        take_back(&self.narrative, &mut case.contents.narrative)?;
        take_back(&self.protection, &mut case.contents.protection)
    }

    /// Seals it with the keys of the survivor's case.
    pub fn seal(&self, id: MergeId, keys: &CompartmentKeys) -> Result<SealedJoined> {
        Ok(SealedJoined {
            plain: seal_detail(id.0, PLAIN, Compartment::Identity, keys, &self.plain)?,
            location: seal_detail(id.0, 1, Compartment::Location, keys, &self.location)?,
            health: seal_detail(id.0, 1, Compartment::Health, keys, &self.health)?,
            narrative: seal_detail(id.0, 1, Compartment::Narrative, keys, &self.narrative)?,
            protection: seal_detail(id.0, 1, Compartment::Protection, keys, &self.protection)?,
        })
    }

    /// Opens what a merge joined, as far as the keys go.
    pub fn open(row: &MergeRow, keys: &CompartmentKeys) -> Result<Self> {
        Ok(Self {
            plain: opened(row.id, PLAIN, Compartment::Identity, keys, &row.sealed_plain)?,
            location: opened(row.id, 1, Compartment::Location, keys, &row.sealed_location)?,
            health: opened(row.id, 1, Compartment::Health, keys, &row.sealed_health)?,
            narrative: opened(row.id, 1, Compartment::Narrative, keys, &row.sealed_narrative)?,
            protection: opened(row.id, 1, Compartment::Protection, keys, &row.sealed_protection)?,
        })
    }
}

fn both<T: Join + Clone>(one: &Option<T>, another: &Option<T>) -> Result<Change<T>> {
    let closed = "Your organisation does not open both cases whole: what is closed to you would be lost.";
    match (one, another) {
        (Some(one), Some(another)) => Ok(Change::of(one, another)),
        _ => Err(Error::new(ErrorCode::PermissionDenied).detail(closed)),
    }
}

fn put<T: Clone>(change: &Option<Change<T>>, place: &mut Option<T>) {
    if let Some(change) = change {
        *place = Some(change.after.clone());
    }
}

fn take_back<T: Serialize + DeserializeOwned>(change: &Option<Change<T>>, place: &mut Option<T>) -> Result<()> {
    if let (Some(change), Some(now)) = (change, place.as_ref()) {
        *place = Some(earlier(change, now)?);
    }
    Ok(())
}

/// What was there before, with what was entered since: entries of a list, and every field that is not as the merge left it.
fn earlier<T: Serialize + DeserializeOwned>(change: &Change<T>, now: &T) -> Result<T> {
    let (before, after, mut now) = (fields(&change.before)?, fields(&change.after)?, fields(now)?);
    for (field, value) in &mut now {
        let of = |fields: &Map<String, Value>| fields.get(field).cloned().unwrap_or(Value::Null);
        match (of(&before), of(&after), &*value) {
            (Value::Array(before), Value::Array(after), Value::Array(now)) => *value = taken_back(&before, &after, now).into(),
            (before, after, now) if after == *now => *value = before,
            _ => {}
        }
    }
    serde_json::from_value(Value::Object(now)).map_err(|_| Error::internal("joined fields have an unknown shape"))
}

fn fields<T: Serialize>(of: &T) -> Result<Map<String, Value>> {
    match serde_json::to_value(of).map_err(|_| Error::internal("joined fields cannot be written"))? {
        Value::Object(fields) => Ok(fields),
        _ => Err(Error::internal("joined fields are not an object")),
    }
}

fn opened<T: DeserializeOwned>(
    id: MergeId,
    version: i64,
    compartment: Compartment,
    keys: &CompartmentKeys,
    sealed: &Option<Vec<u8>>,
) -> Result<Option<Change<T>>> {
    let Some(sealed) = sealed else { return Ok(None) };
    let found: Option<Option<Change<T>>> = open_detail(id.0, version, compartment, keys, sealed)?;
    Ok(found.flatten())
}
