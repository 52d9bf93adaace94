//! The files under the service: removed or replaced while it runs, copied while it writes, without their log, or damaged. Whatever was
//! acknowledged is there afterwards, or somebody is told that it is not.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::backup::{Settings, filled, run, serving, sign_in};
use super::{Place, Reply, Running};
use crate::support::data;

/// An installation with people in it, that nobody serves.
fn stopped() -> (Place, Settings) {
    let place = Place::new();
    let (running, settings) = filled(&place);
    fs::copy(place.folder.path().join("world/demo-accounts.json"), place.folder.path().join("accounts.json")).expect("the accounts");
    assert_eq!(running.end(), Some(0));
    (place, settings)
}

fn file(place: &Place, ending: &str) -> PathBuf {
    place.folder.path().join(format!("world/homeward.db{ending}"))
}

const ENDINGS: [&str; 4] = ["", "-shm", "-wal", "-mark"];

/// Starts the service, with its log in a file.
fn logged(place: &Place, settings: &Settings) -> Running {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let log = fs::File::create(place.folder.path().join("log")).expect("a log");
    Running(place.command(&["serve"]).envs(settings).stdout(Stdio::null()).stderr(log).spawn().expect("homeward starts"))
}

fn log(place: &Place) -> String {
    fs::read_to_string(place.folder.path().join("log")).expect("a log")
}

