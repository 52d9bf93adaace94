//! The binary as an operator uses it: each test in a folder of its own, with no other environment variables.

mod admin;
mod audit;
mod backup;
mod backup_schedule;
mod data_files;
mod demo;
mod full_disk;
mod import;
mod process_memory;
mod settings;
mod silent_host;
mod stalled_bodies;
mod stops;
mod unread_answers;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use homeward::config::DatabaseUrl;
use homeward::db::engine::connection::{Connection, Use};
use homeward::db::engine::migrate;

use serde_json::{Value, json};

/// A folder in which `homeward` is run.
struct Place {
    folder: tempfile::TempDir,
    port: u16,
}

/// The result of a command.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    #[track_caller]
    fn expect(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.out, self.err);
        let said = format!("{}{}", self.out, self.err);
        for word in words {
            assert!(said.contains(word), "`{word}` is missing, so that nobody knows what to do: {said}");
        }
        self
    }

    #[track_caller]
    fn hides(&self, secret: &str) {
        assert!(!self.out.contains(secret) && !self.err.contains(secret), "what may be secret is never repeated: {}{}", self.out, self.err);
    }
}

/// A server that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // The process may have ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Running {
    /// Asks the server to end, and returns its exit code.
    fn end(mut self) -> Option<i32> {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().expect("kill");
        assert!(asked.success());
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until {
            if let Some(status) = self.0.try_wait().expect("a process") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("SIGTERM did not end the server within ten seconds");
    }
}

impl Place {
    fn new() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        Self { folder: tempfile::tempdir().expect("a folder"), port }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homeward"));
        command.args(arguments).env_clear().current_dir(self.folder.path());
        command
            .env("HOMEWARD_LISTEN", format!("127.0.0.1:{}", self.port))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, &[], "")
    }

    fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Ended {
        let mut child = self.command(arguments).envs(variables.iter().copied()).stdin(Stdio::piped()).spawn().expect("homeward starts");
        // A command that refuses before it reads has closed its input.
        drop(child.stdin.take().expect("an input").write_all(input.as_bytes()));
        let output = child.wait_with_output().expect("homeward ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Starts a server and waits until it is ready.
    fn serve(&self, arguments: &[&str]) -> Running {
        let mut running = Running(self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("homeward starts"));
        self.wait_until_ready(&mut running.0);
        running
    }

    /// Waits until a server is ready.
    fn wait_until_ready(&self, server: &mut Child) {
        let until = Instant::now() + Duration::from_secs(90);
        while Instant::now() < until {
            if let Some(status) = server.try_wait().expect("a process") {
                panic!("the server ended with {status} instead of serving");
            }
            // Before it serves, the server tries the address: a connection of that moment is cut.
            if self.try_call("GET", "/readyz", "", None).is_ok_and(|reply| reply.status == 200) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server was not ready within 90 seconds");
    }

    /// Sends one request on a connection of its own.
    fn call(&self, method: &str, url: &str, token: &str, body: Option<&Value>) -> Reply {
        self.try_call(method, url, token, body).expect("an answer")
    }

    fn try_call(&self, method: &str, url: &str, token: &str, body: Option<&Value>) -> std::io::Result<Reply> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let body = body.map(Value::to_string).unwrap_or_default();
        let authorization = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
        let head =
            format!("{method} {url} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{authorization}Content-Type: application/json\r\n");
        write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len())?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(std::io::ErrorKind::InvalidData)?;
        Ok(Reply { status, head: head.to_lowercase(), body: body.to_owned() })
    }

    /// Signs in and returns the access token.
    fn sign_in(&self, username: &str, password: &str) -> String {
        let reply = self.call("POST", "/v1/auth/login", "", Some(&json!({ "username": username, "password": password })));
        assert_eq!(reply.status, 200, "{username}: {}", reply.body);
        reply.json()["access_token"].as_str().expect("a token").to_owned()
    }

    fn connection(&self) -> Connection {
        let url = DatabaseUrl::Sqlite(self.folder.path().join("data/homeward.db"));
        Connection::open(&url, Use::Write, &std::sync::Arc::default()).expect("the database opens")
    }

    /// A database and a key as `serve --create` makes them.
    fn created(self) -> Self {
        assert_eq!(self.serve(&["serve", "--create"]).end(), Some(0), "SIGTERM is the way to stop");
        self
    }
}

