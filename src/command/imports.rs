//! The work on lists that come in by the API, beside the requests: read, checked, registered, taken back. One instance works at a time, on one
//! list at a time, so that no number of lists takes more memory than one. A list that cannot be worked on is ended with a code, and the next one
//! is taken.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use crate::command::background;
use crate::command::imports::registering::Registering;
use crate::command::imports::rows::{Checking, Step};
use crate::db::accounts::sessions;
use crate::db::engine::lease::{self, LeasedWork};
use crate::db::people::imports::record::{ImportRecord, ReadTable};
use crate::db::people::imports::undo;
use crate::db::people::imports::work::{self, Job};
use crate::db::{Db, Request, Tx};
use crate::domain::access::{Actor, Permission};
use crate::domain::ids::ImportId;
use crate::domain::imports::proposal::propose;
use crate::domain::imports::state::{ImportState, StopReason};
use crate::domain::imports::table::Table;
use crate::error::{Error, ErrorCode};
use crate::files::Files;

mod file;
mod registering;
mod rows;

/// Interval at which lists to work on are looked for.
const LOOKING: Duration = Duration::from_secs(1);
/// Interval at which the lease is prolonged while a file is read.
const PROLONGED: Duration = Duration::from_secs(10);
/// Cases that are taken back together.
const TAKEN_BACK_TOGETHER: i64 = 20;
/// Rows of a list after which another list that waits has its turn: nobody's ten people wait for somebody's fifty thousand.
const TURN: i32 = 500;
/// What the operation is called in the audit trail, beside the user in whose name it is done.
pub(in crate::command) const REASON: &str = "import";

