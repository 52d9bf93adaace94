//! Who a person is and how to reach them: the two compartments that belong to the person.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::cases::listed_name::{Names, OfIdentity, or_unnamed};
use crate::domain::cases::phone::PhoneNumber;
use crate::domain::codes::{DocumentCustody, DocumentKind, Gender};
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, age_on};
use crate::domain::language::Language;
use crate::domain::lists::null_as_empty;
use crate::domain::text::{copied, lines, name};
use crate::domain::violation::Violation;
use crate::domain::zones::Today;

#[cfg(test)]
mod tests;

/// Nobody rescued today was born before this year.
const EARLIEST_BIRTH_YEAR: i32 = 1900;
/// The age at which a person is no longer a child (Convention on the Rights of the Child art. 1).
pub const ADULT_AGE: i32 = 18;

/// Who the person is (class C). At least one name, in any script; a newborn who is registered as `child_of` somebody may have none yet.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct Identity {
    /// Given name, in Latin letters as far as known.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Siti")]
    pub given_name: Option<String>,
    /// Middle name.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub middle_name: Option<String>,
    /// Family name. Many people have none.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Rahmawati")]
    pub family_name: Option<String>,
    /// The whole name as the person writes it, in any script.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300, example = "陳怡君")]
    pub original_script_name: Option<String>,
    /// Other names the person is known by.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20), nested)]
    #[schema(value_type = Option<Vec<Alias>>, max_items = 20)]
    pub aliases: Vec<Alias>,
    /// Date of birth, as far as known. Either this or `age_estimate`.
    pub birth_date: Option<PartialDate>,
    /// Estimated age, where no date of birth is known.
    #[validate(nested)]
    pub age_estimate: Option<AgeEstimate>,
    /// Place of birth.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub birth_place: Option<String>,
    /// The country in which the person lived before, and may return to: for whoever is stateless, or cannot go to a country of theirs.
    pub habitual_residence: Option<Country>,
    /// Languages the person speaks, best first.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20))]
    #[schema(value_type = Option<Vec<Language>>, max_items = 20)]
    pub languages: Vec<Language>,
    /// Identity documents and who holds them.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 20), nested)]
    #[schema(value_type = Option<Vec<IdentityDocument>>, max_items = 20)]
    pub documents: Vec<IdentityDocument>,
    /// How somebody without a name is shown to one reader: by the code of a parent whose case that reader sees. Not stored.
    #[serde(skip)]
    pub shown_as: Option<String>,
}

/// Another name of a person or a compound.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct Alias {
    /// The name, in any script.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300, example = "อาลี")]
    pub name: String,
    /// Language of the name, where known.
    pub language: Option<Language>,
}

/// The least age that somebody may have: so many years on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YoungestAge {
    since: NaiveDate,
    years: i32,
}

impl YoungestAge {
    /// Of somebody whose birthday is known.
    pub const fn of_born_on(birthday: NaiveDate) -> Self {
        Self { since: birthday, years: 0 }
    }

    /// The least age on a day, in whole years.
    pub fn on(self, day: NaiveDate) -> i32 {
        self.years + age_on(self.since, day)
    }
}

/// An estimated age: a range of whole years, and the day of the estimate.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct AgeEstimate {
    /// Youngest age that is likely, in years.
    #[validate(range(min = 0, max = 120))]
    #[schema(minimum = 0, maximum = 120, format = Int32, example = 16)]
    pub from_years: i32,
    /// Oldest age that is likely, in years.
    #[validate(range(min = 0, max = 120))]
    #[schema(minimum = 0, maximum = 120, format = Int32, example = 19)]
    pub to_years: i32,
    /// Day of the estimate.
    #[schema(max_length = 10)]
    pub estimated_on: NaiveDate,
}

/// An identity document and who holds it.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct IdentityDocument {
    /// What kind of document.
    pub kind: DocumentKind,
    /// Its number, where known.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "C4512378")]
    pub number: Option<String>,
    /// The issuing state.
    pub issuing_state: Option<Country>,
    /// Day of issue.
    #[schema(max_length = 10)]
    pub issued_on: Option<NaiveDate>,
    /// Last day of validity.
    #[schema(max_length = 10)]
    pub expires_on: Option<NaiveDate>,
    /// Who holds it.
    pub custody: DocumentCustody,
    /// Since when, as far as known.
    pub custody_since: Option<PartialDate>,
}

/// How to reach the person without endangering them (class C).
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct Contact {
    /// Phone numbers.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 10), nested)]
    #[schema(value_type = Option<Vec<PhoneNumber>>, max_items = 10)]
    pub phones: Vec<PhoneNumber>,
    /// E-mail addresses.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 10), nested)]
    #[schema(value_type = Option<Vec<EmailAddress>>, max_items = 10)]
    pub emails: Vec<EmailAddress>,
    /// Home address.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub home_address: Option<String>,
    /// How, when and through whom the person can be contacted safely.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "Text only, after 20:00; the phone is shared")]
    pub safe_contact_instructions: Option<String>,
}

/// An e-mail address, and whether it is safe to use.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct EmailAddress {
    /// The address.
    #[serde(deserialize_with = "copied")]
    #[validate(email, length(max = 254))]
    #[schema(max_length = 254, example = "someone@example.org")]
    pub address: String,
    /// Whether a message cannot endanger the person.
    pub safe: bool,
}

