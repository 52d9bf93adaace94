//! The authentication of a client at the token endpoint, and its refusal.

use actix_web::test::TestRequest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::machines::{Machine, ask, get};
use crate::support::{Answer, World};

const ISSUER: &str = "https://homeward.example";

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(format!("{id}:{secret}")))
}

async fn ask_basic(world: &World, header: &str, more: &[(&str, &str)]) -> Answer {
    let form: Vec<(&str, &str)> = [("grant_type", "client_credentials")].into_iter().chain(more.iter().copied()).collect();
    world.raw(TestRequest::post().uri("/v1/oauth/token").insert_header(("authorization", header)).set_form(form)).await
}

/// A key pair: its public half as a JWK, and the signing key.
fn key_pair(kid: &str) -> (Value, EncodingKey) {
    let pair = Ed25519KeyPair::generate().unwrap();
    let x = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    (
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x, "use": "sig", "alg": "EdDSA" }),
        EncodingKey::from_ed_der(pair.to_pkcs8v1().unwrap().as_ref()),
    )
}

fn signed(world: &World, client: &str, key: &EncodingKey, jti: &str) -> String {
    let at = world.clock.now().utc().timestamp();
    let claims = json!({ "iss": client, "sub": client, "aud": format!("{ISSUER}/v1/oauth/token"), "jti": jti, "iat": at, "exp": at + 60 });
    jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, key).unwrap()
}