/// Why a list goes no further.
enum Ended {
    /// The list itself, or whoever asked, is the reason: it is ended with this code.
    Because(String),
    /// Another instance goes on with it, or somebody cancelled it.
    Elsewhere,
    /// Something failed.
    Failed(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<StopReason> for Ended {
    fn from(reason: StopReason) -> Self {
        Self::Because(reason.as_str().to_owned())
    }
}

/// Works on lists as long as the service runs.
pub async fn work_on_imports(db: Db, files: Arc<Files>) {
    loop {
        let (of_round, files) = (db.clone(), files.clone());
        // On a task of its own: a list over which the work falls is taken up a few times and then given up, and the others go on.
        match actix_web::rt::spawn(async move { work_once(&of_round, &files).await }).await {
            // There may be more.
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => {}
            Ok(Err(error)) => db.tell("lists could not be worked on; trying again", &error),
            Err(_) => db.tell("the work on a list fell over", &Error::internal("a list")),
        }
        actix_web::rt::time::sleep(LOOKING).await;
    }
}

/// Works on every list that waits, one after the other, and on a long one for its turn. True: something was done.
pub async fn work_once(db: &Db, files: &Arc<Files>) -> Result<bool, Error> {
    let system = background::as_scheduler(db);
    let mut is_done = false;
    for id in system.read(work::due).await? {
        let Some(job) = system.write(move |tx| work::take(tx, id)).await? else { continue };
        let ended = match work_on(db, files, job).await {
            Ok(()) => None,
            Err(Ended::Elsewhere) => continue,
            Err(Ended::Because(code)) => Some(code),
            // What is away for a while comes back; what is wrong with one list is no reason to keep the others waiting.
            Err(Ended::Failed(error)) if is_passing(&error) => {
                db.tell("a list waits for what is away", &error);
                put_off(db, id).await?;
                continue;
            }
            Err(Ended::Failed(error)) => {
                db.tell("a list could not be worked on", &error);
                Some(StopReason::Failed.as_str().to_owned())
            }
        };
        if let Some(code) = ended {
            system.write(move |tx| work::stop(tx, id, &code)).await?;
        }
        is_done = true;
    }
    Ok(is_done)
}

async fn put_off(db: &Db, id: ImportId) -> Result<(), Error> {
    db.attempt(&Actor::System { reason: REASON }, &Request::system(REASON), move |tx| work::put_off(tx, id)).await
}

/// Whether an error goes away by itself.
fn is_passing(error: &Error) -> bool {
    let passing = [ErrorCode::NamesNotReady, ErrorCode::OutcomeUnknown, ErrorCode::StorageUnavailable, ErrorCode::StorageFull];
    error.is_outage() || passing.contains(&error.code)
}

async fn work_on(db: &Db, files: &Arc<Files>, job: Job) -> Result<(), Ended> {
    match job.record.state {
        ImportState::Reading => read(db, files, &job).await,
        ImportState::Validating => check(db, files, job).await,
        ImportState::Committing => register(db, files, job).await,
        ImportState::Undoing => take_back(db, &job.record).await,
        _ => Ok(()),
    }
}

/// Does what may take longer than a lease is held: it is prolonged meanwhile, so that no other instance reads the same file.
async fn held<T>(db: &Db, reading: impl Future<Output = T>) -> T {
    tokio::select! {
        read = reading => read,
        never = prolong(db) => match never {},
    }
}

async fn prolong(db: &Db) -> Infallible {
    loop {
        actix_web::rt::time::sleep(PROLONGED).await;
        if let Err(error) = background::as_scheduler(db).write(|tx| lease::hold(tx, LeasedWork::Import)).await {
            db.tell("the lease of a list could not be prolonged; trying again", &error);
        }
    }
}

async fn read(db: &Db, files: &Files, job: &Job) -> Result<(), Ended> {
    let table = held(db, file::table(files, job)).await?;
    let row_count = i32::try_from(table.rows.len()).map_err(Error::internal)?;
    let proposed = tokio::task::spawn_blocking(move || {
        let proposed = propose(&table);
        let Table { kind, headings, told, is_htcds, .. } = table;
        ReadTable { kind, headings, told, is_htcds, proposed }
    });
    let read = proposed.await.map_err(|_| StopReason::Failed)?;
    let job = job.clone();
    background::as_scheduler(db).write(move |tx| work::record_read(tx, &job, &read, row_count)).await?;
    Ok(())
}

async fn check(db: &Db, files: &Files, job: Job) -> Result<(), Ended> {
    let mut checking = Checking::new(&job, held(db, file::with_reader(files, &job)).await?);
    loop {
        let actor = in_the_name_of(db, &job.record, Permission::CaseRegister).await?;
        match checking.next(db, &actor).await? {
            Step::Done(true) => {}
            Step::Done(false) => return Err(Ended::Elsewhere),
            Step::End => return finish(db, job.record, checking.position()).await,
        }
    }
}

async fn register(db: &Db, files: &Files, job: Job) -> Result<(), Ended> {
    let mut registering = Registering::new(db, &job, held(db, file::with_reader(files, &job)).await?)?;
    loop {
        let actor = in_the_name_of(db, &job.record, Permission::CaseRegister).await?;
        match registering.next(db, &actor).await? {
            Step::Done(true) => {}
            Step::Done(false) => return Err(Ended::Elsewhere),
            Step::End => return finish(db, job.record, registering.position()).await,
        }
        // Those that were done in an earlier turn are only passed over.
        if registering.position() - job.record.position >= TURN && others_wait(db, job.record.id).await? {
            return Ok(());
        }
    }
}

/// Whether another list is to be worked on. This one goes on from where it is, once that has had its turn.
async fn others_wait(db: &Db, id: ImportId) -> Result<bool, Error> {
    Ok(background::as_scheduler(db).read(work::due).await?.into_iter().any(|other| other != id))
}

async fn take_back(db: &Db, record: &ImportRecord) -> Result<(), Ended> {
    let mut position = record.position;
    loop {
        let actor = in_the_name_of(db, record, Permission::CaseClose).await?;
        let (of, from) = (record.clone(), position);
        let group = move |tx: &mut Tx<'_>| -> Result<(bool, i32), Error> {
            let mut rows = undo::registered(tx, of.id, from, TAKEN_BACK_TOGETHER)?;
            let to = rows.last().map_or(from, |row| row.record.number);
            let goes_on = work::advance(tx, &of, from, to)?;
            if goes_on {
                rows.iter_mut().try_for_each(|row| undo::take_back(tx, row))?;
            }
            Ok((goes_on, to))
        };
        let (goes_on, to) = db.write(&actor, &Request::system(REASON), group).await?;
        if !goes_on {
            return Err(Ended::Elsewhere);
        }
        if to == position {
            return finish(db, record.clone(), position).await;
        }
        position = to;
        if position - record.position >= TURN && others_wait(db, record.id).await? {
            return Ok(());
        }
    }
}

async fn finish(db: &Db, record: ImportRecord, position: i32) -> Result<(), Ended> {
    background::as_scheduler(db).write(move |tx| work::finish(tx, &record, position)).await?;
    Ok(())
}

/// The user in whose name a list is worked on, as the door of the API would find them now, and only if it would let them in.
async fn in_the_name_of(db: &Db, record: &ImportRecord, permission: Permission) -> Result<Actor, Ended> {
    let asked_by = record.asked_by.ok_or(StopReason::NoLongerAllowed)?;
    let found = background::as_scheduler(db).read(move |tx| sessions::in_the_name_of(tx, asked_by)).await?;
    let live = found.filter(|live| {
        let is_set_up = !(live.must_change_password || live.must_enrol_second_factor || live.must_accept_conduct);
        is_set_up && live.actor.role.may(permission) && live.actor.organisation_id == record.organisation_id
    });
    Ok(Actor::User(live.ok_or(StopReason::NoLongerAllowed)?.actor))
}
