//! The history of a case: field from → to. Plain fields in the clear, all others sealed like their compartment.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::compartments::{Contents, open_detail, seal_detail};
use super::connection::on_backend;
use super::page::{Page, PageRequest};
use super::schema::case_changes;
use super::{Tx, attachments, guests};
use crate::crypto::CompartmentKeys;
use crate::domain::compartments::{Compartment, FieldClass};
use crate::domain::dates::Timestamp;
use crate::domain::history::{ChangeSubject, FieldOf};
use crate::domain::ids::{CaseId, OrganisationId, RecordId, UserId};
use crate::domain::records::{RecordKind, TravelDocument};
use crate::error::{Error, Result};

/// One field that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field, with its compartment: `risk_level`, `identity.birth_date`.
    pub field: String,
    /// The value before.
    pub from: Value,
    /// The value after.
    pub to: Value,
}

/// One entry of the history: what one request changed in one part of the case.
#[derive(Clone, Debug)]
pub struct Change {
    /// Version of the case after the change.
    pub version: i64,
    /// When.
    pub changed_at: Timestamp,
    /// By which user.
    pub user_id: Option<UserId>,
    /// Of which organisation; none: one that the caller need not know of.
    pub organisation_id: Option<OrganisationId>,
    /// By which operation, as the API document calls it.
    pub operation: String,
    /// What it is about.
    pub subject: ChangeSubject,
    /// The compartment; none for plain fields.
    pub compartment: Option<Compartment>,
    /// What changed; none where the compartment is closed to the caller.
    pub changes: Option<Vec<FieldChange>>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = case_changes, treat_none_as_default_value = false)]
struct ChangeRow {
    case_id: CaseId,
    version: i64,
    position: i32,
    changed_at: Timestamp,
    user_id: Option<UserId>,
    organisation_id: OrganisationId,
    operation: String,
    compartment: Option<Compartment>,
    changes: Vec<u8>,
    subject: ChangeSubject,
}

