//! Opening a case whole that the organisation took over from a mission: an act that needs two persons.

use crate::db::Tx;
use crate::db::accounts::approvals;
use crate::db::casefile::open::{self, OpenCase};
use crate::db::casefile::row;
use crate::db::casefile::{lock, ownership};
use crate::db::process::follow;
use crate::domain::accounts::approval::{Act, TakeoverParameters};
use crate::domain::ids::{ApprovalId, CaseId};
use crate::error::{Error, ErrorCode, Result};

/// Opens the case whole to its owner, as a second person of it approved.
pub fn open_whole(tx: &mut Tx<'_>, case: CaseId, approval: Option<ApprovalId>) -> Result<OpenCase> {
    let person = lock::lock_with_person(tx, case)?;
    let (row, _) = open::row_visible(tx, case)?;
    row::require_owner(tx, &row)?;
    if ownership::opens_a_part_since(tx, &row)?.is_none() {
        return Err(Error::new(ErrorCode::Conflict).detail("Your organisation opens the whole case already."));
    }
    let asked = TakeoverParameters { case_id: case };
    approvals::consume(tx, approval, &Act { takeover: Some(asked), ..Act::default() })?;
    ownership::open_whole(tx, &person, &row)?;
    follow::apply_consequences_anew(tx, &row)?;
    tx.audit_change(case.0, None, None);
    open::find(tx, case)
}
