//! User accounts.

use diesel::prelude::*;

use crate::crypto::Purpose;
use crate::db::accounts::{organisations as organisation_rows, sessions, usernames};
use crate::db::casefile::leaving;
use crate::db::engine::expected::Expected;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::schema::{organisations, users};
use crate::db::{Tx, taken};
use crate::domain::access::Role;
use crate::domain::accounts::password_hash::PasswordHash;
use crate::domain::accounts::username::stored_form;
use crate::domain::cases::history::ChangeReason;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{OrganisationId, UserId};
use crate::error::{Error, ErrorCode, Result};

/// A user as stored.
#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct UserRow {
    pub id: UserId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    pub organisation_id: OrganisationId,
    /// In its stored form.
    pub username: String,
    pub display_name: String,
    pub role: Role,
    pub password_hash: PasswordHash,
    pub must_change_password: bool,
    pub disabled_at: Option<Timestamp>,
    /// Whether the user is a supervisor who answers for data protection.
    pub data_protection: bool,
    /// Rises with each password that is set, and not with a better hash of the same one.
    pub password_epoch: i64,
}

impl UserRow {
    /// The hash to verify a password against; none while there is no password.
    pub fn usable_hash(&self) -> Option<String> {
        self.password_hash.hash().map(ToOwned::to_owned)
    }

    /// Removes the password: the user must set a new one with a one-time code.
    pub fn take_password_away(&mut self) {
        self.password_hash = PasswordHash::Unset;
        self.must_change_password = true;
    }
}

/// Creates a user. The role must exist at an organisation of that kind.
pub fn insert(tx: &mut Tx<'_>, row: &UserRow) -> Result<UserRow> {
    check_role(tx, row)?;
    let query = diesel::insert_into(users::table).values(row);
    query.execute(tx.conn).map_err(|error| taken(error, "There is a user with this name already."))?;
    usernames::take(tx, row.id, &row.username)?;
    tx.audit_change(row.id.0, None, Some(row.version));
    Ok(row.clone())
}

/// Changes a user. Users cannot change their own role, and a user whose role, password or state changes is signed out everywhere.
pub fn update(tx: &mut Tx<'_>, id: UserId, expected: &Expected, change: impl FnOnce(&mut UserRow)) -> Result<UserRow> {
    let before = find(tx, id)?;
    let read = expected.check(before.version)?;
    let mut row = before.clone();
    change(&mut row);
    let concerns_access = row.role != before.role || row.disabled_at != before.disabled_at || row.password_hash != before.password_hash;
    let is_self = tx.actor.user().is_some_and(|user| user.user_id == id);
    if is_self && (row.role != before.role || row.disabled_at != before.disabled_at) {
        return Err(Error::new(ErrorCode::Conflict).detail("You cannot change your own role or disable your own account."));
    }
    check_role(tx, &row)?;
    if row.password_hash != before.password_hash && row.password_hash.hash().is_some() {
        row.password_epoch += 1;
    }
    row.version += 1;
    row.updated_at = tx.now;
    let query = diesel::update(users::table.find(id).filter(users::version.eq(read))).set(&row);
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    if concerns_access {
        sessions::revoke_all(tx, id)?;
    }
    tx.audit_change(id.0, Some(read), Some(row.version));
    if let Some(reason) = leaves(&before, &row) {
        leaving::release(tx, id, reason)?;
    }
    Ok(row)
}

/// Why the work of a user must go to somebody else after a change of the account; none if it stays.
fn leaves(before: &UserRow, after: &UserRow) -> Option<ChangeReason> {
    let is_gone = |user: &UserRow| user.disabled_at.is_some() || !user.role.does_casework();
    (is_gone(after) && !is_gone(before)).then(|| ChangeReason::of_account(after.disabled_at.is_some(), after.role))
}

/// Replaces a hash by one with today's parameters. The password stays the same, so the user's sessions stay alive.
pub fn rehash(tx: &mut Tx<'_>, id: UserId, hash: &str) -> Result<()> {
    let query = diesel::update(users::table.find(id)).set(users::password_hash.eq(PasswordHash::Argon2id(hash.to_owned())));
    query.execute(tx.conn)?;
    tx.audit_change(id.0, None, None);
    Ok(())
}

