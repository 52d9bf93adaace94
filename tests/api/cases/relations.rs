//! Relations: who belongs together, seen by whoever sees both, and by nobody who sees one.

use actix_web::http::Method;
use homeward::command::background;
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::{approved, colleague};
use crate::people::merges::{twins, undo};
use crate::sharing::consents_and_referrals::{at, referred};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::rows_naming;
use crate::support::{Answer, World, data};

fn a_mother() -> Value {
    let mut body = data::vietnamese();
    body["identity"] = json!({ "given_name": "Thị Lan", "family_name": "Nguyễn", "birth_date": "2001" });
    body
}

fn a_baby() -> Value {
    let mut body = data::vietnamese();
    body["identity"] = json!({ "given_name": "Minh An", "family_name": "Nguyễn", "birth_date": "2025-10" });
    body
}

async fn link(world: &World, actor: &str, case: &Value, other: &Value, relation: &str) -> Answer {
    world.post(actor, &at(case, "/relations"), json!({ "case_id": other["id"], "relation": relation })).await
}

/// Whom a user sees at a case, and as what.
async fn seen(world: &World, actor: &str, case: &Value) -> Vec<(Value, Value)> {
    let list = world.get(actor, &at(case, "/relations")).await.expect(200).json();
    list["items"].as_array().expect("items").iter().map(|item| (item["case_id"].clone(), item["relation"].clone())).collect()
}

fn one(case: &Value, relation: &str) -> Vec<(Value, Value)> {
    vec![(case["id"].clone(), json!(relation))]
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("", "/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10/relations").await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn a_relation_is_recorded_once_seen_from_both_sides_and_removed_from_either(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mother, baby) = (world.register("caseworker.a", a_mother()).await, world.register("caseworker.a", a_baby()).await);
    for (relation, inverse) in [
        ("child", "parent"),
        ("parent", "child"),
        ("ward", "guardian"),
        ("grandchild", "grandparent"),
        ("sibling", "sibling"),
        ("spouse", "spouse"),
        ("travelling_companion", "travelling_companion"),
    ] {
        for (from, to) in [(&mother, &baby), (&baby, &mother)] {
            let made = link(world, "caseworker.a", from, to, relation).await.expect(201);
            assert_eq!(seen(world, "caseworker.a", from).await, one(to, relation));
            assert_eq!(seen(world, "caseworker.a", to).await, one(from, inverse));
            let shown = made.json();
            assert_eq!((&shown["code"], &shown["stage"]), (&to["code"], &json!("registered")));
            link(world, "caseworker.a", to, from, "sibling").await.problem(409, "conflict");
            let other_side = at(to, &format!("/relations/{}", shown["id"].as_str().expect("an id")));
            world.get("caseworker.a", &other_side).await.expect(200);
            world.send("supervisor.a", Method::DELETE, &other_side, &[], None).await.expect(204);
            world.get("caseworker.a", made.header("location")).await.problem(404, "not_found");
            assert_eq!(seen(world, "caseworker.a", from).await, []);
        }
    }
}

#[rstest]
#[actix_web::test]
async fn only_two_cases_of_two_people_that_one_sees_are_linked(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (own, foreign) = (world.register("caseworker.a", a_mother()).await, world.register("caseworker.b", a_baby()).await);
    let nobody = json!({ "id": "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10" });
    let refused = link(world, "caseworker.a", &own, &foreign, "child").await;
    assert_eq!((refused.status, refused.pointers()), (422, vec!["/case_id".to_owned()]));
    let missing = link(world, "caseworker.a", &own, &nobody, "child").await;
    let errors = |answer: &Answer| answer.json()["errors"].clone();
    assert_eq!(errors(&refused), errors(&missing), "a case of somebody else is a case that is not there");
    link(world, "caseworker.a", &foreign, &own, "parent").await.problem(404, "not_found");
    assert_eq!(link(world, "caseworker.a", &own, &own, "sibling").await.pointers(), ["/case_id"]);
    link(world, "caseworker.a", &own, &nobody, "enemy").await.expect(400);
    let gone_home = world.register("caseworker.a", a_baby()).await;
    world.act("supervisor.a", &at(&gone_home, ""), "/close", json!({ "reason": "returned_by_own_means" })).await.expect(200);
    link(world, "caseworker.a", &gone_home, &own, "parent").await.problem(409, "case_closed");
    link(world, "caseworker.a", &own, &gone_home, "child").await.expect(201);
}

