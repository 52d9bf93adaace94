//! Bad input: each is refused with a 4xx problem that names the field and repeats no value.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;
use crate::support::{World, data};

/// A value that no answer may repeat.
const CANARY: &str = "Zzyzx-canary-7781";

async fn post_raw(world: &World, body: Vec<u8>, headers: &[(&str, &str)]) -> crate::support::Answer {
    let token = world.token("officer.idn").await;
    let mut request = TestRequest::post().uri("/v1/cases").insert_header(("authorization", format!("Bearer {token}"))).set_payload(body);
    for (name, value) in headers {
        request = request.insert_header((*name, *value));
    }
    world.raw(request).await
}

fn with(pointer: &str, value: Value) -> Value {
    let mut body = data::walk_in();
    if let Some(place) = body.pointer_mut(pointer) {
        *place = value;
        return body;
    }
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[field] = value;
    body
}

#[rstest]
#[actix_web::test]
async fn what_has_no_empty_state_is_not_cleared_with_null(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let user = json!({ "organisation_id": crate::support::machines::organisation(world, "NGO A").await, "username": "amara", "display_name": "Amara Diallo", "role": "ngo_caseworker" });
    let user = world.post("admin", "/v1/users", user).await.expect(201).header("location").to_owned();
    for field in ["data_protection", "disabled", "role", "display_name"] {
        let refused = world.patch("admin", &user, json!({ field: null })).await.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0], json!({ "pointer": format!("/{field}"), "code": "required", "message": "is required" }));
    }
    assert_eq!(world.get("admin", &user).await.json()["version"], 1);
}

#[rstest]
#[actix_web::test]
async fn every_bad_field_is_named_and_no_value_is_repeated(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let long = CANARY.repeat(40);
    for (pointer, value, status) in [
        ("/host_country", json!(CANARY), 400),
        ("/host_country", json!("XXX"), 400),
        ("/host_country", json!(7), 400),
        ("/host_country", json!(null), 400),
        ("/gender", json!(CANARY), 400),
        ("/risk_level", json!([CANARY]), 400),
        ("/exited_on", json!("2199-01-01"), 422),
        ("/exited_on", json!("2026-02-30"), 400),
        ("/compound_id", json!(CANARY), 400),
        ("/compound_id", json!("7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10"), 422),
        ("/person", json!(CANARY), 400),
        ("/identity/given_name", json!({ "x": CANARY }), 400),
        ("/identity/given_name", json!(long), 422),
        ("/identity/given_name", json!(""), 422),
        ("/identity/given_name", json!(format!("{CANARY}\0")), 400),
        ("/identity/birth_date", json!("2199-01-01"), 422),
        ("/identity/birth_date", json!("1850"), 422),
        ("/identity/birth_date", json!(CANARY), 400),
        ("/identity/languages/0", json!(CANARY.repeat(9)), 400),
        ("/identity/documents/0/custody", json!(CANARY), 400),
        ("/identity/documents/0/number", json!(long), 422),
        ("/contact/phones/0/number", json!(long), 422),
        ("/contact/emails/0/address", json!(CANARY), 422),
        ("/narrative/notes", json!("x".repeat(10_001)), 422),
        ("/narrative/months_exploited", json!(-1), 422),
        ("/narrative/scam_types/0", json!(CANARY), 400),
        ("/intake_channel", json!(null), 400),
        ("/previous_case_id", json!("7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10"), 422),
    ] {
        let answer = world.post("officer.idn", "/v1/cases", with(pointer, value.clone())).await;
        assert_eq!(answer.status, status, "{pointer}: {}", answer.text());
        let named = if pointer == "/previous_case_id" { "/person_id" } else { pointer };
        assert_eq!(answer.pointers(), [named], "{pointer} = {value:.40}: {}", answer.text());
        assert!(!answer.text().contains("canary"), "{}", answer.text());
    }
    assert_eq!(world.get("officer.idn", "/v1/cases").await.json()["items"], json!([]), "nothing was half done");
}

#[rstest]
#[actix_web::test]
async fn everything_that_is_wrong_is_said_at_once_with_what_is_allowed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut body = with("/intake_channel", json!("street"));
    body["nationality_claimed"] = json!("Indonesia");
    body["gender"] = json!("male");
    body["identity"]["documents"][0]["expires_on"] = json!("19/01/2026");
    body["nick_name"] = json!(CANARY);
    let answer = world.post("officer.idn", "/v1/cases", body).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    let pointers = ["/intake_channel", "/nationality_claimed", "/gender", "/identity/documents/0/expires_on", "/nick_name"];
    let mut told = answer.pointers();
    told.sort_by_key(|pointer| pointers.iter().position(|expected| expected == pointer));
    assert_eq!(told, pointers, "{}", answer.text());
    for said in ["walk_in_embassy, ", "must be an ISO 3166-1 alpha-3 code, such as KHM", "must be an existing date: YYYY-MM-DD"] {
        assert!(answer.text().contains(said), "{said}: {}", answer.text());
    }
    let answer = world.post("officer.idn", "/v1/cases", json!({})).await;
    assert_eq!(answer.pointers(), ["/host_country", "/intake_channel"], "{}", answer.text());
    let answer = world.get("officer.idn", "/v1/cases?stage=nowhere&limit=many&nickname=x").await;
    let mut told = answer.pointers();
    told.sort();
    assert_eq!((answer.status, told), (400, ["limit", "nickname", "stage"].map(ToOwned::to_owned).to_vec()), "{}", answer.text());
}

