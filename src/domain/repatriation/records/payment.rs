//! Waivers of, settlements of, and payments towards, the overstay fine. Neither is ever deleted: a mistake is cancelled, with a reason.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{FundingSource, WaiverReason, WaiverStatus};
use crate::domain::money::{Amount, Money, Percent};
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a waiver is recorded with: a part in a hundred of the fine as it grows, or an amount.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateFineWaiver)]
pub struct FineWaiver {
    /// What the authority said. Only what is granted counts; with `deportation_without_payment` or `served_in_detention` as settled, not
    /// waived.
    pub status: WaiverStatus,
    /// Why.
    pub reason: WaiverReason,
    /// The part that is waived; before the authority decided, the part that is asked for.
    pub percent: Option<Percent>,
    /// The part that was asked for. Kept by itself from what was requested.
    pub requested_percent: Option<Percent>,
    /// The amount that is waived, instead of a part.
    pub amount: Option<Money>,
    /// When it was asked for.
    #[schema(max_length = 10)]
    pub requested_on: Option<NaiveDate>,
    /// When the authority decided.
    #[schema(max_length = 10)]
    pub decided_on: Option<NaiveDate>,
    /// Which authority.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub decided_by: Option<String>,
    /// Reference of the decision.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub reference: Option<String>,
    /// For `cancelled`: why.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub cancellation_reason: Option<String>,
}

impl CaseRecord for FineWaiver {
    const KIND: RecordKind = RecordKind::FineWaiver;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/requested_on", self.requested_on);
        checks.past("/decided_on", self.decided_on);
        checks.ordered(self.requested_on, "/decided_on", self.decided_on, "must not lie before requested_on");
        checks.refuse(self.percent.is_some() == self.amount.is_some(), "/percent", "either_or", "give either percent or amount");
        let is_nothing = self.amount.is_some_and(|money| money.amount.is_zero());
        checks.refuse(is_nothing, "/amount/amount", "invalid_amount", "must be greater than zero");
        let is_decided = matches!(self.status, WaiverStatus::Granted | WaiverStatus::Refused);
        checks.require(is_decided && self.decided_on.is_none(), "/decided_on", "say when the authority decided");
        let is_settled = self.status == WaiverStatus::Granted && self.reason.settles_without_relief();
        let unnamed = is_settled && self.reference.is_none();
        checks.require(unnamed, "/reference", "say under which reference the deportation or the detention settled it");
        let is_cancelled = self.status == WaiverStatus::Cancelled;
        checks.require(is_cancelled && self.cancellation_reason.is_none(), "/cancellation_reason", "say why");
        checks.found()
    }
}

/// What a payment is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateFinePayment)]
pub struct FinePayment {
    /// How much.
    pub money: Money,
    /// Who paid.
    pub payer: FundingSource,
    /// When.
    #[schema(max_length = 10)]
    pub paid_on: NaiveDate,
    /// Number of the receipt.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub receipt: Option<String>,
    /// When it was found to be a mistake. It counts no more.
    #[schema(max_length = 10)]
    pub cancelled_on: Option<NaiveDate>,
    /// Why.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub cancellation_reason: Option<String>,
}

impl CaseRecord for FinePayment {
    const KIND: RecordKind = RecordKind::FinePayment;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/paid_on", Some(self.paid_on));
        checks.past("/cancelled_on", self.cancelled_on);
        checks.ordered(Some(self.paid_on), "/cancelled_on", self.cancelled_on, "must not lie before paid_on");
        checks.refuse(self.money.amount.is_zero(), "/money/amount", "invalid_amount", "must be greater than zero");
        checks.require(self.cancelled_on.is_some() && self.cancellation_reason.is_none(), "/cancellation_reason", "say why");
        checks.found()
    }
}

impl FinePayment {
    /// What it counts.
    pub fn counted(&self) -> Amount {
        if self.cancelled_on.is_some() { Amount::ZERO } else { self.money.amount }
    }
}
