//! Consent, denial, referral, transfer and emergency access, as both sides experience them.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{Answer, World, data};

pub fn at(case: &Value, rest: &str) -> String {
    format!("/v1/cases/{}{rest}", case["id"].as_str().expect("a case"))
}

pub async fn organisation_of(world: &World, actor: &str) -> String {
    world.get(actor, "/v1/me").await.json()["organisation_id"].as_str().expect("an id").to_owned()
}

/// Records the person's answer to a question of consent.
pub async fn answer(world: &World, case: &Value, change: Value) -> Answer {
    let mut body = data::consent("share_with_ngo");
    for (field, value) in change.as_object().expect("fields") {
        body[field] = value.clone();
    }
    world.post("caseworker.a", &at(case, "/consents"), body).await
}

pub async fn refer_to_b(world: &World, case: &Value) -> Answer {
    let ngo_b = organisation_of(world, "caseworker.b").await;
    world.post("caseworker.a", &at(case, "/referrals"), data::referral(&ngo_b)).await
}

/// Makes a step of a referral or transfer, in the version that the actor sees now.
pub async fn step(world: &World, actor: &str, url: &str, body: Value) -> Answer {
    world.act(actor, url, "/transitions", body).await
}

/// A case of NGO A that NGO B sees by an accepted referral: the case, the consent and the referral's address.
pub async fn referred(world: &World) -> (Value, String, String) {
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let consent = answer(world, &case, json!({})).await.expect(201).header("location").to_owned();
    let referral = refer_to_b(world, &case).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &referral, json!({ "to": "accepted" })).await.expect(200);
    world.get("caseworker.b", &at(&case, "")).await.expect(200);
    (case, consent, referral)
}

async fn events(world: &World, actor: &str, kind: &str) -> usize {
    let items = world.get(actor, "/v1/access-events?limit=200").await.expect(200).json()["items"].clone();
    items.as_array().expect("items").iter().filter(|event| event["kind"] == kind).count()
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for url in ["/v1/referrals", "/v1/transfers", "/v1/access-events", "/v1/emergency-accesses"] {
        world.get("", url).await.problem(401, "unauthenticated");
    }
}

