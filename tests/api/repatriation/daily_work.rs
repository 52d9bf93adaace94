//! The rules of what is recorded day by day: kin, money, beds, help, letters and health.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{World, data, records};

/// A sound body of a collection, with other fields.
fn body(collection: &str, change: &Value) -> Value {
    let (_, mut body) = records::all().into_iter().find(|(known, _)| *known == collection).expect("a sample");
    for (field, value) in change.as_object().expect("fields") {
        body[field] = value.clone();
    }
    body
}

/// Asserts that each change of a sound body is refused at a field, with a code.
async fn refused(world: &World, collection: &str, changes: Vec<(Value, &str, &str)>) {
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = at(&case, &format!("/{collection}"));
    let mut taken = Vec::new();
    for (change, pointer, code) in changes {
        let answer = world.post("caseworker.a", &url, body(collection, &change)).await;
        let told = if answer.status == 422 { answer.json()["errors"][0].clone() } else { Value::Null };
        if (&told["pointer"], &told["code"]) != (&json!(pointer), &json!(code)) {
            taken.push(format!("{collection}: {change} was answered with {} {told}", answer.status));
        }
    }
    assert!(taken.is_empty(), "{}", taken.join("\n"));
    assert_eq!(world.get("caseworker.a", &url).await.expect(200).json()["items"], json!([]), "nothing of it was kept");
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("", "/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10/next-of-kin").await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn kin_who_are_not_safe_are_called_by_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = json!({ "is_safe": "no", "phone": null });
    let called = json!({ "is_safe": "no", "is_emergency_contact": false });
    let changes = vec![(first, "/is_emergency_contact", "contradiction"), (called, "/phone/safe", "contradiction")];
    refused(world, "next-of-kin", changes).await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = at(&case, "/next-of-kin");
    let uncle = json!({ "name": "Uncle Bình", "relation": "Uncle", "is_safe": "no", "phone": { "number": "0912 345 678", "safe": false } });
    let uncle = world.post("caseworker.a", &url, uncle).await.expect(201).header("location").to_owned();
    world.patch("caseworker.a", &uncle, json!({ "is_emergency_contact": true })).await.problem(422, "validation_failed");
    let told = world.get("caseworker.a", &uncle).await.expect(200).json();
    assert_eq!((&told["is_safe"], &told["is_emergency_contact"]), (&json!("no"), &json!(false)));
    assert_eq!(told["phone"]["normalised"], Value::Null, "nobody knows in which country that number is");
    let mother = body("next-of-kin", &json!({ "phone": { "number": "+84 912 345 678", "safe": true, "normalised": "+10000000000" } }));
    let mother = world.post("caseworker.a", &url, mother).await.expect(201).json();
    assert_eq!(mother["phone"]["normalised"], "+84912345678", "what a request says of the reading does not count");
    for missing in ["is_safe", "name", "relation"] {
        let mut lacking = body("next-of-kin", &json!({}));
        lacking.as_object_mut().expect("fields").remove(missing);
        assert_eq!(world.post("caseworker.a", &url, lacking).await.status, 400, "{missing}");
    }
    let language = body("next-of-kin", &json!({ "language": "no language" }));
    assert_eq!(world.post("caseworker.a", &url, language).await.pointers(), ["/language"]);
}

#[rstest]
#[actix_web::test]
async fn calls_and_debts_say_who_and_how_much(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let tomorrow = world.day(1);
    let nothing = json!({ "amount": "0", "currency": "USD" });
    let changes = vec![
        (json!({ "contacted_on": tomorrow }), "/contacted_on", "date_in_future"),
        (json!({ "initiated_by": "organisation" }), "/with_consent", "required"),
        (json!({ "initiated_by": "mission" }), "/with_consent", "required"),
        (json!({ "ransom_demanded": false }), "/ransom", "not_applicable"),
        (json!({ "ransom": nothing }), "/ransom/amount", "invalid_amount"),
    ];
    refused(world, "family-contacts", changes).await;
    let changes = vec![
        (json!({ "happened_on": "2999" }), "/happened_on", "date_in_future"),
        (json!({ "money": nothing }), "/money/amount", "invalid_amount"),
    ];
    refused(world, "money-events", changes).await;
    let nobody = json!({ "name": null, "alias": null, "handle": null, "phone": null });
    let changes = vec![(nobody, "/name", "required"), (json!({ "paid": nothing }), "/paid/amount", "invalid_amount")];
    refused(world, "recruiters", changes).await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    for position in [0, 100] {
        let link = body("recruiters", &json!({ "position": position }));
        assert_eq!(world.post("caseworker.a", &at(&case, "/recruiters"), link).await.pointers(), ["/position"]);
    }
    for known in [json!({ "alias": null }), json!({ "alias": null, "handle": null, "phone": "+84 900 000 000" })] {
        world.post("caseworker.a", &at(&case, "/recruiters"), body("recruiters", &known)).await.expect(201);
    }
    let agreed =
        body("family-contacts", &json!({ "initiated_by": "organisation", "with_consent": false, "ransom_demanded": true, "ransom": null }));
    world.post("caseworker.a", &at(&case, "/family-contacts"), agreed).await.expect(201);
}

