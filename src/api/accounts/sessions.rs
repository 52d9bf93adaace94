//! Sessions: where one is signed in, and how to end that. No address and no device is kept of any.

use actix_web::{HttpResponse, delete, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::Path;
use crate::api::http::path_params::{SessionPath, UserPath};
use crate::db::accounts::sessions::{self, SessionRow};
use crate::db::accounts::users;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{SessionId, UserId};
use crate::error::Result;

/// A live session.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    id: SessionId,
    /// When it began.
    created_at: Timestamp,
    /// When its tokens were last refreshed; its beginning if never. A session in use is refreshed at least every half hour.
    last_refreshed_at: Timestamp,
    /// When its user last proved who they are.
    authenticated_at: Timestamp,
    /// When it ends, however often it is refreshed.
    expires_at: Timestamp,
    /// Whether it is the one that asks.
    current: bool,
}

/// The live sessions of a user.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    /// The sessions, newest first.
    #[schema(max_items = 200)]
    items: Vec<Session>,
}

fn listed(rows: Vec<SessionRow>, asking: SessionId) -> web::Json<SessionList> {
    let session = |row: SessionRow| Session {
        id: row.id,
        created_at: row.created_at,
        last_refreshed_at: row.rotated_at.unwrap_or(row.created_at),
        authenticated_at: row.authenticated_at,
        expires_at: row.expires_at,
        current: row.id == asking,
    };
    web::Json(SessionList { items: rows.into_iter().map(session).collect() })
}

/// List one's own sessions.
///
/// Those that are live, newest first.
#[utoipa::path(tag = "auth", responses((status = 200, body = SessionList, description = "The sessions")))]
#[get("/v1/auth/sessions")]
pub async fn list_own_sessions(allowed: Allowed<may::OwnAccount>) -> Result<web::Json<SessionList>> {
    let (id, asking) = (allowed.user()?.user_id, allowed.user()?.session_id);
    Ok(listed(allowed.read(move |tx| sessions::list(tx, id)).await?, asking))
}

/// End one of one's own sessions.
///
/// At once here, and within a second on every other instance.
#[utoipa::path(tag = "auth", params(SessionPath), responses((status = 204, description = "Ended")))]
#[delete("/v1/auth/sessions/{session_id}")]
pub async fn delete_own_session(allowed: Allowed<may::OwnAccount>, session: Path<SessionId>) -> Result<HttpResponse> {
    let id = allowed.user()?.user_id;
    allowed.write_access(move |tx| sessions::revoke_of(tx, id, session.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End all of one's own sessions.
///
/// This one included; at once here, and within a second on every other instance.
#[utoipa::path(tag = "auth", responses((status = 204, description = "Ended: sign in again")))]
#[delete("/v1/auth/sessions")]
pub async fn delete_own_sessions(allowed: Allowed<may::OwnAccount>) -> Result<HttpResponse> {
    let id = allowed.user()?.user_id;
    allowed.write_access(move |tx| sessions::revoke_all(tx, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// List a user's sessions.
///
/// Those that are live, newest first.
#[utoipa::path(
    tag = "users",
    params(UserPath),
    responses((status = 200, body = SessionList, description = "The sessions"))
)]
#[get("/v1/users/{id}/sessions")]
pub async fn list_user_sessions(allowed: Allowed<may::UserManage>, id: Path<UserId>) -> Result<web::Json<SessionList>> {
    let asking = allowed.user()?.session_id;
    let rows = allowed
        .read(move |tx| {
            users::find(tx, id.0)?;
            sessions::list(tx, id.0)
        })
        .await?;
    Ok(listed(rows, asking))
}

/// End a user's sessions.
///
/// All of them, at once here, and within a second on every other instance. It takes no step-up: a lost phone is in somebody's
/// hands now.
#[utoipa::path(tag = "users", params(UserPath), responses((status = 204, description = "Ended")))]
#[delete("/v1/users/{id}/sessions")]
pub async fn delete_user_sessions(allowed: Allowed<may::UserManage>, id: Path<UserId>) -> Result<HttpResponse> {
    allowed
        .write_access(move |tx| {
            users::find(tx, id.0)?;
            sessions::revoke_all(tx, id.0)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
