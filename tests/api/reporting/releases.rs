//! Released figures: they are frozen, they tell of groups alone, and whoever asks everything finds nobody.

mod attacker;

use std::collections::{BTreeMap, HashMap};

use homeward::app::Options;
use homeward::command::releases::release_figures;
use homeward::db::engine::context::Deployment;
use homeward::domain::reporting::released::{Cross, Facts, Published, ReleaseRules, ReleasedDimension, is_barred};
use rstest::rstest;
use serde_json::{Value, json};

use crate::reporting::releases::attacker::{Attacker, Group, Told};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::machines::{Machine, get};
use crate::support::{World, data};

const RELEASES: &str = "/v1/statistics/releases";

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// A number below this one; small ones come more often.
    fn skewed(&mut self, below: u64) -> u64 {
        (0..3).map(|_| self.next() % below).min().unwrap_or(0)
    }
}

fn questions() -> Vec<Vec<ReleasedDimension>> {
    let all = ReleasedDimension::ALL;
    let mut asked: Vec<Vec<ReleasedDimension>> = Vec::new();
    for (one, first) in all.iter().enumerate() {
        asked.push(vec![*first]);
        for (two, second) in all.iter().enumerate().skip(one + 1) {
            asked.push(vec![*first, *second]);
            asked.extend(all.iter().skip(two + 1).map(|third| vec![*first, *second, *third]));
        }
    }
    asked.retain(|question| !is_barred(question));
    asked
}

/// People as they come: many of few nationalities, and some of whom little is known.
fn people(count: usize, variety: u64, dice: &mut Dice) -> Vec<Facts> {
    let known = |word: &str, number: u64| Some(format!("{word}{number}"));
    let one = |dice: &mut Dice| {
        let (nationality, month) = (dice.skewed(variety), dice.next() % variety.min(24));
        [
            known("nationality", nationality).filter(|_| !dice.next().is_multiple_of(10)),
            known("gender", dice.skewed(3)),
            known("age", dice.skewed(8)),
            known("province", (nationality + dice.skewed(variety)) % variety).filter(|_| !dice.next().is_multiple_of(8)),
            known("exit", dice.skewed(12)).filter(|_| !dice.next().is_multiple_of(5)),
            known("stage", dice.skewed(10)),
            known("mission", nationality % 7).filter(|_| !dice.next().is_multiple_of(4)),
            known("month", month),
            known("quarter", month / 3),
            known("year", month / 12),
        ]
    };
    (0..count).map(|_| one(dice)).collect()
}

/// The place of a dimension among all.
fn place(dimension: ReleasedDimension) -> usize {
    ReleasedDimension::ALL.iter().position(|known| *known == dimension).expect("a dimension")
}

/// How many of these people are in each group that can be asked for.
fn counted(people: &[Facts]) -> BTreeMap<Group, i64> {
    let mut counts = BTreeMap::from([(Group::new(), i64::try_from(people.len()).unwrap())]);
    for question in questions() {
        let mut of_question: HashMap<Vec<&str>, i64> = HashMap::new();
        for facts in people {
            if let Some(values) = question.iter().map(|one| facts[place(*one)].as_deref()).collect::<Option<Vec<&str>>>() {
                *of_question.entry(values).or_default() += 1;
            }
        }
        let named = |values: Vec<&str>| question.iter().map(|one| place(*one)).zip(values.into_iter().map(ToOwned::to_owned)).collect();
        counts.extend(of_question.into_iter().map(|(values, count)| (named(values), count)));
    }
    counts
}

/// What somebody who asks everything concludes. Also how many figures they were told.
fn attacked(people: &[Facts], dice: &mut Dice) -> (Vec<String>, usize) {
    let cross = Cross::of(people.iter().cloned(), || (dice.next() << 32) ^ dice.next());
    let published = Published::of(&cross, 10);
    let mut told = Told::from([(Group::new(), published.records())]);
    for question in questions() {
        for cell in published.table(&question, &[]).0 {
            told.insert(question.iter().map(|one| place(*one)).zip(cell.values).collect(), cell.count);
        }
    }
    let figures = told.values().flatten().filter(|count| **count > 0).count();
    let truth = counted(people);
    (Attacker::told(10, &told, |group| truth.get(group).copied().unwrap_or(0)).findings(), figures)
}

#[test]
fn whoever_asks_everything_about_ten_thousand_people_finds_nobody() {
    let mut dice = Dice(2026);
    let (found, figures) = attacked(&people(10_000, 8, &mut dice), &mut dice);
    assert!(found.is_empty(), "{} findings, such as {:?}", found.len(), found.first());
    assert!(figures > 1_000, "only {figures} figures are told: that would be of no use");
}

