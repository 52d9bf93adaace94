//! Referrals, transfers and transfer requests: handing a case on, always under a consent in force.

mod organisation_wide;
mod steps;
pub(in crate::db) mod store;

pub use organisation_wide::{WideReferral, refer_all};
pub use steps::{Step, advance};

use diesel::prelude::*;
use serde::Serialize;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::compartments::open_detail;
use crate::db::casefile::denied::candidate;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{grants, lock, merged, open};
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::schema::{organisations as organisation_rows, referrals};
use crate::db::sharing::referrals::store::{ReferralDetails, ReferralRow};
use crate::db::sharing::state::standing;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{ConsentPurpose, ReferralKind, ReferralService, ReferralStatus, ReferralUrgency};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ConsentId, OrganisationId, ReferralId};
use crate::domain::sharing::Side;
use crate::error::{Error, ErrorCode, Result};

/// Days after which an unanswered referral expires.
const OPEN_DAYS: i64 = 30;

/// A referral, as far as the caller may know of it.
pub struct Referral {
    pub row: ReferralRow,
    /// The side of the caller.
    pub side: Side,
    /// The case in outline: classes A and B only.
    pub case: CaseRow,
    /// Name of the organisation that owns the case.
    pub owner_name: String,
    /// Name of the other organisation.
    pub other_name: String,
    /// None: closed to the caller.
    pub details: Option<ReferralDetails>,
    /// Whether the caller sees the case itself.
    pub sees_case: bool,
}

/// A referral that is about to be made.
#[derive(Clone)]
pub struct NewReferral {
    pub kind: ReferralKind,
    pub other: OrganisationId,
    pub service: Option<ReferralService>,
    pub urgency: ReferralUrgency,
    pub compartments: CompartmentSet,
    pub consent: Option<ConsentId>,
    pub is_draft: bool,
    pub expires_at: Option<Timestamp>,
    pub note: Option<String>,
}

/// Refers a person for a service, offers a case to another organisation, or asks its owner for it.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, new: &NewReferral) -> Result<Referral> {
    lock::lock_with_person(tx, case)?;
    let (case, _) = open::row_visible(tx, case)?;
    row::refuse_if_closed(&case)?;
    let own = tx.actor.organisation_id();
    let consent_id = match new.kind {
        ReferralKind::TransferRequest if own == case.owner_id => {
            return Err(Error::new(ErrorCode::Conflict).detail("Your organisation already owns the case."));
        }
        ReferralKind::TransferRequest => None,
        ReferralKind::Referral | ReferralKind::Transfer => {
            row::require_owner(tx, &case)?;
            Some(consent_to_use(tx, &case, new)?)
        }
    };
    refuse_second(tx, &case, new)?;
    let id = ReferralId::random();
    let status = if new.is_draft { ReferralStatus::Draft } else { ReferralStatus::InProgress };
    let row = ReferralRow {
        id,
        kind: new.kind,
        case_id: case.id,
        owner_id: case.owner_id,
        other_id: new.other,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        service: new.service,
        urgency: new.urgency,
        compartments: new.compartments,
        consent_id,
        status,
        sent_at: (!new.is_draft).then_some(tx.now),
        answered_at: None,
        closed_at: None,
        answer_by: tx.now.plus_seconds(OPEN_DAYS * 24 * 3600),
        expires_at: new.expires_at,
        sealed_details: store::seal(tx, &case, id, 1, &ReferralDetails { note: new.note.clone(), ..ReferralDetails::default() })?,
    };
    let query = diesel::insert_into(referrals::table).values(&row);
    query.execute(tx.conn).map_err(|error| match Error::from(error) {
        error if error.code == ErrorCode::AlreadyExists => {
            error.detail("The case is already offered to an organisation: withdraw that offer first.")
        }
        error => error,
    })?;
    tx.audit_change(case.id.0, None, Some(1));
    tx.audit_subject(id.0);
    open(tx, row)
}

/// The consent under which the case is handed on: the named one, or any in force. Without one, the error 422 says which is
/// missing.
fn consent_to_use(tx: &mut Tx<'_>, case: &CaseRow, new: &NewReferral) -> Result<ConsentId> {
    let own = tx.actor.organisation_id();
    let refused = |code, message: &str| Error::field("/to_organisation_id", code, message);
    let other = match organisations::find(tx, new.other) {
        Ok(other) if other.active && other.id != own => other,
        Ok(other) if other.id == own => return Err(refused("own_organisation", "is your own organisation")),
        Err(error) if error.code != ErrorCode::NotFound => return Err(error),
        _ => return Err(refused("not_found", "no active organisation with this id")),
    };
    let purpose = ConsentPurpose::of_sharing_with(other.kind, other.country, case.origin_in(other.country));
    find_consent(tx, case, new.other, purpose, new.compartments, new.consent)
}