#[rstest]
#[actix_web::test]
async fn unknown_fields_are_refused_at_every_depth(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for pointer in ["/nick_name", "/identity/nick_name", "/contact/nick_name", "/identity/documents/0/nick_name"] {
        let answer = world.post("officer.idn", "/v1/cases", with(pointer, json!(CANARY))).await;
        assert_eq!((answer.status, answer.pointers()), (400, vec![pointer.to_owned()]), "{}", answer.text());
    }
    for owned in ["id", "version", "stage", "owner_id", "registered_on", "created_at", "is_child", "nationality_verified"] {
        world.post("officer.idn", "/v1/cases", with(&format!("/{owned}"), json!("x"))).await.problem(400, "invalid_body");
    }
}

#[rstest]
#[actix_web::test]
async fn bodies_of_the_wrong_shape_are_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let json_type = [("content-type", "application/json")];
    for body in ["", "nonsense", "{", "[]", "\"x\"", "{\"host_country\":\"KHM\"", "null"] {
        let answer = post_raw(world, body.into(), &json_type).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
    }
    let name = format!("{{\"identity\":{{\"given_name\":\"{}\"}}}}", "x".repeat(2 * 1024 * 1024));
    post_raw(world, name.into(), &json_type).await.problem(413, "body_too_large");
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    assert_eq!(post_raw(world, deep.into(), &json_type).await.json()["errors"][0]["code"], "too_deep");
    let good = serde_json::to_vec(&data::walk_in()).unwrap();
    post_raw(world, good.clone(), &[("content-type", "application/json"), ("content-encoding", "gzip")])
        .await
        .problem(415, "unsupported_media_type");
    post_raw(world, good.clone(), &[("content-type", "text/plain")]).await.problem(415, "unsupported_media_type");
    post_raw(world, good.clone(), &[]).await.problem(415, "unsupported_media_type");
    post_raw(world, good.clone(), &[("content-type", "application/json"), ("accept", "text/html")]).await.problem(406, "not_acceptable");
    post_raw(world, good, &[("content-type", "application/json"), ("idempotency-key", "two words")]).await.problem(400, "invalid_header");
    post_raw(world, b"{\"host_country\":\"KHM\",\"host_country\":\"THA\",\"intake_channel\":\"raid\"}".to_vec(), &json_type)
        .await
        .problem(400, "invalid_body");
    post_raw(world, b"{\"host_country\":\"\xff\xfe\"}".to_vec(), &json_type).await.problem(400, "invalid_body");
}

#[rstest]
#[actix_web::test]
async fn bad_addresses_are_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (url, status, code) in [
        ("/v1/cases?after=nonsense", 400, "invalid_cursor"),
        ("/v1/cases?limit=many", 400, "invalid_query"),
        ("/v1/cases?limit=201", 400, "invalid_query"),
        ("/v1/cases?limit=0", 400, "invalid_query"),
        ("/v1/cases?nickname=x", 400, "invalid_query"),
        ("/v1/cases?stage=nowhere", 400, "invalid_query"),
        ("/v1/cases?owner=x", 400, "invalid_query"),
        ("/v1/cases/not-an-id", 404, "not_found"),
        ("/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10/nothing", 404, "route_not_found"),
        ("/v1/case", 404, "route_not_found"),
        ("/v1/cases/", 404, "route_not_found"),
        ("/v1/cases//immigration-clearance", 400, "invalid_path"),
    ] {
        let problem = world.get("officer.idn", url).await.problem(status, code);
        assert!(!problem.to_string().contains("nonsense") && !problem.to_string().contains("nowhere"), "{problem}");
    }
    // Everything that is wrong with a query is told at once.
    let wrong = world.get("officer.idn", "/v1/cases?limit=9999&stage=nowhere&nickname=x").await;
    let mut pointers = wrong.pointers();
    pointers.sort();
    assert_eq!(pointers, ["limit", "nickname", "stage"], "{}", wrong.text());
    let long = format!("/v1/cases?after={}", "x".repeat(9000));
    world.get("officer.idn", &long).await.problem(414, "uri_too_long");
}

