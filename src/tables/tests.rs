use super::*;
use crate::domain::imports::cell::Cell;
use crate::domain::imports::grid::{Assumption, FileKind, Told};
use crate::domain::imports::table::Table;

/// A spreadsheet.
const MULTI_SELECT: &[u8] = include_bytes!("../../tests/data/htcds/HTCDS_v2.0.xlsx");

fn grid(bytes: &[u8]) -> Grid {
    read(bytes, Stated::default()).unwrap()
}

fn table(text: &str) -> Table {
    Table::of(grid(text.as_bytes())).unwrap()
}

#[test]
fn lists_with_any_sign_between_their_values_are_read_and_the_sign_is_told() {
    for (sign, delimiter) in [(',', "comma"), (';', "semicolon"), ('\t', "tab"), ('|', "bar")] {
        let text = format!("Name{sign}Gender{sign}Notes\nSiti{sign}F{sign}\"a, b; c | d\"\n");
        let table = table(&text);
        assert!(table.told.contains(&Assumption::new(Told::Delimiter, delimiter)), "{:?}", table.told);
        assert_eq!(table.rows[0].cells[2], Cell::Text("a, b; c | d".to_owned()));
    }
    let said = table("sep=;\r\nName;Gender\r\nSiti;F\r\n");
    assert_eq!(said.rows[0].number, 3);
    let rare = table("sep=^\nName^Gender\nSiti^F\n");
    assert_eq!(rare.rows[0].cells, [Cell::Text("Siti".to_owned()), Cell::Text("F".to_owned())]);
    let stated = Stated { delimiter: Delimiter::parse("~"), ..Stated::default() };
    let rare = Table::of(read(b"Name~Gender\nSiti, Ani~F\n", stated).unwrap()).unwrap();
    assert_eq!(rare.rows[0].cells, [Cell::Text("Siti, Ani".to_owned()), Cell::Text("F".to_owned())]);
    for wrong in ["a", "1", "\"", "", ",,", "–", "commas"] {
        assert_eq!(Delimiter::parse(wrong), None, "{wrong:?}");
    }
}

#[test]
fn a_quotation_mark_that_swallows_people_is_refused() {
    for open in [
        "Name,Notes\nSiti,\"never closed\nBudi,x\n",
        "Name,Notes\nSiti,\"never closed\nBudi,\"x\"\n",
        "Name,Notes\r\nSiti,\"a \"quoted\" word\"\r\n",
    ] {
        assert_eq!(read(open.as_bytes(), Stated::default()).unwrap_err(), Refused::OpenQuote, "{open}");
    }
    let fine = table("Name,Notes\nSiti,\"a \"\"quoted\"\" word\" \nBudi,1.70 m or 5'6\"\nAni,\"\"\n");
    assert_eq!(fine.rows.len(), 3);
    assert_eq!(fine.rows[0].cells[1], Cell::Text("a \"quoted\" word".to_owned()));
}

#[test]
fn rows_that_reach_far_to_the_right_are_bounded_all_together() {
    let far = "Name\n".to_owned() + &format!("{}x\n", ",".repeat(255)).repeat(20_000);
    assert_eq!(read(far.as_bytes(), Stated::default()).unwrap_err(), Refused::TooMuch);
    let empty = "Name\n".to_owned() + &format!("x{}\n", ",".repeat(255)).repeat(20_000);
    assert_eq!(grid(empty.as_bytes()).rows.len(), 20_001, "what is empty takes no place");
    let line = format!("Name\n{}\n", "\"\",".repeat(600_000));
    assert_eq!(read(line.as_bytes(), Stated::default()).unwrap_err(), Refused::LineTooLong);
}

#[test]
fn rows_have_the_numbers_that_a_spreadsheet_shows() {
    for end in ["\n", "\r\n"] {
        let text = ["Name,Notes", "Siti,x", "", "", "Ani,\"two", "lines\"", "Budi,y"].join(end);
        let numbers: Vec<u32> = table(&text).rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [2, 5, 6], "{end:?}");
    }
}

