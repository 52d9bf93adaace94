//! Erasing a person: destroys every sealed copy of their key, and with it everything that was sealed under the key, in every copy
//! of the data. The sealed data is deleted too. The row of the case remains, without fields that identify the person.

use diesel::prelude::*;
use std::collections::BTreeSet;

use crate::db::Tx;
use crate::db::accounts::approvals;
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{access_events, granting, idempotency, open, relations, search_index, told_nationality};
use crate::db::cases::attachment_cleanup;
use crate::db::engine::listed_changes;
use crate::db::people::imports::{expiry, rows};
use crate::db::people::merges;
use crate::db::process::{belonging, facts};
use crate::db::repatriation::waiver_requests;
use crate::db::schema::{
    blind_index, case_changes, case_grants, case_records, compartments, duplicate_pairs, embassy_contacts, erasures, fine_ledger,
    matching_queue, merged_grants, movement_batch_members, nationality_verifications, person_keys, repatriation_transitions, stays, tasks,
    tracing_matches as match_rows,
};
use crate::db::sharing::reconcile;
use crate::domain::accounts::approval::{Act, ErasureParameters, is_under_way};
use crate::domain::codes::{AccessEventKind, CaseStatus, Gender};
use crate::domain::ids::{ApprovalId, CaseId, OrganisationId, OwnerId, PersonId, *};
use crate::domain::nationalities::ClaimedNationalities;
use crate::error::{Error, ErrorCode, Result};

/// Erases the person of a case, as a second person approved. Refused under a legal hold, while another organisation owns a case
/// of the person, and during the repatriation unless the person asked for the erasure.
pub fn erase(tx: &mut Tx<'_>, approval: Option<ApprovalId>, erasure: &ErasureParameters) -> Result<()> {
    lock::refuse_if_merged(tx, erasure.case_id)?;
    let (row, _) = open::row_visible(tx, erasure.case_id)?;
    let people = lock::lock_merged_persons(tx, row.person_id)?;
    lock::lock(tx, erasure.case_id)?;
    // Read again under the lock: the case may have been handed on meanwhile.
    let (row, _) = open::row_visible(tx, erasure.case_id)?;
    row::require_owner(tx, &row)?;
    approvals::consume(tx, approval, &Act { erasure: Some(erasure.clone()), ..Act::default() })?;
    // A person merged into this one is the same person.
    let persons: Vec<PersonId> = people.iter().map(PersonLocked::person).collect();
    let mut of_person = Vec::new();
    for person in &persons {
        of_person.extend(row::of_person(tx, *person)?);
    }
    for case in &of_person {
        lock::lock_even_merged(tx, case.id)?;
        refuse_if_needed(tx, case, erasure)?;
    }
    erase_all(tx, &people, &of_person)
}

/// Erases persons with all their cases.
fn erase_all(tx: &mut Tx<'_>, people: &[PersonLocked<'_>], of_person: &[CaseRow]) -> Result<()> {
    let saw = others_who_saw(tx, of_person)?;
    let ids: Vec<CaseId> = of_person.iter().map(|case| case.id).collect();
    people.iter().try_for_each(|person| forget(tx, person.person()))?;
    reconcile::forget(tx, &ids)?;
    approvals::forget_reasons(tx, &ids)?;
    for case in of_person {
        forget_case(tx, case.id)?;
        bury(tx, case)?;
        tx.audit_change(case.id.0, Some(case.version), Some(case.version + 1));
    }
    for (case, organisation) in saw {
        access_events::tell(tx, organisation, AccessEventKind::AccessEnded, case)?;
    }
    for person in people {
        destroy_keys(tx, person)?;
        tx.audit_change(person.person().0, None, None);
    }
    tx.purge_on_commit();
    tx.forget_keys_on_commit();
    Ok(())
}

/// Everybody who was erased.
pub fn erased(tx: &mut Tx<'_>) -> Result<Vec<PersonId>> {
    let query = erasures::table.order(erasures::person_id).select(erasures::person_id);
    Ok(query.load(tx.conn)?)
}

/// Erases again those of these persons whom a backup brought back. That they are erased was decided when it was done, so nothing is asked
/// now. Returns how many there were.
pub(in crate::db) fn erase_again(tx: &mut Tx<'_>, erased: &[PersonId]) -> Result<usize> {
    let mut back = 0;
    for person in erased {
        let key = person_keys::table.find((*person, OrganisationId::SYSTEM)).select(person_keys::person_id);
        let found: Option<PersonId> = key.get_result(tx.conn).optional()?;
        let Some(person) = found else { continue };
        let people = lock::lock_persons(tx, vec![person])?;
        let of_person = row::of_person(tx, person)?;
        of_person.iter().try_for_each(|case| lock::lock_even_merged(tx, case.id))?;
        erase_all(tx, &people, &of_person)?;
        back += 1;
    }
    Ok(back)
}

