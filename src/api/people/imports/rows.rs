//! The rows of a list: what became of each, what somebody decides about it, and the report of all.

use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::api::cases::import_report::{HEADER, ReportedRow, lines};
use crate::api::http::access::{Allowed, may};
use crate::api::http::csv;
use crate::api::http::extract::{IfMatch, Input, Json, Path, Query};
use crate::api::http::page::{limit, page_request};
use crate::api::http::path_params::{ImportPath, ImportRowPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::people::imports::rows::{self, Details, ImportRow as Row, RowRecord};
use crate::db::people::imports::{record, steps};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::ids::{CaseId, ImportId, ImportRowId};
use crate::domain::imports::repeated::Alike;
use crate::domain::imports::report::{Note, Weight, limited};
use crate::domain::imports::state::{KeptBecause, RowDecision, RowState};
use crate::error::{Error, Result};

/// A row of a list. No value of it is repeated.
#[derive(Serialize, ToSchema)]
pub struct ImportRow {
    /// Its id.
    id: ImportRowId,
    /// Its number in the file.
    #[schema(minimum = 1, maximum = 1048576)]
    number: i32,
    /// Its own running number.
    #[schema(max_length = 100)]
    key: Option<String>,
    /// What became of it.
    state: RowState,
    /// What somebody decided about it.
    decision: Option<RowDecision>,
    /// What is wrong with it, and what should be known.
    #[schema(max_items = 21)]
    notes: Vec<Note>,
    /// In what the person is alike with somebody who is known; null where you do not see the case.
    alike: Option<Alike>,
    /// The earlier row that is about the same person.
    #[schema(minimum = 1, maximum = 1048576)]
    like_row: Option<u32>,
    /// The case of the person, or the one on which the person seems to be; null where you do not see it.
    case_id: Option<CaseId>,
    /// The code of that case.
    #[schema(max_length = 20, example = "KHM-26-7X3B48-N")]
    case_code: Option<String>,
    /// Why the case was not taken back.
    kept_because: Option<KeptBecause>,
    /// As in the ETag. It rises with each validation, with each decision about the row, and when a commit leaves it waiting again.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// A page of rows.
#[derive(Serialize, ToSchema)]
pub struct ImportRowPage {
    /// The rows, in the order of the file.
    #[schema(max_items = 200)]
    items: Vec<ImportRow>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// Which rows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RowQuery {
    /// Only those of which this became.
    state: Option<RowState>,
    /// Items on the page, 1 to 200.
    #[serde(default, deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

/// What is decided about a row.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DecideImportRow {
    /// `new`: another person, to be registered. `existing`: the one on the case. `skip`: left out.
    decision: RowDecision,
}
impl Input for DecideImportRow {}

impl ImportRow {
    fn of(row: Row, codes: &HashMap<CaseId, String>) -> Self {
        let Row { record, details } = row;
        let RowRecord { id, number, state, decision, case_id, kept_because, version, .. } = record;
        let Details { key, notes, alike, like_row, .. } = details;
        let case_code = case_id.and_then(|case| codes.get(&case)).cloned();
        // Of a case that the caller does not see any more, nothing is told.
        let alike = alike.filter(|_| case_id.is_none() || case_code.is_some());
        let case_id = case_id.filter(|_| case_code.is_some());
        Self { id, number, key, state, decision, notes: limited(notes), alike, like_row, case_id, case_code, kept_because, version }
    }
}

/// List the rows of a list.
///
/// In the order of the file. A row names its cells and codes, and none of its values.
#[utoipa::path(
    tag = "imports",
    params(ImportPath, RowQuery),
    responses((status = 200, body = ImportRowPage, description = "A page"))
)]
#[get("/v1/imports/{id}/rows")]
pub async fn list_import_rows(
    http: HttpRequest,
    allowed: Allowed<may::ByPerson<may::CaseRegister>>,
    id: Path<ImportId>,
    query: Query<RowQuery>,
) -> Result<HttpResponse> {
    let RowQuery { state, limit, after } = query.0;
    let page = page_request(limit, after);
    let (page, codes) = allowed
        .read(move |tx| {
            record::find_record(tx, id.0)?;
            let page = rows::list(tx, id.0, state, &page)?;
            let codes = rows::codes(tx, &page.items)?;
            Ok((page, codes))
        })
        .await?;
    let page = page.map(|row| ImportRow::of(row, &codes));
    Ok(respond::page(&http, page.next.clone().as_deref(), &ImportRowPage { items: page.items, next: page.next }))
}

