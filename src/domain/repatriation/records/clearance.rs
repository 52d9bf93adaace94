//! Standing with the host country's immigration authority: stay, penalties, exit permit, entry ban, detention, charges.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{BorderCrossing, ChargeStatus, ExitTrack, PenaltyStatus, VisaKind};
use crate::domain::money::Money;
use crate::domain::repatriation::records::penalty::{EntryBan, MOST_PENALTIES, Penalty, joined};
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// Standing with the immigration authority. In a patch every field is optional.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = UpdateImmigrationClearance)]
pub struct ImmigrationClearance {
    /// When the person entered the host country.
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
    /// The last day of the permitted stay. From the day after, a fine may grow.
    #[schema(max_length = 10)]
    pub stay_expired_on: Option<NaiveDate>,
    /// What the authority itself assessed, where that differs from days times rate.
    pub assessed_by_authority: Option<Money>,
    /// How far the exit permit is. `expired` is set by the system on the day after `exit_permit_valid_until`.
    #[serde(default)]
    pub exit_track: Option<ExitTrack>,
    /// Number of the exit permit.
    #[validate(length(min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50)]
    pub exit_permit_number: Option<String>,
    /// When it was granted. While it is valid no further overstay counts.
    #[schema(max_length = 10)]
    pub exit_permit_granted_on: Option<NaiveDate>,
    /// The last day on which the person may leave on it.
    #[schema(max_length = 10)]
    pub exit_permit_valid_until: Option<NaiveDate>,
    /// Until when the person may not enter again, where no more is known of the ban. What is known more goes into `entry_ban`.
    #[schema(max_length = 10)]
    pub entry_ban_until: Option<NaiveDate>,
    /// The ban on entering again. Takes the place of `entry_ban_until`.
    #[validate(nested)]
    pub entry_ban: Option<EntryBan>,
    /// What is asked beside the overstay fine. A patch replaces the whole list.
    #[serde(default)]
    #[validate(length(max = MOST_PENALTIES), nested)]
    #[schema(max_items = 50)]
    pub penalties: Vec<Penalty>,
}

impl CaseRecord for ImmigrationClearance {
    const KIND: RecordKind = RecordKind::ImmigrationClearance;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/entered_on", self.entered_on);
        checks.past("/exit_permit_granted_on", self.exit_permit_granted_on);
        checks.ordered(self.entered_on, "/stay_expired_on", self.stay_expired_on, "must not lie before entered_on");
        checks.ordered(self.entered_on, "/exit_permit_granted_on", self.exit_permit_granted_on, "must not lie before entered_on");
        let order = "must not lie before exit_permit_granted_on";
        checks.ordered(self.exit_permit_granted_on, "/exit_permit_valid_until", self.exit_permit_valid_until, order);
        let too_large = self.assessed_by_authority.is_some_and(|money| !money.amount.is_storable());
        checks.refuse(too_large, "/assessed_by_authority/amount", "too_large", "is too large");
        for (at, penalty) in self.penalties.iter().enumerate() {
            penalty.check(at, &mut checks);
        }
        if let Some(ban) = &self.entry_ban {
            ban.check(&mut checks);
            checks.refuse(self.entry_ban_until.is_some(), "/entry_ban_until", "either_or", "say it in entry_ban/until, and here null");
        }
        if self.exit_track == Some(ExitTrack::Granted) {
            checks.require(self.exit_permit_number.is_none(), "/exit_permit_number", "a permit that is granted has a number");
            checks.require(self.exit_permit_granted_on.is_none(), "/exit_permit_granted_on", "say when it was granted");
            checks.require(self.exit_permit_valid_until.is_none(), "/exit_permit_valid_until", "say until when it is valid");
            let is_over = self.exit_permit_valid_until.is_some_and(|until| until < today);
            checks.refuse(is_over, "/exit_permit_valid_until", "expired", "has passed: the permit is no longer valid");
        }
        checks.found()
    }

    fn holds_until(&self) -> Option<NaiveDate> {
        self.exit_permit_valid_until.filter(|_| self.exit_track == Some(ExitTrack::Granted))
    }
}

impl ImmigrationClearance {
    /// This one, with what it says nothing of from the one of a merged case. Names every field, so that a new one is not forgotten.
    #[must_use]
    pub fn completed_by(self, other: Self) -> Self {
        let Self {
            entered_on,
            entered_by,
            entry_point,
            visa_kind,
            stay_expired_on,
            assessed_by_authority,
            exit_track,
            exit_permit_number,
            exit_permit_granted_on,
            exit_permit_valid_until,
            entry_ban_until,
            entry_ban,
            penalties,
        } = self;
        let ban = entry_ban.is_some() || entry_ban_until.is_some();
        Self {
            entered_on: entered_on.or(other.entered_on),
            entered_by: entered_by.or(other.entered_by),
            entry_point: entry_point.or(other.entry_point),
            visa_kind: visa_kind.or(other.visa_kind),
            stay_expired_on: stay_expired_on.or(other.stay_expired_on),
            assessed_by_authority: assessed_by_authority.or(other.assessed_by_authority),
            exit_track: exit_track.or(other.exit_track),
            exit_permit_number: exit_permit_number.or(other.exit_permit_number),
            exit_permit_granted_on: exit_permit_granted_on.or(other.exit_permit_granted_on),
            exit_permit_valid_until: exit_permit_valid_until.or(other.exit_permit_valid_until),
            // Both say the same thing: what one case says of it takes the place of both.
            entry_ban_until: if ban { entry_ban_until } else { other.entry_ban_until },
            entry_ban: if ban { entry_ban } else { other.entry_ban },
            penalties: joined(penalties, other.penalties),
        }
    }

