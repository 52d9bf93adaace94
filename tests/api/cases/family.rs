//! A new episode of a person has their family: the links of the earlier cases stand on the new one, for whoever sees both people, and show
//! nobody that there was an earlier one.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::{approved, colleague};
use crate::sharing::consents_and_referrals::{answer, at, refer_to_b, step};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::rows_naming;
use crate::support::journey::go;
use crate::support::{World, data};

fn a_child() -> Value {
    let mut body = data::vietnamese();
    body["identity"] = json!({ "given_name": "Minh An", "family_name": "Nguyễn", "birth_date": "2018-10" });
    body
}

async fn a_man_and_his_child(world: &World, owner_of_child: &str, linked_by: &str) -> (Value, Value) {
    let (man, child) = (world.register("caseworker.a", data::vietnamese()).await, world.register(owner_of_child, a_child()).await);
    let link = json!({ "case_id": child["id"], "relation": "child" });
    world.post(linked_by, &at(&man, "/relations"), link).await.expect(201);
    (man, child)
}

/// The next case of the person of a case.
async fn again(world: &World, actor: &str, earlier: &Value) -> Value {
    let body = json!({ "person_id": earlier["person_id"], "previous_case_id": earlier["id"], "host_country": "KHM", "intake_channel": "hotline", "nationality_claimed": "VNM" });
    world.register(actor, body).await
}

/// Whom a user sees at a case, and as what.
async fn seen(world: &World, actor: &str, case: &Value) -> Vec<(Value, Value)> {
    let list = world.get(actor, &at(case, "/relations")).await.expect(200).json();
    list["items"].as_array().expect("items").iter().map(|item| (item["case_id"].clone(), item["relation"].clone())).collect()
}

fn one(case: &Value, relation: &str) -> Vec<(Value, Value)> {
    vec![(case["id"].clone(), json!(relation))]
}

async fn reminders(world: &World, actor: &str) -> Vec<Value> {
    let list = world.get(actor, "/v1/worklist?of=my_organisation&horizon_days=90&kind=related_case").await.expect(200).json();
    list["items"].as_array().expect("items").iter().map(|item| item["task"]["case_id"].clone()).collect()
}

