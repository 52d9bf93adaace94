//! The schema: the same on both databases, as `db/schema` declares it, and the settings of each connection.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use homeward::db::engine::connection::{Connection, Use};
use homeward::db::engine::migrate;
use homeward::db::engine::migrate::SchemaState;
use homeward::db::people::erasure;
use homeward::error::ErrorCode;
use rstest::rstest;

use crate::accounts::approvals::colleague;
use crate::accounts::approvals::erasure::erase;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::database::TestDatabase;
use crate::support::journey::{at, go};
use crate::support::{World, data};

#[derive(QueryableByName, Debug)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName, Debug)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

#[derive(QueryableByName, Debug)]
struct Statement {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    sql: Option<String>,
}

#[derive(QueryableByName, Debug)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// Asks one of the two databases for rows.
macro_rules! rows {
    ($connection:expr, $row:ty, $sqlite:expr, $postgres:expr) => {{
        #[expect(clippy::disallowed_methods, reason = "a catalogue is asked in its own words")]
        let query = if $connection.is_postgres() { diesel::sql_query($postgres) } else { diesel::sql_query($sqlite) };
        let rows: Vec<$row> = query.load($connection).expect("the catalogue answers");
        rows
    }};
}

fn execute(connection: &mut Connection, sql: &str) -> QueryResult<()> {
    connection.batch_execute(sql)
}

/// Runs `work` on both kinds of database, each on an empty one.
fn on_empty(work: impl Fn(&TestDatabase, &mut Connection) + Sync) {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(database) = TestDatabase::empty(kind) else { continue };
        database.with_connection(|connection| work(&database, connection));
    }
}

type Tables = BTreeMap<String, BTreeMap<String, bool>>;

/// Every table of Homeward with its columns, and whether each may be null.
fn tables(connection: &mut Connection) -> Tables {
    let columns = rows!(
        connection,
        Column,
        "SELECT t.name AS table_name, c.name AS name, c.\"notnull\" = 0 AS nullable FROM sqlite_schema t, pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'",
        "SELECT table_name::text AS table_name, column_name::text AS name, is_nullable = 'YES' AS nullable \
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'"
    );
    let mut tables = Tables::new();
    for column in columns {
        tables.entry(column.table_name).or_default().insert(column.name, column.nullable);
    }
    tables
}

/// The tables of `db/schema`, read as text.
pub fn declared() -> Tables {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db/schema");
    let files = fs::read_dir(folder).expect("db/schema").map(|file| file.expect("a file").path());
    let text: String = files.map(|file| fs::read_to_string(file).expect("a file of db/schema")).collect();
    let mut tables = Tables::new();
    for block in text.split("\ntable! {").skip(1) {
        let mut columns = BTreeMap::new();
        let mut name = "";
        for line in block.split("\n}").next().unwrap_or_default().lines().map(str::trim) {
            if let Some((table, _)) = line.split_once(" (").filter(|_| line.ends_with('{')) {
                name = table;
            } else if let Some((column, kind)) = line.trim_end_matches(',').split_once(" -> ") {
                columns.insert(column.to_owned(), kind.starts_with("Nullable<"));
            }
        }
        tables.insert(name.to_owned(), columns);
    }
    assert!(tables.len() > 20, "db/schema was not understood: {:?}", tables.keys());
    tables
}

/// All parts of the schema, in the database's own words.
fn fingerprint(connection: &mut Connection) -> Vec<String> {
    let parts = rows!(
        connection,
        Named,
        "SELECT type || ' ' || name || ': ' || coalesce(sql, '') AS name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1",
        "SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS name \
           FROM information_schema.columns WHERE table_schema = 'public' \
         UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
         UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
           WHERE connamespace = 'public'::regnamespace ORDER BY 1"
    );
    parts.into_iter().map(|part| part.name).collect()
}