#[test]
fn nor_about_few_people_of_whom_most_is_known() {
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let (count, variety) = (60 + usize::try_from(seed % 4).unwrap() * 60, 3 + seed % 3);
        let (found, _) = attacked(&people(count, variety, &mut dice), &mut dice);
        assert!(found.is_empty(), "{seed}: {} findings, such as {:?}", found.len(), found.first());
    }
}

#[test]
fn a_part_of_a_table_is_what_the_whole_table_says() {
    use ReleasedDimension::{Gender, Nationality, Stage};
    let mut dice = Dice(5);
    let cross = Cross::of(people(600, 6, &mut dice), || dice.next());
    let published = Published::of(&cross, 10);
    let (whole, _) = published.table(&[Nationality, Gender, Stage], &[]);
    for nationality in published.values(Nationality) {
        let (part, total) = published.table(&[Gender, Stage], &[(Nationality, nationality.clone())]);
        let same = whole.iter().filter(|cell| cell.values[0] == nationality).map(|cell| (cell.values[1..].to_vec(), cell.count));
        assert_eq!(part.iter().map(|cell| (cell.values.clone(), cell.count)).collect::<Vec<_>>(), same.collect::<Vec<_>>());
        let (alone, _) = published.table(&[Nationality], &[]);
        assert_eq!(Some(total), alone.iter().find(|cell| cell.values[0] == nationality).map(|cell| cell.count));
    }
    assert_eq!(published.table(&[Gender], &[(Nationality, "unheard of".to_owned())]), (Vec::new(), None));
}

/// Registers people of a nationality, who agree to be counted.
pub async fn register(world: &World, count: usize, nationality: &str, gender: &str) -> Vec<String> {
    let person = |number: usize| {
        let name = format!("{nationality} {gender} {number}");
        json!({ "person": { "host_country": "KHM", "intake_channel": "other", "nationality_claimed": nationality, "gender": gender,
                "identity": { "given_name": name } } })
    };
    let list = json!({ "items": (0..count).map(person).collect::<Vec<_>>() });
    let made = world.post("caseworker.a", "/v1/cases/batch", list).await.expect(201).json();
    let mut cases = Vec::new();
    for item in made["items"].as_array().unwrap() {
        let case = item["case_id"].as_str().unwrap().to_owned();
        let consent = data::consent("statistics_non_identifying");
        world.post("caseworker.a", &format!("/v1/cases/{case}/consents"), consent).await.expect(201);
        cases.push(case);
    }
    cases
}

/// Makes a release, or gets the newest.
pub async fn release(world: &World) -> Value {
    world.post("caseworker.a", RELEASES, json!({})).await.expect(200).json()
}

/// What a release tells, by the values of a row.
async fn told(world: &World, number: &Value, query: &str) -> BTreeMap<String, Option<i64>> {
    let answer = world.get("caseworker.a", &format!("{RELEASES}/{number}/cases?{query}")).await.expect(200).json();
    let by: Vec<&str> = query.trim_start_matches("by=").split('&').next().unwrap().split(',').collect();
    let name = |row: &Value| by.iter().map(|one| row[one].as_str().unwrap()).collect::<Vec<_>>().join(" ");
    answer["items"].as_array().unwrap().iter().map(|row| (name(row), row["count"].as_i64())).collect()
}

