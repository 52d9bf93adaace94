//! The HTTP transport to the storage: HTTP/1.1 over rustls, one connection for each request. Requests are few and long, so a pool
//! of connections would save little.

use async_trait::async_trait;
use http_body_util::BodyExt;
use hyper::header::{HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use object_store::ClientOptions;
use object_store::client::{HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::error::{Error, ErrorCode, Result};

/// Time in which a connection must be made.
const CONNECT: Duration = Duration::from_secs(5);
/// Time in which the answer to a request must begin: a part may go over a slow line.
const ANSWER: Duration = Duration::from_secs(60);

/// Makes connections to the storage.
#[derive(Clone)]
pub struct Connector(Option<TlsConnector>);

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connector")
    }
}

impl Connector {
    /// A connector without TLS: for storage on this host.
    pub fn plain() -> Self {
        Self(None)
    }

    /// A connector with TLS; the storage's certificate must be signed by one of these authorities.
    pub fn new(ca: &Path) -> Result<Self> {
        let unusable = |cause: String| Error::new(ErrorCode::StorageUnavailable).with_internal(cause);
        let mut roots = rustls::RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(ca).map_err(|error| unusable(error.to_string()))? {
            roots.add(certificate.map_err(|error| unusable(error.to_string()))?).map_err(|error| unusable(error.to_string()))?;
        }
        let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Some(TlsConnector::from(Arc::new(config)))))
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

fn refused(kind: HttpErrorKind) -> impl FnOnce(std::io::Error) -> HttpError {
    move |error| HttpError::new(kind, error)
}

fn late(kind: HttpErrorKind) -> HttpError {
    HttpError::new(kind, std::io::Error::from(std::io::ErrorKind::TimedOut))
}

#[async_trait]
impl HttpService for Connector {
    async fn call(&self, request: HttpRequest) -> std::result::Result<HttpResponse, HttpError> {
        let address = request.uri().authority().cloned().ok_or_else(|| late(HttpErrorKind::Unknown))?;
        let port = address.port_u16().unwrap_or(if self.0.is_some() { 443 } else { 80 });
        let connect = TcpStream::connect((address.host().trim_matches(['[', ']']), port));
        let connected = tokio::time::timeout(CONNECT, connect).await.map_err(|_| late(HttpErrorKind::Connect))?;
        let stream = connected.map_err(refused(HttpErrorKind::Connect))?;
        match &self.0 {
            None => exchange(stream, request).await,
            Some(tls) => {
                let invalid = |_| refused(HttpErrorKind::Unknown)(std::io::ErrorKind::InvalidInput.into());
                let name = ServerName::try_from(address.host().to_owned()).map_err(invalid)?;
                let hello = tokio::time::timeout(CONNECT, tls.connect(name, stream)).await.map_err(|_| late(HttpErrorKind::Connect))?;
                exchange(hello.map_err(refused(HttpErrorKind::Connect))?, request).await
            }
        }
    }
}

/// Sends a request over a connection of its own, and returns the answer with its body still to come.
async fn exchange<S>(stream: S, mut request: HttpRequest) -> std::result::Result<HttpResponse, HttpError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let failed = |kind| move |error: hyper::Error| HttpError::new(kind, error);
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(failed(HttpErrorKind::Connect))?;
    // The task ends when the answer's body has been read or is dropped.
    tokio::spawn(connection);
    let host = request.uri().authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let (Some(host), false) = (host, request.headers().contains_key(HOST)) {
        request.headers_mut().insert(HOST, host);
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).parse().unwrap_or_default();
    *request.uri_mut() = path;
    let answer = tokio::time::timeout(ANSWER, sender.send_request(request)).await.map_err(|_| late(HttpErrorKind::Timeout))?;
    let (parts, body) = answer.map_err(failed(HttpErrorKind::Request))?.into_parts();
    let body = body.map_err(|error| HttpError::new(HttpErrorKind::Interrupted, error));
    Ok(HttpResponse::from_parts(parts, HttpResponseBody::new(body)))
}
