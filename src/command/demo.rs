//! `homeward demo`: a complete world in one folder, made by one command.

use serde::Serialize;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use crate::app::{AppState, Options};
use crate::auth::password::{Cost, Passwords};
use crate::command::demo_folder::DemoFolder;
use crate::command::demo_staff::Staff;
use crate::command::failure::Failure;
use crate::command::progress::Progress;
use crate::command::{self, key_file, print, serve, wave};
use crate::config::DatabaseUrl;
use crate::crypto::{Keys, random};
use crate::db::accounts::users::{self, UserRow};
use crate::db::accounts::{code_of_conduct, organisations};
use crate::db::cases::register::REGISTERS_ONE;
use crate::db::engine::context::Deployment;
use crate::db::{Clock, Db, Request, Tx};
use crate::demo::{self, DemoPerson, WorldIds};
use crate::domain::access::UserActor;
use crate::domain::access::actor::Workplace;
use crate::domain::accounts::password_hash::PasswordHash;
use crate::domain::accounts::policy::{AccountPolicy, SecondFactorPolicy};
use crate::domain::ids::{SessionId, UserId};
use crate::error::{Error, Result as DbResult};
use crate::{files, reference};

/// People registered in one transaction, at most.
const TOGETHER: usize = 300;

/// The account that the first steps sign in with.
const TOUR: &str = "officer.idn";

/// An account as printed and written to `demo-accounts.json`.
#[derive(Clone, Serialize)]
pub struct Account {
    /// The name to sign in with.
    pub username: &'static str,
    /// The password.
    pub password: String,
    /// The role.
    pub role: &'static str,
    /// The name of the organisation.
    pub organisation: String,
}

/// The number of people in the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum People {
    /// Everyone except the wave of January 2026, for a quicker start.
    WithoutWave,
    /// One person in this many; 1 for all.
    OneIn(usize),
}

impl People {
    /// The divisor: one person in this many is registered.
    fn one_in(self) -> usize {
        match self {
            Self::WithoutWave => 1,
            Self::OneIn(number) => number.max(1),
        }
    }
}

/// Makes the world, unless it is kept, and serves it.
pub fn run(listen: SocketAddr, folder: &Path, keep: bool, with_wave: bool) -> Result<(), Failure> {
    // An address that is in use must be found out before anything is deleted.
    serve::require_free(listen, "--listen")?;
    let folder = DemoFolder::take(folder, keep)?;
    let url = DatabaseUrl::Sqlite(folder.database());
    command::migrate(&url)?;
    command::protect(&url)?;
    let key = folder.key();
    let keys =
        Arc::new(Keys::new(if folder.is_kept { key_file::read(&key, command::KEY_FILE)? } else { key_file::create(&key)? }, Vec::new()));
    command::start_log(tracing_subscriber::filter::LevelFilter::WARN);
    let address = format!("http://{listen}");
    let mut options = Options {
        demo_accounts: None,
        database: url,
        keys: keys.clone(),
        public_url: address.clone(),
        readers: 0,
        deployment: Deployment { accounts: accounts_policy(), ..Deployment::default() },
        password_cost: Cost::FLOOR,
        rate_limit: 6000,
        trusted_proxies: Vec::new(),
        origins: Vec::new(),
        files: files::Settings::Folder(folder.attachments()),
    };
    command::block_on(async {
        if !folder.is_kept {
            let people = if with_wave { People::OneIn(1) } else { People::WithoutWave };
            let accounts = fill(&options.database, &keys, &options.deployment.clock, people).await?;
            write_accounts(&folder.accounts(), &accounts)?;
        }
        // Whoever comes from another computer is to be told the passwords by somebody.
        if listen.ip().is_loopback() {
            options.demo_accounts = Some(read_accounts(&folder.accounts())?);
        }
        let (state, db) = AppState::open(options).await?;
        let files = state.files();
        let server = serve::listen(state, listen, 0)?;
        let work = serve::in_the_background(&db, files);
        serve::finish(server, work, db, || welcome(&address, &folder.accounts())).await
    })
}

/// No second factor: the printed three-line tour has no room for an authenticator app; `welcome` says so.
fn accounts_policy() -> AccountPolicy {
    AccountPolicy { second_factor: SecondFactorPolicy::NONE, ..AccountPolicy::default() }
}

