//! Another host country: the person went on, or it was entered by mistake.

use chrono::NaiveDate;

use crate::db::Tx;
use crate::db::casefile::case_keys;
use crate::db::casefile::lock;
use crate::db::casefile::open::{self, OpenCase};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::cases::change;
use crate::db::engine::expected::Expected;
use crate::db::process::follow::{self, RecordChange, Source};
use crate::db::process::transition_log::Move;
use crate::db::process::{desks, facts, host_episodes, records as process_records};
use crate::db::repatriation::records;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{BorderCrossing, HostCountryReason, ImmigrationStatus};
use crate::domain::country::Country;
use crate::domain::ids::CaseId;
use crate::domain::money::Money;
use crate::domain::nationalities::ClaimedNationalities;
use crate::domain::repatriation::Facts;
use crate::domain::repatriation::records::{Crossing, HostEpisode, ImmigrationClearance};
use crate::domain::repatriation::stage::Stage;
use crate::error::{Error, ErrorCode, Result};

/// Where the person is now, and how they came there.
#[derive(Clone, Debug)]
pub struct HostCountryChange {
    pub country: Country,
    pub reason: HostCountryReason,
    /// How they left the country before it.
    pub crossing: Crossing,
    pub entered_on: Option<NaiveDate>,
    pub entered_by: Option<BorderCrossing>,
    pub immigration_status: Option<ImmigrationStatus>,
}

/// Gives a case another host country. Whoever went on leaves standing, waivers and payments behind with a record of the country before;
/// the desks are those of the new country, and the contact ends with missions that do not cover the person there.
pub fn change(tx: &mut Tx<'_>, id: CaseId, expected: &Expected, change: &HostCountryChange) -> Result<OpenCase> {
    let person = lock::lock_with_person(tx, id)?;
    let before = open::find(tx, id)?;
    expected.check(before.row.version)?;
    row::refuse_if_closed(&before.row)?;
    row::require_owner(tx, &before.row)?;
    if before.row.host_country == change.country {
        return Err(Error::field("/country", "unchanged", "is the host country already"));
    }
    if change.reason == HostCountryReason::MovedOn {
        refuse_home(&before.row, change.country)?;
        leave_behind(tx, &before, change.crossing)?;
    }
    let version = row::row_unscoped(tx, id)?.version;
    let moved = change::change_row(tx, id, &version.into(), |_, case| {
        case.row.host_country = change.country;
        if change.reason == HostCountryReason::MovedOn {
            case.row.immigration_status = change.immigration_status.unwrap_or(ImmigrationStatus::Unknown);
        }
        Ok(())
    })?;
    desks::follow_country(tx, &person, &moved.row)?;
    let case = follow::apply_consequences_anew(tx, &moved.row)?;
    // A departure that was booked from the other country does not hold.
    follow::fall_back(tx, &case)?;
    if change.entered_on.is_some() || change.entered_by.is_some() {
        let standing = ImmigrationClearance { entered_on: change.entered_on, entered_by: change.entered_by, ..Default::default() };
        records::insert(tx, id, standing)?;
    }
    open::show(tx, id)
}

/// Whoever goes to their own country is at home, and moves on no more.
fn refuse_home(row: &CaseRow, country: Country) -> Result<()> {
    let is_claimed = row.claimed.iter().flat_map(ClaimedNationalities::states).any(|state| state == country);
    let is_home = row.nationality_verified == Some(country) || is_claimed;
    let message = "it is the country of the person: record the departure and the arrival";
    if is_home { Err(Error::field("/country", "own_country", message)) } else { Ok(()) }
}

/// Records the country that the person leaves, with what is known and owed there.
fn leave_behind(tx: &mut Tx<'_>, before: &OpenCase, crossing: Crossing) -> Result<()> {
    let row = &before.row;
    if row.stage >= Stage::Departed {
        return Err(Error::new(ErrorCode::Conflict).detail("The person has left for home: where they arrived is recorded as the arrival."));
    }
    let keys = case_keys::of_system(tx, row, CompartmentSet::ALL)?;
    let facts = facts::load(tx, row, before.keys.compartments(), &Move::default())?;
    let standing = facts.records.clearance.as_ref().map(|entry| entry.content.clone()).unwrap_or_default();
    if standing.entered_on.zip(crossing.left_on).is_some_and(|(entered, left)| left < entered) {
        return Err(Error::field("/left_on", "wrong_order", "must not lie before the day on which the person entered that country"));
    }
    let fine_left = fine_left(&facts, crossing);
    let episode = HostEpisode::left(row.host_country, crossing, row.immigration_status, standing, fine_left);
    if facts.records.clearance.is_none() {
        // What was set aside shows that the person moved: an episode that was recorded by hand has nothing aside.
        process_records::store_first(tx, row, &keys, &ImmigrationClearance::default())?;
    }
    let recorded = RecordChange { case: row, keys: &keys, facts, source: Source::System }.insert(tx, episode)?;
    host_episodes::set_aside(tx, row.id, recorded.id)
}

fn fine_left(facts: &Facts, crossing: Crossing) -> Option<Money> {
    let then = Facts { left_on: facts.left_on.or(crossing.left_on), ..facts.clone() };
    let fine = then.fine();
    fine.outstanding.zip(fine.currency).map(|(amount, currency)| Money { amount, currency })
}