/// A consent of the person that is in force for this organisation and covers all of these compartments.
pub(super) fn find_consent(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    organisation: OrganisationId,
    purpose: ConsentPurpose,
    compartments: CompartmentSet,
    named: Option<ConsentId>,
) -> Result<ConsentId> {
    let standing = standing(tx, case.person_id)?;
    let to = candidate(tx, organisation)?;
    if standing.denies(&to) || (standing.is_shielded && to.kind.is_mission()) {
        return Err(Error::field("/to_organisation_id", "denied", "the person has refused to be seen by this organisation"));
    }
    let fits = standing.live(purpose, &to).into_iter().filter(|consent| consent.compartments.intersection(compartments) == compartments);
    let found = fits.map(|consent| consent.id).find(|id| named.is_none_or(|named| named == *id));
    found.ok_or_else(|| {
        let wanted: Vec<&str> = compartments.iter().map(Compartment::as_str).collect();
        let detail = format!(
            "There is no consent in force for {purpose} that includes this organisation and covers {}. Ask the person, and record the answer at /v1/cases/{{id}}/consents.",
            wanted.join(", ")
        );
        Error::new(ErrorCode::ConsentRequired).detail(detail).at("/consent_id", "consent_required", "needs a consent of the person that is in force")
    })
}

/// Refuses a second pending referral to the same organisation for the same service, and a second request for a case.
fn refuse_second(tx: &mut Tx<'_>, case: &CaseRow, new: &NewReferral) -> Result<()> {
    let same = |row: &ReferralRow| {
        row.kind == new.kind && row.other_id == new.other && row.service == new.service && store::is_pending_or_serves(row)
    };
    match store::of_case(tx, case.id)?.iter().any(same) {
        true => Err(Error::new(ErrorCode::AlreadyExists).detail("The organisation has already been asked for this.")),
        false => Ok(()),
    }
}

/// The referrals of a case: all of them for its owner, for another organisation its own without drafts.
pub fn list_of_case(tx: &mut Tx<'_>, case: CaseId, kinds: &[ReferralKind]) -> Result<Vec<Referral>> {
    let (case, keys) = open::row_visible(tx, case)?;
    tx.audit_unchanged(case.id.0);
    let own = tx.actor.organisation_id();
    let is_owner = case.owner_id == own;
    let shown = move |row: &ReferralRow| kinds.contains(&row.kind) && (is_owner || (row.other_id == own && is_sent(row)));
    let mut rows = store::of_case(tx, case.id)?;
    let mut of_merged = Vec::new();
    for (merged, _) in merged::cases_of(tx, case.id)? {
        // Of a merged case only who saw that one is told.
        let Some(keys) = keys.of(Some(merged)) else { continue };
        rows.extend(store::of_case(tx, merged)?);
        of_merged.push((merged, keys.clone()));
    }
    open_with(tx, rows.into_iter().filter(shown).collect(), of_merged)
}

fn is_sent(row: &ReferralRow) -> bool {
    row.sent_at.is_some()
}

/// The filter of a list.
#[derive(Clone, Debug, Serialize)]
pub struct ReferralFilter {
    pub kinds: Vec<ReferralKind>,
    /// Whether they came to the actor's organisation, or went out from it.
    pub incoming: Option<bool>,
    pub status: Option<ReferralStatus>,
}

