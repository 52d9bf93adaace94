//! The connection to Postgres: tokio-postgres and rustls, driven by the calling thread.

use bytes::BytesMut;
use diesel::result::{DatabaseErrorKind, QueryResult};
use futures_util::TryStreamExt;
use futures_util::future::{join, join_all};
use hashlink::LruCache;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::config::Host;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config, Row, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::PostgresUrl;
use crate::db::engine::backend::{Binds, FULL, STATEMENTS_KEPT, Value};
use crate::error::{Error, ErrorCode, Result};

/// Limits the attempt at a host. tokio-postgres's own timeout covers the TCP handshake only, so that a server that accepts and then stays
/// silent would block the thread.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The same for each of several hosts: a silent one hides the next one no longer than this.
const CONNECT_TIMEOUT_OF_EACH: Duration = Duration::from_secs(2);
/// Limits every call: longer than the server lets a statement run. A server that was paused, or lost its network, ends nothing by itself,
/// and its kernel may still answer for it.
const CALL_TIMEOUT: Duration = Duration::from_secs(17);

/// Statements that are sent before an answer is waited for: the server has only so much room for answers that nobody takes.
const MOST_SENT: usize = 64;

/// The answer of the client.
type Answer<T> = std::result::Result<T, tokio_postgres::Error>;
/// A statement that was sent.
type Sent = Pin<Box<dyn Future<Output = Answer<()>> + Send>>;

/// A connection to Postgres. It blocks, so it is used only on the threads of this layer, never on an async worker.
pub struct Postgres {
    client: Arc<Client>,
    prepared: LruCache<Arc<str>, Statement>,
    calls: Calls,
}

impl Postgres {
    pub fn connect(url: &PostgresUrl) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::internal)?;
        let client = Arc::new(runtime.block_on(establish(url))?);
        let calls = Calls { runtime, sent: Vec::new(), limit: Some(CALL_TIMEOUT), is_silent: false };
        Ok(Self { client, prepared: LruCache::new(STATEMENTS_KEPT), calls })
    }

    /// Limits every call from here on; none: a migration takes as long as it takes, and waits for the one of another instance.
    pub fn limit_calls(&mut self, limit: Option<Duration>) {
        self.calls.limit = limit;
    }

    /// Executes statements that return nothing.
    pub fn execute_all(&mut self, sql: &str) -> QueryResult<()> {
        self.calls.answered(self.client.batch_execute(sql))
    }

    /// Executes a statement; returns the number of changed rows.
    pub fn execute(&mut self, text: &Arc<str>, binds: &Binds<'_>) -> QueryResult<usize> {
        let statement = self.prepare(text, binds.types())?;
        let changed = self.calls.answered(self.client.execute_raw(&statement, binds.values()))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    /// Reads all rows that a statement finds.
    pub fn query(&mut self, text: &Arc<str>, binds: &Binds<'_>) -> QueryResult<Vec<Row>> {
        let statement = self.prepare(text, binds.types())?;
        let rows = async { self.client.query_raw(&statement, binds.values()).await?.try_collect().await };
        self.calls.answered(rows)
    }

    /// Sends a statement and waits for nothing: its failure is that of the next call. A transaction that writes twenty rows so waits a few
    /// times, and not twenty.
    pub fn execute_later(&mut self, text: &Arc<str>, binds: &Binds<'_>) -> QueryResult<()> {
        let statement = self.prepare(text, binds.types())?;
        let (client, values) = (self.client.clone(), binds.owned());
        self.calls.send(Box::pin(async move { client.execute_raw(&statement, &values).await.map(drop) }))
    }

    /// Sends a step of a transaction in the same way.
    pub fn execute_all_later(&mut self, sql: &str) -> QueryResult<()> {
        let (client, sql) = (self.client.clone(), sql.to_owned());
        self.calls.send(Box::pin(async move { client.batch_execute(&sql).await }))
    }

    /// Ends a transaction that wrote nothing, now, so that the server keeps no state for it. The answer is taken with the next call: nobody
    /// waits for it.
    pub fn end_transaction_unread(&mut self) -> QueryResult<()> {
        self.execute_all_later("ROLLBACK")?;
        self.calls.flush();
        Ok(())
    }

    /// Waits for the statements that were sent.
    pub fn wait_for_sent(&mut self) -> QueryResult<()> {
        self.calls.wait_for_sent()
    }

    fn prepare(&mut self, text: &Arc<str>, types: &[Type]) -> QueryResult<Statement> {
        if let Some(statement) = self.prepared.get(text).filter(|statement| statement.params() == types) {
            return Ok(statement.clone());
        }
        let statement = self.calls.answered(self.client.prepare_typed(text, types))?;
        self.prepared.insert(text.clone(), statement.clone());
        Ok(statement)
    }
}

