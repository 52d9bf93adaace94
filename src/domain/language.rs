//! Languages as BCP 47 tags.

use oxilangtag::LanguageTag;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::domain::unreadable::invalid;

/// A language, BCP 47 (`id`, `zh-Hant-TW`, `my`), in canonical case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(
    value_type = String,
    min_length = 2,
    max_length = 35,
    pattern = "^(([A-Za-z]{2,3}(-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(-[0-9A-WY-Za-wy-z](-[A-Za-z0-9]{2,8})+)*(-[xX](-[A-Za-z0-9]{1,8})+)?|[xX](-[A-Za-z0-9]{1,8})+)$",
    example = "zh-Hant-TW"
)]
pub struct Language(String);

impl Language {
    /// The tag in canonical case, if it is well formed.
    pub fn parse(tag: &str) -> Option<Self> {
        (tag.len() <= 35).then(|| LanguageTag::parse_and_normalize(tag).ok()).flatten().map(|tag| Self(tag.into_inner()))
    }

    /// The language itself, without script and region: `zh` of `zh-Hant-TW`.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = String::deserialize(deserializer)?;
        Self::parse(&tag).ok_or_else(|| invalid("unknown_language", "must be a BCP 47 language tag, such as id or zh-Hant", "id"))
    }
}
