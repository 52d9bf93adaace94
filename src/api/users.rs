//! User accounts.

use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;
use zeroize::Zeroizing;

use super::access::{Allowed, may};
use super::extract::{CreateBody, IfMatch, Input, Json, Patch, Path, Query};
use super::page::page_request;
use super::respond;
use crate::auth::password::Passwords;
use crate::db::users::{self, UserRow};
use crate::domain::access::Role;
use crate::domain::compartments::CompartmentSet;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{OrganisationId, UserId};
use crate::error::{Error, Result};

/// A user account. The password is never shown.
#[derive(Serialize, ToSchema)]
pub struct User {
    /// Its id.
    id: UserId,
    /// The organisation, which decides which cases are seen.
    organisation_id: OrganisationId,
    /// Username, in lower case.
    #[schema(max_length = 100, example = "siti.rahmawati")]
    username: String,
    /// Name shown to colleagues.
    #[schema(max_length = 200)]
    display_name: String,
    /// Role.
    role: Role,
    /// Whether the password must be changed before anything else.
    must_change_password: bool,
    /// Since when the account is disabled.
    disabled_at: Option<Timestamp>,
    /// When it was created.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
    /// Its version, as in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// A page of users.
#[derive(Serialize, ToSchema)]
pub struct UserPage {
    /// The users.
    #[schema(max_items = 200)]
    items: Vec<User>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// A new user account.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// The organisation.
    organisation_id: OrganisationId,
    /// Username; unique, in any case.
    #[validate(length(min = 3, max = 100))]
    #[schema(min_length = 3, max_length = 100, example = "siti.rahmawati")]
    username: String,
    /// Name shown to colleagues.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    display_name: String,
    /// Role. Embassy roles exist at missions only, NGO roles elsewhere only.
    role: Role,
    /// First password, at least 15 characters; it must be changed at the first sign-in.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 15, max_length = 256, format = Password)]
    password: String,
}
impl Input for CreateUser {}

/// What can be changed of a user account.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateUser {
    /// Name shown to colleagues.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    display_name: String,
    /// Role. Nobody changes their own.
    role: Role,
    /// Whether the account is disabled.
    disabled: bool,
}
impl Input for UpdateUser {}

/// A password for somebody who lost theirs.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// One-time password, at least 15 characters; it must be changed at the next sign-in.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 15, max_length = 256, format = Password)]
    password: String,
}
impl Input for PasswordReset {}

/// Which users.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Of this organisation.
    organisation: Option<OrganisationId>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        let UserRow {
            id,
            created_at,
            updated_at,
            version,
            organisation_id,
            username,
            display_name,
            role,
            password_hash: _,
            must_change_password,
            disabled_at,
        } = row;
        Self { id, organisation_id, username, display_name, role, must_change_password, disabled_at, created_at, updated_at, version }
    }
}

fn etag(row: &UserRow) -> String {
    respond::etag(row.version, CompartmentSet::EMPTY)
}

/// List users, oldest first.
///
/// Administrators only.
#[utoipa::path(tag = "users", security(("bearer" = ["user:manage"])), params(UserQuery), responses((status = 200, body = UserPage, description = "A page")))]
#[get("/v1/users")]
pub async fn list_users(http: HttpRequest, allowed: Allowed<may::UserManage>, query: Query<UserQuery>) -> Result<HttpResponse> {
    let (organisation, page) = (query.0.organisation, page_request(query.0.limit, query.0.after)?);
    let page = allowed.read(move |tx| users::list(tx, organisation, &page)).await?.map(User::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &UserPage { items: page.items, next: page.next }))
}

/// Get a user.
///
/// Administrators only.
#[utoipa::path(tag = "users", security(("bearer" = ["user:manage"])), params(("id" = UserId, Path, description = "The user")), responses((status = 200, body = User, description = "The user")))]
#[get("/v1/users/{id}")]
pub async fn get_user(http: HttpRequest, allowed: Allowed<may::UserManage>, id: Path<UserId>) -> Result<HttpResponse> {
    let row = allowed.read(move |tx| users::find(tx, id.0)).await?;
    Ok(respond::found(&http, etag(&row), &User::from(row)))
}

