//! The passengers: each case has a movement of its own, which follows the batch.

use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{grants, lock, open};
use crate::db::engine::expected::Expected;
use crate::db::process::batch_members::{self, Member};
use crate::db::process::follow::{RecordChange, Source};
use crate::db::process::transition_log::Move;
use crate::db::process::{facts, follow};
use crate::db::repatriation::movement_batches::{Batch, begin, save};
use crate::db::schema::movement_batch_members;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::ids::{CaseId, MovementBatchId};
use crate::domain::repatriation::Facts;
use crate::domain::repatriation::movement_batch::boarding_refusal;
use crate::domain::violation::Violation;
use crate::error::{Error, ErrorCode, Result};

/// A person who can be put on board.
struct Boarding {
    case: CaseRow,
    keys: CompartmentKeys,
    facts: Facts,
}

/// The reason why a person cannot be put on board: a code and a sentence.
type Refusal = (&'static str, &'static str);

/// Puts persons on board: all of them, or none.
pub fn add(tx: &mut Tx<'_>, id: MovementBatchId, asked: &[CaseId]) -> Result<Batch> {
    let batch = begin(tx, id, &Expected::Any)?;
    refuse_unless_boarding(&batch)?;
    lock::lock_all_with_persons(tx, asked.to_vec())?;
    let aboard: Vec<CaseId> = batch_members::members(tx, id)?.into_iter().map(|member| member.case_id).collect();
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

/// Checks whether a person can be put on board of any batch.
fn look_at(tx: &mut Tx<'_>, id: CaseId) -> Result<std::result::Result<Boarding, Refusal>> {
    tx.audit_subject(id.0);
    let Some(keys) = grants::keys_for(tx, id)? else { return Ok(Err(("not_found", "your organisation sees no case with this id"))) };
    let case = row::row_unscoped(tx, id)?;
    if keys.get(Compartment::Identity).is_none() {
        return Ok(Err(("closed_to_you", "your organisation's grant does not open who the person is")));
    }
    let facts = facts::load(tx, &case, keys.compartments(), &Move::default())?;
    tx.audit_disclosure(id, CompartmentSet::EMPTY.with(Compartment::Identity));
    Ok(boarding_refusal(&facts).map_or(Ok(Boarding { case, keys, facts }), Err))
}

fn seat(tx: &mut Tx<'_>, batch: &Batch, passenger: Boarding) -> Result<()> {
    let Boarding { case, keys, facts } = passenger;
    let change = RecordChange { case: &case, keys: &keys, facts, source: Source::System };
    let record = change.insert(tx, batch.content.movement(batch.id))?;
    let member = Member { batch_id: batch.id, case_id: case.id, record_id: record.id, added_at: tx.now };
    let query = diesel::insert_into(movement_batch_members::table).values(&member);
    query.execute(tx.conn)?;
    Ok(())
}

fn refuse_unless_boarding(batch: &Batch) -> Result<()> {
    if batch.content.is_boarding() {
        return Ok(());
    }
    Err(Error::new(ErrorCode::Conflict).detail("The batch has departed or is cancelled: passengers can no longer be added or removed."))
}

/// Takes a person off, and cancels their movement.
pub fn remove(tx: &mut Tx<'_>, id: MovementBatchId, case: CaseId, expected: &Expected) -> Result<Batch> {
    let batch = begin(tx, id, expected)?;
    open::keys_or_not_found(tx, case)?;
    let member = batch_members::members(tx, id)?.into_iter().find(|member| member.case_id == case).ok_or_else(Error::not_found)?;
    refuse_unless_boarding(&batch)?;
    lock::lock(tx, case)?;
    follow::leave(tx, &member)?;
    save(tx, batch)
}
