//! User accounts.

use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Recalled, Referenced, Rendered};
use crate::api::http::extract::{self, CreateBody, IfMatch, Input, Patch, Path, Query};
use crate::api::http::page::{self, page_request};
use crate::api::http::path_params::UserPath;
use crate::api::http::respond;
use crate::auth::one_time_code::{self, CodeFor};
use crate::db::Tx;
use crate::db::accounts::password_resets;
use crate::db::accounts::users::{self, UserRow};
use crate::db::casefile::idempotency::Reference;
use crate::domain::access::Role;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::accounts::password_hash::PasswordHash;
use crate::domain::accounts::username::stored_form;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{OrganisationId, UserId};
use crate::domain::text::name;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

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
    /// Whether they answer for data protection, and so review emergency access.
    data_protection: bool,
    /// Whether a password must be set or changed before anything else.
    must_change_password: bool,
    /// Since when the account is disabled.
    disabled_at: Option<Timestamp>,
    /// When it was created.
    created_at: Timestamp,
    /// Last change.
    updated_at: Timestamp,
    /// As in the ETag.
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
    /// Username; unique, in any case, and refused if it looks like another one. Letters and digits of any script, and signs of
    /// ASCII; no spaces, and nothing that is not seen (RFC 8265).
    #[validate(length(min = 3, max = 100))]
    #[schema(min_length = 3, max_length = 100, example = "siti.rahmawati")]
    username: String,
    /// Name shown to colleagues.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    display_name: String,
    /// Role. Embassy roles exist at missions only, NGO roles elsewhere only.
    role: Role,
}
impl Input for CreateUser {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let message = "must be letters and digits, with signs such as . _ - @ between; no spaces, no ligatures, nothing that is not seen";
        checks.refuse(stored_form(&self.username).is_none(), "/username", "not_a_username", message);
        checks.found()
    }
}

impl CreateUser {
    /// What was typed in on the command line, which refuses what the API refuses.
    pub fn typed(organisation_id: OrganisationId, username: String, display_name: String, role: Role, today: Today) -> Result<Self> {
        let typed =
            serde_json::json!({ "organisation_id": organisation_id, "username": username, "display_name": display_name, "role": role });
        extract::typed(&typed, today)
    }

    /// The row of a new user, who has no password yet.
    pub fn row(self, id: UserId, now: Timestamp) -> UserRow {
        let Self { organisation_id, username, display_name, role } = self;
        UserRow {
            id,
            created_at: now,
            updated_at: now,
            version: 1,
            organisation_id,
            // Checked already: what has no stored form was refused.
            username: stored_form(&username).unwrap_or(username),
            display_name,
            role,
            password_hash: PasswordHash::Unset,
            must_change_password: true,
            disabled_at: None,
            data_protection: false,
            password_epoch: 1,
        }
    }
}

/// What can be changed of a user account.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateUser {
    /// Name shown to colleagues.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    display_name: String,
    /// Role. Nobody changes their own.
    role: Role,
    /// Whether they answer for data protection.
    data_protection: bool,
    /// Whether the account is disabled.
    disabled: bool,
}
impl Input for UpdateUser {}

/// A new user account, with the one-time code for its first password. The code is shown once: a repeated request does not tell it.
#[derive(Serialize, ToSchema)]
pub struct NewUser {
    #[serde(flatten)]
    user: User,
    /// With it the user sets a password at `/v1/auth/password-reset`. Hand it over in person or over a channel you trust. Null in the
    /// answer to a repeated request: it is shown once and stored nowhere. If it was lost, begin a reset of the password.
    #[schema(max_length = 100, example = "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV")]
    reset_code: Option<String>,
    /// Until when the code can be used; null with it.
    reset_code_expires_at: Option<Timestamp>,
}

/// A user who was created, with the code of the first password and its end while it is shown: it is no part of the reference.
struct MadeUser {
    id: UserId,
    code: Option<(String, Timestamp)>,
}

impl Referenced for MadeUser {
    fn reference(&self) -> Reference {
        Apart(self.id).reference()
    }
}

impl Recalled for MadeUser {
    fn recall(kept: &Reference) -> Option<Self> {
        Apart::recall(kept).map(|Apart(id)| Self { id, code: None })
    }
}

