//! Handing the work of one user over to a colleague, in one act: also what the user left behind when the account ended.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::assignees::Assignee;
use crate::db::casefile::assignments::{PORTION, lock_held, reassign};
use crate::db::casefile::row::CaseRow;
use crate::db::schema::{cases, tasks};
use crate::domain::accounts::absence::WorkPart;
use crate::domain::cases::history::ChangeReason;
use crate::domain::ids::{CaseId, OrganisationId, RecordId, UserId};
use crate::domain::repatriation::task_kind::{TaskKind, TaskStatus};
use crate::error::Result;

/// How much was handed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    pub cases: usize,
    pub tasks: usize,
}

/// Hands the work of a user of an organisation over. What the process asks for goes with the cases.
pub(in crate::db) fn hand_over(
    tx: &mut Tx<'_>,
    from: UserId,
    organisation: OrganisationId,
    to: Assignee,
    only: Option<WorkPart>,
) -> Result<Moved> {
    let mut moved = Moved::default();
    if only != Some(WorkPart::Tasks) {
        let mut held = lock_held(tx, from)?;
        held.extend(lock_left(tx, from, organisation)?);
        for portion in held.chunks(PORTION) {
            reassign(tx, portion, Some(to), ChangeReason::HandedOver)?;
            moved.tasks += pass_on(tx, portion, organisation, to)?;
        }
        moved.cases = held.len();
    }
    if only != Some(WorkPart::Cases) {
        let left = tasks::assigned_to.is_null().and(tasks::left_by.eq(from)).and(tasks::organisation_id.eq(organisation));
        let added = tasks::table
            .filter(tasks::assigned_to.eq(from).or(left))
            .filter(tasks::kind.eq(TaskKind::Added))
            .filter(tasks::status.eq(TaskStatus::Open));
        // The version stays, because the note is sealed for it.
        let query =
            diesel::update(added).set((tasks::assigned_to.eq(Some(to)), tasks::left_by.eq(None::<UserId>), tasks::updated_at.eq(tx.now)));
        moved.tasks += query.execute(tx.conn)?;
    }
    Ok(moved)
}

/// The cases that a user left behind and nobody was assigned since, locked.
fn lock_left(tx: &mut Tx<'_>, user: UserId, organisation: OrganisationId) -> Result<Vec<CaseRow>> {
    let asks = tasks::table
        .filter(tasks::organisation_id.eq(organisation))
        .filter(tasks::status.eq_any([TaskStatus::Open, TaskStatus::EndedWithCase]))
        .filter(tasks::kind.eq(TaskKind::AssigneeLeft))
        .filter(tasks::subject_id.eq(RecordId(user.0)))
        .select(tasks::case_id);
    let ids: Vec<CaseId> = asks.load(tx.conn)?;
    let left = cases::table.filter(cases::id.eq_any(ids)).filter(cases::owner_id.eq(organisation)).filter(cases::assigned_to.is_null());
    let query = diesel::update(left).set(cases::version.eq(cases::version)).returning(cases::all_columns);
    let mut left: Vec<CaseRow> = query.get_results(tx.conn)?;
    left.sort_by_key(|case| case.id);
    Ok(left)
}

/// Gives the open tasks that the process has for the owner of these cases to the new assignee, and settles the question who that is.
fn pass_on(tx: &mut Tx<'_>, held: &[CaseRow], organisation: OrganisationId, to: Assignee) -> Result<usize> {
    let ids: Vec<CaseId> = held.iter().map(|case| case.id).collect();
    let of_cases = tasks::table.filter(tasks::case_id.eq_any(ids)).filter(tasks::organisation_id.eq(organisation));
    let asks = of_cases
        .clone()
        .filter(tasks::kind.eq(TaskKind::AssigneeLeft))
        .filter(tasks::status.eq_any([TaskStatus::Open, TaskStatus::EndedWithCase]));
    let query = diesel::update(asks).set((
        tasks::status.eq(TaskStatus::Settled),
        tasks::version.eq(tasks::version + 1),
        tasks::updated_at.eq(tx.now),
    ));
    query.execute(tx.conn)?;
    let open = of_cases.filter(tasks::status.eq(TaskStatus::Open));
    let of_the_process = open.filter(tasks::kind.ne_all([TaskKind::Added, TaskKind::AssigneeLeft]));
    let query = diesel::update(of_the_process).set((tasks::assigned_to.eq(Some(to)), tasks::updated_at.eq(tx.now)));
    Ok(query.execute(tx.conn)?)
}
