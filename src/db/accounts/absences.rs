//! When users are away.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::accounts::users::{self, UserRow};
use crate::db::engine::expected::Expected;
use crate::db::schema::absences;
use crate::domain::access::Permission;
use crate::domain::dates::Timestamp;
use crate::domain::ids::UserId;
use crate::error::{Error, ErrorCode, Result};

/// An absence as stored.
#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = absences, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct AbsenceRow {
    pub user_id: UserId,
    pub updated_at: Timestamp,
    pub updated_by: UserId,
    pub version: i64,
    /// The first day; none: they are there.
    pub away_from: Option<NaiveDate>,
    /// The last day; none: until further notice.
    pub away_until: Option<NaiveDate>,
}

/// The days of an absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

/// A user whose absence the actor may know: themselves, a colleague, and anybody for an administrator of accounts.
pub(in crate::db) fn known(tx: &mut Tx<'_>, id: UserId) -> Result<UserRow> {
    tx.audit_subject(id.0);
    let actor = tx.actor.user().cloned().ok_or_else(|| Error::from(ErrorCode::PermissionDenied))?;
    let user = users::find(tx, id)?;
    let is_known = user.organisation_id == actor.organisation_id || actor.role.may(Permission::UserManage);
    is_known.then_some(user).ok_or_else(Error::not_found)
}

/// The absence of a user; none was ever stated.
pub fn find(tx: &mut Tx<'_>, id: UserId) -> Result<Option<AbsenceRow>> {
    known(tx, id)?;
    let query = absences::table.find(id).select(absences::all_columns);
    Ok(query.get_result(tx.conn).optional()?)
}

/// States when a user is away. The user does, or whoever answers for their work.
pub fn update(tx: &mut Tx<'_>, id: UserId, expected: &Expected, change: impl FnOnce(Days) -> Result<Days>) -> Result<AbsenceRow> {
    let before = find(tx, id)?;
    let actor = tx.actor.user().cloned().ok_or_else(|| Error::from(ErrorCode::PermissionDenied))?;
    if actor.user_id != id && !actor.role.may(Permission::WorkHandOver) {
        return Err(Error::new(ErrorCode::PermissionDenied).detail("A supervisor says when a colleague is away."));
    }
    let version = before.as_ref().map_or(0, |row| row.version);
    expected.check(version)?;
    let known = before.as_ref().map_or(Days { from: None, until: None }, |row| Days { from: row.away_from, until: row.away_until });
    let Days { from, until } = change(known)?;
    let row =
        AbsenceRow { user_id: id, updated_at: tx.now, updated_by: actor.user_id, version: version + 1, away_from: from, away_until: until };
    let stored = if before.is_some() {
        let query = diesel::update(absences::table.find(id).filter(absences::version.eq(version))).set(&row);
        query.execute(tx.conn)?
    } else {
        let query = diesel::insert_into(absences::table).values(&row).on_conflict_do_nothing();
        query.execute(tx.conn)?
    };
    if stored == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    tx.audit_change(id.0, Some(version), Some(row.version));
    Ok(row)
}
