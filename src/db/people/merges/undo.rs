//! The undo of a merge: restores both persons.

use diesel::prelude::*;
use serde_json::Value;

use crate::crypto::Purpose;
use crate::db::Tx;
use crate::db::casefile::lock::PersonLocked;
use crate::db::casefile::open::{self, OpenCase};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{case_keys, search_index, shielded};
use crate::db::cases::change;
use crate::db::engine::expected::Expected;
use crate::db::people::merges::joined::Joined;
use crate::db::people::merges::merge::note_in_history;
use crate::db::people::merges::side_by_side::{ChosenField, Particulars};
use crate::db::people::merges::{Merge, MergeRow, find, lock_both, place, suspended_grants, taking_over};
use crate::db::people::{duplicates, names};
use crate::db::process::{contacts, follow, record_facts, tasks, verifications};
use crate::db::schema::merges;
use crate::db::sharing::{consents, denials, reconcile};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{DuplicateStatus, NationalityResult, TraffickingStatus};
use crate::domain::country::Country;
use crate::domain::ids::{CaseId, MergeId};
use crate::domain::people::merging::MergeField;
use crate::domain::people::uniting::taken_back;
use crate::domain::repatriation::records::strongest;
use crate::domain::violation::Violation;
use crate::error::{Error, ErrorCode, Result};

/// Undoes a merge: the survivor gets the earlier values back, and the other person's case is seen again by every organisation
/// that saw it, except where the person refused it since.
pub fn undo(tx: &mut Tx<'_>, id: MergeId, expected: &Expected, reason: &str) -> Result<Merge> {
    let merge = find(tx, id)?;
    let read = expected.check(merge.row.version)?;
    if merge.row.undone_at.is_some() {
        return Err(Error::new(ErrorCode::Conflict).detail("It has already been undone."));
    }
    let locked = lock_both(tx, merge.row.survivor_person_id, merge.row.merged_person_id)?;
    let restored = row::of_person(tx, merge.row.merged_person_id)?;
    let survivor = open::find(tx, merge.row.survivor_case_id)?;
    let obstacles = obstacles(tx, &survivor, &restored, &merge)?;
    if !obstacles.is_empty() {
        return Err(Error::new(ErrorCode::UndoBlocked).with(obstacles));
    }
    for case in &restored {
        taking_over::give_back(tx, case.id, case.person_id)?;
    }
    let merged: Vec<CaseId> = restored.iter().map(|case| case.id).collect();
    suspended_grants::drop_carried(tx, &locked.survivor, &survivor.row, &merged)?;
    let joined = Joined::open(&merge.row, &survivor.keys)?;
    let own = Own::of(tx, &survivor.row)?;
    let survivor = give_back(tx, &survivor, &merge, &joined, own)?;
    tasks::forget_since(tx, survivor.row.id, merge.row.created_at)?;
    note_in_history(tx, &survivor, &merge.row, "merged".into(), "undone")?;
    mark_undone(tx, &merge.row, reason)?;
    restore(tx, &locked.merged, &merge.row, &restored)?;
    // The document or the booking with which the case waits for its departure may have gone with the other one.
    let survivor = row::row_unscoped(tx, survivor.row.id)?;
    follow::fall_back(tx, &survivor)?;
    let pair = duplicates::version_of(tx, merge.row.pair_id)?;
    duplicates::decide(tx, merge.row.pair_id, pair, DuplicateStatus::Open)?;
    tx.audit_change(id.0, Some(read), Some(read + 1));
    find(tx, id)
}

/// The changes since the merge that an undo would lose, or that forbid it.
fn obstacles(tx: &mut Tx<'_>, survivor: &OpenCase, restored: &[CaseRow], merge: &Merge) -> Result<Vec<Violation>> {
    let own = tx.actor.organisation_id();
    let mut found = Vec::new();
    let mut say = |pointer: &str, code: &str, message: &str| found.push(Violation::new(pointer, code, message));
    if survivor.row.owner_id != own || restored.iter().any(|case| case.owner_id != own) {
        say("", "transferred", "another organisation owns a case of one of them now");
    }
    if survivor.row.is_closed() {
        say("", "survivor_closed", "the case that goes on is closed: reopen it first");
    }
    if is_followed_by_another(tx, &merge.row)? {
        say("", "merged_since", "another person was merged into the same case since: undo that merge first");
    }
    if shielded::is_barred(tx, &survivor.row)? {
        say("", "shielded", "the person is shielded since: nobody may see a second record of them again");
    }
    match (&survivor.contents.identity, &survivor.contents.contact) {
        (Some(identity), Some(contact)) => {
            let now = Particulars { identity: identity.clone(), contact: contact.clone() };
            for taken in &merge.taken {
                // A list goes back with what was added and removed since.
                if !taken.field.is_list() && now.value(taken.field)? != taken.after {
                    say(&taken.field.pointer(), "changed_since", "was changed after the merge: what was entered would be lost");
                }
            }
        }
        _ => say("", "closed_to_you", "your organisation does not see who the person is any more"),
    }
    Ok(found)
}

