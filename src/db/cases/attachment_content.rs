//! The content of a file: its upload and its download. An upload takes minutes, longer than a transaction may last, so it has
//! three steps: a place is reserved, the bytes are received and made durable, and then the row names them. An interrupted upload
//! leaves bytes that cannot be opened and that are removed, but never a row without bytes.

use diesel::prelude::*;

use crate::crypto::{CompartmentKeys, FileKey};
use crate::db::Tx;
use crate::db::casefile::compartments::seal_detail;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{lock, open};
use crate::db::cases::attachments::{Attachment, AttachmentRow, Content, may_change, note_in_history, one, shown};
use crate::db::cases::{attachment_cleanup, attachments as attachment_rows};
use crate::db::engine::expected::Expected;
use crate::db::engine::page::found;
use crate::db::schema::attachments;
use crate::domain::ids::{AttachmentId, CaseId, StoredFileId};
use crate::error::{Error, ErrorCode, Result};

/// KiB of a GiB.
const KIB: i64 = 1024 * 1024;

/// An upload that may begin.
pub struct PendingUpload {
    /// The announcement.
    pub attachment: Attachment,
    pub file: StoredFileId,
    /// The key that seals it.
    pub key: FileKey,
    /// The place that it is bound to.
    pub place: Vec<u8>,
}

/// An upload that has been received and is durable.
#[derive(Clone)]
pub struct ReceivedUpload {
    pub file: StoredFileId,
    /// The key that seals it.
    pub key: FileKey,
    pub content: Content,
    /// Bytes that it takes in the storage.
    pub stored: u64,
}

/// A content that is to be read.
pub struct StoredFile {
    /// The attachment it belongs to.
    pub attachment: Attachment,
    pub content: Content,
    pub file: StoredFileId,
    /// The key that seals it.
    pub key: FileKey,
    /// The place that it is bound to.
    pub place: Vec<u8>,
}

/// The place to which the bytes of a file are bound.
fn place(id: AttachmentId, file: StoredFileId) -> Vec<u8> {
    [id.0.as_bytes().as_slice(), file.0.as_bytes()].concat()
}

/// The place to which the key of a file is bound.
const KEY: &[u8] = b"file-key";

/// Reserves a place for a content, if the caller may send it. `announced` is the announced number of bytes.
pub fn begin(tx: &mut Tx<'_>, case: CaseId, id: AttachmentId, expected: &Expected, announced: u64) -> Result<PendingUpload> {
    lock::lock(tx, case)?;
    let (row, keys) = open::row_visible(tx, case)?;
    let (stored, attachment) = one(tx, &row, &keys, id)?;
    may_add(tx, &row, &keys, &stored, &attachment)?;
    // A repeated upload of a received content is recognised by its hash, once it is complete.
    let may_be_repeated = stored.file_id.is_some() && expected.names(stored.version - 1);
    if !may_be_repeated {
        expected.check(stored.version)?;
    }
    if stored.file_id.is_some() && !may_be_repeated {
        return Err(already_sent());
    }
    check_space(tx, announced)?;
    let file = attachment_cleanup::reserve(tx)?;
    tx.audit_change(case.0, None, None);
    Ok(PendingUpload { attachment, file, key: FileKey::random()?, place: place(id, file) })
}

fn already_sent() -> Error {
    Error::new(ErrorCode::Conflict).detail("The content has already been sent. To add another file, create another attachment.")
}

