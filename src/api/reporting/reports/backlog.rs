//! The backlog.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::reporting::report::{Door, Tabular};
use crate::api::reporting::table::{Role, Table};
use crate::db::reporting::reports;
use crate::domain::dates::Timestamp;
use crate::domain::repatriation::stage::Stage;
use crate::domain::reporting::MedianDays;
use crate::error::Result;

/// Backlog and median days by stage.
#[derive(Serialize, ToSchema)]
pub struct BacklogReport {
    /// When the figures were counted.
    as_of: Timestamp,
    /// One row a stage, in the order of the road; nobody waits at its end.
    #[schema(max_items = 20)]
    items: Vec<BacklogRow>,
}

/// One stage.
#[derive(Serialize, ToSchema)]
pub struct BacklogRow {
    /// The stage.
    stage: Stage,
    /// Open cases that wait there now.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    waiting: i64,
    /// Open cases that are in a side state at this stage, such as on hold, and may come back. They are not among those that wait.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    beside_the_road: i64,
    /// Days that those who wait have been waiting, the median; null where nobody waits.
    median_days_waiting: Option<MedianDays>,
    /// How often a case went on from there so far.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    passed: i64,
    /// Days that it had taken, the median; null where none went on.
    median_days_to_pass: Option<MedianDays>,
}

impl BacklogReport {
    pub async fn make(allowed: &Door) -> Result<Self> {
        let counted = allowed.read_cached("backlog", reports::backlog).await?;
        let row = |(stage, backlog): &(Stage, reports::StageBacklog)| BacklogRow {
            stage: *stage,
            waiting: backlog.waiting,
            beside_the_road: backlog.beside_the_road,
            median_days_waiting: backlog.median_days_waiting,
            passed: backlog.passed,
            median_days_to_pass: backlog.median_days_to_pass,
        };
        Ok(Self { as_of: counted.at, items: counted.value.iter().map(row).collect() })
    }
}

impl Tabular for BacklogReport {
    fn table(&self) -> Table {
        let columns = vec![
            ("stage", Role::Label),
            ("waiting", Role::Bar),
            ("beside_the_road", Role::Bar),
            ("median_days_waiting", Role::Plain),
            ("passed", Role::Plain),
            ("median_days_to_pass", Role::Plain),
        ];
        let mut table = Table::new("backlog", "Backlog and median days by stage", self.as_of, columns);
        table.rows.extend(self.items.iter().map(|row| {
            vec![
                row.stage.as_str().into(),
                row.waiting.into(),
                row.beside_the_road.into(),
                row.median_days_waiting.into(),
                row.passed.into(),
                row.median_days_to_pass.into(),
            ]
        }));
        table
    }

    /// Days and people have no common scale: the people are drawn, and the days are part of the label.
    fn drawn(&self) -> Table {
        let columns = vec![("stage", Role::Label), ("waiting", Role::Bar), ("beside_the_road", Role::Bar)];
        let mut table = Table::new("backlog", "Backlog and median days by stage", self.as_of, columns);
        table.rows.extend(self.items.iter().map(|row| {
            let days = |median: Option<MedianDays>| median.map_or_else(|| "–".to_owned(), |days| days.to_string());
            let (waits, took) = (days(row.median_days_waiting), days(row.median_days_to_pass));
            let label = format!("{} (median days: waiting {waits}, to pass {took})", row.stage);
            vec![label.into(), row.waiting.into(), row.beside_the_road.into()]
        }));
        table
    }
}
