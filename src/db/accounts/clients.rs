//! Machine clients, their secrets, and the sessions that their tokens stand for.

use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::db::accounts::organisations;
use crate::db::engine::expected::Expected;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::schema::{client_secrets, clients, machine_sessions, used_assertions};
use crate::db::{Tx, taken};
use crate::domain::access::scopes::Scopes;
use crate::domain::accounts::client::{Addresses, ClientKeySet, MOST_SECRETS};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ClientId, ClientSecretId, OrganisationId, UserId};
use crate::error::{Error, ErrorCode, Result};

/// The detail of the error for a name that another client of the organisation has.
const NAME_TAKEN: &str = "The organisation has a client with this name already.";

/// A client as stored.
#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = clients, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ClientRow {
    pub id: ClientId,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub updated_at: Timestamp,
    pub version: i64,
    pub organisation_id: OrganisationId,
    pub name: String,
    /// Permissions with spaces between them.
    pub scopes: String,
    /// Ranges of addresses with spaces between them; empty: from any.
    pub allowed_from: String,
    /// A JSON Web Key Set.
    pub keys: Option<String>,
    pub disabled_at: Option<Timestamp>,
}

impl ClientRow {
    pub fn scopes(&self) -> Result<Scopes> {
        Scopes::parse(&self.scopes).ok_or_else(|| Error::internal("a client has an unknown scope"))
    }

    /// The addresses from which it may connect.
    pub fn allowed_from(&self) -> Result<Addresses> {
        Addresses::parse(&self.allowed_from).ok_or_else(|| Error::internal("a client has an unknown address"))
    }

    pub fn keys(&self) -> Result<Option<ClientKeySet>> {
        let read = |text: &String| serde_json::from_str(text).map_err(|_| Error::internal("a client has unknown keys"));
        self.keys.as_ref().map(read).transpose()
    }
}

/// A secret as stored: only its hash, so that it can never be shown.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = client_secrets, treat_none_as_default_value = false)]
pub struct SecretRow {
    pub id: ClientSecretId,
    pub client_id: ClientId,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    /// The public part of the secret.
    pub key_id: String,
    pub hash: Vec<u8>,
    pub expires_at: Timestamp,
}

/// A client with its secrets, oldest first.
#[derive(Clone)]
pub struct Client {
    pub row: ClientRow,
    pub secrets: Vec<SecretRow>,
}

/// Creates a client. Its scope is never wider than what its organisation can hold.
pub fn insert(tx: &mut Tx<'_>, row: &ClientRow) -> Result<Client> {
    check_scopes(tx, row)?;
    let query = diesel::insert_into(clients::table).values(row);
    query.execute(tx.conn).map_err(|error| taken(error, NAME_TAKEN))?;
    tx.audit_change(row.id.0, None, Some(row.version));
    Ok(Client { row: row.clone(), secrets: Vec::new() })
}

/// Changes a client. Ends every token that it holds, because the change may have narrowed its scope; the client asks for another
/// token.
pub fn update(tx: &mut Tx<'_>, id: ClientId, expected: &Expected, change: impl FnOnce(&mut ClientRow)) -> Result<Client> {
    let Client { mut row, secrets } = find(tx, id)?;
    let read = expected.check(row.version)?;
    change(&mut row);
    check_scopes(tx, &row)?;
    row.version = read + 1;
    row.updated_at = tx.now;
    let query = diesel::update(clients::table.find(id).filter(clients::version.eq(read))).set(&row);
    if query.execute(tx.conn).map_err(|error| taken(error, NAME_TAKEN))? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    let end = diesel::delete(machine_sessions::table.filter(machine_sessions::client_id.eq(id)));
    end.execute(tx.conn)?;
    tx.audit_change(id.0, Some(read), Some(row.version));
    Ok(Client { row, secrets })
}

fn check_scopes(tx: &mut Tx<'_>, row: &ClientRow) -> Result<()> {
    let organisation = match organisations::find(tx, row.organisation_id) {
        Err(error) if error.code == ErrorCode::NotFound => {
            return Err(Error::field("/organisation_id", "not_found", "no organisation with this id"));
        }
        found => found?,
    };
    if row.scopes()?.fits(organisation.kind) {
        Ok(())
    } else {
        Err(Error::field("/scopes", "not_for_machines", "contains a scope that no machine client of this organisation can have"))
    }
}

/// Finds a client.
pub fn find(tx: &mut Tx<'_>, id: ClientId) -> Result<Client> {
    let query = clients::table.find(id).select(clients::all_columns);
    let row = found(query.get_result(tx.conn).optional()?)?;
    let query = client_secrets::table
        .filter(client_secrets::client_id.eq(id))
        .order((client_secrets::created_at, client_secrets::id))
        .select(client_secrets::all_columns);
    Ok(Client { row, secrets: query.load(tx.conn)? })
}

