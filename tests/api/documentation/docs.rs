//! The documentation: complete, linked, compressed, cached, and without personal data.

use std::collections::BTreeSet;
use std::io::Read;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use homeward::error::ErrorCode;
use rstest::rstest;
use serde_json::Value;

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{Answer, World};

async fn read(world: &World, path: &str, headers: &[(&'static str, &str)]) -> Answer {
    let request = headers.iter().fold(TestRequest::get().uri(path), |request, header| request.insert_header(*header));
    world.raw(request).await
}

/// The texts between each `before` and the next `after`.
fn between(text: &str, before: &str, after: &str) -> BTreeSet<String> {
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).map(str::to_owned).collect()
}

fn plain(packed: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("gzip");
    text
}

/// Follows every link from the first page, and returns all pages by their path.
async fn every_page(world: &World) -> Vec<(String, Answer)> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::from(["/docs/".to_owned()]));
    let mut waiting = vec!["/docs/".to_owned()];
    while let Some(path) = waiting.pop() {
        let answer = read(world, &path, &[]).await;
        assert_eq!(answer.status, 200, "{path} is linked and not there");
        if answer.header("content-type").starts_with("text/html") {
            let text = answer.text();
            let ids = between(&text, " id=\"", "\"");
            for link in between(&text, " href=\"", "\"").into_iter().chain(between(&text, " src=\"", "\"")) {
                let (target, anchor) = link.split_once('#').map_or((link.as_str(), None), |(target, anchor)| (target, Some(anchor)));
                assert!(target.is_empty() || target.starts_with('/'), "{path} leads away from this server: {link}");
                assert!(!target.is_empty() || anchor.is_some_and(|anchor| ids.contains(anchor)), "{path}: {link} is not on the page");
                if !target.is_empty() && seen.insert(target.to_owned()) {
                    waiting.push(target.to_owned());
                }
            }
        }
        found.push((path, answer));
    }
    found
}

/// The pages are the same on both databases: one is enough.
async fn world() -> World {
    World::start(crate::support::database::Kind::Sqlite).await.expect("SQLite is always there")
}

#[actix_web::test]
async fn a_file_is_chosen_and_not_typed() {
    let page = read(&world().await, "/docs/reference/put_attachment_content", &[]).await.expect(200).text();
    assert!(page.contains("<input type=\"file\" name=\"body\""), "{page}");
}

#[actix_web::test]
async fn a_page_says_who_may_call_the_operation() {
    let world = world().await;
    for (operation, says) in [
        ("login", "Needs no sign-in."),
        ("get_me", "Needs the permission <code>account:own</code>, which every user has."),
        ("list_users", "Needs the permission <code>user:manage</code>, which these roles have: <code>administrator</code>."),
        ("create_case", "Machine clients may call it too"),
    ] {
        let page = read(&world, &format!("/docs/reference/{operation}"), &[]).await.expect(200).text();
        assert_eq!(page.matches(says).count(), 1, "{operation}");
        assert!(!page.contains("Permission <code>") && !page.contains("Needs <code>"), "{operation} says it twice");
        assert_eq!(page.contains("Needs no sign-in."), operation == "login", "{operation}");
    }
}

#[rstest]
#[actix_web::test]
async fn the_type_of_a_problem_leads_to_its_explanation(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let problem = world.send("officer.vnm", Method::GET, "/v1/cases?misspelt=1", &[], None).await.problem(400, "invalid_query");
    let page = read(world, problem["type"].as_str().expect("a type"), &[]).await.expect(200);
    assert!(page.text().contains("<code>invalid_query</code>"), "{}", page.text());
}

