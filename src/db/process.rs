//! What follows from a change of a case: what lists and the funnel count by, the fine as figures, the tasks.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::cases::{self, CaseRow};
use super::connection::on_backend;
use super::repatriation::Move;
use super::schema::{case_grants, fine_ledger};
use super::{Tx, facts, grants, movement_batches, tasks};
use crate::domain::compartments::CompartmentSet;
use crate::domain::country::Country;
use crate::domain::fines::FineBasis;
use crate::domain::ids::CaseId;
use crate::domain::money::{Amount, Currency, Percent};
use crate::domain::person::ADULT_AGE;
use crate::domain::repatriation::{Facts, MilestoneSet, Stage};
use crate::error::Result;

/// Cases that one round looks at.
const ROUND: i64 = 1000;

/// Brings everything that follows from the facts up to date. Gives back the case as it stands then: what follows may be
/// another version of it.
pub(in crate::db) fn follow(tx: &mut Tx<'_>, row: &CaseRow, facts: &Facts) -> Result<CaseRow> {
    let ahead = facts.movement().filter(|movement| facts.stage < Stage::Departed && !movement.has_departed());
    if let Some(batch) = ahead.and_then(|movement| movement.batch_id)
        && movement_batches::leave_unless_seen(tx, row.id, batch)?
    {
        // The movement is cancelled now, and everything followed from that.
        return cases::row_for_system(tx, row.id);
    }
    grants::follow(tx, row)?;
    grants::follow_progress(tx, row.id, facts)?;
    keep_ledger(tx, row, facts)?;
    tasks::reconcile(tx, row, facts)?;
    Ok(row.clone())
}

/// The same where nobody gathered the facts yet.
pub(in crate::db) fn follow_anew(tx: &mut Tx<'_>, row: &CaseRow) -> Result<CaseRow> {
    let facts = facts::gather(tx, row, CompartmentSet::EMPTY, &Move::default())?;
    follow(tx, row, &facts)
}

/// The fine of a case as figures.
#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = fine_ledger, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct FineLedgerRow {
    pub case_id: CaseId,
    pub country: Country,
    pub currency: Option<Currency>,
    pub stay_expired_on: Option<NaiveDate>,
    pub counted_until: Option<NaiveDate>,
    pub assessed_by_authority: Option<i64>,
    pub waived_percent: Option<i32>,
    pub waived_amount: i64,
    pub paid: i64,
    pub waiver_requested: bool,
}

impl FineLedgerRow {
    /// What the fine is computed from.
    pub fn basis(&self) -> FineBasis {
        let amount = |stored| Amount::from_ten_thousandths(stored).unwrap_or(Amount::ZERO);
        FineBasis {
            stay_expired_on: self.stay_expired_on,
            counted_until: self.counted_until,
            assessed_by_authority: self.assessed_by_authority.map(amount),
            waived_percent: self.waived_percent.and_then(Percent::from_hundredths),
            waived_amount: amount(self.waived_amount),
            paid: amount(self.paid),
            waiver_requested: self.waiver_requested,
        }
    }
}

fn keep_ledger(tx: &mut Tx<'_>, row: &CaseRow, facts: &Facts) -> Result<()> {
    let Some(clearance) = facts.records.clearance.as_ref() else { return Ok(()) };
    let basis = facts.fine_basis(Some(&clearance.content));
    let ledger = FineLedgerRow {
        case_id: row.id,
        country: row.host_country,
        currency: facts.fine_currency(),
        stay_expired_on: basis.stay_expired_on,
        counted_until: basis.counted_until,
        assessed_by_authority: basis.assessed_by_authority.map(Amount::ten_thousandths),
        waived_percent: basis.waived_percent.map(Percent::hundredths),
        waived_amount: basis.waived_amount.ten_thousandths(),
        paid: basis.paid.ten_thousandths(),
        waiver_requested: basis.waiver_requested,
    };
    let change = diesel::update(fine_ledger::table.find(row.id)).set(&ledger);
    if on_backend!(tx.conn, |c| change.execute(c))? == 0 {
        let query = diesel::insert_into(fine_ledger::table).values(&ledger);
        on_backend!(tx.conn, |c| query.execute(c))?;
    }
    Ok(())
}

/// Cases that were registered before the process kept milestones and tasks.
pub fn not_followed(tx: &mut Tx<'_>) -> Result<Vec<CaseId>> {
    let query = case_grants::table.filter(case_grants::milestones.eq(MilestoneSet(0))).select(case_grants::case_id).distinct().limit(ROUND);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// Cases of children who may have come of age: those born eighteen years ago or earlier, and those of estimated age.
pub fn may_be_of_age(tx: &mut Tx<'_>) -> Result<Vec<CaseId>> {
    use super::schema::cases;
    let year = chrono::Datelike::year(&tx.now.date()) - ADULT_AGE;
    let query = cases::table
        .filter(cases::is_child.eq(true))
        .filter(cases::birth_year.is_null().or(cases::birth_year.le(year)))
        .filter(cases::person_id.ne_all(super::merges::merged_persons()))
        .select(cases::id);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// Looks again at whether the person is a child. Says whether that changed.
pub fn look_at_age(tx: &mut Tx<'_>, case: CaseId) -> Result<bool> {
    cases::lock(tx, case)?;
    tx.note(case.0);
    let row = cases::row_for_system(tx, case)?;
    let facts = facts::gather(tx, &row, CompartmentSet::EMPTY, &Move::default())?;
    if facts.is_child || row.is_child != Some(true) {
        return Ok(false);
    }
    cases::came_of_age(tx, &row)?;
    follow(tx, &row, &facts)?;
    Ok(true)
}

/// Looks at one of them.
pub fn catch_up(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    cases::lock(tx, case)?;
    let row = cases::row_for_system(tx, case)?;
    tx.note(case.0);
    follow_anew(tx, &row).map(drop)
}
