//! Comparison of two persons: both values of every field, and the choice between them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::access::compartments::Compartment;
use crate::domain::cases::person::{Alias, Contact, Identity};
use crate::domain::codes::Kept;
use crate::domain::dates::PartialDate;
use crate::domain::people::joining::texts;
use crate::domain::people::merging::{MergeChoice, MergeField};
use crate::domain::people::uniting::united;
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

/// Compares two persons on a day. Lists are united, and notes that may warn are kept of both. Of everything else the survivor's value is
/// kept by default, but for a date of birth that the other one states more exactly; the other's fills a field that is unknown of the survivor. A birth date and an estimated age count as one: if the survivor has either,
/// neither is filled, unless the other one is a child by theirs and the survivor is not: a child is protected until somebody decides.
pub fn side_by_side(survivor: &Particulars, other: &Particulars, today: NaiveDate) -> Result<Vec<FieldPair>> {
    let knows_age = survivor.identity.birth_date.is_some() || survivor.identity.age_estimate.is_some();
    let is_child = |person: &Particulars| person.identity.is_child(today) == Some(true);
    let age_of_other = !knows_age || (is_child(other) && !is_child(survivor));
    let mut all = Vec::with_capacity(MergeField::ALL.len());
    for field in MergeField::ALL.iter().copied() {
        let (own, others) = (survivor.value(field)?, other.value(field)?);
        let by_default = match field {
            MergeField::BirthDate | MergeField::AgeEstimate if age_of_other => Kept::Other,
            MergeField::BirthDate if is_finer(&own, &others) => Kept::Other,
            MergeField::BirthDate | MergeField::AgeEstimate => Kept::Survivor,
            _ if field.is_list() || field.is_text() => Kept::Both,
            _ if own.is_null() && !others.is_null() => Kept::Other,
            _ => Kept::Survivor,
        };
        all.push(FieldPair { field, survivor: own, other: others, by_default });
    }
    Ok(all)
}

