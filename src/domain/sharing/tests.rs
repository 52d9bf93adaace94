//! The decision, by table and by chance: default deny, more consent never shows less, a denial beats everything, and no role makes
//! up for a missing grant.

use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::access::{GrantBasis, Permission, Role};
use crate::domain::codes::{ConsentAnswer, ConsentPurpose, ConsentStatus, OrganisationKind, ReferralKind, ReferralStatus};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ConsentId, OrganisationId};
use crate::domain::sharing::*;

const NOW: i64 = 1_769_000_000_000_000;

fn now() -> Timestamp {
    Timestamp::from_micros(NOW).unwrap()
}

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

/// A generator that gives the same histories at every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn compartments(&mut self) -> CompartmentSet {
        CompartmentSet::from_bits(u8::try_from(self.below(64)).unwrap())
    }

    fn candidate(&mut self) -> Candidate {
        let number = u128::try_from(self.below(4)).unwrap();
        let kind = self.one(&[OrganisationKind::Ngo, OrganisationKind::DiplomaticMission, OrganisationKind::Shelter]);
        Candidate { id: OrganisationId(uuid::Uuid::from_u128(number)), kind, country: country(self.one(&["VNM", "IDN"])) }
    }

    fn recipient(&mut self) -> Recipient {
        let one = self.candidate();
        self.one(&[Recipient::Organisation(one.id), Recipient::Kind(one.kind), Recipient::MissionsOf(one.country), Recipient::Anyone])
    }

    fn when(&mut self) -> Option<Timestamp> {
        self.one(&[None, Some(now()), Some(now().plus_seconds(-1)), Some(now().plus_seconds(1))])
    }

    fn consent(&mut self, number: usize) -> Consent {
        Consent {
            id: ConsentId(uuid::Uuid::from_u128(u128::try_from(number).unwrap())),
            purpose: self.one(&[ConsentPurpose::ShareWithNgo, ConsentPurpose::ShareWithMission, ConsentPurpose::ContactOwnMission]),
            recipient: self.recipient(),
            compartments: self.compartments(),
            answer: self.one(&[ConsentAnswer::Granted, ConsentAnswer::Granted, ConsentAnswer::Refused, ConsentAnswer::Overridden]),
            expires_at: self.when(),
            withdrawn_at: self.one(&[None, None, Some(now())]),
            recorded_at: now().plus_seconds(-1),
        }
    }

    fn claim(&mut self) -> Claim {
        let shares = (0..self.below(3)).map(|_| self.below(6)).collect::<Vec<_>>();
        Claim {
            basis: self.one(GrantBasis::ALL),
            compartments: self.compartments(),
            expires_at: self.when(),
            shares: shares
                .into_iter()
                .map(|number| Share {
                    consent: ConsentId(uuid::Uuid::from_u128(u128::try_from(number).unwrap())),
                    compartments: self.compartments(),
                })
                .collect(),
            allows_contact: self.below(2) == 0,
        }
    }

    fn standing(&mut self) -> Standing {
        let consents = (0..self.below(6)).map(|number| self.consent(number)).collect();
        let denials = (0..self.below(2)).map(|_| self.recipient()).collect();
        Standing {
            denials,
            consents,
            is_shielded: self.below(4) == 0,
            nationalities: vec![country("VNM")],
            emergency_lifts: self.when().map(|at| (self.candidate().id, at)).into_iter().collect(),
            now: now(),
        }
    }
}

fn includes(whole: CompartmentSet, part: CompartmentSet) -> bool {
    whole.intersection(part) == part
}

