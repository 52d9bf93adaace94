//! The audit trail: who did what to which case, and which compartments they saw. No personal data.

use diesel::prelude::*;

use crate::db::engine::connection::Connection;
use crate::db::schema::audit_entries;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ClientId, OrganisationId, RequestId, SessionId, UserId};
use crate::error::{ErrorCode, Result};

text_enum! {
    /// How a request ended, for the audit trail.
    pub enum Decision {
        Allowed = "allowed",
        NotFound = "not_found",
        Refused = "refused",
        Failed = "failed",
    }
}

impl Decision {
    /// The decision that an outcome amounts to.
    pub fn of<T>(outcome: &Result<T>) -> Self {
        match outcome {
            Ok(_) => Self::Allowed,
            Err(error) if error.code == ErrorCode::NotFound => Self::NotFound,
            Err(error) if error.code.status() < 500 => Self::Refused,
            Err(_) => Self::Failed,
        }
    }
}

/// An entry to be written.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
pub struct NewAuditEntry {
    /// When.
    pub recorded_at: Timestamp,
    /// Which user; none for the system and for failed sign-ins.
    pub user_id: Option<UserId>,
    /// Which machine client; none for users and the system.
    pub client_id: Option<ClientId>,
    /// Which organisation.
    pub organisation_id: OrganisationId,
    /// Which session.
    pub session_id: Option<SessionId>,
    /// Which operation, as the API document calls it.
    pub operation: String,
    /// How it ended.
    pub decision: &'static str,
    /// The ids concerned, 16 bytes each.
    pub subject_ids: Vec<u8>,
    /// The compartments that were opened.
    pub compartments: CompartmentSet,
    /// Which request.
    pub request_id: RequestId,
    /// Version before.
    pub old_version: Option<i64>,
    /// Version after.
    pub new_version: Option<i64>,
    /// Why, where a reason is required.
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
