//! The people of the demo world: as many of each nationality as were published for each operation.

use chrono::NaiveDate;

use crate::db::cases::register::NewCase;
use crate::demo::groups::{GROUPS, Group};
use crate::demo::journey::Journey;
use crate::demo::names::Origin;
use crate::demo::organisations::DemoOrganisation;
use crate::demo::{pick, story};
use crate::domain::cases::person::IdentityDocument;
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::PartialDate;
use crate::domain::nationalities::ClaimedNationalities;

/// The registrar of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Registrar {
    /// The embassy that the person walked into.
    IndonesianEmbassy,
    /// Safe Return Cambodia.
    SafeReturn,
    /// Mekong Shelter Network.
    MekongShelter,
    /// The coordination desk.
    CoordinationDesk,
}

/// A person of the demo world.
#[derive(Clone)]
pub struct DemoPerson {
    /// The operation the person was found in.
    pub operation_reference: &'static str,
    /// The compound the person comes from.
    pub compound_reference: &'static str,
    /// The registrar of the person.
    pub registered_by: Registrar,
    /// The case to register; the ids of its compound and operation are filled in by [`super::register`].
    pub new_case: NewCase,
    /// How far the case goes.
    pub journey: Journey,
}

impl Registrar {
    /// The organisation.
    pub const fn organisation(self) -> DemoOrganisation {
        match self {
            Self::IndonesianEmbassy => DemoOrganisation::IndonesianEmbassy,
            Self::SafeReturn => DemoOrganisation::SafeReturn,
            Self::MekongShelter => DemoOrganisation::MekongShelter,
            Self::CoordinationDesk => DemoOrganisation::CoordinationDesk,
        }
    }

    /// The account that registers people.
    pub const fn username(self) -> &'static str {
        match self {
            Self::IndonesianEmbassy => "officer.idn",
            Self::SafeReturn => "caseworker.safe-return",
            Self::MekongShelter => "caseworker.mekong",
            Self::CoordinationDesk => "coordinator.khm",
        }
    }

    /// The account that may close cases; none where there is no supervisor.
    pub const fn closing_username(self) -> Option<&'static str> {
        match self {
            Self::IndonesianEmbassy => Some("supervisor.idn"),
            Self::SafeReturn => Some("supervisor.safe-return"),
            Self::MekongShelter => None,
            Self::CoordinationDesk => Some("coordinator.khm"),
        }
    }
}

impl DemoPerson {
    /// The registrar as whose user [`super::register`] and [`super::travel`] are called.
    pub const fn registrar(&self) -> Registrar {
        self.registered_by
    }

    /// The account that takes the case along: the registrar's, or a supervisor's where the journey ends in closing.
    pub fn travelling_username(&self) -> &'static str {
        let closing = matches!(self.journey, Journey::Closed(_)).then(|| self.registered_by.closing_username()).flatten();
        closing.unwrap_or(self.registered_by.username())
    }

    /// The sending state of the mission whose officer calls [`super::verify_at_mission`]; none where no mission acts.
    pub fn mission(&self) -> Option<Country> {
        self.new_case.claimed.as_ref().and_then(|claimed| claimed.states().next()).filter(|_| self.journey.needs_mission())
    }

    /// The person's documents.
    pub fn documents(&self) -> &[IdentityDocument] {
        self.new_case.contents.identity.as_ref().map_or(&[], |identity| identity.documents.as_slice())
    }
}

/// One person, before the case is made of it.
pub(in crate::demo) struct Draft<'a> {
    /// Position among all the people.
    pub(super) number: u32,
    pub(super) origin: &'a Origin,
    pub(super) gender: Gender,
    pub(super) is_minor: bool,
    pub(super) registrar: Registrar,
    pub(super) journey: Journey,
    pub(super) today: NaiveDate,
}

/// All people, with ages as of today.
pub fn people(today: NaiveDate) -> Vec<DemoPerson> {
    let places = GROUPS.iter().flat_map(|group| (0..group.count).map(move |at| (group, at)));
    (0u32..).zip(places).filter_map(|(number, (group, at))| person(number, group, at, today)).collect()
}

/// One person; none only if a list above is empty or has an unknown name, which a test would find.
fn person(number: u32, group: &Group, at: u32, today: NaiveDate) -> Option<DemoPerson> {
    let journey = pick(group.journeys, at)?;
    // A case is closed by a supervisor, so only the first registrar, who has one, gets such cases.
    let turn = if matches!(journey, Journey::Closed(_)) { 0 } else { at };
    let draft = Draft {
        number,
        origin: Origin::of(group.nationality)?,
        gender: group.gender(number, at)?,
        is_minor: number % 50 == 13,
        registrar: pick(group.registrars, turn)?,
        journey,
        today,
    };
    let (screening_skipped, trafficking_status) = story::finding(&draft);
    let new_case = NewCase {
        person_id: None,
        previous_case_id: None,
        child_of: None,
        host_country: Country::parse("KHM")?,
        intake_channel: pick(group.intakes, at)?,
        claimed: ClaimedNationalities::parse(group.nationality),
        gender: draft.gender,
        risk_level: story::risk_level(&draft),
        exit_mode: pick(group.exits, at),
        exited_on: PartialDate::parse(group.exited_on),
        trafficking_status,
        immigration_status: story::immigration_status(&draft),
        screening_skipped,
        compound_id: None,
        operation_id: None,
        contents: story::contents(&draft),
    };
    let compound_reference = pick(group.compounds, at)?;
    Some(DemoPerson { operation_reference: group.operation, compound_reference, registered_by: draft.registrar, new_case, journey })
}
