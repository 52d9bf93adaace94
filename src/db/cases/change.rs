//! Changing a case. Every function sees only cases on which the actor's organisation has a live grant.

use diesel::prelude::*;
use serde_json::Value;

use crate::db::Tx;
use crate::db::accounts::users;
use crate::db::casefile::assignees::CaseAssignee;
use crate::db::casefile::history::FieldChange;
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::open::{self, OpenCase};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{assignees, compartments, grant_copies, granting, history, search_index, told_nationality};
use crate::db::engine::expected::Expected;
use crate::db::process::transition_log::Move;
use crate::db::process::{belonging, contacts, facts, follow, tasks};
use crate::db::reference::missions;
use crate::db::schema::cases;
use crate::domain::access::compartments::Compartment;
use crate::domain::cases::history::ChangeSubject;
use crate::domain::codes::*;
use crate::domain::ids::*;
use crate::domain::repatriation::task_kind::TaskKind;
use crate::domain::repatriation::{Disagreement, disagreement};
use crate::error::{Error, ErrorCode, Result};

/// Changes a case, and applies all consequences.
pub fn change_case<F>(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, change: F) -> Result<OpenCase>
where
    F: FnOnce(&mut Tx<'_>, &mut OpenCase) -> Result<()>,
{
    let case = change_row(tx, id, expected, change)?;
    let row = follow::apply_consequences_anew(tx, &case.row)?;
    Ok(OpenCase { row, ..case })
}

/// Changes a case, and leaves its consequences to the caller.
pub(in crate::db) fn change_row<F>(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, change: F) -> Result<OpenCase>
where
    F: FnOnce(&mut Tx<'_>, &mut OpenCase) -> Result<()>,
{
    change_told_of(tx, id, expected, None, change)
}

/// Changes a case: the only way. Checks the version, applies the change, seals the changed compartments, writes the history and
/// drops the grants that the change ends. The history tells what a merge brought, or an undo took back, to who opens the merged case.
fn change_told_of<F>(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, merged: Option<CaseId>, change: F) -> Result<OpenCase>
where
    F: FnOnce(&mut Tx<'_>, &mut OpenCase) -> Result<()>,
{
    let person = lock::lock_with_person(tx, id)?;
    let before = open::find(tx, id)?;
    let read = expected.check(before.row.version)?;
    let mut after = before.clone();
    change(tx, &mut after)?;
    if let Some(contact) = &mut after.contents.contact {
        contact.read_phones(after.row.host_country, before.contents.contact.as_ref().map_or(&[], |contact| &contact.phones));
    }
    if let Some(identity) = after.contents.identity.as_ref().filter(|_| after.contents.identity != before.contents.identity) {
        after.row.birth_year = identity.birth_year();
        after.row.is_child = identity.is_child(after.row.today(tx)?.day());
    }
    after.row.version = read + 1;
    after.row.updated_at = tx.now;
    row::save_row(tx, &after.row, read)?;
    if after.row.claimed != before.row.claimed {
        told_nationality::index(tx, &after.row)?;
    }
    save_contents(tx, &before, &mut after, merged)?;
    end_contacts(tx, &person, &before, &after)?;
    tx.audit_change(id.0, Some(read), Some(after.row.version));
    Ok(after)
}

fn save_contents(tx: &mut Tx<'_>, before: &OpenCase, after: &mut OpenCase, merged: Option<CaseId>) -> Result<()> {
    let plain = history::plain_differences(&before.row, &after.row)?;
    let contents = (&before.contents, &after.contents);
    let changed = history::record(tx, &after.row, plain, contents, &before.keys, merged)?;
    for (compartment, value) in after.contents.values()? {
        let Some(value) = value.filter(|_| changed.contains(&compartment)) else { continue };
        let owner = if compartment.is_of_person() { after.row.person_id.0 } else { after.row.id.0 };
        let version = after.versions.iter().find(|(known, _)| *known == compartment).map_or(0, |(_, version)| *version);
        compartments::seal(tx, owner, compartment, version, &before.keys, &value)?;
    }
    if changed.iter().any(|compartment| compartment.is_of_person()) {
        search_index::reindex(tx, after.row.person_id, &after.contents)?;
        share_with_other_episodes(tx, &after.row)?;
    }
    Ok(())
}

/// Copies the fields derived from the person's identity to all their cases.
fn share_with_other_episodes(tx: &mut Tx<'_>, row: &CaseRow) -> Result<()> {
    let others = cases::table.filter(cases::person_id.eq(row.person_id)).filter(cases::id.ne(row.id));
    let query = diesel::update(others).set((
        cases::birth_year.eq(row.birth_year),
        cases::is_child.eq(row.is_child),
        // A reader of the other case has seen a name that has changed.
        cases::version.eq(cases::version + 1),
        cases::updated_at.eq(tx.now),
    ));
    query.execute(tx.conn)?;
    for other in row::of_person(tx, row.person_id)?.into_iter().filter(|other| other.id != row.id) {
        grant_copies::follow(tx, &other)?;
    }
    Ok(())
}

/// Ends the contact with a mission that covers no nationality claimed now; and, once the person seeks asylum, the contact
/// with every mission and all emergency access.
fn end_contacts(tx: &mut Tx<'_>, person: &PersonLocked<'_>, before: &OpenCase, after: &OpenCase) -> Result<()> {
    let seeks_asylum =
        |case: &OpenCase| case.contents.protection.as_ref().is_some_and(|protection| protection.asylum_claim_open == Some(true));
    let is_new_claim = seeks_asylum(after) && !seeks_asylum(before);
    let affected = if is_new_claim { row::of_person(tx, after.row.person_id)? } else { vec![after.row.clone()] };
    for row in affected {
        if is_new_claim {
            granting::withdraw_emergency_access(tx, person, row.id)?;
        }
        for mission in granting::contacted_missions(tx, row.id)? {
            if is_new_claim || !missions::covers(tx, mission, row.claimed.as_ref(), row.host_country)? {
                contacts::end(tx, person, row.id, mission)?;
            }
        }
    }
    Ok(())
}

/// Checks that the compound and the operation exist.
pub(in crate::db) fn check_places(tx: &mut Tx<'_>, row: &CaseRow) -> Result<()> {
    use crate::db::schema::compounds;
    use crate::db::schema::operations;
    if let Some(compound) = row.compound_id {
        let query = compounds::table.find(compound).select(compounds::id);
        let known: Option<CompoundId> = query.get_result(tx.conn).optional()?;
        known.ok_or_else(|| Error::field("/compound_id", "not_found", "no compound with this id"))?;
    }
    if let Some(operation) = row.operation_id {
        let query = operations::table.find(operation).select(operations::id);
        let known: Option<OperationId> = query.get_result(tx.conn).optional()?;
        known.ok_or_else(|| Error::field("/operation_id", "not_found", "no operation with this id"))?;
    }
    Ok(())
}

/// How a case is closed.
#[derive(Clone, Copy)]
pub struct Closing {
    pub reason: ClosureReason,
    /// Whether the open tasks of the actor's organisation end with it.
    pub end_tasks: bool,
    /// Whether a child whom the actor sees to belong to the person remains.
    pub leaves_child: bool,
}

/// Closes a case, for a reason that agrees with where it stands. The tasks that users added end with it: those of the owner only if it
/// says so, because nobody sees them on a worklist then.
pub fn close(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, asked: Closing) -> Result<OpenCase> {
    let Closing { reason, end_tasks, leaves_child } = asked;
    change_case(tx, id, expected, |tx, case| {
        row::refuse_if_closed(&case.row)?;
        row::require_owner(tx, &case.row)?;
        if let Some(Disagreement { code, step }) = disagreement(reason, case.row.stage, case.row.side_state) {
            return Err(Error::new(ErrorCode::ClosureDisagrees).at("/reason", code, step));
        }
        if !leaves_child && belonging::leaves_child(tx, &case.row)? {
            let message = "say true if a child who belongs to the person, and whom you see among its relations, stays without this case";
            return Err(Error::new(ErrorCode::ChildRemains).at("/leaves_child", "required", message));
        }
        if !end_tasks && facts::load(tx, &case.row, case.keys.compartments(), &Move::default())?.death_is_untold() {
            let message = "say true if the case ends although no mission was told of the death, and no denial was weighed";
            return Err(Error::new(ErrorCode::OpenTasks).at("/end_tasks", "required", message));
        }
        tasks::end_with_case(tx, &case.row, end_tasks)?;
        case.row.status = if reason == ClosureReason::Transferred { CaseStatus::ClosedReferred } else { CaseStatus::Closed };
        case.row.closure_reason = Some(reason);
        case.row.closed_on = Some(case.row.today(tx)?.day());
        Ok(())
    })
}

/// Opens a closed case again, with the reason. The tasks that ended with it come back.
pub fn reopen(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, reason: &str) -> Result<OpenCase> {
    let opened = change_case(tx, id, expected, |tx, case| {
        row::require_owner(tx, &case.row)?;
        if !case.row.is_closed() {
            return Err(Error::new(ErrorCode::Conflict).detail("The case is not closed."));
        }
        case.row.status = CaseStatus::Active;
        case.row.closure_reason = None;
        case.row.closed_on = None;
        tasks::return_with_case(tx, &case.row)
    })?;
    let said = FieldChange { field: "reopened.reason".to_owned(), from: Value::Null, to: reason.into() };
    history::record_apart(
        tx,
        &opened.row,
        &opened.keys,
        ChangeSubject::Case,
        vec![history::Part::sealed(Compartment::Identity, vec![said], None)],
    )?;
    Ok(OpenCase { row: row::row_unscoped(tx, id)?, ..opened })
}

/// Assigns a case to a user of the actor's organisation, or removes the assignment.
pub fn assign(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, assignee: Option<UserId>) -> Result<OpenCase> {
    if let Some(user) = assignee {
        users::lock(tx, user)?;
    }
    change_case(tx, id, expected, |tx, case| {
        row::refuse_if_closed(&case.row)?;
        row::require_owner(tx, &case.row)?;
        // Who is away keeps what is theirs.
        if let Some(user) = assignee.filter(|user| case.row.assigned_to.map(CaseAssignee::user) != Some(*user)) {
            case.row.assigned_to = Some(assignees::chosen(tx, case.row.owner_id, user, "/assigned_to")?.into());
        } else if assignee.is_none() {
            case.row.assigned_to = None;
        }
        // Also where the case is left to anybody on purpose.
        tasks::settle(tx, &case.row, TaskKind::AssigneeLeft)
    })
}

/// Changes a case on behalf of the caller: like [`change_case`], but never a closed one, and places must exist.
pub fn change_as_owner<F>(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, change: F) -> Result<OpenCase>
where
    F: FnOnce(&mut Tx<'_>, &mut OpenCase) -> Result<()>,
{
    change_case(tx, id, expected, |tx, case| as_owner(tx, case, change))
}

/// The same for what a merge with this case brings, and what its undo takes back.
pub(in crate::db) fn change_by_merge<F>(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, merged: CaseId, change: F) -> Result<OpenCase>
where
    F: FnOnce(&mut Tx<'_>, &mut OpenCase) -> Result<()>,
{
    let case = change_told_of(tx, id, expected, Some(merged), |tx, case| as_owner(tx, case, change))?;
    let row = follow::apply_consequences_anew(tx, &case.row)?;
    Ok(OpenCase { row, ..case })
}

fn as_owner<F>(tx: &mut Tx<'_>, case: &mut OpenCase, change: F) -> Result<()>
where
    F: FnOnce(&mut Tx<'_>, &mut OpenCase) -> Result<()>,
{
    row::refuse_if_closed(&case.row)?;
    // Only the owner edits. A guest on the case answers through its contact, its verification and the transitions, and must
    // not change the records of the organisation that accompanies the person.
    row::require_owner(tx, &case.row)?;
    change(tx, case)?;
    check_places(tx, &case.row)
}
