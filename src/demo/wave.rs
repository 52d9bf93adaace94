//! The wave of January 2026: 3,167 people walk into the Indonesian embassy in Phnom Penh within 18 days. The numbers were
//! published, the people are invented. The wave is played over the days before today, so that deadlines fall due now.

use chrono::{Days, NaiveDate};

use crate::db::cases::register::NewCase;
use crate::demo::journey::Journey;
use crate::demo::people::{Draft, Registrar};
use crate::demo::wave_names::ORIGINS;
use crate::demo::wave_plan::{Plan, WAVE_DAYS, plans};
use crate::demo::{pick, story};
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::PartialDate;
use crate::domain::nationalities::ClaimedNationalities;

/// The published operation that the people of the wave come from.
pub(in crate::demo) const OPERATION: &str = "KH-2026-01-RELEASE";
const COMPOUNDS: &[&str] = &["KH-PHNOM-PENH-2025", "KH-SIHANOUKVILLE-2025", "KH-SIHANOUKVILLE-2025", "KH-XINSHAN", "KH-POIPET-2025"];
const EXITS: &[ExitMode] = &[
    ExitMode::ReleasedByOperator,
    ExitMode::Escaped,
    ExitMode::AbandonedByOperator,
    ExitMode::ReleasedByOperator,
    ExitMode::RescuedByRaid,
];
const GENDERS: &[Gender] =
    &[Gender::Masculine, Gender::Masculine, Gender::Feminine, Gender::Masculine, Gender::Masculine, Gender::Feminine, Gender::Masculine];
/// The findings of the embassy's screening.
const FINDINGS: &[TraffickingStatus] = &[
    TraffickingStatus::Presumed,
    TraffickingStatus::Possible,
    TraffickingStatus::Presumed,
    TraffickingStatus::NotIdentified,
    TraffickingStatus::Possible,
    TraffickingStatus::Presumed,
    TraffickingStatus::Presumed,
];
/// The first number of the people of the wave, after those of all other people.
const FIRST_NUMBER: u32 = 1_000;
/// One in this many of the people who were screened and not yet contacted is in custody.
const IN_CUSTODY: u32 = 100;
/// One in this many of the same people is charged.
const CHARGED: u32 = 150;

/// A person of the wave.
#[derive(Clone)]
pub struct WavePerson {
    /// Position among all invented people.
    pub number: u32,
    /// The days on which each step happens.
    pub plan: Plan,
    /// The first day of the wave.
    pub(super) first_day: NaiveDate,
    /// Whether the person is a child, or may be one.
    pub is_child: bool,
    /// In the custody of the immigration police.
    pub(super) in_custody: bool,
    /// Charged with a crime.
    pub(super) is_charged: bool,
    /// The compound the person comes from.
    pub(super) compound_reference: &'static str,
    /// The case to register; its compound and operation are filled in at registration.
    pub new_case: NewCase,
}

impl WavePerson {
    /// The day this many days after the first one.
    pub(super) fn day(&self, later: u32) -> NaiveDate {
        self.first_day.checked_add_days(Days::new(later.into())).unwrap_or(self.first_day)
    }

    /// The day this many days after the wave.
    pub(super) fn after_the_wave(&self, days: u32) -> NaiveDate {
        self.day(WAVE_DAYS + days)
    }

    /// Whether anything happens on a day after registration.
    pub fn acts_on(&self, day: u32) -> bool {
        self.plan.days().any(|planned| planned == day)
    }
}

/// All people, in the order of registration, for a wave that ended yesterday.
pub fn wave(today: NaiveDate) -> Vec<WavePerson> {
    let first_day = today.checked_sub_days(Days::new(WAVE_DAYS.into())).unwrap_or(today);
    (FIRST_NUMBER..).zip(plans()).filter_map(|(number, plan)| person(number, plan, first_day)).collect()
}

/// One person; none only if a list above is empty, which a test would find.
fn person(number: u32, plan: Plan, first_day: NaiveDate) -> Option<WavePerson> {
    let registered_on = first_day.checked_add_days(Days::new(plan.registered.into()))?;
    let draft = Draft {
        number,
        origin: pick(ORIGINS, number)?,
        gender: pick(GENDERS, number)?,
        is_minor: number % 50 == 13,
        registrar: Registrar::IndonesianEmbassy,
        journey: if plan.screened.is_some() { Journey::Screened } else { Journey::StaysRegistered },
        today: registered_on,
    };
    let waits = plan.screened.is_some() && plan.contacted.is_none();
    let in_custody = waits && number.is_multiple_of(IN_CUSTODY);
    let is_charged = waits && number % CHARGED == 1;
    let contents = story::contents(&draft);
    let is_child = contents.identity.as_ref().and_then(|identity| identity.is_child(registered_on)) == Some(true);
    let finding = pick(FINDINGS, number).filter(|_| plan.screened.is_some());
    let new_case = NewCase {
        person_id: None,
        previous_case_id: None,
        child_of: None,
        host_country: Country::parse("KHM")?,
        intake_channel: IntakeChannel::WalkInEmbassy,
        claimed: ClaimedNationalities::parse("IDN"),
        gender: draft.gender,
        risk_level: story::risk_level(&draft),
        exit_mode: pick(EXITS, number),
        exited_on: registered_on.checked_sub_days(Days::new((1 + number % 6).into())).map(PartialDate::from),
        trafficking_status: if is_charged { TraffickingStatus::Possible } else { finding.unwrap_or(TraffickingStatus::Unscreened) },
        immigration_status: if in_custody { ImmigrationStatus::Detained } else { story::immigration_status(&draft) },
        screening_skipped: None,
        compound_id: None,
        operation_id: None,
        contents,
    };
    let compound_reference = pick(COMPOUNDS, number)?;
    Some(WavePerson { number, plan, first_day, is_child, in_custody, is_charged, compound_reference, new_case })
}

#[cfg(test)]
mod tests;
