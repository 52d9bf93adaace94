//! Signing in and out.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::accounts::session_cookie;
use crate::api::accounts::sign_in_attempts::{CountedAttempt, Factor, attempt, check_factor, clear, take_back};
use crate::api::http::access::{Allowed, Public, SignIn, client_address, may};
use crate::api::http::extract::{Input, Json};
use crate::api::http::problem::pending;
use crate::api::http::secret::Secret;
use crate::auth::device_token::RememberedDevice;
use crate::auth::lockout::Counted;
use crate::auth::password::{Verdict, Waiting};
use crate::auth::token::LIFE_SECONDS;
use crate::db::accounts::sessions::{self, RefreshToken, SessionRow};
use crate::db::accounts::users::{self, UserRow};
use crate::db::{Attempt, Tx};
use crate::domain::access::LiveSession;
use crate::domain::codes::SessionPlace;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{DeviceId, SessionId, UserId};
use crate::domain::network::Network;
use crate::domain::violation::Violation;
use crate::domain::zones::Today;
use crate::error::{Error, ErrorCode, Result};

/// Seconds a session lives, however often it is refreshed.
const SESSION_SECONDS: i64 = 12 * 3600;
/// Seconds a refresh token lives.
const REFRESH_SECONDS: i64 = 30 * 60;
/// Seconds a refresh token lives that lies in a cookie: on a shared computer nobody may find the session of whoever left it.
const COOKIE_SECONDS: i64 = 15 * 60;
/// Seconds in which a refresh whose answer was lost may be repeated.
const LOST_REPLY_SECONDS: i64 = 30;

/// Username, password, and what else proves who you are.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Username, in any case.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "siti.rahmawati")]
    username: String,
    /// Password.
    #[validate(length(min = 1, max = 1000))]
    #[schema(value_type = String, min_length = 1, max_length = 1000, format = Password)]
    password: Secret,
    /// The code that the authenticator app shows now, or a recovery code. Needed when the second factor is on.
    #[validate(length(min = 1, max = 100))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "287082")]
    code: Option<Secret>,
    /// The device token of an earlier sign-in on this device: strangers who guess at the account do not slow this device down.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    device_token: Option<String>,
    /// Where the refresh token is kept; `body` if not stated. `cookie` is for pages of this server alone, which send the header
    /// `Homeward-Session` with it.
    session: Option<SessionPlace>,
}
impl Input for Credentials {}

/// A refresh token, or that it is in the cookie.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The refresh token of the last answer; left out where it is in a cookie.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    refresh_token: Option<String>,
    /// Where the refresh token is kept; `body` if not stated.
    session: Option<SessionPlace>,
}

impl Input for RefreshRequest {
    fn violations(&self, _today: Today) -> Vec<Violation> {
        let is_in_cookie = self.session == Some(SessionPlace::Cookie);
        match (is_in_cookie, &self.refresh_token) {
            (false, None) => vec![Violation::new("/refresh_token", "required", "must be stated unless the session is kept in a cookie")],
            (true, Some(_)) => vec![Violation::new("/refresh_token", "not_applicable", "is in the cookie: leave it out")],
            _ => Vec::new(),
        }
    }
}

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
    /// Exchange it at `/v1/auth/refresh`; it can be used once. Empty where it is in the cookie.
    #[schema(max_length = 200)]
    refresh_token: String,
    /// Seconds the refresh token lives.
    #[schema(minimum = 1, maximum = 43200, format = Int32, example = 1800)]
    refresh_expires_in: i64,
    /// Whether the password must be changed before anything else.
    must_change_password: bool,
    /// Whether your role needs a second factor and you have none: until it is on, only your own account can be used.
    must_enrol_second_factor: bool,
    /// Whether the code of conduct must be accepted before any case is shown.
    must_accept_code_of_conduct: bool,
    /// Keep it on this device and send it at the next sign-in; null after a refresh.
    #[schema(max_length = 1000)]
    device_token: Option<String>,
}

