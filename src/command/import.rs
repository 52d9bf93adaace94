//! `homeward import FILE --as USER`: a list of people comes in as it is, from the shell. First it prints what each column probably is;
//! with that confirmed in a file, it reads, checks and registers, each row for itself.

use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

use crate::api::cases::imported::{self, FileKey};
use crate::command::admin::{self, with_deployment};
use crate::command::failure::Failure;
use crate::command::import::files::{read_file, read_mapping, write_new};
use crate::command::import::report::{Counted, Outcome, Reported};
use crate::command::progress::Progress;
use crate::command::{self, print};
use crate::config::Config;
use crate::db::accounts::{sessions, users};
use crate::db::cases::register::{self, Registration};
use crate::db::engine::context::Deployment;
use crate::db::{Db, Request, Tx};
use crate::domain::access::{Actor, Permission};
use crate::domain::codes::IntakeChannel;
use crate::domain::country::Country;
use crate::domain::ids::CaseId;
use crate::domain::imports::mapping::Defaults;
use crate::domain::imports::proposal::{as_mapping, propose};
use crate::domain::imports::repeated::repeated;
use crate::domain::imports::report::{Note, Weight};
use crate::domain::imports::row::{ReadRow, Reader};
use crate::domain::imports::table::Table;
use crate::domain::zones::Today;
use crate::error::{Error, Result as DbResult};
use crate::tables::{self, Charset, Delimiter, Stated};

mod files;
mod report;

/// People that are registered in one transaction: a list that ends half way has whole groups, and goes on when it is sent again.
const TOGETHER: usize = 200;

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
    /// Whether rows are taken that look like an earlier row of the list.
    pub take_repeated: bool,
}

/// Brings a list in.
pub fn run(config: &Config, asked: &Asked) -> Result<(), Failure> {
    let bytes = read_file(&asked.file)?;
    let table = read_table(&bytes, asked)?;
    let Some(mapping) = &asked.mapping else { return tell_proposal(&table, asked) };
    let mapping = read_mapping(mapping)?;
    let wrong = mapping.violations(&table);
    if !wrong.is_empty() {
        let lines: Vec<String> = wrong.iter().map(|violation| format!("{}: {}", violation.pointer, violation.message)).collect();
        return Err(Failure::input(format!("The mapping does not fit this list.\n{}", lines.join("\n"))));
    }
    let reader = Reader::new(&table, &mapping);
    let rows: Vec<ReadRow> = table.rows.iter().map(|row| reader.read(row)).collect();
    let file = FileKey::of(&bytes);
    // The report is made before anybody is registered: one that cannot be written would leave nobody to know who was.
    let report = asked.report.as_deref().map(write_new).transpose()?;
    let deployment = Deployment { rules: config.rules.clone(), accounts: command::accounts(config)?, ..Deployment::default() };
    let (reported, failure) = with_deployment(config, deployment, async |db| bring_in(db, asked, rows, file).await)?;
    if let Some(to) = report {
        to.write(&report::table(&reported)?)?;
    }
    print::text_as_is(&Counted::of(&reported).told(asked.check_only))?;
    failure.map_or(Ok(()), Err)
}

fn read_table(bytes: &[u8], asked: &Asked) -> Result<Table, Failure> {
    let stated = Stated { charset: asked.charset, delimiter: asked.delimiter, sheet: asked.sheet };
    let grid = tables::read(bytes, stated).map_err(|refused| Failure::input(format!("The file {}.", refused.message())))?;
    Table::of(grid).map_err(|reason| Failure::input(format!("The file has no list that can be read ({reason}).")))
}

