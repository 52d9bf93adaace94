//! What each column probably is, from its heading and from what stands in it. Nobody is registered by a proposal: it is confirmed first.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::imports::cell::{Cell, column_name};
use crate::domain::imports::codes;
use crate::domain::imports::dates::{self, DateForm, DateOrder, Unread};
use crate::domain::imports::field::{ImportField, Reading, is_running_number};
use crate::domain::imports::grid::Heading;
use crate::domain::imports::mapping::{Defaults, MappedColumn, Mapping};
use crate::domain::imports::table::Table;
use crate::domain::imports::{headings, htcds};

text_enum! {
    /// Why a field is proposed.
    pub enum Because {
        /// The heading says it.
        Heading = "heading",
        /// It is a template of HTCDS.
        Template = "template",
        /// What stands in the column looks like it.
        Values = "values",
        /// Nothing says what it is.
        Nothing = "nothing",
    }
}

/// What a column probably is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProposedColumn {
    /// The column as a spreadsheet names it.
    #[schema(max_length = 3, example = "C")]
    pub column: String,
    /// Its heading.
    #[schema(max_length = 32767)]
    pub heading: String,
    /// What it probably says; null: nobody can tell.
    pub field: Option<ImportField>,
    /// Why that is proposed.
    pub because: Because,
    /// How its dates are read, as far as the column shows it by itself.
    pub dates: Option<DateForm>,
    /// What must be answered before its dates can be read: the codes of the notes that its rows would have.
    #[schema(max_items = 7)]
    pub questions: Vec<Unread>,
    /// Rows that hold something in it.
    #[schema(minimum = 0, maximum = 50000, format = Int32)]
    pub filled: usize,
    /// Rows whose values the field cannot read.
    #[schema(minimum = 0, maximum = 50000, format = Int32)]
    pub unreadable: usize,
    /// What was put right in the template.
    pub repaired: Option<htcds::Repair>,
}

/// The columns as they are proposed. A field is given to the first column that names it, and to no other one.
pub fn propose(table: &Table) -> Vec<ProposedColumn> {
    let mut taken: Vec<ImportField> = Vec::new();
    let mut proposed = Vec::new();
    for heading in &table.headings {
        let (mut field, mut because) = by_heading(table, heading);
        if field.is_none() && because == Because::Nothing {
            field = by_values(table, heading.column);
            because = if field.is_some() { Because::Values } else { Because::Nothing };
        }
        // A second column of the same name is another one: the XForm calls a title a second name.
        if field.is_some_and(|known| taken.contains(&known) && !known.takes_several()) {
            (field, because) = (None, Because::Nothing);
        }
        taken.extend(field);
        proposed.push(column(table, heading, field, because));
    }
    proposed
}

/// The columns as a mapping has them: what of them is read, and what is not.
pub fn confirmed(table: &Table, mapping: &Mapping) -> Vec<ProposedColumn> {
    let of_heading = |heading: &Heading| {
        let name = column_name(heading.column);
        let mapped = mapping.columns.iter().find(|mapped| mapped.column == name)?;
        let because = match by_heading(table, heading) {
            (field, because) if field == mapped.field => because,
            _ if mapped.field.is_some() && by_values(table, heading.column) == mapped.field => Because::Values,
            _ => Because::Nothing,
        };
        Some(column_read(table, heading, (mapped.field, because), mapped.dates))
    };
    table.headings.iter().filter_map(of_heading).collect()
}

/// The proposal as a mapping, to be looked through.
pub fn as_mapping(proposed: Vec<ProposedColumn>, defaults: Defaults) -> Mapping {
    let mapped = |proposed: ProposedColumn| {
        let ProposedColumn { column, heading, field, dates, .. } = proposed;
        MappedColumn { column, heading, field, dates }
    };
    Mapping { columns: proposed.into_iter().map(mapped).collect(), defaults }
}

fn by_heading(table: &Table, heading: &Heading) -> (Option<ImportField>, Because) {
    if table.is_htcds && htcds::resolve(heading).is_some() {
        return (htcds::field(heading), Because::Template);
    }
    let field = headings::find(&heading.label);
    (field, if field.is_some() { Because::Heading } else { Because::Nothing })
}

