//! `homeward demo`: a complete world in one folder and one command.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::{Failure, key_file, serve, storage, wave};
use crate::app::{AppState, Options};
use crate::auth::password::{Cost, Passwords};
use crate::config::DatabaseUrl;
use crate::crypto::{Keys, random};
use crate::db::users::{self, UserRow};
use crate::db::{Clock, Db, Deployment, Request, Tx, conduct, organisations};
use crate::demo::{self, DemoPerson, WorldIds};
use crate::domain::access::{Actor, UserActor};
use crate::domain::accounts::{AccountPolicy, SecondFactorPolicy};
use crate::domain::ids::{SessionId, UserId};
use crate::error::{Error, Result as DbResult};
use crate::files;
use crate::reference;

/// People registered in one transaction: many enough to be quick, few enough to be one.
const TOGETHER: usize = 50;

/// An account as printed and written to `demo-accounts.json`.
#[derive(Clone, Serialize)]
struct Account {
    username: &'static str,
    password: String,
    role: &'static str,
    organisation: String,
}

/// Makes the world, unless it is kept, and serves it.
pub fn run(listen: SocketAddr, folder: &Path, keep: bool, with_wave: bool) -> Result<(), Failure> {
    // An address that is taken is found out before anything is deleted.
    drop(std::net::TcpListener::bind(listen).map_err(|error| {
        Failure::unavailable(format!(
            "{listen} cannot be used ({error}). Stop what listens there, or choose another address with --listen."
        ))
    })?);
    let database = folder.join("homeward.db");
    let is_kept = keep && database.is_file();
    if !is_kept {
        reset(folder)?;
    }
    let url = DatabaseUrl::Sqlite(database);
    super::create_folder(&url)?;
    super::migrate(&url)?;
    super::protect(&url)?;
    let key = folder.join("root.key");
    let keys = Arc::new(Keys::new(if is_kept { key_file::read(&key)? } else { key_file::create(&key)? }, Vec::new()));
    super::start_log(tracing_subscriber::filter::LevelFilter::WARN);
    let address = format!("http://{listen}");
    let options = Options {
        database: url,
        keys: keys.clone(),
        public_url: address.clone(),
        readers: 0,
        deployment: Deployment { accounts: accounts_policy(), ..Deployment::default() },
        password_cost: Cost::FLOOR,
        rate_limit: 6000,
        trusted_proxies: Vec::new(),
        origins: Vec::new(),
        files: files::Settings::Folder(storage::default_folder(folder)),
    };
    super::block_on(async {
        let accounts_file = folder.join("demo-accounts.json");
        if !is_kept {
            // On a clock of its own, which begins in the past; whoever is served then lives in the present.
            let clock = if with_wave { wave::clock() } else { Clock::default() };
            let db = Db::open(&options.database, keys.clone(), 1, Deployment { clock: clock.clone(), ..Deployment::default() })?;
            let accounts = populate(&db, &Passwords::new(&keys, Cost::FLOOR)?, with_wave.then_some(&clock)).await?;
            write_accounts(&accounts_file, &accounts)?;
        }
        let (state, db) = AppState::open(options).await?;
        let files = state.files();
        let server = serve::listen(state, listen, 0)?;
        actix_web::rt::spawn(serve::match_people(db.clone()));
        actix_web::rt::spawn(storage::sweep(db.clone(), files));
        actix_web::rt::spawn(serve::follow_the_clock(db));
        welcome(&address, &accounts_file)?;
        serve::finish(server).await
    })
}

/// A tour of three lines has no room for an authenticator app; `welcome` says so.
fn accounts_policy() -> AccountPolicy {
    AccountPolicy { second_factor: SecondFactorPolicy::NONE, ..AccountPolicy::default() }
}

/// Empties the folder, if it is one of ours: somebody else's files are never deleted.
fn reset(folder: &Path) -> Result<(), Failure> {
    const OURS: &[&str] = &["homeward.db", "homeward.db-wal", "homeward.db-shm", "root.key", "demo-accounts.json", "attachments"];
    let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be reset: {error}", folder.display()));
    if !folder.exists() {
        return Ok(());
    }
    let entries = std::fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    if let Some(foreign) = entries.iter().find(|entry| !OURS.iter().any(|name| entry.file_name() == **name)) {
        return Err(Failure::config(format!(
            "{} is not a demo folder: it holds {}. Choose another one with --data.",
            folder.display(),
            foreign.file_name().to_string_lossy()
        )));
    }
    let remove = |entry: &std::fs::DirEntry| match entry.file_type()?.is_dir() {
        true => std::fs::remove_dir_all(entry.path()),
        false => std::fs::remove_file(entry.path()),
    };
    entries.iter().try_for_each(remove).map_err(failed)
}