fn check_role(tx: &mut Tx<'_>, row: &UserRow) -> Result<()> {
    let organisation = match organisation_rows::find(tx, row.organisation_id) {
        Err(error) if error.code == ErrorCode::NotFound => {
            return Err(Error::field("/organisation_id", "not_found", "no organisation with this id"));
        }
        found => found?,
    };
    let is_desk = organisation.coordinates.is_some();
    if row.role.fits(organisation.kind, is_desk) {
        Ok(())
    } else {
        let fitting: Vec<&str> = Role::ALL.iter().filter(|role| role.fits(organisation.kind, is_desk)).map(|role| role.as_str()).collect();
        let message = format!("does not exist at this organisation ({}), whose roles are {}", organisation.kind, fitting.join(", "));
        Err(Error::field("/role", "role_does_not_fit", &message))
    }
}

/// Finds a user.
pub fn find(tx: &mut Tx<'_>, id: UserId) -> Result<UserRow> {
    let query = users::table.find(id).select(users::all_columns);
    found(query.get_result(tx.conn).optional()?)
}

/// Finds a user by name, however it is spelt, if there is one. A name that was stored before names had one form is found as it is.
pub fn find_by_username(tx: &mut Tx<'_>, username: &str) -> Result<Option<UserRow>> {
    let exact = username.to_lowercase();
    let names: Vec<String> = std::iter::once(exact.clone()).chain(stored_form(username)).collect();
    let query = users::table.filter(users::username.eq_any(names)).select(users::all_columns);
    let mut found: Vec<UserRow> = query.load(tx.conn)?;
    found.sort_by_key(|user| user.username != exact);
    Ok(found.into_iter().next())
}

/// A page of users, oldest first.
pub fn list(tx: &mut Tx<'_>, organisation: Option<OrganisationId>, page: &PageRequest) -> Result<Page<UserRow>> {
    let list = format!("users {organisation:?}");
    let position: Option<(i64, UserId)> = page.position(tx, list.as_bytes())?;
    let rows: Vec<UserRow> = {
        let mut query = users::table.select(users::all_columns).into_boxed();
        if let Some(organisation) = organisation {
            query = query.filter(users::organisation_id.eq(organisation));
        }
        if let Some((at, id)) = position.and_then(|(at, id)| Timestamp::from_micros(at).map(|at| (at, id))) {
            query = query.filter(users::created_at.ge(at)).filter(users::created_at.gt(at).or(users::id.gt(id)));
        }
        query.order((users::created_at, users::id)).limit(page.limit + 1).load(tx.conn)
    }?;
    page.page(tx, list.as_bytes(), rows, |row| (row.created_at.micros(), row.id))
}

/// Passwords before the present one whose keys of drafts are still told: a registration can wait in a laptop in the field while its user is
/// given new passwords elsewhere.
const EARLIER_DRAFT_KEYS: usize = 8;

/// The keys of a user's drafts, of 32 bytes each.
pub struct DraftKeys {
    /// The one to seal with: the same until another password is set.
    pub current: Vec<u8>,
    /// Those of the passwords before, the last one first: what was sealed with them is opened, and sealed anew.
    pub earlier: Vec<Vec<u8>>,
}

/// The keys of a user's drafts.
pub fn draft_keys(tx: &mut Tx<'_>, id: UserId) -> Result<DraftKeys> {
    // They open what was typed about people: who was given them is in the trail.
    tx.audit_unchanged(id.0);
    let epoch = find(tx, id)?.password_epoch;
    let root = tx.keys.purpose(Purpose::Draft)?;
    let of = |epoch: i64| root.fingerprint(&[id.0.as_bytes(), &epoch.to_be_bytes()]);
    let earlier = (1..epoch).rev().take(EARLIER_DRAFT_KEYS).map(of).collect::<Result<_>>()?;
    Ok(DraftKeys { current: of(epoch)?, earlier })
}

/// The names of the acting user and of their organisation, for printed documents.
pub fn own_names(tx: &mut Tx<'_>) -> Result<(String, String)> {
    let user = tx.actor.user().map(|user| user.user_id).ok_or_else(|| Error::internal("nobody prints this"))?;
    let query = users::table.inner_join(organisations::table).filter(users::id.eq(user)).select((users::display_name, organisations::name));
    found(query.get_result(tx.conn).optional()?)
}

/// Locks a user until this transaction ends, so that two instances count what the user does one after the other. An update that
/// changes nothing locks the row on Postgres; on SQLite there is one writer.
pub(in crate::db) fn lock(tx: &mut Tx<'_>, id: UserId) -> Result<()> {
    let query = diesel::update(users::table.find(id)).set(users::version.eq(users::version));
    query.execute(tx.conn)?;
    Ok(())
}