/// Whether somebody else was merged into the same case since, and still is: what the two brought can be told apart only the other way
/// round.
fn is_followed_by_another(tx: &mut Tx<'_>, row: &MergeRow) -> Result<bool> {
    let later = merges::table
        .filter(merges::survivor_person_id.eq(row.survivor_person_id))
        .filter(merges::undone_at.is_null())
        .filter(merges::id.ne(row.id))
        .filter(merges::created_at.gt(row.created_at).or(merges::created_at.eq(row.created_at).and(merges::id.gt(row.id))));
    let query = diesel::select(diesel::dsl::exists(later));
    Ok(query.get_result(tx.conn)?)
}

/// Gives the survivor the earlier values back. What was added to a list since the merge stays, and what was removed stays away.
fn give_back(tx: &mut Tx<'_>, survivor: &OpenCase, merge: &Merge, joined: &Joined, own: Own) -> Result<OpenCase> {
    let (taken, merged) = (&merge.taken, merge.row.merged_case_id);
    change::change_by_merge(tx, survivor.row.id, &survivor.row.version.into(), merged, |tx, case| {
        let (Some(identity), Some(contact)) = (case.contents.identity.take(), case.contents.contact.take()) else {
            return Err(Error::internal("an undo of what is closed"));
        };
        let now = Particulars { identity, contact };
        let restored = now.with(&taken.iter().map(|taken| earlier(&now, taken)).collect::<Result<Vec<_>>>()?)?;
        case.contents.identity = Some(restored.identity);
        case.contents.contact = Some(restored.contact);
        joined.take_back(tx, case)?;
        case.row.trafficking_status = own.trafficking_status.unwrap_or(case.row.trafficking_status);
        case.row.nationality_verified = own.nationality_verified.or(case.row.nationality_verified);
        Ok(())
    })
}

/// What follows from the records that stay with the survivor, whatever it said before the merge.
struct Own {
    trafficking_status: Option<TraffickingStatus>,
    nationality_verified: Option<Country>,
}

impl Own {
    fn of(tx: &mut Tx<'_>, survivor: &CaseRow) -> Result<Self> {
        let keys = case_keys::of_system(tx, survivor, CompartmentSet::ALL)?;
        let determinations = record_facts::all_of(tx, survivor.id, &keys)?.determinations;
        let verified = verifications::rows_of(tx, survivor.id)?.into_iter().filter(|row| row.result == NationalityResult::Verified);
        let verified: Vec<Country> = verified.map(|row| row.claimed_state).collect();
        let stands = survivor.nationality_verified.filter(|country| verified.contains(country));
        Ok(Self { trafficking_status: strongest(&determinations), nationality_verified: stands.or_else(|| verified.last().copied()) })
    }
}

/// The value of a field before the merge, with what was entered since.
fn earlier(now: &Particulars, taken: &ChosenField) -> Result<(MergeField, Value)> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let value = if taken.field.is_list() {
        Value::Array(taken_back(&list(&taken.before), &list(&taken.after), &list(&now.value(taken.field)?)))
    } else {
        taken.before.clone()
    };
    Ok((taken.field, value))
}

fn mark_undone(tx: &mut Tx<'_>, row: &MergeRow, reason: &str) -> Result<()> {
    let sealed = tx.keys.seal_for_service(Purpose::Matching, &[&place(row.id)], reason.as_bytes())?;
    let unchanged = merges::table.find(row.id).filter(merges::version.eq(row.version));
    let query = diesel::update(unchanged).set((
        merges::version.eq(row.version + 1),
        merges::updated_at.eq(tx.now),
        merges::undone_at.eq(Some(tx.now)),
        merges::undone_by.eq(tx.actor.user().map(|user| user.user_id)),
        merges::sealed_reason.eq(Some(sealed)),
    ));
    match query.execute(tx.conn)? {
        0 => Err(ErrorCode::StaleVersion.into()),
        _ => Ok(()),
    }
}

/// Restores the grants, and then decides each of them anew: a refusal by the person during the merge holds for both.
fn restore(tx: &mut Tx<'_>, person: &PersonLocked<'_>, merge: &MergeRow, cases: &[CaseRow]) -> Result<()> {
    for case in cases {
        suspended_grants::restore(tx, person, case)?;
        tx.audit_change(case.id.0, None, None);
    }
    if let Some(case) = cases.iter().find(|case| case.id == merge.merged_case_id) {
        contacts::repeat_declined(tx, merge.survivor_case_id, case.id, merge.created_at)?;
        denials::repeat(tx, merge.survivor_person_id, person, case, merge.created_at)?;
        consents::repeat_refusals(tx, merge.survivor_person_id, person, case, merge.created_at)?;
    }
    reconcile::reconcile_access(tx, person)?;
    // A record that came back may have been changed since.
    for case in cases {
        let row = row::row_unscoped(tx, case.id)?;
        follow::apply_consequences_anew(tx, &row)?;
    }
    names::stage(tx, merge.merged_person_id)?;
    // Persons who were registered during the merge were not compared with this one.
    search_index::enqueue(tx, merge.merged_person_id)
}
