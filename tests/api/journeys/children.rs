//! Children on the way home: a baby that was born inside and goes home with its mother, one whose mother had a part in it, and a boy who is
//! alone. Through the API alone.

use homeward::command::background::match_once;
use rstest::rstest;
use serde_json::{Value, json};

use crate::sharing::consents_and_referrals::{organisation_of, refer_to_b, step as step_of_referral};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, ready_to_depart, to_clearing};
use crate::support::{World, data};

const OFFICER: &str = "officer.idn";
const FOR_CHILDREN: [&str; 2] = ["child_return_determined", "child_accompanied"];

/// Sujiyati, who writes her name in Javanese, at her embassy. She lacks nothing but a seat.
async fn mother(world: &World) -> Value {
    let mut body = data::walk_in();
    body["identity"] = json!({ "given_name": "Sujiyati", "original_script_name": "ꦱꦸꦗꦶꦪꦠꦶ", "birth_date": "1997-04-02" });
    let case = to_clearing(world, OFFICER, body).await;
    ready_to_depart(world, OFFICER, &case).await;
    case
}

/// A newborn without a name.
fn newborn(world: &World) -> Value {
    let mut body = data::walk_in();
    body["identity"] = json!({ "birth_date": world.day(-20), "birth_place": "Phnom Penh" });
    body
}

/// Her child, which has no name, and lacks nothing but a seat and what children need beside.
async fn baby_of(world: &World, mother: &Value) -> Value {
    let mut body = newborn(world);
    body["child_of"] = mother["id"].clone();
    let case = to_clearing(world, OFFICER, body).await;
    let birth = json!({ "country": "KHM", "place": "Khmer-Soviet Friendship Hospital", "born_on": world.day(-20), "registration_number": "៤១២",
        "mother_nationality": "IDN", "citizenship_claimed": "IDN" });
    world.post(OFFICER, &at(&case, "/births"), birth).await.expect(201);
    ready_to_depart(world, OFFICER, &case).await;
    case
}

/// An assessment that the child goes home with its mother, of whom this was found.
async fn assessed(world: &World, child: &Value, finding: &str) -> Value {
    let mother = world.get(OFFICER, &at(child, "/relations")).await.expect(200).json()["items"][0]["id"].clone();
    json!({ "kind": "bia", "initiated_on": world.day(-1), "decided_on": world.day(0), "decision": "return_to_family", "care_arrangement": "with_parent",
        "carer_checks": [{ "carer": "ꦱꦸꦗꦶꦪꦠꦶ", "relation_id": mother, "checked_by": "Social worker Chan Sopheap", "checked_on": world.day(0), "finding": finding }] })
}

async fn name_in_list(world: &World, actor: &str, case: &Value) -> Value {
    let list = world.get(actor, "/v1/cases").await.expect(200).json();
    let line = list["items"].as_array().expect("cases").iter().find(|line| line["id"] == case["id"]).cloned();
    line.expect("the case is listed")["name"].clone()
}

async fn charter(world: &World, passengers: &[&Value]) -> String {
    let body = json!({ "name": "Charter", "mode": "charter_flight", "status": "booked", "origin": "Phnom Penh", "destination": "Jakarta",
        "capacity": 30, "departs_at": format!("{}T08:00:00Z", world.day(1)), "arrives_at": format!("{}T12:00:00Z", world.day(1)) });
    let batch = world.post(OFFICER, "/v1/movements/batches", body).await.expect(201).header("location").to_owned();
    let cases: Vec<&Value> = passengers.iter().map(|case| &case["id"]).collect();
    world.post(OFFICER, &format!("{batch}/passengers"), json!({ "case_ids": cases })).await.expect(201);
    batch
}

async fn step(world: &World, batch: &str, body: Value) -> Value {
    world.act(OFFICER, batch, "/transitions", body).await.expect(200).json()
}

fn unmet(result: &Value, case: &Value) -> Vec<String> {
    let passengers = result["passengers"].as_array().expect("passengers");
    let of_case = passengers.iter().find(|passenger| passenger["case_id"] == case["id"]).expect("a passenger");
    of_case["unmet"].as_array().expect("a list").iter().map(|guard| guard["guard"].as_str().expect("a code").to_owned()).collect()
}

