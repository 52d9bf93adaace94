//! Watches the disk of the database, as long as the service runs.

use std::sync::Arc;
use std::time::Duration;

use crate::api::http::metrics::Metrics;
use crate::db::Db;

/// Interval at which the disk is looked at.
const LOOKING: Duration = Duration::from_secs(2);

/// Holds space back for the database, and tells the figures what there is. Ends at once where the disk is another server's.
pub async fn watch(db: Db, metrics: Arc<Metrics>) {
    loop {
        let looked = db.clone();
        let Ok(Some(seen)) = tokio::task::spawn_blocking(move || looked.space().look()).await else { return };
        metrics.tell_disk(seen.free, seen.is_short);
        actix_web::rt::time::sleep(LOOKING).await;
    }
}
