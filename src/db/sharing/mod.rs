//! Who may see what: gathers what the person said, lets `domain::sharing` decide, and makes the grants what it decided. Every
//! change of a consent, a denial or a referral, and the clock, ends here: no other code looks at a consent.

pub mod consents;
pub mod denials;
pub mod emergencies;
pub mod events;
pub mod referrals;

use diesel::prelude::*;

use super::cases::{self, CaseRow};
use super::connection::on_backend;
use super::grants::{self, HeldGrant, NewGrant};
use super::schema::{
    access_events, case_grants, consents as consent_rows, denials as denial_rows, emergency_accesses, referrals as referral_rows,
};
use super::{Tx, embassy_contacts, facts, merges, organisations, persons, process};
use crate::domain::access::GrantBasis;
use crate::domain::codes::{ConsentPurpose, ReferralStatus};
use crate::domain::compartments::CompartmentSet;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, PersonId};
use crate::domain::sharing::{Candidate, Claim, Recipient, Share, Standing};
use crate::error::Result;

/// Persons that one round of the clock looks at.
const ROUND: i64 = 1000;

/// An organisation, as the rules of sharing look at it.
pub(in crate::db) fn candidate(tx: &mut Tx<'_>, id: OrganisationId) -> Result<Candidate> {
    let organisation = organisations::find(tx, id)?;
    Ok(Candidate { id, kind: organisation.kind, country: organisation.country })
}

/// Whoever is named for one organisation names one that exists.
pub(in crate::db) fn check_recipient(tx: &mut Tx<'_>, recipient: &Recipient, pointer: &str) -> Result<()> {
    match *recipient {
        Recipient::Organisation(id) => organisations::check(tx, id, pointer),
        _ => Ok(()),
    }
}

/// What the person said, in all their cases. Read with the system's key: it decides and shows nothing.
pub(in crate::db) fn standing(tx: &mut Tx<'_>, person: PersonId) -> Result<Standing> {
    let mut is_shielded = false;
    if let Some(case) = cases::of_person(tx, person)?.first() {
        is_shielded = facts::is_barred(tx, case)?;
    }
    Ok(Standing { denials: denials::of_person(tx, person)?, consents: consents::of_person(tx, person)?, is_shielded, now: tx.now })
}

/// Whether the person never wants this organisation to see them. Asked before every grant.
pub(in crate::db) fn is_denied(tx: &mut Tx<'_>, person: PersonId, organisation: OrganisationId) -> Result<bool> {
    let denials = denials::of_person(tx, person)?;
    if denials.is_empty() {
        return Ok(false);
    }
    let candidate = candidate(tx, organisation)?;
    Ok(denials.iter().any(|denial| denial.includes(&candidate)))
}

/// Whether the person agreed, and still agrees, that this organisation is told for this purpose.
pub(in crate::db) fn has_live_consent(
    tx: &mut Tx<'_>,
    person: PersonId,
    purpose: ConsentPurpose,
    organisation: OrganisationId,
) -> Result<bool> {
    let standing = standing(tx, person)?;
    let candidate = candidate(tx, organisation)?;
    Ok(!standing.denies(&candidate) && standing.consent_for(purpose, &candidate, CompartmentSet::EMPTY).is_some())
}

/// Makes everything that rests on what the person said what it must be now: referrals without consent end, grants go or
/// shrink, keys are withdrawn. The same facts always give the same grants.
pub(in crate::db) fn settle(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let standing = standing(tx, person)?;
    for case in cases::of_person(tx, person)? {
        cases::lock(tx, case.id)?;
        referrals::end_what_lost_its_consent(tx, &case, &standing)?;
        let changed = settle_case(tx, &case, &standing)?;
        if changed {
            let row = cases::row_for_system(tx, case.id)?;
            process::follow_anew(tx, &row)?;
        }
        tx.touch(case.id.0);
    }
    for holder in persons::holders(tx, person)? {
        if holder != OrganisationId::SYSTEM && standing.denies(&candidate(tx, holder)?) {
            persons::withdraw_key(tx, person, holder)?;
        }
    }
    Ok(())
}

fn settle_case(tx: &mut Tx<'_>, case: &CaseRow, standing: &Standing) -> Result<bool> {
    let shared = referrals::accepted(tx, case.id)?;
    let mut held = grants::held(tx, case.id)?;
    for (organisation, ..) in &shared {
        let is_known = held.iter().any(|grant| grant.organisation == *organisation && grant.basis == GrantBasis::Referral);
        if !is_known {
            held.push(HeldGrant {
                organisation: *organisation,
                basis: GrantBasis::Referral,
                compartments: CompartmentSet::EMPTY,
                expires_at: None,
            });
        }
    }
    let mut changed = false;
    for grant in held {
        changed |= settle_grant(tx, case, standing, &grant, &shared)?;
    }
    Ok(changed)
}

