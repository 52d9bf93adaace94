//! Copies of case fields in the grants, for the filters and the order of lists. They are kept equal to the case.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{merged, told_nationality};
use crate::db::schema::{case_grants, missions, nationality_verifications};
use crate::domain::codes::NationalityResult;
use crate::domain::ids::{CaseId, MissionId, OrganisationId};
use crate::domain::nationalities::ClaimedNationalities;
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::{Facts, milestones, milestones_told_to};
use crate::error::Result;

/// Updates the copies by which lists filter and sort.
pub(in crate::db) fn follow(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    let query = diesel::update(case_grants::table.filter(case_grants::case_id.eq(case.id))).set((
        case_grants::changed_at.eq(case.updated_at),
        case_grants::risk_rank.eq(case.risk_rank()),
        case_grants::nationality.eq(case.nationality()),
        case_grants::stage.eq(case.stage_label()),
    ));
    query.execute(tx.conn)?;
    keep_from_guests(tx, case)
}

/// The nationality by which an organisation lists a case. A guest mission goes by the one that it verified itself, or is told of: a
/// list must not tell what another mission found, nor that the person is of another state too.
pub(in crate::db) fn nationality_for(tx: &mut Tx<'_>, case: &CaseRow, organisation: OrganisationId) -> Result<Option<Nationality>> {
    if organisation == case.owner_id || (case.nationality_verified.is_none() && !is_of_several(case)) {
        return Ok(case.nationality());
    }
    let mission = missions::table.find(MissionId::from(organisation)).select(missions::id);
    let mission: Option<MissionId> = mission.get_result(tx.conn).optional()?;
    mission.map_or_else(|| Ok(case.nationality()), |guest| nationality_for_guest(tx, case, guest))
}

fn is_of_several(case: &CaseRow) -> bool {
    case.claimed.as_ref().is_some_and(ClaimedNationalities::are_several)
}

fn nationality_for_guest(tx: &mut Tx<'_>, case: &CaseRow, guest: MissionId) -> Result<Option<Nationality>> {
    if let Some(verified) = case.nationality_verified {
        let own = nationality_verifications::table
            .filter(nationality_verifications::case_id.eq(case.id))
            .filter(nationality_verifications::mission_id.eq(guest))
            .filter(nationality_verifications::claimed_state.eq(verified))
            .filter(nationality_verifications::result.eq(NationalityResult::Verified));
        let query = diesel::select(diesel::dsl::exists(own));
        if query.get_result(tx.conn)? {
            return Ok(Some(verified.into()));
        }
    }
    told_nationality::told_to(tx, guest, case.claimed.as_ref(), case.host_country)
}

fn keep_from_guests(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    if case.nationality_verified.is_none() && !is_of_several(case) {
        return Ok(());
    }
    let of_case = || case_grants::table.filter(case_grants::case_id.eq(case.id)).filter(case_grants::organisation_id.ne(case.owner_id));
    let granted = of_case().select(case_grants::organisation_id);
    let granted: Vec<OrganisationId> = granted.load(tx.conn)?;
    let query = missions::table.filter(missions::id.eq_any(granted.into_iter().map(MissionId::from))).select(missions::id);
    let guests: Vec<MissionId> = query.load(tx.conn)?;
    for guest in guests {
        let told = nationality_for_guest(tx, case, guest)?;
        let of_guest = of_case().filter(case_grants::organisation_id.eq(OrganisationId::from(guest)));
        let query = diesel::update(of_guest).set(case_grants::nationality.eq(told));
        query.execute(tx.conn)?;
    }
    Ok(())
}

/// Updates the time of the last change of cases of which nothing else changed that lists filter and sort by.
pub(in crate::db) fn mark_changed(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<()> {
    let query = diesel::update(case_grants::table.filter(case_grants::case_id.eq_any(cases))).set(case_grants::changed_at.eq(tx.now));
    query.execute(tx.conn)?;
    Ok(())
}

/// Updates the copies by which the funnel counts. A mission counts only the milestones that it may see, because it must not learn
/// which other mission the person turned to.
pub(in crate::db) fn refresh_progress(tx: &mut Tx<'_>, case: CaseId, facts: &Facts) -> Result<()> {
    let of_case = case_grants::table.filter(case_grants::case_id.eq(case));
    let accepted = || facts.contacts.iter().filter(|contact| contact.decision.allows_contact()).map(|contact| contact.mission);
    let guests: Vec<MissionId> = accepted().filter(|mission| facts.owner != (*mission).into()).collect();
    let reached = milestones(facts);
    let of_hosts = of_case.filter(case_grants::organisation_id.ne_all(guests.iter().map(|guest| OrganisationId::from(*guest))));
    let query = diesel::update(of_hosts.filter(case_grants::milestones.ne(reached))).set(case_grants::milestones.eq(reached));
    query.execute(tx.conn)?;
    for guest in guests {
        let of_guest = of_case.filter(case_grants::organisation_id.eq(OrganisationId::from(guest)));
        let query = diesel::update(of_guest).set(case_grants::milestones.eq(milestones_told_to(guest, facts)));
        query.execute(tx.conn)?;
    }
    count_for_leading_mission(tx, case, facts)
}

/// Counts the case for the newest mission that the person accepted. Who did not see a merged case counts by the contacts of this one.
fn count_for_leading_mission(tx: &mut Tx<'_>, case: CaseId, facts: &Facts) -> Result<()> {
    let accepted = facts.contacts.iter().filter(|contact| contact.decision.allows_contact());
    let of_case = case_grants::table.filter(case_grants::case_id.eq(case));
    let others = of_case.filter(case_grants::organisation_id.ne_all(missions::table.select(missions::id)));
    let own = accepted.clone().rfind(|contact| !contact.is_of_merged).map(|contact| contact.mission);
    let query = diesel::update(others).set(case_grants::mission_id.eq(own));
    query.execute(tx.conn)?;
    let all = accepted.clone().next_back().map(|contact| contact.mission);
    if all == own {
        return Ok(());
    }
    let saw_both = merged::who_saw_merged_into(tx, case)?;
    let query = diesel::update(others.filter(case_grants::organisation_id.eq_any(saw_both))).set(case_grants::mission_id.eq(all));
    query.execute(tx.conn)?;
    Ok(())
}
