//! The grants that follow from consents, denials and referrals: gathers these, lets `domain::sharing` decide, and changes the
//! grants accordingly. Every change of a consent, a denial or a referral, and the scheduler, ends here: no other code looks at a
//! consent.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::granting::{self, HeldGrant, NewGrant};
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::stored_consents;
use crate::db::casefile::{denied, merged, person_keys};
use crate::db::process::{contacts, follow};
use crate::db::schema::{
    access_events, case_grants, consents as consent_rows, denials as denial_rows, emergency_accesses, emergency_lifts, excluded_grants,
    exclusions, referrals as referral_rows,
};
use crate::db::sharing::carried;
use crate::db::sharing::referrals::store;
use crate::db::sharing::state::{self, Accepted};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::ReferralStatus;
use crate::domain::ids::{CaseId, OrganisationId, PersonId};
use crate::domain::sharing::{AccessRule, Authority, Claim, Standing};
use crate::error::Result;

/// Persons of one round of the scheduler.
const ROUND: i64 = 1000;

/// Settles everything that rests on the answers of the person: ends referrals without consent, ends or narrows grants, withdraws
/// keys. The same facts always give the same grants.
pub(in crate::db) fn reconcile_access(tx: &mut Tx<'_>, person: &PersonLocked<'_>) -> Result<()> {
    let standing = state::standing(tx, person.person())?;
    for case in row::of_person(tx, person.person())? {
        lock::lock(tx, case.id)?;
        store::end_what_lost_its_consent(tx, &case, &standing)?;
        let changed = settle_case(tx, person, &case, &standing)?;
        if changed {
            let row = row::row_unscoped(tx, case.id)?;
            follow::apply_consequences_anew(tx, &row)?;
            tx.audit_subject(case.id.0);
        }
    }
    for holder in person_keys::holders(tx, person.person())? {
        if holder != OrganisationId::SYSTEM && standing.denies(&denied::candidate(tx, holder)?) {
            person_keys::withdraw_key(tx, person, holder)?;
        }
    }
    Ok(())
}

fn settle_case(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &CaseRow, standing: &Standing) -> Result<bool> {
    let shared = store::accepted(tx, case.id)?;
    let mut held = granting::held(tx, case.id)?;
    // An accepted referral without a grant counts as a grant that opens nothing, so that the grant is given below.
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
        changed |= settle_grant(tx, person, case, standing, &grant, &shared)?;
    }
    Ok(carried::settle(tx, person, case, standing)? || changed)
}

/// Gives the grants on a case what they are entitled to of the cases that were merged into it a moment ago.
pub(in crate::db) fn carry(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &CaseRow) -> Result<()> {
    let standing = state::standing(tx, person.person())?;
    carried::settle(tx, person, case, &standing).map(drop)
}

/// Whether what the other person refused would change an access to this one, if the two were merged.
pub(in crate::db) fn would_end_access(tx: &mut Tx<'_>, person: PersonId, other: PersonId) -> Result<bool> {
    let alone = state::standing(tx, person)?;
    let mut denials = alone.denials.clone();
    denials.extend(denied::of_person(tx, other)?);
    let joined = Standing { denials, consents: stored_consents::of_one(tx, person, &[person, other])?, ..alone.clone() };
    let of_other: Vec<CaseId> = row::of_person(tx, other)?.iter().map(|case| case.id).collect();
    let declined = contacts::declined(tx, &of_other)?;
    for case in row::of_person(tx, person)? {
        let shared = store::accepted(tx, case.id)?;
        for grant in granting::held(tx, case.id)? {
            let candidate = denied::candidate(tx, grant.organisation)?;
            let claim = claim(tx, case.id, &grant, &shared)?;
            // A mission that the person declined on the other case would read that one's names and numbers here.
            let is_declined = grant.organisation != case.owner_id && declined.contains(&grant.organisation.into());
            if is_declined || joined.entitles(&candidate, &claim) != alone.entitles(&candidate, &claim) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The claim on which a grant on this case rests.
fn claim(tx: &mut Tx<'_>, case: CaseId, grant: &HeldGrant, shared: &[Accepted]) -> Result<Claim> {
    let allows_contact = grant.basis == GrantBasis::EmbassyContact && contacts::allow(tx, case, grant.organisation.into())?;
    Ok(state::claim(grant, shared, allows_contact))
}

fn settle_grant(
    tx: &mut Tx<'_>,
    person: &PersonLocked<'_>,
    case: &CaseRow,
    standing: &Standing,
    grant: &HeldGrant,
    shared: &[Accepted],
) -> Result<bool> {
    let claim = claim(tx, case.id, grant, shared)?;
    let ends = claim.expires_at;
    let candidate = denied::candidate(tx, grant.organisation)?;
    let entitled = standing.entitles(&candidate, &claim);
    if entitled == grant.compartments && ends == grant.expires_at {
        return Ok(false);
    }
    match (grant.basis, entitled.is_empty()) {
        // Ending the contact also withdraws the grant, and lets the person be asked again.
        (GrantBasis::EmbassyContact, true) => contacts::end(tx, person, case.id, grant.organisation.into())?,
        (_, true) => granting::withdraw(tx, person, case.id, grant.organisation, grant.basis)?,
        (_, false) => {
            let keys = person_keys::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, entitled)?;
            let authority = Authority::of_rule(AccessRule::Reconciliation);
            let narrowed =
                NewGrant { organisation: grant.organisation, basis: grant.basis, compartments: entitled, expires_at: ends, authority };
            granting::give(tx, person, case, &keys, &narrowed)?;
        }
    }
    Ok(true)
}

/// Persons with an ended consent, referral or grant that is not settled yet.
pub fn due(tx: &mut Tx<'_>) -> Result<Vec<PersonId>> {
    use crate::db::schema::cases;
    let consents = consent_rows::table
        .filter(consent_rows::is_over.eq(false))
        .filter(consent_rows::expires_at.le(tx.now))
        .filter(consent_rows::person_id.ne_all(merged::merged_persons()))
        .select(consent_rows::person_id)
        .limit(ROUND);
    let open = [ReferralStatus::Draft, ReferralStatus::InProgress, ReferralStatus::Accepted];
    let referrals = referral_rows::table
        .inner_join(cases::table)
        .filter(referral_rows::status.eq_any(open))
        .filter(cases::person_id.ne_all(merged::merged_persons()))
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
    let mut persons: Vec<PersonId> = consents.load(tx.conn)?;
    let more: Vec<PersonId> = referrals.load(tx.conn)?;
    persons.extend(more);
    let more: Vec<PersonId> = grants.load(tx.conn)?;
    persons.extend(more);
    persons.sort_unstable();
    persons.dedup();
    Ok(persons)
}

/// Settles one person for the scheduler.
pub fn settle_by_the_clock(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.audit_unchanged(person.0);
    let locked = lock::lock_person(tx, person)?;
    reconcile_access(tx, &locked)?;
    stored_consents::mark_over(tx, person)
}

/// Deletes the answers of an erased person, and the accesses that rested on them, in all their cases.
pub(in crate::db) fn forget(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<()> {
    macro_rules! forget {
        ($($table:ident),+ $(,)?) => {$(
            let query = diesel::delete($table::table.filter($table::case_id.eq_any(cases)));
            query.execute(tx.conn)?;
        )+};
    }
    // A referral of one case may rest on a consent that was recorded on another.
    forget!(referral_rows, consent_rows, denial_rows, emergency_accesses, emergency_lifts, excluded_grants, exclusions, access_events);
    Ok(())
}
