//! The load benchmark: `cargo bench --bench load [-- --cases N --seconds S --database sqlite|postgres|both]`.
//!
//! Runs the service and, in the same process and the same run, a bare actix server that answers with the same bytes: the
//! ceiling of what any service on this machine could reach. Prints tables that can be pasted into benches/README.md.

#![allow(clippy::expect_used, missing_docs, reason = "a benchmark that cannot go on stops and says why")]

mod bulk;
mod client;
mod fill;
mod postgres_server;
mod single;

use std::error::Error as _;
use std::fmt::Display;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpResponse, HttpServer, web};
use clap::{Parser, ValueEnum};
use client::{Load, Measured};
use diesel::connection::SimpleConnection;
use fill::*;
use futures_util::future::try_join_all;
use homeward::app::{AppState, Options};
use homeward::auth::password::{Cost, Passwords};
use homeward::command::{block_on, failure::Failure, migrate, serve};
use homeward::config::DatabaseUrl;
use homeward::crypto::{Keys, RootKey};
use homeward::db::accounts::{organisations::OrganisationRow, users::UserRow};
use homeward::db::casefile::compartments::Contents;
use homeward::db::cases::register::NewCase;
use homeward::db::engine::connection::{Connection, Use};
use homeward::db::engine::context::Deployment;
use homeward::db::{Db, Request, Tx};
use homeward::domain::access::{Actor, Role, UserActor};
use homeward::domain::codes::{ImmigrationStatus, OrganisationKind};
use homeward::domain::country::Country;
use homeward::domain::ids::{CaseId, OrganisationId, SessionId, UserId};
use postgres_server::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use single::*;
use tempfile::TempDir;
use tracing_subscriber::fmt::writer::MakeWriterExt;

/// Connections of the cells of the table.
const CONNECTIONS: [usize; 4] = [1, 16, 32, 64];
/// Writes under way at once while filling: the writer commits all that have queued together.
const FILLED_AT_ONCE: u32 = 256;
/// Rows of a page, and which page is compared with the first one.
const LIMIT: usize = 50;
const DEEP_PAGE: u32 = 200;
/// Where the organisations are.
const HOST: &str = "KHM";
const USERNAME: &str = "bench.officer";
const PASSWORD: &str = "a password for nothing but this run";
/// Nationalities in turn: three in ten are Indonesian.
const NATIONALITIES: [&str; 10] = ["IDN", "CHN", "VNM", "IDN", "PHL", "IND", "KEN", "IDN", "BGD", "ETH"];

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    Sqlite,
    Postgres,
    Both,
}

/// Measures the service against a bare actix server.
#[derive(Parser)]
struct Arguments {
    /// Cases in the database.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1000..=10_000_000))]
    cases: u32,
    /// Seconds that each cell of the table is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// Which database.
    #[arg(long, value_enum, default_value = "both")]
    database: Which,
    /// What cargo says to a benchmark, and only to a benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.bench {
        // `cargo test --all-targets` starts benchmarks too.
        println!("Nothing was measured. Run `cargo bench --bench load`.");
        return ExitCode::SUCCESS;
    }
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nTHE BENCHMARK FAILED: {failure}");
            failure.exit_code()
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    start_log();
    print_conditions(arguments)?;
    if arguments.database != Which::Postgres {
        let folder = tempfile::tempdir().map_err(failed("no temporary directory"))?;
        bench("SQLite", &DatabaseUrl::Sqlite(folder.path().join("bench.db")), arguments)?;
    }
    if arguments.database != Which::Sqlite {
        bench_postgres(arguments)?;
    }
    Ok(())
}

/// Without a server the other half still counts, unless this one was asked for by name.
fn bench_postgres(arguments: &Arguments) -> Result<(), Failure> {
    match postgres_server() {
        Ok(server) => {
            let database = ScratchDatabase::create(server)?;
            bench("Postgres", &database.url, arguments)
        }
        Err(reason) if arguments.database == Which::Postgres => Err(reason),
        Err(reason) => {
            show(&format!("\nTHE POSTGRES HALF WAS NOT RUN: {reason}"));
            Ok(())
        }
    }
}

/// A failure of the benchmark, with what was being done.
fn failed<E: Display>(doing: &str) -> impl FnOnce(E) -> Failure {
    move |cause| Failure::unavailable(format!("{doing}: {cause}"))
}

/// The request log is part of the work of a request: its lines are made as in production, and only what went wrong is shown.
fn start_log() {
    let shown = std::io::stderr.with_max_level(tracing::Level::WARN).or_else(std::io::sink);
    tracing_subscriber::fmt().json().flatten_event(true).with_max_level(tracing::Level::INFO).with_writer(shown).init();
}

