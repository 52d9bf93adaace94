//! The files of the database while the service runs.

use actix_web::dev::ServerHandle;
use std::time::Duration;

use crate::db::Db;
use crate::db::engine::integrity::Fault;

/// How often the files are looked at where nothing is asked of them.
const BETWEEN: Duration = Duration::from_millis(500);
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
