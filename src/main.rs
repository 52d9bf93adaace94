//! The command line of Homeward.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use homeward::command::failure::Failure;
use homeward::command::{
    admin, audit, backup, check, demo, import, openapi, print, process_memory, recovery_key, restore, serve, settings, settings_for,
};
use homeward::domain::access::Role;
use homeward::domain::codes::{IntakeChannel, OrganisationKind};
use homeward::domain::country::Country;
use homeward::domain::reporting::retention::{self, Retention};
use homeward::tables::{Charset, Delimiter};

/// Case management that helps people rescued from scam compounds to get home.
///
/// Settings come from the environment: DATABASE_URL, HOMEWARD_KEY_FILE, HOMEWARD_LISTEN and others, all listed by
/// `homeward settings`. Without a command, `serve` runs.
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
        /// Folder of the demo: a new one, an empty one, or one that the demo made, whose contents are replaced unless --keep
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
    /// Register the people of a list: CSV, XLSX or NDJSON. Without --mapping it proposes one, and registers nobody
    Import {
        /// The list
        file: PathBuf,
        /// Username of whoever registers them; the audit trail names them
        #[arg(long = "as", value_name = "USER")]
        username: String,
        /// What each column is: the proposal, looked through and saved
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,
        /// Where the people are, for the proposal, ISO 3166-1 alpha-3
        #[arg(long, value_parser = country)]
        host_country: Option<Country>,
        /// How they came, for the proposal
        #[arg(long, value_parser = channel())]
        intake_channel: Option<IntakeChannel>,
        /// Encoding of the list, where it is read wrong
        #[arg(long, value_parser = charset())]
        encoding: Option<Charset>,
        /// Sign between values, where they are read wrong: comma, semicolon, tab, bar, or the sign itself
        #[arg(long, value_parser = delimiter)]
        delimiter: Option<Delimiter>,
        /// Number of the sheet, from 1
        #[arg(long)]
        sheet: Option<usize>,
        /// New file for what became of each row
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        /// Check every row, and register nobody
        #[arg(long)]
        check: bool,
        /// Take rows that look like an earlier row of the list, or like somebody on a case
        #[arg(long)]
        take_repeated: bool,
    },
    /// List the settings with their meaning and default
    Settings,
    /// Print the API document
    Openapi {
        /// As OpenAPI 3.0.3, for tools that do not know 3.1
        #[arg(long = "3.0")]
        version_30: bool,
    },
    /// Make a key that opens backups, and print the public key to which they are sealed
    RecoveryKey {
        /// Its file, which must not be there. Keep it where the service is not
        #[arg(long)]
        to: PathBuf,
    },
    /// Back everything up, while the service runs
    Backup {
        /// The folder of the backups
        #[arg(long)]
        to: PathBuf,
        /// A file with the public keys to which it is sealed, one a line
        #[arg(long)]
        recipients: PathBuf,
        /// Delete earlier backups but these, such as 48h,14d,8w: all of the last hours, one of each of the last days and weeks
        #[arg(long, value_parser = retention)]
        keep: Option<Retention>,
    },
    /// Check whether an installation, or a copy of one, is whole: it reads everything, and changes nothing
    Check {
        /// Open everything that is sealed, and read every file on a case
        #[arg(long)]
        deep: bool,
    },
    /// Restore a backup into an empty place, on either database
    Restore {
        /// The backup. The folder `files` lies beside it
        #[arg(long)]
        from: PathBuf,
        /// The empty database: sqlite://PATH or postgres://USER@HOST/NAME. Never a password: DATABASE_PASSWORD_FILE names its file
        #[arg(long)]
        to: String,
        /// The file of a recovery key
        #[arg(long)]
        identity: PathBuf,
        /// Restore although the list of erased people is lost: nobody was erased since the backup
        #[arg(long)]
        without_erased_list: bool,
    },
    /// Check what the audit trail proves
    Audit {
        #[command(subcommand)]
        task: Audit,
    },
    /// Manage organisations and users without signing in
    Admin {
        #[command(subcommand)]
        task: Admin,
    },
}

