//! Settings. Every variable stands in one table; an error names the variable and the accepted form, and never the value.

mod attachments;
mod backups;
pub mod error;
mod names;
mod values;
mod warnings;

pub use attachments::{AttachmentPlace, AttachmentSettings, BucketKey, BucketSettings};
pub use backups::BackupSettings;
pub use names::{require_known, table_markdown, table_text};

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::config::error::ConfigError;
use crate::config::values::{conduct, list, origin, parsed, process_rules, public_url, second_factor, trusted_proxies, up_to};
use crate::domain::accounts::policy::SecondFactorPolicy;
use crate::domain::people::matching::SearchBudget;
use crate::domain::repatriation::deadlines::ProcessRules;
use crate::domain::reporting::released::{LARGEST_GROUP, ReleaseRules, SMALLEST_GROUP};

/// Every variable the service reads: name, default, meaning. The table of docs/configuration.md is compared with this one by a test.
pub const VARIABLES: &[(&str, &str, &str)] = &[
    ("DATABASE_URL", "sqlite://data/homeward.db", "`sqlite://PATH` or `postgres://USER@HOST/NAME?sslmode=require`"),
    ("DATABASE_CA", "", "File with the certificate authority of the Postgres server (PEM); required unless the server is on this host"),
    ("DATABASE_PASSWORD_FILE", "", "File with the password of the Postgres user, mode 0400, instead of a password in `DATABASE_URL`"),
    (
        "HOMEWARD_KEY_FILE",
        "",
        "File with the root key, 64 hexadecimal digits, mode 0400; default: `root.key` in the folder `keys` beside the database's folder",
    ),
    ("HOMEWARD_OLD_KEY_FILES", "", "Comma-separated files with older root keys that must still be readable, newest first"),
    ("HOMEWARD_LISTEN", "127.0.0.1:8080", "Address to listen on"),
    ("HOMEWARD_PUBLIC_URL", "http://127.0.0.1:8080", "Address the clients use; issuer and audience of access tokens"),
    ("HOMEWARD_WORKERS", "0", "HTTP worker threads; 0: one a core"),
    ("HOMEWARD_READERS", "0", "Database reader threads, at least two; 0: two on SQLite, eight on Postgres"),
    ("HOMEWARD_RATE_LIMIT", "1200", "Requests a minute for one user or machine client, or one network without a valid token"),
    (
        "HOMEWARD_REPORT_SECONDS",
        "1",
        "Seconds that the figures of a report may be old, also after a consent was withdrawn; 0: counted anew for every request",
    ),
    ("HOMEWARD_BLIND_SEARCHES", "30", "Blind searches a day for one user"),
    ("HOMEWARD_BLIND_SEARCHES_ORGANISATION", "200", "Blind searches a day for one organisation"),
    ("HOMEWARD_STATISTICS_GROUP", "10", "The smallest group of which released figures tell; 10 at least, 11 as CTDC publishes"),
    ("HOMEWARD_STATISTICS_QUESTIONS", "100", "Different questions a day that one user or machine client may ask about a release"),
    ("HOMEWARD_ORIGINS", "", "Comma-separated origins whose pages may ask (CORS), such as `https://office.example.org`; default: none"),
    ("HOMEWARD_TRUSTED_PROXIES", "", "Comma-separated addresses whose X-Forwarded-For is believed"),
    (
        "HOMEWARD_PROCESS_RULES",
        "",
        "Comma-separated days of the process that differ from the defaults, such as `mission_silent=7,document_expires=14,monitoring=365`",
    ),
    (
        "HOMEWARD_SECOND_FACTOR",
        "all",
        "Who needs a second factor: `all` (every role that opens cases, and administrators), a comma-separated list of roles, or `none`",
    ),
    ("HOMEWARD_CODE_OF_CONDUCT_FILE", "", "File with a code of conduct of your own; default: the one that comes with Homeward"),
    ("HOMEWARD_CODE_OF_CONDUCT_VERSION", "", "Its version, such as `2027-01`; a new version must be accepted anew by everybody"),
    (
        "HOMEWARD_ATTACHMENTS",
        "",
        "Where attachments are kept: a folder, or `s3://BUCKET/PREFIX`; default: `attachments` in the database's folder, with Postgres `data/attachments`",
    ),
    ("HOMEWARD_ATTACHMENTS_ENDPOINT", "", "Address of the S3-compatible storage: `https://…`; `http://…` only on this host"),
    ("HOMEWARD_ATTACHMENTS_REGION", "us-east-1", "Region of the bucket"),
    (
        "HOMEWARD_ATTACHMENTS_KEY_FILE",
        "",
        "File with the key of the storage: its id in the first line, the secret in the second; mode 0400",
    ),
    ("AWS_ACCESS_KEY_ID", "", "Id of the key of the storage, where there is no such file"),
    ("AWS_SECRET_ACCESS_KEY", "", "Its secret"),
    (
        "HOMEWARD_ATTACHMENTS_CA",
        "/etc/ssl/certs/ca-certificates.crt",
        "File with the authorities that may have signed the storage's certificate (PEM)",
    ),
    (
        "HOMEWARD_ATTACHMENTS_INCOMING",
        "",
        "Folder in which files wait, sealed, until they are whole and go to the storage; default: as for attachments without one",
    ),
    ("HOMEWARD_ATTACHMENTS_PER_CASE", "100", "Attachments of one organisation on one case, at most 1000"),
    ("HOMEWARD_ATTACHMENTS_ORGANISATION_GIB", "20", "GiB of attachments of one organisation"),
    (
        "HOMEWARD_ATTACHMENTS_GIB",
        "100",
        "GiB of attachments in all: less than the disk has, above all where the database lies on the same one",
    ),
    ("HOMEWARD_BACKUP", "", "Folder in which `serve` makes backups; default: it makes none"),
    ("HOMEWARD_BACKUP_RECIPIENTS", "", "File with the public keys to which these backups are sealed, one a line"),
    ("HOMEWARD_BACKUP_EVERY", "1h", "How often a backup is made: `30m`, `1h`, `1d`; at most `7d`"),
    (
        "HOMEWARD_BACKUP_KEEP",
        "48h,14d,8w",
        "Which backups are kept: every one of the last hours, one of each of the last days, one of each of the last weeks; the newest one always is",
    ),
    ("HOMEWARD_LOG", "info", "`error`, `warn`, `info`, `debug` or `off`"),
];

