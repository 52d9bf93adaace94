//! The coordination desks of a case: those of its host country, and no others.

use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::granting::{self, NewGrant};
use crate::db::casefile::lock::PersonLocked;
use crate::db::casefile::person_keys;
use crate::db::casefile::row::CaseRow;
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::ids::OrganisationId;
use crate::domain::sharing::{AccessRule, Authority};
use crate::error::Result;

/// What lasts as long as the case: every other grant may end before.
const LASTS: [GrantBasis; 3] = [GrantBasis::Coordination, GrantBasis::Registration, GrantBasis::Ownership];

/// Gives the desks of the host country their grant, and takes it from every other desk. A desk that the person denies is given none.
pub(in crate::db) fn follow_country(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &CaseRow) -> Result<()> {
    let (desks, held) = (organisations::lock_desks_of(tx, case.host_country)?, granting::held(tx, case.id)?);
    for grant in held.iter().filter(|grant| grant.basis == GrantBasis::Coordination && !desks.contains(&grant.organisation)) {
        granting::withdraw(tx, person, case.id, grant.organisation, GrantBasis::Coordination)?;
    }
    // A grant on another basis may end: then the desk must still see who is in its country.
    let stays = |desk: &OrganisationId| held.iter().any(|grant| grant.organisation == *desk && LASTS.contains(&grant.basis));
    for desk in desks.into_iter().filter(|desk| !stays(desk)) {
        let keys = person_keys::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, CompartmentSet::WHO)?;
        let coordination = NewGrant::of_desk(desk, Authority::of_rule(AccessRule::DesksOfTheCountry));
        granting::give(tx, person, case, &keys, &coordination)?;
    }
    Ok(())
}
