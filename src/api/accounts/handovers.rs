//! Handing all work of one user over to a colleague.

use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Recalled, Referenced, Rendered};
use crate::api::http::extract::{CreateBody, Input, Path};
use crate::api::http::path_params::{HandoverPath, UserPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::accounts::handovers::{self, HandoverRow};
use crate::db::casefile::idempotency::Reference;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::accounts::absence::WorkPart;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{HandoverId, UserId};
use crate::error::Result;

/// A handover: who had the work, who has it now, and how much it was.
#[derive(Serialize, ToSchema)]
pub struct Handover {
    /// Its id.
    id: HandoverId,
    /// Who had the work.
    user_id: UserId,
    /// Who has it now.
    assigned_to: UserId,
    /// How many cases.
    #[schema(minimum = 0, maximum = 2147483647)]
    cases: i32,
    /// How many open tasks.
    #[schema(minimum = 0, maximum = 2147483647)]
    tasks: i32,
    /// When.
    created_at: Timestamp,
    /// By whom.
    created_by: UserId,
}

impl From<HandoverRow> for Handover {
    fn from(row: HandoverRow) -> Self {
        let HandoverRow { id, organisation_id: _, created_at, created_by, from_user_id, to_user_id, cases, tasks } = row;
        Self { id, user_id: from_user_id, assigned_to: to_user_id, cases, tasks, created_at, created_by }
    }
}

/// To whom the work goes.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateHandover {
    /// A colleague of the user, who can act and is not away today.
    assigned_to: UserId,
    /// Only this part; absent: all of it. What the process asks for goes with the cases.
    only: Option<WorkPart>,
}
impl Input for CreateHandover {}

/// A handover, by whose work it was.
struct MadeHandover {
    user: UserId,
    id: HandoverId,
}

impl Referenced for MadeHandover {
    fn reference(&self) -> Reference {
        Reference { case: None, ids: vec![self.user.0, self.id.0] }
    }
}

impl Recalled for MadeHandover {
    fn recall(kept: &Reference) -> Option<Self> {
        match kept.ids.as_slice() {
            [user, id] => Some(Self { user: UserId(*user), id: HandoverId(*id) }),
            _ => None,
        }
    }
}

/// A handover never changes.
fn etag() -> String {
    respond::etag(1, CompartmentSet::EMPTY)
}

impl Rendered for MadeHandover {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let row = handovers::find(tx, self.user, self.id)?;
        respond::answer(format!("/v1/users/{}/handover/{}", self.user, self.id), etag(), &Handover::from(row))
    }
}

/// Hand all work of a user over.
///
/// All cases and open tasks of the user go to a colleague in one act, also those that the user left behind when the account was
/// disabled and that nobody was assigned since. Supervisors do so in their organisation; an administrator, who may read no case,
/// learns how many there are. Recorded in the history of each case.
#[utoipa::path(
    tag = "users",
    params(UserPath),
    request_body = CreateHandover,
    responses((status = 201, body = Handover, description = "Handed over"))
)]
#[post("/v1/users/{id}/handover")]
pub async fn create_handover(
    allowed: Allowed<may::Fresh<may::WorkHandOver>>,
    id: Path<UserId>,
    body: CreateBody<CreateHandover>,
) -> Result<HttpResponse> {
    let (user, CreateHandover { assigned_to, only }) = (id.0, body.input);
    allowed.create(body.key, move |tx| Ok(MadeHandover { user, id: handovers::insert(tx, user, assigned_to, only)?.id })).await
}

/// Get a handover.
#[utoipa::path(tag = "users", params(HandoverPath), responses((status = 200, body = Handover, description = "The handover")))]
#[get("/v1/users/{id}/handover/{handover_id}")]
pub async fn get_handover(http: HttpRequest, allowed: Allowed<may::WorkHandOver>, path: Path<HandoverPath>) -> Result<HttpResponse> {
    let HandoverPath { id: user, handover_id: id } = path.0;
    let row = allowed.read(move |tx| handovers::find(tx, user, id)).await?;
    Ok(respond::found(&http, etag(), &Handover::from(row)))
}
