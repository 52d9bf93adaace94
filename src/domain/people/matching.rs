//! Are these two descriptions of one person? Field by field, with a score and the reasons. Pure: it is given what its caller
//! may read, and nothing else.

use chrono::NaiveDate;

use crate::domain::cases::person::{Contact, Identity};
use crate::domain::cases::phone::PhoneNumber;
use crate::domain::codes::Gender;
use crate::domain::dates::PartialDate;
use crate::domain::nationality::Nationality;
use crate::domain::people::names::{Closeness, Name};

text_enum! {
    /// What was compared.
    pub enum MatchField {
        Name = "name",
        BirthDate = "birth_date",
        Nationality = "nationality",
        Gender = "gender",
        DocumentNumber = "document_number",
        Phone = "phone",
    }
}

text_enum! {
    /// How it compares.
    pub enum MatchOutcome {
        /// The same.
        Same = "same",
        /// Alike: another spelling, a year of birth that fits.
        Similar = "similar",
        /// Another one.
        Different = "different",
    }
}

/// One field that both descriptions have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reason {
    /// Which field.
    pub field: MatchField,
    /// How it compares.
    pub outcome: MatchOutcome,
}

/// How alike two descriptions are.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// From 0 to 1, in hundredths.
    pub score: f64,
    /// The fields that both have.
    pub reasons: Vec<Reason>,
}

/// From this score on, two people are shown as possibly one: to a clerk, or to the owner of a case who is asked about
/// somebody missing.
pub const POSSIBLE: f64 = 0.75;
/// From this score on, a stranger is told that there may be a match (DOMAIN §4 rule 7): nothing given may be wrong.
pub const CERTAIN: f64 = 0.9;
/// From this score on, a search by name shows somebody.
pub const WORTH_SHOWING: f64 = 0.5;
/// What each field weighs; of the others it depends on what they say.
const NAME: f64 = 50.0;
const NATIONALITY: f64 = 8.0;
const GENDER: f64 = 6.0;
/// Attributes that a stranger must give (DOMAIN §4 rule 7).
pub const FEWEST_ATTRIBUTES: usize = 3;

/// Blind searches a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchBudget {
    /// Of one user.
    pub user: i32,
    /// Of one organisation.
    pub organisation: i32,
}

impl Default for SearchBudget {
    fn default() -> Self {
        Self { user: 30, organisation: 200 }
    }
}

/// What is known, or asked, about somebody.
#[derive(Clone, Default)]
pub struct Profile {
    /// Every name, as it can be compared.
    pub names: Vec<Name>,
    /// Whether this is a registered person who has no name yet: born on a day, at a place, with the phone of a mother, like a twin.
    pub is_unnamed: bool,
    /// The days on which the person may have been born.
    pub born: Option<Span>,
    /// Nationalities, as far as the reader may know them.
    pub nationalities: Vec<Nationality>,
    /// Gender, where known.
    pub gender: Option<Gender>,
    /// Numbers of documents: letters and digits in upper case.
    pub documents: Vec<String>,
    /// Phone numbers: the digits of E.164, as far as they could be read.
    pub phones: Vec<String>,
}

/// The days that a date of birth, or an estimate, can mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl From<PartialDate> for Span {
    fn from(date: PartialDate) -> Self {
        Self { from: date.earliest(), to: date.latest() }
    }
}

impl Span {
    /// The days on which somebody may have been born, by a date or by an estimate of their age.
    pub fn of_birth(identity: &Identity) -> Option<Self> {
        identity.birth_date.map(Self::from).or_else(|| estimated(identity))
    }
}

