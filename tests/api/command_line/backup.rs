//! The drill: an installation is filled, backed up while it is written to, and lost with everything but the backup and the keys; it comes back
//! on the other database, and from there on the first one. And whatever is no such backup is refused before anything is written.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use homeward::config::DatabaseUrl;
use serde_json::Value;

use super::demo::demo;
use super::{Place, Running};
use crate::support::data;
use crate::support::database::Kind::Postgres;
use crate::support::database::TestDatabase;

/// The settings of an installation.
pub(super) type Settings = Vec<(&'static str, String)>;

pub(super) fn run(place: &Place, arguments: &[&str], settings: &Settings) -> super::Ended {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    place.run_with(arguments, &settings, "")
}

/// A demo with its root key apart from it, a recovery key, and the settings for both.
pub(super) fn filled(place: &Place) -> (Running, Settings) {
    let (running, _) = demo(place, &[]);
    let keys = place.folder.path().join("keys");
    fs::DirBuilder::new().mode(0o700).create(&keys).expect("a folder");
    fs::copy(place.folder.path().join("world/root.key"), keys.join("root.key")).expect("the key");
    let public = place.run(&["recovery-key", "--to", "keys/recovery.key"]).expect(0, &["age1"]).out;
    assert_eq!(fs::metadata(keys.join("recovery.key")).expect("a key").permissions().mode() & 0o777, 0o400);
    fs::write(place.folder.path().join("recipients"), public).expect("the public key");
    let settings = vec![
        ("DATABASE_URL", "sqlite://world/homeward.db".to_owned()),
        ("HOMEWARD_KEY_FILE", keys.join("root.key").display().to_string()),
        ("HOMEWARD_ATTACHMENTS", "world/attachments".to_owned()),
        ("HOMEWARD_SECOND_FACTOR", "none".to_owned()),
    ];
    (running, settings)
}

pub(super) fn with(settings: &Settings, name: &'static str, value: &str) -> Settings {
    let others = settings.iter().filter(|(known, _)| *known != name).cloned();
    others.chain([(name, value.to_owned())]).collect()
}

/// Makes a backup, and returns its path.
fn back_up(place: &Place, to: &str, settings: &Settings) -> PathBuf {
    path_of(place, run(place, &["backup", "--to", to, "--recipients", "recipients"], settings))
}

fn path_of(place: &Place, backup: super::Ended) -> PathBuf {
    let said = backup.expect(0, &["sealed values opened", "whole"]).out;
    let path = place.folder.path().join(said.lines().next().expect("a path"));
    assert!(path.is_file(), "{said}");
    path
}

pub(super) fn restore_to(place: &Place, from: &Path, to: &str, settings: &Settings, more: &[&str]) -> super::Ended {
    let from = from.display().to_string();
    let arguments = [&["restore", "--from", &from, "--to", to, "--identity", "keys/recovery.key"], more].concat();
    run(place, &arguments, settings)
}

fn account(place: &Place, username: &str) -> String {
    let text = fs::read_to_string(place.folder.path().join("accounts.json")).expect("the accounts");
    let accounts: Vec<Value> = serde_json::from_str(&text).expect("a list");
    let account = accounts.iter().find(|account| account["username"] == username).expect("an account");
    account["password"].as_str().expect("a password").to_owned()
}

pub(super) fn sign_in(place: &Place, username: &str) -> String {
    place.sign_in(username, &account(place, username))
}

/// All cases that an officer sees, each as it is read by itself.
fn cases(place: &Place, token: &str) -> Vec<Value> {
    let (mut cases, mut url) = (Vec::new(), "/v1/cases?limit=50".to_owned());
    loop {
        let page = place.call("GET", &url, token, None).json();
        for item in page["items"].as_array().expect("items") {
            let case = place.call("GET", &format!("/v1/cases/{}", item["id"].as_str().expect("an id")), token, None);
            assert_eq!(case.status, 200, "{}", case.body);
            cases.push(case.json());
        }
        match page["next"].as_str() {
            Some(cursor) if cases.len() < 100 => url = format!("/v1/cases?limit=50&after={cursor}"),
            _ => return cases,
        }
    }
}

/// Starts the service on a restored installation.
pub(super) fn serving(place: &Place, settings: &Settings) -> Running {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut command = place.command(&["serve"]);
    let child = command.envs(settings).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn();
    let mut running = Running(child.expect("homeward starts"));
    place.wait_until_ready(&mut running.0);
    running
}

/// The address of a server without its password, and the settings with the file that has it.
fn on_a_command_line(place: &Place, server: &TestDatabase, settings: Settings) -> (String, Settings) {
    let DatabaseUrl::Postgres(url) = &server.url else { panic!("a server") };
    let Some(password) = url.options.get_password() else { return (server.text.clone(), settings) };
    let (user, rest) = server.text.split_once('@').expect("a user");
    let (user, _) = user.rsplit_once(':').expect("a password");
    let file = place.folder.path().join("keys/database.password");
    fs::write(&file, password).expect("the password");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).expect("its mode");
    (format!("{user}@{rest}"), with(&settings, "DATABASE_PASSWORD_FILE", &file.display().to_string()))
}

