//! Machine clients and their secrets.

mod made_secret;

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::api::accounts::client_key::ClientKeySetInput;
use crate::api::accounts::clients::made_secret::{MadeSecret, NewClientSecret};
use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Apart, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Patch, Path, Query};
use crate::api::http::page::{self, page_request};
use crate::api::http::path_params::{ClientPath, ClientSecretPath};
use crate::api::http::respond;
use crate::auth::client_secret::NewSecret;
use crate::db::Tx;
use crate::db::accounts::clients::{self, ClientRow, SecretRow};
use crate::domain::access::Permission;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::access::scopes::Scopes;
use crate::domain::accounts::client::{AddressRange, Addresses, ClientKeySet, MOST_RANGES, MOST_SECRET_DAYS};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ClientId, ClientSecretId, OrganisationId};
use crate::domain::text::name;
use crate::domain::violation::Violation;
use crate::domain::zones::Today;
use crate::error::{Error, Result};

/// A machine client: a system of an organisation, on credentials of its own.
#[derive(Serialize, ToSchema)]
pub struct Client {
    /// Its id, which is its `client_id` at the token endpoint.
    id: ClientId,
    /// The organisation, which decides which cases are seen.
    organisation_id: OrganisationId,
    /// What it is called; unique in its organisation.
    #[schema(max_length = 200, example = "Shelter register")]
    name: String,
    /// What it may do, at most.
    #[schema(max_items = 50)]
    scopes: Vec<Permission>,
    /// The addresses from which it may be used; empty: from any.
    #[schema(max_items = 50)]
    allowed_from: Vec<AddressRange>,
    /// The public keys with which it may prove itself.
    keys: Option<ClientKeySet>,
    /// Its secrets, oldest first. What they say is never shown again.
    #[schema(max_items = 2)]
    secrets: Vec<ClientSecret>,
    /// Since when it is disabled.
    disabled_at: Option<Timestamp>,
    /// When it was created.
    created_at: Timestamp,
    /// Last change.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// A page of machine clients.
#[derive(Serialize, ToSchema)]
pub struct ClientPage {
    /// The clients.
    #[schema(max_items = 200)]
    items: Vec<Client>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    next: Option<String>,
}

/// A secret of a machine client, without what it says.
#[derive(Serialize, ToSchema)]
pub struct ClientSecret {
    /// Its id.
    id: ClientSecretId,
    /// The part of it that may be known: what stands after `hw_`.
    #[schema(max_length = 12, example = "3f9a2b7c1d4e")]
    key_id: String,
    /// When it was made.
    created_at: Timestamp,
    /// When it expires, and every token that was asked for with it.
    expires_at: Timestamp,
}

/// A new machine client.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateClient {
    /// The organisation.
    organisation_id: OrganisationId,
    /// What it is called; unique in its organisation.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Shelter register")]
    name: String,
    /// What it may do, at most. Only what a machine of such an organisation can hold.
    #[validate(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    scopes: Vec<Permission>,
    /// The addresses from which it may be used; empty: from any.
    #[serde(default)]
    #[schema(max_items = 50)]
    allowed_from: Vec<AddressRange>,
    /// The public keys with which it may prove itself.
    keys: Option<ClientKeySetInput>,
}

/// What can be changed of a machine client.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateClient {
    /// What it is called.
    #[serde(deserialize_with = "name")]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What it may do, at most.
    #[validate(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    scopes: Vec<Permission>,
    /// The addresses from which it may be used; empty: from any.
    #[schema(max_items = 50)]
    allowed_from: Vec<AddressRange>,
    /// The public keys with which it may prove itself.
    keys: Option<ClientKeySetInput>,
    /// Whether it is disabled.
    disabled: bool,
}

/// How long a new secret is to live.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateClientSecret {
    /// Days until it expires, 90 at most; 90 if not stated.
    #[validate(range(min = 1, max = 90))]
    #[schema(minimum = 1, maximum = 90, default = 90, format = Int32)]
    expires_in_days: Option<i64>,
}
impl Input for CreateClientSecret {}

fn violations(ranges: &[AddressRange], keys: Option<&ClientKeySetInput>) -> Vec<Violation> {
    let mut found = keys.map(ClientKeySetInput::violations).unwrap_or_default();
    if ranges.len() > MOST_RANGES {
        found.push(Violation::new("/allowed_from", "length", "must have at most 50 ranges"));
    }
    found
}