fn with_assertion(assertion: &str) -> Value {
    json!({ "grant_type": "client_credentials", "client_assertion": assertion,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" })
}

#[rstest]
#[actix_web::test]
async fn a_secret_goes_in_the_header_or_in_the_form_and_not_in_both(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let machine = Machine::new(world, "NGO A", &["case:read"], json!({})).await;
    let good = basic(&machine.id, &machine.secret);
    ask_basic(world, &good, &[]).await.expect(200);
    ask_basic(world, &good, &[("client_id", &machine.id)]).await.expect(200);
    ask_basic(world, &good, &[("unknown", "is ignored"), ("scope", "")]).await.expect(200);
    machine.ask(world, None).await.expect(200);
    let both = ask_basic(world, &good, &[("client_secret", &machine.secret)]).await.expect(400);
    assert_eq!(both.json()["error"], "invalid_request");
    assert_eq!(
        ask_basic(world, &good, &[("scope", "case:read"), ("scope", "case:read")]).await.expect(400).json()["error"],
        "invalid_request"
    );
    assert_eq!(
        ask_basic(world, &good, &[("client_id", "7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10")]).await.expect(400).json()["error"],
        "invalid_request"
    );
    let json = TestRequest::post().uri("/v1/oauth/token").set_json(json!({ "grant_type": "client_credentials" }));
    assert_eq!(world.raw(json).await.expect(400).json()["error"], "invalid_request");
    for (grant, error) in [("password", "unsupported_grant_type"), ("refresh_token", "unsupported_grant_type"), ("", "invalid_request")] {
        let form = json!({ "grant_type": grant, "client_id": machine.id, "client_secret": machine.secret });
        assert_eq!(ask(world, &form).await.expect(400).json()["error"], error, "{grant}");
    }
}

#[rstest]
#[actix_web::test]
async fn unknown_and_wrong_look_alike(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let machine = Machine::new(world, "NGO A", &["case:read"], json!({})).await;
    let other = Machine::new(world, "NGO A", &["case:read"], json!({})).await;
    let mut answers = Vec::new();
    for (id, secret) in
        [(machine.id.as_str(), other.secret.as_str()), ("7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10", &machine.secret), ("not-an-id", "nothing")]
    {
        let answer = ask_basic(world, &basic(id, secret), &[]).await.expect(401);
        assert_eq!((answer.header("www-authenticate"), answer.header("content-type")), ("Basic realm=\"homeward\"", "application/json"));
        answers.push(answer.text());
    }
    let answer = ask(world, &json!({ "grant_type": "client_credentials" })).await.expect(401);
    answers.push(answer.text());
    for header in ["Basic", "Basic !!!", "Bearer x"] {
        answers.push(ask_basic(world, header, &[]).await.expect(401).text());
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[rstest]
#[actix_web::test]
async fn failures_slow_a_client_down_where_they_come_from_and_nowhere_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let machine = Machine::new(world, "NGO A", &["case:read"], json!({})).await;
    let wrong = [("grant_type", "client_credentials"), ("client_id", &machine.id), ("client_secret", "wrong")];
    let right = [("grant_type", "client_credentials"), ("client_id", &machine.id), ("client_secret", &machine.secret)];
    let send = |from: &str, form| world.raw(TestRequest::post().uri("/v1/oauth/token").peer_addr(from.parse().unwrap()).set_form(form));
    for _ in 0..4 {
        send("198.51.100.1:1", wrong).await.expect(401);
    }
    let blocked = send("198.51.100.1:1", right).await.expect(429);
    assert_eq!(blocked.json()["error"], "temporarily_unavailable");
    assert!((1..=4).contains(&blocked.header("retry-after").parse::<u64>().unwrap()));
    send("203.0.113.1:1", right).await.expect(200);
    world.clock.forward(10);
    send("198.51.100.1:1", right).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_signature_of_a_registered_key_proves_a_client_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (key, secret) = key_pair("one");
    let machine = Machine::new(world, "NGO A", &["case:read"], json!({ "keys": { "keys": [key] } })).await;
    let assertion = signed(world, &machine.id, &secret, "first");
    let token = ask(world, &with_assertion(&assertion)).await.expect(200).json();
    get(world, token["access_token"].as_str().unwrap(), "/v1/cases").await.expect(200);
    assert_eq!(ask(world, &with_assertion(&assertion)).await.expect(401).json()["error"], "invalid_client", "each assertion once");
    let mut named = with_assertion(&signed(world, &machine.id, &secret, "second"));
    named["client_id"] = json!(machine.id);
    ask(world, &named).await.expect(200);
    let other_type = json!({ "grant_type": "client_credentials", "client_assertion": assertion, "client_assertion_type": "saml" });
    assert_eq!(ask(world, &other_type).await.expect(400).json()["error"], "invalid_request");
    ask(world, &with_assertion(&signed(world, &machine.id, &key_pair("one").1, "third"))).await.expect(401);
    world.clock.forward(60);
    let (new_key, new_secret) = key_pair("two");
    world.patch("admin", &machine.url(), json!({ "keys": { "keys": [new_key] } })).await.expect(200);
    get(world, token["access_token"].as_str().unwrap(), "/v1/cases").await.problem(401, "unauthenticated");
    ask(world, &with_assertion(&signed(world, &machine.id, &secret, "fourth"))).await.expect(401);
    ask(world, &with_assertion(&signed(world, &machine.id, &new_secret, "fifth"))).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn of_many_at_once_one_assertion_gets_one_token(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (key, secret) = key_pair("one");
    let machine = Machine::new(world, "NGO A", &["case:read"], json!({ "keys": { "keys": [key] } })).await;
    let form = with_assertion(&signed(world, &machine.id, &secret, "only"));
    let answers = futures_util::future::join_all((0..16).map(|_| ask(world, &form))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(
        answers.iter().all(|answer| matches!(answer.status, 200 | 401 | 429)),
        "{:?}",
        answers.iter().map(|answer| answer.status).collect::<Vec<_>>()
    );
}

#[rstest]
#[actix_web::test]
async fn a_key_is_registered_as_libraries_export_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (mut key, secret) = key_pair("one");
    key.as_object_mut().unwrap().remove("kid");
    key["alg"] = json!("Ed25519");
    key["key_ops"] = json!(["verify"]);
    key["ext"] = json!(true);
    key["x5t"] = json!("NjMzMzQ");
    let machine = Machine::new(world, "NGO A", &["case:read"], json!({ "keys": { "keys": [key], "made_by": "a library" } })).await;
    let kept = world.get("admin", &machine.url()).await.expect(200).json()["keys"]["keys"][0].clone();
    assert_eq!(kept["kid"].as_str().map(str::len), Some(43), "the thumbprint: {kept}");
    assert_eq!((kept.get("ext"), kept.get("key_ops"), &kept["x"]), (None, None, &key["x"]));
    ask(world, &with_assertion(&signed(world, &machine.id, &secret, "first"))).await.expect(200);
    // What is not touched stays as it was registered.
    world.patch("admin", &machine.url(), json!({ "name": "Register of the shelter" })).await.expect(200);
    assert_eq!(world.get("admin", &machine.url()).await.expect(200).json()["keys"]["keys"][0], kept);
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let mut private = key.clone();
        private[member] = json!("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        let answer = world.patch("admin", &machine.url(), json!({ "keys": { "keys": [private] } })).await.expect(422);
        assert_eq!(answer.pointers(), [format!("/keys/keys/0/{member}")], "{}", answer.text());
        assert!(!answer.text().contains("nWGxne"), "{}", answer.text());
    }
}

#[rstest]
#[actix_web::test]
async fn who_holds_the_key_is_told_what_is_wrong_with_an_assertion(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (key, secret) = key_pair("one");
    let machine = Machine::new(world, "NGO A", &["case:read"], json!({ "keys": { "keys": [key] } })).await;
    // Failures make the client wait: each try is hours after the one before.
    let claims = |at: i64| json!({ "iss": machine.id, "sub": machine.id, "aud": ISSUER, "jti": "one", "iat": at, "exp": at + 3600 });
    let sent = |claims: &Value, key| with_assertion(&jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), claims, key).unwrap());
    let stranger = key_pair("one").1;
    let mut told = Vec::new();
    type Wrong = fn(i64) -> Value;
    let wrongs: [(&str, Wrong); 4] = [
        ("aud", |_| json!("https://other.example")),
        ("iat", |at| json!(at - 3600)),
        ("exp", |at| json!(at - 60)),
        ("jti", |_| Value::Null),
    ];
    for (claim, wrong_value) in wrongs {
        world.clock.forward(24 * 3600);
        let at = world.clock.now().utc().timestamp();
        let mut wrong = claims(at);
        wrong[claim] = wrong_value(at);
        let answer = ask(world, &sent(&wrong, &secret)).await.expect(401).json();
        assert_eq!(answer["error"], "invalid_client");
        told.push(answer["error_description"].as_str().unwrap().to_owned());
        let answer = ask(world, &sent(&wrong, &stranger)).await.expect(401).json();
        assert_eq!(answer["error_description"], "The client is unknown, or its proof is not valid.", "{claim}");
    }
    for (reason, word) in told.iter().zip(["aud", "5 minutes", "expired", "jti"]) {
        assert!(reason.contains(word), "{reason}");
    }
    world.clock.forward(24 * 3600);
    let an_hour_long = claims(world.clock.now().utc().timestamp() - 60);
    ask(world, &sent(&an_hour_long, &secret)).await.expect(200);
}
