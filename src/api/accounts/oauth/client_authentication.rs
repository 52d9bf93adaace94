//! A token request as it came in, and how its client proves itself.

use actix_web::HttpRequest;
use actix_web::http::header;
use base64::Engine;
use utoipa::ToSchema;

use crate::api::accounts::oauth::refusal::Refusal;
use crate::auth::client_assertion::{self, ASSERTION_TYPE};
use crate::auth::client_secret;
use crate::db::accounts::clients::{ClientRow, SecretRow};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ClientId, ClientSecretId};

/// A token request (RFC 6749 §4.4.2), as a form: each parameter once at most.
#[derive(Default, ToSchema)]
pub struct TokenForm {
    /// Always `client_credentials`.
    #[schema(required = true, max_length = 40, nullable = false, example = "client_credentials")]
    grant_type: Option<String>,
    /// What the token is for, with spaces between; all that the client may do if not stated.
    #[schema(max_length = 1000, nullable = false, example = "case:read")]
    scope: Option<String>,
    /// The client's id, where it is not in the `Authorization` header.
    #[schema(max_length = 100, nullable = false)]
    client_id: Option<String>,
    /// The client's secret, where it is not in the `Authorization` header.
    #[schema(max_length = 200, format = Password, nullable = false)]
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, with an assertion.
    #[schema(max_length = 100, nullable = false)]
    client_assertion_type: Option<String>,
    /// The JWT that the client signed.
    #[schema(max_length = 4096, nullable = false)]
    client_assertion: Option<String>,
}

/// A token request that was read.
pub struct TokenRequest {
    /// What the token is to be for.
    pub scope: Option<String>,
    /// Who asks.
    pub credential: ClientCredential,
}

/// Who a client says it is, and how it proves that.
pub struct ClientCredential {
    /// The client; none if that is no id of ours.
    pub client: Option<ClientId>,
    form: CredentialForm,
}

enum CredentialForm {
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
        let form = TokenForm::read(form)?;
        match form.grant_type.as_deref() {
            Some("client_credentials") => {}
            Some(_) => return Err(Refusal::OtherGrant),
            None => return Err(Refusal::Malformed("grant_type is missing.")),
        }
        Ok(Self { credential: ClientCredential::read(http, &form)?, scope: form.scope })
    }
}

impl TokenForm {
    /// Reads a form. What it does not know is ignored, and a parameter without a value is one that is not there (§3.2).
    fn read(bytes: &[u8]) -> std::result::Result<Self, Refusal> {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(bytes).filter(|(_, value)| !value.is_empty()) {
            let field = match name.as_ref() {
                "grant_type" => &mut form.grant_type,
                "scope" => &mut form.scope,
                "client_id" => &mut form.client_id,
                "client_secret" => &mut form.client_secret,
                "client_assertion_type" => &mut form.client_assertion_type,
                "client_assertion" => &mut form.client_assertion,
                _ => continue,
            };
            if field.replace(value.into_owned()).is_some() {
                return Err(Refusal::Malformed("A parameter is there twice."));
            }
        }
        Ok(form)
    }
}

impl ClientCredential {
    fn read(http: &HttpRequest, form: &TokenForm) -> std::result::Result<Self, Refusal> {
        let named = form.client_id.as_deref();
        let client = |id: &str| id.parse().ok().map(ClientId);
        match (basic(http)?, form.client_secret.as_deref(), form.client_assertion.as_deref()) {
            (Some((id, secret)), None, None) if named.is_none_or(|named| named == id) => {
                Ok(Self { client: client(&id), form: CredentialForm::Secret(secret) })
            }
            (None, Some(secret), None) => Ok(Self { client: named.and_then(client), form: CredentialForm::Secret(secret.to_owned()) }),
            (None, None, Some(assertion)) => {
                if form.client_assertion_type.as_deref() != Some(ASSERTION_TYPE) {
                    return Err(Refusal::Malformed("client_assertion_type is missing or not known."));
                }
                let claimed = client_assertion::claimed_client(assertion);
                let is_same = named.is_none_or(|named| client(named) == claimed);
                Ok(Self { client: claimed.filter(|_| is_same), form: CredentialForm::Assertion(assertion.to_owned()) })
            }
            (None, None, None) => Err(Refusal::Unproven),
            _ => Err(Refusal::Malformed("There is more than one proof of who the client is.")),
        }
    }

    /// What of the client this proof was made with.
    pub fn verify(&self, row: &ClientRow, secrets: &[SecretRow], issuer: &str, now: Timestamp) -> std::result::Result<Verified, Refusal> {
        match &self.form {
            CredentialForm::Secret(text) => {
                let key_id = client_secret::key_id(text).ok_or(Refusal::Unproven)?;
                let secret = secrets.iter().find(|secret| secret.key_id == key_id && client_secret::is_secret(text, &secret.hash));
                secret.map(|secret| Verified { secret: Some(secret.id), assertion: None }).ok_or(Refusal::Unproven)
            }
            CredentialForm::Assertion(assertion) => {
                let (keys, endpoint) = (row.keys()?.ok_or(Refusal::Unproven)?, format!("{issuer}/v1/oauth/token"));
                let asserted = client_assertion::verify(assertion, row.id, &keys, &[issuer, &endpoint], now)?;
                Ok(Verified { secret: None, assertion: Some((asserted.jti, asserted.remember_until)) })
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
