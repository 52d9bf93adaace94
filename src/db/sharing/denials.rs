//! Denials: the organisations that a person never wants to see their case. A denial overrides every grant, batch, emergency
//! access and rule, now and later.

use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::{open_detail, seal_detail};
use crate::db::casefile::denied::{self, DenialDetails, DenialRow, candidate};
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{access_events, granting, grants, merged, open, person_keys};
use crate::db::engine::page::found;
use crate::db::process::exclusions::{self, NewExclusion};
use crate::db::process::{facts, responsibility};
use crate::db::schema::denials;
use crate::db::sharing::reconcile::reconcile_access;
use crate::db::sharing::state::check_recipient;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{AccessEventKind, ExclusionWay};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, CaseId, DenialId, PersonId};
use crate::domain::repatriation::Party;
use crate::domain::sharing::Recipient;
use crate::error::{Error, ErrorCode, Result};

/// A denial, opened.
pub struct Denial {
    pub row: DenialRow,
    /// None: closed to the caller.
    pub details: Option<DenialDetails>,
    /// Whether the caller is told only what holds for the person: it was recorded on a case that is closed to them.
    pub is_outline: bool,
}

/// Records a denial and ends, in the same transaction, the access of every organisation that it names.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, details: &DenialDetails, approval: Option<ApprovalId>) -> Result<Denial> {
    let person = lock::lock_with_person(tx, case)?;
    let (case, _) = open::row_visible(tx, case)?;
    let recipient = details.recipient().ok_or_else(|| Error::internal("a denial of nobody"))?;
    require_care(tx, &case)?;
    check_recipient(tx, &recipient, "/organisation_id")?;
    let own = tx.actor.organisation_id();
    if recipient.includes(&candidate(tx, own)?) {
        return Err(Error::field(
            "/scope",
            "own_organisation",
            "this includes your own organisation: transfer the case to another one first",
        ));
    }
    let id = DenialId::random();
    let keys = person_keys::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, CompartmentSet::ALL)?;
    let row = DenialRow {
        id,
        person_id: case.person_id,
        case_id: case.id,
        organisation_id: own,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        version: 1,
        lifted_at: None,
        sealed_details: seal_detail(id.0, 1, Compartment::Protection, &keys, details)?,
    };
    store(tx, &person, &row)?;
    take_from_denied(tx, &person, &case, &recipient, approval)?;
    reconcile_access(tx, &person)?;
    if case.owner_id != tx.actor.organisation_id() && !candidate(tx, case.owner_id)?.kind.is_mission() {
        access_events::tell(tx, case.owner_id, AccessEventKind::DecisionRecordedElsewhere, case.id)?;
    }
    tx.audit_change(case.id.0, None, Some(1));
    tx.audit_subject(id.0);
    Ok(Denial { row, details: Some(details.clone()), is_outline: false })
}

/// Passes a case that a denied mission owns to the coordination desk: with an owner who cannot open the case, the person would be
/// left without help. Refuses if an organisation of another kind owns the case: a desk must not get the whole
/// case by stating that its owner is denied.
fn take_from_denied(
    tx: &mut Tx<'_>,
    person: &PersonLocked<'_>,
    case: &CaseRow,
    recipient: &Recipient,
    approval: Option<ApprovalId>,
) -> Result<()> {
    let mut has_begun = shuts_out_guests(tx, person, case, recipient)?;
    if has_begun {
        begin(tx, person, case, approval)?;
    }
    for mut episode in row::of_person(tx, person.person())? {
        let owner = candidate(tx, episode.owner_id)?;
        if !recipient.includes(&owner) {
            continue;
        }
        if !owner.kind.is_mission() {
            return Err(Error::field("/scope", "owner", "owns a case of the person: ask for a transfer first"));
        }
        if !has_begun {
            begin(tx, person, case, approval)?;
            has_begun = true;
        }
        responsibility::take_from_mission(tx, person, &mut episode)?;
    }
    Ok(())
}

/// Begins the exclusion of missions from the cases of a person, on a case of another organisation.
fn begin(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &CaseRow, approval: Option<ApprovalId>) -> Result<()> {
    let new = NewExclusion { case: case.id, way: ExclusionWay::Denial, began_with: None, is_foreign: true, approval };
    exclusions::begin(tx, person, &new).map(drop)
}