/// What an organisation reads about its case, and about all of them.
async fn view(world: &World, actor: &str, case: &Value) -> Vec<(String, u16, String, String)> {
    let mut view = Vec::new();
    let below = ["", "/relations", "/history", "/dossier", "/tasks", "/repatriation", "/consents", "/attachments"];
    let apart = [
        "/v1/cases",
        "/v1/cases?sort=-updated",
        "/v1/worklist?of=my_organisation&horizon_days=90",
        "/v1/access-events",
        "/v1/duplicates",
        "/v1/statistics/cases?by=stage",
    ];
    for url in below.into_iter().map(|rest| at(case, rest)).chain(apart.into_iter().map(str::to_owned)) {
        let answer = world.get(actor, &url).await.expect(200);
        view.push((url, answer.status, answer.etag(), answer.text_of_any_minute()));
    }
    view
}

#[rstest]
#[actix_web::test]
async fn whoever_sees_one_of_two_cases_learns_nothing_of_their_relation(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "auditor.a", "auditor", "NGO A").await;
    colleague(world, "auditor.b", "auditor", "NGO B").await;
    colleague(world, "supervisor.b", "ngo_supervisor", "NGO B").await;
    let (mother, baby) = (world.register("caseworker.a", a_mother()).await, world.register("caseworker.b", a_baby()).await);
    let sides =
        [("caseworker.a", "supervisor.a", "auditor.a", &mother, &baby), ("caseworker.b", "supervisor.b", "auditor.b", &baby, &mother)];
    let mut before = Vec::new();
    for (actor, _, _, own, _) in &sides {
        before.push(view(world, actor, own).await);
    }
    let made = link(world, "coordinator", &mother, &baby, "child").await.expect(201);
    world.get("coordinator", made.header("location")).await.expect(200);
    assert_eq!(seen(world, "coordinator", &baby).await, one(&mother, "parent"));
    for ((actor, _, _, own, _), before) in sides.iter().zip(before) {
        assert_eq!(view(world, actor, own).await, before, "{actor}");
    }
    // A list of passengers with the baby alone names the mother to the desk, and nobody else.
    let flight = json!({ "name": "VN 920", "capacity": 9, "mode": "flight", "departs_at": format!("{}T05:00:00Z", world.day(20)), "arrives_at": format!("{}T07:00:00Z", world.day(20)) });
    let batch = world.post("coordinator", "/v1/movements/batches", flight).await.expect(201).header("location").to_owned();
    world.act("coordinator", &batch, "/passengers", json!({ "case_ids": [baby["id"]] })).await.expect(201);
    for form in ["", "/csv", "/page"] {
        world.get("coordinator", &format!("{batch}/manifest{form}")).await.expect(200);
    }
    world.clock.forward(61);
    background::seal_once(&world.db).await.expect("a seal");
    let of_mother = world.get("supervisor.a", &at(&mother, "/accesses?limit=200")).await.expect(200).json();
    let own = world.get("supervisor.a", "/v1/me").await.json()["organisation_id"].clone();
    let others = of_mother["items"].as_array().expect("accesses").iter().filter(|access| access["organisation_id"] != own);
    let told: Vec<&str> = others.filter_map(|access| access["operation"].as_str()).collect();
    for word in ["manifest", "relation", "batch", "passenger"] {
        assert!(!told.iter().any(|operation| operation.contains(word)), "the owner of the mother reads of a {word}: {told:?}");
    }
    for (actor, supervisor, auditor, own, other) in sides {
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        for case in [own, other] {
            let url = at(case, &format!("/relations/{id}"));
            world.get(actor, &url).await.problem(404, "not_found");
            world.send(actor, Method::DELETE, &url, &[], None).await.problem(404, "not_found");
        }
        let trail = world.get(auditor, "/v1/audit/entries?limit=200").await.expect(200).text()
            + &world.get(supervisor, &at(own, "/accesses?limit=200")).await.expect(200).text();
        let desk = world.get("coordinator", "/v1/me").await.json()["organisation_id"].clone();
        let acts: Value = serde_json::from_str(&trail[..trail.find("}{").expect("two answers") + 1]).expect("the trail");
        let of_desk = acts["items"].as_array().expect("entries").iter().filter(|entry| entry["organisation_id"] == desk);
        let told: Vec<&str> = of_desk.filter_map(|entry| entry["operation"].as_str()).collect();
        assert!(
            !told.iter().any(|operation| ["create_relation", "get_relation", "update_relation", "delete_relation"].contains(operation)),
            "{told:?}"
        );
        for hidden in [&json!(id), &other["id"], &other["code"]] {
            assert!(!trail.contains(hidden.as_str().expect("a text")), "{auditor} reads {hidden}");
        }
    }
    world.send("coordinator", Method::DELETE, made.header("location"), &[], None).await.expect(204);
}

