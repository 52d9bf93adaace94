//! No answer names what the same actor cannot ask for: every id in every answer to a `GET` is asked for at the addresses that its kind
//! of thing has, and none answers 404.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::access_matrix::{Operation, operations, shared_ids};
use super::relation_matrix::relations::{Place, Subject};
use crate::repatriation::guest_missions::helped_by_the_indonesian_embassy;
use crate::sharing::consents_and_referrals::at;
use crate::support::database::Kind::Sqlite;
use crate::support::dump::everything;
use crate::support::machines::{self, Machine};
use crate::support::{World, data};

/// The tables in which things with an address of their own stand, by the parameter of the path; for `{id}` by the first segment.
const ADDRESSED: &[(&str, &str)] = &[
    ("record_id", "case_records"),
    ("stay_id", "stays"),
    ("relation_id", "case_relations"),
    ("contact_id", "embassy_contacts"),
    ("verification_id", "nationality_verifications"),
    ("consent_id", "consents"),
    ("denial_id", "denials"),
    ("task_id", "tasks"),
    ("attachment_id", "attachments"),
    ("handover_id", "handovers"),
    ("number", "statistics_releases"),
    ("cases", "cases"),
    ("approvals", "approvals"),
    ("audit", "exports"),
    ("clients", "clients"),
    ("compounds", "compounds"),
    ("duplicates", "duplicate_pairs"),
    ("exports", "exports"),
    ("import-profiles", "import_profiles"),
    ("imports", "imports"),
    ("merges", "merges"),
    ("mission-reports", "mission_reports"),
    ("missions", "missions"),
    ("movements", "movement_batches"),
    ("operations", "operations"),
    ("organisations", "organisations"),
    ("referrals", "referrals"),
    ("statements", "statements"),
    ("tracing-matches", "tracing_matches"),
    ("tracing-requests", "tracing_requests"),
    ("transfers", "referrals"),
    ("users", "users"),
    ("waiver-requests", "waiver_requests"),
];

/// The kind of record of which there is one for a case, and where it is read.
const ONE_OF_A_CASE: (&str, &str) = ("immigration_clearance", "/v1/cases/{id}/immigration-clearance");

/// Things without an address of their own: their ids are told, and nothing can be asked with them. The list may only become shorter.
const WITHOUT_ADDRESS: &[(&str, &str)] = &[
    ("access_events", "an event is read in its list"),
    ("emergency_accesses", "an access is read in its list"),
    ("fine_rates", "a rate is read in its list, by everybody"),
    ("mission_coverage", "a line of coverage is read with its mission, by everybody"),
    ("persons", "the id of a person says which cases are of one person, to whoever sees these cases"),
    ("sessions", "a session is read in the list of one's own"),
];

/// What answers name on purpose although the actor cannot ask for it: operation, table and reason. The list may only become shorter.
const ON_PURPOSE: &[(&str, &str, &str)] = &[
    ("list_access_events", "cases", "an organisation that lost a case learns which one, so that it deletes its copies"),
    ("list_merges", "duplicate_pairs", "the pair of a merge rests, and is there again after the undo"),
    ("get_merge", "duplicate_pairs", "the pair of a merge rests, and is there again after the undo"),
];

/// The operations that read something by its id, and the ids of what there is: the path parameters of each are filled with them.
struct Things {
    /// By table.
    rows: BTreeMap<String, Vec<Row>>,
    reads: Vec<Operation>,
}

/// Something that stands in a table.
struct Row {
    id: Uuid,
    /// The case that it belongs to; of a handover, whose work it was.
    case: Option<Uuid>,
    /// The kind of a record on the road home.
    kind: Option<String>,
}

impl Row {
    /// Whether an address can be one of this thing: records of all kinds stand in one table.
    fn is_at(&self, template: &str) -> bool {
        let collection = template.split('/').nth(4).unwrap_or_default();
        let kind = self.kind.as_deref().filter(|_| template.contains("{record_id}"));
        let begins = |kind: &str| collection.starts_with(&kind.replace('_', "-").chars().take(6).collect::<String>());
        kind.is_none_or(begins)
    }
}

/// The id in a column of a row, as SQLite quotes it.
fn id_in(row: &Value, column: &str) -> Option<Uuid> {
    let hex = row[column].as_str()?.strip_prefix("X'")?.strip_suffix('\'')?;
    Uuid::parse_str(hex).ok()
}

