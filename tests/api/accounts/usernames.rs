//! Usernames: one form, one look, one account.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use homeward::db::schema::{username_skeletons, users};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::PASSWORD;
use crate::support::{Answer, World, machines};

async fn create(world: &World, username: &str) -> Answer {
    let organisation = machines::organisation(world, "NGO A").await;
    let body = json!({ "organisation_id": organisation, "username": username, "display_name": "Amara Diallo", "role": "ngo_caseworker" });
    world.post("admin", "/v1/users", body).await
}

async fn sign_in(world: &World, username: &str, password: &str) -> Answer {
    world.post("", "/v1/auth/login", json!({ "username": username, "password": password })).await
}

/// How many users there are, and how many of them have a look of their own.
fn counted(world: &World) -> (i64, i64) {
    world
        .database
        .with_connection(|connection| -> QueryResult<(i64, i64)> {
            Ok((users::table.count().get_result(connection)?, username_skeletons::table.count().get_result(connection)?))
        })
        .expect("the users are counted")
}

#[rstest]
#[actix_web::test]
async fn no_account_passes_for_another(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    assert_eq!(create(world, "Amara.Diallo").await.expect(201).json()["username"], "amara.diallo");
    for alike in
        ["amara.diallo", "AMARA.DIALLO", "ａmara.diallo", "\u{430}mara.diallo", "amara.dia1lo", "amara.diall\u{43e}", "amara.diall0"]
    {
        let refused = create(world, alike).await.problem(409, "already_exists");
        assert!(!refused.to_string().contains("diall"), "{refused}");
    }
    for text in ["amara\u{200b}", "\u{202e}arama", "amara\n", "amara\0", "\u{3164}\u{3164}\u{3164}", "amara\u{e0041}", "amara\u{feff}"] {
        // Some of these are refused in every text already.
        let refused = create(world, text).await;
        assert!(matches!(refused.status, 400 | 422), "{text:?}: {}", refused.text());
        assert_eq!(refused.json()["errors"][0]["pointer"], "/username", "{text:?}");
    }
    for text in ["amara diallo", "amara ", " amara", "\u{fb01}nna", "abc\u{5d0}\u{5d1}\u{5d2}", "amara\u{ad}", "ama\u{200d}ra", "½½½"] {
        let refused = create(world, text).await.problem(422, "validation_failed");
        assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/username"), &json!("not_a_username")));
    }
    for other in ["សុភា.ណា", "محمد", "陳怡君一", "zo\u{eb}.b"] {
        create(world, other).await.expect(201);
    }
}

#[rstest]
#[actix_web::test]
async fn a_name_is_one_name_however_it_is_spelt_at_the_sign_in(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for spelt in ["caseworker.a", "Caseworker.A", "ｃａｓｅｗｏｒｋｅｒ.ａ"] {
        sign_in(world, spelt, PASSWORD).await.expect(200);
    }
    for other in ["c\u{430}seworker.a", "caseworker.a ", "caseworker"] {
        sign_in(world, other, PASSWORD).await.problem(401, "invalid_credentials");
    }
    // However a name is spelt, a guess is a guess at one account.
    let mut statuses = Vec::new();
    for spelt in ["supervisor.a", "SUPERVISOR.A", "ｓupervisor.a", "supervisor.ａ", "Supervisor.a"] {
        statuses.push(sign_in(world, spelt, "not the right password").await.status);
    }
    assert_eq!(statuses[0], 401);
    assert!(statuses[1..].iter().all(|status| *status == 429), "{statuses:?}");
}

#[rstest]
#[actix_web::test]
async fn users_of_before_keep_their_names_and_nobody_new_looks_like_them(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    // As they were stored by an earlier version: two that look alike, one that is no username today, and no looks.
    let statements = "DELETE FROM username_skeletons;
        UPDATE users SET username = 'c\u{430}seworker.a' WHERE username = 'caseworker.b';
        UPDATE users SET username = 'two words' WHERE username = 'supervisor.a';";
    world.database.with_connection(|connection| connection.batch_execute(statements)).expect("the names are changed");
    create(world, "caseworker.\u{430}").await.problem(409, "already_exists");
    create(world, "amara.diallo").await.expect(201);
    let (users, with_a_look) = counted(world);
    assert_eq!(with_a_look, users - 1, "of two that look alike one has the look");
    create(world, "tw0\u{a0}words").await.problem(422, "validation_failed");
    let ids: Vec<Value> = {
        let mut ids = Vec::new();
        for name in ["caseworker.a", "c\u{430}seworker.a", "two words"] {
            ids.push(sign_in(world, name, PASSWORD).await.expect(200).json()["access_token"].clone());
        }
        ids
    };
    assert_eq!(ids.len(), 3, "all of them still sign in");
}
