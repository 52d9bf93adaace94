//! Messages to organisations about access: that they no longer see a case, that a user took emergency access. An event names the
//! case and never the reason: a reason could tell a mission what the person said about it.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::engine::page::{Page, PageRequest};
use crate::db::schema::{access_events, cases};
use crate::domain::codes::AccessEventKind;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{AccessEventId, CaseId, OrganisationId};
use crate::error::Result;

#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = access_events, treat_none_as_default_value = false)]
pub struct AccessEventRow {
    pub id: AccessEventId,
    pub organisation_id: OrganisationId,
    pub kind: AccessEventKind,
    pub case_id: CaseId,
    pub case_code: String,
    pub happened_at: Timestamp,
}

/// Stores an event for an organisation.
pub(in crate::db) fn tell(tx: &mut Tx<'_>, organisation: OrganisationId, kind: AccessEventKind, case: CaseId) -> Result<()> {
    let query = cases::table.find(case).select(cases::code);
    let case_code: String = query.get_result(tx.conn)?;
    let row =
        AccessEventRow { id: AccessEventId::random(), organisation_id: organisation, kind, case_id: case, case_code, happened_at: tx.now };
    let query = diesel::insert_into(access_events::table).values(&row);
    query.execute(tx.conn)?;
    Ok(())
}

/// The events of the actor's organisation, oldest first: a client keeps the last cursor and asks for newer events.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<AccessEventRow>> {
    let list = b"access events";
    let position: Option<(i64, AccessEventId)> = page.position(tx, list)?;
    let own = tx.actor.organisation_id();
    let (at, after) = position
        .and_then(|(at, id)| Some((Timestamp::from_micros(at)?, id)))
        .unwrap_or((Timestamp::EPOCH, AccessEventId(uuid::Uuid::nil())));
    let query = access_events::table
        .filter(access_events::organisation_id.eq(own))
        .filter(access_events::happened_at.ge(at))
        .filter(access_events::happened_at.gt(at).or(access_events::id.gt(after)))
        .order((access_events::happened_at, access_events::id))
        .limit(page.limit + 1)
        .select(access_events::all_columns);
    let rows: Vec<AccessEventRow> = query.load(tx.conn)?;
    tx.audit_unchanged(own.0);
    page.page(tx, list, rows, |row| (row.happened_at.micros(), row.id))
}
