//! The ageing of waiting cases.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::reporting::report::{Door, Tabular};
use crate::api::reporting::table::{Cell, Role, Table};
use crate::db::reporting::reports;
use crate::domain::dates::Timestamp;
use crate::domain::ids::MissionId;
use crate::domain::reporting::WaitBand;
use crate::error::Result;

/// Waiting cases by days since registration.
#[derive(Serialize, ToSchema)]
pub struct AgeingReport {
    /// When the figures were counted.
    as_of: Timestamp,
    /// One row a mission.
    #[schema(max_items = 10000)]
    items: Vec<AgeingRow>,
}

/// Waiting cases that count for one mission.
#[derive(Serialize, ToSchema)]
pub struct AgeingRow {
    /// The mission; null: none yet.
    mission_id: Option<MissionId>,
    /// Its name.
    #[schema(max_length = 200)]
    mission: Option<String>,
    /// All of them.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    waiting: i64,
    /// How many have been waiting for how long; every band once.
    #[schema(max_items = 20)]
    bands: Vec<BandCount>,
}

/// Cases in one band.
#[derive(Serialize, ToSchema)]
pub struct BandCount {
    /// Days since registration.
    days: WaitBand,
    /// How many cases.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    cases: i64,
}

impl AgeingReport {
    pub async fn make(allowed: &Door) -> Result<Self> {
        let counted = allowed.read_cached("ageing", reports::ageing).await?;
        let row = |(mission, found): &reports::Ageing| AgeingRow {
            mission_id: mission.as_ref().map(|mission| mission.id),
            mission: mission.as_ref().map(|mission| mission.name.clone()),
            waiting: found.values().sum(),
            bands: WaitBand::ALL.iter().map(|days| BandCount { days: *days, cases: found.get(days).copied().unwrap_or(0) }).collect(),
        };
        Ok(Self { as_of: counted.at, items: counted.value.iter().map(row).collect() })
    }
}

impl Tabular for AgeingReport {
    fn table(&self) -> Table {
        let mut columns = vec![("mission_id", Role::Plain), ("mission", Role::Label), ("waiting", Role::Plain)];
        columns.extend(WaitBand::ALL.iter().map(|band| (band.column(), Role::BarOf(band.as_str()))));
        let mut table = Table::new("ageing", "Waiting cases by days since registration", self.as_of, columns);
        for row in &self.items {
            let name = row.mission.clone().unwrap_or_else(|| "no mission yet".to_owned());
            let mut cells = vec![row.mission_id.map(|id| id.to_string()).into(), name.into(), row.waiting.into()];
            cells.extend(row.bands.iter().map(|band| Cell::from(band.cases)));
            table.rows.push(cells);
        }
        table
    }
}