/// A page of clients, oldest first.
pub fn list(tx: &mut Tx<'_>, organisation: Option<OrganisationId>, page: &PageRequest) -> Result<Page<Client>> {
    let list = format!("clients {organisation:?}");
    let position: Option<(i64, ClientId)> = page.position(tx, list.as_bytes())?;
    let (at, id) = position
        .and_then(|(at, id)| Timestamp::from_micros(at).map(|at| (at, id)))
        .unwrap_or((Timestamp::EPOCH, ClientId(uuid::Uuid::nil())));
    // Filters by one organisation or by any in a single expression, so that the query needs no box.
    let of_any = <bool as AsExpression<Bool>>::as_expression(organisation.is_none());
    let query = clients::table
        .filter(clients::organisation_id.eq(organisation.unwrap_or(OrganisationId::SYSTEM)).or(of_any))
        .filter(clients::created_at.ge(at))
        .filter(clients::created_at.gt(at).or(clients::id.gt(id)))
        .order((clients::created_at, clients::id))
        .limit(page.limit + 1)
        .select(clients::all_columns);
    let rows: Vec<ClientRow> = query.load(tx.conn)?;
    let page = page.page(tx, list.as_bytes(), rows, |row| (row.created_at.micros(), row.id))?;
    let ids: Vec<ClientId> = page.items.iter().map(|row| row.id).collect();
    let query = client_secrets::table
        .filter(client_secrets::client_id.eq_any(ids))
        .order((client_secrets::created_at, client_secrets::id))
        .select(client_secrets::all_columns);
    let secrets: Vec<SecretRow> = query.load(tx.conn)?;
    Ok(page.map(|row| {
        let own = secrets.iter().filter(|secret| secret.client_id == row.id).cloned().collect();
        Client { row, secrets: own }
    }))
}

/// Adds a secret. Removes expired secrets first; refuses a third one that has not expired.
pub fn add_secret(tx: &mut Tx<'_>, secret: &SecretRow) -> Result<()> {
    touch(tx, secret.client_id)?;
    let over = client_secrets::table.filter(client_secrets::client_id.eq(secret.client_id)).filter(client_secrets::expires_at.le(tx.now));
    let query = over.select(client_secrets::id);
    let expired: Vec<ClientSecretId> = query.load(tx.conn)?;
    expired.into_iter().try_for_each(|id| remove(tx, id))?;
    if find(tx, secret.client_id)?.secrets.len() >= MOST_SECRETS {
        return Err(ErrorCode::TooManySecrets.into());
    }
    let query = diesel::insert_into(client_secrets::table).values(secret);
    query.execute(tx.conn)?;
    tx.audit_change(secret.id.0, None, None);
    Ok(())
}

/// Ends a secret, and every token that was asked for with it.
pub fn end_secret(tx: &mut Tx<'_>, client: ClientId, id: ClientSecretId) -> Result<()> {
    touch(tx, client)?;
    found(find(tx, client)?.secrets.into_iter().find(|secret| secret.id == id))?;
    remove(tx, id)?;
    tx.audit_change(id.0, None, None);
    Ok(())
}

fn remove(tx: &mut Tx<'_>, secret: ClientSecretId) -> Result<()> {
    let tokens = diesel::delete(machine_sessions::table.filter(machine_sessions::secret_id.eq(secret)));
    tokens.execute(tx.conn)?;
    let query = diesel::delete(client_secrets::table.find(secret));
    query.execute(tx.conn)?;
    Ok(())
}

/// Makes a new version of a client whose secrets change, and locks its row against other instances.
fn touch(tx: &mut Tx<'_>, id: ClientId) -> Result<()> {
    let before = find(tx, id)?.row.version;
    let query = diesel::update(clients::table.find(id).filter(clients::version.eq(before)))
        .set((clients::version.eq(before + 1), clients::updated_at.eq(tx.now)));
    if query.execute(tx.conn)? == 0 {
        return Err(Error::new(ErrorCode::DatabaseUnavailable).retry_after(1));
    }
    tx.audit_change(id.0, Some(before), Some(before + 1));
    Ok(())
}

/// Deletes tokens and assertions that have expired.
pub(in crate::db) fn forget_old(tx: &mut Tx<'_>, client: ClientId) -> Result<()> {
    let tokens = machine_sessions::table.filter(machine_sessions::client_id.eq(client)).filter(machine_sessions::expires_at.le(tx.now));
    let query = diesel::delete(tokens);
    query.execute(tx.conn)?;
    let assertions = used_assertions::table.filter(used_assertions::client_id.eq(client)).filter(used_assertions::expires_at.le(tx.now));
    let query = diesel::delete(assertions);
    query.execute(tx.conn)?;
    Ok(())
}
