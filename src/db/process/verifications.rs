//! Nationality verifications as stored.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::open_detail;
use crate::db::schema::nationality_verifications;
use crate::db::schema::types::Json;
use crate::domain::access::compartments::Compartment;
use crate::domain::codes::{InterviewMode, NationalityEvidence, NationalityResult};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{AttachmentId, CaseId, MissionId, NationalityVerificationId, UserId};
use crate::error::Result;

#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = nationality_verifications, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(in crate::db) struct VerificationRow {
    pub(in crate::db) id: NationalityVerificationId,
    pub(in crate::db) case_id: CaseId,
    pub(in crate::db) mission_id: MissionId,
    pub(in crate::db) created_at: Timestamp,
    pub(in crate::db) created_by: Option<UserId>,
    pub(in crate::db) updated_at: Timestamp,
    pub(in crate::db) version: i64,
    pub(in crate::db) claimed_state: Country,
    pub(in crate::db) requested_on: NaiveDate,
    pub(in crate::db) interview_on: Option<NaiveDate>,
    pub(in crate::db) interview_mode: Option<InterviewMode>,
    pub(in crate::db) evidence: Json<Vec<NationalityEvidence>>,
    pub(in crate::db) result: NationalityResult,
    pub(in crate::db) result_on: Option<NaiveDate>,
    pub(in crate::db) sealed_details: Vec<u8>,
    /// The case on which it was requested, if that one was merged into this.
    pub(in crate::db) merged_from: Option<CaseId>,
}

/// The details about the person, sealed with their identity.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct VerificationDetails {
    /// The home authority's reference.
    pub home_authority_reference: Option<String>,
    /// The reason why the claim was rejected or found inconclusive.
    pub reason: Option<String>,
    /// The number of the note verbale with which a mission answered that has no account here.
    #[serde(default)]
    pub note_verbale: Option<String>,
    /// The scan of it.
    #[serde(default)]
    pub note_verbale_id: Option<AttachmentId>,
    /// Whether the coordination desk recorded the answer.
    #[serde(default)]
    pub recorded_at_desk: bool,
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

/// The versions of the verifications of a case, each with its mission.
pub(in crate::db) fn versions(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<(MissionId, i64)>> {
    let query = nationality_verifications::table
        .filter(nationality_verifications::case_id.eq(case))
        .select((nationality_verifications::mission_id, nationality_verifications::version));
    Ok(query.load(tx.conn)?)
}

pub(in crate::db) fn rows_of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<VerificationRow>> {
    let query = nationality_verifications::table
        .filter(nationality_verifications::case_id.eq(case))
        .order((nationality_verifications::created_at, nationality_verifications::id))
        .select(nationality_verifications::all_columns);
    Ok(query.load(tx.conn)?)
}

/// Every verification of a case, for decisions.
pub(in crate::db) fn all_of(tx: &mut Tx<'_>, case: CaseId, keys: &CompartmentKeys) -> Result<Vec<Verification>> {
    rows_of(tx, case)?.iter().map(|row| open(row, keys)).collect()
}

pub(in crate::db) fn open(row: &VerificationRow, keys: &CompartmentKeys) -> Result<Verification> {
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
        details: match keys.of(row.merged_from) {
            Some(keys) => open_detail(row.id.0, row.version, Compartment::Identity, keys, &row.sealed_details)?,
            None => None,
        },
    })
}
