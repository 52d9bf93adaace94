//! What says that somebody worked on a case that the system opened by mistake, before it is withdrawn. A table that comes later is not
//! forgotten: it is here, or this fails.

use std::collections::BTreeSet;

use super::migrations::declared;

/// Tables of a case whose rows somebody writes: the case is not withdrawn over one of them.
const LOOKED_AT: &[&str] = &[
    "attachments",
    "case_changes",
    "case_records",
    "case_relations",
    "consents",
    "denials",
    "embassy_contacts",
    "movement_batch_members",
    "nationality_verifications",
    "referrals",
    "repatriation_transitions",
    "stays",
    "tasks",
];

/// Tables of a case whose rows nobody writes as work on it, each with the reason.
const PASSED_OVER: &[(&str, &str)] = &[
    ("access_events", "the service tells of an access"),
    ("approvals", "an act that was done has left its own row"),
    ("case_grants", "the registration gives them, and what somebody gives later has a consent, a contact or a referral"),
    ("case_nationalities", "they follow from what the person claims"),
    ("data_protection_events", "the service tells of something else"),
    ("emergency_accesses", "somebody read, and wrote nothing"),
    ("emergency_lifts", "somebody let another one read, and wrote nothing"),
    ("excluded_grants", "what was held follows from the exclusion"),
    ("exclusions", "it follows from a transition or a denial"),
    ("fine_ledger", "it follows from the records"),
    ("idempotency_keys", "they belong to a request"),
    ("import_rows", "no list makes a case that the system opened"),
    ("listed_changes", "the database writes them wherever a case changes"),
    ("merged_grants", "no case of a merged person is withdrawn"),
    ("tracing_matches", "the service finds them"),
];

#[test]
fn no_table_of_a_case_is_forgotten_when_a_follow_up_case_is_withdrawn() {
    let is_of_a_case = |column: &String| column == "case_id" || column == "first_case_id";
    let declared = declared();
    let tables = declared.iter().filter(|(_, columns)| columns.keys().any(is_of_a_case)).map(|(table, _)| table.as_str());
    let known: BTreeSet<&str> = LOOKED_AT.iter().copied().chain(PASSED_OVER.iter().map(|(table, _)| *table)).collect();
    assert_eq!(tables.collect::<BTreeSet<_>>(), known, "say here whether a row of the table is work on a case");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = std::fs::read_to_string(root.join("src/db/process/follow_up_case.rs")).expect("the source");
    let body = source.split("fn is_worked_on").nth(1).expect("the question");
    let words: BTreeSet<&str> = body.split(|sign: char| !sign.is_alphanumeric() && sign != '_').collect();
    for table in LOOKED_AT {
        assert!(words.contains(table), "{table}: is_worked_on does not look at it");
    }
}
