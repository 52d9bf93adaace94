//! Registering, reading, changing, finding and counting cases.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::json;

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for url in ["/v1/cases", "/v1/cases/0a6f3a1c-3a52-4a0b-8a44-2c5a1c0f1c11", "/v1/statistics/cases?by=nationality"] {
        world.get("", url).await.problem(401, "unauthenticated");
    }
    world.post("", "/v1/cases", data::walk_in()).await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn a_walk_in_is_registered_once_and_changed_only_in_the_version_that_was_read(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let key = [("idempotency-key", "gate-1")];
    let first = world.send("officer.idn", Method::POST, "/v1/cases", &key, Some(&data::walk_in())).await.expect(201);
    let again = world.send("officer.idn", Method::POST, "/v1/cases", &key, Some(&data::walk_in())).await.expect(201);
    assert_eq!(first.body, again.body, "a repeated request gets the same answer");
    assert_eq!(again.header("idempotent-replayed"), "true");
    let mut other = data::walk_in();
    other["gender"] = json!("masculine");
    world.send("officer.idn", Method::POST, "/v1/cases", &key, Some(&other)).await.problem(422, "idempotency_key_reused");
    let list = world.get("officer.idn", "/v1/cases").await.expect(200).json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(list["items"][0]["name"], "Siti Rahmawati");

    let case = first.json();
    let url = format!("/v1/cases/{}", case["id"].as_str().unwrap());
    assert_eq!(first.header("location"), url);
    assert_eq!(case["identity"]["documents"][0]["custody"], "held_by_trafficker");
    assert_eq!(case["redacted"], json!([]));
    world.send("officer.idn", Method::PATCH, &url, &[], Some(&json!({ "risk_level": "low" }))).await.problem(428, "precondition_required");
    let etag = first.etag();
    let changed =
        world.send("officer.idn", Method::PATCH, &url, &[("if-match", &etag)], Some(&json!({ "risk_level": "low" }))).await.expect(200);
    assert_eq!((changed.json()["risk_level"].clone(), changed.json()["version"].clone()), (json!("low"), json!(2)));
    world
        .send("officer.idn", Method::PATCH, &url, &[("if-match", &etag)], Some(&json!({ "risk_level": "high" })))
        .await
        .problem(412, "stale_version");
    assert_eq!(world.get("officer.idn", &url).await.json()["risk_level"], "low");
}

/// nginx with gzip makes the tag of whatever it compresses weak, Apache writes into it: behind either nobody could change anything.
#[rstest]
#[actix_web::test]
async fn a_tag_is_the_same_one_behind_a_proxy_that_compresses(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let id = world.register("officer.idn", data::walk_in()).await["id"].as_str().unwrap().to_owned();
    let url = format!("/v1/cases/{id}");
    let forms = |etag: &str| {
        let bare = etag.trim_matches('"').to_owned();
        [etag.to_owned(), format!("W/{etag}"), format!("\"{bare}-gzip\""), format!("W/\"{bare}-gzip\""), format!(" W/{etag} ")]
    };
    let read = async |header: &str| world.send("officer.idn", Method::GET, &url, &[("if-none-match", header)], None).await.status;
    let first = world.get("officer.idn", &url).await.etag();
    for (at, risk) in ["low", "high", "medium", "low", "high"].into_iter().enumerate() {
        let etag = world.get("officer.idn", &url).await.etag();
        for form in forms(&etag) {
            assert_eq!(read(&form).await, 304, "{form} is the version that the caller has");
            assert_eq!(read(&format!("\"0-0\", {form}")).await, 304, "{form} in a list");
        }
        let form = forms(&etag)[at].clone();
        let change = json!({ "risk_level": risk });
        world.send("officer.idn", Method::PATCH, &url, &[("if-match", &form)], Some(&change)).await.expect(200);
        world.send("officer.idn", Method::PATCH, &url, &[("if-match", &form)], Some(&change)).await.problem(412, "stale_version");
    }
    for old in forms(&first) {
        assert_eq!(read(&old).await, 200, "{old} is an earlier version");
    }
    assert_eq!(read("*").await, 304);
    for name in ["if-none-match", "prefer"] {
        let long = format!("\"{}\"", "1".repeat(1000));
        let told = world.send("officer.idn", Method::GET, &url, &[(name, &long)], None).await.problem(400, "invalid_header");
        assert!(told["errors"][0]["pointer"].as_str().is_some_and(|pointer| pointer.eq_ignore_ascii_case(name)), "{told}");
    }
    let change = json!({ "risk_level": "low" });
    world.send("officer.idn", Method::PATCH, &url, &[("if-match", "\"x\"")], Some(&change)).await.problem(412, "stale_version");
    // Nobody changed anything: whoever sends no tag is told that it is none.
    for other in ["", ",", "2", "W/2", "W/", "\"2", "\"1\", 2", "*, \"1\"", &format!("\"{}\"", "1".repeat(2000))] {
        world.send("officer.idn", Method::PATCH, &url, &[("if-match", other)], Some(&change)).await.problem(400, "invalid_header");
    }
}

