//! Lists and figures that are found in memory are those of the database, whatever changed, whoever changed it, and when.

use diesel::connection::SimpleConnection;
use homeward::command::background::keep_columns_once;
use rstest::rstest;
use serde_json::{Value, json};

use crate::accounts::approvals::erasure::erase;
use crate::accounts::approvals::{colleague, nothing_is_left};
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::world::options;
use crate::walkers::query_counts::cost;

/// More than are read without the memory.
const MANY: usize = 300;

/// Somebody among many; hardly two are alike, and one in fifty is in the greatest danger.
fn somebody(number: usize) -> Value {
    let of = |codes: &[&str], step: usize| codes[number / step % codes.len()].to_owned();
    let mut person = json!({
        "host_country": of(&["KHM", "THA"], 3),
        "intake_channel": of(&["hotline", "other"], 2),
        "gender": of(&["feminine", "masculine", "non_specified_unknown"], 1),
        "risk_level": if number.is_multiple_of(50) { "imminent".to_owned() } else { of(&["low", "medium", "high"], 5) },
        "identity": { "given_name": format!("Somebody {number}") },
    });
    if !number.is_multiple_of(7) {
        person["nationality_claimed"] = json!(of(&["VNM", "IDN", "KEN", "XXA"], 1));
    }
    if number % 28 == 2 {
        person["further_nationalities"] = json!(["VNM"]);
    }
    person
}

async fn register(world: &World, people: impl Iterator<Item = usize>) -> Vec<String> {
    let items: Vec<Value> = people.map(|number| json!({ "person": somebody(number) })).collect();
    let answer = world.post("caseworker.a", "/v1/cases/batch", json!({ "items": items })).await.expect(201).json();
    answer["items"].as_array().unwrap().iter().map(|item| item["case_id"].as_str().unwrap_or_else(|| panic!("{item}")).to_owned()).collect()
}

/// Another instance on the same database, which keeps nothing in memory.
async fn plain(world: &World) -> World {
    World::serve(world.kind, world.database.clone(), options(&world.database.url, 1_000_000, &world.clock)).await
}

async fn look(world: &World) {
    keep_columns_once(&world.db).await.expect("the columns are compared");
}

/// The cases of a whole list, page by page.
async fn listed(world: &World, filter: &str) -> Vec<String> {
    let mut cases = Vec::new();
    let mut after = String::new();
    loop {
        let page = world.get("caseworker.a", &format!("/v1/cases?limit=20&{filter}{after}")).await.expect(200).json();
        cases.extend(page["items"].as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return cases,
        }
    }
}

async fn figures(world: &World, query: &str) -> Value {
    world.get("caseworker.a", &format!("/v1/statistics/cases?{query}")).await.expect(200).json()
}

const FILTERS: &[&str] = &[
    "risk_level=imminent",
    "nationality=KEN&gender=feminine",
    "nationality=VNM",
    "nationality=none&host_country=THA",
    "stage=registered&risk_level=imminent",
    "status=closed&gender=masculine",
    "is_child=true",
    "side_state=on_hold",
    "side_state=on_hold&gender=feminine",
    "host_country=THA&risk_level=high",
    "registered_from=2020-01-01&gender=masculine",
    "updated_to=2020-01-01&gender=masculine",
    "compound=5b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
];

const FIGURES: &[&str] = &[
    "by=nationality,stage,gender",
    "by=gender,stage,nationality",
    "by=risk_level,host_country,intake_channel",
    "by=is_child",
    "by=exit_mode,closure_reason",
    "by=side_state,trafficking_status,status",
    "by=is_child,exit_mode&side_state=on_hold",
    "by=nationality,risk_level&gender=feminine",
    "by=status&nationality=none&host_country=KHM",
];

/// Sets what takes long ways to set, as somebody at the database would.
fn by_hand(world: &World, cases: &[String]) {
    let set = |world: &World, number: usize, change: &str| {
        let case = &cases[number];
        world.database.with_connection(|connection| {
            let id = if connection.is_postgres() { format!("'{case}'") } else { format!("X'{}'", case.replace('-', "")) };
            connection.batch_execute(&format!("UPDATE cases SET {change} WHERE id = {id}")).expect("it is changed");
        });
    };
    let yes = if world.kind == Postgres { "TRUE" } else { "1" };
    for number in (0..MANY).step_by(11).filter(|number| number + 3 < MANY) {
        set(world, number, &format!("is_child = {yes}, exit_mode = 'escaped'"));
        set(world, number + 1, "exit_mode = 'ransomed', trafficking_status = 'presumed', side_state = 'on_hold'");
        set(world, number + 2, "status = 'closed', closure_reason = 'lost_contact'");
        set(world, number + 3, "closure_reason = 'duplicate', trafficking_status = 'possible'");
    }
}

