//! `homeward serve`: production.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::Server;
use tokio::task::JoinHandle;

use super::data_lock::DataLock;
use super::{Failure, start_line, storage};
use crate::app::{AppState, Options, build_app};
use crate::auth::password::Cost;
use crate::config::Config;
use crate::db::{Db, Deployment, SystemDb, blind_search, idempotency, lapses, matching, names, process, sharing};
use crate::error::Error;
use crate::files::Files;

/// How often the matcher looks for new names, and for whom to compare.
const MATCHING: Duration = Duration::from_secs(1);
/// How often the process looks at the clock.
const CLOCK: Duration = Duration::from_secs(60);

/// Checks everything that must be right before the first request, then serves until told to stop.
pub fn run(config: &Config, create: bool) -> Result<(), Failure> {
    // Everything that can be refused is asked before anything is made.
    require_free(config.listen, "HOMEWARD_LISTEN")?;
    if !create {
        super::require_database(&config.database)?;
    }
    super::require_ours(&config.database)?;
    let is_demo = super::is_demo(&config.database);
    let files = storage::settings(config)?;
    storage::require_usable(config)?;
    let accounts = super::accounts(config)?;
    let is_new = create && !super::database_exists(&config.database);
    let keys = super::keys(config, is_new)?;
    if is_new {
        super::tell_new(config);
        super::create_folder(&config.database)?;
    }
    let _lock = DataLock::take(&config.database, "serve")?;
    if !is_new {
        super::require_key(config, &keys)?;
    }
    if create {
        super::migrate(&config.database)?;
        super::protect(&config.database)?;
    } else {
        super::require_current_schema(&config.database)?;
    }
    super::start_log(config.log);
    start_line::tell(config, &files, is_demo)?;
    let options = Options {
        database: config.database.clone(),
        keys,
        public_url: config.public_url.clone(),
        readers: config.readers,
        deployment: Deployment {
            rules: config.rules.clone(),
            report_seconds: config.report_seconds,
            searches: config.searches,
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
    super::block_on(async {
        let (state, db) = AppState::open(options).await?;
        let files = state.files();
        let server = listen(state, config.listen, config.workers)?;
        let work = in_the_background(&db, files);
        tracing::info!(address = %config.listen, "ready");
        finish(server, work, db).await
    })
}

/// Brings the schema up to date, while no service runs on the file. Gives back the names of what ran.
pub fn migrate(config: &Config) -> Result<Vec<String>, Failure> {
    super::require_database(&config.database)?;
    super::require_ours(&config.database)?;
    let _lock = DataLock::take(&config.database, "migrate")?;
    if super::has_schema(&config.database)? {
        super::require_key(config, &super::keys(config, false)?)?;
    }
    super::migrate(&config.database)
}

/// Refuses an address that something listens on already. `setting` is where another one is chosen.
pub fn require_free(address: SocketAddr, setting: &str) -> Result<(), Failure> {
    match std::net::TcpListener::bind(address) {
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

/// Starts to listen. An address that is taken is said to be.
pub fn listen(state: AppState, address: SocketAddr, workers: usize) -> Result<Server, Failure> {
    let workers = if workers == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { workers };
    let server = HttpServer::new(move || build_app(&state))
        .workers(workers)
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(10)
        .bind(address)
        .map_err(|error| unusable(address, &error, "HOMEWARD_LISTEN, or --listen for the demo"))?;
    Ok(server.run())
}

/// What the service does beside the requests, as long as it runs.
pub fn in_the_background(db: &Db, files: Arc<Files>) -> Vec<JoinHandle<()>> {
    vec![
        actix_web::rt::spawn(match_people(db.clone())),
        actix_web::rt::spawn(storage::sweep(db.clone(), files)),
        actix_web::rt::spawn(follow_the_clock(db.clone())),
    ]
}

/// Serves until SIGTERM or SIGINT; what is being answered then is answered still. At the end the database file is complete
/// without its log.
pub async fn finish(server: Server, work: Vec<JoinHandle<()>>, db: Db) -> Result<(), Failure> {
    let ended = server.await.map_err(|error| Failure::unavailable(format!("The server stopped: {error}")));
    work.iter().for_each(JoinHandle::abort);
    db.checkpoint().await?;
    tracing::info!("stopped");
    ended
}

/// Follows the clock: once a minute, marks what has lapsed. Several instances may do so at the same time.
pub async fn follow_the_clock(db: Db) {
    let mut looked_at = None;
    loop {
        let today = db.today();
        let birthdays = async { if looked_at == Some(today) { Ok(()) } else { follow_birthdays(&db).await } };
        if let Err(error) = birthdays.await.and(follow_once(&db).await) {
            tracing::warn!(cause = error.cause(), "what the clock asks for could not be done; trying again");
        } else {
            looked_at = Some(today);
        }
        actix_web::rt::time::sleep(CLOCK).await;
    }
}

/// Keeps the names in memory, and compares whoever is new with everybody: beside the requests, which never wait for it.
pub async fn match_people(db: Db) {
    loop {
        if let Err(error) = match_once(&db).await {
            tracing::warn!(cause = error.cause(), "people could not be compared; trying again");
        }
        actix_web::rt::time::sleep(MATCHING).await;
    }
}

/// One round: names that other instances committed, then everybody who was not compared yet. Several instances may do so at
/// the same time; what both find is recorded once.
pub async fn match_once(db: &Db) -> Result<(), Error> {
    let system = db.as_system("compare people");
    system.read(names::refresh).await?;
    for subject in system.read(matching::queued).await? {
        let asked = subject.clone();
        match system.read(move |tx| matching::compare(tx, &asked)).await {
            Ok(findings) => system.write(move |tx| matching::record(tx, &subject, &findings)).await?,
            // One person who cannot be read must not keep the others from being compared.
            Err(error) => tracing::warn!(cause = error.cause(), "somebody could not be compared"),
        }
    }
    Ok(())
}

/// What happens because time passes is nobody's doing.
pub(super) fn by_the_clock(db: &Db) -> SystemDb<'_> {
    db.as_system("follow the clock")
}

/// Once a day: who came of age is a child no more, and the searches of yesterday are forgotten.
pub async fn follow_birthdays(db: &Db) -> Result<(), Error> {
    let system = by_the_clock(db);
    for case in system.read(process::may_be_of_age).await? {
        system.write(move |tx| process::look_at_age(tx, case)).await?;
    }
    system.write(blind_search::forget_old).await
}

/// One round: what has lapsed by now, each in a transaction of its own; cases that the process has not looked at yet; and
/// what is too old is forgotten.
pub async fn follow_once(db: &Db) -> Result<(), Error> {
    let system = by_the_clock(db);
    for lapse in system.read(lapses::due).await? {
        // One record that cannot be opened must not keep the others from expiring.
        if let Err(error) = system.write(move |tx| lapses::expire(tx, &lapse)).await {
            tracing::warn!(cause = error.cause(), "a record that lapsed could not be marked");
        }
    }
    for person in system.read(sharing::due).await? {
        // What ends on its minute for one person must not wait for another.
        if let Err(error) = system.write(move |tx| sharing::settle_by_the_clock(tx, person)).await {
            tracing::warn!(cause = error.cause(), "what somebody's consent asks for could not be done");
        }
    }
    for case in system.read(process::not_followed).await? {
        system.write(move |tx| process::catch_up(tx, case)).await?;
    }
    if system.read(idempotency::has_old).await? {
        system.write(idempotency::forget_old).await?;
    }
    Ok(())
}
