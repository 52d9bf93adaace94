//! `homeward admin …`: what is needed before anybody can sign in, and when nobody can.

use std::io::{BufRead, IsTerminal};

use zeroize::Zeroizing;

use super::Failure;
use crate::auth::password::{Cost, Passwords};
use crate::config::Config;
use crate::db::organisations::{self, OrganisationRow};
use crate::db::page::{MAX_LIMIT, PageRequest};
use crate::db::users::{self, UserRow};
use crate::db::{Db, Deployment, Tx};
use crate::domain::access::Role;
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::ids::{OrganisationId, UserId};
use crate::error::{Error, Result as DbResult};
use crate::reference;

/// Opens the database for one command.
fn open(config: &Config) -> Result<(Db, Passwords), Failure> {
    super::require_database(&config.database)?;
    super::require_current_schema(&config.database)?;
    let keys = super::keys(config, false)?;
    let passwords = Passwords::new(&keys, Cost::STANDARD)?;
    Ok((Db::open(&config.database, keys, 1, Deployment::default())?, passwords))
}

/// Creates an organisation and prints its id.
pub fn create_organisation(
    config: &Config,
    name: String,
    kind: OrganisationKind,
    country: Country,
    coordinates: Option<Country>,
) -> Result<(), Failure> {
    if kind.is_mission() && coordinates.is_some() {
        return Err(Failure::input("--coordinates: a mission cannot be a coordination desk"));
    }
    let (db, _) = open(config)?;
    let id = OrganisationId::random();
    super::block_on(async {
        let create = move |tx: &mut Tx<'_>| {
            let row = OrganisationRow {
                id,
                created_at: tx.now,
                updated_at: tx.now,
                version: 1,
                name: name.clone(),
                kind,
                country,
                coordinates,
                address: None,
                phone: None,
                active: true,
            };
            organisations::insert(tx, &row)
        };
        db.as_system("admin create-organisation").write(create).await?;
        println!("{id}");
        Ok(())
    })
}

/// Creates a user. The password comes from the prompt or standard input, and must be changed at the first sign-in.
pub fn create_user(config: &Config, username: &str, display_name: Option<String>, role: Role, organisation: &str) -> Result<(), Failure> {
    let (db, passwords) = open(config)?;
    let password_hash = passwords.hash_now(&ask_password()?)?;
    let (username, organisation) = (username.to_lowercase(), organisation.to_owned());
    let display_name = display_name.unwrap_or_else(|| username.clone());
    super::block_on(async {
        let create = move |tx: &mut Tx<'_>| {
            let organisation_id = find_organisation(tx, &organisation)?;
            let row = UserRow {
                id: UserId::random(),
                created_at: tx.now,
                updated_at: tx.now,
                version: 1,
                organisation_id,
                username: username.clone(),
                display_name: display_name.clone(),
                role,
                password_hash: password_hash.clone(),
                must_change_password: true,
                disabled_at: None,
                data_protection: false,
            };
            users::insert(tx, &row)
        };
        let user = db.as_system("admin create-user").write(create).await?;
        println!("{}", user.id);
        Ok(())
    })
}

/// By id or by exact name.
fn find_organisation(tx: &mut Tx<'_>, organisation: &str) -> DbResult<OrganisationId> {
    let by_id = uuid::Uuid::parse_str(organisation).ok().map(OrganisationId);
    match by_id {
        Some(id) => organisations::find(tx, id).map(|row| row.id),
        None => organisations::find_by_name(tx, organisation)?.map(|row| row.id).ok_or_else(Error::not_found),
    }
    .map_err(|error| error.detail("There is no organisation with this id or exact name."))
}

/// Resets a password and ends the user's sessions.
pub fn reset_password(config: &Config, username: &str) -> Result<(), Failure> {
    let (db, passwords) = open(config)?;
    let password_hash = passwords.hash_now(&ask_password()?)?;
    let username = username.to_lowercase();
    super::block_on(async {
        let reset = move |tx: &mut Tx<'_>| {
            let user =
                users::find_by_username(tx, &username)?.ok_or_else(|| Error::not_found().detail("There is no user with this name."))?;
            users::update(tx, user.id, user.version, |row| {
                row.password_hash.clone_from(&password_hash);
                row.must_change_password = true;
            })
        };
        db.as_system("admin reset-password").write(reset).await?;
        println!("The password was reset; it must be changed at the next sign-in. Every session of the user was ended.");
        Ok(())
    })
}

/// Prints every user: name, role, organisation, state.
pub fn list_users(config: &Config) -> Result<(), Failure> {
    let (db, _) = open(config)?;
    super::block_on(async {
        let mut after = None;
        loop {
            let page = PageRequest { limit: MAX_LIMIT, after: after.take() };
            let list = move |tx: &mut Tx<'_>| {
                let page = users::list(tx, None, &page)?;
                let mut named = Vec::new();
                for user in page.items {
                    named.push((organisations::find(tx, user.organisation_id)?.name, user));
                }
                Ok((named, page.next))
            };
            let (users, next) = db.as_system("admin list-users").read(list).await?;
            for (organisation, user) in users {
                let state = if user.disabled_at.is_some() { "disabled" } else { "active" };
                println!("{}\t{}\t{organisation}\t{state}", user.username, user.role);
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    })
}

/// Loads the published raids, missions and compounds. Running it again changes nothing.
pub fn load_reference(config: &Config) -> Result<(), Failure> {
    let (db, _) = open(config)?;
    super::block_on(async {
        let loaded = db.as_system("admin load-reference").write(reference::load).await?;
        println!("{loaded}");
        Ok(())
    })
}

/// Asks for a password twice at a terminal, or reads one line from standard input. Never from the command line, which
/// every process on the machine can read.
fn ask_password() -> Result<Zeroizing<String>, Failure> {
    let unreadable = |error: std::io::Error| Failure::input(format!("No password could be read: {error}"));
    let password = if std::io::stdin().is_terminal() {
        let first = Zeroizing::new(rpassword::prompt_password("Password: ").map_err(unreadable)?);
        let second = Zeroizing::new(rpassword::prompt_password("Again: ").map_err(unreadable)?);
        if first != second {
            return Err(Failure::input("The two passwords differ."));
        }
        first
    } else {
        let mut line = Zeroizing::new(String::new());
        std::io::stdin().lock().read_line(&mut line).map_err(unreadable)?;
        Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned())
    };
    match Passwords::violation("password", &password) {
        Some(violation) => Err(Failure::input(format!("The password {}.", violation.message))),
        None => Ok(password),
    }
}
