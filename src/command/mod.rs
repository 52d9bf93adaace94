//! The commands of the binary. Messages name the fault and the remedy; exit codes follow sysexits(3).

pub mod admin;
mod admin_report;
pub mod audit;
pub mod background;
pub mod backup;
mod backup_files;
mod backup_folder;
mod backup_output;
pub mod backup_schedule;
pub mod check;
pub mod connections;
mod data_files;
mod data_lock;
pub mod demo;
mod demo_folder;
mod demo_staff;
pub mod disk;
pub mod erased_list;
pub mod failure;
mod file_watch;
pub mod import;
pub mod imports;
pub mod key_file;
pub mod openapi;
mod password_file;
pub mod print;
pub mod process_memory;
mod progress;
pub mod recovery_key;
pub mod releases;
pub mod restore;
pub mod serve;
pub mod settings;
mod start_line;
pub mod storage;
mod wave;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::command::failure::Failure;
use crate::config::{Config, DatabaseUrl};
use crate::crypto::Keys;
use crate::db::Db;
use crate::db::accounts::signing_keys;
use crate::db::engine::connection::{Connection, Use};
use crate::db::engine::context::Deployment;
use crate::db::engine::migrate::{self, SchemaState};
use crate::db::engine::sqlite_file::{self, SqliteFile};
use crate::domain::accounts::policy::{AccountPolicy, CodeOfConduct};

/// The setting that names the root key.
pub(in crate::command) const KEY_FILE: &str = "HOMEWARD_KEY_FILE";
/// The setting that names older root keys.
const OLD_KEY_FILES: &str = "HOMEWARD_OLD_KEY_FILES";

/// The command line option for a field of the API.
pub(in crate::command) fn option_of(pointer: &str) -> String {
    let field = pointer.trim_start_matches('/');
    format!("--{}", field.trim_end_matches("_id").replace(['/', '_'], "-"))
}

/// The settings from the environment.
pub fn settings() -> Result<Config, Failure> {
    settings_for(None)
}

/// The same for another database than that of `DATABASE_URL`, which the command line names.
pub fn settings_for(database: Option<&str>) -> Result<Config, Failure> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let known = crate::config::require_known(names);
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let of_environment = |name: &str| std::env::var(name).ok();
    let read = Config::read(|name| database.filter(|_| name == "DATABASE_URL").map(str::to_owned).or_else(|| of_environment(name)));
    match (known, read) {
        (Ok(()), read) => {
            let config = read?;
            database.map_or(Ok(()), |_| password_file::refuse_on_command_line(&config.database))?;
            password_file::added(config)
        }
        (Err(mut unknown), read) => {
            read.map_or_else(|error| unknown.add(error), drop);
            Err(unknown.into())
        }
    }
}

/// The absolute path, with links resolved as far as the path exists.
fn full_path(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let in_folder = || std::fs::canonicalize(folder).map(|folder| folder.join(path.file_name().unwrap_or_default()));
    std::fs::canonicalize(path).or_else(|_| in_folder()).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_path_buf())
}

/// The path of the root key, from the settings.
pub fn key_path(config: &Config) -> Result<PathBuf, Failure> {
    match (&config.key_file, config.database.folder()) {
        (Some(path), _) => Ok(path.clone()),
        (None, Some(folder)) => Ok(folder.parent().unwrap_or(folder).join("keys").join("root.key")),
        (None, None) => Err(Failure::config("HOMEWARD_KEY_FILE: name the file with the root key (64 hexadecimal digits, mode 0400)")),
    }
}

/// The key ring from the settings. `may_create`: the first start of the embedded default makes a key.
pub fn keys(config: &Config, may_create: bool) -> Result<Arc<Keys>, Failure> {
    let path = key_path(config)?;
    let current = if may_create { key_file::read_or_create(&path)? } else { key_file::read(&path, KEY_FILE)? };
    let older = config.old_key_files.iter().map(|path| key_file::read(path, OLD_KEY_FILES)).collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(Keys::new(current, older)))
}

/// Refuses a key that is not the database's, before anything is written with it. A database without a schema has no key yet.
pub fn require_key(config: &Config, keys: &Arc<Keys>) -> Result<(), Failure> {
    if !has_schema(&config.database)? {
        return Ok(());
    }
    let db = Db::open(&config.database, keys.clone(), 1, Deployment::default())?;
    if block_on(async { Ok(db.as_system("check the root key").read(signing_keys::fit).await?) })? {
        return Ok(());
    }
    let older = if config.old_key_files.is_empty() { "" } else { ", with those of HOMEWARD_OLD_KEY_FILES" };
    let path = full_path(&key_path(config)?);
    Err(Failure::config(format!("HOMEWARD_KEY_FILE: {}{older} is not the key of this database. Nothing was written.", path.display())))
}

