//! The rules about waivers and payments of the fine that ask the facts of the case.

use crate::domain::codes::WaiverStatus;
use crate::domain::money::Percent;
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::{FinePayment, FineWaiver};
use crate::domain::violation::{Checks, Violation};

const UNKNOWN: &str = "what is owed is not known: record in assessed_by_authority what the authority asks, or settle the whole";

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
        let Some(owed) = facts.fine().outstanding else {
            let in_part = self.percent != Some(Percent::WHOLE) || facts.waived_percent().is_some();
            checks.refuse(in_part, "/percent", "fine_unknown", UNKNOWN);
            return checks.found();
        };
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

    fn complete(&mut self, _facts: &Facts) {
        if self.status == WaiverStatus::Requested {
            self.requested_percent = self.percent;
        }
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
        let owed = facts.fine().outstanding;
        checks.refuse(self.cancelled_on.is_none() && owed.is_none(), "/money/amount", "fine_unknown", UNKNOWN);
        let too_much = self.cancelled_on.is_none() && owed.is_some_and(|owed| self.money.amount > owed);
        checks.refuse(too_much, "/money/amount", "more_than_owed", "is more than what is owed");
        checks.found()
    }
}