impl Profile {
    /// The description of a person of a case, as far as the caller opened it.
    pub fn of(identity: &Identity, contact: Option<&Contact>, nationalities: Vec<Nationality>, gender: Gender) -> Self {
        let numbers = identity.documents.iter().filter_map(|document| document.number.as_deref());
        Self {
            names: identity.names().iter().filter_map(|name| Name::read(name)).collect(),
            is_unnamed: identity.is_unnamed(),
            born: Span::of_birth(identity),
            nationalities,
            gender: Some(gender).filter(|gender| *gender != Gender::UNKNOWN),
            documents: numbers.map(document_number).collect(),
            phones: contact.map(|contact| contact.phones.iter().flat_map(PhoneNumber::keys).collect()).unwrap_or_default(),
        }
    }

    /// How many attributes were given.
    pub fn attributes(&self) -> usize {
        let given = [
            !self.names.is_empty(),
            self.born.is_some(),
            self.nationalities.iter().any(|nationality| nationality.is_determined()),
            self.gender.is_some(),
            !self.documents.is_empty(),
            !self.phones.is_empty(),
        ];
        given.into_iter().filter(|given| *given).count()
    }

    /// How alike two people are.
    pub fn compare(&self, other: &Self) -> Likeness {
        self.compare_by(other, Closeness::SamePerson)
    }

    /// The same for a search: the names may be a beginning, or mistyped.
    pub fn answers(&self, sought: &Self) -> Likeness {
        sought.compare_by(self, Closeness::Typed)
    }

    fn compare_by(&self, other: &Self, closeness: Closeness) -> Likeness {
        let mut sum = Sum::default();
        let name = closeness.of(&self.names, &other.names);
        if let Some(likeness) = name {
            sum.add(MatchField::Name, NAME, likeness, likeness >= 0.999, likeness >= 0.7);
        }
        if let (Some(one), Some(two)) = (self.born, other.born) {
            let (weight, likeness) = births(one, two);
            sum.add(MatchField::BirthDate, weight, likeness, likeness >= 0.999, likeness > 0.0);
        }
        let pairs = self.nationalities.iter().flat_map(|one| other.nationalities.iter().map(move |two| (*one, *two)));
        if let Some(outcome) = pairs.filter_map(|(one, two)| nationalities(one, two, closeness)).max_by_key(agreement) {
            let agrees = f64::from(u8::from(outcome != MatchOutcome::Different));
            sum.add(MatchField::Nationality, NATIONALITY, agrees, outcome == MatchOutcome::Same, outcome == MatchOutcome::Similar);
        }
        if let (Some(one), Some(two)) = (self.gender, other.gender) {
            sum.add(MatchField::Gender, GENDER, f64::from(u8::from(one == two)), one == two, false);
        }
        let has_same = |some: &[String], others: &[String]| some.iter().any(|one| others.contains(one));
        let same_document = has_same(&self.documents, &other.documents);
        if !self.documents.is_empty() && !other.documents.is_empty() {
            // Another number is no other person: passports are renewed, and traffickers keep the old ones.
            sum.add(
                MatchField::DocumentNumber,
                if same_document { 60.0 } else { 4.0 },
                f64::from(u8::from(same_document)),
                same_document,
                false,
            );
        }
        if has_same(&self.phones, &other.phones) {
            sum.add(MatchField::Phone, 20.0, 1.0, true, true);
        }
        // Who has no name is told apart by a document alone.
        let is_unnamed = self.is_unnamed || other.is_unnamed;
        let is_someone_else = (is_unnamed || name.is_some_and(|likeness| likeness < 0.5)) && !same_document;
        sum.likeness(is_someone_else)
    }
}

#[derive(Default)]
struct Sum {
    reasons: Vec<Reason>,
    weight: f64,
    agreed: f64,
}

impl Sum {
    fn add(&mut self, field: MatchField, weight: f64, likeness: f64, is_same: bool, is_similar: bool) {
        let outcome = match (is_same, is_similar) {
            (true, _) => MatchOutcome::Same,
            (false, true) => MatchOutcome::Similar,
            (false, false) => MatchOutcome::Different,
        };
        self.reasons.push(Reason { field, outcome });
        self.weight += weight;
        self.agreed += weight * likeness;
    }