/// Compares an instance that has the columns in memory with one that has none.
async fn same(world: &World, plain: &World, when: &str) {
    // What changed seconds before a list is read comes at its end once more, and the two do not begin at the same moment.
    world.clock.forward(10);
    for filter in FILTERS {
        for sort in ["-registered", "registered", "-updated", "updated", "-risk", "risk"] {
            let query = format!("{filter}&sort={sort}");
            let (found, expected) = (listed(world, &query).await, listed(plain, &query).await);
            assert_eq!(found, expected, "{when}: {query}");
        }
    }
    for query in FIGURES {
        assert_eq!(figures(world, query).await, figures(plain, query).await, "{when}: {query}");
    }
}

/// What another organisation sees of the same cases: a guest, whose stage and nationality may be others.
async fn same_for_guests(world: &World, plain: &World, when: &str) {
    for query in ["by=nationality,stage,gender", "by=risk_level&gender=feminine"] {
        let of = async |world: &World| world.get("officer.vnm", &format!("/v1/statistics/cases?{query}")).await.expect(200).json();
        assert_eq!(of(world).await, of(plain).await, "{when}: {query}");
    }
    for query in ["risk_level=imminent", "gender=feminine&host_country=THA", "side_state=on_hold"] {
        let of = async |world: &World| world.get("officer.vnm", &format!("/v1/cases?limit=100&{query}")).await.expect(200).json();
        let ids = |list: &Value| -> Vec<Value> { list["items"].as_array().unwrap().iter().map(|case| case["id"].clone()).collect() };
        assert_eq!(ids(&of(world).await), ids(&of(plain).await), "{when}: {query}");
    }
}

#[rstest]
#[actix_web::test]
async fn lists_and_figures_from_memory_are_those_of_the_database(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let plain = &plain(world).await;
    look(world).await;
    assert_eq!(world.db.columns_held(), 0);
    let cases = register(world, 0..MANY).await;
    look(world).await;
    assert!(world.db.columns_held() >= MANY);
    let statements = async |world: &World, url: &str| cost(world, "caseworker.a", url).await.0;
    let (figure, list) = (format!("/v1/statistics/cases?{}", FIGURES[0]), "/v1/cases?risk_level=imminent");
    // How far the changes reach, and what changed: instead of the count, and before the list.
    assert_eq!(statements(world, &figure).await, statements(plain, &figure).await + 1, "the memory was not asked for figures");
    assert_eq!(statements(world, list).await, statements(plain, list).await + 2, "the memory was not asked for a list");
    same(world, plain, "after a look").await;

    // What no request sets that is made so soon, set by hand: each code at other cases than the other ones.
    by_hand(world, &cases);
    same(world, plain, "changed by hand, before a look").await;
    look(world).await;
    same(world, plain, "changed by hand").await;
    same_for_guests(world, plain, "changed by hand").await;

    // Nobody looks from here on: what changes is known all the same, whoever changes it.
    register(world, MANY..MANY + 5).await;
    register(plain, MANY + 5..MANY + 10).await;
    for (number, case) in cases.iter().enumerate().step_by(44) {
        let by = if number % 88 == 0 { world } else { plain };
        let change = json!({ "risk_level": "imminent", "gender": "feminine", "nationality_claimed": "KEN" });
        by.patch("caseworker.a", &format!("/v1/cases/{case}"), change).await.expect(200);
    }
    same(world, plain, "before a look").await;
    look(world).await;
    same(world, plain, "after another look").await;
    same_for_guests(world, plain, "after another look").await;
}

