//! Whom one works with: organisations by name, and colleagues by name.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::colleague;
use crate::accounts::leavers::account;
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::machines::Machine;

async fn names(world: &World, actor: &str, path: &str, field: &str) -> Vec<String> {
    let page = world.get(actor, path).await.expect(200).json();
    page["items"].as_array().expect("entries").iter().map(|entry| entry[field].as_str().expect("a name").to_owned()).collect()
}

#[actix_web::test]
async fn anonymous() {
    let Some(world) = &World::start(Sqlite).await else { return };
    for path in ["/v1/directory", "/v1/colleagues"] {
        world.get("", path).await.problem(401, "unauthenticated");
        for actor in ["analyst", "admin", "auditor"] {
            world.get(actor, path).await.problem(403, "permission_denied");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn whoever_shares_a_case_finds_the_organisation_by_name(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for name in ["ศูนย์พักพิงเชียงราย", "Trung tâm Hỗ trợ"] {
        let shelter = json!({ "name": name, "kind": "ngo", "country": "THA", "address": "12 Hidden Lane", "phone": "+66 2 000 0000" });
        world.post("admin", "/v1/organisations", shelter).await.expect(201);
    }
    let closed = json!({ "name": "Closed House", "kind": "ngo", "country": "THA" });
    let closed = world.post("admin", "/v1/organisations", closed).await.expect(201).header("location").to_owned();
    world.patch("admin", &closed, json!({ "active": false })).await.expect(200);

    let thai = names(world, "caseworker.a", "/v1/directory?kind=ngo&country=THA", "name").await;
    assert_eq!(thai, ["Trung tâm Hỗ trợ", "ศูนย์พักพิงเชียงราย"], "by name, and without the one that is closed");
    let missions = world.get("officer.idn", "/v1/directory?kind=diplomatic_mission&limit=200").await.expect(200).json();
    assert!(missions["items"].as_array().expect("missions").iter().all(|entry| entry["kind"] == "diplomatic_mission"), "{missions}");
    let told = world.get("officer.idn", "/v1/directory?country=THA").await.expect(200).text();
    assert!(!told.contains("Hidden Lane") && !told.contains("+66"), "where a shelter is, is told to nobody: {told}");

    // Who places people knows the shelters. Nobody else does: a name can tell a place.
    let shelter = json!({ "name": "বাড়ি ফেরা", "kind": "shelter", "country": "KHM" });
    world.post("admin", "/v1/organisations", shelter).await.expect(201);
    assert_eq!(names(world, "caseworker.a", "/v1/directory?kind=shelter", "name").await, ["বাড়ি ফেরা"]);
    assert!(names(world, "officer.idn", "/v1/directory?kind=shelter", "name").await.is_empty());
    let token = Machine::new(world, "NGO A", &["case:read"], json!({})).await.token(world).await;
    let bearer = format!("Bearer {token}");
    let asked = async |path: &str| world.send("", Method::GET, path, &[("authorization", &bearer)], None).await;
    let told = asked("/v1/directory?limit=200").await.expect(200).text();
    assert!(told.contains("NGO B") && !told.contains("বাড়ি ফেরা"), "{told}");
    asked("/v1/colleagues").await.problem(403, "permission_denied");

    // Page by page everybody comes, once; a cursor is that of its list.
    let all = names(world, "caseworker.a", "/v1/directory?limit=200", "name").await;
    let (mut paged, mut path) = (Vec::new(), "/v1/directory?limit=2".to_owned());
    loop {
        let page = world.get("caseworker.a", &path).await.expect(200).json();
        paged.extend(page["items"].as_array().expect("entries").iter().map(|entry| entry["name"].as_str().expect("a name").to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        world.get("caseworker.a", &format!("/v1/directory?kind=ngo&limit=2&after={next}")).await.problem(400, "invalid_cursor");
        path = format!("/v1/directory?limit=2&after={next}");
    }
    assert_eq!(paged, all);
    assert!(all.len() > 5 && all.contains(&"NGO A".to_owned()), "{all:?}");
}

#[rstest]
#[actix_web::test]
async fn colleagues_are_those_of_the_own_organisation_also_who_left_or_is_away(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for name in ["amira.haddad", "sokha.chan"] {
        colleague(world, name, "ngo_caseworker", "NGO A").await;
    }
    let (away, gone) = (account(world, "amira.haddad").await, account(world, "sokha.chan").await);
    world
        .patch("amira.haddad", &format!("{away}/absence"), json!({ "away_from": world.day(0), "away_until": world.day(1) }))
        .await
        .expect(200);
    world.patch("admin", &gone, json!({ "disabled": true })).await.expect(200);

    let page = world.get("caseworker.a", "/v1/colleagues").await.expect(200).json();
    let of = |user: &str| -> Value {
        let id = user.rsplit('/').next().expect("an id");
        page["items"].as_array().expect("colleagues").iter().find(|one| one["id"] == id).cloned().unwrap_or_default()
    };
    assert_eq!((of(&away)["is_active"].clone(), of(&away)["is_away"].clone()), (json!(true), json!(true)), "{page}");
    assert_eq!((of(&gone)["is_active"].clone(), of(&gone)["is_away"].clone()), (json!(false), json!(false)), "{page}");
    assert_eq!(of(&away)["role"], "ngo_caseworker");
    assert!(
        page["items"].as_array().expect("colleagues").iter().all(|one| one.get("username").is_none()),
        "names to sign in with are not told"
    );

    let others = world.get("caseworker.b", "/v1/colleagues").await.expect(200).text();
    for user in [&away, &gone] {
        assert!(!others.contains(user.rsplit('/').next().expect("an id")), "another organisation's staff: {others}");
    }
}