    /// A name alone, or with what millions share, is a hint and no more.
    fn likeness(self, is_someone_else: bool) -> Likeness {
        let tells_apart = |field| matches!(field, MatchField::BirthDate | MatchField::DocumentNumber | MatchField::Phone);
        let is_told_apart = self.reasons.iter().any(|reason| tells_apart(reason.field));
        let is_somebody = self.reasons.iter().any(|reason| tells_apart(reason.field) || reason.field == MatchField::Name);
        let share = if self.weight > 0.0 && is_somebody { self.agreed / self.weight } else { 0.0 };
        let most = if is_someone_else {
            0.45
        } else if is_told_apart {
            1.0
        } else {
            0.8
        };
        Likeness { score: (share.min(most) * 100.0).round() / 100.0, reasons: self.reasons }
    }
}

/// Of several nationalities those count that agree best.
fn agreement(outcome: &MatchOutcome) -> u8 {
    match outcome {
        MatchOutcome::Same => 2,
        MatchOutcome::Similar => 1,
        MatchOutcome::Different => 0,
    }
}

/// How two nationalities compare; none where they say nothing about each other. The stateless and refugees have no state that could be
/// another one: one desk writes down `XXB`, the next one the country that was fled. "Not known" is no likeness of two people, but a
/// search may ask for it.
fn nationalities(one: Nationality, two: Nationality, closeness: Closeness) -> Option<MatchOutcome> {
    if one == two {
        return (one.is_determined() || closeness == Closeness::Typed).then_some(MatchOutcome::Same);
    }
    let (one, two) = (one.state()?, two.state()?);
    Some(if one == two { MatchOutcome::Similar } else { MatchOutcome::Different })
}

/// Whether two people whose names are this much alike can be one person, whatever else agrees, as long as they share no number: whom
/// this rules out need not be opened. A score is rounded to hundredths.
pub fn may_be_one(one: Option<Span>, two: Option<Span>, likeness_of_names: f64) -> bool {
    let (weight, likeness) = one.zip(two).map_or((0.0, 0.0), |(one, two)| births(one, two));
    let agreed = NAME * likeness_of_names + weight * likeness + NATIONALITY + GENDER;
    agreed / (NAME + weight + NATIONALITY + GENDER) >= POSSIBLE - 0.005
}

/// What two births weigh, and how alike they are. A year that fits says less than a day that is the same.
fn births(one: Span, two: Span) -> (f64, f64) {
    let is_day = |span: Span| span.from == span.to;
    if one.from > two.to || two.from > one.to {
        let is_slip = is_day(one) && is_day(two) && differ_by_a_slip(one.from, two.from);
        return if is_slip { (25.0, 0.6) } else { (35.0, 0.0) };
    }
    if is_day(one) && is_day(two) { (25.0, 1.0) } else { (15.0, 0.85) }
}

/// Day and month exchanged, or one of the three off: what happens at a desk.
fn differ_by_a_slip(one: NaiveDate, two: NaiveDate) -> bool {
    use chrono::Datelike;
    let exchanged = one.year() == two.year() && one.month() == two.day() && one.day() == two.month();
    let same_day = one.day() == two.day() && one.month() == two.month();
    exchanged || (same_day && (one.year() - two.year()).abs() == 1)
}

/// The span of an estimated age.
fn estimated(identity: &Identity) -> Option<Span> {
    use chrono::Months;
    let estimate = identity.age_estimate.as_ref()?;
    let years = |years: i32| u32::try_from(years).ok().map(|years| Months::new(years * 12));
    let to = estimate.estimated_on.checked_sub_months(years(estimate.from_years)?)?;
    let from = estimate.estimated_on.checked_sub_months(years(estimate.to_years + 1)?)?;
    Some(Span { from, to })
}

/// A document's number without what people add for reading.
pub fn document_number(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests;
