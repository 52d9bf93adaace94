//! The fine of a case, put together from what is recorded.

use chrono::NaiveDate;

use crate::domain::codes::{WaiverReason, WaiverStatus};
use crate::domain::money::{Amount, Currency, Percent};
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::fines::{Fine, FineBasis};
use crate::domain::repatriation::records::{FineWaiver, ImmigrationClearance, Movement};
use crate::domain::repatriation::stage::Stage;

impl Facts {
    /// The fine as it stands today.
    pub fn fine(&self) -> Fine {
        self.fine_with(self.records.clearance.as_ref().map(|entry| &entry.content))
    }

    /// The fine as it would stand with this clearance.
    pub fn fine_with(&self, clearance: Option<&ImmigrationClearance>) -> Fine {
        let fine = self.fine_basis(clearance).on(self.today.day(), &self.fine_rates);
        Fine { currency: self.fine_currency(), ..fine }
    }

    /// What the fine is computed from.
    pub fn fine_basis(&self, clearance: Option<&ImmigrationClearance>) -> FineBasis {
        let has_left = |movement: &&Movement| movement.has_departed() || self.stage >= Stage::Departed;
        let left = self.left_on.or_else(|| self.movement().filter(has_left).map(|movement| self.departure_day(movement)));
        let stopped = clearance.and_then(|clearance| clearance.overstay_stopped_on(left.unwrap_or(self.today.day())));
        FineBasis {
            stay_expired_on: clearance.and_then(|clearance| clearance.stay_expired_on).or_else(|| self.newborn_stay_expires_on()),
            counted_until: stopped.or(left),
            assessed_by_authority: clearance.and_then(|clearance| clearance.assessed_by_authority).map(|money| money.amount),
            waived_percent: whole_of(self.reliefs().filter_map(|waiver| waiver.percent)),
            waived_amount: sum_of(self.reliefs()),
            settled_percent: whole_of(self.settlements().filter_map(|waiver| waiver.percent)),
            settled_amount: sum_of(self.settlements()),
            paid: self.paid(),
            youngest_age: self.youngest_age_on(self.leaves_on()),
            waiver_requested: self.waivers(WaiverStatus::Requested).next().is_some(),
        }
    }

    /// The currency of the fine: the host country's, else the authority's, else that of whatever was recorded first.
    pub fn fine_currency(&self) -> Option<Currency> {
        let assessed = || self.records.clearance.as_ref().and_then(|entry| entry.content.assessed_by_authority).map(|money| money.currency);
        let waived = || self.waivers(WaiverStatus::Granted).find_map(|waiver| waiver.amount).map(|money| money.currency);
        let paid =
            || self.records.payments.iter().find(|entry| entry.content.cancelled_on.is_none()).map(|entry| entry.content.money.currency);
        self.fine_rates.first().map(|rate| rate.currency).or_else(assessed).or_else(waived).or_else(paid)
    }

    /// Whether a penalty beside the overstay fine is open.
    pub fn has_open_penalty(&self) -> bool {
        self.records.clearance.as_ref().is_some_and(|entry| entry.content.has_open_penalty())
    }

    /// Whether something is owed of a fine or another penalty, and nobody asked to waive it because victims are not punished. A refusal is an answer.
    pub fn is_fined_unasked(&self) -> bool {
        let asked = |waiver: &FineWaiver| waiver.reason == WaiverReason::NonPunishment && waiver.status != WaiverStatus::Cancelled;
        (self.fine().may_be_owed() || self.has_open_penalty()) && !self.records.waivers.iter().any(|entry| asked(&entry.content))
    }

    /// The least age that the person may have on a day, in whole years; none where no age is known.
    pub fn youngest_age_on(&self, day: NaiveDate) -> Option<i32> {
        self.youngest.map(|youngest| youngest.on(day))
    }

    /// The day on which the person left, or leaves as far as is known. Who has not left by now leaves today at the earliest, whatever
    /// was booked.
    pub fn leaves_on(&self) -> NaiveDate {
        let planned = self.movement().map(|movement| (movement.has_departed(), self.departure_day(movement)));
        let today = self.today.day();
        self.left_on.unwrap_or_else(|| planned.map_or(today, |(has_left, day)| if has_left { day } else { day.max(today) }))
    }

    /// Waivers that are this far.
    pub fn waivers(&self, status: WaiverStatus) -> impl Iterator<Item = &FineWaiver> {
        self.records.waivers.iter().map(|entry| &entry.content).filter(move |waiver| waiver.status == status)
    }

    /// What was granted as a relief.
    pub fn reliefs(&self) -> impl Iterator<Item = &FineWaiver> {
        self.waivers(WaiverStatus::Granted).filter(|waiver| !waiver.reason.settles_without_relief())
    }

    /// What was settled without payment: by deportation, or by days in detention.
    fn settlements(&self) -> impl Iterator<Item = &FineWaiver> {
        self.waivers(WaiverStatus::Granted).filter(|waiver| waiver.reason.settles_without_relief())
    }

    /// The part of the fine that is waived or settled without payment.
    pub fn waived_percent(&self) -> Option<Percent> {
        whole_of(self.waivers(WaiverStatus::Granted).filter_map(|waiver| waiver.percent))
    }

    /// The amounts that are waived or settled without payment.
    pub fn waived_amounts(&self) -> Amount {
        sum_of(self.waivers(WaiverStatus::Granted))
    }

    /// What is paid.
    pub fn paid(&self) -> Amount {
        self.records.payments.iter().fold(Amount::ZERO, |sum, entry| sum.plus(entry.content.counted()))
    }
}

fn whole_of(parts: impl Iterator<Item = Percent>) -> Option<Percent> {
    parts.fold(None, |sum, part| Some(sum.map_or(part, |sum: Percent| sum.plus(part).unwrap_or(Percent::WHOLE))))
}

fn sum_of<'a>(waivers: impl Iterator<Item = &'a FineWaiver>) -> Amount {
    waivers.filter_map(|waiver| waiver.amount).fold(Amount::ZERO, |sum, money| sum.plus(money.amount))
}

impl WaiverReason {
    /// Whether what is recorded for this reason settles the fine although the authority waived nothing.
    pub const fn settles_without_relief(self) -> bool {
        matches!(self, Self::DeportationWithoutPayment | Self::ServedInDetention)
    }
}
