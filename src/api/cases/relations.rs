//! Relations: who belongs together.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Patch, Path};
use crate::api::http::path_params::{CasePath, RelationPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::casefile::relations;
use crate::db::cases::linking::{self, Changed};
use crate::domain::access::compartments::Compartment;
use crate::domain::codes::{CaseStatus, RelationKind};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, RelationId};
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::text::lines;
use crate::error::Result;

/// Somebody who belongs to the person of the case, and where they are on the road home.
#[derive(Serialize, ToSchema)]
pub struct Relation {
    /// Its id, the same from both sides.
    id: RelationId,
    /// The case of the other person. If it was merged, the one that goes on.
    case_id: CaseId,
    /// The code of that case.
    #[schema(max_length = 50, example = "KHM-26-7F3M9Q-4")]
    code: String,
    /// What the other person is to the person of this case.
    relation: RelationKind,
    /// Whether the other person is a child; null: not known.
    is_child: Option<bool>,
    /// The status of the other case.
    status: CaseStatus,
    /// The stage of the other person.
    stage: Stage,
    /// The side state of the other person.
    side_state: Option<SideState>,
    /// Why the two are apart, as a supervisor recorded it; null: nobody did, or it is closed to a mission that is a guest on one of the two
    /// cases. A child can leave without a parent or guardian only with it.
    #[schema(max_length = 2000)]
    separation_reason: Option<String>,
    /// When that was recorded.
    separation_recorded_at: Option<Timestamp>,
    /// The day on which it was recorded, as its beginning in UTC. The hour is not told: it would show which links came with a person from an
    /// earlier case.
    created_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// The relations of a case.
#[derive(Serialize, ToSchema)]
pub struct RelationList {
    /// Those of which you see both cases, oldest first; absent where your grant does not open the identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 1000, nullable = false)]
    items: Option<Vec<Relation>>,
    /// The compartment that `items` is absent for.
    #[schema(max_items = 1)]
    redacted: Vec<Compartment>,
}

/// Who belongs to the person of the case.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateRelation {
    /// The case of the other person.
    case_id: CaseId,
    /// What the other person is to the person of this case: `child` at the mother's case is `parent` at the child's.
    relation: RelationKind,
}

impl Input for CreateRelation {}

/// What can be changed of a relation.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateRelation {
    /// What the other person is to the person of this case.
    relation: RelationKind,
    /// Why the two are apart: only by a supervisor. Null takes it back.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "The mother is in hospital and asked that the grandmother take the baby home")]
    separation_reason: Option<String>,
}

impl Input for UpdateRelation {}

impl From<UpdateRelation> for Changed {
    fn from(relation: UpdateRelation) -> Self {
        Self { kind: relation.relation, separation: relation.separation_reason }
    }
}

impl From<&Changed> for UpdateRelation {
    fn from(changed: &Changed) -> Self {
        Self { relation: changed.kind, separation_reason: changed.separation.clone() }
    }
}

impl From<relations::Relation> for Relation {
    fn from(relation: relations::Relation) -> Self {
        let relations::Relation { id, relative, kind, separation, recorded_by: _, created_at, version } = relation;
        let (separation_reason, separation_recorded_at) = separation.map_or((None, None), |known| (known.reason, Some(known.recorded_at)));
        Self {
            id,
            case_id: relative.id,
            code: relative.code,
            relation: kind,
            is_child: relative.is_child,
            status: relative.status,
            stage: relative.stage,
            side_state: relative.side_state,
            separation_reason,
            separation_recorded_at,
            created_at,
            version,
        }
    }
}

/// Of the relation, and of where the other person is.
fn etag(relation: &relations::Relation) -> String {
    format!("\"{}-{}\"", relation.version, relation.relative.version)
}

impl Rendered for OfCase<RelationId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let relation = relations::find(tx, self.case, self.id)?;
        respond::answer(format!("/v1/cases/{}/relations/{}", self.case, self.id), etag(&relation), &Relation::from(relation))
    }
}

