//! Credentials of a machine client, and the session that its token stands for.

use diesel::prelude::*;

use crate::crypto::sha256;
use crate::db::Tx;
use crate::db::accounts::clients::{Client, SecretRow, find, forget_old};
use crate::db::schema::{clients, machine_sessions, missions, organisations, used_assertions};
use crate::domain::access::actor::{MachineActor, Workplace};
use crate::domain::access::scopes::Scopes;
use crate::domain::accounts::client::{Addresses, TOKEN_SECONDS};
use crate::domain::accounts::machine::LiveMachine;
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ClientId, ClientSecretId, OrganisationId, SessionId};
use crate::domain::zones::Zone;
use crate::error::{Error, ErrorCode, Result};

/// The credentials against which a client that may ask for a token is verified.
#[derive(Clone)]
pub struct Credentials {
    /// The client, with the secrets that have not expired.
    pub client: Client,
    /// The widest scope of a token: the scope of the client, limited to the permissions its organisation can hold today.
    pub scopes: Scopes,
}

/// The session of a token that is about to be issued.
#[derive(Clone)]
pub struct NewSession {
    pub client: ClientId,
    /// The version of the client when it was verified: if it changed since, it is verified again.
    pub version: i64,
    /// The secret that verified the client; none if it signed an assertion.
    pub secret: Option<ClientSecretId>,
    /// The assertion that verified the client, and the Unix second until which it must be remembered.
    pub assertion: Option<(String, i64)>,
    pub scopes: Scopes,
}

/// The credentials of a client that may ask for a token; none if it does not exist, is disabled, or its organisation is not
/// active.
pub fn credentials(tx: &mut Tx<'_>, id: ClientId) -> Result<Option<Credentials>> {
    let query = clients::table
        .inner_join(organisations::table)
        .filter(clients::id.eq(id))
        .filter(clients::disabled_at.is_null())
        .filter(organisations::active.eq(true))
        .select(organisations::kind);
    let kind: Option<OrganisationKind> = query.get_result(tx.conn).optional()?;
    let Some(kind) = kind else { return Ok(None) };
    let mut client = find(tx, id)?;
    client.secrets.retain(|secret: &SecretRow| secret.expires_at > tx.now);
    let held = client.row.scopes()?.permissions().iter().copied().filter(|scope| scope.is_for_machines_of(kind)).collect();
    Ok(Some(Credentials { client, scopes: Scopes::new(held) }))
}

/// Starts the session of a token, and returns its life in seconds: at most that of the secret with which it was asked for. None:
/// the client changed meanwhile, or the assertion was used before.
pub fn start(tx: &mut Tx<'_>, new: &NewSession) -> Result<Option<(SessionId, i64)>> {
    tx.audit_unchanged(new.client.0);
    // Holds the row until the commit, so that no other instance ends the client, or the secret, in between.
    let unchanged = clients::table.find(new.client).filter(clients::version.eq(new.version));
    let hold = diesel::update(unchanged).set(clients::version.eq(new.version));
    if hold.execute(tx.conn)? == 0 {
        return Ok(None);
    }
    forget_old(tx, new.client)?;
    if let Some((name, until)) = &new.assertion {
        let until = Timestamp::from_micros(until.saturating_mul(1_000_000)).ok_or_else(|| Error::from(ErrorCode::Internal))?;
        let used = (
            used_assertions::client_id.eq(new.client),
            used_assertions::fingerprint.eq(sha256(name.as_bytes())),
            used_assertions::expires_at.eq(until),
        );
        let query = diesel::insert_into(used_assertions::table).values(used).on_conflict_do_nothing();
        if query.execute(tx.conn)? == 0 {
            return Ok(None);
        }
    }
    let id = SessionId::random();
    let secrets = find(tx, new.client)?.secrets;
    let ends = secrets.iter().find(|secret| Some(secret.id) == new.secret).map(|secret| secret.expires_at);
    let regular = tx.now.plus_seconds(TOKEN_SECONDS);
    let expires_at = ends.map_or(regular, |ends| ends.min(regular));
    let session = (
        machine_sessions::id.eq(id),
        machine_sessions::client_id.eq(new.client),
        machine_sessions::secret_id.eq(new.secret),
        machine_sessions::created_at.eq(tx.now),
        machine_sessions::expires_at.eq(expires_at),
        machine_sessions::scopes.eq(new.scopes.to_string()),
    );
    let query = diesel::insert_into(machine_sessions::table).values(session);
    query.execute(tx.conn)?;
    Ok(Some((id, (expires_at.micros() - tx.now.micros()) / 1_000_000)))
}

/// The client behind a token, unless its session ended, the client was disabled or the organisation is not active.
pub fn find_live(tx: &mut Tx<'_>, id: SessionId) -> Result<Option<LiveMachine>> {
    let query = machine_sessions::table
        .inner_join(clients::table.inner_join(organisations::table.left_join(missions::table)))
        .filter(machine_sessions::id.eq(id))
        .filter(machine_sessions::expires_at.gt(tx.now))
        .filter(clients::disabled_at.is_null())
        .filter(organisations::active.eq(true))
        .select((
            clients::id,
            clients::allowed_from,
            machine_sessions::scopes,
            organisations::id,
            organisations::kind,
            (missions::host_state.nullable(), organisations::coordinates, organisations::country, organisations::time_zone),
        ));
    type Place = (Option<Country>, Option<Country>, Country, Option<Zone>);
    type Found = (ClientId, String, String, OrganisationId, OrganisationKind, Place);
    let found: Option<Found> = query.get_result(tx.conn).optional()?;
    let Some((client_id, allowed_from, scopes, organisation_id, organisation_kind, place)) = found else { return Ok(None) };
    let (hosted_by, coordinates, seat, time_zone) = place;
    let place = Workplace::of(hosted_by, coordinates, seat, time_zone);
    let unknown = || Error::internal("a machine session has an unknown scope or address");
    let scopes = Scopes::parse(&scopes).ok_or_else(unknown)?;
    let actor = MachineActor { client_id, session_id: id, organisation_id, organisation_kind, place, coordinates, scopes };
    Ok(Some(LiveMachine { actor, allowed_from: Addresses::parse(&allowed_from).ok_or_else(unknown)? }))
}
