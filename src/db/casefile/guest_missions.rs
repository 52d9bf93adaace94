//! Rules of a guest mission: it may know everything about the person that its grant opens, and nothing about any other mission
//! that the person turned to.

use crate::db::Tx;
use crate::domain::ids::{MissionId, OrganisationId};

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

/// Whether the caller may see a record of a mission, such as a verification or a document. A record of no mission is visible to
/// every organisation that sees the case.
pub(in crate::db) fn may_see_mission(tx: &Tx<'_>, owner: OrganisationId, mission: Option<MissionId>) -> bool {
    !is_guest(tx, owner) || mission.is_none_or(|mission| tx.actor.organisation_id() == mission.into())
}
