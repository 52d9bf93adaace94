//! Passwords: changing one's own, and setting one with a one-time code. Nobody ever chooses a password for somebody else.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::accounts::sign_in_attempts::{attempt, clear, clear_account};
use crate::api::http::access::{Allowed, Public, client_address, may};
use crate::api::http::extract::{Input, Json, Path};
use crate::api::http::path_params::UserPath;
use crate::api::http::secret::Secret;
use crate::auth::lockout::Counted;
use crate::auth::one_time_code::{self, CodeFor};
use crate::auth::password::{Verdict, Waiting};
use crate::auth::password_rule::PasswordRule;
use crate::db::accounts::users::{self, UserRow};
use crate::db::accounts::{organisations, password_resets};
use crate::db::{Attempt, Tx};
use crate::domain::accounts::password_hash::PasswordHash;
use crate::domain::dates::Timestamp;
use crate::domain::ids::UserId;
use crate::error::{Error, ErrorCode, Result};

/// The shortest password that any account may have.
const SHORTEST: usize = 12;

/// A new password, and the old one.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The current password.
    #[validate(length(min = 1, max = 1000))]
    #[schema(value_type = String, min_length = 1, max_length = 1000, format = Password)]
    current_password: Secret,
    /// The new one: at least 15 characters, or 12 where your role needs a second factor; any script, spaces welcome; no password
    /// that is tried first, and not made of your name.
    #[validate(length(min = 1, max = 1000))]
    #[schema(value_type = String, min_length = 12, max_length = 256, format = Password)]
    new_password: Secret,
}
impl Input for PasswordChange {}

/// A one-time code, and the password to be set with it.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// Username, in any case.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "siti.rahmawati")]
    username: String,
    /// The one-time code that an administrator handed over.
    #[validate(length(min = 1, max = 100))]
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV")]
    reset_code: Secret,
    /// The new password: at least 15 characters, or 12 where your role needs a second factor; any script, spaces welcome; no
    /// password that is tried first, and not made of your name.
    #[validate(length(min = 1, max = 1000))]
    #[schema(value_type = String, min_length = 12, max_length = 256, format = Password)]
    new_password: Secret,
}
impl Input for PasswordReset {}

/// A one-time code with which a user sets a password. Shown once.
#[derive(Serialize, ToSchema)]
pub struct ResetCode {
    /// Hand it over in person or over a channel you trust; never by the same way as the username.
    #[schema(max_length = 100, example = "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV")]
    reset_code: String,
    /// Until when it can be used.
    expires_at: Timestamp,
}

/// What a password of this user must be.
fn rule_for(tx: &mut Tx<'_>, user: &UserRow) -> Result<PasswordRule> {
    let organisation = organisations::find(tx, user.organisation_id)?;
    Ok(PasswordRule::new(tx.accounts.shortest_password(user.role), &[&user.username, &user.display_name, &organisation.name]))
}

fn refuse_bad(rule: &PasswordRule, password: &str) -> Result<()> {
    rule.violation("/new_password", password).map_or(Ok(()), |violation| Err(Error::fields(vec![violation])))
}

