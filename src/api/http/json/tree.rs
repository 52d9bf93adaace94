//! The tree of a JSON text. Faults that no type can see are refused here: a name given twice, characters that no text may hold,
//! and too many levels.

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::api::http::json::path::{Path, shown};
use crate::api::http::json::reading::MAX_VIOLATIONS;
use crate::domain::text::{self, Form};
use crate::domain::violation::Violation;

/// Levels a body may be nested.
const MAX_DEPTH: usize = 32;

/// Reads a whole text. Gives the tree with further violations, or the violation that makes the text no JSON.
pub fn parse(bytes: &[u8]) -> Result<(Value, Vec<Violation>), Violation> {
    let mut found = Found::default();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let tree = Branch { found: &mut found, path: &Path::Root, depth: 0 }.deserialize(&mut deserializer);
    if found.is_too_deep {
        return Err(Violation::new("", "too_deep", "must not be nested deeper than 32 levels"));
    }
    match (tree, deserializer.end()) {
        (Ok(tree), Ok(())) => Ok((tree, found.violations)),
        _ => Err(Violation::new("", "malformed", "the body is not well-formed JSON")),
    }
}

/// Why a text is refused whatever field it is for: a code and a sentence.
pub fn unfit(text: &str) -> Option<(&'static str, &'static str)> {
    // Postgres cannot store NUL.
    if text.contains('\0') {
        return Some(("nul_character", "must not contain the NUL character"));
    }
    text::unfit(text, Form::Lines).map(|unfit| (unfit.code(), unfit.message()))
}

#[derive(Default)]
struct Found {
    violations: Vec<Violation>,
    is_too_deep: bool,
}

impl Found {
    fn refuse(&mut self, path: &Path<'_>, code: &str, message: &str) {
        if self.violations.len() < MAX_VIOLATIONS {
            self.violations.push(Violation::new(shown(&path.to_string()), code, message));
        }
    }

    /// Refuses what no text may hold, whatever field it is for. Whether it may have several lines, only its type knows.
    fn refuse_unfit(&mut self, path: &Path<'_>, text: &str) {
        if let Some((code, message)) = unfit(text) {
            self.refuse(path, code, message);
        }
    }
}

/// A part of the tree that is read next.
struct Branch<'p> {
    found: &'p mut Found,
    path: &'p Path<'p>,
    depth: usize,
}

impl Branch<'_> {
    fn deepen<E: de::Error>(&mut self) -> Result<usize, E> {
        self.found.is_too_deep = self.depth >= MAX_DEPTH;
        if self.found.is_too_deep { Err(E::custom("too deep")) } else { Ok(self.depth + 1) }
    }
}

impl<'de> DeserializeSeed<'de> for Branch<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Branch<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        // Whether a text may have marks of direction around it, only its type knows.
        self.found.refuse_unfit(self.path, text::without_marks_around(text));
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let depth = self.deepen::<A::Error>()?;
        let mut list = Vec::new();
        while let Some(item) =
            items.next_element_seed(Branch { found: &mut *self.found, path: &Path::Item(self.path, list.len()), depth })?
        {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<Value, A::Error> {
        let depth = self.deepen::<A::Error>()?;
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let path = Path::Field(self.path, &name);
            self.found.refuse_unfit(&path, &name);
            if object.contains_key(&name) {
                self.found.refuse(&path, "duplicate_field", "is given twice");
            }
            let value = fields.next_value_seed(Branch { found: &mut *self.found, path: &path, depth })?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}