/// The policy for accounts, from the settings.
pub fn accounts(config: &Config) -> Result<AccountPolicy, Failure> {
    let conduct = match &config.conduct {
        None => CodeOfConduct::default(),
        Some((file, version)) => {
            let unreadable = |error| Failure::config(format!("HOMEWARD_CODE_OF_CONDUCT_FILE: {} cannot be read: {error}", file.display()));
            CodeOfConduct { version: version.clone(), text: std::fs::read_to_string(file).map_err(unreadable)? }
        }
    };
    Ok(AccountPolicy { second_factor: config.second_factor.clone(), conduct })
}

/// Whether the database exists already: a file, or a server's database on which migrations ran. Such a database has a root key
/// somewhere, and making a new one would only hide that the old one is lost.
pub fn database_exists(database: &DatabaseUrl) -> bool {
    match database {
        DatabaseUrl::Sqlite(path) => path.is_file(),
        DatabaseUrl::Postgres(_) => has_schema(database).is_ok_and(|has_schema| has_schema),
    }
}

/// Whether the demo made the database.
fn is_demo(database: &DatabaseUrl) -> bool {
    matches!(database, DatabaseUrl::Sqlite(path) if sqlite_file::is_demo(path))
}

/// Whether any migration ran on the database.
pub fn has_schema(database: &DatabaseUrl) -> Result<bool, Failure> {
    Ok(migrate::has_schema(&mut connect(database)?)?)
}

/// Refuses a file that is no database, or the database of another program: opening it would turn it into one of Homeward.
pub fn require_ours(database: &DatabaseUrl) -> Result<(), Failure> {
    let DatabaseUrl::Sqlite(path) = database else { return Ok(()) };
    data_files::require_complete(path)?;
    let refused = |what: &str| Err(Failure::config(format!("DATABASE_URL: {} {what}", full_path(path).display())));
    match sqlite_file::look_at(path) {
        Ok(SqliteFile::Absent | SqliteFile::Empty | SqliteFile::Homeward) => Ok(()),
        Ok(SqliteFile::NoDatabase) => refused("is not an SQLite database. Check the path."),
        Ok(SqliteFile::Foreign) => refused("is the database of another program. Check the path."),
        Err(error) => refused(&format!("cannot be read as a database ({})", error.cause().unwrap_or_default())),
    }
}

/// Refuses a missing database: a mistyped path must never become a new, empty one.
pub fn require_database(database: &DatabaseUrl) -> Result<(), Failure> {
    match database {
        DatabaseUrl::Sqlite(path) if !database_exists(database) => Err(Failure::config(format!(
            "DATABASE_URL: there is no database at {}. Check the path, or run `homeward serve --create` to make one.",
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// Makes the folder of an embedded database, readable by its owner only.
pub fn create_folder(database: &DatabaseUrl) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let Some(folder) = database.folder() else { return Ok(()) };
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Failure::unavailable(format!("{} cannot be made: {error}", folder.display())))
}

/// Makes the database readable by its owner only.
pub fn protect(database: &DatabaseUrl) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let DatabaseUrl::Sqlite(path) = database else { return Ok(()) };
    let set = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
    set.map_err(|error| Failure::unavailable(format!("{} cannot be protected: {error}", path.display())))
}

pub(in crate::command) fn connect(database: &DatabaseUrl) -> Result<Connection, Failure> {
    Ok(Connection::open(database, Use::Write, &Arc::default())?)
}

/// Brings the schema up to date; a schema that is newer than this binary is refused.
pub fn migrate(database: &DatabaseUrl) -> Result<Vec<String>, Failure> {
    let mut connection = connect(database)?;
    match migrate::schema_state(&mut connection)? {
        SchemaState::Newer(versions) => Err(newer(&versions)),
        SchemaState::Current => Ok(Vec::new()),
        SchemaState::Behind(_) => Ok(migrate::migrate(&mut connection)?),
    }
}

/// Refuses a schema of another version than this binary's.
pub fn require_current_schema(database: &DatabaseUrl) -> Result<(), Failure> {
    match migrate::schema_state(&mut connect(database)?)? {
        SchemaState::Current => Ok(()),
        SchemaState::Newer(versions) => Err(newer(&versions)),
        SchemaState::Behind(versions) => {
            Err(Failure::config(format!("The schema lacks {}. Back the database up, then run `homeward migrate`.", versions.join(", "))))
        }
    }
}

fn newer(versions: &[String]) -> Failure {
    Failure::config(format!(
        "The schema is newer than this version of homeward (it has {}). Install the newer version.",
        versions.join(", ")
    ))
}

/// Runs asynchronous work to its end on this thread.
pub fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    actix_web::rt::System::new().block_on(work)
}

/// Starts the log, as JSON, on standard error. A panic is logged by its place, never by its payload.
pub fn start_log(level: LevelFilter) {
    // The server library's messages about its threads do not concern the operator.
    let filter = Targets::new().with_default(level).with_target("actix_server", level.min(LevelFilter::WARN));
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr);
    if tracing_subscriber::registry().with(lines).with(filter).try_init().is_err() {
        tracing::debug!("the log was started before");
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}

/// Prints where a new database is made. On standard output: standard error holds JSON alone.
fn tell_new(config: &Config) -> Result<(), Failure> {
    print::line(format!("A new database is made: {}", start_line::database(&config.database)))
}