/// RFC 9110 §13.1.1: one of several versions, or whatever is there.
#[rstest]
#[actix_web::test]
async fn a_change_may_start_from_one_of_several_versions_or_from_any(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let id = world.register("officer.idn", data::walk_in()).await["id"].as_str().unwrap().to_owned();
    let url = format!("/v1/cases/{id}");
    let change = async |tags: &str, risk: &str| {
        world.send("officer.idn", Method::PATCH, &url, &[("if-match", tags)], Some(&json!({ "risk_level": risk }))).await
    };
    for risk in ["low", "high"] {
        let etag = world.get("officer.idn", &url).await.etag();
        let tags = format!("\"x\", \"a,b\" , W/{etag}");
        change(&tags, risk).await.expect(200);
        change(&tags, risk).await.problem(412, "stale_version");
    }
    change("\"7\", \"8\"", "low").await.problem(412, "stale_version");
    let before = world.get("officer.idn", &url).await.json()["version"].as_i64().unwrap();
    let both = futures_util::future::join(change("*", "imminent"), change("*", "low")).await;
    assert_eq!((both.0.status, both.1.status), (200, 200));
    let case = world.get("officer.idn", &url).await.json();
    assert_eq!(case["version"], json!(before + 2), "each is a version of its own: {case}");
    let nowhere = format!("/v1/cases/{}", uuid::Uuid::new_v4());
    let missing = world.send("officer.idn", Method::PATCH, &nowhere, &[("if-match", "*")], Some(&json!({ "risk_level": "low" }))).await;
    missing.problem(404, "not_found");
    // The clearance that nobody has recorded yet is there to be read, and so to be changed.
    let clearance = format!("{url}/immigration-clearance");
    for (tags, place) in [("*", "Poipet"), ("\"9\", \"1\"", "Bavet")] {
        let patch = json!({ "entry_point": place });
        let changed = world.send("officer.idn", Method::PATCH, &clearance, &[("if-match", tags)], Some(&patch)).await.expect(200);
        assert_eq!(changed.json()["entry_point"], place);
    }
}

#[rstest]
#[actix_web::test]
async fn a_patch_tells_absent_null_and_value_apart(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let id = world.register("officer.idn", data::walk_in()).await["id"].as_str().unwrap().to_owned();
    let url = format!("/v1/cases/{id}");
    let patch = json!({ "exit_mode": null, "identity": { "middle_name": "Ayu", "family_name": null, "languages": ["id"] } });
    let case = world.patch("officer.idn", &url, patch).await.expect(200).json();
    assert_eq!(case["exit_mode"], json!(null));
    assert_eq!(case["gender"], "feminine");
    assert_eq!(case["identity"]["given_name"], "Siti");
    assert_eq!(case["identity"]["middle_name"], "Ayu");
    assert_eq!(case["identity"]["family_name"], json!(null));
    assert_eq!(case["identity"]["languages"], json!(["id"]));
    assert_eq!(case["identity"]["documents"].as_array().map(Vec::len), Some(1), "a list that is not named stays");
    world.patch("officer.idn", &url, json!({ "gender": null })).await.problem(422, "validation_failed");
    let refused = world.patch("officer.idn", &url, json!({ "identity": { "birth_date": "2199" } })).await;
    assert_eq!(refused.pointers(), ["/identity/birth_date"]);
    world.patch("officer.idn", &url, json!({ "stage": "departed" })).await.problem(400, "invalid_body");
}