#[rstest]
#[actix_web::test]
async fn a_release_is_frozen_and_tells_of_groups_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    world.post("caseworker.a", RELEASES, json!({})).await.problem(409, "conflict");
    register(world, 25, "VNM", "masculine").await;
    register(world, 13, "IDN", "feminine").await;
    register(world, 5, "TWN", "feminine").await;
    let first = release(world).await;
    assert_eq!((&first["number"], &first["k"], &first["records_considered_rounded"]), (&json!(1), &json!(10), &json!(40)));
    let answer = world.get("caseworker.a", &format!("{RELEASES}/1/cases?by=nationality")).await.expect(200).json();
    let expected = json!([
        { "nationality": "IDN", "count": 10, "suppressed": false, "reason": null },
        { "nationality": "VNM", "count": 20, "suppressed": false, "reason": null },
    ]);
    assert_eq!(answer["items"], expected, "five people from Taiwan are no group");
    assert_eq!(
        (&answer["total"], &answer["suppressed_cells"], &answer["rounding"]),
        (&json!(40), &json!(0), &json!("down_to_multiple_of_k"))
    );
    assert_eq!((&answer["unit"], &answer["snapshot_id"], &answer["generated_on"]), (&json!("cases"), &first["id"], &first["made_on"]));
    assert!(answer["citation"].as_str().unwrap().contains(first["id"].as_str().unwrap()), "{answer}");
    // Nothing is told of five people, nor of what is larger by them.
    for query in ["by=gender&nationality=TWN", "by=nationality&nationality=TWN"] {
        assert_eq!(told(world, &json!(1), query).await, BTreeMap::new(), "{query}");
    }
    let by_both = told(world, &json!(1), "by=nationality,gender").await;
    assert!(by_both.values().flatten().all(|count| *count == 0 || *count >= 10), "{by_both:?}");
    let csv = world.get("caseworker.a", &format!("{RELEASES}/1/cases/csv?by=nationality")).await.expect(200).text();
    assert_eq!(csv.trim_start_matches('\u{feff}'), "\"nationality\",\"count\"\r\n\"IDN\",\"10\"\r\n\"VNM\",\"20\"\r\n");

    // One more: neither the release nor a new one says so.
    let before = told(world, &json!(1), "by=nationality,gender").await;
    register(world, 1, "TWN", "masculine").await;
    assert_eq!(release(world).await, first, "so few changed that there is no new release");
    assert_eq!(told(world, &json!(1), "by=nationality,gender").await, before);
    register(world, 9, "TWN", "feminine").await;
    let second = release(world).await;
    assert_eq!((&second["number"], &second["records_considered_rounded"]), (&json!(2), &json!(50)));
    assert_eq!(told(world, &json!(1), "by=nationality,gender").await, before, "a release never changes");
    assert_eq!(told(world, &json!(2), "by=nationality").await["TWN"], Some(10));
    let listed = world.get("caseworker.a", RELEASES).await.expect(200).json();
    assert_eq!(listed["items"], json!([second, first]));
}

#[rstest]
#[actix_web::test]
async fn only_those_who_agreed_are_counted(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let cases = register(world, 20, "VNM", "masculine").await;
    world.register("caseworker.a", data::taiwanese()).await;
    assert_eq!(release(world).await["records_considered_rounded"], 20);
    world.clock.forward(60);
    // One takes it back, and nine refuse when they are asked again.
    for (at, case) in cases.iter().take(10).enumerate() {
        let consents = format!("/v1/cases/{case}/consents");
        if at == 0 {
            let listed = world.get("caseworker.a", &consents).await.expect(200).json();
            let consent = format!("{consents}/{}", listed["items"][0]["id"].as_str().unwrap());
            world.post("caseworker.a", &format!("{consent}/withdrawal"), json!({})).await.expect(200);
        } else {
            let mut refusal = data::consent("statistics_non_identifying");
            refusal["answer"] = json!("refused");
            world.post("caseworker.a", &consents, refusal).await.expect(201);
        }
    }
    let second = release(world).await;
    assert_eq!((&second["number"], &second["records_considered_rounded"]), (&json!(2), &json!(10)));
}

#[rstest]
#[actix_web::test]
async fn whoever_reads_figures_alone_has_the_released_ones(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = register(world, 12, "VNM", "masculine").await.remove(0);
    let desk = world.post("coordinator", RELEASES, json!({})).await.expect(200).json();
    release(world).await;
    let figures = world.get("analyst", &format!("{RELEASES}/{}/cases?by=nationality", desk["number"])).await.expect(200).json();
    assert_eq!(figures["items"][0]["count"], 10);
    world.post("analyst", RELEASES, json!({})).await.problem(403, "permission_denied");
    for url in ["/v1/statistics/cases?by=nationality", "/v1/cases", "/v1/reports/funnel"] {
        world.get("analyst", url).await.problem(403, "permission_denied");
    }
    let machine = Machine::new(world, "NGO A", &["statistics:read"], json!({})).await.token(world).await;
    get(world, &machine, &format!("{RELEASES}/1/cases?by=nationality")).await.expect(200);
    let exact = get(world, &machine, "/v1/statistics/cases?by=nationality").await;
    assert!(exact.json()["detail"].as_str().unwrap().contains(RELEASES));
    exact.problem(403, "insufficient_scope");
    for url in [format!("/v1/cases/{case}"), "/v1/cases".to_owned(), "/v1/reports/backlog".to_owned()] {
        get(world, &machine, &url).await.problem(403, "insufficient_scope");
    }
    // The releases of an organisation are its own.
    world.get("caseworker.b", &format!("{RELEASES}/1/cases?by=nationality")).await.problem(404, "not_found");
    assert_eq!(world.get("caseworker.b", RELEASES).await.expect(200).json()["items"], json!([]));
    world.get("admin", RELEASES).await.problem(403, "permission_denied");
    world.get("", RELEASES).await.problem(401, "unauthenticated");
    for query in ["by=name", ""] {
        world.get("analyst", &format!("{RELEASES}/1/cases?{query}")).await.problem(400, "invalid_query");
    }
    for query in ["by=nationality,gender,stage&month=2026-01", "by=nationality,month&compound_admin1=Pursat", "by=month&year=2026"] {
        world.get("analyst", &format!("{RELEASES}/1/cases?{query}")).await.problem(422, "validation_failed");
    }
}