/// Registers people until told to stop. Returns the ids of those who were acknowledged.
fn write_until(place: &Place, token: &str, stop: &AtomicBool) -> Vec<String> {
    let mut acknowledged = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let reply = place.call("POST", "/v1/cases", token, Some(&data::walk_in()));
        assert_eq!(reply.status, 201, "{}", reply.body);
        acknowledged.push(reply.json()["id"].as_str().expect("an id").to_owned());
    }
    acknowledged
}

#[test]
fn an_installation_that_is_lost_comes_back_on_the_other_database_and_back_again() {
    let Some(server) = TestDatabase::empty(Postgres) else { return };
    let place = Place::new();
    let (running, settings) = filled(&place);
    fs::copy(place.folder.path().join("world/demo-accounts.json"), place.folder.path().join("accounts.json")).expect("the accounts");
    let token = sign_in(&place, "officer.idn");
    let before: Vec<String> = {
        let reply = place.call("POST", "/v1/cases", &token, Some(&data::walk_in()));
        vec![reply.json()["id"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()]
    };

    // Back up while others write.
    let stop = AtomicBool::new(false);
    let first = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4).map(|_| scope.spawn(|| write_until(&place, &token, &stop))).collect();
        let backup = run(&place, &["backup", "--to", "backups", "--recipients", "recipients"], &settings);
        // Before anything is asserted: nobody would stop the writers of a test that failed.
        stop.store(true, Ordering::Relaxed);
        let path = path_of(&place, backup);
        let written: usize = writers.into_iter().map(|writer| writer.join().expect("every write is acknowledged").len()).sum();
        assert!(written > 0, "nobody wrote meanwhile");
        path
    });
    assert!(!place.folder.path().join("world/backup-copy").exists(), "the copy is gone");
    let bytes = fs::read(&first).expect("a backup");
    assert!(bytes.starts_with(b"age-encryption.org/v1\n"), "it is sealed");
    assert_eq!(fs::metadata(&first).expect("a backup").permissions().mode() & 0o777, 0o600);

    // Lose everything but the backup and the keys.
    assert_eq!(running.end(), Some(0));
    fs::remove_dir_all(place.folder.path().join("world")).expect("it is lost");

    let (to, settings) = on_a_command_line(&place, &server, settings);
    let to_server = with(&with(&settings, "DATABASE_URL", &to), "HOMEWARD_ATTACHMENTS", "files-of-server");
    restore_to(&place, &first, &to, &to_server, &[]).expect(0, &["Restored", "Every session is over"]);
    restore_to(&place, &first, &to, &with(&to_server, "HOMEWARD_ATTACHMENTS", "more"), &[]).expect(78, &["in use", "empty"]);
    run(&place, &["audit", "verify"], &to_server).expect(0, &["is whole"]);
    let running = serving(&place, &to_server);
    assert_eq!(place.call("GET", "/v1/me", &token, None).status, 401, "whoever was signed in signs in again");
    let there = cases(&place, &sign_in(&place, "officer.idn"));
    let ids: Vec<&str> = there.iter().filter_map(|case| case["id"].as_str()).collect();
    assert!(before.iter().all(|id| ids.contains(&id.as_str())), "what was acknowledged before the backup is in it");

    // And back to SQLite.
    let second = back_up(&place, "backups-of-server", &to_server);
    assert_eq!(running.end(), Some(0));
    let to_file = with(&with(&settings, "DATABASE_URL", "sqlite://again/homeward.db"), "HOMEWARD_ATTACHMENTS", "again/attachments");
    fs::create_dir(place.folder.path().join("again")).expect("a folder");
    restore_to(&place, &second, "sqlite://again/homeward.db", &to_file, &[]).expect(0, &["Restored"]);
    assert!(!place.folder.path().join("again/restoring").exists());
    run(&place, &["audit", "verify"], &to_file).expect(0, &["is whole"]);
    let running = serving(&place, &to_file);
    assert_eq!(cases(&place, &sign_in(&place, "officer.idn")), there, "the same cases");
    assert_eq!(running.end(), Some(0));
}

/// A small installation with a backup.
pub(super) fn small() -> (Place, Settings, PathBuf) {
    let place = Place::new().created();
    place.run(&["admin", "create-organisation", "--name", "Desk", "--kind", "ngo", "--country", "KHM"]).expect(0, &[]);
    let public = place.run(&["recovery-key", "--to", "keys/recovery.key"]).expect(0, &["age1"]).out;
    fs::write(place.folder.path().join("recipients"), public).expect("the public key");
    let key = place.folder.path().join("keys/root.key").display().to_string();
    let settings = vec![("HOMEWARD_KEY_FILE", key)];
    let path = back_up(&place, "backups", &settings);
    (place, settings, path)
}

/// Nothing was made, and nothing changed.
#[track_caller]
fn nothing_at(place: &Place, folder: &str) {
    assert!(!place.folder.path().join(folder).exists(), "a refused restore leaves nothing behind");
}

