//! Every operation on a case × every relation to it × every state of the caller's credentials: the answers, and the compartments
//! that they disclose, as a committed table that can be read without knowing any code.

mod credentials;
pub mod relations;
mod repeated;

use actix_web::http::Method;

use self::credentials::{CREDENTIALS, Caller};
use self::relations::{OF_A_MISSION, OF_AN_NGO, Place, Relation, Subject};
use crate::support::data::{self, Ids};
use crate::support::database::Kind;
use crate::support::{Answer, World, records};
use crate::walkers::access_matrix::{Operation, compare, content_is_there, nowhere, operations, shared_ids, versioned};
use crate::walkers::redaction::everything;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/walkers/relation_matrix.txt");

const COMPARTMENTS: &[(char, &str)] = &[
    ('I', "canary-identity"),
    ('C', "canary-contact"),
    ('L', "canary-location"),
    ('H', "canary-health"),
    ('N', "canary-narrative"),
    ('P', "canary-protection"),
];

/// The operations on a case, and on its referrals, transfers and emergency accesses.
fn rows() -> Vec<Operation> {
    let below = ["/v1/cases/{id}", "/v1/referrals/{id}", "/v1/transfers/{id}", "/v1/emergency-accesses"];
    operations().into_iter().filter(|operation| below.iter().any(|below| operation.template.starts_with(below))).collect()
}

/// The compartments that an answer discloses.
fn disclosed(answer: &Answer) -> String {
    let text = answer.text();
    COMPARTMENTS.iter().filter(|(_, canary)| text.contains(canary)).map(|(letter, _)| *letter).collect()
}

/// Whether a success leaves the subject usable: one more record, or a changed text in one, changes no relation.
fn is_only_recorded(operation: &Operation) -> bool {
    let kept = ["create_stay", "update_stay", "create_task", "update_case", "update_immigration_clearance"];
    operation.method == Method::GET || records::body(&operation.id).is_some() || kept.contains(&operation.id.as_str())
}

/// Sends an operation in the current version, even where the caller does not see it.
async fn call(world: &World, operation: &Operation, caller: &Caller, ids: &Ids) -> Answer {
    let url = data::path(&operation.template, ids);
    let body = data::sample(&operation.id, ids, 1);
    if caller.may_ask_as("caseworker.a") {
        content_is_there(world, operation, &url).await;
    }
    if operation.method == Method::GET {
        return caller.send(world, Method::GET, &url, "", None).await;
    }
    let mut etag = String::new();
    for owner in ["caseworker.a", "caseworker.b"] {
        if etag.is_empty() && caller.may_ask_as(owner) {
            etag = world.get(owner, versioned(&url)).await.etag();
        }
    }
    let etag = if etag.is_empty() { "\"1-0\"".to_owned() } else { etag };
    caller.send(world, operation.method.clone(), &url, &etag, body.as_ref()).await
}

fn cell(answer: &Answer) -> String {
    let letters = disclosed(answer);
    match (answer.status, letters.as_str()) {
        (200..=299, "") => format!("{} -", answer.status),
        (200..=299, letters) => format!("{} {letters}", answer.status),
        (status, letters) => {
            assert_eq!(letters, "", "a refusal tells: {}", answer.text());
            status.to_string()
        }
    }
}

fn without_instance(answer: &Answer) -> String {
    let text = answer.text();
    let instance = answer.json()["instance"].to_string();
    text.replace(&instance, "")
}

/// One column: the answers to a caller in one relation, with one kind of credentials.
async fn column(kind: Kind, name: &str, actor: &str, sees_nothing: bool, rows: &[Operation]) -> Option<Vec<String>> {
    let world = World::start(kind).await?;
    let shared = Ids { other: crate::support::machines::organisation(&world, "NGO B").await, ..shared_ids(&world).await };
    let is_transferred = ["offered", "owner", "former"].contains(&name);
    let is_of_owner = CREDENTIALS.iter().any(|(known, _)| *known == name);
    if sees_nothing && !is_of_owner {
        let mut subject = Subject::new(&world, Place::OnTheRoad, is_transferred).await;
        subject.relate(&world, name).await;
        let text = everything(&world, actor, subject.case["id"].as_str().expect("an id"), &shared).await;
        assert!(!text.contains("canary-"), "{name} discloses something");
    }
    let mut cells = Vec::new();
    let mut standing: Option<(Place, Subject, Caller)> = None;
    for operation in rows {
        // A person who has left, or died, cannot enter the protection pathway; so this relation has no arrival either.
        let place = if name == "m.pathway" { Place::OnTheRoad } else { Place::of(&operation.template) };
        if standing.as_ref().is_none_or(|(known, ..)| *known != place) {
            if let Some((.., caller)) = &standing {
                caller.reopen(&world).await;
            }
            world.forget(actor);
            let mut subject = Subject::new(&world, place, is_transferred).await;
            if !is_of_owner {
                subject.relate(&world, name).await;
            } else if name == "machine" {
                subject.relate(&world, "accepted").await;
            }
            let caller = Caller::new(&world, name, actor).await;
            standing = Some((place, subject, caller));
        }
        let (_, subject, caller) = standing.as_ref().expect("a subject");
        let answer = call(&world, operation, caller, &subject.ids(&shared, &operation.template)).await;
        if answer.status == 404 {
            let missing = call(&world, operation, caller, &nowhere()).await;
            let what = format!("{}: {name} can tell a hidden thing from none", operation.id);
            assert_eq!(without_instance(&answer), without_instance(&missing), "{what}");
        }
        // A caller who accepts an offer has another relation by the time of the answer.
        let is_accepted = answer.status == 200 && matches!(operation.id.as_str(), "advance_referral" | "advance_transfer");
        if sees_nothing && !is_accepted {
            assert_eq!(disclosed(&answer), "", "{}: {name}: {}", operation.id, answer.text());
        }
        cells.push(cell(&answer));
        let is_filled = operation.id == "get_attachment_content";
        if is_filled || (200..300).contains(&answer.status) && !is_only_recorded(operation) {
            caller.reopen(&world).await;
            standing = None;
        }
    }
    Some(cells)
}

