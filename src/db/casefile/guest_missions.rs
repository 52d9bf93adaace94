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
    let mut known = verified;
    keep_nationalities(tx, vec![(case, owner, &mut known)])?;
    Ok(known)
}

/// The same for several cases, in one query: takes away what a guest mission may not know.
pub(in crate::db) fn keep_nationalities(tx: &mut Tx<'_>, verified: Vec<(CaseId, OrganisationId, &mut Option<Country>)>) -> Result<()> {
    let as_guest: Vec<_> = verified.into_iter().filter(|(_, owner, country)| country.is_some() && is_guest(tx, *owner)).collect();
    if as_guest.is_empty() {
        return Ok(());
    }
    let query = nationality_verifications::table
        .filter(nationality_verifications::case_id.eq_any(as_guest.iter().map(|(case, ..)| *case).collect::<Vec<_>>()))
        .filter(nationality_verifications::mission_id.eq(MissionId::from(tx.actor.organisation_id())))
        .filter(nationality_verifications::result.eq(NationalityResult::Verified))
        .select((nationality_verifications::case_id, nationality_verifications::claimed_state));
    let own: Vec<(CaseId, Country)> = query.load(tx.conn)?;
    for (case, _, country) in as_guest {
        *country = country.filter(|country| own.contains(&(case, *country)));
    }
    Ok(())
}

/// Whether the caller may see a record of a mission, such as a verification or a document. A record of no mission is visible to
/// every organisation that sees the case.
pub(in crate::db) fn may_see_mission(tx: &Tx<'_>, owner: OrganisationId, mission: Option<MissionId>) -> bool {
    !is_guest(tx, owner) || mission.is_none_or(|mission| tx.actor.organisation_id() == mission.into())
}
