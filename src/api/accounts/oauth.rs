//! The token endpoint for machine clients (RFC 6749 §4.4), as stock OAuth 2.0 libraries expect it, and its description
//! (RFC 8414). Errors here have the form that RFC 6749 §5.2 prescribes; everywhere else they are problems.

mod client_authentication;
mod refusal;

pub use client_authentication::TokenForm;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::accounts::oauth::client_authentication::{ClientCredential, TokenRequest, Verified};
use crate::api::accounts::oauth::refusal::{Refusal, TokenError};
use crate::api::accounts::sign_in_attempts::{count_failures, forget, refuse_while_blocked};
use crate::api::http::access::{Public, client_address};
use crate::auth::lockout::Counted;
use crate::db::accounts::client_sessions::{self, Credentials, NewSession};
use crate::db::accounts::clients::Client;
use crate::db::{Attempt, Tx};
use crate::domain::access::Permission;
use crate::domain::access::scopes::Scopes;
use crate::domain::accounts::client::{ClientProof, KeyAlgorithm, ResponseType, TokenGrant};
use crate::domain::accounts::machine::FOR_MACHINES;
use crate::domain::ids::ClientId;
use crate::domain::network::Network;
use crate::error::Result;

/// An access token for a machine (RFC 6749 §5.1).
#[derive(Serialize, ToSchema)]
pub struct MachineToken {
    /// Send it as `Authorization: Bearer …`.
    #[schema(max_length = 4096)]
    access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 10, example = "Bearer")]
    token_type: &'static str,
    /// Seconds it lives. There is no refresh token: ask for another.
    #[schema(minimum = 0, maximum = 300, format = Int32, example = 300)]
    expires_in: i64,
    /// What it may be used for, with spaces between.
    #[schema(max_length = 1000, example = "case:read statistics:read")]
    scope: String,
}

/// Get an access token for a machine client.
///
/// The client credentials grant of OAuth 2.0 (RFC 6749 §4.4). The client proves itself with its secret, in the
/// `Authorization` header (`client_secret_basic`) or in the form (`client_secret_post`), or with a JWT that it signed
/// (`private_key_jwt`, RFC 7523: EdDSA, which is also called Ed25519, or ES256; one audience; each once, until its `exp` and for five
/// minutes after its `iat` at most). What is wrong with an assertion is told once its signature holds. `scope` narrows what the client may do. The token lives five minutes, and no longer than the secret. Errors have the form of RFC 6749 §5.2. After
/// failures the client must wait at that address. Recorded in the audit trail. Needs no session.
#[utoipa::path(
    tag = "auth",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = MachineToken, description = "The token"),
        (status = 400, body = TokenError, description = "Refused")
    )
)]
#[post("/v1/oauth/token")]
pub async fn issue_token(http: HttpRequest, public: Public, payload: web::Payload) -> Result<HttpResponse> {
    let read = public.body(&http, payload.into_inner(), &["application/x-www-form-urlencoded"]).await;
    let issued = match read {
        Ok(bytes) => issue(&http, &public, &bytes).await,
        Err(_) => Err(Refusal::Malformed("Send a form: application/x-www-form-urlencoded.")),
    };
    match issued {
        Ok(token) => Ok(refusal::unkept(&mut HttpResponse::Ok()).json(token)),
        Err(refusal) => refusal.answer(),
    }
}

async fn issue(http: &HttpRequest, public: &Public, form: &[u8]) -> std::result::Result<MachineToken, Refusal> {
    let request = TokenRequest::read(http, form)?;
    let counted = counted(request.credential.client, client_address(http).network());
    let known = {
        let (counted, client) = (counted.clone(), request.credential.client);
        let look_up = move |tx: &mut Tx<'_>| {
            refuse_while_blocked(tx, &counted)?;
            let known = client.map(|client| client_sessions::credentials(tx, client)).transpose()?.flatten();
            if let Some(known) = &known {
                tx.audit_account_tried(known.client.row.id.0);
            }
            Ok(known)
        };
        public.read("token", look_up).await?
    };
    let new = match verified(http, public, &request.credential, known) {
        Ok(new) => new,
        Err(refusal) => return Err(refuse(public, counted, refusal).await),
    };
    let scopes = narrowed(&new.1, request.scope.as_deref())?;
    let new = NewSession { scopes, ..new.0 };
    // Only what counts against the client starts anew: the address was not asked for anything it had lost.
    let success: Vec<_> = counted.iter().filter(|(kind, _)| *kind == Counted::Client).cloned().collect();
    let (client, scope) = (new.client, new.scopes.to_string());
    let start = move |tx: &mut Tx<'_>| {
        let Some(started) = client_sessions::start(tx, &new)? else { return Ok(Attempt::Undecided(None)) };
        success.iter().try_for_each(|(kind, value)| forget(tx, *kind, value))?;
        Ok(Attempt::Succeeded(Some(started)))
    };
    let Some((session, expires_in)) = public.attempt("token", start).await? else {
        return Err(refuse(public, counted, Refusal::Unproven).await);
    };
    let access_token = public.tokens().issue_for_machine(client, session, public.now())?;
    Ok(MachineToken { access_token, token_type: "Bearer", expires_in, scope })
}

