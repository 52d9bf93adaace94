//! Phone numbers as people say them: kept as they were written, read where they can be, and found in any spelling.

use homeward::command::background::match_once;
use rstest::rstest;
use serde_json::{Value, json};

use crate::sharing::consents_and_referrals::at;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

/// A person whom nobody finds by anything but this number.
fn with_phone(number: &str) -> Value {
    let mut person = data::vietnamese();
    person["contact"] = json!({ "phones": [{ "number": number, "safe": true }] });
    person
}

async fn phone(world: &World, case: &Value) -> Value {
    world.get("caseworker.a", &at(case, "")).await.expect(200).json()["contact"]["phones"][0].clone()
}

async fn is_found(world: &World, case: &Value, spelling: &str) -> bool {
    let found = world.post("caseworker.a", "/v1/cases/search", json!({ "field": "phone", "value": spelling })).await.expect(200).json();
    found["items"].as_array().expect("cases").iter().any(|found| found["id"] == case["id"])
}

#[rstest]
#[actix_web::test]
async fn a_number_is_kept_as_it_was_said_and_found_in_any_spelling(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let spellings = ["012 345 678", "+855 12 345 678", "85512345678", "00855 12 345 678", "+855 (0)12 345678", "+៨៥៥១២៣៤៥៦៧៨", "12345678"];
    for written in spellings {
        let case = world.register("caseworker.a", with_phone(written)).await;
        let expected = json!({ "number": written, "safe": true, "normalised": "+85512345678", "extension": null, "several": [] });
        assert_eq!(phone(world, &case).await, expected);
        for spelling in spellings {
            assert!(is_found(world, &case, spelling).await, "{written} by {spelling}");
        }
        assert!(!is_found(world, &case, "012 345 679").await);
    }
    let case = world.register("caseworker.a", with_phone("+86 138 0013 8000 ext 12")).await;
    assert_eq!(
        (&phone(world, &case).await["normalised"], &phone(world, &case).await["extension"]),
        (&json!("+8613800138000"), &json!("12"))
    );
    assert!(is_found(world, &case, "13800138000 ext 12").await || is_found(world, &case, "+86 13800138000").await);
}

#[rstest]
#[actix_web::test]
async fn what_cannot_be_read_is_kept_and_marked_and_only_what_is_no_number_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for written in ["1323", "the neighbour, 99"] {
        let case = world.register("caseworker.a", with_phone(written)).await;
        assert_eq!(
            phone(world, &case).await,
            json!({ "number": written, "safe": true, "normalised": null, "extension": null, "several": [] })
        );
        assert!(written.len() > 4 || is_found(world, &case, written).await, "{written}");
    }
    for absurd in ["no phone", &"1".repeat(61)] {
        world.post("caseworker.a", "/v1/cases", with_phone(absurd)).await.problem(422, "validation_failed");
    }
}

#[rstest]
#[actix_web::test]
async fn a_request_does_not_say_how_a_number_is_read_and_a_change_elsewhere_does_not_read_it_anew(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut claimed = with_phone("012 345 678");
    claimed["contact"]["phones"][0]["normalised"] = json!("+15550100");
    let case = world.register("caseworker.a", claimed).await;
    assert_eq!(phone(world, &case).await["normalised"], "+85512345678");
    let same = json!({ "contact": { "phones": [phone(world, &case).await] } });
    let version = world.get("caseworker.a", &at(&case, "")).await.json()["version"].clone();
    world.patch("caseworker.a", &at(&case, ""), same).await.expect(200);
    let history = world.get("caseworker.a", &at(&case, "/history?limit=1")).await.json();
    assert!(history["items"][0]["version"] == version || !history.to_string().contains("contact.phones"), "nothing changed: {history}");
    let other = json!({ "contact": { "phones": [{ "number": "098 765 432", "safe": false }] } });
    world.patch("caseworker.a", &at(&case, ""), other).await.expect(200);
    assert_eq!(phone(world, &case).await["normalised"], "+85598765432");
    assert!(!is_found(world, &case, "012 345 678").await && is_found(world, &case, "098765432").await);
}