/// List who belongs to the person of a case.
///
/// Only whoever sees both cases sees that they are linked. Relations are part of the identity (class C).
#[utoipa::path(tag = "relations", params(CasePath), responses((status = 200, body = RelationList, description = "The relations")))]
#[get("/v1/cases/{id}/relations")]
pub async fn list_relations(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<RelationList>> {
    let relations = allowed.read(move |tx| relations::list(tx, id.0)).await?;
    let redacted = if relations.is_none() { vec![Compartment::Identity] } else { Vec::new() };
    Ok(web::Json(RelationList { items: relations.map(|all| all.into_iter().map(Relation::from).collect()), redacted }))
}

/// Get a relation.
#[utoipa::path(tag = "relations", params(RelationPath), responses((status = 200, body = Relation, description = "The relation")))]
#[get("/v1/cases/{id}/relations/{relation_id}")]
pub async fn get_relation(http: HttpRequest, allowed: Allowed<may::CaseRead>, path: Path<RelationPath>) -> Result<HttpResponse> {
    let RelationPath { id: case, relation_id: id } = path.0;
    let relation = allowed.read(move |tx| relations::find(tx, case, id)).await?;
    Ok(respond::found(&http, etag(&relation), &Relation::from(relation)))
}

/// Link two cases whose people belong together.
///
/// Recorded once, seen from both sides, and by nobody who sees only one of the two: no version, no history and no event of either case
/// tells of it. For whoever sees who both people are; a mission must own both cases.
#[utoipa::path(
    tag = "relations",
    params(CasePath),
    request_body = CreateRelation,
    responses((status = 201, body = Relation, description = "Linked"))
)]
#[post("/v1/cases/{id}/relations")]
pub async fn create_relation(
    allowed: Allowed<may::CaseUpdate>,
    id: Path<CaseId>,
    body: CreateBody<CreateRelation>,
) -> Result<HttpResponse> {
    let CreateRelation { case_id, relation } = body.input;
    allowed.create(body.key, move |tx| Ok(OfCase { case: id.0, id: linking::insert(tx, id.0, case_id, relation)? })).await
}

/// Change a relation.
///
/// A merge patch (RFC 7396) with `If-Match`. For whoever may link the two cases. That the two are apart, and why
/// (`separation_reason`), is said by a supervisor of the owner of one of them or of the coordination desk: until then a child and the
/// parent or guardian it is linked with leave together (guard `child_not_separated`). Such a supervisor alone changes what ties a child, or
/// may do so, into what does not, and what two are of whom it was said why they are apart.
#[utoipa::path(
    tag = "relations",
    params(RelationPath, IfMatch),
    request_body(content = UpdateRelation, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Relation, description = "Changed"))
)]
#[patch("/v1/cases/{id}/relations/{relation_id}")]
pub async fn update_relation(
    allowed: Allowed<may::CaseUpdate>,
    path: Path<RelationPath>,
    if_match: IfMatch,
    patch: Patch<UpdateRelation>,
) -> Result<HttpResponse> {
    let RelationPath { id: case, relation_id: id } = path.0;
    let relation = allowed
        .write(move |tx| linking::update(tx, case, id, if_match.expected(), |known| Ok(patch.apply(&UpdateRelation::from(known))?.into())))
        .await?;
    Ok(respond::changed(etag(&relation), &Relation::from(relation)))
}

/// Remove a relation.
///
/// For whoever may link the two cases. A link that ties a child to a parent or guardian, or may do so, and one of which it was said why
/// the two are apart, is removed by a supervisor of the owner of one of the cases or of the coordination desk.
#[utoipa::path(tag = "relations", params(RelationPath), responses((status = 204, description = "Removed")))]
#[delete("/v1/cases/{id}/relations/{relation_id}")]
pub async fn delete_relation(allowed: Allowed<may::CaseUpdate>, path: Path<RelationPath>) -> Result<HttpResponse> {
    let RelationPath { id: case, relation_id: id } = path.0;
    allowed.write(move |tx| linking::delete(tx, case, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
