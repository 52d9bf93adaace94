//! The form on which a person says yes or no, with the sentences that are read to them.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde::Deserialize;

use crate::api::reporting::papers::form::{Form, Value, name};
use crate::db::reporting::papers::ConsentForm;
use crate::domain::access::compartments::Compartment;
use crate::domain::codes::ConsentPurpose;
use crate::domain::language::Language;
use crate::error::{Error, Result};

/// The sentences that the console reads to the person: a test holds the two copies equal.
const WORDING: &str = include_str!("consent_en.json");

/// What is told and asked, in the order of IOM's screening form; and what is said beside.
const STATEMENTS: [&str; 7] = [
    "informed_of_purpose",
    "consents_to_interview",
    "informed_of_data_use",
    "informed_of_storage_period",
    "informed_of_right_to_data",
    "informed_of_withdrawal",
    "informed_of_research_use",
];
const MORE: [&str; 5] =
    ["help_does_not_depend_on_consent", "recipients_named", "limits_of_confidentiality", "transfer_to_another_country", "how_to_complain"];

/// The sentences of one language.
#[derive(Deserialize)]
struct Wording {
    language: String,
    version: String,
    intro: String,
    ask: BTreeMap<String, String>,
    told: BTreeMap<String, String>,
    more: BTreeMap<String, String>,
    question: BTreeMap<String, String>,
    shared_title: String,
    compartment: BTreeMap<String, String>,
    until_withdrawn: String,
    either_way: String,
}

impl Wording {
    fn statement(&self, key: &str) -> Option<&String> {
        self.ask.get(key).or_else(|| self.told.get(key)).or_else(|| self.more.get(key))
    }
}

/// What the person is asked.
pub struct Asked {
    /// What for.
    pub purpose: Option<ConsentPurpose>,
    /// The language of the person.
    pub language: Option<Language>,
}

/// The page.
pub fn body(form: Form, known: &ConsentForm, asked: &Asked) -> Result<Markup> {
    let wording: Wording = serde_json::from_str(WORDING).map_err(Error::internal)?;
    let is_read_out = asked.language.as_ref().is_some_and(|language| language.primary() != wording.language);
    let question = asked.purpose.and_then(|purpose| wording.question.get(purpose.as_str()));
    let sentences = |keys: &[&str]| keys.iter().filter_map(|key| wording.statement(key).cloned()).collect::<Vec<_>>();
    Ok(html! {
        h1 { (form.say(|words| words.consent)) }
        dl {
            (form.field(|words| words.name, &Value::of(known.identity.is_some(), known.identity.as_ref().map(name))))
            (form.field(|words| words.case, &Value::Known(known.code.clone())))
        }
        @if is_read_out { p.mark { (form.say(|words| words.read_out)) } }
        p { (wording.intro) }
        ol { @for sentence in sentences(&STATEMENTS) { li { "☐ " (sentence) } } }
        ul { @for sentence in sentences(&MORE) { li { "☐ " (sentence) } } }
        h2 { (form.value(&Value::of(true, question))) }
        dl { (form.field(|words| words.recipient, &Value::of(true, known.recipient.as_ref()))) }
        p { (wording.shared_title) ":" }
        ul { @for part in Compartment::ALL { li { "☐ " (wording.compartment.get(part.as_str()).map_or("", String::as_str)) } } }
        p { (wording.until_withdrawn) }
        p { (wording.either_way) }
        dl {
            dt { (form.say(|words| words.answer)) }
            dd { "☐ " (form.say(|words| words.yes)) " ☐ " (form.say(|words| words.no)) }
        }
        (form.to_sign(&[|words| words.thumbprint, |words| words.giver, |words| words.interpreter, |words| words.staff, |words| words.day]))
        p.hand { "Wording " (wording.version) ", " (wording.language) ". Not yet reviewed by a lawyer or an interpreter." }
        (form.draft())
    })
}

#[cfg(test)]
mod tests {
    use super::{MORE, STATEMENTS, WORDING, Wording};
    use crate::domain::access::compartments::Compartment;
    use crate::domain::codes::ConsentPurpose;

    /// What the console reads aloud.
    const READ_ALOUD: &str = include_str!("../../../../console/consent/en.json");

    #[test]
    fn the_paper_says_what_the_console_reads_aloud() {
        assert_eq!(WORDING, READ_ALOUD, "copy console/consent/en.json");
    }

    #[test]
    fn every_statement_purpose_and_compartment_has_its_sentence() {
        let wording: Wording = serde_json::from_str(WORDING).expect("a wording");
        for key in STATEMENTS.iter().chain(&MORE) {
            assert!(wording.statement(key).is_some_and(|sentence| !sentence.is_empty()), "{key}");
        }
        assert_eq!(STATEMENTS.len() + MORE.len(), wording.ask.len() + wording.told.len() + wording.more.len(), "none is left out");
        for purpose in ConsentPurpose::ALL {
            assert!(wording.question.contains_key(purpose.as_str()), "{purpose}");
        }
        for part in Compartment::ALL {
            assert!(wording.compartment.contains_key(part.as_str()), "{part}");
        }
    }
}
