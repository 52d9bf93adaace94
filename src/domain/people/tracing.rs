//! Somebody who is looked for, as whoever asks describes them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::cases::person::Alias;
use crate::domain::cases::phone::meanings;
use crate::domain::codes::Gender;
use crate::domain::dates::PartialDate;
use crate::domain::lists::null_as_empty;
use crate::domain::nationality::Nationality;
use crate::domain::people::matching::{Profile, Span, document_number};
use crate::domain::people::names::Name;
use crate::domain::text::{copied, lines, name};

/// Who is looked for. All of it is sealed for the organisation that asks.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SoughtPerson {
    /// The whole name, in any script.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300, example = "陳怡君")]
    pub name: String,
    /// Other names the person is known by, or the same in another script.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 10), nested)]
    #[schema(value_type = Option<Vec<Alias>>, max_items = 10)]
    pub other_names: Vec<Alias>,
    /// Date of birth, as far as known.
    pub birth_date: Option<PartialDate>,
    /// Nationality.
    pub nationality: Option<Nationality>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Number of a passport or another document.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 3, max = 60))]
    #[schema(min_length = 3, max_length = 60, example = "C4512378")]
    pub document_number: Option<String>,
    /// A phone number of the person, with the country's prefix, or as it is dialled in the country of their nationality.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 6, max = 60))]
    #[schema(min_length = 6, max_length = 60, example = "+886900000001")]
    pub phone: Option<String>,
    /// Anything else by which the person can be recognised.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub description: Option<String>,
}

/// What is known about how the person went missing, and who looks for them.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TracingDetails {
    /// Who is looked for.
    #[validate(nested)]
    pub sought: SoughtPerson,
    /// When the person was last heard of.
    pub last_contact_on: Option<PartialDate>,
    /// How, and what was said.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub last_contact: Option<String>,
    /// To whom else it was reported.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "Police of Taoyuan")]
    pub reported_to: Option<String>,
    /// Who in the family asks, and how they can be reached: the person is told this before they decide.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub on_behalf_of: Option<String>,
}

impl SoughtPerson {
    /// The description as it is compared.
    pub fn profile(&self) -> Profile {
        let state = self.nationality.and_then(Nationality::state);
        Profile {
            is_unnamed: false,
            names: std::iter::once(&self.name)
                .chain(self.other_names.iter().map(|alias| &alias.name))
                .filter_map(|name| Name::read(name))
                .collect(),
            born: self.birth_date.map(Span::from),
            nationalities: self.nationality.into_iter().collect(),
            gender: self.gender.filter(|gender| *gender != Gender::UNKNOWN),
            documents: self.document_number.iter().map(|number| document_number(number)).collect(),
            phones: self.phone.iter().flat_map(|phone| meanings(phone, state.as_slice())).collect(),
        }
    }
}

/// What decides whether whoever asks learns anything at all. Default deny: each of the three must say yes.
#[derive(Clone, Copy, Debug)]
pub struct Disclosure {
    /// The person said that they want the contact.
    pub wants_contact: bool,
    /// A live consent of the person covers it.
    pub has_consent: bool,
    /// The person is protected, or refused this organisation.
    pub is_shielded: bool,
}

impl Disclosure {
    /// Whether the requester is told which organisation to contact. Never more than that.
    pub const fn is_told(self) -> bool {
        self.wants_contact && self.has_consent && !self.is_shielded
    }
}

#[cfg(test)]
mod tests {
    use super::Disclosure;

    #[test]
    fn nothing_is_told_unless_the_person_wants_it_consents_and_is_not_shielded() {
        let all = [true, false];
        for wants_contact in all {
            for has_consent in all {
                for is_shielded in all {
                    let told = Disclosure { wants_contact, has_consent, is_shielded }.is_told();
                    assert_eq!(told, wants_contact && has_consent && !is_shielded);
                }
            }
        }
    }
}
