//! Acts that need two persons. An approval belongs to one organisation; no other organisation learns of it.

use diesel::prelude::*;

use crate::crypto::{CompartmentKeys, Purpose, is_same, sha256};
use crate::db::Tx;
use crate::db::accounts::{organisations, users};
use crate::db::casefile::compartments::{open_detail, seal_detail};
use crate::db::casefile::{grants, open, row};
use crate::db::engine::backend::Database;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::schema::approvals;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::access::{Permission, UserActor};
use crate::domain::accounts::approval::{APPROVAL_SECONDS, Act, ApprovalAction, ApprovalStatus, status_at};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, CaseId, OrganisationId, UserId};
use crate::error::{Error, ErrorCode, Result};

#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = approvals, treat_none_as_default_value = false)]
struct ApprovalRow {
    id: ApprovalId,
    created_at: Timestamp,
    organisation_id: OrganisationId,
    action: ApprovalAction,
    parameters: String,
    parameters_hash: Vec<u8>,
    sealed_reason: Vec<u8>,
    asked_by: UserId,
    expires_at: Timestamp,
    status: ApprovalStatus,
    is_settled: bool,
    decided_by: Option<UserId>,
    decided_at: Option<Timestamp>,
    executed_at: Option<Timestamp>,
    /// The case that the act names.
    case_id: Option<CaseId>,
    /// The compartment of the case that seals the reason; none: the service does.
    reason_compartment: Option<Compartment>,
}

/// The version under which a reason is sealed: it never changes.
const REASON_VERSION: i64 = 1;

/// An act that needs two persons, with its current status.
#[derive(Clone, Debug)]
pub struct Approval {
    pub id: ApprovalId,
    pub created_at: Timestamp,
    pub action: ApprovalAction,
    /// The act with its exact parameters.
    pub act: Act,
    /// The reason, in the words of the user who asked; none where the actor does not see the case that the act is about, and where the
    /// person was erased.
    pub reason: Option<String>,
    pub asked_by: UserId,
    /// End of the approval, whatever was decided.
    pub expires_at: Timestamp,
    /// The status at the time of the query: an approval can have expired since it was stored.
    pub status: ApprovalStatus,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Timestamp>,
    pub executed_at: Option<Timestamp>,
}

/// The decision of the second person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Approves exactly this act.
    Approve,
    /// Rejects it.
    Reject,
}

fn person(tx: &Tx<'_>) -> Result<UserActor> {
    tx.actor.user().cloned().ok_or_else(|| ErrorCode::PermissionDenied.into())
}

