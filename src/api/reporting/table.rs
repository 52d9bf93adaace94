//! A table: what a report is when it is printed, opened in a spreadsheet or drawn. Made once from the typed report.

use actix_web::HttpResponse;

use crate::api::http::csv;
use crate::domain::dates::Timestamp;
use crate::domain::money::Amount;
use crate::domain::reporting::{MedianDays, Pace};
use crate::domain::zones::Zone;
use crate::error::Result;

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Names the row; part of the label of its bars.
    Label,
    /// A figure that is drawn.
    Bar,
    /// A figure that is drawn under another name than that of its column.
    BarOf(&'static str),
    /// Only in the table.
    Plain,
}

impl Role {
    /// The name under which the figures of a column are drawn; none where they are not.
    pub fn drawn_as(self, column: &'static str) -> Option<&'static str> {
        match self {
            Self::Bar => Some(column),
            Self::BarOf(name) => Some(name),
            Self::Label | Self::Plain => None,
        }
    }
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// A text.
    Text(String),
    /// A figure as it is written, and how long its bar is, in ten-thousandths.
    Figure(String, i64),
}

impl Cell {
    /// As it is written.
    pub fn text(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Text(text) | Self::Figure(text, _) => text,
        }
    }

    /// How long its bar is.
    pub fn size(&self) -> i64 {
        match self {
            Self::Figure(_, size) => (*size).max(0),
            Self::Empty | Self::Text(_) => 0,
        }
    }
}

impl From<i64> for Cell {
    fn from(count: i64) -> Self {
        Self::Figure(count.to_string(), count.saturating_mul(10_000))
    }
}

impl From<Amount> for Cell {
    fn from(amount: Amount) -> Self {
        Self::Figure(amount.to_string(), amount.ten_thousandths())
    }
}

impl From<MedianDays> for Cell {
    fn from(days: MedianDays) -> Self {
        Self::Figure(days.to_string(), i64::from(days.halves()) * 5_000)
    }
}

impl From<Pace> for Cell {
    fn from(pace: Pace) -> Self {
        Self::Figure(pace.to_string(), pace.hundredths().saturating_mul(100))
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A table.
pub struct Table {
    /// Its name in a file name.
    pub name: &'static str,
    /// Its title.
    pub title: String,
    /// When the figures were counted.
    pub as_of: Timestamp,
    /// What must be said with the figures.
    pub note: Option<String>,
    /// What the columns are called and are for.
    pub columns: Vec<(&'static str, Role)>,
    /// The rows, each as long as the columns.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table.
    pub fn new(name: &'static str, title: impl Into<String>, as_of: Timestamp, columns: Vec<(&'static str, Role)>) -> Self {
        Self { name, title: title.into(), as_of, note: None, columns, rows: Vec::new() }
    }

    /// The sums of the columns that are drawn, as a table of one row each: the columns become the bars.
    pub fn totals(self) -> Self {
        let mut totals = Self::new(self.name, self.title, self.as_of, vec![("measure", Role::Label), ("total", Role::Bar)]);
        for (at, (name, _)) in self.columns.iter().enumerate().filter(|(_, (_, role))| *role == Role::Bar) {
            let cells: Vec<&Cell> = self.rows.iter().filter_map(|row| row.get(at)).collect();
            let total = match cells.as_slice() {
                [] => continue,
                [one] => (*one).clone(),
                several => Cell::from(several.iter().map(|cell| cell.size()).fold(0, i64::saturating_add) / 10_000),
            };
            totals.rows.push(vec![Cell::from(*name), total]);
        }
        totals
    }

    /// The table as CSV, its first row the names of the columns.
    pub fn csv(&self, zone: Zone) -> Result<HttpResponse> {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let field = |cell: &Cell| match cell {
            Cell::Figure(figure, _) => csv::Field::Figure(figure.clone()),
            Cell::Empty | Cell::Text(_) => csv::Field::Text(cell.text().to_owned()),
        };
        let rows = self.rows.iter().map(|row| row.iter().map(field).collect()).collect();
        csv::csv(&format!("homeward-{}-{}.csv", self.name, zone.day_of(self.as_of)), &names, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_turn_columns_into_bars() {
        let columns = vec![("month", Role::Label), ("registered", Role::Bar), ("note", Role::Plain), ("departed", Role::Bar)];
        let mut table = Table::new("funnel", "Funnel", Timestamp::EPOCH, columns);
        table.rows.push(vec!["2026-01".into(), 3.into(), "x".into(), 1.into()]);
        table.rows.push(vec!["2026-02".into(), 4.into(), "y".into(), 0.into()]);
        let totals = table.totals();
        assert_eq!(totals.rows, [vec![Cell::from("registered"), Cell::from(7)], vec![Cell::from("departed"), Cell::from(1)]]);
    }
}
