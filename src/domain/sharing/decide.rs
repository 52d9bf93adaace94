//! The decision: what an organisation may open of a case. Default deny; a denial beats everything.

use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::access::{GrantBasis, Permission, Role};
use crate::domain::codes::{ConsentAnswer, ConsentPurpose};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ConsentId, OrganisationId};
use crate::domain::sharing::consent::{Candidate, Consent, Recipient};

/// Something accepted under a consent: a referral.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The consent it rests on.
    pub consent: ConsentId,
    /// What is shared.
    pub compartments: CompartmentSet,
}

/// A grant that an organisation holds, or asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Why.
    pub basis: GrantBasis,
    /// What it opens.
    pub compartments: CompartmentSet,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// What it rests on, for a grant from referrals.
    pub shares: Vec<Share>,
    /// Whether the person's decisions about the mission allow contact, for a grant from a contact.
    pub allows_contact: bool,
}

/// What the person said, and how they must be protected, now.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Who must never see the person, now and later.
    pub denials: Vec<Recipient>,
    /// Every answer about consent, oldest first.
    pub consents: Vec<Consent>,
    /// Whether the person is shielded from every mission (protection pathway, open asylum claim).
    pub is_shielded: bool,
    /// The nationalities of the person, in all their cases.
    pub nationalities: Vec<Country>,
    /// The organisations for which the owner lifted what barred them from emergency access, and when.
    pub emergency_lifts: Vec<(OrganisationId, Timestamp)>,
    /// When.
    pub now: Timestamp,
}

impl Standing {
    /// Whether the organisation must never see the person.
    pub fn denies(&self, candidate: &Candidate) -> bool {
        self.denials.iter().any(|denial| denial.includes(candidate))
    }

    /// The consents that hold for this purpose and organisation: live, and given after the last refusal.
    pub fn live(&self, purpose: ConsentPurpose, candidate: &Candidate) -> Vec<&Consent> {
        let concerns = |consent: &&Consent| consent.purpose == purpose && consent.recipient.includes(candidate);
        let answers: Vec<&Consent> = self.consents.iter().filter(concerns).collect();
        let after_refusal = answers.iter().rposition(|consent| consent.answer == ConsentAnswer::Refused).map_or(0, |last| last + 1);
        answers.into_iter().skip(after_refusal).filter(|consent| consent.is_live(self.now)).collect()
    }

    /// A consent that holds for this purpose and organisation, and for all of these compartments.
    pub fn consent_for(&self, purpose: ConsentPurpose, candidate: &Candidate, compartments: CompartmentSet) -> Option<&Consent> {
        self.live(purpose, candidate).into_iter().find(|consent| consent.compartments.intersection(compartments) == compartments)
    }

    /// Whether the person answered about contact with this mission, and no answer holds any more.
    fn took_contact_back(&self, candidate: &Candidate) -> bool {
        let purpose = ConsentPurpose::ContactOwnMission;
        let asked = self.consents.iter().any(|consent| consent.purpose == purpose && consent.recipient.includes(candidate));
        asked && self.live(purpose, candidate).is_empty()
    }

    /// What the organisation is entitled to on one claim; nothing unless something says so.
    pub fn entitles(&self, candidate: &Candidate, claim: &Claim) -> CompartmentSet {
        let is_barred = self.denies(candidate)
            || (self.is_shielded && candidate.kind.is_mission())
            || claim.expires_at.is_some_and(|at| at <= self.now);
        if is_barred {
            return CompartmentSet::EMPTY;
        }
        match claim.basis {
            GrantBasis::Registration | GrantBasis::Ownership | GrantBasis::Coordination => claim.compartments,
            GrantBasis::EmbassyContact if !claim.allows_contact || self.took_contact_back(candidate) => CompartmentSet::EMPTY,
            GrantBasis::EmbassyContact => claim.compartments,
            GrantBasis::Referral => {
                claim.shares.iter().map(|share| self.shared(candidate, share)).fold(CompartmentSet::EMPTY, CompartmentSet::union)
            }
            // An infiltrator would try an emergency first, and whom the person refused does not come in by that door either.
            GrantBasis::BreakGlass if self.is_shielded || self.refuses_emergency(candidate) => CompartmentSet::EMPTY,
            GrantBasis::BreakGlass => claim.compartments.without(Compartment::Location).without(Compartment::Protection),
        }
    }

    fn shared(&self, candidate: &Candidate, share: &Share) -> CompartmentSet {
        let consent = self.consents.iter().find(|consent| consent.id == share.consent);
        // A consent that a later refusal overtook does not hold any more, although nobody withdrew it.
        let holds = consent.filter(|consent| self.live(consent.purpose, candidate).iter().any(|live| live.id == consent.id));
        holds.map_or(CompartmentSet::EMPTY, |consent| consent.compartments.intersection(share.compartments))
    }
}

/// What a user opens of a case with a permission: what the role may do, with what the organisation is entitled to. Neither makes
/// up for the other.
pub fn decide(role: Role, permission: Permission, candidate: &Candidate, claims: &[Claim], standing: &Standing) -> CompartmentSet {
    if !role.may(permission) {
        return CompartmentSet::EMPTY;
    }
    claims.iter().map(|claim| standing.entitles(candidate, claim)).fold(CompartmentSet::EMPTY, CompartmentSet::union)
}
