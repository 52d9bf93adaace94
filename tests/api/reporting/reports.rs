//! Reports: exact figures within the caller's own scope, the same in JSON, CSV and the chart, and without personal data.

mod cost;

use std::sync::Arc;

use actix_web::http::Method;
use diesel::connection::SimpleConnection;
use homeward::db::engine::context::Deployment;
use homeward::db::engine::migrate;
use homeward::domain::zones::Zone;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::database::TestDatabase;
use crate::support::world::options;
use crate::support::{Answer, World, data};
use crate::walkers::query_counts::{cost, plan};

const NAMES: [&str; 7] = ["funnel", "backlog", "ageing", "fines", "reconciliation", "re-trafficking", "forecast"];

async fn report(world: &World, actor: &str, rest: &str) -> Value {
    world.get(actor, &format!("/v1/reports/{rest}")).await.expect(200).json()
}

fn at(case: &Value, rest: &str) -> String {
    format!("/v1/cases/{}{rest}", case["id"].as_str().unwrap())
}

async fn go(world: &World, actor: &str, case: &Value, body: Value) -> Answer {
    world.act(actor, &at(case, ""), "/repatriation/transitions", body).await.expect(200)
}

async fn contact(world: &World, case: &Value, mission: &str) {
    let body = json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted", "informed_of_rights_on": "2026-01-05" });
    world.post("caseworker.a", &at(case, "/embassy-contacts"), body).await.expect(201);
}

/// A consulate that covers Vietnamese nationals too, with a name that a spreadsheet would run.
async fn consulate(world: &World) -> String {
    let organisation = json!({ "name": "=Consulate & \"Co\"", "kind": "diplomatic_mission", "country": "VNM" });
    let organisation = world.post("admin", "/v1/organisations", organisation).await.expect(201).json()["id"].clone();
    let mission = json!({ "organisation_id": organisation, "sending_state": "VNM", "host_state": "KHM", "city": "Sihanoukville", "kind": "consulate_general", "resident": true });
    let mission = world.post("admin", "/v1/missions", mission).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    let coverage = json!({ "nationality": "VNM", "host_country": "KHM", "basis": "resident" });
    world.post("admin", &format!("/v1/missions/{mission}/coverage"), coverage).await.expect(201);
    mission
}

/// Rows of a report as CSV, the names of the columns first.
fn rows(answer: &Answer) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(answer.body.as_slice());
    reader.records().map(|record| record.expect("a row as long as the first").iter().map(str::to_owned).collect()).collect()
}

/// The texts of a document. Fails where tags are not closed in their order, or where a character is not valid XML.
fn texts(svg: &str) -> Vec<String> {
    let (mut open, mut texts) = (Vec::new(), Vec::new());
    let body = svg.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a declaration");
    for piece in body.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag is closed");
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name)),
            None => open.push(tag.split(' ').next().unwrap().to_owned()),
        }
        for entity in text.split('&').skip(1) {
            assert!(["lt;", "gt;", "amp;", "quot;"].iter().any(|known| entity.starts_with(known)), "{text}");
        }
        assert!(!text.chars().any(|letter| letter.is_control() && letter != '\n'), "{text}");
        texts.push(text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"));
    }
    assert!(open.is_empty(), "{open:?} is not closed");
    texts
}

fn reached(row: &Value) -> Vec<i64> {
    row.as_array().unwrap().iter().map(|count| count["cases"].as_i64().unwrap()).collect()
}

/// Turns the only transition of a case into a departure, which takes many guards otherwise.
fn departs(world: &World, case: &Value) {
    let id = case["id"].as_str().unwrap();
    let id = if world.kind == Kind::Sqlite { format!("x'{}'", id.replace('-', "")) } else { format!("'{id}'") };
    let statements = format!(
        "UPDATE cases SET stage = 'departed' WHERE id = {id}; UPDATE repatriation_transitions SET rule = 'T7', to_stage = 'departed' WHERE case_id = {id} AND rule = 'T2'"
    );
    let done = world.database.with_connection(|connection| connection.batch_execute(&statements));
    done.expect("the case is moved");
}

#[rstest]
#[actix_web::test]
async fn anonymous_and_whoever_may_not_read_statistics(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for name in NAMES {
        for form in ["", "/csv", "/chart"] {
            let url = format!("/v1/reports/{name}{form}");
            world.get("", &url).await.problem(401, "unauthenticated");
            for actor in ["admin", "auditor"] {
                world.get(actor, &url).await.problem(403, "permission_denied");
            }
            for actor in ["coordinator", "officer.idn", "caseworker.b"] {
                world.get(actor, &url).await.expect(200);
            }
        }
    }
}

