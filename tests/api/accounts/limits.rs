//! Who is counted for what: nobody outside slows down an act in a session, a remembered device is counted by itself, and strangers
//! are counted by their network.

use std::sync::Arc;

use actix_web::test::TestRequest;
use diesel::connection::SimpleConnection;
use futures_util::join;
use homeward::app::Options;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::dump::everything;
use crate::support::world::{PASSWORD, options};
use crate::support::{Answer, World};

const WRONG: &str = "wrong wrong wrong";

/// A service that lets everybody make this many requests a minute, behind a proxy at 10.0.0.1.
async fn limited(world: &World, limit: u32) -> World {
    let options = options(&world.database.url, limit, &world.clock);
    let proxies = vec!["10.0.0.1".parse().expect("an address")];
    World::serve(world.kind, Arc::clone(&world.database), Options { trusted_proxies: proxies, ..options }).await
}

fn from(address: &str, request: TestRequest) -> TestRequest {
    let address: std::net::IpAddr = address.parse().expect("an address");
    request.peer_addr(std::net::SocketAddr::from((address, 443)))
}

async fn login_from(world: &World, address: &str, username: &str, password: &str, device: Option<&str>) -> Answer {
    let body = json!({ "username": username, "password": password, "device_token": device });
    world.raw(from(address, TestRequest::post().uri("/v1/auth/login").set_json(body))).await
}

async fn device_of(world: &World, username: &str, device: Option<&str>) -> String {
    let answer = login_from(world, "198.51.100.200", username, PASSWORD, device).await.expect(200).json();
    answer["device_token"].as_str().expect("a device token").to_owned()
}

async fn with_token(world: &World, token: &str, url: &str) -> Answer {
    world.raw(TestRequest::get().uri(url).insert_header(("authorization", format!("Bearer {token}")))).await
}

async fn session_of(world: &World, username: &str) -> String {
    world.sign_in(username).await["access_token"].as_str().expect("a token").to_owned()
}

