//! The consequences of a change of a case: the copies for lists and the funnel, the fine as figures, the tasks.

use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::seal_detail;
use crate::db::casefile::history::Part;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{case_keys, grant_copies, grants, history, lock};
use crate::db::engine::page::found;
use crate::db::process::batch_members::{self, Member};
use crate::db::process::records::{self, Recorded};
use crate::db::process::transition_log::{self, Move};
use crate::db::process::{belonging, facts, fine_ledger, record_facts, tasks};
use crate::db::schema::{case_grants, case_records, movement_batch_members, movement_batches};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::cases::history::ChangeSubject;
use crate::domain::codes::MovementStatus;
use crate::domain::ids::{CaseId, MovementBatchId, OrganisationId, RecordId};
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::{Movement, strongest};
use crate::domain::repatriation::stage::Stage;
use crate::domain::repatriation::{Facts, MilestoneSet, falls_back};
use crate::domain::violation::Violation;
use crate::error::{Error, ErrorCode, Result};

/// Takes a person off a batch: cancels their movement and frees their seat. The history of the case still shows the movement.
pub(in crate::db) fn leave(tx: &mut Tx<'_>, member: &Member) -> Result<()> {
    change_movement(tx, member, |movement| Movement { status: MovementStatus::Cancelled, departed_at: None, ..movement })?;
    let query = diesel::delete(movement_batch_members::table.find((member.batch_id, member.case_id)));
    query.execute(tx.conn)?;
    Ok(())
}

/// Takes a person off a batch whose organisation no longer sees the case: only an organisation that may know of a person may
/// transport them. Returns whether the person was on board.
pub(in crate::db) fn leave_unless_seen(tx: &mut Tx<'_>, case: CaseId, batch: MovementBatchId) -> Result<bool> {
    let query = movement_batches::table.find(batch).select(movement_batches::organisation_id);
    let organisation: OrganisationId = found(query.get_result(tx.conn).optional()?)?;
    if grants::is_seen_by(tx, case, organisation)? {
        return Ok(false);
    }
    match batch_members::members(tx, batch)?.into_iter().find(|member| member.case_id == case) {
        Some(member) => leave(tx, &member).map(|()| true),
        None => Ok(false),
    }
}

/// Cancels a movement of a person who travelled another way.
pub(in crate::db) fn cancel_movement(tx: &mut Tx<'_>, case_id: CaseId, record_id: RecordId) -> Result<()> {
    let case = row::row_unscoped(tx, case_id)?;
    change_record(tx, &case, record_id, |movement: Movement| Movement { status: MovementStatus::Cancelled, departed_at: None, ..movement })
}

/// Changes the movement of a passenger, without a check of grants, so that no passenger stays booked on a cancelled movement.
/// Applies the consequences.
pub(in crate::db) fn change_movement(tx: &mut Tx<'_>, member: &Member, change: impl FnOnce(Movement) -> Movement) -> Result<()> {
    let case = row::row_unscoped(tx, member.case_id)?;
    change_record(tx, &case, member.record_id, change)
}

/// Changes a record without a check of grants, and applies the consequences.
pub(in crate::db) fn change_record<R: RecordRules>(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    record: RecordId,
    change: impl FnOnce(R) -> R,
) -> Result<()> {
    let keys = case_keys::of_system(tx, case, CompartmentSet::ALL)?;
    let before: Recorded<R> = records::find_stored(tx, record, &keys)?;
    let content = change(before.content.clone());
    if content == before.content {
        return Ok(());
    }
    let facts = facts::load(tx, case, CompartmentSet::EMPTY, &Move::default())?;
    RecordChange { case, keys: &keys, facts, source: Source::System }.update(tx, before, content).map(drop)
}

/// Cases of one round.
const ROUND: i64 = 1000;

/// Applies all consequences of the facts. Returns the case afterwards, because a consequence may have made another version of it.
pub(in crate::db) fn follow(tx: &mut Tx<'_>, row: &CaseRow, facts: &Facts) -> Result<CaseRow> {
    // Before the departure, the organisation of the batch must still see the case; otherwise the person leaves the batch.
    let ahead = facts.movement().filter(|movement| facts.stage < Stage::Departed && !movement.has_departed());
    if let Some(batch) = ahead.and_then(|movement| movement.batch_id)
        && leave_unless_seen(tx, row.id, batch)?
    {
        // The movement is cancelled now, and `leave` has applied the consequences of that.
        return row::row_unscoped(tx, row.id);
    }
    grant_copies::follow(tx, row)?;
    grant_copies::refresh_progress(tx, row.id, facts)?;
    fine_ledger::keep_ledger(tx, row, facts)?;
    tasks::reconcile(tx, row, facts)?;
    belonging::remind(tx, row)?;
    Ok(row.clone())
}

/// The same, with facts that are loaded here.
pub(in crate::db) fn apply_consequences_anew(tx: &mut Tx<'_>, row: &CaseRow) -> Result<CaseRow> {
    let facts = facts::load(tx, row, CompartmentSet::EMPTY, &Move::default())?;
    follow(tx, row, &facts)
}

