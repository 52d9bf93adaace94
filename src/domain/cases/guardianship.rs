//! Who decides for a child, by what right, and what the child says.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{ConsentGiver, GuardianBasis};
use crate::domain::text::lines;
use crate::domain::violation::Checks;

/// By what right somebody answers for a child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Guardianship {
    /// The legal basis.
    pub basis: GuardianBasis,
    /// The court or authority that appointed them.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub appointed_by: Option<String>,
    /// When.
    #[schema(max_length = 10)]
    pub appointed_on: Option<NaiveDate>,
    /// The paper that shows it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub document: Option<String>,
    /// Whether their interest is against the child's, as of a parent who recruited it.
    pub conflict_of_interest: bool,
}

impl Guardianship {
    /// Refuses somebody whose interest is against the child's: they can give no valid consent.
    pub fn refuse_conflict(&self, pointer: &str, checks: &mut Checks) {
        let message = "somebody whose interest is against the child's can give no valid consent";
        checks.refuse(self.conflict_of_interest, &format!("{pointer}/conflict_of_interest"), "conflict_of_interest", message);
    }

    /// What is wrong with it.
    pub fn check(&self, pointer: &str, checks: &mut Checks) {
        let field = |name: &str| format!("{pointer}/{name}");
        checks.past(&field("appointed_on"), self.appointed_on);
        checks.require(self.basis.is_appointed() && self.appointed_by.is_none(), &field("appointed_by"), "say who appointed them");
        checks.require(self.basis.is_appointed() && self.appointed_on.is_none(), &field("appointed_on"), "say when they were appointed");
    }
}

/// What a child says to something that is decided for it (CRC art. 12).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Assent {
    /// Whether the child agrees; null: too young to say.
    pub agrees: Option<bool>,
    /// When it was asked.
    #[schema(max_length = 10)]
    pub asked_on: NaiveDate,
    /// In its own words, or why it could not be asked.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub words: String,
    /// Whether it was explained in a way that fits the child's age.
    pub explained_for_age: bool,
}

impl Assent {
    /// What is wrong with it.
    pub fn check(&self, pointer: &str, checks: &mut Checks) {
        checks.past(&format!("{pointer}/asked_on"), Some(self.asked_on));
    }
}

/// What was decided for a child, by whom, and what the child says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChildDecision {
    /// Who decided; never the child alone.
    pub given_by: ConsentGiver,
    /// By what right.
    #[validate(nested)]
    pub guardianship: Guardianship,
    /// What the child says.
    #[validate(nested)]
    pub assent: Assent,
}

impl ChildDecision {
    /// What is wrong with it.
    pub fn check(&self, pointer: &str, checks: &mut Checks) {
        let is_alone = self.given_by == ConsentGiver::Person;
        checks.refuse(is_alone, &format!("{pointer}/given_by"), "child", "a parent, guardian or legal representative must decide");
        self.guardianship.check(&format!("{pointer}/guardianship"), checks);
        self.assent.check(&format!("{pointer}/assent"), checks);
    }
}
