//! Giving and taking access at the same time, over and over, on two instances: whichever is first, whoever was denied reads nothing
//! once the denial is acknowledged. No window is widened; the races run as the requests of two people do.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use futures_util::join;
use homeward::domain::access::Role;
use serde_json::{Value, json};

use super::person_lock::{consented, contact, denial_of, episode, pathway, transfer_to_b};
use crate::sharing::consents_and_referrals::{answer, at, organisation_of, refer_to_b, step};
use crate::sharing::denials::{deny, emergency};
use crate::support::database::Kind::Postgres;
use crate::support::world::without_second_factor;
use crate::support::{Answer, World, data};

/// Rounds that run at the same time, each about somebody else.
const AT_ONCE: usize = 4;
/// The time of each race in the suite.
const BUDGET: Duration = Duration::from_secs(10);
/// The fewest rounds that are worth calling a race.
const FEWEST: usize = 40;
/// Rounds of each race in the long run, which is asked for by name.
const LONG_ROUNDS: usize = 5000;

/// How long a race goes on.
#[derive(Clone, Copy)]
enum Rounds {
    InTime,
    Long,
    /// Until one fails, or so many.
    UntilOneFails(usize),
}

/// Two instances on one database, on which everybody who acts is signed in.
struct Both {
    world: World,
    other: World,
}

impl Both {
    async fn start() -> Option<Self> {
        let world = World::start(Postgres).await?;
        let other = world.instance(without_second_factor()).await;
        for actor in ["caseworker.a", "caseworker.b", "coordinator", "officer.vnm", "admin"] {
            world.get(actor, "/v1/me").await.expect(200);
            other.get(actor, "/v1/me").await.expect(200);
        }
        Some(Self { world, other })
    }

    async fn registered(&self, body: Value) -> Value {
        sent(async || self.world.post("caseworker.a", "/v1/cases", body.clone()).await).await.expect(201).json()
    }

    /// Two cases of one person: what is taken on the first ends what is given on the second, and no lock of a case stands between.
    async fn two_cases(&self) -> (Value, Value) {
        let first = self.registered(data::vietnamese()).await;
        let second = self.registered(episode(&first)).await;
        (first, second)
    }

    /// Nobody has taken emergency access today: who loses a race a few times is refused before it begins, and then nothing is raced.
    /// Asked for while no round runs.
    fn forget_emergencies(&self) {
        let forget = "DELETE FROM login_throttles; UPDATE emergency_accesses SET expires_at = created_at WHERE verdict IS NULL";
        self.world.database.with_connection(|connection| connection.batch_execute(forget)).expect("as on another day");
    }

    /// Whether the actor reads nothing of a case.
    async fn is_shut_out(&self, actor: &str, case: &Value) -> bool {
        self.world.get(actor, &at(case, "")).await.status == 404
    }
}

/// Sends a request again as long as it met others in opposite order too often, as a client does: nothing of it was done.
async fn sent(request: impl AsyncFn() -> Answer) -> Answer {
    loop {
        let answer = request().await;
        if answer.status != 503 {
            return answer;
        }
    }
}

/// Runs a race again and again. Returns the rounds, and how many of them failed.
async fn race(rounds: Rounds, round: impl AsyncFn(usize) -> bool) -> (usize, usize) {
    let begun = Instant::now();
    let (mut done, mut failed) = (0, 0);
    loop {
        let goes_on = match rounds {
            Rounds::InTime => begun.elapsed() < BUDGET || done < FEWEST,
            Rounds::Long => done < LONG_ROUNDS,
            Rounds::UntilOneFails(most) => failed == 0 && done < most,
        };
        if !goes_on {
            return (done, failed);
        }
        let held = join_all((done..done + AT_ONCE).map(|number| round(number))).await;
        failed += held.iter().filter(|held| !**held).count();
        done += AT_ONCE;
    }
}

