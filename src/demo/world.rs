//! The ids of the demo world in this database.

use std::collections::BTreeMap;

use crate::db::Tx;
use crate::db::accounts::organisations as organisation_rows;
use crate::db::reference::{compounds, operations};
use crate::demo::organisations::{DemoOrganisation, accounts, organisations};
use crate::domain::country::Country;
use crate::domain::ids::{CompoundId, MissionId, OperationId, OrganisationId};
use crate::error::{Error, Result};
use crate::reference::Published;

/// The ids of the organisations, missions, operations and compounds.
#[derive(Clone, Debug, Default)]
pub struct WorldIds {
    /// The organisations with a part in the demo world.
    pub organisations: BTreeMap<DemoOrganisation, OrganisationId>,
    /// The missions, by sending state.
    pub missions: BTreeMap<Country, MissionId>,
    /// The operations, by reference.
    pub operations: BTreeMap<String, OperationId>,
    /// The compounds, by reference.
    pub compounds: BTreeMap<String, CompoundId>,
}

impl WorldIds {
    /// Looks all ids up. The reference data and the invented organisations must exist.
    pub fn look_up(tx: &mut Tx<'_>) -> Result<Self> {
        let published = Published::read()?;
        let mut ids = Self::default();
        for mission in &published.missions {
            let id = organisation_named(tx, &mission.name)?;
            ids.missions.insert(mission.sending_state, id.into());
        }
        for invented in organisations() {
            let id = organisation_named(tx, invented.name)?;
            ids.organisations.insert(invented.organisation, id);
        }
        for organisation in accounts().iter().map(|account| account.organisation) {
            let state = organisation.sending_state().and_then(Country::parse);
            if let Some(mission) = state.and_then(|state| ids.missions.get(&state)) {
                ids.organisations.insert(organisation, (*mission).into());
            }
        }
        for operation in &published.operations {
            let row = operations::find_by_reference(tx, &operation.reference)?.ok_or_else(|| missing(&operation.reference))?;
            ids.operations.insert(operation.reference.clone(), row.id);
        }
        for compound in &published.compounds {
            let row = compounds::find_by_reference(tx, &compound.reference)?.ok_or_else(|| missing(&compound.reference))?;
            ids.compounds.insert(compound.reference.clone(), row.id);
        }
        Ok(ids)
    }

    /// The id of an organisation of the demo world.
    pub fn organisation(&self, organisation: DemoOrganisation) -> Result<OrganisationId> {
        self.organisations.get(&organisation).copied().ok_or_else(|| Error::internal("the demo world lacks an organisation"))
    }

    /// The mission of this sending state.
    pub fn mission(&self, sending_state: Country) -> Result<MissionId> {
        self.missions.get(&sending_state).copied().ok_or_else(|| missing(sending_state.as_str()))
    }

    /// The operation with this reference.
    pub fn operation(&self, reference: &str) -> Result<OperationId> {
        self.operations.get(reference).copied().ok_or_else(|| missing(reference))
    }

    /// The compound with this reference.
    pub fn compound(&self, reference: &str) -> Result<CompoundId> {
        self.compounds.get(reference).copied().ok_or_else(|| missing(reference))
    }
}

fn organisation_named(tx: &mut Tx<'_>, name: &str) -> Result<OrganisationId> {
    organisation_rows::find_by_name(tx, name)?.map(|row| row.id).ok_or_else(|| missing(name))
}

fn missing(what: &str) -> Error {
    Error::internal(format!("the demo world lacks {what}"))
}
