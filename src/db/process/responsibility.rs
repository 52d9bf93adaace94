//! Who is responsible for a case that must not stay with its owner.

use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::lock::PersonLocked;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{denied, ownership};
use crate::db::process::tasks;
use crate::domain::ids::OrganisationId;
use crate::error::Result;

/// Hands a case from a mission to the coordination desk of the host country: to the acting one, or to another one whom the person
/// does not deny. Where there is none, to the organisation that acts, so that somebody is responsible.
pub(in crate::db) fn take_from_mission(tx: &mut Tx<'_>, person: &PersonLocked<'_>, row: &mut CaseRow) -> Result<()> {
    let (before, responsible) = (row.owner_id, responsible(tx, person, row)?);
    ownership::take_over(tx, person, row, responsible)?;
    tasks::hand_over(tx, row.id, before, responsible)?;
    row.owner_id = responsible;
    row.assigned_to = None;
    Ok(())
}

fn responsible(tx: &mut Tx<'_>, person: &PersonLocked<'_>, row: &CaseRow) -> Result<OrganisationId> {
    let own = tx.actor.organisation_id();
    let desks = organisations::desks_of(tx, row.host_country)?;
    if desks.contains(&own) {
        return Ok(own);
    }
    for desk in desks {
        let is_mission = organisations::find(tx, desk)?.kind.is_mission();
        if !is_mission && !denied::is_denied(tx, person.person(), desk)? {
            return Ok(desk);
        }
    }
    Ok(own)
}
