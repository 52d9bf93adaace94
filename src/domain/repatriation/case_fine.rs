//! The fine of a case, put together from what is recorded.

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
            stay_expired_on: clearance.and_then(|clearance| clearance.stay_expired_on),
            counted_until: stopped.or(left),
            assessed_by_authority: clearance.and_then(|clearance| clearance.assessed_by_authority).map(|money| money.amount),
            waived_percent: self.waived_percent(),
            waived_amount: self.waived_amounts(),
            paid: self.paid(),
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

    /// Whether the fine can be told: the host country's rate is known, or the authority assessed it.
    pub fn knows_the_fine(&self) -> bool {
        let assessed = self.records.clearance.as_ref().is_some_and(|entry| entry.content.assessed_by_authority.is_some());
        !self.fine_rates.is_empty() || assessed
    }

    /// Whether something is owed of a fine, and nobody asked to waive it because victims are not punished. A refusal is an answer.
    pub fn is_fined_unasked(&self) -> bool {
        let asked = |waiver: &FineWaiver| waiver.reason == WaiverReason::NonPunishment && waiver.status != WaiverStatus::Cancelled;
        !self.fine().outstanding.is_zero() && !self.records.waivers.iter().any(|entry| asked(&entry.content))
    }

    /// Waivers that are this far.
    pub fn waivers(&self, status: WaiverStatus) -> impl Iterator<Item = &FineWaiver> {
        self.records.waivers.iter().map(|entry| &entry.content).filter(move |waiver| waiver.status == status)
    }

    /// The part of the fine that is waived.
    pub fn waived_percent(&self) -> Option<Percent> {
        let parts = self.waivers(WaiverStatus::Granted).filter_map(|waiver| waiver.percent);
        parts.fold(None, |sum, part| Some(sum.map_or(part, |sum: Percent| sum.plus(part).unwrap_or(Percent::WHOLE))))
    }

    /// The amounts that are waived.
    pub fn waived_amounts(&self) -> Amount {
        self.waivers(WaiverStatus::Granted).filter_map(|waiver| waiver.amount).fold(Amount::ZERO, |sum, money| sum.plus(money.amount))
    }

    /// What is paid.
    pub fn paid(&self) -> Amount {
        self.records.payments.iter().fold(Amount::ZERO, |sum, entry| sum.plus(entry.content.counted()))
    }
}
