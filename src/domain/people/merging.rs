//! Two persons who turn out to be one: the fields of which one value is kept, and what a verified nationality forbids. Pure;
//! `db::merges` gathers what is looked at.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::access::compartments::Compartment;
use crate::domain::codes::Kept;
use crate::domain::country::Country;
use crate::domain::nationalities::ClaimedNationalities;
use crate::domain::violation::Violation;

text_enum! {
    /// A field of which one value is kept.
    pub enum MergeField {
        GivenName = "identity.given_name",
        MiddleName = "identity.middle_name",
        FamilyName = "identity.family_name",
        OriginalScriptName = "identity.original_script_name",
        Aliases = "identity.aliases",
        BirthDate = "identity.birth_date",
        AgeEstimate = "identity.age_estimate",
        BirthPlace = "identity.birth_place",
        HabitualResidence = "identity.habitual_residence",
        Languages = "identity.languages",
        Documents = "identity.documents",
        Phones = "contact.phones",
        Emails = "contact.emails",
        HomeAddress = "contact.home_address",
        SafeContactInstructions = "contact.safe_contact_instructions",
    }
}

impl MergeField {
    /// The compartment it is in.
    pub fn compartment(self) -> Compartment {
        match self {
            Self::GivenName | Self::MiddleName | Self::FamilyName | Self::OriginalScriptName | Self::Aliases => Compartment::Identity,
            Self::BirthDate | Self::AgeEstimate | Self::BirthPlace | Self::HabitualResidence => Compartment::Identity,
            Self::Languages | Self::Documents => Compartment::Identity,
            Self::Phones | Self::Emails | Self::HomeAddress | Self::SafeContactInstructions => Compartment::Contact,
        }
    }

    /// Its name within the compartment.
    pub fn name(self) -> &'static str {
        self.as_str().split_once('.').map_or("", |(_, name)| name)
    }

    /// Whether it is a list: those of two persons are united.
    pub fn is_list(self) -> bool {
        match self {
            Self::Aliases | Self::Languages | Self::Documents | Self::Phones | Self::Emails => true,
            Self::GivenName | Self::MiddleName | Self::FamilyName | Self::OriginalScriptName => false,
            Self::BirthDate | Self::AgeEstimate | Self::BirthPlace | Self::HabitualResidence => false,
            Self::HomeAddress | Self::SafeContactInstructions => false,
        }
    }

    /// Whether it is a text that may warn: those of two persons stand below each other.
    pub fn is_text(self) -> bool {
        matches!(self, Self::HomeAddress | Self::SafeContactInstructions)
    }

    /// Where it is, as a JSON Pointer.
    pub fn pointer(self) -> String {
        format!("/{}", self.as_str().replace('.', "/"))
    }
}

/// What somebody chose for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeChoice {
    /// Which field.
    pub field: MergeField,
    /// Whose value is kept.
    pub keep: Kept,
}

/// The choices that no merge can follow: "both" of a field that holds one value.
pub fn choice_violations(choices: &[MergeChoice]) -> Vec<Violation> {
    let of_one_value = choices.iter().enumerate().filter(|(_, choice)| {
        let is_joined = choice.field.is_list() || choice.field.is_text();
        choice.keep == Kept::Both && !is_joined
    });
    let message = "only lists and notes are joined: choose survivor or other";
    of_one_value.map(|(index, _)| Violation::new(format!("/choices/{index}/keep"), "not_a_list", message)).collect()
}

/// Whether more than one nationality was verified, and none of the cases claims them together: nobody has two without somebody looking
/// again.
pub fn are_of_two_states(verified: &[Country], claimed: &[ClaimedNationalities]) -> bool {
    let is_one_state = verified.iter().all(|state| Some(state) == verified.first());
    let claims_all = |claim: &ClaimedNationalities| verified.iter().all(|state| claim.states().any(|known| known == *state));
    !is_one_state && !claimed.iter().any(claims_all)
}