/// Asks for the approval of an act.
pub fn ask(tx: &mut Tx<'_>, act: &Act, reason: &str) -> Result<Approval> {
    let asker = person(tx)?;
    let action = act.action().ok_or_else(|| Error::field("", "exactly_one", "ask for exactly one act, with its parameters"))?;
    if !asker.role.may(action.permission()) {
        return Err(ErrorCode::PermissionDenied.into());
    }
    if let Some(case) = act.owned_case() {
        let (case, _) = open::row_visible(tx, case)?;
        row::require_owner(tx, &case)?;
    }
    if let Some(exclusion) = &act.exclusion {
        // The case is no subject of the entry: who owns it would read that it is about to be shut out.
        found(grants::keys_for(tx, exclusion.case_id)?)?;
    }
    if let Some(recipient) = act.consent_override.as_ref().and_then(|without| without.recipient_organisation_id) {
        organisations::check(tx, recipient, "/consent_override/recipient_organisation_id")?;
    }
    if let Some(sharing) = &act.sharing {
        organisations::check(tx, sharing.to_organisation_id, "/sharing/to_organisation_id")?;
    }
    settle_what_is_over(tx)?;
    let id = ApprovalId::random();
    let parameters = serde_json::to_string(act).map_err(Error::internal)?;
    let (sealed_reason, reason_compartment) = seal_reason(tx, id, act, reason)?;
    let row = ApprovalRow {
        id,
        created_at: tx.now,
        organisation_id: asker.organisation_id,
        action,
        parameters_hash: sha256(parameters.as_bytes()),
        parameters,
        sealed_reason,
        asked_by: asker.user_id,
        expires_at: tx.now.plus_seconds(APPROVAL_SECONDS),
        status: ApprovalStatus::Open,
        is_settled: false,
        decided_by: None,
        decided_at: None,
        executed_at: None,
        case_id: act.named_case(),
        reason_compartment,
    };
    let query = diesel::insert_into(approvals::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(id.0, None, None);
    opened(tx, row)
}

/// Seals a reason. A reason about a case says what was learnt of a person, so it is sealed with the identity of the case (class C), and
/// no copy of it can be opened after an erasure.
fn seal_reason(tx: &mut Tx<'_>, id: ApprovalId, act: &Act, reason: &str) -> Result<(Vec<u8>, Option<Compartment>)> {
    let keys = act.case().map(|case| grants::keys_for(tx, case)).transpose()?.flatten();
    match keys.filter(|keys| keys.get(Compartment::Identity).is_some()) {
        Some(keys) => {
            let sealed = seal_detail(id.0, REASON_VERSION, Compartment::Identity, &keys, &reason)?;
            Ok((sealed, Some(Compartment::Identity)))
        }
        None => Ok((tx.keys.seal_for_service(Purpose::Approval, &[id.0.as_bytes()], reason.as_bytes())?, None)),
    }
}

/// Deletes the reasons of every act that names one of these cases. That two persons answered for it stays on record.
pub(in crate::db) fn forget_reasons(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<()> {
    let query =
        diesel::update(approvals::table.filter(approvals::case_id.eq_any(cases))).set(approvals::sealed_reason.eq(Vec::<u8>::new()));
    query.execute(tx.conn)?;
    Ok(())
}

/// One approval of the actor's organisation.
pub fn find(tx: &mut Tx<'_>, id: ApprovalId) -> Result<Approval> {
    let row = row(tx, id)?;
    opened(tx, row)
}

fn row(tx: &mut Tx<'_>, id: ApprovalId) -> Result<ApprovalRow> {
    let query = visible(tx)?.filter(approvals::id.eq(id)).select(approvals::all_columns);
    found(query.get_result(tx.conn).optional()?)
}

/// The approvals that the actor may see: those of the organisation for whoever may decide on them, their own for anybody else.
fn visible(tx: &Tx<'_>) -> Result<approvals::BoxedQuery<'static, Database>> {
    let actor = person(tx)?;
    let of_organisation = approvals::table.filter(approvals::organisation_id.eq(actor.organisation_id)).into_boxed();
    Ok(match actor.role.may(Permission::ApprovalDecide) {
        true => of_organisation,
        false => of_organisation.filter(approvals::asked_by.eq(actor.user_id)),
    })
}

/// The approvals of the actor's organisation that the actor may see: those that wait first, each part newest first.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<Approval>> {
    let position: Option<(bool, i64, ApprovalId)> = page.position(tx, b"approvals")?;
    let (settled, at, id) = match position.and_then(|(settled, at, id)| Timestamp::from_micros(at).map(|at| (settled, at, id))) {
        Some(position) => position,
        None => (false, tx.now.plus_seconds(1), ApprovalId(uuid::Uuid::max())),
    };
    let beyond = approvals::created_at.lt(at).or(approvals::created_at.eq(at).and(approvals::id.lt(id)));
    let query = visible(tx)?
        .filter(approvals::is_settled.gt(settled).or(approvals::is_settled.eq(settled).and(beyond)))
        .order((approvals::is_settled.asc(), approvals::created_at.desc(), approvals::id.desc()))
        .limit(page.limit + 1)
        .select(approvals::all_columns);
    let rows: Vec<ApprovalRow> = query.load(tx.conn)?;
    let page = page.page(tx, b"approvals", rows, |row| (row.is_settled, row.created_at.micros(), row.id))?;
    Ok(Page { items: opened_all(tx, page.items)?, next: page.next })
}

fn opened(tx: &mut Tx<'_>, row: ApprovalRow) -> Result<Approval> {
    opened_all(tx, vec![row])?.pop().ok_or_else(|| Error::internal("an approval that is not opened"))
}

fn opened_all(tx: &mut Tx<'_>, rows: Vec<ApprovalRow>) -> Result<Vec<Approval>> {
    let cases: Vec<CaseId> = rows.iter().filter_map(|row| row.case_id).collect();
    let mut held = if cases.is_empty() { Vec::new() } else { grants::keys_for_each(tx, &cases)? };
    for case in cases {
        if held.iter().all(|(known, _)| *known != case) {
            held.extend(grants::keys_of_merged(tx, case)?.map(|keys| (case, keys)));
        }
    }
    let mut opened = Vec::with_capacity(rows.len());
    for row in rows {
        let keys = held.iter().find(|(case, _)| Some(*case) == row.case_id).map(|(_, keys)| keys);
        let (sealed_with, case) = (row.reason_compartment, row.case_id);
        let approval = open_with(tx, row, keys)?;
        if let Some(compartment) = sealed_with.filter(|_| approval.reason.is_some()) {
            let disclosed = CompartmentSet::EMPTY.with(compartment);
            match case.filter(|_| approval.action != ApprovalAction::ExcludeMissions) {
                Some(case) => tx.audit_disclosure(case, disclosed),
                // A mission that owns the case would read in its accesses that it is about to be shut out.
                None => tx.audit_disclosure_apart(approval.id.0, disclosed),
            }
        }
        opened.push(approval);
    }
    Ok(opened)
}

/// The reason, for a caller who holds these keys of the case.
fn reason_of(tx: &Tx<'_>, row: &ApprovalRow, act: &Act, keys: Option<&CompartmentKeys>) -> Result<Option<String>> {
    let is_of_case = act.case().is_some();
    match (row.reason_compartment, keys) {
        _ if row.sealed_reason.is_empty() => Ok(None),
        (Some(compartment), Some(keys)) => open_detail(row.id.0, REASON_VERSION, compartment, keys, &row.sealed_reason),
        (Some(_), None) => Ok(None),
        (None, None) if is_of_case => Ok(None),
        (None, _) => {
            let reason = tx.keys.open_for_service(Purpose::Approval, &[row.id.0.as_bytes()], &row.sealed_reason)?;
            Ok(Some(String::from_utf8_lossy(&reason).into_owned()))
        }
    }
}

fn open_with(tx: &Tx<'_>, row: ApprovalRow, keys: Option<&CompartmentKeys>) -> Result<Approval> {
    let act: Act = serde_json::from_str(&row.parameters).map_err(|_| Error::internal("an approval has unknown parameters"))?;
    let reason = reason_of(tx, &row, &act, keys)?;
    Ok(Approval {
        id: row.id,
        created_at: row.created_at,
        action: row.action,
        act,
        reason,
        asked_by: row.asked_by,
        expires_at: row.expires_at,
        status: status_at(row.status, row.expires_at, tx.now),
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        executed_at: row.executed_at,
    })
}

/// Decides on an approval, as a second person of the same organisation.
pub fn decide(tx: &mut Tx<'_>, id: ApprovalId, verdict: Verdict) -> Result<Approval> {
    let second = person(tx)?;
    tx.audit_subject(id.0);
    let mut row = row(tx, id)?;
    if !row.action.may_be_approved_by(second.role) {
        return Err(ErrorCode::PermissionDenied.into());
    }
    match status_at(row.status, row.expires_at, tx.now) {
        ApprovalStatus::Open => {}
        ApprovalStatus::Expired => return Err(ErrorCode::ApprovalExpired.into()),
        _ => return Err(ErrorCode::ApprovalDecided.into()),
    }
    if row.asked_by == second.user_id {
        return Err(ErrorCode::SamePerson.into());
    }
    row.status = if verdict == Verdict::Approve { ApprovalStatus::Approved } else { ApprovalStatus::Rejected };
    row.is_settled = verdict == Verdict::Reject;
    row.decided_by = Some(second.user_id);
    row.decided_at = Some(tx.now);
    let open = approvals::table.find(id).filter(approvals::status.eq(ApprovalStatus::Open));
    let query = diesel::update(open).set((
        approvals::status.eq(row.status),
        approvals::is_settled.eq(row.is_settled),
        approvals::decided_by.eq(row.decided_by),
        approvals::decided_at.eq(row.decided_at),
    ));
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::ApprovalDecided.into());
    }
    tx.audit_change(id.0, None, None);
    opened(tx, row)
}

