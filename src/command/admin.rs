//! `homeward admin …`: tasks for a new installation without users, and for users who cannot sign in.

use std::sync::Arc;

use crate::api::accounts::organisations::CreateOrganisation;
use crate::api::accounts::users::CreateUser;
use crate::auth::one_time_code::{self, CodeFor};
use crate::command::failure::Failure;
use crate::command::{self, admin_report, print};
use crate::config::Config;
use crate::crypto::Keys;
use crate::db::accounts::organisations::{self, OrganisationRow};
use crate::db::accounts::users::{self, UserRow};
use crate::db::accounts::{password_resets, second_factors};
use crate::db::engine::context::Deployment;
use crate::db::{Db, Tx};
use crate::domain::access::Role;
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{OrganisationId, UserId};
use crate::domain::zones::{Today, Zone};
use crate::error::{Error, Result as DbResult};
use crate::reference;

/// Opens the database for one command. At the end all changes are in the database file itself.
pub(in crate::command) fn with_database<T>(config: &Config, work: impl AsyncFnOnce(&Db) -> Result<T, Failure>) -> Result<T, Failure> {
    with_deployment(config, Deployment::default(), work)
}

/// The same for a command that does what users do, by the rules of the service.
pub(in crate::command) fn with_deployment<T>(
    config: &Config,
    deployment: Deployment,
    work: impl AsyncFnOnce(&Db) -> Result<T, Failure>,
) -> Result<T, Failure> {
    command::require_database(&config.database)?;
    command::require_ours(&config.database)?;
    open(config, command::keys(config, false)?, deployment, work)
}

/// The same for a database that is known to be one of Homeward. Looks at no file by itself: this process may serve the database, and
/// closing a file of SQLite ends every lock that the process holds on it (POSIX advisory locks; SQLite, how to corrupt, 2.2).
pub(in crate::command) fn with_known_database<T>(
    config: &Config,
    keys: Arc<Keys>,
    work: impl AsyncFnOnce(&Db) -> Result<T, Failure>,
) -> Result<T, Failure> {
    open(config, keys, Deployment::default(), work)
}

fn open<T>(
    config: &Config,
    keys: Arc<Keys>,
    deployment: Deployment,
    work: impl AsyncFnOnce(&Db) -> Result<T, Failure>,
) -> Result<T, Failure> {
    command::require_key(config, &keys)?;
    command::require_current_schema(&config.database)?;
    let db = Db::open(&config.database, keys, 1, deployment)?;
    command::block_on(async {
        let done = work(&db).await?;
        db.checkpoint().await?;
        Ok(done)
    })
}

/// Reads for one command.
pub(in crate::command) fn read<T: Send + 'static>(
    config: &Config,
    reason: &'static str,
    work: impl FnOnce(&mut Tx<'_>) -> DbResult<T> + Send + 'static,
) -> Result<T, Failure> {
    with_database(config, async |db| read_from(db, reason, work).await)
}

/// The same in a database that is known to be one of Homeward, see [`with_known_database`].
pub(in crate::command) fn read_known<T: Send + 'static>(
    config: &Config,
    keys: Arc<Keys>,
    reason: &'static str,
    work: impl FnOnce(&mut Tx<'_>) -> DbResult<T> + Send + 'static,
) -> Result<T, Failure> {
    with_known_database(config, keys, async |db| read_from(db, reason, work).await)
}

/// Reads for a command that has opened the database already.
pub(in crate::command) async fn read_from<T: Send + 'static>(
    db: &Db,
    reason: &'static str,
    work: impl FnOnce(&mut Tx<'_>) -> DbResult<T> + Send + 'static,
) -> Result<T, Failure> {
    Ok(db.as_system(reason).read(work).await?)
}

/// Writes for one command.
pub(in crate::command) fn write<T: Send + 'static>(
    config: &Config,
    reason: &'static str,
    work: impl FnMut(&mut Tx<'_>) -> DbResult<T> + Send + 'static,
) -> Result<T, Failure> {
    with_database(config, async |db| Ok(db.as_system(reason).write(work).await?))
}

/// Creates an organisation and prints its id.
pub fn create_organisation(
    config: &Config,
    name: String,
    kind: OrganisationKind,
    country: Country,
    coordinates: Option<Country>,
) -> Result<(), Failure> {
    let id = OrganisationId::random();
    with_database(config, async |db| {
        let create = move |tx: &mut Tx<'_>| {
            let typed = CreateOrganisation::typed(name.clone(), kind, country, coordinates, tx.today_in(country))?;
            organisations::insert(tx, &typed.row(id, tx.now))
        };
        db.as_system("admin create-organisation").write(create).await?;
        Ok(())
    })?;
    print::line(id)
}

/// Renames an organisation.
pub fn rename_organisation(config: &Config, organisation: &str, name: String) -> Result<(), Failure> {
    let renamed = change_organisation(config, "admin rename-organisation", organisation, move |row, now| {
        CreateOrganisation::typed(name.clone(), row.kind, row.country, row.coordinates, Today::at(Zone::of(row.country), now))?;
        Ok(OrganisationRow { name: name.clone(), ..row.clone() })
    })?;
    print::line(format!("The organisation is called {} now.", renamed.name))
}

