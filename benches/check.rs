//! Whether a request became much slower: asks a service that runs, and in turn two bare servers that answer with the same bytes, one of
//! which waits for the disk first, and compares the ratios with those that are committed. `benches/check` starts everything and this;
//! nothing but the standard library is needed, so that rustc builds it in seconds.
//!
//! A request has become slower if both ratios have fallen. On a machine with a slower disk than that of the committed figures only the
//! one falls, with a faster disk only the other one.
//!
//!     bench-check NAME ADDRESS USERNAME RESET-CODE COMMITTED MEASURED
//!
//! COMMITTED is a file, or `-` to compare with nothing; to MEASURED a line is added for every request.

#![allow(missing_docs, reason = "a program of two files")]

// How it asks is how the load benchmark asks.
#[path = "check_ceiling.rs"]
mod ceiling;
#[path = "client.rs"]
mod client;
#[path = "check_people.rs"]
mod people;

use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::Duration;

use ceiling::Ceiling;
use client::{Connection, Load, Measured};

/// Connections at once.
const CONNECTIONS: usize = 16;
/// Time of one cell, and how often the three take turns.
const CELL: Duration = Duration::from_millis(500);
const ROUNDS: usize = 3;
/// A ratio that seems to have fallen is measured again, longer: a neighbour on the machine is no reason for alarm.
const ROUNDS_IN_DOUBT: usize = 7;
/// The part of the committed ratio that must be left.
const LEFT: f64 = 0.7;
/// People that are registered first, list by list.
const LISTS: u64 = 4;
const LISTED: u64 = 500;
/// Until the matcher has compared them, so that it does not run beside the requests.
const MATCHED: Duration = Duration::from_secs(5);
/// For how long the names may be read after a start.
const NAMES_READY: usize = 30;
const PASSWORD: &str = "a password for nothing but this run";

type Result<T> = std::result::Result<T, Box<dyn Error>>;
type MakeRequest = Box<dyn Fn(u64) -> Vec<u8> + Sync>;

/// One request that is measured.
struct Subject {
    name: &'static str,
    request: MakeRequest,
}

/// The requests a second of the service, as parts of those of the bare servers.
#[derive(Clone, Copy)]
struct Ratios {
    of_bare: f64,
    of_durable: f64,
}

impl Ratios {
    /// Reads the committed ones of a request.
    fn committed(text: &str, name: &str, request: &str) -> Result<Self> {
        let wanted = format!("{name} | {request} | ");
        let figures = text.lines().find_map(|line| line.strip_prefix(&wanted)).and_then(|line| line.split_once(" | "));
        let missing = || format!("no committed ratio of \"{name} | {request}\": run `benches/check --commit`");
        let (of_bare, of_durable) = figures.ok_or_else(missing)?;
        Ok(Self { of_bare: of_bare.parse()?, of_durable: of_durable.parse()? })
    }

    /// Whether too little is left of the committed ones.
    fn have_fallen(self, committed: Option<Self>) -> bool {
        committed.is_some_and(|then| self.of_bare < then.of_bare * LEFT && self.of_durable < then.of_durable * LEFT)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [name, address, username, code, committed, measured] = arguments.as_slice() else {
        println!("Nothing was measured. Run `benches/check`.");
        return ExitCode::SUCCESS;
    };
    let checked = address.parse().map_err(Box::from).and_then(|address| {
        let committed = if committed == "-" { None } else { Some(std::fs::read_to_string(committed)?) };
        let token = sign_in(address, username, code)?;
        check(name, address, &token, committed.as_deref(), Path::new(measured))
    });
    match checked {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("THE CHECK FAILED: {error}");
            ExitCode::from(2)
        }
    }
}

/// Measures everything; gives back whether nothing has fallen.
fn check(name: &str, address: SocketAddr, token: &str, committed: Option<&str>, measured: &Path) -> Result<bool> {
    let ids = fill(address, token)?;
    let numbers = AtomicU64::new(LISTS * LISTED);
    let mut out = OpenOptions::new().create(true).append(true).open(measured)?;
    let mut is_good = true;
    for subject in subjects(ids, token) {
        let first = first_answer(address, &(subject.request)(0))?;
        let ceilings = [Ceiling::start(&first, false)?, Ceiling::start(&first, true)?];
        let then = committed.map(|text| Ratios::committed(text, name, subject.name)).transpose()?;
        let mut ratios = measure(name, &subject, address, &ceilings, &numbers, ROUNDS)?;
        if ratios.have_fallen(then) {
            println!("{name}: {}: that is little; once more", subject.name);
            ratios = measure(name, &subject, address, &ceilings, &numbers, ROUNDS_IN_DOUBT)?;
        }
        let Ratios { of_bare, of_durable } = ratios;
        writeln!(out, "{name} | {} | {of_bare:.5} | {of_durable:.5}", subject.name)?;
        if let Some(then) = then.filter(|_| ratios.have_fallen(then)) {
            println!(
                "FALLEN: {name}: {}: {of_bare:.5} | {of_durable:.5}, and committed are {:.5} | {:.5}",
                subject.name, then.of_bare, then.of_durable
            );
            is_good = false;
        }
    }
    Ok(is_good)
}

