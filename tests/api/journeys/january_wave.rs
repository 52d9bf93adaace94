//! The wave of January 2026, one to one: 3,167 people walk into one embassy within 18 days. 2,100 are screened, 800 get a one-way
//! certificate, 800 a relief of their fine, 130 a ticket, and 45 are home at the end. Every step goes through the API.

use std::collections::BTreeMap;
use std::time::Instant;

use actix_web::http::Method;
use futures_util::future::join_all;
use homeward::demo::{Plan, WAVE_DAYS, WavePerson};
use homeward::domain::repatriation::Milestone;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::database::Kind;

/// Requests that are sent at the same time.
const TOGETHER: usize = 40;
const OFFICERS: [&str; 2] = ["officer.idn", "supervisor.idn"];
/// Names in the home script, for some people.
const SCRIPTS: [&str; 6] = ["ꦧꦸꦢꦶ ꦱꦤ꧀ꦠꦺꦴꦱ", "ᬯᬬᬦ᭄", "ᨕᨊᨗ", "陳美玲", "بودي", "ᯅᯖᯂ᯲"];

/// A person on the road home: the plan, the case, and the number of transitions so far.
struct Walk {
    person: WavePerson,
    case: String,
    moves: usize,
    officer: &'static str,
}

impl Walk {
    fn at(&self, rest: &str) -> String {
        format!("/v1/cases/{}{rest}", self.case)
    }

    fn plan(&self) -> Plan {
        self.person.plan
    }

    async fn record(&self, world: &World, collection: &str, body: Value) -> String {
        world.post(self.officer, &self.at(&format!("/{collection}")), body).await.expect(201).header("location").to_owned()
    }

    /// Changes a record that was not changed before, so that its version is known.
    async fn patch(&self, world: &World, url: &str, version: u32, body: Value) -> Value {
        let etag = format!("\"{version}\"");
        world.send(self.officer, Method::PATCH, url, &[("if-match", &etag)], Some(&body)).await.expect(200).json()
    }

    /// Makes one transition. The history has an entry for each, and one for the registration.
    async fn go(&mut self, world: &World, to: &str) {
        let etag = world.get(self.officer, &self.at("")).await.expect(200).etag();
        let url = self.at("/repatriation/transitions");
        let standing = world.send(self.officer, Method::POST, &url, &[("if-match", &etag)], Some(&json!({ "to": to }))).await.expect(200);
        self.moves += 1;
        let history = standing.json()["history"].as_array().map(Vec::len);
        assert_eq!(history, Some(self.moves + 1), "as many entries as moves");
    }

    async fn register(&mut self, world: &World) {
        let (contents, number) = (&self.person.new_case.contents, usize::try_from(self.person.number).unwrap());
        let mut body = json!({
            "host_country": "KHM", "intake_channel": "walk_in_embassy", "nationality_claimed": "IDN",
            "gender": self.person.new_case.gender, "risk_level": self.person.new_case.risk_level, "exit_mode": self.person.new_case.exit_mode,
            "trafficking_status": self.person.new_case.trafficking_status, "immigration_status": "overstay",
            "identity": contents.identity, "health": contents.health, "narrative": contents.narrative,
        });
        if number.is_multiple_of(7) {
            body["identity"]["original_script_name"] = json!(SCRIPTS[number % SCRIPTS.len()]);
        }
        let key = format!("wave-{number}");
        let answer = world.send(self.officer, Method::POST, "/v1/cases", &[("idempotency-key", &key)], Some(&body)).await.expect(201);
        self.case = answer.json()["id"].as_str().unwrap().to_owned();
    }

    /// Takes every step of the person on this day, after registration.
    async fn go_on(&mut self, world: &World, mission: &str, day: u32) {
        let plan = self.plan();
        let is_today = |planned: Option<u32>| planned == Some(day);
        if is_today(plan.screened) {
            self.screen(world).await;
        }
        if is_today(plan.contacted) {
            self.contact(world).await;
        }
        if is_today(plan.verified) {
            self.verify(world, mission).await;
        }
        if is_today(plan.decided) {
            self.decide(world).await;
        }
        if is_today(plan.document) {
            let document = json!({ "mission_id": mission, "kind": "emergency_travel_document", "local_name": "SPLP", "status": "issued",
                "number": format!("SPLP {}", self.person.number), "issued_on": world.day(0), "expires_on": world.day(60) });
            self.record(world, "travel-documents", document).await;
        }
        if is_today(plan.relief) {
            let number = usize::try_from(self.person.number).unwrap();
            let reason = ["non_punishment", "humanitarian", "bilateral_agreement", "medical"][number % 4];
            let percent = ["50", "80", "100"][number % 3];
            let waiver = json!({ "status": "granted", "reason": reason, "percent": percent, "decided_on": world.day(0) });
            self.record(world, "fine-waivers", waiver).await;
        }
        if is_today(plan.exit) {
            self.settle(world).await;
        }
        if is_today(plan.scheduled) {
            self.book(world).await;
        }
        if is_today(plan.departed) {
            self.go_home(world).await;
        }
    }