#[rstest]
#[actix_web::test]
async fn each_form_has_its_media_type(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (form, media_type, refused) in
        [("", "application/json", "text/csv"), ("/csv", "text/csv", "application/json"), ("/chart", "image/svg+xml", "text/html")]
    {
        let url = format!("/v1/reports/forecast{form}");
        let group = format!("{}/*", media_type.split('/').next().unwrap());
        for accept in [media_type, "*/*", &group, &format!("text/plain, {media_type};q=0.5")] {
            let answer = world.send("coordinator", Method::GET, &url, &[("accept", accept)], None).await.expect(200);
            assert!(answer.header("content-type").starts_with(media_type), "{accept}: {}", answer.header("content-type"));
        }
        world.send("coordinator", Method::GET, &url, &[("accept", refused)], None).await.problem(406, "not_acceptable");
    }
    let answer = world.get("coordinator", "/v1/reports/re-trafficking/csv").await.expect(200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"homeward-re-trafficking-{}.csv\"", world.day(0)));
    for url in ["funnel?from=2026-13", "funnel?month=2026-01", "reconciliation/csv?operation_id=x"] {
        world.get("coordinator", &format!("/v1/reports/{url}")).await.problem(400, "invalid_query");
    }
}

#[rstest]
#[actix_web::test]
async fn the_funnel_counts_for_each_organisation_what_it_sees(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (embassy, consulate) = (world.mission("VNM").await, consulate(world).await);
    world.register("caseworker.a", data::vietnamese()).await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    contact(world, &case, &embassy).await;
    go(world, "caseworker.a", &case, json!({ "to": "screened" })).await;
    go(world, "caseworker.a", &case, json!({ "to": "mission_contacted" })).await;
    let both = world.register("caseworker.a", data::vietnamese()).await;
    contact(world, &both, &embassy).await;
    contact(world, &both, &consulate).await;
    world.register("officer.idn", data::walk_in()).await;

    let month = world.day(0)[..7].to_owned();
    let seen = report(world, "caseworker.a", "funnel").await;
    let row = |mission: &Value, counts: [i64; 3]| (json!(month), mission.clone(), counts.to_vec());
    let shown = |report: &Value| -> Vec<_> {
        let items = report["items"].as_array().unwrap().iter();
        items.map(|item| (item["month"].clone(), item["mission_id"].clone(), reached(&item["reached"])[..3].to_vec())).collect()
    };
    let mut expected = vec![row(&json!(null), [1, 0, 0]), row(&json!(embassy), [1, 1, 1]), row(&json!(consulate), [1, 0, 0])];
    let mut found = shown(&seen);
    expected.sort_by_key(|row| row.1.to_string());
    found.sort_by_key(|row| row.1.to_string());
    assert_eq!(found, expected);
    assert_eq!(reached(&seen["totals"])[..4], [3, 1, 1, 0]);
    assert_eq!((seen["totals"][2]["milestone"].clone(), seen["totals"].as_array().map(Vec::len)), (json!("mission_contacted"), Some(13)));
    assert!(seen["as_of"].as_str().unwrap().starts_with(&Zone::UTC.day_of(world.clock.now()).to_string()), "an instant is in UTC: {seen}");

    // The mission sees only its own figures, also where the person turned to another one later.
    let guest = report(world, "officer.vnm", "funnel").await;
    assert_eq!(shown(&guest), [row(&json!(embassy), [2, 1, 1])]);
    for name in NAMES {
        for form in ["", "/csv", "/chart"] {
            let text = world.get("officer.vnm", &format!("/v1/reports/{name}{form}")).await.expect(200).text();
            assert!(!text.contains("Consulate") && !text.contains(&consulate) && !text.contains("Indonesia"), "{name}{form}: {text}");
        }
    }
    assert_eq!(reached(&report(world, "officer.idn", "funnel").await["totals"])[..2], [1, 0]);
    assert_eq!(reached(&report(world, "coordinator", "funnel").await["totals"])[..3], [4, 1, 1]);
    assert_eq!(report(world, "caseworker.b", "funnel").await["items"], json!([]));

    for (filter, count) in [
        (format!("from={month}&to={month}"), 3),
        (format!("mission_id={embassy}"), 1),
        ("to=2020-01".to_owned(), 0),
        ("from=2999-01".to_owned(), 0),
    ] {
        assert_eq!(reached(&report(world, "caseworker.a", &format!("funnel?{filter}")).await["totals"])[0], count, "{filter}");
    }

    let csv = rows(&world.get("caseworker.a", "/v1/reports/funnel/csv").await.expect(200));
    assert_eq!(csv[0][..5], ["month", "mission_id", "mission", "registered", "screened"]);
    assert!(csv.iter().any(|row| row[2] == "'=Consulate & \"Co\""), "{csv:?}");
    let mut figures: Vec<Vec<i64>> = csv[1..].iter().map(|row| row[3..].iter().map(|cell| cell.parse().unwrap()).collect()).collect();
    let mut typed: Vec<Vec<i64>> = seen["items"].as_array().unwrap().iter().map(|item| reached(&item["reached"])).collect();
    figures.sort();
    typed.sort();
    assert_eq!(figures, typed, "the table says what the report says");
}

