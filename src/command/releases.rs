//! The nightly release of figures: for each organisation, where enough has changed.

use crate::command::background::as_scheduler;
use crate::db::Db;
use crate::db::engine::lease::{self, LeasedWork};
use crate::db::reporting::{counted_records, releases};
use crate::domain::dates::Timestamp;
use crate::domain::zones::Zone;
use crate::error::Error;

/// Runs one round, if a day began since the last look. One instance does so at a time; done twice, it makes nothing twice.
pub async fn release_figures(db: &Db, looked_at: Option<Timestamp>) -> Result<(), Error> {
    let is_new_day = looked_at.is_none_or(|before| Zone::UTC.has_begun_a_day(before, db.now()));
    let system = as_scheduler(db);
    if !is_new_day || !system.write(|tx| lease::hold(tx, LeasedWork::Release)).await? {
        return Ok(());
    }
    system.write(releases::forget_old).await?;
    for organisation in system.read(counted_records::with_cases).await? {
        let counted = system.read(move |tx| releases::count(tx, organisation)).await?;
        if counted.is_due() {
            system.write(move |tx| releases::keep(tx, &counted)).await?;
        }
    }
    Ok(())
}