/// The calls of one connection, in their order.
struct Calls {
    /// Drives the client during each call.
    runtime: Runtime,
    /// Statements whose answers nobody has waited for yet.
    sent: Vec<Sent>,
    /// How long a call is waited for.
    limit: Option<Duration>,
    /// Whether a call was not answered in time. What comes later might be the answer to it, so the connection is never used again.
    is_silent: bool,
}

impl Calls {
    /// Waits for the answer to a call and to everything that was sent before it. What was sent before fails first: the server has not done
    /// the rest of the transaction then, either.
    fn answered<T>(&mut self, call: impl Future<Output = Answer<T>>) -> QueryResult<T> {
        let lost =
            || diesel::result::Error::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new("the server is silent".to_owned()));
        if self.is_silent {
            return Err(lost());
        }
        // The first poll of a call sends it, so the call stands behind those that were sent before.
        let both = join(join_all(std::mem::take(&mut self.sent)), call);
        let answers = match self.limit {
            None => Ok(self.runtime.block_on(both)),
            Some(limit) => self.runtime.block_on(async { tokio::time::timeout(limit, both).await }),
        };
        let Ok((before, answer)) = answers else {
            self.is_silent = true;
            return Err(lost());
        };
        before.into_iter().try_for_each(|answer| answer.map_err(failure))?;
        answer.map_err(failure)
    }

    fn send(&mut self, mut statement: Sent) -> QueryResult<()> {
        // It is sent when it is first polled.
        match self.runtime.block_on(async { futures_util::poll!(statement.as_mut()) }) {
            Poll::Ready(answer) => return answer.map_err(failure),
            Poll::Pending => self.sent.push(statement),
        }
        if self.sent.len() >= MOST_SENT { self.wait_for_sent() } else { Ok(()) }
    }

    /// Lets the connection write what was sent, which it otherwise does while a call waits.
    fn flush(&self) {
        self.runtime.block_on(tokio::task::yield_now());
    }

    fn wait_for_sent(&mut self) -> QueryResult<()> {
        if self.sent.is_empty() { Ok(()) } else { self.answered(async { Ok(()) }) }
    }
}

/// Connects to the first host that answers.
async fn establish(url: &PostgresUrl) -> Result<Client> {
    let mut last = unavailable("the URL names no host");
    let hosts = url.options.get_hosts().len().max(url.options.get_hostaddrs().len());
    let limit = if hosts > 1 { CONNECT_TIMEOUT_OF_EACH } else { CONNECT_TIMEOUT };
    for at in 0..hosts {
        let one = only_host(&url.options, at);
        match tokio::time::timeout(limit, connect(&one, url.ca.as_deref())).await {
            Ok(Ok(client)) => return Ok(client),
            Ok(Err(error)) => last = error,
            Err(_) => last = unavailable("no answer in time"),
        }
    }
    Err(last)
}

