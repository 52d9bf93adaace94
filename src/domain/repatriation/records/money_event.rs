//! Money around a person: fees, prices, ransoms and debts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{MoneyEventKind, MoneyPayer};
use crate::domain::dates::PartialDate;
use crate::domain::money::Money;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind, check_money};
use crate::domain::text::{lines, name};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a debt or a payment around a person is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateMoneyEvent)]
pub struct MoneyEvent {
    /// Why.
    pub kind: MoneyEventKind,
    /// How much; null: not known.
    pub money: Option<Money>,
    /// On or about when.
    pub happened_on: Option<PartialDate>,
    /// Who paid, or is to pay.
    pub payer: Option<MoneyPayer>,
    /// To whom.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub paid_to: Option<String>,
    /// Whether somebody still demands it.
    #[serde(default)]
    pub still_demanded: bool,
    /// Threats, as they were heard.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub threats: Option<String>,
}

impl CaseRecord for MoneyEvent {
    const KIND: RecordKind = RecordKind::MoneyEvent;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/happened_on", self.happened_on.map(PartialDate::earliest));
        check_money(&mut checks, "/money", self.money);
        checks.found()
    }
}
