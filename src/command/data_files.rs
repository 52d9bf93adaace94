//! The files of an SQLite database before it is opened: whether they are whole, and belong together.

use std::path::Path;
use std::time::Duration;

use crate::command;
use crate::command::failure::Failure;
use crate::config::DatabaseUrl;
use crate::db::engine::completeness::{self, Incomplete};
use crate::db::engine::sqlite_file::{self, Examined};

/// How long a start waits for the examination of a file. A larger file is examined to its end while the service runs.
const PATIENCE: Duration = Duration::from_secs(2);

/// Refuses a database that lacks what was durable: its log is missing, or belongs to another state of it. Asked before SQLite opens the
/// file, which would take what is there for all there is.
pub(in crate::command) fn require_complete(path: &Path) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| Failure::unavailable(format!("{} cannot be read: {error}", path.display()));
    let Some(incomplete) = completeness::look(path).map_err(unreadable)? else { return Ok(()) };
    let file = command::full_path(path);
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let what = match incomplete {
        Incomplete::LogLost { last, marked } => format!(
            "lacks its last changes: change {marked} was written, and the last one that is there is {last}. Its log {name}-wal is missing or \
             damaged, or the file is an older one. Put the log or the file back, or restore a backup"
        ),
        Incomplete::Apart => format!(
            "and its log {name}-wal do not belong together: they were copied while a service wrote, or one of them is older. Put the other one \
             back, or restore a backup (`homeward backup` makes one while the service runs)"
        ),
        Incomplete::LogBroken => {
            format!("has a log {name}-wal that is damaged in its middle, and written changes behind that place. Restore a backup")
        }
    };
    let without = match incomplete {
        Incomplete::LogLost { .. } => format!("{name}-mark"),
        Incomplete::Apart | Incomplete::LogBroken => format!("{name}-wal, {name}-shm and {name}-mark"),
    };
    Err(Failure::config(format!(
        "DATABASE_URL: {} {what}. Nothing was written. To go on without what is missing, on purpose, move {without} away, and run `homeward check`.",
        file.display()
    )))
}

/// Refuses a database with a page or a row that cannot be what was written. Returns whether all of it was examined.
pub(in crate::command) fn require_sound(database: &DatabaseUrl) -> Result<bool, Failure> {
    let DatabaseUrl::Sqlite(path) = database else { return Ok(true) };
    if !path.is_file() {
        return Ok(true);
    }
    match sqlite_file::examine(path, Some(PATIENCE))? {
        Examined::Whole => Ok(true),
        Examined::Unfinished => Ok(false),
        Examined::Damaged => Err(damaged(path)),
    }
}

/// The failure of a database that is damaged.
pub(in crate::command) fn damaged(path: &Path) -> Failure {
    Failure::input(format!(
        "{} is damaged: a page or a row of it cannot be what was written. Keep a copy of it and of the files beside it, and restore the latest \
         backup.",
        command::full_path(path).display()
    ))
}

/// Forgets what was known of a database that is not there any more: a new one is made in its place.
pub(in crate::command) fn forget_mark(database: &DatabaseUrl) -> Result<(), Failure> {
    let DatabaseUrl::Sqlite(path) = database else { return Ok(()) };
    Ok(sqlite_file::forget_mark(path)?)
}
