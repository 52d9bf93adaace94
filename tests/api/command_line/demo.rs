//! The demo: its contents, and the folders that it leaves alone.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Stdio;

use homeward::db::engine::sqlite_file;
use serde_json::{Value, json};

use super::{Place, Running};

/// Starts the demo, and returns its output once it is ready.
pub(super) fn demo(place: &Place, more: &[&str]) -> (Running, String) {
    let listen = format!("127.0.0.1:{}", place.port);
    // The wave has tests of its own, and takes long in a build without optimisation.
    let mut arguments = vec!["demo", "--without-wave", "--listen", &listen, "--data", "world"];
    arguments.extend(more);
    let mut running = Running(place.command(&arguments).stderr(Stdio::null()).spawn().expect("homeward starts"));
    let mut said = String::new();
    for line in BufReader::new(running.0.stdout.take().expect("an output")).lines() {
        let line = line.expect("text");
        said.push_str(&line);
        said.push('\n');
        if line.contains("Ctrl-C") {
            return (running, said);
        }
    }
    panic!("the demo ended: {said}");
}

#[test]
fn the_demo_shows_the_published_raids_and_keeps_its_accounts() {
    let place = Place::new();
    let (running, said) = demo(&place, &[]);
    let address = format!("http://127.0.0.1:{}", place.port);
    for part in [format!("{address}/v1"), format!("{address}/docs/"), "world/demo-accounts.json".to_owned(), "curl".to_owned()] {
        assert!(said.contains(&part), "{part} is not said: {said}");
    }
    assert_eq!(place.call("GET", "/docs/", "", None).status, 200, "the documentation that is said to be there");

    let file = place.folder.path().join("world/demo-accounts.json");
    assert_eq!(fs::metadata(&file).expect("the accounts").permissions().mode() & 0o777, 0o600, "passwords are for their owner only");
    let text = fs::read_to_string(&file).expect("the accounts");
    let accounts: Vec<Value> = serde_json::from_str(&text).expect("a list of accounts");
    for account in &accounts {
        let fields: Vec<&str> = account.as_object().expect("an account").keys().map(String::as_str).collect();
        assert_eq!(fields, ["username", "password", "role", "organisation"], "scripts read these fields");
        place.sign_in(account["username"].as_str().expect("a name"), account["password"].as_str().expect("a password"));
    }
    // Whoever opens the console needs nothing of what was printed.
    let offered = text.replace('"', "&quot;");
    assert!(place.call("GET", "/console/", "", None).body.contains(&offered), "the sign-in offers the accounts");

    let password = |username: &str| {
        accounts.iter().find(|account| account["username"] == username).expect(username)["password"].as_str().expect("a password")
    };

    // The printed command, as a user types it in.
    let printed = said.split_once("-d '").and_then(|(_, rest)| rest.split_once('\'')).expect("the printed sign-in").0;
    let credentials: Value = serde_json::from_str(printed).expect("the printed sign-in is JSON");
    let token = place.sign_in(credentials["username"].as_str().expect("a name"), credentials["password"].as_str().expect("a password"));
    let cases = place.call("GET", "/v1/cases?limit=3", &token, None).json();
    assert_eq!(cases["items"].as_array().map(Vec::len), Some(3), "{cases}");

    check_figures(&place, &place.sign_in("coordinator.khm", password("coordinator.khm")));

    // Starting the demo twice loses nothing.
    let listen = format!("127.0.0.1:{}", place.port);
    place.run(&["demo", "--listen", &listen, "--data", "world"]).expect(69, &[&listen, "--listen"]);
    assert_eq!(fs::read_to_string(&file).expect("the accounts"), text);
    assert_eq!(running.end(), Some(0));
    let (running, said) = demo(&place, &["--keep"]);
    assert_eq!(fs::read_to_string(&file).expect("the accounts"), text, "--keep keeps the accounts");
    assert!(said.contains(password("officer.idn")));
    place.sign_in("officer.idn", password("officer.idn"));
    assert_eq!(running.end(), Some(0));
}

/// The figures that were published, as the coordination desk sees them.
fn check_figures(place: &Place, token: &str) {
    let operations = place.call("GET", "/v1/operations?limit=200", token, None).json();
    let figures = |reference: &str, by: &str| {
        let operation = operations["items"].as_array().expect("operations").iter().find(|operation| operation["reference"] == reference);
        let id = operation.unwrap_or_else(|| panic!("{reference} is not there"))["id"].as_str().expect("an id");
        place.call("GET", &format!("/v1/statistics/cases?by={by}&operation={id}"), token, None).json()
    };
    let count = |figures: &Value, by: &str, value: &str| {
        let found = figures["items"].as_array().expect("figures").iter().find(|row| row[by] == value);
        found.map_or(json!(0), |row| row["count"].clone())
    };
    for (operation, by, expected) in [
        ("KH-2025-07-POIPET", "nationality", &[("IDN", 270)][..]),
        ("KH-2025-07-POIPET", "gender", &[("feminine", 45)]),
        ("KH-2025-07-PNH-SHV", "nationality", &[("VNM", 200), ("CHN", 27), ("TWN", 75), ("KHM", 85)]),
    ] {
        let figures = figures(operation, by);
        for (value, number) in expected {
            assert_eq!(count(&figures, by, value), *number, "{operation}, {value}, as published: {figures}");
        }
    }
    for (operation, total, nationalities) in [("KH-2025-07-KRATIE", 312, 5), ("KH-2025-07-PURSAT", 27, 3)] {
        let figures = figures(operation, "nationality");
        assert_eq!(
            (&figures["total"], figures["items"].as_array().map(Vec::len)),
            (&json!(total), Some(nationalities)),
            "{operation}: {figures}"
        );
    }
}