#[rstest]
#[actix_web::test]
async fn a_baby_born_inside_goes_home_with_its_mother_and_gets_its_name_on_the_way(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mother = mother(world).await;
    assert_eq!(
        world.post(OFFICER, "/v1/cases", newborn(world)).await.problem(422, "validation_failed")["errors"][0]["code"],
        "name_required"
    );
    let baby = baby_of(world, &mother).await;
    let relations = world.get(OFFICER, &at(&baby, "/relations")).await.expect(200).json();
    assert_eq!((&relations["items"][0]["case_id"], &relations["items"][0]["relation"]), (&mother["id"], &json!("parent")));
    assert_eq!(name_in_list(world, OFFICER, &baby).await, format!("Child of {}", mother["code"].as_str().expect("a code")));
    let fine = world.get(OFFICER, &at(&baby, "/immigration-clearance")).await.expect(200).json()["fine"].clone();
    assert_eq!((&fine["overstay_days"], &fine["outstanding"]), (&json!(0), &json!("0.00")), "three months are not over: {fine}");
    let batch = charter(world, &[&mother, &baby]).await;
    let scheduled = step(world, &batch, json!({ "to": "departure_scheduled" })).await;
    assert_eq!(unmet(&scheduled, &baby), FOR_CHILDREN, "nobody looked at what is best for the child");
    world.post(OFFICER, &at(&baby, "/best-interests"), assessed(world, &baby, "no_concern").await).await.expect(201);
    let tasks = world.get(OFFICER, &at(&baby, "/tasks")).await.expect(200).json();
    let is_open = |task: &&Value| task["kind"] == "child_without_guardian" && task["status"] == "open";
    assert_eq!(tasks["items"].as_array().expect("tasks").iter().filter(is_open).count(), 0, "its mother is there: {tasks}");
    let scheduled = step(world, &batch, json!({ "to": "departure_scheduled" })).await;
    assert_eq!(unmet(&scheduled, &baby), Vec::<String>::new(), "{scheduled}");
    world.patch(OFFICER, &at(&baby, ""), json!({ "identity": { "given_name": "Bayu", "original_script_name": "ꦧꦪꦸ" } })).await.expect(200);
    assert_eq!(name_in_list(world, OFFICER, &baby).await, "Bayu (ꦧꦪꦸ)");
    let nameless = json!({ "identity": { "given_name": null, "original_script_name": null } });
    world.patch(OFFICER, &at(&baby, ""), nameless).await.problem(422, "validation_failed");
    world.days_pass(1).await;
    let departed = step(world, &batch, json!({ "to": "departed" })).await;
    assert_eq!(departed["moved"], 2, "{departed}");
    let landed = json!({ "to": "arrived", "arrived_on": world.day(0), "port": "Soekarno-Hatta", "received_by": "The ministry" });
    assert_eq!(step(world, &batch, landed).await["moved"], 2);
}

#[rstest]
#[actix_web::test]
async fn no_baby_goes_by_an_assessment_when_its_mother_stays_behind(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mother = mother(world).await;
    let baby = baby_of(world, &mother).await;
    world.post(OFFICER, &at(&baby, "/best-interests"), assessed(world, &baby, "no_concern").await).await.expect(201);
    let batch = charter(world, &[&mother, &baby]).await;
    assert_eq!(step(world, &batch, json!({ "to": "departure_scheduled" })).await["moved"], 2);
    world.days_pass(1).await;
    world.post(OFFICER, &at(&mother, "/fit-to-travel"), json!({ "fit": false, "examined_on": world.day(0) })).await.expect(201);
    let departed = world.act(OFFICER, &batch, "/transitions", json!({ "to": "departed" })).await.json();
    assert_ne!(unmet(&departed, &baby), Vec::<String>::new(), "{departed}");
    let stage = world.get(OFFICER, &at(&baby, "")).await.expect(200).json()["stage"].clone();
    assert_ne!(stage, "departed", "the child waits with its mother");
    // Also when a supervisor says why the two part: then somebody must determine what is best for a child that is alone.
    let relation = world.get(OFFICER, &at(&baby, "/relations")).await.expect(200).json()["items"][0]["id"].clone();
    let relation = at(&baby, &format!("/relations/{}", relation.as_str().expect("an id")));
    world.patch("supervisor.idn", &relation, json!({ "separation_reason": "The mother is in hospital" })).await.expect(200);
    let departed = world.act(OFFICER, &batch, "/transitions", json!({ "to": "departed" })).await.json();
    assert_eq!(unmet(&departed, &baby), FOR_CHILDREN, "{departed}");
}