#[rstest]
#[actix_web::test]
async fn a_partner_changes_no_link_of_the_owner(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let ((one_of_two, ..), (other, ..)) = (referred(world).await, referred(world).await);
    let made = link(world, "caseworker.a", &one_of_two, &other, "sibling").await.expect(201).header("location").to_owned();
    assert_eq!(seen(world, "caseworker.b", &one_of_two).await, one(&other, "sibling"));
    world.send("caseworker.b", Method::DELETE, &made, &[], None).await.problem(403, "permission_denied");
    let change = json!({ "relation": "travelling_companion" });
    world.send("caseworker.b", Method::PATCH, &made, &[("if-match", "*")], Some(&change)).await.problem(403, "permission_denied");
    assert_eq!(seen(world, "caseworker.a", &one_of_two).await, one(&other, "sibling"));
    world.send("caseworker.a", Method::DELETE, &made, &[], None).await.expect(204);
}

#[rstest]
#[actix_web::test]
async fn a_guest_mission_sees_who_belongs_together_where_it_sees_both_and_links_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mother, baby) = (world.register("caseworker.a", a_mother()).await, world.register("caseworker.a", a_baby()).await);
    link(world, "caseworker.a", &mother, &baby, "child").await.expect(201);
    let accept = async |case: &Value| {
        let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted",
            "child_decision": { "given_by": "parent", "guardianship": { "basis": "parental_responsibility", "conflict_of_interest": false },
                "assent": { "asked_on": world.day(0), "words": "Too small to say", "explained_for_age": false } } });
        world.post("caseworker.a", &at(case, "/embassy-contacts"), contact).await.expect(201);
    };
    accept(&mother).await;
    assert_eq!(seen(world, "officer.vnm", &mother).await, [], "it sees one of the two");
    accept(&baby).await;
    assert_eq!(seen(world, "officer.vnm", &mother).await, one(&baby, "child"));
    let sister = world.register("caseworker.a", a_baby()).await;
    accept(&sister).await;
    link(world, "officer.vnm", &mother, &sister, "sibling").await.problem(403, "permission_denied");
    let id = world.get("officer.vnm", &at(&mother, "/relations")).await.json()["items"][0]["id"].clone();
    let url = at(&mother, &format!("/relations/{}", id.as_str().expect("an id")));
    world.send("officer.vnm", Method::DELETE, &url, &[], None).await.problem(403, "permission_denied");
}