    async fn screen(&mut self, world: &World) {
        let screening = json!({ "instrument": "mission_form", "conducted_on": world.day(0), "interpreter": false,
            "indicators": [{ "indicator": "deception", "answer": "yes" }, { "indicator": "forced_to_scam", "answer": "unknown" }] });
        self.record(world, "screenings", screening).await;
        self.go(world, "screened").await;
    }

    async fn contact(&mut self, world: &World) {
        let contacts = world.get(self.officer, &self.at("/embassy-contacts")).await.expect(200).json();
        let contact = self.at(&format!("/embassy-contacts/{}", contacts["items"][0]["id"].as_str().unwrap()));
        self.patch(world, &contact, 1, json!({ "informed_of_rights_on": world.day(0) })).await;
        self.go(world, "mission_contacted").await;
    }

    async fn verify(&mut self, world: &World, mission: &str) {
        let verification = self.record(world, "nationality-verifications", json!({ "mission_id": mission })).await;
        let found = json!({ "result": "verified", "evidence": ["home_authority_confirmation"], "interview_on": world.day(0) });
        self.patch(world, &verification, 1, found).await;
        self.go(world, "nationality_verified").await;
    }

    async fn decide(&mut self, world: &World) {
        let today = world.day(0);
        let decision = json!({ "decision": "return", "voluntariness": "voluntary", "counselling_on": today, "decided_on": today, "signed_on": today, "evidence": "Folder 7" });
        self.record(world, "return-decisions", decision).await;
        if self.person.is_child {
            let determination = json!({ "kind": "bid", "initiated_on": today, "decided_on": today, "decision": "return_to_family",
                "guardian": "Aunt", "caregiver": "Aunt", "caregiver_assessed_on": today, "escort": "A consular officer" });
            self.record(world, "best-interests", determination).await;
        }
        self.go(world, "clearing").await;
        let overstay = 30 + i64::from(self.person.number * 37 % 700);
        self.patch(world, &self.at("/immigration-clearance"), 0, json!({ "stay_expired_on": world.day(-overstay) })).await;
    }

    /// Records the payment of the rest of the fine, and the exit permit.
    async fn settle(&mut self, world: &World) {
        let today = world.day(0);
        let clearance = self.at("/immigration-clearance");
        let owed = world.get(self.officer, &clearance).await.expect(200).json()["fine"]["outstanding"].as_str().unwrap().to_owned();
        if owed != "0.00" {
            let payment = json!({ "money": { "amount": owed, "currency": "USD" }, "payer": "family", "paid_on": today });
            self.record(world, "fine-payments", payment).await;
        }
        let permit = json!({ "exit_track": "granted", "exit_permit_number": "E-1", "exit_permit_granted_on": today, "exit_permit_valid_until": world.day(30) });
        let fine = self.patch(world, &clearance, 1, permit).await["fine"].clone();
        assert_eq!(fine["outstanding"], "0.00", "{fine}");
        self.record(world, "risk-assessments", json!({ "kind": "return", "level": "low", "assessed_on": today })).await;
        self.record(world, "fit-to-travel", json!({ "fit": true, "examined_on": today })).await;
    }

    async fn book(&mut self, world: &World) {
        let in_days = self.plan().departed.map_or(20, |left| i64::from(left.saturating_sub(self.plan().scheduled.unwrap())));
        let day = world.day(in_days);
        let flight = json!({ "mode": "flight", "status": "booked", "departs_at": format!("{day}T02:00:00Z"), "arrives_at": format!("{day}T06:00:00Z") });
        self.record(world, "movements", flight).await;
        self.go(world, "departure_scheduled").await;
    }

