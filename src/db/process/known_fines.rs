//! Fines that the stored figures do not tell: what a guest mission may know, and what depends on the age.

use diesel::dsl::exists;
use diesel::prelude::*;
use std::collections::BTreeMap;

use crate::db::Tx;
use crate::db::casefile::grants;
use crate::db::casefile::row::CaseRow;
use crate::db::process::facts;
use crate::db::process::fine_ledger::FineLedgerRow;
use crate::db::schema::{case_grants, case_records, cases};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::ids::{CaseId, OrganisationId};
use crate::error::Result;

/// The fines of which a guest mission may know a part only, computed from that part as the case itself shows it; none where it may
/// know of no standing. The stored ones count what another mission waived and paid. Only cases on which somebody else acted, which
/// are few.
pub(in crate::db) fn to_guest(tx: &mut Tx<'_>) -> Result<BTreeMap<CaseId, Option<FineLedgerRow>>> {
    if !tx.actor.is_mission() {
        return Ok(BTreeMap::new());
    }
    let own = tx.actor.organisation_id();
    let by_others = case_records::table
        .filter(case_records::case_id.eq(cases::id))
        .filter(case_records::organisation_id.ne(cases::owner_id))
        .filter(case_records::organisation_id.ne_all([own, OrganisationId::SYSTEM]));
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(grants::primary(own, tx.now))
        .filter(cases::owner_id.ne(own))
        .filter(exists(by_others))
        .select(cases::all_columns);
    let guest_cases: Vec<CaseRow> = query.load(tx.conn)?;
    let known = |case: CaseRow| {
        let facts = facts::load_known(tx, &case, CompartmentSet::EMPTY)?;
        Ok((case.id, FineLedgerRow::of(&case, &facts)))
    };
    guest_cases.into_iter().map(known).collect()
}

/// The least age on the day of departure of the people of these cases: it is no figure that stands in the clear.
pub(in crate::db) fn of_the_young(tx: &mut Tx<'_>, ids: Vec<CaseId>) -> Result<BTreeMap<CaseId, Option<i32>>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let query = cases::table.filter(cases::id.eq_any(ids)).select(cases::all_columns);
    let rows: Vec<CaseRow> = query.load(tx.conn)?;
    let age = |case: CaseRow| {
        let facts = facts::load_known(tx, &case, CompartmentSet::EMPTY)?;
        Ok((case.id, facts.youngest_age_on(facts.leaves_on())))
    };
    rows.into_iter().map(age).collect()
}
