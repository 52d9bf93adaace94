//! Sessions behind the tokens. A session is looked up at every request, so that ending it works immediately.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::crypto::{Purpose, random, sha256};
use crate::db::Tx;
use crate::db::engine::page;
use crate::db::schema::{conduct_acceptances, missions, organisations, second_factors, sessions, users};
use crate::domain::access::actor::Workplace;
use crate::domain::access::{LiveSession, Role, UserActor};
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{OrganisationId, SessionId, UserId};
use crate::domain::zones::Zone;
use crate::error::Result;

/// Sessions in a list, at most.
const MOST_LISTED: i64 = 200;

/// A session as stored. Tokens are stored as hashes only.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: Timestamp,
    /// End of the session, however often it is refreshed.
    pub expires_at: Timestamp,
    /// End of the session unless it is refreshed.
    pub refresh_expires_at: Timestamp,
    pub refresh_hash: Vec<u8>,
    pub previous_hash: Option<Vec<u8>>,
    pub rotated_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// The last time at which the user proved who they are.
    pub authenticated_at: Timestamp,
}

/// Starts a session.
pub fn insert(tx: &mut Tx<'_>, row: &SessionRow) -> Result<()> {
    let query = diesel::insert_into(sessions::table).values(row);
    query.execute(tx.conn)?;
    tx.audit_change(row.user_id.0, None, None);
    Ok(())
}

/// What a session is made of: the user, and the organisation with where it works.
type User = (UserId, Role, bool, bool, bool);
type Place = (Option<Country>, Option<Country>, Country, Option<Zone>);
type Organisation = (OrganisationId, OrganisationKind, Place);

/// The columns of both, as the transaction knows the code of conduct.
macro_rules! who {
    ($tx:expr) => {{
        let factor = second_factors::table.filter(second_factors::user_id.eq(users::id)).filter(second_factors::confirmed_at.is_not_null());
        let promise = conduct_acceptances::table
            .filter(conduct_acceptances::user_id.eq(users::id))
            .filter(conduct_acceptances::version.eq($tx.accounts.conduct.version.clone()));
        let user = (users::id, users::role, users::must_change_password, exists(factor), exists(promise));
        let place = (missions::host_state.nullable(), organisations::coordinates, organisations::country, organisations::time_zone);
        (user, (organisations::id, organisations::kind, place))
    }};
}

/// The user behind a session, unless it ended, the user was disabled or the organisation is not active.
pub fn find_live(tx: &mut Tx<'_>, id: SessionId) -> Result<Option<LiveSession>> {
    let query = sessions::table
        .inner_join(users::table.inner_join(organisations::table.left_join(missions::table)))
        .filter(sessions::id.eq(id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(tx.now))
        .filter(users::disabled_at.is_null())
        .filter(organisations::active.eq(true))
        .select((sessions::expires_at, sessions::authenticated_at, who!(tx)));
    let found: Option<(Timestamp, Timestamp, (User, Organisation))> = query.get_result(tx.conn).optional()?;
    Ok(found.map(|(expires_at, authenticated_at, (user, organisation))| live(tx, id, (authenticated_at, expires_at), user, organisation)))
}

/// The user as a session would find them, for work that the operator of the service does in their name, from the command line.
pub fn in_the_name_of(tx: &mut Tx<'_>, id: UserId) -> Result<Option<LiveSession>> {
    let query = users::table
        .inner_join(organisations::table.left_join(missions::table))
        .filter(users::id.eq(id))
        .filter(users::disabled_at.is_null())
        .filter(organisations::active.eq(true))
        .select(who!(tx));
    let found: Option<(User, Organisation)> = query.get_result(tx.conn).optional()?;
    let now = tx.now;
    Ok(found.map(|(user, organisation)| live(tx, SessionId::random(), (now, now), user, organisation)))
}

fn live(
    tx: &Tx<'_>,
    session_id: SessionId,
    (authenticated_at, expires_at): (Timestamp, Timestamp),
    user: User,
    organisation: Organisation,
) -> LiveSession {
    let (user_id, role, must_change_password, has_second_factor, has_accepted_conduct) = user;
    let (organisation_id, organisation_kind, (hosted_by, coordinates, seat, time_zone)) = organisation;
    let place = Workplace::of(hosted_by, coordinates, seat, time_zone);
    LiveSession {
        actor: UserActor { user_id, session_id, organisation_id, organisation_kind, place, coordinates, role, authenticated_at },
        must_change_password,
        must_enrol_second_factor: !has_second_factor && tx.accounts.second_factor.requires(role),
        must_accept_conduct: !has_accepted_conduct,
        expires_at,
    }
}

/// The live sessions of a user, newest first.
pub fn list(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<SessionRow>> {
    let query = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(tx.now))
        .filter(sessions::refresh_expires_at.gt(tx.now))
        .order((sessions::created_at.desc(), sessions::id))
        .limit(MOST_LISTED)
        .select(sessions::all_columns);
    Ok(query.load(tx.conn)?)
}

/// Finds a session, ended or not.
pub fn find(tx: &mut Tx<'_>, id: SessionId) -> Result<Option<SessionRow>> {
    let query = sessions::table.find(id).select(sessions::all_columns);
    Ok(query.get_result(tx.conn).optional()?)
}

/// Replaces the refresh token.
pub fn rotate(tx: &mut Tx<'_>, row: &SessionRow, next_hash: &[u8], refresh_expires_at: Timestamp) -> Result<()> {
    let query = diesel::update(sessions::table.find(row.id)).set((
        sessions::refresh_hash.eq(next_hash),
        sessions::previous_hash.eq(Some(row.refresh_hash.clone())),
        sessions::rotated_at.eq(Some(tx.now)),
        sessions::refresh_expires_at.eq(refresh_expires_at),
    ));
    query.execute(tx.conn)?;
    tx.audit_change(row.user_id.0, None, None);
    Ok(())
}

/// Records that the user of a session proved again who they are.
pub fn step_up(tx: &mut Tx<'_>, id: SessionId) -> Result<()> {
    let query = diesel::update(sessions::table.find(id)).set(sessions::authenticated_at.eq(tx.now));
    query.execute(tx.conn)?;
    tx.audit_change(id.0, None, None);
    Ok(())
}

/// Ends a session.
pub fn revoke(tx: &mut Tx<'_>, id: SessionId) -> Result<()> {
    let query = diesel::update(sessions::table.find(id).filter(sessions::revoked_at.is_null())).set(sessions::revoked_at.eq(Some(tx.now)));
    query.execute(tx.conn)?;
    tx.audit_change(id.0, None, None);
    Ok(())
}

/// Ends every session of a user.
pub fn revoke_all(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let live = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::revoked_at.is_null());
    let query = diesel::update(live).set(sessions::revoked_at.eq(Some(tx.now)));
    query.execute(tx.conn)?;
    tx.audit_change(user.0, None, None);
    Ok(())
}

