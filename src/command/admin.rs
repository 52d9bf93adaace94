//! `homeward admin …`: what is needed before anybody can sign in, and when nobody can.

use super::Failure;
use crate::auth::one_time_code::{self, CodeFor};
use crate::config::Config;
use crate::db::organisations::{self, OrganisationRow};
use crate::db::page::{MAX_LIMIT, PageRequest};
use crate::db::users::{self, UserRow};
use crate::db::{Db, Deployment, Tx, password_resets, second_factors};
use crate::domain::access::Role;
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::ids::{OrganisationId, UserId};
use crate::error::{Error, Result as DbResult};
use crate::reference;

/// Opens the database for one command.
fn open(config: &Config) -> Result<Db, Failure> {
    super::require_database(&config.database)?;
    super::require_current_schema(&config.database)?;
    Ok(Db::open(&config.database, super::keys(config, false)?, 1, Deployment::default())?)
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
    let db = open(config)?;
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

/// Creates a user, and prints the one-time code with which they set their password.
pub fn create_user(config: &Config, username: &str, display_name: Option<String>, role: Role, organisation: &str) -> Result<(), Failure> {
    let db = open(config)?;
    let (id, code) = (UserId::random(), one_time_code::new_code()?);
    let code_hash = one_time_code::hash(CodeFor::PasswordReset, id, &code);
    let (username, organisation) = (username.to_lowercase(), organisation.to_owned());
    let display_name = display_name.unwrap_or_else(|| username.clone());
    super::block_on(async {
        let create = move |tx: &mut Tx<'_>| {
            let organisation_id = find_organisation(tx, &organisation)?;
            let row = UserRow {
                id,
                created_at: tx.now,
                updated_at: tx.now,
                version: 1,
                organisation_id,
                username: username.clone(),
                display_name: display_name.clone(),
                role,
                password_hash: users::NO_PASSWORD.to_owned(),
                must_change_password: true,
                disabled_at: None,
                data_protection: false,
            };
            users::insert(tx, &row)?;
            password_resets::begin(tx, id, code_hash.clone())
        };
        db.as_system("admin create-user").write(create).await?;
        println!("{id}");
        tell_code(&code);
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

/// Begins the reset of a password, ends the user's sessions, and prints the one-time code.
pub fn reset_password(config: &Config, username: &str) -> Result<(), Failure> {
    let code = one_time_code::new_code()?;
    let shown = code.clone();
    change_user(config, "admin reset-password", username, move |tx, user| {
        users::update(tx, user.id, user.version, UserRow::take_password_away)?;
        password_resets::begin(tx, user.id, one_time_code::hash(CodeFor::PasswordReset, user.id, &code)).map(drop)
    })?;
    println!("The password works no more, and every session of the user was ended.");
    tell_code(&shown);
    Ok(())
}

/// Takes a lost second factor away, and ends the user's sessions.
pub fn reset_second_factor(config: &Config, username: &str) -> Result<(), Failure> {
    change_user(config, "admin reset-second-factor", username, |tx, user| second_factors::turn_off(tx, user.id))?;
    println!("The second factor is off, and every session of the user was ended. The password stays as it is.");
    Ok(())
}

/// Changes something about a user's credentials.
fn change_user<F>(config: &Config, reason: &'static str, username: &str, mut change: F) -> Result<(), Failure>
where
    F: FnMut(&mut Tx<'_>, &UserRow) -> DbResult<()> + Send + 'static,
{
    let db = open(config)?;
    let username = username.to_lowercase();
    let write = move |tx: &mut Tx<'_>| {
        let user = users::find_by_username(tx, &username)?;
        change(tx, &user.ok_or_else(|| Error::not_found().detail("There is no user with this name."))?)
    };
    super::block_on(async { Ok(db.as_system(reason).write(write).await?) })
}

/// On standard error, so that a script which keeps what is printed keeps no code.
fn tell_code(code: &str) {
    eprintln!("One-time code to set a password within a day: {code}");
    eprintln!("Hand it over in person. The user sends it to POST /v1/auth/password-reset with username, reset_code and new_password.");
}

/// Prints every user: name, role, organisation, state.
pub fn list_users(config: &Config) -> Result<(), Failure> {
    let db = open(config)?;
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
    let db = open(config)?;
    super::block_on(async {
        let loaded = db.as_system("admin load-reference").write(reference::load).await?;
        println!("{loaded}");
        Ok(())
    })
}
