//! Who may see a case: the tables in which that stands, and the few files that can write them.

use std::collections::BTreeSet;

use homeward::domain::sharing::{ACCESS_ACTS, ACCESS_BY_RULE};
use serde_json::Value;

use super::access_matrix::{call, case_ids, operations, shared_ids};
use super::architecture::sources;
use super::cross_reference::somebody_who_may;
use crate::support::World;
use crate::support::contract::document;
use crate::support::database::Kind::Sqlite;
use crate::support::dump::dump;

/// Each table of access, and the files that name it and write something. A new file here must demand the lock of the person
/// (`PersonLocked`) for what it writes in the table, or only read it.
const WRITERS: &[(&str, &[&str])] = &[
    (
        "case_grants",
        &[
            "src/db/casefile/grant_copies.rs", // figures only
            "src/db/casefile/granting.rs",
            "src/db/casefile/ownership.rs", // reads
            "src/db/people/duplicates.rs",  // reads
            "src/db/people/erasure.rs",
            "src/db/people/merges/suspended_grants.rs",
            "src/db/process/follow.rs",                // reads
            "src/db/repatriation/movement_batches.rs", // reads
            "src/db/sharing/reconcile.rs",             // reads
        ],
    ),
    ("merged_grants", &["src/db/casefile/granting.rs", "src/db/people/erasure.rs", "src/db/people/merges/suspended_grants.rs"]),
    ("person_keys", &["src/db/casefile/person_keys.rs", "src/db/people/erasure.rs"]),
    ("denials", &["src/db/sharing/denials.rs", "src/db/sharing/reconcile.rs"]),
    ("consents", &["src/db/casefile/stored_consents.rs", "src/db/sharing/consents.rs", "src/db/sharing/reconcile.rs"]),
    (
        "merges",
        &[
            "src/db/casefile/lock.rs", // reads
            "src/db/people/merges.rs",
            "src/db/people/merges/merge.rs",
            "src/db/people/merges/undo.rs",
        ],
    ),
];

/// The tables that a file imports from the schema.
fn tables_named(code: &str) -> BTreeSet<String> {
    let lists = code.split("use crate::db::schema::").skip(1).filter_map(|rest| rest.split(';').next());
    let names = lists.flat_map(|list| list.split(['{', '}', ','])).filter_map(|name| name.split_whitespace().next());
    names.map(str::to_owned).collect()
}

#[test]
fn only_these_files_write_the_tables_of_access() {
    let sources = sources("src");
    for (table, known) in WRITERS {
        let writes = |code: &str| ["insert_into(", "::update(", "::delete("].iter().any(|write| code.contains(write));
        let found: BTreeSet<&str> = sources
            .iter()
            .filter(|source| writes(&source.code()) && tables_named(&source.code()).contains(*table))
            .map(|source| source.path.as_str())
            .collect();
        let known: BTreeSet<&str> = known.iter().copied().collect();
        assert_eq!(found, known, "who writes {table}: what gives or takes access goes through the functions that demand the lock");
    }
}

/// The files that give a grant or a key, and so need a proof of authority.
const GIVERS: &[&str] = &[
    "src/db/accounts/organisations.rs",
    "src/db/casefile/granting.rs",
    "src/db/casefile/ownership.rs",
    "src/db/casefile/person_keys.rs",
    "src/db/cases/register.rs",
    "src/db/process/desks.rs",
    "src/db/repatriation/embassy_contacts.rs",
    "src/db/repatriation/transitions.rs",
    "src/db/sharing/emergency_access.rs",
    "src/db/sharing/reconcile.rs",
    "src/db/sharing/referrals/steps.rs",
];

#[test]
fn only_these_files_prove_authority() {
    let proves = |code: &str| ["Authority::of_", "granting::authority(", "fn authority("].iter().any(|proof| code.contains(proof));
    let sources = sources("src");
    let found: BTreeSet<&str> = sources
        .iter()
        .filter(|source| source.path != "src/domain/sharing/authority.rs" && proves(&source.code()))
        .map(|source| source.path.as_str())
        .collect();
    assert_eq!(found, GIVERS.iter().copied().collect(), "who gives access: its operation belongs into the table of authority");
}

