//! The rules about travel documents that ask the facts of the case.

use crate::domain::codes::TravelDocumentStatus;
use crate::domain::repatriation::Party;
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::TravelDocument;
use crate::domain::repatriation::stage::Stage;
use crate::domain::violation::{Checks, Violation};

impl RecordRules for TravelDocument {
    fn refusals(&self, before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        let is_new_status = before.is_none_or(|before| before.status != self.status);
        let is_expired = self.status == TravelDocumentStatus::Expired && is_new_status;
        checks.refuse(is_expired, "/status", "set_by_system", "a document expires by itself on the day after expires_on");
        let revives = before.is_some_and(|before| before.status.is_final() && before != self);
        checks.refuse(revives, "/status", "immutable", "a document that is over stays as it is; record another one");
        let is_early = self.status == TravelDocumentStatus::Used && is_new_status && facts.stage < Stage::Departed;
        checks.refuse(is_early, "/status", "not_departed", "a document is used when the person has left on it");
        let Some(mission) = self.mission_id else { return checks.found() };
        let asks = Party::Mission(mission) == facts.party;
        if before.is_some_and(|before| before.mission_id != self.mission_id) {
            checks.refuse(true, "/mission_id", "immutable", "ask another mission with a document of its own");
        }
        let is_contacted = facts.contacts.iter().any(|contact| contact.mission == mission && contact.decision.allows_contact());
        checks.refuse(!is_contacted, "/mission_id", "not_contacted", "the person has not accepted contact with this mission");
        // Who looks after the person knows first that it is lost, and that the journey is made.
        let is_told = |before: &Self| {
            before.is_in_hand()
                && matches!(self.status, TravelDocumentStatus::Lost | TravelDocumentStatus::Used)
                && Self { status: before.status, ..self.clone() } == *before
        };
        let is_answer = before.map_or(self.status != TravelDocumentStatus::Requested, |before| before != self && !is_told(before));
        checks.refuse(is_answer && !asks, "/status", "not_yours", "only the mission that was asked can answer");
        let is_pending = |document: &Self| document.mission_id == Some(mission) && document.status == TravelDocumentStatus::Requested;
        let asked = facts.records.travel_documents.iter().any(|entry| is_pending(&entry.content));
        let asks_again = before.is_none() && self.status == TravelDocumentStatus::Requested && asked;
        checks.refuse(asks_again, "/mission_id", "already_requested", "this mission has a pending request for this case");
        checks.found()
    }
}
