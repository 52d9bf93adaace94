//! What a guest mission reads of the records of others is listed in the code, field by field. A field that the document has and nobody
//! listed is closed to guests, and this test asks for a decision about it.

use std::collections::BTreeSet;

use homeward::domain::repatriation::records::RecordKind;
use serde_json::Value;

use super::access_matrix::operations;
use super::cross_reference::ids::resolved;
use crate::support::contract::document;

/// Fields that stand beside the content of every record.
pub const OF_EVERY_RECORD: &[&str] = &["id", "case_id", "recorded_by", "host_episode_id", "created_at", "updated_at", "version"];

/// Fields that are closed to guest missions, each with the reason.
const CLOSED: &[(RecordKind, &str, &str)] = &[
    (RecordKind::ReturnDecision, "withdrawal_reason", "why somebody changed their mind may be fear of that very mission"),
    (RecordKind::ReturnDecision, "assent", "the child's own words, which may be about people at home and officials"),
    (RecordKind::ReturnDecision, "asked_by_person", "that somebody says so tells that there was a reason to say it"),
    (RecordKind::ReturnDecision, "guardianship", "who answers for the child, and whether their interest is against it"),
    (RecordKind::BestInterests, "views_of_the_child", "the child's own words, which may be about people at home and officials"),
    (RecordKind::BestInterests, "guardian", "who looks after the child"),
    (RecordKind::BestInterests, "guardian_contact", "how to reach whoever looks after the child"),
    (RecordKind::BestInterests, "caregiver", "who takes the child in: the mission reads when they were assessed"),
    (RecordKind::Movement, "incident", "somebody who did not board may fear what waits at home"),
    (RecordKind::Movement, "companions", "names of other people, whom that mission may not know of"),
    (RecordKind::BestInterests, "panel", "who decides about the child"),
    (RecordKind::BestInterests, "carer_checks", "what was found of a parent: told to the mission, it may reach that parent"),
    (RecordKind::BestInterests, "guardianship", "who looks after the child, and whether their interest is against it"),
    (RecordKind::BestInterests, "handover", "who takes the child in, and what the search for its family came to"),
    (RecordKind::HostEpisode, "entry_point", "where somebody crossed, and who brought them, is told against those who did"),
    (RecordKind::HostEpisode, "visa_kind", "the standing in another state"),
    (RecordKind::HostEpisode, "stay_expired_on", "the standing in another state"),
    (RecordKind::HostEpisode, "immigration_status", "the standing in another state"),
    (RecordKind::HostEpisode, "fine_left", "what is owed to another state"),
    (RecordKind::HostEpisode, "penalties", "what is owed to another state"),
    (RecordKind::HostEpisode, "entry_ban", "the standing in another state"),
    (RecordKind::HostEpisode, "cancelled_on", "a mistake of others"),
    (RecordKind::HostEpisode, "cancellation_reason", "a mistake of others"),
    (RecordKind::Birth, "consular_registration", "which mission registered the child may be the one of the other parent"),
    (RecordKind::Birth, "mother_nationality", "a mission is told of claims to its own nationality alone"),
    (RecordKind::Birth, "father_nationality", "a mission is told of claims to its own nationality alone"),
    (RecordKind::Birth, "citizenship_claimed", "a mission is told of claims to its own nationality alone"),
    (RecordKind::Death, "cause_stated", "why somebody died: the pass for the remains is issued on the certificate"),
    (RecordKind::Death, "cause_suspected", "what was seen at the compound may be told against those who speak of it"),
    (RecordKind::Death, "autopsy", "who asked for it, or refused it"),
    (RecordKind::Death, "next_of_kin", "who mourns, and how to reach them"),
    (RecordKind::Death, "next_of_kin_informed_on", "about the next of kin"),
    (RecordKind::Death, "next_of_kin_informed_by", "about the next of kin"),
    (RecordKind::Death, "next_of_kin_informed_how", "about the next of kin"),
    (RecordKind::Death, "mission_informed", "who told which mission: the guest reads the day alone, and knows what it was told itself"),
    (RecordKind::Death, "denial_weighed", "that the person wanted no contact with that very mission, and why"),
    (RecordKind::Death, "wishes", "the person's own words, which may be about people at home"),
    (RecordKind::Death, "effects_handed_to", "about the next of kin"),
    (RecordKind::Death, "effects_handed_on", "about the next of kin"),
];

