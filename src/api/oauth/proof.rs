//! A token request as it came in, and how its client proves itself.

use actix_web::HttpRequest;
use actix_web::http::header;
use base64::Engine;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusal;
use crate::auth::client_assertion::{self, ASSERTION_TYPE};
use crate::auth::client_secret;
use crate::db::clients::{ClientRow, SecretRow};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ClientId, ClientSecretId};
use crate::error::Result;

text_enum! {
    /// How a client proves itself (RFC 8414).
    Method {
        Basic = "client_secret_basic",
        Post = "client_secret_post",
        PrivateKeyJwt = "private_key_jwt",
    }
}

/// A token request (RFC 6749 §4.4.2), as a form. Parameters that are not known are ignored.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes a form that is read pair by pair")]
pub struct TokenForm {
    /// Always `client_credentials`.
    #[schema(max_length = 40, example = "client_credentials")]
    grant_type: String,
    /// What the token is for, with spaces between; all that the client may do if not stated.
    #[schema(max_length = 1000, example = "case:read")]
    scope: Option<String>,
    /// The client's id, where it is not in the `Authorization` header.
    #[schema(max_length = 100)]
    client_id: Option<String>,
    /// The client's secret, where it is not in the `Authorization` header.
    #[schema(max_length = 200, format = Password)]
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, with an assertion.
    #[schema(max_length = 100)]
    client_assertion_type: Option<String>,
    /// The JWT that the client signed.
    #[schema(max_length = 4096)]
    client_assertion: Option<String>,
}

/// A token request that was read.
pub struct TokenRequest {
    /// What the token is to be for.
    pub scope: Option<String>,
    /// Who asks.
    pub proof: Proof,
}

/// Who a client says it is, and how it proves that.
pub struct Proof {
    /// The client; none if that is no id of ours.
    pub client: Option<ClientId>,
    evidence: Evidence,
}

enum Evidence {
    Secret(String),
    Assertion(String),
}

/// What a client was verified by.
pub struct Verified {
    /// The secret.
    pub secret: Option<ClientSecretId>,
    /// The assertion's name, and the Unix second until which it must be remembered.
    pub assertion: Option<(String, i64)>,
}

impl TokenRequest {
    /// Reads a request: each parameter once at most, and exactly one proof.
    pub fn read(http: &HttpRequest, form: &[u8]) -> std::result::Result<Self, Refusal> {
        let form = Form::read(form)?;
        match form.get("grant_type") {
            Some("client_credentials") => {}
            Some(_) => return Err(Refusal::OtherGrant),
            None => return Err(Refusal::Malformed("grant_type is missing.")),
        }
        let scope = form.get("scope").map(ToOwned::to_owned);
        Ok(Self { scope, proof: Proof::read(http, &form)? })
    }
}

/// The parameters of a form; one without a value is treated as one that is not there (RFC 6749 §3.2).
struct Form(Vec<(String, String)>);

impl Form {
    fn read(bytes: &[u8]) -> std::result::Result<Self, Refusal> {
        let mut known: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(bytes).into_owned().filter(|(_, value)| !value.is_empty()) {
            if known.iter().any(|(earlier, _)| *earlier == name) {
                return Err(Refusal::Malformed("A parameter is there twice."));
            }
            known.push((name, value));
        }
        Ok(Self(known))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Proof {
    fn read(http: &HttpRequest, form: &Form) -> std::result::Result<Self, Refusal> {
        let named = form.get("client_id");
        let client = |id: &str| id.parse().ok().map(ClientId);
        match (basic(http)?, form.get("client_secret"), form.get("client_assertion")) {
            (Some((id, secret)), None, None) if named.is_none_or(|named| named == id) => {
                Ok(Self { client: client(&id), evidence: Evidence::Secret(secret) })
            }
            (None, Some(secret), None) => Ok(Self { client: named.and_then(client), evidence: Evidence::Secret(secret.to_owned()) }),
            (None, None, Some(assertion)) => {
                if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
                    return Err(Refusal::Malformed("client_assertion_type is missing or not known."));
                }
                let claimed = client_assertion::claimed_client(assertion);
                let is_same = named.is_none_or(|named| client(named) == claimed);
                Ok(Self { client: claimed.filter(|_| is_same), evidence: Evidence::Assertion(assertion.to_owned()) })
            }
            (None, None, None) => Err(Refusal::Unproven),
            _ => Err(Refusal::Malformed("There is more than one proof of who the client is.")),
        }
    }

    /// What of the client this proof was made with; none if it proves nothing.
    pub fn verify(&self, row: &ClientRow, secrets: &[SecretRow], issuer: &str, now: Timestamp) -> Result<Option<Verified>> {
        match &self.evidence {
            Evidence::Secret(text) => {
                let Some(key_id) = client_secret::key_id(text) else { return Ok(None) };
                let secret = secrets.iter().find(|secret| secret.key_id == key_id && client_secret::is_secret(text, &secret.hash));
                Ok(secret.map(|secret| Verified { secret: Some(secret.id), assertion: None }))
            }
            Evidence::Assertion(assertion) => {
                let (Some(keys), endpoint) = (row.keys()?, format!("{issuer}/v1/oauth/token")) else { return Ok(None) };
                let asserted = client_assertion::verify(assertion, row.id, &keys, &[issuer, &endpoint], now);
                Ok(asserted.map(|asserted| Verified { secret: None, assertion: Some((asserted.jti, asserted.remember_until)) }))
            }
        }
    }
}

/// Id and secret of an `Authorization: Basic` header, each form-encoded (RFC 6749 §2.3.1).
fn basic(http: &HttpRequest) -> std::result::Result<Option<(String, String)>, Refusal> {
    let Some(value) = http.headers().get(header::AUTHORIZATION) else { return Ok(None) };
    let read = || {
        let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
        let raw = base64::prelude::BASE64_STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        let text = String::from_utf8(raw).ok()?;
        let (id, secret) = text.split_once(':')?;
        Some((decoded(id), decoded(secret)))
    };
    read().map(Some).ok_or(Refusal::Unproven)
}

fn decoded(text: &str) -> String {
    form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}
