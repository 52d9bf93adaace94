//! The case on paper: everything that the caller may see, nothing else, and no active content.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data, records};

fn at(case: &Value, rest: &str) -> String {
    format!("/v1/cases/{}{rest}", case["id"].as_str().unwrap())
}

/// A case of NGO A with every kind of content, which the Vietnamese mission may see too.
async fn told(world: &World) -> Value {
    let mut body = data::vietnamese();
    body["identity"]["aliases"] =
        json!([{ "name": "ស៊ីណា" }, { "name": "محمد" }, { "name": "မောင်" }, { "name": "<script>alert(1)</script>" }]);
    body["location"]["facility"] = json!("House of the willow");
    let case = world.register("caseworker.a", body).await;
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    world.post("caseworker.a", &at(&case, "/stays"), json!({ "entry": "sold", "notes": "Behind the casino" })).await.expect(201);
    for (collection, body) in records::all() {
        if !matches!(collection, "fine-waivers" | "fine-payments" | "arrivals" | "deaths") {
            world.post("caseworker.a", &at(&case, &format!("/{collection}")), body).await.expect(201);
        }
    }
    case
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("", "/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10/dossier").await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn the_owner_prints_everything_in_any_script(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = told(world).await;
    let answer = world.get("caseworker.a", &at(&case, "/dossier")).await.expect(200);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(
        answer.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"),
        "{}",
        answer.header("content-security-policy")
    );
    let page = answer.text();
    for shown in [
        "Văn Hùng",
        "ស៊ីណា",
        "محمد",
        "မောင်",
        "House of the willow",
        "Behind the casino",
        "Is a witness",
        "Debt at home",
        "With her medicine",
        "C1234567",
        "Immigration centre",
        "Irregular entry",
        "Trần Thị Lan",
        "longjobs88",
        "Hotel of the lotus",
        "Credit to call home",
        "NV 7/I/2026",
        "Burns on both hands",
        "Embassy of Viet Nam",
        "Printed by caseworker.a (NGO A)",
        case["code"].as_str().unwrap(),
    ] {
        assert!(page.contains(shown), "the page lacks {shown}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script"), "a name is a name");
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("src="), "nothing is loaded from anywhere");
    assert!(!page.contains("Not shown"));
    assert!(page.contains(&world.day(0)) && page.contains("UTC"));
}

#[rstest]
#[actix_web::test]
async fn a_guest_prints_what_its_grant_opens(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = told(world).await;
    let page = world.get("officer.vnm", &at(&case, "/dossier")).await.expect(200).text();
    assert!(page.contains("Văn Hùng") && page.contains("C1234567"));
    for closed in [
        "House of the willow",
        "Behind the casino",
        "Is a witness",
        "Debt at home",
        "With her medicine",
        "Immigration centre",
        "Irregular entry",
        "Glasses",
        "Trần Thị Lan",
        "They sent a video",
        "longjobs88",
        "Team leader Wu",
        "Hotel of the lotus",
        "Credit to call home",
        "NV 7/I/2026",
        "Burns on both hands",
        "Next of kin",
    ] {
        assert!(!page.contains(closed), "the page tells {closed}");
    }
    assert!(page.contains("does not open it: location, health, narrative, protection."));
    let (hidden, missing) = (
        world.get("officer.idn", &at(&case, "/dossier")).await,
        world.get("officer.idn", "/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10/dossier").await,
    );
    assert_eq!((hidden.problem(404, "not_found")["title"].clone(), missing.status), (json!("Not found"), 404));
    world.get("admin", &at(&case, "/dossier")).await.problem(403, "permission_denied");
}

#[rstest]
#[actix_web::test]
async fn a_page_is_what_is_asked_for(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = told(world).await;
    let asked =
        async |accept: &str| world.send("caseworker.a", Method::GET, &at(&case, "/dossier"), &[("accept", accept)], None).await.status;
    assert_eq!((asked("text/html").await, asked("text/*, */*;q=0.1").await, asked("application/json").await), (200, 200, 406));
}
