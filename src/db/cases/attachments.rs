//! Files on a case. The rows hold their details and decide who sees them; the bytes lie in the storage (`files`), each under a
//! random key that is sealed here under its compartment. So a caller who cannot open the compartment cannot open the file, and a
//! file without its row cannot be opened at all.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::{open_detail, seal_detail};
use crate::db::casefile::history::{self, FieldChange, Part};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{case_keys, earlier_words, grants, guest_missions, lock, open};
use crate::db::cases::attachment_cleanup;
use crate::db::engine::expected::Expected;
use crate::db::engine::page::found;
use crate::db::process::facts::{self, party};
use crate::db::process::verifications;
use crate::db::schema::{attachments, missions};
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::attachment::{AttachmentFormat, AttachmentKind, AttachmentStatus};
use crate::domain::cases::history::{ChangeSubject, FieldOf};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{AttachmentId, CaseId, MissionId, OrganisationId, StoredFileId, UserId};
use crate::error::{Error, ErrorCode, Result};

/// The field of the history that names the mission of a file.
const MISSION: &str = "mission_id";
/// And the one that names its format, where only the owner of the case sees such a file.
const FORMAT: &str = "media_type";

#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = attachments, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(in crate::db) struct AttachmentRow {
    pub(in crate::db) id: AttachmentId,
    pub(in crate::db) case_id: CaseId,
    pub(in crate::db) organisation_id: OrganisationId,
    pub(in crate::db) created_at: Timestamp,
    pub(in crate::db) created_by: Option<UserId>,
    pub(in crate::db) updated_at: Timestamp,
    pub(in crate::db) version: i64,
    pub(in crate::db) compartment: Compartment,
    pub(in crate::db) file_id: Option<StoredFileId>,
    pub(in crate::db) stored_kib: i32,
    pub(in crate::db) sealed_key: Option<Vec<u8>>,
    pub(in crate::db) sealed_details: Vec<u8>,
    /// The case to which it was added, if that one was merged into this.
    pub(in crate::db) merged_from: Option<CaseId>,
}

/// The details of a file, sealed with its compartment.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Details {
    #[serde(deserialize_with = "earlier_words::attachment_kind")]
    pub kind: AttachmentKind,
    pub format: AttachmentFormat,
    /// The file name: safe on every file system.
    pub file_name: String,
    pub description: Option<String>,
    /// The mission of the file. A guest mission sees no other mission's files.
    pub mission_id: Option<MissionId>,
    /// The content, once it has arrived.
    pub content: Option<Content>,
}

/// The facts about a received content.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// Size in bytes, as stored.
    pub size: u64,
    /// SHA-256 of the content as stored.
    pub sha256: Vec<u8>,
    /// SHA-256 of the received bytes, before anything was taken out: recognises a repeated upload.
    pub received_sha256: Vec<u8>,
}

/// A file, as far as the caller may know.
#[derive(Clone)]
pub struct Attachment {
    pub id: AttachmentId,
    pub case_id: CaseId,
    pub compartment: Compartment,
    /// The organisation that added it; none if the caller must not know of it.
    pub recorded_by: Option<OrganisationId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    pub details: Details,
    /// The case to which it was added, if that one was merged into this.
    pub merged_from: Option<CaseId>,
}

impl Attachment {
    /// Whether the content has arrived.
    pub fn status(&self) -> AttachmentStatus {
        if self.details.content.is_some() { AttachmentStatus::Stored } else { AttachmentStatus::AwaitingContent }
    }

    /// The compartments that reading it opens: its own alone.
    pub fn view(&self) -> CompartmentSet {
        CompartmentSet::EMPTY.with(self.compartment)
    }
}

/// The files on a case that the caller may know of, oldest first, and the compartments that are closed to the caller.
pub fn list(tx: &mut Tx<'_>, case: CaseId) -> Result<(Vec<Attachment>, Vec<Compartment>)> {
    let (row, keys) = open::row_visible(tx, case)?;
    Ok((all_shown(tx, &row, &keys)?, keys.compartments().missing()))
}

