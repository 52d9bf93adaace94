//! The sealed audit trail: its entries and its checkpoints.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::Query;
use crate::api::http::page::{self, PageQuery, page_request};
use crate::api::http::respond;
use crate::db::engine::audit::Decision;
use crate::db::reporting::audit::checkpoints::{self, StoredCheckpoint};
use crate::db::reporting::audit::entries::{self, EntryFilter, ReadEntry};
use crate::domain::access::compartments::Compartment;
use crate::domain::accounts::approval::AuditExportParameters;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CallerId, CaseId, ClientId, OrganisationId, RequestId, UserId};
use crate::error::Result;

/// An entry of the audit trail. Of the subjects it names cases alone: those that your organisation owns and, of its own acts, those that
/// it sees.
#[derive(Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its place in the sealed trail, by which `homeward audit prove` proves it.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    position: i64,
    /// When it was recorded.
    recorded_at: Timestamp,
    /// The user that acted; null for a machine client and the system.
    user_id: Option<UserId>,
    /// The machine client that acted.
    client_id: Option<ClientId>,
    /// The organisation that acted; an id of zeros for an attempt to sign in, and for the service itself.
    organisation_id: OrganisationId,
    /// The operation of this API.
    #[schema(max_length = 100)]
    operation: String,
    /// The result in one word.
    #[schema(value_type = Decision)]
    decision: String,
    /// The code of the problem, or `ok`.
    #[schema(max_length = 100, example = "ok")]
    code: String,
    /// The HTTP status of the answer; 0 for entries of early versions.
    #[schema(minimum = 0, maximum = 599)]
    status: i32,
    /// The cases concerned.
    #[schema(max_items = 10000)]
    case_ids: Vec<CaseId>,
    /// The users and machine clients of your organisation that are concerned: of an attempt to sign in, the account that it was for.
    #[schema(max_items = 10000)]
    account_ids: Vec<CallerId>,
    /// The compartments that were opened, of any case concerned.
    #[schema(max_items = 6)]
    compartments: Vec<Compartment>,
    /// How often it happened: what is refused again and again within a minute is one entry.
    #[schema(minimum = 1, maximum = 2147483647)]
    occurrences: i32,
    /// The id of the request; null for the acts of others.
    request_id: Option<RequestId>,
}

impl From<AuditExportParameters> for EntryFilter {
    fn from(asked: AuditExportParameters) -> Self {
        let AuditExportParameters { from, to, caller_id, organisation_id, operation, case_id, code } = asked;
        let (from, to) = (Some(from), Some(to));
        Self { from, to, caller: caller_id, organisation: organisation_id, operation, case: case_id, decision: None, code }
    }
}

impl From<ReadEntry> for AuditEntry {
    fn from(ReadEntry { entry, cases, accounts, is_own }: ReadEntry) -> Self {
        Self {
            position: entry.position,
            recorded_at: entry.recorded_at,
            user_id: entry.user_id,
            client_id: entry.client_id,
            organisation_id: entry.organisation_id,
            operation: entry.operation,
            decision: entry.decision,
            code: entry.code,
            status: entry.status,
            case_ids: cases,
            account_ids: accounts,
            compartments: entry.compartments.iter().collect(),
            occurrences: entry.occurrences,
            request_id: is_own.then_some(entry.request_id),
        }
    }
}

/// A page of entries.
#[derive(Serialize, ToSchema)]
pub struct AuditEntryPage {
    /// Newest first. A page can have fewer items than asked for and still have a next one.
    #[schema(max_items = 200)]
    items: Vec<AuditEntry>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditEntryQuery {
    /// Recorded at this moment or later.
    from: Option<Timestamp>,
    /// Recorded before this moment.
    to: Option<Timestamp>,
    /// The user, or the machine client, that acted or that somebody tried to sign in as.
    caller_id: Option<CallerId>,
    /// The organisation that acted.
    organisation_id: Option<OrganisationId>,
    /// The operation.
    #[param(max_length = 100)]
    operation: Option<String>,
    /// The case concerned.
    case_id: Option<CaseId>,
    /// The result in one word.
    decision: Option<Decision>,
    /// The code of the problem, or `ok`.
    #[param(max_length = 100, example = "not_found")]
    code: Option<String>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

/// List the entries of the audit trail, newest first.
///
/// An auditor reads what their own organisation did, and what others did on the cases that it owned then and still owns, except operations
/// that change access to a case. Attempts to sign in stand with the account that they were for. An entry is listed once it is sealed, a
/// minute later at most. Reading the trail is an entry, too.
#[utoipa::path(
    tag = "audit",
    params(AuditEntryQuery),
    responses((status = 200, body = AuditEntryPage, description = "A page"))
)]
#[get("/v1/audit/entries")]
pub async fn list_audit_entries(
    http: HttpRequest,
    allowed: Allowed<may::AuditRead>,
    query: Query<AuditEntryQuery>,
) -> Result<HttpResponse> {
    let AuditEntryQuery { from, to, caller_id, organisation_id, operation, case_id, decision, code, limit, after } = query.0;
    let filter = EntryFilter { from, to, caller: caller_id, organisation: organisation_id, operation, case: case_id, decision, code };
    let page = page_request(limit, after);
    let page = allowed.read(move |tx| entries::list(tx, &filter, &page)).await?.map(AuditEntry::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &AuditEntryPage { items: page.items, next: page.next }))
}

/// A checkpoint of the audit trail.
#[derive(Serialize, ToSchema)]
pub struct AuditCheckpoint {
    /// How many entries the trail had.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    size: i64,
    /// When it was sealed.
    sealed_at: Timestamp,
    /// The signed note (C2SP `tlog-checkpoint`), to be kept as it is.
    #[schema(max_length = 2000)]
    note: String,
}

impl From<StoredCheckpoint> for AuditCheckpoint {
    fn from(StoredCheckpoint { size, sealed_at, note }: StoredCheckpoint) -> Self {
        Self { size, sealed_at, note }
    }
}

/// A public key that signs checkpoints, as tools for signed notes read it: a name, a fingerprint and the key.
#[derive(Serialize, ToSchema)]
#[serde(transparent)]
#[schema(max_length = 200)]
pub struct VerifierKey(String);

/// A page of checkpoints.
#[derive(Serialize, ToSchema)]
pub struct AuditCheckpointPage {
    /// The public keys that sign the notes, as tools for signed notes read them. Keep them too: another key is another trail.
    #[schema(max_items = 10)]
    keys: Vec<VerifierKey>,
    /// Newest first.
    #[schema(max_items = 200)]
    items: Vec<AuditCheckpoint>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// List the checkpoints of the audit trail, newest first, with the keys that sign them.
///
/// Keep the newest one, outside this service: `homeward audit verify --checkpoint FILE` then finds a trail that was cut or written anew. A
/// checkpoint tells the size of the trail and nothing of what is in it.
#[utoipa::path(
    tag = "audit",
    params(PageQuery),
    responses((status = 200, body = AuditCheckpointPage, description = "A page"))
)]
#[get("/v1/audit/checkpoints")]
pub async fn list_audit_checkpoints(
    http: HttpRequest,
    allowed: Allowed<may::ReferenceRead>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let (keys, page) = allowed.read(move |tx| Ok((checkpoints::keys(tx)?, checkpoints::list(tx, &page)?))).await?;
    let page = page.map(AuditCheckpoint::from);
    let keys = keys.into_iter().map(VerifierKey).collect();
    Ok(respond::page(&http, page.next.clone().as_deref(), &AuditCheckpointPage { keys, items: page.items, next: page.next }))
}
