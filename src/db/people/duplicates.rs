//! Pairs of persons who may be one, each for one organisation that sees both. A pair stores nothing about them: they are compared
//! when it is read, with the reader's keys, and a reader who no longer sees one of them finds no pair.

use diesel::prelude::*;

use crate::crypto::Purpose;
use crate::db::Tx;
use crate::db::casefile::{grants, list};
use crate::db::engine::expected::Expected;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::people::search::{self, SeenCase};
use crate::db::schema::{case_grants, cases, duplicate_pairs};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::DuplicateStatus;
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::domain::people::matching::Likeness;
use crate::error::{Error, ErrorCode, Result};

#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = duplicate_pairs, treat_none_as_default_value = false)]
pub struct PairRow {
    pub id: DuplicatePairId,
    pub organisation_id: OrganisationId,
    pub first_person_id: PersonId,
    pub second_person_id: PersonId,
    pub status: DuplicateStatus,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    pub decided_by: Option<UserId>,
    pub sealed_reason: Option<Vec<u8>>,
}

/// One person of a pair.
pub struct Side {
    /// The newest case of the person that the reader sees.
    pub case: list::CaseSummaryRow,
    pub identity: crate::domain::cases::person::Identity,
}

/// A pair with the result of a new comparison.
pub struct Pair {
    /// The stored pair.
    pub row: PairRow,
    /// The reason of the dismissal.
    pub reason: Option<String>,
    /// The person who was registered first.
    pub first: Side,
    /// The other person.
    pub second: Side,
    /// The similarity, with its reasons.
    pub likeness: Likeness,
}

/// Records a pair for an organisation, once. A dismissed pair stays dismissed.
pub(in crate::db) fn insert(tx: &mut Tx<'_>, organisation: OrganisationId, one: PersonId, other: PersonId) -> Result<()> {
    let row = PairRow {
        id: DuplicatePairId::random(),
        organisation_id: organisation,
        first_person_id: one.min(other),
        second_person_id: one.max(other),
        status: DuplicateStatus::Open,
        created_at: tx.now,
        updated_at: tx.now,
        version: 1,
        decided_by: None,
        sealed_reason: None,
    };
    let query = diesel::insert_into(duplicate_pairs::table).values(&row).on_conflict_do_nothing();
    query.execute(tx.conn)?;
    Ok(())
}

/// A page of the organisation's pairs in one state, the newest first. Omits pairs of which the organisation no longer sees both.
pub fn list(tx: &mut Tx<'_>, status: DuplicateStatus, page: &PageRequest) -> Result<Page<Pair>> {
    tx.audit_unchanged(tx.actor.organisation_id().0);
    let list = format!("duplicates {status}");
    let position: Option<(i64, DuplicatePairId)> = page.position(tx, list.as_bytes())?;
    let own = duplicate_pairs::table
        .filter(duplicate_pairs::organisation_id.eq(tx.actor.organisation_id()))
        .filter(duplicate_pairs::status.eq(status))
        .order((duplicate_pairs::created_at.desc(), duplicate_pairs::id.desc()))
        .limit(page.limit + 1)
        .select(duplicate_pairs::all_columns);
    let rows: Vec<PairRow> = match position.and_then(|(at, id)| Timestamp::from_micros(at).map(|at| (at, id))) {
        None => own.load(tx.conn),
        Some((at, id)) => {
            let beyond = duplicate_pairs::created_at.lt(at).or(duplicate_pairs::id.lt(id));
            let rest = own.filter(duplicate_pairs::created_at.le(at)).filter(beyond);
            rest.load(tx.conn)
        }
    }?;
    let page = page.page(tx, list.as_bytes(), rows, |row| (row.created_at.micros(), row.id))?;
    Ok(Page { items: compared(tx, page.items)?, next: page.next })
}

/// Finds a pair of the organisation.
pub fn find(tx: &mut Tx<'_>, id: DuplicatePairId) -> Result<Pair> {
    tx.audit_unchanged(id.0);
    let query = duplicate_pairs::table
        .find(id)
        .filter(duplicate_pairs::organisation_id.eq(tx.actor.organisation_id()))
        .select(duplicate_pairs::all_columns);
    let row: PairRow = found(query.get_result(tx.conn).optional()?)?;
    found(compared(tx, vec![row])?.pop())
}

