//! What the guards look at. Gathered once by the database layer; the guards themselves are pure.

use chrono::NaiveDate;

use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::person::YoungestAge;
use crate::domain::codes::{
    DocumentIssuer, HoldReason, IntakeChannel, NationalityEvidence, NationalityResult, PersonDecision, ScreeningSkipped, TraffickingStatus,
};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{MissionId, NationalityVerificationId, OrganisationId};
use crate::domain::repatriation::belonging::Related;
use crate::domain::repatriation::deadlines::ProcessRules;
use crate::domain::repatriation::fines::FineRate;
use crate::domain::repatriation::party::Party;
use crate::domain::repatriation::records::{BestInterests, ProtectionOutcome, Records, ReturnDecision, newest};
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::zones::{Today, Zone};

/// Everything a transition may depend on.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Who owns the case.
    pub owner: OrganisationId,
    /// When it was registered.
    pub registered_on: NaiveDate,
    /// When the person left, if that was recorded afterwards.
    pub left_on: Option<NaiveDate>,
    /// The stage that the case had then: it never stood at those between.
    pub left_from: Option<Stage>,
    /// Whether the case stands where it does because that was recorded afterwards.
    pub is_recorded_afterwards: bool,
    /// Whether the person denies somebody.
    pub denies_somebody: bool,
    /// Whether it is closed.
    pub is_closed: bool,
    /// The stage now.
    pub stage: Stage,
    /// The side state now.
    pub side_state: Option<SideState>,
    /// Since when the case stands there.
    pub stage_since: NaiveDate,
    /// When the protection pathway began on which the case stands.
    pub shielded_at: Option<Timestamp>,
    /// When a hold is to be looked at again.
    pub hold_review_on: Option<NaiveDate>,
    /// Whether the person is a child, or may be one.
    pub is_child: bool,
    /// Whether the person is, or was, a child on the day of departure: somebody who left at 17 is not recorded at 18 as if
    /// nothing had to be determined.
    pub leaves_as_child: bool,
    /// Who asks.
    pub party: Party,
    /// Whether the asking organisation owns the case.
    pub is_owner: bool,
    /// Whether the asking user is a supervisor.
    pub is_supervisor: bool,
    /// The compartments that the caller reads.
    pub reads: CompartmentSet,
    /// How the person came.
    pub intake_channel: Option<IntakeChannel>,
    /// The host country, where it is known.
    pub host_country: Option<Country>,
    /// The states of which the person claims to be.
    pub claimed_states: Vec<Country>,
    /// The least age that the person may have; none where no age is known.
    pub youngest: Option<YoungestAge>,
    /// Whether a date of birth or an age estimate is recorded.
    pub age_assessed: bool,
    /// Whether the immediate needs are recorded.
    pub immediate_needs_recorded: bool,
    /// Why there was no screening, where that is recorded.
    pub screening_skipped: Option<ScreeningSkipped>,
    /// The finding on trafficking so far.
    pub trafficking_status: Option<TraffickingStatus>,
    /// Whether an asylum claim is open, or anything else bars contact with missions.
    pub asylum_claim_open: bool,
    /// Whether the asylum claim of this very case is open.
    pub claims_asylum: bool,
    /// The last day of a recovery and reflection period.
    pub reflection_until: Option<NaiveDate>,
    /// Contacts with missions, newest last.
    pub contacts: Vec<ContactFacts>,
    /// Verifications by missions, newest last.
    pub verifications: Vec<VerificationFacts>,
    /// Everything recorded on the way.
    pub records: Records,
    /// What the host country asks for overstay.
    pub fine_rates: Vec<FineRate>,
    /// What this deployment decided about due dates.
    pub rules: ProcessRules,
    /// What the caller states with the transition.
    pub details: TransitionDetails,
    /// Since when the owner, who took the case over, opens only a part of it.
    pub taken_over_on: Option<NaiveDate>,
    /// Who belongs to the person, as far as the asking organisation sees both cases.
    pub belongs_with: Vec<Related>,
    /// The day where the person is: in the host country.
    pub today: Today,
    /// The clock where the person goes.
    pub destination: Zone,
    /// The clock where the caller works.
    pub own_zone: Zone,
}

impl Facts {
    /// Whether the person took the road of their own passport: no mission verified them, and the case stood at none of the stages that
    /// ask one.
    pub fn went_by_own_passport(&self) -> bool {
        let is_verified = self.verifications.iter().any(|verification| verification.result == NationalityResult::Verified);
        let has_own = self.records.travel_documents.iter().any(|entry| entry.content.kind.issuer() == DocumentIssuer::NobodyAsked);
        self.stage >= Stage::Clearing && has_own && !is_verified
    }

    /// What came of the protection pathway, by the newest outcome that was recorded since it began.
    pub fn protection_outcome(&self) -> Option<&ProtectionOutcome> {
        let outcomes = self.records.protection_outcomes.iter().filter(|entry| self.is_of_this_pathway(entry.created_at));
        outcomes.map(|entry| &entry.content).max_by_key(|found| found.decided_on)
    }

    /// Whether the newest decision about return was recorded since the protection pathway began: the wish that led off an earlier one is
    /// no new wish.
    pub fn is_return_wished_on_this_pathway(&self) -> bool {
        let newest = self.records.return_decisions.iter().max_by_key(|entry| entry.content.decided_on);
        newest.is_some_and(|entry| self.is_of_this_pathway(entry.created_at))
    }

