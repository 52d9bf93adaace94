//! The access token of a request, and the refusals of one that is missing or not valid.

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::auth::token::Rejected;
use crate::error::Error;

/// The refusal of a request without a token.
pub(super) const NO_TOKEN: &str =
    "The request carries no access token. Get one at POST /v1/auth/login and send it as Authorization: Bearer TOKEN.";

/// The refusal of a rejected token. Only the bearer of a token that was signed here is told the reason.
pub(super) fn refusal(rejected: Rejected) -> Error {
    match rejected {
        Rejected::Expired => {
            Error::invalid_token("The access token has expired. Get a new one, or sign in again.").with_internal("expired")
        }
        Rejected::Invalid(why) => Error::invalid_token("The access token is not valid here.").with_internal(why),
    }
}

/// The refusal of a token that outlived its session.
pub(super) fn session_over() -> Error {
    Error::invalid_token("The session of this access token has ended. Sign in again.")
}

pub(super) fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then_some(token.trim())
}
