//! The fault that a type finds in a value. Its text never holds the value.

use serde::de;
use std::fmt;

use crate::api::http::json::path::Path;
use crate::domain::unreadable::carried;

/// Characters of allowed values that a message has room for.
const MAX_LISTED: usize = 480;

/// The first value that a type refused. Boxed, because every step of a reading returns a fault or a value.
#[derive(Debug)]
pub struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    pointer: Option<String>,
    kind: Kind,
}

/// Why a value was refused.
#[derive(Debug)]
pub enum Kind {
    /// A reason with its code and its sentence.
    Plain(&'static str, &'static str),
    /// A field that must be there.
    Missing(&'static str),
    /// A name that the type does not have.
    UnknownField,
    /// A value outside a closed list. The first text is the code.
    Unlisted(&'static str, &'static [&'static str]),
    /// The type's own code and sentence, and an example that passes.
    Told(String, String, String),
    /// A reason in the words of a foreign type, which may repeat the value.
    Untold,
}

impl Fault {
    /// A value of another type than the one that is read.
    pub fn wrong_type(message: &'static str) -> Self {
        Kind::Plain("invalid_type", message).into()
    }

    /// Sets the place of the fault, unless a more exact one is set already.
    pub fn at(mut self, path: &Path<'_>) -> Self {
        self.0.pointer.get_or_insert_with(|| path.to_string());
        self
    }

    /// The place and the kind of the fault.
    pub fn into_parts(self) -> (String, Kind) {
        let Inner { pointer, kind } = *self.0;
        let pointer = pointer.unwrap_or_default();
        match kind {
            Kind::Missing(field) => (format!("{pointer}/{field}"), kind),
            _ => (pointer, kind),
        }
    }
}

impl Kind {
    /// The stable code and the sentence.
    pub fn told(&self) -> (&str, String) {
        match self {
            Self::Plain(code, message) => (*code, (*message).to_owned()),
            Self::Missing(_) => ("required", "is required".to_owned()),
            Self::UnknownField => ("unknown_field", "there is no such field".to_owned()),
            Self::Unlisted(code, values) => (*code, format!("must be one of: {}", listed(values))),
            Self::Told(code, message, _) => (code.as_str(), message.clone()),
            Self::Untold => ("invalid_value", "is not acceptable here".to_owned()),
        }
    }
}

/// The values with commas between them, as many as a message has room for.
fn listed(values: &[&str]) -> String {
    let mut shown = values.len();
    loop {
        let list = values.iter().take(shown).copied().collect::<Vec<_>>().join(", ");
        let text = if shown == values.len() { list } else { format!("{list} and {} more, see the API document", values.len() - shown) };
        if text.len() <= MAX_LISTED || shown == 0 {
            return text;
        }
        shown -= 1;
    }
}

impl From<Kind> for Fault {
    fn from(kind: Kind) -> Self {
        Self(Box::new(Inner { pointer: None, kind }))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind.told().0)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(text: T) -> Self {
        match carried(&text.to_string()) {
            Some((code, message, example)) => Kind::Told(code.to_owned(), message.to_owned(), example.to_owned()).into(),
            None => Kind::Untold.into(),
        }
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::wrong_type("has the wrong type")
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Kind::Plain("invalid_value", "is not acceptable here").into()
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Kind::Plain("invalid_value", "has the wrong number of entries").into()
    }

    fn unknown_variant(_: &str, values: &'static [&'static str]) -> Self {
        Kind::Unlisted("unknown_value", values).into()
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Kind::UnknownField.into()
    }

    fn missing_field(field: &'static str) -> Self {
        Kind::Missing(field).into()
    }

    fn duplicate_field(_: &'static str) -> Self {
        Kind::Plain("duplicate_field", "is given twice").into()
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn a_long_list_of_allowed_values_is_cut() {
        let of = |count: usize| Kind::Unlisted("unknown_value", vec!["abcdefghij"; count].leak()).told().1;
        assert_eq!(of(2), "must be one of: abcdefghij, abcdefghij");
        assert!(of(40).ends_with("abcdefghij"), "{}", of(40));
        assert!(of(100).ends_with("abcdefghij and 63 more, see the API document"), "{}", of(100));
        assert!(of(100).len() <= 500);
    }
}
