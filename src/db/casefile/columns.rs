//! Keeps the columns in memory equal to the database: filled at the start, and brought up to date several times a second with what any
//! instance committed, which is known by its order and not by anybody's clock. A read knows by itself what is not there yet.

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::engine::case_columns::{Held, Listed, Sight, yes_or_no};
use crate::db::engine::listed_changes;
use crate::db::schema::{case_grants, cases};
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::error::Result;

/// Rows that are read at once.
const AT_ONCE: i64 = 5000;
/// Cases in one statement of a look at what changed.
const LOOKED_AT_ONCE: usize = 512;
/// The fewest cases of an organisation for which the memory is asked: fewer are read as quickly as is asked what changed.
const LEAST: usize = 256;
/// The most changes that are put in their places one by one.
const MOST_APPLIED: usize = 20_000;
/// The most changes that a read takes into account. Until the next look there are a few dozen.
pub(in crate::db) const MOST_CHANGED: usize = 500;

/// The fields of a case by which its grants are listed. Codes are text here: one that nobody knows must not end the memory of all.
#[derive(Queryable)]
struct OfCase {
    registered_on: NaiveDate,
    owner_id: OrganisationId,
    assigned_to: Option<UserId>,
    compound_id: Option<CompoundId>,
    operation_id: Option<OperationId>,
    side_state: Option<String>,
    status: String,
    gender: String,
    is_child: Option<bool>,
    risk_level: String,
    host_country: String,
    intake_channel: String,
    exit_mode: Option<String>,
    trafficking_status: String,
    closure_reason: Option<String>,
}

/// A grant that stands for its organisation in lists.
#[derive(Queryable)]
struct ListedRow {
    case_id: CaseId,
    organisation_id: OrganisationId,
    expires_at: Option<Timestamp>,
    registered_at: Timestamp,
    changed_at: Timestamp,
    risk_rank: i32,
    nationality: Option<String>,
    stage: String,
    of_case: OfCase,
}

/// The columns of such a grant.
macro_rules! listed {
    () => {
        (
            case_grants::case_id,
            case_grants::organisation_id,
            case_grants::expires_at,
            case_grants::registered_at,
            case_grants::changed_at,
            case_grants::risk_rank,
            case_grants::nationality,
            case_grants::stage,
            (
                cases::registered_on,
                cases::owner_id,
                cases::assigned_to,
                cases::compound_id,
                cases::operation_id,
                cases::side_state,
                cases::status,
                cases::gender,
                cases::is_child,
                cases::risk_level,
                cases::host_country,
                cases::intake_channel,
                cases::exit_mode,
                cases::trafficking_status,
                cases::closure_reason,
            ),
        )
    };
}

impl From<ListedRow> for Listed {
    fn from(row: ListedRow) -> Self {
        let case = row.of_case;
        Self {
            organisation: row.organisation_id,
            case: row.case_id,
            ends: row.expires_at.map(Timestamp::micros),
            registered: row.registered_at.micros(),
            changed: row.changed_at.micros(),
            risk: row.risk_rank,
            registered_on: case.registered_on.num_days_from_ce(),
            // In the order of `TextColumn`.
            texts: [
                row.nationality,
                Some(row.stage),
                case.side_state,
                Some(case.status),
                Some(case.gender),
                case.is_child.map(|is_child| yes_or_no(is_child).to_owned()),
                Some(case.risk_level),
                Some(case.host_country),
                Some(case.intake_channel),
                case.exit_mode,
                Some(case.trafficking_status),
                case.closure_reason,
            ],
            // In the order of `IdColumn`.
            ids: [
                Some(case.owner_id.0),
                case.assigned_to.map(|user| user.0),
                case.compound_id.map(|compound| compound.0),
                case.operation_id.map(|operation| operation.0),
            ],
        }
    }
}