    async fn go_home(&mut self, world: &World) {
        let flights = world.get(self.officer, &self.at("/movements")).await.expect(200).json();
        let flight = self.at(&format!("/movements/{}", flights["items"][0]["id"].as_str().unwrap()));
        self.patch(world, &flight, 1, json!({ "status": "departed", "departed_at": format!("{}T02:00:00Z", world.day(0)) })).await;
        self.go(world, "departed").await;
        let arrival = json!({ "arrived_on": world.day(0), "port": "Jakarta (CGK)", "received_by": "Ministry of Social Affairs" });
        self.record(world, "arrivals", arrival).await;
        self.go(world, "arrived").await;
    }
}

/// Plays the wave with these people. The steps of one day are sent forty at a time.
async fn play(world: &World, people: Vec<WavePerson>) -> Vec<Walk> {
    let mission = world.mission("IDN").await;
    let officers = OFFICERS.iter().cycle();
    let mut walks: Vec<Walk> =
        people.into_iter().zip(officers).map(|(person, officer)| Walk { person, case: String::new(), moves: 0, officer }).collect();
    for day in 0..WAVE_DAYS {
        for officer in OFFICERS {
            world.token(officer).await;
        }
        let mut arriving: Vec<&mut Walk> = walks.iter_mut().filter(|walk| walk.plan().registered == day).collect();
        for together in arriving.chunks_mut(TOGETHER) {
            join_all(together.iter_mut().map(|walk| walk.register(world))).await;
        }
        let mut moving: Vec<&mut Walk> = walks.iter_mut().filter(|walk| walk.person.acts_on(day)).collect();
        for together in moving.chunks_mut(TOGETHER) {
            join_all(together.iter_mut().map(|walk| walk.go_on(world, &mission, day))).await;
        }
        world.days_pass(1).await;
    }
    walks
}

/// The number of people who reached each milestone, as the funnel report shows it to the embassy.
async fn funnel(world: &World) -> BTreeMap<&'static str, usize> {
    let report = world.get("officer.idn", "/v1/reports/funnel").await.expect(200).json();
    let row = |row: &Value| {
        let milestone = Milestone::parse(row["milestone"].as_str().expect("a milestone")).expect("a known milestone");
        (milestone.as_str(), usize::try_from(row["cases"].as_i64().expect("a count")).expect("a small count"))
    };
    report["totals"].as_array().expect("totals").iter().map(row).collect()
}

/// The funnel that follows from the plan of these people.
fn planned(walks: &[Walk]) -> BTreeMap<&'static str, usize> {
    let count = |step: fn(&Plan) -> Option<u32>| walks.iter().filter(|walk| step(&walk.person.plan).is_some()).count();
    BTreeMap::from([
        ("registered", walks.len()),
        ("screened", count(|plan| plan.screened)),
        ("mission_contacted", count(|plan| plan.contacted)),
        ("nationality_verified", count(|plan| plan.verified)),
        ("return_decided", count(|plan| plan.decided)),
        ("document_issued", count(|plan| plan.document)),
        ("fine_relieved", count(|plan| plan.relief)),
        ("exit_granted", count(|plan| plan.exit)),
        ("departure_scheduled", count(|plan| plan.scheduled)),
        ("departed", count(|plan| plan.departed)),
        ("arrived", count(|plan| plan.departed)),
        ("reintegration", 0),
        ("completed", 0),
    ])
}

/// Asserts that the stages, as the statistics count them, agree with the funnel.
async fn check_stages(world: &World, funnel: &BTreeMap<&'static str, usize>) {
    let figures = world.get("coordinator", "/v1/statistics/cases?by=stage").await.expect(200).json();
    assert_eq!(figures["total"], json!(funnel["registered"]), "{figures}");
    let at = |stage: &str| {
        figures["items"].as_array().unwrap().iter().find(|row| row["stage"] == stage).map_or(json!(0), |row| row["count"].clone())
    };
    for (stage, next) in [
        ("registered", "screened"),
        ("screened", "mission_contacted"),
        ("mission_contacted", "nationality_verified"),
        ("nationality_verified", "return_decided"),
        ("departure_scheduled", "departed"),
    ] {
        assert_eq!(at(stage), json!(funnel[stage] - funnel[next]), "{stage}: {figures}");
    }
    assert_eq!(at("clearing"), json!(funnel["return_decided"] - funnel["departure_scheduled"]));
    assert_eq!(at("arrived"), json!(funnel["arrived"]));
}

