//! The overstay fine: days counted, rate by rate, less what is waived, paid, or settled without payment.

mod rate;

pub use rate::{FineBand, FineRate, FineSchedule, FineStep, OLDEST_EXEMPTION};

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::codes::FineTrack;
use crate::domain::money::{Amount, Currency, Percent};

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
    /// The part that is settled without payment: by deportation, or by days in detention.
    pub settled_percent: Option<Percent>,
    /// The amounts that are settled without payment.
    pub settled_amount: Amount,
    /// What is paid.
    pub paid: Amount,
    /// The least age, in whole years, that the person may have on the day of departure; none: not known.
    pub youngest_age: Option<i32>,
    /// Whether a waiver was asked for and not yet decided.
    pub waiver_requested: bool,
}

/// The fine of one case on one day. What is waived, paid, settled without payment and outstanding adds up to what is assessed. Where the
/// fine is not known, the amounts are null: unknown is not nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fine {
    /// The last day of the permitted stay: as stated, else that of a child born in the host country.
    #[schema(max_length = 10)]
    pub stay_expired_on: Option<NaiveDate>,
    /// Whole days beyond the permitted stay.
    #[schema(minimum = 0, maximum = 100_000)]
    pub overstay_days: i64,
    /// The day until which they are counted.
    #[schema(max_length = 10)]
    pub counted_until: NaiveDate,
    /// Currency of every amount here; null where the host country's rate is not known.
    pub currency: Option<Currency>,
    /// What the last day costs; null where the rate is not known, or a fixed amount is asked.
    pub daily_rate: Option<Amount>,
    /// The whole fine; null where a day has no known rate and the authority assessed nothing.
    pub assessed: Option<Amount>,
    /// Of it, waived.
    pub waived: Option<Amount>,
    /// Of it, paid.
    pub paid: Option<Amount>,
    /// Of it, settled without payment: by deportation, or by days in detention.
    pub settled_unpaid: Option<Amount>,
    /// What is still owed.
    pub outstanding: Option<Amount>,
    /// What was paid beyond the fine, because it was assessed anew: to be claimed back.
    pub overpaid: Option<Amount>,
    /// How far it is.
    pub track: FineTrack,
}

impl Fine {
    /// Whether it is known that nothing is owed any more. A fine of unknown height can be waived or settled as a whole.
    pub fn is_settled(&self) -> bool {
        self.outstanding.map_or(matches!(self.track, FineTrack::WaivedFull | FineTrack::SettledUnpaid), Amount::is_zero)
    }

    /// Whether something is owed, or may be: days of overstay that nobody knows the price of are not free.
    pub fn may_be_owed(&self) -> bool {
        !self.is_settled() && (self.outstanding.is_some() || self.overstay_days > 0)
    }
}

/// Days beyond the permitted stay: none on its last day, one on the day after.
pub fn overstay_days(stay_expired_on: Option<NaiveDate>, until: NaiveDate) -> i64 {
    stay_expired_on.map_or(0, |expired| until.signed_duration_since(expired).num_days().max(0))
}

/// What the days of overstay cost: each day what the rate asks that held on it, and never more than the ceiling that holds at the end.
/// Rates need not be in order. None where a day has no known rate.
pub fn assessed(stay_expired_on: Option<NaiveDate>, until: NaiveDate, rates: &[FineRate]) -> Option<Amount> {
    let Some(expired) = stay_expired_on else { return (!rates.is_empty()).then_some(Amount::ZERO) };
    let total = overstay_days(stay_expired_on, until);
    let Some(first) = expired.checked_add_days(Days::new(1)).filter(|_| total > 0) else { return Some(Amount::ZERO) };
    let mut rates: Vec<&FineRate> = rates.iter().collect();
    rates.sort_by_key(|rate| rate.valid_from);
    rates.first().filter(|rate| rate.valid_from <= first)?;
    // The number of a day is how many days of overstay there are at its end.
    let number = |day: NaiveDate| overstay_days(stay_expired_on, day.min(until));
    let ends = rates.iter().skip(1).map(|next| next.valid_from.pred_opt().unwrap_or(until)).chain([until]);
    let cost = rates.iter().zip(ends).fold(Amount::ZERO, |cost, (rate, end)| {
        let before = rate.valid_from.pred_opt().map_or(0, number);
        cost.plus(rate.cost_of_first(number(end), total).minus(rate.cost_of_first(before, total)))
    });
    Some(rate_on(&rates, until).and_then(|rate| rate.ceiling).map_or(cost, |ceiling| cost.at_most(ceiling)))
}

