//! The passengers of a movement batch.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::lock;
use crate::db::schema::{movement_batch_members, movement_batches};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, MovementBatchId, RecordId};
use crate::error::Result;

#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = movement_batch_members, treat_none_as_default_value = false)]
pub(in crate::db) struct Member {
    pub(in crate::db) batch_id: MovementBatchId,
    pub(in crate::db) case_id: CaseId,
    pub(in crate::db) record_id: RecordId,
    pub(in crate::db) added_at: Timestamp,
}

/// Whether a batch is of another organisation than the actor's: nobody else can ask for it.
pub(in crate::db) fn is_of_another_organisation(tx: &mut Tx<'_>, batch: MovementBatchId) -> Result<bool> {
    let own = movement_batches::table.find(batch).filter(movement_batches::organisation_id.eq(tx.actor.organisation_id()));
    let query = diesel::select(diesel::dsl::exists(own));
    Ok(!query.get_result::<bool>(tx.conn)?)
}

/// All passengers of a batch, without a check of grants.
pub(in crate::db) fn members(tx: &mut Tx<'_>, batch: MovementBatchId) -> Result<Vec<Member>> {
    let query = movement_batch_members::table
        .filter(movement_batch_members::batch_id.eq(batch))
        .order((movement_batch_members::added_at, movement_batch_members::case_id))
        .select(movement_batch_members::all_columns);
    Ok(query.load(tx.conn)?)
}

/// The same, with them and their cases locked until this transaction ends.
pub(in crate::db) fn lock_members(tx: &mut Tx<'_>, batch: MovementBatchId) -> Result<Vec<Member>> {
    let members = members(tx, batch)?;
    lock::lock_all_with_persons(tx, members.iter().map(|member| member.case_id).collect())?;
    Ok(members)
}
