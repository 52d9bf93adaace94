//! An earlier host country on the road of a person: many a road leads through two states, each with its own permits and fines.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{BorderCrossing, ImmigrationStatus, VisaKind};
use crate::domain::country::Country;
use crate::domain::lists::null_as_empty;
use crate::domain::money::Money;
use crate::domain::repatriation::records::clearance::ImmigrationClearance;
use crate::domain::repatriation::records::penalty::{EntryBan, MOST_PENALTIES, Penalty};
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What an earlier host country is recorded with. The present one is the `host_country` of the case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateHostEpisode)]
pub struct HostEpisode {
    /// The country.
    pub country: Country,
    /// When the person entered it.
    #[schema(max_length = 10)]
    pub entered_on: Option<NaiveDate>,
    /// How.
    pub entered_by: Option<BorderCrossing>,
    /// Where.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub entry_point: Option<String>,
    /// On what.
    pub visa_kind: Option<VisaKind>,
    /// The last day of the permitted stay.
    #[schema(max_length = 10)]
    pub stay_expired_on: Option<NaiveDate>,
    /// Standing with its immigration authority.
    pub immigration_status: Option<ImmigrationStatus>,
    /// When the person left it.
    #[schema(max_length = 10)]
    pub left_on: Option<NaiveDate>,
    /// How.
    pub left_by: Option<BorderCrossing>,
    /// What was still owed of the overstay fine then; null: not known, which is not nothing.
    pub fine_left: Option<Money>,
    /// The other penalties there.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = MOST_PENALTIES), nested)]
    #[schema(value_type = Option<Vec<Penalty>>, max_items = 50)]
    pub penalties: Vec<Penalty>,
    /// The ban on entering it again.
    #[validate(nested)]
    pub entry_ban: Option<EntryBan>,
    /// When it was found to be a mistake. What the move there set aside counts again.
    #[schema(max_length = 10)]
    pub cancelled_on: Option<NaiveDate>,
    /// Why.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub cancellation_reason: Option<String>,
}

impl CaseRecord for HostEpisode {
    const KIND: RecordKind = RecordKind::HostEpisode;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/entered_on", self.entered_on);
        checks.past("/left_on", self.left_on);
        checks.past("/cancelled_on", self.cancelled_on);
        checks.ordered(self.entered_on, "/left_on", self.left_on, "must not lie before entered_on");
        checks.ordered(self.entered_on, "/stay_expired_on", self.stay_expired_on, "must not lie before entered_on");
        let too_large = self.fine_left.is_some_and(|money| !money.amount.is_storable());
        checks.refuse(too_large, "/fine_left/amount", "too_large", "is too large");
        for (at, penalty) in self.penalties.iter().enumerate() {
            penalty.check(at, &mut checks);
        }
        if let Some(ban) = &self.entry_ban {
            ban.check(&mut checks);
        }
        checks.require(self.cancelled_on.is_some() && self.cancellation_reason.is_none(), "/cancellation_reason", "say why");
        checks.found()
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled_on.is_some()
    }
}

/// How a person went on to another country.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crossing {
    /// When they left.
    pub left_on: Option<NaiveDate>,
    /// How they left.
    pub left_by: Option<BorderCrossing>,
}

impl HostEpisode {
    /// The host country that the person leaves now, with what is recorded of their standing there.
    pub fn left(
        country: Country,
        crossing: Crossing,
        status: ImmigrationStatus,
        standing: ImmigrationClearance,
        fine_left: Option<Money>,
    ) -> Self {
        let until_only = standing.entry_ban_until.map(EntryBan::until);
        Self {
            country,
            entered_on: standing.entered_on,
            entered_by: standing.entered_by,
            entry_point: standing.entry_point,
            visa_kind: standing.visa_kind,
            stay_expired_on: standing.stay_expired_on,
            immigration_status: Some(status),
            left_on: crossing.left_on,
            left_by: crossing.left_by,
            fine_left,
            penalties: standing.penalties,
            entry_ban: standing.entry_ban.or(until_only),
            cancelled_on: None,
            cancellation_reason: None,
        }
    }
}
