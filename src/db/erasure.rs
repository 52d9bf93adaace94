//! Erasing a person: every sealed copy of their key is destroyed, and with it everything that was sealed under it, wherever
//! it may have been copied. What was sealed is deleted too. The row of the case stays as a stone without a name.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::cases::{self, CaseRow};
use super::connection::on_backend;
use super::schema::{
    blind_index, case_changes, case_grants, case_records, compartments, embassy_contacts, fine_ledger, idempotency_keys, merged_grants,
    movement_batch_members, nationality_verifications, person_keys, repatriation_transitions, stays, tasks,
};
use super::sharing::{self, events};
use super::{Tx, approvals, attachments, grants, matching, merges, persons, records};
use crate::domain::approval::{Act, ErasureParameters, is_under_way};
use crate::domain::codes::{AccessEventKind, CaseStatus, Gender};
use crate::domain::compartments::CompartmentSet;
use crate::domain::ids::{ApprovalId, CaseId, OrganisationId, OwnerId, PersonId};
use crate::error::{Error, ErrorCode, Result};

/// Erases the person of a case, as a second person approved. Refused while a legal hold is on record, while the road home is
/// being walked unless the person asked, and where another organisation owns a case of the person.
pub fn erase(tx: &mut Tx<'_>, approval: Option<ApprovalId>, erasure: &ErasureParameters) -> Result<()> {
    cases::lock(tx, erasure.case_id)?;
    let (row, _) = cases::row_visible(tx, erasure.case_id)?;
    cases::require_owner(tx, &row)?;
    approvals::consume(tx, approval, &Act { erasure: Some(erasure.clone()), ..Act::default() })?;
    // Whoever was merged into the person is the person.
    let mut persons = vec![row.person_id];
    persons.extend(merges::merged_into(tx, row.person_id)?);
    let mut of_person = Vec::new();
    for person in &persons {
        of_person.extend(cases::of_person(tx, *person)?);
    }
    for case in &of_person {
        cases::lock_even_merged(tx, case.id)?;
        refuse_if_needed(tx, case, erasure)?;
    }
    let saw = others_who_saw(tx, &of_person)?;
    let ids: Vec<CaseId> = of_person.iter().map(|case| case.id).collect();
    persons.iter().try_for_each(|person| matching::forget(tx, *person))?;
    sharing::forget(tx, &ids)?;
    for case in &of_person {
        forget_case(tx, case.id)?;
        bury(tx, case)?;
        tx.audit(case.id.0, Some(case.version), Some(case.version + 1));
    }
    for (case, organisation) in saw {
        events::tell(tx, organisation, AccessEventKind::AccessEnded, case)?;
    }
    for person in persons {
        destroy_keys(tx, person)?;
        tx.audit(person.0, None, None);
    }
    tx.leave_no_trace();
    Ok(())
}

/// The other organisations that see a case of the person. They are told that they do not any more, so that they delete what they
/// copied; the event names the case by its id, because the code is gone.
fn others_who_saw(tx: &mut Tx<'_>, cases: &[CaseRow]) -> Result<BTreeSet<(CaseId, OrganisationId)>> {
    let own = tx.actor.organisation_id();
    let mut saw = BTreeSet::new();
    for case in cases {
        let held = grants::held(tx, case.id)?.into_iter().map(|grant| grant.organisation);
        saw.extend(held.filter(|organisation| *organisation != own).map(|organisation| (case.id, organisation)));
    }
    Ok(saw)
}

fn refuse_if_needed(tx: &mut Tx<'_>, case: &CaseRow, erasure: &ErasureParameters) -> Result<()> {
    let is_foreign = case.owner_id != tx.actor.organisation_id();
    let is_walked = is_under_way(case.stage, case.side_state, case.is_closed()) && !erasure.requested_by_person;
    if is_foreign || is_walked || is_held(tx, case)? {
        // Which of them it is may be another organisation's to know.
        return Err(ErrorCode::ErasureRefused.into());
    }
    Ok(())
}

/// Whether a court or an authority still holds the person. Looked at with the system's key, whoever may read it.
pub(in crate::db) fn is_held(tx: &mut Tx<'_>, case: &CaseRow) -> Result<bool> {
    let keys = persons::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, CompartmentSet::ALL)?;
    let holds = records::all_of(tx, case.id, &keys)?.legal_holds;
    Ok(holds.iter().any(|hold| hold.content.lifted_on.is_none()))
}

/// Deletes everything that belongs to a case, the grants with their keys first.
fn forget_case(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    macro_rules! forget {
        ($($table:ident),+ $(,)?) => {$(
            let query = diesel::delete($table::table.filter($table::case_id.eq(case)));
            on_backend!(tx.conn, |c| query.execute(c))?;
        )+};
    }
    attachments::forget(tx, case)?;
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
        idempotency_keys,
    );
    let query = diesel::delete(compartments::table.filter(compartments::owner_id.eq(OwnerId(case.0))));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// Leaves of a case what says nothing of anybody: where, when, which nationality and how far. The code goes too, so that a
/// paper with it leads nowhere.
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
        ..case.clone()
    };
    cases::save_row(tx, &stone, case.version)
}

fn destroy_keys(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let keys = diesel::delete(person_keys::table.filter(person_keys::person_id.eq(person)));
    if on_backend!(tx.conn, |c| keys.execute(c))? == 0 {
        return Err(Error::internal("a person without a key"));
    }
    let index = diesel::delete(blind_index::table.filter(blind_index::person_id.eq(person)));
    on_backend!(tx.conn, |c| index.execute(c))?;
    let sealed = diesel::delete(compartments::table.filter(compartments::owner_id.eq(OwnerId(person.0))));
    on_backend!(tx.conn, |c| sealed.execute(c))?;
    Ok(())
}
