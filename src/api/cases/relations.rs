//! Relations: who belongs together.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::{CreateBody, Input, Path};
use crate::api::http::path_params::{CasePath, RelationPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::cases::relations;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::{CaseStatus, RelationKind};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, RelationId};
use crate::domain::repatriation::stage::{SideState, Stage};
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
    /// When it was recorded.
    created_at: Timestamp,
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

impl From<relations::Relation> for Relation {
    fn from(relation: relations::Relation) -> Self {
        let relations::Relation { id, relative, kind, created_at } = relation;
        Self {
            id,
            case_id: relative.id,
            code: relative.code,
            relation: kind,
            is_child: relative.is_child,
            status: relative.status,
            stage: relative.stage,
            side_state: relative.side_state,
            created_at,
        }
    }
}

/// A relation never changes, but where the other person is does.
fn etag(relation: &relations::Relation) -> String {
    respond::etag(relation.relative.version, CompartmentSet::EMPTY.with(Compartment::Identity))
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
    allowed.create(body.key, move |tx| Ok(OfCase { case: id.0, id: relations::insert(tx, id.0, case_id, relation)? })).await
}

/// Remove a relation.
///
/// For whoever may link the two cases. A relation that was recorded wrongly is removed and recorded again.
#[utoipa::path(tag = "relations", params(RelationPath), responses((status = 204, description = "Removed")))]
#[delete("/v1/cases/{id}/relations/{relation_id}")]
pub async fn delete_relation(allowed: Allowed<may::CaseUpdate>, path: Path<RelationPath>) -> Result<HttpResponse> {
    let RelationPath { id: case, relation_id: id } = path.0;
    allowed.write(move |tx| relations::delete(tx, case, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
