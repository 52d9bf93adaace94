//! The rules about waivers and payments of the fine that ask the facts of the case.

use crate::domain::codes::WaiverStatus;
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::{FinePayment, FineWaiver};
use crate::domain::violation::{Checks, Violation};

impl RecordRules for FineWaiver {
    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        if let Some(before) = before.filter(|before| before.status != WaiverStatus::Requested) {
            let only_cancelled = Self { status: self.status, cancellation_reason: self.cancellation_reason.clone(), ..before.clone() };
            let is_other = *self != only_cancelled || !matches!(self.status, WaiverStatus::Cancelled) && self.status != before.status;
            checks.refuse(is_other, "/status", "immutable", "a decided waiver can only be cancelled; record another one");
        }
        if self.status != WaiverStatus::Granted || before.is_some_and(|before| before.status == WaiverStatus::Granted) {
            return checks.found();
        }
        let owed = facts.fine().outstanding;
        if let Some(money) = self.amount {
            let other = facts.fine_currency().is_some_and(|currency| currency != money.currency);
            checks.refuse(other, "/amount/currency", "currency_mismatch", "must be the currency of the fine");
            checks.refuse(money.amount > owed, "/amount/amount", "more_than_owed", "is more than what is owed");
        }
        let whole = facts.waived_percent();
        let too_much = self.percent.is_some_and(|percent| whole.is_some_and(|whole| whole.plus(percent).is_none()));
        checks.refuse(too_much, "/percent", "more_than_owed", "more than the whole fine would be waived");
        checks.refuse(owed.is_zero(), "/status", "nothing_owed", "nothing is owed: record the end of the stay, or the fine, first");
        checks.found()
    }
}

impl RecordRules for FinePayment {
    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        if let Some(before) = before {
            let only_cancelled =
                Self { cancelled_on: self.cancelled_on, cancellation_reason: self.cancellation_reason.clone(), ..before.clone() };
            let is_other = *self != only_cancelled || (before.cancelled_on.is_some() && self.cancelled_on.is_none());
            checks.refuse(is_other, "/money", "immutable", "a payment can only be cancelled; record another one");
            return checks.found();
        }
        let expired = facts.records.clearance.as_ref().and_then(|entry| entry.content.stay_expired_on);
        checks.ordered(expired, "/paid_on", Some(self.paid_on), "must not lie before the stay expired: nothing was owed");
        let other = facts.fine_currency().is_some_and(|currency| currency != self.money.currency);
        checks.refuse(other, "/money/currency", "currency_mismatch", "must be the currency of the fine");
        let too_much = self.cancelled_on.is_none() && self.money.amount > facts.fine().outstanding;
        checks.refuse(too_much, "/money/amount", "more_than_owed", "is more than what is owed");
        checks.found()
    }
}
