//! Leases: background work that one instance does at a time. An instance that dies loses its lease when it runs out; clocks that differ
//! may let two work at once for that long, so whatever is done under a lease must bear being done twice.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::leases;
use crate::error::Result;

text_enum! {
    /// Work that is done under a lease.
    pub enum LeasedWork {
        /// Comparing people.
        Matching = "matching",
        /// Making a backup.
        Backup = "backup",
        /// Reading, checking and registering the rows of a list.
        Import = "import",
        /// Releasing figures.
        Release = "release",
    }
}

/// Seconds for which a lease is held: longer than any round of the work takes.
const HELD_SECONDS: i64 = 30;

/// Takes or prolongs the lease of this instance. False: another instance holds it.
pub fn hold(tx: &mut Tx<'_>, work: LeasedWork) -> Result<bool> {
    tx.audit_unchanged(uuid::Uuid::nil());
    let until = tx.now.plus_seconds(HELD_SECONDS);
    let free = leases::holder.eq(tx.instance).or(leases::held_until.lt(tx.now));
    let query = diesel::update(leases::table.filter(leases::work.eq(work.as_str())).filter(free))
        .set((leases::holder.eq(tx.instance), leases::held_until.eq(until)));
    if query.execute(tx.conn)? == 1 {
        return Ok(true);
    }
    let row = (leases::work.eq(work.as_str()), leases::holder.eq(tx.instance), leases::held_until.eq(until));
    let query = diesel::insert_into(leases::table).values(row).on_conflict(leases::work).do_nothing();
    Ok(query.execute(tx.conn)? == 1)
}

/// Whether another instance holds the lease: then this one asks for nothing, and writes nothing.
pub fn is_held_elsewhere(tx: &mut Tx<'_>, work: LeasedWork) -> Result<bool> {
    let elsewhere =
        leases::table.filter(leases::work.eq(work.as_str())).filter(leases::holder.ne(tx.instance)).filter(leases::held_until.ge(tx.now));
    let query = diesel::select(diesel::dsl::exists(elsewhere));
    Ok(query.get_result(tx.conn)?)
}

/// Whether this instance holds the lease for a while yet, so that it need not be prolonged now.
pub fn is_held(tx: &mut Tx<'_>, work: LeasedWork) -> Result<bool> {
    let own = leases::table
        .filter(leases::work.eq(work.as_str()))
        .filter(leases::holder.eq(tx.instance))
        .filter(leases::held_until.gt(tx.now.plus_seconds(HELD_SECONDS / 2)));
    let query = diesel::select(diesel::dsl::exists(own));
    Ok(query.get_result(tx.conn)?)
}
