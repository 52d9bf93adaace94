//! The load benchmark: `cargo bench --bench load [-- --cases N --seconds S --database sqlite|postgres|both]`.
//!
//! Runs the service and, in the same process and the same run, a bare actix server that answers with the same bytes: the
//! ceiling of what any service on this machine could reach. With `--peer`, a service in Node beside them (benches/peer). Prints
//! tables that can be pasted into benches/README.md.

#![allow(clippy::expect_used, missing_docs, reason = "a benchmark that cannot go on stops and says why")]

mod bulk;
mod client;
mod fill;
mod kept;
mod measure;
mod peer;
mod picture;
mod postgres_server;
mod result;
mod servers;
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
use homeward::command::{block_on, failure::Failure, key_file, migrate, serve};
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
use kept::{Kept, Source};
use measure::Run;
use peer::Peer;
use postgres_server::*;
use result::{Figures, OnDatabase, Report, Row, rss_mib};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use servers::*;
use single::*;
use tempfile::TempDir;
use tracing_subscriber::fmt::writer::MakeWriterExt;

/// Connections of the cells of the table, alone and beside a peer.
const CONNECTIONS: [usize; 4] = [1, 16, 32, 64];
const CONNECTIONS_BESIDE_PEER: [usize; 2] = [16, 64];
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

/// Measures the service against a bare actix server, and against a service in Node.
#[derive(Parser)]
struct Arguments {
    /// Cases in the database; several sizes, separated by commas, are measured one after the other.
    #[arg(long, default_value = "100000", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1000..=10_000_000))]
    cases: Vec<u32>,
    /// Seconds that each cell of the table is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// Rounds in which the servers take turns; the medians count.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
    /// Connections at once, separated by commas [default: 1,16,32,64; 16,64 with --peer]
    #[arg(long, value_delimiter = ',')]
    connections: Vec<usize>,
    /// Which database.
    #[arg(long, value_enum, default_value = "both")]
    database: Which,
    /// Compare with the service in benches/peer what it can do too. Needs Node and a Postgres server.
    #[arg(long)]
    peer: bool,
    /// Keep the filled databases in this folder, and start from them if they are there.
    #[arg(long, value_name = "FOLDER")]
    restore: Option<PathBuf>,
    /// Write what was measured as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure nothing: draw the picture of a run with --peer from its JSON.
    #[arg(long, value_name = "JSON", requires = "svg")]
    draw: Option<PathBuf>,
    /// Where the picture goes.
    #[arg(long, value_name = "FILE", requires = "draw")]
    svg: Option<PathBuf>,
    /// What cargo says to a benchmark, and only to a benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Arguments {
    fn connections(&self) -> Vec<usize> {
        match (self.connections.is_empty(), self.peer) {
            (false, _) => self.connections.clone(),
            (true, true) => CONNECTIONS_BESIDE_PEER.to_vec(),
            (true, false) => CONNECTIONS.to_vec(),
        }
    }
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
    if let (Some(json), Some(svg)) = (&arguments.draw, &arguments.svg) {
        return std::fs::write(svg, picture::draw(&Report::read(json)?)).map_err(failed("the picture"));
    }
    start_log();
    print_conditions(arguments)?;
    let mut report = Report::new()?;
    for cases in arguments.cases.iter().copied() {
        if arguments.database != Which::Postgres {
            report.results.push(bench_sqlite(arguments, cases)?);
        }
        if arguments.database != Which::Sqlite {
            report.results.extend(bench_postgres(arguments, cases)?);
        }
    }
    arguments.json.as_ref().map_or(Ok(()), |path| report.write(path))
}

fn bench_sqlite(arguments: &Arguments, cases: u32) -> Result<OnDatabase, Failure> {
    let folder = tempfile::tempdir().map_err(failed("no temporary directory"))?;
    let file = folder.path().join("bench.db");
    let kept = Kept::of(arguments, "sqlite", cases);
    if let Some(kept) = kept.as_ref().filter(|kept| kept.is_there()) {
        kept::copy(&kept.copy(), &file)?;
    }
    // The peer is on Postgres in any case.
    let server = if arguments.peer { Some(postgres_server(None)?) } else { None };
    let url = DatabaseUrl::Sqlite(file.clone());
    bench(&Bench { name: "SQLite", cases, url: &url, kept, source: Source::Sqlite(&file), of_peer: server.as_ref(), arguments })
}