#[rstest]
#[actix_web::test]
async fn a_referral_needs_a_live_consent_and_says_which(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let refused = refer_to_b(world, &case).await;
    assert_eq!(refused.pointers(), ["/consent_id"]);
    let detail = refused.problem(422, "consent_required")["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("share_with_ngo") && detail.contains("identity, health"), "{detail}");
    for not_enough in [
        json!({ "purpose": "share_with_court" }),
        json!({ "compartments": ["identity"] }),
        json!({ "recipient": "organisation_kind", "recipient_organisation_kind": "shelter" }),
        json!({ "answer": "refused" }),
    ] {
        answer(world, &case, not_enough).await.expect(201);
        refer_to_b(world, &case).await.problem(422, "consent_required");
    }
    answer(world, &case, json!({ "recipient": "organisation_kind", "recipient_organisation_kind": "ngo" })).await.expect(201);
    refer_to_b(world, &case).await.expect(201);
    refer_to_b(world, &case).await.problem(409, "already_exists");
}

#[rstest]
#[actix_web::test]
async fn before_acceptance_there_is_an_outline_and_after_it_what_was_agreed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    answer(world, &case, json!({})).await.expect(201);
    let referral = refer_to_b(world, &case).await.expect(201).header("location").to_owned();
    for actor in ["officer.vnm", "officer.idn", "coordinator"] {
        world.get(actor, &referral).await.problem(404, "not_found");
    }
    let preview = world.get("caseworker.b", "/v1/referrals?direction=incoming").await.expect(200);
    let item = preview.json()["items"][0].clone();
    assert_eq!(item["preview"]["age_band"], "from_30_to_38");
    assert_eq!((item["case_id"].clone(), item["consent_id"].clone(), item["words"].clone()), (json!(null), json!(null), json!(null)));
    for secret in [case["id"].as_str().unwrap(), "Nguyễn", "1995", "Ask for the nurse", "Glasses", "witness", "person_id"] {
        assert!(!preview.text().contains(secret), "the preview tells {secret}");
    }
    world.get("caseworker.b", &at(&case, "")).await.problem(404, "not_found");
    assert_eq!(world.get("caseworker.b", "/v1/cases").await.json()["items"], json!([]));
    let accepted = step(world, "caseworker.b", &referral, json!({ "to": "accepted" })).await.expect(200).json();
    assert_eq!(accepted["words"]["note"], "Ask for the nurse");
    let seen = world.get("caseworker.b", &at(&case, "")).await.expect(200).json();
    assert_eq!(seen["identity"]["family_name"], "Nguyễn");
    assert_eq!(seen["redacted"], json!(["contact", "location", "narrative", "protection"]));
    assert_eq!(world.get("caseworker.b", "/v1/cases").await.json()["items"].as_array().map(Vec::len), Some(1));
    world.patch("caseworker.b", &at(&case, ""), json!({ "risk_level": "low" })).await.problem(403, "permission_denied");
    let done = step(world, "caseworker.b", &referral, json!({ "to": "done", "feedback": "Has glasses now" })).await.expect(200);
    assert_eq!(done.json()["status"], "done");
    assert_eq!(world.get("caseworker.a", &referral).await.json()["words"]["feedback"], "Has glasses now");
    world.get("caseworker.b", &at(&case, "")).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn rejected_and_revoked_tell_why_and_open_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    answer(world, &case, json!({})).await.expect(201);
    let referral = refer_to_b(world, &case).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &referral, json!({ "to": "rejected" })).await.problem(422, "validation_failed");
    step(world, "caseworker.a", &referral, json!({ "to": "accepted" })).await.problem(409, "conflict");
    step(world, "caseworker.b", &referral, json!({ "to": "rejected", "reason": "No bed is free" })).await.expect(200);
    assert_eq!(world.get("caseworker.a", &referral).await.json()["words"]["reason"], "No bed is free");
    world.get("caseworker.b", &at(&case, "")).await.problem(404, "not_found");
    step(world, "caseworker.b", &referral, json!({ "to": "accepted" })).await.problem(409, "conflict");
    let second = refer_to_b(world, &case).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &second, json!({ "to": "accepted" })).await.expect(200);
    step(world, "caseworker.a", &second, json!({ "to": "revoked", "reason": "Moved to another city" })).await.expect(200);
    world.get("caseworker.b", &at(&case, "")).await.problem(404, "not_found");
    assert_eq!(events(world, "caseworker.b", "access_ended").await, 1);
}

#[rstest]
#[actix_web::test]
async fn a_draft_is_its_owners_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let consent = answer(world, &case, json!({})).await.expect(201).header("location").to_owned();
    let mut body = data::referral(&organisation_of(world, "caseworker.b").await);
    body["draft"] = json!(true);
    let draft = world.post("caseworker.a", &at(&case, "/referrals"), body).await.expect(201).header("location").to_owned();
    world.get("caseworker.b", &draft).await.problem(404, "not_found");
    assert_eq!(world.get("caseworker.b", "/v1/referrals").await.json()["items"], json!([]));
    world.post("caseworker.a", &format!("{consent}/withdrawal"), json!({})).await.expect(200);
    assert_eq!(world.get("caseworker.a", &draft).await.json()["status"], "revoked");
    step(world, "caseworker.a", &draft, json!({ "to": "in_progress" })).await.problem(409, "conflict");
}

#[rstest]
#[actix_web::test]
async fn a_withdrawn_consent_ends_everything_that_rested_on_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, consent, referral) = referred(world).await;
    let list = async || world.get("caseworker.b", "/v1/cases").await.json()["items"].as_array().map(Vec::len);
    assert_eq!(list().await, Some(1));
    let withdrawn = world.post("caseworker.a", &format!("{consent}/withdrawal"), json!({})).await.expect(200).json();
    assert_eq!(withdrawn["status"], "withdrawn");
    for rest in ["", "/history", "/dossier", "/consents", "/referrals", "/screenings", "/repatriation", "/tasks"] {
        world.get("caseworker.b", &at(&case, rest)).await.problem(404, "not_found");
    }
    assert_eq!(list().await, Some(0));
    assert_eq!(events(world, "caseworker.b", "access_ended").await, 1);
    let over = world.get("caseworker.b", &referral).await.expect(200).json();
    assert_eq!((over["status"].clone(), over["case_id"].clone(), over["words"].clone()), (json!("revoked"), json!(null), json!(null)));
    assert_eq!(over["preview"], json!(null), "not even how far the person is");
    let again = world.post("caseworker.a", &format!("{consent}/withdrawal"), json!({})).await.expect(200).json();
    assert_eq!(again["withdrawn_at"], withdrawn["withdrawn_at"]);
    assert_eq!(events(world, "caseworker.b", "access_ended").await, 1, "twice is once");
    refer_to_b(world, &case).await.problem(422, "consent_required");
}

