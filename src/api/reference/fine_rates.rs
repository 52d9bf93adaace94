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
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::FineRateId;
use crate::domain::money::{Amount, Currency};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::{DayAt, Today};
use crate::error::{Error, Result};

/// What a host country asks for a day of overstay, from a day on, until its next rate begins.
#[derive(Serialize, ToSchema)]
pub struct FineRate {
    /// Its id.
    id: FineRateId,
    /// The host country.
    country: Country,
    /// The first day on which it holds.
    #[schema(max_length = 10)]
    valid_from: NaiveDate,
    /// What a day costs.
    daily_amount: Amount,
    /// In which currency.
    currency: Currency,
    /// The most that is ever asked; null: no limit.
    ceiling: Option<Amount>,
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
    /// What a day costs.
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
        checks.found()
    }
}

impl TryFrom<FineRateRow> for FineRate {
    type Error = Error;

    fn try_from(row: FineRateRow) -> Result<Self> {
        let rate = row.rate()?;
        let FineRateRow { id, created_at, country, valid_from, daily_amount: _, currency, ceiling: _, source } = row;
        Ok(Self { id, country, valid_from, daily_amount: rate.daily, currency, ceiling: rate.ceiling, source, created_at })
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
/// Every fine is computed anew with it, from its first day on.
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
            let CreateFineRate { country, valid_from, daily_amount, currency, ceiling, source } = new.clone();
            let row = FineRateRow {
                id: FineRateId::random(),
                created_at: tx.now,
                country,
                valid_from,
                daily_amount: daily_amount.ten_thousandths(),
                currency,
                ceiling: ceiling.map(Amount::ten_thousandths),
                source,
            };
            Ok(Apart(fine_rates::insert(tx, row)?.id))
        })
        .await
}
