//! The history of a case: field from → to. Plain fields are stored in the clear, all others sealed like their compartment.

use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::open_detail;
use crate::db::casefile::history::{ChangeRow, FieldChange};
use crate::db::casefile::{grants, guest_missions, merged, open};
use crate::db::cases::attachments;
use crate::db::engine::page::{Page, PageRequest};
use crate::db::process::{batch_members, records};
use crate::db::schema::case_changes;
use crate::domain::access::compartments::{Compartment, CompartmentSet, FieldClass};
use crate::domain::cases::guest_view::is_open_to_guest_missions;
use crate::domain::cases::history::{ChangeReason, ChangeSubject, FieldOf};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, MovementBatchId, OrganisationId, RecordId, UserId};
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::records::TravelDocument;
use crate::domain::repatriation::records::record::RecordKind;
use crate::error::{Error, Result};

/// One entry of the history: the changes of one request in one part of the case.
#[derive(Clone, Debug)]
pub struct Change {
    /// Version of the case after the change.
    pub version: i64,
    pub changed_at: Timestamp,
    pub user_id: Option<UserId>,
    /// The organisation of the user; none if the caller must not know of it.
    pub organisation_id: Option<OrganisationId>,
    /// The operation, by its id in the API document.
    pub operation: String,
    pub subject: ChangeSubject,
    /// Why, where nobody asked for it on the case itself. Told to the owner alone: it says what became of the account of a colleague.
    pub reason: Option<ChangeReason>,
    /// The compartment; none for plain fields.
    pub compartment: Option<Compartment>,
    /// The changed fields; none where the compartment is closed to the caller.
    pub changes: Option<Vec<FieldChange>>,
}

/// The history of a case, newest first, redacted like the case.
pub fn list(tx: &mut Tx<'_>, case: CaseId, page: &PageRequest) -> Result<Page<Change>> {
    let (row, keys) = open::row_visible(tx, case)?;
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
    let rows: Vec<ChangeRow> = query.load(tx.conn)?;
    let mut opened = Vec::with_capacity(rows.len());
    for change in rows {
        let place = (change.version, change.position);
        let known = keys_of(tx, change.merged_from, &keys)?;
        opened.push((place, known.map(|keys| open(tx, row.owner_id, change, &keys)).transpose()?));
    }
    tx.audit_disclosure(case, keys.compartments());
    let page = page.page(tx, list.as_bytes(), opened, |(place, _)| *place)?;
    let told = page.items.into_iter().filter_map(|(_, change)| change).collect();
    let mut page = without_closed_restricted(Page { items: told, next: page.next });
    page.items.retain(|change| kind_of(change).is_none_or(|kind| keys.get(kind.compartment()).is_some()));
    let held = keys.compartments();
    let mut told = Vec::with_capacity(page.items.len());
    for mut change in page.items {
        if leave_out_protected_fields(&mut change, held) && leave_out_foreign_ids(tx, &mut change)? {
            told.push(change);
        }
    }
    page.items = told;
    page.items.retain(|change| {
        !change.changes.as_deref().is_some_and(|changes| attachments::is_kept_to_others(tx, row.owner_id, change.organisation_id, changes))
    });
    if guest_missions::is_guest(tx, row.owner_id) {
        let shown = records::list::<TravelDocument>(tx, case)?.unwrap_or_default();
        // An entry of an organisation that is not known to a guest is not told, not even without its name.
        page.items.retain(|change| change.organisation_id.is_some());
        let own = tx.actor.organisation_id();
        let told = row.nationality_claimed();
        page.items.iter_mut().for_each(|change| leave_out_closed_fields(change, own, told));
        // Nor an entry that is closed: by its operation it would tell of a charge, an illness or a child's procedure.
        page.items.retain(|change| change.changes.as_ref().is_some_and(|changes| !changes.is_empty()));
        page.items.retain(|change| !change.changes.as_deref().is_some_and(|changes| attachments::is_of_another_mission(tx, changes)));
        page.items.retain(|change| document_of(change).is_none_or(|id| shown.iter().any(|document| document.id == id)));
    }
    Ok(page)
}

/// The keys that open an entry. What came from a merged case is told to who opens that one: as part of this case, or as itself after the
/// undo. To others there is no such entry.
fn keys_of(tx: &mut Tx<'_>, merged_from: Option<CaseId>, keys: &CompartmentKeys) -> Result<Option<CompartmentKeys>> {
    match (keys.of(merged_from), merged_from) {
        (None, Some(merged)) => grants::keys_for(tx, merged),
        (known, _) => Ok(known.cloned()),
    }
}

/// The kind of record that an open change is about. Its compartment may be another one now than when the change was sealed.
fn kind_of(change: &Change) -> Option<RecordKind> {
    match FieldOf::read(&change.changes.as_deref()?.first()?.field) {
        FieldOf::Record(kind, _) => Some(kind),
        FieldOf::Case | FieldOf::Attachment(_) | FieldOf::Merge(_) => None,
    }
}

