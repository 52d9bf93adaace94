//! Cases that an organisation took over from a mission: opening them whole, which needs two persons, and the alarm when no second
//! person comes.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::accounts::{approvals, organisations};
use crate::db::casefile::access_events;
use crate::db::casefile::data_protection::{About, tell_data_protection};
use crate::db::casefile::open::{self, OpenCase};
use crate::db::casefile::row;
use crate::db::casefile::{grants, lock, merged, ownership};
use crate::db::process::follow;
use crate::db::schema::{access_events as events, cases, tasks};
use crate::domain::accounts::approval::{Act, TakeoverParameters};
use crate::domain::codes::{AccessEventKind, DataProtectionEventKind};
use crate::domain::ids::{ApprovalId, CaseId, OrganisationId};
use crate::domain::repatriation::task_kind::{TaskKind, TaskStatus};
use crate::error::{Error, ErrorCode, Result};

/// Opens the case whole to its owner, as a second person of it approved.
pub fn open_whole(tx: &mut Tx<'_>, case: CaseId, approval: Option<ApprovalId>) -> Result<OpenCase> {
    let person = lock::lock_with_person(tx, case)?;
    let (row, _) = open::row_visible(tx, case)?;
    row::require_owner(tx, &row)?;
    if ownership::opens_a_part_since(tx, &row)?.is_none() {
        return Err(Error::new(ErrorCode::Conflict).detail("Your organisation opens the whole case already."));
    }
    let asked = TakeoverParameters { case_id: case };
    approvals::consume(tx, approval, &Act { takeover: Some(asked), ..Act::default() })?;
    ownership::open_whole(tx, &person, &row)?;
    follow::apply_consequences_anew(tx, &row)?;
    tx.audit_change(case.0, None, None);
    open::find(tx, case)
}

/// Cases of one round of the scheduler.
const ROUND: i64 = 1000;

/// The cases that wait for a second person longer than they may, and of which nobody was told yet.
pub fn overdue(tx: &mut Tx<'_>) -> Result<Vec<CaseId>> {
    let days = i64::from(tx.rules.days(TaskKind::TakeoverWaiting));
    let told = events::table
        .filter(events::case_id.eq(tasks::case_id))
        .filter(events::organisation_id.eq(tasks::organisation_id))
        .filter(events::kind.eq(AccessEventKind::TakeoverOverdue))
        .filter(events::happened_at.ge(tasks::created_at));
    let merged = cases::table.filter(cases::person_id.eq_any(merged::merged_persons())).select(cases::id);
    let query = tasks::table
        .filter(tasks::kind.eq(TaskKind::TakeoverWaiting))
        .filter(tasks::status.eq(TaskStatus::Open))
        .filter(tasks::created_at.le(tx.now.plus_seconds(-days * DAY)))
        .filter(diesel::dsl::not(diesel::dsl::exists(told)))
        .filter(tasks::case_id.ne_all(merged))
        .order((tasks::created_at, tasks::id))
        .select(tasks::case_id)
        .limit(ROUND);
    Ok(query.load(tx.conn)?)
}

const DAY: i64 = 24 * 3600;

/// Tells, once, that no second person came: the organisation that is responsible for the case, every other coordination desk of the
/// country that sees it, and those who answer for data protection in each. The case stays with whoever is responsible.
pub fn raise_alarm(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    lock::lock(tx, case)?;
    tx.audit_unchanged(case.0);
    // Another instance may have done so meanwhile, or the second person came.
    if !overdue(tx)?.contains(&case) {
        return Ok(());
    }
    let row = row::row_unscoped(tx, case)?;
    let mut told: Vec<OrganisationId> = vec![row.owner_id];
    for desk in organisations::desks_of(tx, row.host_country)? {
        if !told.contains(&desk) && grants::is_seen_by(tx, case, desk)? {
            told.push(desk);
        }
    }
    for organisation in told {
        access_events::tell(tx, organisation, AccessEventKind::TakeoverOverdue, case)?;
        let about = About { case: Some(case), ..About::default() };
        tell_data_protection(tx, organisation, DataProtectionEventKind::TakeoverOverdue, about)?;
    }
    Ok(())
}
