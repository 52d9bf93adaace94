//! A reader who pages to the end has seen everybody who was there, whatever changed meanwhile.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

const OFFICER: &str = "officer.idn";
/// Items of a list, and readings of it.
const ITEMS: usize = 11;
const READINGS: u64 = 8;
/// Pages during which something changes: whoever reads on after that comes to an end.
const RESTLESS_PAGES: usize = 6;

/// Numbers without order, the same in every run (xorshift, Marsaglia 2003).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }
}

/// A list whose order changes when its items do.
#[derive(Clone, Copy, Debug)]
enum List {
    Cases(&'static str),
    Worklist,
    Batches,
}

impl List {
    fn url(self) -> String {
        match self {
            Self::Cases(sort) => format!("/v1/cases?sort={sort}&limit=3"),
            Self::Worklist => "/v1/worklist?of=my_organisation&kind=added&horizon_days=90&limit=3".to_owned(),
            Self::Batches => "/v1/movements/batches?limit=3".to_owned(),
        }
    }

    /// Makes an item and returns its address.
    async fn add(self, world: &World, index: usize) -> String {
        match self {
            Self::Cases(_) => {
                let mut body = data::walk_in();
                body["risk_level"] = json!(["low", "medium", "high", "imminent"][index % 4]);
                format!("/v1/cases/{}", world.register(OFFICER, body).await["id"].as_str().unwrap())
            }
            Self::Worklist => {
                let case = world.register(OFFICER, data::walk_in()).await;
                let task = json!({ "note": "Ask for the birth certificate", "due_on": world.day(3 + i64::try_from(index).unwrap()) });
                let url = format!("/v1/cases/{}/tasks", case["id"].as_str().unwrap());
                world.post(OFFICER, &url, task).await.expect(201).header("location").to_owned()
            }
            Self::Batches => {
                let day = world.day(2 + i64::try_from(index).unwrap());
                let batch = json!({ "name": "Charter to Jakarta", "mode": "charter_flight", "status": "booked", "carrier": "An airline",
                    "reference": "GA 9801", "origin": "Phnom Penh (KTI)", "destination": "Jakarta (CGK)", "escort": "A consul", "capacity": 9,
                    "departs_at": format!("{day}T08:00:00Z"), "arrives_at": format!("{day}T12:00:00Z") });
                world.post(OFFICER, "/v1/movements/batches", batch).await.expect(201).header("location").to_owned()
            }
        }
    }

    /// Changes an item so that it moves in the order.
    async fn change(self, world: &World, url: &str, chance: &mut Chance) {
        let day = world.day(2 + i64::try_from(chance.below(60)).unwrap());
        let change = match self {
            Self::Cases(_) => {
                let risk = ["low", "medium", "high", "imminent"][chance.below(4)];
                json!({ "risk_level": risk })
            }
            Self::Worklist => json!({ "due_on": day }),
            Self::Batches => json!({ "departs_at": format!("{day}T09:00:00Z"), "arrives_at": format!("{day}T13:00:00Z") }),
        };
        world.patch(OFFICER, url, change).await.expect(200);
    }

    fn id(self, item: &Value) -> String {
        let item = if matches!(self, Self::Worklist) { &item["task"] } else { item };
        item["id"].as_str().expect("an id").to_owned()
    }
}

/// Reads a list to its end, and changes an item after each of the first pages. Returns what was seen, page by page.
async fn read(world: &World, list: List, addresses: &[String], chance: &mut Chance) -> Vec<Vec<String>> {
    let (mut pages, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.get(OFFICER, &format!("{}{after}", list.url())).await.expect(200).json();
        pages.push(page["items"].as_array().unwrap().iter().map(|item| list.id(item)).collect());
        let Some(next) = page["next"].as_str() else { return pages };
        after = format!("&after={next}");
        assert!(pages.len() < 60, "{list:?}: a reading ends");
        world.clock.forward(20);
        if pages.len() <= RESTLESS_PAGES && !addresses.is_empty() {
            list.change(world, &addresses[chance.below(addresses.len())], chance).await;
        }
    }
}

#[rstest]
#[actix_web::test]
async fn nobody_is_missed_by_who_reads_a_list_to_its_end(
    #[values(Sqlite, Postgres)] kind: Kind,
    #[values(
        List::Cases("-updated"),
        List::Cases("updated"),
        List::Cases("-risk"),
        List::Cases("risk"),
        List::Cases("-registered"),
        List::Cases("registered"),
        List::Worklist,
        List::Batches
    )]
    list: List,
) {
    let Some(world) = &World::start(kind).await else { return };
    let mut addresses = Vec::new();
    for index in 0..ITEMS {
        addresses.push(list.add(world, index).await);
    }
    let all: BTreeSet<&str> = addresses.iter().map(|url| url.rsplit('/').next().unwrap()).collect();
    for seed in 1..=READINGS {
        world.clock.forward(60);
        let pages = read(world, list, &addresses, &mut Chance(seed * 7919)).await;
        let seen: BTreeSet<&str> = pages.iter().flatten().map(String::as_str).collect();
        assert_eq!(all.difference(&seen).count(), 0, "{list:?}, reading {seed}: everybody who was there was on a page");
    }
    // Nothing changes now: everybody is there once.
    world.clock.forward(60);
    let pages = read(world, list, &[], &mut Chance(1)).await;
    let seen: Vec<&String> = pages.iter().flatten().collect();
    assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (ITEMS, ITEMS), "{list:?}");
}
