//! The settings in force, in the first line of the log, with a warning for each risky one.

use crate::command::failure::Failure;
use crate::command::{full_path, key_path, serve, storage};
use crate::config::{Config, DatabaseUrl};
use crate::files::Settings;

/// Logs the settings in force, without secrets, and a warning for each that is risky.
pub(in crate::command) fn tell(config: &Config, files: &Settings, is_demo: bool) -> Result<(), Failure> {
    let roles: Vec<&str> = config.second_factor.roles().iter().map(|role| role.as_str()).collect();
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        database = database(&config.database),
        key_file = %full_path(&key_path(config)?).display(),
        listen = %config.listen,
        public_url = config.public_url,
        attachments = place(files),
        backups = backups(config),
        second_factor = if roles.is_empty() { "none".to_owned() } else { roles.join(", ") },
        code_of_conduct = config.conduct.as_ref().map_or("the one that comes with Homeward", |(_, version)| version),
        old_key_files = list(config.old_key_files.iter().map(|path| full_path(path).display().to_string())),
        workers = serve::worker_threads(config.workers),
        readers = config.readers,
        report_seconds = config.report_seconds,
        blind_searches = config.searches.user,
        blind_searches_organisation = config.searches.organisation,
        statistics_group = config.figures.group,
        statistics_questions = config.figures.questions,
        process_rules = %config.rules,
        attachments_per_case = config.attachments.limits.per_case,
        attachments_organisation_gib = config.attachments.limits.organisation_gib,
        attachments_gib = config.attachments.limits.total_gib,
        log = %config.log,
        rate_limit = config.rate_limit,
        origins = config.origins.join(", "),
        trusted_proxies = list(config.trusted_proxies.iter()),
        documentation = format!("{}/docs/", config.public_url),
        first_sign_in = format!("{}/setup", config.public_url),
        "starting"
    );
    let mut warnings = config.warnings();
    warnings.extend(storage::warning(config, files));
    if is_demo {
        warnings.push("DATABASE_URL: the demo made this database, and `homeward demo` replaces it: keep no real data in it".to_owned());
    }
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    Ok(())
}

fn list(values: impl Iterator<Item = impl std::fmt::Display>) -> String {
    values.map(|value| value.to_string()).collect::<Vec<_>>().join(", ")
}

/// The place of the database, without the password.
pub(in crate::command) fn database(database: &DatabaseUrl) -> String {
    match database {
        DatabaseUrl::Sqlite(path) => format!("sqlite://{}", full_path(path).display()),
        DatabaseUrl::Postgres(url) => {
            let hosts: Vec<String> = url.options.get_hosts().iter().map(host).collect();
            let ports: Vec<String> = url.options.get_ports().iter().map(ToString::to_string).collect();
            let (user, name) = (url.options.get_user().unwrap_or_default(), url.options.get_dbname().unwrap_or_default());
            let port = if ports.is_empty() { String::new() } else { format!(":{}", ports.join(",")) };
            format!("postgres://{user}@{}{port}/{name}", hosts.join(","))
        }
    }
}

fn host(host: &tokio_postgres::config::Host) -> String {
    match host {
        tokio_postgres::config::Host::Tcp(name) => name.clone(),
        tokio_postgres::config::Host::Unix(folder) => folder.display().to_string(),
    }
}

fn backups(config: &Config) -> String {
    let none = || "the service makes none".to_owned();
    config.backups.as_ref().map_or_else(none, |backups| {
        format!("{} every {} seconds, keeping {}", full_path(&backups.to).display(), backups.every.as_secs(), backups.keep)
    })
}

fn place(files: &Settings) -> String {
    match files {
        Settings::Folder(folder) => full_path(folder).display().to_string(),
        Settings::Bucket { bucket, .. } => format!("s3://{}/{} at {}", bucket.bucket, bucket.prefix, bucket.endpoint),
    }
}
