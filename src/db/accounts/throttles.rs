//! Failed sign-ins, by keyed hash of the account name or the network. They survive a restart, and never lock an account for good.

use diesel::prelude::*;

use crate::crypto::Purpose;
use crate::db::Tx;
use crate::db::schema::login_throttles;
use crate::domain::accounts::username::counted_form;
use crate::domain::dates::Timestamp;
use crate::error::Result;

/// The failures under one key.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = login_throttles, treat_none_as_default_value = false)]
pub struct ThrottleRow {
    pub key: Vec<u8>,
    pub failures: i32,
    pub last_failure_at: Timestamp,
    pub blocked_until: Timestamp,
}

/// The key under which failures of a name or an address are counted: a keyed hash, so that the database holds neither of them.
pub fn key(tx: &Tx<'_>, kind: &str, value: &str) -> Result<Vec<u8>> {
    let key = tx.keys.purpose(Purpose::Throttle)?;
    key.fingerprint(&[kind.as_bytes(), counted_form(value).as_bytes()])
}

/// The failures under a key.
pub fn find(tx: &mut Tx<'_>, key: &[u8]) -> Result<Option<ThrottleRow>> {
    let query = login_throttles::table.find(key).select(login_throttles::all_columns);
    Ok(query.get_result(tx.conn).optional()?)
}

/// The failures under a key, locked until this transaction ends: two instances that count at the same time count one after the other,
/// and the second one sees what the first one wrote. A counter without failures counts as one that is not there.
pub fn find_locked(tx: &mut Tx<'_>, key: &[u8]) -> Result<Option<ThrottleRow>> {
    let none = ThrottleRow { key: key.to_vec(), failures: 0, last_failure_at: Timestamp::EPOCH, blocked_until: Timestamp::EPOCH };
    let query = diesel::insert_into(login_throttles::table)
        .values(&none)
        .on_conflict(login_throttles::key)
        .do_update()
        .set(login_throttles::failures.eq(login_throttles::failures))
        .returning(login_throttles::all_columns);
    let row: ThrottleRow = query.get_result(tx.conn)?;
    Ok(Some(row).filter(|row| row.failures > 0))
}

/// Stores the failures under a key, which [`find_locked`] locked.
pub fn save(tx: &mut Tx<'_>, row: &ThrottleRow) -> Result<()> {
    let query = diesel::insert_into(login_throttles::table).values(row).on_conflict(login_throttles::key).do_update().set(row);
    query.execute(tx.conn)?;
    tx.audit_change(uuid::Uuid::nil(), None, None);
    Ok(())
}

/// Counts one more under a key, and returns how many there are: exactly, whoever counts at the same time.
pub fn add(tx: &mut Tx<'_>, key: &[u8]) -> Result<i32> {
    let row = ThrottleRow { key: key.to_vec(), failures: 1, last_failure_at: tx.now, blocked_until: tx.now };
    let query = diesel::insert_into(login_throttles::table)
        .values(&row)
        .on_conflict(login_throttles::key)
        .do_update()
        .set((login_throttles::failures.eq(login_throttles::failures + 1), login_throttles::last_failure_at.eq(tx.now)))
        .returning(login_throttles::failures);
    let failures = query.get_result(tx.conn)?;
    tx.audit_change(uuid::Uuid::nil(), None, None);
    Ok(failures)
}

/// Counts one less under a key.
pub fn subtract(tx: &mut Tx<'_>, key: &[u8]) -> Result<()> {
    let counted = login_throttles::table.find(key).filter(login_throttles::failures.gt(0));
    let query = diesel::update(counted).set(login_throttles::failures.eq(login_throttles::failures - 1));
    query.execute(tx.conn)?;
    tx.audit_change(uuid::Uuid::nil(), None, None);
    Ok(())
}

/// Deletes the failures under a key.
pub fn clear(tx: &mut Tx<'_>, key: &[u8]) -> Result<()> {
    let query = diesel::delete(login_throttles::table.find(key));
    query.execute(tx.conn)?;
    Ok(())
}

/// Deletes failures that do not count any more.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<()> {
    let old = tx.now.plus_seconds(-crate::domain::access::FAILURES_COUNT_FOR_SECONDS);
    let query = diesel::delete(login_throttles::table.filter(login_throttles::last_failure_at.lt(old)));
    query.execute(tx.conn)?;
    tx.audit_change(uuid::Uuid::nil(), None, None);
    Ok(())
}