fn print_conditions(arguments: &Arguments) -> Result<(), Failure> {
    let kind = if cfg!(debug_assertions) { "DEBUG BUILD: THE FIGURES MEAN NOTHING" } else { "release build" };
    println!("homeward load benchmark, {kind}: {} cases, {} s a cell, {} HTTP workers.", arguments.cases, arguments.seconds, workers()?);
    println!("The service, the bare server and the clients run in one process on {} cores, over loopback: the CPU time of the", workers()?);
    println!("clients is counted in the ceiling and in the measurement alike. Ceiling: a plain actix handler with as many workers");
    println!("that answers with the same body. The service signs the caller in, limits, counts and logs every request; a read that");
    println!("opens a person's data is answered after its audit entry is durable (fsync), a write after it is durable itself.");
    println!("RSS is that of the whole process, clients and bare server included, and without the database server of Postgres.");
    Ok(())
}

/// One worker a core, as in production.
fn workers() -> Result<usize, Failure> {
    std::thread::available_parallelism().map(usize::from).map_err(failed("the number of cores is not known"))
}

fn show(line: &str) {
    println!("{line}");
    // A reader of a pipe wants to see how far it is; whoever closed it sees nothing more, which is no failure.
    let _shown = std::io::stdout().flush();
}

/// Makes a database, fills it and measures everything on it.
fn bench(name: &str, database: &DatabaseUrl, arguments: &Arguments) -> Result<(), Failure> {
    show(&format!("\n### {name}, {} cases\n", arguments.cases));
    migrate(database)?;
    let keys = Arc::new(Keys::new(RootKey::new(homeward::crypto::random()?), Vec::new()));
    let options = Options {
        database: database.clone(),
        keys: keys.clone(),
        public_url: "http://localhost".to_owned(),
        readers: 0,
        deployment: deployment(),
        password_cost: Cost::FLOOR,
        rate_limit: 1_000_000_000,
        trusted_proxies: Vec::new(),
        origins: Vec::new(),
        files: homeward::files::Settings::Folder(std::env::temp_dir()),
    };
    let password_hash = Passwords::new(&keys, Cost::FLOOR)?.hash_now(PASSWORD)?;
    block_on(async {
        let (state, db) = AppState::open(options).await?;
        let started = Instant::now();
        let officer = create_organisations(&db, password_hash).await?;
        let ids = fill(&db, &officer, arguments.cases).await?;
        let seconds = started.elapsed().as_secs_f64();
        show(&format!("Filled in {seconds:.1} s: {:.0} cases a second; RSS {} MiB.\n", f64::from(arguments.cases) / seconds, rss_mib()?));
        gather_statistics(database.clone()).await?;
        bulk::measure_matcher(&db, arguments.cases).await?;
        let service = serve_on_loopback(|address| serve::listen(state, address, workers()?))?;
        let measured = measure_all(service.address, ids, arguments).await;
        service.handle.stop(false).await;
        measured
    })
}

/// What the autovacuum of a Postgres server does within a minute of such a filling; SQLite is left as it is in production.
async fn gather_statistics(database: DatabaseUrl) -> Result<(), Failure> {
    match database {
        DatabaseUrl::Sqlite(_) => Ok(()),
        DatabaseUrl::Postgres(_) => blocking(move || execute(&database, "ANALYZE")).await,
    }
}

/// Runs what blocks beside the servers, not in their way.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(failed("a measurement was interrupted"))?
}

// ---- Servers ----------------------------------------------------------------------------------------------------------

/// A server that runs.
struct Running {
    address: SocketAddr,
    handle: ServerHandle,
}

/// Starts a server on a free port of this host.
fn serve_on_loopback(listen: impl FnOnce(SocketAddr) -> Result<actix_web::dev::Server, Failure>) -> Result<Running, Failure> {
    // `listen` takes an address, not a socket; nothing else on this host is likely to take the port in between.
    let probe = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let address = probe.map_err(failed("no free port"))?;
    let server = listen(address)?;
    let handle = server.handle();
    actix_web::rt::spawn(server);
    Ok(Running { address, handle })
}

/// What the bare server answers with.
#[derive(Clone)]
struct Fixed {
    status: StatusCode,
    body: web::Bytes,
}

async fn answer(fixed: web::Data<Fixed>) -> HttpResponse {
    HttpResponse::build(fixed.status).content_type("application/json").body(fixed.body.clone())
}

/// A handler that takes a body reads it, however bare it is.
async fn read_and_answer(fixed: web::Data<Fixed>, _body: web::Bytes) -> HttpResponse {
    answer(fixed).await
}

/// Starts the ceiling: the same bytes, made once.
fn start_bare(fixed: Fixed) -> Result<Running, Failure> {
    let creates = fixed.status == StatusCode::CREATED;
    let fixed = web::Data::new(fixed);
    // No resource, so that not even a path is matched.
    let app = move || {
        let handler = if creates { web::to(read_and_answer) } else { web::to(answer) };
        App::new().app_data(fixed.clone()).default_service(handler)
    };
    serve_on_loopback(|address| {
        let server = HttpServer::new(app).workers(workers()?).keep_alive(Duration::from_secs(75)).bind(address);
        server.map(HttpServer::run).map_err(failed("the bare server cannot listen"))
    })
}

type MakeRequest = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// One row group of the table.
struct Subject {
    name: String,
    request: MakeRequest,
}