#[test]
fn every_act_in_the_table_of_authority_asks_for_a_step_up() {
    let document = document();
    let operations = operations();
    for act in ACCESS_ACTS {
        let operation = operations
            .iter()
            .find(|operation| operation.id == act.operation)
            .unwrap_or_else(|| panic!("{}: no such operation", act.operation));
        let described = &document["paths"][&operation.template][operation.method.as_str().to_lowercase()];
        // An operation with other transitions beside those that move access asks for it inside; a test of its own proves that.
        assert_eq!(described["x-step-up"]["max_age"] == 300, act.transitions.is_empty(), "{}: its door asks for no step-up", act.operation);
    }
    for act in ACCESS_BY_RULE {
        assert!(operations.iter().any(|operation| operation.id == act.operation), "{}: no such operation", act.operation);
    }
}

/// The tables in which it stands who may see what.
const ACCESS: [&str; 6] = ["case_grants", "merged_grants", "person_keys", "denials", "consents", "merges"];

/// Every operation is called once, by a user who may, with a body that it accepts: what changes access stands in the table.
#[actix_web::test]
async fn no_operation_changes_access_that_the_table_of_authority_does_not_name() {
    let Some(world) = &World::start(Sqlite).await else { return };
    let known = |id: &str| ACCESS_ACTS.iter().any(|act| act.operation == id) || ACCESS_BY_RULE.iter().any(|act| act.operation == id);
    let shared = shared_ids(world).await;
    let (mut wrong, mut changing) = (Vec::new(), 0);
    let writes = operations().into_iter().filter(|operation| operation.method != actix_web::http::Method::GET && operation.scope.is_some());
    for (unique, operation) in writes.enumerate() {
        let ids = case_ids(world, &shared, &operation.template).await;
        let rows = || {
            let all = dump(world);
            // Figures on a grant change with the case; who holds it, why and what it opens does not.
            ACCESS.map(|table| all.get(table).map_or(0, Vec::len))
        };
        let before = rows();
        let actor = somebody_who_may(&operation);
        call(world, &operation, actor, &ids, 300 + unique).await;
        let is_changed = rows() != before;
        changing += usize::from(is_changed);
        if is_changed && !known(&operation.id) {
            wrong.push(operation.id.clone());
        }
        world.forget(actor);
    }
    assert!(changing >= 5, "only {changing} operations changed any access: the walk proves little");
    assert!(wrong.is_empty(), "these change who may see a case, and do not stand in the table of authority: {wrong:?}");
}

/// The names of all fields of the bodies that requests can have.
fn fields(schema: &Value, document: &Value, seen: &mut BTreeSet<String>, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            if let Some(Value::Object(properties)) = entries.get("properties") {
                found.extend(properties.keys().cloned());
            }
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("$ref", Value::String(target)) => {
                        let name = target.rsplit('/').next().unwrap_or_default();
                        if seen.insert(name.to_owned()) {
                            fields(&document["components"]["schemas"][name], document, seen, found);
                        }
                    }
                    _ => fields(value, document, seen, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, document, seen, found)),
        _ => {}
    }
}

#[test]
fn no_request_names_who_approved_something() {
    let document = document();
    let mut found = BTreeSet::new();
    for path in document["paths"].as_object().expect("paths").values() {
        for operation in path.as_object().expect("operations").values() {
            fields(&operation["requestBody"], document, &mut BTreeSet::new(), &mut found);
        }
    }
    assert!(found.contains("approval_id") && found.len() > 100, "{found:?}");
    let named: Vec<&String> = found.iter().filter(|field| field.contains("approver") || field.contains("approved_by")).collect();
    assert!(named.is_empty(), "an approval is given in a session of its own, and not named by a field: {named:?}");
}
