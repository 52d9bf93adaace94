//! `homeward serve`: production.

use actix_web::HttpServer;
use actix_web::dev::Server;
use std::future::poll_fn;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::task::JoinHandle;

use crate::api::http::pieces::PIECE;
use crate::app::{AppState, Options, build_app};
use crate::auth::password::Cost;
use crate::command::backup_schedule::{self, Schedule};
use crate::command::connections::Connections;
use crate::command::data_lock::DataLock;
use crate::command::failure::Failure;
use crate::command::{self, background, connections, data_files, disk, erased_list, file_watch, imports, start_line, storage};
use crate::config::Config;
use crate::db::Db;
use crate::db::engine::context::Deployment;
use crate::domain::cases::phone;
use crate::files::Files;

/// Makes every check that must pass before the first request, then serves until told to stop.
pub fn run(config: &Config, create: bool) -> Result<(), Failure> {
    // Every check that can fail runs before anything is made.
    require_free(config.listen, "HOMEWARD_LISTEN")?;
    if !create {
        command::require_database(&config.database)?;
    }
    command::require_ours(&config.database)?;
    let is_demo = command::is_demo(&config.database);
    let files = storage::settings(config)?;
    storage::require_usable(config)?;
    config.backups.as_ref().map_or(Ok(()), backup_schedule::require_usable)?;
    let accounts = command::accounts(config)?;
    let is_new = create && !command::database_exists(&config.database);
    let keys = command::keys(config, is_new)?;
    if is_new {
        command::tell_new(config)?;
        command::create_folder(&config.database)?;
        data_files::forget_mark(&config.database)?;
    }
    let _lock = DataLock::take(&config.database, "serve")?;
    if !is_new {
        command::require_key(config, &keys)?;
    }
    let is_examined = data_files::require_sound(&config.database)?;
    if create {
        command::migrate(&config.database)?;
        command::protect(&config.database)?;
    } else {
        command::require_current_schema(&config.database)?;
    }
    command::start_log(config.log);
    start_line::tell(config, &files, is_demo)?;
    let (list, ring) = (erased_list::path(config)?, keys.clone());
    let schedule = Schedule::of(config, &keys);
    let options = Options {
        demo_accounts: None,
        database: config.database.clone(),
        keys,
        public_url: config.public_url.clone(),
        readers: config.readers,
        deployment: Deployment {
            rules: config.rules.clone(),
            report_seconds: config.report_seconds,
            searches: config.searches,
            figures: config.figures,
            attachments: config.attachments.limits,
            accounts,
            ..Deployment::default()
        },
        password_cost: Cost::STANDARD,
        rate_limit: config.rate_limit,
        trusted_proxies: config.trusted_proxies.clone(),
        origins: config.origins.clone(),
        files,
    };
    command::block_on(async {
        let (state, db) = AppState::open(options).await?;
        let (files, metrics) = (state.files(), state.metrics());
        let server = listen(state, config.listen, config.workers)?;
        let mut work = in_the_background(&db, files);
        work.push(actix_web::rt::spawn(erased_list::keep(db.clone(), ring, list)));
        work.push(actix_web::rt::spawn(file_watch::examine(db.clone(), is_examined)));
        work.push(actix_web::rt::spawn(backup_schedule::watch(db.clone(), metrics.clone())));
        work.push(actix_web::rt::spawn(disk::watch(db.clone(), metrics)));
        work.extend(schedule.map(|schedule| actix_web::rt::spawn(backup_schedule::keep(db.clone(), schedule))));
        let ready = || {
            tracing::info!(address = %config.listen, "ready");
            Ok(())
        };
        let ended = finish(server, work, db.clone(), ready).await;
        file_watch::rescue(&db);
        ended
    })
}

/// Brings the schema up to date, while no service runs on the file. Returns the names of the migrations that ran.
pub fn migrate(config: &Config) -> Result<Vec<String>, Failure> {
    command::require_database(&config.database)?;
    command::require_ours(&config.database)?;
    let _lock = DataLock::take(&config.database, "migrate")?;
    if command::has_schema(&config.database)? {
        command::require_key(config, &command::keys(config, false)?)?;
    }
    command::migrate(&config.database)
}

/// Refuses an address that is in use. `setting` is the option with which another one is chosen.
pub fn require_free(address: SocketAddr, setting: &str) -> Result<(), Failure> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) => Err(unusable(address, &error, setting)),
    }
}

fn unusable(address: SocketAddr, error: &std::io::Error, setting: &str) -> Failure {
    Failure::unavailable(match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("{address} is in use. Stop what listens there, or choose another address with {setting}.")
        }
        _ => format!("Cannot listen on {address}: {error}. Choose another address with {setting}."),
    })
}

/// Starts to listen. Refuses an address that is in use.
pub fn listen(state: AppState, address: SocketAddr, workers: usize) -> Result<Server, Failure> {
    phone::prepare();
    let refused = |error: std::io::Error| unusable(address, &error, "HOMEWARD_LISTEN, or --listen for the demo");
    let listener = connections::socket(address).map_err(refused)?;
    let open = Connections::behind(state.trusted_proxies());
    let workers = worker_threads(workers);
    let server = HttpServer::new(move || build_app(&state))
        .workers(workers)
        .max_connections(connections::most_of_each(workers))
        .on_connect(move |connection, kept| open.note(connection, kept))
        .h1_write_buffer_size(PIECE)
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(10)
        .listen(listener)
        .map_err(refused)?;
    Ok(server.run())
}

/// The number of HTTP threads: 0 in the settings means one a core.
pub(in crate::command) fn worker_threads(setting: usize) -> usize {
    if setting == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { setting }
}

/// Starts the work beside the requests, which runs as long as the service.
pub fn in_the_background(db: &Db, files: Arc<Files>) -> Vec<JoinHandle<()>> {
    vec![
        actix_web::rt::spawn(background::keep_names(db.clone())),
        actix_web::rt::spawn(background::keep_columns(db.clone())),
        actix_web::rt::spawn(background::forget_keys(db.clone())),
        actix_web::rt::spawn(background::match_people(db.clone())),
        actix_web::rt::spawn(imports::work_on_imports(db.clone(), files.clone())),
        actix_web::rt::spawn(storage::clean_up(db.clone(), files)),
        actix_web::rt::spawn(background::run_scheduler(db.clone())),
        actix_web::rt::spawn(background::seal_audit_trail(db.clone())),
    ]
}

/// Serves until SIGTERM or SIGINT; requests in progress are still answered. At the end the database file is complete without its
/// log. `ready` tells that it serves, once it can be asked to end.
pub async fn finish(server: Server, work: Vec<JoinHandle<()>>, db: Db, ready: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    let watch = actix_web::rt::spawn(file_watch::end_with_the_files(db.clone(), server.handle()));
    let mut server = pin!(server);
    // From its first turn on the server takes the signals: before, SIGTERM would end the process as it is.
    let ended = match poll_fn(|context| Poll::Ready(server.as_mut().poll(context))).await {
        Poll::Ready(ended) => ended,
        Poll::Pending => {
            ready()?;
            server.await
        }
    };
    let ended = ended.map_err(|error| Failure::unavailable(format!("The server stopped: {error}")));
    work.iter().chain([&watch]).for_each(JoinHandle::abort);
    if let Some(fault) = db.fault() {
        // Nothing may be written into files that are damaged, or that nobody finds again.
        return Err(Failure::passing(fault.sentence()));
    }
    db.flush_refusals().await;
    db.checkpoint().await?;
    tracing::info!("stopped");
    ended
}
