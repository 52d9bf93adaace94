//! The rows of a list are registered, group after group: those that are ready and of nobody who was registered meanwhile, and those about whom
//! somebody decided that they are other people. The comparison is made in a read; the write looks only at what was registered since.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::api::cases::imported::{self, RowKeys};
use crate::command::imports::REASON;
use crate::command::imports::rows::{Groups, Step, checked, identity, number};
use crate::db::cases::register::{self, Registration};
use crate::db::people::imports::on_case;
use crate::db::people::imports::record::ImportRecord;
use crate::db::people::imports::rows::{self, ImportRow};
use crate::db::people::imports::work::{self, Job};
use crate::db::people::registered::{self, Among, OnCase, Sought};
use crate::db::{Db, Request, Tx};
use crate::domain::access::Actor;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ImportId};
use crate::domain::imports::grid::Row;
use crate::domain::imports::report::{Note, Weight};
use crate::domain::imports::row::{ReadRow, Reader};
use crate::domain::imports::state::{RowDecision, RowState};
use crate::domain::zones::Today;
use crate::error::{Error, Result};

/// Seconds before the comparison from which on the write looks again: the clocks of instances differ.
const CLOCKS_DIFFER_SECONDS: i64 = 60;
/// The note on a row that was left out for one that was refused.
const OTHER_ROW_REFUSED: &str = "other_row_refused";

/// A list that is registered.
pub(super) struct Registering {
    groups: Groups,
    keys: RowKeys,
    /// Rows that were done before this instance took the list up.
    behind: i32,
}

/// A row that may be registered, with what was read of it.
struct Candidate {
    row: ReadRow,
    outcome: std::result::Result<Registration, Vec<Note>>,
}

/// The rows of a group, by their numbers.
type Candidates = HashMap<i32, Candidate>;

/// What the comparison of a group found, and when it was made.
struct Compared {
    at: Timestamp,
    found: HashMap<i32, OnCase>,
}

impl Registering {
    pub(super) fn new(db: &Db, job: &Job, read: (Reader, Vec<Row>)) -> Result<Self> {
        let keys = RowKeys::of(job.record.organisation_id, db.key_of_imported_rows()?);
        Ok(Self { groups: Groups::new(job, read), keys, behind: job.record.position })
    }

    /// Rows that are done.
    pub(super) fn position(&self) -> i32 {
        self.groups.position
    }

    /// Registers the next group.
    pub(super) async fn next(&mut self, db: &Db, actor: &Actor) -> Result<Step> {
        let (group, to) = self.groups.next()?;
        if group.is_empty() {
            return Ok(Step::End);
        }
        let here = Today::at(actor.zone(), db.now());
        let mut candidates = Candidates::new();
        for mut row in group {
            // Also of rows that are not taken: who says the same as an earlier row is known by being the second one.
            let request = self.keys.request(&row)?;
            let (notes, registration) = checked(&mut row, here);
            let outcome = registration.map(|of_row| Registration { request: Some(request), ..of_row }).ok_or(notes);
            candidates.insert(number(&row)?, Candidate { row, outcome });
        }
        let from = self.groups.position;
        self.groups.position = to;
        if to <= self.behind {
            return Ok(Step::Done(true));
        }
        let (candidates, record) = (Arc::new(candidates), self.groups.record.clone());
        let compared = compared(db, actor, &record, &candidates).await?;
        let write = move |tx: &mut Tx<'_>| -> Result<bool> {
            let goes_on = work::advance(tx, &record, from, to)?;
            if goes_on {
                register_group(tx, &record, &candidates, &compared)?;
            }
            Ok(goes_on)
        };
        db.write(actor, &Request::system(REASON), write).await.map(Step::Done)
    }
}

/// Compares the rows of a group that may be registered with the cases that are there now.
async fn compared(db: &Db, actor: &Actor, record: &ImportRecord, candidates: &Arc<Candidates>) -> Result<Compared> {
    let (list, candidates, at) = (record.id, candidates.clone(), db.now());
    let look = move |tx: &mut Tx<'_>| -> Result<Compared> {
        let mut rows = of_group(tx, list, &candidates)?;
        rows.retain(may_be_registered);
        Ok(Compared { at, found: on_cases(tx, &rows, &candidates, Among { not_of: Some(list), since: None })? })
    };
    db.read(actor, &Request::system(REASON), look).await
}

fn of_group(tx: &mut Tx<'_>, list: ImportId, candidates: &Candidates) -> Result<Vec<ImportRow>> {
    let numbers: Vec<i32> = candidates.keys().copied().collect();
    rows::of_numbers(tx, list, &numbers)
}