/// More threads than any host of such a service has: a larger number is a typing error.
const MOST_THREADS: u32 = 1024;

/// The database, from `DATABASE_URL`.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Box<PostgresUrl>),
}

/// The connection settings of Postgres.
#[derive(Clone)]
pub struct PostgresUrl {
    /// The options for tokio-postgres. Hold the password: never printed.
    pub options: tokio_postgres::Config,
    /// The authority that signed the server's certificate; none: no TLS, on this host only.
    pub ca: Option<PathBuf>,
}

impl PostgresUrl {
    /// The same with a password. None: it has one already.
    pub fn with_password(&self, password: &str) -> Option<Self> {
        if self.options.get_password().is_some() {
            return None;
        }
        let mut options = self.options.clone();
        options.password(password);
        Some(Self { options, ca: self.ca.clone() })
    }
}

impl DatabaseUrl {
    /// Reads a database URL. It must name its scheme: a mistyped path must never become a new database.
    pub fn parse(url: &str, ca: Option<&Path>) -> Result<Self, ConfigError> {
        let accepted = "must be sqlite://PATH or postgres://USER@HOST/NAME";
        if let Some(path) = url.strip_prefix("sqlite://") {
            return match path {
                "" | ":memory:" => Err(ConfigError::new("DATABASE_URL", "must name a file after the scheme")),
                path => Ok(Self::Sqlite(PathBuf::from(path))),
            };
        }
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(ConfigError::new("DATABASE_URL", accepted));
        }
        // rustls always does what verify-full asks for; tokio-postgres does not know the word.
        let url = url.replace("sslmode=verify-full", "sslmode=require");
        let mut options = tokio_postgres::Config::from_str(&url)
            .map_err(|_| ConfigError::new("DATABASE_URL", "is not a Postgres URL; accepted options are those of tokio-postgres"))?;
        let is_local = options.get_hosts().iter().all(is_this_host);
        let requires_tls = options.get_ssl_mode() == tokio_postgres::config::SslMode::Require;
        match (requires_tls, ca) {
            (true, None) => return Err(ConfigError::new("DATABASE_CA", "sslmode=require needs the file of the certificate authority")),
            (false, _) if !is_local => {
                return Err(ConfigError::new("DATABASE_URL", "a server on another host needs sslmode=require and DATABASE_CA"));
            }
            (false, _) => {
                options.ssl_mode(tokio_postgres::config::SslMode::Disable);
            }
            (true, Some(_)) => {}
        }
        if options.get_target_session_attrs() == tokio_postgres::config::TargetSessionAttrs::Any {
            options.target_session_attrs(tokio_postgres::config::TargetSessionAttrs::ReadWrite);
        }
        options.application_name("homeward");
        Ok(Self::Postgres(Box::new(PostgresUrl { options, ca: ca.filter(|_| requires_tls).map(Path::to_path_buf) })))
    }

    /// The folder of an embedded database.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => path.parent().filter(|folder| !folder.as_os_str().is_empty()).or(Some(Path::new("."))),
            Self::Postgres(_) => None,
        }
    }
}

