//! Work that runs beside the requests: the matcher, due dates, birthdays.

use std::time::Duration;

use crate::command::releases::release_figures;
use crate::db::casefile::{columns, idempotency, leaving};
use crate::db::cases::coming_of_age;
use crate::db::engine::lease::{self, LeasedWork};
use crate::db::people::imports::expiry as lists;
use crate::db::people::matching::{Findings, QueuedRow};
use crate::db::people::{blind_search, matching, names};
use crate::db::process::follow;
use crate::db::repatriation::expiry;
use crate::db::reporting::audit::sealing;
use crate::db::sharing::{reconcile, takeovers};
use crate::db::{Db, SystemDb};
use crate::domain::dates::Timestamp;
use crate::domain::ids::ImportId;
use crate::domain::zones::Zone;
use crate::error::{Error, ErrorCode};

/// Interval at which the names in memory are compared with what other instances committed: a name that is erased there is gone
/// here within a second.
const NAMES: Duration = Duration::from_millis(400);
/// Interval at which the columns in memory are compared with the database: until then every list and figure asks for each change.
const COLUMNS: Duration = Duration::from_millis(200);
/// Interval at which the keys in memory are looked at: one that was kept long enough goes also where nobody asks for any.
const KEYS: Duration = Duration::from_secs(1);
/// Interval at which the matcher looks for people to compare.
const MATCHING: Duration = Duration::from_secs(1);
/// Interval at which the audit trail is looked at, so that an entry is sealed within a minute.
const SEALING: Duration = Duration::from_secs(5);
/// Interval at which the scheduler looks at the clock.
const CLOCK: Duration = Duration::from_secs(60);

/// Runs the scheduler: once a minute, marks records that have lapsed. Several instances may do so at the same time.
pub async fn run_scheduler(db: Db) {
    let (mut looked_at, mut figures_at) = (None, None);
    loop {
        let now = db.now();
        if let Err(error) = follow_birthdays(&db, looked_at).await.and(follow_once(&db).await) {
            db.tell("what the clock asks for could not be done; trying again", &error);
        } else {
            looked_at = Some(now);
        }
        if let Err(error) = release_figures(&db, figures_at).await {
            db.tell("figures could not be released; trying again", &error);
        } else {
            figures_at = Some(now);
        }
        db.flush_refusals().await;
        actix_web::rt::time::sleep(CLOCK).await;
    }
}

/// Seals the audit trail, as long as the service runs. Several instances may do so at the same time: one seals, the others wait.
pub async fn seal_audit_trail(db: Db) {
    loop {
        if let Err(error) = seal_once(&db).await {
            db.tell("the audit trail could not be sealed; trying again", &error);
        }
        actix_web::rt::time::sleep(SEALING).await;
    }
}

/// Seals every batch that is due.
pub async fn seal_once(db: &Db) -> Result<(), Error> {
    while db.keep_house("seal the audit trail", sealing::seal_batch).await? > 0 {}
    Ok(())
}

/// Keeps the names in memory equal to the database: beside the matcher, whose rounds may be long.
pub async fn keep_names(db: Db) {
    loop {
        match keep_names_once(&db).await {
            Ok(()) => {}
            // Another thread is reading them for the first time.
            Err(error) if error.code == ErrorCode::NamesNotReady => {}
            Err(error) => {
                db.tell("the names in memory could not be compared with the database; trying again", &error);
            }
        }
        actix_web::rt::time::sleep(NAMES).await;
    }
}

/// Runs one round: reads names that other instances committed, and forgets those that they erased.
pub async fn keep_names_once(db: &Db) -> Result<(), Error> {
    as_scheduler(db).read(names::refresh).await
}

/// Keeps the columns in memory, by which lists and figures are found, near to the database. A read asks for itself what is not there yet.
pub async fn keep_columns(db: Db) {
    loop {
        if let Err(error) = keep_columns_once(&db).await {
            db.tell("the columns in memory could not be compared with the database; trying again", &error);
        }
        actix_web::rt::time::sleep(COLUMNS).await;
    }
}

/// Runs one round: reads what any instance committed since the last one, or everything, if nothing was read yet.
pub async fn keep_columns_once(db: &Db) -> Result<(), Error> {
    as_scheduler(db).read(columns::refresh).await
}

/// Forgets the keys of grants that were opened seconds ago.
pub async fn forget_keys(db: Db) {
    loop {
        actix_web::rt::time::sleep(KEYS).await;
        db.forget_old_keys();
    }
}

/// Compares new people with all others: beside the requests, which never wait for it.
pub async fn match_people(db: Db) {
    loop {
        match match_once(&db).await {
            // There may be more: an intake of thousands is compared at once, and not a round a second.
            Ok(true) => continue,
            Ok(false) => {}
            // The names are being read for the first time.
            Err(error) if error.code == ErrorCode::NamesNotReady => {}
            Err(error) => db.tell("people could not be compared; trying again", &error),
        }
        actix_web::rt::time::sleep(MATCHING).await;
    }
}

