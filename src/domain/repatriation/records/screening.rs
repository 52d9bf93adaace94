//! Screening for trafficking: what was asked and answered, and what it suggests. A human decides.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::cases::person::null_as_empty;
use crate::domain::codes::{Finding, Gender, Indicator, IndicatorAnswerValue, ScreeningInstrument, TraffickingStatus};
use crate::domain::language::Language;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// One indicator and what the person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
pub struct IndicatorAnswer {
    /// The indicator.
    pub indicator: Indicator,
    /// The answer.
    pub answer: IndicatorAnswerValue,
}

/// What a screening is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateScreening)]
pub struct Screening {
    /// The form it follows.
    pub instrument: ScreeningInstrument,
    /// When the person was screened.
    #[schema(max_length = 10)]
    pub conducted_on: NaiveDate,
    /// In which language.
    pub language: Option<Language>,
    /// Whether an interpreter was there.
    pub interpreter: bool,
    /// The gender of interpreter and interviewer that the person asked for.
    pub preferred_gender: Option<Gender>,
    /// Who asked.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub interviewer: Option<String>,
    /// The answers. Trauma blocks memory: `unknown` and `declined` are answers, and nothing follows from a missing one.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 30), nested)]
    #[schema(value_type = Option<Vec<IndicatorAnswer>>, max_items = 30)]
    pub indicators: Vec<IndicatorAnswer>,
    /// Whether somebody recruited, transported, transferred, harboured or received the person (Palermo art. 3(a), act).
    pub act: Option<Finding>,
    /// Whether by force, deception or abuse of vulnerability (means). Not needed for a child (art. 3(c)).
    pub means: Option<Finding>,
    /// Whether for exploitation (purpose).
    pub purpose: Option<Finding>,
    /// What the interviewer recommends.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    pub recommendation: Option<String>,
    /// What the answers suggest. Computed; only a status determination decides.
    #[schema(read_only)]
    pub suggested_outcome: Option<TraffickingStatus>,
}

impl CaseRecord for Screening {
    const KIND: RecordKind = RecordKind::Screening;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/conducted_on", Some(self.conducted_on));
        for (index, answer) in self.indicators.iter().enumerate() {
            let twice = self.indicators.iter().take(index).any(|earlier| earlier.indicator == answer.indicator);
            checks.refuse(twice, &format!("/indicators/{index}/indicator"), "duplicate", "is answered twice");
        }
        checks.found()
    }
}

impl Screening {
    /// What the findings, or where there are none the answers, suggest. For a child the means are irrelevant.
    pub fn suggestion(&self, is_child: bool) -> Option<TraffickingStatus> {
        let is_child = is_child || self.answered(&[Indicator::Under18]) == Some(Finding::Found);
        let act = self.act.or_else(|| self.answered(ACT));
        let means = self.means.or_else(|| self.answered(MEANS));
        let purpose = self.purpose.or_else(|| self.answered(PURPOSE));
        let needed = if is_child { vec![act, purpose] } else { vec![act, means, purpose] };
        let count = |finding| needed.iter().filter(|element| **element == Some(finding)).count();
        match () {
            () if needed.iter().all(Option::is_none) => None,
            () if count(Finding::Found) == needed.len() => Some(TraffickingStatus::Possible),
            // One element that is certainly missing makes it no trafficking; anything less certain stays presumed.
            () if count(Finding::NotFound) > 0 => Some(TraffickingStatus::NotIdentified),
            () => Some(TraffickingStatus::Presumed),
        }
    }

    /// What the answers to these indicators amount to; none where none was answered.
    fn answered(&self, indicators: &[Indicator]) -> Option<Finding> {
        let answers: Vec<IndicatorAnswerValue> =
            self.indicators.iter().filter(|given| indicators.contains(&given.indicator)).map(|given| given.answer).collect();
        match () {
            () if answers.contains(&IndicatorAnswerValue::Yes) => Some(Finding::Found),
            () if answers.is_empty() => None,
            () if answers.len() == indicators.len() && answers.iter().all(|answer| *answer == IndicatorAnswerValue::No) => {
                Some(Finding::NotFound)
            }
            () => Some(Finding::Unclear),
        }
    }
}

const ACT: &[Indicator] =
    &[Indicator::SoldOrTransferred, Indicator::ThirdPartyPaidTravel, Indicator::CoachedAtBorder, Indicator::JobDiffersFromOffer];
const MEANS: &[Indicator] = &[
    Indicator::AbuseOfVulnerability,
    Indicator::Deception,
    Indicator::RestrictionOfMovement,
    Indicator::Isolation,
    Indicator::PhysicalSexualViolence,
    Indicator::IntimidationThreats,
    Indicator::RetentionOfIdentityDocuments,
    Indicator::DebtBondage,
    Indicator::GuardedPremises,
    Indicator::PhoneConfiscated,
    Indicator::RansomDemanded,
    Indicator::WitnessedTorture,
];
const PURPOSE: &[Indicator] = &[
    Indicator::ForcedToScam,
    Indicator::WithholdingOfWages,
    Indicator::AbusiveWorkingLivingConditions,
    Indicator::ExcessiveOvertime,
    Indicator::TargetQuota,
    Indicator::PunishedForMissingQuota,
];