/// Loads the reference data and the invented organisations, accounts and people. Where the clock is in the past, the wave is
/// played until the clock arrives in the present.
async fn populate(db: &Db, passwords: &Passwords, in_the_past: Option<&Clock>) -> Result<Vec<Account>, Failure> {
    let demo = db.as_system("demo");
    demo.write(reference::load).await?;
    demo.write(|tx: &mut Tx<'_>| {
        demo::organisations().iter().try_for_each(|invented| organisations::insert(tx, &invented.row(tx.now)?).map(|_| ()))
    })
    .await?;
    let ids = demo
        .write(|tx: &mut Tx<'_>| {
            tx.note(uuid::Uuid::nil());
            WorldIds::look_up(tx)
        })
        .await?;
    let mut hashes = HashMap::new();
    let mut secrets = HashMap::new();
    for account in demo::accounts() {
        let password = new_password()?;
        hashes.insert(account.username, passwords.hash_now(&password)?);
        secrets.insert(account.username, password);
    }
    let world = ids.clone();
    let rows = demo.write(move |tx: &mut Tx<'_>| create_accounts(tx, &world, &hashes)).await?;
    let actors = actors_of(db, rows.clone()).await?;
    if let Some(clock) = in_the_past {
        wave::play(db, clock, &actors, &ids).await?;
    }
    register_people(db, &ids, &actors).await?;
    let listed = rows.into_iter().filter_map(|(username, row, organisation)| {
        Some(Account { username, password: secrets.remove(username)?, role: row.role.as_str(), organisation })
    });
    Ok(listed.collect())
}

fn new_password() -> Result<String, Failure> {
    use base64::Engine;
    Ok(base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(random::<15>()?))
}

type CreatedAccount = (&'static str, UserRow, String);

fn create_accounts(tx: &mut Tx<'_>, ids: &WorldIds, hashes: &HashMap<&'static str, String>) -> DbResult<Vec<CreatedAccount>> {
    let mut created = Vec::new();
    for account in demo::accounts() {
        let organisation = organisations::find(tx, ids.organisation(account.organisation)?)?;
        let row = UserRow {
            id: UserId::random(),
            created_at: tx.now,
            updated_at: tx.now,
            version: 1,
            organisation_id: organisation.id,
            username: account.username.to_owned(),
            display_name: account.display_name.to_owned(),
            role: account.role,
            password_hash: hashes.get(account.username).cloned().ok_or_else(|| Error::internal("an account without a password"))?,
            must_change_password: false,
            disabled_at: None,
            data_protection: false,
        };
        created.push((account.username, users::insert(tx, &row)?, organisation.name));
        conduct::accept(tx, row.id)?;
    }
    Ok(created)
}

/// The accounts as actors, so that people are registered and moved by those who may.
async fn actors_of(db: &Db, rows: Vec<CreatedAccount>) -> Result<HashMap<&'static str, Actor>, Failure> {
    let look_up = move |tx: &mut Tx<'_>| {
        let mut actors = HashMap::new();
        for (username, row, _) in &rows {
            let organisation = organisations::find(tx, row.organisation_id)?;
            let actor = UserActor {
                user_id: row.id,
                session_id: SessionId::random(),
                organisation_id: organisation.id,
                organisation_kind: organisation.kind,
                coordinates: organisation.coordinates,
                role: row.role,
                authenticated_at: tx.now,
            };
            actors.insert(*username, Actor::User(actor));
        }
        Ok(actors)
    };
    Ok(db.as_system("demo").read(look_up).await?)
}

