//! The name by which a list shows somebody, read without the rest of the identity.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// What a list shows of somebody who has no name yet.
const UNNAMED: &str = "Child without a name";

/// What a list reads of an identity: all of it, or no more than the name.
pub trait OfIdentity: DeserializeOwned + Default {
    /// Whether nobody knows a name of the person.
    fn is_unnamed(&self) -> bool;

    /// Shows somebody without a name to one reader by this.
    fn show_as(&mut self, name: String);
}

/// The names of somebody, as far as a list chooses among them.
#[derive(Clone, Copy, Default)]
pub struct Names<'a> {
    /// Given, middle and family name.
    pub latin: [Option<&'a str>; 3],
    /// The whole name as the person writes it.
    pub original_script: Option<&'a str>,
    /// The first other name.
    pub alias: Option<&'a str>,
}

impl Names<'_> {
    /// The name to show: as the person writes it where known, else the Latin parts, else the first alias; none where none is known.
    pub fn shown(self) -> Option<String> {
        let latin: Vec<&str> = self.latin.into_iter().flatten().collect();
        let latin = latin.join(" ");
        match (self.original_script, latin.is_empty()) {
            (Some(original), false) => Some(format!("{latin} ({original})")),
            (Some(original), true) => Some(original.to_owned()),
            (None, false) => Some(latin),
            (None, true) => self.alias.map(str::to_owned),
        }
    }

    /// Whether none of them says anything. A middle name alone is no name.
    pub fn are_missing(self) -> bool {
        let [given, _, family] = self.latin;
        [given, family, self.original_script].into_iter().flatten().all(|name| name.trim().is_empty()) && self.alias.is_none()
    }
}

/// A name to show, or what stands in its place.
pub fn or_unnamed(name: Option<String>, shown_as: Option<&str>) -> String {
    name.unwrap_or_else(|| shown_as.unwrap_or(UNNAMED).to_owned())
}

/// The name of somebody in a list.
#[derive(Default)]
pub struct ListedName {
    name: Option<String>,
    is_named: bool,
    shown_as: Option<String>,
}

impl ListedName {
    /// The name to show.
    pub fn shown(self) -> String {
        or_unnamed(self.name, self.shown_as.as_deref())
    }
}

impl OfIdentity for ListedName {
    fn is_unnamed(&self) -> bool {
        !self.is_named
    }

    fn show_as(&mut self, name: String) {
        self.shown_as = Some(name);
    }
}

/// The part of a stored identity that says the name. The rest is passed over, and nothing of it copied.
#[derive(Deserialize)]
struct Stored<'a> {
    #[serde(default, borrow)]
    given_name: Option<Text<'a>>,
    #[serde(default, borrow)]
    middle_name: Option<Text<'a>>,
    #[serde(default, borrow)]
    family_name: Option<Text<'a>>,
    #[serde(default, borrow)]
    original_script_name: Option<Text<'a>>,
    #[serde(default, borrow)]
    aliases: Option<Vec<StoredAlias<'a>>>,
}

#[derive(Deserialize)]
struct StoredAlias<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

/// A text that is borrowed unless something in it is escaped. Serde borrows no `Option<Cow<str>>`.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

fn text<'a>(text: &'a Option<Text<'_>>) -> Option<&'a str> {
    text.as_ref().map(|text| text.0.as_ref())
}

impl<'de> Deserialize<'de> for ListedName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        let names = Names {
            latin: [text(&stored.given_name), text(&stored.middle_name), text(&stored.family_name)],
            original_script: text(&stored.original_script_name),
            alias: stored.aliases.iter().flatten().next().map(|alias| alias.name.0.as_ref()),
        };
        Ok(Self { name: names.shown(), is_named: !names.are_missing(), shown_as: None })
    }
}
