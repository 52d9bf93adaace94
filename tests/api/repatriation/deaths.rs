//! A death: who was told, the way of the remains, and what a mission reads of it.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::sharing::consents_and_referrals::{answer, organisation_of, step};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go};
use crate::support::{World, data};

fn died(world: &World) -> Value {
    json!({ "to": "deceased", "occurred_on": world.day(0), "source": "Hospital" })
}

/// Whether the owner is asked to tell the mission, and by when.
async fn is_asked(world: &World, case: &Value) -> Option<String> {
    let tasks = world.get("caseworker.a", &at(case, "/tasks")).await.expect(200).json();
    let open =
        tasks["items"].as_array().unwrap().iter().find(|task| task["kind"] == "death_to_report" && task["status"] == "open").cloned();
    open.map(|task| task["due_on"].as_str().unwrap().to_owned())
}

fn told(world: &World) -> Value {
    json!({ "place": "Calmette Hospital, Phnom Penh", "cause_stated": "Cardiac arrest", "cause_suspected": "Beaten before the transfer",
            "certified_by": "City hall", "certificate_number": "D-17", "autopsy": "asked", "next_of_kin": "Her sister in Vinh",
            "next_of_kin_informed_on": world.day(0), "next_of_kin_informed_by": "Community worker", "next_of_kin_informed_how": "In person",
            "mission_informed_on": world.day(0), "mission_informed": "Embassy, by the police", "wishes": "To be buried at home",
            "remains": "repatriated", "remains_place": "Vinh", "permits": ["Laissez-passer mortuaire 4/2026"],
            "cost": { "amount": "4200", "currency": "USD" }, "payer": "sending_state", "effects_handed_to": "Her sister",
            "effects_handed_on": world.day(0) })
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("", "/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10/deaths").await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn nothing_of_a_death_is_recorded_of_the_living(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let refused = world.post("caseworker.a", &at(&case, "/deaths"), told(world)).await;
    assert_eq!(refused.problem(422, "validation_failed")["errors"][0]["code"], "not_deceased");
    go(world, "caseworker.a", &case, died(world)).await.expect(200);
    let tomorrow = json!({ "remains": "cremated", "remains_on": world.day(1) });
    assert_eq!(world.post("caseworker.a", &at(&case, "/deaths"), tomorrow).await.pointers(), ["/remains_on"]);
    let unsaid = json!({ "mission_informed": "Embassy", "remains_place": "Vinh", "effects_handed_on": world.day(0) });
    assert_eq!(
        world.post("caseworker.a", &at(&case, "/deaths"), unsaid).await.pointers(),
        ["/mission_informed_on", "/remains", "/effects_handed_to"]
    );
    world.post("caseworker.a", &at(&case, "/deaths"), told(world)).await.expect(201);
}

#[rstest]
#[actix_web::test]
async fn the_mission_is_told_within_a_day_and_the_remains_go_home(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    go(world, "caseworker.a", &case, died(world)).await.expect(200);
    assert_eq!(is_asked(world, &case).await, Some(world.day(1)));
    let worklist = world.get("caseworker.a", "/v1/worklist?of=my_organisation&horizon_days=1").await.expect(200).json();
    assert_eq!(worklist["items"][0]["task"]["kind"], "death_to_report");
    let first = json!({ "place": "Calmette Hospital, Phnom Penh", "remains": "unidentified" });
    let death = world.post("caseworker.a", &at(&case, "/deaths"), first).await.expect(201).header("location").to_owned();
    assert!(is_asked(world, &case).await.is_some(), "nobody was told yet");
    world.patch("caseworker.a", &death, told(world)).await.expect(200);
    assert_eq!(is_asked(world, &case).await, None);
    world.patch("caseworker.a", &death, json!({ "remains": "ashes_returned", "remains_on": world.day(0) })).await.expect(200);
    let history = world.get("caseworker.a", &at(&case, "/history?limit=200")).await.expect(200).text();
    assert!(history.contains("unidentified") && history.contains("ashes_returned"), "the whole way is in the history: {history}");
    let dossier = world.get("caseworker.a", &at(&case, "/dossier")).await.expect(200).text();
    assert!(dossier.contains("Calmette Hospital") && dossier.contains("To be buried at home"), "{dossier}");
    world.get("coordinator", &at(&case, "/deaths")).await.expect(200);
    let closed = world.get("coordinator", &at(&case, "/deaths")).await.expect(200).json();
    assert_eq!((closed.get("items"), &closed["redacted"]), (None, &json!(["narrative"])), "the desk knows who, and not what happened");
}

#[rstest]
#[actix_web::test]
async fn a_denial_is_weighed_before_the_mission_is_told(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for denies in ["denial", "asylum"] {
        let case = world.register("caseworker.a", data::vietnamese()).await;
        match denies {
            "denial" => {
                let denial = json!({ "scope": "missions_of", "missions_of": "VNM", "reason": "Afraid of them" });
                world.post("caseworker.a", &at(&case, "/denials"), denial).await.expect(201);
            }
            _ => {
                let claim = json!({ "protection": { "asylum_claim_open": true } });
                world.patch("caseworker.a", &at(&case, ""), claim).await.expect(200);
            }
        }
        go(world, "caseworker.a", &case, died(world)).await.expect(200);
        let refused = world.post("caseworker.a", &at(&case, "/deaths"), told(world)).await.problem(422, "validation_failed");
        let error = (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]);
        assert_eq!(error, (&json!("/mission_informed_on"), &json!("denial_not_weighed")), "{denies}");
        let silent = json!({ "denial_weighed": "Her family would be in danger: the court keeps it" });
        let death = world.post("caseworker.a", &at(&case, "/deaths"), silent).await.expect(201).header("location").to_owned();
        assert_eq!(is_asked(world, &case).await, None, "{denies}: it was weighed");
        world.patch("caseworker.a", &death, json!({ "denial_weighed": null })).await.expect(200);
        assert!(is_asked(world, &case).await.is_some(), "{denies}");
        let mut weighed = told(world);
        weighed["denial_weighed"] = json!("The family asked for her, and nobody is in danger");
        world.patch("caseworker.a", &death, weighed).await.expect(200);
        let forgotten = world.patch("caseworker.a", &death, json!({ "denial_weighed": null })).await;
        assert_eq!(forgotten.pointers(), ["/mission_informed_on"], "{denies}: what was weighed stays with it");
    }
}