async fn measure_all(service: SocketAddr, ids: Vec<CaseId>, arguments: &Arguments) -> Result<(), Failure> {
    // Numbers up to here were used for filling.
    let numbers = Arc::new(AtomicU64::new(u64::from(arguments.cases)));
    let (deep_page, cursor) = blocking(move || walk(service)).await?;
    show("| Request | Connections | Requests/s | Ceiling/s | Ratio | p50 ms | p99 ms | RSS MiB |");
    show("|:--------|------------:|-----------:|----------:|------:|-------:|-------:|--------:|");
    let first_path = format!("/v1/cases?limit={LIMIT}");
    let run = Run { service, numbers, time: Duration::from_secs(arguments.seconds) };

    run.measure("GET /v1/cases/{id}", |token| get_case(ids, token)).await?;
    let filtered = format!("/v1/cases?nationality=IDN&limit={LIMIT}");
    run.measure(&format!("GET {filtered}"), |token| get(filtered.clone(), token)).await?;
    let first = run.measure(&format!("GET {first_path}, page 1"), |token| get(first_path.clone(), token)).await?;
    let deep =
        run.measure(&format!("GET {first_path}, page {deep_page}"), |token| get(format!("{first_path}&after={cursor}"), token)).await?;
    run.measure("GET /v1/worklist?horizon_days=30", |token| get("/v1/worklist?horizon_days=30".to_owned(), token)).await?;
    run.measure("GET /v1/reports/funnel", |token| get("/v1/reports/funnel".to_owned(), token)).await?;
    run.measure("POST /v1/cases", create_case).await?;
    let numbers = run.numbers.clone();
    blocking(move || bulk::measure_lists(service, &numbers)).await?;

    let ratios: Vec<String> =
        CONNECTIONS.iter().zip(first.iter().zip(&deep)).map(|(at, (first, deep))| format!("{:.2} at {at}", deep / first)).collect();
    show(&format!("\nPage {deep_page} against page 1, requests/s: {} connections.", ratios.join(", ")));
    Ok(())
}

fn get(path: String, token: String) -> MakeRequest {
    let request = client::request("GET", &path, &token, "");
    Arc::new(move |_| request.clone())
}

/// Another case every time, from everywhere in the table.
fn get_case(ids: Vec<CaseId>, token: String) -> MakeRequest {
    Arc::new(move |number| {
        let id = usize::try_from(number.wrapping_mul(7919)).ok().and_then(|at| ids.get(at % ids.len()));
        let path = id.map(|id| format!("/v1/cases/{id}")).unwrap_or_default();
        client::request("GET", &path, &token, "")
    })
}

/// Another person every time.
fn create_case(token: String) -> MakeRequest {
    Arc::new(move |number| client::request("POST", "/v1/cases", &token, &person(number).to_string()))
}

/// What all measurements on one database share.
struct Run {
    service: SocketAddr,
    numbers: Arc<AtomicU64>,
    time: Duration,
}

impl Run {
    /// Measures one kind of request at every number of connections, and its ceiling. Gives back the requests a second.
    async fn measure(&self, name: &str, request: impl FnOnce(String) -> MakeRequest) -> Result<Vec<f64>, Failure> {
        let service = self.service;
        // A token lives ten minutes: everything is measured with a fresh one.
        let token = blocking(move || sign_in(service)).await?;
        let subject = Subject { name: name.to_owned(), request: request(token) };
        let first = (subject.request)(self.numbers.fetch_add(1, Ordering::Relaxed));
        let bare = start_bare(blocking(move || sample(service, &first)).await?)?;
        let mut rates = Vec::new();
        for connections in CONNECTIONS {
            let ceiling = self.cell(bare.address, connections, &subject).await?;
            let measured = self.cell(service, connections, &subject).await?;
            show(&row(&subject.name, connections, &measured, &ceiling)?);
            rates.push(measured.per_second);
        }
        bare.handle.stop(false).await;
        Ok(rates)
    }

    async fn cell(&self, address: SocketAddr, connections: usize, subject: &Subject) -> Result<Measured, Failure> {
        let (numbers, request, time, name) = (self.numbers.clone(), subject.request.clone(), self.time, subject.name.clone());
        blocking(move || {
            let load = Load { address, connections, time, numbers: &numbers, request: &*request };
            load.run().map_err(failed(&format!("{name} at {connections} connections")))
        })
        .await
    }
}

fn row(name: &str, connections: usize, measured: &Measured, ceiling: &Measured) -> Result<String, Failure> {
    let Measured { per_second, p50_ms, p99_ms } = measured;
    let (ratio, rss) = (per_second / ceiling.per_second, rss_mib()?);
    let ceiling = ceiling.per_second;
    Ok(format!("| {name} | {connections} | {per_second:.0} | {ceiling:.0} | {ratio:.2} | {p50_ms:.2} | {p99_ms:.2} | {rss} |"))
}

/// Resident memory of this process.
fn rss_mib() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status").map_err(failed("/proc/self/status cannot be read"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|text| text.split_whitespace().next()).and_then(|text| text.parse::<u64>().ok());
    kib.map(|kib| kib / 1024).ok_or_else(|| Failure::unavailable("/proc/self/status has no VmRSS"))
}
