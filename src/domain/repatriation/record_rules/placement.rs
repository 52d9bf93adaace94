//! Where a placement is, that is recorded without its country.

use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::Placement;

impl RecordRules for Placement {
    /// In the host country of then: the person may go on to another one.
    fn complete(&mut self, facts: &Facts) {
        self.country = self.country.or(facts.host_country);
    }
}