async fn close(world: &World, case: &Value) {
    let body = json!({ "reason": "returned_by_own_means", "leaves_child": true });
    world.act("supervisor.a", &at(case, ""), "/close", body).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn who_belongs_to_somebody_belongs_to_them_in_every_later_case(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (man, child) = a_man_and_his_child(world, "caseworker.a", "caseworker.a").await;
    close(world, &man).await;
    assert_eq!(reminders(world, "caseworker.a").await, [child["id"].clone()], "he went, and the child remains");
    let returned = again(world, "caseworker.a", &man).await;
    assert_eq!(seen(world, "caseworker.a", &returned).await, one(&child, "child"));
    assert_eq!(seen(world, "caseworker.a", &child).await, one(&returned, "parent"), "each person once, by the case that is open");
    assert_eq!(seen(world, "caseworker.a", &man).await, one(&child, "child"));
    assert_eq!(reminders(world, "caseworker.a").await, Vec::<Value>::new(), "he is there again");
    let tasks = rows_naming(world, &[&child["id"]])["tasks"].clone();
    let is = |row: &Value, column: &str, text: &str| row[column].as_str().is_some_and(|known| known.trim_matches('\'') == text);
    let is_open = |row: &&String| {
        let row: Value = serde_json::from_str(row).expect("a row");
        is(&row, "kind", "related_case") && is(&row, "status", "open")
    };
    assert_eq!(tasks.iter().filter(is_open).count(), 0, "and nothing waits that nobody is shown: {tasks:?}");
    let hold = json!({ "to": "on_hold", "hold_reason": "medical", "review_on": world.day(5) });
    go(world, "caseworker.a", &returned, hold).await.expect(200);
    assert_eq!(reminders(world, "caseworker.a").await, [child["id"].clone()]);
    let standing = world.get("caseworker.a", &at(&child, "/repatriation")).await.expect(200).json();
    assert_eq!((&standing["apart"][0]["case_id"], &standing["apart"][0]["apart"]), (&returned["id"], &json!("on_hold")));
    // And the other way round: the relative comes back.
    close(world, &child).await;
    let child_again = again(world, "caseworker.a", &child).await;
    assert_eq!(seen(world, "caseworker.a", &child_again).await, one(&returned, "parent"));
    assert_eq!(seen(world, "caseworker.a", &returned).await, one(&child_again, "child"));
    let paper = world.get("caseworker.a", &at(&child_again, "/dossier")).await.expect(200).text();
    assert!(paper.contains(returned["code"].as_str().expect("a code")) && !paper.contains(man["code"].as_str().expect("a code")));
}

#[rstest]
#[actix_web::test]
async fn who_was_trafficked_again_has_their_family_until_that_is_taken_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let (man, child) = a_man_and_his_child(world, "caseworker.a", "caseworker.a").await;
    let entered = json!({ "to": "re_trafficked", "occurred_on": world.day(0), "source": "A sister" });
    let next = go(world, "caseworker.a", &man, entered).await.expect(200).json()["next_case_id"].clone();
    let next = json!({ "id": next });
    assert_eq!(seen(world, "caseworker.a", &next).await, one(&child, "child"));
    assert_eq!(seen(world, "caseworker.a", &child).await, one(&next, "parent"));
    let back = json!({ "to": "resume", "reason": "It was another man" });
    let asked = go(world, "supervisor.a", &man, back.clone()).await.expect(202).json();
    let approve = format!("/v1/approvals/{}/approve", asked["approval_id"].as_str().expect("an approval"));
    world.send("second.a", Method::POST, &approve, &[], None).await.expect(200);
    go(world, "supervisor.a", &man, back).await.expect(200);
    world.get("supervisor.a", &at(&next, "")).await.problem(404, "not_found");
    assert_eq!(seen(world, "caseworker.a", &child).await, one(&man, "parent"), "nobody worked on the case: it came with its links");
}

#[rstest]
#[actix_web::test]
async fn a_link_that_is_removed_comes_back_with_no_other_case(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (man, child) = a_man_and_his_child(world, "caseworker.a", "caseworker.a").await;
    close(world, &man).await;
    let returned = again(world, "caseworker.a", &man).await;
    let list = world.get("caseworker.a", &at(&child, "/relations")).await.expect(200).json();
    let link = at(&child, &format!("/relations/{}", list["items"][0]["id"].as_str().expect("an id")));
    world.send("caseworker.a", Method::DELETE, &link, &[], None).await.problem(403, "permission_denied");
    // An earlier case of a person who is linked already is linked with them once.
    let twice = json!({ "case_id": man["id"], "relation": "parent" });
    world.post("caseworker.a", &at(&child, "/relations"), twice).await.problem(409, "conflict");
    world.send("supervisor.a", Method::DELETE, &link, &[], None).await.expect(204);
    for case in [&man, &child, &returned] {
        assert_eq!(seen(world, "caseworker.a", case).await, []);
    }
    let third = again(world, "caseworker.a", &man).await;
    assert_eq!(seen(world, "caseworker.a", &third).await, []);
}