/// The service and the bare servers take turns, so that what else the machine does meets all. Gives back the ratios of the medians.
fn measure(
    name: &str,
    subject: &Subject,
    address: SocketAddr,
    ceilings: &[Ceiling; 2],
    numbers: &AtomicU64,
    rounds: usize,
) -> Result<Ratios> {
    let (mut ours, mut bares, mut durables) = (Vec::new(), Vec::new(), Vec::new());
    let [bare, durable] = ceilings;
    for _ in 0..rounds {
        for (address, measured) in [(bare.address, &mut bares), (address, &mut ours), (durable.address, &mut durables)] {
            let load = Load { address, connections: CONNECTIONS, time: CELL, numbers, request: &*subject.request };
            measured.push(load.run()?);
        }
    }
    let median = |measured: &[Measured], figure: fn(&Measured) -> f64| {
        let mut sorted: Vec<f64> = measured.iter().map(figure).collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let rate = |measured: &[Measured]| median(measured, |one| one.per_second);
    let (ours_rate, bare, durable) = (rate(&ours), rate(&bares), rate(&durables));
    let (p50, p99) = (median(&ours, |one| one.p50_ms), median(&ours, |one| one.p99_ms));
    let ratios = Ratios { of_bare: ours_rate / bare, of_durable: ours_rate / durable };
    let of = format!("{bare:.0}/s bare, {durable:.0}/s bare and durable");
    println!("{name} | {} | {ours_rate:.0}/s of {of} | p50 {p50:.1} ms | p99 {p99:.1} ms", subject.name);
    Ok(ratios)
}

fn subjects(ids: Vec<String>, token: &str) -> Vec<Subject> {
    let get = |path: &str| -> MakeRequest {
        let request = client::request("GET", path, token, "");
        Box::new(move |_| request.clone())
    };
    let (of_get, of_search, of_post) = (token.to_owned(), token.to_owned(), token.to_owned());
    let get_case: MakeRequest = Box::new(move |number| {
        let id = usize::try_from(number.wrapping_mul(7919)).ok().and_then(|at| ids.get(at % ids.len()));
        client::request("GET", &format!("/v1/cases/{}", id.map_or("", String::as_str)), &of_get, "")
    });
    let search: MakeRequest = Box::new(move |number| {
        let name = people::full_name(number.wrapping_mul(7919) % (LISTS * LISTED));
        client::request("POST", "/v1/cases/search", &of_search, &format!("{{\"name\":\"{name}\"}}"))
    });
    let post: MakeRequest = Box::new(move |number| client::request("POST", "/v1/cases", &of_post, &people::person(number)));
    vec![
        Subject { name: "get by id", request: get_case },
        Subject { name: "list of 50", request: get("/v1/cases?nationality=IDN&limit=50") },
        Subject { name: "counts", request: get("/v1/statistics/cases?by=nationality,stage") },
        Subject { name: "name search", request: search },
        Subject { name: "register", request: post },
    ]
}

/// Takes the account over with its one-time code; gives back an access token.
fn sign_in(address: SocketAddr, username: &str, code: &str) -> Result<String> {
    let send = |method: &str, path: &str, token: &str, body: &str| -> Result<String> {
        let (_, body) = first_answer(address, &client::request(method, path, token, body))?;
        Ok(String::from_utf8(body)?)
    };
    let reset = format!("{{\"username\":\"{username}\",\"reset_code\":\"{code}\",\"new_password\":\"{PASSWORD}\"}}");
    send("POST", "/v1/auth/password-reset", "", &reset)?;
    let said = send("POST", "/v1/auth/login", "", &format!("{{\"username\":\"{username}\",\"password\":\"{PASSWORD}\"}}"))?;
    let token = members(&said, "access_token").pop().ok_or("no access token")?;
    let conduct = send("GET", "/v1/code-of-conduct", &token, "")?;
    let version = members(&conduct, "version").pop().ok_or("no version of the code of conduct")?;
    send("POST", "/v1/code-of-conduct/acceptance", &token, &format!("{{\"version\":\"{version}\"}}"))?;
    Ok(token)
}

/// Registers people in lists; gives back the ids of some of them.
fn fill(address: SocketAddr, token: &str) -> Result<Vec<String>> {
    for list in 0..LISTS {
        let items: Vec<String> =
            (list * LISTED..(list + 1) * LISTED).map(|number| format!("{{\"person\":{}}}", people::person(number))).collect();
        let body = format!("{{\"items\":[{}],\"all_or_nothing\":true}}", items.join(","));
        first_answer(address, &client::request("POST", "/v1/cases/batch", token, &body))?;
    }
    thread::sleep(MATCHED);
    let (_, page) = first_answer(address, &client::request("GET", "/v1/cases?limit=200", token, ""))?;
    Ok(members(&String::from_utf8(page)?, "id"))
}

/// Sends one request on a connection of its own; gives back status and body. Where the names are still being read, waits.
fn first_answer(address: SocketAddr, request: &[u8]) -> Result<(u16, Vec<u8>)> {
    let mut tries = 0;
    loop {
        let mut connection = Connection::open(address)?;
        match connection.exchange(request) {
            Ok(answer) => return Ok((answer.status, answer.body.to_vec())),
            Err(error) if tries < NAMES_READY && error.to_string().contains("names_not_ready") => thread::sleep(Duration::from_secs(1)),
            Err(error) => return Err(error.into()),
        }
        tries += 1;
    }
}

/// The values of all members of that name, which are strings without an escape.
fn members(json: &str, name: &str) -> Vec<String> {
    let member = format!("\"{name}\":");
    let parts = json.split(&member).skip(1);
    parts.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"')).map(|(value, _)| value.to_owned()).collect()
}