/// Every file in a folder: path and content.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            match fs::symlink_metadata(&entry).expect("an entry").is_dir() {
                true => folders.push(entry),
                false => found.push((entry.display().to_string(), fs::read(&entry).expect("a file"))),
            }
        }
    }
    found.sort();
    found
}

/// Asserts that the demo on a folder, with and without `--keep`, is refused and changes nothing.
#[track_caller]
fn is_left_alone(place: &Place, folder: &str, words: &[&str]) {
    let listen = format!("127.0.0.1:{}", Place::new().port);
    let before = contents(&place.folder.path().join(folder));
    for more in [&[][..], &["--keep"]] {
        let ended = place.run(&[&["demo", "--without-wave", "--listen", &listen, "--data", folder][..], more].concat());
        assert!(matches!(ended.code, Some(78 | 69)), "{folder}: {:?} {}", ended.code, ended.out);
        for word in words {
            assert!(ended.err.contains(word), "{folder}: `{word}` is not said: {}", ended.err);
        }
        assert!(contents(&place.folder.path().join(folder)) == before, "{folder} was changed");
    }
}

/// Production has files of the same names as the demo: only the mark in the database distinguishes the two.
#[test]
fn the_demo_never_touches_production_stopped_running_or_with_files() {
    let place = Place::new().created();
    let data = place.folder.path().join("data");
    is_left_alone(&place, "data", &["not a demo folder", "--data"]);
    fs::create_dir_all(data.join("attachments")).expect("a folder");
    fs::write(data.join("attachments/scan"), "a passport").expect("a file");
    is_left_alone(&place, "data", &["not a demo folder", "--data"]);
    fs::write(data.join("demo-accounts.json"), "[]").expect("a file");
    is_left_alone(&place, "data", &["not a demo folder", "--data"]);

    symlink(&data, place.folder.path().join("link")).expect("a link");
    is_left_alone(&place, "link", &["not a demo folder", "--data"]);
    let running = place.serve(&["serve"]);
    place
        .run(&["demo", "--without-wave", "--listen", &format!("127.0.0.1:{}", Place::new().port), "--data", "data"])
        .expect(78, &["--data"]);
    assert_eq!(place.call("GET", "/readyz", "", None).status, 200);
    assert_eq!(running.end(), Some(0));
    assert_eq!(fs::read(data.join("attachments/scan")).expect("it is still there"), b"a passport");
}

#[test]
fn the_demo_never_touches_somebody_else_s_folder() {
    let place = Place::new().created();
    let folder = |name: &str, files: &[(&str, &[u8])]| {
        let folder = place.folder.path().join(name);
        fs::create_dir(&folder).expect("a folder");
        files.iter().for_each(|(name, content)| fs::write(folder.join(name), content).expect("a file"));
        folder
    };
    let production = fs::read(place.folder.path().join("data/homeward.db")).expect("a database");
    folder("other", &[("thesis.txt", b"years of work"), ("homeward.db", b"looks like ours")]);
    is_left_alone(&place, "other", &["thesis.txt", "--data"]);
    folder("renamed", &[("production.db", &production)]);
    is_left_alone(&place, "renamed", &["production.db"]);
    folder("foreign", &[("homeward.db", &[b"SQLite format 3\0".as_slice(), &[0; 84]].concat())]);
    is_left_alone(&place, "foreign", &["homeward.db in it was not made by the demo"]);
    folder("text", &[("homeward.db", b"HWDM")]);
    is_left_alone(&place, "text", &["homeward.db in it was not made by the demo"]);
    // As a demo of an earlier version left the folder, without a mark.
    folder("earlier", &[("homeward.db", &production), ("root.key", b"00"), ("demo-accounts.json", b"[]")]);
    is_left_alone(&place, "earlier", &["earlier version", "by hand"]);
    fs::create_dir(folder("files", &[]).join("attachments")).expect("a folder");
    fs::write(place.folder.path().join("files/attachments/scan"), "a passport").expect("a file");
    is_left_alone(&place, "files", &["no homeward.db that the demo made"]);
    let links = folder("links", &[]);
    sqlite_file::create_demo(&place.folder.path().join("elsewhere.db")).expect("a demo's database");
    symlink(place.folder.path().join("elsewhere.db"), links.join("homeward.db")).expect("a link");
    is_left_alone(&place, "links", &["homeward.db is a link"]);
    folder("kept", &[("root.key", b"00")]);
    is_left_alone(&place, "kept", &["no homeward.db that the demo made"]);
}

/// A demo that was interrupted while it was filled cannot be kept; a demo that another process serves is left alone.
#[test]
fn a_demo_takes_the_place_of_one_that_broke_off_and_of_none_that_runs() {
    let place = Place::new();
    let world = place.folder.path().join("world");
    fs::create_dir(&world).expect("a folder");
    sqlite_file::create_demo(&world.join("homeward.db")).expect("a demo's database");
    fs::write(world.join("root.key"), "half").expect("a file");
    place.run(&["demo", "--data", "world", "--keep"]).expect(78, &["--keep", "never finished", "without --keep"]);
    assert_eq!(fs::read(world.join("root.key")).expect("a file"), b"half", "what was to be kept was changed");
    let (running, said) = demo(&place, &[]);
    assert!(said.contains("officer.idn"), "{said}");
    let listen = format!("127.0.0.1:{}", Place::new().port);
    for more in [&[][..], &["--keep"]] {
        let ended = place.run(&[&["demo", "--without-wave", "--listen", &listen, "--data", "world"][..], more].concat());
        ended.expect(69, &["in use by process", "homeward demo"]);
    }
    assert_eq!(place.call("GET", "/readyz", "", None).status, 200);
    assert_eq!(running.end(), Some(0));
}
