//! What is wrong with one field of an input: a stable code and a sentence, never the value itself.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::dates::Timestamp;
use crate::domain::zones::Today;

/// Nothing that is recorded happened before this year.
const EARLIEST_YEAR: i32 = 1900;

/// One thing wrong with the input, at one place. The offending value is never repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Violation {
    /// Where: a JSON Pointer into the body (RFC 6901, `/identity/birth_date`), or the name of a query parameter or header.
    #[schema(max_length = 300, example = "/identity/birth_date")]
    pub pointer: String,
    /// Stable code for programs, such as `too_long`.
    #[schema(max_length = 60, example = "date_in_future")]
    pub code: String,
    /// A sentence for people, in English.
    #[schema(max_length = 500, example = "must not lie in the future")]
    pub message: String,
}

impl Violation {
    /// A violation at a pointer.
    pub fn new(pointer: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.to_owned(), message: message.into() }
    }
}

/// Collects what is wrong with an input, most of which is about days.
pub struct Checks {
    today: Today,
    found: Vec<Violation>,
}

impl Checks {
    /// Checks made on this day.
    pub fn on(today: Today) -> Self {
        Self { today, found: Vec::new() }
    }

    /// What was found.
    pub fn found(self) -> Vec<Violation> {
        self.found
    }

    /// Something that must not be.
    pub fn refuse(&mut self, wrong: bool, pointer: &str, code: &str, message: &str) {
        if wrong {
            self.found.push(Violation::new(pointer, code, message));
        }
    }

    /// A field that must be there.
    pub fn require(&mut self, missing: bool, pointer: &str, message: &str) {
        self.refuse(missing, pointer, "required", message);
    }

    /// A list that says each thing once: one that says it twice was put together by mistake.
    pub fn distinct<T: PartialEq>(&mut self, pointer: &str, list: &[T]) {
        for (at, item) in list.iter().enumerate() {
            let is_repeated = list.iter().take(at).any(|before| before == item);
            self.refuse(is_repeated, &format!("{pointer}/{at}"), "duplicate", "is already in the list");
        }
    }

    /// A day within what anybody alive can tell of.
    pub fn within_memory(&mut self, pointer: &str, day: Option<NaiveDate>) {
        self.refuse(day.is_some_and(|day| day.year() < EARLIEST_YEAR), pointer, "date_too_early", "must not lie before 1900");
    }

    /// A day on which something happened: not in the future, and within what anybody alive can tell of.
    pub fn past(&mut self, pointer: &str, day: Option<NaiveDate>) {
        self.within_memory(pointer, day);
        self.refuse(day.is_some_and(|day| day > self.today), pointer, "date_in_future", "must not lie in the future");
    }

    /// A moment at which something ends: not on a past day.
    pub fn not_over(&mut self, pointer: &str, ends_at: Option<Timestamp>) {
        let is_over = ends_at.is_some_and(|at| self.today.day_of(at) < self.today);
        self.refuse(is_over, pointer, "date_in_past", "must not lie in the past");
    }

    /// Two days, or moments, of which the second must not lie before the first.
    pub fn ordered<T: PartialOrd>(&mut self, earlier: Option<T>, pointer: &str, later: Option<T>, message: &str) {
        let wrong = matches!((earlier, later), (Some(earlier), Some(later)) if later < earlier);
        self.refuse(wrong, pointer, "out_of_order", message);
    }
}
