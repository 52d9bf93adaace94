//! `homeward import FILE --as USER`: a list of people comes in as it is, from the shell. First it prints what each column probably is;
//! with that confirmed in a file, it reads, checks and registers, each row for itself.

use std::path::PathBuf;

use crate::command::admin::{self, with_deployment};
use crate::command::failure::Failure;
use crate::command::import::files::{NewFile, read_file, read_mapping, write_new};
use crate::command::import::report::Counted;
use crate::command::import::told::told;
use crate::command::import::work::Work;
use crate::command::{self, print};
use crate::config::Config;
use crate::crypto::{Key, Purpose};
use crate::db::accounts::{sessions, users};
use crate::db::engine::context::Deployment;
use crate::db::{Db, Tx};
use crate::domain::access::{Actor, Permission};
use crate::domain::codes::IntakeChannel;
use crate::domain::country::Country;
use crate::domain::imports::grid::Row;
use crate::domain::imports::mapping::Defaults;
use crate::domain::imports::proposal::{as_mapping, confirmed, propose};
use crate::domain::imports::row::Reader;
use crate::domain::imports::table::Table;
use crate::tables::{self, Charset, Delimiter, Stated};

mod files;
mod report;
mod told;
mod work;

/// What the operation is called in the audit trail, beside the user in whose name it was done.
const REASON: &str = "import";

/// What the operator typed.
pub struct Asked {
    /// The list.
    pub file: PathBuf,
    /// In whose name the people are registered.
    pub username: String,
    /// What each column is; none: it is proposed, and nobody is registered.
    pub mapping: Option<PathBuf>,
    /// Where the people are, for the proposal.
    pub host_country: Option<Country>,
    /// How they came, for the proposal.
    pub intake_channel: Option<IntakeChannel>,
    /// The encoding, where the bytes say it wrong.
    pub charset: Option<Charset>,
    /// The sign between values, where the lines say it wrong.
    pub delimiter: Option<Delimiter>,
    /// The sheet, counted from 1.
    pub sheet: Option<usize>,
    /// Where the report of each row is written.
    pub report: Option<PathBuf>,
    /// Whether nobody is registered.
    pub check_only: bool,
    /// Whether rows are taken that look like an earlier row of the list, or like somebody on a case.
    pub take_repeated: bool,
}

/// Brings a list in.
pub fn run(config: &Config, asked: &Asked) -> Result<(), Failure> {
    let table = read_table(asked)?;
    let Some(mapping) = &asked.mapping else { return tell_proposal(&table, asked) };
    let mapping = read_mapping(mapping)?;
    let wrong = mapping.violations(&table);
    if !wrong.is_empty() {
        let lines: Vec<String> = wrong.iter().map(|violation| format!("{}: {}", violation.pointer, violation.message)).collect();
        return Err(Failure::input(format!("The mapping does not fit this list.\n{}", lines.join("\n"))));
    }
    print::text_as_is(&told(&table, &confirmed(&table, &mapping)))?;
    let reader = Reader::new(&table, &mapping);
    // The report is made before anybody is registered: one that cannot be written would leave nobody to know who was.
    let report = asked.report.as_deref().map(write_new).transpose()?;
    let deployment = Deployment { rules: config.rules.clone(), accounts: command::accounts(config)?, ..Deployment::default() };
    let rows = table.rows;
    let work = async |db: &Db| {
        let key = command::keys(config, false)?.purpose(Purpose::ImportedRow)?;
        bring_in(db, asked, (reader, key, rows), report).await
    };
    let failure = with_deployment(config, deployment, work)?;
    failure.map_or(Ok(()), Err)
}

/// Brings the rows in, and tells what became of them, before anything else can fail. What stopped the work is returned beside.
async fn bring_in(
    db: &Db,
    asked: &Asked,
    (reader, key, rows): (Reader, Key, Vec<Row>),
    report: Option<NewFile>,
) -> Result<Option<Failure>, Failure> {
    let actor = in_the_name_of(db, &asked.username).await?;
    let (reported, failure) = Work::new(db, asked, actor, reader, key).through(rows).await;
    let written = match report {
        Some(to) => report::table(&reported).and_then(|bytes| to.write(&bytes)),
        None => Ok(()),
    };
    let printed = print::text_as_is(&Counted::of(&reported).told(asked.check_only));
    Ok(failure.or(written.err()).or(printed.err()))
}

fn read_table(asked: &Asked) -> Result<Table, Failure> {
    let stated = Stated { charset: asked.charset, delimiter: asked.delimiter, sheet: asked.sheet };
    let bytes = read_file(&asked.file)?;
    let grid = tables::read(&bytes, stated).map_err(|refused| Failure::input(format!("The file {}.", refused.message())))?;
    Table::of(grid).map_err(|reason| Failure::input(format!("The file {} ({reason}).", reason.message())))
}

/// Prints what was assumed, and the mapping that is proposed, to be looked at, changed and given back.
fn tell_proposal(table: &Table, asked: &Asked) -> Result<(), Failure> {
    let proposed = propose(table);
    let told = told(table, &proposed);
    let defaults = Defaults { host_country: asked.host_country, intake_channel: asked.intake_channel, ..Defaults::default() };
    let mapping = as_mapping(proposed, defaults);
    let text = serde_json::to_string_pretty(&mapping).map_err(|_| Failure::unavailable("The mapping cannot be written."))?;
    // The mapping alone on standard output, so that it can be saved; what is to be read goes to standard error.
    print::text_as_is(&format!("{text}\n"))?;
    Err(Failure::input(format!(
        "Nobody was registered.\n{told}Look through the mapping above, save it, and run this again with --mapping FILE."
    )))
}

/// The user, as the door of the API would find them, and only if it would let them register.
async fn in_the_name_of(db: &Db, username: &str) -> Result<Actor, Failure> {
    let name = username.to_owned();
    let look_up = move |tx: &mut Tx<'_>| match users::find_by_username(tx, &name)? {
        Some(user) => sessions::in_the_name_of(tx, user.id),
        None => Ok(None),
    };
    let found = admin::read_from(db, REASON, look_up).await?;
    let none = || Failure::input("There is no user with this name who can sign in. `homeward admin list-users` lists them.");
    let live = found.ok_or_else(none)?;
    if live.must_change_password || live.must_enrol_second_factor || live.must_accept_conduct {
        return Err(Failure::input("The user has not finished their first sign-in: `homeward admin list-users` says what is missing."));
    }
    if !live.actor.role.may(Permission::CaseRegister) {
        return Err(Failure::input("The role of the user does not allow registering people."));
    }
    Ok(Actor::User(live.actor))
}
