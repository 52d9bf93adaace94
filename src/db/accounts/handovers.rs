//! Handovers of all work of one user to a colleague.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::accounts::{absences, users};
use crate::db::casefile::{assignees, handing_over};
use crate::db::engine::page::found;
use crate::db::schema::handovers;
use crate::domain::accounts::absence::WorkPart;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{HandoverId, OrganisationId, UserId};
use crate::error::{Error, ErrorCode, Result};

/// A handover as stored.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = handovers, treat_none_as_default_value = false)]
pub struct HandoverRow {
    pub id: HandoverId,
    pub organisation_id: OrganisationId,
    pub created_at: Timestamp,
    pub created_by: UserId,
    pub from_user_id: UserId,
    pub to_user_id: UserId,
    pub cases: i32,
    pub tasks: i32,
}

/// Hands the work of a user over. Whoever may read no case learns how many there were, and nothing else.
pub fn insert(tx: &mut Tx<'_>, from: UserId, to: UserId, only: Option<WorkPart>) -> Result<HandoverRow> {
    let user = absences::known(tx, from)?;
    if from == to {
        return Err(Error::field("/assigned_to", "same_user", "must be another user: the work is theirs already"));
    }
    let created_by = tx.actor.user().map(|user| user.user_id).ok_or_else(|| Error::from(ErrorCode::PermissionDenied))?;
    // Users before cases, as everywhere, and in the order of their ids: two handovers in opposite directions wait for each other otherwise.
    users::lock(tx, from.min(to))?;
    users::lock(tx, from.max(to))?;
    let assignee = assignees::chosen(tx, user.organisation_id, to, "/assigned_to")?;
    let moved = handing_over::hand_over(tx, from, user.organisation_id, assignee, only)?;
    let row = HandoverRow {
        id: HandoverId::random(),
        organisation_id: user.organisation_id,
        created_at: tx.now,
        created_by,
        from_user_id: from,
        to_user_id: to,
        cases: i32::try_from(moved.cases).map_err(Error::internal)?,
        tasks: i32::try_from(moved.tasks).map_err(Error::internal)?,
    };
    let query = diesel::insert_into(handovers::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(from.0, None, None);
    tx.audit_subject(to.0);
    tx.audit_subject(row.id.0);
    Ok(row)
}

/// A handover of a user's work.
pub fn find(tx: &mut Tx<'_>, from: UserId, id: HandoverId) -> Result<HandoverRow> {
    let user = absences::known(tx, from)?;
    let query = handovers::table
        .find(id)
        .filter(handovers::from_user_id.eq(from))
        .filter(handovers::organisation_id.eq(user.organisation_id))
        .select(handovers::all_columns);
    found(query.get_result(tx.conn).optional()?)
}
