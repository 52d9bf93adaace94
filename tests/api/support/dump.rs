//! The contents of a database, so that a test can assert that nothing changed.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};
use homeward::db::engine::connection::Connection;
use serde_json::Value;

use super::World;
use super::database::TestDatabase;

/// Tables that a refusal may write to: the caller, the time, the count.
const OF_THE_ASKING: &[&str] = &[
    "anonymous_refusals",
    "audit_checkpoints",
    "audit_entries",
    "audit_keys",
    "audit_subjects",
    "audit_readers",
    "conduct_acceptances",
    "data_protection_events",
    "idempotency_keys",
    "login_throttles",
    "machine_sessions",
    "search_budgets",
    "sessions",
];

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

fn lines(connection: &mut Connection, query: &str) -> Vec<String> {
    #[expect(clippy::disallowed_methods, reason = "every table is read, whatever its columns")]
    let query = diesel::sql_query(query);
    let found: Vec<Line> = query.load(connection).expect("the database answers");
    found.into_iter().map(|line| line.text).collect()
}

fn tables(connection: &mut Connection) -> Vec<String> {
    let query = if connection.is_postgres() {
        "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_\\_%'"
    } else {
        "SELECT name AS text FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'"
    };
    lines(connection, query)
}

/// The last statement of each connection to a Postgres database whose transaction is open although it has nothing to do.
pub fn open_transactions(database: &TestDatabase) -> Vec<String> {
    let query = "SELECT query AS text FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    database.with_connection(|connection| lines(connection, query))
}

/// The rows of a table, each as a JSON object.
fn rows(connection: &mut Connection, table: &str) -> Vec<String> {
    let query = if connection.is_postgres() {
        format!("SELECT row_to_json(t)::text AS text FROM {table} t ORDER BY 1")
    } else {
        let columns = lines(connection, &format!("SELECT name AS text FROM pragma_table_info('{table}')"));
        let quoted: Vec<String> = columns.iter().map(|column| format!("'{column}', quote(\"{column}\")")).collect();
        format!("SELECT json_object({}) AS text FROM {table} ORDER BY 1", quoted.join(", "))
    };
    lines(connection, &query)
}

/// Every row of every table that names one of these ids, by table.
pub fn rows_naming(world: &World, ids: &[&Value]) -> BTreeMap<String, BTreeSet<String>> {
    let needles: Vec<String> = ids.iter().map(|id| id.as_str().expect("an id").replace('-', "")).collect();
    let names_one = |row: &String| needles.iter().any(|needle| row.replace('-', "").to_lowercase().contains(needle));
    world.database.with_connection(|connection| {
        let all: Vec<(String, Vec<String>)> =
            tables(connection).into_iter().map(|table| (table.clone(), rows(connection, &table))).collect();
        all.into_iter().map(|(table, rows)| (table, rows.into_iter().filter(names_one).collect())).collect()
    })
}

/// Every row of every table.
pub fn everything(world: &World) -> Dump {
    world
        .database
        .with_connection(|connection| tables(connection).into_iter().map(|table| (table.clone(), rows(connection, &table))).collect())
}

/// Whether a row has a text in it, in a text or in bytes.
pub fn has_text(row: &str, text: &str) -> bool {
    let bytes: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let row = row.to_lowercase();
    row.contains(&text.to_lowercase()) || row.contains(&bytes)
}

/// Every row of every table, except the tables that a refusal may write to.
pub type Dump = BTreeMap<String, Vec<String>>;

/// Reads all rows.
pub fn dump(world: &World) -> Dump {
    world.database.with_connection(|connection| {
        let kept = |table: &String| !OF_THE_ASKING.contains(&table.as_str());
        let all: Dump = tables(connection).into_iter().filter(kept).map(|table| (table.clone(), rows(connection, &table))).collect();
        assert!(all.contains_key("cases") && all.contains_key("case_grants"), "{:?}", all.keys());
        all
    })
}

/// The tables that differ.
pub fn changed(before: &Dump, after: &Dump) -> Vec<String> {
    before.keys().filter(|table| before.get(*table) != after.get(*table)).cloned().collect()
}