/// Decide about a row.
///
/// With the `version` of the row in `If-Match`. About rows that are `repeated` or `already_registered`; one that is `ready` can be
/// left out, or be said to be `new`, and one that is `asked` left out.
/// Makes a new version of the list, too.
#[utoipa::path(
    tag = "imports",
    params(ImportRowPath, IfMatch),
    request_body = DecideImportRow,
    responses((status = 200, body = ImportRow, description = "Decided"))
)]
#[post("/v1/imports/{id}/rows/{row_id}/decide")]
pub async fn decide_import_row(
    allowed: Allowed<may::ByPerson<may::CaseRegister>>,
    path: Path<ImportRowPath>,
    if_match: IfMatch,
    body: Json<DecideImportRow>,
) -> Result<HttpResponse> {
    let ImportRowPath { id, row_id } = path.0;
    let decision = body.0.decision;
    let (row, codes) = allowed
        .write(move |tx| {
            let row = steps::decide(tx, id, row_id, if_match.expected(), decision)?;
            let codes = rows::codes(tx, std::slice::from_ref(&row))?;
            Ok((row, codes))
        })
        .await?;
    let etag = respond::etag(row.record.version, CompartmentSet::EMPTY);
    Ok(respond::changed(etag, &ImportRow::of(row, &codes)))
}

/// Get the report of a list.
///
/// CSV: a line for each note, with the number and the key of the row, what became of it, and the code of the case.
#[utoipa::path(
    tag = "imports",
    params(ImportPath),
    responses((status = 200, content_type = "text/csv", body = String, description = "The report"))
)]
#[get("/v1/imports/{id}/report")]
pub async fn get_import_report(allowed: Allowed<may::ByPerson<may::CaseRegister>>, id: Path<ImportId>) -> Result<HttpResponse> {
    let import = id.0;
    let text = allowed
        .read_long(move |tx| {
            record::find_record(tx, import)?;
            report(tx, import)
        })
        .await?;
    Ok(csv::download(&format!("import-{import}.csv"), text))
}

/// The report, of some rows at a time: a list has tens of thousands.
fn report(tx: &mut Tx<'_>, import: ImportId) -> Result<Vec<u8>> {
    let unwritten = |_| Error::internal("a report cannot be written");
    let mut written = csv::Begun::new(HEADER).map_err(unwritten)?;
    let mut position = 0;
    loop {
        let rows = rows::behind(tx, import, position)?;
        let Some(last) = rows.last() else { return written.end().map_err(unwritten) };
        position = last.record.number;
        let codes = rows::codes(tx, &rows)?;
        written.add(lines(rows.into_iter().map(|row| reported(row, &codes)))).map_err(unwritten)?;
    }
}

fn reported(row: Row, codes: &HashMap<CaseId, String>) -> ReportedRow {
    let Row { record, details } = row;
    let Details { key, mut notes, alike, like_row, .. } = details;
    let case_code = record.case_id.and_then(|case| codes.get(&case)).cloned();
    let words = alike.map(Alike::words).unwrap_or_default();
    match (record.state, like_row) {
        (RowState::Repeated, Some(before)) => {
            notes.push(Note::on_row(Weight::Asked, RowState::Repeated.as_str(), &format!("has {words} as row {before} of this list")));
        }
        // Of a case that the caller does not see any more, nothing is told.
        (RowState::AlreadyRegistered, before) if alike.is_some() && case_code.is_some() => {
            let and_row = before.map(|row| format!(", and stands in row {row} of this list, too")).unwrap_or_default();
            let told = format!("has {words} as the case{and_row}");
            notes.push(Note::on_row(Weight::Asked, RowState::AlreadyRegistered.as_str(), &told));
        }
        (_, _) => {}
    }
    if let Some(kept) = record.kept_because {
        notes.push(Note::on_row(Weight::Told, kept.as_str(), "the case was not taken back"));
    }
    ReportedRow { number: u32::try_from(record.number).unwrap_or_default(), key, result: record.state.as_str(), case_code, notes }
}