/// Lets the users of an organisation sign in; or ends their sessions and refuses further sign-ins.
pub fn set_organisation_active(config: &Config, organisation: &str, active: bool) -> Result<(), Failure> {
    let reason = if active { "admin reactivate-organisation" } else { "admin deactivate-organisation" };
    let row = change_organisation(config, reason, organisation, move |row, _| Ok(OrganisationRow { active, ..row.clone() }))?;
    let state = if active { "is active: its users can sign in." } else { "is deactivated: its users were signed out and cannot sign in." };
    print::line(format!("{} {state}", row.name))
}

/// Changes an organisation, given by its id or exact name.
fn change_organisation<F>(config: &Config, reason: &'static str, organisation: &str, change: F) -> Result<OrganisationRow, Failure>
where
    F: Fn(&OrganisationRow, Timestamp) -> DbResult<OrganisationRow> + Send + 'static,
{
    let organisation = organisation.to_owned();
    write(config, reason, move |tx: &mut Tx<'_>| {
        let id = find_organisation(tx, &organisation)?;
        let before = organisations::find(tx, id)?;
        let after = change(&before, tx.now)?;
        organisations::update(tx, id, &before.version.into(), |row| *row = after)
    })
}

/// Creates a user, and prints the one-time code with which they set their password.
pub fn create_user(config: &Config, username: &str, display_name: Option<String>, role: Role, organisation: &str) -> Result<(), Failure> {
    let (id, code) = (UserId::random(), one_time_code::new_code()?);
    let code_hash = one_time_code::hash(CodeFor::PasswordReset, id, &code);
    let (username, organisation) = (username.to_owned(), organisation.to_owned());
    let display_name = display_name.unwrap_or_else(|| username.clone());
    let (made, is_active) = with_database(config, async |db| {
        let create = move |tx: &mut Tx<'_>| {
            let organisation_id = find_organisation(tx, &organisation)?;
            let is_active = organisations::find(tx, organisation_id)?.active;
            let typed = CreateUser::typed(organisation_id, username.clone(), display_name.clone(), role, tx.today())?;
            let row = users::insert(tx, &typed.row(id, tx.now))?;
            password_resets::begin(tx, id, code_hash.clone())?;
            Ok((row, is_active))
        };
        Ok(db.as_system("admin create-user").write(create).await?)
    })?;
    print::line(format!("Id: {id}\nUsername: {}", made.username))?;
    if !is_active {
        print::line("The organisation is deactivated: the user can sign in once `homeward admin reactivate-organisation` has run.")?;
    }
    tell_code(&code)
}

/// Finds an organisation by id or by exact name.
fn find_organisation(tx: &mut Tx<'_>, organisation: &str) -> DbResult<OrganisationId> {
    let by_id = uuid::Uuid::parse_str(organisation).ok().map(OrganisationId);
    match by_id {
        Some(id) => organisations::find(tx, id).map(|row| row.id),
        None => organisations::find_by_name(tx, organisation)?.map(|row| row.id).ok_or_else(Error::not_found),
    }
    .map_err(|error| error.detail("There is no organisation with this id or exact name. `homeward admin list-organisations` lists them."))
}

/// Begins the reset of a password, ends the user's sessions, and prints the one-time code.
pub fn reset_password(config: &Config, username: &str) -> Result<(), Failure> {
    let code = one_time_code::new_code()?;
    let shown = code.clone();
    change_user(config, "admin reset-password", username, move |tx, user| {
        users::update(tx, user.id, &user.version.into(), UserRow::take_password_away)?;
        password_resets::begin(tx, user.id, one_time_code::hash(CodeFor::PasswordReset, user.id, &code)).map(drop)
    })?;
    print::line("The password no longer works, and every session of the user was ended.")?;
    tell_code(&shown)
}

/// Turns off a lost second factor, and ends the user's sessions.
pub fn reset_second_factor(config: &Config, username: &str) -> Result<(), Failure> {
    change_user(config, "admin reset-second-factor", username, |tx, user| second_factors::turn_off(tx, user.id))?;
    print::line("The second factor is off, and every session of the user was ended. The password stays as it is.")
}

/// Changes a user's credentials.
fn change_user<F>(config: &Config, reason: &'static str, username: &str, mut change: F) -> Result<(), Failure>
where
    F: FnMut(&mut Tx<'_>, &UserRow) -> DbResult<()> + Send + 'static,
{
    let username = username.to_owned();
    write(config, reason, move |tx: &mut Tx<'_>| {
        let user = users::find_by_username(tx, &username)?;
        let none = || Error::not_found().detail("There is no user with this name. `homeward admin list-users` lists them.");
        change(tx, &user.ok_or_else(none)?)
    })
}

fn tell_code(code: &str) -> Result<(), Failure> {
    print::line(format!("One-time code to set a password within a day: {code}"))?;
    print::line(
        "Hand it over in person or on a channel that you trust, apart from the username. The user opens /setup on the service with both.",
    )
}

/// Prints every organisation: name, kind, country, state, id.
pub fn list_organisations(config: &Config) -> Result<(), Failure> {
    print::line(with_database(config, async |db| admin_report::organisations(db).await)?.join("\n"))
}

/// Prints every user, with the steps that are missing before they can work.
pub fn list_users(config: &Config) -> Result<(), Failure> {
    print::line(with_database(config, async |db| admin_report::users(db, config).await)?.join("\n"))
}

/// Loads the published raids, missions and compounds. Running it again changes nothing.
pub fn load_reference(config: &Config) -> Result<(), Failure> {
    let loaded = write(config, "admin load-reference", reference::load)?;
    print::line(format!("{loaded}\n`homeward admin list-organisations` lists the missions by name."))
}
