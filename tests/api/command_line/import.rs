//! A list that comes in from the shell: proposed first, then checked, then registered, and never twice.

use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{Place, Running};

const PASSWORD: &str = "a lantern for every door";
const NO_FACTOR: &[(&str, &str)] = &[("HOMEWARD_SECOND_FACTOR", "none")];

/// Two who can be registered, one who stands on the list twice, and one who was born on a day that never was.
const LIST: &str = "No;Nama;Tgl lahir;JK;Paspor\n\
    1;Siti Rahmawati;17/3/1999;P;C4512378\n\
    2;Budi Santoso;3/4/1998;L;C4512379\n\
    3;Siti R.;;P;C4512378\n\
    4;Dewi Lestari;31/2/1999;P;\n";

fn served(place: &Place) -> Running {
    let mut command = place.command(&["serve"]);
    command.envs(NO_FACTOR.iter().copied()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = Running(command.spawn().expect("homeward starts"));
    place.wait_until_ready(&mut running.0);
    running
}

/// An installation with one caseworker who has finished their first sign-in.
fn with_caseworker() -> Place {
    let place = Place::new().created();
    place.run(&["admin", "create-organisation", "--name", "Shelter", "--kind", "ngo", "--country", "KHM"]).expect(0, &[]);
    first_sign_in(&place, "dara", "Shelter");
    place
}

/// A caseworker of an organisation, who finishes their first sign-in.
fn first_sign_in(place: &Place, username: &str, organisation: &str) {
    let user = ["admin", "create-user", "--username", username, "--role", "ngo_caseworker", "--organisation", organisation];
    let made = place.run(&user).expect(0, &["One-time code"]).out;
    let code = made.split_once("within a day: ").and_then(|(_, rest)| rest.lines().next()).expect("a code");
    let running = served(place);
    let reset = json!({ "username": username, "reset_code": code, "new_password": PASSWORD });
    assert_eq!(place.call("POST", "/v1/auth/password-reset", "", Some(&reset)).status, 204);
    let token = place.sign_in(username, PASSWORD);
    let conduct = place.call("GET", "/v1/code-of-conduct", &token, None).json();
    let accepted = place.call("POST", "/v1/code-of-conduct/acceptance", &token, Some(&json!({ "version": conduct["version"] })));
    assert!((200..300).contains(&accepted.status), "{}", accepted.body);
    assert_eq!(running.end(), Some(0));
}

fn cases(place: &Place) -> Vec<Value> {
    let running = served(place);
    let listed = place.call("GET", "/v1/cases", &place.sign_in("dara", PASSWORD), None).json();
    assert_eq!(running.end(), Some(0));
    listed["items"].as_array().expect("a list").clone()
}

#[test]
fn a_list_is_proposed_then_checked_then_registered_and_never_twice() {
    let place = with_caseworker();
    let write = |name: &str, text: &str| fs::write(place.folder.path().join(name), text).expect("a file");
    write("list.csv", LIST);
    let import_of = |file: &str, more: &[&str]| place.run_with(&[&["import", file, "--as", "dara"][..], more].concat(), NO_FACTOR, "");
    let import = |more: &[&str]| import_of("list.csv", more);

    let proposed = import(&["--host-country", "KHM", "--intake-channel", "walk_in_ngo"]);
    let proposed = proposed.expect(65, &["Nobody was registered", "utf-8", "semicolon", "--mapping"]);
    let mapping: Value = serde_json::from_str(&proposed.out).expect("a mapping alone on standard output");
    assert_eq!(mapping["columns"][2]["field"], "birth_date");
    assert_eq!(mapping["columns"][2]["dates"]["order"], "day_first", "the column shows it by 17/3/1999");
    write("mapping.json", &proposed.out);

    let with_mapping = ["--mapping", "mapping.json"];
    let checked = import(&[&with_mapping[..], &["--check"]].concat());
    checked.expect(0, &["Nobody was registered. 2 rows can be, 1 wait", "1 are refused", "assumed delimiter: semicolon", "column C has 3"]);
    assert_eq!(cases(&place).len(), 0);

    import(&[&with_mapping[..], &["--report", "report.csv"]].concat()).expect(0, &["2 rows are registered, 1 wait", "repeated_row: 1"]);
    let report = fs::read_to_string(place.folder.path().join("report.csv")).expect("a report");
    for word in ["registered", "repeated_row", "C5", "no_such_day", "KHM-"] {
        assert!(report.contains(word), "{word}: {report}");
    }
    for value in ["Siti", "31/2/1999", "C4512378"] {
        assert!(!report.contains(value), "no value of the list is repeated: {report}");
    }

    import(&with_mapping).expect(0, &["0 rows are registered", "2 are on a case already"]);
    // Saved anew: other bytes, other numbers of rows, another order, and other spellings of the same.
    write("anew.csv", "No,Nama,Tgl lahir,JK,Paspor\n9,BUDI  SANTOSO,1998-04-03,L,\n8,Siti Rahmawati,17/3/1999,P,c 4512378\n");
    import_of("anew.csv", &[&with_mapping[..], &["--report", "anew-report.csv"]].concat())
        .expect(0, &["0 rows are registered", "2 are on a case already", "already_registered: 2"]);
    let report = fs::read_to_string(place.folder.path().join("anew-report.csv")).expect("a report");
    assert_eq!(report.matches("\"already_registered\",\"KHM-").count(), 2, "the cases are named: {report}");
    assert_eq!(cases(&place).len(), 2, "a list that is brought in again registers nobody again");
    import(&[&with_mapping[..], &["--report", "report.csv"]].concat()).expect(65, &["report.csv"]);

    import(&[&with_mapping[..], &["--take-repeated"]].concat()).expect(0, &["3 rows are registered"]);
    assert_eq!(cases(&place).len(), 3, "who says the same as before is known again, and who only looks alike was taken");
}

#[test]
fn who_is_on_a_case_is_told_to_whoever_reads_the_case_and_to_nobody_else() {
    let place = with_caseworker();
    place.run(&["admin", "create-organisation", "--name", "Harbour", "--kind", "ngo", "--country", "THA"]).expect(0, &[]);
    first_sign_in(&place, "bopha", "Shelter");
    first_sign_in(&place, "narin", "Harbour");
    let write = |name: &str, text: &str| fs::write(place.folder.path().join(name), text).expect("a file");
    write("list.csv", LIST);
    let import = |user: &str, more: &[&str]| place.run_with(&[&["import", "list.csv", "--as", user][..], more].concat(), NO_FACTOR, "");
    let proposed = import("dara", &["--host-country", "KHM", "--intake-channel", "walk_in_ngo"]);
    write("mapping.json", &proposed.out);
    let with_mapping = ["--mapping", "mapping.json"];
    import("dara", &with_mapping).expect(0, &["2 rows are registered"]);
    import("bopha", &with_mapping).expect(0, &["0 rows are registered", "2 are on a case already"]);
    import("narin", &with_mapping).expect(0, &["2 rows are registered", "0 are on a case already"]).hides("KHM-");
}

#[test]
fn what_cannot_be_brought_in_says_why_and_leaves_nobody_registered() {
    let place = with_caseworker();
    let write = |name: &str, bytes: &[u8]| fs::write(place.folder.path().join(name), bytes).expect("a file");
    write("list.csv", LIST.as_bytes());
    write("other.json", br#"{"columns": [{"column": "A", "heading": "Name", "field": "full_name"}]}"#);
    write("broken.json", br#"{"columns": [{"secret": 1}]}"#);
    write("scan.pdf", b"%PDF-1.7");
    let run = |arguments: &[&str]| place.run_with(arguments, NO_FACTOR, "");
    run(&["import", "gone.csv", "--as", "dara"]).expect(65, &["gone.csv"]);
    run(&["import", "scan.pdf", "--as", "dara"]).expect(65, &["is no list"]);
    let with = |mapping: &str, user: &str| run(&["import", "list.csv", "--as", user, "--mapping", mapping]);
    with("other.json", "dara").expect(65, &["does not fit", "/columns/0/heading", "/defaults/host_country"]);
    with("broken.json", "dara").expect(65, &["not a mapping", "line 1"]).hides("secret");

    let proposed = run(&["import", "list.csv", "--as", "dara", "--host-country", "KHM", "--intake-channel", "walk_in_ngo"]);
    write("mapping.json", proposed.out.as_bytes());
    with("mapping.json", "nobody").expect(65, &["no user with this name"]);
    let admin = ["admin", "create-user", "--username", "new", "--role", "ngo_caseworker", "--organisation", "Shelter"];
    run(&admin).expect(0, &[]);
    with("mapping.json", "new").expect(65, &["first sign-in"]);
    assert_eq!(cases(&place).len(), 0);
}
