//! What is recorded on the road home: one kind of record a module. All kinds are kept alike (sealed, versioned, never
//! deleted); here stands what each one is, what makes it sound, and who may record it.

mod arrival;
mod assessment;
mod assistance;
mod birth;
mod child;
mod clearance;
mod death;
mod decision;
mod guest_view;
mod health_screening;
mod host_episode;
mod kin;
mod letter;
mod money_event;
mod movement;
mod payment;
mod penalty;
mod placement;
mod protection_outcome;
pub mod record;
mod recruiter;
mod reintegration;
mod screening;
mod status;
mod travel_document;

pub use arrival::Arrival;
pub use assessment::{FitToTravel, RiskAssessment};
pub use assistance::Assistance;
pub use birth::{Birth, ConsularRegistration};
pub use child::{BestInterests, CarerCheck, ChildHandover};
pub use clearance::{Charge, Detention, ImmigrationClearance};
pub use death::Death;
pub use decision::{LegalHold, ReturnDecision};
pub use health_screening::{HealthScreening, OfferedCare, OfferedTest};
pub use host_episode::{Crossing, HostEpisode};
pub use kin::{FamilyContact, NextOfKin};
pub use letter::Letter;
pub use money_event::MoneyEvent;
pub use movement::{Movement, MovementLeg};
pub use payment::{FinePayment, FineWaiver};
pub use penalty::{EntryBan, Penalty};
pub use placement::Placement;
pub use protection_outcome::ProtectionOutcome;
pub use record::{CaseRecord, Entry, RecordAct, RecordKind, Recorder, ShortText, newest};
pub use recruiter::Recruiter;
pub use reintegration::{FollowUp, SupportPlan};
pub use screening::{IndicatorAnswer, Screening};
pub use status::{StatusDetermination, strongest};
pub use travel_document::TravelDocument;

/// What is recorded on a case and a rule looks at, each kind oldest first. What no rule looks at is not opened for any.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// Screenings.
    pub screenings: Vec<Entry<Screening>>,
    /// Findings on trafficking.
    pub determinations: Vec<Entry<StatusDetermination>>,
    /// Travel documents.
    pub travel_documents: Vec<Entry<TravelDocument>>,
    /// Standing with the immigration authority.
    pub clearance: Option<Entry<ImmigrationClearance>>,
    /// Periods of detention.
    pub detentions: Vec<Entry<Detention>>,
    /// Criminal charges.
    pub charges: Vec<Entry<Charge>>,
    /// Waivers of the fine.
    pub waivers: Vec<Entry<FineWaiver>>,
    /// Payments towards the fine.
    pub payments: Vec<Entry<FinePayment>>,
    /// Decisions to return.
    pub return_decisions: Vec<Entry<ReturnDecision>>,
    /// Risk assessments.
    pub risk_assessments: Vec<Entry<RiskAssessment>>,
    /// Medical clearances.
    pub fit_to_travel: Vec<Entry<FitToTravel>>,
    /// Legal holds.
    pub legal_holds: Vec<Entry<LegalHold>>,
    /// Best-interests procedures.
    pub best_interests: Vec<Entry<BestInterests>>,
    /// Movements.
    pub movements: Vec<Entry<Movement>>,
    /// Arrivals.
    pub arrivals: Vec<Entry<Arrival>>,
    /// Support plans.
    pub support_plans: Vec<Entry<SupportPlan>>,
    /// Follow-ups.
    pub follow_ups: Vec<Entry<FollowUp>>,
    /// Records of the death.
    pub deaths: Vec<Entry<Death>>,
    /// Host countries before the present one.
    pub host_episodes: Vec<Entry<HostEpisode>>,
    /// What came of the protection pathway.
    pub protection_outcomes: Vec<Entry<ProtectionOutcome>>,
    /// Medical and psychosocial screenings.
    pub health_screenings: Vec<Entry<HealthScreening>>,
    /// Records of the birth.
    pub births: Vec<Entry<Birth>>,
}

#[cfg(test)]
mod tests;
