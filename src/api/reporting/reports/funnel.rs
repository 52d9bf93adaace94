//! The funnel.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

use crate::api::reporting::report::{Door, Tabular};
use crate::api::reporting::table::{Cell, Role, Table};
use crate::db::reporting::reports::{self, FunnelCount, NamedMission};
use crate::domain::dates::Timestamp;
use crate::domain::ids::MissionId;
use crate::domain::repatriation::Milestone;
use crate::domain::reporting::Month;
use crate::error::Result;

/// Which part of the funnel.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FunnelQuery {
    /// Registered in this month or later.
    from: Option<Month>,
    /// Registered in this month or earlier.
    to: Option<Month>,
    /// Only what counts for this mission.
    mission_id: Option<MissionId>,
}

/// The funnel by mission and month.
#[derive(Serialize, ToSchema)]
pub struct FunnelReport {
    /// When the figures were counted.
    as_of: Timestamp,
    /// One row a month of registration and mission, oldest first.
    #[schema(max_items = 10000)]
    items: Vec<FunnelRow>,
    /// All rows together.
    #[schema(max_items = 20)]
    totals: Vec<MilestoneCount>,
}

/// Cases that were registered in one month and count for one mission.
#[derive(Serialize, ToSchema)]
pub struct FunnelRow {
    /// The month of registration.
    month: Month,
    /// The mission; null: none yet.
    mission_id: Option<MissionId>,
    /// Its name.
    #[schema(max_length = 200)]
    mission: Option<String>,
    /// How many reached each milestone, in the order of the road; every milestone once.
    #[schema(max_items = 20)]
    reached: Vec<MilestoneCount>,
}

/// Cases that reached a milestone.
#[derive(Clone, Serialize, ToSchema)]
pub struct MilestoneCount {
    /// The milestone.
    milestone: Milestone,
    /// How many cases.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    cases: i64,
}

fn add(all: &mut [MilestoneCount], count: &FunnelCount) {
    all.iter_mut().filter(|known| count.reached.contains(known.milestone)).for_each(|known| known.cases += count.cases);
}

fn none_yet() -> Vec<MilestoneCount> {
    Milestone::ALL.iter().map(|milestone| MilestoneCount { milestone: *milestone, cases: 0 }).collect()
}

impl FunnelQuery {
    fn takes(&self, count: &FunnelCount) -> bool {
        self.from.as_ref().is_none_or(|from| count.month >= *from)
            && self.to.as_ref().is_none_or(|to| count.month <= *to)
            && self.mission_id.is_none_or(|id| count.mission.as_ref().is_some_and(|mission| mission.id == id))
    }
}

impl FunnelReport {
    /// Every filter is applied to the same figures, so that they are counted once for all who look.
    pub async fn make(allowed: &Door, query: FunnelQuery) -> Result<Self> {
        let counted = allowed.read_cached("funnel", reports::funnel).await?;
        let mut rows: BTreeMap<(&Month, &Option<NamedMission>), Vec<MilestoneCount>> = BTreeMap::new();
        let mut totals = none_yet();
        for count in counted.value.iter().filter(|count| query.takes(count)) {
            add(rows.entry((&count.month, &count.mission)).or_insert_with(none_yet), count);
            add(&mut totals, count);
        }
        let row = |((month, mission), reached): ((&Month, &Option<NamedMission>), _)| FunnelRow {
            month: month.clone(),
            mission_id: mission.as_ref().map(|mission| mission.id),
            mission: mission.as_ref().map(|mission| mission.name.clone()),
            reached,
        };
        Ok(Self { as_of: counted.at, items: rows.into_iter().map(row).collect(), totals })
    }
}

impl Tabular for FunnelReport {
    fn table(&self) -> Table {
        let mut columns = vec![("month", Role::Label), ("mission_id", Role::Plain), ("mission", Role::Label)];
        columns.extend(Milestone::ALL.iter().map(|milestone| (milestone.as_str(), Role::Bar)));
        let mut table = Table::new("funnel", "Funnel by mission and month", self.as_of, columns);
        for row in &self.items {
            let id = row.mission_id.map(|id| id.to_string());
            let mut cells = vec![row.month.as_str().into(), id.into(), row.mission.clone().into()];
            cells.extend(row.reached.iter().map(|count| Cell::from(count.cases)));
            table.rows.push(cells);
        }
        table
    }

    /// A bar a milestone: drawn by month and mission, nobody would see a funnel.
    fn drawn(&self) -> Table {
        self.table().totals()
    }
}
