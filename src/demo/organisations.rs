//! The organisations of the demo world and the accounts people sign in with.

use crate::db::accounts::organisations::OrganisationRow;
use crate::domain::access::Role;
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::OrganisationId;
use crate::error::{Error, Result};

/// An organisation with a part in the demo world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DemoOrganisation {
    /// Runs the installation; sees no case.
    Administration,
    /// Coordinates Cambodia.
    CoordinationDesk,
    /// An NGO with a supervisor.
    SafeReturn,
    /// An NGO without a supervisor.
    MekongShelter,
    /// The Indonesian embassy.
    IndonesianEmbassy,
    /// The Vietnamese embassy.
    VietnameseEmbassy,
    /// The Chinese embassy.
    ChineseEmbassy,
}

/// An organisation that exists in the demo world only. The missions are reference data.
#[derive(Clone, Copy, Debug)]
pub struct InventedOrganisation {
    /// The organisation.
    pub organisation: DemoOrganisation,
    /// Its name.
    pub name: &'static str,
    /// Its kind.
    pub kind: OrganisationKind,
    /// The country it coordinates, if it is a coordination desk.
    pub coordinates: Option<&'static str>,
}

/// An account. The caller sets its password.
#[derive(Clone, Copy, Debug)]
pub struct DemoAccount {
    /// Name to sign in with.
    pub username: &'static str,
    /// Name to show.
    pub display_name: &'static str,
    /// The role of the user.
    pub role: Role,
    /// The organisation of the user.
    pub organisation: DemoOrganisation,
}

const ORGANISATIONS: &[InventedOrganisation] = &[
    InventedOrganisation {
        organisation: DemoOrganisation::Administration,
        name: "Homeward Administration",
        kind: OrganisationKind::InternationalOrganisation,
        coordinates: None,
    },
    InventedOrganisation {
        organisation: DemoOrganisation::CoordinationDesk,
        name: "National Coordination Desk (KHM)",
        kind: OrganisationKind::CentralGovernmentOrganisation,
        coordinates: Some("KHM"),
    },
    InventedOrganisation {
        organisation: DemoOrganisation::SafeReturn,
        name: "Safe Return Cambodia",
        kind: OrganisationKind::Ngo,
        coordinates: None,
    },
    InventedOrganisation {
        organisation: DemoOrganisation::MekongShelter,
        name: "Mekong Shelter Network",
        kind: OrganisationKind::Ngo,
        coordinates: None,
    },
];

const ACCOUNTS: &[DemoAccount] = &[
    account("admin", "Administrator", Role::Administrator, DemoOrganisation::Administration),
    account("auditor", "Auditor", Role::Auditor, DemoOrganisation::Administration),
    account("coordinator.khm", "Coordinator, Cambodia", Role::Coordinator, DemoOrganisation::CoordinationDesk),
    account("analyst.khm", "Analyst, Cambodia", Role::Analyst, DemoOrganisation::CoordinationDesk),
    account("officer.idn", "Officer, Indonesian embassy", Role::EmbassyOfficer, DemoOrganisation::IndonesianEmbassy),
    account("supervisor.idn", "Supervisor, Indonesian embassy", Role::EmbassySupervisor, DemoOrganisation::IndonesianEmbassy),
    account("officer.vnm", "Officer, Vietnamese embassy", Role::EmbassyOfficer, DemoOrganisation::VietnameseEmbassy),
    account("officer.chn", "Officer, Chinese embassy", Role::EmbassyOfficer, DemoOrganisation::ChineseEmbassy),
    account("caseworker.safe-return", "Caseworker, Safe Return Cambodia", Role::NgoCaseworker, DemoOrganisation::SafeReturn),
    account("supervisor.safe-return", "Supervisor, Safe Return Cambodia", Role::NgoSupervisor, DemoOrganisation::SafeReturn),
    account("caseworker.mekong", "Caseworker, Mekong Shelter Network", Role::NgoCaseworker, DemoOrganisation::MekongShelter),
];

const fn account(username: &'static str, display_name: &'static str, role: Role, organisation: DemoOrganisation) -> DemoAccount {
    DemoAccount { username, display_name, role, organisation }
}

/// The invented organisations.
pub fn organisations() -> &'static [InventedOrganisation] {
    ORGANISATIONS
}

/// The accounts.
pub fn accounts() -> &'static [DemoAccount] {
    ACCOUNTS
}

/// The account of the officer at the mission of this sending state, if the demo world has one.
pub fn officer_of(sending_state: Country) -> Option<&'static DemoAccount> {
    ACCOUNTS
        .iter()
        .find(|account| account.role == Role::EmbassyOfficer && account.organisation.sending_state() == Some(sending_state.as_str()))
}

impl DemoOrganisation {
    /// The sending state of the mission, if the organisation is one.
    pub const fn sending_state(self) -> Option<&'static str> {
        match self {
            Self::IndonesianEmbassy => Some("IDN"),
            Self::VietnameseEmbassy => Some("VNM"),
            Self::ChineseEmbassy => Some("CHN"),
            Self::Administration | Self::CoordinationDesk | Self::SafeReturn | Self::MekongShelter => None,
        }
    }
}

impl InventedOrganisation {
    /// The organisation as a new row.
    pub fn row(&self, now: Timestamp) -> Result<OrganisationRow> {
        Ok(OrganisationRow {
            id: OrganisationId::random(),
            created_at: now,
            updated_at: now,
            version: 1,
            name: self.name.to_owned(),
            kind: self.kind,
            country: country("KHM")?,
            coordinates: self.coordinates.map(country).transpose()?,
            address: None,
            phone: None,
            active: true,
            time_zone: None,
        })
    }
}

fn country(code: &str) -> Result<Country> {
    Country::parse(code).ok_or_else(|| Error::internal(format!("{code} is no country")))
}
