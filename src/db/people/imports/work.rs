//! The work on lists beside the requests. One instance works at a time; one that dies is followed by another one, from the row where it was.
//! Every group of rows says from which position it goes on, so that no group is done twice, whatever the clocks say.

use diesel::prelude::*;

use crate::crypto::FileKey;
use crate::db::engine::lease::{self, LeasedWork};
use crate::db::people::imports::record::{self, About, ImportRecord, ReadTable};
use crate::db::people::imports::{expiry, profiles, rows};
use crate::db::schema::imports;
use crate::db::{Attempt, Tx};
use crate::domain::ids::{ImportId, StoredFileId};
use crate::domain::imports::state::{ImportState, RowState, StopReason};
use crate::error::Result;

/// Times that a piece of work may be begun without coming further, because an instance dies over it, before it is given up.
const MOST_ATTEMPTS: i32 = 3;
/// Seconds for which a list is left alone when something was away.
const PUT_OFF_SECONDS: i64 = 30;
/// Lists that are looked at in one round.
const ROUND: i64 = 20;

/// A list that this instance works on.
#[derive(Clone)]
pub struct Job {
    pub record: ImportRecord,
    pub about: About,
    /// Its file, with the key and the place that open it; none where there is none any more.
    pub file: Option<(StoredFileId, FileKey, Vec<u8>)>,
}

/// Lists that are to be worked on here, who waits longest first.
pub fn due(tx: &mut Tx<'_>) -> Result<Vec<ImportId>> {
    if lease::is_held_elsewhere(tx, LeasedWork::Import)? {
        return Ok(Vec::new());
    }
    let query = imports::table
        .filter(imports::state.eq_any(ImportState::WORKED_ON))
        .filter(imports::not_before.is_null().or(imports::not_before.le(tx.now)))
        .order((imports::updated_at, imports::id))
        .select(imports::id)
        .limit(ROUND);
    Ok(query.load(tx.conn)?)
}

fn unscoped(tx: &mut Tx<'_>, id: ImportId) -> Result<Option<ImportRecord>> {
    let query = imports::table.find(id).select(imports::all_columns);
    Ok(query.get_result(tx.conn).optional()?)
}

/// Takes a list up; none where another instance works, or there is nothing to do any more.
pub fn take(tx: &mut Tx<'_>, id: ImportId) -> Result<Option<Job>> {
    tx.audit_unchanged(id.0);
    if !lease::hold(tx, LeasedWork::Import)? {
        return Ok(None);
    }
    let Some(mut record) = unscoped(tx, id)?.filter(|record| record.state.is_worked_on()) else { return Ok(None) };
    (record.taken_by, record.attempts) = (Some(tx.instance), record.attempts + 1);
    if record.attempts > MOST_ATTEMPTS {
        end(tx, &record, record.state.when_stopped(), Some(StopReason::GaveUp.as_str()))?;
        return Ok(None);
    }
    if record.state == ImportState::Validating {
        // Who stands twice on the list is known only to whoever read it from its beginning.
        rows::forget(tx, id)?;
        record.position = 0;
    }
    let query = diesel::update(imports::table.find(id)).set((
        imports::taken_by.eq(record.taken_by),
        imports::attempts.eq(record.attempts),
        imports::position.eq(record.position),
    ));
    query.execute(tx.conn)?;
    let about = record::about(tx, &record)?;
    let file = match record.file_id {
        Some(file) => Some((file, record::file_key(tx, &record, file)?, record.place(file))),
        None => None,
    };
    Ok(Some(Job { record, about, file }))
}

/// Leaves a list for later, because something is away for a while: that it was begun counts for nothing, and the others go first. That it was
/// taken up has its entry; this one needs none.
pub fn put_off(tx: &mut Tx<'_>, id: ImportId) -> Result<Attempt<()>> {
    let own = imports::table.find(id).filter(imports::taken_by.eq(Some(tx.instance)));
    let later = Some(tx.now.plus_seconds(PUT_OFF_SECONDS));
    let query = diesel::update(own).set((imports::attempts.eq(0), imports::not_before.eq(later)));
    query.execute(tx.conn)?;
    Ok(Attempt::Undecided(()))
}

