//! Every operation that takes two ids or more, found in the generated document: each id in turn swapped for a stranger's, of
//! another organisation and of another case of the same one. The operation is refused, and nothing in the database changes.

pub mod ids;

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use self::ids::{Place, Strangers, completed, is_narrowing, places, strange_values};
use crate::support::data::{self, Ids};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::{changed, dump};
use crate::support::{Answer, World};
use crate::walkers::access_matrix::{Operation, operations, shared_ids, versioned};

const BY_ID: [&str; 6] =
    ["list_cases", "list_statements", "get_case_statistics", "get_case_statistics_csv", "create_case", "list_audit_entries"];

/// A user whose role may call the operation, preferably one of the organisation that owns the case.
pub fn somebody_who_may(operation: &Operation) -> &'static str {
    let permission = homeward::domain::access::Permission::parse(operation.scope.as_deref().expect("a scope")).expect("a permission");
    let mut preferred = vec!["caseworker.a", "supervisor.a", "officer.vnm", "admin", "coordinator", "auditor"];
    if ["delete_coverage", "delete_client_secret"].contains(&operation.id.as_str()) {
        preferred = vec!["admin"];
    }
    // Whoever may do an act may ask for it: of the acts, only a supervisor may export.
    if operation.id == "create_approval" {
        preferred = vec!["supervisor.a"];
    }
    let role_of = |name: &str| data::USERS.iter().find(|(username, ..)| *username == name).expect("a user").1;
    preferred.into_iter().find(|name| role_of(name).may(permission)).unwrap_or_else(|| panic!("{}: who may call it?", operation.id))
}