async fn connect(options: &Config, ca: Option<&Path>) -> Result<Client> {
    match ca {
        Some(ca) => {
            let (client, connection) = options.connect(tls(ca)?).await.map_err(unavailable)?;
            tokio::spawn(drive(connection));
            Ok(client)
        }
        None => {
            let (client, connection) = options.connect(tokio_postgres::NoTls).await.map_err(unavailable)?;
            tokio::spawn(drive(connection));
            Ok(client)
        }
    }
}

/// The same options with one of their hosts alone.
fn only_host(options: &Config, at: usize) -> Config {
    let mut one = Config::new();
    let hosts = options.get_hosts().get(at).into_iter();
    hosts.for_each(|host| match host {
        Host::Tcp(name) => _ = one.host(name),
        #[cfg(unix)]
        Host::Unix(folder) => _ = one.host_path(folder),
    });
    // One port stands for all hosts.
    options.get_ports().get(at).or(options.get_ports().first()).into_iter().for_each(|port| _ = one.port(*port));
    options.get_hostaddrs().get(at).into_iter().for_each(|address| _ = one.hostaddr(*address));
    options.get_user().into_iter().for_each(|user| _ = one.user(user));
    options.get_password().into_iter().for_each(|password| _ = one.password(password));
    options.get_dbname().into_iter().for_each(|name| _ = one.dbname(name));
    options.get_options().into_iter().for_each(|more| _ = one.options(more));
    options.get_application_name().into_iter().for_each(|name| _ = one.application_name(name));
    options.get_connect_timeout().into_iter().for_each(|limit| _ = one.connect_timeout(*limit));
    options.get_tcp_user_timeout().into_iter().for_each(|limit| _ = one.tcp_user_timeout(*limit));
    options.get_keepalives_interval().into_iter().for_each(|pause| _ = one.keepalives_interval(pause));
    options.get_keepalives_retries().into_iter().for_each(|most| _ = one.keepalives_retries(most));
    one.ssl_mode(options.get_ssl_mode())
        .ssl_negotiation(options.get_ssl_negotiation())
        .channel_binding(options.get_channel_binding())
        .target_session_attrs(options.get_target_session_attrs())
        .keepalives(options.get_keepalives())
        .keepalives_idle(options.get_keepalives_idle())
        .clone()
}

/// Carries requests and answers until the connection ends. Waiting callers then get an error that it is closed; the cause goes to
/// the log.
async fn drive<S, T>(connection: tokio_postgres::Connection<S, T>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    if let Err(error) = connection.await {
        tracing::warn!(cause = message(&error), "a connection to Postgres was lost");
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(value) => value.to_sql(of, out),
            Self::Integer(value) => value.to_sql(of, out),
            Self::Long(value) => value.to_sql(of, out),
            Self::Double(value) => value.to_sql(of, out),
            Self::Text(text) => text.to_sql(of, out),
            Self::Bytes(bytes) => bytes.to_sql(of, out),
            Self::Day(day) => day.to_sql(of, out),
            Self::Instant(at) => at.utc().to_sql(of, out),
            Self::Document(text) => {
                // jsonb travels as a version byte and the text.
                out.extend_from_slice(&[1]);
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
        }
    }

    /// Accepts every SQL type, because diesel has compared them already.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Converts a failure into the error of diesel.
fn failure(error: tokio_postgres::Error) -> diesel::result::Error {
    let kind = match error.code() {
        Some(state) => return refused(state, message(&error)),
        None if error.is_closed() => DatabaseErrorKind::ClosedConnection,
        None => DatabaseErrorKind::UnableToSendCommand,
    };
    diesel::result::Error::DatabaseError(kind, Box::new(message(&error)))
}

/// What the server itself refused.
fn refused(state: &SqlState, message: String) -> diesel::result::Error {
    let message = if *state == SqlState::DISK_FULL { FULL.to_owned() } else { message };
    diesel::result::Error::DatabaseError(kind_of(state), Box::new(message))
}

/// The message alone, because Postgres repeats values in the details.
fn message(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), |of_server| of_server.message().to_owned())
}