/// Registers everybody and takes each case as far as its journey goes, through the same functions that the API calls.
async fn register_people(db: &Db, ids: &WorldIds, actors: &HashMap<&'static str, Actor>) -> Result<(), Failure> {
    let today = db.as_system("demo").read(|tx: &mut Tx<'_>| Ok(tx.now.date())).await?;
    let mut groups: Vec<(&'static str, &'static str, Option<&'static str>, Vec<DemoPerson>)> = Vec::new();
    for person in demo::people(today) {
        let officer = person.mission().and_then(demo::officer_of).map(|account| account.username);
        let who = (person.registrar().username(), person.travelling_username(), officer);
        match groups.iter_mut().find(|group| (group.0, group.1, group.2) == who && group.3.len() < TOGETHER) {
            Some(group) => group.3.push(person),
            None => groups.push((who.0, who.1, who.2, vec![person])),
        }
    }
    for (registrar, traveller, officer, people) in groups {
        let people = Arc::new(people);
        let cases = as_user(db, actors, registrar, "create_case", (ids, &people, &[]), |tx, _, person, ids| {
            demo::register(tx, person, ids).map(Some)
        })
        .await?;
        let travel = as_user(db, actors, traveller, "make_transition", (ids, &people, &cases), |tx, case, person, ids| {
            let case = case.ok_or_else(|| Error::internal("a person without a case"))?;
            demo::travel(tx, case, person, ids).map(|()| None)
        });
        travel.await?;
        if let Some(officer) = officer {
            let verify =
                as_user(db, actors, officer, "update_nationality_verification", (ids, &people, &cases), |tx, case, person, ids| {
                    let case = case.ok_or_else(|| Error::internal("a person without a case"))?;
                    demo::verify_at_mission(tx, case, person, ids).map(|()| None)
                });
            verify.await?;
        }
    }
    Ok(())
}

type Cases = Vec<Option<crate::domain::ids::CaseId>>;
type Step = fn(&mut Tx<'_>, Option<crate::domain::ids::CaseId>, &DemoPerson, &WorldIds) -> DbResult<Option<crate::domain::ids::CaseId>>;

/// Takes one step for a group of people, as one user, in one transaction.
async fn as_user(
    db: &Db,
    actors: &HashMap<&'static str, Actor>,
    username: &'static str,
    operation: &str,
    (ids, people, cases): (&WorldIds, &Arc<Vec<DemoPerson>>, &[Option<crate::domain::ids::CaseId>]),
    step: Step,
) -> Result<Cases, Failure> {
    let actor = actors.get(username).ok_or_else(|| Failure::config(format!("the demo has no account {username}")))?;
    let request = Request { operation: operation.to_owned(), ..Request::system("demo") };
    let (ids, people, cases) = (ids.clone(), people.clone(), cases.to_vec());
    let write = move |tx: &mut Tx<'_>| {
        people.iter().enumerate().map(|(at, person)| step(tx, cases.get(at).copied().flatten(), person, &ids)).collect()
    };
    Ok(db.write(actor, &request, write).await?)
}

fn write_accounts(path: &Path, accounts: &[Account]) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be written: {error}", path.display()));
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    serde_json::to_writer_pretty(file, accounts)
        .map_err(|error| Failure::unavailable(format!("{} cannot be written: {error}", path.display())))
}

/// Says where everything is, and how to begin.
fn welcome(address: &str, accounts_file: &Path) -> Result<(), Failure> {
    let unreadable =
        |cause: String| Failure::config(format!("{}: {cause}; start without --keep to make a new world", accounts_file.display()));
    let text = std::fs::read_to_string(accounts_file).map_err(|error| unreadable(error.to_string()))?;
    let accounts: Vec<HashMap<String, String>> = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    let field = |account: &HashMap<String, String>, name: &str| account.get(name).cloned().unwrap_or_default();
    println!("Homeward demo: published raids, invented people.\n");
    println!("  API            {address}/v1");
    println!("  Documentation  {address}/docs/");
    println!("  Accounts       {}\n", accounts_file.display());
    println!("  {:<24} {:<22} {:<20} organisation", "username", "password", "role");
    for account in &accounts {
        println!(
            "  {:<24} {:<22} {:<20} {}",
            field(account, "username"),
            field(account, "password"),
            field(account, "role"),
            field(account, "organisation")
        );
    }
    let officer = accounts
        .iter()
        .find(|account| field(account, "username") == "officer.idn")
        .map(|account| field(account, "password"))
        .unwrap_or_default();
    println!("\nSign in as the Indonesian embassy's officer and list cases:\n");
    println!("  TOKEN=$(curl -s {address}/v1/auth/login -H 'Content-Type: application/json' \\");
    println!(
        "    -d '{{\"username\": \"officer.idn\", \"password\": \"{officer}\"}}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')"
    );
    println!("  curl -s \"{address}/v1/cases?limit=3\" -H \"Authorization: Bearer $TOKEN\"\n");
    println!("THE SECOND FACTOR IS OFF in this demo, and every account has accepted the code of conduct. `homeward serve` asks for both.");
    println!("Stop with Ctrl-C.");
    Ok(())
}
