//! How many people are in which kind of place: figures without a name or an address.

use std::collections::{BTreeMap, HashMap};

use crate::db::Tx;
use crate::db::casefile::grants;
use crate::db::process::across_cases::{self, OnCase};
use crate::domain::access::compartments::Compartment;
use crate::domain::codes::PlacementKind;
use crate::domain::country::Country;
use crate::domain::ids::CaseId;
use crate::domain::repatriation::records::Placement;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::error::Result;

/// How many people are in a kind of place of a country: today there, over the open cases whose location the caller opens.
pub fn count(tx: &mut Tx<'_>) -> Result<BTreeMap<(Country, PlacementKind), i64>> {
    grants::refuse_stale(tx, Compartment::Location)?;
    let mut of_cases: HashMap<CaseId, Vec<OnCase<Placement>>> = HashMap::new();
    for placement in across_cases::of_all::<Placement>(tx)?.into_iter().rev().filter(|placement| placement.status.is_open()) {
        of_cases.entry(placement.record.case_id).or_default().push(placement);
    }
    let mut counts = BTreeMap::new();
    for recorded in of_cases.values() {
        if let Some((country, kind)) = at(tx, recorded) {
            *counts.entry((country, kind)).or_default() += 1;
        }
    }
    Ok(counts)
}

/// Where the person of a case is today. Whoever left a country left every place in it, and whoever died, was removed or cannot be found is
/// in none, whatever nobody wrote down.
fn at(tx: &Tx<'_>, recorded: &[OnCase<Placement>]) -> Option<(Country, PlacementKind)> {
    let case = recorded.first()?;
    if case.side_state.is_some_and(|state| !matches!(state, SideState::OnHold | SideState::ProtectionPathway)) {
        return None;
    }
    let country = |placement: &Placement| placement.country.unwrap_or(case.host_country);
    let has_left = case.stage >= Stage::Departed;
    let still_open = recorded.iter().map(|placement| &placement.record.content);
    let still_open = still_open.filter(|placement| (country(placement) == case.host_country) != has_left);
    let placement = Placement::on(tx.today_in(case.host_country).day(), still_open)?;
    Some((country(placement), placement.kind))
}