/// Fills an empty database with the demo as it looks at the time that the clock shows. The wave is played on a clock of its own,
/// day by day; the service afterwards uses the present time.
pub async fn fill(database: &DatabaseUrl, keys: &Arc<Keys>, present: &Clock, people: People) -> Result<Vec<Account>, Failure> {
    let clock = if people == People::WithoutWave { Clock::showing(present.now()) } else { wave::clock(present) };
    let db = Db::open(database, keys.clone(), 1, Deployment { clock: clock.clone(), is_being_filled: true, ..Deployment::default() })?;
    let accounts = populate(&db, &Passwords::new(keys, Cost::FLOOR)?, (&clock, present), people).await?;
    db.checkpoint().await?;
    Ok(accounts)
}

/// Loads the reference data and the invented organisations, accounts and people. The wave is played until its clock reaches the
/// present.
async fn populate(db: &Db, passwords: &Passwords, (clock, present): (&Clock, &Clock), people: People) -> Result<Vec<Account>, Failure> {
    let demo = db.as_system("demo");
    demo.write(reference::load).await?;
    demo.write(|tx: &mut Tx<'_>| {
        demo::organisations().iter().try_for_each(|invented| organisations::insert(tx, &invented.row(tx.now)?).map(|_| ()))
    })
    .await?;
    let ids = demo
        .write(|tx: &mut Tx<'_>| {
            tx.audit_unchanged(uuid::Uuid::nil());
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
    let staff = Staff::new(clock.clone(), actors_of(db, rows.clone()).await?);
    if let People::OneIn(one_in) = people {
        wave::play(db, demo::today(present.now()), &staff, &ids, one_in).await?;
    }
    clock.follow(present);
    register_people(db, &ids, &staff, people.one_in()).await?;
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
        let hash = hashes.get(account.username).ok_or_else(|| Error::internal("an account without a password"))?;
        let row = UserRow {
            id: UserId::random(),
            created_at: tx.now,
            updated_at: tx.now,
            version: 1,
            organisation_id: organisation.id,
            username: account.username.to_owned(),
            display_name: account.display_name.to_owned(),
            role: account.role,
            password_hash: PasswordHash::Argon2id(hash.clone()),
            must_change_password: false,
            disabled_at: None,
            data_protection: false,
            password_epoch: 1,
        };
        created.push((account.username, users::insert(tx, &row)?, organisation.name));
        code_of_conduct::accept(tx, row.id)?;
    }
    Ok(created)
}

/// The accounts as actors, so that people are registered and moved by users with the permission.
async fn actors_of(db: &Db, rows: Vec<CreatedAccount>) -> Result<HashMap<&'static str, UserActor>, Failure> {
    let look_up = move |tx: &mut Tx<'_>| {
        let mut actors = HashMap::new();
        for (username, row, _) in &rows {
            let organisation = organisations::find(tx, row.organisation_id)?;
            let actor = UserActor {
                user_id: row.id,
                session_id: SessionId::random(),
                organisation_id: organisation.id,
                organisation_kind: organisation.kind,
                place: Workplace::of(None, organisation.coordinates, organisation.country, organisation.time_zone),
                coordinates: organisation.coordinates,
                role: row.role,
                authenticated_at: tx.now,
            };
            actors.insert(*username, actor);
        }
        Ok(actors)
    };
    Ok(db.as_system("demo").read(look_up).await?)
}

