//! What the press, ministries and courts say, one row for each who says it. Class A, readable by every signed-in user. A statement may
//! name against whom a court acts: reading one leaves an entry in the audit trail, as all reading of what is about a person does.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;

use crate::db::engine::expected::Expected;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::schema::types::Json;
use crate::db::schema::{compounds, operations, statements};
use crate::db::{Tx, taken};
use crate::domain::codes::{DatePrecision, Reliability, StatementKind, StatementTopic};
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::{CompoundId, OperationId, StatementId};
use crate::domain::reference::operation::Source;
use crate::domain::reference::statement::{SpokenOf, StatedFigure};
use crate::error::{Error, ErrorCode, Result};

/// The detail of the error for a reference that another statement has.
const REFERENCE_TAKEN: &str = "There is a statement with this reference already.";

/// A statement as stored.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = statements, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct StatementRow {
    pub id: StatementId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    /// Stable reference of published data; none for statements recorded by hand.
    pub reference: Option<String>,
    /// The kind of the topic, kept to be filtered by.
    pub kind: StatementKind,
    pub topic: StatementTopic,
    pub said: String,
    pub asserted_by: Option<String>,
    pub reliability: Reliability,
    pub country: Option<Country>,
    pub region: Option<String>,
    pub states: Json<Vec<Country>>,
    pub nationalities: Json<Vec<Country>>,
    pub subject: Option<String>,
    pub audience: Option<String>,
    pub codes: Json<Vec<SpokenOf>>,
    pub figures: Json<Vec<StatedFigure>>,
    pub happened_on: Option<PartialDate>,
    pub ended_on: Option<PartialDate>,
    pub date_precision: DatePrecision,
    pub is_date_inferred: bool,
    /// The first day that it can be about, kept to be filtered by.
    pub first_day: Option<NaiveDate>,
    /// The last day that it can be about, kept to be filtered by.
    pub last_day: Option<NaiveDate>,
    pub operation_id: Option<OperationId>,
    pub compound_id: Option<CompoundId>,
    /// The publisher of the source, kept to be filtered by.
    pub publisher: String,
    pub source: Json<Source>,
}

/// The filter of a list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StatementFilter {
    pub kind: Option<StatementKind>,
    pub topic: Option<StatementTopic>,
    pub country: Option<Country>,
    pub operation_id: Option<OperationId>,
    pub compound_id: Option<CompoundId>,
    pub publisher: Option<String>,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

/// Records a statement.
pub fn insert(tx: &mut Tx<'_>, row: &StatementRow) -> Result<()> {
    check_links(tx, row)?;
    let query = diesel::insert_into(statements::table).values(row);
    query.execute(tx.conn).map_err(|error| taken(error, REFERENCE_TAKEN))?;
    tx.audit_change(row.id.0, None, Some(row.version));
    Ok(())
}

/// Changes a statement.
pub fn update<F>(tx: &mut Tx<'_>, id: StatementId, expected: &Expected, change: F) -> Result<StatementRow>
where
    F: FnOnce(&mut StatementRow) -> Result<()>,
{
    let mut row = find(tx, id)?;
    let read = expected.check(row.version)?;
    change(&mut row)?;
    check_links(tx, &row)?;
    row.version += 1;
    row.updated_at = tx.now;
    let query = diesel::update(statements::table.find(id).filter(statements::version.eq(read))).set(&row);
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    tx.audit_change(id.0, Some(read), Some(row.version));
    Ok(row)
}

/// Checks that what a statement speaks of is there.
fn check_links(tx: &mut Tx<'_>, row: &StatementRow) -> Result<()> {
    if let Some(operation) = row.operation_id {
        let query = operations::table.find(operation).select(operations::id);
        let known: Option<OperationId> = query.get_result(tx.conn).optional()?;
        known.ok_or_else(|| Error::field("/operation_id", "not_found", "no operation with this id"))?;
    }
    if let Some(compound) = row.compound_id {
        let query = compounds::table.find(compound).select(compounds::id);
        let known: Option<CompoundId> = query.get_result(tx.conn).optional()?;
        known.ok_or_else(|| Error::field("/compound_id", "not_found", "no compound with this id"))?;
    }
    Ok(())
}

/// Finds a statement.
pub fn find(tx: &mut Tx<'_>, id: StatementId) -> Result<StatementRow> {
    tx.audit_unchanged(id.0);
    let query = statements::table.find(id).select(statements::all_columns);
    found(query.get_result(tx.conn).optional()?)
}

/// The statement of published data with this reference.
pub fn find_by_reference(tx: &mut Tx<'_>, reference: &str) -> Result<Option<StatementRow>> {
    let query = statements::table.filter(statements::reference.eq(reference)).select(statements::all_columns);
    Ok(query.get_result(tx.conn).optional()?)
}

/// A page of statements, in the order in which they were recorded.
pub fn list(tx: &mut Tx<'_>, filter: &StatementFilter, page: &PageRequest) -> Result<Page<StatementRow>> {
    tx.audit_unchanged(tx.actor.organisation_id().0);
    let list = serde_json::to_vec(&("statements", filter)).map_err(Error::internal)?;
    let position: Option<(i64, StatementId)> = page.position(tx, &list)?;
    let rows: Vec<StatementRow> = {
        let mut query = statements::table.select(statements::all_columns).into_boxed();
        if let Some(kind) = filter.kind {
            query = query.filter(statements::kind.eq(kind));
        }
        if let Some(topic) = filter.topic {
            query = query.filter(statements::topic.eq(topic));
        }
        if let Some(country) = filter.country {
            query = query.filter(statements::country.eq(country));
        }
        if let Some(operation) = filter.operation_id {
            query = query.filter(statements::operation_id.eq(operation));
        }
        if let Some(compound) = filter.compound_id {
            query = query.filter(statements::compound_id.eq(compound));
        }
        if let Some(publisher) = &filter.publisher {
            query = query.filter(statements::publisher.eq(publisher.clone()));
        }
        if let Some(since) = filter.since {
            query = query.filter(statements::last_day.ge(since));
        }
        if let Some(until) = filter.until {
            query = query.filter(statements::first_day.le(until));
        }
        if let Some((at, id)) = position.and_then(|(at, id)| Timestamp::from_micros(at).map(|at| (at, id))) {
            query = query.filter(statements::created_at.ge(at)).filter(statements::created_at.gt(at).or(statements::id.gt(id)));
        }
        query.order((statements::created_at, statements::id)).limit(page.limit + 1).load(tx.conn)
    }?;
    page.page(tx, &list, rows, |row| (row.created_at.micros(), row.id))
}