#[rstest]
#[actix_web::test]
async fn the_backlog_waits_and_the_ageing_ages(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut cases = Vec::new();
    for _ in 0..4 {
        cases.push(world.register("caseworker.a", data::vietnamese()).await);
    }
    world.days_pass(4).await;
    go(world, "caseworker.a", &cases[0], json!({ "to": "screened" })).await;
    go(world, "caseworker.a", &cases[1], json!({ "to": "on_hold", "hold_reason": "medical", "review_on": "2999-01-01" })).await;
    go(world, "caseworker.a", &cases[2], json!({ "to": "deceased", "occurred_on": world.day(0), "source": "Police" })).await;
    world.days_pass(3).await;
    let backlog = report(world, "caseworker.a", "backlog").await;
    let row = |stage: &str, waiting: i64, beside: i64, median: Value, passed: i64, to_pass: Value| json!({ "stage": stage, "waiting": waiting, "beside_the_road": beside, "median_days_waiting": median, "passed": passed, "median_days_to_pass": to_pass });
    assert_eq!(backlog["items"][0], row("registered", 1, 1, json!(7.0), 1, json!(4.0)));
    assert_eq!(backlog["items"][1], row("screened", 1, 0, json!(3.0), 0, json!(null)));
    assert_eq!(backlog["items"].as_array().map(Vec::len), Some(9), "nobody waits at the end of the road");
    assert_eq!(report(world, "caseworker.b", "backlog").await["items"][0], row("registered", 0, 0, json!(null), 0, json!(null)));
    let csv = rows(&world.get("caseworker.a", "/v1/reports/backlog/csv").await);
    assert_eq!(csv[1..3], [["registered", "1", "1", "7", "1", "4"], ["screened", "1", "0", "3", "0", ""]]);

    let bands = |report: Value| -> Vec<Value> {
        report["items"].as_array().unwrap().iter().map(|item| json!([item["mission"], item["waiting"], reached(&item["bands"])])).collect()
    };
    assert_eq!(bands(report(world, "caseworker.a", "ageing").await), [json!([null, 3, [3, 0, 0, 0, 0, 0]])]);
    world.days_pass(1).await;
    world.register("officer.idn", data::walk_in()).await;
    assert_eq!(bands(report(world, "caseworker.a", "ageing").await), [json!([null, 3, [0, 3, 0, 0, 0, 0]])]);
    assert_eq!(
        bands(report(world, "coordinator", "ageing").await),
        [json!([null, 3, [0, 3, 0, 0, 0, 0]]), json!(["Embassy of Indonesia", 1, [1, 0, 0, 0, 0, 0]])]
    );
}

