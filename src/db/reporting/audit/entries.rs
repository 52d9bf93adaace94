//! Reading the trail: what an organisation did, and what others did on the cases that it owns.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

use crate::db::Tx;
use crate::db::casefile::grants::live;
use crate::db::engine::audit::Decision;
use crate::db::engine::page::{Page, PageRequest};
use crate::db::reporting::audit::readers::ids;
use crate::db::schema::{audit_entries, audit_readers, audit_subjects, case_grants, cases, clients, users};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CallerId, CaseId, ClientId, OrganisationId, RequestId, UserId};
use crate::error::{Error, ErrorCode, Result};

/// Which entries.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EntryFilter {
    /// Recorded at this moment or later.
    pub from: Option<Timestamp>,
    /// Recorded before this moment.
    pub to: Option<Timestamp>,
    /// The user or the machine client that acted.
    pub caller: Option<CallerId>,
    /// The organisation that acted.
    pub organisation: Option<OrganisationId>,
    /// The operation.
    pub operation: Option<String>,
    /// The case concerned.
    pub case: Option<CaseId>,
    /// The result in one word.
    pub decision: Option<Decision>,
    /// The code of the problem, or `ok`.
    pub code: Option<String>,
}

/// A sealed entry.
#[derive(Clone, Debug, Queryable)]
pub struct SealedEntry {
    pub position: i64,
    pub recorded_at: Timestamp,
    pub user_id: Option<UserId>,
    pub client_id: Option<ClientId>,
    pub organisation_id: OrganisationId,
    pub operation: String,
    pub decision: String,
    pub code: String,
    pub status: i32,
    pub compartments: CompartmentSet,
    pub occurrences: i32,
    pub request_id: RequestId,
    pub(in crate::db) subject_ids: Vec<u8>,
}

/// An entry with those of its subjects that its reader may know.
#[derive(Clone, Debug)]
pub struct ReadEntry {
    pub entry: SealedEntry,
    /// The cases concerned that the organisation owns; of its own acts, also those on which it holds a grant.
    pub cases: Vec<CaseId>,
    /// The users and machine clients concerned that belong to the organisation; of its own acts, and of attempts to sign in.
    pub accounts: Vec<CallerId>,
    /// Whether the actor's own organisation acted.
    pub is_own: bool,
}

/// The columns of a [`SealedEntry`].
macro_rules! sealed_entry {
    () => {
        (
            $crate::db::schema::audit_entries::position.assume_not_null(),
            $crate::db::schema::audit_entries::recorded_at,
            $crate::db::schema::audit_entries::user_id,
            $crate::db::schema::audit_entries::client_id,
            $crate::db::schema::audit_entries::organisation_id,
            $crate::db::schema::audit_entries::operation,
            $crate::db::schema::audit_entries::decision,
            $crate::db::schema::audit_entries::code,
            $crate::db::schema::audit_entries::status,
            $crate::db::schema::audit_entries::compartments,
            $crate::db::schema::audit_entries::occurrences,
            $crate::db::schema::audit_entries::request_id,
            $crate::db::schema::audit_entries::subject_ids,
        )
    };
}
pub(super) use sealed_entry;

