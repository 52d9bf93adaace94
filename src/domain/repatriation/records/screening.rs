//! Screening for trafficking: what was asked and answered, and what it suggests. A human decides.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{Finding, Gender, Indicator, IndicatorAnswerValue, ScreeningInstrument, TraffickingStatus};
use crate::domain::language::Language;
use crate::domain::lists::null_as_empty;
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
    /// What the answers suggest: `possible` asks to assess further. Computed; only a status determination decides.
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
        let is_child = is_child || self.said_yes(|indicator| indicator == Indicator::Under18);
        let act = self.act.or_else(|| self.answered(Element::Act));
        let means = self.means.or_else(|| self.answered(Element::Means));
        let purpose = self.purpose.or_else(|| self.answered(Element::Purpose));
        let needed = if is_child { vec![act, purpose] } else { vec![act, means, purpose] };
        let count = |finding| needed.iter().filter(|element| **element == Some(finding)).count();
        match () {
            () if needed.iter().all(Option::is_none) => None,
            // Act, means and purpose: reasonable grounds.
            () if count(Finding::Found) == needed.len() => Some(TraffickingStatus::Presumed),
            // One element that is certainly missing makes it no trafficking, unless the person was coerced: then somebody looks again.
            () if count(Finding::NotFound) > 0 && !self.finds_coercion() => Some(TraffickingStatus::NotIdentified),
            () => Some(TraffickingStatus::Possible),
        }
    }

    /// Whether the person was coerced or exploited: by an answer, or by what the interviewer found.
    fn finds_coercion(&self) -> bool {
        [self.means, self.purpose].contains(&Some(Finding::Found)) || self.said_yes(Indicator::is_grave)
    }

    fn said_yes(&self, is_asked: impl Fn(Indicator) -> bool) -> bool {
        self.indicators.iter().any(|given| given.answer == IndicatorAnswerValue::Yes && is_asked(given.indicator))
    }

    /// What the answers about one element amount to; none where none was answered.
    fn answered(&self, element: Element) -> Option<Finding> {
        let speaks_of_it = |indicator: &Indicator| indicator.elements().contains(&element);
        let answers: Vec<IndicatorAnswerValue> =
            self.indicators.iter().filter(|given| speaks_of_it(&given.indicator)).map(|given| given.answer).collect();
        let asked = Indicator::ALL.iter().filter(|indicator| speaks_of_it(indicator)).count();
        match () {
            () if answers.contains(&IndicatorAnswerValue::Yes) => Some(Finding::Found),
            () if answers.is_empty() => None,
            () if answers.len() == asked && answers.iter().all(|answer| *answer == IndicatorAnswerValue::No) => Some(Finding::NotFound),
            () => Some(Finding::Unclear),
        }
    }
}

/// An element of trafficking (Palermo Protocol art. 3(a)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// Recruitment, transportation, transfer, harbouring or receipt.
    Act,
    /// Force, coercion, deception, abuse of power or of vulnerability.
    Means,
    /// Exploitation.
    Purpose,
}

impl Indicator {
    /// What it speaks for. Whoever is kept on guarded premises was harboured there, also if they came alone.
    pub const fn elements(self) -> &'static [Element] {
        match self {
            Self::SoldOrTransferred | Self::ThirdPartyPaidTravel | Self::CoachedAtBorder | Self::HousedOrReceivedByOperator => {
                &[Element::Act]
            }
            Self::GuardedPremises | Self::RestrictionOfMovement => &[Element::Act, Element::Means],
            Self::AbuseOfVulnerability | Self::Deception | Self::JobDiffersFromOffer | Self::Isolation => &[Element::Means],
            Self::PhysicalSexualViolence | Self::IntimidationThreats | Self::RetentionOfIdentityDocuments => &[Element::Means],
            Self::DebtBondage | Self::PhoneConfiscated | Self::RansomDemanded | Self::WitnessedTorture => &[Element::Means],
            Self::ThreatsToFamilyPhotos | Self::ElectricShock | Self::WaterOrDarkRoom | Self::ForcedAbortion => &[Element::Means],
            Self::ForcedSexualActs => &[Element::Means, Element::Purpose],
            Self::MadeToBeatOthers | Self::IdentityUsedForAccounts | Self::MadeToRecruit => &[Element::Purpose],
            Self::ForcedToScam | Self::WithholdingOfWages | Self::AbusiveWorkingLivingConditions => &[Element::Purpose],
            Self::ExcessiveOvertime | Self::TargetQuota | Self::PunishedForMissingQuota => &[Element::Purpose],
            Self::Under18 => &[],
        }
    }

    /// Whether it speaks of coercion or forced labour, so that somebody who says yes is never taken for somebody who was not trafficked.
    pub fn is_grave(self) -> bool {
        self == Self::SoldOrTransferred || self.elements().iter().any(|element| *element != Element::Act)
    }
}
