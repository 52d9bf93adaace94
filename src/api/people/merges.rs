//! Merging two persons who are one, with a preview and an undo.

use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Json, Path, Query};
use crate::api::http::page::{PageQuery, page_request};
use crate::api::http::path_params::{DuplicatePairPath, MergePath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::people::merges::{self, Asked, ChosenField, FieldPair};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{Kept, MergeBlocker, MergeWarning};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, DuplicatePairId, MergeId, OrganisationId, PersonId, UserId};
use crate::domain::people::merging::{MergeChoice, MergeField, choice_violations};
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

/// Which of the two goes on.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PreviewMerge {
    /// The case that goes on: one of the two of the pair.
    survivor_case_id: CaseId,
}
impl Input for PreviewMerge {}

/// How two persons are merged.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MergeDuplicate {
    /// The case that goes on: one of the two of the pair.
    survivor_case_id: CaseId,
    /// The version of that case, as the preview showed it.
    #[validate(range(min = 1, max = 9_007_199_254_740_991i64))]
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    survivor_version: i64,
    /// The version of the other case, as the preview showed it.
    #[validate(range(min = 1, max = 9_007_199_254_740_991i64))]
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    other_version: i64,
    /// Whose value of a field is kept; a field that is not named is kept as the preview says.
    #[serde(default, deserialize_with = "crate::domain::lists::null_as_empty")]
    #[validate(length(max = 14))]
    #[schema(value_type = Option<Vec<MergeChoice>>, max_items = 15)]
    choices: Vec<MergeChoice>,
    /// The warnings of the preview that you read and mean: `one_is_dead` goes through only if it is named.
    #[serde(default, deserialize_with = "crate::domain::lists::null_as_empty")]
    #[validate(length(max = 3))]
    #[schema(value_type = Option<Vec<MergeWarning>>, max_items = 3)]
    accepts: Vec<MergeWarning>,
}
impl Input for MergeDuplicate {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.distinct("/choices", &self.choices.iter().map(|choice| choice.field).collect::<Vec<_>>());
        let mut found = checks.found();
        found.extend(choice_violations(&self.choices));
        found
    }
}

/// Why a merge is undone.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UndoMerge {
    /// The reason.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 3, max = 2000))]
    #[schema(min_length = 3, max_length = 2000, example = "The sister called: they are twins")]
    reason: String,
}
impl Input for UndoMerge {}

/// Both values of a field, and which is kept where nobody chooses.
#[derive(Serialize, ToSchema)]
pub struct MergePreviewField {
    /// The field.
    field: MergeField,
    /// What is known of the one whose case goes on; null where nothing is.
    survivor: serde_json::Value,
    /// What is known of the other.
    other: serde_json::Value,
    /// Whether they differ.
    differs: bool,
    /// Whose value is kept where nobody chooses: of a list both, where the other has what the survivor has not; of the age the one that
    /// protects a child; of everything else the survivor's, unless only the other's is known.
    by_default: Kept,
}

impl From<FieldPair> for MergePreviewField {
    fn from(beside: FieldPair) -> Self {
        let FieldPair { field, survivor, other, by_default } = beside;
        Self { field, differs: survivor != other, survivor, other, by_default }
    }
}

/// What a merge would do.
#[derive(Serialize, ToSchema)]
pub struct MergePreview {
    /// The case that would go on.
    survivor_case_id: CaseId,
    /// Its version.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    survivor_version: i64,
    /// The other's case, which would be closed to every write and shown in no list.
    other_case_id: CaseId,
    /// Its version.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    other_version: i64,
    /// Field by field.
    #[schema(max_items = 15)]
    fields: Vec<MergePreviewField>,
    /// What forbids it now; empty where nothing does. Where your organisation does not own every case of both, that alone.
    #[schema(max_items = 11)]
    blockers: Vec<MergeBlocker>,
    /// What it brings with it for the person's safety; told to whoever owns every case of both.
    #[schema(max_items = 3)]
    warnings: Vec<MergeWarning>,
    /// Who sees only the other one now, and would see nothing any more: refer the case that goes on to them, if the person agrees. Told, as
    /// `opens_to`, to whoever owns every case of both, and empty for others.
    #[schema(max_items = 1000)]
    ends_access_of: Vec<OrganisationId>,
    /// Who sees the case that would go on, and would read there what the other one says and is closed to them now. What was recorded
    /// about the other one stays closed to them.
    #[schema(max_items = 1000)]
    opens_to: Vec<OpenedByMerge>,
}

