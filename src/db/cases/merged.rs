//! The lock of a case, and what merging does with one.

use diesel::prelude::*;

use super::{CaseRow, save_row};
use crate::crypto::CompartmentKeys;
use crate::db::changes::FieldChange;
use crate::db::connection::on_backend;
use crate::db::schema::cases;
use crate::db::{Tx, changes, grants, merges};
use crate::domain::compartments::Compartment;
use crate::domain::history::ChangeSubject;
use crate::domain::ids::CaseId;
use crate::error::Result;

/// Keeps another instance from changing the case until this transaction ends: what is decided here must still be so then. The case
/// of a person who was merged into another one is not changed.
pub(in crate::db) fn lock(tx: &mut Tx<'_>, id: CaseId) -> Result<()> {
    let open = cases::table.find(id).filter(cases::person_id.ne_all(merges::merged_persons()));
    let query = diesel::update(open).set(cases::version.eq(cases::version));
    if on_backend!(tx.conn, |c| query.execute(c))? == 0 { merges::refuse_if_merged(tx, id) } else { Ok(()) }
}

/// The same lock, also for the case of a merged person: for the merge, its undo and the erasure.
pub(in crate::db) fn lock_even_merged(tx: &mut Tx<'_>, id: CaseId) -> Result<()> {
    let query = diesel::update(cases::table.find(id)).set(cases::version.eq(cases::version));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// Records something about a case that is no field of it, in a version of its own.
pub(in crate::db) fn record_apart(
    tx: &mut Tx<'_>,
    before: &CaseRow,
    keys: &CompartmentKeys,
    subject: ChangeSubject,
    parts: Vec<(Option<Compartment>, Vec<FieldChange>)>,
) -> Result<()> {
    let row = CaseRow { version: before.version + 1, updated_at: tx.now, ..before.clone() };
    save_row(tx, &row, before.version)?;
    grants::follow(tx, &row)?;
    changes::record_parts(tx, row.id, row.version, subject, parts, keys)?;
    tx.audit(row.id.0, Some(before.version), Some(row.version));
    Ok(())
}