fn is_this_host(host: &tokio_postgres::config::Host) -> bool {
    match host {
        tokio_postgres::config::Host::Unix(_) => true,
        tokio_postgres::config::Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
    }
}

/// Every setting of the service.
#[derive(Clone)]
pub struct Config {
    /// Which database.
    pub database: DatabaseUrl,
    /// The file with the password of the database's user.
    pub password_file: Option<PathBuf>,
    /// The root key's file.
    pub key_file: Option<PathBuf>,
    /// Older root keys.
    pub old_key_files: Vec<PathBuf>,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The address at which clients reach this service.
    pub public_url: String,
    /// HTTP workers; 0: one a core.
    pub workers: usize,
    /// Database readers; 0: by kind of database.
    pub readers: usize,
    /// Requests a minute.
    pub rate_limit: u32,
    /// Seconds for which the figures of a report may be kept.
    pub report_seconds: u32,
    /// Blind searches a day.
    pub searches: SearchBudget,
    /// What is told in released figures.
    pub figures: ReleaseRules,
    /// Origins whose pages may send requests.
    pub origins: Vec<String>,
    /// Proxies whose X-Forwarded-For header is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Due dates of the process.
    pub rules: ProcessRules,
    /// The roles that need a second factor.
    pub second_factor: SecondFactorPolicy,
    /// A code of conduct of this deployment's own: its file and its version.
    pub conduct: Option<(PathBuf, String)>,
    /// Files on cases.
    pub attachments: AttachmentSettings,
    /// Backups that the service makes; none: it makes none.
    pub backups: Option<BackupSettings>,
    /// The level of the log.
    pub log: tracing_subscriber::filter::LevelFilter,
}

