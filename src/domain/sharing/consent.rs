//! What the person agreed to, and whom they never want to see it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{ConsentAnswer, ConsentPurpose, ConsentStatus, OrganisationKind};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ConsentId, OrganisationId};
use crate::domain::language::Language;

/// An organisation that may come to see a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub id: OrganisationId,
    /// What it is.
    pub kind: OrganisationKind,
    /// The country of its seat; for a mission the sending state.
    pub country: Country,
}

/// Whom a consent or a denial is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// One organisation.
    Organisation(OrganisationId),
    /// Every organisation of a kind.
    Kind(OrganisationKind),
    /// Every mission of a sending state: "never my embassy".
    MissionsOf(Country),
    /// Everybody.
    Anyone,
}

impl Recipient {
    /// Whether the organisation is meant.
    pub fn includes(&self, candidate: &Candidate) -> bool {
        match *self {
            Self::Organisation(id) => id == candidate.id,
            Self::Kind(kind) => kind == candidate.kind,
            Self::MissionsOf(country) => candidate.kind.is_mission() && candidate.country == country,
            Self::Anyone => true,
        }
    }
}

/// The text that was read to the person, so that it is known later what they agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ConsentWording {
    /// The language of the text, which another one may have been interpreted from.
    pub language: Language,
    /// Its version, as whoever wrote it names it.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    pub version: String,
}

/// The seven questions of IOM's screening form (HTCDS `con_Consent`), and five that follow them: what was said to the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Disclosures {
    /// The person consents, or assents, to the interview.
    pub consents_to_interview: bool,
    /// The person was informed of the purpose of the interview.
    pub informed_of_purpose: bool,
    /// The person was informed of actual and potential use of the data.
    pub informed_of_data_use: bool,
    /// The person was informed of the use of non-identifying data for research.
    pub informed_of_research_use: bool,
    /// The person was informed of the right to ask for their data at any time.
    pub informed_of_right_to_data: bool,
    /// The person was informed about how long the data are kept.
    pub informed_of_storage_period: bool,
    /// The person was informed of how to withdraw.
    pub informed_of_withdrawal: bool,
    /// That help does not depend on saying yes.
    #[serde(default)]
    pub help_does_not_depend_on_consent: bool,
    /// What cannot be kept secret: a duty to report, a danger to life.
    #[serde(default)]
    pub limits_of_confidentiality: bool,
    /// Who will see it, by name.
    #[serde(default)]
    pub recipients_named: bool,
    /// That it goes to another country and its authorities.
    #[serde(default)]
    pub transfer_to_another_country: bool,
    /// How to complain.
    #[serde(default)]
    pub how_to_complain: bool,
}

/// A consent, as the rules look at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// What for.
    pub purpose: ConsentPurpose,
    /// With whom.
    pub recipient: Recipient,
    /// Which compartments.
    pub compartments: CompartmentSet,
    /// What was answered.
    pub answer: ConsentAnswer,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
}

impl Consent {
    /// Whether it holds now. One that is withdrawn or has expired is as if it had never been given.
    pub fn is_live(&self, now: Timestamp) -> bool {
        matches!(self.status(now), ConsentStatus::Granted | ConsentStatus::Overridden)
    }

    /// Where it stands now.
    pub fn status(&self, now: Timestamp) -> ConsentStatus {
        match self.answer {
            ConsentAnswer::Refused => ConsentStatus::Refused,
            _ if self.withdrawn_at.is_some() => ConsentStatus::Withdrawn,
            _ if self.expires_at.is_some_and(|at| at <= now) => ConsentStatus::Expired,
            ConsentAnswer::Granted => ConsentStatus::Granted,
            ConsentAnswer::Overridden => ConsentStatus::Overridden,
        }
    }
}
