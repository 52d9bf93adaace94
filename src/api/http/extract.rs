//! Input of requests: bodies, patches, queries, ids and headers. Everything is checked here, so that no handler can forget a
//! check.

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::{FromRequest, HttpRequest, web};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, Required};
use validator::Validate;
use zeroize::Zeroizing;

use crate::api::http::access::Gate;
use crate::api::http::access::days::Days;
use crate::api::http::admission::Extraction;
use crate::api::http::body::body;
use crate::api::http::clearing;
use crate::api::http::entity_tags::{EntityTags, LONGEST};
use crate::api::http::idempotency_key::IdempotencyKey;
use crate::api::http::json::{self, Unread, Wiped};
use crate::db::engine::expected::Expected;
use crate::domain::repatriation::records::record::CaseRecord;
use crate::domain::violation::Violation;
use crate::domain::zones::{DayAt, Today};
use crate::error::{Error, ErrorCode, Result};

/// An input of an operation: a body, a patch or a query.
pub trait Input: DeserializeOwned + Validate + 'static {
    /// Whose day its dates are compared with.
    fn day_at(&self) -> DayAt {
        DayAt::Here
    }

    /// The list whose entries are taken or refused one by one, if the body has one. Entries that cannot be read are set aside.
    const ENTRIES: Option<&'static str> = None;

    /// Takes note of the entries that could not be read.
    fn set_aside(&mut self, _unread: Unread) {}

    /// Takes note of the bytes that the body came as, where its entries have keys that are bound to them.
    fn bind_to(&mut self, _bytes: &[u8]) {}

    /// Rules across fields, and about dates. `today` is the day at the place that it is about.
    fn violations(&self, _today: Today) -> Vec<Violation> {
        Vec::new()
    }
}

impl<R: CaseRecord> Input for R {
    fn day_at(&self) -> DayAt {
        CaseRecord::day_at(self)
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        CaseRecord::violations(self, today)
    }
}

/// Checks every rule of an input.
pub fn check<T: Input>(input: T, today: Today) -> Result<T> {
    let mut violations = input.validate().err().map(|errors| json::limits(&errors)).unwrap_or_default();
    violations.extend(input.violations(today));
    if violations.is_empty() { Ok(input) } else { Err(Error::fields(violations)) }
}

/// Checks every rule of an item of a list, on the day of the country that it is about, or where the caller is.
pub fn check_item<T: Input>(item: T, here: Today) -> Result<T> {
    let today = match item.day_at() {
        DayAt::Country(country) => here.in_country(country, here.zone()),
        DayAt::Here | DayAt::Destination => here,
    };
    check(item, today)
}

/// Checks every rule of an input on the day of the place that it is about.
fn check_on<T: Input>(input: T, days: Days) -> Result<T> {
    let today = days.at(input.day_at());
    check(input, today)
}

/// Reads and checks what was typed in somewhere else than in a body, such as on the command line.
pub fn typed<T: Input>(typed: &Value, today: Today) -> Result<T> {
    check(json::read_typed(typed)?, today)
}

/// The media types of a body.
type Accepted = &'static [&'static str];

const JSON: Accepted = &["application/json"];
/// Several generated clients send a merge patch as plain JSON.
const MERGE_PATCH: Accepted = &["application/merge-patch+json", "application/json"];

/// A body that has arrived, before it is read as a type: receiving it is compiled once, and not once for every type.
struct Received {
    request: HttpRequest,
    bytes: Zeroizing<Vec<u8>>,
    days: Days,
}

impl Received {
    async fn at(request: HttpRequest, payload: Payload, accepted: Accepted) -> Result<Self> {
        let bytes = body(&request, gate(&request)?.body_memory(), payload, accepted).await?;
        Ok(Self { days: Days::of(&request, gate(&request)?).await?, bytes, request })
    }

    fn read<T: Input>(&self) -> Result<T> {
        let input = match T::ENTRIES {
            None => json::read(&self.bytes)?,
            Some(list) => {
                let (mut input, unread): (T, Unread) = json::read_entries(&self.bytes, list)?;
                input.set_aside(unread);
                input.bind_to(&self.bytes);
                input
            }
        };
        check_on(input, self.days)
    }

    fn read_patch(&self) -> Result<Value> {
        let patch = json::read_value(&self.bytes)?;
        let refused = || Error::new(ErrorCode::InvalidBody).at("", "invalid_type", "a merge patch is a JSON object");
        patch.is_object().then_some(patch).ok_or_else(refused)
    }
}

/// A JSON body that was read and checked.
pub struct Json<T>(pub T);

impl<T: Input> FromRequest for Json<T> {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let received = Received::at(request.clone(), payload.take(), JSON);
        Extraction::of_body(request, async move { received.await?.read().map(Self) })
    }
}

/// A creating body, together with the key that makes the creation happen once.
pub struct CreateBody<T> {
    /// The body.
    pub input: T,
    /// The key.
    pub key: IdempotencyKey,
}

impl<T: Input> FromRequest for CreateBody<T> {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let received = Received::at(request.clone(), payload.take(), JSON);
        Extraction::of_body(request, async move {
            let received = received.await?;
            let key = IdempotencyKey::of(&received.request, &received.bytes)?;
            Ok(Self { input: received.read()?, key })
        })
    }
}

