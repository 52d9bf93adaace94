//! A list as the API shows it.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::respond;
use crate::db::people::imports::record::{About, Import as Listed, ImportRecord};
use crate::db::people::imports::rows::RowCounts;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::dates::Timestamp;
use crate::domain::ids::ImportId;
use crate::domain::imports::grid::{Assumption, FileKind};
use crate::domain::imports::mapping::Mapping;
use crate::domain::imports::proposal::ProposedColumn;
use crate::domain::imports::state::{ImportState, RowState};

/// A list that comes in.
#[derive(Serialize, ToSchema)]
pub struct Import {
    /// Its id.
    id: ImportId,
    /// How far it is.
    state: ImportState,
    /// The code of the reason why the last work on it ended before its end: what is wrong with the file, or `decisions_missing`,
    /// `no_longer_allowed`, `file_gone`, `other_file`, `gave_up`, `failed`.
    #[schema(max_length = 60)]
    stopped_because: Option<String>,
    /// What kind of file it is.
    kind: Option<FileKind>,
    /// Bytes of the file.
    #[schema(minimum = 0, maximum = 20971520)]
    size: u64,
    /// What was assumed about the file.
    #[schema(max_items = 50)]
    assumed: Vec<Assumption>,
    /// What each column probably is.
    #[schema(max_items = 256)]
    columns: Vec<ProposedColumn>,
    /// What each column is, as somebody said it.
    mapping: Option<Mapping>,
    /// Rows below the headings.
    #[schema(minimum = 0, maximum = 50000)]
    row_count: i32,
    /// Rows that the work has behind it.
    #[schema(minimum = 0, maximum = 1048576)]
    position: i32,
    /// Rows by what became of them.
    #[schema(max_items = 9)]
    counts: Vec<RowCount>,
    /// Rows that wait for a decision.
    #[schema(minimum = 0, maximum = 50000)]
    undecided: i64,
    /// Rows about which somebody decided, and that are not committed. A new mapping or validation drops the decisions.
    #[schema(minimum = 0, maximum = 50000)]
    decided: i64,
    /// When it was announced.
    created_at: Timestamp,
    /// When it was last taken a step further.
    updated_at: Timestamp,
    /// Until when what it made can be taken back.
    undo_until: Option<Timestamp>,
    /// When it is deleted, with its file.
    expires_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// How many rows became one thing.
#[derive(Serialize, ToSchema)]
pub struct RowCount {
    /// What became of them.
    state: RowState,
    /// How many.
    #[schema(minimum = 0, maximum = 50000)]
    rows: i64,
}

/// A page of lists.
#[derive(Serialize, ToSchema)]
pub struct ImportPage {
    /// The lists, the newest first.
    #[schema(max_items = 200)]
    pub items: Vec<Import>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    pub next: Option<String>,
}

fn counted(counts: &RowCounts) -> Vec<RowCount> {
    let of = |state: &RowState| RowCount { state: *state, rows: counts.of(*state) };
    RowState::ALL.iter().map(of).filter(|count| count.rows > 0).collect()
}

impl From<Listed> for Import {
    fn from(listed: Listed) -> Self {
        let undo_until = listed.undo_until();
        let Listed { record, about, counts } = listed;
        let ImportRecord { id, state, stopped_because, row_count, position, created_at, updated_at, expires_at, version, .. } = record;
        let About { size, table, mapping, .. } = about;
        let kind = table.as_ref().map(|table| table.kind);
        let (assumed, columns) = table.map(|table| (table.told, table.proposed)).unwrap_or_default();
        Self {
            id,
            state,
            stopped_because,
            kind,
            size,
            assumed,
            columns,
            mapping,
            row_count,
            position,
            counts: counted(&counts),
            undecided: counts.undecided,
            decided: counts.decided,
            created_at,
            updated_at,
            undo_until,
            expires_at,
            version,
        }
    }
}

/// The ETag of a list.
pub fn etag(import: &Listed) -> String {
    respond::etag(import.record.version, CompartmentSet::EMPTY)
}

/// The answer to a step that is done beside the request.
pub fn accepted(import: Listed) -> HttpResponse {
    respond::accepted(etag(&import), &Import::from(import))
}