#[test]
fn whatever_happens_the_decision_keeps_its_promises() {
    let mut opened = 0;
    for seed in 0..100_000 {
        let mut chance = Chance(seed);
        let (candidate, standing) = (chance.candidate(), chance.standing());
        let claims: Vec<Claim> = (0..chance.below(4)).map(|_| chance.claim()).collect();
        let role = chance.one(Role::ALL);
        let permission = chance.one(&[Permission::CaseRead, Permission::CaseUpdate, Permission::CaseClose]);
        let seen = decide(role, permission, &candidate, &claims, &standing);
        opened += usize::from(!seen.is_empty());

        // Nothing is seen that no claim names, and nothing without a claim.
        assert!(decide(role, permission, &candidate, &[], &standing).is_empty());
        let claimed = claims.iter().fold(CompartmentSet::EMPTY, |all, claim| {
            let shared = claim.shares.iter().fold(CompartmentSet::EMPTY, |all, share| all.union(share.compartments));
            all.union(if claim.basis == GrantBasis::Referral { shared } else { claim.compartments })
        });
        assert!(includes(claimed, seen), "{seed}: more than was claimed");

        // A role opens nothing by itself: of two roles, the difference is only whether, never what.
        for other in Role::ALL {
            let theirs = decide(*other, permission, &candidate, &claims, &standing);
            assert!(theirs == seen || theirs.is_empty() || seen.is_empty(), "{seed}: a role opened something by itself");
            assert!(other.may(permission) || theirs.is_empty(), "{seed}: {other}");
        }

        // One more consent never shows less; one less never more.
        let mut more = standing.clone();
        // A consent that was withdrawn is none: it is a refusal, where an emergency is claimed.
        more.consents.push(Consent { answer: ConsentAnswer::Granted, withdrawn_at: None, ..chance.consent(9) });
        let contact_only = more.consents.last().is_some_and(|consent| consent.purpose == ConsentPurpose::ContactOwnMission);
        if !contact_only {
            assert!(includes(decide(role, permission, &candidate, &claims, &more), seen), "{seed}: consent took something away");
        }
        let mut less = standing.clone();
        less.consents.iter_mut().for_each(|consent| consent.withdrawn_at = Some(now()));
        assert!(includes(seen, decide(role, permission, &candidate, &claims, &less)), "{seed}: a withdrawal showed more");

        // A mission with which the person declined contact has no claim from it.
        let contacts = claims.iter().filter(|claim| claim.basis == GrantBasis::EmbassyContact).cloned();
        let declined: Vec<Claim> = contacts.map(|claim| Claim { allows_contact: false, ..claim }).collect();
        assert!(decide(role, permission, &candidate, &declined, &standing).is_empty(), "{seed}: a mission saw who declined it");

        // A denial beats everything.
        let mut denied = standing.clone();
        denied.denials.push(Recipient::Organisation(candidate.id));
        assert!(decide(role, permission, &candidate, &claims, &denied).is_empty(), "{seed}: a denial was overruled");
        let shielded = Standing { is_shielded: true, ..standing.clone() };
        assert!(!candidate.kind.is_mission() || decide(role, permission, &candidate, &claims, &shielded).is_empty());

        // Time only ends things.
        let later = Standing { now: now().plus_seconds(10), ..standing.clone() };
        assert!(includes(seen, decide(role, permission, &candidate, &claims, &later)), "{seed}: time opened something");
    }
    assert!(opened > 5_000, "only {opened} histories opened anything: the test proves little");
}

fn nothing_said() -> Standing {
    Standing {
        denials: Vec::new(),
        consents: Vec::new(),
        is_shielded: false,
        nationalities: Vec::new(),
        emergency_lifts: Vec::new(),
        now: now(),
    }
}

#[test]
fn whom_the_person_refused_is_not_let_in_by_an_emergency_either() {
    let emergency = |consents: Vec<Consent>, lifted: Option<i64>| {
        let emergency_lifts = lifted.map(|seconds| (ngo().id, now().plus_seconds(seconds))).into_iter().collect();
        let standing = Standing { consents, emergency_lifts, ..nothing_said() };
        let claim = Claim {
            basis: GrantBasis::BreakGlass,
            compartments: CompartmentSet::WHO,
            expires_at: None,
            shares: Vec::new(),
            allows_contact: true,
        };
        !standing.entitles(&ngo(), &claim).is_empty()
    };
    let yes = granted(1, Recipient::Anyone);
    let no = Consent { answer: ConsentAnswer::Refused, ..granted(2, Recipient::Kind(OrganisationKind::Ngo)) };
    let taken_back = Consent { withdrawn_at: Some(now()), ..yes.clone() };
    assert!(emergency(vec![], None) && emergency(vec![yes.clone()], None));
    assert!(!emergency(vec![no.clone()], None) && !emergency(vec![yes.clone(), no.clone()], None));
    assert!(!emergency(vec![taken_back.clone()], None));
    assert!(emergency(vec![no.clone(), yes.clone()], None), "who says yes later has said yes");
    assert!(!emergency(vec![no.clone()], Some(-1)) && emergency(vec![no.clone()], Some(0)), "the owner lifts what lies before");
    let other = Consent { recipient: Recipient::Kind(OrganisationKind::Shelter), ..no.clone() };
    assert!(emergency(vec![other], None));
    let of_figures = Consent { purpose: ConsentPurpose::StatisticsNonIdentifying, ..no.clone() };
    assert!(emergency(vec![of_figures], None), "a no to something else");
    let named = Consent { purpose: ConsentPurpose::FamilyContactTracing, recipient: Recipient::Organisation(ngo().id), ..no };
    assert!(!emergency(vec![named], None), "a no to this organisation");
    let expired = Consent { expires_at: Some(now()), ..yes };
    assert!(emergency(vec![expired], None), "time is no refusal");
}