/// An organisation that would read more.
#[derive(Serialize, ToSchema)]
pub struct OpenedByMerge {
    /// The organisation.
    organisation_id: OrganisationId,
    /// The parts of the other case that it does not read now.
    #[schema(max_items = 6)]
    compartments: Vec<Compartment>,
}

impl From<(OrganisationId, CompartmentSet)> for OpenedByMerge {
    fn from((organisation_id, compartments): (OrganisationId, CompartmentSet)) -> Self {
        Self { organisation_id, compartments: compartments.iter().collect() }
    }
}

/// A field that the survivor took over.
#[derive(Serialize, ToSchema)]
pub struct TakenField {
    /// The field.
    field: MergeField,
    /// What was known of the survivor before.
    before: serde_json::Value,
    /// What was taken from the other.
    after: serde_json::Value,
}

impl From<ChosenField> for TakenField {
    fn from(taken: ChosenField) -> Self {
        let ChosenField { field, before, after } = taken;
        Self { field, before, after }
    }
}

/// Two persons who were found to be one. What was recorded about either stands on the case that goes on. The merged case keeps its
/// history and its log: whoever owns it reads them at its own address.
#[derive(Serialize, ToSchema)]
pub struct Merge {
    /// Its id.
    id: MergeId,
    /// The pair that was decided.
    duplicate_id: DuplicatePairId,
    /// The person who goes on.
    survivor_person_id: PersonId,
    /// The case that goes on.
    survivor_case_id: CaseId,
    /// The person who was merged into that one, with all their cases.
    merged_person_id: PersonId,
    /// The newest of those.
    merged_case_id: CaseId,
    /// What the survivor took over, as far as your grants open it.
    #[schema(max_items = 15)]
    taken: Vec<TakenField>,
    /// When.
    created_at: Timestamp,
    /// By whom.
    created_by: Option<UserId>,
    /// When it was undone.
    undone_at: Option<Timestamp>,
    /// By whom.
    undone_by: Option<UserId>,
    /// Why.
    #[schema(max_length = 2000)]
    undo_reason: Option<String>,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

impl From<merges::Merge> for Merge {
    fn from(merge: merges::Merge) -> Self {
        let merges::Merge { row, taken, reason } = merge;
        Self {
            id: row.id,
            duplicate_id: row.pair_id,
            survivor_person_id: row.survivor_person_id,
            survivor_case_id: row.survivor_case_id,
            merged_person_id: row.merged_person_id,
            merged_case_id: row.merged_case_id,
            taken: taken.into_iter().map(TakenField::from).collect(),
            created_at: row.created_at,
            created_by: row.created_by,
            undone_at: row.undone_at,
            undone_by: row.undone_by,
            undo_reason: reason,
            version: row.version,
        }
    }
}

/// A page of merges.
#[derive(Serialize, ToSchema)]
pub struct MergePage {
    /// The merges, the newest first.
    #[schema(max_items = 200)]
    items: Vec<Merge>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

impl Rendered for OfCase<MergeId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let merge = merges::find(tx, self.id)?;
        respond::answer(format!("/v1/merges/{}", self.id), etag(&merge), &Merge::from(merge))
    }
}

fn etag(merge: &merges::Merge) -> String {
    respond::etag(merge.row.version, CompartmentSet::WHO)
}

/// Preview a merge.
///
/// Both values of every field, which one is kept where nobody chooses, and what forbids the merge now. Changes nothing. Only
/// where you see both.
#[utoipa::path(
    tag = "duplicates",
    params(DuplicatePairPath),
    request_body = PreviewMerge,
    responses((status = 200, body = MergePreview, description = "What would happen"))
)]
#[post("/v1/duplicates/{id}/merge-preview")]
pub async fn preview_merge(
    allowed: Allowed<may::Fresh<may::CaseClose>>,
    id: Path<DuplicatePairId>,
    body: Json<PreviewMerge>,
) -> Result<HttpResponse> {
    let survivor = body.0.survivor_case_id;
    let preview = allowed.read(move |tx| merges::preview(tx, id.0, survivor)).await?;
    Ok(HttpResponse::Ok().json(MergePreview {
        survivor_case_id: preview.survivor.id,
        survivor_version: preview.survivor.version,
        other_case_id: preview.other.id,
        other_version: preview.other.version,
        fields: preview.fields.into_iter().map(MergePreviewField::from).collect(),
        blockers: preview.blockers,
        warnings: preview.warnings,
        ends_access_of: preview.ends_access_of,
        opens_to: preview.opens_to.into_iter().map(OpenedByMerge::from).collect(),
    }))
}