/// Starts the service, which must end by itself: it is not asked to.
#[track_caller]
fn refuses_to_serve(place: &Place, settings: &Settings, codes: &[i32], words: &[&str]) {
    let mut running = logged(place, settings);
    let until = Instant::now() + Duration::from_secs(60);
    let status = loop {
        assert!(Instant::now() < until, "it serves: {}", log(place));
        match running.0.try_wait().expect("a process") {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let said = log(place);
    assert!(status.code().is_some_and(|code| codes.contains(&code)), "{status}: {said}");
    words.iter().for_each(|word| assert!(said.contains(word), "`{word}` is missing: {said}"));
}

fn register(place: &Place, token: &str) -> std::io::Result<Reply> {
    place.try_call("POST", "/v1/cases", token, Some(&data::walk_in()))
}

/// Registers somebody, and returns the id.
fn registered(place: &Place, token: &str) -> String {
    let reply = register(place, token).expect("an answer");
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()["id"].as_str().expect("an id").to_owned()
}

/// Which of these cases are not there.
fn missing(place: &Place, token: &str, cases: &[String]) -> Vec<String> {
    let is_there = |id: &String| place.call("GET", &format!("/v1/cases/{id}"), token, None).status == 200;
    cases.iter().filter(|id| !is_there(id)).cloned().collect()
}

/// A place in the first third of what a log holds. What it held before it was begun anew lies behind that (SQLite file format, 4.1).
fn middle_of_log(log: &[u8]) -> usize {
    let page = usize::try_from(u32::from_be_bytes(log[8..12].try_into().expect("four bytes"))).expect("a size");
    let is_of_now = |frame: &&[u8]| frame.get(8..16) == Some(&log[16..24]);
    let frames = log[32..].chunks(24 + page).take_while(is_of_now).count();
    assert!(frames > 3, "{frames} frames");
    32 + frames / 3 * (24 + page) + 24 + page / 2
}

/// Puts another file in the place of one, as `mv` does.
fn replace(path: &Path) {
    let copy = path.with_file_name("copied");
    fs::copy(path, &copy).expect("a copy");
    fs::rename(&copy, path).expect("another file in its place");
}

#[test]
fn nothing_is_acknowledged_into_a_file_that_nobody_finds_again() {
    let (place, settings) = stopped();
    for (ending, is_removed, words) in [
        ("", true, "database file was removed or replaced"),
        ("", false, "database file was removed or replaced"),
        ("-wal", true, "log of the database"),
    ] {
        let mut service = logged(&place, &settings);
        place.wait_until_ready(&mut service.0);
        let (process, token) = (service.0.id(), sign_in(&place, "officer.idn"));
        let case = registered(&place, &token);
        if is_removed {
            fs::remove_file(file(&place, ending)).expect("it is removed");
        } else {
            replace(&file(&place, ending));
        }
        let mut refused = 0;
        let until = Instant::now() + Duration::from_secs(20);
        while service.0.try_wait().expect("a process").is_none() {
            assert!(Instant::now() < until, "the service goes on");
            std::thread::sleep(Duration::from_millis(50));
            for reply in [
                register(&place, &token),
                place.try_call("GET", &format!("/v1/cases/{case}"), &token, None),
                place.try_call("GET", "/readyz", "", None),
            ] {
                // At its end, the service cuts connections.
                let Ok(reply) = reply else { continue };
                assert_eq!((reply.status, reply.json()["code"].as_str()), (503, Some("database_damaged")), "{ending}: {}", reply.body);
                refused += 1;
            }
        }
        assert!(refused >= 3, "nobody was told");
        let log = log(&place);
        assert_eq!(service.0.wait().expect("an end").code(), Some(75), "{log}");
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(words)).collect();
        assert_eq!(lines.len(), 2, "once in the log, and once as the reason of the end: {log}");
        if ending.is_empty() {
            // What only the service still had.
            ENDINGS.iter().filter(|ending| **ending != "-mark").for_each(|ending| drop(fs::remove_file(file(&place, ending))));
            fs::rename(file(&place, &format!("-rescued-{process}")), file(&place, "")).expect("a copy was kept");
        }
        let running = serving(&place, &settings);
        let token = sign_in(&place, "officer.idn");
        assert_eq!(missing(&place, &token, &[case]), [""; 0], "it was acknowledged before");
        assert_eq!(running.end(), Some(0));
    }
}

/// Copies of all files of the database.
fn copies(place: &Place) -> Vec<(&'static str, Option<Vec<u8>>)> {
    ENDINGS.iter().map(|ending| (*ending, fs::read(file(place, ending)).ok())).collect()
}

/// Puts copies back, some of them changed.
fn put_back(place: &Place, copies: &[(&'static str, Option<Vec<u8>>)], change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) {
    for (ending, bytes) in copies {
        drop(fs::remove_file(file(place, ending)));
        if let Some(bytes) = bytes.clone().and_then(|bytes| change(ending, bytes)) {
            fs::write(file(place, ending), bytes).expect("a file");
        }
    }
}

#[test]
fn a_kill_at_any_time_is_no_reason_to_refuse_and_a_log_that_is_lost_afterwards_is() {
    let (place, settings) = stopped();
    let mut acknowledged = Vec::new();
    for pause in [0, 40, 130, 300, 700] {
        let mut running = serving(&place, &settings);
        let token = sign_in(&place, "officer.idn");
        acknowledged.push(registered(&place, &token));
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..3)
                .map(|_| {
                    scope.spawn(|| {
                        let mut ids = Vec::new();
                        while let (false, Ok(reply)) = (stop.load(Ordering::Relaxed), register(&place, &token)) {
                            if reply.status == 201 {
                                ids.push(reply.json()["id"].as_str().expect("an id").to_owned());
                            }
                        }
                        ids
                    })
                })
                .collect();
            std::thread::sleep(Duration::from_millis(pause));
            running.0.kill().expect("killed");
            running.0.wait().expect("an end");
            stop.store(true, Ordering::Relaxed);
            writers.into_iter().for_each(|writer| acknowledged.extend(writer.join().expect("a writer")));
        });
    }
    let left = copies(&place);
    assert!(left.iter().all(|(_, bytes)| bytes.is_some()), "killed with a log");

    let lost = ["lacks its last changes", "homeward.db-wal", "homeward.db-mark", "Nothing was written"];
    put_back(&place, &left, |ending, bytes| (ending != "-wal").then_some(bytes));
    refuses_to_serve(&place, &settings, &[78], &lost);
    for command in [&["admin", "list-users"][..], &["check"]] {
        run(&place, command, &settings).expect(78, &lost);
    }
    assert!(!file(&place, "-wal").exists(), "a refused command leaves nothing behind");
    put_back(&place, &left, |ending, bytes| if ending == "-wal" { Some([&[0; 32][..], &bytes[32..]].concat()) } else { Some(bytes) });
    refuses_to_serve(&place, &settings, &[78], &lost);
    put_back(&place, &left, |ending, bytes| if ending == "-wal" { Some(Vec::new()) } else { Some(bytes) });
    refuses_to_serve(&place, &settings, &[78], &lost);
    put_back(&place, &left, |_, mut bytes| {
        if bytes.starts_with(&[0x37, 0x7f]) {
            let middle = middle_of_log(&bytes);
            bytes[middle] ^= 1;
        }
        Some(bytes)
    });
    refuses_to_serve(&place, &settings, &[78], &["damaged in its middle"]);

    // On purpose.
    put_back(&place, &left, |ending, bytes| ending.is_empty().then_some(bytes));
    assert_eq!(serving(&place, &settings).end(), Some(0));

    put_back(&place, &left, |_, bytes| Some(bytes));
    let running = serving(&place, &settings);
    let token = sign_in(&place, "officer.idn");
    assert_eq!(missing(&place, &token, &acknowledged), [""; 0], "of {} that were acknowledged", acknowledged.len());
    assert_eq!(running.end(), Some(0));
    run(&place, &["check", "--deep"], &settings).expect(0, &["where it should be", "The audit trail is whole", "sealed values open"]);
}

/// The two numbers by which a log is told from the one before it.
fn salts(place: &Place) -> Option<Vec<u8>> {
    fs::read(file(place, "-wal")).ok()?.get(16..24).map(<[u8]>::to_vec)
}