/// The other organisations that see a case of the person. They are told that their access ended, so that they delete their
/// copies; the event names the case by its id, because the code is erased.
fn others_who_saw(tx: &mut Tx<'_>, cases: &[CaseRow]) -> Result<BTreeSet<(CaseId, OrganisationId)>> {
    let own = tx.actor.organisation_id();
    let mut saw = BTreeSet::new();
    for case in cases {
        let held = granting::held(tx, case.id)?.into_iter().map(|grant| grant.organisation);
        saw.extend(held.filter(|organisation| *organisation != own).map(|organisation| (case.id, organisation)));
    }
    Ok(saw)
}

fn refuse_if_needed(tx: &mut Tx<'_>, case: &CaseRow, erasure: &ErasureParameters) -> Result<()> {
    let is_foreign = case.owner_id != tx.actor.organisation_id();
    let is_walked = is_under_way(case.stage, case.side_state, case.is_closed()) && !erasure.requested_by_person;
    if is_foreign || is_walked || facts::is_held(tx, case)? {
        // The error does not say which condition it is, because that may be another organisation's secret.
        return Err(ErrorCode::ErasureRefused.into());
    }
    Ok(())
}

/// Deletes all rows that belong to a case, the grants with their keys first.
fn forget_case(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    macro_rules! forget {
        ($($table:ident),+ $(,)?) => {$(
            let query = diesel::delete($table::table.filter($table::case_id.eq(case)));
            query.execute(tx.conn)?;
        )+};
    }
    attachment_cleanup::forget(tx, case)?;
    for relation in relations::recorded_on(tx, case)? {
        belonging::forget(tx, relation)?;
    }
    relations::forget(tx, case)?;
    waiver_requests::forget(tx, case)?;
    forget!(
        case_grants,
        merged_grants,
        case_changes,
        stays,
        embassy_contacts,
        nationality_verifications,
        repatriation_transitions,
        case_records,
        tasks,
        fine_ledger,
        movement_batch_members,
    );
    // Also what the case that went on told of this one during a merge.
    let told = diesel::delete(case_changes::table.filter(case_changes::merged_from.eq(case)));
    told.execute(tx.conn)?;
    idempotency::forget_case(tx, case)?;
    expiry::end_naming(tx, case)?;
    rows::forget_case(tx, case)?;
    let query = diesel::delete(compartments::table.filter(compartments::owner_id.eq(OwnerId(case.0))));
    query.execute(tx.conn)?;
    Ok(())
}

/// Keeps only the fields of a case that identify no person: country, dates, nationality and stage. Replaces the code too, so that
/// a paper with the old code leads nowhere.
fn bury(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    let stone = CaseRow {
        code: format!("erased-{}", case.id),
        created_by: None,
        assigned_to: None,
        previous_case_id: None,
        updated_at: tx.now,
        version: case.version + 1,
        status: CaseStatus::Closed,
        exit_mode: None,
        exited_on: None,
        gender: Gender::NonSpecifiedUnknown,
        birth_year: None,
        is_child: None,
        compound_id: None,
        operation_id: None,
        // Several together may name somebody: the one that figures count stays.
        claimed: case.nationality_claimed().map(ClaimedNationalities::from),
        ..case.clone()
    };
    told_nationality::forget(tx, case.id)?;
    row::save_row(tx, &stone, case.version)?;
    // The last that is said of the case: an id among the changes would tell when it was touched.
    listed_changes::forget_case(tx.conn, case.id)
}

fn destroy_keys(tx: &mut Tx<'_>, person: &PersonLocked<'_>) -> Result<()> {
    let person = person.person();
    let keys = diesel::delete(person_keys::table.filter(person_keys::person_id.eq(person)));
    if keys.execute(tx.conn)? == 0 {
        return Err(Error::internal("a person without a key"));
    }
    let index = diesel::delete(blind_index::table.filter(blind_index::person_id.eq(person)));
    index.execute(tx.conn)?;
    let sealed = diesel::delete(compartments::table.filter(compartments::owner_id.eq(OwnerId(person.0))));
    sealed.execute(tx.conn)?;
    let erasure = diesel::insert_into(erasures::table).values(erasures::person_id.eq(person));
    erasure.execute(tx.conn)?;
    search_index::stage_gone(tx, person);
    Ok(())
}

/// Deletes the merges, pairs and tracing matches of an erased person.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let queued = diesel::delete(matching_queue::table.find(SubjectId(person.0)));
    queued.execute(tx.conn)?;
    let found = diesel::delete(match_rows::table.filter(match_rows::person_id.eq(person)));
    found.execute(tx.conn)?;
    merges::forget(tx, person)?;
    let of_person = duplicate_pairs::first_person_id.eq(person).or(duplicate_pairs::second_person_id.eq(person));
    let pairs = diesel::delete(duplicate_pairs::table.filter(of_person));
    pairs.execute(tx.conn)?;
    Ok(())
}
