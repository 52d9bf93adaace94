//! Raid reconciliation.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

use crate::api::reporting::report::{Door, Tabular};
use crate::api::reporting::table::{Cell, Role, Table};
use crate::db::reference::operations::OperationRow;
use crate::db::reporting::reports::{self, Raids};
use crate::domain::codes::OperationKind;
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::OperationId;
use crate::domain::reporting::{OperationReconciliation, Unaccounted, reconcile_registered};
use crate::error::Result;

/// Which operations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReconciliationQuery {
    /// Only this operation, with its parts.
    operation_id: Option<OperationId>,
}

/// People counted in public against people registered.
#[derive(Serialize, ToSchema)]
pub struct ReconciliationReport {
    /// When the figures were counted.
    as_of: Timestamp,
    /// One row an operation, oldest record first. What is part of another stands in both.
    #[schema(max_items = 10000)]
    items: Vec<ReconciliationRow>,
}

/// One operation.
#[derive(Serialize, ToSchema)]
pub struct ReconciliationRow {
    /// Its id.
    operation_id: OperationId,
    /// Its name.
    #[schema(max_length = 300)]
    operation: String,
    /// What kind of operation.
    kind: OperationKind,
    /// Country.
    country: Country,
    /// First day, as far as known.
    started_on: Option<PartialDate>,
    /// The operation this one is a part of.
    part_of: Option<OperationId>,
    /// The reconciliation; parts are counted too.
    reconciliation: OperationReconciliation,
}

impl ReconciliationRow {
    fn of(row: &OperationRow, raids: &Raids) -> Self {
        let of_it = || raids.operations.iter().filter(|other| other.id == row.id || other.parent_id == Some(row.id));
        let counts: Vec<_> = of_it().flat_map(|part| &part.counts.0).collect();
        let mut registered: BTreeMap<Option<Country>, i64> = BTreeMap::new();
        for (nationality, cases) in of_it().filter_map(|part| raids.registered.get(&part.id)).flatten() {
            *registered.entry(*nationality).or_default() += cases;
        }
        Self {
            operation_id: row.id,
            operation: row.name.clone(),
            kind: row.kind,
            country: row.country,
            started_on: row.started_on,
            part_of: row.parent_id,
            reconciliation: reconcile_registered(&counts, row.stated_total.as_ref().map(|total| &total.0), &registered),
        }
    }
}

impl ReconciliationReport {
    pub async fn make(allowed: &Door, query: ReconciliationQuery) -> Result<Self> {
        let counted = allowed.read_cached("reconciliation", reports::raids).await?;
        let takes = |row: &&OperationRow| query.operation_id.is_none_or(|id| row.id == id || row.parent_id == Some(id));
        let rows = counted.value.operations.iter().filter(takes);
        Ok(Self { as_of: counted.at, items: rows.map(|row| ReconciliationRow::of(row, &counted.value)).collect() })
    }
}

impl Tabular for ReconciliationReport {
    fn table(&self) -> Table {
        let columns = vec![
            ("operation_id", Role::Plain),
            ("operation", Role::Label),
            ("nationality", Role::Label),
            ("published", Role::Bar),
            ("qualifier", Role::Label),
            ("registered", Role::Bar),
            ("unaccounted", Role::Bar),
            ("surplus", Role::Plain),
            ("is_exact", Role::Plain),
            ("statement", Role::Plain),
        ];
        let mut table = Table::new("reconciliation", "Counted in public and registered", self.as_of, columns);
        for row in &self.items {
            let reconciliation = &row.reconciliation;
            table.rows.push(line(row, "all", &reconciliation.total));
            table.rows.extend(reconciliation.nationalities.iter().map(|found| {
                let nationality = found.nationality.map_or("not_given".to_owned(), |country| country.to_string());
                line(row, &nationality, &found.figures)
            }));
        }
        table
    }
}

fn line(row: &ReconciliationRow, nationality: &str, figures: &Unaccounted) -> Vec<Cell> {
    vec![
        row.operation_id.to_string().into(),
        row.operation.as_str().into(),
        nationality.into(),
        figures.published.into(),
        figures.qualifier.as_str().into(),
        figures.registered.into(),
        figures.unaccounted.into(),
        figures.surplus.into(),
        if figures.is_exact { "true" } else { "false" }.into(),
        figures.statement.as_str().into(),
    ]
}
