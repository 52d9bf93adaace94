//! Migrations, embedded in the binary.

use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::db::engine::backend::Database;
use crate::db::engine::connection::Connection;
use crate::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Serialises the start of several instances; an arbitrary number that other software is unlikely to use.
pub const ADVISORY_LOCK: i64 = 0x686f_6d65_7761_7264;

/// The schema of a database, compared with the binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// The schema matches the binary.
    Current,
    /// These migrations have not run.
    Behind(Vec<String>),
    /// A newer binary ran migrations that this one does not know.
    Newer(Vec<String>),
}

/// Runs the pending migrations. Safe when several instances start at once.
pub fn migrate(conn: &mut Connection) -> Result<Vec<String>> {
    if !conn.is_postgres() {
        return run(conn);
    }
    conn.limit_calls(None);
    conn.batch(&format!("SET lock_timeout = 0; SET statement_timeout = 0; SELECT pg_advisory_lock({ADVISORY_LOCK})"))?;
    let ran = run(conn);
    conn.batch(&format!("SELECT pg_advisory_unlock({ADVISORY_LOCK})"))?;
    ran
}

fn run(conn: &mut Connection) -> Result<Vec<String>> {
    let source = of(conn);
    let ran = conn.run_pending_migrations(source).map_err(|error| Error::internal(format!("migration failed: {error}")))?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

fn of(conn: &Connection) -> EmbeddedMigrations {
    if conn.is_postgres() { POSTGRES } else { SQLITE }
}

/// Reverts every migration. For the tests that prove that each migration can be reverted.
pub fn revert_all(conn: &mut Connection) -> Result<()> {
    let source = of(conn);
    conn.revert_all_migrations(source).map_err(|error| Error::internal(format!("reverting failed: {error}")))?;
    Ok(())
}

diesel::table! {
    /// Written by diesel. The version is that of a migration, such as `0007`.
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// Compares the schema with the binary, without changing it.
pub fn schema_state(conn: &mut Connection) -> Result<SchemaState> {
    let known = known(conn)?;
    let applied = applied(conn)?;
    let newer: Vec<String> = applied.iter().filter(|version| !known.contains(version)).cloned().collect();
    let behind: Vec<String> = known.iter().filter(|version| !applied.contains(version)).cloned().collect();
    Ok(match (newer.is_empty(), behind.is_empty()) {
        (false, _) => SchemaState::Newer(newer),
        (true, false) => SchemaState::Behind(behind),
        (true, true) => SchemaState::Current,
    })
}

/// The versions of the migrations that ran, oldest first, of a database that has a schema. It only reads: what diesel offers creates the
/// table of the migrations where it is missing, and a backup may write nothing.
pub fn recorded(conn: &mut Connection) -> Result<Vec<String>> {
    use __diesel_schema_migrations::{table, version};
    Ok(table.order(version).select(version).load(conn)?)
}

fn applied(conn: &mut Connection) -> Result<Vec<String>> {
    let applied = conn.applied_migrations().map_err(|error| Error::internal(format!("the schema cannot be read: {error}")))?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// The versions of the migrations that this binary knows, oldest first.
pub fn versions() -> Result<Vec<String>> {
    let mut versions = versions_of(SQLITE)?;
    versions.sort();
    Ok(versions)
}

/// Whether any migration ran here: a database without one is new.
pub fn has_schema(conn: &mut Connection) -> Result<bool> {
    let known = known(conn)?;
    Ok(match schema_state(conn)? {
        SchemaState::Current | SchemaState::Newer(_) => true,
        SchemaState::Behind(missing) => missing.len() < known.len(),
    })
}

fn known(conn: &Connection) -> Result<Vec<String>> {
    versions_of(of(conn))
}

fn versions_of(source: EmbeddedMigrations) -> Result<Vec<String>> {
    let migrations: Vec<Box<dyn Migration<Database>>> =
        source.migrations().map_err(|error| Error::internal(format!("embedded migrations cannot be read: {error}")))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}
