//! People who belong together: the facts for the guard, and the tasks that tell an owner who sees both cases that one leaves, is held or
//! ends without the other. The owner of one alone is told nothing, in no list and by no version; and a mission that is a guest on the case
//! of one is told nothing that follows from what another mission recorded there.

use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::guest_missions::Reader;
use crate::db::casefile::relations::{self, Link, Linked};
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::task_row::TaskRow;
use crate::db::casefile::{assignees, assignments, grants};
use crate::db::process::{records, tasks};
use crate::db::schema::tasks as task_table;
use crate::domain::access::compartments::Compartment;
use crate::domain::codes::RelationKind;
use crate::domain::ids::{CaseId, RecordId, RelationId};
use crate::domain::repatriation::belonging::{Apart, Related, Traveller, apart};
use crate::domain::repatriation::records::record::Entry;
use crate::domain::repatriation::records::{Movement, Records};
use crate::domain::repatriation::task_kind::{TaskKind, TaskStatus};
use crate::error::Result;

/// Who belongs to the person of a case, as far as the actor sees both, and where they are, as far as the actor knows.
pub(in crate::db) fn of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Related>> {
    let relations = relations::of_cases(tx, &[case])?;
    if relations.is_empty() {
        return Ok(Vec::new());
    }
    let relatives: Vec<CaseId> = relations.iter().map(|(_, relation)| relation.relative.id).collect();
    let keys = grants::keys_for_each(tx, &relatives)?;
    let keys_of = |case: CaseId| keys.iter().find(|(of, _)| *of == case).map(|(_, keys)| keys.clone()).unwrap_or_default();
    let seen: Vec<_> = relations.iter().map(|(_, relation)| (&relation.relative, keys_of(relation.relative.id))).collect();
    let movements = records::movements_known(tx, Reader::caller(tx), &seen)?;
    let mut related = Vec::with_capacity(relations.len());
    for (_, relation) in &relations {
        related.push(Related {
            relation: relation.id,
            case: relation.relative.id,
            kind: relation.kind,
            other: traveller(tx, &relation.relative, &movements)?,
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
    // How the person was to leave does not matter once the case ended.
    let ended = Traveller { is_closed: true, ..traveller(tx, case, &[])? };
    Ok(related.iter().any(|related| !related.is_decided && apart(&ended, related.kind, &related.other) == Some(Apart::Remains)))
}

/// The person of a case as one of two who belong together, with the movements that are known. A child is who may be one.
fn traveller(tx: &mut Tx<'_>, row: &CaseRow, known: &[(CaseId, Entry<Movement>)]) -> Result<Traveller> {
    let of_case = known.iter().filter(|(case, _)| *case == row.id).map(|(_, movement)| movement.clone());
    let records = Records { movements: of_case.collect(), ..Records::default() };
    let here = row.clock(tx)?;
    let journey = records.movement().map(|movement| movement.journey(movement.departure_day(here)));
    Ok(Traveller { is_child: row.may_be_child(), is_closed: row.is_closed(), stage: row.stage, side_state: row.side_state, journey })
}

/// Makes the reminders of a case, and of everybody who belongs to its person, those that follow from where both are.
pub(in crate::db) fn remind(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    for link in relations::links(tx, case.id)? {
        for (person, kind, relative) in [(&link.first, link.second_is, &link.second), (&link.second, link.second_is.inverse(), &link.first)]
        {
            let is_told = is_told(tx, &link, person, kind, relative)?;
            let (own, others): (Vec<_>, Vec<_>) = open_tasks(tx, link.id)?
                .into_iter()
                .filter(|task| task.case_id == person.row.id)
                .partition(|task| is_told && task.organisation_id == person.row.owner_id);
            others.iter().try_for_each(|task| settle(tx, task))?;
            match own.first() {
                None if is_told => insert(tx, &person.row, link.id)?,
                // Only of the case that is locked: the assignee of the other one may be changing.
                Some(task) if person.row.id == case.id => follow_assignee(tx, &person.row, task)?,
                _ => {}
            }
        }
    }
    Ok(())
}

/// Whether the owner of a person's case is reminded of a relative, from what that organisation knows of both: it must see who both
/// people are, and may know of the link.
fn is_told(tx: &mut Tx<'_>, link: &Link, person: &Linked, kind: RelationKind, relative: &Linked) -> Result<bool> {
    if link.is_decided || person.row.is_closed() {
        return Ok(false);
    }
    let owner = person.row.owner_id;
    let reader = Reader { organisation: owner, is_mission: organisations::find(tx, owner)?.kind.is_mission() };
    let Some(seen) = seen(tx, reader, link)? else { return Ok(false) };
    let movements = records::movements_known(tx, reader, &seen)?;
    let (one, other) = (traveller(tx, &person.row, &movements)?, traveller(tx, &relative.row, &movements)?);
    let is_due = apart(&one, kind, &other).is_some_and(Apart::is_caused_by_the_other);
    Ok(is_due && !is_superseded(tx, reader, person, relative)?)
}

/// The cases of a link with the keys that a reader holds on them, if it sees who both people are and may know of the link.
fn seen<'a>(tx: &mut Tx<'_>, reader: Reader, link: &'a Link) -> Result<Option<Vec<(&'a CaseRow, CompartmentKeys)>>> {
    let mut seen = Vec::new();
    for end in [&link.first, &link.second] {
        let keys = grants::keys_of(tx, reader.organisation, end.row.id)?;
        let is_open = keys.of(end.merged_from).is_some_and(|keys| keys.get(Compartment::Identity).is_some());
        if !is_open || !reader.knows(end.row.owner_id, link.recorded_by) {
            return Ok(None);
        }
        seen.push((&end.row, keys));
    }
    Ok(Some(seen))
}

/// Whether a reader sees a relative by another case that stands for them, such as that of a new episode.
fn is_superseded(tx: &mut Tx<'_>, reader: Reader, person: &Linked, relative: &Linked) -> Result<bool> {
    for link in relations::links(tx, person.row.id)? {
        let stands = |end: &Linked| end.row.person_id == relative.row.person_id && end.row.stands_by() > relative.row.stands_by();
        if (stands(&link.first) || stands(&link.second)) && seen(tx, reader, &link)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn open_tasks(tx: &mut Tx<'_>, relation: RelationId) -> Result<Vec<TaskRow>> {
    let query = task_table::table
        .filter(task_table::kind.eq(TaskKind::RelatedCase))
        .filter(task_table::subject_id.eq(RecordId(relation.0)))
        .filter(task_table::status.eq(TaskStatus::Open))
        .select(task_table::all_columns);
    Ok(query.load(tx.conn)?)
}

/// Settles a reminder, if a step of the other case has not settled it meanwhile.
fn settle(tx: &mut Tx<'_>, task: &TaskRow) -> Result<()> {
    let open = task_table::table.find(task.id).filter(task_table::status.eq(TaskStatus::Open));
    let query = diesel::update(open).set((
        task_table::status.eq(TaskStatus::Settled),
        task_table::version.eq(task_table::version + 1),
        task_table::updated_at.eq(tx.now),
    ));
    query.execute(tx.conn)?;
    Ok(())
}

/// Gives a reminder to the assignee of its case, like every task of the process.
fn follow_assignee(tx: &mut Tx<'_>, case: &CaseRow, task: &TaskRow) -> Result<()> {
    let doer = assignees::doer(tx, case.owner_id, case.assigned_to)?;
    let assigned_to = tasks::assigned(case, doer, task);
    if assigned_to == task.assigned_to {
        return Ok(());
    }
    assignments::assign_open(tx, task.id, assigned_to)
}

/// Opens a reminder, if a step of the other case has not opened it meanwhile.
fn insert(tx: &mut Tx<'_>, case: &CaseRow, relation: RelationId) -> Result<()> {
    let today = case.today(tx)?.day();
    let assigned_to = assignees::at_work(tx, case.owner_id, case.assigned_to)?;
    let due_on = tx.rules.after(today, TaskKind::RelatedCase);
    let row = TaskRow { assigned_to, ..TaskRow::of_process(tx, case, TaskKind::RelatedCase, RecordId(relation.0), due_on) };
    let query = diesel::insert_into(task_table::table).values(&row).on_conflict_do_nothing();
    query.execute(tx.conn)?;
    Ok(())
}

/// Settles the reminders of a relation that is removed.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, relation: RelationId) -> Result<()> {
    open_tasks(tx, relation)?.iter().try_for_each(|task| settle(tx, task))
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
