//! Nationality verifications: asked of a mission, answered by that mission alone.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::cases::{self, CaseRow};
use super::compartments::{open_detail, seal_detail};
use super::connection::on_backend;
use super::schema::nationality_verifications;
use super::types::Json;
use super::{Tx, embassy_contacts, found, guests, process};
use crate::crypto::CompartmentKeys;
use crate::domain::codes::{InterviewMode, NationalityEvidence, NationalityResult};
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, MissionId, NationalityVerificationId, UserId};
use crate::error::{Error, ErrorCode, Result};

const IDENTITY: CompartmentSet = CompartmentSet::EMPTY.with(Compartment::Identity);

#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = nationality_verifications, treat_none_as_null = true, treat_none_as_default_value = false)]
struct VerificationRow {
    id: NationalityVerificationId,
    case_id: CaseId,
    mission_id: MissionId,
    created_at: Timestamp,
    created_by: Option<UserId>,
    updated_at: Timestamp,
    version: i64,
    claimed_state: Country,
    requested_on: NaiveDate,
    interview_on: Option<NaiveDate>,
    interview_mode: Option<InterviewMode>,
    evidence: Json<Vec<NationalityEvidence>>,
    result: NationalityResult,
    result_on: Option<NaiveDate>,
    sealed_details: Vec<u8>,
}

/// What is said about the person, sealed with their identity.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct VerificationDetails {
    /// The home authority's reference.
    pub home_authority_reference: Option<String>,
    /// Why the claim was rejected or found inconclusive.
    pub reason: Option<String>,
}

/// A verification, opened.
#[derive(Clone)]
pub struct Verification {
    pub id: NationalityVerificationId,
    pub case_id: CaseId,
    pub mission_id: MissionId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    pub claimed_state: Country,
    pub requested_on: NaiveDate,
    pub interview_on: Option<NaiveDate>,
    pub interview_mode: Option<InterviewMode>,
    pub evidence: Vec<NationalityEvidence>,
    pub result: NationalityResult,
    pub result_on: Option<NaiveDate>,
    /// None: closed to the caller.
    pub details: Option<VerificationDetails>,
}

/// Asks a mission to verify the claimed nationality.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, mission: MissionId, requested_on: NaiveDate) -> Result<Verification> {
    cases::lock(tx, case)?;
    let (case, keys) = cases::row_visible(tx, case)?;
    cases::refuse_if_closed(&case)?;
    let claimed_state = case
        .nationality_claimed
        .ok_or_else(|| Error::new(ErrorCode::Conflict).detail("Record the claimed nationality of the case first."))?;
    let contacted = embassy_contacts::all_of(tx, case.id)?;
    if !contacted.iter().any(|contact| contact.mission_id == mission && contact.person_decision.allows_contact()) {
        return Err(Error::field("/mission_id", "not_contacted", "the person has not accepted contact with this mission"));
    }
    if tx.actor.is_mission() && tx.actor.organisation_id() != mission.into() {
        return Err(Error::field("/mission_id", "not_yours", "a mission can only verify for itself"));
    }
    if rows_of(tx, case.id)?.iter().any(|row| row.mission_id == mission && row.result == NationalityResult::Pending) {
        return Err(Error::new(ErrorCode::AlreadyExists).detail("This mission already has a pending verification for this case."));
    }
    let id = NationalityVerificationId::random();
    let row = VerificationRow {
        id,
        case_id: case.id,
        mission_id: mission,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        claimed_state,
        requested_on,
        interview_on: None,
        interview_mode: None,
        evidence: Json(Vec::new()),
        result: NationalityResult::Pending,
        result_on: None,
        sealed_details: seal_detail(id.0, 1, Compartment::Identity, &keys, &VerificationDetails::default())?,
    };
    let query = diesel::insert_into(nationality_verifications::table).values(&row);
    on_backend!(tx.conn, |c| query.execute(c))?;
    process::follow_anew(tx, &case)?;
    tx.audit(case.id.0, None, Some(1));
    tx.touch(id.0);
    open(&row, &keys)
}

