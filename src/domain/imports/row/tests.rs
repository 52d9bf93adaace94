use super::*;
use crate::domain::codes::IntakeChannel;
use crate::domain::country::Country;
use crate::domain::imports::dates::DateOrder;
use crate::domain::imports::grid::{FileKind, Grid};
use crate::domain::imports::mapping::MappedColumn;

fn row(number: u32, texts: &[&str]) -> Row {
    Row { number, cells: texts.iter().map(|text| Cell::of_text(text)).collect() }
}

/// A list with these headings and one row, and the fields of its columns.
fn read_with(columns: &[(&str, Option<ImportField>, &str)], dates: Option<DateForm>, change: impl Fn(&mut Row)) -> ReadRow {
    let headings: Vec<&str> = columns.iter().map(|(heading, ..)| *heading).collect();
    let texts: Vec<&str> = columns.iter().map(|(_, _, text)| *text).collect();
    let grid = Grid { kind: FileKind::Delimited, rows: vec![row(1, &headings), row(2, &texts)], told: Vec::new() };
    let table = Table::of(grid).unwrap();
    let mapped = columns.iter().enumerate().map(|(at, (heading, field, _))| MappedColumn {
        column: crate::domain::imports::cell::column_name(at),
        heading: (*heading).to_owned(),
        field: *field,
        dates,
    });
    let defaults = Defaults {
        host_country: Country::parse("KHM"),
        intake_channel: Some(IntakeChannel::WalkInEmbassy),
        nationality: None,
        listed_on: "2026-01-19".parse().ok(),
    };
    let mapping = Mapping { columns: mapped.collect(), defaults };
    let mut changed = table.rows[0].clone();
    change(&mut changed);
    Reader::new(&table, &mapping).read(&changed)
}

fn read(columns: &[(&str, Option<ImportField>, &str)]) -> ReadRow {
    read_with(columns, None, |_| {})
}

fn text_at(row: &ReadRow, pointer: &str) -> Option<String> {
    row.values.iter().find(|value| value.pointer == pointer).map(|value| match &value.written {
        Written::Text(text) => text.clone(),
        Written::Number(number) => number.to_string(),
        Written::Flag(flag) => flag.to_string(),
    })
}

fn told(row: &ReadRow) -> Vec<(Option<&str>, &str, Weight)> {
    row.notes.iter().map(|note| (note.cell.as_deref(), note.code.as_str(), note.weight)).collect()
}

#[test]
fn a_row_becomes_a_person() {
    let row = read(&[
        ("No", Some(ImportField::RowKey), "17"),
        ("Nama", Some(ImportField::FullName), "Siti Rahmawati"),
        ("Tgl lahir", Some(ImportField::BirthDate), "17/3/1999"),
        ("JK", Some(ImportField::Gender), "P"),
        ("Paspor", Some(ImportField::PassportNumber), "C4512378"),
        ("Pemegang", Some(ImportField::PassportCustody), "held by trafficker"),
        ("NIK", Some(ImportField::NationalIdNumber), "3171234567890001"),
        ("HP", Some(ImportField::Phone), "0812 3456 7890"),
        ("HP keluarga", Some(ImportField::OtherPhone), "0811 1111 2222"),
        ("Kota", Some(ImportField::HomeCity), "Medan"),
        ("Jalan", Some(ImportField::HomeStreet), "Jalan Asia 1"),
        ("WN", Some(ImportField::Nationality), "Indonesia; Malaysia"),
    ]);
    assert_eq!(row.notes, []);
    assert_eq!(row.key.as_deref(), Some("17"));
    for (pointer, text) in [
        ("/identity/original_script_name", "Siti Rahmawati"),
        ("/identity/birth_date", "1999-03-17"),
        ("/gender", "feminine"),
        ("/identity/documents/0/kind", "passport"),
        ("/identity/documents/0/number", "C4512378"),
        ("/identity/documents/0/custody", "held_by_trafficker"),
        ("/identity/documents/1/kind", "national_id"),
        ("/identity/documents/1/custody", "unknown"),
        ("/contact/phones/0/number", "0812 3456 7890"),
        ("/contact/phones/0/safe", "false"),
        ("/contact/phones/1/number", "0811 1111 2222"),
        ("/contact/home_address", "Jalan Asia 1\nMedan"),
        ("/nationality_claimed", "IDN"),
        ("/further_nationalities/0", "MYS"),
        ("/host_country", "KHM"),
        ("/intake_channel", "walk_in_embassy"),
    ] {
        assert_eq!(text_at(&row, pointer).as_deref(), Some(text), "{pointer}");
    }
    assert_eq!(row.column_of("/identity/documents/0/number"), Some(4));
    assert_eq!(row.column_of("/identity/birth_date"), Some(2));
    assert_eq!(row.column_of("/host_country"), None);
}

