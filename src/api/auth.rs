//! Signing in and out, and one's own account.

mod proof;

pub use proof::step_up;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;
use zeroize::Zeroizing;

use super::access::{Allowed, Public, client_address, may};
use super::attempts::{count_failure, forgive, refuse_while_blocked};
use super::extract::{Input, Json};
use crate::auth::lockout::Counted;
use crate::auth::password::{Passwords, Verdict};
use crate::auth::token::LIFE_SECONDS;
use crate::db::sessions::{self, RefreshToken, SessionRow};
use crate::db::users::{self, UserRow};
use crate::db::{Tx, organisations};
use crate::domain::access::{Permission, Role};
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::ids::{OrganisationId, SessionId, UserId};
use crate::error::{Error, ErrorCode, Result};

/// Seconds a session lives, however often it is refreshed.
const SESSION_SECONDS: i64 = 12 * 3600;
/// Seconds a refresh token lives.
const REFRESH_SECONDS: i64 = 30 * 60;
/// Seconds in which a refresh whose answer was lost may be repeated.
const LOST_REPLY_SECONDS: i64 = 30;

/// Username and password.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Username, in any case.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "siti.rahmawati")]
    username: String,
    /// Password.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000, format = Password)]
    password: String,
}
impl Input for Credentials {}

/// A refresh token.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The refresh token of the last answer.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    refresh_token: String,
}
impl Input for RefreshRequest {}

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
pub struct TokenPair {
    /// Send it as `Authorization: Bearer …`.
    #[schema(max_length = 4096)]
    access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 10, example = "Bearer")]
    token_type: &'static str,
    /// Seconds the access token lives.
    #[schema(minimum = 1, maximum = 600, format = Int32, example = 600)]
    expires_in: i64,
    /// Exchange it at `/v1/auth/refresh`; it can be used once.
    #[schema(max_length = 200)]
    refresh_token: String,
    /// Seconds the refresh token lives.
    #[schema(minimum = 1, maximum = 43200, format = Int32, example = 1800)]
    refresh_expires_in: i64,
    /// Whether the password must be changed before anything else.
    must_change_password: bool,
}

/// A new password, and the old one.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The current password.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000, format = Password)]
    current_password: String,
    /// The new one: at least 15 characters, any script, spaces welcome.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 15, max_length = 256, format = Password)]
    new_password: String,
}
impl Input for PasswordChange {}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The account.
    user_id: UserId,
    /// Username.
    #[schema(max_length = 100)]
    username: String,
    /// Name shown to colleagues.
    #[schema(max_length = 200)]
    display_name: String,
    /// Role.
    role: Role,
    /// What the role may do.
    #[schema(max_items = 50)]
    permissions: &'static [Permission],
    /// The organisation, which decides which cases are seen.
    organisation_id: OrganisationId,
    /// Its name.
    #[schema(max_length = 200)]
    organisation_name: String,
    /// Its kind.
    organisation_kind: OrganisationKind,
    /// The host country it coordinates, if any.
    coordinates: Option<Country>,
}

