//! A child's best interests, guardian, caregiver and escort.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::cases::guardianship::Guardianship;
use crate::domain::codes::{BestInterestsDecision, BestInterestsKind, CareArrangement, CarerFinding, FamilyTracing, Gender};
use crate::domain::ids::RelationId;
use crate::domain::lists::null_as_empty;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind, ShortText};
use crate::domain::text::{lines, name};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a best-interests assessment (`bia`) or determination (`bid`) is recorded with. The newest of each kind counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateBestInterests)]
pub struct BestInterests {
    /// Assessment or determination. Only a determination lets a child travel, but for one who leaves with a checked parent.
    pub kind: BestInterestsKind,
    /// When it was begun.
    #[schema(max_length = 10)]
    pub initiated_on: NaiveDate,
    /// Who decides.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20))]
    #[schema(value_type = Option<Vec<ShortText>>, max_items = 20)]
    pub panel: Vec<ShortText>,
    /// What is best for the child.
    pub decision: BestInterestsDecision,
    /// When that was decided.
    #[schema(max_length = 10)]
    pub decided_on: Option<NaiveDate>,
    /// The child's guardian.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub guardian: Option<String>,
    /// How to reach the guardian.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub guardian_contact: Option<String>,
    /// Who takes the child in after arrival.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub caregiver: Option<String>,
    /// When that caregiver was assessed and found able.
    #[schema(max_length = 10)]
    pub caregiver_assessed_on: Option<NaiveDate>,
    /// Who travels with the child.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub escort: Option<String>,
    /// What the child says about it (CRC art. 12).
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub views_of_the_child: Option<String>,
    /// With whom the child is; not recorded counts as unaccompanied.
    pub care_arrangement: Option<CareArrangement>,
    /// A check of each parent or guardian with whom the child is to travel.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 10), nested)]
    #[schema(value_type = Option<Vec<CarerCheck>>, max_items = 10)]
    pub carer_checks: Vec<CarerCheck>,
    /// By what right the guardian answers for the child.
    #[validate(nested)]
    pub guardianship: Option<Guardianship>,
    /// The gender of the escort whom the child asks for.
    pub escort_gender: Option<Gender>,
    /// What a child without its parents needs beside.
    #[validate(nested)]
    pub handover: Option<ChildHandover>,
}

/// A check whether a parent or guardian is violent, or had a part in what was done to the child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CarerCheck {
    /// Whom it is about.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub carer: String,
    /// Their link to the child. A check of somebody who is not linked lets nobody travel along, and a concern about them stays.
    pub relation_id: Option<RelationId>,
    /// Who checked.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub checked_by: String,
    /// When.
    #[schema(max_length = 10)]
    pub checked_on: NaiveDate,
    /// What was found.
    pub finding: CarerFinding,
}

/// The search for the family of a child without its parents, and into whose hands it is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChildHandover {
    /// What the search for the family came to.
    pub family_tracing: Option<FamilyTracing>,
    /// When the caregiver agreed to take the child in.
    #[schema(max_length = 10)]
    pub caregiver_consent_on: Option<NaiveDate>,
    /// Number of the carrier's form for a minor.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub minor_form: Option<String>,
    /// To whom the child was handed over.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub handed_over_to: Option<String>,
    /// When.
    #[schema(max_length = 10)]
    pub handed_over_on: Option<NaiveDate>,
    /// Where the signed receipt is.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub receipt: Option<String>,
}

impl CaseRecord for BestInterests {
    const KIND: RecordKind = RecordKind::BestInterests;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/initiated_on", Some(self.initiated_on));
        checks.past("/decided_on", self.decided_on);
        checks.past("/caregiver_assessed_on", self.caregiver_assessed_on);
        checks.ordered(Some(self.initiated_on), "/decided_on", self.decided_on, "must not lie before initiated_on");
        let is_decided = self.decision != BestInterestsDecision::Pending;
        checks.require(is_decided && self.decided_on.is_none(), "/decided_on", "say when it was decided");
        checks.require(self.caregiver_assessed_on.is_some() && self.caregiver.is_none(), "/caregiver", "say who was assessed");
        for (at, check) in self.carer_checks.iter().enumerate() {
            checks.past(&format!("/carer_checks/{at}/checked_on"), Some(check.checked_on));
        }
        if let Some(guardianship) = &self.guardianship {
            guardianship.check("/guardianship", &mut checks);
            checks.require(self.guardian.is_none(), "/guardian", "say who the guardian is");
        }
        if let Some(handover) = &self.handover {
            handover.check(&mut checks);
        }
        checks.found()
    }
}

impl ChildHandover {
    fn check(&self, checks: &mut Checks) {
        checks.past("/handover/caregiver_consent_on", self.caregiver_consent_on);
        checks.past("/handover/handed_over_on", self.handed_over_on);
        let is_given = self.handed_over_on.is_some() || self.receipt.is_some();
        checks.require(is_given && self.handed_over_to.is_none(), "/handover/handed_over_to", "say to whom");
        checks.require(self.handed_over_to.is_some() && self.handed_over_on.is_none(), "/handover/handed_over_on", "say when");
    }
}

impl CarerCheck {
    /// Whether nothing speaks against them.
    pub fn is_clean(&self) -> bool {
        self.finding == CarerFinding::NoConcern
    }

    /// Whether this newer check ends an earlier concern: nobody is cleared by a check of somebody else.
    pub fn settles(&self, concern: &Self) -> bool {
        let is_same = self.relation_id.is_some() && self.relation_id == concern.relation_id;
        is_same && self.is_clean() && self.checked_on > concern.checked_on
    }
}

impl BestInterests {
    /// Whether somebody is named who answers for the child, and whose interest is not against it.
    pub fn has_guardian(&self) -> bool {
        self.guardian.is_some() && !self.guardianship.as_ref().is_some_and(|of| of.conflict_of_interest)
    }

    /// Whether somebody who belongs to the child was checked, and nothing speaks against them.
    pub fn clears(&self, relation: RelationId) -> bool {
        let mut checks = self.carer_checks.iter().filter(|check| check.relation_id == Some(relation)).peekable();
        checks.peek().is_some() && checks.all(CarerCheck::is_clean)
    }

    /// Whether it decided that the child returns.
    pub fn decides_return(&self) -> bool {
        matches!(self.decision, BestInterestsDecision::ReturnToFamily | BestInterestsDecision::ReturnToStateCare)
    }

    /// Whether the child is with a parent, or with a guardian whom an authority or a court appointed, so that an assessment suffices.
    pub fn is_with_carer(&self) -> bool {
        let is_appointed = |of: &Guardianship| of.basis.is_appointed() && !of.conflict_of_interest;
        match self.care_arrangement {
            Some(CareArrangement::WithParent) => true,
            Some(CareArrangement::WithGuardian) => self.guardianship.as_ref().is_some_and(is_appointed),
            Some(CareArrangement::Separated | CareArrangement::Unaccompanied) | None => false,
        }
    }

    /// The day that it speaks of.
    pub fn dated(&self) -> NaiveDate {
        self.decided_on.unwrap_or(self.initiated_on)
    }
}
