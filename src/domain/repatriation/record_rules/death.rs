//! The rules about the record of a death that ask the facts of the case.

use crate::domain::access::compartments::Compartment;
use crate::domain::codes::PersonDecision;
use crate::domain::repatriation::facts::{ContactFacts, Facts};
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::Death;
use crate::domain::repatriation::stage::SideState;
use crate::domain::repatriation::unmet::ASK_OWNER;
use crate::domain::violation::{Checks, Violation};

impl RecordRules for Death {
    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        let known = before.and_then(|before| before.taken_back_on);
        checks.refuse(self.taken_back_on != known, "/taken_back_on", "read_only", "is set when the transition to deceased is taken back");
        let is_wrong = before.is_some_and(|before| !before.stands());
        checks.refuse(is_wrong, "/taken_back_on", "immutable", "this death was taken back: it stays as it was recorded");
        // Of the living nothing of this is written down, also not in advance.
        let lives = facts.side_state != Some(SideState::Deceased);
        checks.refuse(lives && !is_wrong, "/place", "not_deceased", "make the transition to deceased first, with the day and the source");
        let tells_unweighed = |death: &Self| death.mission_informed_on.is_some() && death.denial_weighed.is_none();
        if tells_unweighed(self) && !before.is_some_and(tells_unweighed) && facts.wanted_no_mission() {
            // That somebody denied a mission, or sought asylum, is told to those alone who may read it.
            let (code, message) = match facts.reads.contains(Compartment::Protection) {
                true => ("denial_not_weighed", "the person wanted no contact with a mission: say in denial_weighed why it is told"),
                false => (ASK_OWNER.guard, "the organisation that owns the case must be asked first"),
            };
            checks.refuse(true, "/mission_informed_on", code, message);
        }
        checks.found()
    }
}

impl Facts {
    /// Whether the person denied somebody, declined a mission, or claimed asylum: what a death changes about that is weighed.
    pub fn wanted_no_mission(&self) -> bool {
        let declined = |contact: &ContactFacts| contact.decision == PersonDecision::Declined;
        self.denies_somebody || self.asylum_claim_open || self.contacts.iter().any(declined)
    }

    /// Whether the mission still has to be told of the death: nobody told it, nothing speaks against it that was weighed, and it is
    /// not the mission that owns the case.
    pub fn death_is_untold(&self) -> bool {
        let owns = |contact: &ContactFacts| contact.decision.allows_contact() && self.owner == contact.mission.into();
        let is_settled =
            |death: &Death| death.mission_informed_on.is_some() || (death.denial_weighed.is_some() && self.wanted_no_mission());
        let mut deaths = self.records.deaths.iter().map(|entry| &entry.content).filter(|death| death.stands());
        let is_told = self.contacts.iter().any(owns) || deaths.any(is_settled);
        self.side_state == Some(SideState::Deceased) && !is_told
    }
}
