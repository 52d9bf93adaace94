//! Recording afterwards that somebody left or arrived without the steps of the road home.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{IfMatch, Input, Json, Path};
use crate::api::http::path_params::CasePath;
use crate::api::http::respond;
use crate::api::repatriation::transitions::{Repatriation, etag};
use crate::db::repatriation::afterwards::{self, Recorded};
use crate::domain::codes::DepartureBasis;
use crate::domain::ids::CaseId;
use crate::domain::repatriation::{Afterwards, Happened};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

/// What already happened.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecordAfterwards {
    /// When the person left the country: a day that is over there.
    #[schema(max_length = 10)]
    departed_on: Option<NaiveDate>,
    /// When the person arrived at home: a day that is over. Alone for somebody whose departure is recorded.
    #[schema(max_length = 10)]
    arrived_on: Option<NaiveDate>,
    /// How the person left; required with `departed_on`.
    basis: Option<DepartureBasis>,
    /// Why it is recorded only now.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "Flew home on a ticket of the family before we knew")]
    reason: String,
    /// Who reported it.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "List of the airport desk")]
    source: String,
}

/// The days of a journey that is over, and how the person left.
#[derive(Clone, Copy)]
pub struct Journey {
    /// When the person left.
    pub departed_on: Option<NaiveDate>,
    /// When the person arrived.
    pub arrived_on: Option<NaiveDate>,
    /// How the person left.
    pub basis: Option<DepartureBasis>,
}

impl Journey {
    /// What is wrong with it by itself, apart from its days.
    pub fn check(self, checks: &mut Checks) {
        checks.require(self.departed_on.is_none() && self.arrived_on.is_none(), "/departed_on", "say when the person left or arrived");
        checks.require(self.departed_on.is_some() && self.basis.is_none(), "/basis", "say how the person left");
        let is_alone = self.basis.is_some() && self.departed_on.is_none();
        checks.refuse(is_alone, "/basis", "either_or", "belongs to a departure");
    }

    /// What is recorded of it, and why only now.
    pub fn recorded(self, reason: String, source: String) -> Recorded {
        let departure = self.departed_on.map(|on| Afterwards { what: Happened::Departed, on });
        let arrival = self.arrived_on.map(|on| Afterwards { what: Happened::Arrived, on });
        Recorded { happened: departure.into_iter().chain(arrival).collect(), basis: self.basis, reason, source }
    }
}

impl RecordAfterwards {
    const fn journey(&self) -> Journey {
        Journey { departed_on: self.departed_on, arrived_on: self.arrived_on, basis: self.basis }
    }
}

impl Input for RecordAfterwards {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/departed_on", self.departed_on);
        checks.past("/arrived_on", self.arrived_on);
        self.journey().check(&mut checks);
        checks.found()
    }
}

/// Record what already happened.
///
/// With `If-Match`, by a supervisor of the owner or of the coordination desk: somebody flew home on a ticket of the family, was deported,
/// or is on a list of people who returned last month. From any stage, in one act; all of it or nothing. Each of both is an entry of the log
/// on its own day, marked `recorded_afterwards`, and figures count it on that day. The requirements that were not met are kept with it as
/// `gaps`, consent, denials and holds among them, and the owner gets a task to review each. Only for days that are over: what is still to
/// happen goes by the transitions, whose guards protect the person. What was booked is cancelled. Taken back with the transition `resume`.
#[utoipa::path(
    tag = "repatriation",
    params(CasePath, IfMatch),
    request_body = RecordAfterwards,
    responses((status = 200, body = Repatriation, description = "Recorded"))
)]
#[post("/v1/cases/{id}/repatriation/afterwards")]
pub async fn record_afterwards(
    allowed: Allowed<may::CaseClose>,
    id: Path<CaseId>,
    if_match: IfMatch,
    body: Json<RecordAfterwards>,
) -> Result<HttpResponse> {
    let recorded = body.0.journey().recorded(body.0.reason, body.0.source);
    let standing = allowed.write(move |tx| afterwards::record(tx, id.0, if_match.expected(), &recorded)).await?;
    Ok(respond::changed(etag(&standing), &Repatriation::from(standing)))
}
