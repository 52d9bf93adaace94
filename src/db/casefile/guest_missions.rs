//! Rules of a guest mission. What it sees on a case is listed: its own records, and those of the owner and the system, as far as its
//! grant opens them; nothing of any other mission that the person turned to.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::nationality_verifications;
use crate::domain::codes::NationalityResult;
use crate::domain::country::Country;
use crate::domain::ids::{CaseId, MissionId, OrganisationId};
use crate::error::Result;

/// The organisation behind an act on a case, as far as the caller may know it. A guest mission knows of itself, of the owner and
/// of the system, but not of any other mission that the person turned to.
pub(in crate::db) fn known_organisation(tx: &Tx<'_>, owner: OrganisationId, organisation: OrganisationId) -> Option<OrganisationId> {
    let is_known = [tx.actor.organisation_id(), owner, OrganisationId::SYSTEM].contains(&organisation);
    (is_known || !is_guest(tx, owner)).then_some(organisation)
}

/// Whether the caller is a guest mission: a mission on a case that another organisation owns.
pub(in crate::db) fn is_guest(tx: &Tx<'_>, owner: OrganisationId) -> bool {
    tx.actor.is_mission() && tx.actor.organisation_id() != owner
}

/// Whether the caller may see a record. A guest mission sees what it recorded and what the owner or the system did, unless that is
/// addressed to another mission; nothing else, whoever recorded it.
pub(in crate::db) fn may_see_record(tx: &Tx<'_>, owner: OrganisationId, recorder: OrganisationId, mission: Option<MissionId>) -> bool {
    known_organisation(tx, owner, recorder).is_some() && may_see_mission(tx, owner, mission)
}

/// The verified nationality as the caller may know it. A guest mission knows of its own verification only.
pub(in crate::db) fn known_nationality(
    tx: &mut Tx<'_>,
    case: CaseId,
    owner: OrganisationId,
    verified: Option<Country>,
) -> Result<Option<Country>> {
    let Some(country) = verified.filter(|_| is_guest(tx, owner)) else { return Ok(verified) };
    let own = nationality_verifications::table
        .filter(nationality_verifications::case_id.eq(case))
        .filter(nationality_verifications::mission_id.eq(MissionId::from(tx.actor.organisation_id())))
        .filter(nationality_verifications::claimed_state.eq(country))
        .filter(nationality_verifications::result.eq(NationalityResult::Verified));
    let is_own: bool = diesel::select(diesel::dsl::exists(own)).get_result(tx.conn)?;
    Ok(verified.filter(|_| is_own))
}

/// Whether the caller may see a record of a mission, such as a verification or a document. A record of no mission is visible to
/// every organisation that sees the case.
pub(in crate::db) fn may_see_mission(tx: &Tx<'_>, owner: OrganisationId, mission: Option<MissionId>) -> bool {
    !is_guest(tx, owner) || mission.is_none_or(|mission| tx.actor.organisation_id() == mission.into())
}
