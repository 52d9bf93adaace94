//! Reading the audit trail.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::audit_entries;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::ids::{ClientId, RequestId, UserId};
use crate::error::Result;

/// An audit entry, for tests and for auditors.
#[derive(Clone, Debug, Queryable)]
pub struct AuditEntryRow {
    /// Position in the trail.
    pub seq: i64,
    pub user_id: Option<UserId>,
    pub client_id: Option<ClientId>,
    pub operation: String,
    pub decision: String,
    /// The ids concerned, 16 bytes each.
    pub subject_ids: Vec<u8>,
    /// The opened compartments.
    pub compartments: CompartmentSet,
    pub request_id: RequestId,
}

/// The entries after a position, oldest first.
pub fn list(tx: &mut Tx<'_>, after: i64) -> Result<Vec<AuditEntryRow>> {
    use audit_entries as a;
    let query = a::table.filter(a::seq.gt(after)).order(a::seq).select((
        a::seq,
        a::user_id,
        a::client_id,
        a::operation,
        a::decision,
        a::subject_ids,
        a::compartments,
        a::request_id,
    ));
    Ok(query.load(tx.conn)?)
}
