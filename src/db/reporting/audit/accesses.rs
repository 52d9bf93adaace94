//! Who saw a person: the entries about a case, for the organisation that owns it.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::{merged, open, row};
use crate::db::engine::audit::Decision;
use crate::db::engine::page::{Page, PageRequest};
use crate::db::reporting::audit::entries::{SealedEntry, sealed_entry};
use crate::db::reporting::audit::readers::ids;
use crate::db::schema::{audit_entries, audit_readers, audit_subjects, cases, emergency_accesses};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, PersonId, UserId};
use crate::error::Result;

/// One request that showed something of a person, or changed it.
#[derive(Clone, Debug)]
pub struct Access {
    pub entry: SealedEntry,
    /// The cases of the person that it was about.
    pub cases: Vec<CaseId>,
    /// Whether the user had emergency access then.
    pub is_emergency: bool,
}

/// The accesses to the person of a case, newest first: to this case, to the other cases of the person that the organisation owns, and
/// to those of persons who are merged into this one.
pub fn list(tx: &mut Tx<'_>, case: CaseId, page: &PageRequest) -> Result<Page<Access>> {
    let (row, _) = open::row_visible(tx, case)?;
    row::require_owner(tx, &row)?;
    let cases = cases_behind(tx, row.person_id)?;
    let list = [b"accesses".as_slice(), case.0.as_bytes()].concat();
    let (at, last): (Timestamp, i64) = page.newest_first(tx, &list, i64::MAX)?;
    let subjects: Vec<Vec<u8>> = cases.iter().map(|case| case.0.as_bytes().to_vec()).collect();
    let about = audit_subjects::table.filter(audit_subjects::subject_id.eq_any(subjects)).select(audit_subjects::position.nullable());
    // What the organisation may read of the trail: not what others did before the case was its own, or while it was not.
    let readable = audit_readers::table
        .filter(audit_readers::reader_id.eq(tx.actor.organisation_id()))
        .filter(audit_readers::recorded_at.eq(audit_entries::recorded_at))
        .filter(audit_readers::position.nullable().eq(audit_entries::position));
    let shows_or_changes = audit_entries::compartments.ne(CompartmentSet::EMPTY).or(audit_entries::new_version.is_not_null());
    let query = audit_entries::table
        .filter(audit_entries::position.eq_any(about))
        .filter(diesel::dsl::exists(readable))
        .filter(shows_or_changes)
        .filter(audit_entries::decision.eq(Decision::Allowed.as_str()))
        .filter(audit_entries::user_id.is_not_null().or(audit_entries::client_id.is_not_null()))
        .filter(audit_entries::recorded_at.le(at))
        .filter(audit_entries::recorded_at.lt(at).or(audit_entries::position.assume_not_null().lt(last)))
        .order((audit_entries::recorded_at.desc(), audit_entries::position.desc()))
        .limit(page.limit + 1)
        .select(sealed_entry!());
    let rows: Vec<SealedEntry> = query.load(tx.conn)?;
    let emergencies = emergencies(tx, &cases)?;
    let page = page.page(tx, &list, rows, |row| (row.recorded_at.micros(), row.position))?;
    Ok(page.map(|entry| {
        let concerned: BTreeSet<CaseId> = ids(&entry.subject_ids).map(CaseId).filter(|case| cases.contains(case)).collect();
        let is_emergency = emergencies.iter().any(|emergency| emergency.covers(&entry, &concerned));
        Access { cases: concerned.into_iter().collect(), is_emergency, entry }
    }))
}

/// The cases of a person and of all persons behind it that the actor's organisation owns.
fn cases_behind(tx: &mut Tx<'_>, person: PersonId) -> Result<BTreeSet<CaseId>> {
    let mut persons = vec![person];
    let mut next = 0;
    while let Some(survivor) = persons.get(next).copied() {
        for merged in merged::merged_into(tx, survivor)? {
            if !persons.contains(&merged) {
                persons.push(merged);
            }
        }
        next += 1;
    }
    let query =
        cases::table.filter(cases::person_id.eq_any(persons)).filter(cases::owner_id.eq(tx.actor.organisation_id())).select(cases::id);
    Ok(query.load::<CaseId>(tx.conn)?.into_iter().collect())
}

#[derive(Queryable)]
struct Emergency {
    case: CaseId,
    organisation: OrganisationId,
    user: UserId,
    begins: Timestamp,
    ends: Timestamp,
}

impl Emergency {
    fn covers(&self, entry: &SealedEntry, concerned: &BTreeSet<CaseId>) -> bool {
        let is_theirs = entry.user_id == Some(self.user) && entry.organisation_id == self.organisation;
        is_theirs && concerned.contains(&self.case) && self.begins <= entry.recorded_at && entry.recorded_at < self.ends
    }
}

fn emergencies(tx: &mut Tx<'_>, cases: &BTreeSet<CaseId>) -> Result<Vec<Emergency>> {
    use emergency_accesses as e;
    let query = e::table.filter(e::case_id.eq_any(cases.iter().copied().collect::<Vec<_>>())).select((
        e::case_id,
        e::organisation_id,
        e::user_id,
        e::created_at,
        e::expires_at,
    ));
    Ok(query.load(tx.conn)?)
}
