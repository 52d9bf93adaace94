//! Grants: an organisation's right to see a case, with the keys.

#[cfg(feature = "without_grant_filter")]
pub mod forgotten_filter;

use diesel::dsl::auto_type;
use diesel::prelude::*;
use std::collections::HashMap;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{denied, merged, shielded};
use crate::db::engine::kept_keys::GrantOf;
use crate::db::schema::{case_grants, case_records, cases as case_rows, merged_grants};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ConsentId, MissionId, OrganisationId, UserId};
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::MilestoneSet;
use crate::domain::repatriation::records::RecordKind;
use crate::error::{ErrorCode, Result};

/// A grant as stored.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = case_grants, treat_none_as_default_value = false)]
pub(in crate::db) struct GrantRow {
    pub(in crate::db) case_id: CaseId,
    pub(in crate::db) organisation_id: OrganisationId,
    pub(in crate::db) basis: GrantBasis,
    pub(in crate::db) consent_id: Option<ConsentId>,
    pub(in crate::db) compartments: CompartmentSet,
    pub(in crate::db) sealed_keys: Vec<u8>,
    pub(in crate::db) expires_at: Option<Timestamp>,
    pub(in crate::db) created_at: Timestamp,
    pub(in crate::db) created_by: Option<UserId>,
    pub(in crate::db) is_primary: bool,
    pub(in crate::db) registered_at: Timestamp,
    pub(in crate::db) changed_at: Timestamp,
    pub(in crate::db) risk_rank: i32,
    pub(in crate::db) nationality: Option<Nationality>,
    pub(in crate::db) stage: String,
    pub(in crate::db) cohort: String,
    pub(in crate::db) mission_id: Option<MissionId>,
    pub(in crate::db) milestones: MilestoneSet,
}

impl GrantRow {
    /// Whether it is emergency access, which belongs to one user and not to the organisation.
    pub(in crate::db) fn is_emergency(&self) -> bool {
        self.basis == GrantBasis::BreakGlass
    }

    /// Opens the keys that it carries.
    pub(in crate::db) fn keys(&self, tx: &Tx<'_>) -> Result<CompartmentKeys> {
        open_keys(tx, self.case_id, self.basis, &self.sealed_keys)
    }
}

/// Opens the keys of a grant of the actor's organisation, limited to the compartments that the actor may open now. The only place
/// that does. `sealed` is of a row that was read for this actor under [`live`] or as a suspended grant of theirs: a read may be given the
/// keys that another one opened in the very same row seconds ago (`kept_keys`).
pub(in crate::db) fn open_keys(tx: &Tx<'_>, case: CaseId, basis: GrantBasis, sealed: &[u8]) -> Result<CompartmentKeys> {
    let (organisation, within) = (tx.actor.organisation_id(), tx.actor.may_open(tx.now));
    let open = || Ok(tx.keys.open_grant(case, organisation, basis, sealed)?.only(within));
    match tx.kept_keys {
        Some(kept) => kept.open(GrantOf { case, organisation, basis, within }, sealed, open),
        None => open(),
    }
}

/// Refuses to touch a location with a session that cannot open it now, and tells the client how to continue.
pub fn refuse_stale(tx: &Tx<'_>, compartment: Compartment) -> Result<()> {
    if compartment == Compartment::Location && tx.actor.is_stale(tx.now) {
        return Err(ErrorCode::InsufficientUserAuthentication.into());
    }
    Ok(())
}

/// The scope: a live grant of this organisation. Every query on cases carries it.
#[cfg(not(feature = "without_grant_filter"))]
#[auto_type]
pub(in crate::db) fn live(organisation: OrganisationId, now: Timestamp) -> _ {
    let unexpired = case_grants::expires_at.is_null().or(case_grants::expires_at.assume_not_null().gt(now));
    case_grants::organisation_id.eq(organisation).and(unexpired)
}

/// The same scope with its filter forgotten for some organisations: see [`forgotten_filter`].
#[cfg(feature = "without_grant_filter")]
#[auto_type]
pub(in crate::db) fn live(organisation: OrganisationId, now: Timestamp) -> _ {
    let unexpired = case_grants::expires_at.is_null().or(case_grants::expires_at.assume_not_null().gt(now));
    let lowest: i32 = forgotten_filter::lowest_rank_shown_to(organisation);
    case_grants::organisation_id.eq(organisation).or(case_grants::risk_rank.ge(lowest)).and(unexpired)
}

/// The scope for lists and counts: one row per case, however many grants the organisation holds.
#[auto_type]
pub(in crate::db) fn primary(organisation: OrganisationId, now: Timestamp) -> _ {
    let scope: live = live(organisation, now);
    case_grants::is_primary.eq(true).and(scope)
}

