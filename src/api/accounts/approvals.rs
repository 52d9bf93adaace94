//! Asking a second person: what two people must answer for.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{CreateBody, Input, Path, Query};
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::path_params::ApprovalPath;
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::accounts::approvals::{self, Verdict};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::accounts::approval::{
    Act, ApprovalAction, ApprovalStatus, AuditExportParameters, CorrectionParameters, ErasureParameters, ExclusionParameters,
    ExportParameters, OverrideParameters, PathwayUndoParameters, SharingParameters, TakeoverParameters,
};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, UserId};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::{ErrorCode, Result};

/// Something that two persons answer for.
#[derive(Serialize, ToSchema)]
pub struct Approval {
    /// Its id.
    id: ApprovalId,
    /// Which act.
    action: ApprovalAction,
    /// How far it has come.
    status: ApprovalStatus,
    /// Exactly what is asked, for `export_identifiable`.
    export: Option<ExportParameters>,
    /// Exactly what is asked, for `export_audit_entries`.
    audit_export: Option<AuditExportParameters>,
    /// Exactly what is asked, for `erase_person`.
    erasure: Option<ErasureParameters>,
    /// Exactly what is asked, for `share_organisation_wide`.
    sharing: Option<SharingParameters>,
    /// Exactly what is asked, for `override_consent`.
    consent_override: Option<OverrideParameters>,
    /// Exactly what is asked, for `open_takeover`.
    takeover: Option<TakeoverParameters>,
    /// Exactly what is asked, for `exclude_missions`.
    exclusion: Option<ExclusionParameters>,
    /// Exactly what is asked, for `undo_protection_pathway`.
    pathway_undo: Option<PathwayUndoParameters>,
    /// Exactly what is asked, for `take_back_end`.
    correction: Option<CorrectionParameters>,
    /// Why, in the words of whoever asked. Null where it is about a case that you do not see, or whose person was erased.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// Who asked, and will do it.
    asked_by: UserId,
    /// When.
    created_at: Timestamp,
    /// When it is over, whatever was decided: an hour after it was asked.
    expires_at: Timestamp,
    /// Who decided.
    decided_by: Option<UserId>,
    /// When.
    decided_at: Option<Timestamp>,
    /// When it was done.
    executed_at: Option<Timestamp>,
}

/// A page of approvals.
#[derive(Serialize, ToSchema)]
pub struct ApprovalPage {
    /// The approvals.
    #[schema(max_items = 200)]
    items: Vec<Approval>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// What is asked for: exactly one act, with its exact parameters.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateApproval {
    /// Export the names of these cases.
    export: Option<ExportParameters>,
    /// Export these entries of the audit trail.
    audit_export: Option<AuditExportParameters>,
    /// Erase this person.
    erasure: Option<ErasureParameters>,
    /// Refer everybody who agreed to it to this organisation.
    sharing: Option<SharingParameters>,
    /// Share this without the person's consent.
    consent_override: Option<OverrideParameters>,
    /// Open this case whole, which was taken over.
    takeover: Option<TakeoverParameters>,
    /// Shut missions out of this case too, after another one within the hour.
    exclusion: Option<ExclusionParameters>,
    /// Take this protection pathway back, which was wrong.
    pathway_undo: Option<PathwayUndoParameters>,
    /// Take this end of the road back, which was entered by mistake. The transition `resume` asks this by itself.
    correction: Option<CorrectionParameters>,
    /// Why, for the second person and for the record: 20 to 500 characters. Names nobody.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 20, max = 500))]
    #[schema(min_length = 20, max_length = 500, example = "Handing over to the ministry's register at the end of the operation")]
    reason: String,
}

impl Input for CreateApproval {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        if let Some(asked) = &self.consent_override {
            checks.require(asked.compartments.is_empty(), "/consent_override/compartments", "says what is shared");
            checks.distinct("/consent_override/compartments", &asked.compartments);
        }
        if let Some(asked) = &self.audit_export {
            checks.ordered(Some(asked.from), "/audit_export/to", Some(asked.to), "must not lie before `from`");
            for (pointer, text) in [("/audit_export/operation", &asked.operation), ("/audit_export/code", &asked.code)] {
                let is_long = text.as_ref().is_some_and(|text| text.chars().count() > 100);
                checks.refuse(is_long, pointer, "length", "has at most 100 characters");
            }
        }
        if let Some(sharing) = &self.sharing {
            checks.require(sharing.compartments.is_empty(), "/sharing/compartments", "says what is shared");
            checks.distinct("/sharing/compartments", &sharing.compartments);
        }
        checks.found()
    }
}

impl From<approvals::Approval> for Approval {
    fn from(approval: approvals::Approval) -> Self {
        let Act { export, audit_export, erasure, sharing, consent_override, takeover, exclusion, pathway_undo, correction } = approval.act;
        Self {
            id: approval.id,
            action: approval.action,
            status: approval.status,
            export,
            audit_export,
            erasure,
            sharing,
            consent_override,
            takeover,
            exclusion,
            pathway_undo,
            correction,
            reason: approval.reason,
            asked_by: approval.asked_by,
            created_at: approval.created_at,
            expires_at: approval.expires_at,
            decided_by: approval.decided_by,
            decided_at: approval.decided_at,
            executed_at: approval.executed_at,
        }
    }
}

