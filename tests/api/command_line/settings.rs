//! Settings that cannot be used stop every command before it writes; risky ones are warned about.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use homeward::db::engine::sqlite_file;

use super::Place;

/// Every command that opens the database.
const COMMANDS: &[&[&str]] = &[
    &["serve"],
    &["serve", "--create"],
    &["migrate"],
    &["admin", "list-users"],
    &["admin", "list-organisations"],
    &["admin", "load-reference"],
    &["admin", "create-organisation", "--name", "Desk", "--kind", "ngo", "--country", "KHM"],
    &["admin", "create-user", "--username", "dara", "--role", "ngo_caseworker", "--organisation", "Desk"],
    &["admin", "reset-password", "--username", "dara"],
    &["admin", "reset-second-factor", "--username", "dara"],
    &["admin", "rename-organisation", "--organisation", "Desk", "--name", "Table"],
    &["admin", "deactivate-organisation", "--organisation", "Desk"],
    &["admin", "reactivate-organisation", "--organisation", "Desk"],
    &["audit", "checkpoint"],
    &["audit", "verify"],
    &["audit", "prove", "--entry", "0"],
    &["backup", "--to", "backups", "--recipients", "recipients"],
    &["check"],
    &["check", "--deep"],
    &["import", "list.csv", "--as", "dara", "--mapping", "mapping.json"],
];

/// Commands that open no database that is there: they make one, or none at all.
const WITHOUT: &[&str] = &["demo", "settings", "openapi", "recovery-key", "restore", "help"];

/// An installation, with the files that some commands read before they open the database.
fn prepared() -> Place {
    let place = Place::new().created();
    let public = place.run(&["recovery-key", "--to", "keys/recovery.key"]).expect(0, &["age1"]).out;
    fs::write(place.folder.path().join("recipients"), public).expect("the public key");
    fs::write(place.folder.path().join("list.csv"), "Name;Passport\nDewi Lestari;C4512378\n").expect("a list");
    let proposed = ["import", "list.csv", "--as", "dara", "--host-country", "KHM", "--intake-channel", "walk_in_ngo"];
    // What it proposes is on standard output, and nobody is registered.
    let mapping = place.run(&proposed).expect(65, &["Nobody was registered"]).out;
    fs::write(place.folder.path().join("mapping.json"), mapping).expect("a mapping");
    place
}

