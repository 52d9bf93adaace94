//! Every field of every compartment × every way of reading, generated from the document: a caller whose grant does not open the
//! compartment reads nothing of the field in any way, and can neither filter, sort nor count by it.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::canaries;
use crate::sharing::consents_and_referrals::{answer, at, organisation_of, step};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};
use crate::walkers::access_matrix::operations;
use crate::walkers::cross_reference::ids::{resolved, walk};

const COMPARTMENTS: &[&str] = &["identity", "contact", "location", "health", "narrative", "protection"];

/// A field of a compartment: its place, and its unique text; none where it takes no free text.
struct Field {
    compartment: &'static str,
    path: String,
    value: Option<String>,
}

/// A case with a unique text in every field that takes one, and all the fields.
fn described() -> (Value, Vec<Field>) {
    let document = crate::support::contract::document();
    let case = resolved(document, &document["components"]["schemas"]["CreateCase"]);
    let mut body = canaries();
    body["identity"]["aliases"] = json!([{ "name": "Bé Ba" }]);
    let mut fields = Vec::new();
    for compartment in COMPARTMENTS {
        walk(document, &case["properties"][*compartment], &format!("/{compartment}"), &mut |path, schema| {
            let types = |name: &str| schema["type"] == name || schema["type"].as_array().is_some_and(|types| types.contains(&json!(name)));
            let is_leaf = !types("object") && !types("array") && path.matches('/').count() > 1 && !schema["type"].is_null();
            if !is_leaf || fields.iter().any(|field: &Field| field.path == path) {
                return;
            }
            let is_free = types("string") && ["format", "enum", "pattern"].iter().all(|limit| schema[*limit].is_null());
            let roomy = schema["maxLength"].as_u64().is_none_or(|length| length >= 60);
            let parent = path.rsplit_once('/').expect("a path").0;
            let mut value = None;
            if is_free && roomy && body.pointer(parent).is_some_and(Value::is_object) {
                let mut text = format!("canary{}x", path.replace(['/', '_'], "-"));
                if parent.contains("/emails/") {
                    text.push_str("@example.org");
                }
                let name = path.rsplit('/').next().expect("a name");
                body.pointer_mut(parent).expect("the parent")[name] = json!(text);
                value = Some(text);
            }
            fields.push(Field { compartment, path: path.to_owned(), value });
        });
    }
    (body, fields)
}

/// The ways of reading, each with the texts of all its answers.
async fn ways(world: &World, actor: &str, case: &Value, fields: &[Field]) -> Vec<(&'static str, String)> {
    let of = async |urls: Vec<String>| {
        let mut text = String::new();
        for url in urls {
            text.push_str(&world.get(actor, &url).await.text());
        }
        text
    };
    let reports =
        operations().into_iter().filter(|operation| operation.template.starts_with("/v1/reports/") && operation.method == Method::GET);
    let reports = reports.map(|operation| operation.template).collect();
    let by = ["nationality", "stage", "gender", "host_country"].map(|by| format!("/v1/statistics/cases?by={by}")).to_vec();
    let papers = [
        "/papers/authority-letter?purpose=release",
        "/papers/authority-letter?purpose=fine_waiver",
        "/papers/travel-document-application",
        "/papers/consent-form",
    ];
    let export = world.post(actor, "/v1/exports", json!({ "export": { "nationality": "VNM" } })).await.text();
    let (mut search, mut duplicates) = (String::new(), of(vec!["/v1/duplicates".to_owned(), "/v1/tracing-matches".to_owned()]).await);
    // By each closed value: a hit repeats the value that was sent, so the code of the case must be absent instead.
    for value in fields.iter().filter_map(|field| field.value.as_deref()) {
        for field in ["document_number", "email", "phone"] {
            search.push_str(&world.post(actor, "/v1/cases/search", json!({ "field": field, "value": value })).await.text());
        }
        let described = json!({ "name": value, "birth_date": "1990", "nationality": "VNM" });
        search.push_str(&world.post(actor, "/v1/cases/search", json!({ "name": value, "birth_date": "1990" })).await.text());
        duplicates.push_str(&world.post(actor, "/v1/cases/duplicate-candidates", described).await.text());
    }
    vec![
        ("get", of(vec![at(case, ""), at(case, "/location")]).await),
        ("list", of(vec!["/v1/cases?limit=200".to_owned()]).await),
        ("search", search),
        ("count", of(by).await),
        ("history", of(vec![at(case, "/history?limit=200")]).await),
        ("dossier", of(vec![at(case, "/dossier")]).await),
        ("papers", of(papers.map(|paper| at(case, paper)).to_vec()).await),
        ("report", of(reports).await),
        ("export", export),
        ("duplicates", duplicates),
        ("referral", of(vec!["/v1/referrals?limit=200".to_owned(), "/v1/transfers".to_owned(), at(case, "/referrals")]).await),
    ]
}

#[rstest]
#[actix_web::test]
async fn every_way_of_asking_redacts_the_same(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (body, fields) = described();
    assert!(fields.iter().filter(|field| field.value.is_some()).count() >= 15, "few fields take a text");
    assert!(COMPARTMENTS.iter().all(|compartment| fields.iter().any(|field| field.compartment == *compartment && field.value.is_some())));
    let case = world.register("caseworker.a", body.clone()).await;
    world.register("caseworker.a", body).await;
    homeward::command::background::match_once(&world.db).await.expect("everybody is compared");
    // NGO B sees health alone, was offered the same case again for another service, and the mission sees the person's identity.
    answer(world, &case, json!({})).await.expect(201);
    let mut referral = data::referral(&organisation_of(world, "caseworker.b").await);
    referral["compartments"] = json!(["health"]);
    let first = world.post("caseworker.a", &at(&case, "/referrals"), referral.clone()).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &first, json!({ "to": "accepted" })).await.expect(200);
    (referral["service"], referral["compartments"]) = (json!("legal"), json!(["narrative"]));
    world.post("caseworker.a", &at(&case, "/referrals"), referral).await.expect(201);
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    for (actor, opened) in
        [("caseworker.a", COMPARTMENTS), ("caseworker.b", &["health"]), ("officer.vnm", &["identity", "contact"]), ("officer.twn", &[])]
    {
        let told = ways(world, actor, &case, &fields).await;
        for field in &fields {
            let Some(value) = &field.value else { continue };
            for (way, text) in &told {
                let is_told = text.contains(value.as_str());
                assert!(!is_told || opened.contains(&field.compartment), "{way} tells {actor} {}", field.path);
            }
            let is_got = told[0].1.contains(value.as_str());
            assert_eq!(is_got, opened.contains(&field.compartment), "get, {actor}: {}", field.path);
        }
    }
}

#[rstest]
#[actix_web::test]
async fn nothing_in_a_compartment_can_be_filtered_sorted_or_counted_by(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.register("caseworker.a", canaries()).await;
    let (_, fields) = described();
    for field in &fields {
        let name = field.path.rsplit('/').next().unwrap();
        let dotted = field.path.trim_start_matches('/').replace('/', ".");
        for name in [name, dotted.as_str()] {
            for url in [
                format!("/v1/cases?sort={name}"),
                format!("/v1/cases?sort=-{name}"),
                format!("/v1/cases?{name}=canary"),
                format!("/v1/statistics/cases?by={name}"),
                format!("/v1/statistics/cases?by=nationality&{name}=canary"),
            ] {
                for actor in ["caseworker.a", "officer.vnm"] {
                    let answer = world.get(actor, &url).await;
                    assert!([400, 422].contains(&answer.status), "{url}: {}: {}", answer.status, answer.text());
                }
            }
        }
    }
}
