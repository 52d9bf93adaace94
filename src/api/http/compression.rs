//! Shorter answers for slow lines: no body for a client that wants none (RFC 7240) or that has it already (RFC 9110 §13.1.2), and
//! compressed lists.

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage, HttpRequest};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

use crate::api::http::entity_tags;

/// Bytes below which a compressed body saves no packet, and so is not worth its time.
const WORTH_COMPRESSING: usize = 2048;

/// The preferences of a request for the form of its answer, read before the handler takes the request.
#[derive(Clone, Copy)]
pub struct ResponsePreferences {
    body: Option<Return>,
    takes_gzip: bool,
}

/// What a client prefers to be returned (RFC 7240 §4.2).
#[derive(Clone, Copy)]
enum Return {
    Minimal,
    Representation,
}

impl Return {
    const ALL: [Self; 2] = [Self::Minimal, Self::Representation];

    fn of(request: &HttpRequest) -> Option<Self> {
        let lines = request.headers().get_all("prefer").filter_map(|value| value.to_str().ok());
        // A preference may have parameters, and none of these has one. The first of several counts (§2).
        let mut preferences = lines.flat_map(|line| line.split(',')).filter_map(|preference| preference.split(';').next());
        // The value is a word or a quoted string, with space around the sign (§2).
        preferences.find_map(|preference| {
            let (name, value) = preference.split_once('=')?;
            let value = value.trim().trim_matches('"');
            Self::ALL.into_iter().find(|known| name.trim().eq_ignore_ascii_case("return") && value.eq_ignore_ascii_case(known.value()))
        })
    }

    fn value(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::Representation => "representation",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Minimal => "return=minimal",
            Self::Representation => "return=representation",
        }
    }
}

impl ResponsePreferences {
    /// The preferences of a request.
    pub fn of(request: &HttpRequest, is_change_of_case: bool) -> Self {
        // Only changes of cases are answered without a body: a case can be read in full elsewhere, but a new client's secret is
        // answered once, and only here.
        Self { body: Return::of(request).filter(|_| is_change_of_case), takes_gzip: takes_gzip(request) }
    }

    /// The answer in the preferred form.
    pub fn grant(self, answer: HttpResponse<BoxBody>) -> HttpResponse<BoxBody> {
        if !answer.status().is_success() {
            return answer;
        }
        // An answer with an ETag is one resource in its current state: the client that wrote it knows its content.
        match (answer.headers().contains_key(header::ETAG), self.body) {
            // Not 202: what waits for a second person is not done, and the answer says what it waits for.
            (true, Some(preferred)) if [StatusCode::OK, StatusCode::CREATED].contains(&answer.status()) => returned(answer, preferred),
            (true, _) => answer,
            (false, _) => compressed(answer, self.takes_gzip),
        }
    }
}

/// Whether the client takes gzip, and prefers it to the plain text.
pub fn takes_gzip(request: &impl HttpMessage) -> bool {
    let Ok(asked) = AcceptEncoding::parse(request) else { return false };
    let known = [Encoding::gzip(), Encoding::identity()];
    asked.negotiate(known.iter()).is_some_and(|chosen| chosen == Encoding::gzip())
}

/// The answer to a change in the preferred form. Without a body it is 204: a client that is told 200 or 201 reads a body.
fn returned(answer: HttpResponse<BoxBody>, preferred: Return) -> HttpResponse<BoxBody> {
    let mut answer = match preferred {
        Return::Minimal => emptied(answer, StatusCode::NO_CONTENT),
        Return::Representation => answer,
    };
    answer.headers_mut().insert(HeaderName::from_static("preference-applied"), HeaderValue::from_static(preferred.text()));
    answer
}

/// 304 in place of what the client says that it has: for every answer with an ETag, here once for all of them.
pub fn unless_known(request: &HttpRequest, answer: HttpResponse<BoxBody>) -> HttpResponse<BoxBody> {
    let etag = answer.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok());
    let is_read = *request.method() == Method::GET && answer.status() == StatusCode::OK;
    match etag.is_some_and(|etag| is_read && entity_tags::is_known(request.headers(), etag)) {
        true => emptied(answer, StatusCode::NOT_MODIFIED),
        false => answer,
    }
}

fn emptied(answer: HttpResponse<BoxBody>, status: StatusCode) -> HttpResponse<BoxBody> {
    let mut answer = answer.set_body(BoxBody::new(()));
    *answer.status_mut() = status;
    answer.headers_mut().remove(header::CONTENT_TYPE);
    answer
}

/// Compresses a body that lies in memory. No answer carries a secret that another site could guess by the length: what is shown of a case
/// asks for a token in a header, and the cookie of a session opens nothing but `refresh`, which repeats nothing of its request.
fn compressed(answer: HttpResponse<BoxBody>, takes_gzip: bool) -> HttpResponse<BoxBody> {
    let is_text = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|content_type| ["application/json", "text/", "image/svg+xml"].iter().any(|kind| content_type.starts_with(kind)));
    if !is_text || answer.headers().contains_key(header::CONTENT_ENCODING) {
        return answer;
    }
    let (head, body) = answer.into_parts();
    let bytes = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        Err(stream) => return head.set_body(stream),
    };
    let packed = Some(&bytes).filter(|bytes| takes_gzip && bytes.len() >= WORTH_COMPRESSING).and_then(packed);
    let mut answer = head.set_body(BoxBody::new(packed.clone().unwrap_or(bytes)));
    answer.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if packed.is_some() {
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(ContentEncoding::Gzip.as_str()));
    }
    answer
}

/// Compresses at the lowest level: nearly as short as the highest, in a fifth of its time.
fn packed(bytes: &Bytes) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).ok().map(Bytes::from)
}