fn legend() -> Vec<String> {
    let mut lines = vec![
        "What is answered about a case of NGO A, with something in every compartment. Regenerate: HOMEWARD_UPDATE=1 cargo test relation_matrix".to_owned(),
        "A success is followed by what it disclosed: I identity, C contact, L location, H health, N narrative, P protection, - none of these.".to_owned(),
        "404: there is no such case, for all that this caller is told. 403: the role never may. 409, 412, 422: may, but not so or not now.".to_owned(),
        String::new(),
    ];
    lines.extend(OF_AN_NGO.iter().chain(OF_A_MISSION).map(|(name, _, _, meaning)| format!("{name:<12}{meaning}")));
    lines.extend(CREDENTIALS.iter().map(|(name, meaning)| format!("{name:<12}{meaning}")));
    lines.extend(repeated::BETWEEN.iter().map(|(name, _, _, meaning)| format!("{name:<12}{meaning}; (…): was not created")));
    lines
}

fn table(title: &str, columns: &[(&str, Vec<String>)], rows: &[Operation]) -> Vec<String> {
    let line = |first: &str, cells: Vec<String>| format!("{first:<33}{}", cells.join(" ")).trim_end().to_owned();
    let mut lines = vec![String::new(), line(title, columns.iter().map(|(name, _)| format!("{name:<11}")).collect())];
    for (number, operation) in rows.iter().enumerate() {
        lines.push(line(&operation.id, columns.iter().map(|(_, cells)| format!("{:<11}", cells[number])).collect()));
    }
    lines
}

/// The columns of a block: each has a world of its own, and they run side by side.
fn columns(relations: &[Relation]) -> Vec<(&'static str, Vec<String>)> {
    const SIDE_BY_SIDE: usize = 4;
    let mut columns = Vec::new();
    for some in relations.chunks(SIDE_BY_SIDE) {
        let ask = |(name, actor, sees_nothing, _): Relation| {
            let work = async move || column(Kind::Sqlite, name, actor, sees_nothing, &rows()).await.expect("SQLite is always there");
            (name, std::thread::spawn(move || actix_web::rt::System::new().block_on(work())))
        };
        let asked: Vec<_> = some.iter().copied().map(ask).collect();
        columns.extend(asked.into_iter().map(|(name, thread)| (name, thread.join().expect("the column is asked"))));
    }
    columns
}

#[test]
fn every_relation_is_answered_as_the_committed_table_says() {
    let rows = rows();
    let credentials: Vec<Relation> = CREDENTIALS.iter().map(|(name, meaning)| (*name, "caseworker.a", false, *meaning)).collect();
    let blocks = [("NGO A and NGO B", OF_AN_NGO), ("missions", OF_A_MISSION), ("credentials", credentials.as_slice())];
    let mut lines = legend();
    for (title, relations) in blocks {
        let columns = columns(relations);
        lines.extend(table(title, &columns, &rows));
    }
    let rows = repeated::rows();
    let ask = |(name, actor, most): (&'static str, &'static str, &'static str)| {
        let work = async move || repeated::column(name, actor, most, &repeated::rows()).await;
        (name, std::thread::spawn(move || actix_web::rt::System::new().block_on(work())))
    };
    let asked: Vec<_> = repeated::BETWEEN.iter().map(|(name, actor, most, _)| ask((*name, *actor, *most))).collect();
    let columns: Vec<_> = asked.into_iter().map(|(name, thread)| (name, thread.join().expect("the column is asked"))).collect();
    lines.extend(table("repeated with the same key", &columns, &rows));
    compare(TABLE, &(lines.join("\n") + "\n"));
}

/// The other database gives the same answers as the table, for operations that change nothing.
#[actix_web::test]
async fn both_databases_read_alike() {
    let rows: Vec<Operation> = rows().into_iter().filter(|operation| operation.method == Method::GET).collect();
    let committed = std::fs::read_to_string(TABLE).expect("the committed table");
    for (name, actor, sees_nothing, _) in OF_AN_NGO.iter().chain(OF_A_MISSION) {
        let Some(cells) = column(Kind::Postgres, name, actor, *sees_nothing, &rows).await else { return };
        for (operation, cell) in rows.iter().zip(cells) {
            assert_eq!(committed_cell(&committed, name, &operation.id), cell, "{}: {name}", operation.id);
        }
    }
}

/// The cell of the committed table in a column for an operation.
fn committed_cell(table: &str, name: &str, operation: &str) -> String {
    let padded = format!("{name:<11} ");
    let mut at = None;
    for line in table.lines() {
        let line = format!("{line}            ");
        let title = line.get(..33).unwrap_or_default();
        if ["NGO A and NGO B", "missions", "credentials"].contains(&title.trim()) {
            at = line.get(33..).and_then(|rest| rest.find(&padded)).map(|found| found + 33);
        } else if let (Some(at), true) = (at, title.trim() == operation) {
            return line.chars().skip(at).take(11).collect::<String>().trim().to_owned();
        }
    }
    panic!("{operation}, {name}: not in the committed table")
}