/// The registrations of each day, counted in the embassy's own list.
async fn registered_on(world: &World, walks: &[Walk]) -> BTreeMap<String, usize> {
    let (mut days, mut after, mut listed) = (BTreeMap::new(), String::new(), 0);
    loop {
        let page = world.get("officer.idn", &format!("/v1/cases?limit=200{after}")).await.expect(200).json();
        for item in page["items"].as_array().unwrap() {
            *days.entry(item["created_at"].as_str().unwrap()[..10].to_owned()).or_default() += 1;
            listed += 1;
        }
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(listed, walks.len());
    days
}

fn cents(money: &Value) -> i64 {
    money.as_str().unwrap_or_else(|| panic!("no amount: {money}")).replace('.', "").parse().expect("an amount")
}

/// Asserts that the fines balance: every assessed amount is waived, paid or owed, case by case and in the sum.
async fn check_fines(world: &World, walks: &[Walk]) {
    let (mut assessed, mut waived, mut paid, mut owed) = (0, 0, 0, 0);
    for walk in walks.iter().filter(|walk| walk.plan().decided.is_some()).step_by(10) {
        let fine = world.get(walk.officer, &walk.at("/immigration-clearance")).await.expect(200).json()["fine"].clone();
        assert_eq!(cents(&fine["assessed"]), cents(&fine["waived"]) + cents(&fine["paid"]) + cents(&fine["outstanding"]), "{fine}");
        assert_eq!(walk.plan().relief.is_some(), cents(&fine["waived"]) > 0, "{fine}");
        assert!(walk.plan().exit.is_none() || cents(&fine["outstanding"]) == 0, "{fine}");
        assessed += cents(&fine["assessed"]);
        waived += cents(&fine["waived"]);
        paid += cents(&fine["paid"]);
        owed += cents(&fine["outstanding"]);
    }
    assert_eq!(assessed, waived + paid + owed);
    assert!(waived > 0 && paid > 0 && owed > 0, "{assessed} = {waived} + {paid} + {owed}");
}

/// Asserts that users of another embassy or of an NGO see none of them.
async fn check_strangers(world: &World, walks: &[Walk]) {
    for stranger in ["officer.vnm", "officer.twn", "caseworker.a", "supervisor.a", "caseworker.b"] {
        assert_eq!(world.get(stranger, "/v1/cases").await.expect(200).json()["items"], json!([]), "{stranger}");
        for walk in walks.iter().step_by(200) {
            world.get(stranger, &walk.at("")).await.problem(404, "not_found");
        }
    }
}

/// Plays the wave with one in `one_in` of its people, and checks every figure afterwards.
async fn scenario(kind: Kind, one_in: usize) {
    let Some(world) = World::beginning_on(kind, "2026-01-16").await else { return };
    let begun = Instant::now();
    let today = "2026-02-03".parse().expect("the day after the wave");
    let walks = play(&world, homeward::demo::wave(today).into_iter().step_by(one_in).collect()).await;
    println!("{} people on {kind:?} in {:.0?}, {} statements", walks.len(), begun.elapsed(), world.db.statements());

    let funnel = funnel(&world).await;
    assert_eq!(funnel, planned(&walks));
    check_stages(&world, &funnel).await;
    let days = registered_on(&world, &walks).await;
    if one_in == 1 {
        let published = ["registered", "screened", "document_issued", "fine_relieved", "departure_scheduled", "departed", "arrived"];
        assert_eq!(published.map(|milestone| funnel[milestone]), [3_167, 2_100, 800, 800, 130, 45, 45]);
        let of = |from: &str, to: &str| days.range(from.to_owned()..=to.to_owned()).map(|(_, people)| people).sum::<usize>();
        assert_eq!((of("2026-01-19", "2026-01-19"), of("2026-01-20", "2026-01-20")), (520, 344), "the peak");
        assert_eq!((of("2026-01-16", "2026-01-23"), of("2026-01-16", "2026-01-31")), (2_117, 2_887));
    }
    for walk in walks.iter().step_by(50) {
        let standing = world.get(walk.officer, &walk.at("/repatriation")).await.expect(200).json();
        assert_eq!(standing["history"].as_array().map(Vec::len), Some(walk.moves + 1));
    }
    check_fines(&world, &walks).await;
    check_strangers(&world, &walks).await;
    println!("looked at after {:.0?}", begun.elapsed());
}

#[actix_web::test]
async fn on_sqlite_one_to_one() {
    scenario(Kind::Sqlite, 1).await;
}

/// One in ten: a server answers every statement over a socket, and the whole wave would take too long for every run.
#[actix_web::test]
async fn on_postgres_one_in_ten() {
    scenario(Kind::Postgres, 10).await;
}
