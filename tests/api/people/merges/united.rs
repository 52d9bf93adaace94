//! Whoever was registered twice is found by everything that either registration says of them.

use super::*;

/// Two registrations of one man with different names, papers and numbers.
async fn of_two_names(world: &World) -> Twins {
    let registration = |alias: &str, document: (&str, &str), phone: &str| {
        let mut body = data::vietnamese();
        body["identity"] = json!({
            "given_name": "Listor", "family_name": "Gurung", "birth_date": "1998-05-01", "aliases": [{ "name": alias }],
            "documents": [{ "kind": document.0, "number": document.1, "custody": "with_person" }],
        });
        body["contact"] = json!({ "phones": [{ "number": phone, "safe": true }] });
        body.as_object_mut().expect("an object").remove("protection");
        body
    };
    let one = registration("Anil Tamang", ("passport", "AA700001"), "+9779800000001");
    let mut other = registration("Kamal Gurungson", ("national_id", "BB700001"), "+9779800000002");
    other["identity"]["given_name"] = json!("Listhor");
    twins_of(world, one, other).await
}

/// Whether a search of the caseworker finds exactly this case.
async fn finds(world: &World, sought: Value, case: &Value) -> bool {
    let found = world.post("caseworker.a", "/v1/cases/search", sought).await.expect(200).json();
    let ids: Vec<&Value> = found["items"].as_array().expect("a list").iter().map(|item| item.get("case").unwrap_or(item)).collect();
    ids.iter().any(|item| item["id"] == case["id"])
}

#[rstest]
#[actix_web::test]
async fn either_ones_names_numbers_and_codes_find_the_survivor(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = of_two_names(world).await;
    let preview = twins.preview(world, "supervisor.a").await.expect(200).json();
    let default =
        |name: &str| preview["fields"].as_array().unwrap().iter().find(|field| field["field"] == name).unwrap()["by_default"].clone();
    for list in ["identity.aliases", "identity.documents", "identity.languages", "contact.phones", "contact.emails"] {
        assert_eq!(default(list), "both", "{list}");
    }
    let merge = twins.merge(world).await;
    let survivor = &twins.survivor;
    for sought in [
        json!({ "field": "document_number", "value": "AA700001" }),
        json!({ "field": "document_number", "value": "BB700001" }),
        json!({ "field": "phone", "value": "+9779800000001" }),
        json!({ "field": "phone", "value": "+9779800000002" }),
        json!({ "name": "Anil Tamang" }),
        json!({ "name": "Kamal Gurungson" }),
        json!({ "name": "Listhor Gurung" }),
        json!({ "code": twins.other["code"] }),
        json!({ "code": survivor["code"] }),
    ] {
        assert!(finds(world, sought.clone(), survivor).await, "{sought}");
    }
    let by_code = world.get("caseworker.a", &format!("/v1/cases?code={}", twins.other["code"].as_str().unwrap())).await.expect(200).json();
    assert_eq!((&by_code["items"][0]["id"], by_code["items"].as_array().map(Vec::len)), (&survivor["id"], Some(1)));
    let strangers =
        world.get("caseworker.b", &format!("/v1/cases?code={}", twins.other["code"].as_str().unwrap())).await.expect(200).json();
    assert_eq!(strangers["items"], json!([]));

    // A third registration, by what the merged one was known by.
    let third = json!({ "name": "Kamal Gurungson", "document_number": "BB700001" });
    let candidates = world.post("caseworker.a", "/v1/cases/duplicate-candidates", third).await.expect(200).text();
    assert!(candidates.contains(survivor["id"].as_str().unwrap()), "{candidates}");
    let mut body = data::vietnamese();
    body["identity"] = json!({ "given_name": "Kamal", "family_name": "Gurungson", "documents": [{ "kind": "national_id", "number": "BB700001", "custody": "lost" }] });
    let third = world.register("caseworker.a", body).await;
    match_once(&world.db).await.unwrap();
    let pairs = world.get("caseworker.a", "/v1/duplicates").await.expect(200).text();
    assert!(pairs.contains(third["id"].as_str().unwrap()) && pairs.contains(survivor["id"].as_str().unwrap()), "{pairs}");

    undo(world, &merge).await.expect(200);
    assert!(!finds(world, json!({ "field": "phone", "value": "+9779800000002" }), survivor).await, "each has its own again");
    assert!(finds(world, json!({ "code": twins.other["code"] }), &twins.other).await);
}