/// Brings a case back from a scheduled departure that rests on nothing any more, and applies the consequences.
pub(in crate::db) fn fall_back(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    let facts = facts::load(tx, case, CompartmentSet::EMPTY, &Move::default())?;
    let Some(stage) = falls_back(&facts) else { return Ok(()) };
    let (stage_since, version) = (facts.today.day(), case.version + 1);
    let row = CaseRow { stage, stage_since, version, updated_at: tx.now, ..case.clone() };
    row::save_row(tx, &row, case.version)?;
    let keys = case_keys::of_system(tx, &row, CompartmentSet::ALL)?;
    let part = Part::plain(history::plain_differences(case, &row)?);
    history::record_parts(tx, row.id, row.version, ChangeSubject::Case, vec![part], &keys)?;
    transition_log::record_fallback(tx, case, &row, &keys)?;
    tx.audit_change(row.id.0, Some(case.version), Some(row.version));
    follow(tx, &row, &Facts { stage, stage_since, ..facts }).map(drop)
}

/// Cases that were registered before the process stored milestones and tasks.
pub fn not_followed(tx: &mut Tx<'_>) -> Result<Vec<CaseId>> {
    let query = case_grants::table.filter(case_grants::milestones.eq(MilestoneSet(0))).select(case_grants::case_id).distinct().limit(ROUND);
    Ok(query.load(tx.conn)?)
}

/// Applies the consequences to one of them.
pub fn backfill(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    lock::lock(tx, case)?;
    let row = row::row_unscoped(tx, case)?;
    tx.audit_unchanged(case.0);
    apply_consequences_anew(tx, &row).map(drop)
}

/// Where a record comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::db) enum Source {
    /// A caller, whose input the rules may refuse.
    Caller,
    /// A batch or the system, which have checked what they store.
    System,
}

/// A change of a record on a case: the case before it, the keys that seal it, and the facts that the rules look at.
pub(in crate::db) struct RecordChange<'a> {
    pub case: &'a CaseRow,
    pub keys: &'a CompartmentKeys,
    pub facts: Facts,
    pub source: Source,
}

impl RecordChange<'_> {
    /// Stores a new record.
    pub(in crate::db) fn insert<R: RecordRules>(self, tx: &mut Tx<'_>, mut content: R) -> Result<Recorded<R>> {
        self.check(content.refusals(None, &self.facts))?;
        content.complete(&self.facts);
        let case_id = self.case.id;
        let row = records::new_row(tx, case_id, self.keys, &content)?;
        diesel::insert_into(case_records::table).values(&row).execute(tx.conn)?;
        let record = records::recorded(&row, content);
        self.apply_consequences(tx, None, &record)?;
        tx.audit_change(case_id.0, None, Some(record.version));
        Ok(record)
    }

    /// Stores a new version of a record.
    pub(in crate::db) fn update<R: RecordRules>(self, tx: &mut Tx<'_>, before: Recorded<R>, mut content: R) -> Result<Recorded<R>> {
        self.check(content.refusals(Some(&before.content), &self.facts))?;
        content.complete(&self.facts);
        let (case_id, version) = (self.case.id, before.version + 1);
        let keys = self.keys.of(before.merged_from).ok_or_else(|| Error::internal("a record of a merged case without its keys"))?;
        let sealed = seal_detail(before.id.0, version, R::KIND.compartment(), keys, &content)?;
        let unchanged = case_records::table.find(before.id).filter(case_records::version.eq(before.version));
        let query = diesel::update(unchanged).set((
            case_records::updated_at.eq(tx.now),
            case_records::version.eq(version),
            case_records::lapses_on.eq(content.holds_until()),
            case_records::compartment.eq(R::KIND.compartment()),
            case_records::sealed_content.eq(sealed),
        ));
        if query.execute(tx.conn)? == 0 {
            return Err(ErrorCode::StaleVersion.into());
        }
        let record = Recorded { updated_at: tx.now, version, content, ..before.clone() };
        self.apply_consequences(tx, Some(&before.content), &record)?;
        tx.audit_change(case_id.0, Some(before.version), Some(version));
        Ok(record)
    }

    fn check(&self, refusals: Vec<Violation>) -> Result<()> {
        if self.source == Source::Caller && !refusals.is_empty() { Err(Error::fields(refusals)) } else { Ok(()) }
    }

    /// Applies all consequences of a record: the history, the derived fields of the case, the stage, the tasks.
    fn apply_consequences<R: RecordRules>(self, tx: &mut Tx<'_>, before: Option<&R>, record: &Recorded<R>) -> Result<()> {
        let Self { case, keys, mut facts, .. } = self;
        let system_keys = case_keys::of_system(tx, case, CompartmentSet::ALL)?;
        // Loads all records again with the system's key, because the rules look at the stored record too.
        facts.records = record_facts::all_of(tx, case.id, &system_keys)?;
        let mut row = case.clone();
        row.trafficking_status = strongest(&facts.records.determinations).unwrap_or(row.trafficking_status);
        facts.trafficking_status = Some(row.trafficking_status);
        // Falls back from a scheduled departure if the movement, travel document or exit permit no longer holds.
        let left = falls_back(&facts);
        if let Some(stage) = left {
            (row.stage, row.stage_since) = (stage, facts.today.day());
            (facts.stage, facts.stage_since) = (stage, facts.today.day());
        }
        row.version += 1;
        row.updated_at = tx.now;
        row::save_row(tx, &row, case.version)?;
        let mut parts = vec![Part::plain(history::plain_differences(case, &row)?)];
        parts.push(Part::sealed(R::KIND.compartment(), records::differences(before, record)?, record.merged_from));
        history::record_parts(tx, row.id, row.version, ChangeSubject::Case, parts, keys)?;
        if left.is_some() {
            transition_log::record_fallback(tx, case, &row, &system_keys)?;
        }
        tx.audit_subject(record.id.0);
        follow(tx, &row, &facts).map(drop)
    }
}
