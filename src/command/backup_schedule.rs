//! Backups that the service makes itself: one instance at a time, on a thread and connections of its own, beside the requests.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot::{self, Receiver};

use crate::api::http::metrics::Metrics;
use crate::command::background::as_scheduler;
use crate::command::backup_folder::{self, Deleted};
use crate::command::backup_output::Unfinished;
use crate::command::failure::Failure;
use crate::command::{backup, recovery_key};
use crate::config::{BackupSettings, Config};
use crate::crypto::Keys;
use crate::db::Db;
use crate::db::engine::lease::{self, LeasedWork};
use crate::db::reporting::last_backup;
use crate::domain::dates::Timestamp;
use crate::error::Error;

/// Interval at which it is looked whether a backup is due.
const LOOKING: Duration = Duration::from_secs(20);
/// How long is waited after a failure: it may need somebody to make room, and each attempt is work.
const AFTER_FAILURE: Duration = Duration::from_secs(300);
/// Interval at which the lease is looked at while a backup is made. Less than half of the time for which it is held.
const HOLDING: Duration = Duration::from_secs(5);
/// Interval at which it is read when the last backup was made.
const WATCHING: Duration = Duration::from_secs(15);
/// The settings that messages name.
const FOLDER: &str = "HOMEWARD_BACKUP";
const RECIPIENTS: &str = "HOMEWARD_BACKUP_RECIPIENTS";

/// What the service needs to make backups.
#[derive(Clone)]
pub struct Schedule {
    settings: BackupSettings,
    config: Config,
    keys: Arc<Keys>,
}

impl Schedule {
    /// The schedule of the settings. None: the service makes no backups.
    pub fn of(config: &Config, keys: &Arc<Keys>) -> Option<Self> {
        Some(Self { settings: config.backups.clone()?, config: config.clone(), keys: keys.clone() })
    }

    /// Whether the newest backup in the folder is too old.
    fn is_due(&self, now: Timestamp) -> Result<bool, Failure> {
        Ok(is_due(&backup_folder::made(&self.settings.to)?, now, self.settings.every))
    }

    /// Makes a backup and deletes those that are not kept. On the thread that calls it.
    fn make(&self) -> Result<Made, Failure> {
        // Read anew: whoever may open backups changes while a service runs for months.
        let recipients = recovery_key::read_recipients(&self.settings.recipients, RECIPIENTS)?;
        let made = backup::make(&self.config, &self.keys, &self.settings.to, &recipients)?;
        let told = (made.path.display().to_string(), made.rows, made.files);
        Ok(Made { at: made.at, told, deleted: made.delete_others(self.settings.keep) })
    }
}

/// A backup that was made, and what came of deleting others.
struct Made {
    at: Timestamp,
    told: (String, u64, usize),
    deleted: Result<Deleted, Failure>,
}

/// Refuses a folder that cannot be written to, and a file of recipients that has none: otherwise the first backup would fail.
pub(in crate::command) fn require_usable(settings: &BackupSettings) -> Result<(), Failure> {
    recovery_key::read_recipients(&settings.recipients, RECIPIENTS)?;
    let (folder, refused) = (&settings.to, |why: String| Err(Failure::config(format!("{FOLDER}: {} {why}", settings.to.display()))));
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match std::fs::metadata(folder) {
        Ok(found) if !found.is_dir() => return refused("is no folder. Name a folder for backups.".to_owned()),
        // A mistyped path must not become a tree.
        Err(_) if !parent.is_dir() => return refused(format!("cannot be made: there is no folder {}. Make it first.", parent.display())),
        _ => {}
    }
    let tried = backup_folder::make(folder).and_then(|()| Unfinished::in_folder(folder).writer().map(drop));
    tried.or_else(|failure| refused(format!("cannot be used. Let the user of the service write to it. ({failure})")))
}

/// Whether a backup is due. One of the future, which a wrong clock made, is no reason to wait.
fn is_due(made: &[Timestamp], now: Timestamp, every: Duration) -> bool {
    let newest = made.iter().filter(|at| **at <= now).max();
    newest.is_none_or(|newest| i128::from(now.micros() - newest.micros()) >= i128::try_from(every.as_micros()).unwrap_or(i128::MAX))
}

