//! What is refused while space is short, so that cases can still be read, registered and changed.

use crate::db::Db;
use crate::error::{Error, Result};

/// Operations that take much space: files, lists, and exports, which leave an entry for each case.
pub const TAKES_SPACE: &[&str] = &[
    "create_attachment",
    "put_attachment_content",
    "create_import",
    "put_import_content",
    "validate_import",
    "commit_import",
    "create_export",
    "get_export_csv",
    "create_audit_export",
    "get_audit_export_csv",
];

/// Refuses an operation that takes much space, where that is short.
pub(in crate::api::http) fn require(db: &Db, operation: &str) -> Result<()> {
    if db.space().is_short() && TAKES_SPACE.contains(&operation) { Err(Error::storage_full()) } else { Ok(()) }
}
