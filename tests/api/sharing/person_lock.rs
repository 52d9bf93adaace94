//! Giving and taking access at the same time, on two instances: whatever gives or takes access to a person's cases waits for the
//! lock of the person, decides after it, and so never gives what was denied. SQLite has one writer, so this is about Postgres.

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::rt::time::timeout;
use diesel::connection::SimpleConnection;
use homeward::db::engine::connection::{Connection, Use};
use homeward::domain::access::Role;
use serde_json::{Value, json};

use crate::people::merges::{Twins, twins, undo};
use crate::sharing::consents_and_referrals::{answer, at, organisation_of, refer_to_b, step};
use crate::sharing::denials::{deny, emergency};
use crate::support::database::Kind::Postgres;
use crate::support::{Answer, World, data};

/// Long enough for any of these requests to be answered, if it waited for nothing.
const PATIENCE: Duration = Duration::from_millis(400);

/// Another instance's transaction, in which the lock of a person is held until it is let go.
struct Outside {
    let_go: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Outside {
    /// Locks the person as the service does, and makes a change that is committed when the lock is let go.
    fn hold(world: &World, person: &Value, change: &str) -> Self {
        let url = world.database.url.clone();
        let person = person.as_str().expect("a person");
        let statements = format!("BEGIN; UPDATE persons SET created_at = created_at WHERE id = '{person}'; {change}");
        let (let_go, waits) = mpsc::channel();
        let (ready, is_ready) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let mut connection = Connection::open(&url, Use::Write, &std::sync::Arc::default()).expect("a connection");
            connection.batch_execute(&statements).expect("the lock is free");
            ready.send(()).expect("somebody waits");
            waits.recv().expect("it is let go");
            connection.batch_execute("COMMIT").expect("a commit");
        });
        is_ready.recv().expect("the lock is held");
        Self { let_go, thread }
    }

    fn let_go(self) {
        self.let_go.send(()).expect("the thread waits");
        self.thread.join().expect("the change is committed");
    }
}

/// Sends a request while another transaction holds the lock of the person and changes something. It must wait.
async fn meanwhile(world: &World, what: &str, person: &Value, change: &str, request: impl Future<Output = Answer>) -> Answer {
    let outside = Outside::hold(world, person, change);
    let mut request = Box::pin(request);
    let early = timeout(PATIENCE, &mut request).await;
    outside.let_go();
    assert!(early.is_err(), "{what} does not wait for the lock of the person: {}", early.expect("an answer").text());
    request.await
}

/// An act that gives or takes access: its name, the person and the request, ready to be sent.
type Act<'a> = (&'static str, Value, u16, Pin<Box<dyn Future<Output = Answer> + 'a>>);

pub(super) async fn contact(world: &World, case: &Value, decision: &str) -> Answer {
    let body = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": decision });
    world.post("caseworker.a", &at(case, "/embassy-contacts"), body).await
}

pub(super) async fn transfer_to_b(world: &World, case: &Value) -> Answer {
    let ngo_b = organisation_of(world, "caseworker.b").await;
    world.post("caseworker.a", &at(case, "/transfers"), json!({ "to_organisation_id": ngo_b, "urgency": "urgent" })).await
}

pub(super) fn episode(of: &Value) -> Value {
    json!({ "person_id": of["person_id"], "host_country": "KHM", "intake_channel": "hotline", "nationality_claimed": "VNM" })
}

pub(super) async fn pathway(world: &World, actor: &str, case: &Value) -> Answer {
    let body = json!({ "to": "protection_pathway", "reason": "Threatened" });
    world.act(actor, &at(case, ""), "/repatriation/transitions", body).await
}

/// What the denied organisations are.
pub(super) async fn denial_of(world: &World, who: &str) -> Value {
    match who {
        "missions" => json!({ "scope": "missions_of", "missions_of": "VNM" }),
        actor => json!({ "scope": "organisation", "organisation_id": organisation_of(world, actor).await }),
    }
}