/// Prints what was assumed, and the mapping that is proposed, to be looked at, changed and given back.
fn tell_proposal(table: &Table, asked: &Asked) -> Result<(), Failure> {
    let proposed = propose(table);
    let told: String = table.told.iter().map(|assumption| format!("assumed {}: {}\n", assumption.told, assumption.detail)).collect();
    let asked_about = proposed.iter().filter(|column| !column.questions.is_empty());
    let questions: String = asked_about
        .flat_map(|column| column.questions.iter().map(move |question| format!("column {} {}\n", column.column, question.message())))
        .collect();
    let defaults = Defaults { host_country: asked.host_country, intake_channel: asked.intake_channel, ..Defaults::default() };
    let mapping = as_mapping(proposed, defaults);
    let text = serde_json::to_string_pretty(&mapping).map_err(|_| Failure::unavailable("The mapping cannot be written."))?;
    // The mapping alone on standard output, so that it can be saved; what is to be read goes to standard error.
    print::text_as_is(&format!("{text}\n"))?;
    Err(Failure::input(format!(
        "Nobody was registered.\n{told}{questions}Look through the mapping above, save it, and run this again with --mapping FILE."
    )))
}

/// What became of each row, and what stopped the work before its end, if anything did: who was registered until then is told all the same.
type BroughtIn = (Vec<Reported>, Option<Failure>);

/// Checks each row, and registers those that can be.
async fn bring_in(db: &Db, asked: &Asked, rows: Vec<ReadRow>, file: FileKey) -> Result<BroughtIn, Failure> {
    let actor = in_the_name_of(db, &asked.username).await?;
    let here = Today::at(actor.zone(), db.now());
    let before = repeated(&rows);
    let mut reported = Vec::with_capacity(rows.len());
    let mut ready: Vec<(usize, Registration)> = Vec::new();
    for (row, before) in rows.into_iter().zip(before) {
        let mut notes = row.notes.clone();
        if let Some(before) = before.filter(|_| !asked.take_repeated) {
            let message = format!("looks like row {before} of this list: leave one of the two out, or take both with --take-repeated");
            notes.push(Note::on_row(Weight::Asked, "repeated_row", &message));
        }
        if notes.iter().all(|note| note.weight == Weight::Told) {
            match imported::registration(&row, here, &file) {
                Ok(registration) => ready.push((reported.len(), registration)),
                Err(wrong) => notes.extend(wrong),
            }
        }
        reported.push(Reported::new(row, notes));
    }
    let failure = if asked.check_only { None } else { register_ready(db, &actor, ready, &mut reported).await };
    Ok((reported, failure))
}

/// Registers group after group. The same file, brought in again, goes on where this one stopped.
async fn register_ready(db: &Db, actor: &Actor, ready: Vec<(usize, Registration)>, reported: &mut [Reported]) -> Option<Failure> {
    let progress = Progress::of(ready.len());
    for group in ready.chunks(TOGETHER) {
        let people: Arc<Vec<Registration>> = Arc::new(group.iter().map(|(_, registration)| registration.clone()).collect());
        let write = move |tx: &mut Tx<'_>| register_group(tx, &people);
        let outcomes = match db.write(actor, &Request::system(REASON), write).await {
            Ok(outcomes) => outcomes,
            Err(error) => return Some(error.into()),
        };
        for ((at, _), outcome) in group.iter().zip(outcomes) {
            if let Some(row) = reported.get_mut(*at) {
                row.conclude(outcome);
            }
        }
        progress.advance(group.len());
    }
    progress.end();
    None
}

/// Registers a group, each for itself, and reads the codes of their cases.
fn register_group(tx: &mut Tx<'_>, people: &[Registration]) -> DbResult<Vec<Result<Outcome, Error>>> {
    // A group of which nobody could be registered is still something that was asked.
    tx.audit_unchanged(Uuid::nil());
    let list: Vec<&Registration> = people.iter().collect();
    let made = register::insert_each(tx, &list)?;
    let ids: Vec<CaseId> = made.iter().filter_map(|one| one.as_ref().ok().copied()).collect();
    let codes = register::codes(tx, &ids)?;
    let outcome = |id: CaseId| Outcome { code: codes.get(&id).cloned() };
    Ok(made.into_iter().map(|one| one.map(outcome)).collect())
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
