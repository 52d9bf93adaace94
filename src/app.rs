//! The application: its state, and the way of a request through it. The same for the binary and for every test.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, web};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock};
use utoipa_actix_web::AppExt;

use crate::api::docs::{self, Documentation};
use crate::api::http::PublicUrl;
use crate::api::http::access::{Credentials, Gate};
use crate::api::http::cors;
use crate::api::http::metrics::Metrics;
use crate::api::http::middleware::{Settings, wrap};
use crate::api::http::rate_limit::Limiter;
use crate::api::http::routes::Operations;
use crate::api::openapi::documents::DocumentSource;
use crate::api::{self, openapi};
use crate::auth::device_token::DeviceTokens;
use crate::auth::password::{Cost, Passwords};
use crate::auth::token::{Tokens, new_signing_key};
use crate::config::DatabaseUrl;
use crate::crypto::Keys;
use crate::db::Db;
use crate::db::accounts::signing_keys;
use crate::db::engine::context::Deployment;
use crate::error::{Error, Result};
use crate::files::{self, Files};

/// The parts and settings of the application.
pub struct Options {
    /// The database; its schema must be current.
    pub database: DatabaseUrl,
    /// The key ring.
    pub keys: Arc<Keys>,
    /// The address at which clients reach this service: issuer and audience of tokens.
    pub public_url: String,
    /// Reader threads; 0: by kind of database.
    pub readers: usize,
    /// Due dates of the process, and the time.
    pub deployment: Deployment,
    /// The cost of a password hash.
    pub password_cost: Cost,
    /// Requests a minute.
    pub rate_limit: u32,
    /// Proxies whose X-Forwarded-For header is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Origins whose pages may send requests; empty if none may.
    pub origins: Vec<String>,
    /// The place of the files.
    pub files: files::Settings,
    /// The accounts of a demo as a JSON text, which its sign-in offers to everybody; none but in a demo for this computer alone.
    pub demo_accounts: Option<String>,
}

/// The operations that the router knows by name: the same for every application of the process.
static OPERATIONS: LazyLock<Arc<Operations>> = LazyLock::new(|| Arc::new(Operations::of(&openapi::from_handlers())));

/// The state that all workers share.
#[derive(Clone)]
pub struct AppState {
    gate: web::Data<Gate>,
    operations: web::Data<Operations>,
    documents: web::Data<DocumentSource>,
    metrics: web::Data<Metrics>,
    settings: web::Data<Settings>,
    public_url: web::Data<PublicUrl>,
    documentation: web::Data<Documentation>,
    origins: Arc<Vec<String>>,
    files: Arc<Files>,
}

impl AppState {
    /// Opens the database and puts the parts together. Returns the database too, for the system's own work.
    pub async fn open(options: Options) -> Result<(Self, Db)> {
        let db = Db::open(&options.database, options.keys.clone(), options.readers, options.deployment.clone())?;
        let keys = signing_key_ring(&db).await?;
        let tokens = Tokens::new(&options.public_url, &keys)?;
        let passwords = Passwords::new(&options.keys, options.password_cost)?;
        let files = Arc::new(Files::new(&options.files)?);
        let limit = NonZeroU32::new(options.rate_limit).ok_or_else(|| Error::internal("a rate limit of 0 lets nobody in"))?;
        let limiter = Limiter::new(limit);
        let credentials = Credentials { tokens, passwords, devices: DeviceTokens::new(options.keys.clone()) };
        let gate = Gate::new(db.clone(), credentials, limiter, options.deployment.clock, files.clone());
        let state = Self {
            gate: web::Data::new(gate),
            operations: web::Data::from(OPERATIONS.clone()),
            documents: web::Data::new(DocumentSource::new(openapi::document, &options.public_url)),
            metrics: web::Data::new(Metrics::default()),
            settings: web::Data::new(Settings {
                trusted_proxies: options.trusted_proxies,
                is_open_to_origins: !options.origins.is_empty(),
                ..Settings::default()
            }),
            public_url: web::Data::new(PublicUrl(options.public_url.clone())),
            documentation: web::Data::new(Documentation::new(&options.public_url, options.demo_accounts.as_deref())),
            origins: Arc::new(options.origins),
            files,
        };
        Ok((state, db))
    }
}

impl AppState {
    /// The storage of files, for the system's own work.
    pub fn files(&self) -> Arc<Files> {
        self.files.clone()
    }

    /// The proxies that are trusted.
    pub fn trusted_proxies(&self) -> &[IpAddr] {
        &self.settings.trusted_proxies
    }

    /// The figures, for what is counted beside the requests.
    pub fn metrics(&self) -> Arc<Metrics> {
        self.metrics.clone().into_inner()
    }
}

/// The signing keys; the first one is made at the first start.
async fn signing_key_ring(db: &Db) -> Result<Vec<(String, zeroize::Zeroizing<Vec<u8>>)>> {
    let start = db.as_system("signing keys");
    if start.read(signing_keys::list).await?.is_empty() {
        let (kid, pkcs8) = new_signing_key()?;
        start.write(move |tx| signing_keys::insert(tx, &kid, &pkcs8)).await?;
    }
    Ok(start.read(signing_keys::list).await?.into_iter().map(|key| (key.kid, key.pkcs8)).collect())
}

/// The application as a service.
pub fn build_app(
    state: &AppState,
) -> App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = actix_web::Error, InitError = ()> + use<>,
> {
    App::new()
        .into_utoipa_app()
        .configure(api::configure)
        .split_for_parts()
        .0
        .app_data(state.gate.clone())
        .app_data(state.operations.clone())
        .app_data(state.documents.clone())
        .app_data(state.metrics.clone())
        .app_data(state.settings.clone())
        .app_data(state.public_url.clone())
        .app_data(state.documentation.clone())
        .configure(docs::configure)
        .default_service(web::to(docs::missing::answer))
        .wrap(Condition::new(!state.origins.is_empty(), cors::open_to(&state.origins)))
        .wrap(from_fn(wrap))
}
