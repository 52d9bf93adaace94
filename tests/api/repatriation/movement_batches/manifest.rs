//! The manifest: the people on it, its forms, and its cost.

use super::*;

#[rstest]
#[actix_web::test]
async fn who_needs_protection_disappears_from_the_manifest_and_stays_booked_on_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (one, two, plane) = (walk_in(world).await, walk_in(world).await, batch(world, 2).await);
    board(world, &plane, &[&one, &two]).await.expect(201);
    assert_eq!(manifest(world, &plane).await["passengers"].as_array().map(Vec::len), Some(2));
    go(world, "coordinator", &one, json!({ "to": "protection_pathway", "reason": "Fears the embassy" })).await.expect(200);
    let seen = manifest(world, &plane).await;
    assert_eq!((seen["passengers"].as_array().map(Vec::len), seen["batch"]["on_board"].clone()), (Some(1), json!(1)));
    for rest in ["", "/manifest", "/manifest/csv", "/manifest/page", "/authority-letter"] {
        let text = world.get(OFFICER, &format!("{plane}{rest}")).await.expect(200).text();
        assert!(!text.contains(one["id"].as_str().unwrap()) && !text.contains(one["code"].as_str().unwrap()), "{rest}");
    }
    let etag = world.get(OFFICER, &plane).await.etag();
    let seat = format!("{plane}/passengers/{}", one["id"].as_str().unwrap());
    world.send(OFFICER, Method::DELETE, &seat, &[("if-match", &etag)], None).await.problem(404, "not_found");
    let result = step(world, &plane, json!({ "to": "departure_scheduled" })).await.expect(200).json();
    assert_eq!(result["passengers"].as_array().map(Vec::len), Some(1));
    world.patch(OFFICER, &plane, json!({ "status": "cancelled" })).await.expect(200);
    assert_eq!(movement(world, "coordinator", &one).await["status"], "cancelled");
}

#[rstest]
#[actix_web::test]
async fn a_manifest_is_harmless_in_a_spreadsheet_and_on_paper(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let names = [
        json!({ "given_name": "=HYPERLINK(\"http://evil.example\")", "birth_date": "1990" }),
        json!({ "given_name": "<script>alert(1)</script>", "original_script_name": "សុខ សុភា", "birth_date": "1990" }),
        json!({ "original_script_name": "محمد علي", "birth_date": "1990" }),
        json!({ "original_script_name": "陳怡君", "birth_date": "1990" }),
        json!({ "original_script_name": "အောင်ဆန်း", "birth_date": "1990" }),
    ];
    let plane = batch(world, 9).await;
    for identity in names {
        let mut body = data::walk_in();
        body["identity"] = identity;
        let case = world.register(OFFICER, body).await;
        board(world, &plane, &[&case]).await.expect(201);
    }
    let get = async |rest: &str, accept: &str| {
        world.send(OFFICER, Method::GET, &format!("{plane}/manifest{rest}"), &[("accept", accept)], None).await
    };
    let csv = get("/csv", "text/csv").await.expect(200);
    assert!(
        csv.header("content-type").starts_with("text/csv; charset=utf-8") && csv.header("content-disposition").starts_with("attachment")
    );
    let text = csv.text();
    assert_eq!(text.lines().count(), 6);
    assert!(text.contains("\"'=HYPERLINK(\"\"http://evil.example\"\")\"") && text.contains("陳怡君"), "{text}");

    let page = get("/page", "text/html,application/xhtml+xml;q=0.9").await.expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!((page.header("cache-control"), page.header("x-content-type-options")), ("no-store", "nosniff"));
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("script-src"), "{policy}");
    let html = page.text();
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script") && !html.contains("http://www"), "{html}");
    for name in ["សុខ សុភា", "محمد علي", "陳怡君", "အောင်ဆန်း"] {
        assert!(html.contains(name), "{name}");
    }
    assert!(
        html.contains("dir=\"auto\"")
            && html.contains("@page{size:A4")
            && html.contains("officer.idn")
            && html.contains("Embassy of Indonesia")
            && html.contains("UTC")
    );
    get("/csv", "*/*").await.expect(200);
    get("/page", "text/*").await.expect(200);
    get("", "application/json").await.expect(200);
    get("/csv", "application/json").await.problem(406, "not_acceptable");
    get("", "text/html").await.problem(406, "not_acceptable");
    assert!(world.get(OFFICER, &plane).await.header("content-security-policy").starts_with("default-src 'none'; frame-ancestors"));
}

#[rstest]
#[actix_web::test]
async fn a_manifest_of_many_takes_as_many_statements_as_of_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let plane = batch(world, 40).await;
    let cost = async |rest: &str| {
        let mut least = u64::MAX;
        for _ in 0..4 {
            let before = world.db.statements();
            world.get(OFFICER, &format!("{plane}{rest}")).await.expect(200);
            least = least.min(world.db.statements() - before);
        }
        least
    };
    let views = ["", "/manifest", "/manifest/csv", "/manifest/page", "/authority-letter?purpose=release"];
    let first = walk_in(world).await;
    board(world, &plane, &[&first]).await.expect(201);
    let mut of_one = Vec::new();
    for view in views {
        of_one.push(cost(view).await);
    }
    let more = join_all((0..20).map(|_| walk_in(world))).await;
    board(world, &plane, &more.iter().collect::<Vec<_>>()).await.expect(201);
    for (view, one) in views.into_iter().zip(of_one) {
        assert_eq!(cost(view).await, one, "{view}");
    }
}
