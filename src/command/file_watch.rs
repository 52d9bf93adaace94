//! The files of the database while the service runs.

use actix_web::dev::ServerHandle;
use std::time::Duration;

use crate::db::Db;
use crate::db::engine::integrity::Fault;

/// How often the files are looked at where nothing is asked of them.
const BETWEEN: Duration = Duration::from_millis(500);
/// How often all of the database is read, to find what was damaged on the disk.
const BETWEEN_EXAMINATIONS: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the service still answers that it cannot: so that whoever watches it learns why it ends.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// Stops the server when a file of the database was removed or replaced: only a new start can take up what lies there now.
pub(in crate::command) async fn end_with_the_files(db: Db, server: ServerHandle) {
    while !db.fault().is_some_and(Fault::ends_service) {
        actix_web::rt::time::sleep(BETWEEN).await;
    }
    actix_web::rt::time::sleep(LAST_ANSWERS).await;
    server.stop(true).await;
}

/// Examines the whole database once a day; at once, if the start did not wait until all of it was examined.
pub(in crate::command) async fn examine(db: Db, mut is_examined: bool) {
    loop {
        if is_examined {
            actix_web::rt::time::sleep(BETWEEN_EXAMINATIONS).await;
        }
        is_examined = true;
        let file = db.clone();
        if let Ok(Err(error)) = actix_web::web::block(move || file.examine()).await {
            db.tell("the database could not be examined, or is damaged", &error);
        }
    }
}

/// Keeps what only this process still has, before it ends.
pub(in crate::command) fn rescue(db: &Db) {
    match db.rescue() {
        Ok(None) => {}
        Ok(Some(copy)) => tracing::error!(copy = %copy.display(), "everything that the service had written is in this copy"),
        Err(error) => db.tell("what the service had written could not be kept", &error),
    }
}
