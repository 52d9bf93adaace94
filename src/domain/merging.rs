//! Two persons who turn out to be one: what is laid side by side, what is kept, and what forbids it. Pure; `db::merges` gathers
//! what it looks at and does what it says.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::codes::{Kept, MergeBlocker};
use super::compartments::Compartment;
use super::country::Country;
use super::person::{Contact, Identity};
use crate::error::{Error, Result};

text_enum! {
    /// A field of which one value is kept.
    MergeField {
        GivenName = "identity.given_name",
        MiddleName = "identity.middle_name",
        FamilyName = "identity.family_name",
        OriginalScriptName = "identity.original_script_name",
        Aliases = "identity.aliases",
        BirthDate = "identity.birth_date",
        AgeEstimate = "identity.age_estimate",
        BirthPlace = "identity.birth_place",
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
        if self.as_str().starts_with("contact.") { Compartment::Contact } else { Compartment::Identity }
    }

    fn name(self) -> &'static str {
        self.as_str().split_once('.').map_or("", |(_, name)| name)
    }

    /// Where it is, as a JSON Pointer.
    pub fn pointer(self) -> String {
        format!("/{}", self.as_str().replace('.', "/"))
    }
}

/// Who somebody is and how to reach them: what belongs to the person.
#[derive(Clone, Default, PartialEq)]
pub struct Particulars {
    /// Who they are.
    pub identity: Identity,
    /// How to reach them.
    pub contact: Contact,
}

impl Particulars {
    fn fields(&self, compartment: Compartment) -> Result<Map<String, Value>> {
        let value = match compartment {
            Compartment::Contact => serde_json::to_value(&self.contact),
            _ => serde_json::to_value(&self.identity),
        };
        match value.map_err(|_| Error::internal("particulars cannot be written"))? {
            Value::Object(fields) => Ok(fields),
            _ => Err(Error::internal("particulars are not an object")),
        }
    }

    /// The value of a field; null where nothing is known.
    pub fn value(&self, field: MergeField) -> Result<Value> {
        let value = self.fields(field.compartment())?.remove(field.name()).unwrap_or(Value::Null);
        Ok(if value.as_array().is_some_and(Vec::is_empty) { Value::Null } else { value })
    }

    /// The same with other values of some fields.
    pub fn with(&self, values: &[(MergeField, Value)]) -> Result<Self> {
        let mut identity = self.fields(Compartment::Identity)?;
        let mut contact = self.fields(Compartment::Contact)?;
        for (field, value) in values {
            let fields = if field.compartment() == Compartment::Contact { &mut contact } else { &mut identity };
            fields.insert(field.name().to_owned(), value.clone());
        }
        // The text of a serde error may repeat the value.
        let unread = |_| Error::internal("particulars have an unknown shape");
        Ok(Self {
            identity: serde_json::from_value(Value::Object(identity)).map_err(unread)?,
            contact: serde_json::from_value(Value::Object(contact)).map_err(unread)?,
        })
    }
}

/// Both values of a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// Which field.
    pub field: MergeField,
    /// What is known of the one whose case goes on.
    pub survivor: Value,
    /// What is known of the other.
    pub other: Value,
    /// Whose value is kept where nobody chooses.
    pub by_default: Kept,
}

/// Lays two persons side by side. The survivor's word stands; the other's fills what is not known of the survivor. A birth date and
/// an estimated age are one thing: neither is put beside the other.
pub fn side_by_side(survivor: &Particulars, other: &Particulars) -> Result<Vec<Beside>> {
    let knows_age = survivor.identity.birth_date.is_some() || survivor.identity.age_estimate.is_some();
    let mut all = Vec::with_capacity(MergeField::ALL.len());
    for field in MergeField::ALL.iter().copied() {
        let is_age = matches!(field, MergeField::BirthDate | MergeField::AgeEstimate);
        let (own, others) = (survivor.value(field)?, other.value(field)?);
        let fills = own.is_null() && !others.is_null() && !(is_age && knows_age);
        all.push(Beside { field, survivor: own, other: others, by_default: if fills { Kept::Other } else { Kept::Survivor } });
    }
    Ok(all)
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

/// A field that the survivor took over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// Which field.
    pub field: MergeField,
    /// What was known of the survivor before.
    pub before: Value,
    /// What was taken from the other.
    pub after: Value,
}

/// The fields that the survivor takes over, by what was chosen and else by default.
pub fn taken(beside: &[Beside], choices: &[MergeChoice]) -> Vec<Taken> {
    let keeps =
        |beside: &Beside| choices.iter().find(|choice| choice.field == beside.field).map_or(beside.by_default, |choice| choice.keep);
    let taken = beside.iter().filter(|beside| keeps(beside) == Kept::Other && beside.survivor != beside.other);
    taken.map(|beside| Taken { field: beside.field, before: beside.survivor.clone(), after: beside.other.clone() }).collect()
}

