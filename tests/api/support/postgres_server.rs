//! A Postgres for the tests: the one that TEST_DATABASE_URL names; otherwise one started in a temporary folder from the server
//! binaries of this machine; otherwise none, with a loud warning, or an error where Postgres is required.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::support::database;

/// The URL of the server's maintenance database, without a path; none when there is no server.
pub fn url() -> Option<&'static str> {
    static URL: OnceLock<Option<String>> = OnceLock::new();
    URL.get_or_init(|| {
        let found = variable("TEST_DATABASE_URL").or_else(start);
        if found.is_none() {
            assert!(variable("HOMEWARD_REQUIRE_POSTGRES").is_none(), "HOMEWARD_REQUIRE_POSTGRES is set and there is no Postgres");
            // Straight to standard error: the output of a passing test is not shown.
            let warning = b"\n*** NO POSTGRES FOUND: HALF OF THE SUITE WAS NOT RUN. INSTALL IT, OR SET TEST_DATABASE_URL. ***\n\n";
            std::io::stderr().write_all(warning).expect("the warning is seen");
        }
        found
    })
    .as_deref()
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where Postgres is, and which time it is")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Starts a server that ends when this process does.
fn start() -> Option<String> {
    let binaries = binaries()?;
    let folder = database::memory_or_disk().join(format!("homeward-postgres-{}", std::process::id()));
    std::fs::create_dir_all(&folder).ok()?;
    let as_root = Command::new("id").arg("-u").output().ok()?.stdout.starts_with(b"0\n");
    if as_root {
        // The server refuses to run as root.
        Command::new("chown").arg("postgres").arg(&folder).status().ok()?;
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
    let data = folder.join("data");
    let initialise = format!("'{}' -D '{}' -U homeward -A trust --no-sync >/dev/null", binaries.join("initdb").display(), data.display());
    let settings = format!(
        "-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{}' -c fsync=off -c max_connections=300 \
         -c max_wal_size=256MB",
        folder.display()
    );
    let serve = format!("'{}' -D '{}' {settings} >'{}/log' 2>&1", binaries.join("postgres").display(), data.display(), folder.display());
    let watch = format!(
        "{initialise} && {{ {serve} & }}; PG=$!; while [ -d /proc/{} ]; do sleep 1; done; kill -INT $PG; sleep 1; rm -rf '{}'",
        std::process::id(),
        folder.display()
    );
    let (program, arguments) =
        if as_root { ("runuser", vec!["-u", "postgres", "--", "sh", "-c", &watch]) } else { ("sh", vec!["-c", watch.as_str()]) };
    Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
    wait_for(port, &binaries)
}

/// The way in which a server of our own copies a database: file by file, which takes half the computing of page by page through
/// its log. Empty for a server that the suite did not start: versions before 15 do not know the option.
pub fn copying() -> &'static str {
    let version = binaries().and_then(|folder| folder.parent()?.file_name()?.to_str()?.parse::<u32>().ok());
    if variable("TEST_DATABASE_URL").is_none() && version >= Some(15) { "STRATEGY FILE_COPY" } else { "" }
}

fn wait_for(port: u16, binaries: &Path) -> Option<String> {
    let until = Instant::now() + Duration::from_secs(60);
    while Instant::now() < until {
        let ready =
            Command::new(binaries.join("pg_isready")).args(["-h", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).status();
        if ready.is_ok_and(|status| status.success()) {
            return Some(format!("postgres://homeward@127.0.0.1:{port}"));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    None
}

fn binaries() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let mut candidates: Vec<PathBuf> = debian.filter(|folder| folder.join("postgres").exists() && folder.join("initdb").exists()).collect();
    candidates.sort();
    candidates.pop()
}
