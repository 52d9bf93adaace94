//! The place in a tree where a reader is.

use std::fmt;

/// The way from the root to a place. It lives on the stack of the reader; shown, it is a JSON Pointer (RFC 6901).
pub enum Path<'p> {
    /// The whole document.
    Root,
    /// A field of an object.
    Field(&'p Path<'p>, &'p str),
    /// An item of a list.
    Item(&'p Path<'p>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(parent, name) => write!(f, "{parent}/{}", name.replace('~', "~0").replace('/', "~1")),
            Self::Item(parent, at) => write!(f, "{parent}/{at}"),
        }
    }
}

/// A pointer that is safe to show: names that are no field names of this API are left out.
pub fn shown(pointer: &str) -> String {
    pointer.split('/').skip(1).map(|part| format!("/{}", safe_name(part))).collect()
}

/// A field name, or a position in a list, that is safe to repeat: it looks like a field name of this API. Any other text could be
/// a person's name or number.
fn safe_name(name: &str) -> &str {
    let is_place = name.len() <= 4 && name.bytes().all(|byte| byte.is_ascii_digit());
    let is_word = name.len() <= 40
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_place || is_word { name } else { "…" }
}
