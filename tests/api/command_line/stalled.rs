//! Callers who send much and then nothing, and what that costs the service.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Place;

const STALLED: usize = 900;
const PASSWORD: &str = "a lantern for every door";

/// KiB of memory that a process holds.
fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the state of a process");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

/// Announces a body, sends a part of it, and stalls.
fn stall(place: &Place, head: &str, announced: usize, sent: usize) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", place.port)).expect("the server accepts");
    stream.set_write_timeout(Some(Duration::from_millis(50))).expect("a time limit");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time limit");
    let head = format!("{head}Host: homeward\r\nContent-Type: application/json\r\nContent-Length: {announced}\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("the head is sent");
    // A service that has refused already reads no more.
    drop(stream.write_all(&vec![b' '; sent]));
    stream
}

#[test]
fn nine_hundred_stalled_bodies_take_little_memory_and_are_cut() {
    let place = Place::new().created();
    place.run(&["admin", "create-organisation", "--name", "Desk", "--kind", "ngo", "--country", "KHM"]).expect(0, &[]);
    let made =
        place.run(&["admin", "create-user", "--username", "dara", "--role", "ngo_caseworker", "--organisation", "Desk"]).expect(0, &[]);
    let code = made.out.split_once("within a day: ").and_then(|(_, rest)| rest.lines().next()).expect("a code").to_owned();
    let running = place.serve(&["serve"]);
    let body = json!({ "username": "dara", "reset_code": code, "new_password": PASSWORD });
    assert_eq!(place.call("POST", "/v1/auth/password-reset", "", Some(&body)).status, 204);
    let token = place.sign_in("dara", PASSWORD);
    let before = resident(running.0.id());
    let mut most = before;
    // A stranger who signs in, and a user who changes a password, again and again.
    let login = ("POST /v1/auth/login HTTP/1.1\r\n".to_owned(), 16_000, 15_900);
    let change = (format!("POST /v1/auth/password HTTP/1.1\r\nAuthorization: Bearer {token}\r\n"), 1_000_000, 150_000);
    let heads = [&login, &change, &change, &change, &change];
    let mut streams: Vec<TcpStream> = Vec::new();
    for number in 0..STALLED {
        let (head, announced, sent) = heads[number % heads.len()];
        streams.push(stall(&place, head, *announced, *sent));
        if number % 50 == 0 {
            most = most.max(resident(running.0.id()));
        }
    }
    let until = Instant::now() + Duration::from_secs(3);
    while Instant::now() < until {
        most = most.max(resident(running.0.id()));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(most - before <= 64 * 1024, "{STALLED} stalled bodies take {} MiB", (most - before) / 1024);
    // The service goes on, and each of them is cut or was refused.
    assert_eq!(place.call("GET", "/v1/me", &token, None).status, 200);
    let mut statuses = Vec::new();
    for mut stream in streams {
        let mut answer = [0; 12];
        let status = stream.read_exact(&mut answer).map(|()| String::from_utf8_lossy(&answer[9..]).into_owned());
        statuses.push(status.unwrap_or_else(|_| "closed".to_owned()));
    }
    assert!(statuses.iter().all(|status| ["408", "429", "closed"].contains(&status.as_str())), "{statuses:?}");
    assert!(statuses.iter().any(|status| status == "408"), "a body that stalls is told so");
    assert_eq!(place.call("GET", "/v1/me", &token, None).status, 200);
}
