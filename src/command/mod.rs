//! The commands of the binary. Messages say what is wrong and what to do; exit codes follow sysexits(3).

pub mod admin;
pub mod demo;
pub mod key_file;
pub mod openapi;
pub mod serve;
pub mod storage;
mod wave;

use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;

use crate::config::{Config, ConfigError, DatabaseUrl};
use crate::crypto::Keys;
use crate::db::connection::{Connection, Use};
use crate::db::migrate::{self, SchemaState};
use crate::domain::accounts::{AccountPolicy, CodeOfConduct};
use crate::error::Error;

/// A command failed: a sentence a person can act on, and an exit code.
#[derive(Debug)]
pub struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    /// Something about the settings or the arguments (EX_CONFIG).
    pub fn config(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 78 }
    }

    /// Something that cannot be reached or used now (EX_UNAVAILABLE).
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 69 }
    }

    /// Something about what was typed in (EX_DATAERR).
    pub fn input(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 65 }
    }

    /// The exit code of the process.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::config(error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut message = error.code.title().to_owned();
        for violation in &error.errors {
            message.push_str(&format!("; {} {}", violation.pointer.trim_start_matches('/'), violation.message));
        }
        for text in [error.detail.as_deref(), error.cause()].into_iter().flatten() {
            message.push_str(&format!(" ({text})"));
        }
        Self { message, code: if error.code.status() >= 500 { 69 } else { 65 } }
    }
}

/// The settings from the environment.
pub fn settings() -> Result<Config, Failure> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    Ok(Config::read(|name| std::env::var(name).ok())?)
}

/// The key ring that the settings name. `may_create`: the first start of the embedded default makes a key.
pub fn keys(config: &Config, may_create: bool) -> Result<Arc<Keys>, Failure> {
    let path = match (&config.key_file, config.database.folder()) {
        (Some(path), _) => path.clone(),
        (None, Some(folder)) => folder.parent().unwrap_or(folder).join("keys").join("root.key"),
        (None, None) => {
            return Err(Failure::config("HOMEWARD_KEY_FILE: name the file with the root key (64 hexadecimal digits, mode 0400)"));
        }
    };
    let current = if may_create { key_file::read_or_create(&path)? } else { key_file::read(&path)? };
    let older = config.old_key_files.iter().map(|path| key_file::read(path)).collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(Keys::new(current, older)))
}

/// What the settings ask of accounts.
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

/// Whether there is a database already: a file, or a server's database on which migrations ran. Such a database has a root
/// key somewhere, and making another one would only hide that it is lost.
pub fn database_exists(database: &DatabaseUrl) -> bool {
    match database {
        DatabaseUrl::Sqlite(path) => path.is_file(),
        DatabaseUrl::Postgres(_) => connect(database)
            .is_ok_and(|mut connection| migrate::schema_state(&mut connection).is_ok_and(|state| !matches!(state, SchemaState::Behind(_)))),
    }
}

/// Refuses a database that is not there: a mistyped path must never become a new, empty one.
pub fn require_database(database: &DatabaseUrl) -> Result<(), Failure> {
    match database {
        DatabaseUrl::Sqlite(path) if !database_exists(database) => Err(Failure::config(format!(
            "DATABASE_URL: there is no database at {}. Check the path, or run `homeward serve --create` to make one.",
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// Makes the folder of an embedded database, for its owner only.
pub fn create_folder(database: &DatabaseUrl) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let Some(folder) = database.folder() else { return Ok(()) };
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Failure::unavailable(format!("{} cannot be made: {error}", folder.display())))
}

/// Makes the database readable for its owner only.
pub fn protect(database: &DatabaseUrl) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let DatabaseUrl::Sqlite(path) = database else { return Ok(()) };
    let set = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
    set.map_err(|error| Failure::unavailable(format!("{} cannot be protected: {error}", path.display())))
}

fn connect(database: &DatabaseUrl) -> Result<Connection, Failure> {
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

/// Refuses a schema that is not this binary's.
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

/// One line a request, as JSON, on standard error. A panic is logged by its place, never by its payload.
pub fn start_log(level: tracing_subscriber::filter::LevelFilter) {
    let started = tracing_subscriber::fmt().json().flatten_event(true).with_max_level(level).with_writer(std::io::stderr).try_init();
    if started.is_err() {
        tracing::debug!("the log was started before");
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}