fn ngo() -> Candidate {
    Candidate { id: OrganisationId(uuid::Uuid::from_u128(1)), kind: OrganisationKind::Ngo, country: country("KHM") }
}

fn granted(number: u128, recipient: Recipient) -> Consent {
    Consent {
        id: ConsentId(uuid::Uuid::from_u128(number)),
        purpose: ConsentPurpose::ShareWithNgo,
        recipient,
        compartments: CompartmentSet::WHO,
        answer: ConsentAnswer::Granted,
        expires_at: None,
        withdrawn_at: None,
        recorded_at: now(),
    }
}

#[test]
fn a_consent_holds_until_it_is_withdrawn_refused_or_over() {
    let holds = |consents: Vec<Consent>| {
        let standing = Standing { consents, ..nothing_said() };
        standing.consent_for(ConsentPurpose::ShareWithNgo, &ngo(), CompartmentSet::WHO).map(|consent| consent.id.0.as_u128())
    };
    let one = granted(1, Recipient::Kind(OrganisationKind::Ngo));
    let refusal = Consent { answer: ConsentAnswer::Refused, ..granted(2, Recipient::Anyone) };
    assert_eq!(holds(vec![one.clone()]), Some(1));
    assert_eq!(holds(vec![one.clone(), refusal.clone()]), None, "who says no later has said no");
    assert_eq!(holds(vec![refusal, one.clone()]), Some(1), "who says yes later has said yes");
    assert_eq!(holds(vec![Consent { withdrawn_at: Some(now()), ..one.clone() }]), None);
    assert_eq!(holds(vec![Consent { expires_at: Some(now()), ..one.clone() }]), None, "on the second it expires");
    assert_eq!(holds(vec![Consent { expires_at: Some(now().plus_seconds(1)), ..one.clone() }]), Some(1));
    assert_eq!(holds(vec![Consent { compartments: CompartmentSet::EMPTY.with(Compartment::Identity), ..one.clone() }]), None);
    assert_eq!(holds(vec![Consent { recipient: Recipient::Kind(OrganisationKind::Shelter), ..one.clone() }]), None);
    assert_eq!(Consent { expires_at: Some(now()), withdrawn_at: Some(now()), ..one }.status(now()), ConsentStatus::Withdrawn);
}

#[test]
fn emergency_access_never_opens_where_the_person_is_or_what_protects_them() {
    let standing = nothing_said();
    let claim = Claim {
        basis: GrantBasis::BreakGlass,
        compartments: CompartmentSet::ALL,
        expires_at: Some(now().plus_seconds(1)),
        shares: Vec::new(),
        allows_contact: false,
    };
    let seen = standing.entitles(&ngo(), &claim);
    assert_eq!(seen.missing(), [Compartment::Location, Compartment::Protection]);
    assert!(standing.entitles(&ngo(), &Claim { expires_at: Some(now()), ..claim }).is_empty());
}

#[test]
fn each_side_moves_a_referral_only_where_it_may() {
    use ReferralKind::{Referral, Transfer, TransferRequest};
    use ReferralStatus::{Accepted, Done, Draft, Expired, InProgress, Rejected, Revoked};
    for (kind, side, from, to, may) in [
        (Referral, Side::Owner, Draft, InProgress, true),
        (Referral, Side::Other, Draft, InProgress, false),
        (Referral, Side::Other, InProgress, Accepted, true),
        (Referral, Side::Owner, InProgress, Accepted, false),
        (Referral, Side::Owner, InProgress, Revoked, true),
        (Referral, Side::Owner, Accepted, Revoked, true),
        (Referral, Side::Other, Accepted, Done, true),
        (Referral, Side::Other, Rejected, Accepted, false),
        (Referral, Side::Other, Expired, Accepted, false),
        (Referral, Side::Owner, Done, Accepted, false),
        (Transfer, Side::Other, InProgress, Accepted, true),
        (Transfer, Side::Owner, InProgress, Accepted, false),
        (Transfer, Side::Owner, Accepted, Revoked, false),
        (TransferRequest, Side::Other, InProgress, Accepted, false),
        (TransferRequest, Side::Owner, InProgress, Accepted, true),
        (TransferRequest, Side::Other, InProgress, Revoked, true),
    ] {
        assert_eq!(may_go(kind, side, from, to), may, "{kind} {side:?} {from} {to}");
    }
}
