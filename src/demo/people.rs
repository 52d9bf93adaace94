//! The people of the demo world: as many of each nationality as were published for each operation.

use chrono::NaiveDate;

use super::journey::Journey;
use super::names::Origin;
use super::organisations::DemoOrganisation;
use super::{pick, story};
use crate::db::cases::NewCase;
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::PartialDate;
use crate::domain::person::IdentityDocument;

use Gender::{Feminine as F, Masculine as M, NonSpecifiedUnknown, TransgenderFeminine};
use IntakeChannel::{DetentionVisit, Hotline, Raid, Referral, WalkInNgo};
use Journey::{
    Closed, LostContact, MissionContacted, MissionDeclined, NationalityNotConfirmed, NationalityVerified, OnHold, Screened,
    StaysRegistered, Withdrawn,
};
use Registrar::{CoordinationDesk, IndonesianEmbassy, MekongShelter, SafeReturn};

/// Who registers a person.
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
    /// Who registers the person.
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
    /// As whom to call [`super::register`] and [`super::travel`].
    pub const fn registrar(&self) -> Registrar {
        self.registered_by
    }

    /// The account that takes the case along: whoever registered it, or a supervisor where the journey ends in closing.
    pub fn travelling_username(&self) -> &'static str {
        let closing = matches!(self.journey, Journey::Closed(_)).then(|| self.registered_by.closing_username()).flatten();
        closing.unwrap_or(self.registered_by.username())
    }

    /// The sending state of the mission as whose officer to call [`super::verify_at_mission`]; none where no mission acts.
    pub fn mission(&self) -> Option<Country> {
        self.new_case.nationality_claimed.filter(|_| self.journey.needs_mission())
    }

    /// The person's documents.
    pub fn documents(&self) -> &[IdentityDocument] {
        self.new_case.contents.identity.as_ref().map_or(&[], |identity| identity.documents.as_slice())
    }
}

/// People of one nationality from one operation. Every list repeats for ever; where their lengths have no common factor,
/// every combination of their elements occurs.
pub(super) struct Group {
    operation: &'static str,
    compounds: &'static [&'static str],
    nationality: &'static str,
    count: u32,
    genders: &'static [Gender],
    registrars: &'static [Registrar],
    intakes: &'static [IntakeChannel],
    exits: &'static [ExitMode],
    exited_on: &'static str,
    journeys: &'static [Journey],
}

/// One person, before it is told as a case.
pub(super) struct Draft<'a> {
    /// Position among all the people.
    pub(super) number: u32,
    pub(super) origin: &'a Origin,
    pub(super) gender: Gender,
    pub(super) is_minor: bool,
    pub(super) registrar: Registrar,
    pub(super) journey: Journey,
    pub(super) today: NaiveDate,
}

/// One in six, which makes 45 of 270.
const ONE_IN_SIX: &[Gender] = &[F, M, M, M, M, M];
const MIXED: &[Gender] = &[
    M,
    M,
    F,
    M,
    M,
    M,
    F,
    M,
    M,
    M,
    M,
    F,
    M,
    M,
    F,
    M,
    M,
    M,
    TransgenderFeminine,
    F,
    M,
    M,
    M,
    M,
    F,
    M,
    M,
    M,
    NonSpecifiedUnknown,
    M,
    F,
    M,
    M,
    M,
    F,
    M,
    M,
];

const PHNOM_PENH_AND_SIHANOUKVILLE: &[&str] = &["KH-PHNOM-PENH-2025", "KH-SIHANOUKVILLE-2025", "KH-SIHANOUKVILLE-2025"];
const NGOS_AND_DESK: &[Registrar] = &[SafeReturn, MekongShelter, SafeReturn, CoordinationDesk, MekongShelter];
const NGOS: &[Registrar] = &[SafeReturn, MekongShelter];
const ALL_WAYS_IN: &[IntakeChannel] =
    &[Raid, Raid, DetentionVisit, Raid, WalkInNgo, Raid, Hotline, Raid, Referral, Raid, IntakeChannel::FamilyReport];

