//! Whom one works with: organisations to share a case with, and colleagues to give it to.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::Query;
use crate::api::http::page::{self, PageQuery, page_request};
use crate::api::http::respond;
use crate::db::accounts::directory::{self, Wanted};
use crate::domain::access::Role;
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::ids::{OrganisationId, UserId};
use crate::error::Result;

/// An active organisation.
#[derive(Serialize, ToSchema)]
pub struct DirectoryEntry {
    /// Its id.
    id: OrganisationId,
    /// Its name.
    #[schema(max_length = 200, example = "Safe Return Cambodia")]
    name: String,
    /// What it is.
    kind: OrganisationKind,
    /// Where it is seated; for a mission the sending state.
    country: Country,
    /// The host country it coordinates, if it is a coordination desk.
    coordinates: Option<Country>,
}

/// A page of the directory.
#[derive(Serialize, ToSchema)]
pub struct DirectoryPage {
    /// The organisations, by name.
    #[schema(max_items = 200)]
    items: Vec<DirectoryEntry>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// Which organisations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DirectoryQuery {
    /// Of this kind.
    kind: Option<OrganisationKind>,
    /// Seated in this country; for missions the sending state.
    #[param(example = "KHM")]
    country: Option<Country>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

impl From<directory::Listed> for DirectoryEntry {
    fn from(listed: directory::Listed) -> Self {
        let directory::Listed { id, name, kind, country, coordinates } = listed;
        Self { id, name, kind, country, coordinates }
    }
}

/// List the organisations that there are, by name.
///
/// The active ones, your own among them: to whom a case can be referred or handed over. Addresses and phone numbers are not told. Shelters
/// are named to those who place people there, and not to missions and machine clients: a name can tell a place.
#[utoipa::path(
    tag = "organisations",
    params(DirectoryQuery),
    responses((status = 200, body = DirectoryPage, description = "A page"))
)]
#[get("/v1/directory")]
pub async fn list_directory(http: HttpRequest, allowed: Allowed<may::CaseRead>, query: Query<DirectoryQuery>) -> Result<HttpResponse> {
    let DirectoryQuery { kind, country, limit, after } = query.0;
    let (wanted, page) = (Wanted { kind, country }, page_request(limit, after));
    let page = allowed.read(move |tx| directory::organisations(tx, &wanted, &page)).await?.map(DirectoryEntry::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &DirectoryPage { items: page.items, next: page.next }))
}

/// A user of your own organisation.
#[derive(Serialize, ToSchema)]
pub struct Colleague {
    /// The account, as in `assigned_to`, `created_by` and the history.
    id: UserId,
    /// Name shown to colleagues.
    #[schema(max_length = 200)]
    display_name: String,
    /// Role.
    role: Role,
    /// Whether the account can be used. Those who left are listed, for what they did bears their id.
    is_active: bool,
    /// Whether they are away today.
    is_away: bool,
}

/// A page of colleagues.
#[derive(Serialize, ToSchema)]
pub struct ColleaguePage {
    /// The colleagues, by name.
    #[schema(max_items = 200)]
    items: Vec<Colleague>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

impl From<directory::Colleague> for Colleague {
    fn from(colleague: directory::Colleague) -> Self {
        let directory::Colleague { id, display_name, role, is_active, is_away } = colleague;
        Self { id, display_name, role, is_active, is_away }
    }
}

/// List your colleagues, by name.
///
/// The users of your own organisation: to whom a case can be assigned, and whose name stands behind an id. For people alone.
#[utoipa::path(tag = "users", params(PageQuery), responses((status = 200, body = ColleaguePage, description = "A page")))]
#[get("/v1/colleagues")]
pub async fn list_colleagues(
    http: HttpRequest,
    allowed: Allowed<may::ByPerson<may::CaseRead>>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| directory::colleagues(tx, &page)).await?.map(Colleague::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &ColleaguePage { items: page.items, next: page.next }))
}