#[rstest]
#[actix_web::test]
async fn whoever_the_person_tells_withdraws_also_the_guest(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, consent, _) = referred(world).await;
    // A consent for any recipient is not shown to a guest; a consent that names the guest is.
    world.get("caseworker.b", &consent).await.problem(404, "not_found");
    let ngo_b = organisation_of(world, "caseworker.b").await;
    let own = answer(world, &case, json!({ "recipient": "organisation", "recipient_organisation_id": ngo_b }))
        .await
        .expect(201)
        .header("location")
        .to_owned();
    assert_eq!(world.get("caseworker.b", &at(&case, "/consents")).await.json()["items"].as_array().map(Vec::len), Some(1));
    world.post("caseworker.b", &format!("{own}/withdrawal"), json!({})).await.expect(200);
    assert_eq!(world.get("caseworker.a", &own).await.json()["status"], "withdrawn");
}

#[rstest]
#[actix_web::test]
async fn a_consent_expires_on_its_minute_without_a_request(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let ends = format!("{}T12:00:00Z", world.day(2));
    answer(world, &case, json!({ "expires_at": ends })).await.expect(201);
    let referral = refer_to_b(world, &case).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &referral, json!({ "to": "accepted" })).await.expect(200);
    world.clock.forward(24 * 3600);
    world.forget("caseworker.b");
    world.get("caseworker.b", &at(&case, "")).await.expect(200);
    // Past the end, before the scheduler ran: the grant itself has ended.
    world.clock.forward(2 * 24 * 3600);
    world.forget("caseworker.b");
    world.get("caseworker.b", &at(&case, "")).await.problem(404, "not_found");
    world.days_pass(0).await;
    assert_eq!(world.get("caseworker.b", &referral).await.json()["status"], "expired");
    assert_eq!(events(world, "caseworker.b", "access_ended").await, 1);
    world.days_pass(0).await;
    assert_eq!(events(world, "caseworker.b", "access_ended").await, 1, "the clock does everything once");
    assert_eq!(world.get("caseworker.a", &at(&case, "/consents")).await.json()["items"][0]["status"], "expired");
}

#[rstest]
#[actix_web::test]
async fn of_two_referrals_the_one_without_consent_shrinks_the_grant(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, _, _) = referred(world).await;
    let narrow = answer(world, &case, json!({ "compartments": ["identity", "contact", "narrative"] }))
        .await
        .expect(201)
        .header("location")
        .to_owned();
    let mut second = data::referral(&organisation_of(world, "caseworker.b").await);
    second["service"] = json!("legal");
    second["compartments"] = json!(["narrative"]);
    second["consent_id"] = json!(narrow.rsplit('/').next());
    let second = world.post("caseworker.a", &at(&case, "/referrals"), second).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &second, json!({ "to": "accepted" })).await.expect(200);
    let redacted = async || world.get("caseworker.b", &at(&case, "")).await.expect(200).json()["redacted"].clone();
    assert_eq!(redacted().await, json!(["contact", "location", "protection"]));
    world.post("caseworker.a", &format!("{narrow}/withdrawal"), json!({})).await.expect(200);
    assert_eq!(redacted().await, json!(["contact", "location", "narrative", "protection"]));
    assert_eq!(events(world, "caseworker.b", "access_ended").await, 0, "it still sees the case");
}