/// Ends an approval that was tried with other parameters, in a transaction of its own: that of the act was undone.
pub(in crate::api) async fn void_if_misused<P, T>(allowed: &Allowed<P>, approval: Option<ApprovalId>, done: &Result<T>) -> Result<()> {
    match (done, approval) {
        (Err(error), Some(approval)) if error.code == ErrorCode::ApprovalVoid => {
            allowed.write(move |tx| approvals::void(tx, approval)).await
        }
        _ => Ok(()),
    }
}

/// List what two persons answer for.
///
/// What waits first, each part newest first. Those who may approve see all that your organisation asks for, others what they asked
/// for themselves.
#[utoipa::path(
    tag = "two persons",
    params(PageQuery),
    responses((status = 200, body = ApprovalPage, description = "A page"))
)]
#[get("/v1/approvals")]
pub async fn list_approvals(http: HttpRequest, allowed: Allowed<may::ApprovalAsk>, query: Query<PageQuery>) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| approvals::list(tx, &page)).await?.map(Approval::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &ApprovalPage { items: page.items, next: page.next }))
}

/// Get something that two persons answer for.
///
/// Of your own organisation; one that a colleague asked for only if you may approve such acts.
#[utoipa::path(
    tag = "two persons",
    params(ApprovalPath),
    responses((status = 200, body = Approval, description = "The approval"))
)]
#[get("/v1/approvals/{id}")]
pub async fn get_approval(allowed: Allowed<may::ApprovalAsk>, id: Path<ApprovalId>) -> Result<web::Json<Approval>> {
    let approval = allowed.read(move |tx| approvals::find(tx, id.0)).await?;
    Ok(web::Json(Approval::from(approval)))
}

impl Rendered for Apart<ApprovalId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let approval = approvals::find(tx, self.0)?;
        respond::answer(format!("/v1/approvals/{}", self.0), respond::etag(1, CompartmentSet::EMPTY), &Approval::from(approval))
    }
}

/// Ask a second person.
///
/// For an act that two people answer for, with its exact parameters. Whoever may do the act may ask for it. A supervisor of the same
/// organisation, who is never the same person, approves it within the hour, and whoever asked then does it, once.
#[utoipa::path(
    tag = "two persons",
    request_body = CreateApproval,
    responses((status = 201, body = Approval, description = "Asked"))
)]
#[post("/v1/approvals")]
pub async fn create_approval(allowed: Allowed<may::Fresh<may::ApprovalAsk>>, body: CreateBody<CreateApproval>) -> Result<HttpResponse> {
    let CreateApproval { export, audit_export, erasure, sharing, consent_override, takeover, exclusion, pathway_undo, correction, reason } =
        body.input;
    // In the order of the compartments, in which the act itself names them.
    let in_order = |asked: OverrideParameters| {
        let compartments: CompartmentSet = asked.compartments.iter().copied().collect();
        OverrideParameters { compartments: compartments.iter().collect(), ..asked }
    };
    let act = Act {
        export,
        audit_export,
        erasure,
        sharing,
        consent_override: consent_override.map(in_order),
        takeover,
        exclusion,
        pathway_undo,
        correction,
    };
    allowed.create(body.key, move |tx| Ok(Apart(approvals::ask(tx, &act, &reason)?.id))).await
}

/// Approve what a colleague asked for.
///
/// Exactly what it says, within the hour. Nobody approves what they asked for themselves: 409 `same_person`. Only with the
/// permission of the act.
#[utoipa::path(
    tag = "two persons",
    params(ApprovalPath),
    responses((status = 200, body = Approval, description = "Approved"))
)]
#[post("/v1/approvals/{id}/approve")]
pub async fn approve_approval(allowed: Allowed<may::Fresh<may::ApprovalDecide>>, id: Path<ApprovalId>) -> Result<web::Json<Approval>> {
    let approval = allowed.write(move |tx| approvals::decide(tx, id.0, Verdict::Approve)).await?;
    Ok(web::Json(Approval::from(approval)))
}

/// Reject what a colleague asked for.
///
/// It is over then; whoever asked can ask again. Only with the permission of the act.
#[utoipa::path(
    tag = "two persons",
    params(ApprovalPath),
    responses((status = 200, body = Approval, description = "Rejected"))
)]
#[post("/v1/approvals/{id}/reject")]
pub async fn reject_approval(allowed: Allowed<may::Fresh<may::ApprovalDecide>>, id: Path<ApprovalId>) -> Result<web::Json<Approval>> {
    let approval = allowed.write(move |tx| approvals::decide(tx, id.0, Verdict::Reject)).await?;
    Ok(web::Json(Approval::from(approval)))
}
