//! The rows of a list are registered, group after group: those that are ready and of nobody who was registered meanwhile, and those about whom
//! somebody decided that they are other people. The comparison is made in a read; the write looks only at what was registered since.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
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
use crate::error::Result;

/// Seconds before the comparison from which on the write looks again: the clocks of instances differ.
const CLOCKS_DIFFER_SECONDS: i64 = 60;

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

/// The cases on which those of these rows are who are on one: another one than that about which somebody decided.
fn on_cases(tx: &mut Tx<'_>, rows: &[ImportRow], candidates: &Candidates, among: Among) -> Result<HashMap<i32, OnCase>> {
    let (mut numbers, mut people) = (Vec::new(), Vec::new());
    for row in rows {
        let number = row.record.number;
        if let Some(Ok(registration)) = candidates.get(&number).map(|candidate| &candidate.outcome) {
            numbers.push(number);
            people.push(Sought { identity: identity(registration), other: row.record.case_id });
        }
    }
    let found = registered::already_on(tx, &people, among)?;
    Ok(numbers.into_iter().zip(found).filter_map(|(number, on)| Some((number, on?))).collect())
}

fn register_group(tx: &mut Tx<'_>, record: &ImportRecord, candidates: &Candidates, compared: &Compared) -> Result<()> {
    let mut taken = Vec::new();
    for row in of_group(tx, record.id, candidates)? {
        if may_be_registered(&row) {
            taken.push(row);
        } else {
            leave_out(tx, record, row)?;
        }
    }
    let taken = still_unknown(tx, record, taken, candidates, compared)?;
    let (mut good, mut of_good) = (Vec::new(), Vec::new());
    for mut row in taken {
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
    let keys: Vec<String> = good.iter().filter_map(|one| one.request.as_ref().map(|request| request.key.clone())).collect();
    let known: HashSet<String> = on_case::known_again(tx, &keys)?;
    let list: Vec<&Registration> = good.iter().map(AsRef::as_ref).collect();
    let made = register::insert_each(tx, &list)?;
    if made.iter().any(std::result::Result::is_ok) {
        work::registers(tx, record.id)?;
    }
    for ((mut row, registration), outcome) in of_good.into_iter().zip(&good).zip(made) {
        let is_known = registration.request.as_ref().is_some_and(|request| known.contains(&request.key));
        match outcome {
            Ok(case) => registered_as(&mut row, case, !is_known),
            Err(error) => {
                let read = candidates.get(&row.record.number).map(|candidate| &candidate.row);
                refuse(&mut row, record, read.map(|read| imported::notes(read, error)).unwrap_or_default());
            }
        }
        rows::save(tx, &row)?;
    }
    Ok(())
}

/// A row as it is registered. Of whom somebody decided that they are another one than a person who says the same, they are not known again by
/// what they say: that the row is registered is written with them, and makes it once.
fn asked_for<'a>(row: &ImportRow, registration: &'a Registration) -> Cow<'a, Registration> {
    let is_another = RowState::WAITING.contains(&row.record.state);
    if is_another { Cow::Owned(Registration { request: None, ..registration.clone() }) } else { Cow::Borrowed(registration) }
}

fn registered_as(row: &mut ImportRow, case: CaseId, is_made: bool) {
    (row.record.state, row.record.case_id, row.record.is_made) = (RowState::Registered, Some(case), is_made);
}

fn refuse(row: &mut ImportRow, record: &ImportRecord, notes: Vec<Note>) {
    (row.record.state, row.record.decision, row.record.version) = (RowState::Refused, None, record.version);
    row.details.notes.extend(notes);
}

/// Leaves a row out, as somebody decided; not because of a case that is none any more: then the row waits again.
fn leave_out(tx: &mut Tx<'_>, record: &ImportRecord, mut row: ImportRow) -> Result<()> {
    row.record.state = match (row.record.state, row.record.decision) {
        (RowState::Ready | RowState::Repeated | RowState::AlreadyRegistered, Some(RowDecision::Skip)) => RowState::Skipped,
        (RowState::AlreadyRegistered, Some(RowDecision::Existing)) => RowState::Existing,
        (_, _) => return Ok(()),
    };
    let is_gone = match row.record.case_id {
        None => row.record.state == RowState::Existing,
        Some(case) => on_case::in_error(tx, &[case])?.contains(&case),
    };
    if is_gone {
        (row.record.state, row.record.case_id) = (RowState::AlreadyRegistered, None);
        (row.record.decision, row.record.version) = (None, record.version);
        row.details.alike = None;
        row.details.notes.push(Note::on_row(Weight::Asked, "case_gone", "the case was registered in error, and the person has none there"));
    }
    rows::save(tx, &row)
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
                (row.record.state, row.record.case_id) = (RowState::AlreadyRegistered, Some(on.case));
                (row.record.decision, row.record.version) = (None, record.version);
                row.details.alike = Some(on.alike);
                rows::save(tx, &row)?;
            }
        }
    }
    Ok(unknown)
}
