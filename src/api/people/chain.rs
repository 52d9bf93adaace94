//! Looking for a recruiter in the chains that several people named. What is looked for stands in the body, never in an address.

use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{Input, Json};
use crate::api::repatriation::daily_records::RecruiterRecord;
use crate::db::people::chain;
use crate::domain::country::Country;
use crate::domain::people::chain::{ChainField, SoughtLink};
use crate::domain::text::{copied, name};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

/// Links that a search shows.
const MOST_FOUND: usize = 100;

/// Whom to look for. What is given is looked for each by itself: a link is found by any of it.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecruiterSearch {
    /// Name, or what they are called: in any script, in any order and spelling, or its beginning.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 2, max = 200))]
    #[schema(min_length = 2, max_length = 200, example = "Team leader Wu")]
    name: Option<String>,
    /// Name in a chat or network, with the network or without.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "@goodjobs")]
    handle: Option<String>,
    /// A phone number in any spelling: with the country's prefix, or as it is dialled where your organisation works.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 3, max = 60))]
    #[schema(min_length = 3, max_length = 60)]
    phone: Option<String>,
    /// Bank account or wallet; spaces, dashes and case do not matter.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 3, max = 200))]
    #[schema(min_length = 3, max_length = 200)]
    account: Option<String>,
}

impl RecruiterSearch {
    fn sought(&self, country: Option<Country>) -> SoughtLink {
        SoughtLink::read(self.name.as_deref(), self.handle.as_deref(), self.phone.as_deref(), self.account.as_deref(), country)
    }
}

impl Input for RecruiterSearch {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.require(self.sought(None).is_empty(), "/name", "give a name, a handle, a phone or an account");
        checks.found()
    }
}

/// A link that fits.
#[derive(Serialize, ToSchema)]
pub struct FoundRecruiter {
    /// The code of the case of whoever named it.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    case_code: String,
    /// What of it fits.
    #[schema(max_items = 4)]
    fits: Vec<ChainField>,
    /// The link.
    link: RecruiterRecord,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub struct RecruiterSearchResult {
    /// The links that fit in most first, then the newest. Empty when there is none that you may see.
    #[schema(max_items = 100)]
    items: Vec<FoundRecruiter>,
}

/// Look for a recruiter.
///
/// For supervisors: whether several people were brought by the same one. Looks through the chains of all cases whose compartment
/// `protection` your organisation opens, and names no person: what else is to be known stands on the case.
#[utoipa::path(
    tag = "daily work",
    request_body = RecruiterSearch,
    responses((status = 200, body = RecruiterSearchResult, description = "What was found"))
)]
#[post("/v1/recruiters/search")]
pub async fn search_recruiters(
    allowed: Allowed<may::RecruiterSearch>,
    body: Json<RecruiterSearch>,
) -> Result<web::Json<RecruiterSearchResult>> {
    let sought = body.0.sought(allowed.country());
    let found = allowed.read(move |tx| chain::search(tx, &sought, MOST_FOUND)).await?;
    let items =
        found.into_iter().map(|(link, fits)| FoundRecruiter { case_code: link.code, fits, link: RecruiterRecord::from(link.record) });
    Ok(web::Json(RecruiterSearchResult { items: items.collect() }))
}