#[rstest]
#[actix_web::test]
async fn an_undo_keeps_what_was_added_to_a_list_since(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = of_two_names(world).await;
    let merge = twins.merge(world).await;
    let url = at(&twins.survivor, "");
    let phones = |case: &Value| {
        let of_case = case["contact"]["phones"].as_array().expect("phones").iter();
        of_case.map(|phone| phone["number"].as_str().expect("a number").to_owned()).collect::<Vec<_>>()
    };
    let merged = world.get("caseworker.a", &url).await.expect(200).json();
    assert_eq!(phones(&merged), ["+9779800000001", "+9779800000002"]);
    let mut list = merged["contact"]["phones"].clone();
    list.as_array_mut().unwrap().push(json!({ "number": "+9779800000003", "safe": false }));
    world.patch("caseworker.a", &url, json!({ "contact": { "phones": list } })).await.expect(200);
    undo(world, &merge).await.expect(200);
    assert_eq!(phones(&world.get("caseworker.a", &url).await.expect(200).json()), ["+9779800000001", "+9779800000003"]);
    assert_eq!(phones(&world.get("caseworker.a", &at(&twins.other, "")).await.expect(200).json()), ["+9779800000002"]);
}

#[rstest]
#[actix_web::test]
async fn only_lists_are_united(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = of_two_names(world).await;
    let both = |field: &str| json!([{ "field": field, "keep": "both" }]);
    let refused = twins.merge_as(world, "supervisor.a", both("identity.birth_date")).await;
    assert_eq!(refused.pointers(), ["/choices/0/keep"]);
    let one_side = json!([{ "field": "contact.phones", "keep": "survivor" }, { "field": "identity.documents", "keep": "other" }]);
    twins.merge_as(world, "supervisor.a", one_side).await.expect(201);
    let survivor = world.get("caseworker.a", &at(&twins.survivor, "")).await.expect(200).json();
    assert!(!survivor["contact"].to_string().contains("+9779800000002"), "what somebody decided against is not taken");
    assert!(!survivor["identity"].to_string().contains("AA700001"));
}

/// A warning that is lost leads the recruiter to the person.
#[rstest]
#[actix_web::test]
async fn both_warnings_and_the_finer_dates_are_kept_and_given_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let registration = |instructions: &str, born: &str, left: &str, document: &str| {
        let mut body = data::vietnamese();
        body["identity"] = json!({ "given_name": "Thùy Linh", "family_name": "Phạm", "birth_date": born,
                                   "documents": [{ "kind": "passport", "number": document, "custody": "with_person" }] });
        body["contact"] = json!({ "phones": [{ "number": "+84912000888", "safe": true }], "home_address": format!("Home of {document}"),
                                  "safe_contact_instructions": instructions });
        body["exited_on"] = json!(left);
        body.as_object_mut().expect("an object").remove("protection");
        body
    };
    let one = registration("Call in the evening", "1999-04", "2025-11", "C7700001");
    let other = registration("Never call: the brother is the recruiter", "1999-04-12", "2025-11-03", "C7700001");
    let twins = twins_of(world, one, other).await;
    let preview = twins.preview(world, "supervisor.a").await.expect(200).json();
    let default =
        |name: &str| preview["fields"].as_array().unwrap().iter().find(|field| field["field"] == name).unwrap()["by_default"].clone();
    assert_eq!(default("contact.safe_contact_instructions"), "both");
    assert_eq!((default("contact.home_address"), default("identity.birth_date")), (json!("both"), json!("other")));
    let merge = twins.merge(world).await;
    let read = async || world.get("caseworker.a", &at(&twins.survivor, "")).await.expect(200).json();
    let merged = read().await;
    let said = merged["contact"]["safe_contact_instructions"].as_str().expect("a text");
    assert_eq!(said, "Call in the evening\nNever call: the brother is the recruiter");
    assert_eq!((&merged["identity"]["birth_date"], &merged["exited_on"]), (&json!("1999-04-12"), &json!("2025-11-03")));
    undo(world, &merge).await.expect(200);
    let restored = read().await;
    assert_eq!(restored["contact"]["safe_contact_instructions"], "Call in the evening");
    assert_eq!((&restored["identity"]["birth_date"], &restored["exited_on"]), (&json!("1999-04"), &json!("2025-11")));
}
