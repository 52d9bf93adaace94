//! What is about an earlier host country, and no more about the present one.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::process::follow;
use crate::db::schema::case_records;
use crate::domain::ids::{CaseId, RecordId};
use crate::domain::repatriation::records::record::{CaseRecord, Entry};
use crate::domain::repatriation::records::{HostEpisode, RecordKind};
use crate::error::{Error, ErrorCode, Result};

/// The kinds of which every host country has its own.
const OF_THE_COUNTRY: [RecordKind; 5] = [
    RecordKind::ImmigrationClearance,
    RecordKind::FineWaiver,
    RecordKind::FinePayment,
    // Nobody is held in a country that they left, and its courts stop no departure from another one.
    RecordKind::Detention,
    RecordKind::LegalHold,
];

/// Sets the standing, waivers, payments, detentions and legal holds of a case aside: they are about this earlier host country now.
pub(in crate::db) fn set_aside(tx: &mut Tx<'_>, case: CaseId, episode: RecordId) -> Result<()> {
    let present = case_records::table
        .filter(case_records::case_id.eq(case))
        .filter(case_records::kind.eq_any(OF_THE_COUNTRY))
        .filter(case_records::host_episode_id.is_null());
    let query = diesel::update(present).set(case_records::host_episode_id.eq(Some(episode)));
    query.execute(tx.conn)?;
    Ok(())
}

/// Refuses to cancel a move while the case still stands in the country to which it led, or in one after it: what it set aside would count
/// there.
pub(in crate::db) fn check_cancelled(tx: &mut Tx<'_>, case: &CaseRow, id: RecordId, all: &[Entry<HostEpisode>]) -> Result<()> {
    let Some(episode) = all.iter().find(|episode| episode.id == id) else { return Ok(()) };
    let is_later = |other: &&Entry<HostEpisode>| other.created_at > episode.created_at && !other.content.is_cancelled();
    let later: Vec<RecordId> = all.iter().filter(is_later).map(|other| other.id).collect();
    if !has_aside(tx, case.id, &[episode.id])? {
        // It was recorded by hand: nobody moved.
        return Ok(());
    }
    let detail = match () {
        () if has_aside(tx, case.id, &later)? => "The person moved on from there since: cancel the later moves first.",
        () if case.host_country != episode.content.country => {
            "Change the host country back first, with the reason wrong_entry: then what the move set aside counts again."
        }
        () => return Ok(()),
    };
    Err(Error::new(ErrorCode::Conflict).detail(detail))
}

/// Whether anything was set aside for one of these earlier host countries.
fn has_aside(tx: &mut Tx<'_>, case: CaseId, episodes: &[RecordId]) -> Result<bool> {
    let aside = case_records::table
        .filter(case_records::case_id.eq(case))
        .filter(case_records::host_episode_id.eq_any(episodes.iter().copied().map(Some).collect::<Vec<_>>()));
    Ok(diesel::select(diesel::dsl::exists(aside)).get_result(tx.conn)?)
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
        return Ok(());
    }
    set_aside(tx, case, episode)?;
    let query =
        diesel::update(case_records::table.filter(case_records::id.eq_any(back))).set(case_records::host_episode_id.eq(None::<RecordId>));
    query.execute(tx.conn)?;
    let row = row::row_unscoped(tx, case)?;
    follow::apply_consequences_anew(tx, &row).map(drop)
}
