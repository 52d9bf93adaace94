//! By what right somebody answers for a child.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::GuardianBasis;
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
    /// What is wrong with it.
    pub fn check(&self, pointer: &str, checks: &mut Checks) {
        let field = |name: &str| format!("{pointer}/{name}");
        checks.past(&field("appointed_on"), self.appointed_on);
        checks.require(self.basis.is_appointed() && self.appointed_by.is_none(), &field("appointed_by"), "say who appointed them");
        checks.require(self.basis.is_appointed() && self.appointed_on.is_none(), &field("appointed_on"), "say when they were appointed");
    }
}
