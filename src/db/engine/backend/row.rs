//! Rows of either database.

use diesel::result::QueryResult;
use diesel::row::{Field, PartialRow, RowIndex, RowSealed};
use std::ops::Range;
use std::rc::Rc;
use tokio_postgres::types::{FromSql, Type};

use crate::db::engine::backend::database::Database;
use crate::db::engine::backend::read::Raw;
use crate::db::engine::sqlite::Table;

/// The rows that a statement found.
pub enum Cursor {
    /// Rows of SQLite: all of them, and the range that is left.
    Sqlite(Rc<Table>, Range<usize>),
    /// Rows of Postgres.
    Postgres(std::vec::IntoIter<tokio_postgres::Row>),
}

impl Iterator for Cursor {
    type Item = QueryResult<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(Ok(match self {
            Self::Sqlite(table, left) => Row::Sqlite(table.clone(), left.next()?),
            Self::Postgres(rows) => Row::Postgres(rows.next()?),
        }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Sqlite(_, left) => left.size_hint(),
            Self::Postgres(rows) => rows.size_hint(),
        }
    }
}

/// One row.
pub enum Row {
    /// A row of SQLite: the table and the index in it.
    Sqlite(Rc<Table>, usize),
    /// A row of Postgres.
    Postgres(tokio_postgres::Row),
}

impl Row {
    /// The value in a column; none if it is NULL.
    pub fn raw(&self, column: usize) -> Option<Raw<'_>> {
        match self {
            Self::Sqlite(table, row) => table.value(*row, column),
            Self::Postgres(row) => row.try_get::<_, Option<Wire<'_>>>(column).ok().flatten().map(|wire| Raw::Wire(wire.0)),
        }
    }

    fn name(&self, column: usize) -> Option<&str> {
        match self {
            Self::Sqlite(table, _) => table.names().get(column).map(String::as_str),
            Self::Postgres(row) => row.columns().get(column).map(tokio_postgres::Column::name),
        }
    }
}

/// The bytes of a value of any type.
struct Wire<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Wire<'a> {
    fn from_sql(_: &Type, bytes: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(bytes))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl RowSealed for Row {}

impl RowIndex<usize> for Row {
    fn idx(&self, column: usize) -> Option<usize> {
        (column < diesel::row::Row::field_count(self)).then_some(column)
    }
}

impl<'a> RowIndex<&'a str> for Row {
    fn idx(&self, name: &'a str) -> Option<usize> {
        (0..diesel::row::Row::field_count(self)).find(|column| self.name(*column) == Some(name))
    }
}

impl<'a> diesel::row::Row<'a, Database> for Row {
    type Field<'f>
        = Value<'f>
    where
        'a: 'f,
        Self: 'f;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        match self {
            Self::Sqlite(table, _) => table.width(),
            Self::Postgres(row) => row.len(),
        }
    }

    fn get<'b, I>(&'b self, index: I) -> Option<Value<'b>>
    where
        'a: 'b,
        Self: RowIndex<I>,
    {
        Some(Value { row: self, column: self.idx(index)? })
    }

    fn partial_row(&self, range: Range<usize>) -> PartialRow<'_, Self> {
        PartialRow::new(self, range)
    }
}

/// One value of a row.
pub struct Value<'a> {
    row: &'a Row,
    column: usize,
}

impl<'a> Field<'a, Database> for Value<'a> {
    fn field_name(&self) -> Option<&str> {
        self.row.name(self.column)
    }

    fn value(&self) -> Option<Raw<'_>> {
        self.row.raw(self.column)
    }
}
