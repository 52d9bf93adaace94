//! The records of one kind on all cases that the caller sees.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::grants;
use crate::db::process::records::{self, RecordRow, Recorded};
use crate::db::schema::{case_records, cases};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::CaseStatus;
use crate::domain::country::Country;
use crate::domain::ids::OrganisationId;
use crate::domain::repatriation::records::record::CaseRecord;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::error::Result;

/// A record on one of many cases, with what is to be known of the case.
pub struct OnCase<R> {
    pub code: String,
    pub host_country: Country,
    pub status: CaseStatus,
    pub stage: Stage,
    pub side_state: Option<SideState>,
    pub record: Recorded<R>,
}

/// The records of one kind on all cases that the caller sees and whose compartment they open, the newest first, in two statements.
/// Whoever shows one records that it was read ([`disclose`]).
pub(in crate::db) fn of_all<R: CaseRecord>(tx: &mut Tx<'_>) -> Result<Vec<OnCase<R>>> {
    let keys = grants::keys_for_all_with(tx, R::KIND)?;
    let query = case_records::table
        .inner_join(cases::table)
        .filter(case_records::kind.eq(R::KIND))
        .filter(case_records::case_id.eq_any(grants::seen_by(tx.actor.organisation_id(), tx.now)))
        .order((case_records::created_at.desc(), case_records::id))
        .select((
            (cases::owner_id, cases::code, cases::host_country, cases::status, cases::stage, cases::side_state),
            case_records::all_columns,
        ));
    type OfCase = (OrganisationId, String, Country, CaseStatus, Stage, Option<SideState>);
    let rows: Vec<(OfCase, RecordRow)> = query.load(tx.conn)?;
    let mut opened = Vec::with_capacity(rows.len());
    for ((owner, code, host_country, status, stage, side_state), row) in rows {
        let Some(keys) = keys.get(&row.case_id) else { continue };
        let record = records::open_visible(tx, owner, &row, keys)?;
        opened.extend(record.map(|record| OnCase { code, host_country, status, stage, side_state, record }));
    }
    Ok(opened)
}

/// Records that the caller was shown a record of a case.
pub(in crate::db) fn disclose<R: CaseRecord>(tx: &mut Tx<'_>, shown: &OnCase<R>) {
    tx.audit_disclosure(shown.record.case_id, CompartmentSet::EMPTY.with(R::KIND.compartment()));
}
