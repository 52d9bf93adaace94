//! Findings on whether somebody is a victim of trafficking: each by a named body, none overwriting another's.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{DecisionMakingOrganisation, OrganisationKind, TraffickingStatus};
use crate::domain::country::Country;
use crate::domain::ids::RecordId;
use crate::domain::repatriation::records::record::{CaseRecord, Entry, RecordKind};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a status determination is recorded with. It is never changed: a later one of the same body supersedes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateStatusDetermination)]
pub struct StatusDetermination {
    /// What was found. `formally_identified` is for the competent authority alone, with `decided_in_country` and `reference`; whoever
    /// else sees reasonable grounds records `presumed`, and whoever sees signs `possible`.
    pub outcome: TraffickingStatus,
    /// What kind of body found it (HTCDS `vic_TraffickingStatusDecisionMakingOrg`).
    pub decided_by_kind: DecisionMakingOrganisation,
    /// Which body.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Ministry of Interior, anti-trafficking department")]
    pub decided_by: String,
    /// The country whose body it is: a finding of the host country is not one of the country of origin.
    pub decided_in_country: Option<Country>,
    /// When.
    #[schema(max_length = 10)]
    pub decided_on: NaiveDate,
    /// Reference of the decision.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub reference: Option<String>,
    /// On what legal basis.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub legal_basis: Option<String>,
    /// What it rests on.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    pub evidence_note: Option<String>,
    /// The earlier determination of the same body that it replaces.
    pub supersedes: Option<RecordId>,
}

impl CaseRecord for StatusDetermination {
    const KIND: RecordKind = RecordKind::StatusDetermination;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/decided_on", Some(self.decided_on));
        checks.refuse(self.outcome == TraffickingStatus::Unscreened, "/outcome", "invalid_value", "is the state before any finding");
        if self.outcome == TraffickingStatus::FormallyIdentified {
            let competent = self.decided_by_kind.identifies_formally();
            checks.refuse(!competent, "/decided_by_kind", "not_competent", "only the competent authority identifies formally");
            checks.require(self.decided_in_country.is_none(), "/decided_in_country", "say whose authority identified the person");
            checks.require(self.reference.is_none(), "/reference", "a formal identification has a reference");
        }
        checks.found()
    }
}

impl StatusDetermination {
    pub(in crate::domain) fn is_of_the_same_body(&self, other: &Self) -> bool {
        let name = |determination: &Self| determination.decided_by.trim().to_lowercase();
        // The police of two countries are two bodies. Where the earlier one says no country, the name is all there is.
        let is_of_its_country = other.decided_in_country.is_none() || self.decided_in_country == other.decided_in_country;
        self.decided_by_kind == other.decided_by_kind && name(self) == name(other) && is_of_its_country
    }
}

/// The strongest finding that stands: what no later determination of the same body replaced. A negative finding of one
/// body takes nothing from another's positive one. None where nobody determined anything.
pub fn strongest(determinations: &[Entry<StatusDetermination>]) -> Option<TraffickingStatus> {
    let is_superseded = |id| determinations.iter().any(|later| later.content.supersedes == Some(id));
    determinations.iter().filter(|entry| !is_superseded(entry.id)).map(|entry| entry.content.outcome).max_by_key(|status| status.strength())
}

impl DecisionMakingOrganisation {
    /// Whether it can be a competent authority, which identifies victims formally. No other body can.
    pub const fn identifies_formally(self) -> bool {
        match self {
            Self::Police | Self::CourtOrProsecution | Self::NonPoliceGovernmentalOrganization => true,
            Self::Ngo | Self::Other => false,
        }
    }

    /// What kind of deciding body an organisation is.
    pub const fn of(kind: OrganisationKind) -> Self {
        match kind {
            OrganisationKind::LawEnforcement => Self::Police,
            OrganisationKind::CourtOrProsecution => Self::CourtOrProsecution,
            OrganisationKind::Ngo | OrganisationKind::Shelter => Self::Ngo,
            OrganisationKind::CentralGovernmentOrganisation
            | OrganisationKind::LocalGovernmentOrganisation
            | OrganisationKind::ImmigrationService
            | OrganisationKind::DiplomaticMission => Self::NonPoliceGovernmentalOrganization,
            _ => Self::Other,
        }
    }
}

impl TraffickingStatus {
    /// How strongly it speaks for the person being a victim: signs (`possible`), then reasonable grounds (`presumed`), then the finding of
    /// the competent authority.
    pub const fn strength(self) -> u8 {
        match self {
            Self::Unscreened => 0,
            Self::DeclinedIdentification => 1,
            Self::NotIdentified => 2,
            Self::Possible => 3,
            Self::Presumed => 4,
            Self::FormallyIdentified => 5,
        }
    }

    /// Whether it is `possible` or stronger, so that punishing the person must be looked at (ACTIP art. 14(7)).
    pub const fn forbids_punishment(self) -> bool {
        self.strength() >= Self::Possible.strength()
    }
}
