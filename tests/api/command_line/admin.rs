//! The commands for the operator who sets an installation up, or helps when no user can sign in.

use std::time::Duration;

use serde_json::json;

use super::{Ended, Place};

const PASSWORD: &str = "a lantern for every door";

/// The one-time code that a command printed.
fn code(ended: &Ended) -> String {
    ended.out.split_once("within a day: ").and_then(|(_, rest)| rest.lines().next()).expect("a code").to_owned()
}

#[test]
fn an_administrator_begins_with_the_command_line() {
    let place = Place::new().created();
    let organisation = ["admin", "create-organisation", "--name", "Desk", "--kind", "central_government_organisation", "--country", "KHM"];
    let id = place.run(&organisation).expect(0, &[]).out;
    assert!(uuid::Uuid::parse_str(id.trim()).is_ok(), "the id, so that a script can use it: {id}");
    place.run(&organisation).expect(65, &["an organisation with this name already"]);
    place.run(&["admin", "create-organisation", "--name", "X", "--kind", "club", "--country", "KHM"]).expect(2, &["ngo"]);
    place.run(&["admin", "create-organisation", "--name", "X", "--kind", "ngo", "--country", "Cambodia"]).expect(2, &["ISO 3166-1"]);

    let user = |name: &'static str, organisation: &'static str| {
        ["admin", "create-user", "--username", name, "--role", "administrator", "--organisation", organisation]
    };
    let made = place.run(&user("First", "Desk")).expect(0, &["Id: ", "Username: first\n", "One-time code"]);
    assert!(made.err.is_empty(), "all of it in one place: {}", made.err);
    place.run(&user("first", "Desk")).expect(65, &["a user with this name already"]);
    place.run(&user("second", "Nowhere")).expect(65, &["no organisation", "list-organisations"]);

    place.run(&["admin", "reset-password", "--username", "nobody"]).expect(65, &["no user"]);
    let reset = place.run(&["admin", "reset-password", "--username", "ＦIRST"]).expect(0, &["no longer works", "One-time code"]);
    place.run(&["admin", "reset-second-factor", "--username", "nobody"]).expect(65, &["no user"]);
    place.run(&["admin", "reset-second-factor", "--username", "first"]).expect(0, &["second factor is off"]);

    let first = place.run(&["admin", "load-reference"]).expect(0, &["Loaded"]).out;
    assert!(!first.contains(" 0 "), "{first}");
    let again = place.run(&["admin", "load-reference"]).expect(0, &["0 missions, 0 compounds, 0 operations and 0 statements"]);
    assert!(again.err.is_empty(), "{}", again.err);

    let _running = place.serve(&["serve"]);
    let set = |ended: &Ended| {
        let code = code(ended);
        let body = json!({ "username": "first", "reset_code": code, "new_password": PASSWORD });
        place.call("POST", "/v1/auth/password-reset", "", Some(&body)).status
    };
    assert_eq!(set(&made), 401, "a later code takes the place of an earlier one");
    // One wrong code costs a second.
    std::thread::sleep(Duration::from_millis(1100));
    assert_eq!(set(&reset), 204);
    let users = place.call("GET", "/v1/users", &place.sign_in("first", PASSWORD), None);
    assert!(users.status == 403 && users.body.contains("second_factor_enrolment_required"), "{}", users.body);
}

#[test]
fn what_the_api_refuses_the_command_line_refuses_and_says_what_is_allowed() {
    let place = Place::new().created();
    let organisation = |name: &str, kind: &str, more: &[&str]| {
        let arguments = [&["admin", "create-organisation", "--name", name, "--kind", kind, "--country", "khm"][..], more].concat();
        place.run(&arguments)
    };
    let long = "x".repeat(201);
    for name in ["", &*long] {
        organisation(name, "ngo", &[]).expect(65, &["--name", "1 to 200"]);
    }
    organisation("Mission", "diplomatic_mission", &["--coordinates", "KHM"]).expect(65, &["--coordinates", "mission"]);
    // The help has the whole list already.
    for word in ["ngo", "shelter", "diplomatic_mission", "international_organisation"] {
        place.run(&["admin", "create-organisation", "--help"]).expect(0, &[word]);
    }
    organisation("Shelter", "ngo", &[]).expect(0, &[]);
    let user =
        |name: &str, role: &str| place.run(&["admin", "create-user", "--username", name, "--role", role, "--organisation", "Shelter"]);
    user("ab", "analyst").expect(65, &["--username", "3 to 100"]);
    user("two words", "analyst").expect(65, &["--username", "no spaces"]);
    user("officer", "embassy_officer").expect(65, &["--role", "ngo", "ngo_caseworker", "administrator"]);
    user("officer", "captain").expect(2, &["embassy_officer", "ngo_caseworker", "auditor"]);
    let listed = place.run(&["admin", "list-users"]).expect(0, &[]).out;
    assert_eq!(listed.lines().count(), 1, "nothing but the heading: {listed}");
}

