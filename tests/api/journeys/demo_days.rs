//! The demo with its wave, filled on days of every kind and at every hour: nothing in it may depend on the time of its start.

use std::sync::Arc;
use std::time::Instant;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use homeward::command::background::{follow_birthdays, follow_once};
use homeward::command::demo::{Account, People, fill};
use homeward::db::Clock;
use homeward::db::engine::migrate;
use homeward::domain::dates::Timestamp;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::database::{Kind, TestDatabase, keys};
use crate::support::world::options;

/// One in this many people of the wave is registered on the days that test the calendar. The number shares no factor with the
/// numbers that decide the journeys, so that every kind of journey occurs.
const ONE_IN: usize = 17;

/// A demo that was filled at a time, and is served at that time.
struct Demo {
    world: World,
    accounts: Vec<Account>,
}

impl Demo {
    async fn at(now: &str, people: People) -> Self {
        let begun = Instant::now();
        let now = Timestamp::new(now.parse().expect("a time"));
        let clock = Clock::showing(now);
        let database = Arc::new(TestDatabase::empty(Kind::Sqlite).expect("a file"));
        database.with_connection(migrate::migrate).expect("the schema is made");
        let accounts = match fill(&database.url, &keys(), &clock, people).await {
            Ok(accounts) => accounts,
            Err(failure) => panic!("the demo cannot be started at {}: {failure}", now.utc()),
        };
        let world = World::serve(Kind::Sqlite, database.clone(), options(&database.url, 1_000_000, &clock)).await;
        println!("{} with {people:?} in {:.1?}", now.utc(), begun.elapsed());
        Self { world, accounts }
    }

    async fn sign_in(&self, account: &Account) -> String {
        let body = json!({ "username": account.username, "password": account.password });
        let answer = self.world.send("", Method::POST, "/v1/auth/login", &[], Some(&body)).await.expect(200);
        answer.json()["access_token"].as_str().expect("a token").to_owned()
    }

    async fn get(&self, username: &str, url: &str) -> Value {
        let account = self.accounts.iter().find(|account| account.username == username).expect("an account");
        let token = self.sign_in(account).await;
        let request = TestRequest::with_uri(url).insert_header(("authorization", format!("Bearer {token}")));
        self.world.raw(request).await.expect(200).json()
    }

    /// The people of the wave, counted as the desk counts them.
    async fn registered(&self) -> Value {
        let operations = self.get("analyst.khm", "/v1/operations?limit=200").await;
        let operation = operations["items"].as_array().expect("operations").iter().find(|item| item["reference"] == "KH-2026-01-RELEASE");
        let id = operation.expect("the operation of the wave")["id"].as_str().expect("an id").to_owned();
        self.get("coordinator.khm", &format!("/v1/statistics/cases?by=stage&operation={id}")).await["total"].clone()
    }

    /// Asserts that the scheduler works on the demo as time passes, and that the embassy has tasks due today.
    async fn check(&self, registered: usize) {
        assert_eq!(self.registered().await, json!(registered));
        follow_birthdays(&self.world.db, None).await.expect("the process looks at birthdays");
        follow_once(&self.world.db).await.expect("the process follows the clock");
        let due = self.get("officer.idn", "/v1/worklist?limit=50").await;
        assert!(!due["items"].as_array().expect("tasks").is_empty(), "{due}");
        for case in self.get("officer.idn", "/v1/cases?limit=200").await["items"].as_array().expect("cases") {
            let registered = case["created_at"].as_str().expect("a time");
            let registered = Timestamp::new(registered.parse().expect("a time"));
            assert!(registered <= self.world.clock.now(), "registered in the future: {case}");
        }
    }
}

/// Guards against a failure of the demo as the README starts it: users who signed in at the beginning of the wave acted for the
/// whole of it.
#[actix_web::test]
async fn the_whole_wave_has_the_published_figures_on_the_last_day_of_the_year() {
    let demo = Demo::at("2026-12-31T09:30:00Z", People::OneIn(1)).await;
    demo.check(3_167).await;
    for account in &demo.accounts {
        demo.sign_in(account).await;
    }
    let funnel = demo.get("officer.idn", "/v1/reports/funnel").await;
    let reached = |milestone: &str| {
        let row = funnel["totals"].as_array().expect("totals").iter().find(|row| row["milestone"] == milestone);
        row.and_then(|row| row["cases"].as_u64()).unwrap_or_else(|| panic!("no {milestone}: {funnel}"))
    };
    // Beside the wave, the embassy has people of earlier raids, none of whom got as far as a document.
    for (milestone, published) in
        [("document_issued", 800), ("fine_relieved", 800), ("departure_scheduled", 130), ("departed", 45), ("arrived", 45)]
    {
        assert_eq!(reached(milestone), published, "{milestone}: {funnel}");
    }
}

#[actix_web::test]
async fn the_demo_starts_on_days_and_at_hours_of_every_kind() {
    for now in [
        "2028-02-29T12:00:00Z",
        "2028-03-01T00:00:30Z",
        "2026-04-30T18:00:00Z",
        // Five minutes before midnight, in UTC and in Phnom Penh.
        "2026-11-27T23:55:00Z",
        "2026-11-27T16:55:00Z",
    ] {
        Demo::at(now, People::OneIn(ONE_IN)).await.check(3_167_usize.div_ceil(ONE_IN)).await;
    }
}
