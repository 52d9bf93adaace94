//! What all papers are made of: words in two languages, values, and lines to be filled in by hand.

use maud::{Markup, html};

use crate::domain::cases::person::Identity;
use crate::domain::codes::Gender;
use crate::domain::nationality::Nationality;
use crate::domain::reporting::paper_words::{ENGLISH, Words};

/// One of the words of a paper.
pub type Word = fn(&Words) -> &'static str;

/// What stands beside a label.
pub enum Value {
    Known(String),
    /// A line to be filled in by hand.
    Unknown,
    /// The caller's grant does not open it. It is said, because an empty line would read as unknown.
    Closed,
}

impl Value {
    /// A value of a compartment that is open or not.
    pub fn of<T: ToString>(is_open: bool, value: Option<T>) -> Self {
        let known = value.map(|value| value.to_string()).filter(|text| !text.is_empty());
        match known {
            _ if !is_open => Self::Closed,
            Some(text) => Self::Known(text),
            None => Self::Unknown,
        }
    }
}

/// The languages of a paper.
#[derive(Clone, Copy)]
pub struct Form {
    beside: Option<&'static Words>,
}

impl Form {
    /// English, with another language beside it.
    pub const fn beside(words: Option<&'static Words>) -> Self {
        Self { beside: words }
    }

    /// A word in every language of the paper.
    pub fn say(self, word: Word) -> Markup {
        html! {
            (word(&ENGLISH))
            @if let Some(words) = self.beside { " " span.beside lang=(words.tag) { (word(words)) } }
        }
    }

    /// A value as it stands on the paper.
    pub fn value(self, value: &Value) -> Markup {
        html! {
            @match value {
                Value::Known(text) => bdi { (text) },
                Value::Unknown => { span.line {} (self.by_hand()) },
                Value::Closed => em { (self.say_in_line(|words| words.closed)) },
            }
        }
    }

    /// A value in a table, below which [`Self::by_hand`] says once what an empty line is.
    pub fn cell(self, value: &Value) -> Markup {
        match value {
            Value::Unknown => html! { span.line {} },
            other => self.value(other),
        }
    }

    /// Says what an empty line is.
    pub fn by_hand(self) -> Markup {
        html! { span.hand { "(" (self.say_in_line(|words| words.by_hand)) ")" } }
    }

    fn say_in_line(self, word: Word) -> Markup {
        html! {
            (word(&ENGLISH))
            @if let Some(words) = self.beside { " · " span lang=(words.tag) { (word(words)) } }
        }
    }

    /// A label and its value, in a list of them.
    pub fn field(self, label: Word, value: &Value) -> Markup {
        html! { dt { (self.say(label)) } dd dir="auto" { (self.value(value)) } }
    }

    /// Lines for signatures.
    pub fn to_sign(self, lines: &[Word]) -> Markup {
        html! { div.sign { @for line in lines { p { (self.say(*line)) span.line {} } } } }
    }

    /// Says that the words beside the English ones are a draft.
    pub fn draft(self) -> Markup {
        html! {
            @if let Some(words) = self.beside.filter(|words| words.draft.is_some()) {
                p.hand { "The words beside the English ones are a draft that no translator has reviewed." }
                p.hand lang=(words.tag) { (words.draft.unwrap_or_default()) }
            }
        }
    }

    /// What papers write for the sex, as far as the recorded gender says it.
    pub fn sex(self, gender: Gender) -> Value {
        let word: Word = match gender {
            Gender::Feminine => |words| words.female,
            Gender::Masculine => |words| words.male,
            // What stands in the person's papers is not recorded.
            _ => return Value::Unknown,
        };
        let beside = self.beside.map(|words| format!(" · {}", word(words))).unwrap_or_default();
        Value::Known(format!("{}{beside}", word(&ENGLISH)))
    }
}

/// The name as papers write it: in Latin letters and as the person writes it, else as it is shown in a list.
pub fn name(identity: &Identity) -> String {
    let latin = latin(identity);
    match &identity.original_script_name {
        Some(own) if latin.is_empty() || latin == *own => own.clone(),
        Some(own) => format!("{latin} ({own})"),
        None if latin.is_empty() => identity.display_name(),
        None => latin,
    }
}

fn latin(identity: &Identity) -> String {
    let parts = [&identity.given_name, &identity.middle_name, &identity.family_name];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// A state by its name and its code; what takes the place of one by its code, as passports print it.
pub fn nationality(nationality: Nationality) -> String {
    match nationality {
        Nationality::Of(state) => format!("{} ({state})", state.name()),
        Nationality::Special(special) => special.to_string(),
    }
}

/// A code as words.
pub fn words(code: &str) -> String {
    code.replace('_', " ")
}
