//! Emergency access (DOMAIN §4, rule 5): for hours, for one user, with a stated reason, and reviewed by the users who were not
//! asked before. It only reads, never opens location or protection, and cannot be extended.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::crypto::Purpose;
use crate::db::Tx;
use crate::db::casefile::data_protection::answers_for_data_protection;
use crate::db::casefile::denied::candidate;
use crate::db::casefile::granting::{self, HeldGrant, NewGrant};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{access_events, case_keys, lock, merged, person_keys};
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::process::tasks;
use crate::db::schema::{cases as case_rows, emergency_accesses};
use crate::db::sharing::emergency_bar;
use crate::db::sharing::state::standing;
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{AccessEventKind, ReviewVerdict};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, EmergencyAccessId, OrganisationId, PersonId, UserId};
use crate::domain::sharing::{Claim, EMERGENCY_HOURS};
use crate::error::{Error, ErrorCode, Result};

/// The most emergency accesses that one user has open at a time.
const OPEN_AT_A_TIME: i64 = 5;

/// An emergency access as stored.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = emergency_accesses, treat_none_as_default_value = false)]
pub struct EmergencyRow {
    pub id: EmergencyAccessId,
    pub case_id: CaseId,
    pub organisation_id: OrganisationId,
    pub owner_id: OrganisationId,
    pub user_id: UserId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub compartments: CompartmentSet,
    pub version: i64,
    pub verdict: Option<ReviewVerdict>,
    pub reviewed_at: Option<Timestamp>,
    pub reviewed_by: Option<UserId>,
    sealed_details: Vec<u8>,
}

/// The reason, and the note of the review.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct EmergencyDetails {
    pub reason: String,
    pub review_note: Option<String>,
}

/// An emergency access, opened.
pub struct Emergency {
    pub row: EmergencyRow,
    pub case_code: String,
    pub details: EmergencyDetails,
}

/// Takes emergency access to the case with this code. A case that must stay closed gets the same answer as one that does not
/// exist.
pub fn take(tx: &mut Tx<'_>, code: &str, compartments: CompartmentSet, reason: &str) -> Result<Emergency> {
    let user = tx.actor.user().map(|user| user.user_id).ok_or_else(|| Error::internal("the system needs no emergency access"))?;
    tx.audit_subject(user.0);
    refuse_more_than_enough(tx, user)?;
    let case = with_code(tx, code)?;
    let person = lock::lock_with_person(tx, case)?;
    let case = row::row_unscoped(tx, case)?;
    let own = tx.actor.organisation_id();
    let expires_at = tx.now.plus_seconds(EMERGENCY_HOURS * 3600);
    let claim =
        Claim { basis: GrantBasis::BreakGlass, compartments, expires_at: Some(expires_at), shares: Vec::new(), allows_contact: false };
    let (standing, candidate) = (standing(tx, case.person_id)?, candidate(tx, own)?);
    let entitled = standing.entitles(&candidate, &claim);
    if entitled.is_empty() {
        return Err(Error::not_found());
    }
    if granting::held(tx, case.id)?.iter().any(|grant| is_live_emergency(grant, own, tx.now)) {
        return Err(
            Error::new(ErrorCode::AlreadyExists).detail("Your organisation has emergency access to this case now. It cannot be extended.")
        );
    }
    // Answered like a case that does not exist: another answer would tell a barred organisation that it was not denied, and by two
    // codes that two cases are of one person.
    let past = emergency_bar::past(tx, case.person_id, own)?;
    if standing.bars_another_emergency(&candidate, &past) {
        return Err(Error::not_found());
    }
    let keys = case_keys::of_system(tx, &case, entitled)?;
    let authority = granting::authority(tx)?;
    let grant =
        NewGrant { organisation: own, basis: GrantBasis::BreakGlass, compartments: entitled, expires_at: Some(expires_at), authority };
    granting::give(tx, &person, &case, &keys, &grant)?;
    let id = EmergencyAccessId::random();
    let details = EmergencyDetails { reason: reason.to_owned(), review_note: None };
    let row = EmergencyRow {
        id,
        case_id: case.id,
        organisation_id: own,
        owner_id: case.owner_id,
        user_id: user,
        created_at: tx.now,
        expires_at,
        compartments: entitled,
        version: 1,
        verdict: None,
        reviewed_at: None,
        reviewed_by: None,
        sealed_details: seal(tx, id, 1, &details)?,
    };
    let query = diesel::insert_into(emergency_accesses::table).values(&row);
    query.execute(tx.conn)?;
    tell(tx, &case)?;
    tx.audit_change(case.id.0, None, Some(1));
    tx.audit_subject(id.0);
    Ok(Emergency { row, case_code: case.code, details })
}

