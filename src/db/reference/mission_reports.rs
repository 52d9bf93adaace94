//! Figures that missions and ministries report about their nationals, for comparison with the registered cases.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::schema::{mission_reports, operations};
use crate::domain::codes::{MissionReportKind, Qualifier};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::domain::zones::latest_day;
use crate::error::{Error, Result};

/// A report as stored.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = mission_reports, treat_none_as_default_value = false)]
pub struct MissionReportRow {
    pub id: MissionReportId,
    pub organisation_id: OrganisationId,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub reported_on: NaiveDate,
    pub nationality: Country,
    pub host_country: Option<Country>,
    pub count: i32,
    pub qualifier: Qualifier,
    pub kind: MissionReportKind,
    pub basis: Option<String>,
    pub operation_id: Option<OperationId>,
}

/// Records a report. Reports are never changed: a later report may differ, and both are kept.
pub fn insert(tx: &mut Tx<'_>, row: &MissionReportRow) -> Result<()> {
    if let Some(operation) = row.operation_id {
        let query = operations::table.find(operation).select(operations::id);
        let known: Option<OperationId> = query.get_result(tx.conn).optional()?;
        known.ok_or_else(|| Error::field("/operation_id", "not_found", "no operation with this id"))?;
    }
    let query = diesel::insert_into(mission_reports::table).values(row);
    query.execute(tx.conn)?;
    tx.audit_change(row.id.0, None, Some(1));
    Ok(())
}

/// A page of reports, the newest first. A mission sees its own reports; other organisations see all of them.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<MissionReportRow>> {
    tx.audit_unchanged(tx.actor.organisation_id().0);
    let list = b"mission reports";
    let position: Option<(NaiveDate, MissionReportId)> = page.position(tx, list)?;
    let (day, id) = position.unwrap_or((latest_day(tx.now), MissionReportId(uuid::Uuid::max())));
    let all = mission_reports::table
        .filter(mission_reports::reported_on.le(day))
        .filter(mission_reports::reported_on.lt(day).or(mission_reports::id.lt(id)))
        .order((mission_reports::reported_on.desc(), mission_reports::id.desc()))
        .limit(page.limit + 1)
        .select(mission_reports::all_columns);
    let own = all.filter(mission_reports::organisation_id.eq(tx.actor.organisation_id()));
    let rows: Vec<MissionReportRow> = match tx.actor.is_mission() {
        true => own.load(tx.conn),
        false => all.load(tx.conn),
    }?;
    page.page(tx, list, rows, |row| (row.reported_on, row.id))
}

/// Finds a report.
pub fn find(tx: &mut Tx<'_>, id: MissionReportId) -> Result<MissionReportRow> {
    tx.audit_unchanged(id.0);
    let query = mission_reports::table.find(id).select(mission_reports::all_columns);
    let row: MissionReportRow = found(query.get_result(tx.conn).optional()?)?;
    let is_foreign = tx.actor.is_mission() && row.organisation_id != tx.actor.organisation_id();
    if is_foreign { Err(Error::not_found()) } else { Ok(row) }
}