#[test]
fn lists_say_who_still_has_to_be_helped_and_organisations_can_be_changed() {
    let place = Place::new().created();
    let organisation = |name: &str| {
        place
            .run(&["admin", "create-organisation", "--name", name, "--kind", "ngo", "--country", "KHM"])
            .expect(0, &[])
            .out
            .trim()
            .to_owned()
    };
    let (one, _) = (organisation("One"), organisation("Two"));
    let made =
        place.run(&["admin", "create-user", "--username", "dara", "--role", "ngo_caseworker", "--organisation", &one]).expect(0, &[]);
    place.run(&["admin", "create-user", "--username", "vanna", "--role", "analyst", "--organisation", "Two"]).expect(0, &[]);

    place.run(&["admin", "rename-organisation", "--organisation", "Two", "--name", "One"]).expect(65, &["this name already"]);
    place.run(&["admin", "rename-organisation", "--organisation", "Two", "--name", ""]).expect(65, &["--name", "1 to 200"]);
    place.run(&["admin", "rename-organisation", "--organisation", "Two", "--name", "Three"]).expect(0, &["Three"]);
    place.run(&["admin", "deactivate-organisation", "--organisation", "Three"]).expect(0, &["cannot sign in"]);
    let organisations = place.run(&["admin", "list-organisations"]).expect(0, &[]).out;
    assert_eq!(organisations.lines().next(), Some("name\tkind\tcountry\tstate\tid"));
    assert!(organisations.contains(&format!("One\tngo\tKHM\tactive\t{one}\n")), "{organisations}");
    assert!(organisations.contains("Three\tngo\tKHM\tdeactivated\t"), "{organisations}");
    place
        .run(&["admin", "create-user", "--username", "sokha", "--role", "analyst", "--organisation", "Three"])
        .expect(0, &["One-time code", "deactivated", "reactivate-organisation"]);
    organisation("Another");
    let listed = place.run(&["admin", "list-organisations"]).expect(0, &[]).out;
    let names: Vec<&str> = listed.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(names, ["Another", "One", "Three"], "by name");

    let line = |name: &str| {
        let users = place.run(&["admin", "list-users"]).expect(0, &[]).out;
        assert_eq!(users.lines().next(), Some("username\trole\torganisation\tstate\tsecond factor\tlast sign-in"));
        users.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {users}")).to_owned()
    };
    let dara = line("dara");
    assert!(
        dara.starts_with("dara\tngo_caseworker\tOne\tno password yet, code expires 20") && dara.ends_with("\tmissing\tnever"),
        "{dara}"
    );
    assert_eq!(line("vanna"), "vanna\tanalyst\tThree\torganisation deactivated\tnot needed\tnever");
    place.run(&["admin", "reactivate-organisation", "--organisation", "Three"]).expect(0, &["can sign in"]);
    assert!(line("vanna").contains("no password yet"), "{}", line("vanna"));

    let _running = place.serve(&["serve"]);
    let body = json!({ "username": "dara", "reset_code": code(&made), "new_password": PASSWORD });
    assert_eq!(place.call("POST", "/v1/auth/password-reset", "", Some(&body)).status, 204);
    assert!(line("dara").ends_with("One\tactive\tmissing\tnever"), "{}", line("dara"));
    place.sign_in("dara", PASSWORD);
    assert!(line("dara").ends_with(" UTC"), "{}", line("dara"));
}

#[test]
fn the_help_lists_every_command_and_every_setting() {
    let place = Place::new();
    let of_admin = ["create-organisation", "list-organisations", "create-user", "list-users", "reset-password", "load-reference"];
    for command in of_admin.into_iter().chain(["settings", "recovery-key", "backup", "restore"]) {
        place.run(&["help"]).expect(0, &[command]);
    }
    let listed = place.run(&["settings"]).expect(0, &[]).out;
    for (name, default, _) in homeward::config::VARIABLES {
        assert!(listed.contains(&format!("{name}\n")) && listed.contains(default), "{name} is not listed: {listed}");
    }
}

#[test]
fn a_reader_that_closes_the_output_early_is_no_failure() {
    use std::process::Stdio;
    let place = Place::new().created();
    place.run(&["admin", "create-organisation", "--name", "Desk", "--kind", "ngo", "--country", "KHM"]).expect(0, &[]);
    for command in [&["settings"][..], &["openapi"], &["migrate"], &["admin", "list-organisations"], &["admin", "load-reference"]] {
        let mut child = place.command(command).stderr(Stdio::piped()).spawn().expect("homeward starts");
        drop(child.stdout.take());
        let ended = child.wait_with_output().expect("homeward ends");
        let err = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && err.is_empty(), "{command:?}: {} {err}", ended.status);
    }
}