fn may_be_registered(row: &ImportRow) -> bool {
    match (row.record.state, row.record.decision) {
        (RowState::Ready, None | Some(RowDecision::New)) => true,
        (state, Some(RowDecision::New)) => RowState::WAITING.contains(&state),
        (_, _) => false,
    }
}

/// The cases of which it was decided that the person of a row is on none of them, this time or before.
fn not_cases(row: &ImportRow) -> Vec<CaseId> {
    let now = row.record.case_id.filter(|_| row.record.decision == Some(RowDecision::New));
    row.details.not_cases.iter().copied().chain(now).collect()
}

/// The cases on which those of these rows are who are on one: other ones than those about which somebody decided.
fn on_cases(tx: &mut Tx<'_>, rows: &[ImportRow], candidates: &Candidates, among: Among) -> Result<HashMap<i32, OnCase>> {
    let (mut numbers, mut people) = (Vec::new(), Vec::new());
    for row in rows {
        let number = row.record.number;
        if let Some(Ok(registration)) = candidates.get(&number).map(|candidate| &candidate.outcome) {
            numbers.push(number);
            people.push(Sought { identity: identity(registration), others: not_cases(row) });
        }
    }
    let found = registered::already_on(tx, &people, among)?;
    Ok(numbers.into_iter().zip(found).filter_map(|(number, on)| Some((number, on?))).collect())
}

fn register_group(tx: &mut Tx<'_>, record: &ImportRecord, candidates: &Candidates, compared: &Compared) -> Result<()> {
    let (taken, others): (Vec<ImportRow>, Vec<ImportRow>) = of_group(tx, record.id, candidates)?.into_iter().partition(may_be_registered);
    let taken = still_unknown(tx, record, taken, candidates, compared)?;
    register_rows(tx, record, taken, candidates)?;
    // Only then: what becomes of a row can ask anew what was decided about one below it.
    others.into_iter().try_for_each(|row| leave_out(tx, record, row))
}

fn register_rows(tx: &mut Tx<'_>, record: &ImportRecord, taken: Vec<ImportRow>, candidates: &Candidates) -> Result<()> {
    let (mut good, mut of_good) = (Vec::new(), Vec::new());
    let mut known = said_before(tx, &taken, candidates)?;
    for mut row in taken {
        if let Some(case) = known.remove(&row.record.number) {
            waits(&mut row, record, Some(case));
            row.details.notes.push(Note::on_row(Weight::Asked, "same_row_before", "you registered somebody from the same row before"));
            rows::save(tx, &row)?;
            continue;
        }
        match candidates.get(&row.record.number).map(|candidate| &candidate.outcome) {
            Some(Ok(registration)) => {
                good.push(asked_for(&row, registration));
                of_good.push(row);
            }
            // A day has passed, or a rule is another one now.
            Some(Err(notes)) => {
                refuse(&mut row, record, notes.clone());
                rows::save(tx, &row)?;
            }
            None => {}
        }
    }
    let list: Vec<&Registration> = good.iter().map(AsRef::as_ref).collect();
    let made = register::insert_each(tx, &list)?;
    if made.iter().any(std::result::Result::is_ok) {
        work::registers(tx, record.id)?;
    }
    for (mut row, outcome) in of_good.into_iter().zip(made) {
        match outcome {
            Ok(case) => (row.record.state, row.record.case_id, row.record.is_made) = (RowState::Registered, Some(case), true),
            Err(error) => {
                let read = candidates.get(&row.record.number).map(|candidate| &candidate.row);
                refuse(&mut row, record, read.map(|read| imported::notes(read, error)).unwrap_or_default());
            }
        }
        rows::save(tx, &row)?;
    }
    Ok(())
}

/// The cases of those rows that the caller registered before from a row that says the same, and about which nobody decided: two people can
/// say the same, so people decide that, and not the work.
fn said_before(tx: &mut Tx<'_>, taken: &[ImportRow], candidates: &Candidates) -> Result<HashMap<i32, CaseId>> {
    let mut keys = HashMap::new();
    for row in taken.iter().filter(|row| row.record.decision.is_none()) {
        if let Some(Ok(Registration { request: Some(request), .. })) =
            candidates.get(&row.record.number).map(|candidate| &candidate.outcome)
        {
            keys.insert(row.record.number, request.key.clone());
        }
    }
    let asked: Vec<String> = keys.values().cloned().collect();
    let known = on_case::known_again(tx, &asked)?;
    Ok(keys.into_iter().filter_map(|(number, key)| Some((number, *known.get(&key)?))).collect())
}