#[actix_web::test]
async fn every_error_has_its_page_with_an_example_that_the_service_itself_made() {
    let world = world().await;
    let list = read(&world, "/problems/", &[]).await.expect(200).text();
    for code in ErrorCode::ALL {
        let path = format!("/problems/{}", code.as_str());
        assert!(list.contains(&format!("href=\"{path}\"")), "{path} is not in the list");
        let page = read(&world, &path, &[]).await.expect(200).text();
        let example =
            page.split("HTTP/1.1 ").nth(1).and_then(|rest| rest.split("</code>").next()).expect("an example").replace("&quot;", "\"");
        assert!(example.starts_with(&code.status().to_string()), "{path}: {example}");
        let body: Value = serde_json::from_str(example.split_once("\n\n").expect("a body").1.replace("&amp;", "&").as_str()).expect("JSON");
        assert_eq!((body["type"].as_str(), body["code"].as_str()), (Some(path.as_str()), Some(code.as_str())));
        for heading in ["What it means", "Why it happens", "What to do", "Does it help to send the request again?"] {
            assert!(page.contains(heading), "{path} does not say: {heading}");
        }
        let waits = page.contains("Wait as many seconds as the header Retry-After says");
        assert_eq!(waits, example.contains("retry-after: "), "{path}: who is told to wait is told how long");
    }
    read(&world, "/problems/no_such_code", &[]).await.problem(404, "route_not_found");
    read(&world, "/docs/no-such-page", &[]).await.problem(404, "route_not_found");
    for path in ["/docs/no-such-page", "/problems/no_such_code", "/nothing", "/case"] {
        let page = read(&world, path, &[("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")]).await.expect(404);
        assert!(page.header("content-type").starts_with("text/html"), "{path}: a person reads it in a browser");
        assert!(page.text().contains("href=\"/docs/reference/\"") && !page.text().contains(path), "{path}");
        read(&world, path, &[("accept", "application/json")]).await.problem(404, "route_not_found");
    }
}

#[actix_web::test]
async fn every_link_leads_somewhere_and_every_operation_is_reached() {
    let world = world().await;
    let pages = every_page(&world).await;
    let document: Value = serde_json::from_str(&read(&world, "/openapi.json", &[]).await.text()).expect("the document");
    let reached: BTreeSet<&str> = pages.iter().map(|(path, _)| path.as_str()).collect();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for operation in item.as_object().expect("operations").values() {
            let id = operation["operationId"].as_str().expect("an id");
            assert!(reached.contains(format!("/docs/reference/{id}").as_str()), "{path}: {id} has no page");
        }
    }
    // Every problem address that the document names anywhere.
    for kind in between(&document.to_string(), "\"/problems/", "\"") {
        assert!(reached.contains(format!("/problems/{kind}").as_str()), "/problems/{kind} is in the document and explains nothing");
    }
    for (path, answer) in &pages {
        let text = answer.text();
        if path.starts_with("/problems/") {
            assert!(!text.contains("<script"), "{path} is to be read, and needs no script");
        }
        assert!(!text.contains(" style=") && !text.contains(" onclick="), "{path} has what the content policy forbids");
    }
}

