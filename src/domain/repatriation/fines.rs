//! The overstay fine: days counted, rate by rate, less what is waived and paid.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::codes::FineTrack;
use crate::domain::money::{Amount, Currency, Percent};

/// What a host country asks for a day of overstay, from a day on. Until the next one of the same country begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FineRate {
    /// The first day it holds.
    pub valid_from: NaiveDate,
    /// What a day costs.
    pub daily: Amount,
    /// In which currency. All rates of a country share one.
    pub currency: Currency,
    /// The most that is ever asked; none: no limit.
    pub ceiling: Option<Amount>,
}

/// What is known about the fine of one case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FineBasis {
    /// The last day of the permitted stay.
    pub stay_expired_on: Option<NaiveDate>,
    /// The day until which overstay counts: departure, or the exit permit that covers the rest; none: today.
    pub counted_until: Option<NaiveDate>,
    /// What the authority itself assessed, where it differs from days times rate.
    pub assessed_by_authority: Option<Amount>,
    /// The part that is waived.
    pub waived_percent: Option<Percent>,
    /// The amounts that are waived.
    pub waived_amount: Amount,
    /// What is paid.
    pub paid: Amount,
    /// Whether a waiver was asked for and not yet decided.
    pub waiver_requested: bool,
}

/// The fine of one case on one day. What is waived, paid and outstanding adds up to what is assessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fine {
    /// Whole days beyond the permitted stay.
    #[schema(minimum = 0, maximum = 100_000)]
    pub overstay_days: i64,
    /// The day until which they are counted.
    #[schema(max_length = 10)]
    pub counted_until: NaiveDate,
    /// Currency of every amount here; null where the host country's rate is not known.
    pub currency: Option<Currency>,
    /// What a day costs now; null where the rate is not known.
    pub daily_rate: Option<Amount>,
    /// The whole fine.
    pub assessed: Amount,
    /// Of it, waived.
    pub waived: Amount,
    /// Of it, paid.
    pub paid: Amount,
    /// What is still owed.
    pub outstanding: Amount,
    /// What was paid beyond the fine, because it was assessed anew: to be claimed back.
    pub overpaid: Amount,
    /// How far it is.
    pub track: FineTrack,
}

/// Days beyond the permitted stay: none on its last day, one on the day after.
pub fn overstay_days(stay_expired_on: Option<NaiveDate>, until: NaiveDate) -> i64 {
    stay_expired_on.map_or(0, |expired| until.signed_duration_since(expired).num_days().max(0))
}

/// What the days of overstay cost: each day at the rate that held on it, and never more than the ceiling that holds at the
/// end. Rates need not be in order. Days before the first rate cost nothing.
pub fn assessed(stay_expired_on: Option<NaiveDate>, until: NaiveDate, rates: &[FineRate]) -> Amount {
    let Some(first) = stay_expired_on.and_then(|expired| expired.checked_add_days(Days::new(1))) else { return Amount::ZERO };
    let mut rates: Vec<&FineRate> = rates.iter().collect();
    rates.sort_by_key(|rate| rate.valid_from);
    let ends = rates.iter().skip(1).map(|next| next.valid_from.pred_opt().unwrap_or(until)).chain([until]);
    let total = rates.iter().zip(ends).fold(Amount::ZERO, |total, (rate, end)| {
        let days = end.min(until).signed_duration_since(first.max(rate.valid_from)).num_days() + 1;
        total.plus(rate.daily.times(days))
    });
    rate_on(&rates, until).and_then(|rate| rate.ceiling).map_or(total, |ceiling| total.at_most(ceiling))
}

fn rate_on<'a>(rates: &[&'a FineRate], day: NaiveDate) -> Option<&'a FineRate> {
    rates.iter().filter(|rate| rate.valid_from <= day).max_by_key(|rate| rate.valid_from).copied()
}

impl FineBasis {
    /// The fine on a day. A waiver never takes away more than is left after what was paid, so nothing is ever below zero.
    pub fn on(&self, today: NaiveDate, rates: &[FineRate]) -> Fine {
        let counted_until = self.counted_until.map_or(today, |until| until.min(today));
        let overstay_days = overstay_days(self.stay_expired_on, counted_until);
        let assessed = self.assessed_by_authority.unwrap_or_else(|| assessed(self.stay_expired_on, counted_until, rates));
        let paid = self.paid.at_most(assessed);
        let part = self.waived_percent.map_or(Amount::ZERO, |percent| assessed.per_cent(percent));
        let waived = part.plus(self.waived_amount).at_most(assessed.minus(paid));
        let outstanding = assessed.minus(paid).minus(waived);
        let rate = rate_on(&rates.iter().collect::<Vec<_>>(), counted_until);
        Fine {
            overstay_days,
            counted_until,
            currency: rate.or(rates.first()).map(|rate| rate.currency),
            daily_rate: rate.map(|rate| rate.daily),
            assessed,
            waived,
            paid,
            outstanding,
            overpaid: self.paid.minus(assessed),
            track: self.track(assessed, waived, outstanding),
        }
    }

    fn track(&self, assessed: Amount, waived: Amount, outstanding: Amount) -> FineTrack {
        match () {
            () if assessed.is_zero() => FineTrack::None,
            () if waived == assessed => FineTrack::WaivedFull,
            () if outstanding.is_zero() && !waived.is_zero() => FineTrack::WaivedPartial,
            () if outstanding.is_zero() => FineTrack::Paid,
            () if self.waiver_requested => FineTrack::WaiverRequested,
            () if !waived.is_zero() || !self.paid.is_zero() => FineTrack::Outstanding,
            () => FineTrack::Assessed,
        }
    }
}

#[cfg(test)]
mod tests;