/// Sets the end of the organisation's grants on some cases, in seconds from now.
fn end(world: &World, cases: &[String], seconds: i64) {
    let at = world.clock.now().plus_seconds(seconds).micros();
    world.database.with_connection(|connection| {
        for case in cases {
            let (end, id) = if connection.is_postgres() {
                (format!("timestamptz 'epoch' + {at} * interval '1 microsecond'"), format!("'{case}'"))
            } else {
                (at.to_string(), format!("X'{}'", case.replace('-', "")))
            };
            connection.batch_execute(&format!("UPDATE case_grants SET expires_at = {end} WHERE case_id = {id}")).expect("it ends");
        }
    });
}

#[rstest]
#[actix_web::test]
async fn nobody_who_was_erased_is_counted_and_no_id_of_theirs_stays(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let plain = &plain(world).await;
    register(world, 0..MANY).await;
    look(world).await;
    let case = &register(world, MANY..=MANY).await[0];
    look(world).await;
    let before = figures(world, "by=gender").await["total"].as_u64().unwrap();
    erase(world, &json!({ "id": case }), true).await.expect(204);
    assert_eq!(figures(world, "by=gender").await, figures(plain, "by=gender").await, "before a look");
    look(world).await;
    assert_eq!(figures(world, "by=gender").await, figures(plain, "by=gender").await);
    assert_eq!(figures(world, "by=gender").await["total"], json!(before - 1));
    nothing_is_left(world, &[&json!(case)]);
}

#[rstest]
#[actix_web::test]
async fn an_access_that_ended_is_neither_listed_nor_counted(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let cases = register(world, 0..MANY).await;
    look(world).await;
    let counted = async || figures(world, "by=risk_level").await["total"].as_u64().unwrap();
    let imminent = async || listed(world, "risk_level=imminent").await.len();
    let (all, danger) = (counted().await, imminent().await);
    assert_eq!((all, danger), (300, 6));

    // Case 0 and case 50 are in the greatest danger. One access is over now, and no look tells the memory.
    end(world, &cases[0..1], -1);
    assert_eq!((counted().await, imminent().await), (all - 1, danger - 1));
    look(world).await;
    assert_eq!((counted().await, imminent().await), (all - 1, danger - 1));

    // The other ends by the clock alone: nothing is written when it does.
    end(world, &cases[50..51], 60);
    look(world).await;
    assert_eq!((counted().await, imminent().await), (all - 1, danger - 1));
    world.clock.forward(61);
    assert_eq!((counted().await, imminent().await), (all - 2, danger - 2));
    let with_a_filter = figures(world, "by=gender&host_country=KHM").await;
    assert_eq!(with_a_filter, figures(&plain(world).await, "by=gender&host_country=KHM").await);
}

#[actix_web::test]
async fn what_is_committed_late_is_listed_and_counted() {
    let Some(world) = &World::start(Postgres).await else { return };
    let cases = register(world, 0..MANY).await;
    look(world).await;
    let shown = async || (listed(world, "risk_level=imminent").await.len(), figures(world, "by=risk_level").await["items"].clone());
    let before = shown().await;
    // Another instance changes a case, and its transaction takes a while: a later one is over, and known, before it.
    let change = format!(
        "BEGIN; UPDATE cases SET risk_level = 'imminent' WHERE id = '{0}'; UPDATE case_grants SET risk_rank = 3 WHERE case_id = '{0}'",
        cases[1]
    );
    let (begun, has_begun) = std::sync::mpsc::channel();
    let (finish, finishes) = std::sync::mpsc::channel::<()>();
    let database = world.database.clone();
    let late = std::thread::spawn(move || {
        database.with_connection(move |connection| {
            connection.batch_execute(&change).expect("it is changed");
            begun.send(()).expect("the test waits");
            finishes.recv().expect("the test goes on");
            connection.batch_execute("COMMIT").expect("it is committed");
        });
    });
    has_begun.recv().expect("it begins");
    world.patch("caseworker.a", &format!("/v1/cases/{}", cases[2]), json!({ "gender": "feminine" })).await.expect(200);
    look(world).await;
    look(world).await;
    assert_eq!(shown().await, before, "what is not committed is not shown");
    finish.send(()).expect("it waits");
    late.join().expect("it ends");
    let expected = before.0 + 1;
    assert_eq!(shown().await.0, expected, "a change that was committed after a later one was overlooked");
    look(world).await;
    assert_eq!(shown().await.0, expected);
    let plain = &plain(world).await;
    assert_eq!(figures(world, FIGURES[2]).await, figures(plain, FIGURES[2]).await);
}