/// Makes a backup whenever one is due, as long as the service runs.
pub async fn keep(db: Db, schedule: Schedule) {
    loop {
        let pause = match make_if_due(&db, &schedule).await {
            Ok(_) => LOOKING,
            Err(failure) => {
                tracing::error!(cause = %failure, "no backup was made; trying again");
                AFTER_FAILURE.min(schedule.settings.every)
            }
        };
        actix_web::rt::time::sleep(pause).await;
    }
}

/// Makes a backup, if one is due and no other instance makes one. True: one was made.
pub async fn make_if_due(db: &Db, schedule: &Schedule) -> Result<bool, Failure> {
    if !schedule.is_due(db.now())? || !hold(db).await? {
        return Ok(false);
    }
    let work = schedule.clone();
    let made = until_done(db, on_a_thread(move || work.make())?).await?;
    let at = made.at;
    as_scheduler(db).write(move |tx| last_backup::record(tx, at)).await?;
    let (backup, rows, files) = made.told;
    tracing::info!(backup, rows, files, "a backup was made");
    match made.deleted {
        Ok(Deleted { unlisted: Some(list), .. }) => {
            tracing::warn!(list, "no file of attachments is deleted beside the backups: a list of files is missing or damaged");
        }
        Ok(deleted) => tracing::debug!(%deleted, "backups that are not kept were deleted"),
        Err(failure) => {
            tracing::error!(cause = %failure, "a backup was made, and earlier ones could not be deleted; trying again with the next");
        }
    }
    Ok(true)
}

/// Takes or prolongs the lease. False: another instance makes a backup.
async fn hold(db: &Db) -> Result<bool, Error> {
    let system = as_scheduler(db);
    Ok(system.read(|tx| lease::is_held(tx, LeasedWork::Backup)).await? || system.write(|tx| lease::hold(tx, LeasedWork::Backup)).await?)
}

/// Starts work on a thread of its own. It ends with the process, and leaves nothing that the next backup does not clear away.
fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<Receiver<T>, Failure> {
    let (done, result) = oneshot::channel();
    let run = move || {
        if done.send(work()).is_err() {
            tracing::debug!("nobody waits for the backup any more: the service stops");
        }
    };
    let started = std::thread::Builder::new().name("backup".to_owned()).spawn(run);
    started.map(|_| result).map_err(|error| Failure::unavailable(format!("No thread can be started: {error}")))
}

/// Waits for the thread, and holds the lease meanwhile.
async fn until_done<T>(db: &Db, mut result: Receiver<Result<T, Failure>>) -> Result<T, Failure> {
    loop {
        match actix_web::rt::time::timeout(HOLDING, &mut result).await {
            Ok(Ok(made)) => return made,
            Ok(Err(_)) => return Err(Failure::unavailable("The thread that made the backup ended before its end.")),
            Err(_) => match hold(db).await {
                Ok(true) => {}
                // Nothing is lost by it: the folder is locked, and each backup has its own name.
                Ok(false) => tracing::warn!("another instance may make a backup at the same time"),
                Err(error) => db.tell("the lease of the backup could not be prolonged; trying again", &error),
            },
        }
    }
}

/// Keeps the figure of the last backup true, whoever makes backups: this instance, another one, or a command.
pub async fn watch(db: Db, metrics: Arc<Metrics>) {
    loop {
        if let Err(error) = watch_once(&db, &metrics).await {
            db.tell("when the last backup was made could not be read; trying again", &error);
        }
        actix_web::rt::time::sleep(WATCHING).await;
    }
}

/// Reads when the last backup was made.
pub async fn watch_once(db: &Db, metrics: &Metrics) -> Result<(), Error> {
    let made_at = as_scheduler(db).read(last_backup::known).await?;
    let age = made_at.map(|made_at| u64::try_from(db.now().micros() - made_at.micros()).unwrap_or_default());
    metrics.tell_last_backup(age.map(Duration::from_micros));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_due_when_the_newest_one_is_too_old_and_whatever_a_clock_said() {
        let at = |seconds: i64| Timestamp::EPOCH.plus_seconds(seconds);
        let hour = Duration::from_secs(3600);
        assert!(is_due(&[], at(0), hour), "there is none");
        assert!(!is_due(&[at(0), at(10)], at(3609), hour));
        assert!(is_due(&[at(10), at(0)], at(3610), hour));
        assert!(is_due(&[at(0), at(1_000_000)], at(3600), hour), "one of the future is not the newest one");
        assert!(!is_due(&[at(3000), at(1_000_000)], at(3600), hour));
    }
}
