//! The cost of an answer: a list of twenty takes as many statements as a list of one, and every list of cases walks an index.

use diesel::prelude::*;
use diesel::sql_types::Text;
use homeward::db::Tx;
use homeward::db::accounts::organisations;
use homeward::db::accounts::organisations::OrganisationRow;
use homeward::db::engine::connection::Connection;
use homeward::db::engine::migrate;
use homeward::db::reference::missions;
use homeward::db::reference::missions::MissionRow;
use homeward::domain::codes::{MissionKind, OrganisationKind};
use homeward::domain::country::Country;
use homeward::domain::ids::OrganisationId;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::database::TestDatabase;
use crate::support::{World, data};

/// The number of items in the longer list.
const MANY: usize = 20;

/// The statements of one answer, and its number of items. A session is looked up anew once a second, so the least of a few counts
/// is taken.
pub async fn cost(world: &World, actor: &str, url: &str) -> (u64, usize) {
    let mut least = (u64::MAX, 0);
    for _ in 0..4 {
        let before = world.db.statements();
        let answer = world.get(actor, url).await.expect(200);
        let cost = world.db.statements() - before;
        let items = answer.json()["items"].as_array().map_or(1, Vec::len);
        least = least.min((cost, items));
    }
    assert!(least.0 > 0, "{url} asked the database nothing: it is not counted");
    least
}

fn same(what: &str, one: (u64, usize), many: (u64, usize)) {
    assert_eq!(one.1, 1, "the short list of {what}");
    assert!(many.1 >= MANY, "the long list of {what} has {} items", many.1);
    assert_eq!(one.0, many.0, "statements for {} {what} and for one: load what belongs to a list in one query, not one an item", many.1);
}

async fn register(world: &World, count: usize) -> String {
    let mut id = String::new();
    for _ in 0..count {
        id = world.register("caseworker.a", data::vietnamese()).await["id"].as_str().expect("an id").to_owned();
    }
    id
}

/// Missions of their own, without coverage.
async fn more_missions(world: &World, count: usize) -> Vec<String> {
    let create = move |tx: &mut Tx<'_>| {
        let mut ids = Vec::new();
        for number in 0..count {
            let country = Country::parse("KEN").expect("a country");
            let id = OrganisationId::random();
            let organisation = OrganisationRow {
                id,
                created_at: tx.now,
                updated_at: tx.now,
                version: 1,
                name: format!("Mission {number}"),
                kind: OrganisationKind::DiplomaticMission,
                country,
                coordinates: None,
                address: None,
                phone: None,
                active: true,
                time_zone: None,
            };
            organisations::insert(tx, &organisation)?;
            let row = MissionRow {
                id: id.into(),
                created_at: tx.now,
                updated_at: tx.now,
                version: 1,
                sending_state: country,
                host_state: country,
                city: "Nairobi".to_owned(),
                kind: MissionKind::Embassy,
                resident: false,
                hotline: None,
                desk_email: None,
            };
            missions::insert(tx, &row, &[])?;
            ids.push(id.to_string());
        }
        Ok(ids)
    };
    world.db.as_system("test missions").write(create).await.expect("the missions are made")
}

fn operation(number: usize) -> Value {
    json!({ "name": format!("Raid {number}"), "kind": "raid", "country": "KHM", "date_precision": "month", "started_on": "2025-07" })
}

#[rstest]
#[actix_web::test]
async fn a_list_of_cases_takes_as_many_statements_as_a_list_of_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let urls = [
        "/v1/cases?limit=200",
        "/v1/cases?limit=200&nationality=VNM&sort=-updated",
        "/v1/cases?limit=200&stage=registered&gender=masculine&sort=risk",
    ];
    register(world, 1).await;
    let mut one = Vec::new();
    for url in urls {
        one.push(cost(world, "caseworker.a", url).await);
    }
    register(world, MANY - 1).await;
    for (url, one) in urls.into_iter().zip(one) {
        same("cases", one, cost(world, "caseworker.a", url).await);
    }
}

#[rstest]
#[actix_web::test]
async fn a_case_takes_as_many_statements_among_twenty_as_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let id = register(world, 1).await;
    let url = format!("/v1/cases/{id}");
    let alone = cost(world, "caseworker.a", &url).await;
    let figures = cost(world, "caseworker.a", "/v1/statistics/cases?by=nationality").await.0;
    register(world, MANY - 1).await;
    assert_eq!(cost(world, "caseworker.a", &url).await, alone, "what one case costs must not follow how many there are");
    assert_eq!(cost(world, "caseworker.a", "/v1/statistics/cases?by=nationality").await.0, figures, "figures are counted by the database");
}