/// The case with this code, or with which the merged case of this code goes on: the person still carries the card.
fn with_code(tx: &mut Tx<'_>, code: &str) -> Result<CaseId> {
    if let Some(survivor) = merged::goes_on_as(tx, code)? {
        return Ok(survivor);
    }
    let query = case_rows::table.filter(case_rows::code.eq(code)).select(case_rows::id);
    found(query.get_result(tx.conn).optional()?)
}

fn is_live_emergency(grant: &HeldGrant, organisation: OrganisationId, now: Timestamp) -> bool {
    let is_live = grant.expires_at.is_none_or(|at| at > now);
    grant.organisation == organisation && grant.basis == GrantBasis::BreakGlass && is_live
}

fn refuse_more_than_enough(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let open = emergency_accesses::table.filter(emergency_accesses::user_id.eq(user)).filter(emergency_accesses::expires_at.gt(tx.now));
    let query = open.filter(emergency_accesses::verdict.is_null()).count();
    let count: i64 = query.get_result(tx.conn)?;
    if count < OPEN_AT_A_TIME {
        return Ok(());
    }
    let error = Error::new(ErrorCode::TooManyRequests).retry_after(EMERGENCY_HOURS.unsigned_abs() * 3600);
    Err(error.detail("You have emergency access to as many cases as one person can attend to."))
}

/// Tells the owner and the acting organisation in the same transaction, and adds a task for the owner.
fn tell(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    access_events::tell(tx, case.owner_id, AccessEventKind::EmergencyAccess, case.id)?;
    let own = tx.actor.organisation_id();
    if own != case.owner_id {
        access_events::tell(tx, own, AccessEventKind::EmergencyAccess, case.id)?;
    }
    let keys = person_keys::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, CompartmentSet::WHO)?;
    tasks::add_for_owner(tx, case, &keys, "Emergency access was taken to this case. Review it: see /v1/emergency-accesses.", None)
}

/// The queue: accesses to cases of the actor's organisation, and accesses by its users, the newest first.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<Emergency>> {
    let list = b"emergency accesses";
    let own = tx.actor.organisation_id();
    let user = tx.actor.user().map(|user| user.user_id);
    // A user who reviews nothing sees only their own accesses.
    let whole = if answers_for_data_protection(tx)? { vec![own] } else { Vec::new() };
    let mine = emergency_accesses::user_id.eq_any(user);
    let concerns = emergency_accesses::owner_id.eq_any(whole.clone()).or(emergency_accesses::organisation_id.eq_any(whole)).or(mine);
    let (at, before) = page.newest_first(tx, list, EmergencyAccessId(uuid::Uuid::max()))?;
    let query = emergency_accesses::table
        .inner_join(case_rows::table)
        .filter(concerns)
        .filter(emergency_accesses::created_at.le(at))
        .filter(emergency_accesses::created_at.lt(at).or(emergency_accesses::id.lt(before)))
        .order((emergency_accesses::created_at.desc(), emergency_accesses::id.desc()))
        .limit(page.limit + 1)
        .select((emergency_accesses::all_columns, case_rows::code));
    let rows: Vec<(EmergencyRow, String)> = query.load(tx.conn)?;
    tx.audit_unchanged(own.0);
    let opened = rows.into_iter().map(|(row, code)| open(tx, row, code)).collect::<Result<Vec<_>>>()?;
    page.page(tx, list, opened, |emergency| (emergency.row.created_at.micros(), emergency.row.id))
}

/// Finds an emergency access in the actor's queue.
pub fn find(tx: &mut Tx<'_>, id: EmergencyAccessId) -> Result<Emergency> {
    let query = emergency_accesses::table
        .inner_join(case_rows::table)
        .filter(emergency_accesses::id.eq(id))
        .select((emergency_accesses::all_columns, case_rows::code));
    let (row, code): (EmergencyRow, String) = found(query.get_result(tx.conn).optional()?)?;
    tx.audit_subject(row.case_id.0);
    let own = tx.actor.organisation_id();
    let is_own = tx.actor.user().is_some_and(|user| user.user_id == row.user_id);
    let is_concerned = own == row.owner_id || own == row.organisation_id;
    if !(is_own || is_concerned && answers_for_data_protection(tx)?) {
        return Err(Error::not_found());
    }
    open(tx, row, code)
}

