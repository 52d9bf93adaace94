//! The chain that led into the compound, link by link (class E): whoever reads it knows whom the person can name.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::ChainRole;
use crate::domain::country::Country;
use crate::domain::money::Money;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind, check_money};
use crate::domain::text::{copied, lines, name};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a link of the chain is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateRecruiter)]
pub struct Recruiter {
    /// Place in the chain: 1 is who spoke to the person first.
    #[validate(range(min = 1, max = 99))]
    #[schema(minimum = 1, maximum = 99)]
    pub position: u8,
    /// What they did.
    pub role: ChainRole,
    /// Name; one of name, alias, handle and phone is needed.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// What they are called.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub alias: Option<String>,
    /// Name in a chat or network, with the network.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Telegram @goodjobs")]
    pub handle: Option<String>,
    /// Phone, as written. Never called.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    pub phone: Option<String>,
    /// Bank account or wallet.
    #[serde(default, deserialize_with = "copied")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub account: Option<String>,
    /// Route on this part of the way.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    pub route: Option<String>,
    /// Who paid them.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub paid_by: Option<String>,
    /// How much.
    pub paid: Option<Money>,
    /// Where they work or met the person.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub place: Option<String>,
    /// In which country.
    pub country: Option<Country>,
}

impl CaseRecord for Recruiter {
    const KIND: RecordKind = RecordKind::Recruiter;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let is_nobody = [&self.name, &self.alias, &self.handle, &self.phone].into_iter().all(Option::is_none);
        checks.require(is_nobody, "/name", "give a name, an alias, a handle or a phone");
        check_money(&mut checks, "/paid", self.paid);
        checks.found()
    }
}