/// Merge two persons who are one.
///
/// The case that you name goes on, with everything that was recorded about either: it takes over the fields that you choose, those that
/// only the other has and what the other's lists have more; the needs, notes and places of both are joined, and the higher risk holds.
/// Records, stays, files, contacts and added tasks of the other stand on it, too, for whoever saw them before, and either one's names,
/// numbers and codes lead to it. Its history says so. The other case is in no list, figure, report or search any more, whoever saw only
/// that one sees it no more and is told so, every write to it answers 409 `case_merged` with the case to go on with, and you, as the
/// owner, still read its history and log at its own address. What either of them refused holds for both, and so do a legal hold and an
/// open asylum claim (`warnings` of the preview). Refused (409 `merge_blocked`,
/// with what the preview shows as `blockers`), and with 412 where either case has another version than the one you read. Only
/// by the owner of every case of both.
#[utoipa::path(
    tag = "duplicates",
    params(DuplicatePairPath),
    request_body = MergeDuplicate,
    responses((status = 201, body = Merge, description = "Merged"))
)]
#[post("/v1/duplicates/{id}/merge")]
pub async fn merge_duplicate(
    allowed: Allowed<may::Fresh<may::CaseClose>>,
    id: Path<DuplicatePairId>,
    body: CreateBody<MergeDuplicate>,
) -> Result<HttpResponse> {
    let MergeDuplicate { survivor_case_id: survivor, survivor_version, other_version, choices, accepts } = body.input;
    let asked = Asked { survivor, survivor_version, other_version, choices, accepts };
    allowed.create(body.key, move |tx| Ok(OfCase { case: survivor, id: merges::merge(tx, id.0, &asked)?.row.id })).await
}

/// List merges.
///
/// Those into cases that your organisation owns now, undone ones too, the newest first.
#[utoipa::path(
    tag = "duplicates",
    params(PageQuery),
    responses((status = 200, body = MergePage, description = "A page"))
)]
#[get("/v1/merges")]
pub async fn list_merges(
    http: HttpRequest,
    allowed: Allowed<may::ByPerson<may::CaseRead>>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let page = page_request(query.0.limit, query.0.after);
    let page = allowed.read(move |tx| merges::list(tx, &page)).await?.map(Merge::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &MergePage { items: page.items, next: page.next }))
}

/// Get a merge.
///
/// The way to the merged case: the owner reads it, its history and its log at its own address.
#[utoipa::path(
    tag = "duplicates",
    params(MergePath),
    responses((status = 200, body = Merge, description = "The merge"))
)]
#[get("/v1/merges/{id}")]
pub async fn get_merge(allowed: Allowed<may::ByPerson<may::CaseRead>>, id: Path<MergeId>) -> Result<HttpResponse> {
    let merge = allowed.read(move |tx| merges::find(tx, id.0)).await?;
    Ok(respond::changed(etag(&merge), &Merge::from(merge)))
}

/// Undo a merge.
///
/// With `If-Match`, and a reason. Both are again what they were: records that came from the other go back as they are now, what was added
/// since stays with the survivor, the survivor has back what it gave up for the other's values unless that was changed since, and
/// the other one is there again with everybody who saw them, apart from those whose access ended meanwhile: by its own date, because
/// they are the desk of the country no more, or because the person refused them while the two were one, which then holds for both.
/// Refused (409 `undo_blocked`, with a list) where a field of the person that was taken over was changed since, where another person was merged
/// into the same case since (undo that first), and where the survivor is closed, shielded or owned by another organisation.
#[utoipa::path(
    tag = "duplicates",
    params(MergePath, IfMatch),
    request_body = UndoMerge,
    responses((status = 200, body = Merge, description = "Undone"))
)]
#[post("/v1/merges/{id}/undo")]
pub async fn undo_merge(
    allowed: Allowed<may::Fresh<may::CaseClose>>,
    id: Path<MergeId>,
    if_match: IfMatch,
    body: Json<UndoMerge>,
) -> Result<HttpResponse> {
    let reason = body.0.reason;
    let merge = allowed.write(move |tx| merges::undo(tx, id.0, if_match.expected(), &reason)).await?;
    Ok(respond::changed(etag(&merge), &Merge::from(merge)))
}