/// The session to start, without its scope, and what the client may do.
fn verified(
    http: &HttpRequest,
    public: &Public,
    credential: &ClientCredential,
    known: Option<Credentials>,
) -> std::result::Result<(NewSession, Scopes), Refusal> {
    let Credentials { client: Client { row, secrets }, scopes } = known.ok_or(Refusal::Unproven)?;
    if !row.allowed_from()?.allow(client_address(http)) {
        return Err(Refusal::Unproven);
    }
    let Verified { secret, assertion } = credential.verify(&row, &secrets, public.tokens().issuer(), public.now())?;
    let new = NewSession { client: row.id, version: row.version, secret, assertion, scopes: Scopes::default() };
    Ok((new, scopes))
}

fn narrowed(held: &Scopes, asked: Option<&str>) -> std::result::Result<Scopes, Refusal> {
    let scopes = match asked {
        Some(text) => Scopes::parse(text).ok_or(Refusal::Scope)?,
        None => held.clone(),
    };
    if scopes.is_empty() || !held.covers(&scopes) { Err(Refusal::Scope) } else { Ok(scopes) }
}

/// Counts a failure, and leaves it in the audit trail.
async fn refuse(public: &Public, counted: Vec<(Counted, String)>, refusal: Refusal) -> Refusal {
    if !refusal.is_failed_proof() {
        return refusal;
    }
    let count = move |tx: &mut Tx<'_>| count_failures(tx, &counted).map(|_| Attempt::Undecided(()));
    match public.attempt("token", count).await {
        Ok(()) => refusal,
        Err(error) => Refusal::Ours(error),
    }
}

/// Whose failures count: those of the network, and of the client in that network. Whoever knows a client's id can slow it
/// down nowhere else; and there is nothing to guess in 256 random bits.
fn counted(client: Option<ClientId>, network: Network) -> Vec<(Counted, String)> {
    let of_network = (Counted::NetworkToken, network.to_string());
    client.map(|client| (Counted::Client, format!("{client} {network}"))).into_iter().chain([of_network]).collect()
}

/// What an OAuth 2.0 client needs to know of this server (RFC 8414).
#[derive(Serialize, ToSchema)]
pub struct AuthorizationServer {
    /// The issuer, and the audience of assertions.
    #[schema(max_length = 300, example = "https://homeward.example")]
    issuer: String,
    /// The token endpoint.
    #[schema(max_length = 320, example = "https://homeward.example/v1/oauth/token")]
    token_endpoint: String,
    /// The public keys that tokens are signed with.
    #[schema(max_length = 320, example = "https://homeward.example/.well-known/jwks.json")]
    jwks_uri: String,
    /// What can be asked for a token.
    #[schema(max_items = 10)]
    grant_types_supported: &'static [TokenGrant],
    /// Nobody is sent to a page to sign in.
    #[schema(max_items = 10)]
    response_types_supported: &'static [ResponseType],
    /// How a client proves itself.
    #[schema(max_items = 10)]
    token_endpoint_auth_methods_supported: &'static [ClientProof],
    /// How it signs, when it signs.
    #[schema(max_items = 10)]
    token_endpoint_auth_signing_alg_values_supported: &'static [KeyAlgorithm],
    /// What a machine may be trusted with at most.
    #[schema(max_items = 50)]
    scopes_supported: &'static [Permission],
    /// Where the documentation of this is.
    #[schema(max_length = 320, example = "https://homeward.example/docs/guides/machines")]
    service_documentation: String,
}

/// What an OAuth 2.0 client needs to know.
///
/// Authorization server metadata (RFC 8414). Needs no session.
#[utoipa::path(tag = "service", responses((status = 200, body = AuthorizationServer, description = "The metadata")))]
#[get("/.well-known/oauth-authorization-server")]
pub async fn get_authorization_server(public: Public) -> HttpResponse {
    let issuer = public.tokens().issuer();
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(AuthorizationServer {
        issuer: issuer.to_owned(),
        token_endpoint: format!("{issuer}/v1/oauth/token"),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        grant_types_supported: TokenGrant::ALL,
        response_types_supported: &[],
        token_endpoint_auth_methods_supported: ClientProof::ALL,
        token_endpoint_auth_signing_alg_values_supported: KeyAlgorithm::ALL,
        scopes_supported: FOR_MACHINES,
        service_documentation: format!("{issuer}/docs/guides/machines"),
    })
}
