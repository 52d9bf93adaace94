//! A whole backup: header, tables, manifest.

use std::io::{Read, Write};

use crate::backup::cell::{Cell, Column, Row, read_rows, write_row};
use crate::backup::frame::{END, FrameReader, FrameWriter, HEADER, MANIFEST, ROWS, TABLE};
use crate::backup::manifest::{Header, Manifest, Signed, TableHead, TableSum, hex, of_json, to_json};
use crate::backup::{Fault, Result};
use crate::crypto::Sha256;

/// Bytes of rows after which they are written.
const BLOCK: usize = 1 << 20;

/// The sum of the rows of a table: the same for the same rows in the same order, whichever database they come from.
#[derive(Default)]
pub struct RowSum {
    rows: u64,
    sum: Sha256,
    bytes: Vec<u8>,
}

impl RowSum {
    /// Takes one more row.
    pub fn add(&mut self, row: &[Cell]) -> Result<()> {
        self.bytes.clear();
        write_row(row, &mut self.bytes)?;
        self.rows += 1;
        self.sum.update(&self.bytes);
        Ok(())
    }

    /// The sum of all rows of the table of this name.
    pub fn finish(self, name: &str) -> TableSum {
        TableSum { name: name.to_owned(), rows: self.rows, sha256: hex(&self.sum.finish()) }
    }
}

/// Writes a backup.
pub struct ArchiveWriter<W> {
    frames: FrameWriter<W>,
    tables: Vec<TableSum>,
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins a backup.
    pub fn begin(out: W, header: &Header) -> Result<Self> {
        let mut frames = FrameWriter::begin(out)?;
        frames.write(HEADER, &to_json(header)?)?;
        Ok(Self { frames, tables: Vec::new() })
    }

    /// Begins a table; its rows are put into what is returned.
    pub fn table(&mut self, name: &str, columns: &[Column]) -> Result<TableWriter<'_, W>> {
        self.frames.write(TABLE, &to_json(&TableHead { name: name.to_owned(), columns: columns.to_vec() })?)?;
        Ok(TableWriter { archive: self, name: name.to_owned(), sum: RowSum::default(), block: Vec::new() })
    }

    /// The tables so far.
    pub fn tables(&self) -> &[TableSum] {
        &self.tables
    }

    /// Ends a backup with its manifest, which `sign` signs.
    pub fn finish<E: From<Fault>>(
        mut self,
        manifest: &Manifest,
        sign: impl FnOnce(&[u8]) -> std::result::Result<Vec<u8>, E>,
    ) -> std::result::Result<W, E> {
        let text = String::from_utf8(to_json(manifest)?).map_err(|_| Fault::Changed("a part cannot be written"))?;
        let signature = hex(&sign(text.as_bytes())?);
        self.frames.write(MANIFEST, &to_json(&Signed { manifest: text, signature })?)?;
        Ok(self.frames.finish()?)
    }
}

/// Writes a table.
pub struct TableWriter<'a, W> {
    archive: &'a mut ArchiveWriter<W>,
    name: String,
    sum: RowSum,
    block: Vec<u8>,
}

impl<W: Write> TableWriter<'_, W> {
    /// Writes a row.
    pub fn row(&mut self, row: &[Cell]) -> Result<()> {
        self.sum.add(row)?;
        self.block.extend_from_slice(&self.sum.bytes);
        if self.block.len() >= BLOCK { self.flush() } else { Ok(()) }
    }

    /// Ends the table.
    pub fn finish(mut self) -> Result<()> {
        self.flush()?;
        let Self { archive, name, sum, .. } = self;
        let sum = sum.finish(&name);
        archive.frames.write(END, &to_json(&sum)?)?;
        archive.tables.push(sum);
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        if !self.block.is_empty() {
            self.archive.frames.write(ROWS, &self.block)?;
            self.block.clear();
        }
        Ok(())
    }
}

/// A part of a backup that is read.
#[derive(Debug, PartialEq)]
pub enum Part {
    /// A table begins.
    Table {
        /// Its name.
        name: String,
        /// Its columns.
        columns: Vec<Column>,
    },
    /// Rows of the table.
    Rows(Vec<Row>),
    /// The table is over, and its rows are those that were written.
    End,
    /// The backup is over, and everything in it is what was written.
    Whole {
        /// What is in it.
        manifest: Manifest,
        /// The bytes that were signed.
        signed: Vec<u8>,
        /// The signature in hexadecimal digits.
        signature: String,
    },
}

/// Reads a backup.
pub struct ArchiveReader<R> {
    frames: FrameReader<R>,
    header: Header,
    open: Option<(TableHead, RowSum)>,
    tables: Vec<TableSum>,
}

impl<R: Read> ArchiveReader<R> {
    /// Reads the beginning of a backup.
    pub fn open(from: R) -> Result<Self> {
        let mut frames = FrameReader::begin(from)?;
        match frames.read()? {
            (HEADER, json) => Ok(Self { header: of_json(&json)?, frames, open: None, tables: Vec::new() }),
            _ => Err(Fault::Changed("it has no header")),
        }
    }

    /// What it says of itself. Nothing of it is proved before the end is read.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next part. After [`Part::Whole`] there is none.
    pub fn read(&mut self) -> Result<Part> {
        match (self.frames.read()?, self.open.take()) {
            ((TABLE, json), None) => {
                let table: TableHead = of_json(&json)?;
                let part = Part::Table { name: table.name.clone(), columns: table.columns.clone() };
                self.open = Some((table, RowSum::default()));
                Ok(part)
            }
            ((ROWS, bytes), Some((table, mut sum))) => {
                let rows = read_rows(table.columns.len(), &bytes)?;
                rows.iter().try_for_each(|row| sum.add(row))?;
                self.open = Some((table, sum));
                Ok(Part::Rows(rows))
            }
            ((END, json), Some((table, sum))) => {
                let (said, is) = (of_json::<TableSum>(&json)?, sum.finish(&table.name));
                if said != is {
                    return Err(Fault::Changed("the rows of a table are not those that were written"));
                }
                self.tables.push(is);
                Ok(Part::End)
            }
            ((MANIFEST, json), None) => {
                let Signed { manifest: text, signature } = of_json(&json)?;
                let manifest: Manifest = of_json(text.as_bytes())?;
                if manifest.tables != self.tables {
                    return Err(Fault::Changed("its tables are not those of its manifest"));
                }
                self.frames.finish()?;
                Ok(Part::Whole { manifest, signed: text.into_bytes(), signature })
            }
            _ => Err(Fault::Changed("its parts are in another order")),
        }
    }
}