/// Change one's own password.
///
/// Ends every session of the account, this one included: sign in again with the new password.
#[utoipa::path(tag = "auth", request_body = PasswordChange, responses((status = 204, description = "Changed")))]
#[post("/v1/auth/password")]
pub async fn change_password(allowed: Allowed<may::OwnAccount>, body: Json<PasswordChange>) -> Result<HttpResponse> {
    let PasswordChange { current_password, new_password } = body.0;
    let id = allowed.user()?.user_id;
    let (user, rule) = allowed
        .read(move |tx| {
            let user = users::find(tx, id)?;
            let rule = rule_for(tx, &user)?;
            Ok((user, rule))
        })
        .await?;
    refuse_bad(&rule, &new_password)?;
    let turn = allowed.passwords().queue(Waiting::User(id))?;
    // Whoever holds only a session must not be able to guess the password with it.
    let counted = allowed.attempt(move |tx| attempt(tx, &[(Counted::User, id.to_string())]).map(Attempt::Undecided)).await?;
    if allowed.passwords().verify(&turn, current_password.into_inner(), user.usable_hash()).await? == Verdict::Wrong {
        return Err(Error::field("/current_password", "wrong_password", "is not the current password"));
    }
    let hash = allowed.passwords().hash(&turn, new_password.into_inner()).await?;
    allowed
        .write_access(move |tx| {
            clear(tx, &counted)?;
            set(tx, &user, &hash)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn set(tx: &mut Tx<'_>, user: &UserRow, hash: &str) -> Result<()> {
    let changed = users::update(tx, user.id, &user.version.into(), |user| {
        user.password_hash = PasswordHash::Argon2id(hash.to_owned());
        user.must_change_password = false;
    });
    changed.map(drop)
}

/// Set a password with a one-time code.
///
/// For a new account, and for whoever lost their password: an administrator begins the reset and hands the code over. Ends every
/// session of the account; a second factor stays as it is, and is asked for at the next sign-in. The answer and the work are
/// the same whether or not the account exists. Slowed down after failures, like signing in. Recorded in the audit trail. Needs no session.
#[utoipa::path(
    tag = "auth",
    request_body = PasswordReset,
    responses((status = 204, description = "Set: sign in with it"))
)]
#[post("/v1/auth/password-reset")]
pub async fn reset_password(http: HttpRequest, public: Public, body: Json<PasswordReset>) -> Result<HttpResponse> {
    let PasswordReset { username, reset_code, new_password } = body.0;
    refuse_bad(&PasswordRule::new(SHORTEST, &[]), &new_password)?;
    let network = client_address(&http).network();
    let counted = [(Counted::NetworkReset, network.to_string())];
    let found = public
        .attempt("password reset", move |tx| {
            tx.audit_name_tried(&username)?;
            let user = users::find_by_username(tx, &username)?.filter(|user| user.disabled_at.is_none());
            // A code of nobody is looked up too: the work is the same.
            let id = user.as_ref().map_or_else(UserId::random, |user| user.id);
            let code_hash = one_time_code::hash(CodeFor::PasswordReset, id, &reset_code);
            let is_valid = password_resets::is_valid(tx, id, &code_hash)?;
            if let Some(user) = &user {
                tx.audit_subject(user.id.0);
            }
            // A code has 120 random bits and is not guessed: only the wrong ones are counted, and nobody's keep a right one out.
            let Some(user) = user.filter(|_| is_valid) else { return attempt(tx, &counted).map(|_| Attempt::Undecided(None)) };
            let rule = rule_for(tx, &user)?;
            Ok(Attempt::Undecided(Some((user, rule, code_hash))))
        })
        .await?;
    // What a role asks of its passwords is told only to whoever holds the code.
    if let Some((_, rule, _)) = &found {
        refuse_bad(rule, &new_password)?;
    }
    let waiting = found.as_ref().map_or(Waiting::Stranger(network), |(user, ..)| Waiting::User(user.id));
    let turn = public.passwords().queue(waiting)?;
    let hash = public.passwords().hash(&turn, new_password.into_inner()).await?;
    let (user, _, code_hash) = found.ok_or(ErrorCode::InvalidResetCode)?;
    public
        .attempt("password reset", move |tx| {
            if !password_resets::use_up(tx, user.id, &code_hash)? {
                return Err(ErrorCode::InvalidResetCode.into());
            }
            clear_account(tx, &user)?;
            set(tx, &user, &hash).map(Attempt::Succeeded)
        })
        .await?;
    public.forget_sessions();
    Ok(HttpResponse::NoContent().finish())
}

/// Begin the reset of a user's password.
///
/// For somebody who lost theirs. The old password no longer works, every session of the user ends, and the answer holds a one-time
/// code to be handed over; with it the user sets a password at `/v1/auth/password-reset` within a day. A second factor stays as it
/// is.
#[utoipa::path(
    tag = "users",
    params(UserPath),
    responses((status = 200, body = ResetCode, description = "Begun: hand the code over"))
)]
#[post("/v1/users/{id}/password-reset")]
pub async fn begin_password_reset(allowed: Allowed<may::Fresh<may::UserManage>>, id: Path<UserId>) -> Result<web::Json<ResetCode>> {
    let id = id.0;
    let code = one_time_code::new_code()?;
    let code_hash = one_time_code::hash(CodeFor::PasswordReset, id, &code);
    let expires_at = allowed
        .write_access(move |tx| {
            let user = users::find(tx, id)?;
            users::update(tx, id, &user.version.into(), UserRow::take_password_away)?;
            clear_account(tx, &user)?;
            password_resets::begin(tx, id, code_hash.clone())
        })
        .await?;
    Ok(web::Json(ResetCode { reset_code: code.to_string(), expires_at }))
}