/// A page of the referrals to and from the actor's organisation, newest first.
pub fn list(tx: &mut Tx<'_>, filter: &ReferralFilter, page: &PageRequest) -> Result<Page<Referral>> {
    let list = serde_json::to_vec(&("referrals", filter)).map_err(Error::internal)?;
    let own = tx.actor.organisation_id();
    let is_wanted = |incoming| filter.incoming.is_none_or(|wanted| wanted == incoming);
    let to_me = referrals::other_id.eq_any(is_wanted(true).then_some(own)).and(referrals::sent_at.is_not_null());
    let from_me = referrals::owner_id.eq_any(is_wanted(false).then_some(own));
    let statuses = filter.status.map_or(ReferralStatus::ALL.to_vec(), |status| vec![status]);
    let (at, before) = page.newest_first(tx, &list, ReferralId(uuid::Uuid::max()))?;
    let query = referrals::table
        .filter(to_me.or(from_me))
        .filter(referrals::kind.eq_any(filter.kinds.clone()))
        .filter(referrals::status.eq_any(statuses))
        .filter(referrals::created_at.le(at))
        .filter(referrals::created_at.lt(at).or(referrals::id.lt(before)))
        .order((referrals::created_at.desc(), referrals::id.desc()))
        .limit(page.limit + 1)
        .select(referrals::all_columns);
    let rows: Vec<ReferralRow> = query.load(tx.conn)?;
    tx.audit_unchanged(own.0);
    let opened = open_all(tx, rows)?;
    page.page(tx, &list, opened, |referral| (referral.row.created_at.micros(), referral.row.id))
}

/// Finds a referral.
pub fn find(tx: &mut Tx<'_>, id: ReferralId, kinds: &[ReferralKind]) -> Result<Referral> {
    tx.audit_subject(id.0);
    let row = visible(tx, id)?;
    found(kinds.contains(&row.kind).then_some(()))?;
    tx.audit_unchanged(row.case_id.0);
    open(tx, row)
}

/// How many of these referrals the actor's organisation may see.
pub fn count_visible(tx: &mut Tx<'_>, ids: &[ReferralId]) -> Result<u32> {
    let own = tx.actor.organisation_id();
    let is_received = referrals::other_id.eq(own).and(referrals::sent_at.is_not_null());
    let seen = referrals::table.filter(referrals::id.eq_any(ids)).filter(referrals::owner_id.eq(own).or(is_received));
    let count: i64 = seen.count().get_result(tx.conn)?;
    u32::try_from(count).map_err(Error::internal)
}

fn visible(tx: &mut Tx<'_>, id: ReferralId) -> Result<ReferralRow> {
    let own = tx.actor.organisation_id();
    let query = referrals::table.find(id).select(referrals::all_columns);
    let row: Option<ReferralRow> = query.get_result(tx.conn).optional()?;
    found(row.filter(|row| row.owner_id == own || (row.other_id == own && is_sent(row))))
}

fn open(tx: &mut Tx<'_>, row: ReferralRow) -> Result<Referral> {
    found(open_all(tx, vec![row])?.pop())
}

/// Opens referrals as far as the caller may know of them, in the same number of statements for many as for one.
fn open_all(tx: &mut Tx<'_>, rows: Vec<ReferralRow>) -> Result<Vec<Referral>> {
    open_with(tx, rows, Vec::new())
}

/// The same, with the keys of merged cases.
fn open_with(tx: &mut Tx<'_>, rows: Vec<ReferralRow>, of_merged: Vec<(CaseId, CompartmentKeys)>) -> Result<Vec<Referral>> {
    let ids: Vec<CaseId> = rows.iter().map(|row| row.case_id).collect();
    let cases = row::rows_unscoped(tx, &ids)?;
    let mut keys = grants::keys_for_each(tx, &ids)?;
    keys.extend(of_merged);
    let sides = rows.iter().flat_map(|row| [row.owner_id, row.other_id]);
    let query =
        organisation_rows::table.filter(organisation_rows::id.eq_any(sides)).select((organisation_rows::id, organisation_rows::name));
    let names: Vec<(OrganisationId, String)> = query.load(tx.conn)?;
    let name_of = |id| names.iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone()).unwrap_or_default();
    let mut opened = Vec::with_capacity(rows.len());
    for row in rows {
        let case = found(cases.iter().find(|case| case.id == row.case_id).cloned())?;
        let keys = keys.iter().find(|(case, _)| *case == row.case_id).map(|(_, keys)| keys);
        let details = match keys {
            Some(keys) => open_detail(row.id.0, row.version, Compartment::Identity, keys, &row.sealed_details)?,
            None => None,
        };
        if details.is_some() {
            tx.audit_disclosure(row.case_id, CompartmentSet::EMPTY.with(Compartment::Identity));
        }
        let side = if row.owner_id == tx.actor.organisation_id() { Side::Owner } else { Side::Other };
        let (owner_name, other_name) = (name_of(row.owner_id), name_of(row.other_id));
        opened.push(Referral { side, sees_case: keys.is_some(), owner_name, other_name, case, details, row });
    }
    Ok(opened)
}