#[test]
fn what_is_no_backup_of_this_installation_is_refused_before_anything_is_written() {
    let (place, settings, backup) = small();
    let to = "sqlite://elsewhere/homeward.db";
    let whole = fs::read(&backup).expect("a backup");
    let half = backup.with_file_name("half.backup");
    for length in [0, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(&half, &whole[..length]).expect("half a backup");
        restore_to(&place, &half, to, &settings, &[]).expect(65, &["half.backup", "Nothing was written"]);
    }
    let mut touched = whole.clone();
    touched[whole.len() / 2] ^= 1;
    fs::write(&half, touched).expect("a touched backup");
    restore_to(&place, &half, to, &settings, &[]).expect(65, &["damaged", "Nothing was written"]);
    restore_to(&place, Path::new("nowhere.backup"), to, &settings, &[]).expect(78, &["--from", "cannot be read"]);

    // Another recovery key, and another root key.
    place.run(&["recovery-key", "--to", "keys/other.key"]).expect(0, &["age1"]);
    let from = backup.display().to_string();
    let other = ["restore", "--from", &from, "--to", to, "--identity", "keys/other.key"];
    run(&place, &other, &settings).expect(78, &["--identity", "Nothing was written"]);
    let foreign = place.folder.path().join("foreign.key");
    fs::write(&foreign, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08").expect("a key");
    fs::set_permissions(&foreign, fs::Permissions::from_mode(0o400)).expect("its mode");
    let foreign = with(&settings, "HOMEWARD_KEY_FILE", &foreign.display().to_string());
    restore_to(&place, &backup, to, &foreign, &[]).expect(78, &["HOMEWARD_KEY_FILE", "installation", "Nothing was written"]);

    // The list of erased people is lost, or was changed.
    let list = place.folder.path().join("keys/erased.list");
    let kept = fs::read_to_string(&list).expect("the list");
    fs::write(&list, format!("{}\n{kept}", uuid::Uuid::nil())).expect("a changed list");
    restore_to(&place, &backup, to, &settings, &[]).expect(65, &["erased.list", "kept with the keys"]);
    fs::remove_file(&list).expect("it is lost");
    restore_to(&place, &backup, to, &settings, &[]).expect(78, &["erased.list", "--without-erased-list"]);
    nothing_at(&place, "elsewhere");

    restore_to(&place, &backup, to, &settings, &["--without-erased-list"]).expect(0, &["Restored 0 cases"]);
    restore_to(&place, &backup, to, &settings, &[]).expect(78, &["--to", "homeward.db already"]);
    restore_to(&place, &backup, "sqlite://data/homeward.db", &settings, &[]).expect(78, &["--to", "data/homeward.db already"]);
    let restored = with(&settings, "DATABASE_URL", to);
    run(&place, &["admin", "list-organisations"], &restored).expect(0, &["Desk"]);
}

#[test]
fn a_backup_of_another_schema_is_refused() {
    use diesel::connection::SimpleConnection;
    let (place, settings, backup) = small();
    let later = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    place.connection().batch_execute(later).expect("a later version was here");
    run(&place, &["backup", "--to", "backups", "--recipients", "recipients"], &settings).expect(78, &["newer", "9999"]);
    assert_eq!(
        fs::read_dir(backup.parent().expect("a folder")).expect("backups").count(),
        4,
        "the earlier backup with its list of files, the list of erased people and the lock are all there is"
    );
}

#[test]
fn a_backup_is_made_for_somebody_who_can_open_it_or_not_at_all() {
    let place = Place::new().created();
    for (text, word) in [("", "age1"), ("ssh-ed25519 AAAA\n", "recovery-key"), ("AGE-SECRET-KEY-1\n", "age1")] {
        fs::write(place.folder.path().join("recipients"), text).expect("a file");
        place.run(&["backup", "--to", "backups", "--recipients", "recipients"]).expect(78, &["--recipients", word]);
    }
    place.run(&["backup", "--to", "backups", "--recipients", "nowhere"]).expect(78, &["--recipients", "cannot be read"]);
    nothing_at(&place, "backups");
    place.run(&["recovery-key", "--to", "recovery.key"]).expect(0, &["age1"]);
    place.run(&["recovery-key", "--to", "recovery.key"]).expect(69, &["--to"]);
}

#[test]
fn a_damaged_audit_trail_is_not_called_a_good_backup() {
    use diesel::connection::SimpleConnection;
    let (place, settings, backup) = small();
    let forged = "UPDATE audit_entries SET position = 0 WHERE seq = 1";
    place.connection().batch_execute(forged).expect("a change past the service");
    run(&place, &["backup", "--to", "backups", "--recipients", "recipients"], &settings)
        .expect(65, &["No backup was made", "entry 0", "homeward audit verify"]);
    let names: Vec<String> = fs::read_dir(backup.parent().expect("a folder"))
        .expect("backups")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(names.iter().all(|name| !name.starts_with(".unfinished")), "{names:?}");
    assert_eq!(names.iter().filter(|name| name.ends_with(".backup")).count(), 1, "{names:?}");
}