/// Reviews an emergency access, once. Users cannot review their own, and in the organisation that took it only a user who answers
/// for data protection can.
pub fn review(tx: &mut Tx<'_>, id: EmergencyAccessId, verdict: ReviewVerdict, note: &str) -> Result<Emergency> {
    let query = emergency_accesses::table.inner_join(case_rows::table).filter(emergency_accesses::id.eq(id)).select((
        emergency_accesses::all_columns,
        case_rows::code,
        case_rows::person_id,
    ));
    let (row, code, person): (EmergencyRow, String, PersonId) = found(query.get_result(tx.conn).optional()?)?;
    let own = tx.actor.organisation_id();
    let user = tx.actor.user().map(|user| user.user_id).ok_or_else(|| Error::internal("nobody reviews"))?;
    let is_concerned = own == row.owner_id || own == row.organisation_id;
    if !is_concerned || !(answers_for_data_protection(tx)? || user == row.user_id) {
        return Err(Error::not_found());
    }
    let answers_for_data = crate::db::accounts::users::find(tx, user)?.data_protection;
    if user == row.user_id || (own != row.owner_id && !answers_for_data) {
        return Err(Error::new(ErrorCode::PermissionDenied)
            .detail("Only the owner of the case or a data protection officer can review this, and never the person who took the access."));
    }
    // What an organisation said about its own access does not keep the owner from reviewing it.
    let is_reviewed_by_owner = match row.reviewed_by {
        Some(reviewer) => crate::db::accounts::users::find(tx, reviewer)?.organisation_id == row.owner_id,
        None => false,
    };
    if row.verdict.is_some() && (own != row.owner_id || is_reviewed_by_owner) {
        return Err(Error::new(ErrorCode::Conflict).detail("It has already been reviewed."));
    }
    let person = lock::lock_person(tx, person)?;
    let before = open(tx, row.clone(), code)?;
    let details = EmergencyDetails { review_note: Some(note.to_owned()), ..before.details };
    let row = EmergencyRow {
        version: row.version + 1,
        verdict: Some(verdict),
        reviewed_at: Some(tx.now),
        reviewed_by: Some(user),
        sealed_details: seal(tx, id, row.version + 1, &details)?,
        ..row
    };
    let unreviewed = emergency_accesses::table.find(id).filter(emergency_accesses::version.eq(row.version - 1));
    let query = diesel::update(unreviewed).set((
        emergency_accesses::version.eq(row.version),
        emergency_accesses::verdict.eq(row.verdict),
        emergency_accesses::reviewed_at.eq(row.reviewed_at),
        emergency_accesses::reviewed_by.eq(row.reviewed_by),
        emergency_accesses::sealed_details.eq(&row.sealed_details),
    ));
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    // An unjustified access ends now, unless it has ended already.
    if verdict == ReviewVerdict::Unjustified {
        granting::withdraw(tx, &person, row.case_id, row.organisation_id, GrantBasis::BreakGlass)?;
    }
    tx.audit_change(row.case_id.0, Some(row.version - 1), Some(row.version));
    tx.audit_subject(id.0);
    Ok(Emergency { row, case_code: before.case_code, details })
}

fn seal(tx: &Tx<'_>, id: EmergencyAccessId, version: i64, details: &EmergencyDetails) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(details).map_err(|_| Error::internal("a reason cannot be written"))?;
    tx.keys.seal_for_service(Purpose::Emergency, &[id.0.as_bytes(), &version.to_be_bytes()], &plain)
}

fn open(tx: &Tx<'_>, row: EmergencyRow, case_code: String) -> Result<Emergency> {
    let place: [&[u8]; 2] = [row.id.0.as_bytes(), &row.version.to_be_bytes()];
    let plain = tx.keys.open_for_service(Purpose::Emergency, &place, &row.sealed_details)?;
    let details = serde_json::from_slice(&plain).map_err(|_| Error::internal("a reason has an unknown shape"))?;
    Ok(Emergency { row, case_code, details })
}