/// Leaves out the fields of the records of others that are closed to guest missions. `own` is the guest, and `told` the nationality that it
/// is told of.
fn leave_out_closed_fields(change: &mut Change, own: OrganisationId, told: Option<Nationality>) {
    if change.organisation_id == Some(own) {
        return;
    }
    let Some(changes) = change.changes.as_mut() else { return };
    changes.retain(|change| match FieldOf::read(&change.field) {
        FieldOf::Record(kind, _) => kind.open_to_guest_missions().contains(&last_part(&change.field)),
        FieldOf::Case => is_open_to_guest_missions(&change.field, [change.from.as_str(), change.to.as_str()], told),
        FieldOf::Attachment(_) | FieldOf::Merge(_) => true,
    });
}

fn last_part(field: &str) -> &str {
    field.rsplit('/').next().unwrap_or_default()
}

/// Leaves out the fields of records that are closed to whoever opens only these compartments. Returns whether anything is left.
fn leave_out_protected_fields(change: &mut Change, held: CompartmentSet) -> bool {
    if held.contains(Compartment::Protection) {
        return true;
    }
    let Some(changes) = change.changes.as_mut().filter(|changes| !changes.is_empty()) else { return true };
    changes.retain(|change| match FieldOf::read(&change.field) {
        FieldOf::Record(kind, _) => !kind.protected_fields().contains(&last_part(&change.field)),
        FieldOf::Case | FieldOf::Attachment(_) | FieldOf::Merge(_) => true,
    });
    !changes.is_empty()
}

/// Leaves out the ids that the caller cannot ask for: of merges and of batches of other organisations. Returns whether anything is
/// left.
fn leave_out_foreign_ids(tx: &mut Tx<'_>, change: &mut Change) -> Result<bool> {
    let Some(changes) = change.changes.take() else { return Ok(true) };
    let before = changes.len();
    let mut kept = Vec::with_capacity(before);
    for change in changes {
        if !names_what_is_foreign(tx, &change)? {
            kept.push(change);
        }
    }
    let is_left = before == 0 || !kept.is_empty();
    change.changes = Some(kept);
    Ok(is_left)
}

fn names_what_is_foreign(tx: &mut Tx<'_>, change: &FieldChange) -> Result<bool> {
    match FieldOf::read(&change.field) {
        FieldOf::Merge(merge) => Ok(!merged::is_of_actor(tx, merge)?),
        FieldOf::Record(RecordKind::Movement, _) if last_part(&change.field) == "batch_id" => {
            let batches = [&change.from, &change.to].into_iter().filter_map(|value| value.as_str()?.parse().ok());
            for batch in batches {
                if batch_members::is_of_another_organisation(tx, MovementBatchId(batch))? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        FieldOf::Case | FieldOf::Record(..) | FieldOf::Attachment(_) => Ok(false),
    }
}

/// The travel document that a change is about; none for any other change.
fn document_of(change: &Change) -> Option<RecordId> {
    match FieldOf::read(&change.changes.as_deref()?.first()?.field) {
        FieldOf::Record(RecordKind::TravelDocument, id) => Some(id),
        _ => None,
    }
}

/// Leaves out closed entries of restricted compartments (class E), because the existence and time of such a change are restricted
/// too. Leaves out closed entries about files as well, because they would show that a compartment has files.
fn without_closed_restricted(mut page: Page<Change>) -> Page<Change> {
    let is_restricted = |compartment: Compartment| compartment.class() == FieldClass::E;
    let is_hidden = |change: &Change| change.subject == ChangeSubject::Attachment || change.compartment.is_some_and(is_restricted);
    page.items.retain(|change| change.changes.is_some() || !is_hidden(change));
    page
}

fn open(tx: &Tx<'_>, owner: OrganisationId, row: ChangeRow, keys: &CompartmentKeys) -> Result<Change> {
    let organisation_id = guest_missions::known_organisation(tx, owner, row.organisation_id);
    let user_id = guest_missions::known_user(tx, owner, row.organisation_id, row.user_id);
    let changes = match row.compartment {
        None => Some(serde_json::from_slice(&row.changes).map_err(|_| Error::internal("a change has an unknown shape"))?),
        Some(compartment) => open_detail(row.case_id.0, row.version, compartment, keys, &row.changes)?,
    };
    Ok(Change {
        version: row.version,
        changed_at: row.changed_at,
        user_id: user_id.filter(|_| organisation_id.is_some()),
        organisation_id,
        operation: row.operation,
        subject: row.subject,
        reason: row.reason.filter(|_| owner == tx.actor.organisation_id()),
        compartment: row.compartment,
        changes,
    })
}
