//! What callers who send the beginning of a body and then nothing cost the service.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::Value;

use super::{Place, Running};

/// Connections of each kind, one after another.
const CONNECTIONS: usize = 900;
/// What all of them together may cost in resident memory.
const MOST_MIB: u64 = 64;
/// The length that each body announces, and does not have.
const ANNOUNCED: usize = 1_000_000;

pub(super) fn resident_mib(running: &Running) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", running.0.id())).expect("the status of a child");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its resident memory");
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).expect("KiB") / 1024
}

/// A connection that sends the beginning of a body, as far as the service takes it, and then nothing.
fn stalled(place: &Place, token: &str, bytes: usize) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", place.port)).expect("the server accepts");
    let authorization = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    let head = format!("POST /v1/cases HTTP/1.1\r\nHost: homeward\r\n{authorization}Content-Type: application/json\r\n");
    write!(stream, "{head}Content-Length: {ANNOUNCED}\r\n\r\n{{\"a\": \"").expect("a head");
    stream.set_nonblocking(true).expect("a socket");
    let mut left = bytes;
    while left > 0 {
        match stream.write(&[b'x'; 8192][..left.min(8192)]) {
            Ok(sent) => left -= sent,
            // The service takes no more of it, or has cut the connection.
            Err(_) => break,
        }
    }
    stream
}

/// The status of the answer on a connection; none while there is none.
fn status(stream: &mut TcpStream) -> Option<String> {
    let mut answer = [0; 12];
    stream.read(&mut answer).ok().filter(|read| *read == answer.len()).map(|_| String::from_utf8_lossy(&answer[9..]).into_owned())
}

/// The most resident memory within two seconds.
fn peak(running: &Running) -> u64 {
    let until = Instant::now() + Duration::from_secs(2);
    let mut most = 0;
    while Instant::now() < until {
        most = most.max(resident_mib(running));
        std::thread::sleep(Duration::from_millis(20));
    }
    most
}

/// This process holds the other end of each connection, and the service as many.
pub(super) fn allow_connections() {
    let limits = getrlimit(Resource::Nofile);
    let enough = limits.maximum.map_or(4096, |most| most.min(4096));
    if limits.current.is_some_and(|now| now < enough) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(enough), ..limits }).expect("room for the connections");
    }
}

#[test]
fn nine_hundred_stalled_bodies_take_no_more_memory_than_there_is_for_them() {
    allow_connections();
    let place = Place::new();
    let listen = format!("127.0.0.1:{}", place.port);
    let arguments = ["demo", "--without-wave", "--listen", &listen, "--data", "world"];
    let mut running = Running(place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("homeward starts"));
    place.wait_until_ready(&mut running.0);
    let accounts = fs::read_to_string(place.folder.path().join("world/demo-accounts.json")).expect("the accounts");
    let accounts: Vec<Value> = serde_json::from_str(&accounts).expect("a list");
    let who_register = ["coordinator", "embassy_officer", "ngo_caseworker", "ngo_supervisor"];
    let tokens: Vec<String> = accounts
        .iter()
        .filter(|account| who_register.iter().any(|role| account["role"] == *role))
        .map(|account| place.sign_in(account["username"].as_str().expect("a name"), account["password"].as_str().expect("a password")))
        .collect();
    assert!(tokens.len() >= 6, "{}", tokens.len());
    // What the first requests of each kind take, whoever sends them.
    place.call("GET", "/v1/cases", &tokens[0], None);
    let before = resident_mib(&running);

    let kinds: [(&str, Vec<String>, usize); 4] = [
        ("of several users, each as large as many can be at once", tokens.clone(), 60 * 1024),
        ("of one user, as large as they can be", tokens[..1].to_vec(), ANNOUNCED - 1000),
        ("of several users, as large as they can be", tokens.clone(), ANNOUNCED - 1000),
        ("of strangers", vec![String::new()], ANNOUNCED - 1000),
    ];
    for (what, tokens, bytes) in kinds {
        let mut streams: Vec<TcpStream> = (0..CONNECTIONS).map(|number| stalled(&place, &tokens[number % tokens.len()], bytes)).collect();
        let grown = peak(&running).saturating_sub(before);
        assert!(grown <= MOST_MIB, "{what}: {grown} MiB");
        let refused = streams.iter_mut().filter_map(status).filter(|status| ["429", "401"].contains(&status.as_str())).count();
        assert!(refused > CONNECTIONS / 4, "{what}: only {refused} were refused, the rest is in memory");
        // Whoever else comes meanwhile is served.
        assert_eq!(place.call("GET", "/readyz", "", None).status, 200, "{what}");
        drop(streams);
    }
}
