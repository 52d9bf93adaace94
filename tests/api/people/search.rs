//! Finding a person among the caller's own cases, in any script; and no other person.

use homeward::command::background::match_once;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

async fn found(world: &World, actor: &str, body: Value) -> Vec<(String, f64)> {
    let answer = world.post(actor, "/v1/cases/search", body).await.expect(200).json();
    let items = answer["items"].as_array().expect("items").iter();
    items.map(|item| (item["id"].as_str().expect("an id").to_owned(), item["score"].as_f64().unwrap_or(-1.0))).collect()
}

async fn register(world: &World, actor: &str, body: Value) -> String {
    world.register(actor, body).await["id"].as_str().expect("an id").to_owned()
}

#[rstest]
#[actix_web::test]
async fn anonymous_finds_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.post("", "/v1/cases/search", json!({ "name": "Siti Rahmawati" })).await.problem(401, "unauthenticated");
    world.post("analyst", "/v1/cases/search", json!({ "name": "Siti Rahmawati" })).await.problem(403, "permission_denied");
}

#[rstest]
#[actix_web::test]
async fn a_name_is_found_in_any_script_order_and_spelling(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let chen = register(world, "caseworker.a", data::taiwanese()).await;
    let hung = register(world, "caseworker.a", data::vietnamese()).await;
    for name in ["陳怡君", "Chen Yi-Jun", "I-Chun Chen", "CHEN YIJUN"] {
        assert_eq!(found(world, "caseworker.a", json!({ "name": name })).await.first().map(|(id, _)| id), Some(&chen), "{name}");
    }
    for name in ["Nguyen Van Hung", "HÙNG NGUYỄN VĂN", "Van Hung Nguyen"] {
        assert_eq!(found(world, "caseworker.a", json!({ "name": name })).await.first().map(|(id, _)| id), Some(&hung), "{name}");
    }
    assert_eq!(found(world, "caseworker.a", json!({ "name": "Kofi Mensah" })).await, []);
}

/// Names without a consonant, the first letters of a long one, and scripts against Latin letters: what field reports missed.
#[rstest]
#[actix_web::test]
async fn whoever_is_there_is_found(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (name, typed) in [
        ("Aye Aye Oo", &["Aye Aye Oo", "Oo Aye", "Aye", "Aya Aye Oo"][..]),
        ("欧阿", &["欧阿", "Ou A"]),
        ("Ý Á", &["Y A", "Ý Á"]),
        ("Chamindaya Wickramasinghe", &["Wick", "Wickrama", "Chamin", "Chamindaya Wick", "Wikramasinha"]),
        ("ဇော်မင်းထွန်း", &["Zaw Min Htun", "Zaw Min Tun", "ဇော်မင်းထွန်း"]),
        ("Khin Myo Thant", &["ခင်မျိုးသန့်"]),
        ("محمد عثمان غنی", &["Muhammad Usman Ghani"]),
        ("Md Rafiqul Islam", &["মোহাম্মদ রফিকুল ইসলাম"]),
        ("ຄຳພູ ວົງສາ", &["Khamphou Vongsa"]),
    ] {
        let mut person = data::vietnamese();
        person["identity"] = json!({ "given_name": name });
        let case = register(world, "caseworker.a", person).await;
        for typed in typed {
            let found = found(world, "caseworker.a", json!({ "name": typed })).await;
            assert!(found.iter().any(|(id, _)| *id == case), "{name} is not found by {typed}");
        }
    }
    // The second registration of the same person is noticed.
    let twice = world.post("caseworker.a", "/v1/cases/duplicate-candidates", json!({ "name": "Aye Aye Oo" })).await.expect(200).json();
    assert_eq!(twice["items"].as_array().map(Vec::len), Some(1), "{twice}");
}

#[rstest]
#[actix_web::test]
async fn a_case_is_found_by_the_code_that_is_said_on_the_phone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let (id, code) = (case["id"].as_str().expect("an id"), case["code"].as_str().expect("a code"));
    for typed in [code.to_owned(), code.to_lowercase(), code.replace('-', ""), code.replace('-', " ")] {
        let hits = found(world, "caseworker.a", json!({ "code": typed })).await;
        assert_eq!(hits.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), [id], "{typed}");
        let listed = world.get("caseworker.a", &format!("/v1/cases?code={}", typed.replace(' ', "%20"))).await.expect(200).json();
        assert_eq!((listed["items"].as_array().map(Vec::len), &listed["items"][0]["id"]), (Some(1), &json!(id)), "{typed}");
        assert_eq!(found(world, "caseworker.b", json!({ "code": typed })).await, [], "for a stranger there is no such case");
    }
    let (body, last) = code.split_at(code.len() - 1);
    let misheard = format!("{body}{}", if last == "7" { "8" } else { "7" });
    world.post("caseworker.a", "/v1/cases/search", json!({ "code": misheard })).await.problem(422, "validation_failed");
    let refused = world.get("caseworker.a", &format!("/v1/cases?code={misheard}")).await;
    assert!(
        refused.status == 422 && refused.text().contains("not_a_case_code") && !refused.text().contains(&misheard),
        "{}",
        refused.text()
    );
    world.post("caseworker.a", "/v1/cases/search", json!({ "code": code, "name": "Hung" })).await.problem(422, "validation_failed");
}

