//! Comparison of two persons: both values of every field, and the choice between them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::access::compartments::Compartment;
use crate::domain::cases::person::{Contact, Identity};
use crate::domain::codes::Kept;
use crate::domain::people::merging::{MergeChoice, MergeField};
use crate::error::{Error, Result};

/// The identity of a person and their contact details: the compartments of the person.
#[derive(Clone, Default, PartialEq)]
pub struct Particulars {
    pub identity: Identity,
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

    /// The value of a field; null if it is unknown or empty.
    pub fn value(&self, field: MergeField) -> Result<Value> {
        let value = self.fields(field.compartment())?.remove(field.name()).unwrap_or(Value::Null);
        Ok(if value.as_array().is_some_and(Vec::is_empty) { Value::Null } else { value })
    }

    /// A copy with other values in some fields.
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
pub struct FieldPair {
    pub field: MergeField,
    /// The value of the survivor.
    pub survivor: Value,
    /// The value of the other person.
    pub other: Value,
    /// The value that is kept without a choice.
    pub by_default: Kept,
}

/// Compares two persons. The survivor's value is kept by default; the other's fills a field that is unknown of the survivor. A
/// birth date and an estimated age count as one: if the survivor has either, neither is filled.
pub fn side_by_side(survivor: &Particulars, other: &Particulars) -> Result<Vec<FieldPair>> {
    let knows_age = survivor.identity.birth_date.is_some() || survivor.identity.age_estimate.is_some();
    let mut all = Vec::with_capacity(MergeField::ALL.len());
    for field in MergeField::ALL.iter().copied() {
        let is_age = matches!(field, MergeField::BirthDate | MergeField::AgeEstimate);
        let (own, others) = (survivor.value(field)?, other.value(field)?);
        let fills = own.is_null() && !others.is_null() && !(is_age && knows_age);
        all.push(FieldPair { field, survivor: own, other: others, by_default: if fills { Kept::Other } else { Kept::Survivor } });
    }
    Ok(all)
}

/// A field that the survivor took over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChosenField {
    pub field: MergeField,
    /// The survivor's value before the merge.
    pub before: Value,
    /// The value taken from the other person.
    pub after: Value,
}

/// The fields that the survivor takes over, by choice or else by default.
pub fn taken(beside: &[FieldPair], choices: &[MergeChoice]) -> Vec<ChosenField> {
    let keeps =
        |beside: &FieldPair| choices.iter().find(|choice| choice.field == beside.field).map_or(beside.by_default, |choice| choice.keep);
    let taken = beside.iter().filter(|beside| keeps(beside) == Kept::Other && beside.survivor != beside.other);
    taken.map(|beside| ChosenField { field: beside.field, before: beside.survivor.clone(), after: beside.other.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn somebody(identity: Value, contact: Value) -> Particulars {
        Particulars { identity: serde_json::from_value(identity).unwrap(), contact: serde_json::from_value(contact).unwrap() }
    }

    fn default_of(beside: &[FieldPair], field: MergeField) -> Kept {
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
        assert_eq!(taken, [ChosenField { field: MergeField::FamilyName, before: Value::Null, after: json!("Okello") }]);
    }

    #[test]
    fn what_is_taken_can_be_given_back() {
        let before = somebody(json!({ "given_name": "Amina" }), json!({ "emails": [] }));
        let phones = json!([{ "number": "+256772000001", "safe": true }]);
        let after = before.with(&[(MergeField::Phones, phones), (MergeField::GivenName, json!("Aminah"))]).unwrap();
        assert!(after != before);
        assert!(after.with(&[(MergeField::Phones, Value::Null), (MergeField::GivenName, json!("Amina"))]).unwrap() == before);
    }
}