/// Sign in.
///
/// Answers with an access token and a refresh token. With the second factor on, send its code too; without one the answer is
/// 401 `second_factor_required`, and that only to the right password. After failures the account answers 429 for a growing
/// while, whether or not it exists; a device that sends its `device_token` is counted by itself and waits only for failures of its
/// own. Every attempt is recorded in the audit trail. Needs no session.
#[utoipa::path(
    tag = "auth",
    request_body = Credentials,
    responses((status = 200, body = TokenPair, description = "Signed in"))
)]
#[post("/v1/auth/login")]
pub async fn login(http: HttpRequest, door: SignIn, body: Json<Credentials>) -> Result<HttpResponse> {
    let Credentials { username, password, code, device_token, session } = body.0;
    let (device, network) = (door.device(device_token.as_deref()), client_address(&http).network());
    let public = door.enter(&http, device.as_ref())?;
    let place = session_cookie::asked(&http, session)?;
    let waiting = device.as_ref().map_or(Waiting::Stranger(network), |device| Waiting::Device(device.id));
    let turn = public.passwords().queue(waiting)?;
    let begun = public.attempt("login", move |tx| begin(tx, &username, network, device.as_ref()).map(Attempt::Undecided)).await?;
    let stored = begun.user.as_ref().and_then(UserRow::usable_hash);
    let verdict = public.passwords().verify(&turn, password.into_inner(), stored).await?;
    let (Verdict::Right { rehash }, Some(user)) = (verdict, begun.user) else {
        return Err(ErrorCode::InvalidCredentials.into());
    };
    let (counted, device) = (begun.counted, begun.device);
    let (token, password_hash) = public
        .attempt("login", move |tx| {
            if let Some(refusal) = prove(tx, &user, &counted, code.as_deref())?.refusal() {
                return Ok(Attempt::Failed(refusal.into()));
            }
            if let Some(hash) = &rehash {
                users::rehash(tx, user.id, hash)?;
            }
            let user = users::find(tx, user.id)?;
            // An administrator may have taken the password away meanwhile.
            let Some(hash) = user.usable_hash() else { return Ok(Attempt::Failed(ErrorCode::InvalidCredentials.into())) };
            start_session(tx, &user, place).map(|token| Attempt::Succeeded((token, hash)))
        })
        .await?;
    // A device that is known stays the one that it was.
    let device = device.unwrap_or_else(DeviceId::random);
    let device_token = public.devices().issue(device, token.user_id, &password_hash, token.now)?;
    let access_token = public.tokens().issue(token.user_id, token.session_id, token.now)?;
    NewToken { device_token: Some(device_token), ..token }.answer(access_token, place)
}

/// A sign-in that has begun, counted as failed so far.
struct Begun {
    /// The account; `None` if no such account can sign in.
    user: Option<UserRow>,
    /// The device, if this user signed in from it before.
    device: Option<DeviceId>,
    counted: CountedAttempt,
}

/// Counts the attempt before the password is looked at, in one write: many at once are still one guess. Whoever is disabled
/// takes the same path, and the same time, as whoever does not exist.
fn begin(tx: &mut Tx<'_>, username: &str, network: Network, device: Option<&RememberedDevice>) -> Result<Begun> {
    tx.audit_name_tried(username)?;
    let user = users::find_by_username(tx, username)?.filter(|user| user.disabled_at.is_none());
    if let Some(user) = &user {
        tx.audit_subject(user.id.0);
    }
    let known = user.as_ref().and_then(|user| Some((user.id, user.password_hash.hash()?)));
    let is_of = |device: &&RememberedDevice| known.is_some_and(|(user, hash)| device.is_of(user, hash));
    let device = device.filter(is_of).map(|device| device.id);
    let counters = match device {
        // Failures of strangers count neither against the device nor against whoever is in its network.
        Some(device) => vec![(Counted::Device, device.to_string())],
        None => vec![(Counted::Account, username.to_owned()), (Counted::Network, network.to_string())],
    };
    Ok(Begun { counted: attempt(tx, &counters)?, user, device })
}

/// What follows a right password: the second factor, and if it holds, the end of the count.
pub(in crate::api::accounts) fn prove(tx: &mut Tx<'_>, user: &UserRow, counted: &CountedAttempt, code: Option<&str>) -> Result<Factor> {
    tx.audit_unchanged(user.id.0);
    // Between the look-up and now the account may have been disabled, or its password reset.
    if users::find(tx, user.id)?.version != user.version {
        return Err(ErrorCode::InvalidCredentials.into());
    }
    let factor = check_factor(tx, user.id, code)?;
    match factor {
        Factor::Holds => clear(tx, counted)?,
        Factor::Missing => take_back(tx, counted)?,
        Factor::Wrong => {}
    }
    Ok(factor)
}

struct NewToken {
    user_id: UserId,
    session_id: SessionId,
    now: Timestamp,
    refresh_token: String,
    live: LiveSession,
    device_token: Option<String>,
}

/// Seconds a refresh token lives at its place.
fn refresh_seconds(place: SessionPlace) -> i64 {
    match place {
        SessionPlace::Body => REFRESH_SECONDS,
        SessionPlace::Cookie => COOKIE_SECONDS,
    }
}

impl NewToken {
    /// The tokens, of which the one that lives longer goes to its place.
    fn answer(mut self, access_token: String, place: SessionPlace) -> Result<HttpResponse> {
        let mut answer = HttpResponse::Ok();
        if place == SessionPlace::Cookie {
            answer.insert_header((header::SET_COOKIE, session_cookie::set(&std::mem::take(&mut self.refresh_token))?));
        }
        Ok(answer.json(self.pair(access_token, place)))
    }

    fn pair(self, access_token: String, place: SessionPlace) -> TokenPair {
        TokenPair {
            access_token,
            token_type: "Bearer",
            expires_in: LIFE_SECONDS,
            refresh_token: self.refresh_token,
            refresh_expires_in: refresh_seconds(place),
            must_change_password: self.live.must_change_password,
            must_enrol_second_factor: self.live.must_enrol_second_factor,
            must_accept_code_of_conduct: self.live.must_accept_conduct,
            device_token: self.device_token,
        }
    }
}