/// Ends one session of a user; "not found" if it is not theirs, or ended already.
pub fn revoke_of(tx: &mut Tx<'_>, user: UserId, id: SessionId) -> Result<()> {
    let session = find(tx, id)?.filter(|row| row.user_id == user && row.revoked_at.is_none());
    tx.audit_subject(id.0);
    page::found(session)?;
    revoke(tx, id)
}

/// Ends every session of a user but one.
pub fn revoke_others(tx: &mut Tx<'_>, user: UserId, but: SessionId) -> Result<()> {
    let live = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::revoked_at.is_null());
    let query = diesel::update(live.filter(sessions::id.ne(but))).set(sessions::revoked_at.eq(Some(tx.now)));
    query.execute(tx.conn)?;
    tx.audit_change(user.0, None, None);
    Ok(())
}

/// Ends every session of every user of an organisation for good, even if the organisation becomes active again.
pub fn revoke_of_organisation(tx: &mut Tx<'_>, organisation: OrganisationId) -> Result<()> {
    let members = users::table.filter(users::organisation_id.eq(organisation)).select(users::id);
    let live = sessions::table.filter(sessions::user_id.eq_any(members)).filter(sessions::revoked_at.is_null());
    let query = diesel::update(live).set(sessions::revoked_at.eq(Some(tx.now)));
    query.execute(tx.conn)?;
    tx.audit_change(organisation.0, None, None);
    Ok(())
}

/// A refresh token: session, secret and a seal. The seal proves that this service issued it, so that an old token is always
/// recognised, and an attacker cannot end a session with an invented one.
pub struct RefreshToken {
    pub session_id: SessionId,
    bytes: Vec<u8>,
}

/// Bytes of each of the three parts.
const PART: usize = 16;

impl RefreshToken {
    /// The first token of a session.
    pub fn first(tx: &Tx<'_>, session_id: SessionId) -> Result<Self> {
        Self::issue(tx, session_id, &random::<PART>()?)
    }

    /// Reads a token; none if this service did not issue it.
    pub fn read(tx: &Tx<'_>, text: &str) -> Result<Option<Self>> {
        use base64::Engine;
        let Ok(bytes) = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(text) else { return Ok(None) };
        let (Some((session, rest)), 48) = (bytes.split_first_chunk::<PART>(), bytes.len()) else { return Ok(None) };
        let (secret, _) = rest.split_at(PART);
        let issued = Self::issue(tx, SessionId(uuid::Uuid::from_bytes(*session)), secret)?;
        Ok((issued.hash() == sha256(&bytes)).then_some(issued))
    }

    /// The next token of the session. It can be derived only from this token and the server's key.
    pub fn successor(&self, tx: &Tx<'_>) -> Result<Self> {
        let secret = tx.keys.purpose(Purpose::Refresh)?.fingerprint(&[b"successor", &self.bytes])?;
        Self::issue(tx, self.session_id, secret.get(..PART).unwrap_or_default())
    }

    fn issue(tx: &Tx<'_>, session_id: SessionId, secret: &[u8]) -> Result<Self> {
        let seal = tx.keys.purpose(Purpose::Refresh)?.fingerprint(&[b"seal", session_id.0.as_bytes(), secret])?;
        let bytes = [session_id.0.as_bytes(), secret, seal.get(..PART).unwrap_or_default()].concat();
        Ok(Self { session_id, bytes })
    }

    /// The hash that is stored.
    pub fn hash(&self) -> Vec<u8> {
        sha256(&self.bytes)
    }

    /// The token as sent.
    pub fn text(&self) -> String {
        use base64::Engine;
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(&self.bytes)
    }
}
