//! The templates of the Human Trafficking Case Data Standard 2.0 (IOM, CC BY 4.0), with what is wrong in them put right.
//!
//! The two Excel templates hide a row of names for programs above the labels that people read, and the two disagree; the XForm has other
//! spellings. People fill in below what they read, so labels count, and every repair is told.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::imports::cell::Cell;
use crate::domain::imports::field::ImportField;
use crate::domain::imports::folding::fold;
use crate::domain::imports::grid::{Heading, Row};
use crate::domain::imports::htcds::columns::COLUMNS;

pub use crate::domain::imports::htcds::columns::{Column, Home};

mod columns;
#[cfg(test)]
mod tests;

text_enum! {
    /// What was put right in a template.
    pub enum Repair {
        /// The hidden name says another field than the label that people read (D1).
        LabelOverName = "label_over_name",
        /// The hidden name is misspelt (D2), or that of the XForm (D4).
        OtherSpelling = "other_spelling",
        /// There is no hidden name (D3).
        NoName = "no_name",
        /// Nobody knows the label, and the hidden name is known.
        NameOverLabel = "name_over_label",
    }
}

/// The columns, by everything that names them.
static NAMED: LazyLock<HashMap<String, &'static Column>> = LazyLock::new(|| {
    let names = |column: &'static Column| column.names.iter().copied().chain([column.label]).map(move |name| (fold(name), column));
    COLUMNS.iter().flat_map(names).collect()
});

/// The column of HTCDS that a heading names, by its label or by a name for programs. Kobo writes the groups before it.
pub fn column(heading: &str) -> Option<&'static Column> {
    NAMED.get(&fold(name_in(heading).unwrap_or(heading))).copied()
}

/// What a heading means in a template, and what was put right for that.
pub fn resolve(heading: &Heading) -> Option<(&'static Column, Option<Repair>)> {
    let by_label = column(&heading.label);
    let by_name = heading.machine_name.as_deref().and_then(column);
    match (by_label, by_name) {
        (Some(label), Some(name)) if label.names != name.names => Some((label, Some(Repair::LabelOverName))),
        (Some(label), Some(_)) => {
            let is_official = heading.machine_name.as_deref().is_none_or(|name| label.names.first() == Some(&name));
            Some((label, (!is_official).then_some(Repair::OtherSpelling)))
        }
        (Some(label), None) => {
            let repair = match name_in(&heading.label) {
                None => Some(Repair::NoName),
                Some(name) => (label.names.first() != Some(&name)).then_some(Repair::OtherSpelling),
            };
            Some((label, repair))
        }
        (None, Some(name)) => Some((name, Some(Repair::NameOverLabel))),
        (None, None) => None,
    }
}

/// The field of a heading in a template.
pub fn field(heading: &Heading) -> Option<ImportField> {
    resolve(heading).and_then(|(column, _)| if let Home::Field(field) = column.home { Some(field) } else { None })
}

/// Columns of HTCDS from which a list is a template: fewer have every list's name and gender.
const FEWEST_COLUMNS: usize = 10;
/// Names for programs from which it is one.
const FEWEST_NAMES: usize = 3;

/// Whether these are the headings of a template, or of an export of the XForm.
pub fn is_template(headings: &[Heading]) -> bool {
    let known = headings.iter().filter(|heading| resolve(heading).is_some()).count();
    let is_named = |heading: &&Heading| heading.machine_name.is_some() || name_in(&heading.label).is_some();
    let named = headings.iter().filter(|heading| resolve(heading).is_some()).filter(is_named).count();
    known >= FEWEST_COLUMNS || named >= FEWEST_NAMES
}

/// Whether a row holds names for programs alone, as the hidden one above the labels does.
pub fn are_machine_names(row: &Row) -> bool {
    let written: Vec<String> = row.cells.iter().filter_map(Cell::written).collect();
    written.len() >= FEWEST_NAMES && written.iter().all(|name| is_name(name))
}

/// Whether a row holds labels that people read.
pub fn are_labels(row: &Row) -> bool {
    let is_label = |text: &String| !is_name(text) && column(text).is_some();
    row.cells.iter().filter_map(Cell::written).filter(is_label).count() >= FEWEST_NAMES
}

/// The name for programs that a heading is, behind the groups that Kobo and ODK write before it.
fn name_in(heading: &str) -> Option<&str> {
    heading.rsplit(['/', '.', '-']).next().filter(|last| is_name(last))
}

/// Whether a text is a name for programs: `prs_FirstName`, `x_ForcedCriminality`.
fn is_name(text: &str) -> bool {
    let Some((prefix, rest)) = text.split_once('_') else { return false };
    let is_prefix = (prefix.len() == 3 || prefix == "x") && prefix.bytes().all(|byte| byte.is_ascii_lowercase());
    is_prefix && !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether a cell says yes, as checkboxes of Excel, XForms and people do.
pub fn says_yes(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "true" | "yes" | "y" | "1" | "ya" | "co" | "ใช่" | "បាទ" | "是" => Some(true),
        "false" | "no" | "n" | "0" | "tidak" | "khong" | "ไม่" | "ទេ" | "否" => Some(false),
        _ => None,
    }
}