#[rstest]
#[actix_web::test]
async fn a_mother_who_had_a_part_in_it_takes_no_child_home_without_a_determination(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mother = mother(world).await;
    let baby = baby_of(world, &mother).await;
    world.post(OFFICER, &at(&baby, "/best-interests"), assessed(world, &baby, "complicit").await).await.expect(201);
    let batch = charter(world, &[&mother, &baby]).await;
    let scheduled = step(world, &batch, json!({ "to": "departure_scheduled" })).await;
    assert_eq!((unmet(&scheduled, &baby), unmet(&scheduled, &mother)), (FOR_CHILDREN.map(str::to_owned).to_vec(), Vec::new()));
    // An assessment that is silent about her does not wipe out what was found.
    let mut silent = assessed(world, &baby, "no_concern").await;
    silent["carer_checks"] = json!([]);
    world.post(OFFICER, &at(&baby, "/best-interests"), silent).await.expect(201);
    assert_eq!(unmet(&step(world, &batch, json!({ "to": "departure_scheduled" })).await, &baby), FOR_CHILDREN);
    let determined = json!({ "kind": "bid", "initiated_on": world.day(0), "decided_on": world.day(0), "decision": "return_to_state_care",
        "care_arrangement": "separated", "guardian": "Nenek Tumini", "caregiver": "Nenek Tumini", "caregiver_assessed_on": world.day(0),
        "escort": "A nurse", "escort_gender": "feminine",
        "guardianship": { "basis": "court_order", "appointed_by": "Court of Phnom Penh", "appointed_on": world.day(0), "conflict_of_interest": false },
        "handover": { "family_tracing": "relatives_found", "caregiver_consent_on": world.day(0), "minor_form": "UM-17" } });
    world.post(OFFICER, &at(&baby, "/best-interests"), determined).await.expect(201);
    assert_eq!(unmet(&step(world, &batch, json!({ "to": "departure_scheduled" })).await, &baby), Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_boy_who_is_alone_needs_a_determination_as_ever(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut body = data::walk_in();
    body["identity"] = json!({ "given_name": "Made", "original_script_name": "ᬫᬤᬾ", "birth_date": "2011-08-17" });
    body["gender"] = json!("masculine");
    let boy = to_clearing(world, OFFICER, body).await;
    ready_to_depart(world, OFFICER, &boy).await;
    let batch = charter(world, &[&boy]).await;
    for arrangement in [json!("unaccompanied"), json!("separated"), json!(null), json!("with_parent"), json!("with_guardian")] {
        let mut found = assessed(world, &boy, "no_concern").await;
        found["care_arrangement"] = arrangement.clone();
        world.post(OFFICER, &at(&boy, "/best-interests"), found).await.expect(201);
        let scheduled = step(world, &batch, json!({ "to": "departure_scheduled" })).await;
        assert_eq!(unmet(&scheduled, &boy), FOR_CHILDREN, "{arrangement}: nobody is with him");
    }
    let determined = json!({ "kind": "bid", "initiated_on": world.day(0), "decided_on": world.day(0), "decision": "return_to_family",
        "care_arrangement": "unaccompanied", "guardian": "His aunt", "caregiver": "His aunt", "caregiver_assessed_on": world.day(0), "escort": "A consul" });
    world.post(OFFICER, &at(&boy, "/best-interests"), determined).await.expect(201);
    assert_eq!(unmet(&step(world, &batch, json!({ "to": "departure_scheduled" })).await, &boy), Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn nameless_twins_are_two_and_who_sees_them_alone_learns_of_no_mother(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut lan = data::vietnamese();
    lan["identity"] = json!({ "given_name": "Thị Lan", "family_name": "Nguyễn", "birth_date": "1999" });
    lan["contact"] = json!({ "phones": [{ "number": "+85512345678", "safe": false }] });
    let lan = world.register("caseworker.a", lan).await;
    let twin = || {
        let mut body = data::vietnamese();
        body["identity"] = json!({ "birth_date": world.day(-9) });
        body["contact"] = json!({ "phones": [{ "number": "+85512345678", "safe": false }] });
        body["child_of"] = lan["id"].clone();
        body
    };
    let (first, second) = (world.register("caseworker.a", twin()).await, world.register("caseworker.a", twin()).await);
    match_once(&world.db).await.expect("everybody is compared");
    let pairs = async || world.get("caseworker.a", "/v1/duplicates").await.expect(200).json()["items"].clone();
    assert_eq!(pairs().await, json!([]), "no name is no likeness");
    let mut contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted",
        "informed_of_rights_on": world.day(0) });
    contact["child_decision"] = json!({ "given_by": "parent", "guardianship": { "basis": "parental_responsibility", "conflict_of_interest": false },
        "assent": { "asked_on": world.day(0), "words": "Nine days old", "explained_for_age": false } });
    world.post("caseworker.a", &at(&first, "/embassy-contacts"), contact).await.expect(201);
    assert_eq!(name_in_list(world, "officer.vnm", &first).await, "Child without a name");
    assert_eq!(name_in_list(world, "caseworker.a", &first).await, format!("Child of {}", lan["code"].as_str().expect("a code")));
    let named = json!({ "identity": { "given_name": "Minh An" } });
    world.patch("caseworker.a", &at(&second, ""), named).await.expect(200);
    match_once(&world.db).await.expect("everybody is compared");
    assert_eq!(pairs().await, json!([]), "the one with a name is not the other one");
    // Whose case a caller does not see is nobody's mother to them; and nobody but a newborn comes without a name.
    let mut hidden = twin();
    hidden["child_of"] = lan["id"].clone();
    let refused = world.post("caseworker.b", "/v1/cases", hidden).await.problem(422, "validation_failed");
    assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/child_of"), &json!("not_found")));
    for born in [json!({ "birth_date": "2015" }), json!({})] {
        let mut grown = twin();
        grown["identity"] = born;
        world.post("caseworker.a", "/v1/cases", grown).await.problem(422, "validation_failed");
    }
}

#[rstest]
#[actix_web::test]
async fn a_child_born_in_cambodia_owes_a_fine_after_three_months(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mother = mother(world).await;
    let mut body = newborn(world);
    body["child_of"] = mother["id"].clone();
    let baby = world.register(OFFICER, body).await;
    let fine = async || world.get(OFFICER, &at(&baby, "/immigration-clearance")).await.expect(200).json()["fine"].clone();
    assert_eq!(fine().await["stay_expired_on"], Value::Null, "nobody recorded the birth");
    let birth = json!({ "country": "KHM", "born_on": world.day(-20) });
    world.post(OFFICER, &at(&baby, "/births"), birth).await.expect(201);
    let expires = fine().await["stay_expired_on"].as_str().expect("a day").to_owned();
    let day: chrono::NaiveDate = world.day(-20).parse().expect("a day");
    assert_eq!(expires, day.checked_add_months(chrono::Months::new(3)).expect("a day").to_string());
    world.days_pass(100).await;
    assert!(fine().await["overstay_days"].as_i64().is_some_and(|days| days > 20), "{}", fine().await);
    let said = json!({ "stay_expired_on": world.day(-1) });
    world.patch(OFFICER, &at(&baby, "/immigration-clearance"), said).await.expect(200);
    assert_eq!(fine().await["overstay_days"], 1, "what the authority says goes first");
}

#[rstest]
#[actix_web::test]
async fn no_embassy_learns_of_a_child_without_somebody_who_answers_for_it_and_the_childs_word(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut body = data::vietnamese();
    body["identity"] = json!({ "given_name": "Minh Anh", "family_name": "Nguyễn", "birth_date": "2012-02" });
    let child = world.register("caseworker.a", body).await;
    let mission = world.mission("VNM").await;
    let decided = |agrees: Value, against: bool| {
        json!({ "given_by": "guardian",
            "guardianship": { "basis": "court_order", "appointed_by": "canary-court", "appointed_on": world.day(-3), "document": "Order 7",
                "conflict_of_interest": against },
            "assent": { "agrees": agrees, "asked_on": world.day(0), "words": "canary-words", "explained_for_age": true } })
    };
    let contact = |child_decision: Value| {
        json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted", "informed_of_rights_on": world.day(0),
            "child_decision": child_decision })
    };
    let say = async |body: Value| world.post("caseworker.a", &at(&child, "/embassy-contacts"), body).await;
    let mut alone = decided(json!(true), false);
    alone["given_by"] = json!("self");
    for (body, pointer) in [
        (contact(Value::Null), "/child_decision"),
        (contact(alone), "/child_decision/given_by"),
        (contact(decided(json!(true), true)), "/child_decision/guardianship/conflict_of_interest"),
        (contact(decided(json!(false), false)), "/child_decision/assent/agrees"),
    ] {
        assert_eq!(say(body.clone()).await.pointers(), [pointer], "{body}");
    }
    world.get("officer.vnm", &at(&child, "")).await.problem(404, "not_found");
    let url = say(contact(decided(json!(true), false))).await.expect(201).header("location").to_owned();
    let owner = world.get("caseworker.a", &url).await.expect(200).json();
    assert_eq!(owner["child_decision"]["assent"]["words"], "canary-words");
    let told = world.get("officer.vnm", &url).await.expect(200);
    assert_eq!((&told.json()["child_decision"], told.text().contains("canary")), (&Value::Null, false), "the mission that may be feared");
    let desk = world.get("coordinator", &url).await.expect(200);
    assert_eq!(
        (&desk.json()["child_decision"], desk.text().contains("canary")),
        (&Value::Null, false),
        "who the child is, not what it says"
    );
    let mut consent = data::consent("share_with_mission");
    let child_decision = decided(json!(true), false);
    (consent["recipient"], consent["recipient_missions_of"]) = (json!("missions_of"), json!("VNM"));
    (consent["given_by"], consent["capacity_note"]) = (json!("guardian"), json!("By order of a court"));
    (consent["guardianship"], consent["assent"]) = (child_decision["guardianship"].clone(), child_decision["assent"].clone());
    let mut against = consent.clone();
    against["assent"]["agrees"] = json!(false);
    assert_eq!(world.post("caseworker.a", &at(&child, "/consents"), against).await.pointers(), ["/assent/agrees"]);
    world.post("caseworker.a", &at(&child, "/consents"), consent).await.expect(201);
    let given = world.get("officer.vnm", &at(&child, "/consents")).await.expect(200);
    assert_eq!((given.json()["items"][0]["given"]["given_by"].clone(), given.text().contains("canary")), (json!("guardian"), false));
    // An organisation to which the case is referred without the narrative reads the consent that is about it, not the child's words.
    let mut shared = data::consent("share_with_ngo");
    shared["recipient"] = json!("organisation");
    shared["recipient_organisation_id"] = json!(organisation_of(world, "caseworker.b").await);
    (shared["given_by"], shared["capacity_note"]) = (json!("guardian"), json!("By order of a court"));
    (shared["guardianship"], shared["assent"]) = (child_decision["guardianship"].clone(), child_decision["assent"].clone());
    world.post("caseworker.a", &at(&child, "/consents"), shared).await.expect(201);
    let referral = refer_to_b(world, &child).await.expect(201).header("location").to_owned();
    step_of_referral(world, "caseworker.b", &referral, json!({ "to": "accepted" })).await.expect(200);
    let given = world.get("caseworker.b", &at(&child, "/consents")).await.expect(200);
    assert_eq!((given.json()["items"].as_array().map(Vec::len), given.text().contains("canary")), (Some(1), false));
    // It goes on as a contact of the mission, which writes nothing of the decision and wipes nothing out.
    world.patch("officer.vnm", &url, json!({ "acknowledged_on": world.day(0) })).await.expect(200);
    let mine = decided(json!(true), false);
    assert_eq!(world.patch("officer.vnm", &url, json!({ "child_decision": mine })).await.pointers(), ["/person_decision"]);
    assert_eq!(world.get("caseworker.a", &url).await.json()["child_decision"], owner["child_decision"]);
    world.patch("caseworker.a", &url, json!({ "person_decision": "deferred" })).await.expect(200);
    world.get("officer.vnm", &at(&child, "")).await.problem(404, "not_found");
    let alone = json!({ "person_decision": "accepted" });
    assert_eq!(world.patch("caseworker.a", &url, alone).await.pointers(), ["/child_decision"], "both are asked anew");
    let objects = json!({ "person_decision": "accepted", "child_decision": decided(json!(false), false) });
    assert_eq!(world.patch("caseworker.a", &url, objects.clone()).await.pointers(), ["/child_decision/assent/agrees"]);
    let determined = json!({ "kind": "bid", "initiated_on": world.day(0), "decided_on": world.day(0), "decision": "return_to_family" });
    world.post("caseworker.a", &at(&child, "/best-interests"), determined).await.expect(201);
    let mut objects = objects;
    objects["child_decision"]["assent"]["words"] = json!("canary-later");
    world.patch("caseworker.a", &url, objects).await.expect(200);
    let history = at(&child, "/history?limit=200");
    let kept = world.get("caseworker.a", &history).await.expect(200).text();
    assert!(kept.contains("canary-words") && kept.contains("canary-later"), "what it said before is kept: {kept}");
    for other in ["officer.vnm", "coordinator"] {
        let told = world.get(other, &history).await.expect(200).text();
        assert!(!told.contains("canary") && !told.contains("child_decision"), "{other}: {told}");
    }
}

