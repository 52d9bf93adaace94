//! Fines of several countries, what settles them, and what is asked beside them.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::{at, go, to_clearing};
use crate::support::{World, data};

const RATES: &str = "/v1/fine-rates";

async fn in_country(world: &World, country: &str, born: &str) -> Value {
    let identity = json!({ "given_name": "Ma Khin", "original_script_name": "မခင်", "birth_date": born });
    let body = json!({ "host_country": country, "intake_channel": "hotline", "nationality_claimed": "VNM", "identity": identity });
    world.register("caseworker.a", body).await
}

async fn fine(world: &World, case: &Value, stay_expired_on: String) -> Value {
    let clearance = at(case, "/immigration-clearance");
    world.patch("caseworker.a", &clearance, json!({ "stay_expired_on": stay_expired_on })).await.expect(200).json()["fine"].clone()
}

/// What of the money keeps a person at clearing from leaving.
async fn unmet(world: &World, case: &Value) -> Vec<String> {
    let told = go(world, "officer.idn", case, json!({ "to": "departure_scheduled" })).await.problem(409, "unmet_guards").to_string();
    ["fine_settled", "penalties_settled"].into_iter().filter(|guard| told.contains(*guard)).map(str::to_owned).collect()
}

/// A case at clearing, and the officer who owns it.
async fn clearing(world: &World) -> (&'static str, Value) {
    ("officer.idn", to_clearing(world, "officer.idn", data::walk_in()).await)
}

#[rstest]
#[actix_web::test]
async fn an_unknown_fine_is_null_and_never_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = in_country(world, "MMR", "1990-05-04").await;
    let shown = fine(world, &case, world.day(-696)).await;
    assert_eq!((&shown["overstay_days"], &shown["track"], &shown["currency"]), (&json!(696), &json!("unknown"), &Value::Null));
    for amount in ["daily_rate", "assessed", "waived", "paid", "settled_unpaid", "outstanding", "overpaid"] {
        assert_eq!(shown[amount], Value::Null, "{amount}");
    }
    let report = world.get("caseworker.a", "/v1/reports/fines").await.expect(200).json()["items"][0].clone();
    assert_eq!((&report["currency"], &report["sums"]["cases"]), (&Value::Null, &json!(0)));
    assert!(report["sums"]["tracks"].as_array().unwrap().contains(&json!({ "track": "unknown", "cases": 1 })));
    assert!(world.get("supervisor.a", &at(&case, "/dossier")).await.expect(200).text().contains("unknown"), "and on paper");
    let half = json!({ "status": "granted", "reason": "humanitarian", "percent": "50", "decided_on": world.day(0) });
    assert_eq!(world.post("caseworker.a", &at(&case, "/fine-waivers"), half).await.pointers(), ["/percent"]);
    // The administrator learns the rate; from then on the fine is known.
    let rate = json!({ "country": "MMR", "valid_from": "2000-01-01", "daily_amount": "3", "currency": "USD",
                       "steps": [{ "from_day": 91, "daily_amount": "5" }], "step_rule": "days_beyond", "source": "Myanmar Times" });
    let rate = world.post("admin", RATES, rate).await.expect(201).json();
    assert_eq!(
        (&rate["steps"][0]["daily_amount"], &rate["step_rule"], &rate["bands"]),
        (&json!("5.00"), &json!("days_beyond"), &json!([]))
    );
    let shown = world.get("caseworker.a", &at(&case, "/immigration-clearance")).await.json()["fine"].clone();
    assert_eq!((&shown["assessed"], &shown["daily_rate"], &shown["track"]), (&json!("3300.00"), &json!("5.00"), &json!("assessed")));
}

#[rstest]
#[actix_web::test]
async fn who_is_too_young_on_the_day_of_departure_is_exempt(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let rate = json!({ "country": "THA", "valid_from": "2000-01-01", "daily_amount": "500", "currency": "THB", "ceiling": "20000", "exempt_under_age": 14 });
    world.post("admin", RATES, rate).await.expect(201);
    // Thirteen today, and fourteen in five days: a flight in a week comes too late for the exemption.
    let year: i32 = world.day(5)[..4].parse().unwrap();
    let born = format!("{}{}", year - 14, &world.day(5)[4..]);
    let case = in_country(world, "THA", &born).await;
    assert_eq!(fine(world, &case, world.day(-10)).await["track"], "exempt");
    let grown = in_country(world, "THA", "1990-05-04").await;
    assert_eq!(fine(world, &grown, world.day(-50)).await["outstanding"], "20000.00", "the ceiling");
    let sums = async || world.get("caseworker.a", "/v1/reports/fines").await.expect(200).json()["items"][0]["sums"].clone();
    let first = sums().await;
    assert_eq!((&first["cases"], &first["assessed"]), (&json!(1), &json!("20000.00")), "{first}");
    assert!(first["tracks"].as_array().unwrap().contains(&json!({ "track": "exempt", "cases": 1 })), "{first}");
    let flight = |day: String| json!({ "mode": "flight", "status": "booked", "departs_at": format!("{day}T08:00:00Z"), "arrives_at": format!("{day}T12:00:00Z") });
    world.post("caseworker.a", &at(&case, "/movements"), flight(world.day(7))).await.expect(201);
    let shown = world.get("caseworker.a", &at(&case, "/immigration-clearance")).await.json()["fine"].clone();
    assert_eq!((&shown["track"], &shown["outstanding"]), (&json!("assessed"), &json!("5000.00")), "fourteen on the day of departure");
}