fn column(table: &Table, heading: &Heading, field: Option<ImportField>, because: Because) -> ProposedColumn {
    let cells = table.rows.iter().map(|row| row.cell(heading.column));
    let is_date = field.is_some_and(|field| field.reading() == Reading::Date);
    let dates = is_date.then(|| DateForm { order: order_of(cells), ..DateForm::default() });
    column_read(table, heading, (field, because), dates)
}

/// A column, as it is read in this form.
fn column_read(
    table: &Table,
    heading: &Heading,
    (field, because): (Option<ImportField>, Because),
    dates: Option<DateForm>,
) -> ProposedColumn {
    let cells = || table.rows.iter().map(|row| row.cell(heading.column));
    let mixes = field.is_some_and(|field| field.reading() == Reading::Date) && dates::mixes(cells());
    let mut questions: Vec<Unread> = Vec::new();
    let mut unreadable = 0;
    for cell in cells().filter(|cell| !cell.is_empty()) {
        match field.map(|field| readable(field, cell, dates.unwrap_or_default(), mixes)) {
            Some(Err(Some(question))) if question.is_question() => questions.push(question),
            Some(Err(_)) => unreadable += 1,
            Some(Ok(())) | None => {}
        }
    }
    questions.sort();
    questions.dedup();
    ProposedColumn {
        column: column_name(heading.column),
        heading: heading.label.clone(),
        field,
        because,
        dates: dates.filter(|dates| *dates != DateForm::default()),
        questions,
        filled: cells().filter(|cell| !cell.is_empty()).count(),
        unreadable,
        repaired: if table.is_htcds { htcds::resolve(heading).and_then(|(_, repair)| repair) } else { None },
    }
}

/// The order of day and month that a column shows by its own dates: only if none of them shows the other one.
fn order_of<'a>(cells: impl Iterator<Item = &'a Cell>) -> Option<DateOrder> {
    let mut shown = cells.filter_map(dates::shown_order);
    let first = shown.next()?;
    shown.all(|other| other == first).then_some(first)
}

/// Whether a field can read what stands in a cell.
fn readable(field: ImportField, cell: &Cell, form: DateForm, mixes: bool) -> Result<(), Option<Unread>> {
    let text = || cell.written().ok_or(None::<Unread>);
    let known = |is_known: bool| if is_known { Ok(()) } else { Err(None) };
    match field.reading() {
        Reading::Date => dates::read_in_column(cell, form, mixes).map(|_| ()).map_err(Some),
        Reading::Code => known(codes::code(field, &text()?).is_some()),
        Reading::Codes => {
            known(codes::several(&text()?, |one| codes::code(field, one).is_some()).iter().all(|one| codes::code(field, one).is_some()))
        }
        Reading::Country => known(codes::country(&text()?).is_some()),
        Reading::Nationalities => {
            let is_known = |one: &str| codes::nationality(one).is_some();
            known(codes::several(&text()?, is_known).iter().all(|one| is_known(one)))
        }
        Reading::Number => known(text()?.parse::<u32>().is_ok()),
        Reading::Part if field == ImportField::RowKey => known(is_running_number(&text()?)),
        Reading::Text | Reading::Part => text().map(|_| ()),
    }
}

/// Rows that are looked at to tell what a column without a known heading holds.
const LOOKED_AT: usize = 200;
/// Values from which a column says something about itself.
const FEWEST_VALUES: usize = 3;

/// What a column holds by its values: only what can hardly be anything else, in nine of ten of them.
fn by_values(table: &Table, column: usize) -> Option<ImportField> {
    let values: Vec<String> = table.rows.iter().take(LOOKED_AT).filter_map(|row| row.cell(column).written()).collect();
    if values.len() < FEWEST_VALUES {
        return None;
    }
    let mostly = |is: &dyn Fn(&str) -> bool| values.iter().filter(|value| is(value)).count() * 10 >= values.len() * 9;
    let looks: [(ImportField, Looks<'_>); 5] = [
        (ImportField::Email, &looks_like_email),
        (ImportField::Gender, &|value| codes::code(ImportField::Gender, value).is_some()),
        (ImportField::Nationality, &|value| value.len() > 2 && codes::country(value).is_some()),
        (ImportField::Phone, &looks_like_phone),
        (ImportField::PassportNumber, &looks_like_passport),
    ];
    looks.into_iter().find(|(_, looks)| mostly(*looks)).map(|(field, _)| field)
}

/// Whether a value looks like one of a field.
type Looks<'a> = &'a dyn Fn(&str) -> bool;

fn looks_like_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(who, host)| !who.is_empty() && host.contains('.') && !value.contains(char::is_whitespace))
}