/// The answer of a server.
struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }
}

#[test]
fn a_database_that_is_not_there_is_never_made_by_accident() {
    let place = Place::new();
    for command in [&["serve"][..], &[], &["migrate"], &["admin", "list-users"]] {
        place.run(command).expect(78, &["DATABASE_URL", "--create"]);
    }
    for url in ["data/homeward.db", "mysql://localhost/homeward", "sqlite://"] {
        place.run_with(&["serve", "--create"], &[("DATABASE_URL", url)], "").expect(78, &["DATABASE_URL"]).hides(url);
    }
    assert_eq!(fs::read_dir(place.folder.path()).expect("a folder").count(), 0, "a refused command leaves nothing behind");
}

#[test]
fn a_root_key_that_is_no_secret_is_refused() {
    let place = Place::new();
    let key = place.folder.path().join("root.key");
    let secret = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    for (text, mode, word) in
        [(secret, 0o444, "chmod 0400"), (&*"00".repeat(32), 0o400, "openssl rand -hex 32"), (&secret[1..], 0o400, "64 hexadecimal digits")]
    {
        drop(fs::remove_file(&key));
        fs::write(&key, text).expect("the key is written");
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).expect("the mode is set");
        let ended = place.run_with(&["serve", "--create"], &[("HOMEWARD_KEY_FILE", &key.display().to_string())], "");
        ended.expect(78, &["HOMEWARD_KEY_FILE", word]).hides(text);
    }
}

#[test]
fn a_server_is_made_becomes_ready_and_ends_when_told_to() {
    let place = Place::new();
    let running = place.serve(&["serve", "--create"]);
    for (path, mode) in [("data", 0o700), ("data/homeward.db", 0o600), ("keys", 0o700), ("keys/root.key", 0o400)] {
        let found = fs::metadata(place.folder.path().join(path)).expect(path).permissions().mode() & 0o777;
        assert_eq!(found, mode, "{path} is for its owner only, and is {found:o}");
    }
    for path in ["/healthz", "/v1/me", "/openapi.json", "/nothing"] {
        let (get, head) = (place.call("GET", path, "", None), place.call("HEAD", path, "", None));
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "HEAD {path} is GET without the body");
        let length = |reply: &Reply| reply.head.lines().find(|line| line.starts_with("content-length")).map(str::to_owned);
        assert_eq!(length(&head), length(&get), "HEAD {path} states the length that GET has");
    }
    // Refused on an existing database, so that only the address is in the way.
    place.run(&["serve"]).expect(69, &["in use", &place.port.to_string()]);
    // A client that keeps its connection open does not keep the server from ending.
    let mut idle = TcpStream::connect(("127.0.0.1", place.port)).expect("the server accepts");
    write!(idle, "GET /healthz HTTP/1.1\r\nHost: homeward\r\n\r\n").expect("the request is sent");
    assert_eq!(idle.read(&mut [0; 12]).expect("an answer"), 12);
    assert_eq!(running.end(), Some(0), "SIGTERM is the way to stop, and no failure");
    assert_eq!(place.serve(&["serve"]).end(), Some(0), "and it starts again on what it left");
}

#[test]
fn a_schema_that_is_not_this_version_s_is_refused() {
    let place = Place::new().created();
    place.run(&["migrate"]).expect(0, &["up to date"]);
    migrate::revert_all(&mut place.connection()).expect("back to nothing");
    place.run(&["serve"]).expect(78, &["homeward migrate", "0001"]);
    place.run(&["admin", "list-users"]).expect(78, &["homeward migrate"]);
    place.run(&["migrate"]).expect(0, &["0001"]);
    let later = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    place.connection().batch_execute(later).expect("a later version was here");
    for command in [&["serve"][..], &["serve", "--create"], &["migrate"], &["admin", "list-users"]] {
        place.run(command).expect(78, &["newer", "9999"]);
    }
}

#[test]
fn the_documents_are_printed_as_committed() {
    if crate::walkers::openapi::update() {
        return;
    }
    let place = Place::new();
    for (arguments, file) in [(&["openapi"][..], "openapi/openapi.json"), (&["openapi", "--3.0"], "openapi/openapi-3.0.json")] {
        let committed = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect(file);
        assert!(place.run(arguments).expect(0, &[]).out == committed, "{file} is old: run the tests with HOMEWARD_UPDATE=1");
    }
}
