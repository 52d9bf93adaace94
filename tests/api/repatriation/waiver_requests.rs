//! Lists of waivers: one note verbale, and an answer for each member.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::data::{self, Ids};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;
use crate::support::{Answer, World};

const LISTS: &str = "/v1/waiver-requests";

/// A list without members; its id.
pub async fn made(world: &World, actor: &str) -> String {
    let list = data::sample("create_waiver_request", &Ids::default(), 0).expect("a body");
    world.post(actor, LISTS, list).await.expect(201).json()["id"].as_str().expect("an id").to_owned()
}

/// A case that owes a hundred dollars.
async fn owing(world: &World, actor: &str) -> Value {
    let case = world.register(actor, data::vietnamese()).await;
    world.patch(actor, &at(&case, "/immigration-clearance"), json!({ "stay_expired_on": world.day(-10) })).await.expect(200);
    case
}

async fn add(world: &World, list: &str, cases: &[&Value]) -> Answer {
    let ids: Vec<&Value> = cases.iter().map(|case| &case["id"]).collect();
    world.post("caseworker.a", &format!("{LISTS}/{list}/members"), json!({ "case_ids": ids })).await
}

async fn answer(world: &World, list: &str, answers: Value) -> Answer {
    world.post("caseworker.a", &format!("{LISTS}/{list}/answers"), json!({ "answers": answers })).await
}

async fn fine(world: &World, case: &Value) -> Value {
    world.get("caseworker.a", &at(case, "/immigration-clearance")).await.expect(200).json()["fine"].clone()
}

#[rstest]
#[actix_web::test]
async fn one_note_asks_for_many_and_each_has_an_answer(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (granted, refused) = (owing(world, "caseworker.a").await, owing(world, "caseworker.a").await);
    let list = made(world, "caseworker.a").await;
    let shown = add(world, &list, &[&granted, &refused]).await.expect(201).json();
    let members = shown["members"].as_array().unwrap().iter().map(|member| (&member["status"], &member["granted_percent"]));
    assert_eq!(members.collect::<Vec<_>>(), [(&json!("requested"), &Value::Null); 2], "nothing is granted yet");
    assert_eq!(fine(world, &granted).await["track"], "waiver_requested");
    let answers = json!([
        { "case_id": granted["id"], "status": "granted", "granted_percent": "50", "answered_on": world.day(0), "reference": "Letter 9" },
        { "case_id": refused["id"], "status": "refused", "answered_on": world.day(0) },
    ]);
    let shown = answer(world, &list, answers).await.expect(201).json();
    assert_eq!(shown["requested_percent"], "80", "what was asked for stays beside what was granted");
    let of = |case: &Value| shown["members"].as_array().unwrap().iter().find(|member| member["case_id"] == case["id"]).cloned().unwrap();
    assert_eq!((&of(&granted)["status"], &of(&granted)["granted_percent"]), (&json!("granted"), &json!("50")));
    assert_eq!((&of(&granted)["reference"], &of(&granted)["answered_on"]), (&json!("Letter 9"), &json!(world.day(0))));
    assert_eq!((&of(&refused)["status"], &of(&refused)["granted_percent"]), (&json!("refused"), &Value::Null));
    // Each answer is the waiver of its case, with its history and its consequences.
    assert_eq!(
        (fine(world, &granted).await["waived"].clone(), fine(world, &refused).await["waived"].clone()),
        (json!("50.00"), json!("0.00"))
    );
    let waiver = world.get("caseworker.a", &at(&granted, "/fine-waivers")).await.expect(200).json()["items"][0].clone();
    assert_eq!((&waiver["id"], &waiver["requested_percent"]), (&of(&granted)["waiver_id"], &json!("80")));
    assert_eq!((&waiver["percent"], &waiver["decided_by"]), (&json!("50"), &json!("General Department of Immigration")));
    let history = world.get("caseworker.a", &at(&granted, "/history")).await.expect(200).text();
    assert!(history.contains("fine_waiver/"), "{history}");
    let lists = world.get("caseworker.a", LISTS).await.expect(200).json();
    assert_eq!((&lists["items"][0]["id"], lists["items"].as_array().map(Vec::len)), (&json!(list), Some(1)));
}

#[rstest]
#[actix_web::test]
async fn what_was_asked_for_stays_beside_what_was_granted(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = owing(world, "caseworker.a").await;
    let asked = json!({ "status": "requested", "reason": "humanitarian", "percent": "100" });
    let waiver = world.post("caseworker.a", &at(&case, "/fine-waivers"), asked).await.expect(201).header("location").to_owned();
    let granted = json!({ "status": "granted", "percent": "33.33", "decided_on": world.day(0) });
    let shown = world.patch("caseworker.a", &waiver, granted).await.expect(200).json();
    assert_eq!((&shown["requested_percent"], &shown["percent"]), (&json!("100"), &json!("33.33")));
}

