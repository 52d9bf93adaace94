//! What is looked for in the columns.

use uuid::Uuid;

use crate::db::engine::case_columns::codes::{IdColumn, TextColumn};
use crate::domain::ids::CaseId;

/// Which cases are wanted: those that meet all of it, exactly as the statement that is run afterwards finds them.
#[derive(Clone, Debug, Default)]
pub(in crate::db) struct Wanted {
    pub(in crate::db) texts: Vec<(TextColumn, Option<String>)>,
    pub(in crate::db) ids: Vec<(IdColumn, Uuid)>,
    /// Microseconds, the last one not included.
    pub(in crate::db) registered: (Option<i64>, Option<i64>),
    /// Days of the common era, the last one included.
    pub(in crate::db) registered_on: (Option<i32>, Option<i32>),
    /// Microseconds, the last one not included.
    pub(in crate::db) changed: (Option<i64>, Option<i64>),
}

impl Wanted {
    /// Whether every case is wanted.
    pub(in crate::db) fn is_everything(&self) -> bool {
        self.texts.is_empty() && self.ids.is_empty() && !self.is_of_some_days() && self.changed == (None, None)
    }

    fn is_of_some_days(&self) -> bool {
        self.registered != (None, None) || self.registered_on != (None, None)
    }

    /// Whether an index of the database leads from one wanted case to the next in this order, so that a page costs a page.
    pub(in crate::db) fn has_an_index(&self, by: SortColumn) -> bool {
        if !self.ids.is_empty() || (self.changed != (None, None) && by != SortColumn::Changed) {
            return false;
        }
        match self.texts.as_slice() {
            [] => !self.is_of_some_days() || by == SortColumn::Registered,
            [(TextColumn::Nationality | TextColumn::Stage, _)] => by == SortColumn::Registered && self.changed == (None, None),
            _ => false,
        }
    }
}

/// By what a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::db) enum SortColumn {
    Registered,
    Changed,
    Risk,
}

/// The order of a list, and from where it is read.
#[derive(Clone, Copy, Debug)]
pub(in crate::db) struct Order {
    pub(in crate::db) by: SortColumn,
    pub(in crate::db) descending: bool,
    /// Only what stands behind this.
    pub(in crate::db) after: Option<(i64, CaseId)>,
}
