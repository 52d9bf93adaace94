//! Answers: bodies, ETags, creations.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use serde::Serialize;

use crate::api::http::creation::Answer;
use crate::api::http::entity_tags;
use crate::crypto::sha256;
use crate::domain::access::compartments::CompartmentSet;
use crate::error::{Error, Result};

/// The address under which clients reach the service, without a slash at its end.
pub struct PublicUrl(pub String);

/// The ETag of a version as a caller sees it: two callers who see different compartments never share one.
pub fn etag(version: i64, view: CompartmentSet) -> String {
    format!("\"{version}-{:x}\"", view.bits())
}

/// 200 with a body and its ETag; 304 if the caller has it already.
pub fn found(request: &HttpRequest, etag: String, body: &impl Serialize) -> HttpResponse {
    let answer = changed(etag, body);
    let known =
        answer.headers().get(header::ETAG).filter(|etag| etag.to_str().is_ok_and(|etag| entity_tags::is_known(request.headers(), etag)));
    match known {
        Some(etag) => HttpResponse::NotModified().insert_header((header::ETAG, etag.clone())).finish(),
        None => answer,
    }
}

/// 200 after a change.
pub fn changed(etag: String, body: &impl Serialize) -> HttpResponse {
    match written(body) {
        Ok(body) => ok(Some((header::ETAG, of_body(&etag, &body))), Ok(body)),
        Err(error) => error.error_response(),
    }
}

/// The ETag of a version with the digest of what is shown of it: a fine grows, a child comes of age and a pair is compared anew without a
/// new version, and a client that has yesterday's answer must not be told that it is current. A change looks at the version alone.
fn of_body(etag: &str, body: &[u8]) -> String {
    let digest = sha256(body).into_iter().take(DIGEST).fold(String::new(), |written, byte| written + &format!("{byte:02x}"));
    format!("{}-{digest}\"", etag.trim_end_matches('"'))
}

/// Bytes of the digest in an ETag.
const DIGEST: usize = 6;

/// 202 for what was understood and waits for somebody else.
pub fn accepted(etag: String, body: &impl Serialize) -> HttpResponse {
    let mut answer = changed(etag, body);
    if answer.status().is_success() {
        *answer.status_mut() = StatusCode::ACCEPTED;
    }
    answer
}

fn written(body: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(body).map_err(|_| Error::internal("an answer cannot be written"))
}

/// 200 with a serialised body: compiled once, and not once for every type.
fn ok(header: Option<(HeaderName, String)>, body: Result<Vec<u8>>) -> HttpResponse {
    let body = match body {
        Ok(body) => body,
        Err(error) => return error.error_response(),
    };
    let mut builder = HttpResponse::Ok();
    if let Some(header) = header {
        builder.insert_header(header);
    }
    builder.content_type("application/json").body(body)
}

/// The answer to a creating request.
pub fn answer(location: String, etag: String, body: &impl Serialize) -> Result<Answer> {
    let body = written(body)?;
    Ok(Answer { location, etag: Some(of_body(&etag, &body)), body })
}

/// The answer to a creating request that made something without versions.
pub fn answer_unversioned(location: String, body: &impl Serialize) -> Result<Answer> {
    Ok(Answer { location, etag: None, body: written(body)? })
}

/// 201, whether it was made now or before.
pub fn created(answer: Answer, is_repeated: bool) -> HttpResponse {
    let mut builder = HttpResponse::Created();
    builder.insert_header((header::LOCATION, answer.location));
    if let Some(etag) = answer.etag {
        builder.insert_header((header::ETAG, etag));
    }
    if is_repeated {
        builder.insert_header(("Idempotent-Replayed", "true"));
    }
    builder.content_type("application/json").body(answer.body)
}

/// 200 with a page, and a link to the next one (RFC 8288).
pub fn page(request: &HttpRequest, next: Option<&str>, body: &impl Serialize) -> HttpResponse {
    ok(next.map(|next| (header::LINK, link(request, next))), written(body))
}

fn link(request: &HttpRequest, next: &str) -> String {
    let others = request.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("after="));
    let query: Vec<String> = others.map(ToOwned::to_owned).chain([format!("after={next}")]).collect();
    // Complete: many clients cannot follow a relative link.
    let public_url = request.app_data::<web::Data<PublicUrl>>().map(|url| url.0.as_str()).unwrap_or_default();
    format!("<{public_url}{}?{}>; rel=\"next\"", request.path(), query.join("&"))
}
