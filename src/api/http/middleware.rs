//! The outermost layer: request id, deadline, panics, limits, headers, log and metrics. Every answer passes here.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use crate::api::http::access::{Caller, Ended, Gate};
use crate::api::http::compression::{self, ResponsePreferences};
use crate::api::http::deprecation::{self, DEPRECATED, Deprecation};
use crate::api::http::entity_tags;
use crate::api::http::metrics::Metrics;
use crate::api::http::pieces::in_pieces;
use crate::api::http::plain_path::PlainPath;
use crate::api::http::problem;
use crate::api::http::rate_limit::RateLimitState;
use crate::api::http::routes::{Operations, PathOperation};
use crate::api::http::time_limit::TimeLimit;
use crate::db::RequestTrail;
use crate::db::engine::audit::Outcome;
use crate::domain::ids::RequestId;
use crate::domain::network::ClientAddress;
use crate::error::{Error, ErrorCode};

/// The paths of pages: the documentation, the staff console, and the files served beside them.
const PAGES: &[&str] = &["/console", "/docs", "/problems", "/setup"];

/// An answer of the API is no page: it loads nothing and must not be framed.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

const HEADERS: &[(&str, &str)] = &[
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// Marks a request that was a HEAD: some resources can be read only once, and a HEAD must not use up that read.
pub struct IsHead;

/// Settings that this layer reads.
pub struct Settings {
    /// Proxies whose X-Forwarded-For header is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Whether pages of other origins may send requests: then [`super::cors`] answers the preflight of a browser.
    pub is_open_to_origins: bool,
    /// The deprecated operations.
    pub deprecated: &'static [Deprecation],
}

impl Default for Settings {
    fn default() -> Self {
        Self { trusted_proxies: Vec::new(), is_open_to_origins: false, deprecated: DEPRECATED }
    }
}

/// Wraps every request.
pub async fn wrap(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let request_id = RequestId::random();
    let method = request.method().clone();
    // A HEAD is a GET without its body; the connection knows that it was a HEAD and sends none.
    if request.method() == Method::HEAD {
        request.extensions_mut().insert(IsHead);
        request.head_mut().method = Method::GET;
    }
    let Named { operation, is_change_of_case, changes_something } = operation_of(&request);
    request.extensions_mut().insert(request_id);
    let trail = RequestTrail::default();
    request.extensions_mut().insert(trail.clone());
    let gate = request.app_data::<web::Data<Gate>>().cloned();
    let limit = TimeLimit::default();
    request.extensions_mut().insert(limit.clone());
    let address = client_address(&request);
    request.extensions_mut().insert::<ClientAddress>(address);

    let early = answer_early(&request);
    let wishes = ResponsePreferences::of(request.request(), is_change_of_case);
    let name = operation.clone();
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();
    let observe = move |status: StatusCode, code: Option<ErrorCode>, caller: Caller| {
        let elapsed = started.elapsed();
        if let Some(metrics) = &metrics {
            metrics.observe(&operation, status.as_u16(), elapsed);
        }
        log(&Observed { request_id, method: &method, operation: &operation, status, elapsed, code, caller });
    };
    let running = async move {
        match early {
            Some(answer) => Ok(request.into_response(answer)),
            None => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
        }
    };
    // The handler owns the request: when the deadline or a panic ends it, only the values noted before are left.
    let response = match AssertUnwindSafe(limit.hold(running)).catch_unwind().await {
        Ok(Ok(Ok(response))) => response,
        Ok(Ok(Err(error))) => return Err(error),
        Ok(Err(_)) => {
            let error = limit.late_answer(changes_something);
            // Nothing is shown. What became of a change is told, whether or not it can be recorded that it was.
            if conclude(gate, None, &trail, ended(&name, request_id, Outcome::Refused(error.code))).await.is_err() {
                tracing::warn!(%request_id, code = error.code.as_str(), "the end of a request could not be recorded");
            }
            return Err(Cut::short(error, request_id, &observe));
        }
        Err(_) => {
            conclude(gate, None, &trail, ended(&name, request_id, Outcome::Refused(ErrorCode::Internal))).await?;
            return Err(Cut::short(Error::internal("a handler panicked"), request_id, &observe));
        }
    };
    let (http, response) = response.into_parts();
    let response = unless_missed(&http, response);
    let mut response = if response.status().is_client_error() || response.status().is_server_error() {
        problem::render(response, request_id)
    } else {
        wishes.grant(compression::unless_known(&http, response))
    };
    let outcome =
        response.extensions().get::<problem::Shown>().map_or(Outcome::Done(response.status().as_u16()), |shown| Outcome::Refused(shown.0));
    if let Err(error) = conclude(gate, Some(&http), &trail, ended(&name, request_id, outcome)).await {
        response = problem::render(problem::pending(error), request_id);
    }
    let settings = http.app_data::<web::Data<Settings>>();
    deprecation::tell(response.headers_mut(), settings.map_or(DEPRECATED, |settings| settings.deprecated), &name);
    let standing = http.extensions().get::<RateLimitState>().copied();
    finish(response.headers_mut(), request_id, standing);
    let code = response.extensions().get::<problem::Shown>().map(|shown| shown.0);
    let caller = http.extensions().get::<Caller>().copied().unwrap_or_default();
    observe(response.status(), code, caller);
    Ok(ServiceResponse::new(http, in_pieces(response)))
}

/// Seconds for which an answer waits for its audit entry.
const CONCLUSION: Duration = Duration::from_secs(10);

fn ended(operation: &str, request: RequestId, outcome: Outcome) -> Ended<'_> {
    Ended { operation, request, outcome }
}