/// Sign in.
///
/// Answers with an access token and a refresh token. After failures the account answers 429 for a growing while, whether
/// or not it exists. Every attempt is recorded in the audit trail. Needs no session.
#[utoipa::path(tag = "auth", request_body = Credentials, responses((status = 200, body = TokenPair, description = "Signed in")))]
#[post("/v1/auth/login")]
pub async fn login(http: HttpRequest, public: Public, body: Json<Credentials>) -> Result<HttpResponse> {
    let username = body.0.username.clone();
    let address = client_address(&http);
    let counted = [(Counted::Account, username.clone()), (Counted::Address, address)];
    let user = {
        let (username, counted) = (username.clone(), counted.clone());
        // The attempt is counted before the password is looked at, in one write: many at once are still one guess.
        let attempt = move |tx: &mut Tx<'_>| {
            refuse_while_blocked(tx, &counted)?;
            counted.iter().try_for_each(|(kind, value)| count_failure(tx, *kind, value))?;
            users::find_by_username(tx, &username)
        };
        public.write("login", attempt).await?
    };
    // Whoever is disabled takes the same path, and the same time, as whoever does not exist.
    let known = user.filter(|user| user.disabled_at.is_none());
    let verdict = public.passwords().verify(Zeroizing::new(body.0.password), known.as_ref().map(|user| user.password_hash.clone())).await?;
    let (Verdict::Right { rehash }, Some(user)) = (verdict, known) else {
        return Err(ErrorCode::InvalidCredentials.into());
    };
    let token = public
        .write("login", move |tx| {
            counted.iter().try_for_each(|(kind, value)| forgive(tx, *kind, value))?;
            // Between the look-up and now the account may have been disabled, or its password reset.
            if users::find(tx, user.id)?.version != user.version {
                return Err(ErrorCode::InvalidCredentials.into());
            }
            if let Some(hash) = &rehash {
                users::rehash(tx, user.id, hash)?;
            }
            start_session(tx, &user)
        })
        .await?;
    let access_token = public.tokens().issue(token.user_id, token.session_id, token.now)?;
    Ok(HttpResponse::Ok().json(token.pair(access_token)))
}

struct NewToken {
    user_id: UserId,
    session_id: SessionId,
    now: crate::domain::dates::Timestamp,
    refresh_token: String,
    refresh_expires_in: i64,
    must_change_password: bool,
}

impl NewToken {
    fn pair(self, access_token: String) -> TokenPair {
        TokenPair {
            access_token,
            token_type: "Bearer",
            expires_in: LIFE_SECONDS,
            refresh_token: self.refresh_token,
            refresh_expires_in: self.refresh_expires_in,
            must_change_password: self.must_change_password,
        }
    }
}

fn start_session(tx: &mut Tx<'_>, user: &UserRow) -> Result<NewToken> {
    let id = SessionId::random();
    let first_token = RefreshToken::first(tx, id)?;
    let row = SessionRow {
        id,
        user_id: user.id,
        created_at: tx.now,
        expires_at: tx.now.plus_seconds(SESSION_SECONDS),
        refresh_expires_at: tx.now.plus_seconds(REFRESH_SECONDS),
        refresh_hash: first_token.hash(),
        previous_hash: None,
        rotated_at: None,
        revoked_at: None,
        authenticated_at: tx.now,
    };
    sessions::insert(tx, &row)?;
    Ok(NewToken {
        user_id: user.id,
        session_id: row.id,
        now: tx.now,
        refresh_token: first_token.text(),
        refresh_expires_in: REFRESH_SECONDS,
        must_change_password: user.must_change_password,
    })
}

/// Exchange a refresh token.
///
/// The token can be used once. If the answer was lost, the same token gives the same answer for 30 seconds; after that,
/// using it again ends the session, because somebody else may have it. Needs no session.
#[utoipa::path(tag = "auth", request_body = RefreshRequest, responses((status = 200, body = TokenPair, description = "Refreshed")))]
#[post("/v1/auth/refresh")]
pub async fn refresh(public: Public, body: Json<RefreshRequest>) -> Result<HttpResponse> {
    let token = body.0.refresh_token;
    let refreshed = public.write("refresh", move |tx| rotate(tx, &token)).await?;
    let Some(token) = refreshed else {
        public.forget_sessions();
        return Err(ErrorCode::InvalidRefreshToken.into());
    };
    let access_token = public.tokens().issue(token.user_id, token.session_id, token.now)?;
    Ok(HttpResponse::Ok().json(token.pair(access_token)))
}