#[rstest]
#[actix_web::test]
async fn different_questions_of_a_day_are_counted_and_the_same_one_is_free(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    register(world, 12, "VNM", "masculine").await;
    release(world).await;
    let options = crate::support::world::options(&world.database.url, 1_000_000, &world.clock);
    let deployment = Deployment { figures: ReleaseRules { questions: 2, ..ReleaseRules::default() }, ..options.deployment.clone() };
    let strict = World::serve(world.kind, world.database.clone(), Options { deployment, ..options }).await;
    let ask = async |by: &str| strict.get("caseworker.a", &format!("{RELEASES}/1/cases?by={by}")).await;
    for by in ["gender", "stage", "gender", "stage", "gender"] {
        ask(by).await.expect(200);
    }
    let spent = ask("nationality").await;
    assert!(spent.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds <= 24 * 3600 + 1));
    spent.problem(429, "figure_budget_spent");
    ask("gender").await.expect(200);
    strict.get("supervisor.a", &format!("{RELEASES}/1/cases?by=nationality")).await.expect(200);
    world.clock.forward(24 * 3600);
    strict.forget("caseworker.a");
    strict.get("caseworker.a", &format!("{RELEASES}/1/cases?by=nationality")).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn each_night_a_release_is_made_where_enough_changed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    register(world, 12, "VNM", "masculine").await;
    let numbers = async || {
        let listed = world.get("caseworker.a", RELEASES).await.expect(200).json();
        listed["items"].as_array().unwrap().iter().map(|one| one["number"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    for _ in 0..2 {
        release_figures(&world.db, None).await.expect("the night's work");
        assert_eq!(numbers().await, [1], "nothing changed since");
    }
    register(world, 10, "IDN", "feminine").await;
    release_figures(&world.db, Some(world.clock.now())).await.expect("the night's work");
    assert_eq!(numbers().await, [1], "no day began");
    release_figures(&world.db, None).await.expect("the night's work");
    assert_eq!(numbers().await, [2, 1]);
}

/// The attacker over the interface, against what the organisation itself knows.
#[actix_web::test]
async fn whoever_asks_everything_over_the_interface_finds_nobody() {
    let Some(world) = &World::start(Sqlite).await else { return };
    let mut people: Vec<(&str, &str, i64)> = Vec::new();
    for (nationality, gender, count) in [
        ("VNM", "masculine", 17),
        ("VNM", "feminine", 6),
        ("IDN", "masculine", 5),
        ("IDN", "feminine", 14),
        ("KEN", "feminine", 11),
        ("TWN", "feminine", 3),
    ] {
        register(world, usize::try_from(count).unwrap(), nationality, gender).await;
        people.push((nationality, gender, count));
    }
    release(world).await;
    let all = world.get("caseworker.a", &format!("{RELEASES}/1/cases?by=nationality")).await.expect(200).json();
    let mut answers = Told::from([(Group::new(), all["total"].as_i64())]);
    let names = ["nationality", "gender"];
    for by in [&[0][..], &[1], &[0, 1]] {
        let query: Vec<&str> = by.iter().map(|one| names[*one]).collect();
        for (values, count) in told(world, &json!(1), &format!("by={}", query.join(","))).await {
            answers.insert(by.iter().copied().zip(values.split(' ').map(ToOwned::to_owned)).collect(), count);
        }
    }
    let is_in = |(nationality, gender, _): &(&str, &str, i64), group: &Group| {
        group.iter().all(|(dimension, value)| [*nationality, *gender][*dimension] == value)
    };
    let truth = |group: &Group| people.iter().filter(|one| is_in(one, group)).map(|(_, _, count)| count).sum();
    assert!(answers.values().flatten().filter(|count| **count > 0).count() >= 5, "{answers:?}");
    let found = Attacker::told(10, &answers, truth).findings();
    assert!(found.is_empty(), "{found:?}");
}