/// Kinds that are kept from guest missions whole, each with the reason.
const KEPT: &[(RecordKind, &str)] = &[
    (RecordKind::NextOfKin, "whom the person loves, and who of them is not safe, is how somebody is put under pressure"),
    (RecordKind::FamilyContact, "what a family fears and was told by those who hold the person"),
    (RecordKind::Recruiter, "whom the person can name; some recruit with the help of officials"),
    (RecordKind::MoneyEvent, "what a family owes, and to whom"),
    (RecordKind::Placement, "where the person sleeps"),
    (RecordKind::Assistance, "what others gave, from which fund: the mission's own is its own"),
    (RecordKind::Letter, "what others write to the authorities: the mission's own are its own"),
    (RecordKind::ProtectionOutcome, "that the person was protected from that very mission, and what came of it"),
    (RecordKind::HealthScreening, "illness, pregnancy and violence"),
];

/// The fine is computed for the reader, from what the reader may know.
pub const COMPUTED: &[&str] = &["fine"];

/// The fields of a schema, with those that it takes over from others.
fn fields(document: &Value, schema: &Value) -> BTreeSet<String> {
    let schema = resolved(document, schema);
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let mut found: BTreeSet<String> = own.collect();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        found.extend(fields(document, part));
    }
    found
}

/// What one record of a kind answers with, as the document says.
fn answered(document: &Value, kind: RecordKind) -> BTreeSet<String> {
    let beginning: String = kind.as_str().replace('_', "-").chars().take(6).collect();
    let template = operations().into_iter().map(|operation| operation.template).find(|template| {
        let collection = template.strip_prefix("/v1/cases/{id}/").unwrap_or_default();
        let is_one = collection.ends_with("/{record_id}") || !collection.contains('/');
        collection.starts_with(&beginning) && is_one && (collection.contains('{') || kind == RecordKind::ImmigrationClearance)
    });
    let template = template.unwrap_or_else(|| panic!("{kind}: where is one read?"));
    fields(document, &document["paths"][&template]["get"]["responses"]["200"]["content"]["application/json"]["schema"])
}

#[test]
fn every_field_of_a_record_is_open_or_closed_to_guest_missions() {
    let document = document();
    let mut undecided = Vec::new();
    for kind in RecordKind::ALL {
        let beside = [OF_EVERY_RECORD, COMPUTED].concat();
        let told: BTreeSet<String> = answered(document, *kind).into_iter().filter(|field| !beside.contains(&field.as_str())).collect();
        assert!(told.len() > 3, "{kind}: {told:?}");
        let open: BTreeSet<String> = kind.open_to_guest_missions().iter().map(|field| (*field).to_owned()).collect();
        let is_kept = KEPT.iter().any(|(kept, _)| kept == kind);
        assert_eq!(is_kept, kind.is_kept_from_guest_missions(), "{kind}: the code says otherwise");
        if is_kept {
            continue;
        }
        let closed: BTreeSet<String> = CLOSED.iter().filter(|(of, ..)| of == kind).map(|(_, field, _)| (*field).to_owned()).collect();
        assert!(open.is_disjoint(&closed), "{kind}: open and closed at once");
        undecided.extend(told.symmetric_difference(&open.union(&closed).cloned().collect()).map(|field| format!("{kind}.{field}")));
    }
    assert!(undecided.is_empty(), "decide whether a guest mission reads these, or take what is gone off the lists: {undecided:?}");
}
