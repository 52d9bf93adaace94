//! A list: how far it is, and what is known of it. Its headings, its mapping and what was said of its file are sealed.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::crypto::{FileKey, Purpose};
use crate::db::Tx;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::people::imports::rows::{self, RowCounts};
use crate::db::schema::imports;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ImportId, ImportProfileId, InstanceId, OrganisationId, StoredFileId, UserId};
use crate::domain::imports::grid::{Assumption, FileKind, Heading};
use crate::domain::imports::mapping::Mapping;
use crate::domain::imports::proposal::ProposedColumn;
use crate::domain::imports::state::ImportState;
use crate::domain::imports::stated::{Charset, Separator};
use crate::domain::imports::table::Table;
use crate::error::{Error, ErrorCode, Result};

/// Seconds for which a list is kept after somebody did something with it.
pub const KEPT_SECONDS: i64 = 7 * 24 * 3600;
/// Seconds in which what a list made can be taken back.
pub const UNDO_SECONDS: i64 = 24 * 3600;
/// The most lists of an organisation that are kept at a time.
const MOST_LISTS: i64 = 50;

#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = imports, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ImportRecord {
    pub id: ImportId,
    pub organisation_id: OrganisationId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    pub state: ImportState,
    /// The code of the reason why the last work on it ended before its end.
    pub stopped_because: Option<String>,
    pub file_id: Option<StoredFileId>,
    pub(in crate::db) sealed_key: Option<Vec<u8>>,
    pub(in crate::db) sealed_about: Vec<u8>,
    /// Rows below the headings.
    pub row_count: i32,
    /// Rows that the work has behind it.
    pub position: i32,
    /// In whose name the work is done.
    pub asked_by: Option<UserId>,
    /// The instance that works on it.
    pub taken_by: Option<InstanceId>,
    /// Times that the work was begun and did not come further.
    pub attempts: i32,
    /// Until when it is left alone, because something was away.
    pub not_before: Option<Timestamp>,
    /// When the first of it were registered: from then on it can be taken back for a day.
    pub first_registered_at: Option<Timestamp>,
    pub expires_at: Timestamp,
}

/// What is known of a list and may name people.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct About {
    pub stated: Stated,
    /// Bytes of the file.
    pub size: u64,
    /// What was read of it.
    pub table: Option<ReadTable>,
    pub mapping: Option<Mapping>,
    /// The profile whose mapping it takes once its headings are known.
    pub profile: Option<ImportProfileId>,
}

/// What somebody said of the file.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Stated {
    pub charset: Option<Charset>,
    pub separator: Option<Separator>,
    /// The sheet, counted from 1.
    pub sheet: Option<u32>,
}

/// What was read of a file, without its rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReadTable {
    pub kind: FileKind,
    pub headings: Vec<Heading>,
    pub told: Vec<Assumption>,
    pub is_htcds: bool,
    pub proposed: Vec<ProposedColumn>,
}

impl ReadTable {
    /// The table without its rows: a mapping is held against its headings.
    pub fn without_rows(&self) -> Table {
        let Self { kind, headings, told, is_htcds, .. } = self.clone();
        Table { kind, headings, rows: Vec::new(), told, is_htcds }
    }
}

/// A list as its organisation sees it.
pub struct Import {
    pub record: ImportRecord,
    pub about: About,
    pub counts: RowCounts,
}

impl Import {
    /// Until when what it made can be taken back.
    pub fn undo_until(&self) -> Option<Timestamp> {
        self.record.first_registered_at.map(|at| at.plus_seconds(UNDO_SECONDS))
    }
}

/// Announces a list.
pub fn insert(tx: &mut Tx<'_>, stated: Stated, profile: Option<ImportProfileId>) -> Result<ImportId> {
    let (id, organisation_id) = (ImportId::random(), tx.actor.organisation_id());
    let query = imports::table.filter(imports::organisation_id.eq(organisation_id)).count();
    let kept: i64 = query.get_result(tx.conn)?;
    if kept >= MOST_LISTS {
        return Err(Error::new(ErrorCode::Conflict).detail("Your organisation has 50 lists here: delete one that is done."));
    }
    let record = ImportRecord {
        id,
        organisation_id,
        created_at: tx.now,
        updated_at: tx.now,
        version: 1,
        state: ImportState::Announced,
        stopped_because: None,
        file_id: None,
        sealed_key: None,
        sealed_about: seal_about(tx, id, organisation_id, &About { stated, profile, ..About::default() })?,
        row_count: 0,
        position: 0,
        asked_by: None,
        taken_by: None,
        attempts: 0,
        not_before: None,
        first_registered_at: None,
        expires_at: tx.now.plus_seconds(KEPT_SECONDS),
    };
    let query = diesel::insert_into(imports::table).values(&record);
    query.execute(tx.conn)?;
    tx.audit_change(id.0, None, Some(1));
    Ok(id)
}

