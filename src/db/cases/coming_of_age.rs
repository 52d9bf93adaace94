//! Children who come of age.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::history::Part;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{history, lock, merged, person_keys};
use crate::db::process::transition_log::Move;
use crate::db::process::{facts, follow};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::cases::history::ChangeSubject;
use crate::domain::cases::person::ADULT_AGE;
use crate::domain::dates::Timestamp;
use crate::domain::ids::CaseId;
use crate::domain::zones;
use crate::error::Result;

/// Records that the person is of age now. Makes a new version, because earlier readers saw a child.
pub(in crate::db) fn came_of_age(tx: &mut Tx<'_>, before: &CaseRow) -> Result<()> {
    let row = CaseRow { is_child: Some(false), version: before.version + 1, updated_at: tx.now, ..before.clone() };
    row::save_row(tx, &row, before.version)?;
    let keys = person_keys::system_key(tx, row.person_id)?.compartment_keys(row.person_id, row.id, CompartmentSet::ALL)?;
    let parts = vec![Part::plain(history::plain_differences(before, &row)?)];
    history::record_parts(tx, row.id, row.version, ChangeSubject::Case, parts, &keys).map(drop)
}

/// Cases of children who may have come of age in a host country where a day began since the last look, or in any where there was
/// none: those born eighteen years ago or earlier, and those whose age is estimated.
pub fn due_for_age_check(tx: &mut Tx<'_>, looked_at: Option<Timestamp>) -> Result<Vec<CaseId>> {
    use crate::db::schema::cases;
    let began_in = looked_at.map(|before| zones::day_began_in(before, tx.now));
    if began_in.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let year = chrono::Datelike::year(&zones::latest_day(tx.now)) - ADULT_AGE;
    let query = cases::table
        .filter(cases::is_child.eq(true))
        .filter(cases::birth_year.is_null().or(cases::birth_year.le(year)))
        .filter(cases::person_id.ne_all(merged::merged_persons()))
        .select(cases::id)
        .into_boxed();
    let query = match began_in {
        Some(countries) => query.filter(cases::host_country.eq_any(countries)),
        None => query,
    };
    Ok(query.load(tx.conn)?)
}

/// Checks again whether the person is a child. Returns whether that changed.
pub fn check_age(tx: &mut Tx<'_>, case: CaseId) -> Result<bool> {
    lock::lock(tx, case)?;
    tx.audit_unchanged(case.0);
    let row = row::row_unscoped(tx, case)?;
    let facts = facts::load(tx, &row, CompartmentSet::EMPTY, &Move::default())?;
    if facts.is_child || row.is_child != Some(true) {
        return Ok(false);
    }
    came_of_age(tx, &row)?;
    follow::follow(tx, &row, &facts)?;
    Ok(true)
}
