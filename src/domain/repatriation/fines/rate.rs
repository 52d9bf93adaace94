//! What a host country asks for overstay: an amount a day, by steps, or a fixed amount for a range of days.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::codes::StepRule;
use crate::domain::money::{Amount, Currency};
use crate::domain::violation::Checks;

/// The last day of overstay that a step or band can name.
pub const LAST_DAY: i64 = 100_000;

/// The highest age to which an exemption can reach, in years.
pub const OLDEST_EXEMPTION: i32 = 18;

/// The amount a day from a day of overstay on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FineStep {
    /// The first day of overstay with this amount; the day after the stay is day 1.
    #[schema(minimum = 2, maximum = 100_000)]
    pub from_day: i64,
    /// What a day costs.
    pub daily_amount: Amount,
}

/// A fixed amount for a range of days of overstay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FineBand {
    /// Its first day of overstay.
    #[schema(minimum = 1, maximum = 100_000)]
    pub from_day: i64,
    /// Its last day of overstay; null: no end.
    #[schema(minimum = 1, maximum = 100_000)]
    pub to_day: Option<i64>,
    /// The whole fine of an overstay that ends in this range.
    pub amount: Amount,
}

impl FineBand {
    fn end(&self) -> i64 {
        self.to_day.unwrap_or(i64::MAX)
    }
}

/// How the fine depends on the day of overstay. Empty: each day costs the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FineSchedule {
    /// Fixed amounts for the first days, without gaps from day 1 on. Days after the last band are charged by the day on top.
    #[serde(default)]
    pub bands: Vec<FineBand>,
    /// Other amounts a day, in order.
    #[serde(default)]
    pub steps: Vec<FineStep>,
    /// For which days the amount of a step holds.
    #[serde(default)]
    pub step_rule: Option<StepRule>,
}

impl FineSchedule {
    /// What is wrong with it beside this amount a day. In all that passes, more days never cost less.
    pub fn check(&self, daily: Amount, checks: &mut Checks) {
        let mut next = 1;
        let mut most = Amount::ZERO;
        for (at, band) in self.bands.iter().enumerate() {
            checks.refuse(
                band.from_day != next,
                &format!("/bands/{at}/from_day"),
                "out_of_order",
                "must be 1, or the day after the last band",
            );
            let is_range = (band.from_day..=LAST_DAY).contains(&band.to_day.unwrap_or(LAST_DAY));
            checks.refuse(!is_range, &format!("/bands/{at}/to_day"), "out_of_order", "must not lie before from_day, nor be above 100000");
            let is_open = band.to_day.is_none() && at + 1 < self.bands.len();
            checks.require(is_open, &format!("/bands/{at}/to_day"), "only the last band can have no end");
            checks.refuse(band.amount < most, &format!("/bands/{at}/amount"), "out_of_order", "must not be lower than the band before");
            checks.refuse(!band.amount.is_storable(), &format!("/bands/{at}/amount"), "too_large", "is too large");
            (next, most) = (band.end().saturating_add(1), band.amount);
        }
        self.check_steps(next, daily, checks);
    }

    fn check_steps(&self, first: i64, daily: Amount, checks: &mut Checks) {
        let is_for_all = self.step_rule == Some(StepRule::AllDays);
        let (mut before, mut lowest) = (first, daily);
        for (at, step) in self.steps.iter().enumerate() {
            let is_day = (2..=LAST_DAY).contains(&step.from_day) && step.from_day > before;
            let order = "must lie after the first day that is charged by the day, and after the step before; at most 100000";
            checks.refuse(!is_day, &format!("/steps/{at}/from_day"), "out_of_order", order);
            let pointer = format!("/steps/{at}/daily_amount");
            let is_less = is_for_all && step.daily_amount < lowest;
            checks.refuse(
                is_less,
                &pointer,
                "out_of_order",
                "for all days: must not be lower than before, or one day more would cost less",
            );
            checks.refuse(step.daily_amount > Amount::whole(10_000_000), &pointer, "too_large", "is too large");
            (before, lowest) = (step.from_day, step.daily_amount);
        }
        checks.require(!self.steps.is_empty() && self.step_rule.is_none(), "/step_rule", "say for which days a step holds");
        let is_idle = self.steps.is_empty() && self.step_rule.is_some();
        checks.refuse(is_idle, "/step_rule", "not_applicable", "there are no steps that it is about");
    }
}

/// What a host country asks for overstay, from a day on. Until the next one of the same country begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FineRate {
    /// The first day it holds.
    pub valid_from: NaiveDate,
    /// What a day costs that no band and no step is about.
    pub daily: Amount,
    /// In which currency. All rates of a country share one.
    pub currency: Currency,
    /// The most that is ever asked; none: no limit.
    pub ceiling: Option<Amount>,
    /// Steps and bands by the day of overstay.
    pub schedule: FineSchedule,
    /// Who is younger on the day of departure owes nothing.
    pub exempt_under_age: Option<i32>,
    /// For how many months a child that is born in the country may stay before overstay counts.
    pub newborn_months: Option<i32>,
}

impl FineRate {
    /// The same amount for each day, without a limit or an exemption.
    #[cfg(test)]
    pub fn by_day(valid_from: NaiveDate, daily: Amount, currency: Currency) -> Self {
        Self { valid_from, daily, currency, ceiling: None, schedule: FineSchedule::default(), exempt_under_age: None, newborn_months: None }
    }

    /// What this day costs of an overstay of so many days in all; none inside a fixed band.
    pub fn daily_on(&self, day: i64, total: i64) -> Option<Amount> {
        let is_fixed = self.schedule.bands.last().is_some_and(|band| day <= band.end());
        (!is_fixed).then(|| self.daily_by_step(day, total))
    }

    fn daily_by_step(&self, day: i64, total: i64) -> Amount {
        let day = if self.schedule.step_rule == Some(StepRule::AllDays) { total } else { day };
        let step = self.schedule.steps.iter().rev().find(|step| step.from_day <= day);
        step.map_or(self.daily, |step| step.daily_amount)
    }

    /// What the first days cost, of an overstay of so many days in all, without the ceiling.
    pub fn cost_of_first(&self, days: i64, total: i64) -> Amount {
        let bands = &self.schedule.bands;
        let fixed = bands.iter().rev().find(|band| band.from_day <= days).map_or(Amount::ZERO, |band| band.amount);
        let Some(first) = bands.last().map_or(0, FineBand::end).checked_add(1).filter(|first| *first <= days) else { return fixed };
        let starts = self.schedule.steps.iter().map(|step| step.from_day).filter(|start| (first + 1..=days).contains(start));
        let starts: Vec<i64> = std::iter::once(first).chain(starts).collect();
        let ends = starts.iter().skip(1).map(|next| next - 1).chain([days]);
        let parts = starts.iter().zip(ends).map(|(start, end)| self.daily_by_step(*start, total).times(end - start + 1));
        parts.fold(fixed, Amount::plus)
    }
}

#[cfg(test)]
mod tests;
