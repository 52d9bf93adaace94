//! A case, opened as far as the actor's grants go.

use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::{self, Contents};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{grants, guest_missions, lock};
use crate::db::engine::page::found;
use crate::db::schema::cases;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::ids::*;
use crate::error::{ErrorCode, Result};

/// A case, with the compartments that the caller's grants open.
#[derive(Clone)]
pub struct OpenCase {
    pub row: CaseRow,
    pub contents: Contents,
    /// The case this one follows, if the caller may know of it.
    pub previous: Option<CaseId>,
    pub(in crate::db) keys: CompartmentKeys,
    pub(in crate::db) versions: Vec<(Compartment, i64)>,
}

impl OpenCase {
    /// The compartments that the caller's grants open.
    pub fn granted(&self) -> CompartmentSet {
        self.keys.compartments()
    }

    /// Limits the case to these compartments.
    pub(in crate::db) fn within(self, compartments: CompartmentSet) -> Self {
        let keys = self.keys.only(compartments);
        Self { contents: self.contents.within(keys.compartments()), keys, ..self }
    }
}

/// The case as the actor is shown it: `find`, without what a guest mission must not know. Never stored again.
pub fn show(tx: &mut Tx<'_>, id: CaseId) -> Result<OpenCase> {
    let mut case = find(tx, id)?;
    case.row = guest_missions::known_row(tx, case.row)?;
    Ok(case)
}

/// The case, opened as far as the actor's grants go, as it is changed and stored.
pub(in crate::db) fn find(tx: &mut Tx<'_>, id: CaseId) -> Result<OpenCase> {
    let keys = keys_or_not_found(tx, id)?;
    let row = row::row_unscoped(tx, id)?;
    let opened = compartments::open(tx, id, row.person_id, &keys)?;
    let previous = visible_previous(tx, &row)?;
    Ok(OpenCase { row, contents: opened.contents, previous, keys, versions: opened.versions })
}

/// The previous case; none if the caller may not see it, as if it did not exist.
fn visible_previous(tx: &mut Tx<'_>, row: &CaseRow) -> Result<Option<CaseId>> {
    let Some(previous) = row.previous_case_id else { return Ok(None) };
    Ok(grants::keys_for(tx, previous)?.map(|_| previous))
}

/// The case that follows an earlier one, if the caller may see it: the next episode of a person who was trafficked again.
pub(in crate::db) fn following(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<CaseId>> {
    let query = cases::table.filter(cases::previous_case_id.eq(id)).order(cases::created_at.desc()).select(cases::id).limit(1);
    let next: Option<CaseId> = query.get_result(tx.conn).optional()?;
    let Some(next) = next else { return Ok(None) };
    Ok(grants::keys_for(tx, next)?.map(|_| next))
}

/// The keys to a case; "not found", and recorded as such, if the actor's organisation has none.
pub(in crate::db) fn keys_or_not_found(tx: &mut Tx<'_>, id: CaseId) -> Result<CompartmentKeys> {
    tx.audit_subject(id.0);
    found(grants::keys_for(tx, id)?)
}

/// The plain row of a case on which the actor's organisation has a grant.
pub(in crate::db) fn row_visible(tx: &mut Tx<'_>, id: CaseId) -> Result<(CaseRow, CompartmentKeys)> {
    let keys = keys_or_not_found(tx, id)?;
    Ok((row::row_unscoped(tx, id)?, keys))
}

/// The plain row of a case that the actor sees; none for any other.
pub(in crate::db) fn row_if_visible(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<CaseRow>> {
    match row_visible(tx, id) {
        Ok((row, _)) => Ok(Some(row)),
        Err(error) if error.code == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The same for a change of what hangs on the case: locks it first, so that a merge or its undo does not move the rest of it to another
/// case meanwhile. A write on the case of a merged person is refused.
pub(in crate::db) fn row_to_change(tx: &mut Tx<'_>, id: CaseId) -> Result<(CaseRow, CompartmentKeys)> {
    lock::lock(tx, id)?;
    row_visible(tx, id)
}
