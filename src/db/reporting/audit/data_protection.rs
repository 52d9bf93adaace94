//! What those who answer for data protection in an organisation are told.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::data_protection::{DataProtectionEventRow, answers_for_data_protection};
use crate::db::engine::page::{Page, PageRequest};
use crate::db::reporting::audit::entries::Known;
use crate::db::schema::data_protection_events;
use crate::domain::access::Permission;
use crate::domain::dates::Timestamp;
use crate::domain::ids::DataProtectionEventId;
use crate::error::{Error, ErrorCode, Result};

/// The events of the actor's organisation, newest first. Names a case only as long as the organisation sees it.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<DataProtectionEventRow>> {
    use data_protection_events as e;
    let is_auditor = tx.actor.user().is_some_and(|user| user.role.may(Permission::AuditRead));
    if !is_auditor && !answers_for_data_protection(tx)? {
        return Err(Error::new(ErrorCode::PermissionDenied).detail("Only those who answer for data protection are told this."));
    }
    let list = b"data protection events";
    let own = tx.actor.organisation_id();
    let (at, last): (Timestamp, DataProtectionEventId) = page.newest_first(tx, list, DataProtectionEventId(uuid::Uuid::max()))?;
    let query = e::table
        .filter(e::organisation_id.eq(own))
        .filter(e::happened_at.le(at))
        .filter(e::happened_at.lt(at).or(e::id.lt(last)))
        .order((e::happened_at.desc(), e::id.desc()))
        .limit(page.limit + 1)
        .select(e::all_columns);
    let rows: Vec<DataProtectionEventRow> = query.load(tx.conn)?;
    let page = page.page(tx, list, rows, |row| (row.happened_at.micros(), row.id))?;
    let cases: BTreeSet<_> = page.items.iter().filter_map(|row| row.case_id).collect();
    let known = Known::of(tx, cases)?;
    Ok(page.map(|row| DataProtectionEventRow { case_id: row.case_id.filter(|case| known.may_know(*case)), ..row }))
}
