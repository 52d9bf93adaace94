//! The rows of a list, group after group: checked and compared, then registered. What a row says is read again from the sealed file each time,
//! and is kept nowhere else.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::api::cases::imported::{self, RowKeys};
use crate::command::imports::REASON;
use crate::db::casefile::idempotency;
use crate::db::cases::register::{self, Registration};
use crate::db::people::imports::record::ImportRecord;
use crate::db::people::imports::rows::{self, CheckedRow, Details, ImportRow};
use crate::db::people::imports::work::{self, Job};
use crate::db::people::registered;
use crate::db::{Db, Request, Tx};
use crate::domain::access::Actor;
use crate::domain::cases::person::Identity;
use crate::domain::ids::CaseId;
use crate::domain::imports::grid::Row;
use crate::domain::imports::repeated::Seen;
use crate::domain::imports::report::{Note, Weight, limited};
use crate::domain::imports::row::{ReadRow, Reader};
use crate::domain::imports::state::{RowDecision, RowState};
use crate::domain::zones::Today;
use crate::error::{Error, Result};

/// Rows that are done together, in one transaction.
const TOGETHER: usize = 100;

/// What became of a group.
pub(super) enum Step {
    /// It was done; false: somebody else goes on.
    Done(bool),
    /// There was none any more.
    End,
}

/// Rows that are read one group after the other.
struct Groups {
    record: ImportRecord,
    reader: Reader,
    rows: std::vec::IntoIter<Row>,
    position: i32,
}

impl Groups {
    fn new(job: &Job, (reader, rows): (Reader, Vec<Row>)) -> Self {
        Self { record: job.record.clone(), reader, rows: rows.into_iter(), position: 0 }
    }

    /// The next group, read, with the position behind it.
    fn next(&mut self) -> Result<(Vec<ReadRow>, i32)> {
        let group: Vec<ReadRow> = self.rows.by_ref().take(TOGETHER).map(|row| self.reader.read(&row)).collect();
        let count = i32::try_from(group.len()).map_err(Error::internal)?;
        Ok((group, self.position + count))
    }
}

/// Checks a row as the person that it describes.
fn checked(row: &mut ReadRow, here: Today) -> (Vec<Note>, Option<Registration>) {
    let is_readable = row.is_readable();
    let mut notes = std::mem::take(&mut row.notes);
    if !is_readable {
        return (notes, None);
    }
    match imported::registration(row, here) {
        Ok(registration) => (notes, Some(registration)),
        Err(wrong) => {
            notes.extend(wrong);
            (notes, None)
        }
    }
}

fn identity(registration: &Registration) -> Identity {
    registration.new.contents.identity.clone().unwrap_or_default()
}

fn number(row: &ReadRow) -> Result<i32> {
    i32::try_from(row.number).map_err(Error::internal)
}

/// A list that is checked.
pub(super) struct Checking {
    groups: Groups,
    seen: Seen,
}

impl Checking {
    pub(super) fn new(job: &Job, read: (Reader, Vec<Row>)) -> Self {
        Self { groups: Groups::new(job, read), seen: Seen::default() }
    }

    /// Rows that are done.
    pub(super) fn position(&self) -> i32 {
        self.groups.position
    }

    /// Checks the next group, and compares who is on it with those before them and with the cases that the organisation reads.
    pub(super) async fn next(&mut self, db: &Db, actor: &Actor) -> Result<Step> {
        let (group, to) = self.groups.next()?;
        if group.is_empty() {
            return Ok(Step::End);
        }
        let here = Today::at(actor.zone(), db.now());
        let mut found: Vec<(CheckedRow, Option<Identity>)> = Vec::with_capacity(group.len());
        for mut row in group {
            found.push(self.check(&mut row, here)?);
        }
        let (found, record, from) = (Arc::new(found), self.groups.record.clone(), self.groups.position);
        let write = move |tx: &mut Tx<'_>| -> Result<bool> {
            let goes_on = work::advance(tx, &record, from, to)?;
            if goes_on {
                let compared = compared(tx, &found)?;
                rows::insert(tx, record.id, record.version, &compared)?;
            }
            Ok(goes_on)
        };
        let goes_on = db.write(actor, &Request::system(REASON), write).await?;
        self.groups.position = to;
        Ok(Step::Done(goes_on))
    }

    fn check(&mut self, row: &mut ReadRow, here: Today) -> Result<(CheckedRow, Option<Identity>)> {
        let (notes, registration) = checked(row, here);
        let who = registration.as_ref().map(identity);
        let before = who.as_ref().and_then(|who| self.seen.take(row, who));
        let state = match (&who, before) {
            (None, _) if notes.iter().any(|note| note.weight == Weight::Refused) => RowState::Refused,
            (None, _) => RowState::Asked,
            (Some(_), Some(_)) => RowState::Repeated,
            (Some(_), None) => RowState::Ready,
        };
        let details = Details {
            key: row.key.clone(),
            notes: limited(notes),
            alike: before.map(|before| before.alike),
            like_row: before.map(|before| before.row),
        };
        let who = who.filter(|_| state == RowState::Ready);
        Ok((CheckedRow { number: number(row)?, state, case_id: None, details }, who))
    }
}

