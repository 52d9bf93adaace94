//! Messages to those who answer for data protection in an organisation: something about access that is odd. An event names ids, and
//! never what was looked for or why.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::{data_protection_events, users};
use crate::domain::codes::DataProtectionEventKind;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ClientId, DataProtectionEventId, OrganisationId, UserId};
use crate::error::Result;

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = data_protection_events, treat_none_as_default_value = false)]
pub struct DataProtectionEventRow {
    pub id: DataProtectionEventId,
    pub organisation_id: OrganisationId,
    pub kind: DataProtectionEventKind,
    /// Whose acts are odd, where that is known.
    pub user_id: Option<UserId>,
    pub case_id: Option<CaseId>,
    pub happened_at: Timestamp,
    /// The machine client whose acts are odd, where that is known.
    pub client_id: Option<ClientId>,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// Whose acts are odd.
    pub user: Option<UserId>,
    /// The machine client whose acts are odd.
    pub client: Option<ClientId>,
    /// The case concerned, if it is one case.
    pub case: Option<CaseId>,
}

/// Whether the actor answers for data protection: a supervisor, or a user who is marked so.
pub(in crate::db) fn answers_for_data_protection(tx: &mut Tx<'_>) -> Result<bool> {
    let Some(user) = tx.actor.user() else { return Ok(false) };
    if user.role.is_supervisor() {
        return Ok(true);
    }
    let query = users::table.filter(users::id.eq(user.user_id)).select(users::data_protection);
    Ok(query.get_result(tx.conn).optional()?.unwrap_or(false))
}

/// Tells those who answer for data protection in an organisation, in the transaction of what is odd.
pub fn tell_data_protection(tx: &mut Tx<'_>, organisation: OrganisationId, kind: DataProtectionEventKind, about: About) -> Result<()> {
    let row = DataProtectionEventRow {
        id: DataProtectionEventId::random(),
        organisation_id: organisation,
        kind,
        user_id: about.user,
        case_id: about.case,
        happened_at: tx.now,
        client_id: about.client,
    };
    let query = diesel::insert_into(data_protection_events::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(row.id.0, None, None);
    Ok(())
}
