//! The way to Postgres: tokio-postgres and rustls, driven by the thread that asks.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::BlockOn;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connection::PgConnection;
use crate::config::PostgresUrl;
use crate::error::{Error, ErrorCode, Result};

/// tokio-postgres's own timeout covers the TCP handshake only; a server that accepts and says nothing would hang us.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

thread_local! {
    static RUNTIME: RefCell<Option<Arc<Runtime>>> = const { RefCell::new(None) };
}

/// The runtime of the current thread, made when it first connects.
pub struct ThreadRuntime(Option<Arc<Runtime>>);

impl BlockOn for ThreadRuntime {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        #[expect(clippy::expect_used, reason = "connect() makes the runtime before any connection exists, and the trait knows no error")]
        self.0.as_ref().expect("a connection lives on the thread that opened it").block_on(future)
    }

    fn get_runtime() -> Self {
        Self(RUNTIME.with_borrow(Clone::clone))
    }
}

fn thread_runtime() -> Result<Arc<Runtime>> {
    if let Some(runtime) = RUNTIME.with_borrow(Clone::clone) {
        return Ok(runtime);
    }
    let runtime = Arc::new(Builder::new_current_thread().enable_all().build().map_err(Error::internal)?);
    RUNTIME.with_borrow_mut(|slot| *slot = Some(runtime.clone()));
    Ok(runtime)
}

/// Connects from one of our own threads.
pub fn connect(url: &PostgresUrl) -> Result<PgConnection> {
    let runtime = thread_runtime()?;
    let connecting = runtime.block_on(async { tokio::time::timeout(CONNECT_TIMEOUT, establish(url)).await });
    let connection = connecting.map_err(|_| unavailable("no answer within 5 s"))??;
    Ok(PgConnection::from(connection))
}

async fn establish(url: &PostgresUrl) -> Result<AsyncPgConnection> {
    let connection = match &url.ca {
        Some(ca) => {
            let (client, connection) = url.options.connect(tls(ca)?).await.map_err(unavailable)?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        }
        None => {
            let (client, connection) = url.options.connect(tokio_postgres::NoTls).await.map_err(unavailable)?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        }
    };
    connection.map_err(unavailable)
}

/// Chain and host name are both checked against this authority, whenever TLS is used.
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
    Error::new(ErrorCode::DatabaseUnavailable).retry_after(1).because(cause)
}
