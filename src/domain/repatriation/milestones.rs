//! Milestones: how far a case came, for the funnel. They follow from the facts.

use crate::domain::codes::ExitTrack;
use crate::domain::ids::MissionId;
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::records::TravelDocument;
use crate::domain::repatriation::stage::Stage;

text_enum! {
    /// Something that is reached on the road home, in the order of the funnel.
    pub enum Milestone {
        Registered = "registered",
        Screened = "screened",
        MissionContacted = "mission_contacted",
        NationalityVerified = "nationality_verified",
        ReturnDecided = "return_decided",
        DocumentIssued = "document_issued",
        FineRelieved = "fine_relieved",
        ExitGranted = "exit_granted",
        DepartureScheduled = "departure_scheduled",
        Departed = "departed",
        Arrived = "arrived",
        Reintegration = "reintegration",
        Completed = "completed",
    }
}

/// The milestones that a case reached, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MilestoneSet(pub i32);

impl MilestoneSet {
    /// What every case has reached.
    pub const REGISTERED: Self = Self(1);

    /// Whether the milestone was reached.
    pub fn contains(self, milestone: Milestone) -> bool {
        let place = Milestone::ALL.iter().position(|known| *known == milestone);
        place.is_some_and(|place| self.0 & (1 << place) != 0)
    }

    /// The set without one of them.
    #[must_use]
    pub fn without(self, milestone: Milestone) -> Self {
        let place = Milestone::ALL.iter().position(|known| *known == milestone);
        Self(place.map_or(self.0, |place| self.0 & !(1 << place)))
    }
}

/// The milestones that the case reached.
pub fn milestones(facts: &Facts) -> MilestoneSet {
    let reached = Milestone::ALL.iter().enumerate().filter(|(_, milestone)| is_reached(**milestone, facts));
    MilestoneSet(reached.fold(0, |bits, (place, _)| bits | 1 << place))
}

/// The milestones as a mission that is a guest on the case may count them: of documents, only its own.
pub fn milestones_told_to(mission: MissionId, facts: &Facts) -> MilestoneSet {
    let is_own = |document: &TravelDocument| document.mission_id == Some(mission) && document.was_issued_to_travel();
    let issued = facts.records.travel_documents.iter().any(|entry| is_own(&entry.content));
    let all = milestones(facts);
    if issued { all } else { all.without(Milestone::DocumentIssued) }
}

fn is_reached(milestone: Milestone, facts: &Facts) -> bool {
    if let Some(stage) = Stage::parse(milestone.as_str()) {
        return has_stood_at(stage, facts);
    }
    match milestone {
        Milestone::ReturnDecided => has_stood_at(Stage::Clearing, facts),
        Milestone::DocumentIssued => facts.records.travel_documents.iter().any(|entry| entry.content.was_issued_to_travel()),
        Milestone::FineRelieved => facts.reliefs().next().is_some(),
        Milestone::ExitGranted => {
            let track = facts.records.clearance.as_ref().and_then(|entry| entry.content.exit_track);
            matches!(track, Some(ExitTrack::Granted | ExitTrack::Expired))
        }
        _ => false,
    }
}

/// Whether the case has stood at a stage. Whoever left without the steps of this road, or needed no mission, never stood at those between.
fn has_stood_at(stage: Stage, facts: &Facts) -> bool {
    let is_skipped = facts.left_from.is_some_and(|from| stage > from && stage < Stage::Departed);
    let needed_none = matches!(stage, Stage::MissionContacted | Stage::NationalityVerified) && facts.went_by_own_passport();
    facts.stage >= stage && !is_skipped && !needed_none
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::OrganisationId;

    #[test]
    fn a_case_reached_every_stage_up_to_its_own() {
        let mut facts = Facts::at_registration(OrganisationId::random(), crate::domain::zones::Today::noon("2026-01-19".parse().unwrap()));
        assert_eq!(milestones(&facts), MilestoneSet::REGISTERED);
        facts.stage = Stage::Arrived;
        let reached: Vec<&str> = Milestone::ALL.iter().filter(|one| milestones(&facts).contains(**one)).map(|one| one.as_str()).collect();
        assert_eq!(
            reached,
            [
                "registered",
                "screened",
                "mission_contacted",
                "nationality_verified",
                "return_decided",
                "departure_scheduled",
                "departed",
                "arrived"
            ]
        );
    }
}