#[test]
fn what_cannot_be_read_names_its_cell_and_not_its_value() {
    let row = read(&[
        ("Name", Some(ImportField::FullName), "Siti"),
        ("Born", Some(ImportField::BirthDate), "3/4/1999"),
        ("Sex", Some(ImportField::Gender), "purple"),
        ("Nationality", Some(ImportField::Nationality), "Atlantis"),
        ("Freed", Some(ImportField::ExitedOn), "31/2/2026"),
    ]);
    assert!(!row.is_readable());
    let mut notes = told(&row);
    notes.sort();
    assert_eq!(
        notes,
        [
            (Some("B2"), "ambiguous_day_and_month", Weight::Asked),
            (Some("C2"), "unknown_code", Weight::Refused),
            (Some("D2"), "unknown_nationality", Weight::Refused),
            (Some("E2"), "no_such_day", Weight::Refused),
        ]
    );
    let written = serde_json::to_string(&row.notes).unwrap();
    for value in ["purple", "Atlantis", "3/4/1999", "31/2/2026"] {
        assert!(!written.contains(value), "{value}");
    }
}

/// The notes of a row in which a name stands beside this cell, as the reader of a spreadsheet or of a text found it.
fn told_of(field: ImportField, cell: Cell) -> Vec<(String, Weight)> {
    let columns = [("Name", Some(ImportField::FullName), "Siti"), ("Something", Some(field), "x")];
    let row = read_with(&columns, None, |row| row.cells[1] = cell.clone());
    row.notes.into_iter().map(|note| (note.code, note.weight)).collect()
}

fn note(code: &str, weight: Weight) -> Vec<(String, Weight)> {
    vec![(code.to_owned(), weight)]
}

#[test]
fn numbers_that_a_spreadsheet_damaged_are_told_or_refused() {
    let number = |digits: &str| Cell::Number(digits.to_owned());
    for field in [ImportField::PassportNumber, ImportField::NationalIdNumber, ImportField::Phone] {
        assert_eq!(told_of(field, number("4512378")), note("number_without_prefix", Weight::Told), "{field}");
        assert_eq!(told_of(field, Cell::of_text("4512378")), [], "{field}");
        for damaged in [number("3171234567890001"), Cell::of_text("3.17123E+15"), Cell::Day("1999-03-17".parse().unwrap())] {
            assert_eq!(told_of(field, damaged), note("damaged_number", Weight::Refused), "{field}");
        }
    }
    assert_eq!(told_of(ImportField::PassportNumber, Cell::of_text("E4512378")), []);
}

#[test]
fn a_word_is_no_number_of_a_document() {
    for word in ["hilang", "disita", "没有", "LOST"] {
        for field in [ImportField::PassportNumber, ImportField::NationalIdNumber] {
            assert_eq!(told_of(field, Cell::of_text(word)), note("not_a_document_number", Weight::Refused), "{word}");
        }
    }
    for (field, number) in [(ImportField::PassportNumber, "គ១២៣៤៥"), (ImportField::NationalIdNumber, "-")] {
        assert_eq!(told_of(field, Cell::of_text(number)), [], "{number}");
    }
}