#[rstest]
#[actix_web::test]
async fn a_history_takes_as_many_statements_as_one_entry(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let url = format!("/v1/cases/{}", register(world, 1).await);
    let history = format!("{url}/history?limit=200");
    let change = async |number: u32| {
        let risk_level = if number.is_multiple_of(2) { "high" } else { "low" };
        let body = json!({ "risk_level": risk_level, "narrative": { "notes": format!("Note {number}") } });
        world.patch("caseworker.a", &url, body).await.expect(200)
    };
    world.patch("caseworker.a", &url, json!({ "risk_level": "low" })).await.expect(200);
    let one = cost(world, "caseworker.a", &history).await;
    for number in 0..u32::try_from(MANY).expect("a small number") {
        change(number).await;
    }
    same("changes", one, cost(world, "caseworker.a", &history).await);
}

#[rstest]
#[actix_web::test]
async fn a_list_of_missions_takes_as_many_statements_as_a_list_of_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let one = cost(world, "caseworker.a", "/v1/missions?limit=1").await;
    more_missions(world, MANY).await;
    same("missions", one, cost(world, "caseworker.a", "/v1/missions?limit=200").await);
}

#[rstest]
#[actix_web::test]
async fn a_list_of_operations_takes_as_many_statements_as_a_list_of_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.post("caseworker.a", "/v1/operations", operation(0)).await.expect(201);
    let one = cost(world, "caseworker.a", "/v1/operations?limit=200").await;
    for number in 1..MANY {
        world.post("caseworker.a", "/v1/operations", operation(number)).await.expect(201);
    }
    same("operations", one, cost(world, "caseworker.a", "/v1/operations?limit=200").await);
}

#[rstest]
#[actix_web::test]
async fn a_list_of_statements_takes_as_many_statements_as_a_list_of_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let body = || data::sample("create_statement", &data::Ids::default(), 0).expect("a body");
    world.post("caseworker.a", "/v1/statements", body()).await.expect(201);
    let one = cost(world, "caseworker.a", "/v1/statements?limit=200").await;
    for _ in 1..MANY {
        world.post("caseworker.a", "/v1/statements", body()).await.expect(201);
    }
    same("statements", one, cost(world, "caseworker.a", "/v1/statements?limit=200").await);
}

#[rstest]
#[actix_web::test]
async fn a_list_of_contacts_takes_as_many_statements_as_a_list_of_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let url = format!("/v1/cases/{}/embassy-contacts", register(world, 1).await);
    let contact = async |mission: &str| {
        let body = json!({ "mission_id": mission, "initiated_by": "ngo_with_consent", "person_decision": "declined", "informed_of_rights_on": "2026-01-05" });
        world.post("caseworker.a", &url, body).await.expect(201)
    };
    let missions = more_missions(world, MANY).await;
    contact(&missions[0]).await;
    let one = cost(world, "caseworker.a", &url).await;
    for mission in &missions[1..] {
        contact(mission).await;
    }
    same("contacts", one, cost(world, "caseworker.a", &url).await);
}

#[rstest]
#[actix_web::test]
async fn a_list_of_referrals_takes_as_many_statements_as_a_list_of_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let ngo_b = world.get("caseworker.b", "/v1/me").await.json()["organisation_id"].as_str().expect("an id").to_owned();
    let refer = async || {
        let url = format!("/v1/cases/{}", register(world, 1).await);
        world.post("caseworker.a", &format!("{url}/consents"), data::consent("share_with_ngo")).await.expect(201);
        world.post("caseworker.a", &format!("{url}/referrals"), data::referral(&ngo_b)).await.expect(201);
    };
    refer().await;
    let (url, sides) = ("/v1/referrals?limit=200", ["caseworker.a", "caseworker.b"]);
    let one = [cost(world, sides[0], url).await, cost(world, sides[1], url).await];
    for _ in 1..MANY {
        refer().await;
    }
    for (side, one) in sides.into_iter().zip(one) {
        same("referrals", one, cost(world, side, url).await);
    }
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// The query plan of SQLite.
pub fn plan(connection: &mut Connection, query: &str) -> Vec<String> {
    #[expect(clippy::disallowed_methods, reason = "a plan is asked for in the database's own words")]
    let steps: Vec<Step> =
        diesel::sql_query(format!("EXPLAIN QUERY PLAN {query}")).load(connection).unwrap_or_else(|error| panic!("{query}: {error}"));
    steps.into_iter().map(|step| step.detail).collect()
}

/// The list of cases as diesel writes it (`db::cases::list`), with parameters as parameters.
fn list_of_cases(filter: &str, order: &str) -> String {
    format!(
        "SELECT cases.id, cases.code, case_grants.sealed_keys, compartments.ciphertext FROM case_grants \
         INNER JOIN cases ON case_grants.case_id = cases.id \
         LEFT OUTER JOIN compartments ON compartments.owner_id = cases.person_id AND compartments.compartment = ? \
         WHERE case_grants.is_primary = ? AND case_grants.organisation_id = ? AND (case_grants.expires_at IS NULL OR case_grants.expires_at > ?) \
         {filter} ORDER BY {order} LIMIT ?"
    )
}

