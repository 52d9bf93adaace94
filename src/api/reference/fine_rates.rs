//! What host countries ask for a day of overstay.

use actix_web::{HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{CreateBody, Input};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::reference::fine_rates::{self, FineRateRow};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::StepRule;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::FineRateId;
use crate::domain::money::{Amount, Currency};
use crate::domain::repatriation::fines::{FineBand, FineRate as Rate, FineSchedule, FineStep};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::{DayAt, Today};
use crate::error::{Error, Result};

/// What a host country asks for overstay, from a day on, until its next rate begins.
#[derive(Serialize, ToSchema)]
pub struct FineRate {
    /// Its id.
    id: FineRateId,
    /// The host country.
    country: Country,
    /// The first day on which it holds.
    #[schema(max_length = 10)]
    valid_from: NaiveDate,
    /// What a day costs that no band and no step is about.
    daily_amount: Amount,
    /// In which currency.
    currency: Currency,
    /// The most that is ever asked; null: no limit.
    ceiling: Option<Amount>,
    /// Fixed amounts for the first days, from day 1 on. Days after the last band are charged by the day on top.
    #[schema(max_items = 50)]
    bands: Vec<FineBand>,
    /// Other amounts a day, from a day of overstay on.
    #[schema(max_items = 50)]
    steps: Vec<FineStep>,
    /// For which days the amount of a step holds; null: there are no steps.
    step_rule: Option<StepRule>,
    /// Who is younger on the local day of departure owes nothing; null: no exemption. An age range counts while it may be younger.
    #[schema(minimum = 1, maximum = 18)]
    exempt_under_age: Option<i32>,
    /// For how many months a child born here may stay before overstay counts; null: not known.
    #[schema(minimum = 1, maximum = 24)]
    newborn_months: Option<i32>,
    /// Where this is published.
    #[schema(max_length = 500)]
    source: Option<String>,
    /// When it was recorded.
    created_at: Timestamp,
}

/// Every rate.
#[derive(Serialize, ToSchema)]
pub struct FineRateList {
    /// By country, oldest first.
    #[schema(max_items = 10000)]
    items: Vec<FineRate>,
}

/// A rate to be added. A rate is never changed: the next one begins on a later day.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateFineRate {
    /// The host country.
    country: Country,
    /// The first day on which it holds.
    #[schema(max_length = 10)]
    valid_from: NaiveDate,
    /// What a day costs that no band and no step is about.
    daily_amount: Amount,
    /// In which currency; that of the country's other rates.
    currency: Currency,
    /// The most that is ever asked; absent: no limit.
    ceiling: Option<Amount>,
    /// Where this is published.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    source: Option<String>,
    /// Fixed amounts for the first days, without gaps from day 1 on. Days after the last band are charged by the day on top.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    bands: Vec<FineBand>,
    /// Other amounts a day, from a day of overstay on, in order.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    steps: Vec<FineStep>,
    /// For which days the amount of a step holds; with steps only.
    step_rule: Option<StepRule>,
    /// Who is younger on the local day of departure owes nothing; absent: no exemption.
    #[validate(range(min = 1, max = 18))]
    #[schema(minimum = 1, maximum = 18)]
    exempt_under_age: Option<i32>,
    /// For how many months a child born here may stay before overstay counts; absent: not known.
    #[validate(range(min = 1, max = 24))]
    #[schema(minimum = 1, maximum = 24)]
    newborn_months: Option<i32>,
}

impl CreateFineRate {
    fn schedule(&self) -> FineSchedule {
        FineSchedule { bands: self.bands.clone(), steps: self.steps.clone(), step_rule: self.step_rule }
    }
}

impl Input for CreateFineRate {
    fn day_at(&self) -> DayAt {
        DayAt::Country(self.country)
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.refuse(self.daily_amount > Amount::whole(10_000_000), "/daily_amount", "too_large", "is too large");
        checks.refuse(
            self.ceiling.is_some_and(|ceiling| ceiling < self.daily_amount),
            "/ceiling",
            "out_of_order",
            "must be at least one day",
        );
        self.schedule().check(self.daily_amount, &mut checks);
        checks.found()
    }
}

impl TryFrom<FineRateRow> for FineRate {
    type Error = Error;

    fn try_from(row: FineRateRow) -> Result<Self> {
        let rate = row.rate()?;
        let FineSchedule { bands, steps, step_rule } = rate.schedule;
        Ok(Self {
            id: row.id,
            country: row.country,
            valid_from: rate.valid_from,
            daily_amount: rate.daily,
            currency: rate.currency,
            ceiling: rate.ceiling,
            bands,
            steps,
            step_rule,
            exempt_under_age: rate.exempt_under_age,
            newborn_months: rate.newborn_months,
            source: row.source,
            created_at: row.created_at,
        })
    }
}

impl Rendered for Apart<FineRateId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let rate = fine_rates::list(tx)?.into_iter().find(|rate| rate.id == self.0).ok_or_else(Error::not_found)?;
        respond::answer("/v1/fine-rates".to_owned(), respond::etag(1, CompartmentSet::EMPTY), &FineRate::try_from(rate)?)
    }
}

/// List the rates of overstay.
#[utoipa::path(tag = "immigration", responses((status = 200, body = FineRateList, description = "Every rate")))]
#[get("/v1/fine-rates")]
pub async fn list_fine_rates(allowed: Allowed<may::ReferenceRead>) -> Result<web::Json<FineRateList>> {
    let rows = allowed.read(fine_rates::list).await?;
    Ok(web::Json(FineRateList { items: rows.into_iter().map(FineRate::try_from).collect::<Result<_>>()? }))
}

/// Add a rate of overstay.
///
/// Every fine is computed anew with it, from its first day on. Days of overstay before the first rate of a country have no known price,
/// and make the fine unknown.
#[utoipa::path(
    tag = "immigration",
    request_body = CreateFineRate,
    responses((status = 201, body = FineRate, description = "Added"))
)]
#[post("/v1/fine-rates")]
pub async fn create_fine_rate(allowed: Allowed<may::OrganisationManage>, body: CreateBody<CreateFineRate>) -> Result<HttpResponse> {
    let new = body.input;
    allowed
        .create(body.key, move |tx| {
            let CreateFineRate { country, valid_from, daily_amount, currency, ceiling, source, exempt_under_age, newborn_months, .. } =
                new.clone();
            let rate =
                Rate { valid_from, daily: daily_amount, currency, ceiling, schedule: new.schedule(), exempt_under_age, newborn_months };
            Ok(Apart(fine_rates::insert(tx, country, rate, source)?.id))
        })
        .await
}
