//! Lists of waivers: one note verbale asks an authority to waive the fines of many, and brings an answer for each.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{WaiverAnswerStatus, WaiverReason, WaiverStatus};
use crate::domain::ids::CaseId;
use crate::domain::money::Percent;
use crate::domain::repatriation::records::FineWaiver;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a list asks for: the same for everybody on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateWaiverRequest)]
pub struct WaiverRequest {
    /// Number of the note verbale or letter.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "NV 118/I/2026")]
    pub reference: String,
    /// To which authority it goes.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "General Department of Immigration")]
    pub addressee: String,
    /// When it was sent.
    #[schema(max_length = 10)]
    pub sent_on: NaiveDate,
    /// The part of each fine that is asked to be waived. What is granted stands with each member.
    pub requested_percent: Percent,
    /// Why.
    pub reason: WaiverReason,
}

impl WaiverRequest {
    /// What is wrong with it by itself.
    pub fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/sent_on", Some(self.sent_on));
        let is_settlement = self.reason.settles_without_relief();
        checks.refuse(is_settlement, "/reason", "not_applicable", "is no relief that can be asked for");
        checks.found()
    }

    /// The waiver that it asks for on the case of a member.
    pub fn waiver(&self) -> FineWaiver {
        FineWaiver {
            status: WaiverStatus::Requested,
            reason: self.reason,
            percent: Some(self.requested_percent),
            requested_percent: Some(self.requested_percent),
            amount: None,
            requested_on: Some(self.sent_on),
            decided_on: None,
            decided_by: None,
            reference: None,
            cancellation_reason: None,
        }
    }
}

/// The answer of the authority for one member of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct WaiverAnswer {
    /// The case.
    pub case_id: CaseId,
    /// What the authority said.
    pub status: WaiverAnswerStatus,
    /// For `granted`: the part that is waived.
    pub granted_percent: Option<Percent>,
    /// When the authority decided.
    #[schema(max_length = 10)]
    pub answered_on: NaiveDate,
    /// Reference of the decision.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub reference: Option<String>,
}

impl WaiverAnswer {
    /// What is wrong with it by itself.
    fn check(&self, at: usize, checks: &mut Checks) {
        let is_granted = self.status == WaiverAnswerStatus::Granted;
        let pointer = format!("/answers/{at}/granted_percent");
        checks.require(is_granted && self.granted_percent.is_none(), &pointer, "say which part is waived");
        let said = !is_granted && self.granted_percent.is_some();
        checks.refuse(said, &pointer, "not_applicable", "a refusal waives nothing");
        checks.past(&format!("/answers/{at}/answered_on"), Some(self.answered_on));
    }

    /// What is wrong with several: each by itself, and a case that is named twice.
    pub fn check_all(answers: &[Self], checks: &mut Checks) {
        for (at, answer) in answers.iter().enumerate() {
            answer.check(at, checks);
            let is_twice = answers.iter().take(at).any(|other| other.case_id == answer.case_id);
            checks.refuse(is_twice, &format!("/answers/{at}/case_id"), "duplicate", "is named twice");
        }
    }

    /// The waiver with this answer. A refused one still says what was asked for.
    pub fn applied_to(&self, waiver: FineWaiver, addressee: &str) -> FineWaiver {
        let status = match self.status {
            WaiverAnswerStatus::Granted => WaiverStatus::Granted,
            WaiverAnswerStatus::Refused => WaiverStatus::Refused,
        };
        FineWaiver {
            status,
            percent: self.granted_percent.or(waiver.percent),
            decided_on: Some(self.answered_on),
            decided_by: Some(addressee.to_owned()),
            reference: self.reference.clone(),
            ..waiver
        }
    }
}