/// Dart's `toJson()` and pydantic's `model_dump()` send null for what nobody set: that must not empty a record.
#[rstest]
#[actix_web::test]
async fn a_patch_that_clears_everything_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let id = world.register("officer.idn", data::walk_in()).await["id"].as_str().unwrap().to_owned();
    let clearance = format!("/v1/cases/{id}/immigration-clearance");
    world.patch("officer.idn", &clearance, json!({ "entry_point": "Poipet", "entered_on": "2025-01-31" })).await.expect(200);
    let fields = [
        "entered_on",
        "entry_point",
        "visa_kind",
        "stay_expired_on",
        "assessed_by_authority",
        "exit_track",
        "exit_permit_number",
        "exit_permit_granted_on",
        "exit_permit_valid_until",
        "entry_ban_until",
    ];
    let nothing: serde_json::Map<_, _> = fields.iter().map(|field| ((*field).to_owned(), json!(null))).collect();
    let refused = world.patch("officer.idn", &clearance, json!(nothing)).await;
    assert_eq!(refused.problem(422, "validation_failed")["errors"][0]["code"], "clears_everything");
    assert_eq!(world.get("officer.idn", &clearance).await.json()["entry_point"], "Poipet");
    // A client of an older release does not know every field, and what it means to change it sets: the rest is as easily lost.
    let mut older = nothing.clone();
    older.remove("entry_ban_until");
    let mut setting = nothing.clone();
    setting["exit_permit_number"] = json!("EP-7");
    for patch in [older, setting] {
        world.patch("officer.idn", &clearance, json!(patch)).await.problem(422, "validation_failed");
    }
    let mut one = nothing;
    one.remove("entry_point");
    world.patch("officer.idn", &clearance, json!(one)).await.expect(200);
    assert_eq!(world.get("officer.idn", &clearance).await.json()["entry_point"], "Poipet");
    // What stands within a record is as easily lost.
    let case = format!("/v1/cases/{id}");
    let identity = world.get("officer.idn", &case).await.json()["identity"].clone();
    let nothing: serde_json::Map<_, _> =
        identity.as_object().unwrap().keys().filter(|field| *field != "given_name").map(|field| (field.clone(), json!(null))).collect();
    let mut nothing = json!({ "risk_level": "low", "identity": nothing });
    nothing["identity"]["given_name"] = json!(null);
    let refused = world.patch("officer.idn", &case, nothing).await;
    assert_eq!(refused.pointers(), ["/identity"]);
    assert_eq!(world.get("officer.idn", &case).await.json()["identity"], identity);
}

#[rstest]
#[actix_web::test]
async fn the_history_says_from_to_and_by_whom(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let id = world.register("caseworker.a", data::vietnamese()).await["id"].as_str().unwrap().to_owned();
    let url = format!("/v1/cases/{id}");
    world.patch("caseworker.a", &url, json!({ "risk_level": "imminent", "narrative": { "notes": "Now says more" } })).await.expect(200);
    let history = world.get("caseworker.a", &format!("{url}/history")).await.expect(200).json();
    let items = history["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{history}");
    let change =
        |compartment: serde_json::Value| items.iter().find(|item| item["compartment"] == compartment).unwrap()["changes"][0].clone();
    assert_eq!(change(json!(null)), json!({ "field": "risk_level", "from": "medium", "to": "imminent" }));
    assert_eq!(change(json!("narrative")), json!({ "field": "narrative.notes", "from": "Swam across the river", "to": "Now says more" }));
    assert_eq!(items[0]["operation"], "update_case");
    let page = world.get("caseworker.a", &format!("{url}/history?limit=1")).await.expect(200).json();
    let next = page["next"].as_str().unwrap();
    let rest = world.get("caseworker.a", &format!("{url}/history?limit=1&after={next}")).await.expect(200).json();
    assert_eq!((rest["items"].as_array().map(Vec::len), rest["next"].clone()), (Some(1), json!(null)));
}

