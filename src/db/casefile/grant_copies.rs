//! Copies of case fields in the grants, for the filters and the order of lists. They are kept equal to the case.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::row::CaseRow;
use crate::db::schema::{case_grants, missions};
use crate::domain::ids::{CaseId, MissionId, OrganisationId};
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
    // Counts the case for the newest mission that the person accepted.
    let leading = accepted().next_back();
    let others = of_case.filter(case_grants::organisation_id.ne_all(missions::table.select(missions::id)));
    let query = diesel::update(others).set(case_grants::mission_id.eq(leading));
    query.execute(tx.conn)?;
    Ok(())
}
