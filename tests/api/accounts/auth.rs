//! Signing in, staying signed in, signing out.

use actix_web::http::Method;
use homeward::domain::access::Role;
use rstest::rstest;
use serde_json::json;

use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::PASSWORD;

#[rstest]
#[actix_web::test]
async fn nobody_can_tell_whether_an_account_exists(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let wrong = world.post("", "/v1/auth/login", json!({ "username": "officer.idn", "password": "wrong wrong wrong" })).await;
    let unknown = world.post("", "/v1/auth/login", json!({ "username": "no.such.person", "password": "wrong wrong wrong" })).await;
    let same = |answer: crate::support::Answer| {
        let mut problem = answer.problem(401, "invalid_credentials");
        problem["instance"] = json!(null);
        problem
    };
    assert_eq!(same(wrong), same(unknown));
}

#[rstest]
#[actix_web::test]
async fn failures_cost_time_and_never_lock_anybody_out_for_good(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let wrong = json!({ "username": "officer.vnm", "password": "wrong wrong wrong" });
    world.post("", "/v1/auth/login", wrong.clone()).await.problem(401, "invalid_credentials");
    let blocked = world.post("", "/v1/auth/login", json!({ "username": "OFFICER.VNM", "password": PASSWORD })).await;
    assert_eq!(blocked.status, 429, "even the right password waits");
    let wait: i64 = blocked.header("retry-after").parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    world.post("", "/v1/auth/login", json!({ "username": "officer.twn", "password": PASSWORD })).await.expect(200);
    world.clock.forward(wait);
    world.post("", "/v1/auth/login", json!({ "username": "officer.vnm", "password": PASSWORD })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn signing_out_is_immediate(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("officer.idn", "/v1/me").await.expect(200);
    world.send("officer.idn", Method::POST, "/v1/auth/logout", &[], None).await.expect(204);
    world.get("officer.idn", "/v1/me").await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn a_refresh_token_works_once_and_a_stolen_one_ends_the_session(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let first = world.sign_in("officer.idn").await;
    let refresh = async |token: &serde_json::Value| world.post("", "/v1/auth/refresh", json!({ "refresh_token": token })).await;
    let second = refresh(&first["refresh_token"]).await.expect(200).json();
    let repeated = refresh(&first["refresh_token"]).await.expect(200).json();
    assert_eq!(second["refresh_token"], repeated["refresh_token"], "a lost answer can be asked for again");
    let third = refresh(&second["refresh_token"]).await.expect(200).json();
    refresh(&first["refresh_token"]).await.problem(401, "invalid_refresh_token");
    refresh(&third["refresh_token"]).await.problem(401, "invalid_refresh_token");
    refresh(&json!("nonsense")).await.problem(401, "invalid_refresh_token");
}

#[rstest]
#[actix_web::test]
async fn a_new_password_ends_every_session_of_the_account(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("caseworker.b", "/v1/me").await.expect(200);
    let change = |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
    world
        .post("caseworker.b", "/v1/auth/password", change("wrong wrong wrong", "a new long password"))
        .await
        .problem(422, "validation_failed");
    world.post("caseworker.b", "/v1/auth/password", change(PASSWORD, "a new long password")).await.problem(429, "too_many_requests");
    world.clock.forward(2);
    world.post("caseworker.b", "/v1/auth/password", change(PASSWORD, "too short")).await.problem(422, "validation_failed");
    world.post("caseworker.b", "/v1/auth/password", change(PASSWORD, "a new long password")).await.expect(204);
    world.get("caseworker.b", "/v1/me").await.problem(401, "unauthenticated");
    world.post("", "/v1/auth/login", json!({ "username": "caseworker.b", "password": "a new long password" })).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn an_administrator_makes_and_unmakes_users_and_sees_no_case(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let organisations = world.get("admin", "/v1/organisations?limit=200").await.expect(200).json();
    let id_of = |name: &str| organisations["items"].as_array().unwrap().iter().find(|item| item["name"] == name).unwrap()["id"].clone();
    let user = json!({ "organisation_id": id_of("NGO A"), "username": "New.Worker", "display_name": "New", "role": "embassy_officer" });
    world.post("admin", "/v1/users", user.clone()).await.problem(422, "validation_failed");
    let mut user = user;
    user["role"] = json!("ngo_caseworker");
    let made = world.post("admin", "/v1/users", user.clone()).await.expect(201);
    assert_eq!((made.json()["username"].clone(), made.json()["must_change_password"].clone()), (json!("new.worker"), json!(true)));
    world.post("admin", "/v1/users", user).await.problem(409, "already_exists");
    let first = json!({ "username": "new.worker", "reset_code": made.json()["reset_code"], "new_password": "a lantern for every door" });
    world.post("", "/v1/auth/password-reset", first).await.expect(204);
    let login = world
        .post("", "/v1/auth/login", json!({ "username": "new.worker", "password": "a lantern for every door" }))
        .await
        .expect(200)
        .json();
    assert_eq!((&login["must_change_password"], &login["must_accept_code_of_conduct"]), (&json!(false), &json!(true)));
    let bearer = format!("Bearer {}", login["access_token"].as_str().unwrap());
    let cases = world.send("", Method::GET, "/v1/cases", &[("authorization", &bearer)], None).await;
    cases.problem(403, "code_of_conduct_required");
    world.patch("admin", made.header("location"), json!({ "disabled": true })).await.expect(200);
    world.send("", Method::GET, "/v1/me", &[("authorization", &bearer)], None).await.problem(401, "unauthenticated");
    let own = world.get("admin", "/v1/me").await.json()["user_id"].as_str().unwrap().to_owned();
    world.patch("admin", &format!("/v1/users/{own}"), json!({ "role": "coordinator" })).await.problem(409, "conflict");
    for url in ["/v1/cases", "/v1/statistics/cases?by=stage"] {
        world.get("admin", url).await.problem(403, "permission_denied");
    }
}

#[rstest]
#[actix_web::test]
async fn an_organisation_that_is_not_active_is_signed_out(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.get("caseworker.b", "/v1/me").await.expect(200);
    let organisation = world.get("caseworker.b", "/v1/me").await.json()["organisation_id"].as_str().unwrap().to_owned();
    world.patch("admin", &format!("/v1/organisations/{organisation}"), json!({ "active": false })).await.expect(200);
    world.get("caseworker.b", "/v1/me").await.problem(401, "unauthenticated");
    let own = world.get("admin", "/v1/me").await.json()["organisation_id"].as_str().unwrap().to_owned();
    world.patch("admin", &format!("/v1/organisations/{own}"), json!({ "active": false })).await.problem(409, "conflict");
    world.get("admin", "/v1/me").await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn a_new_desk_sees_who_is_there_and_a_closed_one_sees_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", crate::support::data::taiwanese()).await;
    let url = format!("/v1/cases/{}", case["id"].as_str().unwrap());
    assert_eq!(
        world.get("coordinator", &url).await.expect(200).json()["redacted"],
        json!(["location", "health", "narrative", "protection"])
    );
    let desk = world.get("coordinator", "/v1/me").await.json()["organisation_id"].as_str().unwrap().to_owned();
    let desk = format!("/v1/organisations/{desk}");
    // Nobody keeps the role of a desk at an organisation that is none.
    world.patch("admin", &desk, json!({ "coordinates": null })).await.problem(409, "conflict");
    world.get("coordinator", &url).await.expect(200);
    world.change_role("coordinator", Role::NgoSupervisor);
    world.patch("admin", &desk, json!({ "coordinates": null })).await.expect(200);
    world.get("coordinator", &url).await.problem(404, "not_found");
    world.patch("admin", &desk, json!({ "coordinates": "KHM" })).await.expect(200);
    world.get("coordinator", &url).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn the_role_of_a_coordination_desk_exists_only_at_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let ngo = world.get("caseworker.a", "/v1/me").await.json();
    let body = json!({ "organisation_id": ngo["organisation_id"], "username": "false.desk", "display_name": "x", "role": "coordinator" });
    assert_eq!(world.post("admin", "/v1/users", body).await.pointers(), ["/role"]);
    let own = format!("/v1/users/{}", ngo["user_id"].as_str().unwrap());
    assert_eq!(world.patch("admin", &own, json!({ "role": "coordinator" })).await.pointers(), ["/role"]);
    // And where it stands in the database all the same, the rules ask the organisation and not the role.
    let case = world.register("caseworker.b", crate::support::data::vietnamese()).await;
    let at = |rest: &str| format!("/v1/cases/{}{rest}", case["id"].as_str().unwrap());
    world.post("caseworker.b", &at("/consents"), crate::support::data::consent("share_with_ngo")).await.expect(201);
    let referral = crate::support::data::referral(ngo["organisation_id"].as_str().unwrap());
    let referral = world.post("caseworker.b", &at("/referrals"), referral).await.expect(201).header("location").to_owned();
    world.act("caseworker.a", &referral, "/transitions", json!({ "to": "accepted" })).await.expect(200);
    world.change_role("caseworker.a", Role::Coordinator);
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at("/embassy-contacts"), contact).await.problem(403, "permission_denied");
    let denial = json!({ "scope": "missions_of", "missions_of": "VNM" });
    world.post("caseworker.a", &at("/denials"), denial).await.problem(403, "permission_denied");
}

#[rstest]
#[actix_web::test]
async fn a_new_root_key_reads_what_the_old_one_sealed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    use homeward::crypto::{Keys, RootKey};
    let case = world.register("officer.idn", crate::support::data::walk_in()).await;
    let keyed = [("idempotency-key", "before-the-change")];
    let body = crate::support::data::walk_in();
    let before = world.send("officer.idn", Method::POST, "/v1/cases", &keyed, Some(&body)).await.expect(201);
    let ring = std::sync::Arc::new(Keys::new(RootKey::new([43; 32]), vec![RootKey::new([42; 32])]));
    let changed = world.restart(ring).await;
    let seen = changed.get("officer.idn", &format!("/v1/cases/{}", case["id"].as_str().unwrap())).await.expect(200).json();
    assert_eq!(seen["identity"], case["identity"]);
    assert_eq!(changed.send("officer.idn", Method::POST, "/v1/cases", &keyed, Some(&body)).await.expect(201).body, before.body);
    let search = json!({ "field": "document_number", "value": "X04512378" });
    assert_eq!(changed.post("officer.idn", "/v1/cases/search", search).await.expect(200).json()["items"].as_array().map(Vec::len), Some(2));
}