/// Whether this instance may go on from a position to another one. False: somebody cancelled it, or another instance goes on with it.
pub fn advance(tx: &mut Tx<'_>, job: &ImportRecord, from: i32, to: i32) -> Result<bool> {
    tx.audit_unchanged(job.id.0);
    if !lease::hold(tx, LeasedWork::Import)? {
        return Ok(false);
    }
    let here = imports::table
        .find(job.id)
        .filter(imports::state.eq(job.state))
        .filter(imports::version.eq(job.version))
        .filter(imports::taken_by.eq(Some(tx.instance)))
        .filter(imports::position.eq(from));
    // A check begins anew with each instance: that it came further once says nothing.
    let attempts = if job.state == ImportState::Validating { job.attempts } else { 0 };
    let query = diesel::update(here).set((imports::position.eq(to), imports::attempts.eq(attempts)));
    Ok(query.execute(tx.conn)? == 1)
}

/// Marks that the first of a list are registered: from now on they can be taken back for a day, however the list goes on.
pub fn registers(tx: &mut Tx<'_>, id: ImportId) -> Result<()> {
    let first = imports::table.find(id).filter(imports::first_registered_at.is_null());
    let query = diesel::update(first).set(imports::first_registered_at.eq(Some(tx.now)));
    query.execute(tx.conn)?;
    Ok(())
}

/// Stores what was read of a file. A mapping that the list was announced with is held against its headings.
pub fn record_read(tx: &mut Tx<'_>, job: &Job, table: &ReadTable, row_count: i32) -> Result<()> {
    if !advance(tx, &job.record, job.record.position, 0)? {
        return Ok(());
    }
    let mut about = About { table: Some(table.clone()), ..job.about.clone() };
    let profile = match about.profile.take() {
        Some(id) => profiles::of(tx, id, job.record.organisation_id)?,
        None => None,
    };
    let headings = table.without_rows();
    let found = profile.map(|profile| profile.kept.mapping.for_table(&headings));
    about.mapping = found.filter(|mapping| mapping.violations(&headings).is_empty());
    let record = ImportRecord {
        row_count,
        state: ImportState::Read,
        position: 0,
        attempts: 0,
        taken_by: None,
        not_before: None,
        ..job.record.clone()
    };
    record::save(tx, &record, &about)?;
    Ok(())
}

/// Ends the work on a list before its end, with the code of the reason.
pub fn stop(tx: &mut Tx<'_>, id: ImportId, code: &str) -> Result<()> {
    tx.audit_unchanged(id.0);
    let record = unscoped(tx, id)?.filter(|record| record.state.is_worked_on() && record.taken_by == Some(tx.instance));
    match record {
        Some(record) => end(tx, &record, record.state.when_stopped(), Some(code)),
        None => Ok(()),
    }
}

/// Ends the work on a list whose last row was done.
pub fn finish(tx: &mut Tx<'_>, job: &ImportRecord, position: i32) -> Result<()> {
    if !advance(tx, job, position, position)? {
        return Ok(());
    }
    let Some(record) = unscoped(tx, job.id)? else { return Ok(()) };
    let counts = rows::counts(tx, &[job.id])?.remove(&job.id).unwrap_or_default();
    match job.state {
        ImportState::Validating => end(tx, &record, ImportState::Validated, None),
        // Somebody was registered meanwhile whom a row may be: people decide that, and not the work.
        ImportState::Committing if counts.undecided > 0 => {
            end(tx, &record, ImportState::Validated, Some(StopReason::DecisionsMissing.as_str()))
        }
        // A row that the work did not come to is registered by committing again: its file is kept.
        ImportState::Committing if counts.decided > 0 || counts.of(RowState::Ready) > 0 => {
            end(tx, &record, ImportState::Validated, Some(StopReason::Failed.as_str()))
        }
        ImportState::Committing => end(tx, &record, ImportState::Committed, None),
        ImportState::Undoing => end(tx, &record, ImportState::Undone, None),
        _ => Ok(()),
    }
}

fn end(tx: &mut Tx<'_>, record: &ImportRecord, state: ImportState, code: Option<&str>) -> Result<()> {
    let mut ended =
        ImportRecord { state, stopped_because: code.map(str::to_owned), attempts: 0, taken_by: None, not_before: None, ..record.clone() };
    expiry::prolong(tx, &mut ended)?;
    let about = record::about(tx, record)?;
    if matches!(state, ImportState::Committed | ImportState::Refused) {
        expiry::drop_file(tx, &mut ended)?;
    }
    record::save(tx, &ended, &about)?;
    Ok(())
}
