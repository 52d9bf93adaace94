//! Lists of cases and the exact search.

use actix_web::{HttpRequest, HttpResponse, get};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::cases::summary::CaseSummary;
use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::Query;
use crate::api::http::page::{self, page_request};
use crate::api::http::respond;
use crate::db::casefile::filter::CaseFilter;
use crate::db::casefile::list::{self, CaseSort};
use crate::domain::cases::code::read_case_code;
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::ids::*;
use crate::domain::nationality::NationalityFilter;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::text::copied;
use crate::error::{Error, Result};

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
    /// Nationality: verified, else claimed; `none` for people who were not asked.
    #[param(inline, example = "IDN")]
    nationality: Option<NationalityFilter>,
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
    /// The user it is assigned to; a mission finds by it what it owns alone.
    assigned_to: Option<UserId>,
    /// Status.
    status: Option<CaseStatus>,
    /// Where the person is stranded.
    host_country: Option<Country>,
    /// Gender.
    gender: Option<Gender>,
    /// The code that people say on the phone. Case, spaces and dashes do not matter.
    #[serde(default, deserialize_with = "copied")]
    #[param(max_length = 40, example = "KHM-26-7F3M9Q-4")]
    code: Option<String>,
    /// Registered on this day of the host country or later.
    #[param(max_length = 10)]
    registered_from: Option<NaiveDate>,
    /// Registered on this day of the host country or earlier.
    #[param(max_length = 10)]
    registered_to: Option<NaiveDate>,
    /// Changed on this day, where your organisation works, or later.
    #[param(max_length = 10)]
    updated_from: Option<NaiveDate>,
    /// Changed on this day, where your organisation works, or earlier.
    #[param(max_length = 10)]
    updated_to: Option<NaiveDate>,
    /// Order; `-` is descending. `-registered` if not stated.
    sort: Option<CaseSort>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

impl CaseQuery {
    /// The filter without the page.
    fn filter(&self) -> Result<CaseFilter> {
        let code = self.code.as_deref().map(|code| read_case_code(code).ok_or_else(|| not_a_code("code"))).transpose()?;
        Ok(CaseFilter {
            code,
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
        })
    }
}

/// The refusal of a code that has no such check character.
pub fn not_a_code(pointer: &str) -> Error {
    Error::field(pointer, "not_a_case_code", "is no case code: its last character does not fit the others, so one of them was misheard")
}

/// List cases.
///
/// The cases that your organisation holds a live grant on. Names are in the audit trail before the answer leaves. Follow
/// `next` (or the `Link` header) for more; there is no total.
#[utoipa::path(tag = "cases", params(CaseQuery), responses((status = 200, body = CasePage, description = "A page")))]
#[get("/v1/cases")]
pub async fn list_cases(http: HttpRequest, allowed: Allowed<may::CaseRead>, query: Query<CaseQuery>) -> Result<HttpResponse> {
    let (filter, sort) = (query.0.filter()?, query.0.sort.unwrap_or(CaseSort::RegisteredNewest));
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| list::list(tx, &filter, sort, &page)).await?.map(CaseSummary::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &CasePage { items: page.items, next: page.next }))
}