/// Records what the mission found. Only a user of that mission may; `verified` also becomes the case's nationality.
pub fn update<F>(tx: &mut Tx<'_>, case: CaseId, id: NationalityVerificationId, expected_version: i64, change: F) -> Result<Verification>
where
    F: FnOnce(&mut Verification) -> Result<()>,
{
    cases::lock(tx, case)?;
    let (case, keys) = cases::row_visible(tx, case)?;
    let row = found(visible_rows(tx, &case)?.into_iter().find(|row| row.id == id))?;
    cases::refuse_if_closed(&case)?;
    if tx.actor.organisation_id() != row.mission_id.into() {
        return Err(Error::new(ErrorCode::Conflict).detail("Only the mission that was asked can answer."));
    }
    if row.version != expected_version {
        return Err(ErrorCode::StaleVersion.into());
    }
    let mut verification = open(&row, &keys)?;
    change(&mut verification)?;
    let version = expected_version + 1;
    let details = verification.details.clone().unwrap_or_default();
    let changed = VerificationRow {
        updated_at: tx.now,
        version,
        interview_on: verification.interview_on,
        interview_mode: verification.interview_mode,
        evidence: Json(verification.evidence.clone()),
        result: verification.result,
        result_on: verification.result_on,
        sealed_details: seal_detail(id.0, version, Compartment::Identity, &keys, &details)?,
        ..row
    };
    let query = diesel::update(nationality_verifications::table.find(id).filter(nationality_verifications::version.eq(expected_version)))
        .set(&changed);
    if on_backend!(tx.conn, |c| query.execute(c))? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    settle(tx, &case)?;
    tx.audit(case.id.0, Some(expected_version), Some(version));
    tx.touch(id.0);
    tx.disclose(case.id, IDENTITY);
    open(&changed, &keys)
}

/// The verified nationality of the case is what any mission verified; one mission's record never takes another's away.
fn settle(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    let rows = rows_of(tx, case.id)?;
    let stands = rows.iter().find(|row| row.result == NationalityResult::Verified && Some(row.claimed_state) == case.nationality_verified);
    let verified = stands.or_else(|| rows.iter().rfind(|row| row.result == NationalityResult::Verified)).map(|row| row.claimed_state);
    if verified == case.nationality_verified {
        return process::follow_anew(tx, case).map(drop);
    }
    cases::update(tx, case.id, case.version, |_, case| {
        case.row.nationality_verified = verified;
        Ok(())
    })?;
    Ok(())
}

/// The versions of the verifications of a case.
pub(in crate::db) fn versions(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<i64>> {
    let query =
        nationality_verifications::table.filter(nationality_verifications::case_id.eq(case)).select(nationality_verifications::version);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// One verification of a case.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: NationalityVerificationId) -> Result<Verification> {
    found(list(tx, case)?.into_iter().find(|verification| verification.id == id))
}

/// The verifications of a case: all of them, or only its own for a mission that is a guest there.
pub fn list(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Verification>> {
    let (case, keys) = cases::row_visible(tx, case)?;
    let rows = visible_rows(tx, &case)?;
    if !rows.is_empty() {
        tx.disclose(case.id, IDENTITY);
    }
    rows.iter().map(|row| open(row, &keys)).collect()
}

fn visible_rows(tx: &mut Tx<'_>, case: &CaseRow) -> Result<Vec<VerificationRow>> {
    Ok(rows_of(tx, case.id)?.into_iter().filter(|row| guests::sees_what_is_of(tx, case.owner_id, Some(row.mission_id))).collect())
}

fn rows_of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<VerificationRow>> {
    let query = nationality_verifications::table
        .filter(nationality_verifications::case_id.eq(case))
        .order((nationality_verifications::created_at, nationality_verifications::id))
        .select(nationality_verifications::all_columns);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// Every verification of a case, for decisions.
pub(in crate::db) fn all_of(tx: &mut Tx<'_>, case: CaseId, keys: &CompartmentKeys) -> Result<Vec<Verification>> {
    rows_of(tx, case)?.iter().map(|row| open(row, keys)).collect()
}

fn open(row: &VerificationRow, keys: &CompartmentKeys) -> Result<Verification> {
    Ok(Verification {
        id: row.id,
        case_id: row.case_id,
        mission_id: row.mission_id,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        claimed_state: row.claimed_state,
        requested_on: row.requested_on,
        interview_on: row.interview_on,
        interview_mode: row.interview_mode,
        evidence: row.evidence.0.clone(),
        result: row.result,
        result_on: row.result_on,
        details: open_detail(row.id.0, row.version, Compartment::Identity, keys, &row.sealed_details)?,
    })
}