#[derive(Subcommand)]
enum Audit {
    /// Print the latest checkpoint, to be kept elsewhere
    Checkpoint,
    /// Verify that no sealed entry was changed, and print size and root
    Verify {
        /// A checkpoint that somebody kept: finds an end that is cut off, and a trail written anew
        #[arg(long)]
        checkpoint: Option<PathBuf>,
    },
    /// Print the proof that an entry is in the sealed trail
    Prove {
        /// Its position, from 0
        #[arg(long)]
        entry: i64,
    },
}

#[derive(Subcommand)]
enum Admin {
    /// Create an organisation and print its id
    CreateOrganisation {
        /// Its name; unique
        #[arg(long)]
        name: String,
        /// What it is
        #[arg(long, value_parser = kind())]
        kind: OrganisationKind,
        /// Where it is seated, ISO 3166-1 alpha-3
        #[arg(long, value_parser = country)]
        country: Country,
        /// The host country it coordinates, if it is a coordination desk
        #[arg(long, value_parser = country)]
        coordinates: Option<Country>,
    },
    /// Give an organisation another name
    RenameOrganisation {
        /// Id or exact name of the organisation
        #[arg(long)]
        organisation: String,
        /// Its new name; unique
        #[arg(long)]
        name: String,
    },
    /// End the sessions of an organisation's users, and refuse further sign-ins
    DeactivateOrganisation {
        /// Id or exact name of the organisation
        #[arg(long)]
        organisation: String,
    },
    /// Let the users of a deactivated organisation sign in again
    ReactivateOrganisation {
        /// Id or exact name of the organisation
        #[arg(long)]
        organisation: String,
    },
    /// List all organisations: name, kind, country, state, id
    ListOrganisations,
    /// Create a user, and print the one-time code with which they set their password
    CreateUser {
        /// Username; unique, kept in lower case
        #[arg(long)]
        username: String,
        /// Name shown to colleagues
        #[arg(long)]
        display_name: Option<String>,
        /// What the user may do
        #[arg(long, value_parser = role())]
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
    /// List all users: name, role, organisation, state, second factor, last sign-in
    ListUsers,
    /// Load the published raids, missions and compounds; running it again changes nothing
    LoadReference,
}

fn kind() -> impl TypedValueParser<Value = OrganisationKind> {
    one_of(OrganisationKind::ALL.iter().map(|kind| kind.as_str()), OrganisationKind::parse)
}

fn channel() -> impl TypedValueParser<Value = IntakeChannel> {
    one_of(IntakeChannel::ALL.iter().map(|channel| channel.as_str()), IntakeChannel::parse)
}

fn charset() -> impl TypedValueParser<Value = Charset> {
    one_of(Charset::ALL.iter().map(|charset| charset.as_str()), Charset::parse)
}

fn delimiter(text: &str) -> Result<Delimiter, String> {
    Delimiter::parse(text).ok_or_else(|| "must be comma, semicolon, tab, bar, or one sign that is neither a letter nor a digit".to_owned())
}

fn role() -> impl TypedValueParser<Value = Role> {
    one_of(Role::ALL.iter().map(|role| role.as_str()), Role::parse)
}

/// A value of a closed list, which the help names whole.
fn one_of<T: Clone + Send + Sync + 'static>(
    names: impl Iterator<Item = &'static str>,
    parse: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(names).try_map(move |text| parse(&text).ok_or("there is no such value"))
}

fn country(text: &str) -> Result<Country, String> {
    Country::parse(&text.to_uppercase()).ok_or_else(|| "must be an ISO 3166-1 alpha-3 code, such as KHM".to_owned())
}

fn retention(text: &str) -> Result<Retention, String> {
    Retention::parse(text).ok_or_else(|| retention::ACCEPTED.to_owned())
}

