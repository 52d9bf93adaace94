//! The one deserialiser that every body and query is read through: a place in a tree that knows where it is. It is one concrete
//! type, because a generic one would compile every type that is read once more for each format.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::map::Iter;
use serde_json::{Map, Value};

use crate::api::http::json::fault::{Fault, Kind};
use crate::api::http::json::path::Path;
use crate::api::http::json::reading::{Reading, StandIn};
use crate::domain::text::{self, COPIED, Form, NAME, SEVERAL_LINES, Unfit, unfit_in_name, without_marks_around};

type Result<T> = std::result::Result<T, Fault>;

/// The value that is read at a place.
#[derive(Clone, Copy)]
pub enum Node<'p> {
    /// The value that was sent.
    Given(&'p Value),
    /// A value that passes, in place of one that is refused already.
    StandIn(&'p StandIn),
}

impl Node<'_> {
    /// The fault of a code that has marks of direction around it: whoever copied it sees nothing wrong with it.
    fn told(self, fault: Fault) -> Fault {
        match self {
            Node::Given(Value::String(text)) if without_marks_around(text) != text => {
                Kind::Plain(Unfit::Direction.code(), "has invisible marks of direction around it, as telephones put them: take them out")
                    .into()
            }
            _ => fault,
        }
    }
}

/// A place in the tree.
pub struct Place<'p> {
    /// The value that is read there.
    pub node: Node<'p>,
    /// Where it is.
    pub path: &'p Path<'p>,
    /// The form that a text there has.
    pub form: Form,
    /// The reading it is part of.
    pub reading: &'p Reading,
}

impl<'p> Place<'p> {
    /// A place that holds one line, unless its type says otherwise.
    pub fn new(node: Node<'p>, path: &'p Path<'p>, reading: &'p Reading) -> Self {
        Self { node, path, form: Form::Line, reading }
    }

    /// A text of the form that the place has. What else no text may hold was looked at when the tree was made.
    fn fit(&self, text: &'p str) -> Result<&'p str> {
        let inside = without_marks_around(text);
        let has_break = self.form.is_line() && text.contains(['\n', '\r', '\t', '\u{2028}', '\u{2029}']);
        let unfit = match self.form {
            _ if has_break => Some(Unfit::LineBreak),
            Form::Name => unfit_in_name(text),
            Form::Line | Form::Lines | Form::Copied => None,
        };
        if unfit.is_none() && self.form == Form::Copied {
            return Ok(inside);
        }
        // What the tree let pass, because it may have been copied.
        let unfit = unfit.or_else(|| if inside == text { None } else { text::unfit(text, self.form) });
        unfit.map_or(Ok(text), |unfit| Err(Kind::Plain(unfit.code(), unfit.message()).into()))
    }

    fn text(&self, message: &'static str) -> Result<&'p str> {
        match self.node {
            Node::Given(Value::String(text)) => self.fit(text),
            Node::StandIn(stand_in) => Ok(stand_in.text()),
            Node::Given(_) => Err(Fault::wrong_type(message)),
        }
    }

    /// A value that a query can only give as text.
    fn scalar<T: std::str::FromStr>(&self, of: impl Fn(&Value) -> Option<T>, stand_in: T, message: &'static str) -> Result<T> {
        match self.node {
            Node::StandIn(_) => Ok(stand_in),
            Node::Given(Value::String(text)) if self.reading.is_query() => {
                text.parse().map_err(|_| Kind::Plain("invalid_value", message).into())
            }
            Node::Given(value) => of(value).ok_or_else(|| Fault::wrong_type(message)),
        }
    }

    fn whole_number(&self) -> Result<i128> {
        let of = |value: &Value| value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from));
        self.scalar(of, 1, "must be a whole number")
    }

    fn fields(&self) -> Result<Fields<'p>> {
        match self.node {
            Node::Given(Value::Object(fields)) => Ok(Fields::of(Some(fields), self.path, self.reading)),
            Node::StandIn(_) => Ok(Fields::of(None, self.path, self.reading)),
            Node::Given(_) => Err(Fault::wrong_type("must be an object")),
        }
    }

    fn items(&self) -> Result<Items<'p>> {
        match self.node {
            Node::Given(Value::Array(items)) => Ok(Items { items, at: 0, path: self.path, reading: self.reading }),
            Node::StandIn(_) => Ok(Items { items: &[], at: 0, path: self.path, reading: self.reading }),
            Node::Given(_) => Err(Fault::wrong_type("must be a list")),
        }
    }
}