#[rstest]
#[actix_web::test]
async fn whoever_has_no_valid_token_is_limited_by_network(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let session = session_of(world, "caseworker.a").await;
    let limited = limited(world, 3).await;
    let ask = async |address: &str, token: &str| {
        let request = TestRequest::get().uri("/v1/cases").insert_header(("authorization", format!("Bearer {token}")));
        limited.raw(from(address, request)).await
    };
    let mut statuses = Vec::new();
    for number in 0..10 {
        let answer = ask("198.51.100.1", if number % 2 == 0 { "forged" } else { "" }).await;
        assert!(answer.header("ratelimit-policy").starts_with("\"default\";q=3"), "{}", answer.text());
        statuses.push(answer.status);
    }
    assert_eq!((statuses[..3].to_vec(), statuses[3..].to_vec()), (vec![401; 3], vec![429; 7]));
    // Public operations have the same counter, and another network has its own.
    limited.raw(from("198.51.100.1", TestRequest::get().uri("/openapi.json"))).await.expect(429);
    ask("198.51.100.2", "forged").await.expect(401);
    // Nobody outside slows down whoever has a session, in the same network either.
    ask("198.51.100.1", &session).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_network_is_counted_once_however_its_addresses_are_written(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let limited = limited(world, 4).await;
    let ask = async |peer: &str, forwarded: Option<&str>| {
        let mut request = from(peer, TestRequest::get().uri("/v1/cases"));
        if let Some(forwarded) = forwarded {
            request = request.insert_header(("x-forwarded-for", forwarded));
        }
        limited.raw(request).await.status
    };
    let v4 = [
        ("198.51.100.1", None),
        ("::ffff:198.51.100.1", None),
        ("10.0.0.1", Some("203.0.113.9, ::ffff:198.51.100.1")),
        ("10.0.0.1", Some("198.51.100.1:4711")),
        ("::ffff:10.0.0.1", Some("198.51.100.1")),
        // Who is no proxy says what they like.
        ("198.51.100.1", Some("203.0.113.10")),
    ];
    let mut statuses = Vec::new();
    for (peer, forwarded) in v4 {
        statuses.push(ask(peer, forwarded).await);
    }
    assert_eq!(statuses, [401, 401, 401, 401, 429, 429]);
    let mut statuses = Vec::new();
    for last in 0..6_u16 {
        let address = format!("2001:db8:1:2:{last:x}::{last:x}");
        let (peer, forwarded) = if last % 2 == 0 { (address.as_str(), None) } else { ("10.0.0.1", Some(address.as_str())) };
        statuses.push(ask(peer, forwarded).await);
    }
    assert_eq!(statuses, [401, 401, 401, 401, 429, 429]);
    assert_eq!(ask("2001:db8:1:3::1", None).await, 401);
}

#[rstest]
#[actix_web::test]
async fn three_sessions_of_one_user_have_one_limit(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(session_of(world, "caseworker.a").await);
    }
    let of_another = session_of(world, "caseworker.b").await;
    let limited = limited(world, 3).await;
    let mut statuses = Vec::new();
    for number in 0..6 {
        statuses.push(with_token(&limited, &sessions[number % 3], "/v1/me").await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429, 429]);
    with_token(&limited, &of_another, "/v1/me").await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_stranger_keeps_nobody_from_an_act_of_their_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let device = device_of(world, "officer.idn", None).await;
    let id = world.get("officer.idn", "/v1/me").await.json()["user_id"].as_str().expect("an id").to_owned();
    // The stranger guesses from the network in which the victim is, and from others, until both counters wait.
    let guess = async |number: u16| login_from(world, &format!("10.9.{}.1", number % 2), "officer.idn", WRONG, None).await.status;
    for number in 0..130 {
        guess(number).await;
        world.clock.forward(11);
    }
    guess(1).await;
    assert_eq!(guess(1).await, 429, "strangers wait");
    let session = login_from(world, "10.9.1.1", "officer.idn", PASSWORD, Some(&device)).await.expect(200).json();
    let token = session["access_token"].as_str().expect("a token");
    let act = async |url: &str, body: Value| {
        let request = TestRequest::post().uri(url).insert_header(("authorization", format!("Bearer {token}"))).set_json(body);
        world.raw(from("10.9.1.1", request)).await
    };
    act("/v1/auth/step-up", json!({ "password": PASSWORD })).await.expect(204);
    guess(1).await;
    act("/v1/auth/step-up", json!({ "password": PASSWORD })).await.expect(204);
    let change = json!({ "current_password": PASSWORD, "new_password": "a lantern for every door" });
    act("/v1/auth/password", change).await.expect(204);
    world.forget("officer.idn");
    let begun = world.post("admin", &format!("/v1/users/{id}/password-reset"), Value::Null).await.expect(200).json();
    // Wrong codes from the same network keep the right one out no more than wrong passwords do.
    for _ in 0..40 {
        let wrong = json!({ "username": "officer.idn", "reset_code": "GEZD-GNBV", "new_password": "a lantern for every door" });
        world.raw(from("10.9.1.1", TestRequest::post().uri("/v1/auth/password-reset").set_json(wrong))).await;
        guess(1).await;
    }
    let right = json!({ "username": "officer.idn", "reset_code": begun["reset_code"], "new_password": "another lantern altogether" });
    world.raw(from("10.9.1.1", TestRequest::post().uri("/v1/auth/password-reset").set_json(right))).await.expect(204);
}

