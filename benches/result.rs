//! What was measured, as tables to paste and as JSON for other programs.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::*;

/// One run.
#[derive(Serialize, Deserialize)]
pub struct Report {
    /// The day, in UTC.
    pub date: String,
    /// What it ran on.
    pub machine: String,
    /// What to type to have it again.
    pub command: String,
    /// One for each database and size.
    pub results: Vec<OnDatabase>,
}

/// The figures of one database at one size.
#[derive(Serialize, Deserialize)]
pub struct OnDatabase {
    /// SQLite or Postgres.
    pub database: String,
    /// Cases in it.
    pub cases: u32,
    /// The matcher's backlog: people compared a second. None, if it was restored and nobody was left to compare.
    pub matched_per_second: Option<f64>,
    /// People a second in lists.
    pub listed_per_second: Option<f64>,
    /// The cells.
    pub rows: Vec<Row>,
}

/// One line of the table.
#[derive(Serialize, Deserialize)]
pub struct Row {
    /// The request.
    pub request: String,
    /// Connections at once.
    pub connections: usize,
    /// The service.
    pub homeward: Figures,
    /// The bare server.
    pub ceiling: Figures,
    /// The peer, if it was asked.
    pub peer: Option<Figures>,
    /// Resident memory of the process after it.
    pub rss_mib: u64,
}

/// Medians of the rounds.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Figures {
    /// Answers a second.
    pub per_second: f64,
    /// Half of the answers took no longer.
    pub p50_ms: f64,
    /// 99 of 100 answers took no longer.
    pub p99_ms: f64,
}

impl Figures {
    /// The median of each figure.
    pub fn median(measured: &[Measured]) -> Self {
        let middle = |figure: fn(&Measured) -> f64| {
            let mut sorted: Vec<f64> = measured.iter().map(figure).collect();
            sorted.sort_by(f64::total_cmp);
            sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
        };
        Self { per_second: middle(|one| one.per_second), p50_ms: middle(|one| one.p50_ms), p99_ms: middle(|one| one.p99_ms) }
    }
}

impl Row {
    /// As a line of the table.
    pub fn line(&self) -> String {
        let Self { request, connections, homeward: Figures { per_second, p50_ms, p99_ms }, ceiling, rss_mib, .. } = self;
        let (ratio, ceiling) = (per_second / ceiling.per_second, ceiling.per_second);
        format!("| {request} | {connections} | {per_second:.0} | {ceiling:.0} | {ratio:.3} | {p50_ms:.2} | {p99_ms:.2} | {rss_mib} |")
    }

    /// Requests a second beside those of the peer.
    pub fn ratio_to_peer(&self) -> Option<f64> {
        self.peer.map(|peer| self.homeward.per_second / peer.per_second)
    }
}

/// The table that compares with the peer.
pub fn comparison(rows: &[Row]) -> String {
    let mut table = "\n| Request | Connections | Homeward/s | Peer/s | Homeward / peer | p99 ms | p99 ms of the peer |\n".to_owned();
    table.push_str("|:--------|------------:|-----------:|-------:|----------------:|-------:|-------------------:|\n");
    for row in rows {
        if let (Some(peer), Some(ratio)) = (row.peer, row.ratio_to_peer()) {
            let Row { request, connections, homeward: Figures { per_second, p99_ms, .. }, .. } = row;
            let (peer_rate, peer_p99) = (peer.per_second, peer.p99_ms);
            let line =
                format!("| {request} | {connections} | {per_second:.0} | {peer_rate:.0} | {ratio:.2} | {p99_ms:.2} | {peer_p99:.2} |");
            // Writing to a string cannot fail.
            let _written = writeln!(table, "{line}");
        }
    }
    table
}

/// How the deep page compares with the first one.
pub fn deep_page(rows: &[Row]) -> Option<String> {
    let rates = |page: &str| -> Vec<(usize, f64)> {
        let rows = rows.iter().filter(|row| row.request.starts_with("GET /v1/cases?limit=") && row.request.ends_with(page));
        rows.map(|row| (row.connections, row.homeward.per_second)).collect()
    };
    let deep = rows.iter().rev().find_map(|row| row.request.split_once(", page ")).map(|(_, page)| format!(", page {page}"))?;
    let ratios: Vec<String> =
        rates(", page 1").iter().zip(rates(&deep)).map(|((at, first), (_, deep))| format!("{:.2} at {at}", deep / first)).collect();
    Some(format!("\nRequests/s{deep}, against page 1: {} connections.", ratios.join(", ")))
}

impl Report {
    /// An empty one, with what must be known to repeat it.
    pub fn new() -> Result<Self, Failure> {
        let now = homeward::db::Clock::default().now().utc().to_string();
        let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
        Ok(Self {
            date: now.chars().take(10).collect(),
            machine: machine()?,
            command: format!("cargo bench --bench load -- {}", arguments.join(" ")).trim_end_matches(" -- ").to_owned(),
            results: Vec::new(),
        })
    }

    /// Writes it as JSON.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).map_err(failed("the result cannot be written"))?;
        std::fs::write(path, text + "\n").map_err(failed(&path.display().to_string()))
    }

    /// Reads one that was written.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(failed(&path.display().to_string()))?;
        serde_json::from_str(&text).map_err(failed(&path.display().to_string()))
    }
}

/// The processor and the memory, as a reader would ask for them.
fn machine() -> Result<String, Failure> {
    let value = |path: &str, name: &str| -> Result<String, Failure> {
        let text = std::fs::read_to_string(path).map_err(failed(path))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or(": unknown");
        Ok(line.trim_start_matches(|character: char| character == ':' || character.is_whitespace()).to_owned())
    };
    let kib = value("/proc/meminfo", "MemTotal")?.split_whitespace().next().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let versions: Vec<String> =
        [version("postgres"), version("node").map(|version| format!("Node {version}"))].into_iter().flatten().collect();
    Ok(format!(
        "{} cores of {}, {} GiB, {}",
        workers()?,
        value("/proc/cpuinfo", "model name")?,
        kib.div_ceil(1024 * 1024),
        versions.join(", ")
    ))
}

/// What a program says of its version, if it is there.
fn version(program: &str) -> Option<String> {
    let program = if program == "postgres" { postgres_binaries()?.join(program) } else { PathBuf::from(program) };
    let said = Command::new(program).arg("--version").output().ok()?;
    let said = String::from_utf8_lossy(&said.stdout).trim().replace("postgres (PostgreSQL)", "Postgres");
    Some(said.split(" (").next().unwrap_or_default().to_owned())
}

/// Resident memory of this process.
pub fn rss_mib() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status").map_err(failed("/proc/self/status cannot be read"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|text| text.split_whitespace().next()).and_then(|text| text.parse::<u64>().ok());
    kib.map(|kib| kib / 1024).ok_or_else(|| Failure::unavailable("/proc/self/status has no VmRSS"))
}