const BY_RAID: &[ExitMode] = &[
    ExitMode::RescuedByRaid,
    ExitMode::RescuedByRaid,
    ExitMode::RescuedByRaid,
    ExitMode::TransferredToAuthority,
    ExitMode::RescuedByRaid,
    ExitMode::RescuedByRaid,
    ExitMode::AbandonedByOperator,
];
const EVERY_EXIT: &[ExitMode] = &[
    ExitMode::RescuedByRaid,
    ExitMode::RescuedByRaid,
    ExitMode::Escaped,
    ExitMode::RescuedByRaid,
    ExitMode::TransferredToAuthority,
    ExitMode::RescuedByRaid,
    ExitMode::ReleasedByOperator,
    ExitMode::RescuedByRaid,
    ExitMode::Ransomed,
    ExitMode::RescuedByRaid,
    ExitMode::EscapedSwimming,
    ExitMode::NgoExtraction,
    ExitMode::RescuedByRaid,
];

/// At the embassy's own desk: a walk-in is a request for contact, and the embassy verifies its own nationals.
const WALK_IN: &[Journey] = &[
    NationalityVerified,
    MissionContacted,
    NationalityVerified,
    Screened,
    NationalityVerified,
    MissionContacted,
    StaysRegistered,
    NationalityVerified,
    OnHold(HoldReason::Funds),
    NationalityVerified,
    MissionContacted,
    Screened,
    NationalityVerified,
    NationalityNotConfirmed,
    MissionContacted,
    NationalityVerified,
    LostContact,
    Screened,
    Closed(ClosureReason::ReturnedByOwnMeans),
];
/// Accompanied by others, of a nationality whose mission has an account here.
const ACCOMPANIED: &[Journey] = &[
    NationalityVerified,
    Screened,
    MissionContacted,
    StaysRegistered,
    NationalityVerified,
    OnHold(HoldReason::Detention),
    MissionContacted,
    Screened,
    NationalityVerified,
    MissionDeclined,
    StaysRegistered,
    Screened,
    NationalityVerified,
    NationalityNotConfirmed,
    MissionContacted,
    LostContact,
    OnHold(HoldReason::WitnessProceedings),
    NationalityVerified,
    Withdrawn,
    Screened,
    MissionContacted,
    Closed(ClosureReason::StayedLawfully),
    StaysRegistered,
];
/// Accompanied by others, of a nationality whose mission has no account here, and so verifies nobody.
const WITHOUT_OFFICER: &[Journey] = &[
    Screened,
    MissionContacted,
    StaysRegistered,
    Screened,
    MissionContacted,
    OnHold(HoldReason::BorderClosed),
    StaysRegistered,
    Screened,
    MissionDeclined,
    MissionContacted,
    StaysRegistered,
    LostContact,
    Screened,
    MissionContacted,
    Withdrawn,
    Closed(ClosureReason::Transferred),
    StaysRegistered,
];
/// Many fear their own mission.
const AFRAID_OF_THE_MISSION: &[Journey] = &[
    Screened,
    MissionDeclined,
    StaysRegistered,
    MissionDeclined,
    Screened,
    MissionContacted,
    MissionDeclined,
    OnHold(HoldReason::Medical),
    Screened,
    MissionDeclined,
    LostContact,
    Screened,
    StaysRegistered,
];
/// Covered only by an office in another country.
const COVERED_FROM_ABROAD: &[Journey] = &[
    Screened,
    Screened,
    MissionContacted,
    Screened,
    Screened,
    MissionDeclined,
    Screened,
    MissionContacted,
    Screened,
    MissionDeclined,
    Screened,
];
/// At home already: no mission, no repatriation.
const HOST_NATIONALS: &[Journey] = &[Screened, StaysRegistered, Screened, Screened, StaysRegistered, Screened, StaysRegistered];

