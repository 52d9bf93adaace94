//! Which organisations' auditors may read an entry: an index beside the sealed trail, so that a page costs the same in a trail of any
//! length. Attempts to sign in come from nobody yet: who may read them is decided by the account that they were for.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use uuid::Uuid;

use crate::db::Tx;
use crate::db::reporting::audit::encoding::StoredEntry;
use crate::db::schema::{audit_readers, cases, clients, users};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CallerId, CaseId, ClientId, OrganisationId, UserId};
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
    fn new(reader: OrganisationId, position: i64, entry: &StoredEntry, signing_in: Option<CallerId>) -> Self {
        Self {
            reader_id: reader,
            recorded_at: entry.recorded_at,
            position,
            organisation_id: entry.organisation_id,
            caller_id: entry.user_id.map(|id| CallerId(id.0)).or(entry.client_id.map(|id| CallerId(id.0))).or(signing_in),
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

/// Opens newly sealed entries, the first of which is at this position, to those who acted, to those whose account somebody tried to sign
/// in with and, unless it is kept from them, to those who own a case concerned.
pub(super) fn open_to_readers(tx: &mut Tx<'_>, base: i64, entries: &[StoredEntry]) -> Result<()> {
    let mut concerned: Vec<CaseId> = entries.iter().flat_map(|entry| ids(&entry.subject_ids)).map(CaseId).collect();
    concerned.sort_unstable();
    concerned.dedup();
    let owners = owners(tx, &concerned)?;
    let of_nobody = entries.iter().filter(|entry| is_of_nobody(entry)).flat_map(|entry| ids(&entry.subject_ids));
    let accounts = accounts(tx, &of_nobody.collect())?;
    let kept = operations_kept_from_owners();
    let mut rows = Vec::new();
    for (position, entry) in (base..).zip(entries) {
        let told = ids(&entry.subject_ids).filter(|_| !kept.contains(entry.operation.as_str()));
        let owning = told.filter_map(|id| owners.get(&CaseId(id)).copied());
        let signing_in = ids(&entry.subject_ids).filter(|_| is_of_nobody(entry)).find_map(|id| Some((id, *accounts.get(&id)?)));
        let mut readers: Vec<OrganisationId> =
            owning.chain([entry.organisation_id]).chain(signing_in.map(|(_, organisation)| organisation)).collect();
        readers.sort_unstable();
        readers.dedup();
        rows.extend(readers.into_iter().map(|reader| ReaderRow::new(reader, position, entry, signing_in.map(|(id, _)| CallerId(id)))));
    }
    for rows in rows.chunks(ROWS) {
        let query = diesel::insert_into(audit_readers::table).values(rows);
        query.execute(tx.conn)?;
    }
    Ok(())
}

/// Whether it came without a session.
fn is_of_nobody(entry: &StoredEntry) -> bool {
    entry.organisation_id == OrganisationId::SYSTEM
}

/// The organisations of those of these ids that are users or machine clients.
fn accounts(tx: &mut Tx<'_>, ids: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, OrganisationId>> {
    let mut accounts = BTreeMap::new();
    for some in ids.iter().copied().collect::<Vec<_>>().chunks(ROWS) {
        let some_users: Vec<UserId> = some.iter().copied().map(UserId).collect();
        let query = users::table.filter(users::id.eq_any(some_users)).select((users::id, users::organisation_id));
        let found: Vec<(UserId, OrganisationId)> = query.load(tx.conn)?;
        accounts.extend(found.into_iter().map(|(id, organisation)| (id.0, organisation)));
        let some_clients: Vec<ClientId> = some.iter().copied().map(ClientId).collect();
        let query = clients::table.filter(clients::id.eq_any(some_clients)).select((clients::id, clients::organisation_id));
        let found: Vec<(ClientId, OrganisationId)> = query.load(tx.conn)?;
        accounts.extend(found.into_iter().map(|(id, organisation)| (id.0, organisation)));
    }
    Ok(accounts)
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