#[rstest]
#[actix_web::test]
async fn an_address_that_nobody_has_is_told_from_a_case_that_is_hidden(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("officer.idn", data::walk_in()).await;
    let hidden = world.get("officer.vnm", &at(&case, "")).await.problem(404, "not_found");
    let missing = world.get("officer.vnm", "/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10").await.problem(404, "not_found");
    let same = |problem: &Value| {
        problem.as_object().unwrap().iter().filter(|(name, _)| *name != "instance").map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    assert_eq!(same(&hidden), same(&missing), "what is hidden looks like what is not there");
    for actor in ["", "officer.vnm"] {
        let nowhere = world.get(actor, &at(&case, "/no-such-thing")).await.problem(404, "route_not_found");
        assert_eq!(nowhere["detail"], "Every address is listed at /docs/reference/.");
    }
}

#[rstest]
#[actix_web::test]
async fn tokens_that_are_none_are_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let good = world.token("officer.idn").await;
    let none =
        good.split('.').enumerate().map(|(at, part)| if at == 0 { "eyJhbGciOiJub25lIn0" } else { part }).collect::<Vec<_>>().join(".");
    let invalid = |detail: &str| format!("Bearer error=\"invalid_token\", error_description=\"{detail}\"");
    for (value, asked) in [
        ("", "Bearer".to_owned()),
        ("Bearer", "Bearer".to_owned()),
        ("Bearer ", "Bearer".to_owned()),
        ("Basic eDp5", "Bearer".to_owned()),
        (good.as_str(), "Bearer".to_owned()),
        ("Bearer x", invalid("The access token is not valid here.")),
        (format!("Bearer {good}x").as_str(), invalid("The access token is not valid here.")),
        (format!("Bearer {none}").as_str(), invalid("The access token is not valid here.")),
    ] {
        let answer = world.send("", Method::GET, "/v1/me", &[("authorization", value)], None).await;
        assert_eq!(answer.header("www-authenticate"), asked, "{value}");
        let detail = answer.problem(401, "unauthenticated")["detail"].as_str().unwrap_or_default().to_owned();
        assert_eq!(detail.starts_with("The request carries no access token."), asked == "Bearer", "{value}: {detail}");
    }
    // The bearer of a token that was signed here is told more: that the session has ended, or that the token has expired.
    let bearer = format!("Bearer {good}");
    world.send("", Method::POST, "/v1/auth/logout", &[("authorization", &bearer)], None).await.expect(204);
    let ended = world.send("", Method::GET, "/v1/me", &[("authorization", &bearer)], None).await.expect(401);
    assert_eq!(ended.header("www-authenticate"), invalid("The session of this access token has ended. Sign in again."));
    world.clock.forward(700);
    let expired = world.send("", Method::GET, "/v1/me", &[("authorization", &bearer)], None).await.expect(401);
    assert_eq!(expired.header("www-authenticate"), invalid("The access token has expired. Get a new one, or sign in again."));
}

#[rstest]
#[actix_web::test]
async fn a_form_that_is_not_produced_here_names_the_address_of_the_one_that_is(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let asked = async |path: &str, accept: &str| world.send("coordinator", Method::GET, path, &[("accept", accept)], None).await;
    let refused = asked("/v1/reports/backlog", "text/csv").await.problem(406, "not_acceptable");
    let detail = refused["detail"].as_str().unwrap();
    for told in
        ["answers with application/json.", "text/csv is at /v1/reports/backlog/csv.", "image/svg+xml is at /v1/reports/backlog/chart."]
    {
        assert!(detail.contains(told), "{detail}");
    }
    asked("/v1/reports/backlog/csv", "text/csv").await.expect(200);
    let refused = asked("/v1/cases", "text/csv").await.problem(406, "not_acceptable");
    assert_eq!(refused["detail"], "This address answers with application/json.");
    asked("/v1/no-such-thing", "text/html").await.problem(404, "route_not_found");
}

#[rstest]
#[actix_web::test]
async fn every_answer_carries_the_headers_that_protect(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (actor, url) in
        [("", "/healthz"), ("", "/v1/cases"), ("officer.idn", "/v1/cases"), ("officer.idn", "/v1/nothing"), ("", "/openapi.json")]
    {
        let answer = world.get(actor, url).await;
        for name in [
            "strict-transport-security",
            "x-content-type-options",
            "content-security-policy",
            "referrer-policy",
            "cache-control",
            "x-request-id",
        ] {
            assert!(!answer.header(name).is_empty(), "{url}: {name}");
        }
        assert!(answer.header("server").is_empty());
    }
    let answer = world.get("officer.idn", "/v1/me").await;
    assert!(answer.header("ratelimit").contains("r=") && answer.header("ratelimit-policy").contains("q="));
    assert_eq!(world.get("officer.idn", "/v1/nothing").await.json()["instance"].as_str().unwrap().len(), "urn:uuid:".len() + 36);
}
