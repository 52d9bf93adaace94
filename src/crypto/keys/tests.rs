//! Who opens what, and with which root.

use crate::crypto::keys::{CompartmentKeys, Keys, PersonKey, Purpose, RootKey};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::ids::{CaseId, OrganisationId, PersonId};

#[test]
fn a_grant_opens_only_for_its_organisation_case_and_basis_and_only_what_it_names() {
    let keys = Keys::new(RootKey::new([1; 32]), Vec::new());
    let (person, case, other_case) = (PersonId::random(), CaseId::random(), CaseId::random());
    let (ngo, mission) = (OrganisationId::random(), OrganisationId::random());
    let held = PersonKey::random().unwrap().compartment_keys(person, case, CompartmentSet::ALL).unwrap().only(CompartmentSet::WHO);
    let sealed = keys.seal_grant(case, mission, GrantBasis::EmbassyContact, &held).unwrap();

    let opened = keys.open_grant(case, mission, GrantBasis::EmbassyContact, &sealed).unwrap();
    assert_eq!(opened.compartments(), CompartmentSet::WHO);
    assert!(opened.get(Compartment::Narrative).is_none());
    assert!(keys.open_grant(case, ngo, GrantBasis::EmbassyContact, &sealed).is_err());
    assert!(keys.open_grant(other_case, mission, GrantBasis::EmbassyContact, &sealed).is_err());
    assert!(keys.open_grant(case, mission, GrantBasis::Registration, &sealed).is_err());
}

#[test]
fn a_grant_carries_the_keys_of_merged_cases_and_hands_on_no_more_of_them_than_it_opens() {
    let keys = Keys::new(RootKey::new([1; 32]), Vec::new());
    let (case, merged, ngo) = (CaseId::random(), CaseId::random(), OrganisationId::random());
    let of = |case| PersonKey::random().unwrap().compartment_keys(PersonId::random(), case, CompartmentSet::ALL).unwrap();
    let held = of(case).and_of(merged, of(merged).only(CompartmentSet::WHO));
    let sealed = keys.seal_grant(case, ngo, GrantBasis::Ownership, &held).unwrap();
    let opened = keys.open_grant(case, ngo, GrantBasis::Ownership, &sealed).unwrap();
    let carried = |keys: &CompartmentKeys| keys.of(Some(merged)).map(CompartmentKeys::compartments);
    assert_eq!((opened.compartments(), carried(&opened)), (CompartmentSet::ALL, Some(CompartmentSet::WHO)));
    let identity = CompartmentSet::EMPTY.with(Compartment::Identity);
    assert_eq!(carried(&opened.only(identity)), Some(identity));
    assert!(opened.of(Some(case)).is_none() && opened.clone().without(&[merged]).of(Some(merged)).is_none());
    let open = |keys: &CompartmentKeys, sealed: &[u8]| keys.get(Compartment::Identity).unwrap().open(&[b"x"], sealed).is_ok();
    let note = held.of(Some(merged)).unwrap().get(Compartment::Identity).unwrap().seal(&[b"x"], b"note").unwrap();
    assert!(open(opened.of(Some(merged)).unwrap(), &note) && !open(&opened, &note));
}

#[test]
fn a_signature_of_an_older_root_holds_and_that_of_another_installation_does_not() {
    let (old, new) = (RootKey::new([1; 32]), RootKey::new([2; 32]));
    let before = Keys::new(old.clone(), Vec::new());
    let signature = before.sign_for_service(Purpose::Backup, b"text").unwrap();
    let (after, foreign) = (Keys::new(new.clone(), vec![old]), Keys::new(new, Vec::new()));
    assert!(after.is_signed_for_service(Purpose::Backup, b"text", &signature));
    assert!(!after.is_signed_for_service(Purpose::Backup, b"other", &signature));
    assert!(!after.is_signed_for_service(Purpose::Erased, b"text", &signature));
    assert!(!foreign.is_signed_for_service(Purpose::Backup, b"text", &signature));
    assert_eq!(before.installation().unwrap(), after.installation().unwrap());
    assert_ne!(before.installation().unwrap(), foreign.installation().unwrap());
}

#[test]
fn an_older_root_can_still_be_read_and_a_foreign_one_cannot() {
    let (old, new) = (RootKey::new([1; 32]), RootKey::new([2; 32]));
    let (person, organisation) = (PersonId::random(), OrganisationId::random());
    let key = PersonKey::random().unwrap();
    let sealed = Keys::new(old.clone(), Vec::new()).seal_person_key(person, organisation, &key).unwrap();
    assert!(Keys::new(new.clone(), vec![old]).open_person_key(person, organisation, &sealed).is_ok());
    assert!(Keys::new(new, Vec::new()).open_person_key(person, organisation, &sealed).is_err());
}

#[test]
fn what_waits_in_a_browser_outlives_another_root() {
    let (old, new) = (RootKey::new([1; 32]), RootKey::new([2; 32]));
    let draft = |keys: &Keys| keys.purpose(Purpose::Draft).unwrap().fingerprint(&[b"a user"]).unwrap();
    let first = draft(&Keys::new(old.clone(), Vec::new()));
    assert_eq!(draft(&Keys::new(new.clone(), vec![old])), first);
    assert_ne!(draft(&Keys::new(new, Vec::new())), first);
}
