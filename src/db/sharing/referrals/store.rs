//! Referrals as stored.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::{open_detail, seal_detail};
use crate::db::casefile::denied::candidate;
use crate::db::casefile::person_keys;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::stored_consents;
use crate::db::schema::referrals;
use crate::db::sharing::state::Accepted;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{ConsentStatus, ReferralKind, ReferralService, ReferralStatus, ReferralUrgency};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ConsentId, OrganisationId, ReferralId, UserId};
use crate::domain::sharing::{Candidate, Share, Standing};
use crate::error::{ErrorCode, Result};

/// A referral as stored.
#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = referrals, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ReferralRow {
    pub id: ReferralId,
    pub kind: ReferralKind,
    pub case_id: CaseId,
    pub owner_id: OrganisationId,
    pub other_id: OrganisationId,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub updated_at: Timestamp,
    pub version: i64,
    pub service: Option<ReferralService>,
    pub urgency: ReferralUrgency,
    pub compartments: CompartmentSet,
    pub consent_id: Option<ConsentId>,
    pub status: ReferralStatus,
    pub sent_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// End of a referral that is not answered.
    pub answer_by: Timestamp,
    /// End of the access that it gives.
    pub expires_at: Option<Timestamp>,
    pub(in crate::db) sealed_details: Vec<u8>,
}

/// The texts of a referral. Sealed with the identity: the other side reads them only once it has access.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReferralDetails {
    /// The reason, in the words of the asking side.
    pub note: Option<String>,
    /// The reason of a rejection or revocation.
    pub reason: Option<String>,
    /// The feedback on the result.
    pub feedback: Option<String>,
}

pub(in crate::db) fn of_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<ReferralRow>> {
    let query =
        referrals::table.filter(referrals::case_id.eq(case)).order((referrals::created_at, referrals::id)).select(referrals::all_columns);
    Ok(query.load(tx.conn)?)
}

/// The accepted referrals on a case that are not over: the grants of their recipients rest on them.
pub(in crate::db) fn accepted(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Accepted>> {
    let is_live = |row: &ReferralRow| row.kind == ReferralKind::Referral && row.status == ReferralStatus::Accepted;
    let rows: Vec<ReferralRow> = of_case(tx, case)?.into_iter().filter(is_live).collect();
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let person = row::row_unscoped(tx, first.case_id)?.person_id;
    let consents = stored_consents::of_person(tx, person)?;
    let shares = rows.into_iter().filter_map(|row| {
        let consent = consents.iter().find(|consent| Some(consent.id) == row.consent_id)?;
        let ends = [row.expires_at, consent.expires_at].into_iter().flatten().min();
        Some((row.other_id, Share { consent: consent.id, compartments: row.compartments }, ends))
    });
    Ok(shares.collect())
}

/// Ends the referrals without a consent in force, or without time left. No user did that, so the row names none.
pub(in crate::db) fn end_what_lost_its_consent(tx: &mut Tx<'_>, case: &CaseRow, standing: &Standing) -> Result<()> {
    for row in of_case(tx, case.id)?.into_iter().filter(is_pending_or_serves) {
        let to = candidate(tx, row.other_id)?;
        let Some(status) = end_of(&row, &to, case.owner_id, standing) else { continue };
        save(tx, case, ReferralRow { status, closed_at: Some(tx.now), ..row }, |kept| kept)?;
    }
    Ok(())
}

/// Whether a referral is pending, or gives access. An accepted transfer is history.
pub(in crate::db) fn is_pending_or_serves(row: &ReferralRow) -> bool {
    row.status.is_open() && (row.kind == ReferralKind::Referral || row.status != ReferralStatus::Accepted)
}

/// The status with which a referral ends now; none if it goes on.
fn end_of(row: &ReferralRow, to: &Candidate, owner: OrganisationId, standing: &Standing) -> Option<ReferralStatus> {
    let now = standing.now;
    let consent = standing.consents.iter().find(|consent| Some(consent.id) == row.consent_id);
    let holds = consent.is_none_or(|consent| standing.live(consent.purpose, to).iter().any(|live| live.id == consent.id));
    let is_unanswered = row.status != ReferralStatus::Accepted && row.answer_by <= now;
    let is_late = is_unanswered
        || row.expires_at.is_some_and(|at| at <= now)
        || consent.is_some_and(|consent| consent.status(now) == ConsentStatus::Expired);
    let is_barred = standing.denies(to) || (standing.is_shielded && to.kind.is_mission());
    match (row.other_id == owner, is_late, is_barred || !holds) {
        // The owner of the case needs no referral to it.
        (true, ..) => Some(ReferralStatus::Done),
        (_, true, _) => Some(ReferralStatus::Expired),
        (.., true) => Some(ReferralStatus::Revoked),
        _ => None,
    }
}

impl ReferralDetails {
    /// Completes new texts with the stored ones.
    pub(in crate::db) fn or(self, kept: Self) -> Self {
        Self { note: self.note.or(kept.note), reason: self.reason.or(kept.reason), feedback: self.feedback.or(kept.feedback) }
    }
}

/// Stores the next version of a referral, with its texts sealed anew.
pub(in crate::db) fn save(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    row: ReferralRow,
    words: impl FnOnce(ReferralDetails) -> ReferralDetails,
) -> Result<ReferralRow> {
    let keys = words_key(tx, case)?;
    let kept = open_detail(row.id.0, row.version, Compartment::Identity, &keys, &row.sealed_details)?.unwrap_or_default();
    let version = row.version + 1;
    let sealed_details = seal_detail(row.id.0, version, Compartment::Identity, &keys, &words(kept))?;
    let row = ReferralRow { version, updated_at: tx.now, sealed_details, ..row };
    let query = diesel::update(referrals::table.find(row.id).filter(referrals::version.eq(version - 1))).set(&row);
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    Ok(row)
}

pub(in crate::db) fn seal(tx: &mut Tx<'_>, case: &CaseRow, id: ReferralId, version: i64, details: &ReferralDetails) -> Result<Vec<u8>> {
    let keys = words_key(tx, case)?;
    seal_detail(id.0, version, Compartment::Identity, &keys, details)
}

/// The key of the texts: the system's, because the other side writes a reason before it holds any key of the case.
fn words_key(tx: &mut Tx<'_>, case: &CaseRow) -> Result<CompartmentKeys> {
    let only = CompartmentSet::EMPTY.with(Compartment::Identity);
    person_keys::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, only)
}