impl Input for CreateClient {
    fn violations(&self, _: Today) -> Vec<Violation> {
        violations(&self.allowed_from, self.keys.as_ref())
    }
}

impl Input for UpdateClient {
    fn violations(&self, _: Today) -> Vec<Violation> {
        violations(&self.allowed_from, self.keys.as_ref())
    }
}

/// Which clients.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClientQuery {
    /// Of this organisation.
    organisation: Option<OrganisationId>,
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    after: Option<String>,
}

impl From<SecretRow> for ClientSecret {
    fn from(row: SecretRow) -> Self {
        Self { id: row.id, key_id: row.key_id, created_at: row.created_at, expires_at: row.expires_at }
    }
}

impl TryFrom<clients::Client> for Client {
    type Error = Error;

    fn try_from(client: clients::Client) -> Result<Self> {
        let (scopes, allowed_from, keys) = (client.row.scopes()?, client.row.allowed_from()?, client.row.keys()?);
        let ClientRow { id, organisation_id, name, disabled_at, created_at, updated_at, version, .. } = client.row;
        let secrets = client.secrets.into_iter().map(ClientSecret::from).collect();
        let (scopes, allowed_from) = (scopes.permissions().to_vec(), allowed_from.ranges().to_vec());
        Ok(Self { id, organisation_id, name, scopes, allowed_from, keys, secrets, disabled_at, created_at, updated_at, version })
    }
}

impl Rendered for Apart<ClientId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let client = clients::find(tx, self.0)?;
        respond::answer(format!("/v1/clients/{}", self.0), etag(&client), &Client::try_from(client)?)
    }
}

fn etag(client: &clients::Client) -> String {
    respond::etag(client.row.version, CompartmentSet::EMPTY)
}

fn stored_keys(keys: Option<ClientKeySetInput>) -> Result<Option<String>> {
    keys.map(|keys| serde_json::to_string(&keys.into_keys())).transpose().map_err(Error::internal)
}

/// List machine clients, oldest first.
#[utoipa::path(
    tag = "clients",
    params(ClientQuery),
    responses((status = 200, body = ClientPage, description = "A page"))
)]
#[get("/v1/clients")]
pub async fn list_clients(
    http: HttpRequest,
    allowed: Allowed<may::Fresh<may::ClientManage>>,
    query: Query<ClientQuery>,
) -> Result<HttpResponse> {
    let (organisation, page) = (query.0.organisation, page_request(query.0.limit, query.0.after));
    let page = allowed.read(move |tx| clients::list(tx, organisation, &page)).await?;
    let items = page.items.into_iter().map(Client::try_from).collect::<Result<_>>()?;
    Ok(respond::page(&http, page.next.clone().as_deref(), &ClientPage { items, next: page.next }))
}

/// Get a machine client.
#[utoipa::path(
    tag = "clients",
    params(ClientPath),
    responses((status = 200, body = Client, description = "The client"))
)]
#[get("/v1/clients/{id}")]
pub async fn get_client(http: HttpRequest, allowed: Allowed<may::Fresh<may::ClientManage>>, id: Path<ClientId>) -> Result<HttpResponse> {
    let client = allowed.read(move |tx| clients::find(tx, id.0)).await?;
    Ok(respond::found(&http, etag(&client), &Client::try_from(client)?))
}

/// Create a machine client.
///
/// It can do nothing before it has a secret or a public key. Its scope is never wider than what its organisation may do,
/// and holds nothing that somebody must answer for in person.
#[utoipa::path(
    tag = "clients",
    request_body = CreateClient,
    responses((status = 201, body = Client, description = "Created"))
)]
#[post("/v1/clients")]
pub async fn create_client(allowed: Allowed<may::Fresh<may::ClientManage>>, body: CreateBody<CreateClient>) -> Result<HttpResponse> {
    let CreateClient { organisation_id, name, scopes, allowed_from, keys } = body.input;
    let (scopes, allowed_from) = (Scopes::new(scopes).to_string(), Addresses::new(allowed_from).to_string());
    let (keys, created_by) = (stored_keys(keys)?, allowed.user()?.user_id);
    allowed
        .create(body.key, move |tx| {
            let row = ClientRow {
                id: ClientId::random(),
                created_at: tx.now,
                created_by: Some(created_by),
                updated_at: tx.now,
                version: 1,
                organisation_id,
                name: name.clone(),
                scopes: scopes.clone(),
                allowed_from: allowed_from.clone(),
                keys: keys.clone(),
                disabled_at: None,
            };
            clients::insert(tx, &row)?;
            Ok(Apart(row.id))
        })
        .await
}

