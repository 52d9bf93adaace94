//! A table as a backup copies it, whatever is in it: read page by page in the order of its key, and inserted many rows at once. The rows
//! are the same from both databases, byte for byte.

use diesel::deserialize::FromSql;
use diesel::expression::{Expression, QueryMetadata};
use diesel::query_builder::{AstPass, QueryBuilder, QueryFragment};
use diesel::query_source::Table;
use diesel::result::QueryResult;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{self, BigInt};
use std::borrow::Cow;
use tokio_postgres::types::Type;

use crate::backup::{Cell, Column, Kind, Row};
use crate::db::engine::backend::{Database, Raw, SqlText, Value};
use crate::db::engine::connection::Connection;
use crate::db::schema::types::sql;
use crate::domain::dates::Timestamp;
use crate::error::{Error, Result};

/// Rows that are read at once.
const PAGE: i64 = 1000;
/// Parameters of one insert. SQLite looks for the name of each among all that came before it, so many more are no faster.
const PARAMETERS: usize = 4000;

/// A table that is copied.
pub(in crate::db) struct CopiedTable {
    pub name: &'static str,
    pub columns: Vec<Column>,
    /// Where the columns of its key stand among all.
    key: Vec<usize>,
}

/// Describes a table of the schema.
pub(in crate::db) fn describe<T>(name: &'static str, table: &T) -> Result<CopiedTable>
where
    T: Table,
    T::AllColumns: QueryFragment<Database>,
    T::PrimaryKey: QueryFragment<Database>,
    Database: QueryMetadata<<T::AllColumns as Expression>::SqlType>,
{
    let mut types = Vec::new();
    <Database as QueryMetadata<<T::AllColumns as Expression>::SqlType>>::row_metadata(&mut (), &mut types);
    let names = names(&T::all_columns())?;
    if names.len() != types.len() {
        return Err(Error::internal(format!("the columns of {name} cannot be told")));
    }
    let columns = names.into_iter().zip(types).map(|(name, of)| Ok(Column { kind: kind(of.as_ref())?, name }));
    let columns: Vec<Column> = columns.collect::<Result<_>>()?;
    let at = |key: &String| columns.iter().position(|column| column.name == *key);
    let key: Option<Vec<usize>> = names_of_key(table)?.iter().map(at).collect();
    let key = key.filter(|key| !key.is_empty()).ok_or_else(|| Error::internal(format!("{name} has no key")))?;
    Ok(CopiedTable { name, columns, key })
}

fn names_of_key<T: Table>(table: &T) -> Result<Vec<String>>
where
    T::PrimaryKey: QueryFragment<Database>,
{
    names(&table.primary_key())
}

/// The names in `"table"."one", "table"."two"`.
fn names(columns: &dyn QueryFragment<Database>) -> Result<Vec<String>> {
    let mut written = SqlText::default();
    QueryFragment::<Database>::to_sql(columns, &mut written, &Database)?;
    Ok(written.finish().split(", ").filter_map(|one| one.rsplit('"').nth(1).map(str::to_owned)).collect())
}

fn kind(of: Option<&Type>) -> Result<Kind> {
    match of {
        Some(&Type::BOOL) => Ok(Kind::Bool),
        Some(&Type::INT4) => Ok(Kind::Integer),
        Some(&Type::INT8) => Ok(Kind::Long),
        Some(&Type::FLOAT8) => Ok(Kind::Real),
        Some(&Type::TEXT) => Ok(Kind::Text),
        Some(&Type::BYTEA) => Ok(Kind::Bytes),
        Some(&Type::UUID) => Ok(Kind::Id),
        Some(&Type::DATE) => Ok(Kind::Day),
        Some(&Type::TIMESTAMPTZ) => Ok(Kind::Instant),
        Some(&Type::JSONB) => Ok(Kind::Document),
        _ => Err(Error::internal("a column of a type that no backup knows")),
    }
}

impl CopiedTable {
    /// Hands every row on, in the order of the key.
    pub fn each_row(&self, conn: &mut Connection, mut work: impl FnMut(&Row) -> Result<()>) -> Result<()> {
        let mut after: Option<Row> = None;
        loop {
            let rows = self.page(conn, after.as_deref(), PAGE)?;
            rows.iter().try_for_each(&mut work)?;
            let is_last = i64::try_from(rows.len()).is_ok_and(|count| count < PAGE);
            match rows.last() {
                Some(last) if !is_last => after = Some(self.key_of(last)),
                _ => return Ok(()),
            }
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self, conn: &mut Connection) -> Result<bool> {
        Ok(self.page(conn, None, 1)?.is_empty())
    }

    fn page(&self, conn: &mut Connection, after: Option<&[Cell]>, limit: i64) -> Result<Vec<Row>> {
        let page = Page { table: self, after, limit, is_postgres: conn.is_postgres() };
        conn.load_written(&page)?
            .map(|row| -> Result<Row> {
                let row = row?;
                self.columns.iter().enumerate().map(|(at, column)| cell(column.kind, row.raw(at))).collect()
            })
            .collect()
    }

    fn key_of(&self, row: &[Cell]) -> Row {
        self.key.iter().filter_map(|at| row.get(*at).cloned()).collect()
    }

    /// Inserts rows. `counts`: Postgres counts the key by itself, unless it is told.
    pub fn insert(&self, conn: &mut Connection, rows: &[Row], counts: bool) -> Result<()> {
        let is_told = counts && conn.is_postgres();
        let at_once = (PARAMETERS / self.columns.len().max(1)).max(1);
        for rows in rows.chunks(at_once) {
            conn.execute_written(&Insert { table: self, rows, is_told })?;
        }
        Ok(())
    }
}

/// `SELECT` of the rows after a key.
struct Page<'a> {
    table: &'a CopiedTable,
    after: Option<&'a [Cell]>,
    limit: i64,
    is_postgres: bool,
}

impl Page<'_> {
    /// The columns of the key. Texts are in the order of their bytes, as in SQLite: the order of a language may be any.
    fn key(&self, out: &mut AstPass<'_, '_, Database>) -> QueryResult<()> {
        for (at, column) in self.table.key.iter().filter_map(|at| self.table.columns.get(*at)).enumerate() {
            out.push_sql(if at == 0 { "" } else { ", " });
            out.push_identifier(&column.name)?;
            if self.is_postgres && column.kind == Kind::Text {
                out.push_sql(" COLLATE \"C\"");
            }
        }
        Ok(())
    }
}

