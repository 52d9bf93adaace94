//! The audit trail: reading it, sealing it, and verifying the seal.

pub mod accesses;
pub mod checkpoint;
pub mod checkpoints;
pub mod data_protection;
mod encoding;
pub mod entries;
mod readers;
pub mod sealing;
pub mod verifying;
mod watch;

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::{anonymous_refusals, audit_entries};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::ids::{ClientId, OrganisationId, RequestId, UserId};
use crate::error::Result;

/// An audit entry, for tests and for auditors.
#[derive(Clone, Debug, Queryable)]
pub struct AuditEntryRow {
    /// Position in the trail.
    pub seq: i64,
    pub user_id: Option<UserId>,
    pub client_id: Option<ClientId>,
    pub organisation_id: OrganisationId,
    pub operation: String,
    pub decision: String,
    /// The ids concerned, 16 bytes each.
    pub subject_ids: Vec<u8>,
    /// The opened compartments.
    pub compartments: CompartmentSet,
    pub request_id: RequestId,
    /// The code of the problem, or `ok`.
    pub code: String,
    pub status: i32,
    /// A keyed hash of the name with which somebody failed to sign in.
    pub name_tried: Option<Vec<u8>>,
    pub occurrences: i32,
}

/// The entries after a position, oldest first.
pub fn list(tx: &mut Tx<'_>, after: i64) -> Result<Vec<AuditEntryRow>> {
    use audit_entries as a;
    let query = a::table.filter(a::seq.gt(after)).order(a::seq).select((
        a::seq,
        a::user_id,
        a::client_id,
        a::organisation_id,
        a::operation,
        a::decision,
        a::subject_ids,
        a::compartments,
        a::request_id,
        a::code,
        a::status,
        a::name_tried,
        a::occurrences,
    ));
    Ok(query.load(tx.conn)?)
}

/// How often an operation was refused with a code to requests without a valid token.
pub fn anonymous_refusals(tx: &mut Tx<'_>) -> Result<Vec<(String, String, i64)>> {
    use anonymous_refusals as counts;
    let query = counts::table.order((counts::operation, counts::code)).select((counts::operation, counts::code, counts::occurrences));
    Ok(query.load(tx.conn)?)
}
