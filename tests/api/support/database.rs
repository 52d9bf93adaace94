//! A database for each test: copied from a template that is migrated and filled once a run.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use homeward::config::DatabaseUrl;
use homeward::crypto::{Keys, RootKey};
use homeward::db::engine::connection::{Connection, Use};
use homeward::db::engine::migrate;

use super::postgres_server;

/// The kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// The keys of all test worlds.
pub fn keys() -> Arc<Keys> {
    static KEYS: OnceLock<Arc<Keys>> = OnceLock::new();
    KEYS.get_or_init(|| Arc::new(Keys::new(RootKey::new([42; 32]), Vec::new()))).clone()
}

/// A database that is removed with the test.
pub struct TestDatabase {
    pub url: DatabaseUrl,
    pub text: String,
    folder: Option<tempfile::TempDir>,
    name: Option<String>,
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let _none = std::fs::remove_dir_all(files_of(&self.url));
        drop(self.folder.take());
        if let Some(name) = self.name.take() {
            administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

impl TestDatabase {
    /// An empty database: no schema.
    pub fn empty(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Sqlite => Some(sqlite(None)),
            Kind::Postgres => {
                postgres_server::url()?;
                Some(postgres("template0"))
            }
        }
    }

    /// A copy of the template. `fill` runs once for each kind, on the migrated template.
    pub fn filled(kind: Kind, fill: impl FnOnce(&DatabaseUrl)) -> Option<Self> {
        match kind {
            Kind::Sqlite => {
                static TEMPLATE: Mutex<Option<TestDatabase>> = Mutex::new(None);
                let mut template = TEMPLATE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let made = template.get_or_insert_with(|| made(sqlite(None), fill));
                let DatabaseUrl::Sqlite(path) = &made.url else { unreachable!("a SQLite template") };
                Some(sqlite(Some(path.clone())))
            }
            Kind::Postgres => {
                postgres_server::url()?;
                static TEMPLATE: Mutex<Option<TestDatabase>> = Mutex::new(None);
                let mut template = TEMPLATE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let made = template.get_or_insert_with(|| made(postgres("template0"), fill));
                Some(postgres(made.name.as_deref().expect("a Postgres template has a name")))
            }
        }
    }

    /// Works with a separate connection on a separate thread: a Postgres connection must not run on a worker.
    pub fn with_connection<T: Send>(&self, work: impl FnOnce(&mut Connection) -> T + Send) -> T {
        let run = || work(&mut Connection::open(&self.url, Use::Write, &Arc::default()).expect("the test database opens"));
        std::thread::scope(|scope| scope.spawn(run).join().expect("the work is done"))
    }
}

/// The folder where a service over this database keeps files.
pub fn files_of(url: &DatabaseUrl) -> PathBuf {
    match url {
        DatabaseUrl::Sqlite(path) => path.with_file_name("attachments"),
        DatabaseUrl::Postgres(url) => {
            let name = url.options.get_dbname().unwrap_or_default();
            std::env::temp_dir().join(format!("homeward-files-{}-{name}", std::process::id()))
        }
    }
}

fn made(template: TestDatabase, fill: impl FnOnce(&DatabaseUrl)) -> TestDatabase {
    template.with_connection(migrate::migrate).expect("the template migrates");
    fill(&template.url);
    template.with_connection(|connection| {
        // Moves all data into the one file that is copied.
        if !connection.is_postgres() {
            diesel::connection::SimpleConnection::batch_execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)").expect("a checkpoint");
        }
    });
    template
}

/// Memory, where there is room; a disk otherwise. SQLite waits for a disk at every commit, and a copy of a Postgres database is a
/// thousand new files: both are most of the time of a test. Durability after a kill is tested on a disk, by processes with their own
/// folders.
pub fn memory_or_disk() -> PathBuf {
    static HAS_ROOM: OnceLock<bool> = OnceLock::new();
    let has_room = *HAS_ROOM.get_or_init(|| free_kib(MEMORY).is_some_and(|free| free > ROOM_KIB));
    if has_room { PathBuf::from(MEMORY) } else { std::env::temp_dir() }
}

/// The folder that Linux keeps in memory.
const MEMORY: &str = "/dev/shm";
/// More than the databases of all tests that run at once; a container has less by default.
const ROOM_KIB: u64 = 2 * 1024 * 1024;

/// The free space on the file system of a folder.
fn free_kib(folder: &str) -> Option<u64> {
    let told = std::process::Command::new("df").args(["-Pk", folder]).output().ok()?;
    String::from_utf8(told.stdout).ok()?.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

fn sqlite(copy_of: Option<PathBuf>) -> TestDatabase {
    let folder = tempfile::tempdir_in(memory_or_disk()).expect("a temporary folder");
    let path = folder.path().join("homeward.db");
    if let Some(template) = copy_of {
        std::fs::copy(template, &path).expect("the template is copied");
    }
    let text = format!("sqlite://{}", path.display());
    TestDatabase { url: DatabaseUrl::Sqlite(path), text, folder: Some(folder), name: None }
}

fn postgres(template: &str) -> TestDatabase {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("homeward_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    administer(&format!("CREATE DATABASE {name} TEMPLATE {template} {}", postgres_server::copying()));
    let text = database_url(&name);
    let url = DatabaseUrl::parse(&text, None).expect("the URL of the test server");
    TestDatabase { url, text, folder: None, name: Some(name) }
}

fn database_url(name: &str) -> String {
    let server = postgres_server::url().expect("a server");
    let (server, query) = server.split_once('?').unwrap_or((server, ""));
    let server = match server.splitn(4, '/').collect::<Vec<_>>()[..] {
        [scheme, "", host, ..] => format!("{scheme}//{host}"),
        _ => server.to_owned(),
    };
    if query.is_empty() { format!("{server}/{name}") } else { format!("{server}/{name}?{query}") }
}

/// Runs one statement on the maintenance database, on a thread of its own. Waits for a template that is still in use.
fn administer(statement: &str) {
    let statement = statement.to_owned();
    std::thread::spawn(move || {
        let url = DatabaseUrl::parse(&database_url("postgres"), None).expect("the URL of the test server");
        let mut last = None;
        for _ in 0..100 {
            let mut connection = Connection::open(&url, Use::Write, &Arc::default()).expect("the test server answers");
            match diesel::connection::SimpleConnection::batch_execute(&mut connection, &statement) {
                Ok(()) => return,
                Err(error) => last = Some(error),
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("{statement}: {last:?}");
    })
    .join()
    .expect("the statement runs");
}
