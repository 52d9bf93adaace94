//! Whoever is on a case already, or on none any more: nobody is lost, and nobody comes in twice.

use rstest::rstest;
use serde_json::{Value, json};

use super::{LIST, List, cases_of, work};
use crate::accounts::approvals::colleague;
use crate::accounts::approvals::erasure::erase;
use crate::sharing::consents_and_referrals::{answer, organisation_of, step};
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;

/// The headings, and the first rows.
fn first(rows: usize) -> String {
    LIST.split_inclusive('\n').take(rows + 1).collect()
}

#[rstest]
#[actix_web::test]
async fn who_is_left_out_for_a_case_that_is_none_any_more_waits_again(#[values(Sqlite, Postgres)] kind: Kind) {
    for decision in ["existing", "skip"] {
        let Some(world) = &World::start(kind).await else { return };
        let made = List::validated(world, "caseworker.a", first(1).as_bytes()).await;
        made.commit().await;
        let list = List::validated(world, "supervisor.a", first(1).as_bytes()).await;
        let row = list.rows("already_registered").await[0].clone();
        let decided = list.decide(&row, decision).await.expect(200).json();
        let case = json!({ "id": row["case_id"] });
        world.act("supervisor.a", &at(&case, ""), "/close", json!({ "reason": "registered_in_error" })).await.expect(200);
        assert_eq!(list.commit().await["stopped_because"], "decisions_missing", "{decision}");
        let waits = list.rows("already_registered").await[0].clone();
        assert_eq!((&waits["case_id"], &waits["decision"], &waits["notes"][0]["code"]), (&Value::Null, &Value::Null, &json!("case_gone")));
        list.decide(&decided, decision).await.problem(412, "stale_version");
        list.decide(&waits, "existing").await.problem(422, "validation_failed");
        list.decide(&waits, "new").await.expect(200);
        assert_eq!(list.commit().await["state"], "committed");
        assert_eq!(list.count("registered").await, 1, "{decision}");
    }
}

#[rstest]
#[actix_web::test]
async fn who_was_registered_in_error_is_registered_again_from_the_same_row(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let made = List::validated(world, "caseworker.a", first(1).as_bytes()).await;
    made.commit().await;
    let case = json!({ "id": made.rows("").await[0]["case_id"] });
    world.act("supervisor.a", &at(&case, ""), "/close", json!({ "reason": "registered_in_error" })).await.expect(200);
    let again = List::validated(world, "caseworker.a", first(1).as_bytes()).await;
    assert_eq!(again.count("ready").await, 1);
    again.commit().await;
    assert_ne!(again.rows("registered").await[0]["case_id"], case["id"]);
}

#[rstest]
#[actix_web::test]
async fn who_stands_twice_on_a_list_is_compared_with_the_cases_too(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::validated(world, "caseworker.a", LIST.as_bytes()).await;
    list.decide(&list.rows("repeated").await[0], "new").await.expect(200);
    let meanwhile = List::validated(world, "supervisor.a", first(1).as_bytes()).await;
    meanwhile.commit().await;
    assert_eq!(list.commit().await["stopped_because"], "decisions_missing");
    assert_eq!(
        (list.count("already_registered").await, list.count("registered").await),
        (2, 1),
        "also whom somebody decided to be another one"
    );
    // Of whom it was decided that they are not the one on this case, they do not wait for it again.
    for row in list.rows("already_registered").await {
        list.decide(&row, "new").await.expect(200);
    }
    assert_eq!(list.commit().await["state"], "committed");
    assert_eq!((list.count("registered").await, cases_of(world, "caseworker.a").await.len()), (3, 4));

    let once_more = List::validated(world, "supervisor.a", LIST.as_bytes()).await;
    let twice = once_more.rows("already_registered").await[2].clone();
    assert_eq!((&twice["number"], &twice["like_row"], twice["case_code"].is_string()), (&json!(4), &json!(2), true));
}

#[rstest]
#[actix_web::test]
async fn namesakes_on_one_list_are_registered_however_far_apart_they_stand(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut text = "No;Nama;JK;Paspor\n0;Siti Aminah;P;\n".to_owned();
    for number in 1..120 {
        text.push_str(&format!("{number};Orang Nomor{number};P;Z{number:07}\n"));
    }
    text.push_str("120;Siti Aminah;L;\n");
    let list = List::validated(world, "caseworker.a", text.as_bytes()).await;
    assert_eq!(list.count("ready").await, 121, "{}", list.see().await);
    assert_eq!(list.commit().await["state"], "committed", "{}", list.see().await);
    assert_eq!(list.count("registered").await, 121);
}

#[rstest]
#[actix_web::test]
async fn who_was_erased_does_not_come_back_by_a_list_that_waits(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let made = List::validated(world, "caseworker.a", first(1).as_bytes()).await;
    made.commit().await;
    let list = List::validated(world, "caseworker.a", first(2).as_bytes()).await;
    let waiting = list.rows("already_registered").await[0].clone();
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    erase(world, &json!({ "id": waiting["case_id"] }), true).await.expect(204);
    assert_eq!(list.see().await["state"], "cancelled");
    list.step("/commit", Some(json!({ "undecided": "new" }))).await.problem(409, "import_not_at_step");
    work(world).await;
    let rows = list.rows("").await;
    assert_eq!((&rows[0]["state"], &rows[0]["case_id"], &rows[1]["state"]), (&json!("skipped"), &Value::Null, &json!("ready")));
}

#[rstest]
#[actix_web::test]
async fn of_a_case_that_is_seen_no_more_nothing_is_told(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let made = List::validated(world, "caseworker.a", first(1).as_bytes()).await;
    made.commit().await;
    let list = List::validated(world, "caseworker.a", first(1).as_bytes()).await;
    let seen = list.rows("already_registered").await[0].clone();
    let code = seen["case_code"].as_str().expect("the code").to_owned();
    let report = async || world.get("caseworker.a", &format!("{}/report", list.url)).await.expect(200).text();
    assert!(report().await.contains(&code) && report().await.contains("the same document"));
    assert_eq!(seen["alike"], "document");
    let case = json!({ "id": seen["case_id"] });
    answer(world, &case, json!({})).await.expect(201);
    let transfer = json!({ "to_organisation_id": organisation_of(world, "caseworker.b").await, "urgency": "urgent" });
    let transfer = world.post("caseworker.a", &at(&case, "/transfers"), transfer).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &transfer, json!({ "to": "accepted" })).await.expect(200);
    world.get("caseworker.a", &at(&case, "")).await.problem(404, "not_found");
    let row = list.rows("already_registered").await[0].clone();
    assert_eq!((&row["case_id"], &row["case_code"], &row["alike"]), (&Value::Null, &Value::Null, &Value::Null));
    assert!(!report().await.contains(&code) && !report().await.contains("the same document"), "{}", report().await);
}
