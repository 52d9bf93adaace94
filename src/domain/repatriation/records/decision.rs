//! What the person decided about going home, and what the law says about leaving.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::cases::guardianship::{Assent, Guardianship};
use crate::domain::codes::{LegalHoldKind, ReturnChoice, Voluntariness};
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a decision about return is recorded with. The newest one counts; it can be withdrawn until departure (IOM, assisted
/// voluntary return: the decision is voluntary, informed, and may be taken back).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateReturnDecision)]
pub struct ReturnDecision {
    /// What the person decided.
    pub decision: ReturnChoice,
    /// How freely the person decided.
    pub voluntariness: Voluntariness,
    /// Whether the person asked for it unprompted. In a recovery and reflection period no other decision counts.
    pub asked_by_person: Option<bool>,
    /// When the person was counselled.
    #[schema(max_length = 10)]
    pub counselling_on: Option<NaiveDate>,
    /// When the person decided.
    #[schema(max_length = 10)]
    pub decided_on: NaiveDate,
    /// When the person, or for a child the guardian, signed.
    #[schema(max_length = 10)]
    pub signed_on: Option<NaiveDate>,
    /// Where the signed paper is.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub evidence: Option<String>,
    /// When the person took the decision back.
    #[schema(max_length = 10)]
    pub withdrawn_on: Option<NaiveDate>,
    /// Why, if the person says so. Null for whoever does not open `protection`.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub withdrawal_reason: Option<String>,
    /// For a child: by what right the guardian signed. Against a conflict of interest no decision stands.
    #[validate(nested)]
    pub guardianship: Option<Guardianship>,
    /// For a child: what it says. Where it does not want to return, no decision stands before a determination that it does. Null for
    /// whoever does not open `protection`.
    #[validate(nested)]
    pub assent: Option<Assent>,
}

impl CaseRecord for ReturnDecision {
    const KIND: RecordKind = RecordKind::ReturnDecision;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        for (pointer, day) in [
            ("/counselling_on", self.counselling_on),
            ("/decided_on", Some(self.decided_on)),
            ("/signed_on", self.signed_on),
            ("/withdrawn_on", self.withdrawn_on),
        ] {
            checks.past(pointer, day);
        }
        checks.ordered(self.counselling_on, "/decided_on", Some(self.decided_on), "must not lie before counselling_on");
        checks.ordered(Some(self.decided_on), "/signed_on", self.signed_on, "must not lie before decided_on");
        checks.ordered(Some(self.decided_on), "/withdrawn_on", self.withdrawn_on, "must not lie before decided_on");
        if let Some(guardianship) = &self.guardianship {
            guardianship.check("/guardianship", &mut checks);
        }
        if let Some(assent) = &self.assent {
            assent.check("/assent", &mut checks);
        }
        checks.found()
    }
}

impl ReturnDecision {
    /// Whether the person wants to return, freely, after counselling, over a signature that is worth something, and has not taken it back.
    pub fn stands(&self) -> bool {
        let is_against = self.guardianship.as_ref().is_some_and(|guardianship| guardianship.conflict_of_interest);
        !is_against
            && self.is_wanted()
            && self.voluntariness == Voluntariness::Voluntary
            && self.counselling_on.is_some()
            && self.signed_on.is_some()
            && self.evidence.is_some()
    }

    /// Whether a child was asked, and does not want what was decided for it.
    pub fn child_objects(&self) -> bool {
        self.assent.as_ref().is_some_and(|assent| assent.agrees == Some(false))
    }

    /// Whether the person wants to return still.
    pub fn is_wanted(&self) -> bool {
        self.decision == ReturnChoice::Return && self.withdrawn_on.is_none()
    }
}

/// What a legal hold is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateLegalHold)]
pub struct LegalHold {
    /// What holds the person.
    pub kind: LegalHoldKind,
    /// Who imposed it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub imposed_by: Option<String>,
    /// When.
    #[schema(max_length = 10)]
    pub imposed_on: NaiveDate,
    /// When it ended; none: the person may not leave.
    #[schema(max_length = 10)]
    pub lifted_on: Option<NaiveDate>,
    /// Anything else.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
}

impl CaseRecord for LegalHold {
    const KIND: RecordKind = RecordKind::LegalHold;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/imposed_on", Some(self.imposed_on));
        checks.past("/lifted_on", self.lifted_on);
        checks.ordered(Some(self.imposed_on), "/lifted_on", self.lifted_on, "must not lie before imposed_on");
        checks.found()
    }
}

impl LegalHold {
    /// Whether it holds the person now.
    pub fn is_active(&self) -> bool {
        self.lifted_on.is_none()
    }
}
