//! The code of conduct: no case is shown or changed before the current version is accepted.

use homeward::domain::access::{Permission, Role};
use homeward::domain::accounts::policy::{AccountPolicy, CodeOfConduct};
use rstest::rstest;
use serde_json::json;

use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::without_second_factor;
use crate::walkers::access_matrix::{call, case_ids, operations, shared_ids};

#[rstest]
#[actix_web::test]
async fn a_new_version_is_accepted_before_any_case_is_shown_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let conduct = CodeOfConduct { version: "2027-01".to_owned(), text: "Do no harm.".to_owned() };
    let later = world.instance(AccountPolicy { conduct, ..without_second_factor() }).await;
    assert_eq!(later.sign_in("caseworker.a").await["must_accept_code_of_conduct"], true);
    let shared = shared_ids(world).await;
    let mut refused = 0;
    for (unique, operation) in operations().iter().enumerate() {
        let about_cases = operation.template.starts_with("/v1/cases") || operation.template.contains("/reports/");
        if !about_cases || unique % 7 != 0 {
            continue;
        }
        let ids = case_ids(world, &shared, &operation.template).await;
        let permission = operation.scope.as_deref().and_then(Permission::parse).expect("a permission");
        let actor = if Role::NgoCaseworker.may(permission) { "caseworker.a" } else { "supervisor.a" };
        if operation.id.contains("nationality_verification") {
            continue;
        }
        call(&later, operation, actor, &ids, 900 + unique).await.problem(403, "code_of_conduct_required");
        refused += 1;
    }
    assert!(refused > 5, "only {refused} operations were asked");
    for open in ["/v1/me", "/v1/missions", "/v1/code-of-conduct"] {
        later.get("caseworker.a", open).await.expect(200);
    }

    let shown = later.get("caseworker.a", "/v1/code-of-conduct").await.expect(200).json();
    assert_eq!((&shown["version"], &shown["text"], &shown["accepted_at"]), (&json!("2027-01"), &json!("Do no harm."), &json!(null)));
    let accept = async |version: &str| later.post("caseworker.a", "/v1/code-of-conduct/acceptance", json!({ "version": version })).await;
    assert_eq!(accept("2026-11").await.expect(422).pointers(), ["/version"]);
    accept("2027-01").await.expect(204);
    accept("2027-01").await.expect(204);
    later.get("caseworker.a", "/v1/cases").await.expect(200);
    assert!(later.get("caseworker.a", "/v1/code-of-conduct").await.json()["accepted_at"].is_string());
    later.get("supervisor.a", "/v1/cases").await.problem(403, "code_of_conduct_required");
}