impl Contact {
    /// The same without how the numbers were read: a request may say anything of that.
    pub fn as_written(mut self) -> Self {
        self.phones.iter_mut().for_each(PhoneNumber::forget_reading);
        self
    }

    /// Reads the numbers that were written where the case is now. Those that were there before keep their reading.
    pub fn read_phones(&mut self, here: Country, before: &[PhoneNumber]) {
        self.phones.iter_mut().for_each(|phone| phone.read(here, before));
    }
}

impl Identity {
    /// Rules across fields. `today` is the day at the place that it is about.
    pub fn violations(&self, today: Today) -> Vec<Violation> {
        self.missing_name().into_iter().chain(self.violations_beside_the_name(today)).collect()
    }

    /// Whether nobody knows a name of the person.
    pub fn is_unnamed(&self) -> bool {
        self.listed().are_missing()
    }

    /// Whether the person was born within a year, on a day that is known.
    pub fn is_newborn(&self, today: Today) -> bool {
        self.birth_date.is_some_and(|birth| birth.earliest() <= today && age_on(birth.earliest(), today.day()) < 1)
    }

    /// What is wrong with somebody who must have a name.
    pub fn missing_name(&self) -> Option<Violation> {
        let message = "give at least one name: given_name, family_name, original_script_name or an alias";
        self.is_unnamed().then(|| Violation::new("/given_name", "name_required", message))
    }

    /// The rules that hold for a newborn without a name, too.
    pub fn violations_beside_the_name(&self, today: Today) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut say = |pointer: &str, code: &str, message: &str| found.push(Violation::new(pointer, code, message));
        if let Some(birth) = self.birth_date {
            if birth.earliest() > today {
                say("/birth_date", "date_in_future", "must not lie in the future");
            }
            if birth.year() < EARLIEST_BIRTH_YEAR {
                say("/birth_date", "date_too_early", "must not lie before 1900");
            }
            if self.age_estimate.is_some() {
                say("/age_estimate", "either_or", "give birth_date or age_estimate, not both");
            }
        }
        if let Some(estimate) = &self.age_estimate {
            if estimate.from_years > estimate.to_years {
                say("/age_estimate/to_years", "out_of_order", "must not be lower than from_years");
            }
            if estimate.estimated_on > today {
                say("/age_estimate/estimated_on", "date_in_future", "must not lie in the future");
            }
        }
        for (index, document) in self.documents.iter().enumerate() {
            if let (Some(issued), Some(expires)) = (document.issued_on, document.expires_on)
                && expires < issued
            {
                say(&format!("/documents/{index}/expires_on"), "out_of_order", "must not lie before issued_on");
            }
            if document.issued_on.is_some_and(|issued| issued > today) {
                say(&format!("/documents/{index}/issued_on"), "date_in_future", "must not lie in the future");
            }
        }
        found
    }

    /// Whether the person is a child on that day; none when the age was never assessed.
    /// Where only a range is known, the person is a child as long as the range includes 17.
    pub fn is_child(&self, day: NaiveDate) -> Option<bool> {
        self.youngest().map(|youngest| youngest.on(day) < ADULT_AGE)
    }

    /// The least age that the person may have; none when the age was never assessed.
    pub fn youngest(&self) -> Option<YoungestAge> {
        match (self.birth_date, &self.age_estimate) {
            (Some(birth), _) => Some(YoungestAge::of_born_on(birth.latest())),
            (None, Some(estimate)) => Some(YoungestAge { since: estimate.estimated_on, years: estimate.from_years }),
            (None, None) => None,
        }
    }

    /// The name to show in a list: as the person writes it where known, else the Latin parts, else the first alias.
    pub fn display_name(&self) -> String {
        or_unnamed(self.listed().shown(), self.shown_as.as_deref())
    }

    fn listed(&self) -> Names<'_> {
        Names {
            latin: [self.given_name.as_deref(), self.middle_name.as_deref(), self.family_name.as_deref()],
            original_script: self.original_script_name.as_deref(),
            alias: self.aliases.first().map(|alias| alias.name.as_str()),
        }
    }

    /// Every name the person is known by, whole: in Latin letters, as they write it, and each other one.
    pub fn names(&self) -> Vec<String> {
        let latin = [&self.given_name, &self.middle_name, &self.family_name].into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
        let whole = (!latin.is_empty()).then(|| latin.join(" "));
        whole.into_iter().chain(self.original_script_name.clone()).chain(self.aliases.iter().map(|alias| alias.name.clone())).collect()
    }

    /// How somebody without a name is shown to who sees the case of a parent with this code.
    pub fn child_of(code: &str) -> String {
        format!("Child of {code}")
    }

    /// Year of birth, where a date of birth is known.
    pub fn birth_year(&self) -> Option<i32> {
        self.birth_date.map(PartialDate::year)
    }
}

impl OfIdentity for Identity {
    fn is_unnamed(&self) -> bool {
        Self::is_unnamed(self)
    }

    fn show_as(&mut self, name: String) {
        self.shown_as = Some(name);
    }
}

impl Gender {
    /// The gender recorded when nothing is known.
    pub const UNKNOWN: Self = Self::NonSpecifiedUnknown;
}