/// The sealed entries that the actor's organisation may read, newest first. A page is shorter than asked for where an entry is about
/// cases that belong to others by now.
pub fn list(tx: &mut Tx<'_>, filter: &EntryFilter, page: &PageRequest) -> Result<Page<ReadEntry>> {
    if !may_ask(tx, filter)? {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let list = serde_json::to_vec(&("audit entries", filter)).map_err(Error::internal)?;
    let start: (Timestamp, i64) = page.newest_first(tx, &list, i64::MAX)?;
    let rows = load(tx, filter, start, page.limit + 1)?;
    let page = page.page(tx, &list, rows, |row| (row.recorded_at.micros(), row.position))?;
    Ok(Page { items: readable(tx, page.items)?, next: page.next })
}

/// Whether the organisation may ask for the case that it asks for. A case of somebody else is one without entries.
fn may_ask(tx: &mut Tx<'_>, filter: &EntryFilter) -> Result<bool> {
    let Some(case) = filter.case else { return Ok(true) };
    let may_know = Known::of(tx, [case].into())?.may_know(case);
    if may_know {
        tx.audit_subject(case.0);
    }
    Ok(may_know)
}

/// The most entries of an export.
pub const MOST_ENTRIES: usize = 100_000;
/// Entries that are read at once.
const READ_AT_ONCE: i64 = 1000;

/// All sealed entries that the actor's organisation may read, newest first.
///
/// # Errors
/// When there are more than fit into an export.
pub fn all(tx: &mut Tx<'_>, filter: &EntryFilter) -> Result<Vec<ReadEntry>> {
    let (mut found, mut read) = (Vec::new(), 0);
    if !may_ask(tx, filter)? {
        return Ok(found);
    }
    let mut start = (tx.now.plus_seconds(1), i64::MAX);
    loop {
        let rows = load(tx, filter, start, READ_AT_ONCE)?;
        let Some(last) = rows.last() else { return Ok(found) };
        start = (last.recorded_at, last.position);
        read += rows.len();
        if read > MOST_ENTRIES {
            return Err(Error::new(ErrorCode::Conflict).detail("These are more entries than fit into one export: narrow the selection."));
        }
        found.extend(readable(tx, rows)?);
    }
}

/// Those of these entries that the actor's organisation may still read, with what it may know of them.
fn readable(tx: &mut Tx<'_>, entries: Vec<SealedEntry>) -> Result<Vec<ReadEntry>> {
    let subjects: BTreeSet<Uuid> = entries.iter().flat_map(|row| ids(&row.subject_ids)).collect();
    let known = Known::of(tx, subjects.iter().copied().map(CaseId).collect())?;
    let accounts = own_accounts(tx, &subjects)?;
    Ok(entries.into_iter().filter_map(|entry| known.read(entry, &accounts)).collect())
}

/// The users and machine clients among these ids that belong to the actor's organisation.
fn own_accounts(tx: &mut Tx<'_>, ids: &BTreeSet<Uuid>) -> Result<BTreeSet<CallerId>> {
    let own = tx.actor.organisation_id();
    let mut accounts = BTreeSet::new();
    for some in ids.iter().copied().collect::<Vec<_>>().chunks(IDS) {
        let of_own = users::organisation_id.eq(own).and(users::id.eq_any(some.iter().copied().map(UserId).collect::<Vec<_>>()));
        let found: Vec<UserId> = users::table.filter(of_own).select(users::id).load(tx.conn)?;
        accounts.extend(found.into_iter().map(|id| CallerId(id.0)));
        let of_own = clients::organisation_id.eq(own).and(clients::id.eq_any(some.iter().copied().map(ClientId).collect::<Vec<_>>()));
        let found: Vec<ClientId> = clients::table.filter(of_own).select(clients::id).load(tx.conn)?;
        accounts.extend(found.into_iter().map(|id| CallerId(id.0)));
    }
    Ok(accounts)
}

fn load(tx: &mut Tx<'_>, filter: &EntryFilter, (at, last): (Timestamp, i64), limit: i64) -> Result<Vec<SealedEntry>> {
    use audit_readers as r;
    let mut query = r::table
        .inner_join(audit_entries::table.on(audit_entries::position.eq(r::position.nullable())))
        .filter(r::reader_id.eq(tx.actor.organisation_id()))
        .filter(r::recorded_at.le(at))
        .filter(r::recorded_at.lt(at).or(r::position.lt(last)))
        .select(sealed_entry!())
        .into_boxed();
    if let Some(from) = filter.from {
        query = query.filter(r::recorded_at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(r::recorded_at.lt(to));
    }
    if let Some(caller) = filter.caller {
        query = query.filter(r::caller_id.eq(caller));
    }
    if let Some(organisation) = filter.organisation {
        query = query.filter(r::organisation_id.eq(organisation));
    }
    if let Some(operation) = &filter.operation {
        query = query.filter(r::operation.eq(operation.clone()));
    }
    if let Some(decision) = filter.decision {
        query = query.filter(r::decision.eq(decision.as_str()));
    }
    if let Some(code) = &filter.code {
        query = query.filter(r::code.eq(code.clone()));
    }
    if let Some(case) = filter.case {
        let about =
            audit_subjects::table.filter(audit_subjects::subject_id.eq(case.0.as_bytes().to_vec())).select(audit_subjects::position);
        query = query.filter(r::position.eq_any(about));
    }
    Ok(query.order((r::recorded_at.desc(), r::position.desc())).limit(limit).load(tx.conn)?)
}

/// Ids in one question to the database.
const IDS: usize = 10_000;

/// Which of some cases the actor's organisation may know of.
pub(super) struct Known {
    organisation: OrganisationId,
    owned: BTreeSet<CaseId>,
    granted: BTreeSet<CaseId>,
}

impl Known {
    pub(super) fn of(tx: &mut Tx<'_>, cases: BTreeSet<CaseId>) -> Result<Self> {
        let organisation = tx.actor.organisation_id();
        let mut known = Self { organisation, owned: BTreeSet::new(), granted: BTreeSet::new() };
        let cases: Vec<CaseId> = cases.into_iter().collect();
        for some in cases.chunks(IDS) {
            let owned = cases::table.filter(cases::owner_id.eq(organisation)).filter(cases::id.eq_any(some.to_vec())).select(cases::id);
            known.owned.extend(owned.load::<CaseId>(tx.conn)?);
            let granted = case_grants::table
                .filter(live(organisation, tx.now))
                .filter(case_grants::case_id.eq_any(some.to_vec()))
                .select(case_grants::case_id);
            known.granted.extend(granted.load::<CaseId>(tx.conn)?);
        }
        Ok(known)
    }

    pub(super) fn may_know(&self, case: CaseId) -> bool {
        self.owned.contains(&case) || self.granted.contains(&case)
    }

    /// The entry as this organisation may read it; `None` if it neither acted, nor owns a case concerned, nor has the account that
    /// somebody tried to sign in with.
    fn read(&self, entry: SealedEntry, own_accounts: &BTreeSet<CallerId>) -> Option<ReadEntry> {
        let is_own = entry.organisation_id == self.organisation;
        let is_of_nobody = entry.organisation_id == OrganisationId::SYSTEM;
        let concerned: BTreeSet<CaseId> = ids(&entry.subject_ids).map(CaseId).collect();
        let tells_accounts = is_own || is_of_nobody;
        let accounts: Vec<CallerId> =
            ids(&entry.subject_ids).map(CallerId).filter(|account| tells_accounts && own_accounts.contains(account)).collect();
        let cases: Vec<CaseId> =
            concerned.into_iter().filter(|case| if is_own { self.may_know(*case) } else { self.owned.contains(case) }).collect();
        (is_own || !cases.is_empty() || !accounts.is_empty()).then_some(ReadEntry { entry, cases, accounts, is_own })
    }
}