#[rstest]
#[actix_web::test]
async fn a_later_no_ends_an_earlier_yes(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, ..) = referred(world).await;
    answer(world, &case, json!({ "answer": "refused", "compartments": [] })).await.expect(201);
    world.get("caseworker.b", &at(&case, "")).await.problem(404, "not_found");
    let current = world.get("caseworker.a", &at(&case, "/consents/current")).await.expect(200).json();
    let of = |purpose: &str| current["items"].as_array().unwrap().iter().find(|item| item["purpose"] == purpose).unwrap().clone();
    assert_eq!(of("share_with_ngo")["status"], "refused");
    assert_eq!((of("media")["status"].clone(), of("media")["holding"].clone()), (json!("not_asked"), json!([])));
}

#[rstest]
#[actix_web::test]
async fn a_consent_is_informed_complete_and_somebodys(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let nothing = json!("7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10");
    let mut uninformed = data::consent("share_with_ngo")["disclosures"].clone();
    uninformed["informed_of_withdrawal"] = json!(false);
    let overridden = |reason: &str| json!({ "answer": "overridden", "expires_at": "2999-01-01T00:00:00Z", "override_details": { "basis": "vital_interest", "approval_id": nothing, "reason": reason } });
    for (change, pointer) in [
        (json!({ "disclosures": uninformed }), "/disclosures/informed_of_withdrawal"),
        (json!({ "recipient": "organisation" }), "/recipient_organisation_id"),
        (json!({ "recipient_organisation_kind": "ngo" }), "/recipient_organisation_kind"),
        (
            json!({ "recipient": "organisation", "recipient_organisation_id": "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10" }),
            "/recipient_organisation_id",
        ),
        (json!({ "compartments": ["identity", "identity"] }), "/compartments/1"),
        (json!({ "purpose": "share_with_immigration_authority" }), "/compartments"),
        (json!({ "given_by": "guardian" }), "/capacity_note"),
        (json!({ "expires_at": "2001-01-01T00:00:00Z" }), "/expires_at"),
        (json!({ "answer": "overridden", "expires_at": "2999-01-01T00:00:00Z" }), "/override_details"),
        (overridden("too short"), "/override_details/reason"),
        (json!({ "given_on": "2999-01-01" }), "/given_on"),
        (json!({ "wording": { "language": "km", "version": "" } }), "/wording/version"),
    ] {
        assert_eq!(answer(world, &case, change.clone()).await.pointers(), [pointer], "{change}");
    }
    answer(world, &case, json!({ "compartments": null })).await.expect(400);
    answer(world, &case, overridden("She was unconscious when she came in")).await.problem(409, "approval_required");
    refer_to_b(world, &case).await.problem(422, "consent_required");
    let read = json!({ "language": "km", "version": "2026-11" });
    let given = answer(world, &case, json!({ "wording": read })).await.expect(201).json()["given"].clone();
    assert_eq!(given["wording"], read, "it is known later what the person agreed to");
    let unread = answer(world, &case, json!({ "wording": null })).await.expect(201).json()["given"].clone();
    assert_eq!(unread["wording"], json!(null));
    let mut child = data::vietnamese();
    child["identity"]["birth_date"] = json!("2012");
    let child = world.register("caseworker.a", child).await;
    assert_eq!(answer(world, &child, json!({})).await.pointers(), ["/given_by"]);
    let aunt = json!({ "given_by": "guardian", "capacity_note": "Aged 13; the aunt, by letter of the commune" });
    assert_eq!(answer(world, &child, aunt.clone()).await.pointers(), ["/guardianship"], "a note is not a right");
    let by = |against: bool| {
        let mut given = aunt.clone();
        given["guardianship"] = json!({ "basis": "authority_appointment", "appointed_by": "Commune of Bavet", "appointed_on": "2026-01-05",
            "document": "Letter 12", "conflict_of_interest": against });
        given["assent"] = json!({ "agrees": true, "asked_on": "2026-01-05", "words": "Con muốn về nhà", "explained_for_age": true });
        given
    };
    assert_eq!(answer(world, &child, by(true)).await.pointers(), ["/guardianship/conflict_of_interest"], "she recruited him");
    let given = answer(world, &child, by(false)).await.expect(201).json()["given"].clone();
    assert_eq!((&given["guardianship"]["document"], &given["assent"]["words"]), (&json!("Letter 12"), &json!("Con muốn về nhà")));
}

