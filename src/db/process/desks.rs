//! The coordination desks of a case: those of its host country, and no others.

use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::granting::{self, NewGrant};
use crate::db::casefile::lock::PersonLocked;
use crate::db::casefile::person_keys;
use crate::db::casefile::row::CaseRow;
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::sharing::{AccessRule, Authority};
use crate::error::Result;

/// Gives the desks of the host country their grant, and takes it from every other desk. A desk that the person denies is given none.
pub(in crate::db) fn follow_country(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &CaseRow) -> Result<()> {
    let (desks, held) = (organisations::lock_desks_of(tx, case.host_country)?, granting::held(tx, case.id)?);
    for grant in held.iter().filter(|grant| grant.basis == GrantBasis::Coordination && !desks.contains(&grant.organisation)) {
        granting::withdraw(tx, person, case.id, grant.organisation, GrantBasis::Coordination)?;
    }
    for desk in desks.into_iter().filter(|desk| held.iter().all(|grant| grant.organisation != *desk)) {
        let keys = person_keys::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, CompartmentSet::WHO)?;
        let coordination = NewGrant::of_desk(desk, Authority::of_rule(AccessRule::DesksOfTheCountry));
        granting::give(tx, person, case, &keys, &coordination)?;
    }
    Ok(())
}