#[test]
fn a_copy_whose_files_are_of_two_times_is_never_served() {
    let (place, settings) = stopped();
    let running = serving(&place, &settings);
    let token = sign_in(&place, "officer.idn");
    registered(&place, &token);
    let before = copies(&place);
    let first = salts(&place).expect("a log");
    let mut written = 0;
    while salts(&place).as_ref() == Some(&first) {
        registered(&place, &token);
        written += 1;
        assert!(written < 5000, "the log never began anew");
    }
    registered(&place, &token);
    let after = copies(&place);
    assert_eq!(running.end(), Some(0));
    let whole = copies(&place);

    let of = |copies: &[(&'static str, Option<Vec<u8>>)], ending: &str| {
        copies.iter().find(|(known, _)| *known == ending).expect("a file").1.clone()
    };
    let mix = |database: &[(&'static str, Option<Vec<u8>>)], log: &[(&'static str, Option<Vec<u8>>)]| {
        vec![("", of(database, "")), ("-shm", of(log, "-shm")), ("-wal", of(log, "-wal")), ("-mark", of(log, "-mark"))]
    };
    for (mixed, words) in [
        (mix(&before, &after), "do not belong together"),
        (mix(&after, &before), "do not belong together"),
        (mix(&before, &whole), "lacks its last changes"),
    ] {
        put_back(&place, &mixed, |_, bytes| Some(bytes));
        refuses_to_serve(&place, &settings, &[78], &[words]);
        // Without the mark the log still tells, if there is one.
        if words.contains("together") {
            put_back(&place, &mixed, |ending, bytes| (ending != "-mark").then_some(bytes));
            refuses_to_serve(&place, &settings, &[78], &[words]);
        }
    }
    put_back(&place, &whole, |_, bytes| Some(bytes));
    let running = serving(&place, &settings);
    assert_eq!(running.end(), Some(0));
}

#[test]
fn a_damaged_file_is_not_taken_into_service_and_not_served_from() {
    let (place, settings) = stopped();
    let whole = copies(&place);
    let damage = |place: &Place| {
        // All pages but the first ones, so that whatever is read next is damaged.
        let open = fs::OpenOptions::new().write(true).open(file(place, "")).expect("the file");
        let length = open.metadata().expect("a length").len();
        for page in 8..length / 4096 {
            open.write_all_at(&[0x5a; 4096], page * 4096).expect("a page");
        }
    };
    put_back(&place, &whole, |ending, mut bytes| {
        if ending.is_empty() {
            bytes.truncate(bytes.len() / 2);
        }
        Some(bytes)
    });
    refuses_to_serve(&place, &settings, &[65, 78], &["homeward.db"]);
    put_back(&place, &whole, |_, bytes| Some(bytes));
    damage(&place);
    refuses_to_serve(&place, &settings, &[65, 78], &["homeward.db"]);

    put_back(&place, &whole, |_, bytes| Some(bytes));
    let running = serving(&place, &settings);
    let token = sign_in(&place, "officer.idn");
    let case = place.call("GET", "/v1/cases?limit=1", &token, None).json()["items"][0]["id"].as_str().expect("a case").to_owned();
    damage(&place);
    let until = Instant::now() + Duration::from_secs(30);
    let is_noticed = || place.call("GET", "/readyz", "", None).json()["code"] == "database_damaged";
    while !is_noticed() {
        assert!(Instant::now() < until, "nobody notices");
        for url in
            ["/v1/cases?limit=100", "/v1/worklist", "/v1/missions", &format!("/v1/cases/{case}/history"), &format!("/v1/cases/{case}")]
        {
            place.call("GET", url, &token, None);
        }
        place.call("POST", "/v1/cases", &token, Some(&data::walk_in()));
    }
    for reply in
        [place.call("POST", "/v1/cases", &token, Some(&data::walk_in())), place.call("GET", &format!("/v1/cases/{case}"), &token, None)]
    {
        assert_eq!((reply.status, reply.json()["code"].as_str()), (503, Some("database_damaged")), "{}", reply.body);
    }
    assert_eq!(place.call("GET", "/healthz", "", None).status, 200);
    drop(running);
}

#[test]
fn a_sealed_value_that_was_changed_is_said_to_be_damaged_and_a_check_finds_it() {
    let (place, settings) = stopped();
    run(&place, &["check", "--deep"], &settings).expect(0, &["The root key is that of this database", "files on cases"]);
    let connection = rusqlite::Connection::open(file(&place, "")).expect("the database");
    let changed = "UPDATE compartments SET ciphertext = zeroblob(length(ciphertext)) WHERE compartment = 'identity'";
    assert!(connection.execute(changed, []).expect("a change") > 0);
    drop(connection);
    run(&place, &["check", "--deep"], &settings).expect(65, &["not open", "restore the latest backup"]);
    let running = serving(&place, &settings);
    let token = sign_in(&place, "officer.idn");
    let listed = place.call("GET", "/v1/cases?limit=1", &token, None);
    assert_eq!((listed.status, listed.json()["code"].as_str()), (500, Some("integrity")), "{}", listed.body);
    assert_eq!(running.end(), Some(0));
}
