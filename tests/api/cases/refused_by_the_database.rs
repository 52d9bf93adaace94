//! A row that the database refuses undoes the registration that it belongs to, whole, and no other one that is committed with it.

use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};

/// The database takes no task of a case in Laos.
fn refuse_tasks_in_laos(world: &World, kind: Kind) {
    let of_the_case = "(SELECT host_country FROM cases WHERE id = NEW.case_id) = 'LAO'";
    let sql = match kind {
        Sqlite => format!("CREATE TRIGGER refuse BEFORE INSERT ON tasks WHEN {of_the_case} BEGIN SELECT RAISE(ABORT, 'refused'); END"),
        Postgres => format!(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN IF {of_the_case} THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION refuse()"
        ),
    };
    world.database.with_connection(|connection| connection.batch_execute(&sql)).expect("the database refuses");
}

fn in_country(country: &str) -> Value {
    json!({ "host_country": country, "intake_channel": "other", "nationality_claimed": "VNM", "identity": { "family_name": "Nguyễn" } })
}

async fn registered(world: &World) -> usize {
    world.get("caseworker.a", "/v1/cases?limit=200").await.expect(200).json()["items"].as_array().map_or(0, Vec::len)
}

#[rstest]
#[actix_web::test]
async fn one_of_many_who_are_registered_at_once_is_undone_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    refuse_tasks_in_laos(world, kind);
    let before = registered(world).await;
    let countries: Vec<&str> = (0..24).map(|number| if number % 6 == 5 { "LAO" } else { "KHM" }).collect();
    let answers = join_all(countries.iter().map(|country| world.post("caseworker.a", "/v1/cases", in_country(country)))).await;
    for (country, answer) in countries.iter().zip(answers) {
        match *country {
            "LAO" => drop(answer.problem(500, "internal")),
            _ => {
                let case = answer.expect(201).json();
                world.get("caseworker.a", &format!("/v1/cases/{}", case["id"].as_str().unwrap())).await.expect(200);
            }
        }
    }
    assert_eq!(registered(world).await, before + 20, "nothing of the four is left");
}

#[rstest]
#[actix_web::test]
async fn a_list_with_one_of_them_registers_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    refuse_tasks_in_laos(world, kind);
    let before = registered(world).await;
    let list =
        |countries: &[&str]| json!({ "items": countries.iter().map(|one| json!({ "person": in_country(one) })).collect::<Vec<_>>() });
    let whole = list(&["KHM", "LAO", "KHM"]);
    world.post("caseworker.a", "/v1/cases/batch", whole).await.problem(500, "internal");
    assert_eq!(registered(world).await, before);
    world.post("caseworker.a", "/v1/cases/batch", list(&["KHM", "KHM"])).await.expect(201);
    assert_eq!(registered(world).await, before + 2);
}

#[rstest]
#[actix_web::test]
async fn what_finds_no_space_on_the_disk_of_postgres_is_known_not_to_have_happened() {
    let Some(world) = &World::start(Postgres).await else { return };
    let sql = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION refuse()";
    world.database.with_connection(|connection| connection.batch_execute(sql)).expect("the database refuses");
    let before = registered(world).await;
    let problem = world.post("caseworker.a", "/v1/cases", in_country("KHM")).await.problem(507, "storage_full");
    assert_eq!(problem.get("detail"), None, "nothing of what the database says is shown: {problem}");
    let freed = "DROP TRIGGER refuse ON tasks";
    world.database.with_connection(|connection| connection.batch_execute(freed)).expect("there is space");
    assert_eq!(registered(world).await, before);
    world.post("caseworker.a", "/v1/cases", in_country("KHM")).await.expect(201);
}