#[rstest]
#[actix_web::test]
async fn one_number_in_two_spellings_is_one_in_duplicates_and_tracing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", with_phone("0912 345 678 ")).await;
    let local = world.register("caseworker.a", with_phone("012 345 678")).await;
    let described = json!({ "name": "Nguyễn Văn Hùng", "birth_date": "1995-11-03", "phone": "+855 12 345 678" });
    let found = world.post("caseworker.a", "/v1/cases/duplicate-candidates", described).await.expect(200).json();
    let same = found["items"].as_array().expect("candidates").iter().find(|found| found["id"] == local["id"]).expect("the person");
    assert!(same["reasons"].to_string().contains(r#"{"field":"phone","outcome":"same"}"#), "{found}");

    // The family says the number as it is dialled at home.
    let mut sought = data::looked_for("Nguyễn Văn Hùng");
    sought["details"]["sought"]["phone"] = json!("0912 345 678");
    sought["details"]["sought"]["nationality"] = json!("VNM");
    let international = with_phone("+84 912 345 678");
    let abroad = world.register("caseworker.a", international).await;
    world.post("caseworker.b", "/v1/tracing-requests", sought).await.expect(201);
    match_once(&world.db).await.expect("everybody is compared");
    let matches = world.get("caseworker.a", "/v1/tracing-matches").await.expect(200).json();
    let of = |case: &Value| {
        let mut matches = matches["items"].as_array().expect("matches").iter();
        matches.any(|found| found["case_id"] == case["id"] && found.to_string().contains(r#"{"field":"phone","outcome":"same"}"#))
    };
    assert!(of(&abroad), "{matches}");
    assert!(!of(&local), "{matches}");
    drop(case);
}

#[rstest]
#[actix_web::test]
async fn two_numbers_in_one_field_are_read_as_two_and_either_finds_the_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for written in
        ["012 345 678 / 097 111 2222", "012 345 678; 097 111 2222", "012345678 or 0971112222", "+855 12 345 678 +855 97 111 2222"]
    {
        let case = world.register("caseworker.a", with_phone(written)).await;
        let several = json!(["+85512345678", "+855971112222"]);
        let expected = json!({ "number": written, "safe": true, "normalised": null, "extension": null, "several": several });
        assert_eq!(phone(world, &case).await, expected);
        for said in ["012 345 678", "097 111 2222", "+855 97 111 2222", "012345678 / 0971112222"] {
            assert!(is_found(world, &case, said).await, "{written} by {said}");
        }
        assert!(!is_found(world, &case, "097 111 2223").await);
        let described = json!({ "name": "Nguyễn Văn Hùng", "birth_date": "1995-11-03", "phone": "+855 97 111 2222" });
        let found = world.post("caseworker.a", "/v1/cases/duplicate-candidates", described).await.expect(200).json();
        let found = found["items"].as_array().unwrap().iter().find(|found| found["id"] == case["id"]).expect("the person");
        assert!(found["reasons"].to_string().contains(r#"{"field":"phone","outcome":"same"}"#), "{found}");
    }
    let mut claimed = with_phone("012 345 678");
    claimed["contact"]["phones"][0]["several"] = json!(["+15550100"]);
    let case = world.register("caseworker.a", claimed).await;
    assert_eq!(phone(world, &case).await["several"], json!([]), "a request does not say how a number is read");
}

#[rstest]
#[actix_web::test]
async fn marks_of_direction_around_a_copied_number_or_code_are_dropped(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (before, after) in
        [("\u{202a}", "\u{202c}"), ("\u{202d}", "\u{202c}"), ("\u{2066}", "\u{2069}"), ("\u{200e}", ""), ("", "\u{200f}")]
    {
        let copied = |text: &str| format!("{before}{text}{after}");
        let mut person = with_phone(&copied("012 345 678"));
        let case = world.register("caseworker.a", person.clone()).await;
        assert_eq!(phone(world, &case).await["number"], json!("012 345 678"));
        // A code of a fixed form is refused, and told why: whoever copied it sees nothing wrong with it.
        person["nationality_claimed"] = json!(copied("VNM"));
        person["intake_channel"] = json!(copied("walk_in_ngo"));
        person["identity"]["birth_date"] = json!(copied("1995-11-03"));
        let refused = world.post("caseworker.a", "/v1/cases", person).await.problem(400, "invalid_body");
        let told = refused["errors"].as_array().unwrap().iter();
        let told: Vec<_> = told.map(|told| (told["pointer"].as_str().unwrap(), told["code"].as_str().unwrap())).collect();
        for place in ["/nationality_claimed", "/intake_channel", "/identity/birth_date"] {
            assert!(told.contains(&(place, "direction_control")), "{place}: {told:?}");
        }
        assert!(is_found(world, &case, &copied("012 345 678")).await);
        let code = copied(case["code"].as_str().unwrap());
        let found = world.post("caseworker.a", "/v1/cases/search", json!({ "code": code })).await.expect(200).json();
        assert_eq!(found["items"][0]["id"], case["id"]);
        let escaped = |query: String| {
            query.chars().map(|letter| if letter.is_ascii() { letter.to_string() } else { escaped(letter) }).collect::<String>()
        };
        let listed = world.get("caseworker.a", &format!("/v1/cases?{}", escaped(format!("code={code}")))).await.expect(200).json();
        assert_eq!(listed["items"][0]["id"], case["id"]);
        for (name, value) in [("nationality", "VNM"), ("stage", "registered"), ("limit", "5")] {
            let refused = world.get("caseworker.a", &format!("/v1/cases?{}", escaped(format!("{name}={}", copied(value))))).await;
            let refused = refused.problem(400, "invalid_query");
            assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!(name), &json!("direction_control")));
        }
    }
    let backwards = world.post("caseworker.a", "/v1/cases", with_phone("\u{202e}876 543 210\u{202c}")).await;
    let refused = backwards.problem(400, "invalid_body");
    assert_eq!(
        (&refused["errors"][0]["code"], &refused["errors"][0]["pointer"]),
        (&json!("direction_control"), &json!("/contact/phones/0/number"))
    );
}

fn escaped(letter: char) -> String {
    letter.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect()
}
