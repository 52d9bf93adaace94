//! A referral as it comes in and goes out.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::Input;
use crate::api::http::page;
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::sharing::referrals::{self, NewReferral, Step};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{Gender, ReferralKind, ReferralService, ReferralStatus, ReferralUrgency, RiskLevel};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ConsentId, OrganisationId, ReferralId};
use crate::domain::repatriation::stage::CoarseStatus;
use crate::domain::sharing::{AgeBand, Side, next_steps};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::{Today, Zone};
use crate::error::Result;

/// A referral, a transfer of the case, or a request for one.
#[derive(Serialize, ToSchema)]
#[schema(as = Referral)]
pub struct ReferralRecord {
    /// Its id.
    id: ReferralId,
    /// What is handed on.
    kind: ReferralKind,
    /// How far it is.
    status: ReferralStatus,
    /// The steps that your side may take now.
    #[schema(max_items = 7)]
    next: Vec<ReferralStatus>,
    /// The organisation that owns the case.
    owner_id: OrganisationId,
    /// Its name.
    #[schema(max_length = 200)]
    owner_name: String,
    /// The organisation that is asked, or that asks for the case.
    other_id: OrganisationId,
    /// Its name.
    #[schema(max_length = 200)]
    other_name: String,
    /// The service, for a referral.
    service: Option<ReferralService>,
    /// How soon it is needed.
    urgency: ReferralUrgency,
    /// The compartments that acceptance opens.
    #[schema(max_items = 6)]
    compartments: Vec<Compartment>,
    /// The consent it rests on; null for whoever does not own the case, and for a request that is not answered yet.
    consent_id: Option<ConsentId>,
    /// The person in outline. All that there is to see before acceptance; absent when it is over and you do not see the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    preview: Option<CasePreview>,
    /// The case, once you see it.
    case_id: Option<CaseId>,
    /// What was said; absent as long as your organisation does not see who the person is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    words: Option<ReferralWords>,
    /// The compartment that `words` is absent for.
    #[schema(max_items = 1)]
    redacted: Vec<Compartment>,
    /// When it was made.
    created_at: Timestamp,
    /// When it was sent.
    sent_at: Option<Timestamp>,
    /// When it was answered.
    answered_at: Option<Timestamp>,
    /// When it was over.
    closed_at: Option<Timestamp>,
    /// Unless it is answered, it expires then.
    answer_by: Timestamp,
    /// The access that it gives ends then, if not before.
    expires_at: Option<Timestamp>,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// A person in outline (class B).
#[derive(Serialize, ToSchema)]
pub struct CasePreview {
    /// The code of the case.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    code: String,
    /// About how old.
    age_band: AgeBand,
    /// Gender.
    gender: Gender,
    /// About how far on the road home.
    status: CoarseStatus,
    /// Where the person is stranded.
    host_country: Country,
    /// Danger to the person.
    risk_level: RiskLevel,
}

/// What the two sides said.
#[derive(Serialize, ToSchema)]
pub struct ReferralWords {
    /// Why, from whoever asked.
    #[schema(max_length = 2000)]
    note: Option<String>,
    /// Why it was rejected or revoked.
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// What came of it.
    #[schema(max_length = 2000)]
    feedback: Option<String>,
}

/// The referrals of a case.
#[derive(Serialize, ToSchema)]
pub struct ReferralList {
    /// Oldest first. Whoever does not own the case sees those that concern their own organisation.
    #[schema(max_items = 1000)]
    pub items: Vec<ReferralRecord>,
}

/// A page of referrals.
#[derive(Serialize, ToSchema)]
pub struct ReferralPage {
    /// Newest first.
    #[schema(max_items = 200)]
    pub items: Vec<ReferralRecord>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    pub next: Option<String>,
}

/// A referral to be made.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateReferral {
    /// The organisation that is asked.
    to_organisation_id: OrganisationId,
    /// The service.
    service: ReferralService,
    /// How soon it is needed.
    urgency: ReferralUrgency,
    /// The compartments that acceptance opens: at least one, and none that the consent does not cover.
    #[validate(length(min = 1, max = 6))]
    #[schema(min_items = 1, max_items = 6)]
    compartments: Vec<Compartment>,
    /// The consent it rests on; any that holds if not stated.
    consent_id: Option<ConsentId>,
    /// Whether it is only prepared, and sent later with a step to `in_progress`.
    #[serde(default)]
    draft: bool,
    /// When the access that it gives ends, if not before.
    expires_at: Option<Timestamp>,
    /// Why. The other side reads it after acceptance, if the identity is among the compartments.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

impl Input for CreateReferral {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.distinct("/compartments", &self.compartments);
        checks.not_over("/expires_at", self.expires_at);
        checks.found()
    }
}