#[rstest]
#[actix_web::test]
async fn pages_hold_every_case_once_in_every_order(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for index in 0..7 {
        let mut body = data::walk_in();
        body["risk_level"] = json!(["low", "medium", "high", "imminent"][index % 4]);
        world.register("officer.idn", body).await;
    }
    // What changed while a list is read comes again at its end, and what was written just before may have.
    world.clock.forward(60);
    for sort in ["registered", "-registered", "updated", "-updated", "risk", "-risk"] {
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = world.get("officer.idn", &format!("/v1/cases?limit=3&sort={sort}{after}")).await.expect(200);
            let json = page.json();
            seen.extend(json["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned()));
            let Some(next) = json["next"].as_str() else { break };
            assert!(page.header("link").ends_with("rel=\"next\""), "{}", page.header("link"));
            after = format!("&after={next}");
        }
        let mut unique = seen.clone();
        unique.sort();
        unique.dedup();
        assert_eq!((seen.len(), unique.len()), (7, 7), "{sort}");
    }
    let page = world.get("officer.idn", "/v1/cases?limit=3").await.json();
    let next = page["next"].as_str().unwrap();
    world.get("officer.idn", &format!("/v1/cases?limit=3&sort=risk&after={next}")).await.problem(400, "invalid_cursor");
    world.get("officer.idn", &format!("/v1/cases?limit=3&stage=screened&after={next}")).await.problem(400, "invalid_cursor");
    world.get("supervisor.idn", &format!("/v1/cases?limit=3&after={next}")).await.problem(400, "invalid_cursor");
}

#[rstest]
#[actix_web::test]
async fn filters_find_what_they_say(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("caseworker.a", data::taiwanese()).await;
    let mut child = data::vietnamese();
    child["identity"]["birth_date"] = json!("2024-06");
    let child = world.register("caseworker.a", child).await;
    let count = async |query: &str| {
        world.get("caseworker.a", &format!("/v1/cases?{query}")).await.expect(200).json()["items"].as_array().unwrap().len()
    };
    for (query, expected) in [
        ("nationality=TWN", 1),
        ("nationality=IDN", 0),
        ("is_child=true", 1),
        ("is_child=false", 1),
        ("gender=masculine", 1),
        ("stage=registered", 2),
        ("stage=screened", 0),
        ("risk_level=medium", 2),
        ("status=active", 2),
        ("host_country=KHM", 2),
        ("registered_from=2020-01-01", 2),
        ("registered_to=2020-01-01", 0),
        ("updated_from=2020-01-01&updated_to=2999-01-01", 2),
    ] {
        assert_eq!(count(query).await, expected, "{query}");
    }
    assert_eq!(child["is_child"], true);
    world.get("caseworker.a", "/v1/cases?name=Siti").await.problem(400, "invalid_query");
    world.get("caseworker.a", "/v1/cases?nationality=QQQ").await.problem(400, "invalid_query");
    world.get("caseworker.a", "/v1/cases?limit=0").await.problem(400, "invalid_query");
}

#[rstest]
#[actix_web::test]
async fn an_exact_identifier_finds_only_what_may_be_seen(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("officer.idn", data::walk_in()).await;
    for (field, value) in [("document_number", "x04512378"), ("phone", "+62 811 0000 0001"), ("email", "SITI@example.org")] {
        let search = json!({ "field": field, "value": value });
        let found = world.post("officer.idn", "/v1/cases/search", search.clone()).await.expect(200).json();
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "{field}");
        let found = world.post("caseworker.a", "/v1/cases/search", search).await.expect(200).json();
        assert_eq!(found["items"], json!([]), "{field} at another organisation");
    }
}

#[rstest]
#[actix_web::test]
async fn a_second_episode_carries_the_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = world.register("caseworker.a", data::vietnamese()).await;
    let episode = json!({
        "person_id": first["person_id"], "previous_case_id": first["id"], "host_country": "KHM", "intake_channel": "hotline", "nationality_claimed": "VNM"
    });
    let second = world.register("caseworker.a", episode.clone()).await;
    assert_eq!(second["identity"], first["identity"]);
    assert_eq!(second["narrative"]["notes"], json!(null), "the narrative belongs to the episode");
    world.post("caseworker.b", "/v1/cases", episode).await.problem(422, "validation_failed");
    let url = format!("/v1/cases/{}", first["id"].as_str().unwrap());
    world.patch("caseworker.a", &url, json!({ "identity": { "birth_date": "2020-01-01" } })).await.expect(200);
    let second = world.get("caseworker.a", &format!("/v1/cases/{}", second["id"].as_str().unwrap())).await.json();
    assert_eq!((second["identity"]["birth_date"].clone(), second["is_child"].clone()), (json!("2020-01-01"), json!(true)));
}