impl QueryFragment<Database> for Page<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        columns(&mut out, self.table)?;
        out.push_sql(" FROM ");
        out.push_identifier(self.table.name)?;
        if let Some(after) = self.after {
            out.push_sql(" WHERE (");
            self.key(&mut out)?;
            out.push_sql(") > (");
            let kinds = self.table.key.iter().filter_map(|at| self.table.columns.get(*at)).map(|column| column.kind);
            values(&mut out, kinds, after)?;
            out.push_sql(")");
        }
        out.push_sql(" ORDER BY ");
        self.key(&mut out)?;
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, i64>(&self.limit)
    }
}

/// `INSERT` of many rows.
struct Insert<'a> {
    table: &'a CopiedTable,
    rows: &'a [Row],
    is_told: bool,
}

impl QueryFragment<Database> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.push_sql("INSERT INTO ");
        out.push_identifier(self.table.name)?;
        out.push_sql(" (");
        columns(&mut out, self.table)?;
        out.push_sql(if self.is_told { ") OVERRIDING SYSTEM VALUE VALUES " } else { ") VALUES " });
        for (at, row) in self.rows.iter().enumerate() {
            out.push_sql(if at == 0 { "(" } else { ", (" });
            values(&mut out, self.table.columns.iter().map(|column| column.kind), row)?;
            out.push_sql(")");
        }
        Ok(())
    }
}

fn columns(out: &mut AstPass<'_, '_, Database>, table: &CopiedTable) -> QueryResult<()> {
    for (at, column) in table.columns.iter().enumerate() {
        out.push_sql(if at == 0 { "" } else { ", " });
        out.push_identifier(&column.name)?;
    }
    Ok(())
}

fn values<'b>(out: &mut AstPass<'_, 'b, Database>, kinds: impl Iterator<Item = Kind>, cells: &'b [Cell]) -> QueryResult<()> {
    for (at, (kind, cell)) in kinds.zip(cells).enumerate() {
        out.push_sql(if at == 0 { "" } else { ", " });
        match kind {
            Kind::Bool => out.push_bind_param::<sql_types::Bool, Cell>(cell),
            Kind::Integer => out.push_bind_param::<sql_types::Integer, Cell>(cell),
            Kind::Long => out.push_bind_param::<sql_types::BigInt, Cell>(cell),
            Kind::Real => out.push_bind_param::<sql_types::Double, Cell>(cell),
            Kind::Text => out.push_bind_param::<sql_types::Text, Cell>(cell),
            Kind::Bytes => out.push_bind_param::<sql_types::Binary, Cell>(cell),
            Kind::Day => out.push_bind_param::<sql_types::Date, Cell>(cell),
            Kind::Id => out.push_bind_param::<sql::Id, Cell>(cell),
            Kind::Instant => out.push_bind_param::<sql::Instant, Cell>(cell),
            Kind::Document => out.push_bind_param::<sql::Document, Cell>(cell),
        }?;
    }
    Ok(())
}

