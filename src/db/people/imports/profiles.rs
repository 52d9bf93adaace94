//! Mappings that an organisation keeps for its next list: sealed with their names, because a heading can be a person's name.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::crypto::Purpose;
use crate::db::Tx;
use crate::db::engine::page::found;
use crate::db::schema::import_profiles;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ImportProfileId, OrganisationId};
use crate::domain::imports::mapping::Mapping;
use crate::error::{Error, ErrorCode, Result};

/// The most profiles of an organisation.
const MOST_PROFILES: i64 = 100;

#[derive(Queryable, Insertable)]
#[diesel(table_name = import_profiles, treat_none_as_default_value = false)]
struct ProfileRow {
    id: ImportProfileId,
    organisation_id: OrganisationId,
    created_at: Timestamp,
    sealed_profile: Vec<u8>,
}

/// What is kept of a mapping.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeptMapping {
    pub name: String,
    pub mapping: Mapping,
}

/// A profile.
pub struct Profile {
    pub id: ImportProfileId,
    pub created_at: Timestamp,
    pub kept: KeptMapping,
}

/// Keeps a mapping.
pub fn insert(tx: &mut Tx<'_>, kept: &KeptMapping) -> Result<ImportProfileId> {
    let (id, organisation_id) = (ImportProfileId::random(), tx.actor.organisation_id());
    let query = import_profiles::table.filter(import_profiles::organisation_id.eq(organisation_id)).count();
    let there: i64 = query.get_result(tx.conn)?;
    if there >= MOST_PROFILES {
        return Err(Error::new(ErrorCode::Conflict).detail("Your organisation has 100 profiles: delete one that is not used."));
    }
    let plain = serde_json::to_vec(kept).map_err(|_| Error::internal("a profile cannot be written"))?;
    let sealed_profile = tx.keys.seal_for_service(Purpose::Import, &[b"profile", id.0.as_bytes(), organisation_id.0.as_bytes()], &plain)?;
    let row = ProfileRow { id, organisation_id, created_at: tx.now, sealed_profile };
    let query = diesel::insert_into(import_profiles::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(id.0, None, None);
    Ok(id)
}

/// The profiles of the organisation, the newest first.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Profile>> {
    let query = import_profiles::table
        .filter(import_profiles::organisation_id.eq(tx.actor.organisation_id()))
        .order((import_profiles::created_at.desc(), import_profiles::id))
        .limit(MOST_PROFILES)
        .select(import_profiles::all_columns);
    let rows: Vec<ProfileRow> = query.load(tx.conn)?;
    rows.into_iter().map(|row| opened(tx, row)).collect()
}

/// Finds a profile of the organisation.
pub fn find(tx: &mut Tx<'_>, id: ImportProfileId) -> Result<Profile> {
    tx.audit_subject(id.0);
    let organisation = tx.actor.organisation_id();
    found(of(tx, id, organisation)?)
}

/// The profile of an organisation, if it is still there.
pub(in crate::db) fn of(tx: &mut Tx<'_>, id: ImportProfileId, organisation: OrganisationId) -> Result<Option<Profile>> {
    let own = import_profiles::table.find(id).filter(import_profiles::organisation_id.eq(organisation));
    let query = own.select(import_profiles::all_columns);
    let row: Option<ProfileRow> = query.get_result(tx.conn).optional()?;
    row.map(|row| opened(tx, row)).transpose()
}

/// Deletes a profile. Lists that took its mapping keep it.
pub fn delete(tx: &mut Tx<'_>, id: ImportProfileId) -> Result<()> {
    tx.audit_subject(id.0);
    let own = import_profiles::table.find(id).filter(import_profiles::organisation_id.eq(tx.actor.organisation_id()));
    let query = diesel::delete(own);
    if query.execute(tx.conn)? == 0 {
        return Err(Error::not_found());
    }
    tx.audit_change(id.0, None, None);
    Ok(())
}

fn opened(tx: &Tx<'_>, row: ProfileRow) -> Result<Profile> {
    let plain = tx.keys.open_for_service(
        Purpose::Import,
        &[b"profile", row.id.0.as_bytes(), row.organisation_id.0.as_bytes()],
        &row.sealed_profile,
    )?;
    let kept = serde_json::from_slice(&plain).map_err(|_| Error::internal("a profile has an unknown shape"))?;
    Ok(Profile { id: row.id, created_at: row.created_at, kept })
}
