//! Spreadsheets that were made to do harm, or that hold more than cells.

use crate::domain::imports::cell::Cell;
use crate::domain::imports::grid::{Assumption, Grid, Told};
use crate::tables::{Refused, Stated, read};

/// An archive whose entries are stored as they are.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut whole, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in entries {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let sizes = [&crc.sum().to_le_bytes()[..], &length, &length, &name_length].concat();
        let at = u32::try_from(whole.len()).unwrap().to_le_bytes();
        // Version, flags, method, time and date: all zero but the version.
        let common = [&[20, 0][..], &[0; 8]].concat();
        whole.extend([&b"PK\x03\x04"[..], common.as_slice(), &sizes, &[0, 0], name.as_bytes(), bytes].concat());
        directory.extend([&b"PK\x01\x02\x14\x00"[..], common.as_slice(), &sizes, &[0; 12], &at, name.as_bytes()].concat());
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let (size, at) = (u32::try_from(directory.len()).unwrap().to_le_bytes(), u32::try_from(whole.len()).unwrap().to_le_bytes());
    [whole, directory, [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &at, &[0, 0]].concat()].concat()
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// A workbook with one sheet of these rows, and what else there is.
fn workbook(rows: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let root = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let of_book = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"List\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
    let entries = [
        ("_rels/.rels", root.as_bytes()),
        ("xl/_rels/workbook.xml.rels", of_book.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    archive(&[&entries[..], more].concat())
}

fn text(cell: &str, text: &str) -> String {
    format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn grid(bytes: &[u8]) -> Grid {
    read(bytes, Stated::default()).unwrap()
}

#[test]
fn formulas_macros_and_links_are_ignored_with_a_word() {
    let rows = format!(
        "<row r=\"1\">{}</row><row r=\"2\"><c r=\"A2\" t=\"str\"><f>WEBSERVICE(1)</f><v>Siti</v></c><c r=\"B2\" t=\"e\"><v>#REF!</v></c></row>",
        text("A1", "Name") + &text("B1", "Gender")
    );
    let plain = grid(&workbook(&format!("<row r=\"1\">{}</row>", text("A1", "Name")), &[]));
    assert_eq!(plain.told, [Assumption::new(Told::Sheet, "1")]);
    let more: [(&str, &[u8]); 2] = [("xl/vbaProject.bin", b"macro"), ("xl/externalLinks/externalLink1.xml", b"<x/>")];
    let grid = grid(&workbook(&rows, &more));
    let told: Vec<Told> = grid.told.iter().map(|assumption| assumption.told).collect();
    assert_eq!(told, [Told::Sheet, Told::FormulasIgnored, Told::MacrosIgnored, Told::ExternalLinksIgnored]);
    assert_eq!(grid.rows[1].cells, [Cell::Text("Siti".to_owned()), Cell::Broken]);
}

#[test]
fn a_cell_in_the_last_column_costs_a_refusal_and_no_memory() {
    let rows = format!("<row r=\"1\">{}</row>", text("XFD1", "far away"));
    assert_eq!(read(&workbook(&rows, &[]), Stated::default()).unwrap_err(), Refused::TooManyColumns);
    let rows = format!("<row r=\"1\">{}</row><row r=\"1048576\">{}</row>", text("A1", "Name"), text("A1048576", "Siti"));
    assert_eq!(grid(&workbook(&rows, &[])).rows.len(), 2, "an empty row is no row");
}

#[test]
fn an_archive_that_unpacks_without_end_is_given_up() {
    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use std::io::Write;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    let piece = vec![b' '; 1024 * 1024];
    for _ in 0..200 {
        encoder.write_all(&piece).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 1024 * 1024, "small outside");
    let mut bytes = archive(&[("xl/worksheets/sheet1.xml", &bomb)]);
    // Stored becomes deflated, in the entry and in the directory: what the entry says of its size stays a lie.
    let local = 8;
    let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap() + 10;
    bytes[local] = 8;
    bytes[directory] = 8;
    assert_eq!(read(&bytes, Stated::default()).unwrap_err(), Refused::Inflated);
}

#[test]
fn a_sheet_that_nobody_sees_or_that_is_not_there_is_not_read() {
    let bytes = workbook(&format!("<row r=\"1\">{}</row>", text("A1", "Name")), &[]);
    let stated = Stated { sheet: Some(2), ..Stated::default() };
    assert_eq!(read(&bytes, stated).unwrap_err(), Refused::NoSheet);
}