/// An approval that was used up.
#[derive(Clone, Copy, Debug)]
pub(in crate::db) struct Approved {
    pub(in crate::db) id: ApprovalId,
    /// Who approved it.
    pub(in crate::db) second: Option<UserId>,
}

/// Uses an approval up, in the transaction of the act: only for the user who asked, within the hour, once, with exactly the
/// approved parameters. [`ErrorCode::ApprovalVoid`] asks the caller to [`void`] it in a transaction of its own, because this one
/// is undone.
pub(in crate::db) fn consume(tx: &mut Tx<'_>, id: Option<ApprovalId>, act: &Act) -> Result<Approved> {
    let required = || Error::from(ErrorCode::ApprovalRequired);
    let id = id.ok_or_else(required)?;
    tx.audit_subject(id.0);
    let (asker, row) = (person(tx)?.user_id, row(tx, id).map_err(|_| required())?);
    if row.asked_by != asker {
        return Err(required());
    }
    match status_at(row.status, row.expires_at, tx.now) {
        ApprovalStatus::Approved => {}
        ApprovalStatus::Expired => return Err(ErrorCode::ApprovalExpired.into()),
        ApprovalStatus::Void => return Err(ErrorCode::ApprovalVoid.into()),
        ApprovalStatus::Open | ApprovalStatus::Rejected => return Err(required()),
        ApprovalStatus::Executed => return Err(ErrorCode::ApprovalDecided.into()),
    }
    let parameters = serde_json::to_string(act).map_err(Error::internal)?;
    let is_what_was_approved = is_same(&row.parameters_hash, &sha256(parameters.as_bytes()));
    if !is_what_was_approved || !still_stands(tx, &row)? {
        return Err(ErrorCode::ApprovalVoid.into());
    }
    let approved = approvals::table.find(id).filter(approvals::status.eq(ApprovalStatus::Approved));
    let query = diesel::update(approved).set((
        approvals::status.eq(ApprovalStatus::Executed),
        approvals::is_settled.eq(true),
        approvals::executed_at.eq(Some(tx.now)),
    ));
    match query.execute(tx.conn)? {
        0 => Err(ErrorCode::ApprovalDecided.into()),
        _ => Ok(Approved { id, second: row.decided_by }),
    }
}

