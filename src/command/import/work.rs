//! The work of an import: group after group is read, checked, looked for among the cases, and registered. Of a row that is done, its
//! number and its notes are kept, and nothing that it says.

use std::sync::Arc;

use uuid::Uuid;

use crate::api::cases::imported::{self, RowKeys};
use crate::command::failure::Failure;
use crate::command::import::report::Reported;
use crate::command::import::{Asked, REASON};
use crate::command::progress::Progress;
use crate::crypto::Key;
use crate::db::cases::register::{self, Registration};
use crate::db::people::registered::{self, Among, Sought};
use crate::db::{Db, Request, Tx};
use crate::domain::access::Actor;
use crate::domain::cases::person::Identity;
use crate::domain::ids::CaseId;
use crate::domain::imports::grid::Row;
use crate::domain::imports::repeated::{Before, Seen};
use crate::domain::imports::report::{Note, Weight};
use crate::domain::imports::row::{ReadRow, Reader};
use crate::domain::zones::Today;
use crate::error::{Error, Result as DbResult};

/// Rows that are read and registered together: a list that ends half way has whole groups, and goes on when it is sent again.
const TOGETHER: usize = 200;

/// An import on its way.
pub(super) struct Work<'a> {
    db: &'a Db,
    asked: &'a Asked,
    actor: Actor,
    here: Today,
    reader: Reader,
    seen: Seen,
    keys: RowKeys,
    reported: Vec<Reported>,
}

/// A row that can be registered, and its place among those that are reported.
struct Ready {
    at: usize,
    row: ReadRow,
    registration: Registration,
}

impl<'a> Work<'a> {
    /// `key` is that by which rows are known again.
    pub(super) fn new(db: &'a Db, asked: &'a Asked, actor: Actor, reader: Reader, key: Key) -> Self {
        let here = Today::at(actor.zone(), db.now());
        let keys = RowKeys::of(actor.organisation_id(), key);
        Self { db, asked, actor, here, reader, seen: Seen::default(), keys, reported: Vec::new() }
    }

    /// Checks every row, and registers those that can be: what became of each, and what stopped the work before its end, if anything did.
    pub(super) async fn through(mut self, rows: Vec<Row>) -> (Vec<Reported>, Option<Failure>) {
        let progress = Progress::of(rows.len());
        let mut rows = rows.into_iter();
        let mut failure = None;
        loop {
            let group: Vec<Row> = rows.by_ref().take(TOGETHER).collect();
            if group.is_empty() {
                break;
            }
            if let Err(failed) = self.take(&group).await {
                failure = Some(failed);
                self.reported.iter_mut().for_each(Reported::leave);
                self.reported.extend(rows.map(|row| Reported::not_reached(row.number)));
                break;
            }
            progress.advance(group.len());
        }
        progress.end();
        (self.reported, failure)
    }

    async fn take(&mut self, group: &[Row]) -> Result<(), Failure> {
        let mut ready: Vec<Ready> = group.iter().filter_map(|row| self.check(row)).collect();
        if !self.asked.take_repeated {
            ready = self.without_known(ready).await?;
        }
        if self.asked.check_only { Ok(()) } else { self.register(ready).await }
    }

    /// Reads and checks a row, and reports it.
    fn check(&mut self, row: &Row) -> Option<Ready> {
        let mut row = self.reader.read(row);
        let is_readable = row.is_readable();
        let mut notes = std::mem::take(&mut row.notes);
        let mut registration = None;
        if is_readable {
            match imported::registration(&row, self.here) {
                Ok(checked) => registration = Some(checked),
                Err(wrong) => notes.extend(wrong),
            }
        }
        let before = registration.as_ref().and_then(|registration| self.seen.take(&row, &identity(registration)));
        if let Some(before) = before.filter(|_| !self.asked.take_repeated) {
            notes.push(repeats(before));
            registration = None;
        }
        let at = self.reported.len();
        self.reported.push(Reported::new(row.number, row.key.clone(), notes));
        let registration = registration?;
        Some(Ready { at, row, registration })
    }

    /// Reports those who are on a case already, and leaves the others.
    async fn without_known(&mut self, ready: Vec<Ready>) -> Result<Vec<Ready>, Failure> {
        if ready.is_empty() {
            return Ok(ready);
        }
        let sought = |ready: &Ready| Sought { identity: identity(&ready.registration), others: Vec::new() };
        let people: Arc<Vec<Sought>> = Arc::new(ready.iter().map(sought).collect());
        // As a write, so that the entry of what was opened is durable before anything is told of it.
        let look = move |tx: &mut Tx<'_>| registered::already_on(tx, &people, Among::default());
        let known = self.db.write(&self.actor, &Request::system(REASON), look).await?;
        let mut unknown = Vec::with_capacity(ready.len());
        for (ready, known) in ready.into_iter().zip(known) {
            match known {
                None => unknown.push(ready),
                Some(on) => self.report(ready.at, |row| row.already_on(on.code, on.alike.words())),
            }
        }
        Ok(unknown)
    }

    /// Registers a group. The same rows, brought in again by the same user, are known again for some days, whatever else knows them.
    async fn register(&mut self, ready: Vec<Ready>) -> Result<(), Failure> {
        if ready.is_empty() {
            return Ok(());
        }
        let mut with_key = |ready: &Ready| -> DbResult<Registration> {
            Ok(Registration { request: Some(self.keys.request(&ready.row)?), ..ready.registration.clone() })
        };
        let people: Arc<Vec<Registration>> = Arc::new(ready.iter().map(&mut with_key).collect::<DbResult<_>>()?);
        let write = move |tx: &mut Tx<'_>| register_group(tx, &people);
        let outcomes = self.db.write(&self.actor, &Request::system(REASON), write).await?;
        for (ready, outcome) in ready.iter().zip(outcomes) {
            match outcome {
                Ok(code) => self.report(ready.at, |row| row.registered(code)),
                Err(error) => self.report(ready.at, |row| row.note(imported::notes(&ready.row, error))),
            }
        }
        Ok(())
    }

    fn report(&mut self, at: usize, conclude: impl FnOnce(&mut Reported)) {
        if let Some(row) = self.reported.get_mut(at) {
            conclude(row);
        }
    }
}

fn identity(registration: &Registration) -> Identity {
    registration.new.contents.identity.clone().unwrap_or_default()
}

fn repeats(Before { row, alike }: Before) -> Note {
    let words = alike.words();
    let message = format!("has {words} as row {row} of this list: leave one of the two out, or take both with --take-repeated");
    Note::on_row(Weight::Asked, "repeated_row", &message)
}

/// Registers a group, each for itself, and reads the codes of their cases.
fn register_group(tx: &mut Tx<'_>, people: &[Registration]) -> DbResult<Vec<Result<Option<String>, Error>>> {
    // A group of which nobody could be registered is still something that was asked.
    tx.audit_unchanged(Uuid::nil());
    let list: Vec<&Registration> = people.iter().collect();
    let made = register::insert_each(tx, &list)?;
    let ids: Vec<CaseId> = made.iter().filter_map(|one| one.as_ref().ok().copied()).collect();
    let codes = register::codes(tx, &ids)?;
    Ok(made.into_iter().map(|one| one.map(|id| codes.get(&id).cloned())).collect())
}
