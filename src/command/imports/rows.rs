//! The rows of a list, group after group: checked, and compared with the cases that are there. What a row says is read again from the sealed file each time,
//! and is kept nowhere else.

use std::sync::Arc;

use crate::api::cases::imported;
use crate::command::imports::REASON;
use crate::db::cases::register::Registration;
use crate::db::people::imports::record::ImportRecord;
use crate::db::people::imports::rows::{self, CheckedRow, Details};
use crate::db::people::imports::work::{self, Job};
use crate::db::people::registered::{self, Among, OnCase, Sought};
use crate::db::{Db, Request, Tx};
use crate::domain::access::Actor;
use crate::domain::cases::person::Identity;
use crate::domain::imports::grid::Row;
use crate::domain::imports::repeated::Seen;
use crate::domain::imports::report::{Note, Weight, limited};
use crate::domain::imports::row::{ReadRow, Reader};
use crate::domain::imports::state::RowState;
use crate::domain::zones::Today;
use crate::error::{Error, Result};

/// Notes of a list that are kept. A list with more has one thing wrong in every row, which the first rows say: of the others, the heaviest.
const MOST_NOTES_OF_LIST: usize = 100_000;
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
pub(super) struct Groups {
    pub(super) record: ImportRecord,
    reader: Reader,
    rows: std::vec::IntoIter<Row>,
    pub(super) position: i32,
}

impl Groups {
    pub(super) fn new(job: &Job, (reader, rows): (Reader, Vec<Row>)) -> Self {
        Self { record: job.record.clone(), reader, rows: rows.into_iter(), position: 0 }
    }

    /// The next group, read, with the position behind it.
    pub(super) fn next(&mut self) -> Result<(Vec<ReadRow>, i32)> {
        let group: Vec<ReadRow> = self.rows.by_ref().take(TOGETHER).map(|row| self.reader.read(&row)).collect();
        let count = i32::try_from(group.len()).map_err(Error::internal)?;
        Ok((group, self.position + count))
    }
}

/// Checks a row as the person that it describes.
pub(super) fn checked(row: &mut ReadRow, here: Today) -> (Vec<Note>, Option<Registration>) {
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

pub(super) fn identity(registration: &Registration) -> Identity {
    registration.new.contents.identity.clone().unwrap_or_default()
}

pub(super) fn number(row: &ReadRow) -> Result<i32> {
    i32::try_from(row.number).map_err(Error::internal)
}

/// A list that is checked.
pub(super) struct Checking {
    groups: Groups,
    seen: Seen,
    /// Notes that are kept yet for this list.
    notes_left: usize,
}

impl Checking {
    pub(super) fn new(job: &Job, read: (Reader, Vec<Row>)) -> Self {
        Self { groups: Groups::new(job, read), seen: Seen::default(), notes_left: MOST_NOTES_OF_LIST }
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
        let compared = Arc::new(compared(db, actor, found).await?);
        let (record, from) = (self.groups.record.clone(), self.groups.position);
        let write = move |tx: &mut Tx<'_>| -> Result<bool> {
            let goes_on = work::advance(tx, &record, from, to)?;
            if goes_on {
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
        let mut notes = limited(notes);
        notes.truncate(self.notes_left.max(1));
        self.notes_left = self.notes_left.saturating_sub(notes.len());
        let details = Details {
            key: row.key.clone(),
            notes,
            alike: before.map(|before| before.alike),
            like_row: before.map(|before| before.row),
            not_cases: Vec::new(),
        };
        Ok((CheckedRow { number: number(row)?, state, case_id: None, details }, who))
    }
}

/// The rows of a group, with those marked who are on a case already: also of those who stand on the list before, because whoever is decided
/// to be another one than they may still be the one on the case. Compared in a read, while others write.
async fn compared(db: &Db, actor: &Actor, found: Vec<(CheckedRow, Option<Identity>)>) -> Result<Vec<CheckedRow>> {
    let people: Vec<Sought> = found.iter().filter_map(|(_, who)| Some(Sought { identity: who.clone()?, others: Vec::new() })).collect();
    let look = move |tx: &mut Tx<'_>| registered::already_on(tx, &people, Among::default());
    let mut on_case = db.read(actor, &Request::system(REASON), look).await?.into_iter();
    let compare = |(row, who): (CheckedRow, Option<Identity>)| match who.and_then(|_| on_case.next().flatten()) {
        None => row,
        Some(OnCase { case, alike, .. }) => CheckedRow {
            state: RowState::AlreadyRegistered,
            case_id: Some(case),
            details: Details { alike: Some(alike), ..row.details },
            ..row
        },
    };
    Ok(found.into_iter().map(compare).collect())
}