/// Binds a value as an SQL type. A value of another kind was not written by a backup.
macro_rules! binds_as {
    ($($sql:ty, $cell:pat => $value:expr;)+) => {$(
        impl ToSql<$sql, Database> for Cell {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
                match self {
                    Self::Null => return Ok(IsNull::Yes),
                    $cell => out.set_value($value),
                    _ => return Err("a value of another kind than its column".into()),
                }
                Ok(IsNull::No)
            }
        }
    )+};
}

binds_as!(
    sql_types::Bool, Self::Bool(value) => Value::Bool(*value);
    sql_types::Integer, Self::Integer(value) => Value::Integer(i32::try_from(*value)?);
    sql_types::BigInt, Self::Integer(value) => Value::Long(*value);
    sql_types::Double, Self::Real(value) => Value::Double(*value);
    sql_types::Text, Self::Text(text) => Value::Text(Cow::Borrowed(text.as_str()));
    sql_types::Binary, Self::Bytes(bytes) => Value::Bytes(Cow::Borrowed(bytes.as_slice()));
    sql_types::Date, Self::Text(day) => Value::Day(day.parse()?);
    sql::Id, Self::Bytes(bytes) => Value::Bytes(Cow::Borrowed(bytes.as_slice()));
    sql::Instant, Self::Integer(micros) => Value::Instant(Timestamp::from_micros(*micros).ok_or("an instant out of range")?);
    sql::Document, Self::Text(text) => Value::Document(text.clone());
);

/// A value as a backup has it.
fn cell(kind: Kind, raw: Option<Raw<'_>>) -> Result<Cell> {
    let Some(raw) = raw else { return Ok(Cell::Null) };
    let read = match kind {
        Kind::Bool => <bool as FromSql<sql_types::Bool, Database>>::from_sql(raw).map(Cell::Bool),
        Kind::Integer => <i32 as FromSql<sql_types::Integer, Database>>::from_sql(raw).map(|value| Cell::Integer(i64::from(value))),
        Kind::Long => <i64 as FromSql<sql_types::BigInt, Database>>::from_sql(raw).map(Cell::Integer),
        Kind::Real => <f64 as FromSql<sql_types::Double, Database>>::from_sql(raw).map(Cell::Real),
        Kind::Text => raw.text().map(|text| Cell::Text(text.to_owned())),
        Kind::Bytes | Kind::Id => raw.bytes().map(|bytes| Cell::Bytes(bytes.to_vec())),
        Kind::Day => {
            let day = <chrono::NaiveDate as FromSql<sql_types::Date, Database>>::from_sql(raw);
            day.map(|day| Cell::Text(day.to_string()))
        }
        Kind::Instant => raw.instant().map(|at| Cell::Integer(at.micros())),
        Kind::Document => raw.document().and_then(|text| Ok(Cell::Text(in_order(&serde_json::from_slice(text)?).to_string()))),
    };
    read.map_err(|cause| Error::internal(format!("a stored value cannot be read: {cause}")))
}

/// A document with the keys of each object in the order of their letters: `jsonb` keeps no order, and SQLite every one.
fn in_order(document: &serde_json::Value) -> serde_json::Value {
    match document {
        serde_json::Value::Object(fields) => {
            let mut fields: Vec<(&String, &serde_json::Value)> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            fields.into_iter().map(|(name, value)| (name.clone(), in_order(value))).collect()
        }
        serde_json::Value::Array(items) => items.iter().map(in_order).collect(),
        other => other.clone(),
    }
}

/// Lets Postgres count on after a key that it was told.
pub(in crate::db) struct CountOn {
    pub table: &'static str,
    pub column: &'static str,
    pub last: i64,
}

impl QueryFragment<Database> for CountOn {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.push_sql("SELECT setval(pg_get_serial_sequence('");
        out.push_sql(self.table);
        out.push_sql("', '");
        out.push_sql(self.column);
        out.push_sql("')::regclass, ");
        out.push_bind_param::<BigInt, i64>(&self.last)?;
        out.push_sql(")");
        Ok(())
    }
}