#[rstest]
#[actix_web::test]
async fn a_consent_of_a_stranger_opens_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mine, other) = (world.register("caseworker.a", data::vietnamese()).await, world.register("caseworker.a", data::taiwanese()).await);
    let consent = answer(world, &other, json!({})).await.expect(201).json()["id"].clone();
    let mut body = data::referral(&organisation_of(world, "caseworker.b").await);
    body["consent_id"] = consent.clone();
    world.post("caseworker.a", &at(&mine, "/referrals"), body).await.problem(422, "consent_required");
    for url in [format!("/consents/{}", consent.as_str().unwrap()), format!("/consents/{}/withdrawal", consent.as_str().unwrap())] {
        let method = if url.ends_with("withdrawal") { Method::POST } else { Method::GET };
        world.send("caseworker.a", method, &at(&mine, &url), &[], None).await.problem(404, "not_found");
    }
    assert_eq!(world.get("caseworker.a", &at(&other, "/consents")).await.json()["items"][0]["status"], "granted");
}

#[rstest]
#[actix_web::test]
async fn everybody_who_agreed_is_referred_at_once_and_it_takes_two(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let people = [
        world.register("caseworker.a", data::vietnamese()).await,
        world.register("caseworker.a", data::taiwanese()).await,
        world.register("caseworker.a", data::vietnamese()).await,
    ];
    for agreed in &people[..2] {
        answer(world, agreed, json!({})).await.expect(201);
    }
    let ngo_b = organisation_of(world, "caseworker.b").await;
    world.post("caseworker.a", &at(&people[2], "/denials"), json!({ "scope": "organisation", "organisation_id": ngo_b })).await.expect(201);
    refer_to_b(world, &people[0]).await.expect(201);
    let sharing = data::sharing(&ngo_b);
    let all = "/v1/referrals/organisation-wide";
    world.post("supervisor.a", all, json!({ "sharing": sharing })).await.problem(409, "approval_required");
    world.post("caseworker.a", all, json!({ "sharing": sharing })).await.problem(403, "permission_denied");
    let second = "second.a";
    crate::accounts::approvals::colleague(world, second, "ngo_supervisor", "NGO A").await;
    let asked = json!({ "reason": "The clinic takes everybody over on Monday", "sharing": sharing });
    let approval = world.post("supervisor.a", "/v1/approvals", asked).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    world.post(second, &format!("/v1/approvals/{approval}/approve"), json!({})).await.expect(200);
    let made = world.post("supervisor.a", all, json!({ "approval_id": approval, "sharing": sharing })).await.expect(201).json();
    assert_eq!(made, json!({ "referred": 1, "already_referred": 1, "without_consent": 1 }));
    let waiting = world.get("caseworker.b", "/v1/referrals?direction=incoming").await.expect(200).json();
    assert_eq!(waiting["items"].as_array().map(Vec::len), Some(2));
    world.post("supervisor.a", all, json!({ "approval_id": approval, "sharing": sharing })).await.problem(409, "approval_decided");
}

#[rstest]
#[actix_web::test]
async fn whoever_was_asked_for_a_service_opens_the_case_to_no_mission(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, ..) = referred(world).await;
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "ngo_with_consent", "person_decision": "accepted" });
    world.post("caseworker.b", &at(&case, "/embassy-contacts"), contact.clone()).await.problem(403, "permission_denied");
    let declined = json!({ "person_decision": "declined", "mission_id": contact["mission_id"], "initiated_by": "person_request" });
    let contact = world.post("caseworker.a", &at(&case, "/embassy-contacts"), declined).await.expect(201).header("location").to_owned();
    world.patch("caseworker.b", &contact, json!({ "person_decision": "accepted" })).await.problem(403, "permission_denied");
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn nobody_who_was_asked_for_a_service_decides_for_the_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (case, ..) = referred(world).await;
    for (collection, operation) in [("return-decisions", "create_return_decision"), ("best-interests", "create_best_interests_procedure")] {
        let body = crate::support::records::body(operation).expect("a body");
        world.post("caseworker.b", &at(&case, &format!("/{collection}")), body.clone()).await.problem(403, "permission_denied");
        world.post("caseworker.a", &at(&case, &format!("/{collection}")), body).await.expect(201);
    }
}