#[rstest]
#[actix_web::test]
async fn a_list_takes_all_or_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (own, foreign) = (owing(world, "caseworker.a").await, owing(world, "caseworker.b").await);
    let closed = owing(world, "caseworker.a").await;
    world.act("supervisor.a", &at(&closed, ""), "/close", json!({ "reason": "other" })).await.expect(200);
    let list = made(world, "caseworker.a").await;
    let said = |answer: &Answer| {
        let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| format!("{} {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect::<Vec<_>>()
    };
    let wrong = add(world, &list, &[&own, &foreign, &own, &closed]).await;
    assert_eq!(said(&wrong), ["/case_ids/1 not_found", "/case_ids/2 duplicate", "/case_ids/3 case_closed"]);
    assert_eq!(world.get("caseworker.a", &at(&own, "/fine-waivers")).await.json()["items"], json!([]), "nothing was recorded");
    add(world, &list, &[&own]).await.expect(201);
    assert_eq!(said(&add(world, &list, &[&own]).await), ["/case_ids/0 duplicate"]);
    let granted = |case: &Value, percent: &str| json!({ "case_id": case["id"], "status": "granted", "granted_percent": percent, "answered_on": world.day(0) });
    let wrong = answer(world, &list, json!([granted(&own, "80"), granted(&foreign, "80")])).await;
    assert_eq!(said(&wrong), ["/answers/1/case_id not_found"], "not on the list");
    assert_eq!(fine(world, &own).await["waived"], "0.00", "nothing was recorded");
    let early = json!([{ "case_id": own["id"], "status": "refused", "answered_on": "2020-01-01" }]);
    assert_eq!(said(&answer(world, &list, early).await), ["/answers/0/decided_on out_of_order"]);
    answer(world, &list, json!([granted(&own, "100")])).await.expect(201);
    let again = answer(world, &list, json!([granted(&own, "50")])).await;
    assert_eq!(said(&again), ["/answers/0/status immutable"], "a decided waiver is decided");
    let unsaid = json!([{ "case_id": own["id"], "status": "granted", "answered_on": world.day(0) }]);
    assert_eq!(said(&answer(world, &list, unsaid).await), ["/answers/0/granted_percent required"]);
}

#[rstest]
#[actix_web::test]
async fn a_list_is_of_its_organisation_and_shows_whom_that_still_sees(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = owing(world, "caseworker.a").await;
    let list = made(world, "caseworker.a").await;
    add(world, &list, &[&case]).await.expect(201);
    for stranger in ["caseworker.b", "officer.vnm", "coordinator"] {
        world.get(stranger, &format!("{LISTS}/{list}")).await.problem(404, "not_found");
        assert_eq!(world.get(stranger, LISTS).await.expect(200).json()["items"], json!([]), "{stranger}");
    }
    // The person is erased: the list forgets them.
    crate::accounts::approvals::colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let act = json!({ "erasure": { "case_id": case["id"], "requested_by_person": true } });
    let approval = crate::accounts::approvals::approved(world, "supervisor.a", "second.a", act).await;
    let erasure = json!({ "approval_id": approval, "requested_by_person": true });
    world.post("supervisor.a", &at(&case, "/erasure"), erasure).await.expect(204);
    assert_eq!(world.get("caseworker.a", &format!("{LISTS}/{list}")).await.expect(200).json()["members"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn a_member_who_moved_on_is_named_and_holds_nobody_else_up(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (stays, moved) = (owing(world, "caseworker.a").await, owing(world, "caseworker.a").await);
    let list = made(world, "caseworker.a").await;
    add(world, &list, &[&stays, &moved]).await.expect(201);
    let over = json!({ "country": "THA", "reason": "moved_on" });
    world.act("caseworker.a", &at(&moved, ""), "/host-country", over).await.expect(200);
    let granted =
        |case: &Value| json!({ "case_id": case["id"], "status": "granted", "granted_percent": "50", "answered_on": world.day(0) });
    let both = answer(world, &list, json!([granted(&stays), granted(&moved)])).await;
    assert_eq!(both.pointers(), ["/answers/1/case_id"]);
    both.problem(422, "validation_failed");
    assert_eq!(fine(world, &stays).await["waived"], "0.00", "nothing was recorded");
    answer(world, &list, json!([granted(&stays)])).await.expect(201);
    assert_eq!(fine(world, &stays).await["waived"], "50.00");
}
