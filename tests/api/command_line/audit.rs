//! The commands with which an operator checks the audit trail.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;

use super::Place;

#[test]
fn an_operator_keeps_a_checkpoint_and_is_told_what_was_changed() {
    let place = Place::new().created();
    place.run(&["admin", "load-reference"]).expect(0, &["Loaded"]);
    place.run(&["audit", "verify"]).expect(0, &["size 0\n", "key  none yet", "is whole"]);
    place.run(&["audit", "checkpoint"]).expect(69, &["Nothing is sealed yet"]);
    // Entries that have waited long enough are sealed as soon as the service runs.
    place.connection().batch_execute("UPDATE audit_entries SET recorded_at = recorded_at - 120000000").expect("a change past the service");
    let running = place.serve(&["serve"]);
    let began = Instant::now();
    while place.run(&["audit", "checkpoint"]).code != Some(0) {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing was sealed");
        std::thread::sleep(Duration::from_millis(500));
    }
    drop(running);
    let note = place.run(&["audit", "checkpoint"]).expect(0, &["homeward/audit/", "\u{2014} "]).out;
    std::fs::write(place.folder.path().join("kept"), &note).expect("the checkpoint is kept");
    let whole = place.run(&["audit", "verify", "--checkpoint", "kept"]).expect(0, &["is whole", "root "]).out;
    assert!(note.contains(whole.split_once("root ").and_then(|(_, root)| root.lines().next()).expect("a root")), "{whole}");
    place.run(&["audit", "prove", "--entry", "0"]).expect(0, &["c2sp.org/tlog-proof@v1\n", "index 0\n"]);
    place.run(&["audit", "prove", "--entry", "100000"]).expect(65, &["no entry 100000"]);
    place.run(&["audit", "verify", "--checkpoint", "nowhere"]).expect(78, &["nowhere", "cannot be read"]);
    place
        .connection()
        .batch_execute("UPDATE audit_entries SET operation = 'get_me' WHERE position = 1")
        .expect("a change past the service");
    place.run(&["audit", "verify"]).expect(65, &["damaged at entry 1: this entry is not what was sealed"]);
    place.connection().batch_execute("DELETE FROM audit_entries; DELETE FROM audit_checkpoints").expect("a change past the service");
    place.run(&["audit", "verify"]).expect(0, &["size 0\n"]);
    place.run(&["audit", "verify", "--checkpoint", "kept"]).expect(65, &["the end is cut off"]);
}
