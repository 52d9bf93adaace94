//! The audit trail: the actor, the operation, the case and the opened compartments of each entry. No personal data.

use diesel::prelude::*;

use crate::db::engine::connection::Connection;
use crate::db::schema::audit_entries;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ClientId, OrganisationId, RequestId, SessionId, UserId};
use crate::error::{ErrorCode, Result};

text_enum! {
    /// The result of a request, for the audit trail.
    pub enum Decision {
        Allowed = "allowed",
        NotFound = "not_found",
        Refused = "refused",
        Failed = "failed",
    }
}

impl Decision {
    /// The decision that matches an outcome.
    pub fn of<T>(outcome: &Result<T>) -> Self {
        match outcome {
            Ok(_) => Self::Allowed,
            Err(error) if error.code == ErrorCode::NotFound => Self::NotFound,
            Err(error) if error.code.status() < 500 => Self::Refused,
            Err(_) => Self::Failed,
        }
    }
}

/// An audit entry that is about to be written.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
pub struct NewAuditEntry {
    pub recorded_at: Timestamp,
    /// The user; none for the system and for failed sign-ins.
    pub user_id: Option<UserId>,
    /// The machine client; none for users and the system.
    pub client_id: Option<ClientId>,
    pub organisation_id: OrganisationId,
    pub session_id: Option<SessionId>,
    /// The operation, by its id in the API document.
    pub operation: String,
    pub decision: &'static str,
    /// The ids concerned, 16 bytes each.
    pub subject_ids: Vec<u8>,
    /// The opened compartments.
    pub compartments: CompartmentSet,
    pub request_id: RequestId,
    pub old_version: Option<i64>,
    pub new_version: Option<i64>,
    /// The reason, where one is required.
    pub reason: Option<String>,
}

/// Writes entries. Called by the writer thread, in the transaction of the effect.
pub(in crate::db) fn insert(conn: &mut Connection, entries: &[NewAuditEntry]) -> Result<()> {
    for entry in entries {
        let query = diesel::insert_into(audit_entries::table).values(entry.clone());
        query.execute(conn)?;
    }
    Ok(())
}
