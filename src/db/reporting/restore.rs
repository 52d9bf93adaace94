//! A restore: every row of a backup into an empty database, in one transaction, compared with what was backed up before it is committed.

use diesel::prelude::*;
use std::collections::HashSet;
use std::io::Read;

use crate::backup::{ArchiveReader, Cell, Fault, Part, Row, RowSum, TableSum};
use crate::db::Tx;
use crate::db::engine::copied_table::{CopiedTable, CountOn};
use crate::db::engine::copied_tables::{COUNTED, OF_ITSELF, copied};
use crate::db::people::erasure;
use crate::db::schema::fine_rates;
use crate::domain::ids::PersonId;
use crate::error::{Error, Result};

/// Restores a backup, and erases again who was erased since. Returns how many were.
pub fn restore<R: Read>(tx: &mut Tx<'_>, archive: &mut ArchiveReader<R>, erased: &[PersonId]) -> Result<usize> {
    let tables = copied()?;
    // What the migrations made is in the backup as well, as it was there.
    let query = diesel::delete(fine_rates::table);
    query.execute(tx.conn)?;
    let sums = insert(tx, archive, &tables)?;
    compare(tx, &tables, &sums)?;
    let again = erasure::erase_again(tx, erased)?;
    tx.audit_unchanged(uuid::Uuid::nil());
    Ok(again)
}

fn insert<R: Read>(tx: &mut Tx<'_>, archive: &mut ArchiveReader<R>, tables: &[CopiedTable]) -> Result<Vec<TableSum>> {
    let mut filling: Option<Filling<'_>> = None;
    loop {
        match (archive.read().map_err(unread)?, filling.take()) {
            (Part::Table { name, columns }, None) => {
                let table = tables.iter().find(|table| table.name == name && table.columns == columns);
                filling = Some(Filling::of(table.ok_or_else(|| Error::internal("the backup has a table of another schema"))?));
            }
            (Part::Rows(rows), Some(mut table)) => {
                table.take(tx, rows)?;
                filling = Some(table);
            }
            (Part::End, Some(table)) => table.finish(tx)?,
            (Part::Whole { manifest, .. }, None) => return Ok(manifest.tables),
            _ => return Err(Error::internal("the parts of the backup are in another order")),
        }
    }
}

/// A table that is being filled.
struct Filling<'a> {
    table: &'a CopiedTable,
    /// The column that refers to another row of the same table, if there is one.
    of_itself: Option<usize>,
    /// The ids that are there, for those that refer to them.
    there: HashSet<Vec<u8>>,
    /// Rows that refer to one that is not there yet.
    waiting: Vec<Row>,
    last: Option<i64>,
}

impl<'a> Filling<'a> {
    fn of(table: &'a CopiedTable) -> Self {
        let column = OF_ITSELF.iter().find(|(name, _)| *name == table.name).map(|(_, column)| *column);
        let of_itself = column.and_then(|name| table.columns.iter().position(|column| column.name == name));
        Self { table, of_itself, there: HashSet::new(), waiting: Vec::new(), last: None }
    }

    fn take(&mut self, tx: &mut Tx<'_>, rows: Vec<Row>) -> Result<()> {
        let Some(of_itself) = self.of_itself else {
            if self.counts() {
                self.last = rows.last().and_then(|row| row.first()).and_then(number).or(self.last);
            }
            return self.table.insert(tx.conn, &rows, self.counts());
        };
        let (mut ready, mut waiting) = (Vec::new(), Vec::new());
        for row in rows {
            // The id is the first column.
            let (id, other) = (bytes(row.first()), bytes(row.get(of_itself)));
            if other.is_none_or(|other| self.there.contains(other)) {
                self.there.extend(id.map(<[u8]>::to_vec));
                ready.push(row);
            } else {
                waiting.push(row);
            }
        }
        self.waiting.append(&mut waiting);
        self.table.insert(tx.conn, &ready, false)
    }

    fn counts(&self) -> bool {
        self.table.name == COUNTED.0
    }

    /// Inserts what waited, and lets the database count on.
    fn finish(mut self, tx: &mut Tx<'_>) -> Result<()> {
        while !self.waiting.is_empty() {
            let before = self.waiting.len();
            let rows = std::mem::take(&mut self.waiting);
            self.take(tx, rows)?;
            if self.waiting.len() == before {
                return Err(Error::internal(format!("rows of {} refer to none that is there", self.table.name)));
            }
        }
        if let Some(last) = self.last.filter(|_| tx.conn.is_postgres()) {
            tx.conn.execute_written(&CountOn { table: COUNTED.0, column: COUNTED.1, last })?;
        }
        Ok(())
    }
}

fn number(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Integer(value) => Some(*value),
        _ => None,
    }
}

fn bytes(cell: Option<&Cell>) -> Option<&[u8]> {
    match cell {
        Some(Cell::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

/// Reads every table again, and compares it with what was backed up.
fn compare(tx: &mut Tx<'_>, tables: &[CopiedTable], sums: &[TableSum]) -> Result<()> {
    for table in tables {
        let mut sum = RowSum::default();
        table.each_row(tx.conn, |row| sum.add(row).map_err(unread))?;
        let here = sum.finish(table.name);
        if !sums.contains(&here) {
            return Err(Error::internal(format!("{} is not what was backed up", table.name)));
        }
    }
    Ok(())
}

fn unread(fault: Fault) -> Error {
    Error::internal(format!("the backup cannot be restored: {fault}"))
}
