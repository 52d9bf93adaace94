//! Lists of cases and the exact search.

use actix_web::{HttpRequest, HttpResponse, get};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::access::{Allowed, may};
use crate::api::extract::Query;
use crate::api::page::page_request;
use crate::api::respond;
use crate::db::cases::{self, CaseFilter, CaseSort, CaseSummaryRow};
use crate::domain::case::RedactedField;
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::domain::person::Identity;
use crate::domain::repatriation::{SideState, Stage};
use crate::error::Result;

/// A case in a list.
#[derive(Serialize, ToSchema)]
pub struct CaseSummary {
    /// Its id.
    id: CaseId,
    /// The code people say on the phone.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    code: String,
    /// The person.
    person_id: PersonId,
    /// The person's name; absent where your grant does not open it, and then listed in `redacted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 700, nullable = false, example = "Siti Rahmawati")]
    name: Option<String>,
    /// The organisation that owns the case.
    owner_id: OrganisationId,
    /// The user it is assigned to.
    assigned_to: Option<UserId>,
    /// Status.
    status: CaseStatus,
    /// Where the person is stranded.
    host_country: Country,
    /// The nationality the person claims.
    nationality_claimed: Option<Country>,
    /// The nationality a mission verified.
    nationality_verified: Option<Country>,
    /// Gender.
    gender: Gender,
    /// Whether the person is a child; null when the age was never assessed.
    is_child: Option<bool>,
    /// Danger to the person.
    risk_level: RiskLevel,
    /// The compound the person comes from.
    compound_id: Option<CompoundId>,
    /// The operation that freed the person.
    operation_id: Option<OperationId>,
    /// Stage on the road home.
    stage: Stage,
    /// State beside the road.
    side_state: Option<SideState>,
    /// The fields that are absent because your grant does not open them.
    #[schema(max_items = 1)]
    redacted: Vec<RedactedField>,
    /// When it was registered.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
    /// Its version.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// A page of cases.
#[derive(Serialize, ToSchema)]
pub struct CasePage {
    /// The cases.
    #[schema(max_items = 200)]
    items: Vec<CaseSummary>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// Which cases, and in which order. Only fields of class A and B can be filtered or sorted by.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CaseQuery {
    /// Nationality: verified, else claimed.
    #[param(example = "IDN")]
    nationality: Option<Country>,
    /// Stage.
    stage: Option<Stage>,
    /// Side state.
    side_state: Option<SideState>,
    /// Compound of origin.
    compound: Option<CompoundId>,
    /// Operation of rescue.
    operation: Option<OperationId>,
    /// A mission with which a contact is recorded.
    mission: Option<MissionId>,
    /// Danger to the person.
    risk_level: Option<RiskLevel>,
    /// Whether the person is a child.
    is_child: Option<bool>,
    /// The organisation that owns the case.
    owner: Option<OrganisationId>,
    /// The user it is assigned to.
    assigned_to: Option<UserId>,
    /// Status.
    status: Option<CaseStatus>,
    /// Where the person is stranded.
    host_country: Option<Country>,
    /// Gender.
    gender: Option<Gender>,
    /// Registered on this day (UTC) or later.
    #[param(max_length = 10)]
    registered_from: Option<NaiveDate>,
    /// Registered on this day (UTC) or earlier.
    #[param(max_length = 10)]
    registered_to: Option<NaiveDate>,
    /// Changed on this day (UTC) or later.
    #[param(max_length = 10)]
    updated_from: Option<NaiveDate>,
    /// Changed on this day (UTC) or earlier.
    #[param(max_length = 10)]
    updated_to: Option<NaiveDate>,
    /// Order; `-` is descending. `-registered` if not stated.
    sort: Option<CaseSort>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

impl CaseQuery {
    /// The filter without the page.
    fn filter(&self) -> CaseFilter {
        CaseFilter {
            nationality: self.nationality,
            stage: self.stage,
            side_state: self.side_state,
            compound: self.compound,
            operation: self.operation,
            mission: self.mission,
            risk_level: self.risk_level,
            is_child: self.is_child,
            owner: self.owner,
            assigned_to: self.assigned_to,
            status: self.status,
            host_country: self.host_country,
            gender: self.gender,
            registered_from: self.registered_from,
            registered_to: self.registered_to,
            updated_from: self.updated_from,
            updated_to: self.updated_to,
        }
    }
}

impl From<(CaseSummaryRow, Option<Identity>)> for CaseSummary {
    fn from((row, identity): (CaseSummaryRow, Option<Identity>)) -> Self {
        let redacted = if identity.is_none() { vec![RedactedField::Name] } else { Vec::new() };
        Self {
            id: row.id,
            code: row.code,
            person_id: row.person_id,
            name: identity.map(|identity| identity.display_name()),
            owner_id: row.owner_id,
            assigned_to: row.assigned_to,
            status: row.status,
            host_country: row.host_country,
            nationality_claimed: row.nationality_claimed,
            nationality_verified: row.nationality_verified,
            gender: row.gender,
            is_child: row.is_child,
            risk_level: row.risk_level,
            compound_id: row.compound_id,
            operation_id: row.operation_id,
            stage: row.stage,
            side_state: row.side_state,
            redacted,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// List cases.
///
/// The cases that your organisation holds a live grant on. Names are in the audit trail before the answer leaves. Follow
/// `next` (or the `Link` header) for more; there is no total.
#[utoipa::path(tag = "cases", params(CaseQuery), responses((status = 200, body = CasePage, description = "A page")))]
#[get("/v1/cases")]
pub async fn list_cases(http: HttpRequest, allowed: Allowed<may::CaseRead>, query: Query<CaseQuery>) -> Result<HttpResponse> {
    let (filter, sort) = (query.0.filter(), query.0.sort.unwrap_or(CaseSort::RegisteredNewest));
    let page = page_request(query.0.limit, query.0.after)?;
    let page = allowed.read(move |tx| cases::list(tx, &filter, sort, &page)).await?.map(CaseSummary::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &CasePage { items: page.items, next: page.next }))
}