/// Brings the columns up to date with what was committed since the last look, however long ago that was; fills them, if they are not.
/// Two statements if there is nothing. Does nothing while another thread does it.
pub fn refresh(tx: &mut Tx<'_>) -> Result<()> {
    let columns = tx.columns;
    // Before the first statement, from which on this read sees one state.
    let Some(_looking) = columns.begin_looking() else { return Ok(()) };
    let Some(mark) = columns.mark() else { return fill(tx) };
    let reach = listed_changes::reach(tx.conn)?;
    if !reach.reaches_back_to(mark.known) {
        columns.forget()?;
        return fill(tx);
    }
    // Of many, each would be put in its place while every list waits; filled columns are taken over at once.
    let Some(changed) = listed_changes::since(tx.conn, mark.known, &reach, MOST_APPLIED)? else { return fill(tx) };
    if changed.is_empty() && mark.known == reach.known() {
        return Ok(());
    }
    let mut listed = Vec::new();
    for some in changed.chunks(LOOKED_AT_ONCE) {
        let query = case_grants::table
            .inner_join(cases::table)
            .filter(case_grants::is_primary.eq(true))
            .filter(case_grants::case_id.eq_any(of_steady_length(some.to_vec())))
            .select(listed!());
        let rows: Vec<ListedRow> = query.load(tx.conn)?;
        listed.extend(rows.into_iter().map(Listed::from));
    }
    columns.apply(&changed, &listed, reach.known())
}

/// Fills the columns from one state of the database.
fn fill(tx: &mut Tx<'_>) -> Result<()> {
    let known = listed_changes::reach(tx.conn)?.known();
    let mut held = Held::default();
    let mut after = (CaseId(uuid::Uuid::nil()), OrganisationId(uuid::Uuid::nil()));
    loop {
        let (case, organisation) = after;
        let query = case_grants::table
            .inner_join(cases::table)
            .filter(case_grants::is_primary.eq(true))
            .filter(case_grants::case_id.ge(case))
            .filter(case_grants::case_id.gt(case).or(case_grants::organisation_id.gt(organisation)))
            .order((case_grants::case_id, case_grants::organisation_id))
            .limit(AT_ONCE)
            .select(listed!());
        let rows: Vec<ListedRow> = query.load(tx.conn)?;
        let Some(last) = rows.last() else { break };
        after = (last.case_id, last.organisation_id);
        for row in rows {
            held.put(&Listed::from(row))?;
        }
    }
    tx.columns.take_over(held, known)
}

/// With what this read can look at the columns, if it can: the organisation lists many cases, and it is known what changed that the memory
/// does not know. A write sees what others commit meanwhile, and does not ask the memory.
pub(in crate::db) fn sight(tx: &mut Tx<'_>) -> Result<Option<Sight>> {
    let organisation = tx.actor.organisation_id();
    let Some(mark) = tx.columns_mark.filter(|_| tx.columns.count_of(organisation) >= LEAST) else { return Ok(None) };
    let reach = listed_changes::reach(tx.conn)?;
    if !reach.reaches_back_to(mark.known) {
        return Ok(None);
    }
    let changed = listed_changes::since(tx.conn, mark.known, &reach, MOST_CHANGED)?;
    Ok(changed.map(|changed| Sight { mark, organisation, changed, now: tx.now }))
}

/// A list of ids of one of few lengths, the last one repeated: a list of each length is a statement of its own.
pub(in crate::db) fn of_steady_length(mut ids: Vec<CaseId>) -> Vec<CaseId> {
    if let Some(last) = ids.last().copied() {
        ids.resize(ids.len().next_power_of_two().max(64), last);
    }
    ids
}

/// Whether there are many changes for which nobody looks any more.
pub fn has_old_changes(tx: &mut Tx<'_>) -> Result<bool> {
    listed_changes::has_old(tx.conn)
}

/// Deletes changes for which nobody looks any more.
pub fn forget_old_changes(tx: &mut Tx<'_>) -> Result<()> {
    listed_changes::forget_old(tx.conn)?;
    tx.audit_change(uuid::Uuid::nil(), None, None);
    Ok(())
}
