//! Which column is which field, as somebody confirmed it: of one file, and as a profile of the next one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::codes::IntakeChannel;
use crate::domain::country::Country;
use crate::domain::imports::cell::column_name;
use crate::domain::imports::dates::DateForm;
use crate::domain::imports::field::ImportField;
use crate::domain::imports::folding::fold;
use crate::domain::imports::grid::Heading;
use crate::domain::imports::table::Table;
use crate::domain::nationality::Nationality;
use crate::domain::violation::Violation;

/// What one column is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MappedColumn {
    /// The column as a spreadsheet names it.
    #[validate(length(min = 1, max = 3))]
    #[schema(min_length = 1, max_length = 3, example = "C")]
    pub column: String,
    /// Its heading, as it stands in the file: a mapping of another file is refused by that.
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300, example = "Tanggal lahir")]
    pub heading: String,
    /// What it says; null: it is left out.
    pub field: Option<ImportField>,
    /// How its dates are read, where that was asked.
    #[validate(nested)]
    pub dates: Option<DateForm>,
}

/// What holds for everybody on the list whose row does not say it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    /// Where the people are stranded.
    pub host_country: Option<Country>,
    /// How they came.
    pub intake_channel: Option<IntakeChannel>,
    /// What they claim.
    pub nationality: Option<Nationality>,
    /// The day of the list: ages are counted from it.
    #[schema(max_length = 10)]
    pub listed_on: Option<NaiveDate>,
}

/// Which column is which field, and what holds for everybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The columns. One that is not named is left out.
    #[validate(length(min = 1, max = 256), nested)]
    #[schema(min_items = 1, max_items = 256)]
    pub columns: Vec<MappedColumn>,
    /// What holds for everybody whose row does not say it.
    #[serde(default)]
    pub defaults: Defaults,
}

/// Fields of which one must be mapped: nobody is registered without a name.
const NAMES: &[ImportField] = &[ImportField::GivenName, ImportField::FamilyName, ImportField::FullName, ImportField::Alias];

impl Mapping {
    /// What is wrong with it for this list.
    pub fn violations(&self, table: &Table) -> Vec<Violation> {
        let mut found = Vec::new();
        for (at, mapped) in self.columns.iter().enumerate() {
            match self.heading(table, mapped) {
                None => {
                    found.push(Violation::new(format!("/columns/{at}/column"), "unknown_column", "the file has no heading in this column"));
                }
                Some(heading) if heading.label != mapped.heading => {
                    let message = "the heading of this column is another one: the mapping is of another file";
                    found.push(Violation::new(format!("/columns/{at}/heading"), "other_file", message));
                }
                Some(_) => {}
            }
            let before = self.columns.iter().take(at);
            let is_twice = before.clone().any(|other| other.column == mapped.column);
            let is_filled_twice =
                mapped.field.is_some_and(|field| !field.takes_several() && before.clone().any(|other| other.field == Some(field)));
            if is_twice {
                found.push(Violation::new(format!("/columns/{at}/column"), "duplicate", "is mapped already"));
            }
            if is_filled_twice {
                found.push(Violation::new(format!("/columns/{at}/field"), "duplicate", "is filled by another column already"));
            }
        }
        found.extend(self.missing());
        found
    }

    fn missing(&self) -> Vec<Violation> {
        let has = |field: ImportField| self.columns.iter().any(|mapped| mapped.field == Some(field));
        let mut found = Vec::new();
        if !NAMES.iter().any(|name| has(*name)) {
            found.push(Violation::new("/columns", "name_required", "map a column to a name: given_name, family_name, full_name or alias"));
        }
        if !has(ImportField::HostCountry) && self.defaults.host_country.is_none() {
            found.push(Violation::new("/defaults/host_country", "required", "say where the people are, or map a column to host_country"));
        }
        if !has(ImportField::IntakeChannel) && self.defaults.intake_channel.is_none() {
            found.push(Violation::new(
                "/defaults/intake_channel",
                "required",
                "say how the people came, or map a column to intake_channel",
            ));
        }
        if has(ImportField::Age) && self.defaults.listed_on.is_none() {
            found.push(Violation::new("/defaults/listed_on", "required", "say of which day the list is: ages are counted from it"));
        }
        found
    }