#[rstest]
#[actix_web::test]
async fn whoever_fits_best_comes_first_with_the_reasons(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut older = data::vietnamese();
    older["identity"]["birth_date"] = json!("1971-02-20");
    let older = register(world, "caseworker.a", older).await;
    let hung = register(world, "caseworker.a", data::vietnamese()).await;
    let ranked = found(world, "caseworker.a", json!({ "name": "Nguyen Van Hung", "birth_date": "1995-11-03", "nationality": "VNM" })).await;
    assert_eq!(ranked.iter().map(|(id, _)| id).collect::<Vec<_>>(), [&hung, &older]);
    assert!(ranked[0].1 > 0.95 && ranked[1].1 < 0.75, "{ranked:?}");
    let by_document = found(world, "caseworker.a", json!({ "document_number": "nowhere-1" })).await;
    assert_eq!(by_document, []);
}

#[rstest]
#[actix_web::test]
async fn another_organisation_finds_nobody_and_a_guest_only_whom_it_may_identify(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = register(world, "caseworker.a", data::vietnamese()).await;
    let search = json!({ "name": "Nguyễn Văn Hùng", "birth_date": "1995-11-03" });
    for stranger in ["caseworker.b", "officer.idn", "officer.vnm"] {
        assert_eq!(found(world, stranger, search.clone()).await, [], "{stranger}");
    }
    assert_eq!(found(world, "coordinator", search.clone()).await.len(), 1);
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &format!("/v1/cases/{case}/embassy-contacts"), contact).await.expect(201);
    assert_eq!(found(world, "officer.vnm", search).await.len(), 1);
}

#[rstest]
#[actix_web::test]
async fn a_changed_name_is_found_and_the_old_one_is_not(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = register(world, "caseworker.a", data::vietnamese()).await;
    assert_eq!(found(world, "caseworker.a", json!({ "name": "Nguyễn Văn Hùng" })).await.len(), 1);
    let identity = json!({ "identity": { "given_name": "Kwabena", "family_name": "Asante" } });
    world.patch("caseworker.a", &format!("/v1/cases/{case}"), identity).await.expect(200);
    assert_eq!(found(world, "caseworker.a", json!({ "name": "Asante Kwabena" })).await.len(), 1);
    assert_eq!(found(world, "caseworker.a", json!({ "name": "Nguyễn Văn Hùng" })).await, []);
}

#[rstest]
#[actix_web::test]
async fn another_instance_finds_who_was_registered_and_renamed_here(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let other = world.restart(crate::support::database::keys()).await;
    assert_eq!(
        found(&other, "caseworker.a", json!({ "name": "Nguyễn Văn Hùng" })).await,
        [],
        "the names are read before anybody is registered"
    );
    let case = register(world, "caseworker.a", data::vietnamese()).await;
    match_once(&other.db).await.expect("the names are read anew");
    assert_eq!(found(&other, "caseworker.a", json!({ "name": "Nguyễn Văn Hùng" })).await.len(), 1);
    world
        .patch("caseworker.a", &format!("/v1/cases/{case}"), json!({ "identity": { "given_name": "Kwabena", "family_name": "Asante" } }))
        .await
        .expect(200);
    match_once(&other.db).await.expect("the names are read anew");
    assert_eq!(found(&other, "caseworker.a", json!({ "name": "Kwabena Asante" })).await.len(), 1);
    assert_eq!(found(&other, "caseworker.a", json!({ "name": "Nguyễn Văn Hùng" })).await, []);
}

#[rstest]
#[actix_web::test]
async fn a_search_is_one_thing_or_the_other(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (body, pointer) in [
        (json!({}), "/name"),
        (json!({ "field": "phone" }), "/value"),
        (json!({ "value": "X123456" }), "/field"),
        (json!({ "nationality": "IDN" }), "/name"),
        (json!({ "field": "phone", "value": "+85500000002", "name": "Siti" }), "/field"),
        (json!({ "name": "x".repeat(301) }), "/name"),
    ] {
        let answer = world.post("caseworker.a", "/v1/cases/search", body.clone()).await;
        assert_eq!((answer.status, answer.pointers()), (422, vec![pointer.to_owned()]), "{body}");
    }
}