/// The fields of two flat objects that differ.
pub(in crate::db) fn differences(prefix: &str, before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<FieldChange> {
    let changed = after.iter().filter(|(field, value)| before.get(*field).unwrap_or(&Value::Null) != *value);
    changed
        .map(|(field, value)| FieldChange {
            field: format!("{prefix}{field}"),
            from: before.get(field).cloned().unwrap_or(Value::Null),
            to: value.clone(),
        })
        .collect()
}

/// Records what changed: plain fields, and each compartment that the keys open. Returns the compartments that changed.
pub(in crate::db) fn record(
    tx: &mut Tx<'_>,
    case: CaseId,
    version: i64,
    plain: Vec<FieldChange>,
    contents: (&Contents, &Contents),
    keys: &CompartmentKeys,
) -> Result<Vec<Compartment>> {
    let mut parts: Vec<(Option<Compartment>, Vec<FieldChange>)> = vec![(None, plain)];
    for ((compartment, before), (_, after)) in contents.0.values()?.into_iter().zip(contents.1.values()?) {
        let (Some(Value::Object(before)), Some(Value::Object(after))) = (before, after) else { continue };
        parts.push((Some(compartment), differences(&format!("{compartment}."), &before, &after)));
    }
    record_parts(tx, case, version, ChangeSubject::Case, parts, keys)
}

/// Records what changed, part by part. Returns the compartments that changed.
pub(in crate::db) fn record_parts(
    tx: &mut Tx<'_>,
    case: CaseId,
    version: i64,
    subject: ChangeSubject,
    parts: Vec<(Option<Compartment>, Vec<FieldChange>)>,
    keys: &CompartmentKeys,
) -> Result<Vec<Compartment>> {
    let mut changed = Vec::new();
    for (position, (compartment, fields)) in parts.into_iter().filter(|(_, fields)| !fields.is_empty()).enumerate() {
        changed.extend(compartment);
        let changes = match compartment {
            None => serde_json::to_vec(&fields).map_err(Error::internal)?,
            Some(compartment) => seal_detail(case.0, version, compartment, keys, &fields)?,
        };
        let row = ChangeRow {
            case_id: case,
            version,
            position: i32::try_from(position).map_err(Error::internal)?,
            changed_at: tx.now,
            user_id: tx.actor.user().map(|user| user.user_id),
            organisation_id: tx.actor.organisation_id(),
            operation: tx.request.operation.clone(),
            compartment,
            changes,
            subject,
        };
        let query = diesel::insert_into(case_changes::table).values(&row);
        on_backend!(tx.conn, |c| query.execute(c))?;
    }
    Ok(changed)
}

/// The history of a case, newest first, redacted like the case.
pub fn list(tx: &mut Tx<'_>, case: CaseId, page: &PageRequest) -> Result<Page<Change>> {
    let (row, keys) = super::cases::row_visible(tx, case)?;
    let list = format!("history {case}");
    let position: Option<(i64, i32)> = page.position(tx, list.as_bytes())?;
    let (version, place) = position.unwrap_or((i64::MAX, i32::MAX));
    let query = case_changes::table
        .filter(case_changes::case_id.eq(case))
        .filter(case_changes::version.le(version))
        .filter(case_changes::version.lt(version).or(case_changes::position.lt(place)))
        .order((case_changes::version.desc(), case_changes::position.desc()))
        .limit(page.limit + 1)
        .select(case_changes::all_columns);
    let rows: Vec<ChangeRow> = on_backend!(tx.conn, |c| query.load(c))?;
    let opened =
        rows.into_iter().map(|change| Ok((change.position, open(tx, row.owner_id, change, &keys)?))).collect::<Result<Vec<_>>>()?;
    tx.disclose(case, keys.compartments());
    let page = page.page(tx, list.as_bytes(), opened, |(position, change)| (change.version, *position))?;
    let mut page = without_closed_restricted(page.map(|(_, change)| change));
    if guests::is_guest(tx, row.owner_id) {
        let shown = super::records::list::<TravelDocument>(tx, case)?.unwrap_or_default();
        page.items.retain(|change| !change.changes.as_deref().is_some_and(|changes| attachments::is_of_another_mission(tx, changes)));
        page.items.retain(|change| document_of(change).is_none_or(|id| shown.iter().any(|document| document.id == id)));
    }
    Ok(page)
}

/// The travel document that a change is about; none for any other change.
fn document_of(change: &Change) -> Option<RecordId> {
    match FieldOf::read(&change.changes.as_deref()?.first()?.field) {
        FieldOf::Record(RecordKind::TravelDocument, id) => Some(id),
        _ => None,
    }
}

/// That something restricted changed, and when, is itself restricted (class E); and so is whether there are files in a compartment.
fn without_closed_restricted(mut page: Page<Change>) -> Page<Change> {
    let is_restricted = |compartment: Compartment| compartment.class() == FieldClass::E;
    let is_hidden = |change: &Change| change.subject == ChangeSubject::Attachment || change.compartment.is_some_and(is_restricted);
    page.items.retain(|change| change.changes.is_some() || !is_hidden(change));
    page
}

fn open(tx: &Tx<'_>, owner: OrganisationId, row: ChangeRow, keys: &CompartmentKeys) -> Result<Change> {
    let organisation_id = guests::told_of(tx, owner, row.organisation_id);
    let changes = match row.compartment {
        None => Some(serde_json::from_slice(&row.changes).map_err(|_| Error::internal("a change has an unknown shape"))?),
        Some(compartment) => open_detail(row.case_id.0, row.version, compartment, keys, &row.changes)?,
    };
    Ok(Change {
        version: row.version,
        changed_at: row.changed_at,
        user_id: row.user_id.filter(|_| organisation_id.is_some()),
        organisation_id,
        operation: row.operation,
        subject: row.subject,
        compartment: row.compartment,
        changes,
    })
}
