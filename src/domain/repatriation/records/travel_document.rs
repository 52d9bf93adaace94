//! Travel documents: asked for, issued by a mission, handed over; or the person's own valid passport.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::{DocumentIssuer, TravelDocumentKind, TravelDocumentStatus};
use crate::domain::ids::MissionId;
use crate::domain::money::Money;
use crate::domain::repatriation::records::record::{CaseRecord, RecordKind};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;

/// What a travel document is recorded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = CreateTravelDocument)]
pub struct TravelDocument {
    /// The mission that is asked, or issues. Only it records that a document is issued, handed over or refused. None for
    /// the person's own passport (`passport_valid`), and for what no mission issues.
    pub mission_id: Option<MissionId>,
    /// Who is asked, or issues, where it is no mission: of an `icrc_emergency_travel_document`, a `convention_travel_document`, a
    /// `host_state_travel_document` or a `border_pass`. No mission that is a guest learns of such a document.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "ICRC delegation, Phnom Penh")]
    pub issuer: Option<String>,
    /// What it is.
    pub kind: TravelDocumentKind,
    /// What the issuing state calls it.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "SPLP")]
    pub local_name: Option<String>,
    /// How far it is. `expired` is set by the system on the day after `expires_on`. `lost` and `used` are also told by who looks after
    /// the person; a document that is over stays as it is.
    pub status: TravelDocumentStatus,
    /// When it was asked for.
    #[schema(max_length = 10)]
    pub requested_on: Option<NaiveDate>,
    /// Its number.
    #[validate(length(min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50)]
    pub number: Option<String>,
    /// When it was issued.
    #[schema(max_length = 10)]
    pub issued_on: Option<NaiveDate>,
    /// The last day on which it is valid.
    #[schema(max_length = 10)]
    pub expires_on: Option<NaiveDate>,
    /// Whether it is good for the way home only.
    pub single_journey: Option<bool>,
    /// What it costs.
    pub fee: Option<Money>,
    /// Whether the fee was waived.
    pub fee_waived: Option<bool>,
    /// When the person received it.
    #[schema(max_length = 10)]
    pub handed_over_on: Option<NaiveDate>,
    /// Why it was refused.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub refusal_reason: Option<String>,
}

impl CaseRecord for TravelDocument {
    const KIND: RecordKind = RecordKind::TravelDocument;

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        for (pointer, day) in
            [("/requested_on", self.requested_on), ("/issued_on", self.issued_on), ("/handed_over_on", self.handed_over_on)]
        {
            checks.past(pointer, day);
        }
        checks.ordered(self.requested_on, "/issued_on", self.issued_on, "must not lie before requested_on");
        checks.ordered(self.issued_on, "/expires_on", self.expires_on, "must not lie before issued_on");
        checks.ordered(self.issued_on, "/handed_over_on", self.handed_over_on, "must not lie before issued_on");
        if self.is_in_hand() {
            checks.require(self.number.is_none(), "/number", "a document that is issued has a number");
            checks.require(self.expires_on.is_none(), "/expires_on", "a document that is issued is valid until a day");
            let is_own = self.kind.issuer() == DocumentIssuer::NobodyAsked;
            checks.require(self.issued_on.is_none() && !is_own, "/issued_on", "a document that is issued was issued on a day");
            let is_over = self.expires_on.is_some_and(|expires| expires < today);
            checks.refuse(is_over, "/expires_on", "expired", "has passed: the document is no longer valid");
        }
        let is_handed_over = self.status == TravelDocumentStatus::HandedOver;
        checks.require(is_handed_over && self.handed_over_on.is_none(), "/handed_over_on", "say when the person received it");
        let is_refused = self.status == TravelDocumentStatus::Refused;
        checks.require(is_refused && self.refusal_reason.is_none(), "/refusal_reason", "say why");
        let by = self.kind.issuer();
        checks.require(by == DocumentIssuer::Mission && self.mission_id.is_none(), "/mission_id", "say which mission issues it");
        let is_missions = by != DocumentIssuer::Mission && self.mission_id.is_some();
        checks.refuse(is_missions, "/mission_id", "not_issued", "no mission issues a document of this kind");
        checks.require(by == DocumentIssuer::Authority && self.issuer.is_none(), "/issuer", "say who issues it");
        let is_anothers = by != DocumentIssuer::Authority && self.issuer.is_some();
        checks.refuse(is_anothers, "/issuer", "not_issued", "mission_id says who issues a document of this kind");
        checks.found()
    }

    fn holds_until(&self) -> Option<NaiveDate> {
        self.expires_on.filter(|_| self.is_in_hand())
    }

    fn mission(&self) -> Option<MissionId> {
        self.mission_id
    }

    fn is_kept_from_guest_missions(&self) -> bool {
        // It may say that the person is a refugee, or turned to somebody else.
        self.kind.issuer() == DocumentIssuer::Authority
    }
}

impl TravelDocument {
    /// Whether it is issued, and not yet over.
    pub fn is_in_hand(&self) -> bool {
        matches!(self.status, TravelDocumentStatus::Issued | TravelDocumentStatus::HandedOver)
    }

    /// Whether it was issued for the way home, whatever became of it since.
    pub fn was_issued_to_travel(&self) -> bool {
        self.kind.issuer() != DocumentIssuer::NobodyAsked && self.issued_on.is_some() && self.number.is_some()
    }

    /// Whether it is the person's own passport, at hand and valid on a day.
    pub fn is_own_passport_on(&self, day: NaiveDate) -> bool {
        self.kind.issuer() == DocumentIssuer::NobodyAsked && self.is_in_hand() && self.expires_on.is_some_and(|expires| expires >= day)
    }

    /// Whether a mission is asked for it and has not answered.
    pub fn is_requested(&self) -> bool {
        self.status == TravelDocumentStatus::Requested
    }

    /// Whether somebody can, or could, travel on it: issued by the day of departure, valid on that of arrival.
    pub fn is_good_for(&self, leaves_on: NaiveDate, arrives_on: NaiveDate) -> bool {
        let was_issued = self.is_in_hand() || matches!(self.status, TravelDocumentStatus::Expired | TravelDocumentStatus::Used);
        let is_in_time = self.issued_on.is_none_or(|issued| issued <= leaves_on);
        was_issued && is_in_time && self.number.is_some() && self.expires_on.is_some_and(|expires| expires >= arrives_on)
    }
}
