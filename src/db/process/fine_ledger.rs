//! The fine of a case over time.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::row::CaseRow;
use crate::db::schema::fine_ledger;
use crate::domain::country::Country;
use crate::domain::ids::CaseId;
use crate::domain::money::{Amount, Currency, Percent};
use crate::domain::repatriation::Facts;
use crate::domain::repatriation::fines::{FineBasis, OLDEST_EXEMPTION};
use crate::error::Result;

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
    pub settled_percent: Option<i32>,
    pub settled_amount: i64,
    /// Whether an exemption by age may apply, which no figure here tells.
    pub may_be_exempt: bool,
}

impl FineLedgerRow {
    /// The fine that follows from these facts; none before a standing with the immigration authority, or a birth that gives one, is recorded.
    pub(in crate::db) fn of(row: &CaseRow, facts: &Facts) -> Option<Self> {
        let clearance = facts.records.clearance.as_ref().map(|entry| &entry.content);
        let is_known = clearance.is_some() || facts.newborn_stay_expires_on().is_some();
        let basis = facts.fine_basis(clearance);
        is_known.then(|| Self {
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
            settled_percent: basis.settled_percent.map(Percent::hundredths),
            settled_amount: basis.settled_amount.ten_thousandths(),
            may_be_exempt: basis.youngest_age.is_some_and(|age| age < OLDEST_EXEMPTION),
        })
    }

    /// The basis from which the fine is computed, for a person to whom no exemption by age applies.
    pub fn basis(&self) -> FineBasis {
        let amount = |stored| Amount::from_ten_thousandths(stored).unwrap_or(Amount::ZERO);
        FineBasis {
            stay_expired_on: self.stay_expired_on,
            counted_until: self.counted_until,
            assessed_by_authority: self.assessed_by_authority.map(amount),
            waived_percent: self.waived_percent.and_then(Percent::from_hundredths),
            waived_amount: amount(self.waived_amount),
            settled_percent: self.settled_percent.and_then(Percent::from_hundredths),
            settled_amount: amount(self.settled_amount),
            paid: amount(self.paid),
            youngest_age: None,
            waiver_requested: self.waiver_requested,
        }
    }
}

/// Stores the owner's view of the fine; clears it if no immigration status is recorded, also where an undo removed it.
pub(in crate::db) fn keep_ledger(tx: &mut Tx<'_>, row: &CaseRow, facts: &Facts) -> Result<()> {
    let Some(ledger) = FineLedgerRow::of(row, facts) else {
        let none = diesel::delete(fine_ledger::table.find(row.id));
        none.execute(tx.conn)?;
        return Ok(());
    };
    let change = diesel::update(fine_ledger::table.find(row.id)).set(&ledger);
    if change.execute(tx.conn)? == 0 {
        let query = diesel::insert_into(fine_ledger::table).values(&ledger);
        query.execute(tx.conn)?;
    }
    Ok(())
}