/// A number that begins as telephones do: with a plus or a nought. A bare number can be anything.
fn looks_like_phone(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let is_plain = value.chars().all(|letter| letter.is_ascii_digit() || "+ -()/.".contains(letter));
    is_plain
        && value.starts_with(['+', '0'])
        && (8..=15).contains(&digits)
        && dates::read(&Cell::of_text(value), DateForm::default()).is_err()
}

/// One or two letters and six to eight digits, as the passports of the region have them.
fn looks_like_passport(value: &str) -> bool {
    let letters = value.chars().take_while(char::is_ascii_uppercase).count();
    let rest = value.get(letters..).unwrap_or_default();
    (1..=2).contains(&letters) && (6..=8).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::imports::grid::{FileKind, Grid, Row};

    fn table(rows: &[&[&str]]) -> Table {
        let row = |(number, texts): (u32, &&[&str])| Row { number, cells: texts.iter().map(|text| Cell::of_text(text)).collect() };
        Table::of(Grid { kind: FileKind::Delimited, rows: (1..).zip(rows).map(row).collect(), told: Vec::new() }).unwrap()
    }

    #[test]
    fn columns_are_proposed_by_heading_and_by_values() {
        let list = table(&[
            &["Nama", "Tgl Lahir", "Kolom A", "Kolom B", "Kolom C", "Nama"],
            &["Siti", "17/3/1999", "F", "+62 812 1111 2222", "x", "?"],
            &["Budi", "2/4/1998", "M", "081234567890", "y", "?"],
            &["Ani", "25/12/2001", "F", "+855 12 345 678", "z", "?"],
        ]);
        let proposed = propose(&list);
        let found: Vec<_> = proposed.iter().map(|column| (column.column.as_str(), column.field, column.because)).collect();
        assert_eq!(
            found,
            [
                ("A", Some(ImportField::FullName), Because::Heading),
                ("B", Some(ImportField::BirthDate), Because::Heading),
                ("C", Some(ImportField::Gender), Because::Values),
                ("D", Some(ImportField::Phone), Because::Values),
                ("E", None, Because::Nothing),
                ("F", None, Because::Nothing),
            ]
        );
        assert_eq!(proposed[1].dates.and_then(|form| form.order), Some(DateOrder::DayFirst));
        assert_eq!((proposed[1].filled, proposed[1].unreadable, proposed[1].questions.len()), (3, 0, 0));
    }

    #[test]
    fn a_column_that_does_not_show_its_order_is_asked_about() {
        for dates in [&["1/2/1999", "3/4/1999"], &["17/3/1999", "3/17/1999"]] {
            let list = table(&[&["Name", "DOB"], &["A", dates[0]], &["B", dates[1]], &["C", "5/6/1999"]]);
            let proposed = propose(&list);
            assert_eq!(proposed[1].questions, [Unread::WhichIsTheDay]);
            assert_eq!(proposed[1].dates, None);
        }
    }

    #[test]
    fn bare_numbers_and_days_among_typed_dates_are_asked_about() {
        let mut list = table(&[&["Name", "DOB"], &["A", "17/3/1999"], &["B", "x"], &["C", "x"]]);
        list.kind = FileKind::Spreadsheet;
        list.rows[1].cells[1] = Cell::Day("1999-04-03".parse().unwrap());
        list.rows[2].cells[1] = Cell::Number("36236".to_owned());
        let column = propose(&list).pop().unwrap();
        assert_eq!(column.questions, [Unread::WhichDay, Unread::WhichWasSwapped]);
        assert_eq!(column.dates.and_then(|form| form.serials), None, "a spreadsheet does not say what a number means");
    }

    #[test]
    fn a_column_whose_values_are_something_else_says_so() {
        let list = table(&[&["Name", "Gender", "ID"], &["A", "F", "1"], &["B", "blue", "C4512378"], &["C", "", "C4512379"]]);
        let columns = propose(&list);
        assert_eq!((columns[1].filled, columns[1].unreadable), (2, 1));
        assert_eq!((columns[2].field, columns[2].unreadable), (Some(ImportField::RowKey), 2), "a passport is no running number");
    }
}
