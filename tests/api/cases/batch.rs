//! A list of people is registered in one request: each by the rules for one, none of them twice.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::people::merges::paired;
use crate::reporting::audit_reading::seal;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{Answer, World, data};

const BATCH: &str = "/v1/cases/batch";

fn named(name: &str) -> Value {
    json!({ "host_country": "KHM", "intake_channel": "other", "nationality_claimed": "VNM", "identity": { "family_name": name } })
}

fn list(people: &[Value]) -> Value {
    json!({ "items": people.iter().map(|person| json!({ "person": person })).collect::<Vec<_>>() })
}

async fn with_key(world: &World, key: &str, url: &str, body: &Value) -> Answer {
    world.send("caseworker.a", Method::POST, url, &[("idempotency-key", key)], Some(body)).await
}

async fn registered(world: &World) -> usize {
    world.get("caseworker.a", "/v1/cases?limit=200").await.expect(200).json()["items"].as_array().map_or(0, Vec::len)
}

fn code(item: &Value) -> &str {
    item["problem"]["code"].as_str().unwrap_or("registered")
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.post("", BATCH, list(&[named("Nguyễn")])).await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn everybody_on_a_list_is_a_case_like_one_that_was_registered_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "auditor.a", "auditor", "NGO A").await;
    let alone = world.register("caseworker.a", named("ស៊ីសុខា")).await;
    let names = ["Nguyễn Thị Hoa", "ကျော်ကျော်", "王小明", "Otieno", "ธนพล"];
    let answer = world.post("caseworker.a", BATCH, list(&names.map(named))).await.expect(201).json();
    let items = answer["items"].as_array().unwrap();
    assert_eq!(items.len(), names.len());
    for (item, name) in items.iter().zip(names) {
        let case = world.get("caseworker.a", &format!("/v1/cases/{}", item["case_id"].as_str().unwrap())).await.expect(200).json();
        assert_eq!((&case["identity"]["family_name"], &case["code"]), (&json!(name), &item["code"]), "in the order of the list");
        assert_eq!(item["problem"], Value::Null);
        for same in ["stage", "risk_level", "registered_on", "owner_id", "redacted", "immigration_status", "trafficking_status"] {
            assert_eq!(case[same], alone[same], "{same}");
        }
        let of = async |case: &Value, what: &str| {
            let url = format!("/v1/cases/{}/{what}", case["id"].as_str().unwrap());
            let items = world.get("caseworker.a", &url).await.expect(200).json()["items"].clone();
            items.as_array().unwrap().iter().map(|item| (item["kind"].clone(), item["due_on"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(of(&case, "tasks").await, of(&alone, "tasks").await);
        assert_eq!(of(&case, "history").await.len(), of(&alone, "history").await.len());
    }
    seal(world).await;
    let entries = world.get("auditor.a", "/v1/audit/entries?operation=create_cases").await.expect(200).json();
    let about: Vec<&Value> = entries["items"].as_array().unwrap().iter().filter(|entry| entry["case_ids"] != json!([])).collect();
    assert!(about.len() >= names.len(), "an entry for each: {entries}");
}

#[rstest]
#[actix_web::test]
async fn each_is_taken_or_refused_on_its_own_with_what_is_wrong(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut born_tomorrow = named("Tomorrow");
    born_tomorrow["identity"]["birth_date"] = json!("2199-01-01");
    let mut of_nowhere = named("Nowhere");
    of_nowhere["compound_id"] = json!("7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10");
    let unread = json!({ "host_country": "KHM", "identity": { "family_name": 7 } });
    let people = [named("Siti"), born_tomorrow, unread, of_nowhere, named("Hùng")];
    let items = world.post("caseworker.a", BATCH, list(&people)).await.expect(201).json()["items"].clone();
    let items = items.as_array().unwrap();
    let codes: Vec<&str> = items.iter().map(code).collect();
    assert_eq!(codes, ["registered", "validation_failed", "invalid_body", "validation_failed", "registered"]);
    let pointer = |at: usize| items[at]["problem"]["errors"][0]["pointer"].as_str().unwrap();
    assert_eq!((pointer(1), pointer(3)), ("/person/identity/birth_date", "/person/compound_id"));
    assert!(pointer(2).starts_with("/person/"), "{}", pointer(2));
    assert_eq!(registered(world).await, 2);
    assert!(!items[1].to_string().contains("2199"), "no value is repeated");
}

#[rstest]
#[actix_web::test]
async fn all_or_nothing_registers_nobody_while_one_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut of_nowhere = named("Nowhere");
    of_nowhere["operation_id"] = json!("7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10");
    let mut unnamed = named("Siti");
    unnamed["identity"] = json!({});
    for (wrong, pointer) in [(of_nowhere, "/items/1/person/operation_id"), (unnamed, "/items/1/person/identity")] {
        let mut body = list(&[named("Hùng"), wrong, named("Lan")]);
        body["all_or_nothing"] = json!(true);
        let refused = world.post("caseworker.a", BATCH, body.clone()).await.problem(422, "validation_failed");
        let pointers: Vec<&Value> = refused["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
        assert!(pointers.iter().all(|at| at.as_str().unwrap().starts_with(pointer)), "{pointers:?}");
        assert_eq!(registered(world).await, 0);
    }
    let mut good = list(&[named("Hùng"), named("Lan")]);
    good["all_or_nothing"] = json!(true);
    world.post("caseworker.a", BATCH, good).await.expect(201);
    assert_eq!(registered(world).await, 2);
}

#[rstest]
#[actix_web::test]
async fn nobody_is_registered_twice_by_the_key_of_the_list_or_of_the_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    // Somebody whose registration was answered to nobody, and is sent again in a list.
    let alone = with_key(world, "gate-1", "/v1/cases", &named("Hoa")).await.expect(201).json();
    let body = json!({ "items": [
        { "idempotency_key": "gate-1", "person": named("Hoa") },
        { "idempotency_key": "gate-2", "person": named("Lan") },
        { "idempotency_key": "gate-2", "person": named("Lan") },
        { "idempotency_key": "gate-2", "person": named("Another") },
        { "idempotency_key": "list-1", "person": named("Somebody") },
        { "idempotency_key": "a space", "person": named("Somebody") },
    ] });
    let first = with_key(world, "list-1", BATCH, &body).await.expect(201);
    let items = first.json()["items"].clone();
    assert_eq!(items[0]["case_id"], alone["id"]);
    assert_eq!(items[1]["case_id"], items[2]["case_id"]);
    assert_eq!(["idempotency_key_reused", "validation_failed", "validation_failed"], [code(&items[3]), code(&items[4]), code(&items[5])]);
    assert_eq!(registered(world).await, 2);
    let again = with_key(world, "list-1", BATCH, &body).await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let same = again.json()["items"].clone();
    assert_eq!((&same[0], &same[1], &same[4]), (&items[0], &items[1], &items[4]));
    assert_eq!(same[3]["problem"]["errors"][0]["code"], "refused_before");
    // The same people in another list, and one of them alone.
    let other = with_key(world, "list-2", BATCH, &json!({ "items": [{ "idempotency_key": "gate-2", "person": named("Lan") }] })).await;
    assert_eq!(other.expect(201).json()["items"][0]["case_id"], items[1]["case_id"]);
    assert_eq!(with_key(world, "gate-2", "/v1/cases", &named("Lan")).await.expect(201).json()["id"], items[1]["case_id"]);
    assert_eq!(registered(world).await, 2);
    with_key(world, "list-1", BATCH, &list(&[named("Others")])).await.problem(422, "idempotency_key_reused");
}

#[rstest]
#[actix_web::test]
async fn a_list_has_its_bounds_and_a_thousand_are_within_them(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.post("caseworker.a", BATCH, list(&[])).await.problem(422, "validation_failed");
    let many: Vec<Value> = (0..1001).map(|number| named(&format!("Person {number}"))).collect();
    world.post("caseworker.a", BATCH, list(&many)).await.problem(422, "validation_failed");
    let answer = world.post("caseworker.a", BATCH, list(&many[..1000])).await.expect(201).json();
    assert!(answer["items"].as_array().unwrap().iter().all(|item| code(item) == "registered"));
    // A mission's rules hold for each: one whom it does not cover is refused, the others are registered.
    let mut kenyan = named("Otieno");
    kenyan["nationality_claimed"] = json!("KEN");
    let items = world.post("officer.vnm", BATCH, list(&[named("Hoa"), kenyan])).await.expect(201).json()["items"].clone();
    assert_eq!((code(&items[0]), code(&items[1])), ("registered", "mission_does_not_cover"));
    assert_eq!(items[1]["problem"]["errors"][0]["pointer"], "/person/nationality_claimed");
    world.post("analyst", BATCH, list(&[named("Hoa")])).await.problem(403, "permission_denied");
}

/// Whoever is told that somebody is unknown registers them again.
#[rstest]
#[actix_web::test]
async fn somebody_who_was_merged_since_is_told_to_the_owner_when_the_list_comes_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let other = with_key(world, "gate-1", "/v1/cases", &data::taiwanese()).await.expect(201).json();
    let survivor = world.register("caseworker.a", data::taiwanese()).await;
    paired(world, survivor, other.clone()).await.merge(world).await;
    let body = json!({ "items": [{ "idempotency_key": "gate-1", "person": data::taiwanese() }] });
    // When it is first sent, and when it is sent again.
    for _ in 0..2 {
        let item = with_key(world, "list-1", BATCH, &body).await.expect(201).json()["items"][0].clone();
        assert_eq!((&item["case_id"], &item["code"]), (&other["id"], &other["code"]), "{item}");
    }
}
