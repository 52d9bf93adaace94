//! Sums of overstay fines.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::reporting::report::{Door, Tabular};
use crate::api::reporting::table::{Cell, Role, Table};
use crate::db::reporting::reports;
use crate::domain::codes::FineTrack;
use crate::domain::dates::Timestamp;
use crate::domain::ids::MissionId;
use crate::domain::money::Currency;
use crate::domain::reporting::FineSums;
use crate::error::Result;

/// Overstay fines as they stand today.
#[derive(Serialize, ToSchema)]
pub struct FinesReport {
    /// When the figures were counted.
    as_of: Timestamp,
    /// One row a currency and mission. Currencies are never added up.
    #[schema(max_items = 10000)]
    items: Vec<FinesRow>,
}

/// Fines in one currency of the cases that count for one mission.
#[derive(Serialize, ToSchema)]
pub struct FinesRow {
    /// The currency; null where the host country's rate is not known.
    currency: Option<Currency>,
    /// The mission; null: none yet.
    mission_id: Option<MissionId>,
    /// Its name.
    #[schema(max_length = 200)]
    mission: Option<String>,
    /// The sums.
    sums: FineSums,
}

impl FinesReport {
    pub async fn make(allowed: &Door) -> Result<Self> {
        let counted = allowed.read_cached("fines", reports::fines).await?;
        let row = |(currency, mission, sums): &reports::MissionFines| FinesRow {
            currency: *currency,
            mission_id: mission.as_ref().map(|mission| mission.id),
            mission: mission.as_ref().map(|mission| mission.name.clone()),
            sums: sums.clone(),
        };
        Ok(Self { as_of: counted.at, items: counted.value.iter().map(row).collect() })
    }
}

impl Tabular for FinesReport {
    fn table(&self) -> Table {
        let mut columns = vec![
            ("currency", Role::Label),
            ("mission_id", Role::Plain),
            ("mission", Role::Label),
            ("cases", Role::Plain),
            ("assessed", Role::Bar),
            ("waived", Role::Bar),
            ("paid", Role::Bar),
            ("settled_unpaid", Role::Bar),
            ("outstanding", Role::Bar),
            ("overpaid", Role::Bar),
        ];
        columns.extend(FineTrack::ALL.iter().map(|track| (column(*track), Role::Plain)));
        let mut table = Table::new("fines", "Overstay fines", self.as_of, columns);
        for FinesRow { currency, mission_id, mission, sums } in &self.items {
            let mut cells = vec![
                currency.map(|currency| currency.to_string()).into(),
                mission_id.map(|id| id.to_string()).into(),
                mission.clone().into(),
                sums.cases.into(),
                sums.assessed.into(),
                sums.waived.into(),
                sums.paid.into(),
                sums.settled_unpaid.into(),
                sums.outstanding.into(),
                sums.overpaid.into(),
            ];
            cells.extend(sums.tracks.iter().map(|count| Cell::from(count.cases)));
            table.rows.push(cells);
        }
        table
    }
}

/// Four tracks are called like a sum of money, which they are not.
fn column(track: FineTrack) -> &'static str {
    match track {
        FineTrack::None => "cases_without_fine",
        FineTrack::Assessed => "cases_assessed",
        FineTrack::WaiverRequested => "cases_waiver_requested",
        FineTrack::WaivedFull => "cases_waived_full",
        FineTrack::WaivedPartial => "cases_waived_partial",
        FineTrack::Paid => "cases_paid",
        FineTrack::Outstanding => "cases_outstanding",
        FineTrack::Unknown => "cases_unknown",
        FineTrack::Exempt => "cases_exempt",
        FineTrack::SettledUnpaid => "cases_settled_unpaid",
    }
}