/// Finds a list of the organisation.
pub fn find(tx: &mut Tx<'_>, id: ImportId) -> Result<Import> {
    let record = find_record(tx, id)?;
    with_counts(tx, record)
}

/// Finds a list of the organisation without what is known of it and of its rows.
pub fn find_record(tx: &mut Tx<'_>, id: ImportId) -> Result<ImportRecord> {
    tx.audit_subject(id.0);
    let own = imports::table.find(id).filter(imports::organisation_id.eq(tx.actor.organisation_id()));
    let query = own.select(imports::all_columns);
    found(query.get_result(tx.conn).optional()?)
}

/// A page of the lists of the organisation, the newest first.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<Import>> {
    let list = b"imports";
    let (at, last) = page.newest_first(tx, list, ImportId(uuid::Uuid::max()))?;
    let beyond = imports::created_at.lt(at).or(imports::created_at.eq(at).and(imports::id.lt(last)));
    let query = imports::table
        .filter(imports::organisation_id.eq(tx.actor.organisation_id()))
        .filter(beyond)
        .order((imports::created_at.desc(), imports::id.desc()))
        .limit(page.limit + 1)
        .select(imports::all_columns);
    let records: Vec<ImportRecord> = query.load(tx.conn)?;
    let page = page.page(tx, list, records, |record| (record.created_at.micros(), record.id))?;
    let ids: Vec<ImportId> = page.items.iter().map(|record| record.id).collect();
    let mut counts = rows::counts(tx, &ids)?;
    let mut items = Vec::with_capacity(page.items.len());
    for record in page.items {
        let counts = counts.remove(&record.id).unwrap_or_default();
        items.push(Import { about: about(tx, &record)?, counts, record });
    }
    Ok(Page { items, next: page.next })
}

pub(in crate::db) fn with_counts(tx: &mut Tx<'_>, record: ImportRecord) -> Result<Import> {
    let counts = rows::counts(tx, &[record.id])?.remove(&record.id).unwrap_or_default();
    Ok(Import { about: about(tx, &record)?, counts, record })
}

/// Opens what is known of a list.
pub(in crate::db) fn about(tx: &Tx<'_>, record: &ImportRecord) -> Result<About> {
    let plain = tx.keys.open_for_service(
        Purpose::Import,
        &[b"about", record.id.0.as_bytes(), record.organisation_id.0.as_bytes()],
        &record.sealed_about,
    )?;
    serde_json::from_slice(&plain).map_err(|_| Error::internal("a list is described in an unknown shape"))
}

fn seal_about(tx: &Tx<'_>, id: ImportId, organisation: OrganisationId, about: &About) -> Result<Vec<u8>> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(about).map_err(|_| Error::internal("a list cannot be described"))?);
    tx.keys.seal_for_service(Purpose::Import, &[b"about", id.0.as_bytes(), organisation.0.as_bytes()], &plain)
}

impl ImportRecord {
    /// The place to which the bytes of its file are bound.
    pub(in crate::db) fn place(&self, file: StoredFileId) -> Vec<u8> {
        [self.id.0.as_bytes().as_slice(), file.0.as_bytes()].concat()
    }
}

/// The key that opens the file of a list.
pub(in crate::db) fn file_key(tx: &Tx<'_>, record: &ImportRecord, file: StoredFileId) -> Result<FileKey> {
    let sealed = record.sealed_key.as_ref().ok_or_else(|| Error::internal("a file without a key"))?;
    FileKey::open_under(&tx.keys.purpose(Purpose::Import)?, &[KEY, &record.place(file)], sealed)
}

/// Seals the key of a file that arrived.
pub(in crate::db) fn seal_file_key(tx: &Tx<'_>, record: &ImportRecord, file: StoredFileId, key: &FileKey) -> Result<Vec<u8>> {
    key.seal_under(&tx.keys.purpose(Purpose::Import)?, &[KEY, &record.place(file)])
}

/// The place to which the key of a file is bound.
const KEY: &[u8] = b"import-file-key";

/// Locks a list against other instances until this transaction ends: two who commit it do not do so at the same time.
pub(in crate::db) fn lock(tx: &mut Tx<'_>, id: ImportId) -> Result<()> {
    let own = imports::table.find(id).filter(imports::organisation_id.eq(tx.actor.organisation_id()));
    let query = diesel::update(own).set(imports::version.eq(imports::version));
    query.execute(tx.conn)?;
    Ok(())
}

/// Saves a locked list as a new version of the one that was read.
pub(in crate::db) fn save(tx: &mut Tx<'_>, record: &ImportRecord, about: &About) -> Result<ImportRecord> {
    let read = record.version;
    let sealed_about = seal_about(tx, record.id, record.organisation_id, about)?;
    let saved = ImportRecord { version: read + 1, updated_at: tx.now, sealed_about, ..record.clone() };
    let query = diesel::update(imports::table.find(record.id).filter(imports::version.eq(read))).set(&saved);
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    tx.audit_change(record.id.0, Some(read), Some(saved.version));
    Ok(saved)
}