fn start_session(tx: &mut Tx<'_>, user: &UserRow, place: SessionPlace) -> Result<NewToken> {
    let id = SessionId::random();
    let first_token = RefreshToken::first(tx, id)?;
    let row = SessionRow {
        id,
        user_id: user.id,
        created_at: tx.now,
        expires_at: tx.now.plus_seconds(SESSION_SECONDS),
        refresh_expires_at: tx.now.plus_seconds(refresh_seconds(place)),
        refresh_hash: first_token.hash(),
        previous_hash: None,
        rotated_at: None,
        revoked_at: None,
        authenticated_at: tx.now,
    };
    sessions::insert(tx, &row)?;
    // Nobody signs in at an organisation that is not active.
    let live = sessions::find_live(tx, id)?.ok_or(ErrorCode::InvalidCredentials)?;
    Ok(NewToken { user_id: user.id, session_id: id, now: tx.now, refresh_token: first_token.text(), live, device_token: None })
}

/// Exchange a refresh token.
///
/// The token can be used once. If the answer was lost, the same token gives the same answer for 30 seconds; after that,
/// using it again ends the session, because somebody else may have it. Needs no session.
#[utoipa::path(
    tag = "auth",
    request_body = RefreshRequest,
    responses((status = 200, body = TokenPair, description = "Refreshed"))
)]
#[post("/v1/auth/refresh")]
pub async fn refresh(http: HttpRequest, public: Public, body: Json<RefreshRequest>) -> Result<HttpResponse> {
    let place = session_cookie::asked(&http, body.0.session)?;
    let token = body.0.refresh_token.or_else(|| session_cookie::sent(&http)).ok_or(ErrorCode::InvalidRefreshToken)?;
    // Only a token that ended a session makes this instance look its sessions up again: a forged one must cost nothing.
    let ended = Arc::new(AtomicBool::new(false));
    let ends = ended.clone();
    let next = move |tx: &mut Tx<'_>| {
        let next = rotate(tx, &token, place)?;
        ends.store(matches!(next, Attempt::Failed(_)), Ordering::Relaxed);
        Ok(next)
    };
    let refreshed = public.attempt("refresh", next).await;
    if ended.load(Ordering::Relaxed) {
        public.forget_sessions();
    }
    let token = match refreshed {
        Ok(token) => token,
        Err(refusal) if place == SessionPlace::Cookie && refusal.code == ErrorCode::InvalidRefreshToken => {
            return Ok(without_cookie(refusal));
        }
        Err(refusal) => return Err(refusal),
    };
    let access_token = public.tokens().issue(token.user_id, token.session_id, token.now)?;
    token.answer(access_token, place)
}

/// The refusal of a session that has ended: a page that went away before it heard of the end still has its cookie.
fn without_cookie(refusal: Error) -> HttpResponse {
    let mut refused = pending(refusal);
    refused.headers_mut().insert(header::SET_COOKIE, session_cookie::taken_away());
    refused
}

/// The next token of a session, unless the session is ended by this.
fn rotate(tx: &mut Tx<'_>, token: &str, place: SessionPlace) -> Result<Attempt<NewToken>> {
    let refused = || Error::from(ErrorCode::InvalidRefreshToken);
    let token = RefreshToken::read(tx, token)?.ok_or_else(refused)?;
    let session = sessions::find(tx, token.session_id)?.ok_or_else(refused)?;
    tx.audit_account_tried(session.user_id.0);
    let live = sessions::find_live(tx, session.id)?.ok_or_else(refused)?;
    // The successor is derived from the token, so a repeated request gets the same one, as long as nobody used it.
    let next = token.successor(tx)?;
    if session.refresh_hash == token.hash() && session.refresh_expires_at > tx.now {
        let expires = tx.now.plus_seconds(refresh_seconds(place)).min(session.expires_at);
        sessions::rotate(tx, &session, &next.hash(), expires)?;
    } else {
        let is_soon = session.rotated_at.is_some_and(|at| at.plus_seconds(LOST_REPLY_SECONDS) > tx.now);
        if session.refresh_hash != next.hash() || !is_soon {
            // A token that was replaced long ago is used again: one of the two who hold it stole it.
            sessions::revoke(tx, session.id)?;
            return Ok(Attempt::Failed(refused()));
        }
        tx.audit_unchanged(session.user_id.0);
    }
    let (user_id, session_id) = (session.user_id, session.id);
    Ok(Attempt::Succeeded(NewToken { user_id, session_id, now: tx.now, refresh_token: next.text(), live, device_token: None }))
}

/// Sign out.
///
/// Ends the session at once, here and within a second on every other instance, and takes its cookie away.
#[utoipa::path(tag = "auth", responses((status = 204, description = "Signed out")))]
#[post("/v1/auth/logout")]
pub async fn logout(http: HttpRequest, allowed: Allowed<may::OwnAccount>) -> Result<HttpResponse> {
    let session = allowed.user()?.session_id;
    allowed.write_access(move |tx| sessions::revoke(tx, session)).await?;
    let mut answer = HttpResponse::NoContent();
    if session_cookie::sent(&http).is_some() {
        answer.insert_header((header::SET_COOKIE, session_cookie::taken_away()));
    }
    Ok(answer.finish())
}
