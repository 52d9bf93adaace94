//! Errors on the wire: RFC 9457 problems. One place renders them all, the framework's own included.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::access::RECENT_SECONDS;
use crate::domain::ids::RequestId;
use crate::domain::repatriation::UnmetGuard;
use crate::domain::violation::Violation;
use crate::error::{Error, ErrorCode};

/// What went wrong (RFC 9457). Values from the request are never repeated.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Address of the explanation of this code.
    #[serde(rename = "type")]
    #[schema(max_length = 100, example = "/problems/validation_failed")]
    pub kind: String,
    /// The same for every problem of this code.
    #[schema(max_length = 200, example = "A field is not acceptable")]
    pub title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 422)]
    pub status: u16,
    /// Stable code for programs.
    #[schema(max_length = 60, example = "validation_failed")]
    pub code: &'static str,
    /// What happened this time, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500, nullable = false)]
    pub detail: Option<String>,
    /// The id of the request, to be given to the operator.
    #[schema(max_length = 60, example = "urn:uuid:5b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d")]
    pub instance: String,
    /// The fields concerned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    pub errors: Vec<Violation>,
    /// What a transition still requires.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub unmet: Vec<UnmetGuard>,
}

/// An error on its way to [`render`]. Travels in the response's extensions, because only the outermost layer knows the
/// request id.
struct Pending(Error);

impl std::fmt::Display for Error {
    /// The code alone, which cannot be about a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl std::error::Error for Error {}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut copy = Error::new(self.code);
        copy.detail.clone_from(&self.detail);
        copy.errors.clone_from(&self.errors);
        copy.unmet.clone_from(&self.unmet);
        copy.retry_after = self.retry_after;
        copy.scope = self.scope;
        copy.is_token_invalid = self.is_token_invalid;
        if let Some(cause) = self.cause() {
            copy = copy.with_internal(cause);
        }
        pending(copy)
    }
}

/// A response that becomes the problem of this error.
pub fn pending(error: Error) -> HttpResponse<BoxBody> {
    let mut response = HttpResponse::new(error.status_code());
    response.extensions_mut().insert(Pending(error));
    response
}

/// Marks a failed response with a prescribed form that must stay: that of the token endpoint (RFC 6749).
pub struct OwnForm;

/// The code of a problem, in the response's extensions: for the log.
pub struct Shown(pub ErrorCode);

/// Turns any failed response into a problem.
pub fn render(mut response: HttpResponse<BoxBody>, request_id: RequestId) -> HttpResponse<BoxBody> {
    if response.extensions().get::<OwnForm>().is_some() {
        return response;
    }
    let status = response.status();
    let error = response.extensions_mut().remove::<Pending>().map_or_else(|| Error::new(code_of(status)), |pending| pending.0);
    match error.cause() {
        Some(cause) if error.code.status() >= 500 => tracing::error!(%request_id, code = error.code.as_str(), cause, "request failed"),
        Some(cause) => tracing::debug!(%request_id, code = error.code.as_str(), cause, "request refused"),
        None => {}
    }
    let mut builder = HttpResponseBuilder::new(error.status_code());
    let kept = [header::ALLOW, header::WWW_AUTHENTICATE, header::ACCEPT, header::CONTENT_RANGE, header::VARY, header::SET_COOKIE];
    for (name, value) in response.headers() {
        // Headers of the router and of the rules for other origins stay: a page must be able to read why it was refused.
        if kept.contains(name) || name.as_str().starts_with("access-control-") {
            builder.append_header((name.clone(), value.clone()));
        }
    }
    if let Some(seconds) = error.retry_after {
        builder.insert_header((header::RETRY_AFTER, seconds));
    }
    if error.code.status() == 401 {
        builder.insert_header((header::WWW_AUTHENTICATE, challenge(&error)));
    }
    if let Some(scope) = error.scope {
        builder.insert_header((header::WWW_AUTHENTICATE, format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"")));
    }
    let code = error.code;
    let mut response = builder.content_type("application/problem+json").json(Problem::of(error, request_id));
    response.extensions_mut().insert(Shown(code));
    response
}

impl Problem {
    /// The problem that an error becomes. The text for the log stays behind.
    pub fn of(error: Error, request_id: RequestId) -> Self {
        Self {
            kind: address(error.code),
            title: error.code.title(),
            status: error.code.status(),
            code: error.code.as_str(),
            detail: error.detail,
            instance: format!("urn:uuid:{request_id}"),
            errors: error.errors,
            unmet: error.unmet,
        }
    }
}

/// The address that explains a code: the `type` of its problems.
pub fn address(code: ErrorCode) -> String {
    format!("/problems/{}", code.as_str())
}

/// The challenge to a client: for a token, for another token than the one it sent (RFC 6750 §3), or for a recent authentication
/// (RFC 9470).
fn challenge(error: &Error) -> HeaderValue {
    let asked = match (error.code, &error.detail) {
        (ErrorCode::InsufficientUserAuthentication, _) => format!("Bearer error=\"{}\", max_age={RECENT_SECONDS}", error.code.as_str()),
        (_, Some(detail)) if error.is_token_invalid => format!("Bearer error=\"invalid_token\", error_description=\"{detail}\""),
        _ => "Bearer".to_owned(),
    };
    HeaderValue::from_str(&asked).unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
}

/// The code of a failure that comes from the framework.
fn code_of(status: StatusCode) -> ErrorCode {
    match status.as_u16() {
        401 => ErrorCode::Unauthenticated,
        403 => ErrorCode::PermissionDenied,
        404 => ErrorCode::NotFound,
        405 => ErrorCode::MethodNotAllowed,
        406 => ErrorCode::NotAcceptable,
        408 => ErrorCode::RequestTimeout,
        413 => ErrorCode::BodyTooLarge,
        414 => ErrorCode::UriTooLong,
        415 => ErrorCode::UnsupportedMediaType,
        431 => ErrorCode::HeadersTooLarge,
        400..=499 => ErrorCode::InvalidBody,
        _ => ErrorCode::Internal,
    }
}
