//! Referring everybody who agreed to it at once.

use actix_web::{HttpResponse, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::accounts::approvals::void_if_misused;
use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Recalled, Referenced, Rendered};
use crate::api::http::extract::{CreateBody, Input};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::casefile::idempotency::Reference;
use crate::db::sharing::referrals;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::accounts::approval::SharingParameters;
use crate::domain::ids::{ApprovalId, ReferralId};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

/// Everybody who agreed to it is referred.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateOrganisationWideReferral {
    /// The approval of a second person.
    approval_id: Option<ApprovalId>,
    /// Who is referred to whom: exactly what was approved.
    sharing: SharingParameters,
}

impl Input for CreateOrganisationWideReferral {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let compartments = &self.sharing.compartments;
        checks.require(compartments.is_empty(), "/sharing/compartments", "says what is shared");
        checks.distinct("/sharing/compartments", compartments);
        checks.found()
    }
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub struct OrganisationWideReferral {
    /// Referrals that were made; in the answer to a repeated request, those of them that are still there.
    #[schema(maximum = 1000)]
    referred: u32,
    /// People who are referred for this already. Null in the answer to a repeated request: it was counted once.
    #[schema(maximum = 1000)]
    already_referred: Option<u32>,
    /// People who did not agree to it, or were not asked. Null in the answer to a repeated request.
    #[schema(maximum = 1000)]
    without_consent: Option<u32>,
}

/// The referrals that were made at once, and the others who were counted while that was done.
struct MadeReferrals {
    ids: Vec<ReferralId>,
    already_referred: Option<u32>,
    without_consent: Option<u32>,
}

impl Referenced for MadeReferrals {
    fn reference(&self) -> Reference {
        Reference { case: None, ids: self.ids.iter().map(|id| id.0).collect() }
    }
}

impl Recalled for MadeReferrals {
    fn recall(kept: &Reference) -> Option<Self> {
        let ids = kept.ids.iter().copied().map(ReferralId).collect();
        Some(Self { ids, already_referred: None, without_consent: None })
    }
}

impl Rendered for MadeReferrals {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let referred = referrals::count_visible(tx, &self.ids)?;
        let (already_referred, without_consent) = (self.already_referred, self.without_consent);
        let shown = OrganisationWideReferral { referred, already_referred, without_consent };
        respond::answer("/v1/referrals".to_owned(), respond::etag(1, CompartmentSet::EMPTY), &shown)
    }
}

/// Refer everybody who agreed to it.
///
/// One referral for each open case that your organisation owns and whose person has a live consent for it, as a second person
/// approved it: an approval is no consent. All of it or nothing; 1000 cases at most. Other parameters than those approved void the
/// approval. Only with an approval.
#[utoipa::path(
    tag = "two persons",
    request_body = CreateOrganisationWideReferral,
    responses((status = 201, body = OrganisationWideReferral, description = "Referred"))
)]
#[post("/v1/referrals/organisation-wide")]
pub async fn create_organisation_wide_referral(
    allowed: Allowed<may::Fresh<may::SharingOrganisationWide>>,
    body: CreateBody<CreateOrganisationWideReferral>,
) -> Result<HttpResponse> {
    let CreateOrganisationWideReferral { approval_id, sharing } = body.input;
    let made = allowed
        .create(body.key, move |tx| {
            let referrals::WideReferral { referred, already_referred, without_consent } = referrals::refer_all(tx, approval_id, &sharing)?;
            Ok(MadeReferrals { ids: referred, already_referred: Some(already_referred), without_consent: Some(without_consent) })
        })
        .await;
    void_if_misused(&allowed, approval_id, &made).await?;
    made
}