#[rstest]
#[actix_web::test]
async fn deportation_settles_what_is_owed_without_being_a_relief(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (officer, case) = clearing(world).await;
    let clearance = at(&case, "/immigration-clearance");
    world.patch(officer, &clearance, json!({ "stay_expired_on": world.day(-10) })).await.expect(200);
    assert_eq!(unmet(world, &case).await, ["fine_settled"]);
    let mut settled = json!({ "status": "granted", "reason": "deportation_without_payment", "percent": "100", "decided_on": world.day(0) });
    assert_eq!(world.post(officer, &at(&case, "/fine-waivers"), settled.clone()).await.pointers(), ["/reference"]);
    settled["reference"] = json!("Deportation order 118/2026");
    world.post(officer, &at(&case, "/fine-waivers"), settled).await.expect(201);
    let shown = world.get(officer, &clearance).await.json()["fine"].clone();
    assert_eq!(
        (&shown["track"], &shown["settled_unpaid"], &shown["waived"], &shown["outstanding"]),
        (&json!("settled_unpaid"), &json!("100.00"), &json!("0.00"), &json!("0.00"))
    );
    assert!(unmet(world, &case).await.is_empty());
    let sums = world.get(officer, "/v1/reports/fines").await.expect(200).json()["items"][0]["sums"].clone();
    assert_eq!((&sums["settled_unpaid"], &sums["waived"]), (&json!("100.00"), &json!("0.00")));
    let funnel = world.get(officer, "/v1/reports/funnel").await.expect(200).text();
    let relieved = "\"milestone\":\"fine_relieved\",\"cases\":1";
    assert!(!funnel.contains(relieved), "nobody negotiated anything: {funnel}");
}

#[rstest]
#[actix_web::test]
async fn nobody_leaves_while_a_penalty_is_open(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let (officer, case) = clearing(world).await;
    let clearance = at(&case, "/immigration-clearance");
    let court = json!({ "kind": "illegal_entry", "money": { "amount": "2000", "currency": "THB" }, "authority": "ศาลแขวงแม่สอด",
                        "imposed_on": world.day(-3), "status": "open", "reference": "Case 77" });
    let visa = json!({ "kind": "exit_visa_fee", "status": "open" });
    world.patch(officer, &clearance, json!({ "penalties": [court, visa] })).await.expect(200);
    assert_eq!(unmet(world, &case).await, ["penalties_settled"]);
    let mut penalties = world.get(officer, &clearance).await.json()["penalties"].clone();
    assert_eq!((&penalties[0]["money"]["amount"], &penalties[1]["money"]), (&json!("2000.00"), &Value::Null), "unknown is not nothing");
    penalties[0]["status"] = json!("served");
    assert_eq!(world.patch(officer, &clearance, json!({ "penalties": penalties })).await.pointers(), ["/penalties/0/settled_on"]);
    penalties[0]["settled_on"] = json!(world.day(0));
    world.patch(officer, &clearance, json!({ "penalties": penalties })).await.expect(200);
    assert_eq!(unmet(world, &case).await, ["penalties_settled"], "one of two is open");
    (penalties[1]["status"], penalties[1]["settled_on"]) = (json!("paid"), json!(world.day(0)));
    world.patch(officer, &clearance, json!({ "penalties": penalties })).await.expect(200);
    assert!(unmet(world, &case).await.is_empty());
    let paper = world.get(officer, &at(&case, "/dossier")).await.expect(200).text();
    assert!(paper.contains("ศาลแขวงแม่สอด") && paper.contains("exit visa fee"), "on paper");
}

#[rstest]
#[actix_web::test]
async fn a_ban_on_entering_again_takes_the_place_of_a_date(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let clearance = at(&case, "/immigration-clearance");
    world.patch("caseworker.a", &clearance, json!({ "entry_ban_until": "2031-01-31" })).await.expect(200);
    let ban = json!({ "reason": "Overstay of more than a year", "basis": "arrested", "from": world.day(0), "until": "2031-01-31" });
    assert_eq!(world.patch("caseworker.a", &clearance, json!({ "entry_ban": ban })).await.pointers(), ["/entry_ban_until"]);
    assert_eq!(world.get("caseworker.a", &clearance).await.json()["entry_ban_until"], "2031-01-31", "what was stored stays");
    world.patch("caseworker.a", &clearance, json!({ "entry_ban": ban, "entry_ban_until": null })).await.expect(200);
    let lifted = json!({ "entry_ban": { "lifted_on": world.day(0) } });
    let shown = world.patch("caseworker.a", &clearance, lifted).await.expect(200).json();
    assert_eq!((&shown["entry_ban"]["basis"], &shown["entry_ban"]["lifted_on"]), (&json!("arrested"), &json!(world.day(0))));
    let forever = json!({ "entry_ban": { "permanent": true } });
    assert_eq!(world.patch("caseworker.a", &clearance, forever).await.pointers(), ["/entry_ban/until"]);
}
