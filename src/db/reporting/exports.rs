//! Exports: names, and audit entries. Their rows are not stored: a pending export stores only its filter, and the rows are read when it is
//! fetched, with the grants of that moment. So a grant that ends removes its case from every export that is not fetched yet.

use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{HashMap, HashSet};

use crate::db::Tx;
use crate::db::accounts::approvals;
use crate::db::casefile::filter::{self, CaseFilter};
use crate::db::casefile::list::{self, CaseSort, CaseSummaryRow};
use crate::db::engine::page::{PageRequest, found};
use crate::db::schema::{cases, exports, repatriation_transitions};
use crate::domain::accounts::approval::{Act, ApprovalAction, AuditExportParameters, ExportParameters};
use crate::domain::cases::person::Identity;
use crate::domain::codes::ClosureReason;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, CaseId, ExportId, OrganisationId, UserId};
use crate::domain::repatriation::RuleName;
use crate::domain::repatriation::stage::Stage;
use crate::error::{Error, ErrorCode, Result};

/// Seconds in which an export can be fetched.
pub const EXPORT_SECONDS: i64 = 15 * 60;
/// The most cases of an export.
pub const MOST_CASES: usize = 5000;
/// Cases that are read at once.
const PAGE: i64 = 200;

/// An export that can be fetched once.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = exports, treat_none_as_default_value = false)]
pub struct ExportRow {
    pub id: ExportId,
    pub created_at: Timestamp,
    pub organisation_id: OrganisationId,
    pub approval_id: ApprovalId,
    pub asked_by: UserId,
    /// The filter as it was approved.
    pub parameters: String,
    pub expires_at: Timestamp,
    pub fetched_at: Option<Timestamp>,
    /// What is exported.
    pub action: ApprovalAction,
}

/// A case of an export.
pub struct ExportedCase {
    pub row: CaseSummaryRow,
    pub identity: Identity,
    pub closure_reason: Option<ClosureReason>,
    /// Whether it stands where it does because somebody recorded afterwards that the person had left.
    pub is_recorded_afterwards: bool,
}

/// Creates an export of names that a second person approved.
pub fn insert(tx: &mut Tx<'_>, approval: Option<ApprovalId>, parameters: &ExportParameters) -> Result<ExportRow> {
    filter::check_filter(tx, &CaseFilter::from(parameters.clone()))?;
    insert_as(tx, approval, &Act { export: Some(parameters.clone()), ..Act::default() }, parameters)
}

/// Creates an export of audit entries that a second person approved.
pub fn insert_audit(tx: &mut Tx<'_>, approval: Option<ApprovalId>, parameters: &AuditExportParameters) -> Result<ExportRow> {
    insert_as(tx, approval, &Act { audit_export: Some(parameters.clone()), ..Act::default() }, parameters)
}

