//! The command line of Homeward.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use homeward::command::{self, Failure, admin, demo, openapi, serve};
use homeward::domain::access::Role;
use homeward::domain::codes::OrganisationKind;
use homeward::domain::country::Country;

/// Case management that gets people rescued from scam compounds home.
///
/// Settings come from the environment: DATABASE_URL, HOMEWARD_KEY_FILE, HOMEWARD_LISTEN and others, all listed in the
/// README. Without a command, `serve` runs.
#[derive(Parser)]
#[command(name = "homeward", version, propagate_version = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API
    Serve {
        /// Make the database and the root key if there are none
        #[arg(long)]
        create: bool,
    },
    /// Show a complete world: published raids, invented people, accounts, all in one folder
    Demo {
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// Folder of the demo; its contents are replaced unless --keep
        #[arg(long, default_value = "homeward-demo")]
        data: PathBuf,
        /// Go on with what is in the folder
        #[arg(long)]
        keep: bool,
        /// Leave out the 3,167 people of January 2026, for a quicker start
        #[arg(long)]
        without_wave: bool,
    },
    /// Bring the schema of the database up to date
    Migrate,
    /// Print the API document
    Openapi {
        /// As OpenAPI 3.0.3, for tools that do not know 3.1
        #[arg(long = "3.0")]
        version_30: bool,
    },
    /// Manage organisations and users without signing in
    Admin {
        #[command(subcommand)]
        task: Admin,
    },
}

#[derive(Subcommand)]
enum Admin {
    /// Create an organisation and print its id
    CreateOrganisation {
        /// Its name; unique
        #[arg(long)]
        name: String,
        /// What it is: ngo, diplomatic_mission, central_government_organisation, international_organisation, shelter …
        #[arg(long, value_parser = kind)]
        kind: OrganisationKind,
        /// Where it is seated, ISO 3166-1 alpha-3
        #[arg(long, value_parser = country)]
        country: Country,
        /// The host country it coordinates, if it is a coordination desk
        #[arg(long, value_parser = country)]
        coordinates: Option<Country>,
    },
    /// Create a user, and print the one-time code with which they set their password
    CreateUser {
        /// Username; unique
        #[arg(long)]
        username: String,
        /// Name shown to colleagues
        #[arg(long)]
        display_name: Option<String>,
        /// administrator, coordinator, embassy_officer, embassy_supervisor, ngo_caseworker, ngo_supervisor, analyst or auditor
        #[arg(long, value_parser = role)]
        role: Role,
        /// Id or exact name of the organisation
        #[arg(long)]
        organisation: String,
    },
    /// Take a user's password away, and print the one-time code with which they set another
    ResetPassword {
        /// Username
        #[arg(long)]
        username: String,
    },
    /// Take a lost second factor away
    ResetSecondFactor {
        /// Username
        #[arg(long)]
        username: String,
    },
    /// List all users: name, role, organisation, state
    ListUsers,
    /// Load the published raids, missions and compounds; running it again changes nothing
    LoadReference,
}

fn kind(text: &str) -> Result<OrganisationKind, String> {
    OrganisationKind::parse(text).ok_or_else(|| names(OrganisationKind::ALL.iter().map(|kind| kind.as_str())))
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| names(Role::ALL.iter().map(|role| role.as_str())))
}

fn country(text: &str) -> Result<Country, String> {
    Country::parse(text).ok_or_else(|| "must be an ISO 3166-1 alpha-3 code, such as KHM".to_owned())
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    format!("must be one of {}", names.collect::<Vec<_>>().join(", "))
}

fn main() -> ExitCode {
    match run(CommandLine::parse().command.unwrap_or(Command::Serve { create: false })) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("homeward: {failure}");
            failure.exit_code()
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Openapi { version_30 } => openapi::print(version_30),
        Command::Demo { listen, data, keep, without_wave } => demo::run(listen, &data, keep, !without_wave),
        Command::Serve { create } => serve::run(&command::settings()?, create),
        Command::Migrate => {
            let config = command::settings()?;
            command::require_database(&config.database)?;
            let ran = command::migrate(&config.database)?;
            println!("{}", if ran.is_empty() { "The schema is up to date.".to_owned() } else { format!("Ran {}.", ran.join(", ")) });
            Ok(())
        }
        Command::Admin { task } => run_admin(task),
    }
}

fn run_admin(task: Admin) -> Result<(), Failure> {
    let config = command::settings()?;
    match task {
        Admin::CreateOrganisation { name, kind, country, coordinates } => {
            admin::create_organisation(&config, name, kind, country, coordinates)
        }
        Admin::CreateUser { username, display_name, role, organisation } => {
            admin::create_user(&config, &username, display_name, role, &organisation)
        }
        Admin::ResetPassword { username } => admin::reset_password(&config, &username),
        Admin::ResetSecondFactor { username } => admin::reset_second_factor(&config, &username),
        Admin::ListUsers => admin::list_users(&config),
        Admin::LoadReference => admin::load_reference(&config),
    }
}
