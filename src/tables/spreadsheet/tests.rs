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
    workbook_of("", &[(rows, "")], more)
}

/// A workbook with these sheets, each with its rows and what the book says of it.
fn workbook_of(of_all: &str, sheets: &[(&str, &str)], more: &[(&str, &[u8])]) -> Vec<u8> {
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let root = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let numbered = || (1..).zip(sheets);
    let relations: String = numbered()
        .map(|(at, _)| format!("<Relationship Id=\"r{at}\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet{at}.xml\"/>"))
        .collect();
    let of_book = format!(
        "<Relationships xmlns=\"{package}\">{relations}<Relationship Id=\"s\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/></Relationships>"
    );
    let named: String =
        numbered().map(|(at, (_, said))| format!("<sheet name=\"List{at}\" sheetId=\"{at}\" {said} r:id=\"r{at}\"/>")).collect();
    let book = format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\">{of_all}<sheets>{named}</sheets></workbook>");
    // The first style is plain, and the second one a day.
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>"
    );
    let sheets: Vec<(String, String)> = numbered()
        .map(|(at, (rows, _))| {
            let sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
            (format!("xl/worksheets/sheet{at}.xml"), sheet)
        })
        .collect();
    let of_all = [
        ("_rels/.rels", root.as_bytes()),
        ("xl/_rels/workbook.xml.rels", of_book.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
    ];
    let sheets: Vec<(&str, &[u8])> = sheets.iter().map(|(name, sheet)| (name.as_str(), sheet.as_bytes())).collect();
    archive(&[&of_all[..], &sheets, more].concat())
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
fn a_cell_far_to_the_right_is_refused_and_one_far_below_is_a_row() {
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
    let row = |word: &str| format!("<row r=\"1\">{}</row>", text("A1", word));
    let (hidden, first, second) = (row("Hidden"), row("First"), row("Second"));
    let bytes = workbook_of("", &[(&hidden, "state=\"hidden\""), (&first, ""), (&second, "")], &[]);
    for sheet in [1, 4] {
        assert_eq!(read(&bytes, Stated { sheet: Some(sheet), ..Stated::default() }).unwrap_err(), Refused::NoSheet, "{sheet}");
    }
    for (sheet, word, number) in [(None, "First", "2"), (Some(3), "Second", "3")] {
        let grid = read(&bytes, Stated { sheet, ..Stated::default() }).unwrap();
        assert_eq!(grid.rows[0].cells, [Cell::Text(word.to_owned())]);
        assert_eq!(grid.told, [Assumption::new(Told::Sheet, number), Assumption::new(Told::OtherSheets, "1")], "the other one is told");
    }
}

#[test]
fn numbers_and_days_are_told_apart_and_counted_as_the_book_counts() {
    let row = "<row r=\"1\"><c r=\"A1\"><v>36236</v></c><c r=\"B1\" s=\"1\"><v>36236</v></c><c r=\"C1\" s=\"1\"><v>36235.7083333333</v></c>\
        <c r=\"D1\"><v>3171234567890001</v></c><c r=\"E1\" s=\"1\"><v>34774</v></c><c r=\"F1\" t=\"b\"><v>0</v></c></row>";
    let day = |text: &str| Cell::Day(text.parse().unwrap());
    let (number, written) = (|text: &str| Cell::Number(text.to_owned()), |text: &str| Cell::Text(text.to_owned()));
    let cells = [
        number("36236"),
        day("1999-03-17"),
        written("1999-03-16T17:00:00"),
        number("3171234567890001"),
        day("1995-03-16"),
        written("FALSE"),
    ];
    assert_eq!(grid(&workbook(row, &[])).rows[0].cells, cells);
    let of_1904 = grid(&workbook_of("<workbookPr date1904=\"1\"/>", &[(row, "")], &[]));
    assert_eq!(of_1904.rows[0].cells[4], day("1999-03-17"));
    assert!(of_1904.told.contains(&Assumption::new(Told::Epoch1904, "")));
}

#[test]
fn an_archive_whose_directory_can_be_found_in_two_ways_is_refused() {
    let whole = workbook(&format!("<row r=\"1\">{}</row>", text("A1", "Name")), &[]);
    let end = whole.len() - 22;
    let changed = |at: usize, bytes: &[u8]| {
        let mut other = whole.clone();
        other[end + at..end + at + bytes.len()].copy_from_slice(bytes);
        other
    };
    let two_ends = [&whole[..], &whole[end..]].concat();
    let behind = [&whole[..], b"more"].concat();
    let before = [&b"PK\x03\x04"[..], &whole].concat();
    for (bytes, what) in [
        (changed(8, &[1, 0]), "fewer entries here than in all"),
        (changed(12, &[0xFF; 4]), "a size that does not fit"),
        (changed(16, &[1, 0, 0, 0]), "a directory that does not end at the end"),
        (changed(20, &[9, 0]), "a comment that is not there"),
        (two_ends, "two ends"),
        (behind, "something behind the end"),
        (before, "something before the first entry"),
    ] {
        assert_eq!(read(&bytes, Stated::default()).unwrap_err(), Refused::Damaged, "{what}");
    }
}

#[test]
fn a_table_of_texts_that_says_that_it_has_more_than_fit_is_refused() {
    let texts = |count: &str| format!("<sst xmlns=\"{MAIN}\" count=\"1\" uniqueCount=\"{count}\"><si><t>Name</t></si></sst>");
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
    let book = |count: &str| workbook(rows, &[("xl/SharedStrings.xml", texts(count).as_bytes())]);
    assert_eq!(grid(&book("1")).rows[0].cells, [Cell::Text("Name".to_owned())]);
    for count in ["18446744073709551615", "4000000000", "1000"] {
        assert_eq!(read(&book(count), Stated::default()).unwrap_err(), Refused::Inflated, "{count}");
    }
}