#[rstest]
#[actix_web::test]
async fn a_case_does_not_end_with_a_death_that_nobody_was_told_of_unless_somebody_says_so(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    go(world, "caseworker.a", &case, died(world)).await.expect(200);
    let refused = world.act("supervisor.a", &at(&case, ""), "/close", json!({ "reason": "deceased" })).await.problem(409, "open_tasks");
    assert_eq!(refused["errors"][0]["pointer"], "/end_tasks");
    assert!(is_asked(world, &case).await.is_some(), "nothing was closed");
    world.act("supervisor.a", &at(&case, ""), "/close", json!({ "reason": "deceased", "end_tasks": true })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn why_a_mission_is_not_told_and_why_somebody_changed_their_mind_is_closed_without_protection(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let decision = json!({ "decision": "return", "voluntariness": "voluntary", "decided_on": world.day(-2), "withdrawn_on": world.day(-1),
        "withdrawal_reason": "Afraid of an official at home" });
    let decided = world.post("caseworker.a", &at(&case, "/return-decisions"), decision).await.expect(201).header("location").to_owned();
    let denial = json!({ "scope": "missions_of", "missions_of": "VNM", "reason": "Afraid of them" });
    world.post("caseworker.a", &at(&case, "/denials"), denial).await.expect(201);
    let shared = json!({ "compartments": ["identity", "narrative"] });
    answer(world, &case, shared.clone()).await.expect(201);
    let mut referral = data::referral(&organisation_of(world, "caseworker.b").await);
    referral["compartments"] = shared["compartments"].clone();
    let referral = world.post("caseworker.a", &at(&case, "/referrals"), referral).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &referral, json!({ "to": "accepted" })).await.expect(200);
    go(world, "caseworker.a", &case, died(world)).await.expect(200);
    let silent = json!({ "denial_weighed": "Her family would be in danger" });
    let death = world.post("caseworker.a", &at(&case, "/deaths"), silent).await.expect(201).header("location").to_owned();
    for (url, field) in [(&death, "denial_weighed"), (&decided, "withdrawal_reason")] {
        assert_eq!(world.get("caseworker.b", url).await.expect(200).json()[field], Value::Null, "{field}");
        assert_ne!(world.get("caseworker.a", url).await.expect(200).json()[field], Value::Null, "{field}");
    }
    for place in ["/history?limit=200", "/dossier"] {
        let told = world.get("caseworker.b", &at(&case, place)).await.text();
        assert!(!told.contains("denial_weighed") && !told.contains("in danger") && !told.contains("Afraid"), "{place}: {told}");
    }
    assert!(world.get("caseworker.a", &at(&case, "/history?limit=200")).await.text().contains("in danger"));
}

#[rstest]
#[actix_web::test]
async fn a_guest_mission_reads_what_the_pass_for_the_remains_needs_and_not_why_somebody_died(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    go(world, "caseworker.a", &case, died(world)).await.expect(200);
    let death = world.post("caseworker.a", &at(&case, "/deaths"), told(world)).await.expect(201).header("location").to_owned();
    let read = world.get("officer.vnm", &death).await.expect(200).json();
    for (field, value) in [
        ("place", json!("Calmette Hospital, Phnom Penh")),
        ("certificate_number", json!("D-17")),
        ("remains", json!("repatriated")),
        ("permits", json!(["Laissez-passer mortuaire 4/2026"])),
        ("mission_informed_on", json!(world.day(0))),
    ] {
        assert_eq!(read[field], value, "{field}");
    }
    let all = world.get("officer.vnm", &at(&case, "/deaths")).await.expect(200).text();
    let history = world.get("officer.vnm", &at(&case, "/history?limit=200")).await.expect(200).text();
    for closed in ["Cardiac arrest", "Beaten", "Her sister", "Community worker", "buried at home"] {
        assert!(!all.contains(closed) && !read.to_string().contains(closed) && !history.contains(closed), "{closed}");
    }
    world.post("officer.vnm", &at(&case, "/deaths"), told(world)).await.problem(403, "permission_denied");
    world.patch("officer.vnm", &death, json!({ "remains": "buried" })).await.problem(403, "permission_denied");
    world.get("officer.idn", &death).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_death_that_two_people_take_back_leaves_its_record_marked_and_closed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    go(world, "caseworker.a", &case, died(world)).await.expect(200);
    let wrong = world.post("caseworker.a", &at(&case, "/deaths"), told(world)).await.expect(201).header("location").to_owned();
    let claimed = json!({ "taken_back_on": world.day(0) });
    assert_eq!(world.patch("caseworker.a", &wrong, claimed).await.pointers(), ["/taken_back_on"], "only two people take it back");
    let back = json!({ "to": "resume", "reason": "He is alive: the hospital mixed up two names" });
    let asked = go(world, "supervisor.a", &case, back.clone()).await.expect(202).json();
    let approve = format!("/v1/approvals/{}/approve", asked["approval_id"].as_str().unwrap());
    world.send("second.a", Method::POST, &approve, &[], None).await.expect(200);
    let answer = go(world, "supervisor.a", &case, back).await.expect(200);
    let (etag, standing) = (answer.etag(), answer.json());
    assert_eq!((&standing["side_state"], is_asked(world, &case).await), (&json!(null), None));
    // The ETag of the answer is that of the case as it stands now.
    let body = json!({ "to": "lost_contact", "occurred_on": world.day(0), "source": "Shelter" });
    let url = at(&case, "/repatriation/transitions");
    world.send("caseworker.a", Method::POST, &url, &[("if-match", &etag)], Some(&body)).await.expect(200);
    let kept = world.get("caseworker.a", &wrong).await.expect(200).json();
    assert_eq!((&kept["taken_back_on"], &kept["certificate_number"]), (&json!(world.day(0)), &json!("D-17")), "nothing is deleted");
    world.patch("caseworker.a", &wrong, json!({ "remains": "buried" })).await.problem(422, "validation_failed");
    go(world, "supervisor.a", &case, json!({ "to": "resume", "reason": "Found" })).await.expect(200);
    world.post("caseworker.a", &at(&case, "/deaths"), json!({ "place": "Hospital" })).await.problem(422, "validation_failed");
    go(world, "caseworker.a", &case, died(world)).await.expect(200);
    assert!(is_asked(world, &case).await.is_some(), "what was told of a death that was none tells nothing of this one");
    world.post("caseworker.a", &at(&case, "/deaths"), told(world)).await.expect(201);
    assert_eq!(is_asked(world, &case).await, None);
}
