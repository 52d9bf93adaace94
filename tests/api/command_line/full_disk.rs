//! A disk that is full: cases can still be read, registered and changed, and what is refused is known not to have happened.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::demo::demo;
use super::{Place, Reply, Running};
use crate::support::data;

/// MiB of the disk of a database.
const DISK: usize = 60;
/// Reads, each with its entry in the trail, that must be possible once the disk is full.
const READS: usize = 10_000;
/// Readers at once.
const READERS: usize = 8;

/// The settings of a service on what the demo made.
const SETTINGS: [(&str, &str); 5] = [
    ("DATABASE_URL", "sqlite://world/homeward.db"),
    ("HOMEWARD_KEY_FILE", "world/root.key"),
    ("HOMEWARD_ATTACHMENTS", "world/attachments"),
    ("HOMEWARD_SECOND_FACTOR", "none"),
    ("HOMEWARD_RATE_LIMIT", "1000000"),
];

/// A small disk in a folder.
struct Disk(PathBuf);

impl Drop for Disk {
    fn drop(&mut self) {
        // What is left of it goes with the last process that has a file on it.
        drop(Command::new("umount").args(["-l"]).arg(&self.0).status());
    }
}

impl Disk {
    /// None: only root can make one.
    fn mount(at: &Path, mib: usize) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            eprintln!("SKIPPED: ONLY ROOT CAN MAKE A SMALL DISK THAT BECOMES FULL");
            return None;
        }
        fs::create_dir(at).expect("a folder");
        let made = Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "none"]).arg(at).status();
        assert!(made.expect("mount").success(), "root can make a small disk");
        Some(Self(at.to_owned()))
    }

    /// Fills the disk to its last byte, with a file of this name.
    fn fill(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        let mut file = File::create(&path).expect("a file");
        for piece in [64 << 10, 4096, 1] {
            while file.write_all(&vec![b'x'; piece]).is_ok() {}
        }
        path
    }
}

/// Makes an installation with people and accounts.
fn fill(place: &Place) {
    let (mut running, _) = demo(place, &[]);
    place.wait_until_ready(&mut running.0);
    assert_eq!(running.end(), Some(0));
}

/// The service on the installation that the demo made.
fn serve(place: &Place) -> Running {
    let child = place.command(&["serve"]).envs(SETTINGS).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut running = Running(child.expect("homeward starts"));
    place.wait_until_ready(&mut running.0);
    running
}

fn sign_in(place: &Place) -> String {
    let text = fs::read_to_string(place.folder.path().join("world/demo-accounts.json")).expect("the accounts");
    let accounts: Vec<Value> = serde_json::from_str(&text).expect("a list");
    let officer = accounts.iter().find(|account| account["username"] == "officer.idn").expect("an officer");
    place.sign_in("officer.idn", officer["password"].as_str().expect("a password"))
}

fn register(place: &Place, token: &str) -> Reply {
    place.call("POST", "/v1/cases", token, Some(&data::walk_in()))
}

fn id(reply: &Reply) -> String {
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()["id"].as_str().expect("an id").to_owned()
}

/// Whether a request is refused for want of space, and for nothing else.
fn is_full(reply: &Reply) -> bool {
    if reply.status == 507 {
        assert_eq!(reply.json()["code"], "storage_full", "{}", reply.body);
        assert!(reply.head.contains("retry-after: 60"), "{}", reply.head);
    }
    reply.status == 507
}

