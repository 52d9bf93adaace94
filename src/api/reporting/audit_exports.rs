//! A part of the audit trail as a table for a spreadsheet: with a second person's approval, fetched once, made at that moment.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, get, post};
use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::accounts::approvals::void_if_misused;
use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::csv::{csv, text};
use crate::api::http::extract::{CreateBody, Input, Path};
use crate::api::http::middleware::IsHead;
use crate::api::http::path_params::AuditExportPath;
use crate::api::http::respond;
use crate::api::reporting::exports::read_claimed;
use crate::db::Tx;
use crate::db::reporting::audit::entries::{self, EntryFilter, ReadEntry};
use crate::db::reporting::exports::{self, ExportRow};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::accounts::approval::{ApprovalAction, AuditExportParameters};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, AuditExportId, ExportId};
use crate::error::{ErrorCode, Result};

/// An export of audit entries that can be fetched.
#[derive(Serialize, ToSchema)]
pub struct AuditExport {
    /// Its id.
    id: AuditExportId,
    /// The approval that it was made with.
    approval_id: ApprovalId,
    /// When it was made.
    created_at: Timestamp,
    /// Until when it can be fetched, once.
    expires_at: Timestamp,
}

/// What is exported.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateAuditExport {
    /// The approval of a second person.
    approval_id: Option<ApprovalId>,
    /// Which entries: exactly what was approved.
    audit_export: AuditExportParameters,
}
impl Input for CreateAuditExport {}

const COLUMNS: &[&str] = &[
    "position",
    "recorded_at",
    "user_id",
    "client_id",
    "organisation_id",
    "operation",
    "decision",
    "code",
    "status",
    "case_ids",
    "account_ids",
    "compartments",
    "occurrences",
    "request_id",
];

fn cells(ReadEntry { entry, cases, accounts, is_own }: ReadEntry) -> Vec<String> {
    let compartments: Vec<String> = entry.compartments.iter().map(|compartment| compartment.to_string()).collect();
    vec![
        entry.position.to_string(),
        entry.recorded_at.utc().to_rfc3339_opts(SecondsFormat::AutoSi, true),
        text(entry.user_id),
        text(entry.client_id),
        entry.organisation_id.to_string(),
        entry.operation,
        entry.decision,
        entry.code,
        entry.status.to_string(),
        joined(&cases),
        joined(&accounts),
        compartments.join("; "),
        entry.occurrences.to_string(),
        text(is_own.then_some(entry.request_id)),
    ]
}

fn joined(ids: &[impl ToString]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Rendered for Apart<AuditExportId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let Self(id) = *self;
        let row = exports::find(tx, ExportId(id.0), ApprovalAction::ExportAuditEntries)?;
        let ExportRow { approval_id, created_at, expires_at, .. } = row;
        let shown = AuditExport { id, approval_id, created_at, expires_at };
        respond::answer(format!("/v1/audit/exports/{id}/csv"), respond::etag(1, CompartmentSet::EMPTY), &shown)
    }
}

/// Make an export of audit entries.
///
/// Of the entries that you may list, filtered as a supervisor of your organisation approved it (`audit_export` at `/v1/approvals`). Only
/// whoever asked makes it, once, and fetches it within fifteen minutes. Other parameters than those approved void the approval. Nothing
/// is stored: what is in it is found when it is fetched. Only with an approval.
#[utoipa::path(
    tag = "audit",
    request_body = CreateAuditExport,
    responses((status = 201, body = AuditExport, description = "Made"))
)]
#[post("/v1/audit/exports")]
pub async fn create_audit_export(
    allowed: Allowed<may::TakesSpace<may::Fresh<may::AuditRead>>>,
    body: CreateBody<CreateAuditExport>,
) -> Result<HttpResponse> {
    let CreateAuditExport { approval_id, audit_export } = body.input;
    let made =
        allowed.create(body.key, move |tx| Ok(Apart(AuditExportId(exports::insert_audit(tx, approval_id, &audit_export)?.id.0)))).await;
    void_if_misused(&allowed, approval_id, &made).await?;
    made
}

/// Fetch an export of audit entries as CSV.
///
/// Once, by whoever made it, within fifteen minutes: then it is gone. Newest first; 100,000 entries at most, and 409 when there are more.
#[utoipa::path(
    tag = "audit",
    params(AuditExportPath),
    responses((status = 200, content_type = "text/csv", body = String, description = "The entries"))
)]
#[get("/v1/audit/exports/{id}/csv")]
pub async fn get_audit_export_csv(
    http: HttpRequest,
    allowed: Allowed<may::TakesSpace<may::Fresh<may::AuditRead>>>,
    id: Path<AuditExportId>,
) -> Result<HttpResponse> {
    if http.extensions().get::<IsHead>().is_some() {
        return Err(ErrorCode::MethodNotAllowed.into());
    }
    let export = ExportId(id.0.0);
    let parameters: AuditExportParameters = allowed.write(move |tx| exports::claim(tx, export, ApprovalAction::ExportAuditEntries)).await?;
    let filter = EntryFilter::from(parameters);
    let entries = read_claimed(&allowed, export, move |tx| entries::all(tx, &filter)).await?;
    csv(&format!("audit-{}.csv", id.0), COLUMNS, entries.into_iter().map(cells).collect())
}