impl Rendered for MadeUser {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let row = users::find(tx, self.id)?;
        let etag = etag(&row);
        let (reset_code, reset_code_expires_at) = self.code.clone().unzip();
        let shown = NewUser { user: User::from(row), reset_code, reset_code_expires_at };
        respond::answer(format!("/v1/users/{}", self.id), etag, &shown)
    }
}

/// Which users.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Of this organisation.
    organisation: Option<OrganisationId>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    #[serde(default, deserialize_with = "page::limit")]
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
            data_protection,
            password_epoch: _,
        } = row;
        Self {
            id,
            organisation_id,
            username,
            display_name,
            role,
            data_protection,
            must_change_password,
            disabled_at,
            created_at,
            updated_at,
            version,
        }
    }
}

fn etag(row: &UserRow) -> String {
    respond::etag(row.version, CompartmentSet::EMPTY)
}

/// List users, oldest first.
#[utoipa::path(tag = "users", params(UserQuery), responses((status = 200, body = UserPage, description = "A page")))]
#[get("/v1/users")]
pub async fn list_users(http: HttpRequest, allowed: Allowed<may::UserManage>, query: Query<UserQuery>) -> Result<HttpResponse> {
    let (organisation, page) = (query.0.organisation, page_request(query.0.limit, query.0.after));
    let page = allowed.read(move |tx| users::list(tx, organisation, &page)).await?.map(User::from);
    Ok(respond::page(&http, page.next.clone().as_deref(), &UserPage { items: page.items, next: page.next }))
}

/// Get a user.
#[utoipa::path(tag = "users", params(UserPath), responses((status = 200, body = User, description = "The user")))]
#[get("/v1/users/{id}")]
pub async fn get_user(http: HttpRequest, allowed: Allowed<may::UserManage>, id: Path<UserId>) -> Result<HttpResponse> {
    let row = allowed.read(move |tx| users::find(tx, id.0)).await?;
    Ok(respond::found(&http, etag(&row), &User::from(row)))
}

/// Create a user.
///
/// The answer holds a one-time code, once: with it the user sets the first password, which nobody else ever knows. If the answer was
/// lost, a repeated request shows the user without the code; begin a reset of the password for another one.
#[utoipa::path(
    tag = "users",
    request_body = CreateUser,
    responses((status = 201, body = NewUser, description = "Created"))
)]
#[post("/v1/users")]
pub async fn create_user(allowed: Allowed<may::Fresh<may::UserManage>>, body: CreateBody<CreateUser>) -> Result<HttpResponse> {
    let input = body.input;
    let id = UserId::random();
    let code = one_time_code::new_code()?;
    let code_hash = one_time_code::hash(CodeFor::PasswordReset, id, &code);
    allowed
        .create(body.key, move |tx| {
            let row = input.clone().row(id, tx.now);
            users::insert(tx, &row)?;
            let expires_at = password_resets::begin(tx, id, code_hash.clone())?;
            Ok(MadeUser { id, code: Some((code.to_string(), expires_at)) })
        })
        .await
}

/// Change a user.
///
/// A merge patch (RFC 7396) with `If-Match`. A new role or a disablement ends every session of the user at once. Nobody
/// changes their own role.
#[utoipa::path(
    tag = "users",
    params(UserPath, IfMatch),
    request_body(content = UpdateUser, content_type = "application/merge-patch+json"),
    responses((status = 200, body = User, description = "Changed"))
)]
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
            let (is_disabled, data_protection) = (current.disabled_at.is_some(), current.data_protection);
            let state = UpdateUser { display_name: current.display_name, role: current.role, data_protection, disabled: is_disabled };
            let UpdateUser { display_name, role, data_protection, disabled } = patch.apply(&state)?;
            users::update(tx, id.0, if_match.expected(), |row| {
                row.display_name = display_name;
                row.role = role;
                row.data_protection = data_protection;
                row.disabled_at = disabled.then(|| row.disabled_at.unwrap_or(now));
            })
        })
        .await?;
    Ok(respond::changed(etag(&row), &User::from(row)))
}