/// What the rules look at, of every case of both.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer to a question of its own")]
pub struct MergeFacts {
    /// Whether another organisation owns a case.
    pub is_foreign: bool,
    /// The nationalities that were verified.
    pub verified: Vec<Country>,
    /// Whether one of them is shielded.
    pub is_shielded: bool,
    /// Whether both were screened and went on.
    pub are_both_on_the_road: bool,
    /// Whether one of them is on a batch that is not over.
    pub is_on_batch: bool,
    /// Whether a referral or transfer waits for an answer.
    pub has_open_referral: bool,
    /// Whether a legal hold is on record.
    pub is_held: bool,
    /// Whether the case that would go on is closed.
    pub is_closed: bool,
    /// Whether others were merged with one of them.
    pub was_merged: bool,
    /// Whether what the other refused would end access to the survivor.
    pub refuses: bool,
}

/// Everything that forbids a merge now.
pub fn blockers(facts: &MergeFacts) -> Vec<MergeBlocker> {
    let is_of_two_states = facts.verified.iter().any(|state| Some(state) != facts.verified.first());
    let all = [
        (facts.is_foreign, MergeBlocker::DifferentOwners),
        (is_of_two_states, MergeBlocker::DifferentNationalities),
        (facts.is_shielded, MergeBlocker::Shielded),
        (facts.are_both_on_the_road, MergeBlocker::BothOnTheRoad),
        (facts.is_on_batch, MergeBlocker::OnMovementBatch),
        (facts.has_open_referral, MergeBlocker::OpenReferral),
        (facts.is_held, MergeBlocker::LegalHold),
        (facts.is_closed, MergeBlocker::SurvivorClosed),
        (facts.was_merged, MergeBlocker::MergedBefore),
        (facts.refuses, MergeBlocker::RefusedAccess),
    ];
    all.into_iter().filter_map(|(forbids, blocker)| forbids.then_some(blocker)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn somebody(identity: Value, contact: Value) -> Particulars {
        Particulars { identity: serde_json::from_value(identity).unwrap(), contact: serde_json::from_value(contact).unwrap() }
    }

    fn default_of(beside: &[Beside], field: MergeField) -> Kept {
        beside.iter().find(|beside| beside.field == field).unwrap().by_default
    }

    #[test]
    fn every_field_of_a_person_is_laid_beside() {
        let nobody = Particulars::default();
        for compartment in [Compartment::Identity, Compartment::Contact] {
            for name in nobody.fields(compartment).unwrap().keys() {
                let field = format!("{compartment}.{name}");
                assert!(MergeField::ALL.iter().any(|known| known.as_str() == field), "{field} is lost by a merge");
            }
        }
    }

    #[test]
    fn the_survivor_stands_and_the_other_fills_what_is_missing() {
        let survivor = somebody(json!({ "given_name": "Amina", "birth_date": "1999" }), json!({}));
        let other = somebody(
            json!({ "given_name": "Aminah", "family_name": "Okello", "age_estimate": { "from_years": 20, "to_years": 25, "estimated_on": "2026-01-01" } }),
            json!({ "phones": [{ "number": "+256772000001", "safe": true }] }),
        );
        let beside = side_by_side(&survivor, &other).unwrap();
        assert_eq!(default_of(&beside, MergeField::GivenName), Kept::Survivor);
        assert_eq!(default_of(&beside, MergeField::FamilyName), Kept::Other);
        assert_eq!(default_of(&beside, MergeField::Phones), Kept::Other);
        assert_eq!(default_of(&beside, MergeField::AgeEstimate), Kept::Survivor, "a birth date is known");
        let taken = taken(&beside, &[MergeChoice { field: MergeField::Phones, keep: Kept::Survivor }]);
        assert_eq!(taken, [Taken { field: MergeField::FamilyName, before: Value::Null, after: json!("Okello") }]);
    }

    #[test]
    fn what_is_taken_can_be_given_back() {
        let before = somebody(json!({ "given_name": "Amina" }), json!({ "emails": [] }));
        let phones = json!([{ "number": "+256772000001", "safe": true }]);
        let after = before.with(&[(MergeField::Phones, phones), (MergeField::GivenName, json!("Aminah"))]).unwrap();
        assert!(after != before);
        assert!(after.with(&[(MergeField::Phones, Value::Null), (MergeField::GivenName, json!("Amina"))]).unwrap() == before);
    }

    #[test]
    fn one_verified_nationality_twice_is_no_contradiction() {
        let country = |code: &str| serde_json::from_value::<Country>(json!(code)).unwrap();
        let of = |verified| MergeFacts { verified, ..MergeFacts::default() };
        assert_eq!(blockers(&of(vec![country("IDN"), country("IDN")])), []);
        assert_eq!(blockers(&of(vec![country("IDN"), country("MYS")])), [MergeBlocker::DifferentNationalities]);
    }
}
