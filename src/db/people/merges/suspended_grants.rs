//! The grants on the cases of a merged person: suspended by the merge, and restored by the undo.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::access_events;
use crate::db::casefile::granting::{choose_primary, held, seal_anew, stored_keys};
use crate::db::casefile::lock::PersonLocked;
use crate::db::casefile::row::CaseRow;
use crate::db::process::desks;
use crate::db::schema::{case_grants, merged_grants};
use crate::domain::codes::AccessEventKind;
use crate::domain::ids::{CaseId, OrganisationId};
use crate::error::Result;

/// Suspends every grant on a case. Tells every other organisation that saw it that its access ended.
pub(in crate::db) fn suspend(tx: &mut Tx<'_>, _: &PersonLocked<'_>, case: CaseId) -> Result<()> {
    let mut saw: Vec<OrganisationId> = held(tx, case)?.into_iter().map(|grant| grant.organisation).collect();
    saw.sort_unstable();
    saw.dedup();
    let of_case = || case_grants::table.filter(case_grants::case_id.eq(case));
    let keep = of_case().select(case_grants::all_columns).insert_into(merged_grants::table).into_columns(merged_grants::all_columns);
    keep.execute(tx.conn)?;
    let clear = diesel::delete(of_case());
    clear.execute(tx.conn)?;
    tx.forget_keys_on_commit();
    for organisation in saw {
        if organisation != tx.actor.organisation_id() {
            access_events::tell(tx, organisation, AccessEventKind::AccessEnded, case)?;
        }
    }
    Ok(())
}

/// Takes the keys of cases that are merged no more out of the grants on the case that goes on.
pub(in crate::db) fn drop_carried(tx: &mut Tx<'_>, person: &PersonLocked<'_>, survivor: &CaseRow, merged: &[CaseId]) -> Result<()> {
    for grant in held(tx, survivor.id)? {
        let Some((keys, _)) = stored_keys(tx, survivor.id, grant.organisation, grant.basis)? else { continue };
        if merged.iter().any(|case| keys.of(Some(*case)).is_some()) {
            seal_anew(tx, person, survivor, &grant, &keys.without(merged))?;
        }
    }
    Ok(())
}

/// Restores the grants on a case. The grants of coordination desks follow the desks that the host country has now.
pub(in crate::db) fn restore(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &CaseRow) -> Result<()> {
    let of_case = || merged_grants::table.filter(merged_grants::case_id.eq(case.id));
    let back = of_case().select(merged_grants::all_columns).insert_into(case_grants::table).into_columns(case_grants::all_columns);
    back.execute(tx.conn)?;
    let clear = diesel::delete(of_case());
    clear.execute(tx.conn)?;
    tx.forget_keys_on_commit();
    let mut holders: Vec<OrganisationId> = held(tx, case.id)?.into_iter().map(|grant| grant.organisation).collect();
    holders.sort_unstable();
    holders.dedup();
    // Whoever stood for it in lists may have handed it on meanwhile.
    holders.into_iter().try_for_each(|holder| choose_primary(tx, case.id, holder))?;
    desks::follow_country(tx, person, case)
}