#[rstest]
#[actix_web::test]
async fn whoever_sees_one_of_two_learns_nothing_when_the_other_comes_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (man, child) = a_man_and_his_child(world, "caseworker.b", "coordinator").await;
    let gone = world.register("caseworker.b", data::taiwanese()).await;
    let link = json!({ "case_id": gone["id"], "relation": "travelling_companion" });
    world.post("coordinator", &at(&man, "/relations"), link).await.expect(201);
    colleague(world, "supervisor.b", "ngo_supervisor", "NGO B").await;
    world.act("supervisor.b", &at(&gone, ""), "/close", json!({ "reason": "returned_by_own_means" })).await.expect(200);
    let view = async || {
        let mut view = Vec::new();
        for url in ["", "/repatriation", "/tasks", "/history", "/relations", "/accesses?limit=200"].map(|rest| at(&child, rest)) {
            let read = world.get("supervisor.b", &url).await.expect(200);
            view.push((read.etag(), read.text_of_any_minute()));
        }
        view
    };
    // What is read is read into the trail, too.
    view().await;
    let before = world.get("supervisor.b", &at(&child, "/relations")).await.expect(200).text();
    let returned = again(world, "caseworker.a", &man).await;
    assert_eq!(world.get("supervisor.b", &at(&child, "/relations")).await.expect(200).text(), before);
    for (_, text) in view().await {
        assert!(!text.contains(returned["id"].as_str().expect("an id")) && !text.contains("related_case"), "{text}");
    }
    assert_eq!(seen(world, "caseworker.a", &returned).await, [], "nor who registered him again");
    assert_eq!(seen(world, "coordinator", &returned).await, one(&child, "child"), "whoever linked them sees both, and not who is gone");
    assert_eq!(seen(world, "coordinator", &child).await, one(&returned, "parent"));
}

#[rstest]
#[actix_web::test]
async fn a_partner_who_sees_the_new_case_reads_of_the_family_and_of_no_earlier_case(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (man, sister) = (world.register("caseworker.a", data::vietnamese()).await, world.register("caseworker.a", data::taiwanese()).await);
    let link = json!({ "case_id": sister["id"], "relation": "sibling" });
    world.post("caseworker.a", &at(&man, "/relations"), link).await.expect(201);
    let relation = world.get("caseworker.a", &at(&man, "/relations")).await.json()["items"][0]["id"].as_str().expect("an id").to_owned();
    let reason = json!({ "separation_reason": "He is in prison" });
    let url = at(&man, &format!("/relations/{relation}"));
    world.send("supervisor.a", Method::PATCH, &url, &[("if-match", "*")], Some(&reason)).await.expect(200);
    world.clock.forward(90_000);
    let returned = again(world, "caseworker.a", &man).await;
    world.clock.forward(60);
    for case in [&returned, &sister] {
        answer(world, case, json!({})).await.expect(201);
        let referral = refer_to_b(world, case).await.expect(201).header("location").to_owned();
        step(world, "caseworker.b", &referral, json!({ "to": "accepted" })).await.expect(200);
    }
    for (case, other) in [(&returned, &sister), (&sister, &returned)] {
        assert_eq!(seen(world, "caseworker.b", case).await, one(other, "sibling"));
        for url in ["/relations", "/repatriation", "/dossier"] {
            let told = world.get("caseworker.b", &at(case, url)).await.expect(200).text();
            for hidden in [&man["id"], &man["code"], &json!(relation), &reason["separation_reason"]] {
                assert!(!told.contains(hidden.as_str().expect("a text")), "{url} tells {hidden}: {told}");
            }
        }
        let told = world.get("caseworker.b", &at(case, "/relations")).await.json()["items"][0]["created_at"].clone();
        assert!(told.as_str().is_some_and(|at| at.ends_with("T00:00:00Z")), "the moment of registering would tell: {told}");
    }
}

#[rstest]
#[actix_web::test]
async fn an_erased_person_belongs_to_nobody_in_any_case(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let (man, child) = a_man_and_his_child(world, "caseworker.a", "caseworker.a").await;
    let returned = again(world, "caseworker.a", &man).await;
    let act = json!({ "erasure": { "case_id": returned["id"], "requested_by_person": true } });
    let approval = approved(world, "supervisor.a", "second.a", act).await;
    let body = json!({ "approval_id": approval, "requested_by_person": true });
    world.post("supervisor.a", &at(&returned, "/erasure"), body).await.expect(204);
    assert_eq!(seen(world, "caseworker.a", &child).await, []);
}
