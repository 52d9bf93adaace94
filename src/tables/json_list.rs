//! Objects in one JSON list: alone, or as the `results` of a page, as Kobo answers. They are taken one after the other, so that a file
//! is never taken apart as a whole.

use serde_json::{Map, Value};

use crate::domain::imports::grid::LONGEST_LINE;
use crate::tables::refused::Refused;

/// A list that is being read.
pub(super) struct List<'a> {
    rest: &'a str,
    is_begun: bool,
    /// Whether the page says that there is a page before or behind it.
    pub has_other_pages: bool,
}

impl<'a> List<'a> {
    /// The list in a text, if the text is one or a page with one. Objects on lines of their own are none.
    pub(super) fn find(text: &'a str) -> Result<Option<Self>, Refused> {
        let text = text.trim_start();
        match text.strip_prefix('[') {
            Some(rest) => Ok(Some(Self { rest, is_begun: false, has_other_pages: false })),
            None => Ok(Self::of_page(text)),
        }
    }

    /// `{"count": 2, "next": null, "previous": null, "results": [`: an object that counts, and whose results are a list.
    fn of_page(text: &'a str) -> Option<Self> {
        let mut rest = text.strip_prefix('{')?;
        let (mut counts, mut has_other_pages) = (false, false);
        loop {
            let (name, behind) = value(rest.trim_start()).ok()?;
            let name = name.as_str()?.to_owned();
            rest = behind.trim_start().strip_prefix(':')?.trim_start();
            if let Some(rest) = rest.strip_prefix('[').filter(|_| counts && name == "results") {
                return Some(Self { rest, is_begun: false, has_other_pages });
            }
            let (member, behind) = value(rest).ok()?;
            if member.is_object() || member.is_array() {
                return None;
            }
            counts |= name == "count" && member.is_u64();
            has_other_pages |= matches!(name.as_str(), "next" | "previous") && member.is_string();
            rest = behind.trim_start().strip_prefix(',')?;
        }
    }

    /// The next object; none at the end.
    pub(super) fn next_object(&mut self) -> Result<Option<Map<String, Value>>, Refused> {
        self.rest = self.rest.trim_start();
        if self.rest.starts_with(']') {
            return Ok(None);
        }
        if std::mem::replace(&mut self.is_begun, true) {
            self.rest = self.rest.strip_prefix(',').ok_or(Refused::NotJson)?.trim_start();
        }
        let (value, rest) = value(self.rest)?;
        self.rest = rest;
        if let Value::Object(members) = value { Ok(Some(members)) } else { Err(Refused::NotJson) }
    }
}

/// The value with which a text begins, and what follows: of a text that is cut before it is taken apart.
fn value(text: &str) -> Result<(Value, &str), Refused> {
    let mut end = text.len().min(LONGEST_LINE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let begin = text.get(..end).ok_or(Refused::NotJson)?;
    let mut values = serde_json::Deserializer::from_str(begin).into_iter::<Value>();
    let value = match values.next() {
        Some(Ok(value)) => value,
        Some(Err(error)) if error.is_eof() && end < text.len() => return Err(Refused::LineTooLong),
        Some(Err(_)) | None => return Err(Refused::NotJson),
    };
    let behind = text.get(values.byte_offset()..).ok_or(Refused::NotJson)?;
    Ok((value, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Result<Vec<String>, Refused> {
        let mut list = List::find(text)?.ok_or(Refused::NotJson)?;
        let mut names = Vec::new();
        while let Some(members) = list.next_object()? {
            names.extend(members.keys().cloned());
        }
        Ok(names)
    }

    #[test]
    fn lists_and_pages_are_told_from_objects_on_lines() {
        let page = r#"{"count": 2, "next": null, "previous": null, "results": [{"a": 1}, {"b": [2]}]}"#;
        for text in [page, r#" [ {"a": 1} , {"b": [2]} ] "#] {
            assert_eq!(names(text), Ok(vec!["a".to_owned(), "b".to_owned()]), "{text}");
        }
        for text in ["{\"a\":1}\n{\"results\":[{\"b\":1}]}\n", r#"{"results": [{"b": 1}]}"#, r#"{"a": {"count": 1}}"#] {
            assert!(List::find(text).is_ok_and(|list| list.is_none()), "{text}");
        }
        let more = page.replacen("null", "\"https://example.org/?page=2\"", 1);
        assert!(List::find(&more).is_ok_and(|list| list.is_some_and(|list| list.has_other_pages)));
    }

    #[test]
    fn what_is_no_list_of_objects_is_refused() {
        let long = format!("[{{\"a\": \"{}\"}}]", "a".repeat(LONGEST_LINE));
        for (text, refused) in [
            ("[1]", Refused::NotJson),
            ("[{\"a\": 1} {\"b\": 1}]", Refused::NotJson),
            ("[{\"a\": 1}", Refused::NotJson),
            (&long, Refused::LineTooLong),
        ] {
            assert_eq!(names(text), Err(refused));
        }
    }
}
