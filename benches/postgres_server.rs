//! A Postgres server to measure on: a given one, or one of our own for the time of the run.

use super::*;

/// A Postgres server to make a database on: a given one, or one of our own for the time of the run.
pub struct PostgresServer {
    pub url: DatabaseUrl,
    /// The same as text, for the peer.
    pub text: String,
    own: Option<OwnServer>,
}

/// Finds or starts one; from the kept data folder, if there is one.
pub fn postgres_server(restored: Option<&Path>) -> Result<PostgresServer, Failure> {
    if let Some(text) = environment("TEST_DATABASE_URL") {
        return match restored {
            None => Ok(PostgresServer { url: DatabaseUrl::parse(&text, None)?, text, own: None }),
            Some(_) => Err(Failure::input(ONLY_OWN)),
        };
    }
    let own = OwnServer::start(restored)?;
    let socket = own.folder.path().to_string_lossy().replace('/', "%2F");
    let text = format!("postgres://postgres@{socket}/postgres");
    Ok(PostgresServer { url: DatabaseUrl::parse(&text, None)?, text, own: Some(own) })
}

/// A data folder can be kept only of a server that is ours.
const ONLY_OWN: &str = "--restore keeps the data folder of the benchmark's own Postgres server: unset TEST_DATABASE_URL";

impl PostgresServer {
    /// Copies the data folder while the server runs.
    pub fn back_up(&self, to: &Path) -> Result<(), Failure> {
        let own = self.own.as_ref().ok_or_else(|| Failure::input(ONLY_OWN))?;
        // Its own user may not write where the copy is kept.
        let made = own.folder.path().join("copy");
        let mut command = own.command("pg_basebackup");
        finish(command.args(["--checkpoint=fast", "--username=postgres", "-h"]).arg(own.folder.path()).arg("-D").arg(&made))?;
        kept::copy(&made, to)?;
        std::fs::remove_dir_all(&made).map_err(failed("the copy of the data folder"))
    }
}

pub fn environment(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "settings of the benchmark are not settings of the service")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A database of our own, dropped at the end.
pub struct ScratchDatabase<'a> {
    server: &'a PostgresServer,
    name: String,
    pub url: DatabaseUrl,
}

impl<'a> ScratchDatabase<'a> {
    /// Makes it, unless it came with the restored data folder.
    pub fn create(server: &'a PostgresServer, is_restored: bool) -> Result<Self, Failure> {
        // On a server of our own it is called the same in every run; on a given one two runs must not meet.
        let name = if server.own.is_some() { "homeward_bench".to_owned() } else { format!("homeward_bench_{}", std::process::id()) };
        if !is_restored {
            execute(&server.url, &format!("CREATE DATABASE {name}"))?;
        }
        let mut url = server.url.clone();
        if let DatabaseUrl::Postgres(postgres) = &mut url {
            postgres.options.dbname(&name);
        }
        Ok(Self { server, name, url })
    }
}

impl Drop for ScratchDatabase<'_> {
    fn drop(&mut self) {
        if let Err(failure) = execute(&self.server.url, &format!("DROP DATABASE {} WITH (FORCE)", self.name)) {
            eprintln!("The database {} was left behind: {failure}", self.name);
        }
    }
}

/// Executes a statement on a connection of its own.
pub fn execute(database: &DatabaseUrl, sql: &str) -> Result<(), Failure> {
    let executed = Connection::open(database, Use::Write, &Arc::default())?.batch_execute(sql);
    executed.map_err(|error| Failure::unavailable(format!("{sql}: {error}{}", error.source().map(ToString::to_string).unwrap_or_default())))
}

/// A server of our own in a temporary directory, reachable through a socket in it, with the settings it comes with.
pub struct OwnServer {
    folder: TempDir,
    binaries: PathBuf,
}

impl OwnServer {
    fn start(restored: Option<&Path>) -> Result<Self, Failure> {
        let binaries = postgres_binaries().ok_or_else(|| {
            Failure::unavailable("TEST_DATABASE_URL is not set, and there is no initdb and pg_ctl in PATH or /usr/lib/postgresql/*/bin")
        })?;
        let server = Self { folder: tempfile::tempdir().map_err(failed("no temporary directory"))?, binaries };
        if is_root() {
            finish(Command::new("chown").arg("postgres").arg(server.folder.path()))?;
        }
        match restored {
            Some(copy) => kept::copy(copy, &server.data())?,
            None => finish(
                server
                    .command("initdb")
                    .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "-D"])
                    .arg(server.data()),
            )?,
        }
        let settings = format!("-c listen_addresses='' -k {}", server.folder.path().display());
        let log = server.folder.path().join("server.log");
        finish(server.command("pg_ctl").args(["start", "-w", "-o", &settings, "-l"]).arg(log).arg("-D").arg(server.data()))?;
        Ok(server)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A command of Postgres. As root it refuses to run, so it is run as its own user.
    fn command(&self, program: &str) -> Command {
        let program = self.binaries.join(program);
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(&program) };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(program);
        }
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        if !self.data().join("postmaster.pid").exists() {
            return; // It never started.
        }
        if let Err(failure) = finish(self.command("pg_ctl").args(["stop", "-w", "-m", "fast", "-D"]).arg(self.data())) {
            eprintln!("The temporary Postgres server was left running: {failure}");
        }
    }
}

pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Runs a command to its end. Its output goes nowhere: a server it starts would keep a pipe open.
pub fn finish(command: &mut Command) -> Result<(), Failure> {
    let text = format!("{command:?}");
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().map_err(failed(&text))?;
    if status.success() { Ok(()) } else { Err(Failure::unavailable(format!("{text}: {status}"))) }
}

/// The folder with the newest Postgres binaries.
pub fn postgres_binaries() -> Option<PathBuf> {
    let in_path = environment("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&in_path).collect();
    let mut installed: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
    installed.sort();
    folders.extend(installed.into_iter().rev());
    let found = folders.into_iter().find(|folder| has_server(folder))?;
    // Where a distribution links them into PATH, the rest is beside the file that the link leads to.
    let real = found.join("initdb").canonicalize().ok()?;
    real.parent().map(Path::to_owned)
}

pub fn has_server(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file())
}