#[actix_web::test]
async fn pages_and_assets_are_compressed_and_cached_and_strict() {
    let world = world().await;
    let reference = read(&world, "/docs/reference/", &[]).await.expect(200).text();
    let assets: BTreeSet<String> = between(&reference, "\"/docs/assets/", "\"");
    assert_eq!(assets.len(), 3, "a style, a script and an icon: {assets:?}");
    let assets = assets.iter().map(|name| format!("/docs/assets/{name}"));
    let pages = ["/docs/", "/docs/guides/quick-start", "/docs/reference/", "/docs/reference/create_case", "/problems/internal", "/setup"];
    for path in pages.into_iter().map(str::to_owned).chain(assets) {
        let whole = read(&world, &path, &[]).await.expect(200);
        let packed = read(&world, &path, &[("accept-encoding", "br;q=1, gzip;q=0.8")]).await.expect(200);
        assert_eq!((whole.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"), "{path}");
        assert_eq!(plain(&packed.sent), whole.text(), "{path}");
        assert!(
            path.ends_with(".svg") || packed.sent.len() * 2 < whole.body.len(),
            "{path}: {} of {}",
            packed.sent.len(),
            whole.body.len()
        );
        let refused = read(&world, &path, &[("accept-encoding", "gzip;q=0")]).await.expect(200);
        assert_eq!(refused.header("content-encoding"), "", "{path} is compressed for somebody who cannot read it");

        let kept = if path.contains("/assets/") { "public, max-age=31536000, immutable" } else { "public, no-cache" };
        assert_eq!(packed.header("cache-control"), kept, "{path}");
        assert!(packed.header("vary").contains("Accept-Encoding"), "{path}");
        assert_ne!(packed.etag(), whole.etag(), "{path}: two forms, two tags");
        let again = read(&world, &path, &[("accept-encoding", "gzip"), ("if-none-match", &packed.etag())]).await.expect(304);
        assert!(again.body.is_empty() && again.etag() == packed.etag(), "{path}");

        let policy = whole.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        // A page that sends requests is a client; a guide copies; all others only show.
        let is_client = path.starts_with("/docs/reference/") || path == "/setup";
        assert_eq!(policy.contains("connect-src 'self'"), is_client, "{path}: {policy}");
        assert_eq!(policy.contains("script-src 'self'"), is_client || path.starts_with("/docs/guides/"), "{path}: {policy}");
    }
}

#[actix_web::test]
async fn what_a_form_is_filled_with_can_be_sent_by_the_account_that_the_documentation_names() {
    let world = world().await;
    let document = crate::support::contract::document();
    let example = |path: &str| document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"].clone();
    let page = read(&world, "/docs/reference/create_case", &[]).await.expect(200).text();
    let filled = page.split("spellcheck=\"false\">").find_map(|rest| rest.strip_prefix('{')).expect("a body");
    let lines = filled.split("</textarea>").next().expect("an end").lines().count();
    assert!(page.contains(&format!("rows=\"{lines}\"")), "the whole body is in sight");
    world.post("officer.idn", "/v1/cases", example("/v1/cases")).await.expect(201);
    // The code of the example belongs to no user; its password is one that an account may have.
    world.post("", "/v1/auth/password-reset", example("/v1/auth/password-reset")).await.problem(401, "invalid_reset_code");
}

#[actix_web::test]
async fn the_table_of_the_road_lists_what_a_step_requires_and_not_what_is_in_its_way() {
    let page = read(&world().await, "/docs/guides/road-home", &[]).await.expect(200).text();
    for (guard, requirement) in [
        ("no_protection_bar", "No protection concern bars contact with the mission."),
        ("no_legal_hold", "No legal hold keeps the person from leaving."),
        ("monitoring_over", "The monitoring after arrival is over."),
        (
            "fine_settled",
            "Nothing is owed of the overstay fine: it has been paid, waived, or settled by deportation or detention, or there is none.",
        ),
        ("penalties_settled", "No penalty beside the overstay fine is open."),
    ] {
        assert!(page.contains(&format!("{requirement} <code>{guard}</code>")), "{guard}");
    }
}

#[actix_web::test]
async fn the_documentation_is_only_read() {
    let world = world().await;
    for path in ["/", "/v1", "/setup", "/docs/", "/docs/guides/quick-start", "/problems/internal"] {
        let refused = world.raw(TestRequest::post().uri(path)).await;
        assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS", "{path}");
        refused.problem(405, "method_not_allowed");
    }
}

#[actix_web::test]
async fn what_people_try_first_leads_to_the_documentation() {
    let world = world().await;
    for (from, status, to) in [
        ("/", 307, "/docs/"),
        ("/v1", 307, "/docs/reference/"),
        ("/v1/", 307, "/docs/reference/"),
        ("/docs", 308, "/docs/"),
        ("/docs/guides", 308, "/docs/"),
        ("/docs/guides/", 308, "/docs/"),
        ("/docs/reference", 308, "/docs/reference/"),
        ("/problems", 308, "/problems/"),
        ("/setup/", 308, "/setup"),
    ] {
        let browser = [("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")];
        for headers in [&browser[..], &[]] {
            let answer = read(&world, from, headers).await.expect(status);
            assert_eq!(answer.header("location"), to, "{from}");
            assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{from}");
        }
        read(&world, to, &[]).await.expect(200);
    }
    let links = read(&world, "/", &[("accept", "application/json")]).await.expect(200);
    assert_eq!(links.header("content-type"), "application/json");
    assert!(links.header("vary").starts_with("Accept"), "{}", links.header("vary"));
    for link in links.json().as_object().expect("links").values() {
        read(&world, link.as_str().expect("an address"), &[]).await.expect(200);
    }
}

#[actix_web::test]
async fn the_guides_name_the_server_that_serves_them_and_the_command_that_is_installed() {
    let world = world().await;
    for (name, written) in homeward::api::docs::guides() {
        let page = read(&world, &format!("/docs/guides/{name}"), &[]).await.expect(200).text();
        assert!(!page.contains("127.0.0.1:8080") && !page.contains("cargo run"), "{name}");
        assert_eq!(page.contains(&format!("H={}", crate::support::world::PUBLIC_URL)), written.contains("H=http"), "{name}");
    }
}