/// A row as it is registered. Of whom somebody decided that they are new, they are registered, whoever says the same: they are not known by
/// their words. That the row was registered is written in the same transaction, which registers them once.
fn asked_for<'a>(row: &ImportRow, registration: &'a Registration) -> Cow<'a, Registration> {
    let is_new = row.record.decision == Some(RowDecision::New);
    if is_new { Cow::Owned(Registration { request: None, ..registration.clone() }) } else { Cow::Borrowed(registration) }
}

/// Has a row wait for a decision about the case on which the person seems to be. What was decided before is about other cases.
fn waits(row: &mut ImportRow, record: &ImportRecord, case: Option<CaseId>) {
    row.details.not_cases = not_cases(row);
    (row.record.state, row.record.case_id) = (RowState::AlreadyRegistered, case);
    (row.record.decision, row.record.version) = (None, record.version);
    row.details.alike = None;
}

fn refuse(row: &mut ImportRow, record: &ImportRecord, notes: Vec<Note>) {
    (row.record.state, row.record.decision, row.record.version) = (RowState::Refused, None, record.version);
    row.details.notes.extend(notes);
}

/// Leaves a row out, as somebody decided; not because of a case that is none any more, nor because of a row that was refused: then the row
/// waits again.
fn leave_out(tx: &mut Tx<'_>, record: &ImportRecord, mut row: ImportRow) -> Result<()> {
    if is_like_a_lost_one(tx, record.id, &row)? {
        (row.record.state, row.record.decision, row.record.version) = (RowState::Repeated, None, record.version);
        let told = "the row that is about the same person was refused, so nobody was registered from it";
        row.details.notes.push(Note::on_row(Weight::Asked, OTHER_ROW_REFUSED, told));
        return rows::save(tx, &row);
    }
    row.record.state = match (row.record.state, row.record.decision) {
        (RowState::Asked | RowState::Ready | RowState::Repeated | RowState::AlreadyRegistered, Some(RowDecision::Skip)) => {
            RowState::Skipped
        }
        (RowState::AlreadyRegistered, Some(RowDecision::Existing)) => RowState::Existing,
        (_, _) => return Ok(()),
    };
    let is_gone = match row.record.case_id {
        None => row.record.state == RowState::Existing,
        Some(case) => on_case::in_error(tx, &[case])?.contains(&case),
    };
    if is_gone {
        waits(&mut row, record, None);
        row.details.notes.push(Note::on_row(Weight::Asked, "case_gone", "the case was registered in error, and the person has none there"));
    }
    rows::save(tx, &row)
}

/// Whether a row is left out for a row before it from which nobody was registered, because it was refused. Asked once: whoever leaves it out
/// again knows that.
fn is_like_a_lost_one(tx: &mut Tx<'_>, list: ImportId, row: &ImportRow) -> Result<bool> {
    let is_left_out = match row.record.state {
        RowState::Repeated => row.record.decision == Some(RowDecision::Skip),
        RowState::Skipped => row.record.case_id.is_none(),
        _ => false,
    };
    let Some(before) = row.details.like_row.filter(|_| is_left_out && !is_told_of_refusal(row)) else { return Ok(false) };
    let before = rows::of_numbers(tx, list, &[i32::try_from(before).map_err(Error::internal)?])?;
    let is_out = |row: &ImportRow| matches!(row.record.state, RowState::Repeated | RowState::Skipped);
    Ok(before.iter().any(|row| row.record.state == RowState::Refused || (is_out(row) && is_told_of_refusal(row))))
}

fn is_told_of_refusal(row: &ImportRow) -> bool {
    row.details.notes.iter().any(|note| note.code == OTHER_ROW_REFUSED)
}

/// Those of whom nobody was registered since the list was validated. The others wait for a decision, and no earlier one is about that.
fn still_unknown(
    tx: &mut Tx<'_>,
    record: &ImportRecord,
    taken: Vec<ImportRow>,
    candidates: &Candidates,
    compared: &Compared,
) -> Result<Vec<ImportRow>> {
    let since = Some(compared.at.plus_seconds(-CLOCKS_DIFFER_SECONDS));
    let again = on_cases(tx, &taken, candidates, Among { not_of: Some(record.id), since })?;
    let mut unknown = Vec::with_capacity(taken.len());
    for mut row in taken {
        match again.get(&row.record.number).or_else(|| compared.found.get(&row.record.number)) {
            None => unknown.push(row),
            Some(on) => {
                waits(&mut row, record, Some(on.case));
                row.details.alike = Some(on.alike);
                rows::save(tx, &row)?;
            }
        }
    }
    Ok(unknown)
}
