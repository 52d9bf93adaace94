//! What a person was given, in cash and in kind. Never deleted: a mistake is cancelled, with a reason.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{AssistanceKind, FundingSource};
use crate::domain::money::Money;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind, check_money};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What help is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateAssistance)]
pub struct Assistance {
    /// What kind.
    pub kind: AssistanceKind,
    /// When it was given.
    #[schema(max_length = 10)]
    pub given_on: NaiveDate,
    /// What it was.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "SIM card and credit for a month")]
    pub what: Option<String>,
    /// How much; needed for `cash`.
    pub money: Option<Money>,
    /// Who pays.
    pub fund: FundingSource,
    /// Name of the fund.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "ATN")]
    pub fund_name: Option<String>,
    /// Number of the receipt.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub receipt: Option<String>,
    /// Whether the person is to pay it back.
    #[serde(default)]
    pub repayable: bool,
    /// When it was found to be a mistake. It counts no more.
    #[schema(max_length = 10)]
    pub cancelled_on: Option<NaiveDate>,
    /// Why.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub cancellation_reason: Option<String>,
}

impl CaseRecord for Assistance {
    const KIND: RecordKind = RecordKind::Assistance;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/given_on", Some(self.given_on));
        checks.past("/cancelled_on", self.cancelled_on);
        checks.ordered(Some(self.given_on), "/cancelled_on", self.cancelled_on, "must not lie before given_on");
        let is_cash = self.kind == AssistanceKind::Cash;
        checks.require(is_cash && self.money.is_none(), "/money", "say how much cash");
        checks.require(self.repayable && self.money.is_none(), "/money", "say how much is to be paid back");
        check_money(&mut checks, "/money", self.money);
        checks.require(self.cancelled_on.is_some() && self.cancellation_reason.is_none(), "/cancellation_reason", "say why");
        checks.found()
    }
}