/// The joined keys of all live grants that the actor's organisation holds on a case. None: it does not see the case.
pub(in crate::db) fn keys_for(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<CompartmentKeys>> {
    let query = case_grants::table
        .filter(case_grants::case_id.eq(case))
        .filter(live(tx.actor.organisation_id(), tx.now))
        .select(case_grants::all_columns);
    let rows: Vec<GrantRow> = query.load(tx.conn)?;
    let keys = joined(tx, &rows)?.pop().map(|(_, keys)| keys);
    if keys.is_none() && !tx.writes { keys_of_merged(tx, case) } else { Ok(keys) }
}

/// The same for several cases in one statement; the result omits cases that the organisation does not see.
pub(in crate::db) fn keys_for_each(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<Vec<(CaseId, CompartmentKeys)>> {
    let query = case_grants::table
        .filter(case_grants::case_id.eq_any(cases))
        .filter(live(tx.actor.organisation_id(), tx.now))
        .select(case_grants::all_columns);
    let rows: Vec<GrantRow> = query.load(tx.conn)?;
    joined(tx, &rows)
}

/// The same for every case on which a record of this kind stands, however many these are.
pub(in crate::db) fn keys_for_all_with(tx: &mut Tx<'_>, kind: RecordKind) -> Result<HashMap<CaseId, CompartmentKeys>> {
    let with_one = case_records::table.filter(case_records::kind.eq(kind)).select(case_records::case_id);
    let query = case_grants::table
        .filter(case_grants::case_id.eq_any(with_one))
        .filter(live(tx.actor.organisation_id(), tx.now))
        .select(case_grants::all_columns);
    let rows: Vec<GrantRow> = query.load(tx.conn)?;
    Ok(joined(tx, &rows)?.into_iter().collect())
}

/// The cases that an organisation sees.
#[auto_type]
pub(in crate::db) fn seen_by(organisation: OrganisationId, now: Timestamp) -> _ {
    let scope: live = live(organisation, now);
    case_grants::table.filter(scope).select(case_grants::case_id)
}

/// Joins the keys of several grants by case, as far as each grant serves this caller.
pub(in crate::db) fn joined(tx: &Tx<'_>, rows: &[GrantRow]) -> Result<Vec<(CaseId, CompartmentKeys)>> {
    let mut all: Vec<(CaseId, CompartmentKeys)> = Vec::new();
    for row in rows.iter().filter(|row| serves(tx, row)) {
        let opened = row.keys(tx)?;
        match all.iter_mut().find(|(case, _)| *case == row.case_id) {
            Some((_, held)) => *held = std::mem::take(held).union(opened),
            None => all.push((row.case_id, opened)),
        }
    }
    Ok(all)
}

/// Whether a grant opens anything for this caller now. Emergency access belongs to one user, and only reads.
fn serves(tx: &Tx<'_>, row: &GrantRow) -> bool {
    let own = tx.actor.user().map(|user| user.user_id);
    !row.is_emergency() || (row.created_by == own && !tx.writes)
}

/// Whether an organisation holds a live grant on the case.
pub(in crate::db) fn is_seen_by(tx: &mut Tx<'_>, case: CaseId, organisation: OrganisationId) -> Result<bool> {
    let held = case_grants::table
        .filter(case_grants::case_id.eq(case))
        .filter(case_grants::basis.ne(GrantBasis::BreakGlass))
        .filter(live(organisation, tx.now));
    let query = diesel::select(diesel::dsl::exists(held));
    Ok(query.get_result(tx.conn)?)
}

/// The joined keys of all live grants of an organisation on a case, as far as they serve whoever works there: for a decision whom the
/// system may tell. Emergency access is one user's, and opens nothing for the organisation.
pub(in crate::db) fn keys_of(tx: &mut Tx<'_>, organisation: OrganisationId, case: CaseId) -> Result<CompartmentKeys> {
    let query = case_grants::table
        .filter(case_grants::case_id.eq(case))
        .filter(case_grants::basis.ne(GrantBasis::BreakGlass))
        .filter(live(organisation, tx.now))
        .select(case_grants::all_columns);
    let rows: Vec<GrantRow> = query.load(tx.conn)?;
    let open = |row: &GrantRow| tx.keys.open_grant(case, organisation, row.basis, &row.sealed_keys);
    rows.iter().try_fold(CompartmentKeys::default(), |held, row| Ok(held.union(open(row)?)))
}

/// The keys with which the owner reads the case of a merged person. The case is not listed, cannot be written, and is closed to
/// every other organisation.
pub(in crate::db) fn keys_of_merged(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<CompartmentKeys>> {
    let own = tx.actor.organisation_id();
    let query = merged_grants::table
        .inner_join(case_rows::table)
        .filter(merged_grants::case_id.eq(case))
        .filter(merged_grants::organisation_id.eq(own))
        .filter(case_rows::owner_id.eq(own))
        .select(merged_grants::all_columns);
    let rows: Vec<GrantRow> = query.load(tx.conn)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let merged = row::row_unscoped(tx, case)?;
    if is_closed_since_the_merge(tx, &merged)? {
        return Ok(None);
    }
    let grants: Vec<GrantRow> = rows.into_iter().filter(|grant| !grant.is_emergency()).collect();
    Ok(joined(tx, &grants)?.pop().map(|(_, keys)| keys))
}

/// Whether something that happened to the case that goes on also closes the merged one to the actor: a denial, the protection of the
/// person from missions, or whatever else ended the access to that case.
fn is_closed_since_the_merge(tx: &mut Tx<'_>, merged: &CaseRow) -> Result<bool> {
    let Some(survivor) = merged::survivor_of(tx, merged.person_id)? else { return Ok(true) };
    let is_shut_out =
        denied::is_denied(tx, merged.person_id, tx.actor.organisation_id())? || (tx.actor.is_mission() && shielded::is_barred(tx, merged)?);
    Ok(is_shut_out || keys_for(tx, survivor)?.is_none())
}