#[test]
fn who_holds_the_passport_says_nothing_of_another_document() {
    let columns = |passport: &'static str| {
        [
            ("Name", Some(ImportField::FullName), "Siti"),
            ("NIK", Some(ImportField::NationalIdNumber), "3171234567890001"),
            ("Pemegang", Some(ImportField::PassportCustody), "held by trafficker"),
            ("Paspor", Some(ImportField::PassportNumber), passport),
        ]
    };
    for (passport, of_passport, of_card) in [("", 1, 0), ("C4512378", 0, 1)] {
        let row = read(&columns(passport));
        let at = |place: usize, member: &str| text_at(&row, &format!("/identity/documents/{place}/{member}"));
        assert_eq!(at(of_card, "kind").as_deref(), Some("national_id"));
        assert_eq!(at(of_card, "custody").as_deref(), Some("unknown"));
        assert_eq!(at(of_passport, "kind").as_deref(), Some("passport"));
        assert_eq!(at(of_passport, "custody").as_deref(), Some("held_by_trafficker"));
    }
}

#[test]
fn names_are_names_also_where_they_are_words_for_nothing() {
    let named = |name: &str| {
        let columns = [("Name", Some(ImportField::FullName), name), ("Nationality", Some(ImportField::Nationality), "NA")];
        let row = read(&columns);
        let notes: Vec<String> = row.notes.iter().map(|note| note.code.clone()).collect();
        (text_at(&row, "/identity/original_script_name"), text_at(&row, "/nationality_claimed"), notes)
    };
    let namibia = || Some("NAM".to_owned());
    assert_eq!(named("Na"), (Some("Na".to_owned()), namibia(), Vec::new()));
    assert_eq!(named("-"), (None, namibia(), Vec::new()));
    assert_eq!(named("Unknown"), (Some("Unknown".to_owned()), namibia(), vec!["no_name".to_owned()]));
}

#[test]
fn a_row_whose_cells_moved_or_were_swallowed_is_asked_about() {
    let columns = [("Name", Some(ImportField::FullName), "Siti"), ("Gender", Some(ImportField::Gender), "P")];
    let shifted = read_with(&columns, None, |row| row.cells.push(Cell::of_text("C4512378")));
    assert_eq!(told(&shifted), [(None, "shifted_cells", Weight::Asked)]);
    for field in [ImportField::FullName, ImportField::ScamTypes, ImportField::PassportNumber] {
        let row = read(&[
            ("Gender", None, "P"),
            (
                "Something",
                Some(field),
                "Romance 1
2,Budi,L",
            ),
            ("Age", Some(ImportField::Age), "20"),
        ]);
        assert!(told(&row).contains(&(Some("B2"), "line_break", Weight::Asked)), "{field}: {:?}", told(&row));
    }
    for field in [ImportField::Notes, ImportField::HomeAddress] {
        assert_eq!(
            told_of(
                field,
                Cell::of_text(
                    "Jalan Asia 1
Medan"
                )
            ),
            [],
            "{field}"
        );
    }
}

#[test]
fn a_row_that_has_only_a_name_is_asked_about() {
    let row = |gender: &str| read(&[("Name", Some(ImportField::FullName), "Total: 57"), ("Gender", Some(ImportField::Gender), gender)]);
    assert_eq!(told(&row("")), [(None, "only_a_name", Weight::Asked)]);
    assert_eq!(row("P").notes, []);
    assert_eq!(read(&[("Name", Some(ImportField::FullName), "Siti")]).notes, [], "a list of names alone says no more of anybody");
}

#[test]
fn only_a_running_number_is_the_key_of_a_row() {
    let keyed = |key: &str| {
        let row = read(&[
            ("Name", Some(ImportField::FullName), "Siti"),
            ("ID", Some(ImportField::RowKey), key),
            ("JK", Some(ImportField::Gender), "P"),
        ]);
        (row.key.clone(), row.notes.iter().map(|note| (note.code.clone(), note.weight)).collect::<Vec<_>>())
    };
    assert_eq!(keyed("000017"), (Some("000017".to_owned()), Vec::new()));
    for key in ["3171234567890001", "Siti", "C4512378"] {
        assert_eq!(keyed(key), (None, note("not_a_running_number", Weight::Asked)), "{key}");
    }
}

