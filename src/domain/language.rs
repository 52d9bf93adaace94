//! Languages as BCP 47 tags.

use oxilangtag::LanguageTag;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::violation::invalid;

/// A language, BCP 47 (`id`, `zh-Hant-TW`, `my`), in canonical case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 2, max_length = 35, example = "zh-Hant-TW")]
pub struct Language(String);

impl Language {
    /// The tag in canonical case, if it is well formed.
    pub fn parse(tag: &str) -> Option<Self> {
        (tag.len() <= 35).then(|| LanguageTag::parse_and_normalize(tag).ok()).flatten().map(|tag| Self(tag.into_inner()))
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = String::deserialize(deserializer)?;
        Self::parse(&tag).ok_or_else(|| invalid("unknown_language", "must be a BCP 47 language tag, such as id or zh-Hant"))
    }
}