    fn is_of_this_pathway(&self, recorded_at: Timestamp) -> bool {
        self.shielded_at.is_none_or(|began| recorded_at >= began)
    }

    /// The newest decision about return, where it leads home. Against the word of a child only after a determination that it returns; in a
    /// recovery and reflection period only where the person asked for it.
    pub fn return_decision(&self) -> Option<&ReturnDecision> {
        let newest = newest(&self.records.return_decisions, |decision| decision.decided_on)?;
        let is_determined = || self.determination().is_some_and(BestInterests::decides_return);
        let is_pressed = self.reflection_until >= Some(newest.decided_on) && newest.asked_by_person != Some(true);
        (newest.stands() && !is_pressed && (!self.child_objects() || is_determined())).then_some(newest)
    }

    /// Whether a child did not want to return when it was last asked: a later decision that is silent about it takes no word back.
    fn child_objects(&self) -> bool {
        let asked = self.records.return_decisions.iter().map(|entry| &entry.content).filter(|decision| decision.assent.is_some());
        asked.max_by_key(|decision| decision.decided_on).is_some_and(ReturnDecision::child_objects)
    }

    /// These facts without the reflection period and the health screenings, as far as `reads` does not open them.
    pub(super) fn as_read(&self, reads: CompartmentSet) -> Self {
        let mut read = self.clone();
        read.reflection_until = read.reflection_until.filter(|_| reads.contains(Compartment::Protection));
        if !reads.contains(Compartment::Health) {
            read.records.health_screenings.clear();
        }
        read
    }

    /// The facts of a case on which nothing happened yet, seen by nobody in particular.
    pub fn at_registration(owner: OrganisationId, today: Today) -> Self {
        Self {
            owner,
            registered_on: today.day(),
            left_on: None,
            left_from: None,
            is_recorded_afterwards: false,
            denies_somebody: false,
            is_closed: false,
            stage: Stage::Registered,
            side_state: None,
            stage_since: today.day(),
            shielded_at: None,
            hold_review_on: None,
            is_child: false,
            leaves_as_child: false,
            party: Party::Other,
            is_owner: false,
            is_supervisor: false,
            reads: CompartmentSet::EMPTY,
            intake_channel: None,
            host_country: None,
            claimed_states: Vec::new(),
            youngest: None,
            age_assessed: false,
            immediate_needs_recorded: false,
            screening_skipped: None,
            trafficking_status: None,
            asylum_claim_open: false,
            claims_asylum: false,
            reflection_until: None,
            contacts: Vec::new(),
            verifications: Vec::new(),
            records: Records::default(),
            fine_rates: Vec::new(),
            rules: ProcessRules::default(),
            details: TransitionDetails::default(),
            taken_over_on: None,
            belongs_with: Vec::new(),
            today,
            destination: Zone::UTC,
            own_zone: Zone::UTC,
        }
    }
}

/// One contact with a mission.
#[derive(Clone, Debug)]
pub struct ContactFacts {
    /// The mission.
    pub mission: MissionId,
    /// What the person decided.
    pub decision: PersonDecision,
    /// Whether the person was informed of their rights (VCCR art. 36(1)(b)).
    pub informed_of_rights: bool,
    /// Whether the mission covers the claimed nationality in the host country.
    pub covers_nationality: bool,
    /// Whether somebody who answers for a child decided it, and the child was heard.
    pub is_decided_for_child: bool,
    /// Whether it was recorded on a case that was merged into this one: who did not see that one is not told of it.
    pub is_of_merged: bool,
}

/// One mission's verification of the claimed nationality.
#[derive(Clone, Debug)]
pub struct VerificationFacts {
    /// The nationality that was claimed when it was asked for.
    pub claimed_state: Country,
    /// Its id.
    pub id: NationalityVerificationId,
    /// When it was asked for.
    pub requested_on: NaiveDate,
    /// The mission.
    pub mission: MissionId,
    /// What it found.
    pub result: NationalityResult,
    /// How many pieces of evidence it names.
    pub evidence_count: usize,
    /// Whether there was an interview, or the evidence is documentary.
    pub interviewed_or_documentary: bool,
    /// Whether a reason is given.
    pub reason_given: bool,
    /// Whether the desk recorded the answer, because the mission has no account.
    pub recorded_at_desk: bool,
}

/// What the caller states with the transition.
#[derive(Clone, Debug, Default)]
pub struct TransitionDetails {
    /// Why.
    pub reason_given: bool,
    /// Why the case is put on hold.
    pub hold_reason: Option<HoldReason>,
    /// When the hold is looked at again.
    pub review_on: Option<NaiveDate>,
    /// When it happened.
    pub occurred_on: Option<NaiveDate>,
    /// Who reported it.
    pub source_given: bool,
    /// Whether a second person approved exactly this.
    pub is_approved: bool,
}

impl NationalityEvidence {
    /// Whether the evidence is a document or the word of the home authority, so that no interview is needed.
    pub fn is_documentary(self) -> bool {
        !matches!(self, Self::Interview | Self::Witness | Self::Other)
    }
}