    /// Whether a penalty beside the overstay fine is open.
    pub fn has_open_penalty(&self) -> bool {
        self.penalties.iter().any(|penalty| penalty.status == PenaltyStatus::Open)
    }

    /// Whether the person may, or might, leave on this day.
    pub fn allows_exit_on(&self, day: NaiveDate) -> bool {
        match self.exit_track {
            Some(ExitTrack::NotNeeded) => true,
            Some(ExitTrack::Granted | ExitTrack::Expired) => {
                let is_in_time = self.exit_permit_granted_on.is_none_or(|granted| granted <= day);
                is_in_time && self.exit_permit_number.is_some() && self.exit_permit_valid_until.is_some_and(|until| until >= day)
            }
            _ => false,
        }
    }

    /// The day on which the exit permit stopped the overstay; none where there is none that is valid on the day.
    pub fn overstay_stopped_on(&self, day: NaiveDate) -> Option<NaiveDate> {
        let was_granted = matches!(self.exit_track, Some(ExitTrack::Granted | ExitTrack::Expired));
        let is_valid = was_granted && self.exit_permit_valid_until.is_some_and(|until| until >= day);
        self.exit_permit_granted_on.filter(|_| is_valid)
    }
}

/// What a period of detention is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateDetention)]
pub struct Detention {
    /// Where the person is, or was, held.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub facility: String,
    /// By which authority.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub authority: Option<String>,
    /// Since when.
    #[schema(max_length = 10)]
    pub since: NaiveDate,
    /// Until when; none: still held.
    #[schema(max_length = 10)]
    pub released_on: Option<NaiveDate>,
    /// Why.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: Option<String>,
    /// When it was raised with the authority that victims are not to be detained, which answers the alert.
    #[schema(max_length = 10)]
    pub non_punishment_raised_on: Option<NaiveDate>,
    /// When somebody last looked into it: visited the person, or asked for release. A week later it is due again.
    #[schema(max_length = 10)]
    pub reviewed_on: Option<NaiveDate>,
}

impl CaseRecord for Detention {
    const KIND: RecordKind = RecordKind::Detention;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/since", Some(self.since));
        checks.past("/released_on", self.released_on);
        checks.ordered(Some(self.since), "/released_on", self.released_on, "must not lie before since");
        checks.past("/non_punishment_raised_on", self.non_punishment_raised_on);
        checks.ordered(Some(self.since), "/non_punishment_raised_on", self.non_punishment_raised_on, "must not lie before since");
        checks.past("/reviewed_on", self.reviewed_on);
        checks.ordered(Some(self.since), "/reviewed_on", self.reviewed_on, "must not lie before since");
        checks.found()
    }
}

impl Detention {
    /// Whether it holds the person still, and nobody has raised that victims are not to be detained.
    pub fn needs_review(&self) -> bool {
        self.released_on.is_none() && self.non_punishment_raised_on.is_none()
    }
}

/// What a criminal charge is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateCharge)]
pub struct Charge {
    /// How far it is. A suspicion, charge or conviction of somebody who may be a victim raises a non-punishment review (ACTIP art. 14(7)).
    pub status: ChargeStatus,
    /// What the person is charged with.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub offence: String,
    /// By which authority.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub authority: Option<String>,
    /// Since when.
    #[schema(max_length = 10)]
    pub since: NaiveDate,
    /// When the non-punishment principle was raised with the authority, which answers the alert.
    #[schema(max_length = 10)]
    pub non_punishment_raised_on: Option<NaiveDate>,
}

impl CaseRecord for Charge {
    const KIND: RecordKind = RecordKind::Charge;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/since", Some(self.since));
        checks.past("/non_punishment_raised_on", self.non_punishment_raised_on);
        checks.ordered(Some(self.since), "/non_punishment_raised_on", self.non_punishment_raised_on, "must not lie before since");
        checks.found()
    }
}

impl Charge {
    /// Whether it punishes, or may punish, the person, and nobody has raised that victims are not to be punished.
    pub fn needs_review(&self) -> bool {
        let punishes = match self.status {
            // A conviction can be set aside after the sentence was served, too.
            ChargeStatus::Suspected | ChargeStatus::Charged | ChargeStatus::Convicted | ChargeStatus::SentenceServed => true,
            ChargeStatus::ChargesDroppedNonPunishment | ChargeStatus::Acquitted | ChargeStatus::Pardoned => false,
        };
        punishes && self.non_punishment_raised_on.is_none()
    }
}