/// Names a received content. Checks again the conditions of the beginning, because a grant may have ended meanwhile. The second
/// value is true if the same content was stored already.
pub fn finish(
    tx: &mut Tx<'_>,
    case: CaseId,
    id: AttachmentId,
    expected: &Expected,
    arrived: &ReceivedUpload,
) -> Result<(Attachment, bool)> {
    lock::lock(tx, case)?;
    let (row, keys) = open::row_visible(tx, case)?;
    let (stored, before) = one(tx, &row, &keys, id)?;
    may_add(tx, &row, &keys, &stored, &before)?;
    let known = before.details.content.as_ref().map(|content| &content.received_sha256);
    if expected.admits(stored.version - 1) && known == Some(&arrived.content.received_sha256) {
        tx.audit_unchanged(case.0);
        return Ok((before, true));
    }
    let read = expected.check(stored.version)?;
    if stored.file_id.is_some() {
        return Err(already_sent());
    }
    check_space(tx, arrived.stored)?;
    let compartment = stored.compartment;
    let of_file = found(keys.of(stored.merged_from))?;
    let under = of_file.get(compartment).ok_or_else(|| Error::internal("a file without the key of its compartment"))?;
    let version = read + 1;
    let details = attachment_rows::Details { content: Some(arrived.content.clone()), ..before.details };
    let changed = AttachmentRow {
        updated_at: tx.now,
        version,
        file_id: Some(arrived.file),
        stored_kib: i32::try_from(arrived.stored.div_ceil(1024)).map_err(Error::internal)?,
        sealed_key: Some(arrived.key.seal_under(under, &[KEY, &place(id, arrived.file)])?),
        sealed_details: seal_detail(id.0, version, compartment, of_file, &details)?,
        ..stored
    };
    attachment_cleanup::keep(tx, arrived.file)?;
    let query = diesel::update(attachments::table.find(id).filter(attachments::version.eq(read))).set(&changed);
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    let after = found(shown(tx, &row, &changed, &keys)?)?;
    note_in_history(tx, &row, &keys, &after, |value| (serde_json::Value::Null, value))?;
    tx.audit_change(case.0, Some(read), Some(version));
    Ok((after, false))
}

/// Refuses every organisation but the one that announced the file and the owner of the case.
fn may_add(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys, stored: &AttachmentRow, attachment: &Attachment) -> Result<()> {
    let own = tx.actor.organisation_id();
    if ![case.owner_id, stored.organisation_id].contains(&own) {
        return Err(Error::new(ErrorCode::PermissionDenied)
            .detail("Only the organisation that announced the file, or owns the case, can send its content."));
    }
    may_change(tx, case, keys, attachment.compartment, attachment.details.kind)
}

/// The content of a file, for reading. Records the disclosure of its compartment.
pub fn kept(tx: &mut Tx<'_>, case: CaseId, id: AttachmentId) -> Result<StoredFile> {
    let (row, keys) = open::row_visible(tx, case)?;
    let (stored, attachment) = one(tx, &row, &keys, id)?;
    let (Some(file), Some(sealed), Some(content)) = (stored.file_id, stored.sealed_key, attachment.details.content.clone()) else {
        return Err(Error::not_found());
    };
    let under = found(keys.of(stored.merged_from))?.get(stored.compartment).ok_or_else(Error::not_found)?;
    let place = place(id, file);
    let key = FileKey::open_under(under, &[KEY, &place], &sealed)?;
    tx.audit_disclosure(case, attachment.view());
    Ok(StoredFile { attachment, content, file, key, place })
}

/// Refuses a content that would exceed the storage of the organisation, or of all organisations together.
fn check_space(tx: &mut Tx<'_>, bytes: u64) -> Result<()> {
    let more = i64::try_from(bytes.div_ceil(1024)).map_err(Error::internal)?;
    let own = attachments::table.filter(attachments::organisation_id.eq(tx.actor.organisation_id()));
    let query = own.select(diesel::dsl::sum(attachments::stored_kib));
    let of_organisation: Option<i64> = query.get_result(tx.conn)?;
    let query = attachments::table.select(diesel::dsl::sum(attachments::stored_kib));
    let in_all: Option<i64> = query.get_result(tx.conn)?;
    let is_over = |used: Option<i64>, gib: u32| used.unwrap_or(0) + more > i64::from(gib) * KIB;
    let limits = tx.attachments;
    if is_over(of_organisation, limits.organisation_gib) || is_over(in_all, limits.total_gib) {
        return Err(Error::new(ErrorCode::AttachmentLimitReached).detail("There is no space left for attachments: ask your administrator."));
    }
    Ok(())
}