/// Change a machine client.
///
/// A merge patch (RFC 7396) with `If-Match`. Any change ends every token that the client holds, at once, here and within a
/// second on every other instance; a disabled client gets no other.
#[utoipa::path(
    tag = "clients",
    params(ClientPath, IfMatch),
    request_body(content = UpdateClient, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Client, description = "Changed"))
)]
#[patch("/v1/clients/{id}")]
pub async fn update_client(
    allowed: Allowed<may::Fresh<may::ClientManage>>,
    id: Path<ClientId>,
    if_match: IfMatch,
    patch: Patch<UpdateClient>,
) -> Result<HttpResponse> {
    let client = allowed
        .write_access(move |tx| {
            let now = tx.now;
            let row = clients::find(tx, id.0)?.row;
            let state = UpdateClient {
                scopes: row.scopes()?.permissions().to_vec(),
                allowed_from: row.allowed_from()?.ranges().to_vec(),
                keys: row.keys()?.map(ClientKeySetInput::from),
                disabled: row.disabled_at.is_some(),
                name: row.name,
            };
            let UpdateClient { name, scopes, allowed_from, keys, disabled } = patch.apply(&state)?;
            let keys = stored_keys(keys)?;
            clients::update(tx, id.0, if_match.expected(), |row| {
                row.name = name;
                row.scopes = Scopes::new(scopes).to_string();
                row.allowed_from = Addresses::new(allowed_from).to_string();
                row.keys = keys;
                row.disabled_at = disabled.then(|| row.disabled_at.unwrap_or(now));
            })
        })
        .await?;
    Ok(respond::changed(etag(&client), &Client::try_from(client)?))
}

/// Make a secret for a machine client.
///
/// Shown once, and stored as a hash only; the answer to a repeated request no longer holds it. It lives ninety days at
/// most. A client has two at most, so that it can change from one to the other: a third is 409.
#[utoipa::path(
    tag = "clients",
    params(ClientPath),
    request_body = CreateClientSecret,
    responses((status = 201, body = NewClientSecret, description = "Made"))
)]
#[post("/v1/clients/{id}/secrets")]
pub async fn create_client_secret(
    allowed: Allowed<may::Fresh<may::ClientManage>>,
    id: Path<ClientId>,
    body: CreateBody<CreateClientSecret>,
) -> Result<HttpResponse> {
    let days = body.input.expires_in_days.unwrap_or(MOST_SECRET_DAYS);
    let (client_id, created_by) = (id.0, allowed.user()?.user_id);
    let NewSecret { key_id, text, hash } = NewSecret::draw()?;
    let secret = Some(text);
    let made = allowed.create(body.key, move |tx| {
        let row = SecretRow {
            id: ClientSecretId::random(),
            client_id,
            created_at: tx.now,
            created_by: Some(created_by),
            key_id: key_id.clone(),
            hash: hash.clone(),
            expires_at: tx.now.plus_seconds(days * 24 * 3600),
        };
        clients::add_secret(tx, &row)?;
        Ok(MadeSecret { client: client_id, id: row.id, secret: secret.clone() })
    });
    made.await
}

/// End a secret of a machine client.
///
/// Ends every token that was asked for with it, at once, here and within a second on every other instance.
#[utoipa::path(tag = "clients", params(ClientSecretPath), responses((status = 204, description = "Ended")))]
#[delete("/v1/clients/{id}/secrets/{secret_id}")]
pub async fn delete_client_secret(allowed: Allowed<may::Fresh<may::ClientManage>>, path: Path<ClientSecretPath>) -> Result<HttpResponse> {
    let ClientSecretPath { id: client, secret_id: secret } = path.0;
    allowed.write_access(move |tx| clients::end_secret(tx, client, secret)).await?;
    Ok(HttpResponse::NoContent().finish())
}
