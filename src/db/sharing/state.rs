//! The state of sharing of a case: consents in force, denials, accepted referrals.

use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::granting::HeldGrant;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{denied, row, shielded, stored_consents};
use crate::db::sharing::emergency_bar;
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::ConsentPurpose;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::sharing::{Claim, Recipient, Share, Standing};
use crate::error::Result;

/// Checks that a recipient that is a single organisation exists.
pub(in crate::db) fn check_recipient(tx: &mut Tx<'_>, recipient: &Recipient, pointer: &str) -> Result<()> {
    match *recipient {
        Recipient::Organisation(id) => organisations::check(tx, id, pointer),
        _ => Ok(()),
    }
}

/// The answers of the person in all their cases. Read with the system's key, for decisions that show nothing.
pub(in crate::db) fn standing(tx: &mut Tx<'_>, person: PersonId) -> Result<Standing> {
    let cases = row::of_person(tx, person)?;
    let is_shielded = cases.first().map(|case| shielded::is_barred(tx, case)).transpose()?.unwrap_or(false);
    Ok(Standing {
        denials: denied::of_person(tx, person)?,
        consents: stored_consents::of_person(tx, person)?,
        is_shielded,
        nationalities: cases.iter().flat_map(CaseRow::states).collect(),
        emergency_lifts: emergency_bar::lifts(tx, person)?,
        now: tx.now,
    })
}

/// Whether a consent in force allows this organisation to be told for this purpose.
pub(in crate::db) fn has_live_consent(
    tx: &mut Tx<'_>,
    person: PersonId,
    purpose: ConsentPurpose,
    organisation: OrganisationId,
) -> Result<bool> {
    let standing = standing(tx, person)?;
    let candidate = denied::candidate(tx, organisation)?;
    Ok(!standing.denies(&candidate) && standing.consent_for(purpose, &candidate, CompartmentSet::EMPTY).is_some())
}

/// An accepted referral: its recipient, the share, and its end.
pub(in crate::db) type Accepted = (OrganisationId, Share, Option<Timestamp>);

/// The claim on which a grant rests, with what the person decided about contact.
pub(in crate::db) fn claim(grant: &HeldGrant, shared: &[Accepted], allows_contact: bool) -> Claim {
    let own = || shared.iter().filter(|(organisation, ..)| *organisation == grant.organisation);
    let is_referral = grant.basis == GrantBasis::Referral;
    // The grant ends with the first of its referrals; the scheduler gives the rest anew within a minute.
    let ends = if is_referral { own().filter_map(|(.., ends)| *ends).min() } else { grant.expires_at };
    let shares = own().map(|(_, share, _)| *share).collect();
    Claim { basis: grant.basis, compartments: grant.compartments, expires_at: ends, shares, allows_contact }
}