#[test]
fn forms_that_are_exported_as_json_are_read_by_the_paths_of_their_answers() {
    let text = "{\"_id\":7,\"who\":{\"prs_First_Name\":\"Siti\",\"prs_Gender\":\"Feminine\"},\"con_Consent\":true,\"tags\":[\"a\",\"b\"]}\n\n{\"who\":{\"prs_First_Name\":\"Ani\"},\"more\":null}\n";
    let table = table(text);
    assert_eq!(table.kind, FileKind::JsonLines);
    let labels: Vec<&str> = table.headings.iter().map(|heading| heading.label.as_str()).collect();
    assert_eq!(labels, ["_id", "who/prs_First_Name", "who/prs_Gender", "con_Consent", "tags", "more"]);
    assert_eq!(table.rows[0].cells[3], Cell::Text("TRUE".to_owned()));
    assert_eq!(table.rows[0].cells[4], Cell::Text("a; b".to_owned()));
    assert_eq!(table.rows[1].number, 3);
    assert!(table.is_htcds, "three names of the standard make it one");
    for (broken, refused) in [("{\"a\":1}\nnot json\n", Refused::NotJson), ("{\"a\":1}\n[1]\n", Refused::NotJson)] {
        assert_eq!(read(broken.as_bytes(), Stated::default()).unwrap_err(), refused);
    }
}

#[test]
fn forms_that_are_one_list_are_read_and_what_is_left_out_is_told() {
    let page =
        table("{\"count\":2,\"next\":\"?page=2\",\"results\":[{\"Name\":\"Siti\",\"group\":[{\"Name\":\"Ani\"}]},\n{\"Name\":\"Budi\"}]}");
    assert_eq!(page.rows.iter().map(|row| row.cells[0].written()).collect::<Vec<_>>(), [Some("Siti".to_owned()), Some("Budi".to_owned())]);
    for told in [Assumption::new(Told::OtherPages, ""), Assumption::new(Told::ListsLeftOut, "1")] {
        assert!(page.told.contains(&told), "{:?}", page.told);
    }
    assert_eq!(table("[{\"Name\":\"Siti\"},{\"Name\":\"Budi\"}]").rows.len(), 2);
    assert_eq!(table("[No],Name\n1,Siti\n").rows.len(), 1, "a bracket can begin a heading");
}

#[test]
fn files_of_the_wrong_kind_are_refused_by_name() {
    for (bytes, refused) in [
        (&b"%PDF-1.7 ..."[..], Refused::OtherKind),
        (b"\xFF\xD8\xFF\xE0", Refused::OtherKind),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Refused::OldSpreadsheet),
        (b"PK\x03\x04 and no more", Refused::Damaged),
        (&MULTI_SELECT[..MULTI_SELECT.len() / 2], Refused::Damaged),
        (b"Name\0Gender\0", Refused::NotText),
    ] {
        assert_eq!(read(bytes, Stated::default()).unwrap_err(), refused);
    }
    let large = vec![b'a'; crate::domain::imports::grid::LARGEST + 1];
    assert_eq!(read(&large, Stated::default()).unwrap_err(), Refused::TooLarge);
}

#[test]
fn what_is_more_than_a_list_is_refused() {
    let wide = vec!["x"; 300].join(",");
    let long = "Name\n".to_owned() + &"a\n".repeat(50_021);
    let open = format!("Name,Notes\nSiti,\"never closed\n{}", "x,y\n".repeat(300));
    let cell = format!("Name\n{}\n", "a".repeat(40_000));
    for (text, refused) in
        [(&wide, Refused::TooManyColumns), (&long, Refused::TooManyRows), (&open, Refused::OpenQuote), (&cell, Refused::CellTooLong)]
    {
        assert_eq!(read(text.as_bytes(), Stated::default()).unwrap_err(), refused);
    }
}
