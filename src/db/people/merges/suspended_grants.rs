//! The grants on the cases of a merged person: suspended by the merge, and restored by the undo.

use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::granting::{NewGrant, give, held, withdraw};
use crate::db::casefile::lock::PersonLocked;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{access_events, person_keys};
use crate::db::schema::{case_grants, merged_grants};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::AccessEventKind;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId};
use crate::domain::sharing::{AccessRule, Authority};
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
    for organisation in saw {
        if organisation != tx.actor.organisation_id() {
            access_events::tell(tx, organisation, AccessEventKind::AccessEnded, case)?;
        }
    }
    Ok(())
}

/// Gives every organisation that saw both cases the keys of the merged one with those of the case that goes on: there it finds what
/// it saw, and nobody else finds it. Access that ends earlier there than here is not carried on.
pub(in crate::db) fn carry(tx: &mut Tx<'_>, person: &PersonLocked<'_>, survivor: CaseId, merged: &CaseRow) -> Result<()> {
    let query = merged_grants::table.filter(merged_grants::case_id.eq(merged.id)).select((
        merged_grants::organisation_id,
        merged_grants::basis,
        merged_grants::compartments,
        merged_grants::expires_at,
        merged_grants::sealed_keys,
    ));
    let of_merged: Vec<Carried> = query.load(tx.conn)?;
    for grant in lasting(tx, person, survivor)? {
        let goes_as_far = |other: &&Carried| {
            let ends_later = other.expires_at.is_none_or(|end| grant.expires_at.is_some_and(|own| own <= end));
            other.organisation == grant.organisation && other.basis != GrantBasis::BreakGlass && ends_later
        };
        let opens = of_merged.iter().filter(goes_as_far).fold(CompartmentSet::EMPTY, |all, other| all.union(other.compartments));
        if opens.is_empty() {
            continue;
        }
        let carried = person_keys::system_key(tx, merged.person_id)?.compartment_keys(merged.person_id, merged.id, opens)?;
        let keys = grant.keys(tx, survivor)?.and_of(merged.id, carried);
        grant.seal(tx, survivor, &keys)?;
    }
    Ok(())
}

/// Takes the keys of cases that are merged no more out of the grants on the case that goes on.
pub(in crate::db) fn drop_carried(tx: &mut Tx<'_>, person: &PersonLocked<'_>, survivor: CaseId, merged: &[CaseId]) -> Result<()> {
    for grant in lasting(tx, person, survivor)? {
        let keys = grant.keys(tx, survivor)?;
        if merged.iter().any(|case| keys.of(Some(*case)).is_some()) {
            grant.seal(tx, survivor, &keys.without(merged))?;
        }
    }
    Ok(())
}

/// A grant with its keys, for whatever organisation.
#[derive(Queryable)]
struct Carried {
    organisation: OrganisationId,
    basis: GrantBasis,
    compartments: CompartmentSet,
    expires_at: Option<Timestamp>,
    sealed_keys: Vec<u8>,
}

impl Carried {
    fn keys(&self, tx: &Tx<'_>, case: CaseId) -> Result<CompartmentKeys> {
        tx.keys.open_grant(case, self.organisation, self.basis, &self.sealed_keys)
    }

    fn seal(&self, tx: &mut Tx<'_>, case: CaseId, keys: &CompartmentKeys) -> Result<()> {
        let sealed = tx.keys.seal_grant(case, self.organisation, self.basis, keys)?;
        let query = diesel::update(case_grants::table.find((case, self.organisation, self.basis))).set(case_grants::sealed_keys.eq(sealed));
        query.execute(tx.conn)?;
        Ok(())
    }
}

/// The grants on a case, without emergency access, which belongs to one user and to hours.
fn lasting(tx: &mut Tx<'_>, _: &PersonLocked<'_>, case: CaseId) -> Result<Vec<Carried>> {
    let query = case_grants::table.filter(case_grants::case_id.eq(case)).filter(case_grants::basis.ne(GrantBasis::BreakGlass)).select((
        case_grants::organisation_id,
        case_grants::basis,
        case_grants::compartments,
        case_grants::expires_at,
        case_grants::sealed_keys,
    ));
    Ok(query.load(tx.conn)?)
}

/// Restores the grants on a case. The grants of coordination desks follow the desks that the host country has now.
pub(in crate::db) fn restore(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &CaseRow) -> Result<()> {
    let of_case = || merged_grants::table.filter(merged_grants::case_id.eq(case.id));
    let back = of_case().select(merged_grants::all_columns).insert_into(case_grants::table).into_columns(case_grants::all_columns);
    back.execute(tx.conn)?;
    let clear = diesel::delete(of_case());
    clear.execute(tx.conn)?;
    let (desks, held) = (organisations::desks_of(tx, case.host_country)?, held(tx, case.id)?);
    for grant in held.iter().filter(|grant| grant.basis == GrantBasis::Coordination && !desks.contains(&grant.organisation)) {
        withdraw(tx, person, case.id, grant.organisation, GrantBasis::Coordination)?;
    }
    for desk in desks.into_iter().filter(|desk| held.iter().all(|grant| grant.organisation != *desk)) {
        let keys = person_keys::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, CompartmentSet::WHO)?;
        let authority = Authority::of_rule(AccessRule::DesksOfTheCountry);
        let coordination = NewGrant::of_desk(desk, authority);
        give(tx, person, case, &keys, &coordination)?;
    }
    Ok(())
}