/// The owner of the operation's subject, who can read its version.
fn owner(operation: &Operation, actor: &'static str) -> &'static str {
    if operation.template.starts_with("/v1/cases") { "caseworker.a" } else { actor }
}

async fn send(world: &World, operation: &Operation, url: &str, etag: &str, body: Option<&Value>) -> Answer {
    let headers: &[(&str, &str)] = if operation.method == Method::GET { &[] } else { &[("if-match", etag)] };
    world.send(somebody_who_may(operation), operation.method.clone(), url, headers, body).await
}

/// The address with one of its ids replaced by a stranger's.
fn swapped(template: &str, parameter: &str, home: &str, stranger: &str) -> String {
    let parts = template.split('/').zip(home.split('/').zip(stranger.split('/')));
    let parts: Vec<&str> = parts.map(|(name, (own, other))| if name == format!("{{{parameter}}}") { other } else { own }).collect();
    parts.join("/")
}

/// Whether an operation is about published data.
fn published(operation: &Operation) -> bool {
    ["/v1/operations", "/v1/statements"].iter().any(|start| operation.template.starts_with(start))
}

/// Swaps every id of an operation in turn; returns the number of swaps, and adds those that were not refused.
async fn swap_each(world: &World, operation: &Operation, places: &[Place], shared: &Ids, wrong: &mut Vec<String>) -> usize {
    let set = Strangers::of(world, operation, shared).await;
    let home = data::path(&operation.template, &set.home);
    let actor = somebody_who_may(operation);
    let etag = world.get(owner(operation, actor), versioned(&home)).await.etag();
    let etag = if etag.is_empty() { "\"1-0\"".to_owned() } else { etag };
    let body = data::sample(&operation.id, &set.home, 1);
    let own_ids = places.iter().filter(|place| matches!(place, Place::Path(_))).count();
    let (mut tried, mut is_written) = (0, false);
    let mut attempts = Vec::new();
    for place in places {
        for (whose, stranger) in &set.others {
            let (url, body, pointer) = match place {
                // Another id of the same owner is as good, and published data has no owner.
                Place::Path(_) if own_ids == 1 && (whose.starts_with("another case") || published(operation)) => {
                    continue;
                }
                Place::Path(name) => {
                    let url = swapped(&operation.template, name, &home, &data::path(&operation.template, stranger));
                    assert_ne!(url, home, "{}: {name} of {whose} is no other", operation.id);
                    (url, body.clone(), String::new())
                }
                Place::Query(_) => continue,
                Place::Body(pointer) => {
                    let Some(value) = strange_values(world, pointer, whose, stranger, operation).await else { continue };
                    let mut body = completed(&operation.id, body.clone(), pointer, value);
                    if pointer == "/previous_case_id" {
                        let own = world.get("caseworker.a", &format!("/v1/cases/{}", set.home.case)).await.expect(200).json();
                        body = json!({ "host_country": "KHM", "intake_channel": "hotline", "person_id": own["person_id"], "previous_case_id": body["previous_case_id"] });
                    }
                    (home.clone(), Some(body), pointer.clone())
                }
            };
            attempts.push((format!("{} with {place:?} of {whose}", operation.id), url, body, pointer));
        }
    }
    let before = dump(world);
    for (what, url, body, pointer) in attempts {
        // In the version of the resource at the address, if there is one: the refusal must not be for a stale version.
        let found = world.get(owner(operation, actor), versioned(&url)).await.etag();
        let answer = send(world, operation, &url, if found.is_empty() { &etag } else { &found }, body.as_ref()).await;
        let what = format!("{what}: {} {}", answer.status, answer.text());
        if is_narrowing(&pointer) {
            // What narrows an export may be asked for, and is done only as a second person approved it.
            let expected = if operation.id == "create_approval" { (201, Value::Null) } else { (409, json!("approval_required")) };
            assert_eq!((answer.status, answer.json()["code"].clone()), expected, "{what}");
            is_written |= answer.status == 201;
            continue;
        }
        let is_named = answer.pointers().contains(&pointer);
        match answer.status {
            404 => {}
            422 if is_named || answer.json()["code"] == "consent_required" => {}
            409 if pointer.ends_with("/approval_id") => {}
            // Only the owner who accepts a request for a case names the consent; a referral has no such step.
            409 if operation.id == "advance_referral" && pointer == "/consent_id" => {}
            // Each item has its own answer.
            201 if ["create_cases", "record_afterwards_list"].contains(&operation.id.as_str())
                && answer.json()["items"][0]["problem"].is_object() => {}
            // What shuts somebody out is not held up by an approval that it does not need.
            200 | 201 if pointer == "/approval_id" && ["create_denial", "make_transition"].contains(&operation.id.as_str()) => {
                is_written = true;
            }
            _ => wrong.push(what.clone()),
        }
        tried += 1;
    }
    let changed = changed(&before, &dump(world));
    if !changed.is_empty() && !is_written {
        wrong.push(format!("{}: {changed:?} changed", operation.id));
    }
    tried
}

#[rstest]
#[actix_web::test]
async fn an_id_of_a_stranger_is_refused_wherever_it_stands(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let shared = shared_ids(world).await;
    let (mut tried, mut wrong) = (0, Vec::new());
    for operation in operations() {
        let places = places(&operation);
        if places.len() < 2 || operation.method == Method::GET && places.iter().all(|place| matches!(place, Place::Query(_))) {
            continue;
        }
        let swaps = swap_each(world, &operation, &places, &shared, &mut wrong).await;
        let only_narrowing = ["create_approval", "create_audit_export", "create_export"].contains(&operation.id.as_str());
        assert!(swaps >= 1 || only_narrowing, "{}: only {swaps} swaps were tried", operation.id);
        tried += swaps;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 100, "{tried}");
}

#[rstest]
#[actix_web::test]
async fn a_list_by_the_id_of_a_stranger_is_empty(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let foreign = world.register("caseworker.b", data::vietnamese()).await;
    let user = world.get("caseworker.b", "/v1/me").await.json()["user_id"].clone();
    let mut tried = 0;
    for operation in operations().iter().filter(|operation| operation.method == Method::GET) {
        let queries: Vec<String> = places(operation)
            .into_iter()
            .filter_map(|place| match place {
                Place::Query(name) => Some(name),
                _ => None,
            })
            .collect();
        if queries.len() < 2 {
            continue;
        }
        assert!(BY_ID.contains(&operation.id.as_str()), "{}: look at what a stranger's id does in its query", operation.id);
        for name in queries {
            for id in [&foreign["owner_id"], &foreign["id"], &case["id"], &user] {
                let url = data::path(&operation.template, &Ids::default());
                let url = format!("{url}{}{name}={}", if url.contains('?') { '&' } else { '?' }, id.as_str().unwrap());
                let actor = if operation.id == "list_audit_entries" { "auditor" } else { "caseworker.a" };
                let answer = world.get(actor, &url).await;
                if answer.status == 200 && answer.header("content-type").starts_with("text/csv") {
                    assert_eq!(answer.text().lines().count(), 1, "{url}: the names of the columns, and no row");
                } else if answer.status == 200 {
                    assert_eq!(answer.json()["items"], json!([]), "{url}");
                } else {
                    assert!([404, 422].contains(&answer.status), "{url}: {}", answer.text());
                }
                tried += 1;
            }
        }
    }
    assert!(tried >= 20, "{tried}");
}
