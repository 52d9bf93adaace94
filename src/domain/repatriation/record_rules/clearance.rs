//! The rules about immigration clearance that ask the facts of the case.

use crate::domain::codes::ExitTrack;
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::ImmigrationClearance;
use crate::domain::violation::{Checks, Violation};

impl RecordRules for ImmigrationClearance {
    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        let is_new = before.is_none_or(|before| before.exit_track != self.exit_track);
        let is_expired = self.exit_track == Some(ExitTrack::Expired) && is_new;
        checks.refuse(is_expired, "/exit_track", "set_by_system", "a permit expires by itself on the day after exit_permit_valid_until");
        let revives = before.is_some_and(|before| {
            let stays_expired = before.exit_track == Some(ExitTrack::Expired) && self.exit_track == Some(ExitTrack::Expired);
            stays_expired && before.exit_permit_valid_until != self.exit_permit_valid_until
        });
        checks.refuse(revives, "/exit_permit_valid_until", "immutable", "an expired permit stays as it is; record the new one as granted");
        let other_currency = self.assessed_by_authority.is_some_and(|money| facts.fine_currency().is_some_and(|own| own != money.currency));
        checks.refuse(other_currency, "/assessed_by_authority/currency", "currency_mismatch", "must be the currency of the fine");
        let fine = facts.fine_with(Some(self));
        let settled = facts.waived_amounts().plus(facts.paid());
        let pointer = if self.assessed_by_authority.is_some() { "/assessed_by_authority/amount" } else { "/stay_expired_on" };
        checks.refuse(
            fine.assessed.is_some_and(|assessed| assessed < settled),
            pointer,
            "less_than_settled",
            "the fine would be lower than what has already been waived and paid",
        );
        checks.found()
    }
}