impl Things {
    fn of(world: &World) -> Self {
        let rows = everything(world).into_iter().map(|(table, rows)| {
            let rows = rows.iter().map(|row| serde_json::from_str::<Value>(row).expect("a row"));
            let row = |row: Value| {
                let kind = row["kind"].as_str().map(|kind| kind.trim_matches('\'').to_owned());
                let owner = ["case_id", "from_user_id", "first_case_id"].into_iter().find_map(|column| id_in(&row, column));
                Some(Row { id: id_in(&row, "id")?, case: owner, kind })
            };
            (table, rows.filter_map(row).collect())
        });
        let reads = operations().into_iter().filter(|operation| operation.method == Method::GET);
        Self { rows: rows.collect(), reads: reads.filter(|operation| operation.template.starts_with("/v1/")).collect() }
    }

    /// The table of what the last id in an address names; none for an address without ids.
    fn table(template: &str) -> Option<&'static str> {
        let last = template.split('{').nth_back(0).filter(|_| template.contains('{'))?.split('}').next()?;
        let name = if last == "id" { template.split('/').nth(2)? } else { last };
        let known = ADDRESSED.iter().find(|(parameter, _)| *parameter == name);
        Some(known.unwrap_or_else(|| panic!("{template}: say in which table it stands")).1)
    }

    /// The address of one thing, in one operation.
    fn url(template: &str, id: Uuid, case: Option<Uuid>) -> Option<String> {
        let parameters = template.matches('{').count();
        let case = if parameters == 2 { case?.to_string() } else { String::new() };
        let parts = template.split('/').map(|part| match part {
            "{id}" if parameters == 2 => case.clone(),
            part if part.starts_with('{') => id.to_string(),
            part => part.to_owned(),
        });
        Some(parts.collect::<Vec<_>>().join("/"))
    }

    /// The addresses of everything that an operation reads.
    fn urls(&self, operation: &Operation) -> Vec<String> {
        let Some(table) = Self::table(&operation.template) else {
            let query = if operation.template.starts_with("/v1/statistics/cases") { "?by=stage" } else { "" };
            return vec![format!("{}{query}", operation.template)];
        };
        let rows = self.rows.get(table).into_iter().flatten();
        rows.filter(|row| row.is_at(&operation.template)).filter_map(|row| Self::url(&operation.template, row.id, row.case)).collect()
    }

    /// The addresses at which something with this id is read, and the tables in which it stands.
    fn addresses(&self, id: Uuid) -> (Vec<String>, Vec<&str>) {
        let mut tables: Vec<&str> = Vec::new();
        let mut urls = Vec::new();
        for (table, rows) in &self.rows {
            let Some(row) = rows.iter().find(|row| row.id == id) else { continue };
            tables.push(table);
            // What is read by this id itself, and nothing below it.
            let reads = self.reads.iter().filter(|operation| {
                let is_itself = operation.template.ends_with('}') || !self.has_plain_read(&operation.template);
                is_itself && Self::table(&operation.template) == Some(table) && row.is_at(&operation.template)
            });
            if row.kind.as_deref() == Some(ONE_OF_A_CASE.0) {
                urls.extend(row.case.map(|case| ONE_OF_A_CASE.1.replace("{id}", &case.to_string())));
            }
            urls.extend(reads.filter_map(|operation| Self::url(&operation.template, id, row.case)));
        }
        (urls, tables)
    }

    /// Whether the thing of this address has one of its own, beside what is below it.
    fn has_plain_read(&self, template: &str) -> bool {
        let own = template.rfind('}').map_or(template, |end| &template[..=end]);
        self.reads.iter().any(|operation| operation.template == own)
    }
}

/// Every id in a text.
fn ids_in(text: &str) -> BTreeSet<Uuid> {
    let mut found = BTreeSet::new();
    let bytes = text.as_bytes();
    for window in bytes.windows(36).filter(|window| window[8] == b'-' && window[13] == b'-' && window[18] == b'-' && window[23] == b'-') {
        found.extend(std::str::from_utf8(window).ok().and_then(|text| Uuid::try_parse(text).ok()));
    }
    found
}

