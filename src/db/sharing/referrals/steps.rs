//! The steps of a referral and a transfer, each with its consequences in the same transaction.

use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::granting::{self, NewGrant, Opens};
use crate::db::casefile::history::Part;
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{case_keys, history, ownership, person_keys};
use crate::db::engine::expected::Expected;
use crate::db::process::{follow, tasks};
use crate::db::sharing::reconcile;
use crate::db::sharing::referrals::store::{self, ReferralDetails, ReferralRow, save};
use crate::db::sharing::referrals::{Referral, find_consent, open, visible};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::cases::history::ChangeSubject;
use crate::domain::codes::{ConsentPurpose, ReferralKind, ReferralStatus};
use crate::domain::ids::{ConsentId, OrganisationId, ReferralId};
use crate::domain::sharing::{Side, may_go};
use crate::error::{Error, ErrorCode, Result};

/// A step that one side asks for.
#[derive(Clone)]
pub struct Step {
    /// The status after the step.
    pub to: ReferralStatus,
    /// The consent under which an owner accepts a request; any in force if none is named.
    pub consent: Option<ConsentId>,
    /// The reason of a rejection or revocation.
    pub reason: Option<String>,
    /// The feedback on the result.
    pub feedback: Option<String>,
}

/// Takes one step.
pub fn advance(tx: &mut Tx<'_>, id: ReferralId, kinds: &[ReferralKind], expected: &Expected, step: &Step) -> Result<Referral> {
    tx.audit_subject(id.0);
    let first = visible(tx, id)?;
    let person = lock::lock_with_person(tx, first.case_id)?;
    // Read again under the lock: the other side may have been faster.
    let row = visible(tx, id)?;
    if !kinds.contains(&row.kind) {
        return Err(Error::not_found());
    }
    let read = expected.check(row.version)?;
    let side = if row.owner_id == tx.actor.organisation_id() { Side::Owner } else { Side::Other };
    if !may_go(row.kind, side, row.status, step.to) {
        let detail = format!("A {} that is {} is not made {} by your side.", row.kind, row.status, step.to);
        return Err(Error::new(ErrorCode::Conflict).detail(detail));
    }
    let case = row::row_unscoped(tx, row.case_id)?;
    // A step that ends access is allowed on a closed case too.
    if matches!(step.to, ReferralStatus::InProgress | ReferralStatus::Accepted) {
        row::refuse_if_closed(&case)?;
    }
    let row = made(tx, &case, row, step)?;
    let is_handed_over = row.kind != ReferralKind::Referral && step.to == ReferralStatus::Accepted;
    let row =
        save(tx, &case, row, |kept| ReferralDetails { reason: step.reason.clone(), feedback: step.feedback.clone(), note: None }.or(kept))?;
    if is_handed_over {
        hand_over(tx, &person, &case, &row)?;
    } else {
        reconcile::reconcile_access(tx, &person)?;
    }
    tx.audit_change(case.id.0, Some(read), Some(row.version));
    // The side that took the step gets the result, even if it no longer sees the case.
    let after = crate::db::engine::page::found(store::of_case(tx, case.id)?.into_iter().find(|known| known.id == id))?;
    open(tx, after)
}

/// The row after the step. Sending and accepting need a consent in force now, not only when the referral was drafted.
fn made(tx: &mut Tx<'_>, case: &CaseRow, row: ReferralRow, step: &Step) -> Result<ReferralRow> {
    let now = Some(tx.now);
    let mut row = ReferralRow { status: step.to, ..row };
    match step.to {
        ReferralStatus::InProgress => row.sent_at = now,
        ReferralStatus::Accepted | ReferralStatus::Rejected => row.answered_at = now,
        _ => {}
    }
    if !row.status.is_open() {
        row.closed_at = now;
    }
    if matches!(step.to, ReferralStatus::InProgress | ReferralStatus::Accepted) {
        let other = organisations::find(tx, row.other_id)?;
        let purpose = ConsentPurpose::of_sharing_with(other.kind, other.country, case.origin_in(other.country));
        let named = row.consent_id.or(step.consent);
        row.consent_id = Some(find_consent(tx, case, row.other_id, purpose, row.compartments, named)?);
    }
    Ok(row)
}

/// Hands the case over to its new owner: all keys, the ownership, and everything that is open on it. Ends the old owner's access.
fn hand_over(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &CaseRow, row: &ReferralRow) -> Result<()> {
    let (before, owner) = (case.owner_id, row.other_id);
    let person_key = person_keys::system_key(tx, case.person_id)?;
    let keys = case_keys::of_system(tx, case, CompartmentSet::ALL)?;
    let authority = granting::authority(tx)?;
    let ownership =
        NewGrant { organisation: owner, basis: GrantBasis::Ownership, compartments: CompartmentSet::ALL, expires_at: None, authority };
    granting::give(tx, person, case, &keys, &ownership)?;
    person_keys::hand_over(tx, person, authority, owner, &person_key)?;
    for basis in [GrantBasis::Registration, GrantBasis::Ownership] {
        granting::withdraw(tx, person, case.id, before, basis)?;
    }
    if !owns_another_case(tx, case, before)? {
        person_keys::withdraw_key(tx, person, before)?;
    }
    let current = row::row_unscoped(tx, case.id)?;
    let changed = CaseRow { owner_id: owner, assigned_to: None, version: current.version + 1, updated_at: tx.now, ..current.clone() };
    row::save_row(tx, &changed, current.version)?;
    let parts = vec![Part::plain(history::plain_differences(&current, &changed)?)];
    history::record_parts(tx, case.id, changed.version, ChangeSubject::Case, parts, &keys)?;
    ownership::follow_owner(tx, case.id, owner, Opens::Whole)?;
    tasks::hand_over(tx, case.id, before, owner)?;
    reconcile::reconcile_access(tx, person)?;
    follow::apply_consequences_anew(tx, &changed).map(drop)
}

fn owns_another_case(tx: &mut Tx<'_>, case: &CaseRow, organisation: OrganisationId) -> Result<bool> {
    Ok(row::of_person(tx, case.person_id)?.iter().any(|other| other.id != case.id && other.owner_id == organisation))
}
