//! Backups that are made again and again: what is kept of them, what the service makes itself, and which settings it refuses. And that nobody
//! types a password where others read it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use homeward::db::Clock;

use super::Running;
use super::backup::{restore_to, run, small, with};

/// The name of a backup that was made so many hours ago.
fn name(hours: i64) -> String {
    format!("homeward-{}.backup", Clock::default().now().plus_seconds(-3600 * hours).utc().format("%Y%m%dT%H%M%SZ"))
}

fn backups(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).expect("backups").map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".backup")).collect()
}

#[test]
fn a_backup_deletes_the_earlier_ones_that_nobody_wants_to_keep() {
    let (place, settings, first) = small();
    let folder = first.parent().expect("a folder");
    let (recent, old) = ([name(20), name(47)], [name(24 * 80), name(24 * 200), name(24 * 400)]);
    for name in recent.iter().chain(&old) {
        fs::write(folder.join(name), "an earlier one").expect("a file");
    }
    fs::write(folder.join("notes.backup"), "of somebody").expect("a file");
    let make = |more: &[&str]| {
        // A backup is named by the second.
        std::thread::sleep(Duration::from_millis(1100));
        run(&place, &[&["backup", "--to", "backups", "--recipients", "recipients"], more].concat(), &settings)
    };
    for wrong in ["everything", "2m", "48h,48h", "0d"] {
        make(&["--keep", wrong]).expect(2, &["--keep", "48h,14d,8w"]);
    }
    make(&[]).expect(0, &["whole"]);
    assert_eq!(backups(folder).len(), 8, "without a rule nothing is deleted");
    let told = make(&["--keep", "48h,14d,8w"]).expect(0, &["whole", "3 earlier backups", "0 files"]).out;
    let left = backups(folder);
    assert!(old.iter().all(|name| !left.contains(name)), "{left:?}");
    let newest = Path::new(told.lines().next().expect("a path")).file_name().expect("a name").to_string_lossy().into_owned();
    let first_name = first.file_name().expect("a name").to_string_lossy().into_owned();
    for name in recent.iter().chain([&newest, &first_name, &"notes.backup".to_owned()]) {
        assert!(left.contains(name), "{name} is gone: {left:?}");
    }
    restore_to(&place, &first, "sqlite://elsewhere/homeward.db", &settings, &[]).expect(0, &["Restored"]);
}

/// The settings of a service that makes backups.
const BACKUPS: [(&str, &str); 3] =
    [("HOMEWARD_BACKUP", "made"), ("HOMEWARD_BACKUP_RECIPIENTS", "recipients"), ("HOMEWARD_BACKUP_KEEP", "48h,14d,8w")];

#[test]
fn the_service_makes_backups_itself_and_tells_how_old_the_last_one_is() {
    let (place, settings, _) = small();
    let folder = place.folder.path().join("made");
    fs::create_dir(&folder).expect("a folder");
    let old = name(24 * 400);
    fs::write(folder.join(&old), "an earlier one").expect("a file");
    let mut child = place.command(&["serve"]).envs(BACKUPS).spawn().expect("homeward starts");
    place.wait_until_ready(&mut child);
    let running = Running(child);
    let until = Instant::now() + Duration::from_secs(60);
    let is_made = || backups(&folder).iter().any(|name| *name != old) && !backups(&folder).contains(&old);
    let mut age = None;
    while !is_made() || age.is_none() {
        assert!(Instant::now() < until, "there is no backup, or no figure of it: {:?}", backups(&folder));
        std::thread::sleep(Duration::from_millis(100));
        let figures = place.call("GET", "/metrics", "", None).body;
        age = figures.lines().find_map(|line| line.strip_prefix("homeward_last_backup_age_seconds ")?.parse::<u64>().ok());
    }
    assert!(age.is_some_and(|age| age < 120), "{age:?}");
    assert_eq!(place.call("GET", "/readyz", "", None).status, 200);
    assert_eq!(running.end(), Some(0));
    let made = backups(&folder);
    assert_eq!(made.len(), 1, "one is enough for an hour: {made:?}");
    assert!(!place.folder.path().join("data/backup-copy").exists(), "the copy is gone");
    let made = folder.join(made.first().expect("a backup"));
    restore_to(&place, &made, "sqlite://elsewhere/homeward.db", &settings, &[]).expect(0, &["Restored"]);
    let restored = with(&settings, "DATABASE_URL", "sqlite://elsewhere/homeward.db");
    run(&place, &["admin", "list-organisations"], &restored).expect(0, &["Desk"]);
}