/// A race that no round of may fail.
async fn holds(rounds: Rounds, round: impl AsyncFn(usize) -> bool) {
    let (done, failed) = race(rounds, round).await;
    assert_eq!(failed, 0, "of {done} rounds");
}

/// One organisation takes emergency access while it is denied, or while the person is shielded.
async fn emergency_against_denial(both: &Both, round: usize) -> bool {
    if round.is_multiple_of(AT_ONCE) {
        both.forget_emergencies();
    }
    let (first, second) = &both.two_cases().await;
    let ngo_b = denial_of(&both.world, "caseworker.b").await;
    let taken = async {
        if round.is_multiple_of(2) {
            sent(async || deny(&both.other, "caseworker.a", first, ngo_b.clone()).await).await.expect(201)
        } else {
            sent(async || pathway(&both.other, "caseworker.a", first).await).await.expect(200)
        };
    };
    let tried = sent(async || emergency(&both.world, "caseworker.b", second, json!(["health"])).await);
    let (tried, ()) = join!(tried, taken);
    assert!([201, 404].contains(&tried.status), "it was decided, and not put off: {}", tried.text());
    both.is_shut_out("caseworker.b", second).await
}

/// A new episode is registered while the desk is denied.
async fn episode_against_denial(both: &Both, _: usize) -> bool {
    let desk = denial_of(&both.world, "coordinator").await;
    let case = &both.registered(data::vietnamese()).await;
    let denied = sent(async || deny(&both.other, "caseworker.a", case, desk.clone()).await);
    let (next, denied) = join!(both.registered(episode(case)), denied);
    denied.expect(201);
    both.is_shut_out("coordinator", &next).await
}

/// A contact is accepted while missions are denied, or while the person is shielded.
async fn contact_against_denial(both: &Both, round: usize) -> bool {
    let (first, second) = &both.two_cases().await;
    let missions = denial_of(&both.world, "missions").await;
    let taken = async {
        // The contact makes no new version of the case, so that the transition is never stale.
        if round.is_multiple_of(2) {
            sent(async || deny(&both.other, "caseworker.a", first, missions.clone()).await).await.expect(201)
        } else {
            sent(async || pathway(&both.other, "caseworker.a", first).await).await.expect(200)
        };
    };
    let (asked, ()) = join!(sent(async || contact(&both.world, second, "accepted").await), taken);
    assert!([201, 409, 422].contains(&asked.status), "it was decided, and not put off: {}", asked.text());
    both.is_shut_out("officer.vnm", second).await
}

/// A referral or transfer is accepted while the person denies the organisation, or takes back what they agreed to.
async fn referral_against_consent(both: &Both, round: usize) -> bool {
    let (world, other) = (&both.world, &both.other);
    let ngo_b = denial_of(world, "caseworker.b").await;
    let case = consented(world).await;
    let offer = if round.is_multiple_of(2) { refer_to_b(world, &case).await } else { transfer_to_b(world, &case).await };
    let offer = offer.expect(201).header("location").to_owned();
    let taken = async {
        match round % 4 {
            0 | 1 => sent(async || deny(other, "caseworker.a", &case, ngo_b.clone()).await).await,
            _ => sent(async || answer(other, &case, json!({ "answer": "refused", "compartments": [] })).await).await,
        }
    };
    let accepted = sent(async || step(world, "caseworker.b", &offer, json!({ "to": "accepted" })).await);
    let (accepted, taken) = join!(accepted, taken);
    // An organisation that handed the case over first can record nothing on it any more, and the new owner reads it.
    let is_handed_over = round % 2 == 1 && accepted.status == 200;
    assert_eq!(taken.status, if is_handed_over { 404 } else { 201 }, "{}", taken.text());
    both.is_shut_out("caseworker.b", &case).await != is_handed_over
}

#[actix_web::test]
async fn emergency_access_is_over_when_a_denial_or_the_pathway_is_acknowledged() {
    let Some(both) = &Both::start().await else { return };
    holds(Rounds::InTime, async |round| emergency_against_denial(both, round).await).await;
}

