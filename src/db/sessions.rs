//! Sessions: what a token stands for. Looked up at every request, so that ending one is immediate.

use diesel::prelude::*;

use super::Tx;
use super::connection::on_backend;
use super::schema::{organisations, sessions, users};
use crate::domain::access::{LiveSession, Role, UserActor};
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{OrganisationId, SessionId, UserId};
use crate::error::Result;

/// A session as stored. Tokens are stored as hashes only.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: Timestamp,
    /// However often it is refreshed, it ends here.
    pub expires_at: Timestamp,
    /// Unless it is refreshed, it ends here.
    pub refresh_expires_at: Timestamp,
    pub refresh_hash: Vec<u8>,
    pub previous_hash: Option<Vec<u8>>,
    pub rotated_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// Starts a session.
pub fn insert(tx: &mut Tx<'_>, row: &SessionRow) -> Result<()> {
    let query = diesel::insert_into(sessions::table).values(row);
    on_backend!(tx.conn, |c| query.execute(c))?;
    tx.audit(row.user_id.0, None, None);
    Ok(())
}

/// The user behind a session, unless it ended, the user was disabled or the organisation is not active.
pub fn find_live(tx: &mut Tx<'_>, id: SessionId) -> Result<Option<LiveSession>> {
    let query = sessions::table
        .inner_join(users::table.inner_join(organisations::table))
        .filter(sessions::id.eq(id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(tx.now))
        .filter(users::disabled_at.is_null())
        .filter(organisations::active.eq(true))
        .select((
            sessions::expires_at,
            users::id,
            users::role,
            users::must_change_password,
            organisations::id,
            organisations::kind,
            organisations::coordinates,
        ));
    type Found = (Timestamp, UserId, Role, bool, OrganisationId, OrganisationKind, Option<Country>);
    let found: Option<Found> = on_backend!(tx.conn, |c| query.get_result(c).optional())?;
    Ok(found.map(|(expires_at, user_id, role, must_change_password, organisation_id, organisation_kind, coordinates)| LiveSession {
        actor: UserActor { user_id, session_id: id, organisation_id, organisation_kind, coordinates, role },
        must_change_password,
        expires_at,
    }))
}

/// The session that a refresh token belongs to, as the current or the one before.
pub fn find_by_refresh_hash(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<SessionRow>> {
    let query = sessions::table
        .filter(sessions::refresh_hash.eq(hash).or(sessions::previous_hash.assume_not_null().eq(hash)))
        .select(sessions::all_columns);
    Ok(on_backend!(tx.conn, |c| query.get_result(c).optional())?)
}

/// Replaces the refresh token.
pub fn rotate(tx: &mut Tx<'_>, row: &SessionRow, next_hash: &[u8], refresh_expires_at: Timestamp) -> Result<()> {
    let query = diesel::update(sessions::table.find(row.id)).set((
        sessions::refresh_hash.eq(next_hash),
        sessions::previous_hash.eq(Some(row.refresh_hash.clone())),
        sessions::rotated_at.eq(Some(tx.now)),
        sessions::refresh_expires_at.eq(refresh_expires_at),
    ));
    on_backend!(tx.conn, |c| query.execute(c))?;
    tx.audit(row.user_id.0, None, None);
    Ok(())
}

/// Ends a session.
pub fn revoke(tx: &mut Tx<'_>, id: SessionId) -> Result<()> {
    let query = diesel::update(sessions::table.find(id).filter(sessions::revoked_at.is_null())).set(sessions::revoked_at.eq(Some(tx.now)));
    on_backend!(tx.conn, |c| query.execute(c))?;
    tx.audit(id.0, None, None);
    Ok(())
}

/// Ends every session of a user.
pub fn revoke_all(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let live = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::revoked_at.is_null());
    let query = diesel::update(live).set(sessions::revoked_at.eq(Some(tx.now)));
    on_backend!(tx.conn, |c| query.execute(c))?;
    tx.audit(user.0, None, None);
    Ok(())
}

/// What follows a refresh token: derived from it, so that a repeated request gets the same answer.
pub fn successor(tx: &Tx<'_>, token: &str) -> Result<Vec<u8>> {
    tx.keys.purpose(crate::crypto::Purpose::Refresh)?.fingerprint(&[b"successor", token.as_bytes()])
}
