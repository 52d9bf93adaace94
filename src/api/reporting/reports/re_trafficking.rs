//! Re-trafficking chains.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::reporting::report::{Door, Tabular};
use crate::api::reporting::table::{Role, Table};
use crate::db::reporting::reports;
use crate::domain::dates::Timestamp;
use crate::domain::nationality::Nationality;
use crate::domain::reporting::{Chain, MedianDays};
use crate::error::Result;

/// People with several cases.
#[derive(Serialize, ToSchema)]
pub struct ReTraffickingReport {
    /// When the figures were counted.
    as_of: Timestamp,
    /// One row a number of cases and nationality; the longest chains first.
    #[schema(max_items = 10000)]
    items: Vec<ReTraffickingRow>,
}

/// People of one nationality with as many cases each.
#[derive(Serialize, ToSchema)]
pub struct ReTraffickingRow {
    /// Cases a person: each one after the first is another time that the person was exploited.
    #[schema(minimum = 2, maximum = 1000)]
    chain_length: i64,
    /// Nationality: verified, else claimed; null: not known.
    nationality: Option<Nationality>,
    /// How many people.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    persons: i64,
    /// Days between the registration of one case and of the next, the median.
    median_days_between: Option<MedianDays>,
}

impl ReTraffickingReport {
    pub async fn make(allowed: &Door) -> Result<Self> {
        let counted = allowed.read_cached("re-trafficking", reports::re_trafficking).await?;
        let row = |chain: &Chain| ReTraffickingRow {
            chain_length: chain.length,
            nationality: chain.nationality,
            persons: chain.persons,
            median_days_between: chain.median_days_between,
        };
        Ok(Self { as_of: counted.at, items: counted.value.iter().map(row).collect() })
    }
}

impl Tabular for ReTraffickingReport {
    fn table(&self) -> Table {
        let columns =
            vec![("chain_length", Role::Label), ("nationality", Role::Label), ("persons", Role::Bar), ("median_days_between", Role::Plain)];
        let mut table = Table::new("re-trafficking", "People by number of cases and nationality", self.as_of, columns);
        table.rows.extend(self.items.iter().map(|row| {
            vec![
                row.chain_length.into(),
                row.nationality.map(|nationality| nationality.to_string()).into(),
                row.persons.into(),
                row.median_days_between.into(),
            ]
        }));
        table
    }
}