#[test]
fn every_list_of_cases_walks_an_index_in_its_order() {
    let database = TestDatabase::empty(Kind::Sqlite).expect("SQLite is always there");
    database.with_connection(|connection| {
        migrate::migrate(connection).expect("up");
        for (filter, key, direction, index) in [
            ("", "registered_at", "DESC", "case_grants_by_registered"),
            ("", "registered_at", "ASC", "case_grants_by_registered"),
            ("", "changed_at", "DESC", "case_grants_by_changed"),
            ("", "changed_at", "ASC", "case_grants_by_changed"),
            ("", "risk_rank", "DESC", "case_grants_by_risk"),
            ("", "risk_rank", "ASC", "case_grants_by_risk"),
            ("AND case_grants.nationality = ?", "registered_at", "DESC", "case_grants_by_nationality"),
            ("AND case_grants.stage = ?", "registered_at", "DESC", "case_grants_by_stage"),
            ("AND cases.gender = ?", "registered_at", "DESC", "case_grants_by_registered"),
        ] {
            let (compare, beyond) = if direction == "DESC" { ("<=", "<") } else { (">=", ">") };
            let after = format!("AND case_grants.{key} {compare} ? AND (case_grants.{key} {beyond} ? OR case_grants.case_id {beyond} ?)");
            for seek in ["", &after] {
                let query =
                    list_of_cases(&format!("{filter} {seek}"), &format!("case_grants.{key} {direction}, case_grants.case_id {direction}"));
                let plan = plan(connection, &query);
                let what = format!("`{filter} {seek}` by {key} {direction}: {plan:#?}");
                assert!(plan[0].contains(&format!("SEARCH case_grants USING INDEX {index} (organisation_id=? AND is_primary=?")), "{what}");
                assert!(!plan.iter().any(|step| step.starts_with("SCAN") || step.contains("TEMP B-TREE")), "{what}");
                assert_eq!(plan[0].contains(&format!("{key}{beyond}?")), !seek.is_empty(), "a page must seek its position: {what}");
            }
        }
    });
}

#[test]
fn cases_that_are_known_by_their_ids_are_found_by_them() {
    let database = TestDatabase::empty(Kind::Sqlite).expect("SQLite is always there");
    database.with_connection(|connection| {
        migrate::migrate(connection).expect("up");
        let ids = ["?"; 64].join(", ");
        for filter in ["", "AND cases.risk_level = ?", "AND case_grants.registered_at <= ? AND case_grants.case_id < ?"] {
            let query = list_of_cases(
                &format!("{filter} AND case_grants.case_id IN ({ids})"),
                "case_grants.registered_at DESC, case_grants.case_id DESC",
            );
            let plan = plan(connection, &query);
            assert!(!plan.iter().any(|step| step.contains("(organisation_id=?")), "`{filter}` reads all of an organisation: {plan:#?}");
        }
    });
}

#[test]
fn one_case_and_its_figures_read_no_whole_table() {
    let database = TestDatabase::empty(Kind::Sqlite).expect("SQLite is always there");
    let live = "organisation_id = ? AND (expires_at IS NULL OR expires_at > ?)";
    database.with_connection(|connection| {
        migrate::migrate(connection).expect("up");
        for query in [
            format!("SELECT * FROM case_grants WHERE case_id = ? AND {live}"),
            "SELECT * FROM cases WHERE id = ?".to_owned(),
            "SELECT * FROM compartments WHERE owner_id IN (?, ?)".to_owned(),
            "SELECT * FROM stays WHERE case_id = ? ORDER BY created_at, id".to_owned(),
            "SELECT * FROM embassy_contacts WHERE case_id = ?".to_owned(),
            "SELECT * FROM case_changes WHERE case_id = ? ORDER BY version DESC, position DESC LIMIT ?".to_owned(),
            "SELECT * FROM repatriation_transitions WHERE case_id = ? ORDER BY version".to_owned(),
            "SELECT person_id FROM blind_index WHERE tag = ?".to_owned(),
            format!("SELECT case_grants.nationality, COUNT(*) FROM case_grants INNER JOIN cases ON case_grants.case_id = cases.id WHERE is_primary = ? AND {live} GROUP BY 1"),
        ] {
            let plan = plan(connection, &query);
            assert!(!plan.is_empty() && plan.iter().all(|step| !step.starts_with("SCAN")), "{query} reads a whole table: {plan:#?}");
        }
    });
}