fn kind_of(state: &SqlState) -> DatabaseErrorKind {
    match *state {
        SqlState::UNIQUE_VIOLATION => DatabaseErrorKind::UniqueViolation,
        SqlState::FOREIGN_KEY_VIOLATION => DatabaseErrorKind::ForeignKeyViolation,
        SqlState::NOT_NULL_VIOLATION => DatabaseErrorKind::NotNullViolation,
        SqlState::CHECK_VIOLATION => DatabaseErrorKind::CheckViolation,
        // The server became a standby: another one is, or will be, the primary.
        SqlState::READ_ONLY_SQL_TRANSACTION => DatabaseErrorKind::ClosedConnection,
        // Another instance was in the way; the write can be tried again.
        SqlState::LOCK_NOT_AVAILABLE => DatabaseErrorKind::SerializationFailure,
        // The session waited too long within a transaction, and is over.
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => DatabaseErrorKind::ClosedConnection,
        // Our own limit for a statement. Whoever repeats it meets the limit again, and the writer would hold up all others meanwhile: it
        // is a fault, and not an outage.
        SqlState::QUERY_CANCELED => DatabaseErrorKind::Unknown,
        _ => kind_of_class(state.code()),
    }
}

/// The classes that say that the server is away, has no room, or put somebody else first, whatever codes a version has in them.
fn kind_of_class(code: &str) -> DatabaseErrorKind {
    match code.get(..2) {
        Some("08" | "57") => DatabaseErrorKind::ClosedConnection,
        Some("53") => DatabaseErrorKind::UnableToSendCommand,
        Some("40") => DatabaseErrorKind::SerializationFailure,
        _ => DatabaseErrorKind::Unknown,
    }
}

/// TLS settings that check both the certificate chain and the host name against this authority.
fn tls(ca: &Path) -> Result<MakeRustlsConnect> {
    let unusable = |cause: String| Error::internal(format!("DATABASE_CA cannot be used: {cause}"));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca).map_err(|error| unusable(error.to_string()))? {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn unavailable(cause: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::DatabaseUnavailable).retry_after(1).with_internal(cause)
}

#[cfg(test)]
mod tests {
    use tokio_postgres::error::SqlState;

    use super::refused;
    use crate::error::Error;
    use crate::error::ErrorCode;

    #[test]
    fn what_postgres_refuses_is_known_by_its_code_and_not_by_its_words() {
        let told = |code: &str| Error::from(refused(&SqlState::from_code(code), "in any language".to_owned()));
        for (code, expected) in [
            ("23505", ErrorCode::AlreadyExists),
            ("23503", ErrorCode::Conflict),
            ("40001", ErrorCode::DatabaseUnavailable),
            ("40P01", ErrorCode::DatabaseUnavailable),
            ("40003", ErrorCode::DatabaseUnavailable),
            ("55P03", ErrorCode::DatabaseUnavailable),
            ("57P01", ErrorCode::DatabaseUnavailable),
            ("57P02", ErrorCode::DatabaseUnavailable),
            ("57P03", ErrorCode::DatabaseUnavailable),
            ("57P04", ErrorCode::DatabaseUnavailable),
            ("57P05", ErrorCode::DatabaseUnavailable),
            ("25P03", ErrorCode::DatabaseUnavailable),
            ("25006", ErrorCode::DatabaseUnavailable),
            ("08006", ErrorCode::DatabaseUnavailable),
            ("08P01", ErrorCode::DatabaseUnavailable),
            ("53100", ErrorCode::StorageFull),
            ("53300", ErrorCode::DatabaseUnavailable),
            ("57014", ErrorCode::Internal),
            ("22003", ErrorCode::Internal),
            ("25P02", ErrorCode::Internal),
        ] {
            assert_eq!(told(code).code, expected, "{code}");
        }
    }
}
