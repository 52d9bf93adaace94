//! Proving again who one is, within a session.

use actix_web::{HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::api::accounts::sign_in::prove;
use crate::api::accounts::sign_in_attempts::attempt;
use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{Input, Json};
use crate::api::http::secret::Secret;
use crate::auth::lockout::Counted;
use crate::auth::password::{Verdict, Waiting};
use crate::db::Attempt;
use crate::db::accounts::{sessions, users};
use crate::error::{ErrorCode, Result};

/// The proof that it is still you.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// Your password.
    #[validate(length(min = 1, max = 1000))]
    #[schema(value_type = String, min_length = 1, max_length = 1000, format = Password)]
    password: Secret,
    /// The code that the authenticator app shows now, or a recovery code. Needed when the second factor is on.
    #[validate(length(min = 1, max = 100))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "287082")]
    code: Option<Secret>,
}
impl Input for StepUp {}

/// Prove again who you are.
///
/// For the operations that ask for an authentication at most five minutes old (RFC 9470), locations among them. The tokens you
/// have stay as they are; the session behind them counts as fresh for five minutes. Slowed down after failures, like signing in.
#[utoipa::path(tag = "auth", request_body = StepUp, responses((status = 204, description = "The session is fresh")))]
#[post("/v1/auth/step-up")]
pub async fn step_up(allowed: Allowed<may::OwnAccount>, body: Json<StepUp>) -> Result<HttpResponse> {
    let (id, session) = (allowed.user()?.user_id, allowed.user()?.session_id);
    let StepUp { password, code } = body.0;
    let turn = allowed.passwords().queue(Waiting::User(id))?;
    // Counted by the user alone: what strangers do with the name of the account or in the network is no reason to wait.
    let (user, counted) = allowed
        .attempt(move |tx| {
            let user = users::find(tx, id)?;
            let counted = attempt(tx, &[(Counted::User, id.to_string())])?;
            Ok(Attempt::Undecided((user, counted)))
        })
        .await?;
    if allowed.passwords().verify(&turn, password.into_inner(), user.usable_hash()).await? == Verdict::Wrong {
        return Err(ErrorCode::InvalidCredentials.into());
    }
    allowed
        .attempt_access(move |tx| {
            if let Some(refusal) = prove(tx, &user, &counted, code.as_deref())?.refusal() {
                return Ok(Attempt::Failed(refusal.into()));
            }
            sessions::step_up(tx, session).map(Attempt::Succeeded)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