#[rstest]
#[actix_web::test]
async fn a_case_is_closed_reopened_and_assigned_by_supervisors(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let id = world.register("caseworker.a", data::vietnamese()).await["id"].as_str().unwrap().to_owned();
    let url = format!("/v1/cases/{id}");
    world.act("caseworker.a", &url, "/close", json!({ "reason": "duplicate" })).await.problem(403, "permission_denied");
    let closed = world.act("supervisor.a", &url, "/close", json!({ "reason": "stayed_lawfully" })).await.expect(200).json();
    assert_eq!(closed["status"], "closed");
    world.patch("caseworker.a", &url, json!({ "risk_level": "low" })).await.problem(409, "case_closed");
    world.act("supervisor.a", &url, "/reopen", json!({ "reason": "It goes on" })).await.expect(200);
    let me = world.get("caseworker.a", "/v1/me").await.json()["user_id"].clone();
    let stranger = world.get("caseworker.b", "/v1/me").await.json()["user_id"].clone();
    let assigned = world.act("supervisor.a", &url, "/assign", json!({ "assigned_to": me })).await.expect(200).json();
    assert_eq!(assigned["assigned_to"], me);
    world.act("supervisor.a", &url, "/assign", json!({ "assigned_to": stranger })).await.problem(422, "validation_failed");
    assert_eq!(
        world.get("caseworker.a", &format!("/v1/cases?assigned_to={}", me.as_str().unwrap())).await.json()["items"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[rstest]
#[actix_web::test]
async fn figures_count_what_the_organisation_sees(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("caseworker.a", data::taiwanese()).await;
    world.register("caseworker.a", data::vietnamese()).await;
    world.register("officer.idn", data::walk_in()).await;
    let count = async |actor: &str| world.get(actor, "/v1/statistics/cases?by=nationality,stage").await.expect(200).json();
    let desk = count("coordinator").await;
    assert_eq!(desk["total"], 3);
    assert!(desk["items"].as_array().unwrap().contains(&json!({ "nationality": "TWN", "stage": "registered", "count": 1 })), "{desk}");
    assert_eq!(count("caseworker.a").await["total"], 2);
    assert_eq!(count("officer.vnm").await, json!({ "items": [], "total": 0 }));
    let table = world.get("coordinator", "/v1/statistics/cases/csv?by=nationality,stage").await.expect(200);
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8; header=present");
    let text = table.text();
    let mut rows: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(rows.remove(0), r#""nationality","stage","count""#);
    rows.sort_unstable();
    assert_eq!(rows, [r#""IDN","registered","1""#, r#""TWN","registered","1""#, r#""VNM","registered","1""#]);
    let own = world.get("caseworker.a", "/v1/statistics/cases/csv?by=risk_level&nationality=TWN").await.expect(200).text();
    assert_eq!(own.trim_start_matches('\u{feff}'), "\"risk_level\",\"count\"\r\n\"medium\",\"1\"\r\n");
    world.get("coordinator", "/v1/statistics/cases/csv").await.problem(400, "invalid_query");
    world.get("admin", "/v1/statistics/cases/csv?by=stage").await.problem(403, "permission_denied");
    world.get("coordinator", "/v1/statistics/cases?by=name").await.problem(400, "invalid_query");
    // Exact figures are for those who may open the cases.
    for url in
        ["/v1/statistics/cases?by=stage", "/v1/statistics/cases/csv?by=stage", "/v1/reports/backlog", "/v1/reports/reconciliation/csv"]
    {
        let refused = world.get("analyst", url).await;
        assert!(refused.json()["detail"].as_str().is_some_and(|detail| detail.contains("/v1/statistics/releases")), "{url}");
        refused.problem(403, "permission_denied");
    }
    world.get("analyst", "/v1/cases").await.problem(403, "permission_denied");
    world.get("admin", "/v1/cases").await.problem(403, "permission_denied");
    world.get("admin", "/v1/statistics/cases?by=stage").await.problem(403, "permission_denied");
}
