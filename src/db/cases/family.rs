//! Who belongs to somebody belongs to the person, and a link hangs on two cases: when a person gets another case, the links of the earlier
//! ones stand on it too. Each is a row of its own, sealed with the keys of the cases that it stands on, so that it is seen by whoever sees
//! both, opened to a later owner and partner like any other, and nothing else has to know of episodes.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::compartments::seal_detail;
use crate::db::casefile::relations::{self, Link, Linked, RelationDetails, RelationRow};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{case_keys, grants, lock};
use crate::db::process::belonging;
use crate::db::schema::case_relations;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::codes::RelationKind;
use crate::domain::ids::{CaseId, OrganisationId, PersonId, RelationId};
use crate::error::Result;

/// Somebody who belongs to a person, as a link of an earlier case says.
struct Relative {
    /// The case on which it was recorded, also if that one was merged since.
    case: CaseId,
    /// What they are to the person.
    kind: RelationKind,
    /// The organisation that linked the two.
    recorded_by: OrganisationId,
}

/// Links the new case of a person with those who belong to them. Why two were apart is not taken along: it is decided anew.
pub(in crate::db) fn follow(tx: &mut Tx<'_>, new: &CaseRow) -> Result<()> {
    let mut earlier = row::of_person(tx, new.person_id)?;
    earlier.retain(|case| case.id != new.id);
    let relatives = relatives(tx, &earlier, new.person_id)?;
    if relatives.is_empty() {
        return Ok(());
    }
    let mut locked: Vec<CaseId> = earlier.iter().map(|case| case.id).collect();
    locked.sort_unstable();
    locked.into_iter().try_for_each(|case| lock::lock(tx, case))?;
    for relative in &relatives {
        insert(tx, new, relative)?;
    }
    // What reminded of an earlier case is settled where the new one is seen in its place.
    earlier.iter().chain([new]).try_for_each(|case| belonging::remind(tx, case))
}

/// Who belongs to a person, each case once, as the newest of the earlier cases says.
fn relatives(tx: &mut Tx<'_>, earlier: &[CaseRow], person: PersonId) -> Result<Vec<Relative>> {
    let ids: Vec<CaseId> = earlier.iter().map(|case| case.id).collect();
    let seen: Vec<RelationId> = relations::seen_from_any(tx, &ids)?.into_iter().map(|(_, relation)| relation.id).collect();
    let mut relatives: Vec<Relative> = Vec::new();
    for case in earlier.iter().rev() {
        for link in relations::links(tx, case.id)? {
            let (far, kind) =
                if link.first.row.person_id == person { (&link.second, link.second_is) } else { (&link.first, link.second_is.inverse()) };
            let recorded_on = far.recorded_on();
            if relatives.iter().all(|known| known.case != recorded_on) && goes_along(tx, &link, far, &seen)? {
                relatives.push(Relative { case: recorded_on, kind, recorded_by: link.recorded_by });
            }
        }
    }
    Ok(relatives)
}

/// Whether a link stands on the new case. Who opens that one and does not see the link sees no earlier case that it hangs on: it stays
/// hidden from them with the relative whom they do not see, and does not come up beside one whom they see.
fn goes_along(tx: &mut Tx<'_>, link: &Link, far: &Linked, seen: &[RelationId]) -> Result<bool> {
    if seen.contains(&link.id) {
        return Ok(true);
    }
    let opened = grants::keys_for(tx, far.row.id)?.is_some_and(|keys| keys.get(Compartment::Identity).is_some());
    Ok(!opened && !far.row.is_closed())
}

fn insert(tx: &mut Tx<'_>, new: &CaseRow, relative: &Relative) -> Result<()> {
    let id = RelationId::random();
    let is_first = new.id < relative.case;
    let first = if is_first { new.clone() } else { row::row_unscoped(tx, relative.case)? };
    let keys = case_keys::of_system(tx, &first, CompartmentSet::EMPTY.with(Compartment::Identity))?;
    let second_is = if is_first { relative.kind } else { relative.kind.inverse() };
    let details = RelationDetails { second_is, separation: None };
    let row = RelationRow {
        id,
        first_case_id: new.id.min(relative.case),
        second_case_id: new.id.max(relative.case),
        organisation_id: relative.recorded_by,
        created_at: tx.now,
        created_by: None,
        sealed_details: seal_detail(id.0, 1, Compartment::Identity, &keys, &details)?,
        updated_at: tx.now,
        version: 1,
    };
    let query = diesel::insert_into(case_relations::table).values(&row);
    query.execute(tx.conn)?;
    Ok(())
}