#[rstest]
#[actix_web::test]
async fn relations_of_both_are_on_the_case_that_goes_on_and_go_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let (mother, sister) = (world.register("caseworker.a", a_mother()).await, world.register("caseworker.a", data::taiwanese()).await);
    link(world, "caseworker.a", &twins.survivor, &sister, "sibling").await.expect(201);
    link(world, "caseworker.a", &twins.other, &mother, "parent").await.expect(201);
    link(world, "caseworker.a", &twins.other, &twins.survivor, "sibling").await.expect(201);
    let merge = twins.merge(world).await;
    let both = [one(&sister, "sibling"), one(&mother, "parent")].concat();
    assert_eq!(seen(world, "caseworker.a", &twins.survivor).await, both, "and nobody is their own sibling");
    assert_eq!(seen(world, "caseworker.a", &mother).await, one(&twins.survivor, "child"));
    link(world, "caseworker.a", &mother, &twins.survivor, "child").await.problem(409, "conflict");
    undo(world, &merge).await.expect(200);
    assert_eq!(seen(world, "caseworker.a", &mother).await, one(&twins.other, "child"));
    let of_survivor = [one(&sister, "sibling"), one(&twins.other, "sibling")].concat();
    assert_eq!(seen(world, "caseworker.a", &twins.survivor).await, of_survivor);
}

#[rstest]
#[actix_web::test]
async fn an_erased_person_belongs_to_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let (mother, baby) = (world.register("caseworker.a", a_mother()).await, world.register("caseworker.a", a_baby()).await);
    link(world, "caseworker.a", &mother, &baby, "child").await.expect(201);
    assert_eq!(rows_naming(world, &[&mother["id"]])["case_relations"].len(), 1);
    let act = json!({ "erasure": { "case_id": mother["id"], "requested_by_person": true } });
    let approval = approved(world, "supervisor.a", "second.a", act).await;
    let body = json!({ "approval_id": approval, "requested_by_person": true });
    world.post("supervisor.a", &at(&mother, "/erasure"), body).await.expect(204);
    assert_eq!(seen(world, "caseworker.a", &baby).await, []);
    assert!(rows_naming(world, &[&mother["id"]])["case_relations"].is_empty());
}

#[rstest]
#[actix_web::test]
async fn two_links_with_one_person_are_one_after_a_merge_and_two_again_after_its_undo(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let mother = world.register("caseworker.a", a_mother()).await;
    let known = link(world, "caseworker.a", &twins.survivor, &mother, "other_relative").await.expect(201);
    link(world, "caseworker.a", &twins.other, &mother, "parent").await.expect(201);
    let merge = twins.merge(world).await;
    assert_eq!(seen(world, "caseworker.a", &twins.survivor).await, one(&mother, "parent"), "the one that protects a child");
    assert_eq!(seen(world, "caseworker.a", &mother).await, one(&twins.survivor, "child"));
    world.get("caseworker.a", known.header("location")).await.problem(404, "not_found");
    undo(world, &merge).await.expect(200);
    assert_eq!(seen(world, "caseworker.a", &twins.survivor).await, one(&mother, "other_relative"));
    assert_eq!(seen(world, "caseworker.a", &twins.other).await, one(&mother, "parent"));
}

#[rstest]
#[actix_web::test]
async fn a_link_removed_after_a_merge_leaves_no_other_one_in_its_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let mother = world.register("caseworker.a", a_mother()).await;
    for case in [&twins.survivor, &twins.other] {
        link(world, "caseworker.a", case, &mother, "parent").await.expect(201);
    }
    twins.merge(world).await;
    let id = world.get("caseworker.a", &at(&mother, "/relations")).await.json()["items"][0]["id"].clone();
    let url = at(&mother, &format!("/relations/{}", id.as_str().expect("an id")));
    world.send("caseworker.a", Method::DELETE, &url, &[], None).await.expect(204);
    assert_eq!(seen(world, "caseworker.a", &mother).await, []);
}

#[rstest]
#[actix_web::test]
async fn what_one_is_to_the_other_is_corrected_from_either_side(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mother, baby) = (world.register("caseworker.a", a_mother()).await, world.register("caseworker.a", a_baby()).await);
    let made = link(world, "caseworker.a", &mother, &baby, "sibling").await.expect(201);
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    world.patch("caseworker.a", &at(&baby, &format!("/relations/{id}")), json!({ "relation": "parent" })).await.expect(200);
    assert_eq!(seen(world, "caseworker.a", &mother).await, one(&baby, "child"));
    world.patch("caseworker.a", made.header("location"), json!({ "relation": "ward" })).await.expect(200);
    assert_eq!(seen(world, "caseworker.a", &baby).await, one(&mother, "guardian"));
}