#[rstest]
#[actix_web::test]
async fn who_turns_out_to_be_a_child_is_heard_about_the_mission(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted",
        "informed_of_rights_on": world.day(0) });
    let url = world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201).header("location").to_owned();
    let asked = async || {
        let tasks = world.get("caseworker.a", &at(&case, "/tasks")).await.expect(200).json();
        tasks["items"]
            .as_array()
            .expect("tasks")
            .iter()
            .filter(|task| task["kind"] == "child_not_heard" && task["status"] == "open")
            .count()
    };
    assert_eq!(asked().await, 0);
    world.patch("caseworker.a", &at(&case, ""), json!({ "identity": { "birth_date": "2011-05-03" } })).await.expect(200);
    assert_eq!(asked().await, 1);
    let decided = json!({ "given_by": "parent", "guardianship": { "basis": "parental_responsibility", "conflict_of_interest": false },
        "assent": { "agrees": true, "asked_on": world.day(0), "words": "Muốn về nhà", "explained_for_age": true } });
    world.patch("caseworker.a", &url, json!({ "child_decision": decided })).await.expect(200);
    assert_eq!(asked().await, 0, "who answers for the child decided, and it was heard");
}

#[rstest]
#[actix_web::test]
async fn a_birth_belongs_on_the_case_of_the_child(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mother = mother(world).await;
    let mut older = newborn(world);
    older["identity"] = json!({ "given_name": "Ibu", "birth_date": "1950" });
    older["child_of"] = mother["id"].clone();
    assert_eq!(world.post(OFFICER, "/v1/cases", older).await.pointers(), ["/child_of"], "nobody is the child of somebody younger");
    let birth = json!({ "country": "KHM", "born_on": world.day(-20) });
    assert_eq!(world.post(OFFICER, &at(&mother, "/births"), birth).await.pointers(), ["/born_on"]);
    let fine = world.get(OFFICER, &at(&mother, "/immigration-clearance")).await.expect(200).json()["fine"].clone();
    assert_eq!(fine["track"], "none", "nobody owes a fine for the day on which their child was born");
}
