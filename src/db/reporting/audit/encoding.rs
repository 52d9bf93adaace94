//! The bytes of an audit entry that are sealed: every column in a fixed order, each with its length, so that no two entries have the
//! same bytes.

use diesel::prelude::*;

use crate::db::schema::audit_entries;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ClientId, OrganisationId, RequestId, SessionId, UserId};

/// The form of the bytes.
const FORM: u8 = 1;

/// An audit entry as it is stored. Codes are texts and sets are numbers here: what somebody wrote past the service must be read, too.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct StoredEntry {
    pub seq: i64,
    pub recorded_at: Timestamp,
    pub user_id: Option<UserId>,
    pub organisation_id: OrganisationId,
    pub session_id: Option<SessionId>,
    pub operation: String,
    pub decision: String,
    pub subject_ids: Vec<u8>,
    pub compartments: i32,
    pub request_id: RequestId,
    pub old_version: Option<i64>,
    pub new_version: Option<i64>,
    pub reason: Option<String>,
    pub client_id: Option<ClientId>,
    pub code: String,
    pub status: i32,
    pub name_tried: Option<Vec<u8>>,
    pub occurrences: i32,
    /// The place in the sealed trail.
    pub position: Option<i64>,
}

impl StoredEntry {
    /// The bytes of the entry at its place in the trail.
    pub fn bytes(&self, position: i64) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(position, &mut bytes);
        bytes
    }

    /// Writes these bytes behind others.
    pub fn write(&self, position: i64, bytes: &mut Vec<u8>) {
        bytes.push(FORM);
        let mut put = |field: Option<&[u8]>| match field {
            None => bytes.push(0),
            Some(field) => {
                bytes.push(1);
                bytes.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
                bytes.extend_from_slice(field);
            }
        };
        put(Some(&position.to_be_bytes()));
        put(Some(&self.seq.to_be_bytes()));
        put(Some(&self.recorded_at.micros().to_be_bytes()));
        put(self.user_id.as_ref().map(|id| id.0.as_bytes().as_slice()));
        put(self.client_id.as_ref().map(|id| id.0.as_bytes().as_slice()));
        put(Some(self.organisation_id.0.as_bytes()));
        put(self.session_id.as_ref().map(|id| id.0.as_bytes().as_slice()));
        put(Some(self.operation.as_bytes()));
        put(Some(self.decision.as_bytes()));
        put(Some(self.code.as_bytes()));
        put(Some(&self.status.to_be_bytes()));
        put(Some(&self.subject_ids));
        put(Some(&self.compartments.to_be_bytes()));
        put(Some(self.request_id.0.as_bytes()));
        put(self.old_version.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
        put(self.new_version.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
        put(self.reason.as_ref().map(String::as_bytes));
        put(self.name_tried.as_deref());
        put(Some(&self.occurrences.to_be_bytes()));
    }
}