/// Records how a request ended. On an error the answer must not leave.
async fn conclude(
    gate: Option<web::Data<Gate>>,
    http: Option<&HttpRequest>,
    trail: &RequestTrail,
    ended: Ended<'_>,
) -> crate::error::Result<()> {
    let Some(gate) = gate else { return Ok(()) };
    let concluded = tokio::time::timeout(CONCLUSION, gate.conclude(http, trail, ended)).await;
    concluded.unwrap_or_else(|_| Err(Error::new(ErrorCode::AuditUnavailable).retry_after(1)))
}

/// A request that was cut short: by the deadline, or by a panic, whose payload is shown nowhere.
#[derive(Debug)]
struct Cut {
    error: std::sync::Mutex<Option<Error>>,
    request_id: RequestId,
    status: StatusCode,
}

impl Cut {
    fn short(error: Error, request_id: RequestId, observe: &impl Fn(StatusCode, Option<ErrorCode>, Caller)) -> actix_web::Error {
        let status = error.status_code();
        observe(status, Some(error.code), Caller::default());
        Self { error: std::sync::Mutex::new(Some(error)), request_id, status }.into()
    }
}

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the request was cut short")
    }
}

impl ResponseError for Cut {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let error = self.error.lock().ok().and_then(|mut slot| slot.take()).unwrap_or_else(|| ErrorCode::Internal.into());
        let mut response = problem::render(problem::pending(error), self.request_id);
        finish(response.headers_mut(), self.request_id, None);
        response
    }
}

/// The answer to a request that no handler should see, if it is one.
fn answer_early(request: &ServiceRequest) -> Option<HttpResponse<BoxBody>> {
    if request.uri().path_and_query().is_some_and(|uri| uri.as_str().len() > 8192) {
        return Some(problem::pending(ErrorCode::UriTooLong.into()));
    }
    let Some(path) = PlainPath::of(request.uri()) else {
        return Some(problem::pending(ErrorCode::InvalidPath.into()));
    };
    if let Some(error) = too_long(request.headers()) {
        return Some(problem::pending(error));
    }
    let operations = request.app_data::<web::Data<Operations>>()?;
    let produced = operations.media_type(request.method(), path).filter(|_| path.as_str().starts_with("/v1/"));
    if let Some(produced) = produced.filter(|produced| !accepts(request.headers(), produced)) {
        return Some(problem::pending(not_acceptable(operations, path, produced)));
    }
    let settings = request.app_data::<web::Data<Settings>>();
    if settings.is_some_and(|settings| settings.is_open_to_origins) && is_preflight(request) {
        return None;
    }
    // Before routing: `/v1/cases/search` must not be taken for a case named "search".
    operations.without_handler(request.method(), path)
}

/// What was read, unless its caller asked for another version than the current one (RFC 9110 §13.1.1). Asked before `If-None-Match`.
fn unless_missed(http: &HttpRequest, response: HttpResponse<BoxBody>) -> HttpResponse<BoxBody> {
    let is_read = *http.method() == Method::GET && (response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED);
    let etag = response.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok()).filter(|_| is_read);
    match etag {
        Some(etag) if entity_tags::is_missed(http.headers(), etag) => problem::pending(ErrorCode::StaleVersion.into()),
        _ => response,
    }
}

/// Refuses a condition or a preference that is longer than the document says.
fn too_long(headers: &HeaderMap) -> Option<Error> {
    let length = |name: &str| headers.get_all(name).map(HeaderValue::len).sum::<usize>();
    let name = ["If-Match", "If-None-Match", "Prefer"].into_iter().find(|name| length(name) > entity_tags::LONGEST)?;
    let message = format!("must have at most {} characters", entity_tags::LONGEST);
    Some(Error::new(ErrorCode::InvalidHeader).at(name, "invalid_header", &message))
}

