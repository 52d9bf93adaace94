//! The staff console as it is served: whole, cached, and strict. What it does is tried in a browser, in `tests/console`.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use std::collections::BTreeSet;

use homeward::app::Options;

use crate::support::database::Kind;
use crate::support::world::options;
use crate::support::{Answer, World};

async fn read(world: &World, path: &str, headers: &[(&'static str, &str)]) -> Answer {
    let request = headers.iter().fold(TestRequest::get().uri(path), |request, header| request.insert_header(*header));
    world.raw(request).await
}

/// The files that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let quoted = text.split(['"', '\'', '`']).filter_map(|part| part.strip_prefix("./").or_else(|| part.strip_prefix("/console/")));
    quoted.filter(|name| [".js", ".css", ".svg"].iter().any(|end| name.ends_with(end))).map(str::to_owned).collect()
}

#[actix_web::test]
async fn the_console_and_all_that_it_loads_are_served_strictly() {
    let world = World::start(Kind::Sqlite).await.expect("SQLite is always there");
    let page = read(&world, "/console/", &[]).await.expect(200);
    assert_eq!((page.header("cache-control"), page.header("cross-origin-opener-policy")), ("no-store", "same-origin"));
    let policy = page.header("content-security-policy");
    for part in
        ["default-src 'none'", "script-src 'self';", "trusted-types 'none'", "require-trusted-types-for 'script'", "frame-ancestors 'none'"]
    {
        assert!(policy.contains(part), "{part} is not in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");

    let (mut waiting, mut seen) = (named(&page.text()).into_iter().collect::<Vec<_>>(), BTreeSet::new());
    while let Some(name) = waiting.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let path = format!("/console/{name}");
        let file = read(&world, &path, &[("accept-encoding", "gzip")]).await.expect(200);
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable", "{path}");
        let known = read(&world, &path, &[("accept-encoding", "gzip"), ("if-none-match", &file.etag())]).await.expect(304);
        assert!(known.body.is_empty(), "{path}");
        let head = world.raw(TestRequest::with_uri(&path).method(Method::HEAD)).await.expect(200);
        assert!(!head.etag().is_empty(), "{path}");
        waiting.extend(named(&read(&world, &path, &[]).await.expect(200).text()));
    }
    assert!(seen.len() >= 3, "a page without a script, a style or an icon: {seen:?}");
}

#[actix_web::test]
async fn only_a_demo_names_accounts_in_its_page() {
    let world = World::start(Kind::Sqlite).await.expect("SQLite is always there");
    let page = read(&world, "/console/", &[]).await.expect(200).text();
    assert!(!page.contains("homeward-demo"), "{page}");
    let accounts = r#"[{"username":"a\"><script>","password":"p&amp;"}]"#.to_owned();
    let options = options(&world.database.url, 1_000_000, &world.clock);
    let demo = World::serve(world.kind, world.database.clone(), Options { demo_accounts: Some(accounts), ..options }).await;
    let answer = read(&demo, "/console/", &[("host", "127.0.0.1:8080")]).await.expect(200);
    let offered = r#"<meta name="homeward-demo" content="[{&quot;username&quot;:&quot;a\&quot;&gt;&lt;script&gt;&quot;,&quot;password&quot;:&quot;p&amp;amp;&quot;}]">"#;
    assert!(answer.text().contains(offered), "{}", answer.text());
    for host in ["localhost", "localhost:8080", "[::1]:8080", "127.0.0.1"] {
        assert!(read(&demo, "/console/", &[("host", host)]).await.expect(200).text().contains(offered), "{host}");
    }
    let handed_on = [("host", "localhost"), ("x-forwarded-for", "203.0.113.7")];
    for headers in [&[][..], &[("host", "rebound.example:8080")], &[("host", "localhost.example")], &[("host", "10.0.0.8")], &handed_on] {
        let page = read(&demo, "/console/", headers).await.expect(200).text();
        assert!(!page.contains("homeward-demo"), "whoever is not at this computer is told no accounts: {headers:?}");
    }
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-security-policy"), read(&world, "/console/", &[]).await.header("content-security-policy"));
}

#[actix_web::test]
async fn there_is_nothing_else_below_the_console() {
    let world = World::start(Kind::Sqlite).await.expect("SQLite is always there");
    assert_eq!(read(&world, "/console", &[]).await.expect(308).header("location"), "/console/");
    for path in ["/console/nothing.js", "/console/files.rs", "/console/index.html"] {
        read(&world, path, &[]).await.problem(404, "route_not_found");
    }
    world.raw(TestRequest::post().uri("/console/")).await.problem(405, "method_not_allowed");
}