/// The command line with every command in its help, also those of `homeward admin`.
fn command_line() -> clap::Command {
    let command = CommandLine::command();
    let mut tasks = "Commands of `homeward admin`, each with --help of its own:\n".to_owned();
    for task in command.find_subcommand("admin").into_iter().flat_map(clap::Command::get_subcommands) {
        let about = task.get_about().map(ToString::to_string).unwrap_or_default();
        tasks.push_str(&format!("  {:<24} {about}\n", task.get_name()));
    }
    command.after_help(tasks)
}

fn main() -> ExitCode {
    let asked = CommandLine::from_arg_matches(&command_line().get_matches()).unwrap_or_else(|error| error.exit());
    match run(asked.command.unwrap_or(Command::Serve { create: false })) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("homeward: {failure}");
            failure.exit_code()
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    // These two touch neither a key nor a person, and are run where documentation is made.
    if !matches!(command, Command::Openapi { .. } | Command::Settings) {
        process_memory::protect()?;
    }
    match command {
        Command::Openapi { version_30 } => openapi::print(version_30),
        Command::Demo { listen, data, keep, without_wave } => demo::run(listen, &data, keep, !without_wave),
        Command::Serve { create } => serve::run(&settings()?, create),
        Command::Settings => settings::print(),
        Command::Migrate => {
            let ran = serve::migrate(&settings()?)?;
            print::line(if ran.is_empty() { "The schema is up to date.".to_owned() } else { format!("Ran {}.", ran.join(", ")) })
        }
        Command::RecoveryKey { to } => recovery_key::make(&to),
        Command::Backup { to, recipients, keep } => backup::run(&settings()?, &to, &recipients, keep),
        Command::Check { deep } => check::run(&settings()?, deep),
        Command::Restore { from, to, identity, without_erased_list } => {
            restore::run(&settings_for(Some(&to))?, &from, &identity, !without_erased_list)
        }
        Command::Import {
            file,
            username,
            mapping,
            host_country,
            intake_channel,
            encoding,
            delimiter,
            sheet,
            report,
            check,
            take_repeated,
        } => {
            let asked = import::Asked {
                file,
                username,
                mapping,
                host_country,
                intake_channel,
                charset: encoding,
                delimiter,
                sheet,
                report,
                check_only: check,
                take_repeated,
            };
            import::run(&settings()?, &asked)
        }
        Command::Audit { task: Audit::Checkpoint } => audit::checkpoint(&settings()?),
        Command::Audit { task: Audit::Verify { checkpoint } } => audit::verify(&settings()?, checkpoint.as_deref()),
        Command::Audit { task: Audit::Prove { entry } } => audit::prove(&settings()?, entry),
        Command::Admin { task } => run_admin(task),
    }
}

fn run_admin(task: Admin) -> Result<(), Failure> {
    let config = settings()?;
    match task {
        Admin::CreateOrganisation { name, kind, country, coordinates } => {
            admin::create_organisation(&config, name, kind, country, coordinates)
        }
        Admin::RenameOrganisation { organisation, name } => admin::rename_organisation(&config, &organisation, name),
        Admin::DeactivateOrganisation { organisation } => admin::set_organisation_active(&config, &organisation, false),
        Admin::ReactivateOrganisation { organisation } => admin::set_organisation_active(&config, &organisation, true),
        Admin::ListOrganisations => admin::list_organisations(&config),
        Admin::CreateUser { username, display_name, role, organisation } => {
            admin::create_user(&config, &username, display_name, role, &organisation)
        }
        Admin::ResetPassword { username } => admin::reset_password(&config, &username),
        Admin::ResetSecondFactor { username } => admin::reset_second_factor(&config, &username),
        Admin::ListUsers => admin::list_users(&config),
        Admin::LoadReference => admin::load_reference(&config),
    }
}