fn rate_on<'a>(rates: &[&'a FineRate], day: NaiveDate) -> Option<&'a FineRate> {
    rates.iter().filter(|rate| rate.valid_from <= day).max_by_key(|rate| rate.valid_from).copied()
}

impl FineBasis {
    /// The fine on a day. A waiver never takes away more than is left after what was paid, so nothing is ever below zero.
    pub fn on(&self, today: NaiveDate, rates: &[FineRate]) -> Fine {
        let counted_until = self.counted_until.map_or(today, |until| until.min(today));
        let overstay_days = overstay_days(self.stay_expired_on, counted_until);
        let rate = rate_on(&rates.iter().collect::<Vec<_>>(), counted_until);
        let is_young = rate.and_then(|rate| rate.exempt_under_age).zip(self.youngest_age).is_some_and(|(limit, age)| age < limit);
        let is_exempt = is_young && overstay_days > 0 && self.assessed_by_authority.is_none();
        let by_rates = || assessed(self.stay_expired_on, counted_until, rates);
        let assessed = self.assessed_by_authority.or_else(|| if is_exempt { Some(Amount::ZERO) } else { by_rates() });
        let shares = assessed.map(|assessed| self.shares(assessed));
        Fine {
            stay_expired_on: self.stay_expired_on,
            overstay_days,
            counted_until,
            currency: rate.or(rates.first()).map(|rate| rate.currency),
            daily_rate: rate.and_then(|rate| rate.daily_on(overstay_days.max(1), overstay_days.max(1))),
            assessed,
            waived: shares.map(|shares| shares.waived),
            paid: shares.map(|shares| shares.paid),
            settled_unpaid: shares.map(|shares| shares.settled_unpaid),
            outstanding: shares.map(|shares| shares.outstanding),
            overpaid: assessed.map(|assessed| self.paid.minus(assessed)),
            track: match assessed.zip(shares) {
                _ if is_exempt => FineTrack::Exempt,
                Some((assessed, shares)) => self.track(assessed, shares),
                None => self.track_of_unknown(),
            },
        }
    }

    fn shares(&self, assessed: Amount) -> Shares {
        let part = |percent: Option<Percent>| percent.map_or(Amount::ZERO, |percent| assessed.per_cent(percent));
        let paid = self.paid.at_most(assessed);
        let unpaid = assessed.minus(paid);
        let waived = part(self.waived_percent).plus(self.waived_amount).at_most(unpaid);
        let settled_unpaid = part(self.settled_percent).plus(self.settled_amount).at_most(unpaid.minus(waived));
        Shares { waived, paid, settled_unpaid, outstanding: unpaid.minus(waived).minus(settled_unpaid) }
    }

    fn track(&self, assessed: Amount, shares: Shares) -> FineTrack {
        let Shares { waived, settled_unpaid, outstanding, .. } = shares;
        match () {
            () if assessed.is_zero() => FineTrack::None,
            () if waived == assessed => FineTrack::WaivedFull,
            () if outstanding.is_zero() && !settled_unpaid.is_zero() => FineTrack::SettledUnpaid,
            () if outstanding.is_zero() && !waived.is_zero() => FineTrack::WaivedPartial,
            () if outstanding.is_zero() => FineTrack::Paid,
            () if self.waiver_requested => FineTrack::WaiverRequested,
            () if !waived.is_zero() || !settled_unpaid.is_zero() || !self.paid.is_zero() => FineTrack::Outstanding,
            () => FineTrack::Assessed,
        }
    }

    fn track_of_unknown(&self) -> FineTrack {
        let whole = match (self.waived_percent, self.settled_percent) {
            (Some(waived), Some(settled)) => waived.plus(settled).is_none_or(|sum| sum == Percent::WHOLE),
            (one, other) => one.or(other) == Some(Percent::WHOLE),
        };
        match () {
            () if whole && self.settled_percent.is_some() => FineTrack::SettledUnpaid,
            () if whole => FineTrack::WaivedFull,
            () => FineTrack::Unknown,
        }
    }
}

/// What became of an assessed fine.
#[derive(Clone, Copy)]
struct Shares {
    waived: Amount,
    paid: Amount,
    settled_unpaid: Amount,
    outstanding: Amount,
}

#[cfg(test)]
mod tests;