#[actix_web::test]
async fn a_new_episode_is_not_shown_to_a_desk_that_is_denied_meanwhile() {
    let Some(both) = &Both::start().await else { return };
    holds(Rounds::InTime, async |round| episode_against_denial(both, round).await).await;
}

#[actix_web::test]
async fn a_mission_is_not_contacted_while_it_is_denied_or_the_person_is_shielded() {
    let Some(both) = &Both::start().await else { return };
    holds(Rounds::InTime, async |round| contact_against_denial(both, round).await).await;
}

#[actix_web::test]
async fn a_referral_is_not_accepted_while_the_consent_ends() {
    let Some(both) = &Both::start().await else { return };
    holds(Rounds::InTime, async |round| referral_against_consent(both, round).await).await;
}

/// A desk loses its country on one instance while a person is registered there on the other: whichever is first, the organisation that
/// is no desk any more sees nobody. There is one desk, so these rounds follow each other.
#[actix_web::test]
async fn nobody_is_registered_for_a_desk_that_loses_its_country_meanwhile() {
    let Some(both) = &Both::start().await else { return };
    registration_against_closing(both, 25).await;
}

async fn registration_against_closing(both: &Both, rounds: usize) {
    let (world, other) = (&both.world, &both.other);
    let desk = format!("/v1/organisations/{}", organisation_of(world, "coordinator").await);
    world.change_role("coordinator", Role::NgoSupervisor);
    for round in 0..rounds {
        let closing = other.patch("admin", &desk, json!({ "coordinates": null }));
        let (made, closed) = join!(world.register("caseworker.a", data::vietnamese()), closing);
        closed.expect(200);
        assert!(both.is_shut_out("coordinator", &made).await, "round {round}");
        world.patch("admin", &desk, json!({ "coordinates": "KHM" })).await.expect(200);
        world.get("coordinator", &at(&made, "")).await.expect(200);
    }
}

/// The races are worth something: where the lock of the person locks nothing, each of them fails, and soon.
#[actix_web::test]
async fn the_races_find_a_lock_that_locks_nothing() {
    let Some(both) = &Both::start().await else { return };
    // A view takes the place of the table that is locked. An update of it is answered as before, and touches no row. It takes a moment,
    // so that two who lock nothing meet on a busy machine, too.
    let unlock = "ALTER TABLE persons RENAME TO persons_behind;
        CREATE VIEW persons AS SELECT * FROM persons_behind;
        CREATE FUNCTION lock_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END';
        CREATE TRIGGER lock_nothing INSTEAD OF UPDATE ON persons FOR EACH ROW EXECUTE FUNCTION lock_nothing()";
    both.world.database.with_connection(|connection| connection.batch_execute(unlock)).expect("the lock is gone");
    let most = Rounds::UntilOneFails(LONG_ROUNDS);
    let found = [
        ("emergency access", race(most, async |round| emergency_against_denial(both, round).await).await),
        ("a new episode", race(most, async |round| episode_against_denial(both, round).await).await),
        ("a contact", race(most, async |round| contact_against_denial(both, round).await).await),
    ];
    for (what, (rounds, failed)) in found {
        assert!(failed > 0 && rounds <= FEWEST, "{what}: {rounds} rounds until one failed, more than the suite runs");
    }
}

#[actix_web::test]
#[ignore = "takes an hour: cargo test --test api -- --ignored thousands_of_rounds"]
async fn thousands_of_rounds_of_giving_and_taking_access_on_two_instances() {
    let Some(both) = &Both::start().await else { return };
    holds(Rounds::Long, async |round| emergency_against_denial(both, round).await).await;
    holds(Rounds::Long, async |round| episode_against_denial(both, round).await).await;
    holds(Rounds::Long, async |round| contact_against_denial(both, round).await).await;
    holds(Rounds::Long, async |round| referral_against_consent(both, round).await).await;
    registration_against_closing(both, LONG_ROUNDS / 10).await;
}