#[rstest]
#[actix_web::test]
async fn fines_add_up_by_currency(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for paid in [false, true] {
        let case = world.register("caseworker.a", data::vietnamese()).await;
        world.patch("caseworker.a", &at(&case, "/immigration-clearance"), json!({ "stay_expired_on": world.day(-10) })).await.expect(200);
        if paid {
            let payment = json!({ "money": { "amount": "10.50", "currency": "USD" }, "payer": "family", "paid_on": world.day(0) });
            world.post("caseworker.a", &at(&case, "/fine-payments"), payment).await.expect(201);
        }
    }
    world.days_pass(1).await;
    let fines = report(world, "coordinator", "fines").await;
    let (row, sums) = (&fines["items"][0], &fines["items"][0]["sums"]);
    assert_eq!((fines["items"].as_array().map(Vec::len), &row["currency"], &row["mission_id"]), (Some(1), &json!("USD"), &json!(null)));
    let amounts = ["assessed", "waived", "paid", "outstanding"].map(|name| sums[name].as_str().unwrap());
    assert_eq!((amounts, &sums["cases"]), (["220.00", "0.00", "10.50", "209.50"], &json!(2)));
    assert_eq!(sums["tracks"][6], json!({ "track": "outstanding", "cases": 1 }));
    assert_eq!(reached(&sums["tracks"]), [0, 1, 0, 0, 0, 0, 1, 0, 0, 0]);
    let csv = rows(&world.get("coordinator", "/v1/reports/fines/csv").await);
    assert_eq!(csv[1][..9], ["USD", "", "", "2", "220.00", "0.00", "10.50", "0.00", "209.50"]);
    assert_eq!(report(world, "officer.idn", "fines").await["items"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn a_raid_is_reconciled_with_what_is_registered_and_keeps_its_qualifier(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let count = |nationality: &str, value: i64, qualifier: &str| json!({ "nationality": nationality, "outcome": "found", "value": value, "qualifier": qualifier, "is_subset": false });
    let raid = json!({ "name": "=Raid", "kind": "raid", "country": "KHM", "date_precision": "day", "counts": [count("VNM", 30, "more_than"), count("IDN", 1, "exact")] });
    let raid = world.post("coordinator", "/v1/operations", raid).await.expect(201).json()["operation"]["id"].clone();
    let part = json!({ "name": "Part", "kind": "raid", "country": "KHM", "date_precision": "day", "part_of": raid });
    let part = world.post("coordinator", "/v1/operations", part).await.expect(201).json()["operation"]["id"].clone();
    for (nationality, operation) in [("VNM", &raid), ("VNM", &part), ("IDN", &raid), ("IDN", &raid)] {
        let mut body = data::vietnamese();
        body["nationality_claimed"] = json!(nationality);
        body["operation_id"] = operation.clone();
        world.register("caseworker.a", body).await;
    }
    let id = raid.as_str().unwrap();
    let found = report(world, "caseworker.a", &format!("reconciliation?operation_id={id}")).await;
    assert_eq!(found["items"].as_array().map(Vec::len), Some(2), "the operation and its part");
    let whole = &found["items"][0]["reconciliation"];
    let figures = |figures: &Value| ["published", "registered", "unaccounted", "surplus"].map(|name| figures[name].as_i64().unwrap());
    assert_eq!(
        (figures(&whole["total"]), &whole["total"]["qualifier"], &whole["total"]["is_exact"]),
        ([31, 4, 27, 0], &json!("more_than"), &json!(false))
    );
    let (indonesia, vietnam) = (&whole["nationalities"][0], &whole["nationalities"][1]);
    assert_eq!(
        (figures(&indonesia["figures"]), &indonesia["figures"]["is_exact"], &indonesia["nationality"]),
        ([1, 2, 0, 1], &json!(true), &json!("IDN"))
    );
    assert_eq!((figures(&vietnam["figures"]), &vietnam["figures"]["qualifier"]), ([30, 2, 28, 0], &json!("more_than")));
    assert!(
        vietnam["figures"]["statement"].as_str().unwrap().contains("More than 30 were counted and 2 are registered: about 28"),
        "{vietnam}"
    );
    assert_eq!(whole["published"]["sum_of_parts"], 31);
    let other = report(world, "caseworker.b", "reconciliation").await;
    assert_eq!(figures(&other["items"][0]["reconciliation"]["total"]), [31, 0, 31, 0], "another organisation's cases are not counted");
    let csv = rows(&world.get("caseworker.a", "/v1/reports/reconciliation/csv").await);
    assert_eq!(csv[1][1..8], ["'=Raid", "all", "31", "more_than", "4", "27", "0"]);
    assert!(csv.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t'])), "{csv:?}");
}

#[rstest]
#[actix_web::test]
async fn whoever_was_trafficked_again_is_in_a_chain(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    world.register("caseworker.a", data::vietnamese()).await;
    assert_eq!(report(world, "caseworker.a", "re-trafficking").await["items"], json!([]));
    world.days_pass(10).await;
    go(world, "caseworker.a", &case, json!({ "to": "re_trafficked", "occurred_on": world.day(0), "source": "Her sister" })).await;
    let expected = json!([{ "chain_length": 2, "nationality": "VNM", "persons": 1, "median_days_between": 10.0 }]);
    assert_eq!(report(world, "caseworker.a", "re-trafficking").await["items"], expected);
    assert_eq!(report(world, "caseworker.b", "re-trafficking").await["items"], json!([]));
    assert_eq!(rows(&world.get("caseworker.a", "/v1/reports/re-trafficking/csv").await)[1], ["2", "VNM", "1", "10"]);
}

#[rstest]
#[actix_web::test]
async fn the_forecast_goes_on_as_it_went_and_says_so(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(world.register("caseworker.a", data::vietnamese()).await);
    }
    let forecast = report(world, "caseworker.a", "forecast").await;
    assert_eq!((&forecast["backlog"], &forecast["days_to_clear"], &forecast["expected_on"]), (&json!(3), &json!(null), &json!(null)));
    go(world, "caseworker.a", &cases[0], json!({ "to": "screened" })).await;
    departs(world, &cases[0]);
    let forecast = report(world, "caseworker.a", "forecast").await;
    assert_eq!((&forecast["backlog"], &forecast["departures"], &forecast["departures_a_day"]), (&json!(2), &json!(1), &json!("0.07")));
    assert_eq!((&forecast["days_to_clear"], &forecast["expected_on"]), (&json!(28), &json!(world.day(28))));
    let assumption = forecast["assumption"].as_str().unwrap();
    assert!(assumption.starts_with("2 waiting before departure, 1 departures in the last 14 days, 0.07 a day. Assumes"), "{assumption}");
    let drawn = texts(&world.get("caseworker.a", "/v1/reports/forecast/chart").await.text()).join(" ");
    assert!(assumption.split(' ').all(|word| drawn.contains(word)), "the assumption is part of the chart: {drawn}");
    world.days_pass(13).await;
    assert_eq!(report(world, "caseworker.a", "forecast").await["departures"], 1);
    world.days_pass(1).await;
    assert_eq!(report(world, "caseworker.a", "forecast").await["days_to_clear"], json!(null));
}

/// A spreadsheet reads `8-14` as a day in August, and `0-7` as one in July.
#[rstest]
#[actix_web::test]
async fn a_heading_of_a_table_is_a_word_and_never_a_date(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for name in NAMES {
        let csv = world.get("caseworker.b", &format!("/v1/reports/{name}/csv")).await.expect(200).text();
        let headings = csv
            .trim_start_matches('\u{feff}')
            .lines()
            .next()
            .expect("headings")
            .split(',')
            .map(|heading| heading.trim_matches('"').to_owned());
        for heading in headings {
            let is_word = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
            assert!(heading.starts_with(|letter: char| letter.is_ascii_lowercase()) && heading.chars().all(is_word), "{name}: {heading}");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn a_chart_is_well_formed_and_holds_every_label(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for name in NAMES {
        let texts = texts(&world.get("caseworker.b", &format!("/v1/reports/{name}/chart")).await.expect(200).text());
        let is_empty = !matches!(name, "backlog" | "forecast");
        assert_eq!(texts.iter().any(|text| text == "No data"), is_empty, "{name}: {texts:?}");
    }
    let case = world.register("caseworker.a", data::vietnamese()).await;
    contact(world, &case, &consulate(world).await).await;
    let svg = world.get("caseworker.a", "/v1/reports/ageing/chart").await.expect(200).text();
    let texts = texts(&svg);
    for band in ["0-7", "8-14", "15-30", "31-60", "61-90", "over 90"] {
        assert!(texts.contains(&format!("=Consulate & \"Co\": {band}")), "{band}: {texts:?}");
    }
    assert!(svg.contains("viewBox=\"0 0 800 ") && svg.contains("<title id=\"title\">") && svg.contains("<desc id=\"desc\">"), "{svg}");
    assert!(!svg.contains("<script") && !svg.contains("style=") && !svg.contains("href"), "{svg}");
}

#[test]
fn the_funnel_walks_one_index_that_holds_all_it_asks() {
    let database = TestDatabase::empty(Kind::Sqlite).expect("SQLite is always there");
    database.with_connection(|connection| {
        migrate::migrate(connection).expect("up");
        // The query as diesel writes it (`db::reports::funnel`), with parameters as parameters.
        let plan = plan(
            connection,
            "SELECT cohort, mission_id, milestones, COUNT(*) FROM case_grants WHERE is_primary = ? AND (organisation_id = ? \
             AND (expires_at IS NULL OR expires_at > ?)) GROUP BY cohort, mission_id, milestones",
        );
        assert_eq!(plan, ["SEARCH case_grants USING COVERING INDEX case_grants_by_funnel (organisation_id=? AND is_primary=?)"]);
    });
}
