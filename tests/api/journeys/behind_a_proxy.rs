//! Conditional requests through a real proxy that compresses: every client there gets weak ETags, and sends back what it got.

use actix_web::HttpServer;
use homeward::app::{AppState, build_app};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::proxy::Proxy;
use crate::support::world::options;
use crate::support::{World, data};

/// One resource as its reader and writer meets it through the proxy.
struct Told {
    status: u16,
    etag: String,
    encoding: String,
    location: String,
    length: usize,
}

/// Sends one request as a client that takes compressed answers does.
fn send(token: &str, method: &str, url: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Told {
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(url)
        .header("authorization", format!("Bearer {token}"))
        .header("accept-encoding", "gzip")
        .header("content-type", if method == "PATCH" { "application/merge-patch+json" } else { "application/json" });
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let answer = match body {
        Some(body) => agent.run(request.body(body.to_string()).expect("a request")),
        None => agent.run(request.body(()).expect("a request")),
    };
    let mut answer = answer.expect("an answer");
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (etag, encoding, location) = (header("etag"), header("content-encoding"), header("location"));
    let length = answer.body_mut().read_to_vec().expect("the body arrives").len();
    Told { status: answer.status().as_u16(), etag, encoding, location, length }
}

/// Reads, is told that nothing changed, changes, and is told that it changed.
fn conditional(token: &str, url: &str, changes: [Value; 2]) {
    let mut known = send(token, "GET", url, &[], None);
    assert_eq!((known.status, known.encoding.as_str()), (200, "gzip"), "{url}");
    assert!(known.etag.starts_with("W/\""), "the proxy makes the tag weak: {url} {}", known.etag);
    for change in changes {
        let again = send(token, "GET", url, &[("if-none-match", &known.etag)], None);
        assert_eq!((again.status, again.length), (304, 0), "{url}");
        let changed = send(token, "PATCH", url, &[("if-match", &known.etag)], Some(&change));
        assert_eq!(changed.status, 200, "{url}: {change}");
        let late = send(token, "PATCH", url, &[("if-match", &known.etag)], Some(&change));
        assert_eq!(late.status, 412, "{url}: the earlier version is no longer there");
        let read = send(token, "GET", url, &[("if-none-match", &known.etag)], None);
        assert_eq!(read.status, 200, "{url}");
        assert_eq!(
            send(token, "GET", url, &[("if-none-match", &changed.etag)], None).status,
            304,
            "{url}: the tag of the answer to a change"
        );
        known = read;
    }
}

#[rstest]
#[actix_web::test]
async fn what_was_read_through_a_proxy_that_compresses_can_be_changed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (state, _) = AppState::open(options(&world.database.url, 1_000_000, &world.clock)).await.expect("the service starts");
    let server = HttpServer::new(move || build_app(&state)).workers(1).bind("127.0.0.1:0").expect("a port");
    let address = server.addrs()[0];
    let server = server.disable_signals().run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let token = world.token("officer.idn").await;
    let caseworker = world.token("caseworker.a").await;
    // The client of this test waits for its answers.
    let story = actix_web::web::block(move || {
        let Some(proxy) = Proxy::before(address) else { return };
        let made = send(&token, "POST", &format!("{}/v1/cases", proxy.url), &[], Some(&data::walk_in()));
        assert_eq!(made.status, 201);
        let case = format!("{}{}", proxy.url, made.location);
        let first = send(&token, "PATCH", &case, &[("if-match", &made.etag)], Some(&json!({ "risk_level": "low" })));
        assert_eq!(first.status, 200, "created, then changed with the tag of the creation");
        conditional(&token, &case, [json!({ "risk_level": "high" }), json!({ "identity": { "middle_name": "Ayu" } })]);
        let clearance = format!("{case}/immigration-clearance");
        conditional(&token, &clearance, [json!({ "entry_point": "Poipet" }), json!({ "entry_point": "Bavet" })]);
        let compounds = format!("{}/v1/compounds", proxy.url);
        let compound = json!({ "name": "Red Gate", "site_type": "other", "country": "KHM", "status": "unknown" });
        let made = send(&caseworker, "POST", &compounds, &[], Some(&compound));
        assert_eq!(made.status, 201);
        let compound = format!("{}{}", proxy.url, made.location);
        conditional(&caseworker, &compound, [json!({ "name": "Blue Gate" }), json!({ "name": "Green Gate" })]);
    });
    let outcome = story.await;
    handle.stop(false).await;
    outcome.expect("the story goes well");
}
