//! Reference data of the product: the raids, releases and escapes that were published, the places they concern, the missions that serve
//! the people found there, and what was said of all this. Embedded in the binary, so that a new installation knows them offline.

mod published;
mod said;

pub use published::{Published, PublishedCompound, PublishedCoverage, PublishedMission, PublishedOperation, PublishedStatement};

use uuid::Uuid;

use crate::db::Tx;
use crate::db::accounts::organisations::{self, OrganisationRow};
use crate::db::reference::compounds::{self, CompoundRow};
use crate::db::reference::missions::{self, CoverageRow, MissionRow};
use crate::db::reference::operations::{self, OperationRow};
use crate::db::schema::types::Json;
use crate::domain::codes::OrganisationKind;
use crate::domain::ids::{CompoundId, CoverageId, MissionId, OperationId, OrganisationId};
use crate::domain::reference::operation::PlaceName;
use crate::error::{Error, Result};

/// The number of newly created entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Organisations, one for each mission.
    pub organisations: usize,
    /// Missions.
    pub missions: usize,
    /// Compounds.
    pub compounds: usize,
    /// Operations.
    pub operations: usize,
    /// Statements.
    pub statements: usize,
}

impl std::fmt::Display for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Loaded {} missions, {} compounds, {} operations and {} statements that were not there yet.",
            self.missions, self.compounds, self.operations, self.statements
        )
    }
}

/// Creates the published entries that are missing. Existing entries stay as they are: a user may have corrected them.
pub fn load(tx: &mut Tx<'_>) -> Result<Loaded> {
    // Loading again creates nothing, and leaves an audit entry all the same.
    tx.audit_unchanged(Uuid::nil());
    let published = Published::read()?;
    let mut loaded = Loaded::default();
    for mission in &published.missions {
        if organisations::find_by_name(tx, &mission.name)?.is_none() {
            create_mission(tx, mission)?;
            loaded.organisations += 1;
            loaded.missions += 1;
        }
    }
    for compound in &published.compounds {
        if compounds::find_by_reference(tx, &compound.reference)?.is_none() {
            create_compound(tx, &published, compound)?;
            loaded.compounds += 1;
        }
    }
    for operation in published.operations_parents_first() {
        if operations::find_by_reference(tx, &operation.reference)?.is_none() {
            create_operation(tx, &published, operation)?;
            loaded.operations += 1;
        }
    }
    loaded.statements = said::load(tx, &published)?;
    Ok(loaded)
}

fn create_mission(tx: &mut Tx<'_>, mission: &PublishedMission) -> Result<()> {
    let organisation = OrganisationRow {
        id: OrganisationId::random(),
        created_at: tx.now,
        updated_at: tx.now,
        version: 1,
        name: mission.name.clone(),
        kind: OrganisationKind::DiplomaticMission,
        country: mission.sending_state,
        coordinates: None,
        address: None,
        phone: None,
        active: true,
        time_zone: None,
    };
    organisations::insert(tx, &organisation)?;
    let row = MissionRow {
        id: organisation.id.into(),
        created_at: tx.now,
        updated_at: tx.now,
        version: 1,
        sending_state: mission.sending_state,
        host_state: mission.host_state,
        city: mission.city.clone(),
        kind: mission.kind,
        resident: mission.resident,
        hotline: None,
        desk_email: None,
    };
    let coverage: Vec<CoverageRow> = mission.coverage.iter().map(|line| coverage_row(row.id, line)).collect();
    missions::insert(tx, &row, &coverage)?;
    Ok(())
}

fn coverage_row(mission_id: MissionId, line: &PublishedCoverage) -> CoverageRow {
    CoverageRow {
        id: CoverageId::random(),
        mission_id,
        nationality: line.nationality,
        host_country: line.host_country,
        basis: line.basis,
        valid_from: None,
        valid_to: None,
    }
}

fn create_compound(tx: &mut Tx<'_>, published: &Published, compound: &PublishedCompound) -> Result<()> {
    let row = CompoundRow {
        id: CompoundId::random(),
        created_at: tx.now,
        updated_at: tx.now,
        version: 1,
        reference: Some(compound.reference.clone()),
        name: compound.name.clone(),
        aliases: Json(compound.aliases.clone()),
        site_type: compound.site_type,
        country: compound.country,
        province: compound.province.clone(),
        city: compound.city.clone(),
        latitude: None,
        longitude: None,
        status: compound.status,
        sources: Json(published.sources(&compound.sources)?),
    };
    compounds::insert(tx, &row)?;
    Ok(())
}

fn create_operation(tx: &mut Tx<'_>, published: &Published, operation: &PublishedOperation) -> Result<()> {
    let row = OperationRow {
        id: OperationId::random(),
        created_at: tx.now,
        updated_at: tx.now,
        version: 1,
        reference: Some(operation.reference.clone()),
        name: operation.name.clone(),
        kind: operation.kind,
        parent_id: parent_of(tx, operation)?,
        country: operation.country,
        localities: Json(operation.localities.iter().cloned().map(PlaceName).collect()),
        started_on: operation.started_on,
        ended_on: operation.ended_on,
        date_precision: operation.date_precision,
        duration_days: operation.duration_days,
        lead_authority: operation.lead_authority.clone(),
        stated_total: operation.stated_total.clone().map(Json),
        counts: Json(operation.counts.clone()),
        seizures: Json(operation.seizures.clone()),
        sources: Json(published.sources(&operation.sources)?),
    };
    operations::insert(tx, &row)?;
    Ok(())
}

fn parent_of(tx: &mut Tx<'_>, operation: &PublishedOperation) -> Result<Option<OperationId>> {
    let Some(reference) = operation.part_of.as_deref() else { return Ok(None) };
    let parent = operations::find_by_reference(tx, reference)?;
    parent.map(|parent| Some(parent.id)).ok_or_else(|| Error::internal(format!("published operation {reference} was not loaded")))
}

#[cfg(test)]
mod tests;
