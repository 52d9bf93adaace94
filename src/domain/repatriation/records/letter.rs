//! Notes verbales and letters about a person. One letter is often about many: its reference joins their cases.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{LetterDirection, LetterKind, LetterParty};
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::{lines, name};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a letter is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateLetter)]
pub struct Letter {
    /// What kind.
    pub kind: LetterKind,
    /// Whether it went out or came in.
    pub direction: LetterDirection,
    /// Its number; the same on every case that it is about.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "NV 118/I/2026")]
    pub reference: String,
    /// Its date.
    #[schema(max_length = 10)]
    pub dated_on: NaiveDate,
    /// Who it went to, or came from.
    pub party: LetterParty,
    /// Their name; needed for `other`.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub party_name: Option<String>,
    /// What it is about.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub subject: Option<String>,
    /// When it was answered.
    #[schema(max_length = 10)]
    pub answered_on: Option<NaiveDate>,
    /// Number of the answer.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub answer_reference: Option<String>,
    /// What was answered.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub answer: Option<String>,
}

impl CaseRecord for Letter {
    const KIND: RecordKind = RecordKind::Letter;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/dated_on", Some(self.dated_on));
        checks.past("/answered_on", self.answered_on);
        checks.ordered(Some(self.dated_on), "/answered_on", self.answered_on, "must not lie before dated_on");
        let unnamed = self.party == LetterParty::Other && self.party_name.is_none();
        checks.require(unnamed, "/party_name", "say who it went to, or came from");
        let is_answered = self.answer.is_some() || self.answer_reference.is_some();
        checks.require(is_answered && self.answered_on.is_none(), "/answered_on", "say when it was answered");
        checks.found()
    }
}