/// A case of NGO A with a consent to share everything.
pub(super) async fn consented(world: &World) -> Value {
    let case = world.register("caseworker.a", data::vietnamese()).await;
    answer(world, &case, json!({})).await.expect(201);
    case
}

async fn offered(world: &World, offer: &str) -> (Value, String) {
    let case = consented(world).await;
    let made = if offer == "referral" { refer_to_b(world, &case).await } else { transfer_to_b(world, &case).await };
    (case, made.expect(201).header("location").to_owned())
}

async fn acts(world: &World) -> Vec<Act<'_>> {
    let mut acts: Vec<Act<'_>> = Vec::new();
    let new = async || world.register("caseworker.a", data::vietnamese()).await;
    let case = new().await;
    acts.push((
        "emergency access",
        case["person_id"].clone(),
        201,
        Box::pin(async move { emergency(world, "caseworker.b", &case, json!(["health"])).await }),
    ));
    let case = new().await;
    acts.push(("accepting a contact", case["person_id"].clone(), 201, Box::pin(async move { contact(world, &case, "accepted").await })));
    let case = new().await;
    let made = contact(world, &case, "deferred").await.expect(201).header("location").to_owned();
    let accept = async move { world.patch("caseworker.a", &made, json!({ "person_decision": "accepted" })).await };
    acts.push(("changing a contact", case["person_id"].clone(), 200, Box::pin(accept)));
    for offer in ["referral", "transfer"] {
        let (case, made) = offered(world, offer).await;
        let accept = async move { step(world, "caseworker.b", &made, json!({ "to": "accepted" })).await };
        acts.push(("accepting an offer", case["person_id"].clone(), 200, Box::pin(accept)));
    }
    let case = consented(world).await;
    acts.push(("a referral", case["person_id"].clone(), 201, Box::pin(async move { refer_to_b(world, &case).await })));
    let case = new().await;
    acts.push((
        "a new episode",
        case["person_id"].clone(),
        201,
        Box::pin(async move { world.post("caseworker.a", "/v1/cases", episode(&case)).await }),
    ));
    let case = new().await;
    acts.push(("a consent", case["person_id"].clone(), 201, Box::pin(async move { answer(world, &case, json!({})).await })));
    let case = new().await;
    let given = answer(world, &case, json!({})).await.expect(201).header("location").to_owned();
    let withdraw = async move { world.post("caseworker.a", &format!("{given}/withdrawal"), json!({})).await };
    acts.push(("withdrawing a consent", case["person_id"].clone(), 200, Box::pin(withdraw)));
    let (case, denied) = (new().await, denial_of(world, "missions").await);
    acts.push(("a denial", case["person_id"].clone(), 201, Box::pin(async move { deny(world, "caseworker.a", &case, denied).await })));
    let (case, denied) = (new().await, denial_of(world, "missions").await);
    let made = deny(world, "caseworker.a", &case, denied).await.expect(201).header("location").to_owned();
    let lift = async move { world.post("caseworker.a", &format!("{made}/lift"), json!({})).await };
    acts.push(("lifting a denial", case["person_id"].clone(), 200, Box::pin(lift)));
    let case = new().await;
    acts.push((
        "the protection pathway",
        case["person_id"].clone(),
        200,
        Box::pin(async move { pathway(world, "caseworker.a", &case).await }),
    ));
    let case = new().await;
    acts.push((
        "a change of the case",
        case["person_id"].clone(),
        200,
        Box::pin(async move { world.patch("caseworker.a", &at(&case, ""), json!({ "nationality_claimed": "CHN" })).await }),
    ));
    let case = new().await;
    let taken = emergency(world, "caseworker.b", &case, json!(["health"])).await.expect(201).json();
    let review = async move {
        let url = format!("/v1/emergency-accesses/{}/review", taken["id"].as_str().expect("an id"));
        world.post("supervisor.a", &url, json!({ "verdict": "unjustified", "note": "Nobody was in danger" })).await
    };
    acts.push(("a review", case["person_id"].clone(), 200, Box::pin(review)));
    acts
}

