use crate::domain::codes::IntakeChannel;
use crate::domain::country::Country;
use crate::domain::imports::cell::Cell;
use crate::domain::imports::codes::{code, nationality};
use crate::domain::imports::field::ImportField;
use crate::domain::imports::grid::{Assumption, Grid, Told};
use crate::domain::imports::htcds::{self, Repair};
use crate::domain::imports::mapping::Defaults;
use crate::domain::imports::proposal::{Because, as_mapping, propose};
use crate::domain::imports::row::{ReadRow, Reader, Written};
use crate::domain::imports::table::{NoTable, Table};
use crate::tables::{Stated, read};

/// The templates as IOM publishes them (CC BY 4.0; tests/data/htcds/LICENSE.md).
const MULTI_SELECT: &[u8] = include_bytes!("../../../tests/data/htcds/HTCDS_v2.0.xlsx");
const SINGLE_SELECT: &[u8] = include_bytes!("../../../tests/data/htcds/HTCDS_single_select_v2.0.xlsx");
/// The questions of the XForm, and the answers that it offers.
const SURVEY: &[u8] = include_bytes!("../../../tests/data/htcds/xlsform_survey.csv");
const CHOICES: &[u8] = include_bytes!("../../../tests/data/htcds/xlsform_choices.csv");

/// The sheet of the second template that lists what can be chosen.
const LISTS: Stated = Stated { charset: None, delimiter: None, sheet: Some(3) };

fn grid(bytes: &[u8]) -> Grid {
    read(bytes, Stated::default()).unwrap()
}

/// A template in whose first row somebody wrote these cells: as it is published it has headings and nobody.
fn filled(template: &[u8], cells: &[(usize, &str)]) -> Table {
    let mut grid = grid(template);
    for row in grid.rows.iter_mut().filter(|row| row.number == 3) {
        row.cells.resize(39, Cell::Empty);
        for (column, text) in cells {
            row.cells[*column] = Cell::of_text(text);
        }
    }
    Table::of(grid).unwrap()
}

fn defaults() -> Defaults {
    Defaults { host_country: Country::parse("KHM"), intake_channel: Some(IntakeChannel::WalkInNgo), ..Defaults::default() }
}

/// The one person of a template, by the mapping that is proposed for it.
fn person(template: &[u8], cells: &[(usize, &str)]) -> ReadRow {
    let table = filled(template, cells);
    let mapping = as_mapping(propose(&table), defaults());
    assert_eq!(mapping.violations(&table), []);
    Reader::new(&table, &mapping).read(&table.rows[0])
}

fn text_at<'a>(row: &'a ReadRow, pointer: &str) -> Option<&'a str> {
    let value = row.values.iter().find(|value| value.pointer == pointer)?;
    if let Written::Text(text) = &value.written { Some(text.as_str()) } else { None }
}

fn list_at<'a>(row: &'a ReadRow, pointer: &str) -> Vec<&'a str> {
    (0..10).map_while(|at| text_at(row, &format!("{pointer}/{at}"))).collect()
}

#[test]
fn d1_d2_and_d3_the_headings_are_put_right_and_every_repair_is_told() {
    for template in [MULTI_SELECT, SINGLE_SELECT] {
        let table = filled(template, &[(3, "Siti")]);
        assert!(table.is_htcds);
        assert!(table.told.contains(&Assumption::new(Told::HeadingRow, "2")), "not the hidden row: {:?}", table.told);
        assert_eq!(table.headings.len(), 38);
        assert_eq!(table.rows.len(), 1, "a row that has its number and nothing else is nobody");
        let proposed = propose(&table);
        assert!(proposed.iter().all(|column| column.because == Because::Template));
        let repaired: Vec<(&str, Repair)> =
            proposed.iter().filter_map(|column| Some((column.heading.as_str(), column.repaired?))).collect();
        assert_eq!(
            repaired,
            [
                ("Mailing Street", Repair::LabelOverName),
                ("Mailing City", Repair::LabelOverName),
                ("Mailing Zip/Postal Code", Repair::LabelOverName),
                ("Mailing Country", Repair::LabelOverName),
                ("Trafficking Status Decision Making Organization", Repair::OtherSpelling),
                ("Reason for Outgoing Referral", Repair::NoName),
            ]
        );
    }
}

#[test]
fn d1_an_address_is_what_the_visible_headings_say() {
    let address = [(13, "Jalan Asia 1"), (14, "Medan"), (15, "Sumatera Utara"), (16, "20212"), (17, "Indonesia")];
    for template in [MULTI_SELECT, SINGLE_SELECT] {
        let row = person(template, &[&[(3, "Siti")][..], &address].concat());
        assert_eq!(text_at(&row, "/contact/home_address"), Some("Jalan Asia 1\nMedan\nSumatera Utara\n20212\nIndonesia"));
    }
}

#[test]
fn d4_every_question_of_the_form_is_a_known_column() {
    let survey = grid(SURVEY);
    let names = survey.rows.iter().filter_map(|row| row.cell(1).written());
    let names: Vec<String> = names.filter(|name| name.contains('_') && !name.starts_with('_')).collect();
    assert!(names.len() > 25, "{names:?}");
    for name in names {
        assert!(htcds::column(&name).is_some(), "{name}");
        assert!(htcds::column(&format!("group_1/{name}")).is_some(), "as Kobo exports it: {name}");
    }
}