#[test]
fn both_databases_have_the_same_migrations_each_with_its_way_back() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let names = |database: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(migrations.join(database)).expect("the migrations");
        entries.map(|entry| entry.expect("a migration").file_name().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"), "a migration stands in both folders under the same name");
    for (database, name) in
        ["sqlite", "postgres"].into_iter().flat_map(|database| names(database).into_iter().map(move |name| (database, name)))
    {
        for file in ["up.sql", "down.sql"] {
            let text = fs::read_to_string(migrations.join(database).join(&name).join(file)).unwrap_or_default();
            assert!(!text.trim().is_empty(), "migrations/{database}/{name}/{file} is missing or empty");
        }
    }
}

#[test]
fn a_schema_that_went_up_down_and_up_is_the_same() {
    on_empty(|_, connection| {
        let first = migrate::migrate(connection).expect("up");
        assert!(first.len() >= 4, "{first:?}");
        let schema = fingerprint(connection);
        migrate::revert_all(connection).expect("every migration can be taken back");
        assert_eq!(tables(connection), Tables::new(), "a down.sql leaves a table behind");
        assert_eq!(migrate::migrate(connection).expect("up again"), first);
        assert_eq!(fingerprint(connection), schema, "up, down, up is not up: a down.sql and its up.sql differ");
    });
}

#[test]
fn migrating_twice_does_nothing() {
    on_empty(|_, connection| {
        assert!(matches!(migrate::schema_state(connection), Ok(SchemaState::Behind(missing)) if missing.len() >= 4));
        migrate::migrate(connection).expect("up");
        let schema = fingerprint(connection);
        assert_eq!(migrate::migrate(connection).expect("nothing to do"), Vec::<String>::new());
        assert_eq!(fingerprint(connection), schema);
        assert_eq!(migrate::schema_state(connection).expect("a state"), SchemaState::Current);
    });
}

#[test]
fn a_migration_that_this_binary_does_not_know_is_newer() {
    on_empty(|_, connection| {
        migrate::migrate(connection).expect("up");
        execute(connection, "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')").expect("a later version was here");
        assert_eq!(migrate::schema_state(connection).expect("a state"), SchemaState::Newer(vec!["9999".to_owned()]));
    });
}

#[test]
fn the_tables_are_those_of_the_declared_schema() {
    let declared = declared();
    on_empty(|database, connection| {
        migrate::migrate(connection).expect("up");
        let found = tables(connection);
        assert_eq!(found.keys().collect::<Vec<_>>(), declared.keys().collect::<Vec<_>>(), "tables of {}", database.text);
        for (table, columns) in &declared {
            assert_eq!(found.get(table), Some(columns), "columns of {table} in {}: name and whether it may be null", database.text);
        }
    });
}