/// The names of the commands in the help of another one.
fn commands_of(place: &Place, command: &[&str]) -> Vec<String> {
    let help = place.run(&[&["help"][..], command].concat()).expect(0, &["Commands:"]).out;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // What is said of a command may go on in a line that begins further in.
    let named = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_command_is_known_to_open_the_database_or_not_to() {
    let place = Place::new();
    let all = commands_of(&place, &[]);
    assert!(all.len() > 8, "only {all:?} were found");
    for name in all.iter().filter(|name| !WITHOUT.contains(&name.as_str())) {
        let of_command: Vec<&&[&str]> = COMMANDS.iter().filter(|command| command.first() == Some(&name.as_str())).collect();
        assert!(!of_command.is_empty(), "`{name}` is neither in COMMANDS nor in WITHOUT: say whether it opens the database");
        if ["admin", "audit"].contains(&name.as_str()) {
            for task in commands_of(&place, &[name.as_str()]).iter().filter(|task| *task != "help") {
                assert!(of_command.iter().any(|command| command.get(1) == Some(&task.as_str())), "`{name} {task}` is not in COMMANDS");
            }
        }
    }
}

#[test]
fn a_wrong_key_is_one_message_from_every_command_before_any_write() {
    let place = prepared();
    let other = place.folder.path().join("other.key");
    fs::write(&other, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08").expect("a key");
    fs::set_permissions(&other, fs::Permissions::from_mode(0o400)).expect("a mode");
    let other = other.display().to_string();
    let rows = |place: &Place| place.run(&["admin", "list-organisations"]).expect(0, &[]).out;
    let before = rows(&place);
    for command in COMMANDS {
        let ended = place.run_with(command, &[("HOMEWARD_KEY_FILE", &other)], "");
        ended.expect(78, &["HOMEWARD_KEY_FILE: ", "other.key", "is not the key of this database"]).hides("went wrong on our side");
    }
    assert_eq!(rows(&place), before);
    assert!(!place.folder.path().join("backups").exists(), "a refused command leaves nothing behind");
}

#[test]
fn a_file_that_is_no_database_of_ours_is_said_to_be_none_and_stays_as_it_is() {
    let place = prepared();
    let (text, foreign) = (place.folder.path().join("notes.txt"), place.folder.path().join("foreign.db"));
    fs::write(&text, "not a database, whatever it is called, and long enough to look like one at a glance").expect("a file");
    sqlite_file::create_demo(&foreign).expect("a file");
    let connection = rusqlite::Connection::open(&foreign).expect("a database");
    connection.execute_batch("CREATE TABLE moz_places (id INTEGER)").expect("a table");
    drop(connection);
    for (path, words) in [(&text, "is not an SQLite database"), (&foreign, "the database of another program")] {
        let before = fs::read(path).expect("a file");
        let url = format!("sqlite://{}", path.display());
        for command in COMMANDS {
            place.run_with(command, &[("DATABASE_URL", &url)], "").expect(78, &["DATABASE_URL", words]);
        }
        assert!(fs::read(path).expect("a file") == before, "{} was changed", path.display());
    }
}

#[test]
fn a_misspelt_setting_stops_every_command() {
    let place = Place::new().created();
    for command in COMMANDS {
        let ended = place.run_with(command, &[("HOMEWARD_KEYFILE", "/secure/root.key")], "");
        ended.expect(78, &["HOMEWARD_KEYFILE", "HOMEWARD_KEY_FILE?"]).hides("/secure");
    }
}

#[test]
fn every_wrong_setting_is_said_at_once() {
    let place = Place::new().created();
    let wrong = [
        ("HOMEWARD_LISTENN", "127.0.0.1:4711"),
        ("HOMEWARD_COFFEE", "black"),
        ("HOMEWARD_WORKERS", "many"),
        ("HOMEWARD_LOG", "loud"),
        ("HOMEWARD_PUBLIC_URL", "ministry.example"),
    ];
    for command in COMMANDS {
        let ended = place.run_with(command, &wrong, "").expect(78, &wrong.map(|(name, _)| name));
        wrong.iter().for_each(|(_, value)| ended.hides(value));
    }
}

#[test]
fn a_key_that_cannot_be_read_is_named_by_its_own_setting() {
    let place = Place::new().created();
    let missing = place.folder.path().join("nowhere.key").display().to_string();
    let ended = place.run_with(&["serve"], &[("HOMEWARD_OLD_KEY_FILES", &missing)], "");
    ended.expect(78, &["HOMEWARD_OLD_KEY_FILES: ", "nowhere.key"]).hides("HOMEWARD_KEY_FILE");
}

#[test]
fn folders_and_files_that_settings_name_are_looked_at_before_the_start() {
    let place = Place::new().created();
    let a_file = place.folder.path().join("file");
    fs::write(&a_file, "").expect("a file");
    let a_file = a_file.display().to_string();
    let missing = place.folder.path().join("nowhere/attachments").display().to_string();
    for variable in ["HOMEWARD_ATTACHMENTS", "HOMEWARD_ATTACHMENTS_INCOMING"] {
        place.run_with(&["serve"], &[(variable, &a_file)], "").expect(78, &[variable, "is no folder"]);
        place.run_with(&["serve"], &[(variable, &missing)], "").expect(78, &[variable, "there is no folder"]);
    }
    let bucket = [
        ("HOMEWARD_ATTACHMENTS", "s3://files/homeward"),
        ("HOMEWARD_ATTACHMENTS_ENDPOINT", "https://storage.example.org"),
        ("HOMEWARD_ATTACHMENTS_CA", "/nowhere/authorities.pem"),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    place.run_with(&["serve"], &bucket, "").expect(78, &["HOMEWARD_ATTACHMENTS_CA"]);
    place
        .run_with(&["serve"], &[("HOMEWARD_CODE_OF_CONDUCT_FILE", &missing), ("HOMEWARD_CODE_OF_CONDUCT_VERSION", "1")], "")
        .expect(78, &["HOMEWARD_CODE_OF_CONDUCT_FILE"]);
}

#[test]
fn what_is_risky_is_said_in_the_log() {
    let place = Place::new().created();
    let listen = format!("0.0.0.0:{}", place.port);
    let risky = [("HOMEWARD_SECOND_FACTOR", "none"), ("HOMEWARD_LISTEN", &*listen), ("HOMEWARD_ATTACHMENTS_GIB", "1000000")];
    let mut child = place.command(&["serve"]).envs(risky).spawn().expect("homeward starts");
    let mut err = child.stderr.take().expect("a log");
    place.wait_until_ready(&mut child);
    assert_eq!(super::Running(child).end(), Some(0));
    let mut log = String::new();
    std::io::Read::read_to_string(&mut err, &mut log).expect("text");
    for variable in ["HOMEWARD_SECOND_FACTOR: ", "HOMEWARD_LISTEN: ", "HOMEWARD_PUBLIC_URL: ", "HOMEWARD_ATTACHMENTS_GIB: "] {
        let warned = log.lines().any(|line| line.contains("\"WARN\"") && line.contains(variable));
        assert!(warned, "{variable} is not warned of: {log}");
    }
}
