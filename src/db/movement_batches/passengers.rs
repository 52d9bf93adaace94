//! Who is on board: a movement of their own on each case, which follows the batch.

use diesel::prelude::*;

use super::{Batch, begin, save};
use crate::crypto::CompartmentKeys;
use crate::db::cases::{self, CaseRow};
use crate::db::connection::on_backend;
use crate::db::records::{self, Recorded};
use crate::db::repatriation::Move;
use crate::db::schema::{movement_batch_members, movement_batches};
use crate::db::{Tx, facts, found, grants, persons};
use crate::domain::codes::MovementStatus;
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, MovementBatchId, OrganisationId, RecordId};
use crate::domain::movement_batch::boarding_refusal;
use crate::domain::records::Movement;
use crate::domain::repatriation::Facts;
use crate::domain::violation::Violation;
use crate::error::{Error, ErrorCode, Result};

#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = movement_batch_members, treat_none_as_default_value = false)]
pub(super) struct Member {
    batch_id: MovementBatchId,
    pub(super) case_id: CaseId,
    pub(super) record_id: RecordId,
    added_at: Timestamp,
}

/// Everybody on board, whoever may see them.
pub(super) fn members(tx: &mut Tx<'_>, batch: MovementBatchId) -> Result<Vec<Member>> {
    let query = movement_batch_members::table
        .filter(movement_batch_members::batch_id.eq(batch))
        .order((movement_batch_members::added_at, movement_batch_members::case_id))
        .select(movement_batch_members::all_columns);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// The same, their cases kept from anybody else until this transaction ends.
pub(super) fn lock_members(tx: &mut Tx<'_>, batch: MovementBatchId) -> Result<Vec<Member>> {
    let members = members(tx, batch)?;
    lock(tx, members.iter().map(|member| member.case_id).collect())?;
    Ok(members)
}

/// Always in the same order: two that wait for each other wait for ever.
fn lock(tx: &mut Tx<'_>, mut ids: Vec<CaseId>) -> Result<()> {
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().try_for_each(|id| cases::lock(tx, id))
}

/// Somebody who can be put on board.
struct Boarding {
    case: CaseRow,
    keys: CompartmentKeys,
    facts: Facts,
}

/// Why somebody cannot be put on board: a code and a sentence.
type Refusal = (&'static str, &'static str);

/// Puts people on board: all of them, or nobody.
pub fn add(tx: &mut Tx<'_>, id: MovementBatchId, asked: &[CaseId]) -> Result<Batch> {
    let batch = begin(tx, id, None)?;
    refuse_unless_boarding(&batch)?;
    lock(tx, asked.to_vec())?;
    let aboard: Vec<CaseId> = members(tx, id)?.into_iter().map(|member| member.case_id).collect();
    let mut boarding: Vec<Boarding> = Vec::with_capacity(asked.len());
    let mut wrong = Vec::new();
    for (place, case) in asked.iter().enumerate() {
        let taken = batch.on_board + i64::try_from(boarding.len()).map_err(Error::internal)?;
        let is_asked_twice = boarding.iter().any(|known| known.case.id == *case);
        let passenger = match look_at(tx, *case)? {
            Ok(_) if is_asked_twice || aboard.contains(case) => Err(("duplicate", "is on board already, or named twice")),
            Ok(_) if taken >= i64::from(batch.content.capacity) => Err(("capacity", "there is no seat left")),
            other => other,
        };
        match passenger {
            Ok(passenger) => boarding.push(passenger),
            Err((code, message)) => wrong.push(Violation::new(format!("/case_ids/{place}"), code, message)),
        }
    }
    if !wrong.is_empty() {
        return Err(Error::fields(wrong));
    }
    boarding.into_iter().try_for_each(|passenger| seat(tx, &batch, passenger))?;
    save(tx, batch)
}

/// Looks whether somebody can be put on board of anything.
fn look_at(tx: &mut Tx<'_>, id: CaseId) -> Result<std::result::Result<Boarding, Refusal>> {
    tx.touch(id.0);
    let Some(keys) = grants::keys_for(tx, id)? else { return Ok(Err(("not_found", "your organisation sees no case with this id"))) };
    let case = cases::row_for_system(tx, id)?;
    if keys.get(Compartment::Identity).is_none() {
        return Ok(Err(("closed_to_you", "your organisation's grant does not open who the person is")));
    }
    let facts = facts::gather(tx, &case, keys.compartments(), &Move::default())?;
    tx.disclose(id, CompartmentSet::EMPTY.with(Compartment::Identity));
    Ok(boarding_refusal(&facts).map_or(Ok(Boarding { case, keys, facts }), Err))
}

fn seat(tx: &mut Tx<'_>, batch: &Batch, passenger: Boarding) -> Result<()> {
    let Boarding { case, keys, facts } = passenger;
    let record = records::store_new(tx, &case, &keys, facts, batch.content.movement(batch.id), false)?;
    let member = Member { batch_id: batch.id, case_id: case.id, record_id: record.id, added_at: tx.now };
    let query = diesel::insert_into(movement_batch_members::table).values(&member);
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

fn refuse_unless_boarding(batch: &Batch) -> Result<()> {
    if batch.content.is_boarding() {
        return Ok(());
    }
    Err(Error::new(ErrorCode::Conflict).detail("The batch has departed or is cancelled: passengers can no longer be added or removed."))
}

/// Takes somebody off, and cancels their movement.
pub fn remove(tx: &mut Tx<'_>, id: MovementBatchId, case: CaseId, expected_version: i64) -> Result<Batch> {
    let batch = begin(tx, id, Some(expected_version))?;
    cases::keys_or_not_found(tx, case)?;
    let member = members(tx, id)?.into_iter().find(|member| member.case_id == case).ok_or_else(Error::not_found)?;
    refuse_unless_boarding(&batch)?;
    cases::lock(tx, case)?;
    leave(tx, &member)?;
    save(tx, batch)
}

/// Somebody does not travel with the batch: their movement is cancelled, and their seat is free. That they were on board
/// stays in the history of the case.
pub(super) fn leave(tx: &mut Tx<'_>, member: &Member) -> Result<()> {
    change_movement(tx, member, |movement| Movement { status: MovementStatus::Cancelled, departed_at: None, ..movement })?;
    let query = diesel::delete(movement_batch_members::table.find((member.batch_id, member.case_id)));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// Whoever takes people home must be allowed to know of them: takes somebody off whose case the batch's organisation does
/// not see any more. Says whether there was anybody to take off.
pub(in crate::db) fn leave_unless_seen(tx: &mut Tx<'_>, case: CaseId, batch: MovementBatchId) -> Result<bool> {
    let query = movement_batches::table.find(batch).select(movement_batches::organisation_id);
    let organisation: OrganisationId = found(on_backend!(tx.conn, |c| query.get_result(c).optional())?)?;
    if grants::is_seen_by(tx, case, organisation)? {
        return Ok(false);
    }
    match members(tx, batch)?.into_iter().find(|member| member.case_id == case) {
        Some(member) => leave(tx, &member).map(|()| true),
        None => Ok(false),
    }
}

/// Changes the movement of somebody on board, whoever may see the case: nobody stays booked on a plane that does not fly.
/// What rests on the movement follows.
pub(super) fn change_movement(tx: &mut Tx<'_>, member: &Member, change: impl FnOnce(Movement) -> Movement) -> Result<()> {
    let case = cases::row_for_system(tx, member.case_id)?;
    let keys = persons::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, CompartmentSet::ALL)?;
    let before: Recorded<Movement> = records::find_stored(tx, member.record_id, &keys)?;
    let content = change(before.content.clone());
    if content == before.content {
        return Ok(());
    }
    let facts = facts::gather(tx, &case, CompartmentSet::EMPTY, &Move::default())?;
    records::store_changed(tx, &case, &keys, facts, before, content, false)?;
    Ok(())
}
