//! Writing the history of a case: the changed fields with their old and new values, sealed where the field is sealed.

use diesel::prelude::*;
use serde::Deserialize;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::{Contents, seal_detail};
use crate::db::casefile::grant_copies;
use crate::db::casefile::person_keys;
use crate::db::casefile::row::{self, CaseRow, save_row};
use crate::db::schema::case_changes;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::history::{ChangeReason, ChangeSubject};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, UserId};
use crate::error::{Error, Result};

/// The plain fields that differ between two rows.
pub(in crate::db) fn plain_differences(before: &CaseRow, after: &CaseRow) -> Result<Vec<FieldChange>> {
    Ok(differences("", &plain_fields(before)?, &plain_fields(after)?))
}

/// The fields that are stored in the clear.
pub(in crate::db) fn plain_fields(row: &CaseRow) -> Result<Map<String, Value>> {
    match serde_json::to_value(row).map_err(Error::internal)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(Error::internal("a case row is not an object")),
    }
}

/// Records a change that concerns the case but no field of it, in a version of its own.
pub(in crate::db) fn record_apart(
    tx: &mut Tx<'_>,
    before: &CaseRow,
    keys: &CompartmentKeys,
    subject: ChangeSubject,
    parts: Vec<Part>,
) -> Result<()> {
    let row = CaseRow { version: before.version + 1, updated_at: tx.now, ..before.clone() };
    save_row(tx, &row, before.version)?;
    grant_copies::follow(tx, &row)?;
    record_parts(tx, row.id, row.version, subject, parts, keys)?;
    tx.audit_change(row.id.0, Some(before.version), Some(row.version));
    Ok(())
}

/// One field that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field, with its compartment: `risk_level`, `identity.birth_date`.
    pub field: String,
    pub from: Value,
    pub to: Value,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = case_changes, treat_none_as_default_value = false)]
pub(in crate::db) struct ChangeRow {
    pub(in crate::db) case_id: CaseId,
    pub(in crate::db) version: i64,
    pub(in crate::db) position: i32,
    pub(in crate::db) changed_at: Timestamp,
    pub(in crate::db) user_id: Option<UserId>,
    pub(in crate::db) organisation_id: OrganisationId,
    pub(in crate::db) operation: String,
    pub(in crate::db) compartment: Option<Compartment>,
    pub(in crate::db) changes: Vec<u8>,
    pub(in crate::db) subject: ChangeSubject,
    /// Why, where nobody asked for it on the case itself.
    pub(in crate::db) reason: Option<ChangeReason>,
    /// The merged case that it is told of, and whose keys seal it.
    pub(in crate::db) merged_from: Option<CaseId>,
}

/// What one request changed in one part of the case.
pub(in crate::db) struct Part {
    compartment: Option<Compartment>,
    fields: Vec<FieldChange>,
    merged_from: Option<CaseId>,
}

impl Part {
    /// Fields of the case that are stored in the clear.
    pub(in crate::db) fn plain(fields: Vec<FieldChange>) -> Self {
        Self { compartment: None, fields, merged_from: None }
    }

    /// Sealed fields of the case, or of what hangs on it: recorded there, or on the case that was merged into it.
    pub(in crate::db) fn sealed(compartment: Compartment, fields: Vec<FieldChange>, merged_from: Option<CaseId>) -> Self {
        Self { compartment: Some(compartment), fields, merged_from }
    }
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

/// Records the changes of plain fields and of each compartment that the keys open. Returns the compartments that changed. What a merge
/// changed is told to who opens the merged case.
pub(in crate::db) fn record(
    tx: &mut Tx<'_>,
    row: &CaseRow,
    plain: Vec<FieldChange>,
    contents: (&Contents, &Contents),
    keys: &CompartmentKeys,
    merged_from: Option<CaseId>,
) -> Result<Vec<Compartment>> {
    let mut parts = vec![Part { merged_from, ..Part::plain(plain) }];
    for ((compartment, before), (_, after)) in contents.0.values()?.into_iter().zip(contents.1.values()?) {
        let (Some(Value::Object(before)), Some(Value::Object(after))) = (before, after) else { continue };
        parts.push(Part::sealed(compartment, differences(&format!("{compartment}."), &before, &after), merged_from));
    }
    record_parts(tx, row.id, row.version, ChangeSubject::Case, parts, keys)
}

/// Records changes part by part. Returns the compartments that changed.
pub(in crate::db) fn record_parts(
    tx: &mut Tx<'_>,
    case: CaseId,
    version: i64,
    subject: ChangeSubject,
    parts: Vec<Part>,
    keys: &CompartmentKeys,
) -> Result<Vec<Compartment>> {
    let mut changed = Vec::new();
    for (position, part) in parts.into_iter().filter(|part| !part.fields.is_empty()).enumerate() {
        changed.extend(part.compartment);
        let row = ChangeRow {
            case_id: case,
            version,
            position: i32::try_from(position).map_err(Error::internal)?,
            changed_at: tx.now,
            user_id: tx.actor.user().map(|user| user.user_id),
            organisation_id: tx.actor.organisation_id(),
            operation: tx.request.operation.clone(),
            compartment: part.compartment,
            changes: sealed(tx, case, version, &part, keys)?,
            subject,
            reason: None,
            merged_from: part.merged_from,
        };
        let query = diesel::insert_into(case_changes::table).values(&row);
        query.execute(tx.conn)?;
    }
    Ok(changed)
}

/// The changed fields as they are stored. Those of a merged case are sealed with the system's key, whoever changes them: the keys of the
/// case that goes on must not open them.
fn sealed(tx: &mut Tx<'_>, case: CaseId, version: i64, part: &Part, keys: &CompartmentKeys) -> Result<Vec<u8>> {
    let Some(compartment) = part.compartment else { return serde_json::to_vec(&part.fields).map_err(Error::internal) };
    let Some(merged) = part.merged_from else { return seal_detail(case.0, version, compartment, keys, &part.fields) };
    let person = row::row_unscoped(tx, merged)?.person_id;
    let keys = person_keys::system_key(tx, person)?.compartment_keys(person, merged, CompartmentSet::ALL)?;
    seal_detail(case.0, version, compartment, &keys, &part.fields)
}
