//! What is about an earlier host country, and no more about the present one.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::row;
use crate::db::process::follow;
use crate::db::schema::case_records;
use crate::domain::ids::{CaseId, RecordId};
use crate::domain::repatriation::records::RecordKind;
use crate::error::Result;

/// The kinds of which every host country has its own.
const OF_THE_COUNTRY: [RecordKind; 3] = [RecordKind::ImmigrationClearance, RecordKind::FineWaiver, RecordKind::FinePayment];

/// Sets the standing, waivers and payments of a case aside: they are about this earlier host country now.
pub(in crate::db) fn set_aside(tx: &mut Tx<'_>, case: CaseId, episode: RecordId) -> Result<()> {
    let present = case_records::table
        .filter(case_records::case_id.eq(case))
        .filter(case_records::kind.eq_any(OF_THE_COUNTRY))
        .filter(case_records::host_episode_id.is_null());
    let query = diesel::update(present).set(case_records::host_episode_id.eq(Some(episode)));
    query.execute(tx.conn)?;
    Ok(())
}

/// Takes back what was set aside for an earlier host country that was recorded by mistake. What was recorded since is about the country
/// where the person never was, and goes aside in its place.
pub(in crate::db) fn take_back(tx: &mut Tx<'_>, case: CaseId, episode: RecordId) -> Result<()> {
    let query = case_records::table
        .filter(case_records::case_id.eq(case))
        .filter(case_records::host_episode_id.eq(Some(episode)))
        .select(case_records::id);
    let back: Vec<RecordId> = query.load(tx.conn)?;
    if back.is_empty() {
        // It was recorded by hand: nobody moved.
        return Ok(());
    }
    set_aside(tx, case, episode)?;
    let query =
        diesel::update(case_records::table.filter(case_records::id.eq_any(back))).set(case_records::host_episode_id.eq(None::<RecordId>));
    query.execute(tx.conn)?;
    let row = row::row_unscoped(tx, case)?;
    follow::apply_consequences_anew(tx, &row).map(drop)
}
