//! The busiest day: 520 walk-ins, several officers at once, lost answers, and a process that is killed.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

const WALK_INS: usize = 520;

#[rstest]
#[actix_web::test]
async fn all_520_walk_ins_of_one_day_are_there_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let officers = ["officer.idn", "supervisor.idn"];
    for officer in officers {
        world.token(officer).await;
    }
    let mut codes = Vec::new();
    for round in (0..WALK_INS).collect::<Vec<_>>().chunks(40) {
        let arrivals = round.iter().map(|number| async move {
            let key = format!("walk-in-{number}");
            let mut body = data::walk_in();
            body["identity"]["documents"][0]["number"] = json!(format!("X{number:07}"));
            // Every fifth answer is lost on the way, and the officer sends the request again.
            let twice = number % 5 == 0;
            let first =
                world.send(officers[number % 2], Method::POST, "/v1/cases", &[("idempotency-key", &key)], Some(&body)).await.expect(201);
            if twice {
                let again = world
                    .send(officers[number % 2], Method::POST, "/v1/cases", &[("idempotency-key", &key)], Some(&body))
                    .await
                    .expect(201);
                assert_eq!(first.body, again.body);
            }
            first.json()["code"].as_str().unwrap().to_owned()
        });
        codes.extend(futures_util::future::join_all(arrivals).await);
    }
    let (mut listed, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.get("officer.idn", &format!("/v1/cases?limit=200{after}")).await.expect(200).json();
        listed.extend(page["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    codes.sort();
    listed.sort();
    assert_eq!(codes.len(), WALK_INS);
    assert_eq!(codes, listed, "acknowledged and listed are the same");
}

#[rstest]
#[actix_web::test]
async fn thirty_two_repetitions_at_once_have_one_effect(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.token("officer.idn").await;
    let body = data::walk_in();
    let repetitions = (0..32).map(|_| async {
        world.send("officer.idn", Method::POST, "/v1/cases", &[("idempotency-key", "pressed-often")], Some(&body)).await.expect(201).body
    });
    let answers = futures_util::future::join_all(repetitions).await;
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(world.get("officer.idn", "/v1/cases").await.json()["items"].as_array().map(Vec::len), Some(1));
}

/// A demo that runs as its own process.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start(folder: &std::path::Path, port: u16, keep: bool) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homeward"));
        command
            .args(["demo", "--without-wave", "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if keep {
            command.arg("--keep");
        }
        let mut child = command.spawn().expect("the demo starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let ready = lines.map_while(Result::ok).any(|line| line.starts_with("Stop with"));
        assert!(ready, "the demo says when it is ready");
        Self { child, address: format!("http://127.0.0.1:{port}") }
    }

    fn token(&self, folder: &std::path::Path, username: &str) -> String {
        let accounts: Value = serde_json::from_slice(&std::fs::read(folder.join("demo-accounts.json")).unwrap()).unwrap();
        let account = accounts.as_array().unwrap().iter().find(|account| account["username"] == username).unwrap().clone();
        let body = json!({ "username": username, "password": account["password"] });
        let mut answer = ureq::post(format!("{}/v1/auth/login", self.address))
            .content_type("application/json")
            .send(body.to_string())
            .expect("a sign-in");
        let body: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// The number of the embassy's cases, counted from its own view.
    fn total(&self, token: &str) -> i64 {
        let url = format!("{}/v1/statistics/cases?by=nationality&status=active", self.address);
        let mut answer = ureq::get(url).header("authorization", format!("Bearer {token}")).call().expect("the figures");
        let body: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        body["total"].as_i64().unwrap()
    }
}

/// Registers until told to stop, or until the process is gone. Returns the acknowledged cases, by key.
fn register_until(address: &str, token: &str, officer: usize, until: Instant, acknowledged: &Mutex<BTreeMap<String, String>>) {
    for number in 0.. {
        if Instant::now() > until {
            return;
        }
        let key = format!("killed-{officer}-{number}");
        let sent = ureq::post(format!("{address}/v1/cases"))
            .header("authorization", format!("Bearer {token}"))
            .header("idempotency-key", &key)
            .content_type("application/json")
            .send(data::walk_in().to_string());
        match sent.and_then(|mut answer| answer.body_mut().read_to_string()) {
            Ok(body) => {
                let case: Value = serde_json::from_str(&body).expect("a case");
                acknowledged.lock().unwrap().insert(key, case["id"].as_str().unwrap().to_owned());
            }
            Err(_) => return,
        }
    }
}

#[test]
fn what_was_acknowledged_before_a_kill_is_there_once_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let data_folder = folder.path().join("demo");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut running = Running::start(&data_folder, port, false);
    let token = running.token(&data_folder, "officer.idn");
    let before = running.total(&token);
    let acknowledged = Arc::new(Mutex::new(BTreeMap::new()));
    for round in 0..3_u64 {
        let until = Instant::now() + Duration::from_secs(20);
        let officers: Vec<_> = (0..8)
            .map(|officer| {
                let (address, token, acknowledged) = (running.address.clone(), token.clone(), acknowledged.clone());
                let officer = usize::try_from(round).unwrap() * 8 + officer;
                std::thread::spawn(move || register_until(&address, &token, officer, until, &acknowledged))
            })
            .collect();
        // In the middle of the work, however slow the machine is.
        let enough = acknowledged.lock().unwrap().len() + 12;
        while acknowledged.lock().unwrap().len() < enough && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(100 + 230 * round));
        running.child.kill().expect("kill -9");
        running.child.wait().expect("it is gone");
        officers.into_iter().for_each(|officer| officer.join().unwrap());
        running = Running::start(&data_folder, port, true);
    }
    let acknowledged = acknowledged.lock().unwrap();
    assert!(acknowledged.len() > 30, "only {} were acknowledged", acknowledged.len());
    let token = running.token(&data_folder, "officer.idn");
    for (key, id) in acknowledged.iter() {
        // The same key again is answered with the same case, so the case exists, and exists once.
        let mut answer = ureq::post(format!("{}/v1/cases", running.address))
            .header("authorization", format!("Bearer {token}"))
            .header("idempotency-key", key)
            .content_type("application/json")
            .send(data::walk_in().to_string())
            .expect("an acknowledged case is answered");
        let case: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        assert_eq!(case["id"].as_str(), Some(id.as_str()), "{key}");
    }
    let after = running.total(&token);
    let most = i64::try_from(acknowledged.len()).unwrap() + 3 * 8;
    assert!(
        (before + i64::try_from(acknowledged.len()).unwrap()..=before + most).contains(&after),
        "{before} → {after} with {} acknowledged",
        acknowledged.len()
    );
    running.child.kill().expect("the end");
    running.child.wait().expect("it is gone");
}