/// A referral that was accepted: by whom, what it shares, and until when.
pub(in crate::db) type Accepted = (OrganisationId, Share, Option<Timestamp>);

/// What a grant rests on.
fn claim(grant: &HeldGrant, shared: &[Accepted]) -> Claim {
    let own = || shared.iter().filter(|(organisation, ..)| *organisation == grant.organisation);
    let is_referral = grant.basis == GrantBasis::Referral;
    // The grant ends with the first of its referrals; the rest is given anew by the clock, within a minute.
    let ends = if is_referral { own().filter_map(|(.., ends)| *ends).min() } else { grant.expires_at };
    Claim { basis: grant.basis, compartments: grant.compartments, expires_at: ends, shares: own().map(|(_, share, _)| *share).collect() }
}

/// Whether what another person refused would end anybody's access to this one, if the two were one.
pub(in crate::db) fn would_end_access(tx: &mut Tx<'_>, person: PersonId, other: PersonId) -> Result<bool> {
    let alone = standing(tx, person)?;
    let mut denials = alone.denials.clone();
    denials.extend(denials::of_person(tx, other)?);
    let joined = Standing { denials, consents: consents::of_one(tx, person, &[person, other])?, ..alone.clone() };
    for case in cases::of_person(tx, person)? {
        let shared = referrals::accepted(tx, case.id)?;
        for grant in grants::held(tx, case.id)? {
            let (claim, candidate) = (claim(&grant, &shared), candidate(tx, grant.organisation)?);
            if joined.entitles(&candidate, &claim) != alone.entitles(&candidate, &claim) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn settle_grant(tx: &mut Tx<'_>, case: &CaseRow, standing: &Standing, grant: &HeldGrant, shared: &[Accepted]) -> Result<bool> {
    let claim = claim(grant, shared);
    let ends = claim.expires_at;
    let candidate = candidate(tx, grant.organisation)?;
    let entitled = standing.entitles(&candidate, &claim);
    if entitled == grant.compartments && ends == grant.expires_at {
        return Ok(false);
    }
    match (grant.basis, entitled.is_empty()) {
        (GrantBasis::EmbassyContact, true) => embassy_contacts::end(tx, case.id, grant.organisation.into())?,
        (_, true) => grants::withdraw(tx, case.id, grant.organisation, grant.basis)?,
        (_, false) => {
            let keys = persons::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, entitled)?;
            let narrowed = NewGrant { organisation: grant.organisation, basis: grant.basis, compartments: entitled, expires_at: ends };
            grants::give(tx, case, &keys, &narrowed)?;
        }
    }
    Ok(true)
}

/// Persons about whom something ended by itself and is not settled yet: a consent, a referral, a grant.
pub fn due(tx: &mut Tx<'_>) -> Result<Vec<PersonId>> {
    use super::schema::cases;
    let consents = consent_rows::table
        .filter(consent_rows::is_over.eq(false))
        .filter(consent_rows::expires_at.le(tx.now))
        .filter(consent_rows::person_id.ne_all(merges::merged_persons()))
        .select(consent_rows::person_id)
        .limit(ROUND);
    let open = [ReferralStatus::Draft, ReferralStatus::InProgress, ReferralStatus::Accepted];
    let referrals = referral_rows::table
        .inner_join(cases::table)
        .filter(referral_rows::status.eq_any(open))
        .filter(cases::person_id.ne_all(merges::merged_persons()))
        .filter(
            referral_rows::expires_at
                .is_not_null()
                .and(referral_rows::expires_at.assume_not_null().le(tx.now))
                .or(referral_rows::status.ne(ReferralStatus::Accepted).and(referral_rows::answer_by.le(tx.now))),
        )
        .select(cases::person_id)
        .limit(ROUND);
    let grants =
        case_grants::table.inner_join(cases::table).filter(case_grants::expires_at.le(tx.now)).select(cases::person_id).limit(ROUND);
    let mut persons: Vec<PersonId> = on_backend!(tx.conn, |c| consents.load(c))?;
    let more: Vec<PersonId> = on_backend!(tx.conn, |c| referrals.load(c))?;
    persons.extend(more);
    let more: Vec<PersonId> = on_backend!(tx.conn, |c| grants.load(c))?;
    persons.extend(more);
    persons.sort_unstable();
    persons.dedup();
    Ok(persons)
}

/// What the clock asks for about one person.
pub fn settle_by_the_clock(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.note(person.0);
    settle(tx, person)?;
    consents::mark_over(tx, person)
}

/// Forgets what the person said and who was let in by it, in all their cases: they are erased.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<()> {
    macro_rules! forget {
        ($($table:ident),+ $(,)?) => {$(
            let query = diesel::delete($table::table.filter($table::case_id.eq_any(cases)));
            on_backend!(tx.conn, |c| query.execute(c))?;
        )+};
    }
    // A referral of one case may rest on a consent that was recorded on another.
    forget!(referral_rows, consent_rows, denial_rows, emergency_accesses, access_events);
    Ok(())
}