/// The next token of a session; none if the session is ended by this.
fn rotate(tx: &mut Tx<'_>, token: &str) -> Result<Option<NewToken>> {
    let refused = || Error::from(ErrorCode::InvalidRefreshToken);
    tx.touch(uuid::Uuid::nil());
    let token = RefreshToken::read(tx, token)?.ok_or_else(refused)?;
    let session = sessions::find(tx, token.session_id)?.ok_or_else(refused)?;
    let live = sessions::find_live(tx, session.id)?.ok_or_else(refused)?;
    // The successor is derived from the token, so a repeated request gets the same one, as long as nobody used it.
    let next = token.successor(tx)?;
    if session.refresh_hash == token.hash() && session.refresh_expires_at > tx.now {
        let expires = tx.now.plus_seconds(REFRESH_SECONDS).min(session.expires_at);
        sessions::rotate(tx, &session, &next.hash(), expires)?;
    } else {
        let is_soon = session.rotated_at.is_some_and(|at| at.plus_seconds(LOST_REPLY_SECONDS) > tx.now);
        if session.refresh_hash != next.hash() || !is_soon {
            // A token that was replaced long ago is used again: one of the two who hold it stole it.
            sessions::revoke(tx, session.id)?;
            return Ok(None);
        }
        tx.note(session.user_id.0);
    }
    Ok(Some(NewToken {
        user_id: session.user_id,
        session_id: session.id,
        now: tx.now,
        refresh_token: next.text(),
        refresh_expires_in: REFRESH_SECONDS,
        must_change_password: live.must_change_password,
    }))
}

/// Sign out.
///
/// Ends the session at once, here and within a second on every other instance. Recorded in the audit trail.
#[utoipa::path(tag = "auth", security(("bearer" = ["account:own"])), responses((status = 204, description = "Signed out")))]
#[post("/v1/auth/logout")]
pub async fn logout(allowed: Allowed<may::OwnAccount>) -> Result<HttpResponse> {
    let session = allowed.user()?.session_id;
    allowed.write_access(move |tx| sessions::revoke(tx, session)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Change one's own password.
///
/// Ends every session of the account, this one included: sign in again with the new password. Recorded in the audit trail.
#[utoipa::path(tag = "auth", security(("bearer" = ["account:own"])), request_body = PasswordChange, responses((status = 204, description = "Changed")))]
#[post("/v1/auth/password")]
pub async fn change_password(allowed: Allowed<may::OwnAccount>, body: Json<PasswordChange>) -> Result<HttpResponse> {
    let change = body.0;
    if let Some(violation) = Passwords::violation("/new_password", &change.new_password) {
        return Err(Error::fields(vec![violation]));
    }
    let id = allowed.user()?.user_id;
    let user = allowed
        .read(move |tx| {
            let user = users::find(tx, id)?;
            refuse_while_blocked(tx, &[(Counted::Account, user.username.clone())])?;
            Ok(user)
        })
        .await?;
    let verdict = allowed.passwords().verify(Zeroizing::new(change.current_password), Some(user.password_hash.clone())).await?;
    if verdict == Verdict::Wrong {
        // Whoever holds only a session must not be able to guess the password with it.
        allowed.write(move |tx| count_failure(tx, Counted::Account, &user.username)).await?;
        return Err(Error::field("/current_password", "wrong_password", "is not the current password"));
    }
    let hash = allowed.passwords().hash(Zeroizing::new(change.new_password)).await?;
    allowed
        .write_access(move |tx| {
            users::update(tx, id, user.version, |user| {
                user.password_hash.clone_from(&hash);
                user.must_change_password = false;
            })
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who am I?
///
/// The account, its role and what the role may do, and the organisation. Any signed-in user.
#[utoipa::path(tag = "auth", security(("bearer" = ["account:own"])), responses((status = 200, body = Me, description = "Who is signed in")))]
#[get("/v1/me")]
pub async fn get_me(allowed: Allowed<may::OwnAccount>) -> Result<web::Json<Me>> {
    let user = allowed.user()?;
    let (id, organisation) = (user.user_id, user.organisation_id);
    let (user, organisation) = allowed.read(move |tx| Ok((users::find(tx, id)?, organisations::find(tx, organisation)?))).await?;
    Ok(web::Json(Me {
        user_id: id,
        username: user.username,
        display_name: user.display_name,
        role: user.role,
        permissions: user.role.permissions(),
        organisation_id: organisation.id,
        organisation_name: organisation.name,
        organisation_kind: organisation.kind,
        coordinates: organisation.coordinates,
    }))
}