/// Whether a denial that is recorded on the case of another organisation ends what a mission sees there as a guest.
fn shuts_out_guests(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &CaseRow, recipient: &Recipient) -> Result<bool> {
    if case.owner_id == tx.actor.organisation_id() {
        return Ok(false);
    }
    for episode in row::of_person(tx, person.person())? {
        for grant in granting::held(tx, episode.id)?.into_iter().filter(|grant| grant.organisation != episode.owner_id) {
            let candidate = candidate(tx, grant.organisation)?;
            if candidate.kind.is_mission() && recipient.includes(&candidate) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Lifts a denial, because the person changed their mind. Restores no access: it must be asked for again.
pub fn lift(tx: &mut Tx<'_>, case: CaseId, id: DenialId) -> Result<Denial> {
    lock::lock_with_person(tx, case)?;
    let denial = find(tx, case, id)?;
    let (case, _) = open::row_visible(tx, case)?;
    row::require_owner(tx, &case)?;
    tx.audit_change(case.id.0, None, None);
    tx.audit_subject(id.0);
    if denial.row.lifted_at.is_some() {
        return Ok(denial);
    }
    let query = diesel::update(denials::table.find(id)).set(denials::lifted_at.eq(Some(tx.now)));
    query.execute(tx.conn)?;
    Ok(Denial { row: DenialRow { lifted_at: Some(tx.now), ..denial.row }, details: denial.details, is_outline: denial.is_outline })
}

/// Refuses every organisation but the owner of the case and the coordination desk. The person turns to the desk if the owner is
/// the organisation to deny.
fn require_care(tx: &Tx<'_>, case: &CaseRow) -> Result<()> {
    let is_care = case.owner_id == tx.actor.organisation_id() || facts::party(tx.actor) == Party::Coordinator;
    if is_care {
        return Ok(());
    }
    Err(Error::new(ErrorCode::PermissionDenied)
        .detail("Only the organisation that owns the case, or the coordination desk, can record this."))
}

/// The denials of the person, oldest first. Their existence is itself class E: none where the protection compartment is closed.
pub fn list(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Vec<Denial>>> {
    let (case, keys) = open::row_visible(tx, case)?;
    tx.audit_unchanged(case.id.0);
    if keys.get(Compartment::Protection).is_none() {
        return Ok(None);
    }
    tx.audit_disclosure(case.id, CompartmentSet::EMPTY.with(Compartment::Protection));
    let mut shown = Vec::new();
    let mut rows = denied::rows_of(tx, case.person_id)?;
    rows.extend(of_merged(tx, &case, &keys)?);
    for row in rows {
        // Each denial is sealed with the case on which it was recorded, whose keys the caller may or may not hold.
        let known = if row.case_id == case.id { Some(&keys) } else { keys.of(Some(row.case_id)) };
        let keys = match known {
            Some(known) => Some(known.clone()),
            None => grants::keys_for(tx, row.case_id)?,
        };
        let is_outline = keys.is_none();
        let details = keys.map(|keys| open_detail(row.id.0, 1, Compartment::Protection, &keys, &row.sealed_details)).transpose()?.flatten();
        shown.push(Denial { row, details, is_outline });
    }
    Ok(Some(shown))
}

/// The denials recorded on the cases merged into this one, as far as the caller saw what protects the person there.
fn of_merged(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys) -> Result<Vec<DenialRow>> {
    let mut rows = Vec::new();
    for person in merged::merged_into(tx, case.person_id)? {
        rows.extend(denied::rows_of(tx, person)?);
    }
    rows.retain(|row| keys.of(Some(row.case_id)).is_some_and(|keys| keys.get(Compartment::Protection).is_some()));
    Ok(rows)
}

/// Finds a denial.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: DenialId) -> Result<Denial> {
    found(list(tx, case)?.unwrap_or_default().into_iter().find(|denial| denial.row.id == id))
}

/// Finds a denial for the organisation that recorded it on this case, too. Where the protection compartment is closed to it, it is
/// shown that it recorded one, and not whom it names.
pub fn find_recorded(tx: &mut Tx<'_>, case: CaseId, id: DenialId) -> Result<Denial> {
    if let Some(shown) = list(tx, case)? {
        return found(shown.into_iter().find(|denial| denial.row.id == id));
    }
    let (case, _) = open::row_visible(tx, case)?;
    let own = tx.actor.organisation_id();
    let is_own = |row: &DenialRow| row.id == id && row.case_id == case.id && row.organisation_id == own;
    let row = found(denied::rows_of(tx, case.person_id)?.into_iter().find(is_own))?;
    Ok(Denial { row, details: None, is_outline: false })
}

/// Repeats this person's denials since then for another person, with whom they were merged.
pub(in crate::db) fn repeat(
    tx: &mut Tx<'_>,
    person: PersonId,
    to_person: &PersonLocked<'_>,
    case: &CaseRow,
    since: Timestamp,
) -> Result<()> {
    let protection = CompartmentSet::EMPTY.with(Compartment::Protection);
    let keys = person_keys::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, protection)?;
    for row in denied::rows_of(tx, person)?.into_iter().filter(|row| row.lifted_at.is_none() && row.created_at >= since) {
        let details = denied::details_of(tx, &row)?;
        let id = DenialId::random();
        let sealed_details = seal_detail(id.0, 1, Compartment::Protection, &keys, &details)?;
        let repeated = DenialRow { id, person_id: case.person_id, case_id: case.id, sealed_details, ..row };
        store(tx, to_person, &repeated)?;
    }
    Ok(())
}

/// Stores a denial, under the lock of the person whose access it changes.
fn store(tx: &mut Tx<'_>, person: &PersonLocked<'_>, row: &DenialRow) -> Result<()> {
    person.check(row.person_id)?;
    let query = diesel::insert_into(denials::table).values(row);
    query.execute(tx.conn)?;
    Ok(())
}