/// The rows of a group, with those marked who are on a case already.
fn compared(tx: &mut Tx<'_>, found: &[(CheckedRow, Option<Identity>)]) -> Result<Vec<CheckedRow>> {
    let people: Vec<Identity> = found.iter().filter_map(|(_, who)| who.clone()).collect();
    let mut on_case = registered::already_on(tx, &people)?.into_iter();
    let compare = |(row, who): &(CheckedRow, Option<Identity>)| {
        let known = who.as_ref().and_then(|_| on_case.next().flatten());
        match known {
            None => row.clone(),
            Some(on) => CheckedRow {
                state: RowState::AlreadyRegistered,
                case_id: Some(on.case),
                details: Details { alike: Some(on.alike), ..row.details.clone() },
                ..row.clone()
            },
        }
    };
    Ok(found.iter().map(compare).collect())
}

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
        let mut candidates: HashMap<i32, Candidate> = HashMap::new();
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
        let write = move |tx: &mut Tx<'_>| -> Result<bool> {
            let goes_on = work::advance(tx, &record, from, to)?;
            if goes_on {
                register_group(tx, &record, &candidates)?;
            }
            Ok(goes_on)
        };
        db.write(actor, &Request::system(REASON), write).await.map(Step::Done)
    }
}

/// Registers the rows of a group that can be: those that are ready and of nobody who was registered meanwhile, and those about whom somebody
/// decided that they are other people.
fn register_group(tx: &mut Tx<'_>, record: &ImportRecord, candidates: &HashMap<i32, Candidate>) -> Result<()> {
    let numbers: Vec<i32> = candidates.keys().copied().collect();
    let (mut undecided, mut taken) = (Vec::new(), Vec::new());
    for mut row in rows::of_numbers(tx, record.id, &numbers)? {
        match (row.record.state, row.record.decision) {
            (RowState::Ready | RowState::Repeated | RowState::AlreadyRegistered, Some(RowDecision::Skip)) => {
                row.record.state = RowState::Skipped;
                rows::save(tx, &row)?;
            }
            (RowState::AlreadyRegistered, Some(RowDecision::Existing)) => {
                row.record.state = RowState::Existing;
                rows::save(tx, &row)?;
            }
            (RowState::Ready, None | Some(RowDecision::New)) => undecided.push(row),
            (RowState::Repeated | RowState::AlreadyRegistered, Some(RowDecision::New)) => taken.push(row),
            (_, _) => {}
        }
    }
    taken.extend(still_unknown(tx, undecided, candidates)?);
    taken.sort_by_key(|row: &ImportRow| row.record.number);
    let (mut good, mut of_good) = (Vec::new(), Vec::new());
    for mut row in taken {
        match candidates.get(&row.record.number).map(|candidate| &candidate.outcome) {
            Some(Ok(registration)) => {
                good.push(registration);
                of_good.push(row);
            }
            // A day has passed, or a rule is another one now.
            Some(Err(notes)) => {
                refuse(&mut row, notes.clone());
                rows::save(tx, &row)?;
            }
            None => {}
        }
    }
    let keys: Vec<String> = good.iter().filter_map(|one| one.request.as_ref().map(|request| request.key.clone())).collect();
    let known: HashSet<String> = idempotency::known(tx, &keys)?;
    let made = register::insert_each(tx, &good)?;
    for ((mut row, registration), outcome) in of_good.into_iter().zip(good).zip(made) {
        let is_known = registration.request.as_ref().is_some_and(|request| known.contains(&request.key));
        match outcome {
            Ok(case) => registered_as(&mut row, case, !is_known),
            Err(error) => {
                let read = candidates.get(&row.record.number).map(|candidate| &candidate.row);
                refuse(&mut row, read.map(|read| imported::notes(read, error)).unwrap_or_default());
            }
        }
        rows::save(tx, &row)?;
    }
    Ok(())
}

fn registered_as(row: &mut ImportRow, case: CaseId, is_made: bool) {
    (row.record.state, row.record.case_id, row.record.is_made) = (RowState::Registered, Some(case), is_made);
}

fn refuse(row: &mut ImportRow, notes: Vec<Note>) {
    row.record.state = RowState::Refused;
    row.record.decision = None;
    row.details.notes.extend(notes);
}

/// Those of whom nobody was registered since the list was validated. The others wait for a decision.
fn still_unknown(tx: &mut Tx<'_>, ready: Vec<ImportRow>, candidates: &HashMap<i32, Candidate>) -> Result<Vec<ImportRow>> {
    let who = |row: &ImportRow| candidates.get(&row.record.number).and_then(|candidate| candidate.outcome.as_ref().ok()).map(identity);
    let people: Vec<Identity> = ready.iter().map(|row| who(row).unwrap_or_default()).collect();
    let known = registered::already_on(tx, &people)?;
    let mut unknown = Vec::with_capacity(ready.len());
    for (mut row, known) in ready.into_iter().zip(known) {
        match known {
            None => unknown.push(row),
            Some(on) => {
                (row.record.state, row.record.case_id, row.record.decision) = (RowState::AlreadyRegistered, Some(on.case), None);
                row.details.alike = Some(on.alike);
                rows::save(tx, &row)?;
            }
        }
    }
    Ok(unknown)
}