/// The same for a case whose row is known.
pub(in crate::db) fn all_shown(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys) -> Result<Vec<Attachment>> {
    let query = attachments::table
        .filter(attachments::case_id.eq(case.id))
        .order((attachments::created_at, attachments::id))
        .select(attachments::all_columns);
    let rows: Vec<AttachmentRow> = query.load(tx.conn)?;
    tx.audit_disclosure(case.id, keys.compartments());
    let shown = rows.iter().map(|row| shown(tx, case, row, keys));
    Ok(shown.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// One file on a case.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: AttachmentId) -> Result<Attachment> {
    let (row, keys) = open::row_visible(tx, case)?;
    let (_, attachment) = one(tx, &row, &keys, id)?;
    tx.audit_disclosure(case, attachment.view());
    Ok(attachment)
}

/// The row of a file that the caller may know of, and its opened details.
pub(in crate::db) fn one(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys, id: AttachmentId) -> Result<(AttachmentRow, Attachment)> {
    tx.audit_subject(id.0);
    let query = attachments::table.find(id).filter(attachments::case_id.eq(case.id)).select(attachments::all_columns);
    let row: AttachmentRow = found(query.get_result(tx.conn).optional()?)?;
    let attachment = found(shown(tx, case, &row, keys)?)?;
    Ok((row, attachment))
}

/// Opens a file's details for the caller; none where the keys do not open them, or the file is another mission's.
pub(in crate::db) fn shown(tx: &Tx<'_>, case: &CaseRow, row: &AttachmentRow, keys: &CompartmentKeys) -> Result<Option<Attachment>> {
    let Some(keys) = keys.of(row.merged_from) else { return Ok(None) };
    let details: Option<Details> = open_detail(row.id.0, row.version, row.compartment, keys, &row.sealed_details)?;
    let details = details
        .filter(|details| guest_missions::may_see_record(tx, case.owner_id, row.organisation_id, details.mission_id))
        .filter(|details| !details.format.is_kept_to_owner() || [case.owner_id, row.organisation_id].contains(&tx.actor.organisation_id()));
    let own = tx.actor.organisation_id();
    let is_own = |details: &Details| row.organisation_id == own || details.mission_id == Some(own.into());
    let is_guest = guest_missions::is_guest(tx, case.owner_id);
    // What others wrote beside a file was not written for a guest mission.
    let details = details.map(|details| if is_guest && !is_own(&details) { Details { description: None, ..details } } else { details });
    Ok(details.map(|details| Attachment {
        id: row.id,
        case_id: row.case_id,
        compartment: row.compartment,
        recorded_by: guest_missions::known_organisation(tx, case.owner_id, row.organisation_id),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        details,
        merged_from: row.merged_from,
    }))
}

/// Announces a file: everything but its content.
pub fn announce(tx: &mut Tx<'_>, case: CaseId, compartment: Compartment, mut details: Details) -> Result<Attachment> {
    lock::lock(tx, case)?;
    let (row, keys) = open::row_visible(tx, case)?;
    may_change(tx, &row, &keys, compartment, details.kind)?;
    details.mission_id = mission_of(tx, details.mission_id)?;
    check_count(tx, case)?;
    let id = AttachmentId::random();
    let announced = AttachmentRow {
        id,
        case_id: case,
        organisation_id: tx.actor.organisation_id(),
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        compartment,
        file_id: None,
        stored_kib: 0,
        sealed_key: None,
        sealed_details: seal_detail(id.0, 1, compartment, &keys, &details)?,
        merged_from: None,
    };
    let query = diesel::insert_into(attachments::table).values(&announced);
    query.execute(tx.conn)?;
    tx.audit_change(case.0, None, Some(1));
    tx.audit_subject(id.0);
    found(shown(tx, &row, &announced, &keys)?)
}

/// Whether the caller may add or remove a file of this kind in this compartment now.
pub(in crate::db) fn may_change(
    tx: &mut Tx<'_>,
    row: &CaseRow,
    keys: &CompartmentKeys,
    compartment: Compartment,
    kind: AttachmentKind,
) -> Result<()> {
    row::refuse_if_closed(row)?;
    if keys.get(compartment).is_none() {
        grants::refuse_stale(tx, compartment)?;
        let detail = format!("Your organisation's grant on this case does not open {compartment}.");
        return Err(Error::new(ErrorCode::PermissionDenied).detail(detail));
    }
    if !kind.recorder().includes(party(tx.actor), row.owner_id == tx.actor.organisation_id()) {
        return Err(Error::new(ErrorCode::PermissionDenied).detail("Only an organisation that accompanies the person can add this."));
    }
    tx.audit_disclosure(row.id, CompartmentSet::EMPTY.with(compartment));
    Ok(())
}

/// The mission of a file: a mission can only add its own.
fn mission_of(tx: &mut Tx<'_>, said: Option<MissionId>) -> Result<Option<MissionId>> {
    if tx.actor.is_mission() {
        let own = MissionId::from(tx.actor.organisation_id());
        let is_own = said.is_none_or(|said| said == own);
        return if is_own {
            Ok(Some(own))
        } else {
            Err(Error::field("/mission_id", "not_yours", "a mission can only add what is its own"))
        };
    }
    let Some(said) = said else { return Ok(None) };
    let query = missions::table.find(said).select(missions::id);
    let known: Option<MissionId> = query.get_result(tx.conn).optional()?;
    known.map(Some).ok_or_else(|| Error::field("/mission_id", "not_found", "no mission with this id"))
}

/// Deletes a file that was added in error. Its key is deleted at once, its bytes within minutes.
pub fn delete(tx: &mut Tx<'_>, case: CaseId, id: AttachmentId, expected: &Expected) -> Result<()> {
    lock::lock(tx, case)?;
    let (row, keys) = open::row_visible(tx, case)?;
    let (stored, attachment) = one(tx, &row, &keys, id)?;
    may_change(tx, &row, &keys, attachment.compartment, attachment.details.kind)?;
    if ![row.owner_id, stored.organisation_id].contains(&tx.actor.organisation_id()) {
        return Err(
            Error::new(ErrorCode::PermissionDenied).detail("Only the organisation that added the file, or owns the case, can remove it.")
        );
    }
    let read = expected.check(attachment.version)?;
    // The file may be evidence. The error names no reason, because the reason may be closed to the caller.
    if facts::is_held(tx, &row)? {
        return Err(Error::new(ErrorCode::Conflict).detail("Nothing can be removed from this case now."));
    }
    if attachment.details.kind == AttachmentKind::NoteVerbale && is_proof(tx, &row, id)? {
        return Err(Error::new(ErrorCode::Conflict).detail("The answer of a mission rests on this file: it stays with the case."));
    }
    let query = diesel::delete(attachments::table.find(id));
    query.execute(tx.conn)?;
    tx.purge_on_commit();
    if let Some(file) = stored.file_id {
        attachment_cleanup::remove_at(tx, file, tx.now)?;
        note_in_history(tx, &row, &keys, &attachment, |value| (value, Value::Null))?;
    }
    tx.audit_change(case.0, Some(read), None);
    Ok(())
}

/// Whether a verification of a nationality rests on a file.
fn is_proof(tx: &mut Tx<'_>, case: &CaseRow, file: AttachmentId) -> Result<bool> {
    let keys = case_keys::of_system(tx, case, CompartmentSet::EMPTY.with(Compartment::Identity))?;
    let cited = verifications::all_of(tx, case.id, &keys)?.into_iter().filter_map(|verification| verification.details?.note_verbale_id);
    Ok(cited.into_iter().any(|cited| cited == file))
}

/// Records in the history that a file was added or removed. For a removal, `sides` swaps `from` and `to`.
pub(in crate::db) fn note_in_history(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    keys: &CompartmentKeys,
    attachment: &Attachment,
    sides: impl Fn(Value) -> (Value, Value),
) -> Result<()> {
    let details = &attachment.details;
    let change = |name: &str, value: Value| {
        let (from, to) = sides(value);
        FieldChange { field: format!("{}{name}", FieldOf::Attachment(attachment.id).prefix()), from, to }
    };
    let mut changes = vec![change("kind", details.kind.as_str().into()), change("file_name", details.file_name.as_str().into())];
    changes.extend(details.mission_id.map(|mission| change(MISSION, mission.to_string().into())));
    changes.extend(Some(details.format).filter(|format| format.is_kept_to_owner()).map(|format| change(FORMAT, format.as_str().into())));
    let part = Part::sealed(attachment.compartment, changes, attachment.merged_from);
    history::record_apart(tx, case, keys, ChangeSubject::Attachment, vec![part])
}

/// Whether a change in the history concerns a file of another mission, which a guest mission must not see.
pub(in crate::db) fn is_of_another_mission(tx: &Tx<'_>, changes: &[FieldChange]) -> bool {
    let of_file = changes.iter().filter(|change| matches!(FieldOf::read(&change.field), FieldOf::Attachment(_)));
    let own = tx.actor.organisation_id().to_string();
    let mut missions = of_file.filter(|change| change.field.ends_with(MISSION)).flat_map(|change| [&change.from, &change.to]);
    missions.any(|mission| mission.as_str().is_some_and(|mission| mission != own))
}

/// Whether a change in the history, made by this organisation, concerns a file that only the owner of the case and its sender see.
pub(in crate::db) fn is_kept_to_others(tx: &Tx<'_>, owner: OrganisationId, by: Option<OrganisationId>, changes: &[FieldChange]) -> bool {
    let of_file = |change: &FieldChange| matches!(FieldOf::read(&change.field), FieldOf::Attachment(_)) && change.field.ends_with(FORMAT);
    let own = tx.actor.organisation_id();
    own != owner && by != Some(own) && changes.iter().any(of_file)
}

/// Refuses more files of one organisation on a case than allowed. Each organisation is counted alone: a guest neither learns how
/// many files the others added nor uses up the owner's share.
pub(in crate::db) fn check_count(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let own = attachments::organisation_id.eq(tx.actor.organisation_id());
    let query = attachments::table.filter(attachments::case_id.eq(case).and(own)).count();
    let count: i64 = query.get_result(tx.conn)?;
    if count >= i64::from(tx.attachments.per_case) {
        let detail = format!("An organisation adds at most {} attachments to a case.", tx.attachments.per_case);
        return Err(Error::new(ErrorCode::AttachmentLimitReached).detail(detail));
    }
    Ok(())
}
