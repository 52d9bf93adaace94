//! What is odd in newly sealed entries: somebody who opened many cases within an hour, or was refused again and again. Those who answer
//! for data protection are told, once an hour for each of it.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use uuid::Uuid;

use crate::db::Tx;
use crate::db::casefile::data_protection::{About, tell_data_protection};
use crate::db::engine::audit::Decision;
use crate::db::reporting::audit::encoding::StoredEntry;
use crate::db::reporting::audit::readers::ids;
use crate::db::schema::{audit_entries, audit_readers, cases, data_protection_events};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::DataProtectionEventKind;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CallerId, CaseId, ClientId, OrganisationId, UserId};
use crate::domain::limits::{CASES_LISTED_TOLD, CASES_OPENED_TOLD, REFUSALS_TOLD};
use crate::error::Result;

/// Seconds of an hour.
const HOUR: i64 = 3600;
/// The most entries of one caller that are looked at.
const ENTRIES: i64 = 5000;
/// The answers that somebody may not, or that there is no such thing for them.
const REFUSALS: [i32; 2] = [403, 404];
/// Ids in one question to the database.
const IDS: usize = 1000;

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Acting {
    organisation: OrganisationId,
    user: Option<UserId>,
    client: Option<ClientId>,
}

impl Acting {
    fn of(entry: &StoredEntry) -> Option<Self> {
        let acting = Self { organisation: entry.organisation_id, user: entry.user_id, client: entry.client_id };
        (acting.user.is_some() || acting.client.is_some()).then_some(acting)
    }

    fn caller(self) -> Option<CallerId> {
        self.user.map(|id| CallerId(id.0)).or(self.client.map(|id| CallerId(id.0)))
    }
}

/// What somebody did in the batch, and when last.
#[derive(Default)]
struct Did {
    last: Option<Timestamp>,
    opened: bool,
    refused: bool,
}

/// Looks at the last hour of everybody who opened something or was refused in a batch that was just sealed.
pub(super) fn watch(tx: &mut Tx<'_>, entries: &[StoredEntry]) -> Result<()> {
    let mut acted: BTreeMap<Acting, Did> = BTreeMap::new();
    for entry in entries {
        let Some(acting) = Acting::of(entry) else { continue };
        let did = acted.entry(acting).or_default();
        did.last = did.last.max(Some(entry.recorded_at));
        did.opened |= entry.compartments != 0 && entry.decision == Decision::Allowed.as_str();
        did.refused |= REFUSALS.contains(&entry.status);
    }
    for (acting, did) in acted {
        let Some(since) = did.last.map(|last| last.plus_seconds(-HOUR)) else { continue };
        // A machine reads what its organisation may read, all day long.
        let opens_many = did.opened && acting.user.is_some();
        if opens_many && !is_told(tx, acting, DataProtectionEventKind::ManyCasesOpened)? && opened_many(tx, acting, since)? {
            tell(tx, acting, DataProtectionEventKind::ManyCasesOpened)?;
        }
        let refused_often = did.refused && !is_told(tx, acting, DataProtectionEventKind::RefusalsInARow)?;
        if refused_often && refusals(tx, acting, since)? >= i64::from(REFUSALS_TOLD) {
            tell(tx, acting, DataProtectionEventKind::RefusalsInARow)?;
        }
    }
    Ok(())
}

fn tell(tx: &mut Tx<'_>, acting: Acting, kind: DataProtectionEventKind) -> Result<()> {
    tell_data_protection(tx, acting.organisation, kind, About { user: acting.user, client: acting.client, case: None })
}

fn is_told(tx: &mut Tx<'_>, acting: Acting, kind: DataProtectionEventKind) -> Result<bool> {
    use data_protection_events as e;
    let query = e::table
        .filter(e::organisation_id.eq(acting.organisation))
        .filter(e::happened_at.gt(tx.now.plus_seconds(-HOUR)))
        .filter(e::kind.eq(kind))
        .select((e::user_id, e::client_id));
    let told: Vec<(Option<UserId>, Option<ClientId>)> = query.load(tx.conn)?;
    Ok(told.contains(&(acting.user, acting.client)))
}

/// Whether somebody opened many cases one by one, or very many in lists.
fn opened_many(tx: &mut Tx<'_>, acting: Acting, since: Timestamp) -> Result<bool> {
    let query = audit_readers::table
        .inner_join(audit_entries::table.on(audit_entries::position.eq(audit_readers::position.nullable())))
        .filter(audit_readers::reader_id.eq(acting.organisation))
        .filter(audit_readers::caller_id.eq(acting.caller()))
        .filter(audit_readers::recorded_at.gt(since))
        .filter(audit_entries::compartments.ne(CompartmentSet::EMPTY))
        .filter(audit_entries::decision.eq(Decision::Allowed.as_str()))
        .order((audit_readers::recorded_at.desc(), audit_readers::position.desc()))
        .limit(ENTRIES)
        .select(audit_entries::subject_ids);
    let subjects: Vec<Vec<u8>> = query.load(tx.conn)?;
    let all: BTreeSet<Uuid> = subjects.iter().flat_map(|subjects| ids(subjects)).collect();
    let at_least = |found: usize, told: u32| u32::try_from(found).is_ok_and(|found| found >= told);
    if !at_least(all.len(), CASES_OPENED_TOLD) {
        return Ok(false);
    }
    let cases = cases_among(tx, &all)?;
    // An entry about one case names what belongs to it, too; one about several cases is a list, however short.
    let of_one = subjects.iter().filter_map(|subjects| {
        let mut named = ids(subjects).filter(|id| cases.contains(id));
        named.next().filter(|_| named.next().is_none())
    });
    let one_by_one: BTreeSet<Uuid> = of_one.collect();
    Ok(at_least(one_by_one.len(), CASES_OPENED_TOLD) || at_least(cases.len(), CASES_LISTED_TOLD))
}

/// Those of these ids that are cases.
fn cases_among(tx: &mut Tx<'_>, ids: &BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>> {
    let ids: Vec<CaseId> = ids.iter().copied().map(CaseId).collect();
    let mut found = BTreeSet::new();
    for some in ids.chunks(IDS) {
        let query = cases::table.filter(cases::id.eq_any(some.to_vec())).select(cases::id);
        found.extend(query.load::<CaseId>(tx.conn)?.into_iter().map(|case| case.0));
    }
    Ok(found)
}

/// How often somebody was refused.
fn refusals(tx: &mut Tx<'_>, acting: Acting, since: Timestamp) -> Result<i64> {
    let query = audit_readers::table
        .inner_join(audit_entries::table.on(audit_entries::position.eq(audit_readers::position.nullable())))
        .filter(audit_readers::reader_id.eq(acting.organisation))
        .filter(audit_readers::caller_id.eq(acting.caller()))
        .filter(audit_readers::recorded_at.gt(since))
        .filter(audit_entries::status.eq_any(REFUSALS))
        .order((audit_readers::recorded_at.desc(), audit_readers::position.desc()))
        .limit(i64::from(REFUSALS_TOLD))
        .select(audit_entries::occurrences);
    let occurrences: Vec<i32> = query.load(tx.conn)?;
    Ok(occurrences.into_iter().map(i64::from).sum())
}