/// The approval of exactly this act that the actor asked for and that waits for a second person, or can be used.
pub(in crate::db) fn pending(tx: &mut Tx<'_>, act: &Act) -> Result<Option<(ApprovalId, ApprovalStatus)>> {
    let parameters = serde_json::to_string(act).map_err(Error::internal)?;
    let query = approvals::table
        .filter(approvals::asked_by.eq(person(tx)?.user_id))
        .filter(approvals::parameters_hash.eq(sha256(parameters.as_bytes())))
        .filter(approvals::status.eq_any([ApprovalStatus::Open, ApprovalStatus::Approved]))
        .filter(approvals::expires_at.gt(tx.now))
        .order((approvals::created_at.desc(), approvals::id))
        .select(approvals::all_columns);
    let rows: Vec<ApprovalRow> = query.load(tx.conn)?;
    for row in rows {
        if row.status == ApprovalStatus::Open || still_stands(tx, &row)? {
            return Ok(Some((row.id, row.status)));
        }
    }
    Ok(None)
}

/// Whether the second person could still approve this act now.
fn still_stands(tx: &mut Tx<'_>, row: &ApprovalRow) -> Result<bool> {
    let Some(second) = row.decided_by else { return Ok(false) };
    let second = users::find(tx, second)?;
    let is_colleague = second.disabled_at.is_none() && second.organisation_id == row.organisation_id;
    Ok(is_colleague && second.id != row.asked_by && row.action.may_be_approved_by(second.role))
}

/// Ends an approval that was tried with other parameters, or whose second person may no longer approve it.
pub fn void(tx: &mut Tx<'_>, id: ApprovalId) -> Result<()> {
    let own = approvals::table
        .find(id)
        .filter(approvals::organisation_id.eq(tx.actor.organisation_id()))
        .filter(approvals::status.eq(ApprovalStatus::Approved));
    let query = diesel::update(own).set((approvals::status.eq(ApprovalStatus::Void), approvals::is_settled.eq(true)));
    query.execute(tx.conn)?;
    tx.audit_change(id.0, None, None);
    Ok(())
}

/// Marks expired approvals as settled, so that the list puts them behind those that still wait.
fn settle_what_is_over(tx: &mut Tx<'_>) -> Result<()> {
    let over = approvals::table
        .filter(approvals::organisation_id.eq(tx.actor.organisation_id()))
        .filter(approvals::is_settled.eq(false))
        .filter(approvals::expires_at.le(tx.now));
    let query = diesel::update(over).set(approvals::is_settled.eq(true));
    query.execute(tx.conn)?;
    Ok(())
}
