//! The state after a command or the service ends, and two of them at once.

use std::fs;
use std::os::unix::fs::DirBuilderExt;

use super::{Place, Running};

/// Another place, with a copy of the database file alone, and the key.
fn copied(place: &Place) -> Place {
    let copy = Place::new();
    for folder in ["data", "keys"] {
        fs::DirBuilder::new().mode(0o700).create(copy.folder.path().join(folder)).expect("a folder");
    }
    for file in ["data/homeward.db", "keys/root.key"] {
        fs::copy(place.folder.path().join(file), copy.folder.path().join(file)).expect("a copy");
    }
    copy
}

#[test]
fn after_a_clean_stop_the_database_file_alone_is_complete() {
    let place = Place::new().created();
    place.run(&["admin", "create-organisation", "--name", "Desk", "--kind", "ngo", "--country", "KHM"]).expect(0, &[]);
    place.run(&["admin", "create-user", "--username", "dara", "--role", "ngo_caseworker", "--organisation", "Desk"]).expect(0, &[]);
    copied(&place).run(&["admin", "list-users"]).expect(0, &["dara"]);

    // While the service runs, the writes of an admin command are in the file at the command's end; the service's writes are in
    // the file at its own end.
    let running = place.serve(&["serve"]);
    place.run(&["admin", "create-user", "--username", "vanna", "--role", "ngo_caseworker", "--organisation", "Desk"]).expect(0, &[]);
    copied(&place).run(&["admin", "list-users"]).expect(0, &["dara", "vanna"]);
    let (of_database, of_log) = (place.folder.path().join("data/homeward.db"), place.folder.path().join("data/homeward.db-wal"));
    let login = serde_json::json!({ "username": "dara", "password": "not the right one" });
    assert_eq!(place.call("POST", "/v1/auth/login", "", Some(&login)).status, 401);
    assert!(fs::metadata(&of_log).expect("a log").len() > 0, "the failure was written");
    let before = fs::read(&of_database).expect("a database");
    assert_eq!(running.end(), Some(0));
    assert!(fs::metadata(&of_log).map_or(0, |log| log.len()) == 0, "nothing is left in the log");
    assert!(fs::read(&of_database).expect("a database") != before, "it is in the database");
}

#[test]
fn one_process_serves_an_sqlite_file() {
    let place = Place::new().created();
    let _running: Running = place.serve(&["serve"]);
    let elsewhere = format!("127.0.0.1:{}", Place::new().port);
    for command in [&["serve"][..], &["serve", "--create"], &["migrate"]] {
        let ended = place.run_with(command, &[("HOMEWARD_LISTEN", &elsewhere)], "");
        ended.expect(69, &["in use by process", "homeward serve"]);
    }
    place.run(&["admin", "list-users"]).expect(0, &["username"]);
}

#[test]
fn a_start_that_cannot_listen_makes_nothing() {
    let place = Place::new();
    let _taken = std::net::TcpListener::bind(("127.0.0.1", place.port)).expect("the port");
    place.run(&["serve", "--create"]).expect(69, &["in use", "HOMEWARD_LISTEN"]);
    assert_eq!(fs::read_dir(place.folder.path()).expect("a folder").count(), 0);
}

#[test]
fn a_first_start_says_where_the_database_and_the_key_are() {
    let place = Place::new();
    let mut child = place.command(&["serve", "--create"]).spawn().expect("homeward starts");
    let mut err = child.stderr.take().expect("a log");
    let mut out = child.stdout.take().expect("an output");
    place.wait_until_ready(&mut child);
    assert_eq!(Running(child).end(), Some(0));
    let (mut log, mut said) = (String::new(), String::new());
    std::io::Read::read_to_string(&mut err, &mut log).expect("text");
    std::io::Read::read_to_string(&mut out, &mut said).expect("text");
    let folder = fs::canonicalize(place.folder.path()).expect("a folder");
    for path in ["data/homeward.db", "keys/root.key"] {
        assert!(said.contains(&folder.join(path).display().to_string()), "{path} is not said: {said}");
    }
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect();
    let first = &lines[0];
    assert_eq!(first["message"], "starting", "{log}");
    for field in
        ["version", "database", "key_file", "listen", "public_url", "attachments", "backups", "second_factor", "process_rules", "log"]
    {
        assert!(first[field].as_str().is_some_and(|value| !value.is_empty()), "{field} is not said: {first}");
    }
    let rules = first["process_rules"].as_str().expect("rules");
    assert!(rules.contains("monitoring=180") && rules.contains("mission_silent="), "every rule in force is said: {rules}");
    for field in ["workers", "readers", "rate_limit", "blind_searches", "attachments_per_case", "attachments_gib"] {
        assert!(first[field].is_u64() || first[field].is_i64(), "{field} is not said: {first}");
    }
    for (field, end) in [("documentation", "/docs/"), ("first_sign_in", "/setup")] {
        assert!(first[field].as_str().is_some_and(|address| address.ends_with(end)), "{field} is not said: {first}");
    }
    assert!(lines.iter().any(|line| line["message"] == "ready") && lines.last().is_some_and(|line| line["message"] == "stopped"), "{log}");
    assert!(!log.contains("Actix"), "{log}");
    let of = |operation: &str| lines.iter().find(|line| line["operation"] == operation).unwrap_or_else(|| panic!("no {operation}: {log}"));
    assert_eq!((&of("get_readiness")["method"], &of("get_readiness")["status"]), (&"GET".into(), &200.into()));
}
