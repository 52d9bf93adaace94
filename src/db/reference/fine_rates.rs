//! The fines that host countries ask for a day of overstay. Reference data: a new rate begins on a day, and the old one stays.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::fine_rates;
use crate::db::schema::types::Json;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::FineRateId;
use crate::domain::money::{Amount, Currency};
use crate::domain::repatriation::fines::{FineRate, FineSchedule};
use crate::error::{Error, ErrorCode, Result};

/// A rate as stored; amounts in ten-thousandths.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = fine_rates, treat_none_as_default_value = false)]
pub struct FineRateRow {
    pub id: FineRateId,
    pub created_at: Timestamp,
    pub country: Country,
    pub valid_from: NaiveDate,
    pub daily_amount: i64,
    pub currency: Currency,
    pub ceiling: Option<i64>,
    pub source: Option<String>,
    pub schedule: Option<Json<FineSchedule>>,
    pub exempt_under_age: Option<i32>,
    pub newborn_months: Option<i32>,
}

impl FineRateRow {
    /// The rate as the rules use it.
    pub fn rate(&self) -> Result<FineRate> {
        let amount = |stored| Amount::from_ten_thousandths(stored).ok_or_else(|| Error::internal("a rate below zero is stored"));
        Ok(FineRate {
            valid_from: self.valid_from,
            daily: amount(self.daily_amount)?,
            currency: self.currency,
            ceiling: self.ceiling.map(amount).transpose()?,
            schedule: self.schedule.as_ref().map(|schedule| schedule.0.clone()).unwrap_or_default(),
            exempt_under_age: self.exempt_under_age,
            newborn_months: self.newborn_months,
        })
    }
}

/// Adds a rate. All rates of a country share one currency, because a fine is one sum.
pub fn insert(tx: &mut Tx<'_>, country: Country, rate: FineRate, source: Option<String>) -> Result<FineRateRow> {
    let row = FineRateRow {
        id: FineRateId::random(),
        created_at: tx.now,
        country,
        valid_from: rate.valid_from,
        daily_amount: rate.daily.ten_thousandths(),
        currency: rate.currency,
        ceiling: rate.ceiling.map(Amount::ten_thousandths),
        source,
        schedule: Some(Json(rate.schedule)).filter(|schedule| schedule.0 != FineSchedule::default()),
        exempt_under_age: rate.exempt_under_age,
        newborn_months: rate.newborn_months,
    };
    let known = of_country(tx, row.country)?;
    if known.iter().any(|rate| rate.currency != row.currency) {
        return Err(Error::field("/currency", "currency_mismatch", "must be in the same currency as the country's other rates"));
    }
    if known.iter().any(|rate| rate.valid_from == row.valid_from) {
        return Err(Error::new(ErrorCode::AlreadyExists).detail("The country already has a rate that begins on this day."));
    }
    let query = diesel::insert_into(fine_rates::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(row.id.0, None, Some(1));
    Ok(row)
}

/// Every rate, by country and day.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<FineRateRow>> {
    let query = fine_rates::table.order((fine_rates::country, fine_rates::valid_from)).select(fine_rates::all_columns);
    Ok(query.load(tx.conn)?)
}

/// The rates of one country, oldest first.
pub(in crate::db) fn of_country(tx: &mut Tx<'_>, country: Country) -> Result<Vec<FineRate>> {
    let query = fine_rates::table.filter(fine_rates::country.eq(country)).order(fine_rates::valid_from).select(fine_rates::all_columns);
    let rows: Vec<FineRateRow> = query.load(tx.conn)?;
    rows.iter().map(FineRateRow::rate).collect()
}
