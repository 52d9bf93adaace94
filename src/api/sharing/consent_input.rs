//! A consent as it comes in.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::extract::Input;
use crate::db::casefile::stored_consents::ConsentDetails;
use crate::db::sharing::consents::NewConsent;
use crate::domain::access::compartments::Compartment;
use crate::domain::cases::guardianship::{Assent, Guardianship};
use crate::domain::codes::{ConsentAnswer, ConsentGiver, ConsentPurpose, OrganisationKind, OverrideBasis, RecipientScope};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, OrganisationId};
use crate::domain::language::Language;
use crate::domain::sharing::{ConsentWording, Disclosures, REASON_LENGTH, Recipient};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::{Error, Result};

/// A consent to be recorded.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateConsent {
    /// What for.
    purpose: ConsentPurpose,
    /// What the person answered.
    answer: ConsentAnswer,
    /// Whom it is about. Exactly the field that belongs to it must be given; `anyone` has none.
    recipient: RecipientScope,
    /// The organisation, for `organisation`.
    recipient_organisation_id: Option<OrganisationId>,
    /// The kind, for `organisation_kind`.
    recipient_organisation_kind: Option<OrganisationKind>,
    /// The country, for `missions_of`.
    recipient_missions_of: Option<Country>,
    /// The compartments it opens; empty for a purpose that shares none, and for a refusal.
    #[validate(length(max = 6))]
    #[schema(max_items = 6)]
    compartments: Vec<Compartment>,
    /// When the person answered; today if not stated.
    #[schema(max_length = 10)]
    given_on: Option<NaiveDate>,
    /// When it ends by itself, if it does.
    expires_at: Option<Timestamp>,
    /// Who gave it.
    given_by: ConsentGiver,
    /// Why somebody else gave it, or how it was established that the person could.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    capacity_note: Option<String>,
    /// What the person was told.
    disclosures: Disclosures,
    /// The language it was asked in.
    language: Option<Language>,
    /// The text that was read to the person.
    #[validate(nested)]
    wording: Option<ConsentWording>,
    /// Who interpreted.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    interpreter: Option<String>,
    /// Where the signed paper, or the recording, is.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    evidence: Option<String>,
    /// By what right a parent or guardian gave it; required for a child.
    #[validate(nested)]
    guardianship: Option<Guardianship>,
    /// What the child says.
    #[validate(nested)]
    assent: Option<Assent>,
    /// For `overridden`, and only then.
    #[validate(nested)]
    override_details: Option<ConsentOverride>,
}

/// Why something is shared without the person's consent.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ConsentOverride {
    /// The basis.
    basis: OverrideBasis,
    /// The approval of a second person, asked for at `/v1/approvals` with exactly these parameters.
    approval_id: ApprovalId,
    /// Why, in at least 20 characters.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = "REASON_LENGTH", max = 2000))]
    #[schema(min_length = 20, max_length = 2000)]
    reason: String,
}

impl Input for CreateConsent {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/given_on", self.given_on);
        let named = [
            (RecipientScope::Organisation, self.recipient_organisation_id.is_some(), "/recipient_organisation_id"),
            (RecipientScope::OrganisationKind, self.recipient_organisation_kind.is_some(), "/recipient_organisation_kind"),
            (RecipientScope::MissionsOf, self.recipient_missions_of.is_some(), "/recipient_missions_of"),
        ];
        for (scope, is_given, pointer) in named {
            checks.require(scope == self.recipient && !is_given, pointer, "says who is meant");
            checks.refuse(scope != self.recipient && is_given, pointer, "not_expected", "does not apply to this recipient");
        }
        checks.distinct("/compartments", &self.compartments);
        checks.refuse(!self.purpose.allows(&self.compartments), "/compartments", "too_wide", "only the identity can be shared for it");
        let told = self.disclosures;
        for (is_told, pointer, why) in [
            (told.informed_of_data_use, "/disclosures/informed_of_data_use", "nobody can consent to what they were not told"),
            (told.informed_of_withdrawal, "/disclosures/informed_of_withdrawal", "the person must have been told how to withdraw"),
        ] {
            checks.refuse(self.answer == ConsentAnswer::Granted && !is_told, pointer, "not_informed", why);
        }
        let is_given_by_another = self.given_by != ConsentGiver::Person;
        checks.require(is_given_by_another && self.capacity_note.is_none(), "/capacity_note", "must say why somebody else answered");
        if let Some(guardianship) = &self.guardianship {
            let is_idle = !is_given_by_another;
            checks.refuse(is_idle, "/guardianship", "not_expected", "the person answered, and nobody for them");
            guardianship.check("/guardianship", &mut checks);
            if self.answer == ConsentAnswer::Granted {
                guardianship.refuse_conflict("/guardianship", &mut checks);
            }
        }
        if let Some(assent) = &self.assent {
            assent.check("/assent", &mut checks);
            let objects = self.answer == ConsentAnswer::Granted && assent.agrees == Some(false);
            let message = "the child does not want it: nobody consents against its word; two people may decide otherwise, as overridden";
            checks.refuse(objects, "/assent/agrees", "child_objects", message);
        }
        let is_overridden = self.answer == ConsentAnswer::Overridden;
        checks.require(is_overridden && self.override_details.is_none(), "/override_details", "must say on what basis, by whom, and why");
        let is_misplaced = !is_overridden && self.override_details.is_some();
        checks.refuse(is_misplaced, "/override_details", "not_expected", "can only be given with the answer overridden");
        checks.refuse(is_overridden && self.expires_at.is_none(), "/expires_at", "required", "an override must have an end");
        checks.not_over("/expires_at", self.expires_at);
        checks.found()
    }
}

impl CreateConsent {
    /// The consent to be recorded.
    pub fn into_new(self) -> Result<NewConsent> {
        let lost = || Error::internal("a recipient that was checked is gone");
        let recipient = match self.recipient {
            RecipientScope::Organisation => Recipient::Organisation(self.recipient_organisation_id.ok_or_else(lost)?),
            RecipientScope::OrganisationKind => Recipient::Kind(self.recipient_organisation_kind.ok_or_else(lost)?),
            RecipientScope::MissionsOf => Recipient::MissionsOf(self.recipient_missions_of.ok_or_else(lost)?),
            RecipientScope::Anyone => Recipient::Anyone,
        };
        Ok(NewConsent {
            purpose: self.purpose,
            answer: self.answer,
            recipient,
            compartments: self.compartments.into_iter().collect(),
            given_on: self.given_on,
            expires_at: self.expires_at,
            override_basis: self.override_details.as_ref().map(|without| without.basis),
            override_approval: self.override_details.as_ref().map(|without| without.approval_id),
            details: ConsentDetails {
                given_by: self.given_by,
                capacity_note: self.capacity_note,
                disclosures: self.disclosures,
                language: self.language,
                wording: self.wording,
                interpreter: self.interpreter,
                evidence: self.evidence,
                override_reason: self.override_details.map(|without| without.reason),
                guardianship: self.guardianship,
                assent: self.assent,
            },
        })
    }
}
