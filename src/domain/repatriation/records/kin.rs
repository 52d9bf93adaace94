//! The person's family: who they are, whether they are safe, and what was said with them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::cases::phone::PhoneNumber;
use crate::domain::codes::{ContactChannel, FamilyContactInitiator, KinSafety};
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind, check_money};
use crate::domain::text::{lines, name};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What next of kin is recorded with.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateNextOfKin)]
pub struct NextOfKin {
    /// Whether they may know where the person is and how they are. With `no` they are called by nobody.
    pub is_safe: KinSafety,
    /// Name.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// What they are to the person.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "Mother")]
    pub relation: String,
    /// Phone; read only where it says its country.
    #[validate(nested)]
    pub phone: Option<PhoneNumber>,
    /// Language to speak with them.
    pub language: Option<Language>,
    /// What they may be told.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    pub may_know: Option<String>,
    /// Whether they are called in an emergency.
    #[serde(default)]
    pub is_emergency_contact: bool,
    /// On which legal basis they decide for the person, where they do.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "Guardianship order 12/2026")]
    pub decides_for_person: Option<String>,
}

impl CaseRecord for NextOfKin {
    const KIND: RecordKind = RecordKind::NextOfKin;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let is_feared = self.is_safe == KinSafety::No;
        let is_called = self.phone.as_ref().is_some_and(|phone| phone.safe);
        checks.refuse(is_feared && is_called, "/phone/safe", "contradiction", "nobody calls somebody who is not safe");
        let is_first = is_feared && self.is_emergency_contact;
        checks.refuse(is_first, "/is_emergency_contact", "contradiction", "nobody calls somebody who is not safe");
        checks.found()
    }
}

/// What a contact with the family is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateFamilyContact)]
pub struct FamilyContact {
    /// When.
    #[schema(max_length = 10)]
    pub contacted_on: NaiveDate,
    /// Who began it.
    pub initiated_by: FamilyContactInitiator,
    /// How.
    pub channel: ContactChannel,
    /// Who called or wrote, by name or office.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub caller: Option<String>,
    /// Who of the family.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub relative: Option<String>,
    /// Whether the person agreed. Needed where an organisation or a mission began it.
    pub with_consent: Option<bool>,
    /// What was said.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    pub said: Option<String>,
    /// Whether a ransom is demanded.
    #[serde(default)]
    pub ransom_demanded: bool,
    /// How much.
    pub ransom: Option<Money>,
    /// Threats, as they were heard.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub threats: Option<String>,
}

impl CaseRecord for FamilyContact {
    const KIND: RecordKind = RecordKind::FamilyContact;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/contacted_on", Some(self.contacted_on));
        let is_ours = matches!(self.initiated_by, FamilyContactInitiator::Organisation | FamilyContactInitiator::Mission);
        checks.require(is_ours && self.with_consent.is_none(), "/with_consent", "say whether the person agreed");
        let undemanded = self.ransom.is_some() && !self.ransom_demanded;
        checks.refuse(undemanded, "/ransom", "not_applicable", "no ransom is demanded");
        check_money(&mut checks, "/ransom", self.ransom);
        checks.found()
    }
}