/// Create a user.
///
/// The first password must be changed at the first sign-in. Administrators only; recorded in the audit trail; send an
/// `Idempotency-Key` to be able to repeat the request safely.
#[utoipa::path(tag = "users", security(("bearer" = ["user:manage"])), request_body = CreateUser, responses((status = 201, body = User, description = "Created")))]
#[post("/v1/users")]
pub async fn create_user(allowed: Allowed<may::Fresh<may::UserManage>>, body: CreateBody<CreateUser>) -> Result<HttpResponse> {
    let CreateUser { organisation_id, username, display_name, role, password } = body.input;
    if let Some(violation) = Passwords::violation("/password", &password) {
        return Err(Error::fields(vec![violation]));
    }
    let password_hash = allowed.passwords().hash(Zeroizing::new(password)).await?;
    allowed
        .create(body.key, move |tx| {
            let row = UserRow {
                id: UserId::random(),
                created_at: tx.now,
                updated_at: tx.now,
                version: 1,
                organisation_id,
                username: username.to_lowercase(),
                display_name: display_name.clone(),
                role,
                password_hash: password_hash.clone(),
                must_change_password: true,
                disabled_at: None,
            };
            let row = users::insert(tx, &row)?;
            respond::answer(format!("/v1/users/{}", row.id), etag(&row), None, &User::from(row))
        })
        .await
}

/// Change a user.
///
/// A merge patch (RFC 7396) with `If-Match`. A new role or a disablement ends every session of the user at once. Nobody
/// changes their own role. Administrators only; recorded in the audit trail.
#[utoipa::path(tag = "users", security(("bearer" = ["user:manage"])), params(("id" = UserId, Path, description = "The user"), ("If-Match" = String, Header, description = "The ETag you read", max_length = 100)), request_body(content = UpdateUser, content_type = "application/merge-patch+json"), responses((status = 200, body = User, description = "Changed")))]
#[patch("/v1/users/{id}")]
pub async fn update_user(
    allowed: Allowed<may::Fresh<may::UserManage>>,
    id: Path<UserId>,
    if_match: IfMatch,
    patch: Patch<UpdateUser>,
) -> Result<HttpResponse> {
    let row = allowed
        .write_access(move |tx| {
            let now = tx.now;
            let current = users::find(tx, id.0)?;
            let state = UpdateUser { display_name: current.display_name, role: current.role, disabled: current.disabled_at.is_some() };
            let UpdateUser { display_name, role, disabled } = patch.apply(&state)?;
            users::update(tx, id.0, if_match.version(), |row| {
                row.display_name = display_name;
                row.role = role;
                row.disabled_at = disabled.then(|| row.disabled_at.unwrap_or(now));
            })
        })
        .await?;
    Ok(respond::changed(etag(&row), &User::from(row)))
}

/// Reset a user's password.
///
/// For somebody who lost theirs. Ends every session of the user; the password must be changed at the next sign-in.
/// Administrators only; recorded in the audit trail.
#[utoipa::path(tag = "users", security(("bearer" = ["user:manage"])), params(("id" = UserId, Path, description = "The user")), request_body = PasswordReset, responses((status = 204, description = "Reset")))]
#[post("/v1/users/{id}/password-reset")]
pub async fn reset_user_password(
    allowed: Allowed<may::Fresh<may::UserManage>>,
    id: Path<UserId>,
    body: Json<PasswordReset>,
) -> Result<HttpResponse> {
    if let Some(violation) = Passwords::violation("/password", &body.0.password) {
        return Err(Error::fields(vec![violation]));
    }
    let hash = allowed.passwords().hash(Zeroizing::new(body.0.password)).await?;
    allowed
        .write_access(move |tx| {
            let version = users::find(tx, id.0)?.version;
            users::update(tx, id.0, version, |row| {
                row.password_hash.clone_from(&hash);
                row.must_change_password = true;
            })
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