#[rstest]
#[actix_web::test]
async fn beds_help_and_letters_are_sound(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (tomorrow, today, yesterday) = (world.day(1), world.day(0), world.day(-1));
    refused(world, "placements", vec![(json!({ "from": today, "until": yesterday }), "/until", "out_of_order")]).await;
    let changes = vec![
        (json!({ "given_on": tomorrow }), "/given_on", "date_in_future"),
        (json!({ "kind": "cash", "money": null }), "/money", "required"),
        (json!({ "kind": "food", "money": null, "repayable": true }), "/money", "required"),
        (json!({ "money": { "amount": "0", "currency": "USD" } }), "/money/amount", "invalid_amount"),
        (json!({ "given_on": yesterday, "cancelled_on": today }), "/cancellation_reason", "required"),
        (json!({ "given_on": today, "cancelled_on": yesterday, "cancellation_reason": "Twice" }), "/cancelled_on", "out_of_order"),
    ];
    refused(world, "assistance", changes).await;
    let changes = vec![
        (json!({ "dated_on": tomorrow }), "/dated_on", "date_in_future"),
        (json!({ "dated_on": today, "answered_on": yesterday }), "/answered_on", "out_of_order"),
        (json!({ "answer": "Granted" }), "/answered_on", "required"),
        (json!({ "answer_reference": "R 9" }), "/answered_on", "required"),
        (json!({ "party": "other" }), "/party_name", "required"),
    ];
    refused(world, "letters", changes).await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let in_kind = body("assistance", &json!({ "kind": "food", "money": null }));
    world.post("caseworker.a", &at(&case, "/assistance"), in_kind).await.expect(201);
    let booked = body("placements", &json!({ "from": tomorrow }));
    world.post("caseworker.a", &at(&case, "/placements"), booked).await.expect(201);
}

#[rstest]
#[actix_web::test]
async fn a_stale_session_writes_no_placement(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = at(&case, "/placements");
    world.grow_stale("caseworker.a").await;
    world.post("caseworker.a", &url, body("placements", &json!({}))).await.problem(401, "insufficient_user_authentication");
    let list = world.get("caseworker.a", &url).await.expect(200).json();
    assert_eq!((list.get("items"), &list["redacted"]), (None, &json!(["location"])), "a stolen session leads nobody to a bed");
}

#[rstest]
#[actix_web::test]
async fn what_was_given_is_cancelled_and_never_rewritten(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let given = world.post("caseworker.a", &at(&case, "/assistance"), body("assistance", &json!({}))).await.expect(201);
    let url = given.header("location").to_owned();
    let more = json!({ "money": { "amount": "500", "currency": "USD" } });
    for rewritten in [more.clone(), json!({ "fund": "family" }), json!({ "what": "Something else" })] {
        assert_eq!(world.patch("caseworker.a", &url, rewritten).await.pointers(), ["/money"]);
    }
    world.patch("caseworker.a", &url, json!({ "receipt": "R-7" })).await.expect(200);
    let cancelled = json!({ "cancelled_on": world.day(0), "cancellation_reason": "Typed twice" });
    world.patch("caseworker.a", &url, cancelled).await.expect(200);
    for again in [json!({ "cancelled_on": null, "cancellation_reason": null }), more] {
        assert_eq!(world.patch("caseworker.a", &url, again).await.pointers(), ["/cancelled_on"]);
    }
    let early = body("assistance", &json!({ "given_on": "0001-01-01" }));
    assert_eq!(world.post("caseworker.a", &at(&case, "/assistance"), early).await.pointers(), ["/given_on"]);
}

/// The open tasks of a kind: when each is due, and when something is lost.
async fn urgent(world: &World, case: &Value) -> Vec<(Value, Value)> {
    let tasks = world.get("caseworker.a", &at(case, "/tasks")).await.expect(200).json();
    let open = tasks["items"].as_array().expect("tasks").iter().filter(|task| task["kind"] == "urgent_care" && task["status"] == "open");
    open.map(|task| (task["due_on"].clone(), task["deadline"].clone())).collect()
}

#[rstest]
#[actix_web::test]
async fn a_health_screening_forces_nothing_and_opens_what_cannot_wait(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (tomorrow, today, yesterday) = (world.day(1), world.day(0), world.day(-1));
    let care = |day: &str| json!({ "offered_on": day });
    let changes = vec![
        (json!({ "screened_on": tomorrow }), "/screened_on", "date_in_future"),
        (json!({ "tests": [{ "test": "HIV", "offered_on": tomorrow }] }), "/tests/0/offered_on", "date_in_future"),
        (json!({ "sexual_violence_disclosed": "not_asked" }), "/sexual_violence_on", "not_applicable"),
        (json!({ "care_within_72_hours": care(&tomorrow) }), "/care_within_72_hours/offered_on", "date_in_future"),
        (
            json!({ "sexual_violence_on": today, "care_within_72_hours": care(&yesterday) }),
            "/care_within_72_hours/offered_on",
            "out_of_order",
        ),
    ];
    refused(world, "health-screenings", changes).await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = at(&case, "/health-screenings");
    let told = json!({ "screened_on": today, "sexual_violence_on": yesterday, "care_within_72_hours": null });
    let told = world.post("caseworker.a", &url, body("health-screenings", &told)).await.expect(201).header("location").to_owned();
    assert_eq!(urgent(world, &case).await, [(json!(today), json!(world.day(2)))], "three days from the day of the violence");
    world.patch("caseworker.a", &told, json!({ "care_within_72_hours": { "offered_on": today, "accepted": false } })).await.expect(200);
    assert_eq!(urgent(world, &case).await, [], "it was offered, and the person decides");
    let in_danger = json!({ "screened_on": today, "suicide_risk": "high" });
    world.post("caseworker.a", &url, body("health-screenings", &in_danger)).await.expect(201);
    assert_eq!(urgent(world, &case).await, [(json!(today), Value::Null)]);
    let worklist = world.get("caseworker.a", "/v1/worklist?of=my_organisation&horizon_days=1").await.expect(200).text();
    assert!(worklist.contains("urgent_care"), "{worklist}");
    go(world, "caseworker.a", &case, json!({ "to": "deceased", "occurred_on": today, "source": "Hospital" })).await.expect(200);
    assert_eq!(urgent(world, &case).await, [], "nothing is due for the dead but what follows from the death");
}