/// Waits for what is so within seconds.
fn within_seconds(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(Instant::now() < until, "not within ten seconds: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Reads cases, one after another on one connection. Returns how many were read.
fn read(address: &str, token: &str, cases: &[String], times: usize) -> usize {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let read = |case: &String| {
        let mut answer = agent.get(&format!("{address}/v1/cases/{case}")).header("authorization", &format!("Bearer {token}")).call();
        answer.as_mut().is_ok_and(|answer| answer.body_mut().read_to_vec().is_ok() && answer.status() == 200)
    };
    cases.iter().cycle().take(times).filter(|case| read(case)).count()
}

#[test]
fn on_a_full_disk_cases_are_read_and_nothing_that_was_acknowledged_is_lost() {
    let place = Place::new();
    let Some(disk) = Disk::mount(&place.folder.path().join("world"), DISK) else { return };
    fill(&place);
    let running = serve(&place);
    let token = sign_in(&place);
    let readiness = || place.call("GET", "/readyz", "", None);
    let figure = |line: &str| place.call("GET", "/metrics", "", None).body.lines().any(|other| other == line);
    within_seconds("space is held back", || place.folder.path().join("world/homeward.db-reserve").exists());
    let file = json!({ "kind": "chat_evidence", "media_type": "application/pdf", "file_name": "a chat" });
    let case = id(&register(&place, &token));
    let mut acknowledged = vec![case.clone()];
    let announce = || place.call("POST", &format!("/v1/cases/{case}/attachments"), &token, Some(&file));
    assert!(!is_full(&announce()) && figure("homeward_disk_short 0"));

    // The first to find no space is refused, and the next one goes on with what was held back.
    let filler = disk.fill("filler");
    within_seconds("the shortage is noticed", || readiness().json()["status"] == "degraded");
    assert_eq!((readiness().status, &readiness().json()["reason"]), (200, &json!("disk_short")));
    within_seconds("and told", || figure("homeward_disk_short 1"));
    assert!(is_full(&announce()), "files are refused");
    let list = json!({ "file_name": "list.csv", "media_type": "text/csv" });
    assert!(is_full(&place.call("POST", "/v1/imports", &token, Some(&list))), "and lists");
    sign_in(&place);
    acknowledged.push(id(&register(&place, &token)));
    let address = format!("http://127.0.0.1:{}", place.port);
    let begun = Instant::now();
    let read_all: usize = thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(|| read(&address, &token, &acknowledged, READS / READERS))).collect();
        readers.into_iter().map(|reader| reader.join().expect("a reader")).sum()
    });
    println!("{read_all} reads with an entry each on a full disk of {DISK} MiB, in {:?}", begun.elapsed());
    assert_eq!(read_all, READS);

    // When that is used up too, nothing is acknowledged, and it is known that nothing happened.
    let rest = disk.fill("rest");
    let refused = loop {
        let reply = register(&place, &token);
        if reply.status != 201 {
            break reply;
        }
        acknowledged.push(id(&reply));
    };
    assert!(is_full(&refused), "{}", refused.body);
    let unread = (0..READS).map(|_| place.call("GET", &format!("/v1/cases/{case}"), &token, None)).find(|reply| reply.status != 200);
    assert_eq!(unread.expect("no read without its entry").json()["code"], "audit_unavailable");

    fs::remove_file(&rest).expect("the file");
    let freed = Instant::now();
    let first = loop {
        let reply = register(&place, &token);
        if !is_full(&reply) {
            break reply;
        }
        assert!(freed.elapsed() < Duration::from_secs(1), "the first registration after there is space");
    };
    acknowledged.push(id(&first));
    fs::remove_file(&filler).expect("the file");
    within_seconds("everything is accepted again", || readiness().json() == json!({ "status": "ok" }));
    assert!(!is_full(&announce()) && figure("homeward_disk_short 0"));
    assert_eq!(running.end(), Some(0));
    let _running = serve(&place);
    let there = read(&address, &sign_in(&place), &acknowledged, acknowledged.len());
    assert_eq!(there, acknowledged.len(), "nothing that was acknowledged is lost");
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = fs::read_dir(folder).expect("a folder").map(name).collect();
    names.sort();
    names
}

#[test]
fn a_backup_for_which_there_is_no_space_is_not_made_and_leaves_nothing_behind() {
    let place = Place::new();
    let Some(target) = Disk::mount(&place.folder.path().join("backup"), 1) else { return };
    fill(&place);
    let public = place.run(&["recovery-key", "--to", "recovery.key"]).expect(0, &["age1"]).out;
    fs::write(place.folder.path().join("recipients"), public).expect("the public key");
    let back_up = |to: &str| place.run_with(&["backup", "--to", to, "--recipients", "recipients"], &SETTINGS, "");

    target.fill("filler");
    back_up("backup").expect(69, &["No backup was made", "is full", "another disk"]).hides("went wrong");
    let left: Vec<String> = names(&target.0).into_iter().filter(|name| !["filler", ".lock", "files"].contains(&name.as_str())).collect();
    assert_eq!(left, Vec::<String>::new());

    back_up("elsewhere").expect(0, &["whole"]);
}

#[test]
fn every_operation_that_is_refused_where_space_is_short_says_so() {
    let document = homeward::api::openapi::document().expect("the document");
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.values().filter_map(Value::as_object).flat_map(|path| path.values());
    let refused: Vec<&Value> = operations.filter(|operation| operation["x-takes-space"] == true).collect();
    for operation in &refused {
        let name = operation["operationId"].as_str().expect("a name");
        assert!(operation["x-problem-codes"].as_array().is_some_and(|codes| codes.contains(&json!("storage_full"))), "{name}");
        assert!(operation["description"].as_str().is_some_and(|said| said.contains("short of space")), "{name}");
    }
    let mut names: Vec<&str> = refused.iter().filter_map(|operation| operation["operationId"].as_str()).collect();
    names.sort_unstable();
    let files = ["create_attachment", "create_audit_export", "create_export", "create_import"];
    let more = ["commit_import", "put_attachment_content", "put_import_content", "validate_import"];
    let read = ["get_audit_export_csv", "get_export_csv", "get_export_document"];
    let mut all = [&files[..], &more, &read].concat();
    all.sort_unstable();
    assert_eq!(names, all, "files, lists and exports, and nothing that registers or changes a case");
}