#[actix_web::test]
async fn whatever_gives_or_takes_access_waits_for_the_lock_of_the_person() {
    let Some(world) = &World::start(Postgres).await else { return };
    for (what, person, status, request) in acts(world).await {
        meanwhile(world, what, &person, "", request).await.expect(status);
    }
    let both: Twins = twins(world).await;
    for held in [&both.survivor, &both.other] {
        // The first attempt changes nothing: another version of the case is asked for.
        let stale = async { both.merge_in_version(world, 999).await };
        meanwhile(world, "a merge", &held["person_id"], "", stale).await.problem(412, "stale_version");
    }
    let merge = both.merge(world).await;
    meanwhile(world, "the undo of a merge", &both.other["person_id"], "", undo(world, &merge)).await.expect(200);
    let desk = format!("/v1/organisations/{}", organisation_of(world, "coordinator").await);
    world.change_role("coordinator", Role::NgoSupervisor);
    for coordinates in [json!(null), json!("KHM")] {
        let change = world.patch("admin", &desk, json!({ "coordinates": coordinates }));
        meanwhile(world, "opening or closing a desk", &both.survivor["person_id"], "", change).await.expect(200);
    }
}

/// A case of NGO A, and a denial that was lifted again: another transaction brings it back in the test.
async fn once_denied(world: &World, who: &str) -> (Value, String) {
    let case = consented(world).await;
    let denial = denial_of(world, who).await;
    let made = deny(world, "caseworker.a", &case, denial).await.expect(201).header("location").to_owned();
    world.post("caseworker.a", &format!("{made}/lift"), json!({})).await.expect(200);
    answer(world, &case, json!({})).await.expect(201);
    let again = format!("UPDATE denials SET lifted_at = NULL WHERE person_id = '{}'", case["person_id"].as_str().expect("a person"));
    (case, again)
}

#[actix_web::test]
async fn a_denial_that_is_recorded_while_access_waits_is_read_after_the_lock() {
    let Some(world) = &World::start(Postgres).await else { return };
    let (case, again) = once_denied(world, "caseworker.b").await;
    let request = emergency(world, "caseworker.b", &case, json!(["health"]));
    meanwhile(world, "emergency access", &case["person_id"], &again, request).await.problem(404, "not_found");

    let (case, again) = once_denied(world, "missions").await;
    meanwhile(world, "a contact", &case["person_id"], &again, contact(world, &case, "accepted")).await.problem(422, "validation_failed");
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");

    for offer in ["referral", "transfer"] {
        let (case, again) = once_denied(world, "caseworker.b").await;
        let made = if offer == "referral" { refer_to_b(world, &case).await } else { transfer_to_b(world, &case).await };
        let made = made.expect(201).header("location").to_owned();
        let request = step(world, "caseworker.b", &made, json!({ "to": "accepted" }));
        meanwhile(world, offer, &case["person_id"], &again, request).await.problem(422, "validation_failed");
        world.get("caseworker.b", &at(&case, "")).await.problem(404, "not_found");
    }

    let (case, again) = once_denied(world, "coordinator").await;
    let request = world.post("caseworker.a", "/v1/cases", episode(&case));
    let next = meanwhile(world, "a new episode", &case["person_id"], &again, request).await.expect(201).json();
    world.get("coordinator", &at(&next, "")).await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_protection_pathway_that_begins_while_access_waits_is_read_after_the_lock() {
    let Some(world) = &World::start(Postgres).await else { return };
    let begin = |case: &Value| {
        format!("UPDATE cases SET side_state = 'protection_pathway' WHERE person_id = '{}'", case["person_id"].as_str().expect("a person"))
    };
    let case = consented(world).await;
    let request = emergency(world, "caseworker.b", &case, json!(["health"]));
    meanwhile(world, "emergency access", &case["person_id"], &begin(&case), request).await.problem(404, "not_found");
    let case = consented(world).await;
    meanwhile(world, "a contact", &case["person_id"], &begin(&case), contact(world, &case, "accepted")).await.problem(409, "conflict");
    world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
}