/// A step of a referral or a transfer.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReferralStep {
    /// To this status; `next` lists those that are open to your side.
    to: ReferralStatus,
    /// For an owner who accepts a request: the consent; any that holds if not stated.
    consent_id: Option<ConsentId>,
    /// Why; required for `rejected` and `revoked`.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
    /// What came of it, for `done`.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    feedback: Option<String>,
}

impl Input for ReferralStep {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let ends = matches!(self.to, ReferralStatus::Rejected | ReferralStatus::Revoked);
        checks.require(ends && self.reason.is_none(), "/reason", "tells the other side why");
        checks.refuse(
            self.to != ReferralStatus::Done && self.feedback.is_some(),
            "/feedback",
            "not_expected",
            "can only be given with the step to done",
        );
        checks.found()
    }
}

impl From<ReferralStep> for Step {
    fn from(step: ReferralStep) -> Self {
        let ReferralStep { to, consent_id, reason, feedback } = step;
        Self { to, consent: consent_id, reason, feedback }
    }
}

/// Which direction.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To my organisation.
    Incoming,
    /// About cases of my organisation.
    Outgoing,
}

/// Which referrals.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReferralQuery {
    /// To my organisation, or about its cases; both if not stated.
    #[param(inline)]
    pub direction: Option<Direction>,
    /// With this status.
    pub status: Option<ReferralStatus>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    #[serde(default, deserialize_with = "page::limit")]
    pub limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    pub after: Option<String>,
}

impl ReferralRecord {
    /// What goes out of a referral.
    pub fn of(referral: referrals::Referral, now: Timestamp) -> Self {
        let referrals::Referral { row, side, case, owner_name, other_name, details, sees_case } = referral;
        // What is over tells nothing more: the outline would go on following the person.
        let is_shown = sees_case || row.status == ReferralStatus::InProgress;
        let redacted = if details.is_some() { Vec::new() } else { vec![Compartment::Identity] };
        Self {
            id: row.id,
            kind: row.kind,
            status: row.status,
            next: next_steps(row.kind, side, row.status),
            owner_id: row.owner_id,
            owner_name,
            other_id: row.other_id,
            other_name,
            service: row.service,
            urgency: row.urgency,
            compartments: row.compartments.iter().collect(),
            consent_id: row.consent_id.filter(|_| side == Side::Owner && sees_case),
            preview: is_shown.then(|| CasePreview {
                code: case.code,
                age_band: AgeBand::of(case.birth_year, case.is_child, Today::at(Zone::of(case.host_country), now)),
                gender: case.gender,
                status: CoarseStatus::of(case.stage, case.side_state),
                host_country: case.host_country,
                risk_level: case.risk_level,
            }),
            case_id: sees_case.then_some(row.case_id),
            words: details.map(|words| ReferralWords { note: words.note, reason: words.reason, feedback: words.feedback }),
            redacted,
            created_at: row.created_at,
            sent_at: row.sent_at,
            answered_at: row.answered_at,
            closed_at: row.closed_at,
            answer_by: row.answer_by,
            expires_at: row.expires_at,
            version: row.version,
        }
    }
}

/// What the caller sees of it changes with the grant, so that is in the ETag.
pub fn etag(referral: &referrals::Referral) -> String {
    let words = referral.details.as_ref().map(|_| Compartment::Identity);
    let view = if referral.sees_case { words.into_iter().chain([Compartment::Contact]).collect() } else { CompartmentSet::EMPTY };
    respond::etag(referral.row.version, view)
}

impl Rendered for OfCase<ReferralId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let referral = referrals::find(tx, self.id, ReferralKind::ALL)?;
        let collection = if referral.row.kind == ReferralKind::Referral { "referrals" } else { "transfers" };
        let (location, etag, now) = (format!("/v1/{collection}/{}", self.id), etag(&referral), tx.now);
        respond::answer(location, etag, &ReferralRecord::of(referral, now))
    }
}

impl From<CreateReferral> for NewReferral {
    fn from(input: CreateReferral) -> Self {
        let CreateReferral { to_organisation_id, service, urgency, compartments, consent_id, draft, expires_at, note } = input;
        Self {
            kind: ReferralKind::Referral,
            other: to_organisation_id,
            service: Some(service),
            urgency,
            compartments: compartments.into_iter().collect(),
            consent: consent_id,
            is_draft: draft,
            expires_at,
            note,
        }
    }
}