/// Each method calls the visitor for the one form that the type can have, so that no other form is compiled.
impl<'de> Deserializer<'de> for Place<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.node {
            Node::Given(Value::Null) | Node::StandIn(_) => visitor.visit_unit(),
            Node::Given(Value::Bool(value)) => visitor.visit_bool(*value),
            Node::Given(Value::Number(number)) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(value), ..) => visitor.visit_u64(value),
                (_, Some(value), _) => visitor.visit_i64(value),
                (.., value) => visitor.visit_f64(value.unwrap_or_default()),
            },
            Node::Given(Value::String(text)) => visitor.visit_str(self.fit(text)?),
            Node::Given(Value::Array(_)) => visitor.visit_seq(self.items()?),
            Node::Given(Value::Object(_)) => visitor.visit_map(self.fields()?),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_bool(self.scalar(Value::as_bool, false, "must be true or false")?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let number = self.whole_number()?;
        match i64::try_from(number) {
            Ok(number) => visitor.visit_i64(number),
            Err(_) => visitor.visit_u64(u64::try_from(number).map_err(|_| Kind::Plain("invalid_value", "is not acceptable here"))?),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_f64(self.scalar(Value::as_f64, 1.0, "must be a number")?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_str(self.text("must be text")?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.node {
            Node::Given(Value::Null) | Node::StandIn(StandIn::Nothing) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        let form = match name {
            SEVERAL_LINES => Form::Lines,
            NAME => Form::Name,
            COPIED => Form::Copied,
            _ => self.form,
        };
        visitor.visit_newtype_struct(Self { form, ..self })
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_seq(self.items()?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_map(self.fields()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        visitor.visit_map(self.fields()?)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, values: &'static [&'static str], visitor: V) -> Result<V::Value> {
        let text = match self.node {
            Node::Given(Value::String(text)) => text.as_str(),
            Node::StandIn(_) => values.first().copied().unwrap_or_default(),
            Node::Given(_) => return Err(Kind::Unlisted("invalid_type", values).into()),
        };
        visitor.visit_enum(named(text))
    }

    /// A field that the type does not know: noted, and refused when the rest is read.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.reading.note_unknown(self.path);
        visitor.visit_unit()
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    forward_to_deserialize_any! { char bytes byte_buf unit unit_struct tuple tuple_struct identifier }
}

fn named(text: &str) -> StrDeserializer<'_, Fault> {
    text.into_deserializer()
}

/// The fields of an object, followed by the missing ones that have a stand-in.
struct Fields<'p> {
    given: Option<Iter<'p>>,
    lacking: std::vec::IntoIter<&'static str>,
    next: Option<(&'p str, Node<'p>)>,
    path: &'p Path<'p>,
    reading: &'p Reading,
}

impl<'p> Fields<'p> {
    fn of(fields: Option<&'p Map<String, Value>>, path: &'p Path<'p>, reading: &'p Reading) -> Self {
        let lacking = reading.lacking_at(path, fields).into_iter();
        Self { given: fields.map(Map::iter), lacking, next: None, path, reading }
    }

    /// Goes to the next field that is to be read.
    fn step(&mut self) -> Option<&'p str> {
        loop {
            let (name, value) = match self.given.as_mut().and_then(Iter::next) {
                Some((name, value)) => (name.as_str(), Some(value)),
                None => (self.lacking.next()?, None),
            };
            let stand_in = self.reading.stand_in(&Path::Field(self.path, name));
            let node = match (stand_in, value) {
                (Some(StandIn::LeftOut), _) | (None, None) => continue,
                (Some(stand_in), _) => Node::StandIn(stand_in),
                (None, Some(value)) => Node::Given(value),
            };
            self.next = Some((name, node));
            return Some(name);
        }
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some(name) = self.step() else { return Ok(None) };
        seed.deserialize(named(name)).map(Some).map_err(|fault| fault.at(&Path::Field(self.path, name)))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        let (name, node) = self.next.take().ok_or(Kind::Untold)?;
        let path = Path::Field(self.path, name);
        seed.deserialize(Place::new(node, &path, self.reading)).map_err(|fault| node.told(fault).at(&path))
    }
}

/// The items of a list.
struct Items<'p> {
    items: &'p [Value],
    at: usize,
    path: &'p Path<'p>,
    reading: &'p Reading,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(given) = self.items.get(self.at) else { return Ok(None) };
        let path = Path::Item(self.path, self.at);
        self.at += 1;
        let node = self.reading.stand_in(&path).map_or(Node::Given(given), Node::StandIn);
        seed.deserialize(Place::new(node, &path, self.reading)).map(Some).map_err(|fault| node.told(fault).at(&path))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.at)
    }
}
