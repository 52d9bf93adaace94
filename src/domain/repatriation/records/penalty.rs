//! What the authorities of the host country ask beside the overstay fine, and a ban on entering again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{EntryBanBasis, PenaltyKind, PenaltyStatus};
use crate::domain::money::Money;
use crate::domain::text::lines;
use crate::domain::violation::Checks;

/// Penalties that one case can have.
pub const MOST_PENALTIES: u64 = 50;

/// A penalty, fee or cost beside the overstay fine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Penalty {
    /// What for.
    pub kind: PenaltyKind,
    /// How much; null: not known, which is not nothing.
    pub money: Option<Money>,
    /// By which authority.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub authority: Option<String>,
    /// When it was imposed.
    #[schema(max_length = 10)]
    pub imposed_on: Option<NaiveDate>,
    /// How far it is. Nobody leaves while one is `open`.
    pub status: PenaltyStatus,
    /// When it was paid, waived or served.
    #[schema(max_length = 10)]
    pub settled_on: Option<NaiveDate>,
    /// Number of the decision, judgment or receipt.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub reference: Option<String>,
}

impl Penalty {
    /// What is wrong with it.
    pub(super) fn check(&self, at: usize, checks: &mut Checks) {
        let field = |name: &str| format!("/penalties/{at}/{name}");
        checks.past(&field("imposed_on"), self.imposed_on);
        checks.past(&field("settled_on"), self.settled_on);
        checks.ordered(self.imposed_on, &field("settled_on"), self.settled_on, "must not lie before imposed_on");
        let is_open = self.status == PenaltyStatus::Open;
        checks.require(!is_open && self.settled_on.is_none(), &field("settled_on"), "say when it was paid, waived or served");
        checks.refuse(is_open && self.settled_on.is_some(), &field("settled_on"), "not_applicable", "an open penalty is not settled");
        let too_large = self.money.is_some_and(|money| !money.amount.is_storable());
        checks.refuse(too_large, &field("money/amount"), "too_large", "is too large");
    }

    /// Whether both speak of the same penalty, which may be further along in one of them.
    fn is_about_the_same(&self, other: &Self) -> bool {
        (self.kind, self.imposed_on, &self.reference) == (other.kind, other.imposed_on, &other.reference)
    }
}

/// The penalties of a case, with those that only a merged case knows: both were imposed on the same person.
pub(super) fn joined(own: Vec<Penalty>, others: Vec<Penalty>) -> Vec<Penalty> {
    let missing: Vec<Penalty> = others.into_iter().filter(|other| !own.iter().any(|known| known.is_about_the_same(other))).collect();
    own.into_iter().chain(missing).collect()
}

/// A ban on entering the host country again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EntryBan {
    /// Why.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
    /// How the person came before the authority; some countries ban longer who was arrested.
    pub basis: Option<EntryBanBasis>,
    /// Its first day.
    #[schema(max_length = 10)]
    pub from: Option<NaiveDate>,
    /// Its last day; null: permanent, or not known.
    #[schema(max_length = 10)]
    pub until: Option<NaiveDate>,
    /// Whether it has no end.
    #[serde(default)]
    pub permanent: bool,
    /// When it was lifted.
    #[schema(max_length = 10)]
    pub lifted_on: Option<NaiveDate>,
}

impl EntryBan {
    /// A ban of which no more is known than its last day.
    pub fn until(day: NaiveDate) -> Self {
        Self { reason: None, basis: None, from: None, until: Some(day), permanent: false, lifted_on: None }
    }

    /// What is wrong with it.
    pub(super) fn check(&self, checks: &mut Checks) {
        checks.ordered(self.from, "/entry_ban/until", self.until, "must not lie before from");
        let both = self.permanent && self.until.is_some();
        checks.refuse(both, "/entry_ban/until", "either_or", "a permanent ban has no last day");
        checks.past("/entry_ban/lifted_on", self.lifted_on);
    }
}
