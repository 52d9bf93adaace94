//! Machine clients: getting a token, the operations it allows, and its end.

mod proofs;
mod stock_library;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use rstest::rstest;
use serde_json::json;

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::machines::{Machine, ask, get, organisation, with};
use crate::support::{World, data};

#[rstest]
#[actix_web::test]
async fn a_machine_gets_a_token_and_reads_what_its_organisation_reads(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let foreign = world.register("caseworker.b", data::taiwanese()).await;
    let machine = Machine::new(world, "NGO A", &["case:read", "statistics:exact"], json!({})).await;
    let answer = machine.ask(world, None).await.expect(200);
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    let token = answer.json();
    assert_eq!(
        (&token["token_type"], &token["expires_in"], &token["scope"]),
        (&json!("Bearer"), &json!(300), &json!("case:read statistics:exact"))
    );
    assert!(token.get("refresh_token").is_none());
    let token = token["access_token"].as_str().unwrap();
    let listed = get(world, token, "/v1/cases").await.expect(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["id"], case["id"]);
    assert_eq!(listed["items"][0]["name"], "Văn Hùng Nguyễn");
    get(world, token, &format!("/v1/cases/{}", foreign["id"].as_str().unwrap())).await.problem(404, "not_found");
    get(world, token, "/v1/statistics/cases?by=stage").await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_machine_opens_neither_where_a_person_is_nor_what_protects_them(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = format!("/v1/cases/{}", case["id"].as_str().unwrap());
    let machine = Machine::new(world, "NGO A", &["case:read", "case:register", "case:update"], json!({})).await;
    let token = machine.token(world).await;
    let seen = get(world, &token, &url).await.expect(200);
    assert_eq!(seen.json()["redacted"], json!(["location", "protection"]));
    assert!(!seen.text().contains("willow") && !seen.text().contains("witness"), "{}", seen.text());
    let detentions = get(world, &token, &format!("{url}/detentions")).await.expect(200).json();
    assert_eq!(detentions, json!({ "redacted": ["location"] }));
    let history = get(world, &token, &format!("{url}/history")).await.expect(200).text();
    assert!(!history.contains("willow") && !history.contains("witness"));
    // A case from a machine is stored, and the person's caseworker sees it; the machine itself does not, from then on.
    let made = with(world, &token, Method::POST, "/v1/cases", Some(&data::taiwanese())).await.expect(201);
    assert_eq!(made.json()["redacted"], json!(["location", "protection"]));
    assert!(!made.text().contains("willow"));
    let made = format!("/v1/cases/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(world.get("caseworker.a", &made).await.expect(200).json()["location"]["facility"], "House of the willow");
    let etag = get(world, &token, &url).await.etag();
    let change = |body: serde_json::Value| {
        let request = TestRequest::patch()
            .uri(&url)
            .insert_header(("authorization", format!("Bearer {token}")))
            .insert_header(("if-match", etag.clone()));
        world.raw(request.insert_header(("content-type", "application/merge-patch+json")).set_payload(body.to_string()))
    };
    assert_eq!(change(json!({ "location": { "facility": "Elsewhere" } })).await.expect(422).pointers(), ["/location"]);
    assert_eq!(
        change(json!({ "health": { "immediate_needs": "Insulin" } })).await.expect(200).json()["health"]["immediate_needs"],
        "Insulin"
    );
    assert_eq!(world.get("caseworker.a", &url).await.expect(200).json()["location"]["facility"], "House of the willow");
}

#[rstest]
#[actix_web::test]
async fn a_scope_is_needed_and_what_people_answer_for_stays_theirs(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = format!("/v1/cases/{}", case["id"].as_str().unwrap());
    let machine = Machine::new(world, "NGO A", &["case:read", "case:update", "statistics:exact"], json!({})).await;
    let narrow = machine.ask(world, Some("statistics:exact")).await.expect(200).json();
    assert_eq!(narrow["scope"], "statistics:exact");
    let narrow = narrow["access_token"].as_str().unwrap();
    get(world, narrow, "/v1/statistics/cases?by=stage").await.expect(200);
    let refused = get(world, narrow, &url).await;
    assert_eq!(refused.header("www-authenticate"), "Bearer error=\"insufficient_scope\", scope=\"case:read\"");
    refused.problem(403, "insufficient_scope");
    let wide = machine.token(world).await;
    for (method, path, body) in [
        (Method::GET, format!("{url}/dossier"), None),
        (Method::POST, format!("{url}/return-decisions"), Some(json!({ "decision": "return" }))),
        (Method::POST, format!("{url}/embassy-contacts"), Some(json!({}))),
        (Method::POST, format!("{url}/repatriation/transitions"), Some(json!({ "to": "protection_pathway" }))),
        (Method::POST, format!("{url}/close"), Some(json!({ "reason": "other" }))),
        (Method::GET, "/v1/me".to_owned(), None),
        (Method::GET, "/v1/users".to_owned(), None),
        (Method::GET, "/v1/clients".to_owned(), None),
    ] {
        with(world, &wide, method, &path, body.as_ref()).await.problem(403, "permission_denied");
    }
    for scope in ["case:read user:manage", "nationality:verify", "everything", "case:register"] {
        let refused = machine.ask(world, Some(scope)).await.expect(400).json();
        assert_eq!(refused["error"], "invalid_scope", "{scope}");
    }
}

#[rstest]
#[actix_web::test]
async fn nobody_gives_a_client_more_than_its_organisation_may_do(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let ngo = organisation(world, "NGO A").await;
    for scope in ["user:manage", "client:manage", "account:own", "nationality:verify", "embassy_contact:write", "repatriation:move"] {
        let body = json!({ "organisation_id": ngo, "name": "Register", "scopes": ["case:read", scope] });
        let refused = world.post("admin", "/v1/clients", body).await;
        assert_eq!(refused.pointers(), ["/scopes"], "{scope}: {}", refused.text());
    }
    let body = json!({ "organisation_id": ngo, "name": "Register", "scopes": ["case:read"], "allowed_from": ["300.1.1.1/8"] });
    assert_eq!(world.post("admin", "/v1/clients", body).await.expect(400).pointers(), ["/allowed_from/0"]);
    let body = json!({ "organisation_id": "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10", "name": "Register", "scopes": ["case:read"] });
    assert_eq!(world.post("admin", "/v1/clients", body).await.expect(422).pointers(), ["/organisation_id"]);
    for actor in ["supervisor.a", "coordinator", "auditor", "officer.idn"] {
        world.get(actor, "/v1/clients").await.problem(403, "permission_denied");
    }
}

#[rstest]
#[actix_web::test]
async fn whatever_ends_a_client_ends_its_tokens_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let machine = Machine::new(world, "NGO B", &["case:read"], json!({})).await;
    let lives = async |token: &str| get(world, token, "/v1/cases").await.status;
    let dead = async |token: &str, why: &str| {
        let answer = get(world, token, "/v1/cases").await;
        assert_eq!(answer.status, 401, "{why}");
        answer.problem(401, "unauthenticated");
    };
    let token = machine.token(world).await;
    assert_eq!(lives(&token).await, 200);
    world.patch("admin", &machine.url(), json!({ "disabled": true })).await.expect(200);
    dead(&token, "disabled").await;
    assert_eq!(machine.ask(world, None).await.expect(401).json()["error"], "invalid_client");
    world.patch("admin", &machine.url(), json!({ "disabled": false })).await.expect(200);
    dead(&token, "enabling brings no token back").await;

    let token = machine.token(world).await;
    let other = world.post("admin", &format!("{}/secrets", machine.url()), json!({ "expires_in_days": 1 })).await.expect(201).json();
    let second = Machine {
        id: machine.id.clone(),
        secret_id: other["id"].as_str().unwrap().to_owned(),
        secret: other["secret"].as_str().unwrap().to_owned(),
    };
    let kept = second.token(world).await;
    assert_eq!((lives(&token).await, lives(&kept).await), (200, 200), "two secrets, for the change from one to the other");
    world.send("admin", Method::DELETE, &format!("{}/secrets/{}", machine.url(), machine.secret_id), &[], None).await.expect(204);
    dead(&token, "its secret was ended").await;
    assert_eq!(lives(&kept).await, 200, "the other secret's token lives on");
    machine.ask(world, None).await.expect(401);

    let place = format!("/v1/organisations/{}", organisation(world, "NGO B").await);
    world.patch("admin", &place, json!({ "active": false })).await.expect(200);
    dead(&kept, "the organisation is not active").await;
    second.ask(world, None).await.expect(401);
    world.patch("admin", &place, json!({ "active": true })).await.expect(200);
    assert_eq!(lives(&kept).await, 200);
    world.clock.forward(24 * 3600 - 100);
    let short = second.token(world).await;
    world.clock.forward(120);
    actix_web::rt::time::sleep(std::time::Duration::from_millis(1050)).await;
    dead(&short, "a token lives no longer than its secret").await;
    second.ask(world, None).await.expect(401);
}

#[rstest]
#[actix_web::test]
async fn what_ends_on_one_instance_ends_on_every_other_within_a_second(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let other = world.restart(crate::support::database::keys()).await;
    for end in ["secret", "client", "scopes"] {
        let machine = Machine::new(world, "NGO A", &["case:read", "statistics:exact"], json!({})).await;
        let token = machine.token(world).await;
        get(&other, &token, "/v1/cases").await.expect(200);
        match end {
            "secret" => world
                .send("admin", Method::DELETE, &format!("{}/secrets/{}", machine.url(), machine.secret_id), &[], None)
                .await
                .expect(204),
            "client" => world.patch("admin", &machine.url(), json!({ "disabled": true })).await.expect(200),
            _ => world.patch("admin", &machine.url(), json!({ "scopes": ["statistics:exact"] })).await.expect(200),
        };
        get(world, &token, "/v1/cases").await.problem(401, "unauthenticated");
        actix_web::rt::time::sleep(std::time::Duration::from_millis(1050)).await;
        get(&other, &token, "/v1/cases").await.problem(401, "unauthenticated");
    }
}

#[rstest]
#[actix_web::test]
async fn a_secret_is_shown_once_and_a_third_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let machine = Machine::new(world, "NGO A", &["case:read"], json!({})).await;
    let secrets = format!("{}/secrets", machine.url());
    let keyed = [("idempotency-key", "rotate-1")];
    let first = world.send("admin", Method::POST, &secrets, &keyed, Some(&json!({}))).await.expect(201);
    let repeated = world.send("admin", Method::POST, &secrets, &keyed, Some(&json!({}))).await.expect(201);
    assert_eq!((repeated.header("idempotent-replayed"), &repeated.json()["secret"]), ("true", &json!(null)));
    assert_eq!(first.json()["id"], repeated.json()["id"]);
    let text = first.json()["secret"].as_str().unwrap().to_owned();
    let parts: Vec<&str> = text.split('_').collect();
    assert_eq!((parts.len(), parts[0], parts[1].len(), parts[2].len(), parts[3].len()), (4, "hw", 12, 43, 8), "{text}");
    assert_eq!(first.json()["key_id"], parts[1]);
    world.post("admin", &secrets, json!({})).await.problem(409, "too_many_secrets");
    assert_eq!(world.post("admin", &secrets, json!({ "expires_in_days": 91 })).await.expect(422).pointers(), ["/expires_in_days"]);
    let shown = world.get("admin", &machine.url()).await.expect(200);
    assert!(!shown.text().contains(parts[2]) && !shown.text().contains("\"secret\""), "{}", shown.text());
    assert_eq!(shown.json()["secrets"].as_array().unwrap().len(), 2);
    world.clock.forward(91 * 24 * 3600);
    world.forget("admin");
    world.post("admin", &secrets, json!({})).await.expect(201);
    assert_eq!(
        world.get("admin", &machine.url()).await.expect(200).json()["secrets"].as_array().unwrap().len(),
        1,
        "what has expired made room"
    );
}