fn insert_as(tx: &mut Tx<'_>, approval: Option<ApprovalId>, act: &Act, parameters: &impl Serialize) -> Result<ExportRow> {
    let asked_by = asking(tx)?;
    let action = act.action().ok_or_else(|| Error::internal("an export is one act"))?;
    let approved = approvals::consume(tx, approval, act)?;
    let row = ExportRow {
        id: ExportId::random(),
        created_at: tx.now,
        organisation_id: tx.actor.organisation_id(),
        approval_id: approved.id,
        asked_by,
        parameters: serde_json::to_string(parameters).map_err(Error::internal)?,
        expires_at: tx.now.plus_seconds(EXPORT_SECONDS),
        fetched_at: None,
        action,
    };
    let query = diesel::insert_into(exports::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(row.id.0, None, None);
    Ok(row)
}

fn asking(tx: &Tx<'_>) -> Result<UserId> {
    tx.actor.user().map(|user| user.user_id).ok_or_else(|| ErrorCode::PermissionDenied.into())
}

/// Finds an export of the actor. What is in it is fetched by another function, once.
pub fn find(tx: &mut Tx<'_>, id: ExportId, action: ApprovalAction) -> Result<ExportRow> {
    tx.audit_subject(id.0);
    let asked_by = asking(tx)?;
    let own = exports::organisation_id.eq(tx.actor.organisation_id()).and(exports::asked_by.eq(asked_by));
    let query = exports::table.find(id).filter(own.and(exports::action.eq(action))).select(exports::all_columns);
    found(query.get_result(tx.conn).optional()?)
}

/// Claims an export, once: of concurrent attempts, one succeeds. A claimed export cannot be fetched again, even if the answer is
/// lost. Returns what was approved.
pub fn claim<T: DeserializeOwned>(tx: &mut Tx<'_>, id: ExportId, action: ApprovalAction) -> Result<T> {
    tx.audit_subject(id.0);
    let asked_by = asking(tx)?;
    let waiting = exports::table
        .find(id)
        .filter(exports::organisation_id.eq(tx.actor.organisation_id()))
        .filter(exports::asked_by.eq(asked_by))
        .filter(exports::action.eq(action))
        .filter(exports::fetched_at.is_null())
        .filter(exports::expires_at.gt(tx.now));
    let query = diesel::update(waiting).set(exports::fetched_at.eq(Some(tx.now)));
    if query.execute(tx.conn)? == 0 {
        return Err(Error::not_found());
    }
    let query = exports::table.find(id).select(exports::parameters);
    let parameters: String = found(query.get_result(tx.conn).optional()?)?;
    tx.audit_change(id.0, None, None);
    serde_json::from_str(&parameters).map_err(|_| Error::internal("an export has unknown parameters"))
}

/// Gives a claimed export back, of which nothing was read: it may be fetched again after the selection was found to be too large.
pub fn give_back(tx: &mut Tx<'_>, id: ExportId) -> Result<()> {
    let claimed = exports::table.find(id).filter(exports::asked_by.eq(asking(tx)?));
    let query = diesel::update(claimed).set(exports::fetched_at.eq(None::<Timestamp>));
    query.execute(tx.conn)?;
    tx.audit_change(id.0, None, None);
    Ok(())
}

/// The cases that the organisation owns and has a live grant on, as they are now, oldest first, each with the person's identity.
/// Every disclosed name is in the audit trail before the answer is sent.
pub fn rows(tx: &mut Tx<'_>, parameters: &ExportParameters) -> Result<Vec<ExportedCase>> {
    let filter = CaseFilter { owner: Some(tx.actor.organisation_id()), ..CaseFilter::from(parameters.clone()) };
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = list::list_whole(tx, &filter, CaseSort::RegisteredOldest, &PageRequest { limit: PAGE, after })?;
        let ends = ends(tx, &page.items.iter().map(|(row, _)| row.id).collect::<Vec<_>>())?;
        found.extend(page.items.into_iter().filter_map(|(row, identity)| {
            let (closure_reason, is_recorded_afterwards) = ends.get(&row.id).copied().unwrap_or_default();
            Some(ExportedCase { row, identity: identity?, closure_reason, is_recorded_afterwards })
        }));
        if found.len() > MOST_CASES {
            return Err(Error::new(ErrorCode::Conflict).detail("These are more cases than fit into one export: narrow the selection."));
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// Why each of some cases was closed, and whether the departure with which the person left was recorded afterwards.
fn ends(tx: &mut Tx<'_>, ids: &[CaseId]) -> Result<HashMap<CaseId, (Option<ClosureReason>, bool)>> {
    let query = cases::table.filter(cases::id.eq_any(ids)).select((cases::id, cases::closure_reason, cases::stage));
    let rows: Vec<(CaseId, Option<ClosureReason>, Stage)> = query.load(tx.conn)?;
    let query = repatriation_transitions::table
        .filter(repatriation_transitions::case_id.eq_any(ids))
        .filter(repatriation_transitions::rule.eq(RuleName::T15))
        .filter(repatriation_transitions::taken_back_with.is_null())
        .select(repatriation_transitions::case_id);
    let afterwards: HashSet<CaseId> = query.load(tx.conn)?.into_iter().collect();
    let end = |(id, reason, stage): (CaseId, _, Stage)| (id, (reason, stage >= Stage::Departed && afterwards.contains(&id)));
    Ok(rows.into_iter().map(end).collect())
}

impl From<ExportParameters> for CaseFilter {
    fn from(asked: ExportParameters) -> Self {
        Self {
            nationality: asked.nationality,
            stage: asked.stage,
            side_state: asked.side_state,
            compound: asked.compound,
            operation: asked.operation,
            mission: asked.mission,
            risk_level: asked.risk_level,
            is_child: asked.is_child,
            owner: None,
            assigned_to: asked.assigned_to,
            status: asked.status,
            host_country: asked.host_country,
            gender: asked.gender,
            code: None,
            registered_from: asked.registered_from,
            registered_to: asked.registered_to,
            updated_from: asked.updated_from,
            updated_to: asked.updated_to,
        }
    }
}