/// Runs one round: reads names that other instances committed, then compares the persons who wait longest. One
/// instance does so at a time. True: there may be more.
pub async fn match_once(db: &Db) -> Result<bool, Error> {
    let system = db.as_system("compare people").beside_requests();
    system.read(names::refresh).await?;
    let (subjects, is_held) = system.read(|tx| Ok((matching::queued(tx)?, lease::is_held(tx, LeasedWork::Matching)?))).await?;
    if subjects.is_empty() || !(is_held || system.write(|tx| lease::hold(tx, LeasedWork::Matching)).await?) {
        return Ok(false);
    }
    let is_full = i64::try_from(subjects.len()).is_ok_and(|count| count == matching::ROUND);
    let compared = compare_each(&system, subjects).await?;
    // Where nobody of a round could be read, it would come again at once.
    let goes_on = is_full && !compared.is_empty();
    if !compared.is_empty() {
        system.write(move |tx| matching::record(tx, &compared)).await?;
    }
    Ok(goes_on)
}

/// Compares subjects together, or one by one where one of them cannot be read: the others must not wait for that one.
async fn compare_each(system: &SystemDb<'_>, subjects: Vec<QueuedRow>) -> Result<Vec<(QueuedRow, Findings)>, Error> {
    let asked = subjects.clone();
    match system.read(move |tx| matching::compare(tx, &asked)).await {
        Ok(findings) => return Ok(subjects.into_iter().zip(findings).collect()),
        Err(error) if !matches!(error.code, ErrorCode::Internal | ErrorCode::Integrity) => return Err(error),
        Err(_) => {}
    }
    let mut compared = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let asked = subject.clone();
        match system.read(move |tx| matching::compare(tx, &[asked])).await {
            Ok(findings) => compared.extend(findings.into_iter().map(|found| (subject.clone(), found))),
            Err(error) => {
                tracing::warn!(cause = error.cause(), "somebody could not be compared");
                system.write(move |tx| matching::put_off(tx, &subject)).await?;
            }
        }
    }
    Ok(compared)
}

/// The system as actor of changes that only the passing of time causes. Beside the requests: a consent ends in time, however many there are.
pub(in crate::command) fn as_scheduler(db: &Db) -> SystemDb<'_> {
    db.as_system("follow the clock").beside_requests()
}

/// Marks a child who came of age as an adult, in each country where a day began since the last look, and everywhere where there was
/// none. Deletes the search budgets of earlier days.
pub async fn follow_birthdays(db: &Db, looked_at: Option<Timestamp>) -> Result<(), Error> {
    let system = as_scheduler(db);
    for case in system.read(move |tx| coming_of_age::due_for_age_check(tx, looked_at)).await? {
        system.write(move |tx| coming_of_age::check_age(tx, case)).await?;
    }
    let is_new_day = looked_at.is_none_or(|before| Zone::UTC.has_begun_a_day(before, db.now()));
    if is_new_day { system.write(blind_search::forget_old).await } else { Ok(()) }
}

/// Deletes a list, some rows at a time: nobody waits long behind it.
async fn forget_list(system: &SystemDb<'_>, list: ImportId) -> Result<(), Error> {
    while system.write(move |tx| lists::forget(tx, list)).await? {}
    Ok(())
}

/// Runs one round: marks lapsed records, each in a transaction of its own; settles consents, referrals and grants that ended; tells of
/// cases that wait for a second person too long; takes the work of accounts that can no longer act; follows up cases that the process has
/// not looked at yet; and deletes lists that were kept long enough, old idempotency keys and old notes of changes.
pub async fn follow_once(db: &Db) -> Result<(), Error> {
    let system = as_scheduler(db);
    for lapse in system.read(expiry::due).await? {
        // One record that cannot be opened must not keep the others from expiring.
        if let Err(error) = system.write(move |tx| expiry::expire(tx, &lapse)).await {
            tracing::warn!(cause = error.cause(), "a record that lapsed could not be marked");
        }
    }
    for person in system.read(reconcile::due).await? {
        // One person's failure must not delay an expiry that is due for another person.
        if let Err(error) = system.write(move |tx| reconcile::settle_by_the_clock(tx, person)).await {
            tracing::warn!(cause = error.cause(), "what somebody's consent asks for could not be done");
        }
    }
    for user in system.read(leaving::due).await? {
        system.write(move |tx| leaving::release_gone(tx, user)).await?;
    }
    for case in system.read(takeovers::overdue).await? {
        // One case that cannot be read must not keep the others from being told of.
        if let Err(error) = system.write(move |tx| takeovers::raise_alarm(tx, case)).await {
            tracing::warn!(cause = error.cause(), "nobody could be told of a case that waits for a second person");
        }
    }
    for case in system.read(follow::not_followed).await? {
        system.write(move |tx| follow::backfill(tx, case)).await?;
    }
    for list in system.read(lists::due).await? {
        // One list that cannot be deleted must not keep the others.
        if let Err(error) = forget_list(&system, list).await {
            tracing::warn!(cause = error.cause(), "a list that was kept long enough could not be deleted");
        }
    }
    if system.read(idempotency::has_old).await? {
        system.write(idempotency::forget_old).await?;
    }
    if system.read(columns::has_old_changes).await? {
        system.write(columns::forget_old_changes).await?;
    }
    Ok(())
}
