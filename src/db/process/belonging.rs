//! People who belong together: the facts for the guard, and the tasks that tell an owner who sees both cases that one leaves, is held or
//! ends without the other. The owner of one alone is told nothing, in no list and by no version.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::relations::{self, Link, Linked};
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::task_row::TaskRow;
use crate::db::casefile::{assignees, case_keys, grants};
use crate::db::process::{records, tasks};
use crate::db::schema::tasks as task_table;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::RelationKind;
use crate::domain::ids::{CaseId, OrganisationId, RecordId, RelationId};
use crate::domain::repatriation::belonging::{Apart, Journey, Related, Traveller, apart};
use crate::domain::repatriation::task_kind::{TaskKind, TaskStatus};
use crate::error::Result;

/// Who belongs to the person of a case, as far as the actor sees both.
pub(in crate::db) fn of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Related>> {
    let mut related = Vec::new();
    for (_, relation) in relations::of_cases(tx, &[case])? {
        related.push(Related {
            relation: relation.id,
            case: relation.relative.id,
            kind: relation.kind,
            other: traveller(tx, &relation.relative)?,
            is_decided: relation.separation.is_some(),
        });
    }
    Ok(related)
}

/// Whether the end of a case would leave a child behind who belongs to the person, as far as the actor sees both.
pub(in crate::db) fn leaves_child(tx: &mut Tx<'_>, case: &CaseRow) -> Result<bool> {
    let related = of(tx, case.id)?;
    if related.is_empty() {
        return Ok(false);
    }
    let ended = Traveller { is_closed: true, ..traveller(tx, case)? };
    Ok(related.iter().any(|related| !related.is_decided && apart(&ended, related.kind, &related.other) == Some(Apart::Remains)))
}

/// The person of a case as one of two who belong together. A child is who may be one.
fn traveller(tx: &mut Tx<'_>, row: &CaseRow) -> Result<Traveller> {
    let keys = case_keys::of_system(tx, row, CompartmentSet::ALL)?;
    let records = records::all_of(tx, row.id, &keys)?;
    let here = row.clock(tx)?;
    let journey = records.movement().map(|movement| Journey { batch: movement.batch_id, leaves_on: movement.departure_day(here) });
    let is_child = row.is_child != Some(false);
    Ok(Traveller { is_child, is_closed: row.is_closed(), stage: row.stage, side_state: row.side_state, journey })
}

/// Makes the reminders of a case, and of everybody who belongs to its person, those that follow from where both are.
pub(in crate::db) fn remind(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    for link in relations::links(tx, case.id)? {
        let (first, second) = (traveller(tx, &link.first.row)?, traveller(tx, &link.second.row)?);
        let (first_is, second_is) = (link.second_is.inverse(), link.second_is);
        remind_owner(tx, &link, &link.first, (&first, second_is, &second))?;
        remind_owner(tx, &link, &link.second, (&second, first_is, &first))?;
    }
    Ok(())
}

fn remind_owner(tx: &mut Tx<'_>, link: &Link, end: &Linked, pair: (&Traveller, RelationKind, &Traveller)) -> Result<()> {
    let (person, kind, other) = pair;
    let is_due = !link.is_decided && !end.row.is_closed() && apart(person, kind, other).is_some_and(Apart::is_caused_by_the_other);
    let is_told = is_due && sees_both(tx, link, end.row.owner_id)?;
    let mut open = open_tasks(tx, link.id)?;
    open.retain(|task| task.case_id == end.row.id);
    let (own, others): (Vec<_>, Vec<_>) = open.into_iter().partition(|task| is_told && task.organisation_id == end.row.owner_id);
    others.into_iter().try_for_each(|task| settle(tx, task))?;
    if is_told && own.is_empty() { insert(tx, &end.row, link.id) } else { Ok(()) }
}

/// Whether an organisation sees who both people are, and may know of the link: a mission is told of no link that another organisation
/// than the owner recorded on a case where it is a guest.
fn sees_both(tx: &mut Tx<'_>, link: &Link, organisation: OrganisationId) -> Result<bool> {
    let is_mission = organisations::find(tx, organisation)?.kind.is_mission();
    for end in [&link.first, &link.second] {
        let owner = end.row.owner_id;
        let is_known = !is_mission || owner == organisation || [organisation, owner].contains(&link.recorded_by);
        if !is_known || !grants::opens(tx, organisation, end.row.id, end.merged_from, Compartment::Identity)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn open_tasks(tx: &mut Tx<'_>, relation: RelationId) -> Result<Vec<TaskRow>> {
    let query = task_table::table
        .filter(task_table::kind.eq(TaskKind::RelatedCase))
        .filter(task_table::subject_id.eq(RecordId(relation.0)))
        .filter(task_table::status.eq(TaskStatus::Open))
        .select(task_table::all_columns);
    Ok(query.load(tx.conn)?)
}

fn settle(tx: &mut Tx<'_>, task: TaskRow) -> Result<()> {
    tasks::save(tx, &TaskRow { status: TaskStatus::Settled, version: task.version + 1, updated_at: tx.now, ..task })
}

fn insert(tx: &mut Tx<'_>, case: &CaseRow, relation: RelationId) -> Result<()> {
    let today = case.today(tx)?.day();
    let assigned_to = assignees::at_work(tx, case.owner_id, case.assigned_to)?;
    let due_on = tx.rules.after(today, TaskKind::RelatedCase);
    let row = TaskRow { assigned_to, ..TaskRow::of_process(tx, case, TaskKind::RelatedCase, RecordId(relation.0), due_on) };
    let query = diesel::insert_into(task_table::table).values(&row);
    query.execute(tx.conn)?;
    Ok(())
}

/// Settles the reminders of a relation that is removed.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, relation: RelationId) -> Result<()> {
    open_tasks(tx, relation)?.into_iter().try_for_each(|task| settle(tx, task))
}

/// These tasks without the reminders of links that the actor does not see, or no longer.
pub(in crate::db) fn without_hidden(tx: &mut Tx<'_>, mut rows: Vec<TaskRow>) -> Result<Vec<TaskRow>> {
    let is_reminder = |row: &TaskRow| row.kind == TaskKind::RelatedCase;
    let cases: Vec<CaseId> = rows.iter().filter(|row| is_reminder(row)).map(|row| row.case_id).collect();
    if !cases.is_empty() {
        let seen = relations::of_cases(tx, &cases)?;
        rows.retain(|row| {
            !is_reminder(row) || seen.iter().any(|(case, relation)| (*case, relation.id.0) == (row.case_id, row.subject_id.0))
        });
    }
    Ok(rows)
}