/// Whoever asks: a user, or a machine with its token.
enum Asker {
    User(&'static str),
    Machine(&'static str, String),
}

impl Asker {
    fn name(&self) -> &'static str {
        match self {
            Self::User(name) | Self::Machine(name, _) => name,
        }
    }

    async fn get(&self, world: &World, url: &str) -> crate::support::Answer {
        match self {
            Self::User(name) => world.get(name, url).await,
            Self::Machine(_, token) => machines::get(world, token, url).await,
        }
    }
}

/// How NGO B and the Vietnamese mission stand to the cases.
const RELATIONS: &[&str] =
    &["none", "pending", "accepted", "revoked", "emergency", "offered", "owner", "m.declined", "m.denied", "m.pathway"];

/// A world in which everything is in relation to everybody: cases that NGO B and the missions see whole, in part, and not at all.
async fn everybody_knows_somebody(world: &World) {
    let shared = shared_ids(world).await;
    helped_by_the_indonesian_embassy(world).await;
    for relation in RELATIONS {
        let is_transferred = ["offered", "owner"].contains(relation);
        let place = if *relation == "accepted" { Place::Departed } else { Place::OnTheRoad };
        Subject::new(world, place, is_transferred).await.relate(world, relation).await;
    }
    let first = world.register("caseworker.a", data::vietnamese()).await;
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    let next = json!({ "person_id": first["person_id"], "previous_case_id": first["id"], "host_country": "KHM",
                       "intake_channel": "hotline", "nationality_claimed": "VNM" });
    let next = world.register("caseworker.a", next).await;
    world.post("caseworker.a", &at(&next, "/embassy-contacts"), contact).await.expect(201);
    // People who travel together, on a batch of the desk and of an NGO.
    for (actor, collection) in [("coordinator", "/v1/movements/batches"), ("caseworker.a", "/v1/movements/batches")] {
        let batch = data::sample("create_movement_batch", &shared, 0).expect("a body");
        let batch = world.post(actor, collection, batch).await.expect(201).header("location").to_owned();
        for case in [&first, &next] {
            let etag = world.get(actor, &batch).await.etag();
            let body = json!({ "case_ids": [case["id"]] });
            world.send(actor, Method::POST, &format!("{batch}/passengers"), &[("if-match", &etag)], Some(&body)).await;
        }
    }
}

#[actix_web::test]
async fn no_answer_names_what_the_same_actor_cannot_ask_for() {
    let Some(world) = &World::start(Sqlite).await else { return };
    everybody_knows_somebody(world).await;
    let scopes = ["case:read", "reference:read", "statistics:read", "statistics:exact"];
    let mut askers: Vec<Asker> =
        ["officer.vnm", "officer.idn", "caseworker.b", "coordinator", "analyst", "caseworker.a"].map(Asker::User).into();
    for organisation in ["NGO B", "Embassy of Viet Nam"] {
        askers.push(Asker::Machine(organisation, Machine::new(world, organisation, &scopes, json!({})).await.token(world).await));
    }
    for asker in &askers {
        // Signs in before the tables are read, so that the session is among them.
        asker.get(world, "/v1/me").await;
    }
    let things = Things::of(world);
    let (mut wrong, mut told, mut met) = (Vec::new(), 0, BTreeSet::new());
    for asker in &askers {
        // What each id was found in, the first time.
        let mut found: BTreeMap<Uuid, Vec<(String, String)>> = BTreeMap::new();
        for operation in &things.reads {
            for url in things.urls(operation) {
                let answer = asker.get(world, &url).await;
                assert_ne!(answer.status, 429, "{url}");
                let asked = ids_in(&url);
                let headers = ["location", "link", "content-location"].map(|name| answer.header(name).to_owned()).join(" ");
                let mut body = answer.text();
                if answer.status >= 400 {
                    // The id of the request, which is in every problem.
                    body = body.replace(answer.header("x-request-id"), "");
                }
                let named = ids_in(&format!("{body} {headers}"));
                named.into_iter().filter(|id| !asked.contains(id)).for_each(|id| {
                    let places = found.entry(id).or_default();
                    if places.iter().all(|(known, _)| *known != operation.id) {
                        places.push((operation.id.clone(), url.clone()));
                    }
                });
            }
        }
        told += found.len();
        for (id, places) in found {
            let (addresses, tables) = things.addresses(id);
            let is_meant = |operation: &str| ON_PURPOSE.iter().any(|(known, table, _)| *known == operation && tables.contains(table));
            let places: Vec<String> = places.into_iter().filter(|(operation, _)| !is_meant(operation)).map(|(_, url)| url).collect();
            if addresses.is_empty() {
                met.extend(tables.iter().map(|table| (*table).to_owned()));
                let is_excused = tables.iter().any(|table| WITHOUT_ADDRESS.iter().any(|(known, _)| known == table));
                if !is_excused {
                    wrong.push(format!("{} {places:?}: {id} of {tables:?} has no address", asker.name()));
                }
                continue;
            }
            let mut statuses = Vec::new();
            for address in &addresses {
                statuses.push(asker.get(world, address).await.status);
            }
            if !places.is_empty() && statuses.iter().all(|status| *status == 404) {
                wrong.push(format!("{} {places:?}: {id} of {tables:?} is 404 at {addresses:?}", asker.name()));
            }
        }
    }
    let unmet: Vec<&str> = WITHOUT_ADDRESS.iter().map(|(table, _)| *table).filter(|table| !met.contains(*table)).collect();
    assert!(told > 500, "only {told} ids were told: the walk proves little");
    assert!(wrong.is_empty(), "{} ids were told that their reader cannot ask for:\n{}", wrong.len(), wrong.join("\n"));
    assert!(unmet.is_empty(), "take these off the list of things without an address: {unmet:?}");
}