#[rstest]
#[actix_web::test]
async fn wrong_passwords_in_a_session_are_counted_by_the_user(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let sessions = [session_of(world, "officer.idn").await, session_of(world, "officer.idn").await];
    let step_up = async |session: usize, password: &str| {
        let request = TestRequest::post().uri("/v1/auth/step-up").set_json(json!({ "password": password }));
        world.raw(request.insert_header(("authorization", format!("Bearer {}", sessions[session])))).await
    };
    step_up(0, WRONG).await.expect(401);
    step_up(1, PASSWORD).await.problem(429, "too_many_requests");
    world.clock.forward(2);
    step_up(1, PASSWORD).await.expect(204);
    // Not at sign-in: whoever holds a session of the user must not be able to keep the user out.
    step_up(0, WRONG).await.expect(401);
    login_from(world, "198.51.100.1", "officer.idn", PASSWORD, None).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn each_device_waits_for_its_own_failures_only(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (stolen, own) = (device_of(world, "officer.idn", None).await, device_of(world, "officer.idn", None).await);
    login_from(world, "198.51.100.1", "officer.idn", WRONG, Some(&stolen)).await.expect(401);
    login_from(world, "198.51.100.1", "officer.idn", PASSWORD, Some(&stolen)).await.problem(429, "too_many_requests");
    // A device stays the one that it was when its token is renewed.
    let renewed = device_of(world, "officer.idn", Some(&own)).await;
    login_from(world, "198.51.100.1", "officer.idn", WRONG, Some(&own)).await.expect(401);
    login_from(world, "198.51.100.1", "officer.idn", PASSWORD, Some(&renewed)).await.problem(429, "too_many_requests");
    login_from(world, "198.51.100.1", "officer.vnm", PASSWORD, Some(&renewed)).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn strangers_in_the_same_network_keep_no_remembered_device_out(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let device = device_of(world, "officer.idn", None).await;
    for number in 0..60 {
        login_from(world, "198.51.100.1", &format!("nobody.{number}"), WRONG, None).await;
    }
    login_from(world, "198.51.100.1", "officer.vnm", PASSWORD, None).await.problem(429, "too_many_requests");
    login_from(world, "198.51.100.1", "officer.idn", PASSWORD, Some(&device)).await.expect(200);
    // Nor by as many requests as the network may make.
    let limited = limited(world, 3).await;
    for _ in 0..10 {
        limited.raw(from("198.51.100.7", TestRequest::get().uri("/v1/cases"))).await;
    }
    login_from(&limited, "198.51.100.7", "officer.vnm", PASSWORD, None).await.problem(429, "too_many_requests");
    for _ in 0..3 {
        login_from(&limited, "198.51.100.7", "officer.idn", PASSWORD, Some(&device)).await.expect(200);
    }
    login_from(&limited, "198.51.100.7", "officer.idn", PASSWORD, Some(&device)).await.problem(429, "too_many_requests");
}

#[rstest]
#[actix_web::test]
async fn a_success_of_ones_own_ends_no_wait_that_others_caused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    // The owner of an account begins, and a guess is counted before the sign-in ends. On a busy machine the two may follow one another,
    // and then the guess is not the one that makes the network wait: so it is tried from several networks.
    let mut waiting = None;
    for network in 1..=6 {
        let at = &format!("198.51.{network}.1");
        for number in 0..28 {
            login_from(world, at, &format!("nobody.{network}.{number}"), WRONG, None).await.expect(401);
        }
        let own = login_from(world, at, "officer.vnm", PASSWORD, None);
        let stranger = format!("nobody.at.all.{network}");
        let guess = login_from(world, at, &stranger, WRONG, None);
        let (own, guess) = futures_util::future::join(own, guess).await;
        assert_eq!((own.status, guess.status), (200, 401));
        if login_from(world, at, &format!("nobody.else.{network}"), WRONG, None).await.status == 429 {
            waiting = Some(at.clone());
            break;
        }
    }
    let at = &waiting.expect("a success lifted the wait that others caused");
    // Without others, a success costs nothing: the network stands as before.
    world.clock.forward(6);
    login_from(world, at, "officer.vnm", PASSWORD, None).await.expect(200);
    login_from(world, at, "officer.twn", PASSWORD, None).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_flood_of_sign_ins_keeps_nobody_out_who_is_known(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let devices = [device_of(world, "officer.idn", None).await, device_of(world, "officer.vnm", None).await];
    let session = session_of(world, "caseworker.a").await;
    let network = |number: usize| format!("2001:db8:1:{number:x}::1");
    let flood: Vec<_> = (0..120).map(|number| (network(number), format!("nobody.{number}"))).collect();
    let strangers = futures_util::future::join_all(flood.iter().map(|(at, name)| login_from(world, at, name, WRONG, None)));
    let known = async {
        // From one of the networks of the flood, as behind a shared line.
        let at = &network(0);
        login_from(world, at, "officer.idn", PASSWORD, Some(&devices[0])).await.expect(200);
        login_from(world, at, "officer.vnm", PASSWORD, Some(&devices[1])).await.expect(200);
        let step_up = TestRequest::post().uri("/v1/auth/step-up").set_json(json!({ "password": PASSWORD }));
        world.raw(step_up.insert_header(("authorization", format!("Bearer {session}")))).await.expect(204);
        with_token(world, &session, "/v1/cases").await.expect(200);
    };
    let (strangers, ()) = futures_util::future::join(strangers, known).await;
    let refused = strangers.iter().filter(|answer| answer.status == 429).count();
    assert!(refused > 0 && refused < strangers.len(), "{refused} were refused: the queue was full, and moved");
}

/// Rounds of a race of two instances.
const ROUNDS: usize = 30;

/// The highest counter of failures.
fn most_failures(world: &World) -> usize {
    let counters = everything(world)["login_throttles"].clone();
    let failures = counters.iter().filter_map(|row| serde_json::from_str::<Value>(row).expect("a row")["failures"].as_u64());
    failures.max().and_then(|most| usize::try_from(most).ok()).unwrap_or_default()
}

#[actix_web::test]
async fn two_instances_count_as_one() {
    let Some(world) = &World::start(Postgres).await else { return };
    let (one, other) = (&limited(world, 100_000).await, &limited(world, 100_000).await);
    let guess = async |instance: &World, address: &str| login_from(instance, address, "caseworker.a", WRONG, None).await.status;
    for round in 0..ROUNDS {
        let begun = std::time::Instant::now();
        let statuses = <[u16; 2]>::from(join!(guess(one, "198.51.100.1"), guess(other, "203.0.113.1")));
        let looked_at = statuses.iter().filter(|status| **status == 401).count();
        // The networks have one failure each at most, so the highest counter is that of the name.
        assert_eq!(most_failures(world), looked_at, "round {round}: {statuses:?} were counted as fewer");
        // Whoever comes after the second that the first one waits for is looked at again.
        if begun.elapsed() < std::time::Duration::from_millis(900) {
            assert_eq!(looked_at, 1, "round {round}: of two guesses at once one is looked at");
        }
        world.clock.forward(24 * 3600);
        world.database.with_connection(|connection| connection.batch_execute("DELETE FROM login_throttles").expect("a new day"));
    }

    // A client may fail three times without a wait: many wrong proofs at once are exactly as many failures.
    let client = "00000000-0000-4000-8000-000000000000";
    let form = format!("grant_type=client_credentials&client_id={client}&client_secret=wrong");
    let prove = async |instance: &World| {
        let request = TestRequest::post().uri("/v1/oauth/token").insert_header(("content-type", "application/x-www-form-urlencoded"));
        instance.raw(from("198.51.100.9", request.set_payload(form.clone()))).await.status
    };
    for round in 0..ROUNDS {
        let ([first, second], [third, fourth]) =
            (<[u16; 2]>::from(join!(prove(one), prove(other))), <[u16; 2]>::from(join!(prove(one), prove(other))));
        let looked_at = [first, second, third, fourth].into_iter().filter(|status| *status == 401).count();
        assert!(looked_at >= 3, "round {round}: {looked_at}");
        assert_eq!(most_failures(world), looked_at, "round {round}: what was looked at was not counted");
        world.clock.forward(24 * 3600);
        world.database.with_connection(|connection| connection.batch_execute("DELETE FROM login_throttles").expect("a new day"));
    }
}

/// Whoever comes while another failure is being counted reads a counter whose time is later than their own.
#[rstest]
#[actix_web::test]
async fn a_failure_without_a_wait_blocks_nobody_whose_clock_is_behind(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let form = "grant_type=client_credentials&client_id=00000000-0000-4000-8000-000000000000&client_secret=wrong";
    let prove = async || {
        let request = TestRequest::post().uri("/v1/oauth/token").insert_header(("content-type", "application/x-www-form-urlencoded"));
        world.raw(from("198.51.100.9", request.set_payload(form))).await.status
    };
    for failures in 1..=3 {
        assert_eq!(prove().await, 401, "failure {failures}");
        let later = if kind == Postgres { "interval '2 seconds'" } else { "2000000" };
        let ahead =
            format!("UPDATE login_throttles SET last_failure_at = last_failure_at + {later}, blocked_until = blocked_until + {later}");
        world.database.with_connection(|connection| connection.batch_execute(&ahead).expect("a clock that is ahead"));
    }
    assert_eq!(prove().await, 401, "the fourth is looked at, and asks for a wait");
    assert_eq!(prove().await, 429);
}