#[test]
fn d5_d6_and_d9_every_answer_of_the_form_is_read_by_its_name_and_by_its_label() {
    let mut read = 0;
    for row in grid(CHOICES).rows.iter().skip(1) {
        let [Some(list), Some(name), Some(label)] = [0, 1, 2].map(|column| row.cell(column).written()) else { continue };
        let field = match list.as_str() {
            "gender" => ImportField::Gender,
            "methodofrecruitment" => ImportField::RecruitmentMethods,
            "methodsofcontrol" => ImportField::ControlMethods,
            "typeofexploitation" => ImportField::ExploitationTypes,
            "traffickingstatus" => ImportField::TraffickingStatus,
            "citizenship" => {
                assert!(nationality(&name).is_some(), "{name}");
                read += 1;
                continue;
            }
            _ => continue,
        };
        assert!(code(field, &name).is_some(), "{list}: {name}");
        assert_eq!(code(field, &name), code(field, &label), "{list}: {label}");
        read += 1;
    }
    assert!(read > 280, "{read}");
}

#[test]
fn d5_and_d6_every_label_that_the_template_offers_is_read() {
    let lists = read(SINGLE_SELECT, LISTS).unwrap();
    let mut labels = 0;
    for (column, field) in [
        (1, ImportField::Gender),
        (5, ImportField::RecruitmentMethods),
        (6, ImportField::ControlMethods),
        (7, ImportField::ExploitationTypes),
        (14, ImportField::TraffickingStatus),
    ] {
        for label in lists.rows.iter().filter(|row| row.number > 3).filter_map(|row| row.cell(column).written()) {
            assert!(code(field, &label).is_some(), "{field}: {label}");
            labels += 1;
        }
    }
    assert_eq!(labels, 6 + 10 + 16 + 11 + 3);
}

#[test]
fn d7_and_d8_several_values_of_a_template_and_of_a_form_are_all_kept() {
    for (methods, types, citizenship) in [
        ("Debt bondage ;Threats of law enforcement", "Forced labour;Servitude", "ID;MY"),
        ("DebtBondage ThreatsLawEnforcement", "ForcedLabour Servitude", "ID MY"),
    ] {
        let row = person(MULTI_SELECT, &[(3, "Siti"), (8, citizenship), (22, methods), (23, types)]);
        assert_eq!(list_at(&row, "/narrative/control_methods"), ["debt_bondage", "threats_law_enforcement"]);
        assert_eq!(list_at(&row, "/narrative/exploitation_types"), ["forced_labour", "servitude"]);
        assert_eq!(text_at(&row, "/nationality_claimed"), Some("IDN"));
        assert_eq!(list_at(&row, "/further_nationalities"), ["MYS"]);
    }
}

#[test]
fn d10_what_the_standard_has_no_field_for_is_asked_for() {
    for template in [MULTI_SELECT, SINGLE_SELECT] {
        let table = filled(template, &[(3, "Siti")]);
        let mapping = as_mapping(propose(&table), Defaults::default());
        let missing: Vec<String> = mapping.violations(&table).into_iter().map(|violation| violation.pointer).collect();
        assert_eq!(missing, ["/defaults/host_country", "/defaults/intake_channel"]);
    }
}

#[test]
fn d11_what_nothing_here_holds_is_listed_by_its_cell_and_not_dropped_unsaid() {
    let cells = [
        (3, "Siti"),
        (5, "Yes"),
        (18, "Actual victim of trafficking"),
        (19, "Police"),
        (27, "Follow up"),
        (35, "Migration Or Change Of Location"),
    ];
    for template in [MULTI_SELECT, SINGLE_SELECT] {
        let row = person(template, &cells);
        assert!(row.is_readable());
        let mut told: Vec<(&str, &str)> =
            row.notes.iter().map(|note| (note.cell.as_deref().unwrap_or_default(), note.code.as_str())).collect();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                ("AB3", "status_not_taken"),
                ("AJ3", "not_held"),
                ("F3", "consent_not_taken"),
                ("S3", "finding_of_an_authority"),
                ("T3", "decision_not_taken"),
            ]
        );
        assert_eq!(text_at(&row, "/trafficking_status"), Some("presumed"));
    }
}

#[test]
fn d12_a_gender_that_is_unknown_is_one_and_other_is_none() {
    let row = person(SINGLE_SELECT, &[(3, "Siti"), (7, "NonSpecifiedUnknown")]);
    assert_eq!(text_at(&row, "/gender"), Some("non_specified_unknown"));
    let row = person(SINGLE_SELECT, &[(3, "Siti"), (7, "Other")]);
    assert!(!row.is_readable());
    assert_eq!(row.notes.iter().map(|note| note.cell.as_deref()).collect::<Vec<_>>(), [Some("H3")]);
}

#[test]
fn an_official_template_without_anybody_says_so() {
    for template in [MULTI_SELECT, SINGLE_SELECT] {
        assert_eq!(Table::of(grid(template)).unwrap_err(), NoTable::NoRows);
    }
}