    fn heading<'a>(&self, table: &'a Table, mapped: &MappedColumn) -> Option<&'a Heading> {
        table.headings.iter().find(|heading| column_name(heading.column) == mapped.column)
    }

    /// The columns that fill something: each with its place in the file, from 0.
    pub fn placed(&self, table: &Table) -> Vec<(usize, ImportField, DateForm)> {
        let place = |mapped: &MappedColumn| {
            let heading = self.heading(table, mapped)?;
            Some((heading.column, mapped.field?, mapped.dates.unwrap_or_default()))
        };
        self.columns.iter().filter_map(place).collect()
    }

    /// This mapping as the profile of another file: its columns are found again by their headings, and those that are not there any more
    /// are left out.
    pub fn for_table(&self, table: &Table) -> Self {
        let found = self.columns.iter().filter_map(|mapped| {
            let heading = table.headings.iter().find(|heading| fold(&heading.label) == fold(&mapped.heading))?;
            Some(MappedColumn { column: column_name(heading.column), heading: heading.label.clone(), ..mapped.clone() })
        });
        Self { columns: found.collect(), defaults: self.defaults.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::imports::cell::Cell;
    use crate::domain::imports::grid::{FileKind, Grid, Row};

    fn row(number: u32, texts: &[&str]) -> Row {
        Row { number, cells: texts.iter().map(|text| Cell::of_text(text)).collect() }
    }

    fn table(headings: &[&str]) -> Table {
        Table::of(Grid { kind: FileKind::Delimited, rows: vec![row(1, headings), row(2, &["x"; 3])], told: Vec::new() }).unwrap()
    }

    fn mapping(columns: &[(&str, &str, Option<ImportField>)]) -> Mapping {
        let column = |(column, heading, field): &(&str, &str, Option<ImportField>)| MappedColumn {
            column: (*column).to_owned(),
            heading: (*heading).to_owned(),
            field: *field,
            dates: None,
        };
        let defaults =
            Defaults { host_country: Country::parse("KHM"), intake_channel: Some(IntakeChannel::WalkInEmbassy), ..Defaults::default() };
        Mapping { columns: columns.iter().map(column).collect(), defaults }
    }

    #[test]
    fn a_mapping_of_another_file_is_refused() {
        let list = table(&["Name", "Gender", "Age"]);
        let codes = |mapping: &Mapping| mapping.violations(&list).into_iter().map(|one| (one.pointer, one.code)).collect::<Vec<_>>();
        let told = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        assert!(codes(&mapping(&[("A", "Name", Some(ImportField::FullName))])).is_empty());
        assert_eq!(codes(&mapping(&[("A", "Nama", Some(ImportField::FullName))])), [told("/columns/0/heading", "other_file")]);
        assert_eq!(
            codes(&mapping(&[("A", "Name", Some(ImportField::FullName)), ("Q", "Name", None)])),
            [told("/columns/1/column", "unknown_column")]
        );
        assert_eq!(
            codes(&mapping(&[("A", "Name", Some(ImportField::FullName)), ("B", "Gender", Some(ImportField::FullName))])),
            [told("/columns/1/field", "duplicate")]
        );
        assert_eq!(codes(&mapping(&[("B", "Gender", Some(ImportField::Gender))])), [told("/columns", "name_required")]);
        assert_eq!(
            codes(&mapping(&[("A", "Name", Some(ImportField::FullName)), ("C", "Age", Some(ImportField::Age))])),
            [told("/defaults/listed_on", "required")]
        );
        let bare = Mapping { defaults: Defaults::default(), ..mapping(&[("A", "Name", Some(ImportField::FullName))]) };
        assert_eq!(codes(&bare), [told("/defaults/host_country", "required"), told("/defaults/intake_channel", "required")]);
    }

    #[test]
    fn a_profile_finds_its_columns_again_by_their_headings() {
        let profile =
            mapping(&[("C", "GENDER", Some(ImportField::Gender)), ("A", "name", Some(ImportField::FullName)), ("B", "Gone", None)]);
        let columns = profile.for_table(&table(&["Age", "Name", "Gender"])).columns;
        let found: Vec<(&str, &str)> = columns.iter().map(|mapped| (mapped.column.as_str(), mapped.heading.as_str())).collect();
        assert_eq!(found, [("C", "Gender"), ("B", "Name")]);
    }
}
