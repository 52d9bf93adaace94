//! Proving again who one is, in the session one has (RFC 9470).

use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;
use zeroize::Zeroizing;

use crate::api::access::{Allowed, client_address, may};
use crate::api::attempts::{count_failure, forgive, refuse_while_blocked};
use crate::api::extract::{Input, Json};
use crate::auth::lockout::Counted;
use crate::auth::password::Verdict;
use crate::db::{sessions, users};
use crate::error::{ErrorCode, Result};

/// The proof that it is still you.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// Your password.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000, format = Password)]
    password: String,
}
impl Input for StepUp {}

/// Prove again who you are.
///
/// For the operations that ask for an authentication at most five minutes old (RFC 9470), locations among them. The tokens you
/// have stay as they are; the session behind them counts as fresh for five minutes. Slowed down after failures, like signing in.
/// Any signed-in user; recorded in the audit trail.
#[utoipa::path(tag = "auth", security(("bearer" = ["account:own"])), request_body = StepUp, responses((status = 204, description = "The session is fresh")))]
#[post("/v1/auth/step-up")]
pub async fn step_up(http: HttpRequest, allowed: Allowed<may::OwnAccount>, body: Json<StepUp>) -> Result<HttpResponse> {
    let (id, session) = (allowed.user()?.user_id, allowed.user()?.session_id);
    let address = client_address(&http);
    let (user, counted) = allowed
        .write(move |tx| {
            let user = users::find(tx, id)?;
            let counted = [(Counted::Account, user.username.clone()), (Counted::Address, address.clone())];
            refuse_while_blocked(tx, &counted)?;
            counted.iter().try_for_each(|(kind, value)| count_failure(tx, *kind, value))?;
            Ok((user, counted))
        })
        .await?;
    let verdict = allowed.passwords().verify(Zeroizing::new(body.0.password), Some(user.password_hash.clone())).await?;
    if verdict == Verdict::Wrong {
        return Err(ErrorCode::InvalidCredentials.into());
    }
    allowed
        .write_access(move |tx| {
            counted.iter().try_for_each(|(kind, value)| forgive(tx, *kind, value))?;
            // A password that was changed meanwhile proves nothing.
            if users::find(tx, id)?.version != user.version {
                return Err(ErrorCode::InvalidCredentials.into());
            }
            sessions::step_up(tx, session)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