impl Config {
    /// Reads the settings through a look-up, so that tests need no process environment. The error names every wrong setting.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = |name: &str| {
            let default = VARIABLES.iter().find(|(known, _, _)| *known == name).map_or("", |(_, default, _)| *default);
            variable(name).filter(|value| !value.is_empty()).unwrap_or_else(|| default.to_owned())
        };
        let path = |name: &str| Some(text(name)).filter(|path| !path.is_empty()).map(PathBuf::from);
        let mut errors = ConfigError::default();
        let database = errors.keep(DatabaseUrl::parse(&text("DATABASE_URL"), path("DATABASE_CA").as_deref()));
        let listen = errors.keep(parsed("HOMEWARD_LISTEN", &text("HOMEWARD_LISTEN"), "must be ADDRESS:PORT, such as 127.0.0.1:8080"));
        let public_url = errors.keep(public_url(&text("HOMEWARD_PUBLIC_URL")));
        let mut number = |name: &str, least, most| errors.keep(up_to(name, &text(name), least, most));
        let workers = number("HOMEWARD_WORKERS", 0, MOST_THREADS);
        let readers = number("HOMEWARD_READERS", 0, MOST_THREADS);
        let rate_limit = number("HOMEWARD_RATE_LIMIT", 1, u32::MAX);
        let report_seconds = number("HOMEWARD_REPORT_SECONDS", 0, 86_400);
        let searches = |name: &str| up_to(name, &text(name), 0, i32::MAX);
        let user_searches = errors.keep(searches("HOMEWARD_BLIND_SEARCHES"));
        let organisation_searches = errors.keep(searches("HOMEWARD_BLIND_SEARCHES_ORGANISATION"));
        let group = errors.keep(up_to("HOMEWARD_STATISTICS_GROUP", &text("HOMEWARD_STATISTICS_GROUP"), SMALLEST_GROUP, LARGEST_GROUP));
        let questions = errors.keep(up_to("HOMEWARD_STATISTICS_QUESTIONS", &text("HOMEWARD_STATISTICS_QUESTIONS"), 0, i32::MAX));
        let trusted_proxies = errors.keep(trusted_proxies(&text("HOMEWARD_TRUSTED_PROXIES")));
        let origins = errors.keep(list(&text("HOMEWARD_ORIGINS")).map(origin).collect());
        let rules = errors.keep(process_rules(&text("HOMEWARD_PROCESS_RULES")));
        let second_factor = errors.keep(second_factor(&text("HOMEWARD_SECOND_FACTOR")));
        let conduct = errors.keep(conduct(path("HOMEWARD_CODE_OF_CONDUCT_FILE"), text("HOMEWARD_CODE_OF_CONDUCT_VERSION")));
        let attachments = errors.keep(AttachmentSettings::read(&text));
        let backups = errors.keep(BackupSettings::read(&text));
        let log = errors.keep(parsed("HOMEWARD_LOG", &text("HOMEWARD_LOG"), "must be error, warn, info, debug or off"));
        let config = || {
            Some(Self {
                database: database?,
                password_file: path("DATABASE_PASSWORD_FILE"),
                key_file: path("HOMEWARD_KEY_FILE"),
                old_key_files: list(&text("HOMEWARD_OLD_KEY_FILES")).map(PathBuf::from).collect(),
                listen: listen?,
                public_url: public_url?,
                workers: usize::try_from(workers?).ok()?,
                readers: usize::try_from(readers?).ok()?,
                rate_limit: rate_limit?,
                report_seconds: report_seconds?,
                searches: SearchBudget { user: user_searches?, organisation: organisation_searches? },
                figures: ReleaseRules { group: group?, questions: questions? },
                origins: origins?,
                trusted_proxies: trusted_proxies?,
                rules: rules?,
                second_factor: second_factor?,
                conduct: conduct?,
                attachments: attachments?,
                backups: backups?,
                log: log?,
            })
        };
        config().ok_or(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(variables: &[(&str, &str)]) -> String {
        let read = Config::read(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()));
        read.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn defaults_are_accepted_and_errors_name_the_variable() {
        assert_eq!(message(&[]), "");
        assert_eq!(message(&[("HOMEWARD_ORIGINS", "https://office.example.org:8443, http://localhost:5173")]), "");
        assert!(Config::read(|_| None).is_ok_and(|config| config.origins.is_empty()), "no page of another origin may ask");
        for (name, value) in [
            ("DATABASE_URL", "data/homeward.db"),
            ("DATABASE_URL", "mysql://localhost/x"),
            ("DATABASE_URL", "sqlite://"),
            ("DATABASE_URL", "postgres://user@db.example.org/homeward"),
            ("HOMEWARD_LISTEN", "localhost"),
            ("HOMEWARD_RATE_LIMIT", "many"),
            ("HOMEWARD_RATE_LIMIT", "0"),
            ("HOMEWARD_WORKERS", "4096"),
            ("HOMEWARD_PUBLIC_URL", "ministry.example"),
            ("HOMEWARD_PUBLIC_URL", "ftp://homeward.example"),
            ("HOMEWARD_PUBLIC_URL", "https://"),
            ("HOMEWARD_PUBLIC_URL", "https://homeward.example:http"),
            ("HOMEWARD_PUBLIC_URL", "https://homeward.example/?a=b"),
            ("HOMEWARD_ORIGINS", "*"),
            ("HOMEWARD_ORIGINS", "http://office.example.org"),
            ("HOMEWARD_ORIGINS", "https://office.example.org/page"),
            ("HOMEWARD_ORIGINS", "http://localhost.example.org"),
            ("HOMEWARD_ORIGINS", "https://:8443"),
            ("HOMEWARD_PROCESS_RULES", "mission_silence=7"),
            ("HOMEWARD_SECOND_FACTOR", "everybody"),
            ("HOMEWARD_CODE_OF_CONDUCT_VERSION", "2"),
            ("HOMEWARD_ATTACHMENTS", "ftp://bucket/prefix"),
            ("HOMEWARD_ATTACHMENTS", "s3://NOT_A_BUCKET"),
            ("HOMEWARD_ATTACHMENTS", "s3://b/p"),
            ("HOMEWARD_ATTACHMENTS_PER_CASE", "5000"),
            ("HOMEWARD_BACKUP", "/backup"),
            ("HOMEWARD_BACKUP_EVERY", "hourly"),
            ("HOMEWARD_BACKUP_KEEP", "48x"),
            ("HOMEWARD_LOG", "loud"),
        ] {
            let message = message(&[(name, value)]);
            assert!(message.starts_with(name), "{name}={value}: {message}");
            // A number discloses nothing, and may be one of the limits; the example is not the value.
            let told = message.replace("https://homeward.example.org", "");
            assert!(value.parse::<u32>().is_ok() || !told.contains(value), "a setting can be a secret: {message}");
        }
        for url in ["http://127.0.0.1:8080", "https://homeward.example/", "https://homeward.example:8443/cases", "http://[::1]:8080"] {
            assert_eq!(message(&[("HOMEWARD_PUBLIC_URL", url)]), "");
        }
        for (name, value, allowed) in [
            ("HOMEWARD_SECOND_FACTOR", "everybody", "ngo_caseworker"),
            ("HOMEWARD_PROCESS_RULES", "silent=7", "document_expires"),
            ("HOMEWARD_ATTACHMENTS", "s3://b/p", "3 to 63"),
        ] {
            let message = message(&[(name, value)]);
            assert!(message.contains(allowed), "{name} does not say what may stand there: {message}");
        }
        let bucket = ("HOMEWARD_ATTACHMENTS", "s3://files/homeward");
        for endpoint in ["", "http://storage.example.org", "http://localhost.example.org"] {
            assert!(
                message(&[bucket, ("HOMEWARD_ATTACHMENTS_ENDPOINT", endpoint)]).starts_with("HOMEWARD_ATTACHMENTS_ENDPOINT"),
                "{endpoint}"
            );
        }
        let endpoint = ("HOMEWARD_ATTACHMENTS_ENDPOINT", "https://storage.example.org");
        assert!(message(&[bucket, endpoint]).starts_with("HOMEWARD_ATTACHMENTS_KEY_FILE"));
        assert_eq!(message(&[bucket, endpoint, ("HOMEWARD_ATTACHMENTS_KEY_FILE", "/run/secrets/storage")]), "");
        assert!(message(&[("DATABASE_URL", "postgres://u@db.example.org/h?sslmode=require")]).starts_with("DATABASE_CA"));
        assert_eq!(message(&[("DATABASE_URL", "postgres://u@127.0.0.1/h")]), "");
    }
}