#[test]
fn every_table_of_sqlite_is_strict() {
    let database = TestDatabase::empty(Kind::Sqlite).expect("SQLite is always there");
    let statements = database.with_connection(|connection| {
        migrate::migrate(connection).expect("up");
        rows!(connection, Statement, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", "")
    });
    for table in statements.iter().filter(|table| table.name != "__diesel_schema_migrations") {
        let sql = table.sql.as_deref().unwrap_or_default();
        assert!(sql.trim_end().ends_with("STRICT"), "{}: end it with STRICT, or SQLite stores any type in any column", table.name);
    }
}

/// Foreign keys without an index of their own, so that a parent's delete or a join reads the whole table. Only ever fewer.
const UNINDEXED: &[&str] = &[];

#[test]
fn every_foreign_key_begins_an_index() {
    on_empty(|database, connection| {
        migrate::migrate(connection).expect("up");
        let first_columns = rows!(
            connection,
            Named,
            "SELECT t.name || '.' || c.name AS name FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c \
             WHERE t.type = 'table' AND c.seqno = 0",
            "SELECT i.indrelid::regclass || '.' || a.attname AS name FROM pg_index i \
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indpred IS NULL"
        );
        let keys = rows!(
            connection,
            Named,
            "SELECT t.name || '.' || k.\"from\" AS name FROM sqlite_schema t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table'",
            "SELECT k.conrelid::regclass || '.' || a.attname AS name FROM pg_constraint k \
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] WHERE k.contype = 'f'"
        );
        assert!(keys.len() > 20, "only {} foreign keys were found", keys.len());
        let indexed: BTreeSet<String> = first_columns.into_iter().map(|column| column.name).collect();
        let missing: BTreeSet<String> = keys.into_iter().map(|key| key.name).filter(|key| !indexed.contains(key)).collect();
        let known: BTreeSet<String> = UNINDEXED.iter().map(|key| (*key).to_owned()).collect();
        assert_eq!(missing, known, "{}: give the foreign key an index (or take it out of UNINDEXED, if it has one now)", database.text);
    });
}

#[test]
fn a_connection_to_sqlite_is_set_to_lose_nothing() {
    let database = TestDatabase::empty(Kind::Sqlite).expect("SQLite is always there");
    database.with_connection(|connection| {
        for (setting, expected) in
            [("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("trusted_schema", 0), ("cell_size_check", 1)]
        {
            let found = rows!(connection, Number, format!("SELECT {setting} AS value FROM pragma_{setting}"), "");
            assert_eq!(found.first().map(|number| number.value), Some(expected), "PRAGMA {setting}: see SQLITE_SETTINGS");
        }
        let mode = rows!(connection, Named, "SELECT journal_mode AS name FROM pragma_journal_mode", "");
        assert_eq!(mode.first().map(|mode| mode.name.as_str()), Some("wal"));
    });
}

#[test]
fn a_connection_to_postgres_waits_for_nothing_long_and_loses_nothing() {
    let Some(database) = TestDatabase::empty(Kind::Postgres) else { return };
    database.with_connection(|connection| {
        for (setting, expected) in [
            ("statement_timeout", "15s"),
            ("lock_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "30s"),
            ("synchronous_commit", "on"),
        ] {
            let found = rows!(connection, Named, "", format!("SELECT current_setting('{setting}') AS name"));
            assert_eq!(found.first().map(|setting| setting.name.as_str()), Some(expected), "{setting}: see POSTGRES_SETTINGS");
        }
    });
}

#[test]
fn a_lock_that_another_holds_is_waited_for_and_then_told_as_something_to_try_again() {
    let Some(database) = TestDatabase::empty(Kind::Postgres) else { return };
    database.with_connection(|connection| {
        migrate::migrate(connection).expect("up");
        execute(connection, "BEGIN; LOCK TABLE cases").expect("nobody else is here");
        let mut other = Connection::open(&database.url, Use::Write, &std::sync::Arc::default()).expect("a second connection");
        execute(&mut other, "SET lock_timeout = '50ms'").expect("a short wait");
        let refused = execute(&mut other, "DELETE FROM cases").expect_err("the table is locked");
        let told = homeward::error::Error::from(refused);
        assert_eq!((told.code, told.retry_after), (ErrorCode::DatabaseUnavailable, Some(1)), "{:?}", told.cause());
    });
}

#[test]
fn a_connection_keeps_no_more_prepared_statements_than_it_may() {
    let Some(database) = TestDatabase::empty(Kind::Postgres) else { return };
    database.with_connection(|connection| {
        for number in 0..600 {
            rows!(connection, Number, "", format!("SELECT {number}::bigint AS value"));
        }
        let kept = rows!(connection, Number, "", "SELECT count(*) AS value FROM pg_prepared_statements");
        assert!(kept.first().is_some_and(|kept| (400..=513).contains(&kept.value)), "{kept:?}: see STATEMENTS_KEPT");
    });
}

#[test]
fn the_database_itself_refuses_a_write_of_a_reader() {
    on_empty(|database, connection| {
        migrate::migrate(connection).expect("up");
        let mut reader = Connection::open(&database.url, Use::Read, &std::sync::Arc::default()).expect("a reader");
        let refused = execute(&mut reader, "DELETE FROM cases").expect_err("a reader must not write").to_string();
        assert!(refused.contains("readonly") || refused.contains("read-only"), "{refused}");
        execute(connection, "DELETE FROM cases").expect("the writer may");
        assert!(rows!(&mut reader, Number, "SELECT count(*) AS value FROM cases", "SELECT count(*) AS value FROM cases").len() == 1);
    });
}

#[rstest]
#[actix_web::test]
async fn what_stands_under_earlier_words_is_read_under_the_words_of_the_field(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let mut swam = data::vietnamese();
    swam["exit_mode"] = serde_json::json!("crossed_river");
    let case = world.register("caseworker.a", swam).await;
    let contact = serde_json::json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "declined",
                                      "informed_of_rights_on": world.day(0), "decided_on": world.day(0) });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    for to in ["screened", "contact_declined"] {
        go(world, "caseworker.a", &case, serde_json::json!({ "to": to })).await.expect(200);
    }
    let before = world.get("caseworker.a", &at(&case, "/repatriation")).await.expect(200).text();
    assert!(before.contains("contact_declined"), "{before}");
    world.database.with_connection(|connection| {
        let words = |connection: &mut Connection| -> Vec<String> {
            let ask = "SELECT coalesce(exit_mode, '') || ' ' || coalesce(side_state, '') AS name FROM cases WHERE side_state IS NOT NULL \
                       UNION ALL SELECT to_side_state AS name FROM repatriation_transitions WHERE to_side_state IS NOT NULL";
            rows!(connection, Named, ask, ask).into_iter().map(|row| row.name).collect()
        };
        run(connection, "0047_terms_of_the_field", "down.sql");
        assert_eq!(words(connection), ["escaped_swimming mission_declined", "mission_declined"]);
        run(connection, "0047_terms_of_the_field", "up.sql");
    });
    assert_eq!(world.get("caseworker.a", &at(&case, "/repatriation")).await.expect(200).text(), before);
    assert_eq!(world.get("caseworker.a", &at(&case, "")).await.expect(200).json()["exit_mode"], "crossed_river");
}

/// Runs one file of a migration.
fn run(connection: &mut Connection, migration: &str, file: &str) {
    let database = if connection.is_postgres() { "postgres" } else { "sqlite" };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database).join(migration).join(file);
    execute(connection, &fs::read_to_string(path).expect("the migration")).expect("it runs");
}

#[rstest]
#[actix_web::test]
async fn what_an_entry_of_the_history_is_about_is_filled_in_for_those_that_were_there(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = format!("/v1/cases/{}", world.register("caseworker.a", data::vietnamese()).await["id"].as_str().unwrap());
    world.patch("caseworker.a", &case, serde_json::json!({ "risk_level": "low" })).await.expect(200);
    let passport = serde_json::json!({ "kind": "passport_scan", "media_type": "application/pdf", "file_name": "passport.pdf" });
    let file = world.post("caseworker.a", &format!("{case}/attachments"), passport).await.expect(201).header("location").to_owned();
    world.put_file("caseworker.a", &file, data::PDF.into()).await.expect(200);
    let etag = world.get("caseworker.a", &file).await.etag();
    world.send("caseworker.a", actix_web::http::Method::DELETE, &file, &[("if-match", &etag)], None).await.expect(204);
    world.database.with_connection(|connection| {
        let ask = "SELECT operation || ' ' || subject AS name FROM case_changes ORDER BY 1";
        let subjects = |connection: &mut Connection| -> Vec<String> {
            rows!(connection, Named, ask, ask).into_iter().map(|entry| entry.name).collect()
        };
        let written = subjects(connection);
        for known in ["update_case case", "put_attachment_content attachment", "delete_attachment attachment"] {
            assert!(written.iter().any(|entry| entry == known), "{known}: {written:?}");
        }
        for file in ["down.sql", "up.sql"] {
            run(connection, "0014_change_subject", file);
        }
        assert_eq!(subjects(connection), written);
    });
}

#[rstest]
#[actix_web::test]
async fn who_was_erased_before_there_was_a_list_is_on_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    world.register("caseworker.a", data::taiwanese()).await;
    erase(world, &case, true).await.expect(204);
    world.database.with_connection(|connection| {
        for file in ["down.sql", "up.sql"] {
            run(connection, "0055_erasures_and_last_backup", file);
        }
    });
    let erased = world.db.as_system("test").read(erasure::erased).await.expect("the list");
    assert_eq!(erased.iter().map(ToString::to_string).collect::<Vec<_>>(), [case["person_id"].as_str().expect("an id")]);
}