#[test]
fn a_backup_that_the_service_cannot_make_is_told_in_the_log() {
    let (place, ..) = small();
    let folder = place.folder.path().join("made");
    fs::create_dir(&folder).expect("a folder");
    let lock = fs::File::create(folder.join(".lock")).expect("a file");
    lock.lock().expect("somebody makes a backup there");
    let mut child = place.command(&["serve"]).envs(BACKUPS).spawn().expect("homeward starts");
    let mut log = BufReader::new(child.stderr.take().expect("a log")).lines().map_while(Result::ok);
    let running = Running(child);
    let told = log.find(|line| line.contains("no backup was made; trying again")).expect("the service runs until it is told to end");
    assert!(told.contains("\"ERROR\"") && told.contains("being made in made already"), "{told}");
    assert!(backups(&folder).is_empty());
    place.call("GET", "/healthz", "", None);
    assert_eq!(running.end(), Some(0));
}

#[test]
fn settings_with_which_no_backup_could_be_made_are_refused_at_the_start() {
    let (place, ..) = small();
    fs::write(place.folder.path().join("file"), "").expect("a file");
    fs::write(place.folder.path().join("empty"), "").expect("a file");
    for (name, value, told) in [
        ("HOMEWARD_BACKUP", "file", &["HOMEWARD_BACKUP: ", "is no folder"][..]),
        ("HOMEWARD_BACKUP", "nowhere/backups", &["HOMEWARD_BACKUP: ", "there is no folder nowhere"]),
        ("HOMEWARD_BACKUP", "", &["HOMEWARD_BACKUP: ", "must name the folder"]),
        ("HOMEWARD_BACKUP_RECIPIENTS", "", &["HOMEWARD_BACKUP_RECIPIENTS: ", "homeward recovery-key"]),
        ("HOMEWARD_BACKUP_RECIPIENTS", "nowhere", &["HOMEWARD_BACKUP_RECIPIENTS: ", "cannot be read"]),
        ("HOMEWARD_BACKUP_RECIPIENTS", "empty", &["HOMEWARD_BACKUP_RECIPIENTS: ", "age1"]),
        ("HOMEWARD_BACKUP_EVERY", "10s", &["HOMEWARD_BACKUP_EVERY: ", "1h"]),
        ("HOMEWARD_BACKUP_KEEP", "everything", &["HOMEWARD_BACKUP_KEEP: ", "48h,14d,8w"]),
    ] {
        let others = BACKUPS.iter().copied().filter(|(known, _)| *known != name);
        let variables: Vec<(&str, &str)> = others.chain([(name, value)]).collect();
        place.run_with(&["serve"], &variables, "").expect(78, told);
        assert!(!place.folder.path().join("nowhere").exists());
    }
}

#[test]
fn a_password_on_the_command_line_is_refused_before_anything_is_written() {
    let (place, settings, backup) = small();
    let refused = restore_to(&place, &backup, "postgres://homeward:hunter2@127.0.0.1:1/homeward", &settings, &[]);
    refused.expect(78, &["--to", "DATABASE_PASSWORD_FILE", "Nothing was written"]).hides("hunter2");
    // With a file it goes on to the server, which is not there.
    let file = place.folder.path().join("password");
    fs::write(&file, "hunter2\n").expect("a file");
    let with_file = with(&settings, "DATABASE_PASSWORD_FILE", "password");
    for (mode, code, words) in [(0o644, 78, "chmod 0400"), (0o400, 69, "")] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("a mode");
        let ended = restore_to(&place, &backup, "postgres://homeward@127.0.0.1:1/homeward", &with_file, &[]);
        ended.expect(code, &[words]).hides("hunter2");
    }
}
