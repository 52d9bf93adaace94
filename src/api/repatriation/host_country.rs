//! The host country of a case: where the person is now.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::api::cases::CaseFile;
use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{IfMatch, Input, Json, Path};
use crate::api::http::path_params::CasePath;
use crate::api::http::respond;
use crate::db::repatriation::host_country::{self, HostCountryChange};
use crate::domain::codes::{BorderCrossing, HostCountryReason, ImmigrationStatus};
use crate::domain::country::Country;
use crate::domain::ids::CaseId;
use crate::domain::repatriation::records::Crossing;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

/// Where the person is now.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChangeHostCountry {
    /// The country.
    country: Country,
    /// Whether they went there, or the other one was entered by mistake.
    reason: HostCountryReason,
    /// When they left the country before it.
    #[schema(max_length = 10)]
    left_on: Option<NaiveDate>,
    /// How.
    left_by: Option<BorderCrossing>,
    /// When they entered this one.
    #[schema(max_length = 10)]
    entered_on: Option<NaiveDate>,
    /// How.
    entered_by: Option<BorderCrossing>,
    /// Standing with its immigration authority. Without one: `unknown`.
    immigration_status: Option<ImmigrationStatus>,
}

impl Input for ChangeHostCountry {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/left_on", self.left_on);
        checks.past("/entered_on", self.entered_on);
        checks.ordered(self.left_on, "/entered_on", self.entered_on, "must not lie before left_on");
        let is_correction = self.reason == HostCountryReason::WrongEntry;
        for (pointer, is_said) in [
            ("/left_on", self.left_on.is_some()),
            ("/left_by", self.left_by.is_some()),
            ("/entered_on", self.entered_on.is_some()),
            ("/entered_by", self.entered_by.is_some()),
            ("/immigration_status", self.immigration_status.is_some()),
        ] {
            checks.refuse(is_correction && is_said, pointer, "not_applicable", "nobody moved: leave it out");
        }
        checks.found()
    }
}

impl From<ChangeHostCountry> for HostCountryChange {
    fn from(asked: ChangeHostCountry) -> Self {
        let ChangeHostCountry { country, reason, left_on, left_by, entered_on, entered_by, immigration_status } = asked;
        Self { country, reason, crossing: Crossing { left_on, left_by }, entered_on, entered_by, immigration_status }
    }
}

/// Change the host country of a case.
///
/// With `If-Match`; by the owner, until departure. Who went on (`moved_on`) leaves standing, waivers, payments and fine behind, in a host
/// episode: in the new country all begins anew. Its desks see who the person is, the former ones no more; the contact ends with missions
/// that do not cover the person there. A move recorded by mistake: change back as `wrong_entry`, then cancel the episode.
#[utoipa::path(
    tag = "immigration",
    params(CasePath, IfMatch),
    request_body = ChangeHostCountry,
    responses((status = 200, body = CaseFile, description = "Changed"))
)]
#[post("/v1/cases/{id}/host-country")]
pub async fn change_host_country(
    allowed: Allowed<may::ByPerson<may::CaseUpdate>>,
    id: Path<CaseId>,
    if_match: IfMatch,
    body: Json<ChangeHostCountry>,
) -> Result<HttpResponse> {
    let change = HostCountryChange::from(body.0);
    let case = allowed.write(move |tx| host_country::change(tx, id.0, if_match.expected(), &change)).await?;
    Ok(respond::changed(respond::etag(case.row.version, case.granted()), &CaseFile::from(case)))
}
