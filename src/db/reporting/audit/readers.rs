//! Which organisations' auditors may read an entry. An index beside the sealed trail, so that a page costs the same in a trail of any
//! length.

use std::collections::BTreeMap;

use diesel::prelude::*;
use uuid::Uuid;

use crate::db::Tx;
use crate::db::reporting::audit::encoding::StoredEntry;
use crate::db::schema::{audit_readers, cases};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CallerId, CaseId, OrganisationId};
use crate::domain::sharing::operations_kept_from_owners;
use crate::error::Result;

/// Rows of one insert, and ids of one question.
const ROWS: usize = 1000;
/// Bytes of an id.
const ID: usize = 16;

#[derive(Insertable)]
#[diesel(table_name = audit_readers, treat_none_as_default_value = false)]
struct ReaderRow {
    reader_id: OrganisationId,
    recorded_at: Timestamp,
    position: i64,
    organisation_id: OrganisationId,
    caller_id: Option<CallerId>,
    operation: String,
    decision: String,
    code: String,
}

impl ReaderRow {
    fn new(reader: OrganisationId, position: i64, entry: &StoredEntry) -> Self {
        Self {
            reader_id: reader,
            recorded_at: entry.recorded_at,
            position,
            organisation_id: entry.organisation_id,
            caller_id: entry.user_id.map(|id| CallerId(id.0)).or(entry.client_id.map(|id| CallerId(id.0))),
            operation: entry.operation.clone(),
            decision: entry.decision.clone(),
            code: entry.code.clone(),
        }
    }
}

/// The ids in the column of subjects.
pub(super) fn ids(subjects: &[u8]) -> impl Iterator<Item = Uuid> {
    subjects.chunks(ID).filter_map(|id| Uuid::from_slice(id).ok())
}

/// Opens newly sealed entries, the first of which is at this position, to those who acted and, unless it is kept from them, to those
/// who own a case concerned.
pub(super) fn open_to_readers(tx: &mut Tx<'_>, base: i64, entries: &[StoredEntry]) -> Result<()> {
    let mut concerned: Vec<CaseId> = entries.iter().flat_map(|entry| ids(&entry.subject_ids)).map(CaseId).collect();
    concerned.sort_unstable();
    concerned.dedup();
    let owners = owners(tx, &concerned)?;
    let kept = operations_kept_from_owners();
    let mut rows = Vec::new();
    for (position, entry) in (base..).zip(entries) {
        let told = ids(&entry.subject_ids).filter(|_| !kept.contains(entry.operation.as_str()));
        let owning = told.filter_map(|id| owners.get(&CaseId(id)).copied());
        let mut readers: Vec<OrganisationId> = owning.chain([entry.organisation_id]).collect();
        readers.sort_unstable();
        readers.dedup();
        rows.extend(readers.into_iter().map(|reader| ReaderRow::new(reader, position, entry)));
    }
    for rows in rows.chunks(ROWS) {
        let query = diesel::insert_into(audit_readers::table).values(rows);
        query.execute(tx.conn)?;
    }
    Ok(())
}

/// The owners of those of these ids that are cases.
fn owners(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<BTreeMap<CaseId, OrganisationId>> {
    let mut owners = BTreeMap::new();
    for some in cases.chunks(ROWS) {
        let query = cases::table.filter(cases::id.eq_any(some.to_vec())).select((cases::id, cases::owner_id));
        owners.extend(query.load::<(CaseId, OrganisationId)>(tx.conn)?);
    }
    Ok(owners)
}