#[rstest]
#[actix_web::test]
async fn the_case_on_paper_names_those_whom_its_reader_sees(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mother, baby) = (world.register("caseworker.a", a_mother()).await, world.register("caseworker.a", a_baby()).await);
    let hidden = world.register("caseworker.b", data::taiwanese()).await;
    link(world, "caseworker.a", &mother, &baby, "child").await.expect(201);
    link(world, "coordinator", &mother, &hidden, "travelling_companion").await.expect(201);
    let paper = async |actor: &str| world.get(actor, &at(&mother, "/dossier")).await.expect(200).text();
    let code = |case: &Value| case["code"].as_str().expect("a code").to_owned();
    let (of_owner, of_desk) = (paper("caseworker.a").await, paper("coordinator").await);
    assert!(of_owner.contains(&code(&baby)) && !of_owner.contains(&code(&hidden)), "the owner sees its own two");
    assert!(!of_owner.contains("travelling companion"));
    assert!(of_desk.contains(&code(&hidden)) && of_desk.contains("travelling companion"));
}

#[rstest]
#[actix_web::test]
async fn a_child_is_untied_by_a_supervisor_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mother, baby) = (world.register("caseworker.a", a_mother()).await, world.register("caseworker.a", a_baby()).await);
    let made = link(world, "caseworker.a", &mother, &baby, "child").await.expect(201).header("location").to_owned();
    let here = made.rsplit('/').next().expect("an id");
    let there = at(&baby, &format!("/relations/{here}"));
    let patch = async |actor: &str, url: &str, relation: &str| {
        world.send(actor, Method::PATCH, url, &[("if-match", "*")], Some(&json!({ "relation": relation }))).await
    };
    let delete = async |actor: &str, url: &str| world.send(actor, Method::DELETE, url, &[], None).await;
    for url in [&made, &there] {
        delete("caseworker.a", url).await.problem(403, "permission_denied");
        for untied in ["sibling", "other_relative"] {
            patch("caseworker.a", url, untied).await.problem(403, "permission_denied");
        }
    }
    // The mother as the child of her baby ties nobody either.
    patch("caseworker.a", &made, "parent").await.problem(403, "permission_denied");
    patch("caseworker.a", &made, "ward").await.expect(200);
    patch("caseworker.a", &there, "parent").await.expect(200);
    patch("supervisor.a", &made, "sibling").await.expect(200);
    delete("caseworker.a", &there).await.expect(204);
    // What a supervisor said of two stands until a supervisor takes it back.
    let made = link(world, "caseworker.a", &mother, &baby, "sibling").await.expect(201).header("location").to_owned();
    let reason = json!({ "separation_reason": "They were separated by the police" });
    world.send("supervisor.a", Method::PATCH, &made, &[("if-match", "*")], Some(&reason)).await.expect(200);
    delete("caseworker.a", &made).await.problem(403, "permission_denied");
    patch("caseworker.a", &made, "child").await.problem(403, "permission_denied");
    delete("supervisor.a", &made).await.expect(204);
    // Somebody whose age is not known may be a child.
    let mut unknown = a_baby();
    unknown["identity"].as_object_mut().expect("an identity").remove("birth_date");
    let unknown = world.register("caseworker.a", unknown).await;
    let made = link(world, "caseworker.a", &unknown, &mother, "guardian").await.expect(201).header("location").to_owned();
    delete("caseworker.a", &made).await.problem(403, "permission_denied");
    delete("supervisor.a", &made).await.expect(204);
    // Two adults are nobody's to guard.
    let mother_of_her = world.register("caseworker.a", a_mother()).await;
    let made = link(world, "caseworker.a", &mother, &mother_of_her, "parent").await.expect(201).header("location").to_owned();
    delete("caseworker.a", &made).await.expect(204);
}