/// Dismisses a pair as two different persons, with the reason.
pub fn dismiss(tx: &mut Tx<'_>, id: DuplicatePairId, expected: &Expected, reason: &str) -> Result<Pair> {
    let pair = find(tx, id)?;
    let read = expected.check(pair.row.version)?;
    if pair.row.status != DuplicateStatus::Open {
        return Err(Error::new(ErrorCode::Conflict).detail("Somebody has already decided about this pair."));
    }
    let version = read + 1;
    let sealed = tx.keys.seal_for_service(Purpose::Matching, &[&place(id)], reason.as_bytes())?;
    let unchanged = duplicate_pairs::table.find(id).filter(duplicate_pairs::version.eq(read));
    let query = diesel::update(unchanged).set((
        duplicate_pairs::status.eq(DuplicateStatus::Invalid),
        duplicate_pairs::version.eq(version),
        duplicate_pairs::updated_at.eq(tx.now),
        duplicate_pairs::decided_by.eq(tx.actor.user().map(|user| user.user_id)),
        duplicate_pairs::sealed_reason.eq(Some(sealed)),
    ));
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    tx.audit_change(id.0, Some(read), Some(version));
    find(tx, id)
}

/// Records the status of a pair after a merge, or after its undo.
pub(in crate::db) fn decide(tx: &mut Tx<'_>, id: DuplicatePairId, expected_version: i64, status: DuplicateStatus) -> Result<()> {
    let decided_by = tx.actor.user().map(|user| user.user_id).filter(|_| status != DuplicateStatus::Open);
    let unchanged = duplicate_pairs::table.find(id).filter(duplicate_pairs::version.eq(expected_version));
    let query = diesel::update(unchanged).set((
        duplicate_pairs::status.eq(status),
        duplicate_pairs::version.eq(expected_version + 1),
        duplicate_pairs::updated_at.eq(tx.now),
        duplicate_pairs::decided_by.eq(decided_by),
    ));
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    tx.audit_change(id.0, Some(expected_version), Some(expected_version + 1));
    Ok(())
}

/// The version of a pair, without a check of grants.
pub(in crate::db) fn version_of(tx: &mut Tx<'_>, id: DuplicatePairId) -> Result<i64> {
    let query = duplicate_pairs::table.find(id).select(duplicate_pairs::version);
    found(query.get_result(tx.conn).optional()?)
}

/// The place to which a sealed reason is bound.
fn place(id: DuplicatePairId) -> Vec<u8> {
    [b"duplicate/".as_slice(), id.0.as_bytes()].concat()
}

/// Compares pairs with the reader's keys, in four statements for any number of pairs.
fn compared(tx: &mut Tx<'_>, rows: Vec<PairRow>) -> Result<Vec<Pair>> {
    let people: Vec<PersonId> = rows.iter().flat_map(|row| [row.first_person_id, row.second_person_id]).collect();
    let cases = newest_cases(tx, &people)?;
    let (seen, opened) = tx.opening(|tx| search::seen(tx, &cases))?;
    let mut pairs = Vec::with_capacity(rows.len());
    for row in rows {
        let of = |person: PersonId| seen.iter().find(|case| case.row.person_id == person);
        let (Some(one), Some(other)) = (of(row.first_person_id), of(row.second_person_id)) else { continue };
        let (first, second) = if one.row.created_at <= other.row.created_at { (one, other) } else { (other, one) };
        let reason = match &row.sealed_reason {
            Some(sealed) => {
                let plain = tx.keys.open_for_service(Purpose::Matching, &[&place(row.id)], sealed)?;
                Some(String::from_utf8_lossy(&plain).into_owned())
            }
            None => None,
        };
        audit_both(tx, row.id, [&first.row, &second.row].map(|case| (case.id, case.owner_id)), opened);
        let side = |seen: &SeenCase| Side { case: seen.row.clone(), identity: seen.identity.clone() };
        pairs.push(Pair { reason, likeness: first.profile.compare(&second.profile), first: side(first), second: side(second), row });
    }
    Ok(pairs)
}

/// Records that both cases of a pair were opened. Where two organisations own them, neither may learn from who looked at its case that the
/// person is registered with the other: the entry names the pair, which is the desk's alone.
pub(in crate::db) fn audit_both(tx: &mut Tx<'_>, pair: DuplicatePairId, cases: [(CaseId, OrganisationId); 2], opened: CompartmentSet) {
    let [(first, owner), (second, other_owner)] = cases;
    match owner == other_owner {
        true => [first, second].into_iter().for_each(|case| tx.audit_disclosure(case, opened)),
        false => tx.audit_disclosure_apart(pair.0, opened),
    }
}

/// The newest case of each person whose identity the organisation may read.
fn newest_cases(tx: &mut Tx<'_>, people: &[PersonId]) -> Result<Vec<CaseId>> {
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(grants::primary(tx.actor.organisation_id(), tx.now))
        .filter(cases::person_id.eq_any(people))
        .order((cases::person_id, case_grants::registered_at.desc()))
        .select((cases::person_id, case_grants::case_id, case_grants::compartments));
    let rows: Vec<(PersonId, CaseId, CompartmentSet)> = query.load(tx.conn)?;
    let mut open: Vec<_> = rows.into_iter().filter(|(.., set)| set.contains(Compartment::Identity)).collect();
    open.dedup_by_key(|(person, ..)| *person);
    Ok(open.into_iter().map(|(_, case, _)| case).collect())
}