/// Without a server the other half still counts, unless this one was asked for by name.
fn bench_postgres(arguments: &Arguments, cases: u32) -> Result<Option<OnDatabase>, Failure> {
    let kept = Kept::of(arguments, "postgres", cases);
    let restored = kept.as_ref().filter(|kept| kept.is_there()).map(Kept::copy);
    let server = match postgres_server(restored.as_deref()) {
        Ok(server) => server,
        Err(reason) if arguments.database == Which::Postgres || arguments.peer => return Err(reason),
        Err(reason) => {
            show(&format!("\nTHE POSTGRES HALF WAS NOT RUN: {reason}"));
            return Ok(None);
        }
    };
    let database = ScratchDatabase::create(&server, restored.is_some())?;
    let of_peer = arguments.peer.then_some(&server);
    let source = Source::Postgres(&server);
    bench(&Bench { name: "Postgres", cases, url: &database.url, kept, source, of_peer, arguments }).map(Some)
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
    let Arguments { seconds, rounds, .. } = arguments;
    println!(
        "homeward load benchmark, {kind}: {seconds} s a cell, rounds of which the medians count: {rounds}, HTTP workers: {}.",
        workers()?
    );
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

/// One database at one size.
struct Bench<'a> {
    name: &'static str,
    cases: u32,
    url: &'a DatabaseUrl,
    kept: Option<Kept>,
    source: Source<'a>,
    of_peer: Option<&'a PostgresServer>,
    arguments: &'a Arguments,
}

/// Makes a database, fills it, unless it is restored, and measures everything on it.
fn bench(of: &Bench<'_>) -> Result<OnDatabase, Failure> {
    show(&format!("\n### {}, {} cases\n", of.name, of.cases));
    migrate(of.url)?;
    let restored = of.kept.as_ref().filter(|kept| kept.is_there());
    let folder = tempfile::tempdir().map_err(failed("no temporary directory"))?;
    let key_file = folder.path().join("root.key");
    let key = restored.map_or_else(|| key_file::create(&key_file), Kept::key)?;
    let keys = Arc::new(Keys::new(key, Vec::new()));
    let password_hash = Passwords::new(&keys, Cost::FLOOR)?.hash_now(PASSWORD)?;
    block_on(async {
        let (state, db) = AppState::open(options(of.url, keys)).await?;
        let (ids, matched_per_second) = match restored {
            Some(kept) => {
                show("Restored.\n");
                (kept.ids()?, None)
            }
            None => {
                let ids = filled(of, &db, password_hash).await?;
                let matched_per_second = bulk::measure_matcher(&db, of.cases).await?;
                if let Some(kept) = &of.kept {
                    db.checkpoint().await?;
                    kept.keep(&key_file, &ids, &of.source)?;
                }
                (ids, Some(matched_per_second))
            }
        };
        // Nothing else runs here that would read the names of a restored database before somebody is looked for.
        homeward::command::background::keep_names_once(&db).await?;
        let peer = of.of_peer.map(|server| Peer::start(server, of.cases)).transpose()?;
        let service = serve_on_loopback(|address| serve::listen(state, address, workers()?))?;
        let measured = measure(of, service.address, peer.as_ref(), ids).await;
        service.handle.stop(false).await;
        let (rows, listed_per_second) = measured?;
        Ok(OnDatabase { database: of.name.to_owned(), cases: of.cases, matched_per_second, listed_per_second, rows })
    })
}

fn options(database: &DatabaseUrl, keys: Arc<Keys>) -> Options {
    Options {
        database: database.clone(),
        keys,
        public_url: "http://localhost".to_owned(),
        readers: 0,
        deployment: deployment(),
        password_cost: Cost::FLOOR,
        rate_limit: 1_000_000_000,
        trusted_proxies: Vec::new(),
        origins: Vec::new(),
        files: homeward::files::Settings::Folder(std::env::temp_dir()),
        demo_accounts: None,
    }
}

async fn filled(of: &Bench<'_>, db: &Db, password_hash: String) -> Result<Vec<CaseId>, Failure> {
    let started = Instant::now();
    let officer = create_organisations(db, password_hash).await?;
    let ids = fill(db, &officer, of.cases).await?;
    let seconds = started.elapsed().as_secs_f64();
    show(&format!("Filled in {seconds:.1} s: {:.0} cases a second; RSS {} MiB.\n", f64::from(of.cases) / seconds, rss_mib()?));
    gather_statistics(of.url.clone()).await?;
    Ok(ids)
}

/// The requests, and what is told below their table.
async fn measure(of: &Bench<'_>, service: SocketAddr, peer: Option<&Peer>, ids: Vec<CaseId>) -> Result<(Vec<Row>, Option<f64>), Failure> {
    // Numbers up to here were used for filling.
    let numbers = Arc::new(AtomicU64::new(u64::from(of.cases)));
    let peer = peer.map(|peer| peer.address);
    let run = Run { service, peer, numbers: numbers.clone(), arguments: of.arguments, cases: of.cases };
    let rows = run.measure_all(ids).await?;
    if peer.is_some() {
        show(&result::comparison(&rows));
        return Ok((rows, None));
    }
    let listed_per_second = blocking(move || bulk::measure_lists(service, &numbers)).await?;
    if let Some(deep_page) = result::deep_page(&rows) {
        show(&deep_page);
    }
    Ok((rows, Some(listed_per_second)))
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