#[test]
fn a_cell_of_many_unknown_values_is_told_once() {
    let values = vec!["nothing known"; 300].join(";");
    assert_eq!(told_of(ImportField::ScamTypes, Cell::of_text(&values)), note("unknown_code", Weight::Told));
}

#[test]
fn whoever_did_not_agree_is_asked_about() {
    let row = |consent: &str| {
        read(&[
            ("prs_FirstName", Some(ImportField::GivenName), "Siti"),
            ("prs_Gender", Some(ImportField::Gender), "Feminine"),
            ("con_Consent", None, consent),
        ])
    };
    assert_eq!(told(&row("FALSE")), [(Some("C2"), "consent_refused", Weight::Asked)]);
    assert_eq!(told(&row("TRUE")), [(Some("C2"), "consent_not_taken", Weight::Told)]);
}

#[test]
fn an_answer_about_the_column_answers_for_each_row() {
    let dates = DateForm { order: Some(DateOrder::DayFirst), ..DateForm::default() };
    let row = read_with(
        &[("Name", Some(ImportField::FullName), "Siti"), ("Born", Some(ImportField::BirthDate), "3/4/1999")],
        Some(dates),
        |_| {},
    );
    assert_eq!(text_at(&row, "/identity/birth_date").as_deref(), Some("1999-04-03"));
}

#[test]
fn an_age_is_an_estimate_of_the_day_of_the_list_unless_the_birth_is_known() {
    let aged = read(&[("Name", Some(ImportField::FullName), "Siti"), ("Age", Some(ImportField::Age), "26")]);
    assert_eq!(text_at(&aged, "/identity/age_estimate/from_years").as_deref(), Some("26"));
    assert_eq!(text_at(&aged, "/identity/age_estimate/estimated_on").as_deref(), Some("2026-01-19"));
    let both = read(&[
        ("Name", Some(ImportField::FullName), "Siti"),
        ("Age", Some(ImportField::Age), "26"),
        ("Born", Some(ImportField::BirthDate), "1999"),
    ]);
    assert_eq!(text_at(&both, "/identity/age_estimate/from_years"), None);
}

#[test]
fn what_the_spreadsheet_did_to_a_cell_is_told() {
    let columns = [
        ("Name", Some(ImportField::FullName), "Siti"),
        ("Phone", Some(ImportField::Phone), "81234567890"),
        ("Born", Some(ImportField::BirthDate), "x"),
    ];
    let row = read_with(&columns, None, |row| {
        row.cells[1] = Cell::Number("81234567890".to_owned());
        row.cells[2] = Cell::Broken;
    });
    let mut notes = told(&row);
    notes.sort();
    assert_eq!(notes, [(Some("B2"), "number_without_prefix", Weight::Told), (Some("C2"), "broken_cell", Weight::Refused)]);
}

#[test]
fn what_a_template_says_and_nothing_here_holds_is_listed() {
    let row = read(&[
        ("prs_FirstName", Some(ImportField::GivenName), "Siti"),
        ("con_Consent", None, "TRUE"),
        ("cas_Status", None, "Closed"),
        ("vic_TraffickingStatus", Some(ImportField::TraffickingStatus), "ActualVictimOfTrafficking"),
        ("vic_TypeOfExploitation", Some(ImportField::ExploitationTypes), "ForcedLabour Other"),
        ("vic_ForcedLabourIndustry", None, "N_AdministrativeAndSupportServiceActivities"),
        ("x_ForcedCriminality", None, "TRUE"),
    ]);
    assert!(row.is_readable());
    let mut notes = told(&row);
    notes.sort();
    assert_eq!(
        notes,
        [
            (Some("B2"), "consent_not_taken", Weight::Told),
            (Some("C2"), "status_not_taken", Weight::Told),
            (Some("D2"), "finding_of_an_authority", Weight::Told),
            (Some("F2"), "not_held", Weight::Told),
        ]
    );
    assert_eq!(text_at(&row, "/trafficking_status").as_deref(), Some("presumed"));
    let codes: Vec<_> = (0..4).filter_map(|at| text_at(&row, &format!("/narrative/exploitation_types/{at}"))).collect();
    assert_eq!(codes, ["forced_labour", "other", "forced_criminality"]);
}