/// Whether the other date says the same as the own one, more exactly.
fn is_finer(own: &Value, other: &Value) -> bool {
    let date = |value: &Value| value.as_str().and_then(PartialDate::parse);
    date(own).zip(date(other)).is_some_and(|(own, other)| own.is_refined_by(other))
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
pub fn taken(own: &Particulars, other: &Particulars, pairs: &[FieldPair], choices: &[MergeChoice]) -> Result<Vec<ChosenField>> {
    let kept = |pair: &FieldPair| choices.iter().find(|choice| choice.field == pair.field).map_or(pair.by_default, |choice| choice.keep);
    let named = of_one_value(own, pairs, &kept)?;
    let mut all = Vec::new();
    for pair in pairs {
        let after = match kept(pair) {
            Kept::Survivor => continue,
            Kept::Other => pair.other.clone(),
            Kept::Both => both(pair.field, own, other, &named.identity)?,
        };
        if after != pair.survivor {
            all.push(ChosenField { field: pair.field, before: pair.survivor.clone(), after });
        }
    }
    Ok(all)
}

/// The survivor with the chosen values of the fields that hold one value: by these names they are known from now on.
fn of_one_value(own: &Particulars, pairs: &[FieldPair], kept: &impl Fn(&FieldPair) -> Kept) -> Result<Particulars> {
    let taken = pairs.iter().filter(|pair| !pair.field.is_list() && kept(pair) == Kept::Other);
    own.with(&taken.map(|pair| (pair.field, pair.other.clone())).collect::<Vec<_>>())
}

/// A list of both. The names that neither of them bears any more become other names, so that they are still found by each.
fn both(field: MergeField, own: &Particulars, other: &Particulars, named: &Identity) -> Result<Value> {
    let (one, another) = (&own.identity, &other.identity);
    let list = match field {
        MergeField::Aliases => serde_json::to_value(names_of_both(one, another, named)),
        MergeField::Languages => serde_json::to_value(united(&one.languages, &another.languages)),
        MergeField::Documents => serde_json::to_value(united(&one.documents, &another.documents)),
        MergeField::Phones => serde_json::to_value(united(&own.contact.phones, &other.contact.phones)),
        MergeField::Emails => serde_json::to_value(united(&own.contact.emails, &other.contact.emails)),
        MergeField::HomeAddress => serde_json::to_value(texts(own.contact.home_address.clone(), other.contact.home_address.clone())),
        MergeField::SafeContactInstructions => {
            let (one, another) = (own.contact.safe_contact_instructions.clone(), other.contact.safe_contact_instructions.clone());
            serde_json::to_value(texts(one, another))
        }
        _ => return Err(Error::internal("a field of one value has no union")),
    };
    let list = list.map_err(|_| Error::internal("particulars cannot be written"))?;
    Ok(if list.as_array().is_some_and(Vec::is_empty) { Value::Null } else { list })
}

fn names_of_both(one: &Identity, another: &Identity, named: &Identity) -> Vec<Alias> {
    let mut aliases = united(&one.aliases, &another.aliases);
    let known = Identity { aliases: Vec::new(), ..named.clone() }.names();
    for name in one.names().into_iter().chain(another.names()) {
        if !known.contains(&name) && aliases.iter().all(|alias| alias.name != name) {
            aliases.push(Alias { name, language: None });
        }
    }
    aliases
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn somebody(identity: Value, contact: Value) -> Particulars {
        Particulars { identity: serde_json::from_value(identity).unwrap(), contact: serde_json::from_value(contact).unwrap() }
    }

    fn today() -> NaiveDate {
        "2026-02-01".parse().unwrap()
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
        let beside = side_by_side(&survivor, &other, today()).unwrap();
        assert_eq!(default_of(&beside, MergeField::GivenName), Kept::Survivor);
        assert_eq!(default_of(&beside, MergeField::FamilyName), Kept::Other);
        assert_eq!(default_of(&beside, MergeField::Phones), Kept::Both);
        for (own, others, kept) in [("1999-04", "1999-04-12", Kept::Other), ("1999-04-12", "1999-04", Kept::Survivor)] {
            let born = |date: &str| somebody(json!({ "birth_date": date }), json!({}));
            let beside = side_by_side(&born(own), &born(others), today()).unwrap();
            assert_eq!(default_of(&beside, MergeField::BirthDate), kept, "{own} and {others}");
        }
        assert_eq!(default_of(&beside, MergeField::AgeEstimate), Kept::Survivor, "a birth date is known");
        let choices = [MergeField::Phones, MergeField::Aliases].map(|field| MergeChoice { field, keep: Kept::Survivor });
        let taken = taken(&survivor, &other, &beside, &choices).unwrap();
        assert_eq!(taken, [ChosenField { field: MergeField::FamilyName, before: Value::Null, after: json!("Okello") }]);
    }

    #[test]
    fn both_are_found_by_every_name_that_one_of_them_had() {
        let survivor = somebody(json!({ "given_name": "Listor", "aliases": [{ "name": "Anil Tamang" }] }), json!({}));
        let other =
            somebody(json!({ "given_name": "Kamal", "family_name": "Gurungson", "aliases": [{ "name": "Anil Tamang" }] }), json!({}));
        let beside = side_by_side(&survivor, &other, today()).unwrap();
        let taken = taken(&survivor, &other, &beside, &[]).unwrap();
        let values: Vec<_> = taken.iter().map(|taken| (taken.field, taken.after.clone())).collect();
        let names = survivor.with(&values).unwrap().identity.names();
        assert_eq!(names, ["Listor Gurungson", "Anil Tamang", "Listor", "Kamal Gurungson"]);
    }

    #[test]
    fn a_child_of_either_is_a_child_until_somebody_decides() {
        let adult = somebody(json!({ "given_name": "Amina", "birth_date": "1999" }), json!({}));
        let child = somebody(
            json!({ "given_name": "Amina", "age_estimate": { "from_years": 15, "to_years": 17, "estimated_on": "2026-01-01" } }),
            json!({}),
        );
        let after = |own: &Particulars, other: &Particulars| {
            let beside = side_by_side(own, other, today()).unwrap();
            let taken = taken(own, other, &beside, &[]).unwrap();
            let values: Vec<_> = taken.iter().map(|taken| (taken.field, taken.after.clone())).collect();
            own.with(&values).unwrap().identity
        };
        for (own, other) in [(&adult, &child), (&child, &adult)] {
            let merged = after(own, other);
            assert_eq!(merged.is_child(today()), Some(true));
            assert!(merged.violations(crate::domain::zones::Today::noon(today())).is_empty(), "one of the two, and not both");
        }
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