#[rstest]
#[actix_web::test]
async fn an_allow_list_holds_at_the_token_and_at_every_request(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let machine = Machine::new(world, "NGO A", &["case:read"], json!({ "allowed_from": ["203.0.113.0/24"] })).await;
    let inside = "203.0.113.7:4711".parse().unwrap();
    let outside = "198.51.100.1:4711".parse().unwrap();
    let form = [("grant_type", "client_credentials"), ("client_id", &machine.id), ("client_secret", &machine.secret)];
    let ask = |from| world.raw(TestRequest::post().uri("/v1/oauth/token").peer_addr(from).set_form(form));
    assert_eq!(ask(outside).await.expect(401).json()["error"], "invalid_client");
    let token = ask(inside).await.expect(200).json()["access_token"].as_str().unwrap().to_owned();
    let read =
        |from| world.raw(TestRequest::get().uri("/v1/cases").peer_addr(from).insert_header(("authorization", format!("Bearer {token}"))));
    read(inside).await.expect(200);
    read(outside).await.problem(403, "address_not_allowed");
    get(world, &token, "/v1/cases").await.problem(403, "address_not_allowed");
}

#[rstest]
#[actix_web::test]
async fn the_audit_trail_names_the_client(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let machine = Machine::new(world, "NGO A", &["case:read"], json!({})).await;
    let token = machine.token(world).await;
    get(world, &token, &format!("/v1/cases/{}", case["id"].as_str().unwrap())).await.expect(200);
    let last = world.db.as_system("test").read(|tx| homeward::db::reporting::audit::list(tx, 0)).await.unwrap().pop().unwrap();
    assert_eq!((last.operation.as_str(), last.user_id), ("get_case", None));
    assert_eq!(last.client_id.map(|id| id.to_string()), Some(machine.id.clone()));
    ask(world, &json!({ "grant_type": "client_credentials", "client_id": machine.id, "client_secret": "wrong" })).await.expect(401);
    let last = world.db.as_system("test").read(|tx| homeward::db::reporting::audit::list(tx, 0)).await.unwrap().pop().unwrap();
    assert_eq!((last.operation.as_str(), last.decision.as_str()), ("issue_token", "refused"));
    assert_eq!(uuid::Uuid::from_slice(&last.subject_ids).unwrap().to_string(), machine.id);
}

#[rstest]
#[actix_web::test]
async fn a_repeated_request_of_a_machine_creates_nothing_new(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let machine = Machine::new(world, "NGO A", &["case:read", "case:register"], json!({})).await;
    let send = async |token: String| {
        let headers = [("authorization", format!("Bearer {token}")), ("idempotency-key", "sync-1".to_owned())];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        world.send("", Method::POST, "/v1/cases", &headers, Some(&data::vietnamese())).await.expect(201)
    };
    let first = send(machine.token(world).await).await;
    let second = send(machine.token(world).await).await;
    assert_eq!((second.header("idempotent-replayed"), first.json()["id"].clone()), ("true", second.json()["id"].clone()));
    let other = Machine::new(world, "NGO A", &["case:register"], json!({})).await;
    assert_ne!(send(other.token(world).await).await.json()["id"], first.json()["id"], "keys are each client's own");
}
