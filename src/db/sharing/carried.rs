//! What the grants on a case open of the cases merged into it. Decided anew whenever the access to the case is: what the holder of a
//! grant saw of the merged case, as far as the answers of the person there still say so, and what the person agreed to since.

use crate::crypto::{CompartmentKeys, PersonKey};
use crate::db::Tx;
use crate::db::casefile::granting::{self, HeldGrant};
use crate::db::casefile::lock::PersonLocked;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{denied, merged, person_keys};
use crate::db::process::contacts;
use crate::db::sharing::referrals::store;
use crate::db::sharing::state::{self, Accepted};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::PersonDecision;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, MissionId, OrganisationId, PersonId};
use crate::domain::sharing::{Candidate, Claim, Standing};
use crate::error::Result;

/// A case merged into another one, with what decides who opens it.
struct Merged {
    case: CaseId,
    person: PersonId,
    key: PersonKey,
    standing: Standing,
    suspended: Vec<HeldGrant>,
    shared: Vec<Accepted>,
    /// The missions that the decisions of the person there, and since, let see them.
    contacts: Vec<MissionId>,
}

/// Gives every grant on the case the keys of the merged ones that it is entitled to, and takes all others out of it. Returns whether
/// that changed anything.
pub(in crate::db) fn settle(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &CaseRow, standing: &Standing) -> Result<bool> {
    let Some(since) = merged::merged_at(tx, case.id)? else { return Ok(false) };
    let mut all = Vec::new();
    for (merged, of) in merged::cases_of(tx, case.id)? {
        all.push(load(tx, case.id, merged, of)?);
    }
    let shared = store::accepted(tx, case.id)?;
    let mut changed = false;
    for grant in granting::held(tx, case.id)? {
        let Some((held, given_at)) = granting::stored_keys(tx, case.id, grant.organisation, grant.basis)? else { continue };
        let (candidate, claim) = (denied::candidate(tx, grant.organisation)?, state::claim(&grant, &shared, true));
        let (mut carried, opened) = (CompartmentKeys::default(), held.of_merged());
        for merged in &all {
            let before = opened.get(&merged.case).copied().filter(|_| given_at >= since).unwrap_or(CompartmentSet::EMPTY);
            let opens = merged.as_before(&candidate, &grant).union(merged.by_itself(&candidate, &claim, before, standing, since));
            carried = carried.and_of(merged.case, merged.key.compartment_keys(merged.person, merged.case, opens)?);
        }
        if carried.of_merged() != opened {
            granting::seal_anew(tx, person, case, &grant, &held.carrying(carried))?;
            changed = true;
        }
    }
    Ok(changed)
}

fn load(tx: &mut Tx<'_>, survivor: CaseId, case: CaseId, person: PersonId) -> Result<Merged> {
    let rows = contacts::all_of(tx, survivor)?;
    let declines = |mission| rows.iter().any(|row| row.mission_id == mission && row.person_decision == PersonDecision::Declined);
    let agreed = rows.iter().filter(|row| row.merged_from == Some(case) && row.person_decision.allows_contact());
    Ok(Merged {
        case,
        person,
        key: person_keys::system_key(tx, person)?,
        standing: state::standing(tx, person)?,
        suspended: granting::suspended(tx, case)?,
        shared: store::accepted(tx, case)?,
        contacts: agreed.map(|row| row.mission_id).filter(|mission| !declines(*mission)).collect(),
    })
}

impl Merged {
    fn allows_contact(&self, organisation: OrganisationId) -> bool {
        self.contacts.contains(&organisation.into())
    }

    /// What the holder of a grant saw of the merged case and may still see. What ends earlier there than here is not carried on.
    fn as_before(&self, candidate: &Candidate, grant: &HeldGrant) -> CompartmentSet {
        let own = self.suspended.iter().filter(|other| other.organisation == grant.organisation && other.basis != GrantBasis::BreakGlass);
        own.map(|other| state::claim(other, &self.shared, self.allows_contact(grant.organisation)))
            .filter(|claim| claim.expires_at.is_none_or(|end| grant.expires_at.is_some_and(|own| own <= end)))
            .map(|claim| self.standing.entitles(candidate, &claim))
            .fold(CompartmentSet::EMPTY, CompartmentSet::union)
    }

    /// The compartments of the merged case that a grant on the surviving case opens by itself: the identity for a desk; for an
    /// organisation added since the merge, what the person agreed to then.
    fn by_itself(
        &self,
        candidate: &Candidate,
        claim: &Claim,
        carried: CompartmentSet,
        standing: &Standing,
        since: Timestamp,
    ) -> CompartmentSet {
        let compartments = match claim.basis {
            GrantBasis::Registration | GrantBasis::Ownership => CompartmentSet::EMPTY,
            GrantBasis::Coordination => claim.compartments,
            GrantBasis::EmbassyContact | GrantBasis::BreakGlass => carried.intersection(claim.compartments),
            GrantBasis::Referral => {
                let is_since = |id| standing.consents.iter().any(|consent| consent.id == id && consent.recorded_at >= since);
                let agreed = claim.shares.iter().filter(|share| is_since(share.consent));
                let shares = agreed.copied().collect();
                standing.entitles(candidate, &Claim { shares, ..claim.clone() })
            }
        };
        let is_shut_out = self.standing.denies(candidate) || (self.standing.is_shielded && candidate.kind.is_mission());
        if is_shut_out { CompartmentSet::EMPTY } else { compartments }
    }
}
