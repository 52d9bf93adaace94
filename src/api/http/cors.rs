//! Pages of other origins: refused, unless the installation names their origin (Fetch standard, CORS).

use actix_cors::Cors;
use actix_web::http::Method;

/// Seconds for which a browser may remember the answer to a preflight.
const REMEMBERED: usize = 600;
/// Request headers that a page may send.
const SENT: &[&str] =
    &["authorization", "content-type", "content-digest", "idempotency-key", "if-match", "if-none-match", "if-range", "prefer", "range"];
/// Response headers that a page may read.
const READ: &[&str] = &[
    "accept-ranges",
    "content-disposition",
    "content-range",
    "deprecation",
    "etag",
    "idempotent-replayed",
    "link",
    "location",
    "preference-applied",
    "ratelimit",
    "ratelimit-policy",
    "repr-digest",
    "retry-after",
    "sunset",
    "www-authenticate",
    "x-request-id",
];

/// Lets pages of these origins send requests. The one cookie is for pages of this server alone, so none are let through, and the header
/// with which a page asks for it is not among those that may be sent.
pub fn open_to(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allowed_headers(SENT.iter().copied())
        .expose_headers(READ.iter().copied())
        .block_on_origin_mismatch(false)
        .max_age(REMEMBERED);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}