const GROUPS: &[Group] = &[
    Group {
        operation: "KH-2025-07-POIPET",
        compounds: &["KH-POIPET-2025"],
        nationality: "IDN",
        count: 270,
        genders: ONE_IN_SIX,
        registrars: &[IndonesianEmbassy],
        intakes: &[IntakeChannel::WalkInEmbassy],
        exits: BY_RAID,
        exited_on: "2025-07-16",
        journeys: WALK_IN,
    },
    phnom_penh_and_sihanoukville("VNM", 200, ACCOMPANIED),
    phnom_penh_and_sihanoukville("CHN", 27, ACCOMPANIED),
    phnom_penh_and_sihanoukville("TWN", 75, COVERED_FROM_ABROAD),
    phnom_penh_and_sihanoukville("KHM", 85, HOST_NATIONALS),
    // The reports name the nationalities without a figure each; how the 312 and the 27 are divided is invented.
    kratie("THA", 60, WITHOUT_OFFICER),
    kratie("BGD", 54, WITHOUT_OFFICER),
    kratie("IDN", 66, ACCOMPANIED),
    kratie("MMR", 72, AFRAID_OF_THE_MISSION),
    kratie("VNM", 60, ACCOMPANIED),
    pursat("VNM", 11, ACCOMPANIED),
    pursat("CHN", 9, ACCOMPANIED),
    pursat("MMR", 7, AFRAID_OF_THE_MISSION),
];

const fn phnom_penh_and_sihanoukville(nationality: &'static str, count: u32, journeys: &'static [Journey]) -> Group {
    Group {
        operation: "KH-2025-07-PNH-SHV",
        compounds: PHNOM_PENH_AND_SIHANOUKVILLE,
        nationality,
        count,
        genders: MIXED,
        registrars: NGOS_AND_DESK,
        intakes: &[Raid],
        exits: BY_RAID,
        exited_on: "2025-07-15",
        journeys,
    }
}

const fn kratie(nationality: &'static str, count: u32, journeys: &'static [Journey]) -> Group {
    Group {
        operation: "KH-2025-07-KRATIE",
        compounds: &["KH-KRATIE-2025"],
        nationality,
        count,
        genders: MIXED,
        registrars: NGOS,
        intakes: ALL_WAYS_IN,
        exits: EVERY_EXIT,
        exited_on: "2025-07",
        journeys,
    }
}

const fn pursat(nationality: &'static str, count: u32, journeys: &'static [Journey]) -> Group {
    Group { operation: "KH-2025-07-PURSAT", compounds: &["KH-PURSAT-2025"], ..kratie(nationality, count, journeys) }
}

/// Everybody, with ages as of today.
pub fn people(today: NaiveDate) -> Vec<DemoPerson> {
    let places = GROUPS.iter().flat_map(|group| (0..group.count).map(move |at| (group, at)));
    (0u32..).zip(places).filter_map(|(number, (group, at))| person(number, group, at, today)).collect()
}

/// One person; none only if a list above is empty or names what does not exist, which a test would find.
fn person(number: u32, group: &Group, at: u32, today: NaiveDate) -> Option<DemoPerson> {
    let journey = pick(group.journeys, at)?;
    // A case is closed by a supervisor, so only the first registrar, who has one, gets such cases.
    let turn = if matches!(journey, Closed(_)) { 0 } else { at };
    let draft = Draft {
        number,
        origin: Origin::of(group.nationality)?,
        gender: pick(group.genders, at)?,
        is_minor: number % 50 == 13,
        registrar: pick(group.registrars, turn)?,
        journey,
        today,
    };
    let (screening_skipped, trafficking_status) = story::finding(&draft);
    let new_case = NewCase {
        person_id: None,
        previous_case_id: None,
        host_country: Country::parse("KHM")?,
        intake_channel: pick(group.intakes, at)?,
        nationality_claimed: Country::parse(group.nationality),
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
