//! Automatic expiry of travel documents and exit permits. Every instance checks each minute; the first one acts, and the others
//! find the work done.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::{case_keys, lock, merged, place, row};
use crate::db::process::facts;
use crate::db::process::follow::{RecordChange, Source};
use crate::db::process::records::{self, Recorded};
use crate::db::process::transition_log::Move;
use crate::db::schema::{case_records, cases as case_rows};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{ExitTrack, TravelDocumentStatus};
use crate::domain::country::Country;
use crate::domain::ids::{CaseId, OrganisationId, RecordId};
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::record::RecordKind;
use crate::domain::repatriation::records::{ImmigrationClearance, TravelDocument};
use crate::domain::zones::{Today, Zone, latest_day};
use crate::error::Result;

/// Records of one round.
const ROUND: i64 = 1000;

/// A record whose validity ended on a past day.
#[derive(Clone)]
pub struct Expired {
    record: RecordId,
    case: CaseId,
    kind: RecordKind,
}

/// Lapsed records that are not marked as expired yet, the oldest first.
pub fn due(tx: &mut Tx<'_>) -> Result<Vec<Expired>> {
    let query = case_records::table
        .inner_join(case_rows::table.on(case_rows::id.eq(case_records::case_id)))
        // Over somewhere. Those that are not over yet where the case is lapse on the latest days, so they come last.
        .filter(case_records::lapses_on.lt(latest_day(tx.now)))
        .filter(case_rows::person_id.ne_all(merged::merged_persons()))
        .filter(case_records::host_episode_id.is_null())
        .order((case_records::lapses_on, case_records::id))
        .limit(ROUND)
        .select((
            case_records::id,
            case_records::case_id,
            case_records::kind,
            case_records::lapses_on,
            (case_rows::host_country, case_rows::owner_id),
        ));
    type Where = (Country, OrganisationId);
    let rows: Vec<(RecordId, CaseId, RecordKind, Option<NaiveDate>, Where)> = query.load(tx.conn)?;
    let mut clocks: HashMap<Where, Zone> = HashMap::new();
    let mut over = Vec::new();
    for (record, case, kind, lapses_on, place) in rows {
        let clock = match clocks.entry(place) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(place::clock(tx, place.0, place.1)?),
        };
        if lapses_on.is_some_and(|day| day < Today::at(clock, tx.now)) {
            over.push(Expired { record, case, kind });
        }
    }
    Ok(over)
}

/// Marks a record as expired, reopens its track and drops the stage, in one transaction. Returns whether it changed anything:
/// another instance may have been faster.
pub fn expire(tx: &mut Tx<'_>, lapse: &Expired) -> Result<bool> {
    lock::lock(tx, lapse.case)?;
    tx.audit_unchanged(lapse.case.0);
    match lapse.kind {
        RecordKind::TravelDocument => end(tx, lapse, |document: &mut TravelDocument| document.status = TravelDocumentStatus::Expired),
        RecordKind::ImmigrationClearance => {
            end(tx, lapse, |clearance: &mut ImmigrationClearance| clearance.exit_track = Some(ExitTrack::Expired))
        }
        _ => Ok(false),
    }
}

fn end<R: RecordRules>(tx: &mut Tx<'_>, lapse: &Expired, expire: impl FnOnce(&mut R)) -> Result<bool> {
    let case = row::row_unscoped(tx, lapse.case)?;
    let keys = case_keys::of_system(tx, &case, CompartmentSet::ALL)?;
    let before: Recorded<R> = records::find_stored(tx, lapse.record, &keys)?;
    let today = case.today(tx)?;
    if before.content.holds_until().is_none_or(|until| until >= today) {
        return Ok(false);
    }
    let facts = facts::load(tx, &case, CompartmentSet::EMPTY, &Move::default())?;
    let mut content = before.content.clone();
    expire(&mut content);
    RecordChange { case: &case, keys: &keys, facts, source: Source::System }.update(tx, before, content)?;
    Ok(true)
}