/// A JSON merge patch (RFC 7396) for a resource whose editable state is a `T`.
pub struct Patch<T> {
    patch: Wiped,
    days: Days,
    of: std::marker::PhantomData<fn() -> T>,
}

impl<T: Input> FromRequest for Patch<T> {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let received = Received::at(request.clone(), payload.take(), MERGE_PATCH);
        Extraction::of_body(request, async move {
            let received = received.await?;
            Ok(Self { patch: Wiped(received.read_patch()?), days: received.days, of: std::marker::PhantomData })
        })
    }
}

impl<T: Input + Serialize> Patch<T> {
    /// The state after the patch: absent fields stay, null clears, lists are replaced. Checked like a new state. A well-formed patch
    /// after which the state lacks a required field is 422 (RFC 5789 §2.2), and so is one that clears everything.
    pub fn apply(&self, current: &T) -> Result<T> {
        let mut state = serde_json::to_value(current).map_err(|_| Error::internal("the state cannot be patched"))?;
        let cleared = clearing::violations::<T>(&state, &self.patch);
        if !cleared.is_empty() {
            return Err(Error::fields(cleared));
        }
        json_patch::merge(&mut state, &self.patch);
        check_on(json::read_checked(state).map_err(incomplete)?, self.days)
    }

    /// Whether the patch clears this field.
    pub fn clears(&self, field: &str) -> bool {
        self.patch.get(field).is_some_and(Value::is_null)
    }

    /// Whether the patch touches this field.
    pub fn touches(&self, field: &str) -> bool {
        self.patch.get(field).is_some()
    }
}

/// The problem of a state that lacks a field after a patch.
fn incomplete(error: Error) -> Error {
    if error.errors.iter().all(|violation| violation.code == "required") { Error::fields(error.errors) } else { error }
}

fn gate(request: &HttpRequest) -> Result<&Gate> {
    request.app_data::<web::Data<Gate>>().map(web::Data::get_ref).ok_or_else(|| Error::internal("no gate"))
}

/// Query parameters. An unknown one is refused: otherwise a misspelt filter would silently not be applied.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Extraction::of_head(request, |request| json::read_query(request.query_string()).map(Self))
    }
}

/// An id in the path. A malformed id is answered like an unknown one: not found.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Extraction::of_head(request, |request| {
            let path = web::Path::<T>::extract(request).into_inner();
            path.map(|path| Self(path.into_inner())).map_err(|_| Error::not_found())
        })
    }
}

/// `If-Match`: the version that the caller read, or one of several, or any.
pub struct IfMatch(Expected);

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let etag = ObjectBuilder::new().schema_type(Type::String).max_length(Some(LONGEST)).pattern(Some(TAGS));
        let header = ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(
                "The ETag of what you read, or its `version` in quotes, such as `\"3\"`. Without it the answer is 428, and 412 when \
                 somebody changed it since. `*` changes whatever is there, unread. `If-None-Match` is heeded, too.",
            ))
            .example(Some(serde_json::json!("\"1\"")))
            .schema(Some(etag));
        vec![header.build()]
    }
}

impl IfMatch {
    /// The versions that the change may start from.
    pub fn expected(&self) -> &Expected {
        &self.0
    }
}

/// `*`, or entity tags (RFC 9110 §8.8.3).
const TAGS: &str = r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#;

/// A version without quotes is no ETag: whoever sends one is told that, and not that somebody changed the record.
fn no_tag(name: &str) -> Error {
    let message = "must be the ETag as it was sent, with its quotes, such as \"3\"; or several of them; or *";
    let name = if name == "if-match" { "If-Match" } else { "If-None-Match" };
    Error::new(ErrorCode::InvalidHeader).at(name, "invalid_header", message)
}

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Extraction::of_head(request, |request| expected(request.headers()).map(Self))
    }
}

/// The versions that a change may start from, by both headers (RFC 9110 §13.2.2).
fn expected(headers: &HeaderMap) -> Result<Expected> {
    let tags = |name: HeaderName| {
        let is_told = headers.contains_key(&name);
        let refused = name.clone();
        is_told.then(|| EntityTags::of(headers, name).ok_or_else(|| no_tag(refused.as_str()))).transpose()
    };
    // A tag that this service did not issue names no version.
    let versions = |tags: Vec<&str>| tags.into_iter().filter_map(version).collect::<Vec<i64>>();
    Ok(match (tags(header::IF_MATCH)?, tags(header::IF_NONE_MATCH)?) {
        // Only where nothing is there yet, and a change is of what is there.
        (_, Some(EntityTags::Any)) => Expected::OneOf(Vec::new()),
        (None, _) => return Err(ErrorCode::PreconditionRequired.into()),
        (Some(EntityTags::Any), None) => Expected::Any,
        (Some(EntityTags::Any), Some(EntityTags::OneOf(not))) => Expected::NoneOf(versions(not)),
        (Some(EntityTags::OneOf(named)), not) => {
            let not = if let Some(EntityTags::OneOf(not)) = not { versions(not) } else { Vec::new() };
            Expected::OneOf(versions(named).into_iter().filter(|version| !not.contains(version)).collect())
        }
    })
}

/// The version that a tag names. What the caller saw of it does not matter to a change.
fn version(tag: &str) -> Option<i64> {
    let number = tag.split('-').next().filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))?;
    number.parse().ok()
}
