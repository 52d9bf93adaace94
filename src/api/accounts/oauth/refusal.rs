//! Refusals of the token endpoint, in the form that OAuth 2.0 gives them (RFC 6749 §5.2).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::problem::{OwnForm, Shown};
use crate::auth::client_assertion::Unfit;
use crate::error::{Error, ErrorCode, Result};

/// Why there is no token (RFC 6749 §5.2).
#[derive(Serialize, ToSchema)]
pub struct TokenError {
    /// `invalid_request`, `invalid_client`, `invalid_scope`, `unsupported_grant_type` or `temporarily_unavailable`.
    #[schema(max_length = 40, example = "invalid_client")]
    error: &'static str,
    /// A sentence for people.
    #[schema(max_length = 200, example = "The client is unknown, or its proof is not valid.")]
    error_description: &'static str,
}

/// A refused token request, on its way to the caller.
pub(in crate::api) enum Refusal {
    /// The request is not what the specification asks for.
    Malformed(&'static str),
    /// Another grant than client credentials.
    OtherGrant,
    /// The client did not prove itself. Whether it exists is not told.
    Unproven,
    /// The client signed its assertion, which is not acceptable all the same: for this reason.
    Assertion(&'static str),
    /// The scope is unknown, or wider than the client's.
    Scope,
    /// After failures: so many seconds to wait.
    Wait(u64),
    /// Something of ours failed.
    Ours(Error),
}

impl From<Unfit> for Refusal {
    fn from(unfit: Unfit) -> Self {
        unfit.told().map_or(Self::Unproven, Self::Assertion)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match (error.code, error.retry_after) {
            (ErrorCode::TooManyRequests, Some(seconds)) => Self::Wait(seconds),
            _ => Self::Ours(error),
        }
    }
}

impl Refusal {
    pub(in crate::api) fn answer(self) -> Result<HttpResponse> {
        let code = self.code();
        let (status, error, error_description) = match &self {
            Self::Malformed(what) => (StatusCode::BAD_REQUEST, "invalid_request", *what),
            Self::OtherGrant => (StatusCode::BAD_REQUEST, "unsupported_grant_type", "The grant is client_credentials."),
            Self::Unproven => (StatusCode::UNAUTHORIZED, "invalid_client", "The client is unknown, or its proof is not valid."),
            Self::Assertion(reason) => (StatusCode::UNAUTHORIZED, "invalid_client", *reason),
            Self::Scope => (StatusCode::BAD_REQUEST, "invalid_scope", "The scope is unknown, or wider than that of the client."),
            Self::Wait(_) => (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", "Too many failures: try again later."),
            Self::Ours(_) => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "Try again later."),
        };
        let mut builder = HttpResponse::build(status);
        match self {
            Self::Unproven | Self::Assertion(_) => drop(builder.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"homeward\""))),
            Self::Wait(seconds) => drop(builder.insert_header((header::RETRY_AFTER, seconds))),
            // A failure of ours is logged where all are.
            Self::Ours(error) => return Err(error),
            Self::Malformed(_) | Self::OtherGrant | Self::Scope => {}
        }
        let mut response = unkept(&mut builder).json(TokenError { error, error_description });
        response.extensions_mut().insert(OwnForm);
        response.extensions_mut().insert(Shown(code));
        Ok(response)
    }

    /// Whether it counts as a failure of the client.
    pub(in crate::api) const fn is_failed_proof(&self) -> bool {
        matches!(self, Self::Unproven | Self::Assertion(_))
    }

    /// The code for the log and for the audit trail, which speak of every refusal in the same words.
    fn code(&self) -> ErrorCode {
        match self {
            Self::Malformed(_) | Self::OtherGrant => ErrorCode::InvalidBody,
            Self::Unproven | Self::Assertion(_) => ErrorCode::Unauthenticated,
            Self::Scope => ErrorCode::InsufficientScope,
            Self::Wait(_) => ErrorCode::TooManyRequests,
            Self::Ours(error) => error.code,
        }
    }
}

pub(in crate::api) fn unkept(builder: &mut actix_web::HttpResponseBuilder) -> &mut actix_web::HttpResponseBuilder {
    builder.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::PRAGMA, "no-cache"))
}
