//! Handing a case that must not stay with its owner to the organisation that is responsible from now on. A case is never without
//! somebody responsible, and nobody comes to read more by that alone: the new owner opens what it opened before, until two people
//! of it answer for more.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::granting::{self, HeldGrant, NewGrant, Opens};
use crate::db::casefile::lock::PersonLocked;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{case_keys, person_keys};
use crate::db::schema::{case_grants, referrals};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{ReferralKind, ReferralStatus};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId};
use crate::error::Result;

/// Makes an organisation the owner of a case, with the compartments that it already opens and no others.
pub(in crate::db) fn take_over(tx: &mut Tx<'_>, person: &PersonLocked<'_>, row: &mut CaseRow, responsible: OrganisationId) -> Result<()> {
    let now = tx.now;
    let lasting = granting::held(tx, row.id)?
        .into_iter()
        .filter(|grant| grant.organisation == responsible && grant.basis != GrantBasis::BreakGlass)
        .filter(|grant| grant.expires_at.is_none_or(|at| at > now));
    let held = lasting.fold(CompartmentSet::EMPTY, |all, grant| all.union(grant.compartments));
    let keys = person_keys::system_key(tx, row.person_id)?.compartment_keys(row.person_id, row.id, held)?;
    own(tx, person, row, responsible, &keys)?;
    row::change_owner(tx, row.id, responsible)?;
    follow_owner(tx, row.id, responsible, Opens::AsBefore)
}

/// Opens the whole case to its owner, who took it over: after two people of it answered for that.
pub(in crate::db) fn open_whole(tx: &mut Tx<'_>, person: &PersonLocked<'_>, row: &CaseRow) -> Result<()> {
    let keys = case_keys::of_system(tx, row, CompartmentSet::ALL)?;
    own(tx, person, row, row.owner_id, &keys)?;
    granting::hand_on_merged(tx, row.id, row.owner_id, Opens::Whole)?;
    let (authority, key) = (granting::authority(tx)?, person_keys::system_key(tx, row.person_id)?);
    person_keys::hand_over(tx, person, authority, row.owner_id, &key)
}

fn own(tx: &mut Tx<'_>, person: &PersonLocked<'_>, row: &CaseRow, owner: OrganisationId, keys: &CompartmentKeys) -> Result<()> {
    let (authority, compartments) = (granting::authority(tx)?, keys.compartments());
    let ownership = NewGrant { organisation: owner, basis: GrantBasis::Ownership, compartments, expires_at: None, authority };
    granting::give(tx, person, row, keys, &ownership)
}

/// Gives a mission back a grant that it lost by mistake, with the person's key if it held that too.
pub(in crate::db) fn give_back(
    tx: &mut Tx<'_>,
    person: &PersonLocked<'_>,
    row: &CaseRow,
    lost: &HeldGrant,
    with_person_key: bool,
) -> Result<()> {
    let (authority, key) = (granting::authority(tx)?, person_keys::system_key(tx, row.person_id)?);
    let HeldGrant { organisation, basis, compartments, expires_at } = *lost;
    let keys = key.compartment_keys(row.person_id, row.id, compartments)?;
    granting::give(tx, person, row, &keys, &NewGrant { organisation, basis, compartments, expires_at, authority })?;
    if with_person_key { person_keys::hand_over(tx, person, authority, organisation, &key) } else { Ok(()) }
}

/// Hands a case back to the organisation that owned it. Whoever was responsible meanwhile opens no more than it does for another
/// reason.
pub(in crate::db) fn hand_back(
    tx: &mut Tx<'_>,
    person: &PersonLocked<'_>,
    row: &mut CaseRow,
    owner: OrganisationId,
    opens: Opens,
) -> Result<()> {
    let meanwhile = row.owner_id;
    for basis in [GrantBasis::Registration, GrantBasis::Ownership] {
        granting::withdraw(tx, person, row.id, meanwhile, basis)?;
    }
    let mut others = row::of_person(tx, row.person_id)?.into_iter().filter(|other| other.id != row.id);
    if !others.any(|other| other.owner_id == meanwhile) {
        person_keys::withdraw_key(tx, person, meanwhile)?;
    }
    row::change_owner(tx, row.id, owner)?;
    follow_owner(tx, row.id, owner, opens)?;
    row.owner_id = owner;
    row.assigned_to = None;
    Ok(())
}

/// The day since which the owner of a case, which it took over, opens only a part of it. None: it opens all of it.
pub(in crate::db) fn opens_a_part_since(tx: &mut Tx<'_>, row: &CaseRow) -> Result<Option<NaiveDate>> {
    let query = case_grants::table
        .filter(case_grants::case_id.eq(row.id))
        .filter(case_grants::organisation_id.eq(row.owner_id))
        .filter(case_grants::basis.eq_any([GrantBasis::Registration, GrantBasis::Ownership]))
        .select((case_grants::compartments, case_grants::created_at));
    let owning: Vec<(CompartmentSet, Timestamp)> = query.load(tx.conn)?;
    let is_whole = owning.iter().any(|(compartments, _)| *compartments == CompartmentSet::ALL);
    let Some((_, since)) = owning.first().filter(|_| !is_whole) else { return Ok(None) };
    Ok(Some(row.clock(tx)?.day_of(*since)))
}

/// Passes everything that is open on the case to its new owner, and the cases merged into it: whoever hands a case on, for whatever
/// reason, ends here.
pub(in crate::db) fn follow_owner(tx: &mut Tx<'_>, case: CaseId, owner: OrganisationId, opens: Opens) -> Result<()> {
    let goes_on = referrals::status
        .eq_any([ReferralStatus::Draft, ReferralStatus::InProgress])
        .or(referrals::status.eq(ReferralStatus::Accepted).and(referrals::kind.eq(ReferralKind::Referral)));
    let query = diesel::update(referrals::table.filter(referrals::case_id.eq(case)).filter(goes_on)).set(referrals::owner_id.eq(owner));
    query.execute(tx.conn)?;
    granting::hand_on_merged(tx, case, owner, opens)
}