/// Names the media type of the address, and the addresses of its other forms.
fn not_acceptable(operations: &Operations, path: PlainPath<'_>, produced: &str) -> Error {
    let elsewhere = operations.other_forms(path).into_iter().map(|(media_type, address)| format!(" {media_type} is at {address}."));
    Error::new(ErrorCode::NotAcceptable).detail(format!("This address answers with {produced}.{}", elsewhere.collect::<String>()))
}

/// Whether a browser asks if a page of another origin may send a request (Fetch standard, CORS-preflight).
fn is_preflight(request: &ServiceRequest) -> bool {
    *request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn accepts(headers: &HeaderMap, produced: &str) -> bool {
    let mut asked = headers.get_all(header::ACCEPT).filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).peekable();
    let kind = produced.split('/').next().unwrap_or_default();
    let acceptable = |range: &str| match range.split(';').next().unwrap_or_default().trim() {
        "" | "*/*" | "application/problem+json" => true,
        range => range == produced || range.strip_suffix("/*") == Some(kind),
    };
    asked.peek().is_none() || asked.any(acceptable)
}

/// What is known of a request by its method and path alone.
struct Named {
    /// The name of the operation in the log and the figures.
    operation: String,
    is_change_of_case: bool,
    changes_something: bool,
}

/// Found by path before routing, so that it exists also for a request that never gets to a route. A door finds the same name, or stays
/// shut.
fn operation_of(request: &ServiceRequest) -> Named {
    let operations = request.app_data::<web::Data<Operations>>();
    let path = PlainPath::of(request.uri());
    if let Some(found) = path.zip(operations).and_then(|(path, operations)| operations.find(request.method(), path)) {
        let PathOperation { name, is_change_of_case, changes_something, .. } = found;
        return Named { operation: name.clone(), is_change_of_case: *is_change_of_case, changes_something: *changes_something };
    }
    // A path that is no operation gets one of two names: a path in the log could be a trace of a person.
    let is_page = path.is_some_and(|path| path.as_str() == "/" || PAGES.iter().any(|pages| path.as_str().starts_with(pages)));
    let operation = if is_page { "page" } else { "no_such_route" }.to_owned();
    Named { operation, is_change_of_case: false, changes_something: false }
}

/// The address of the client. X-Forwarded-For is believed only from a proxy that the settings name, and only its last entry.
fn client_address(request: &ServiceRequest) -> ClientAddress {
    let peer = ClientAddress::of(request.peer_addr().map(|address| address.ip()));
    let settings = request.app_data::<web::Data<Settings>>();
    let is_trusted = |proxy: &std::net::IpAddr| Some(proxy.to_canonical()) == peer.ip();
    if !settings.is_some_and(|settings| settings.trusted_proxies.iter().any(is_trusted)) {
        return peer;
    }
    let forwarded = request.headers().get_all("x-forwarded-for").last().and_then(|value| value.to_str().ok());
    forwarded.and_then(|value| value.rsplit(',').next()).and_then(ClientAddress::read).unwrap_or(peer)
}

fn finish(headers: &mut HeaderMap, request_id: RequestId, standing: Option<RateLimitState>) {
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    // A page brings its own policy, which is as strict and allows only the page's own files.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let mut put = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("x-request-id", request_id.to_string());
    if let Some(standing) = standing {
        put("ratelimit-policy", format!("\"default\";q={};w=60", standing.limit));
        put("ratelimit", format!("\"default\";r={};t={}", standing.remaining, standing.resets_in_seconds));
    }
}

/// The properties of a request that are known when it is answered.
struct Observed<'a> {
    request_id: RequestId,
    method: &'a Method,
    operation: &'a str,
    status: StatusCode,
    elapsed: Duration,
    code: Option<ErrorCode>,
    caller: Caller,
}

/// One line a request. The operation's name, never its path: an id in a log is a trace of a person.
fn log(seen: &Observed<'_>) {
    let Caller { user, client, organisation } = seen.caller;
    tracing::info!(
        request_id = %seen.request_id,
        method = seen.method.as_str(),
        operation = seen.operation,
        status = seen.status.as_u16(),
        code = seen.code.map(ErrorCode::as_str),
        user = user.map(tracing::field::display),
        client = client.map(tracing::field::display),
        organisation = organisation.map(tracing::field::display),
        milliseconds = u64::try_from(seen.elapsed.as_millis()).unwrap_or(u64::MAX),
        "request"
    );
}