/// Registers all people and takes each case as far as its journey goes, through the same functions that the API calls.
async fn register_people(db: &Db, ids: &WorldIds, staff: &Staff, one_in: usize) -> Result<(), Failure> {
    let today = demo::today(staff.clock().now());
    let mut groups: Vec<(&'static str, &'static str, Option<&'static str>, Vec<DemoPerson>)> = Vec::new();
    for person in demo::people(today).into_iter().step_by(one_in) {
        let officer = person.mission().and_then(demo::officer_of).map(|account| account.username);
        let who = (person.registrar().username(), person.travelling_username(), officer);
        match groups.iter_mut().find(|group| (group.0, group.1, group.2) == who && group.3.len() < TOGETHER) {
            Some(group) => group.3.push(person),
            None => groups.push((who.0, who.1, who.2, vec![person])),
        }
    }
    let progress = Progress::of(groups.iter().map(|group| group.3.len()).sum());
    for (registrar, traveller, officer, people) in groups {
        progress.advance(people.len());
        let people = Arc::new(people);
        let cases = as_user(db, staff, registrar, REGISTERS_ONE, (ids, &people, &[]), |tx, _, person, ids| {
            demo::register(tx, person, ids).map(Some)
        })
        .await?;
        let travel = as_user(db, staff, traveller, "make_transition", (ids, &people, &cases), |tx, case, person, ids| {
            let case = case.ok_or_else(|| Error::internal("a person without a case"))?;
            demo::travel(tx, case, person, ids).map(|()| None)
        });
        travel.await?;
        if let Some(officer) = officer {
            let verify = as_user(db, staff, officer, "update_nationality_verification", (ids, &people, &cases), |tx, case, person, ids| {
                let case = case.ok_or_else(|| Error::internal("a person without a case"))?;
                demo::verify_at_mission(tx, case, person, ids).map(|()| None)
            });
            verify.await?;
        }
    }
    progress.end();
    Ok(())
}

type Cases = Vec<Option<crate::domain::ids::CaseId>>;
type Step = fn(&mut Tx<'_>, Option<crate::domain::ids::CaseId>, &DemoPerson, &WorldIds) -> DbResult<Option<crate::domain::ids::CaseId>>;

/// Takes one step for a group of people, as one user, in one transaction.
async fn as_user(
    db: &Db,
    staff: &Staff,
    username: &'static str,
    operation: &str,
    (ids, people, cases): (&WorldIds, &Arc<Vec<DemoPerson>>, &[Option<crate::domain::ids::CaseId>]),
    step: Step,
) -> Result<Cases, Failure> {
    let actor = staff.sign_in(username)?;
    let request = Request { operation: operation.to_owned(), ..Request::system("demo") };
    let (ids, people, cases) = (ids.clone(), people.clone(), cases.to_vec());
    let write = move |tx: &mut Tx<'_>| {
        people.iter().enumerate().map(|(at, person)| step(tx, cases.get(at).copied().flatten(), person, &ids)).collect()
    };
    Ok(db.write(&actor, &request, write).await?)
}

fn write_accounts(path: &Path, accounts: &[Account]) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::unavailable(format!("{} cannot be written: {error}", path.display()));
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    serde_json::to_writer_pretty(file, accounts)
        .map_err(|error| Failure::unavailable(format!("{} cannot be written: {error}", path.display())))
}

fn unreadable(accounts_file: &Path, cause: &dyn std::fmt::Display) -> Failure {
    Failure::config(format!("{}: {cause}; start without --keep to make a new world", accounts_file.display()))
}

fn read_accounts(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))
}

/// Prints the addresses, the accounts and the first steps.
fn welcome(address: &str, accounts_file: &Path) -> Result<(), Failure> {
    let accounts: Vec<HashMap<String, String>> =
        serde_json::from_str(&read_accounts(accounts_file)?).map_err(|error| unreadable(accounts_file, &error))?;
    let field = |account: &HashMap<String, String>, name: &str| account.get(name).cloned().unwrap_or_default();
    let listed = accounts.iter().map(|account| {
        let [username, password, role, organisation] = ["username", "password", "role", "organisation"].map(|name| field(account, name));
        format!("  {username:<24} {password:<22} {role:<20} {organisation}\n")
    });
    let officer = accounts.iter().find(|account| field(account, "username") == TOUR).map(|account| field(account, "password"));
    print::text_as_is(&format!(
        "Homeward demo: published raids, invented people.\n\n  \
           Console        {address}/console/\n  \
           API            {address}/v1\n  \
           Documentation  {address}/docs/\n  \
           Accounts       {}\n\n  {:<24} {:<22} {:<20} organisation\n{}{}\
         THE SECOND FACTOR IS OFF in this demo, and every account has accepted the code of conduct. `homeward serve` asks for both.\n\
         Stop with Ctrl-C.\n",
        accounts_file.display(),
        "username",
        "password",
        "role",
        listed.collect::<String>(),
        first_steps(address, &officer.unwrap_or_default()),
    ))
}

/// The commands with which a newcomer lists cases.
fn first_steps(address: &str, password: &str) -> String {
    format!(
        "\nSign in as the Indonesian embassy's officer and list cases:\n\n  \
           TOKEN=$(curl -s {address}/v1/auth/login -H 'Content-Type: application/json' \\\n    \
             -d '{{\"username\": \"{TOUR}\", \"password\": \"{password}\"}}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\n  \
           curl -s \"{address}/v1/cases?limit=3\" -H \"Authorization: Bearer $TOKEN\"\n\n"
    )
}
