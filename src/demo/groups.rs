//! The number of people by nationality and operation, and the frequency of their journeys.

use Gender::{Feminine as F, Masculine as M};
use IntakeChannel::{DetentionVisit, Hotline, Raid, Referral, WalkInNgo};
use Journey::{
    Closed, ContactDeclined, LostContact, MissionContacted, NationalityNotConfirmed, NationalityVerified, OnHold, Screened,
    StaysRegistered, Withdrawn,
};
use Registrar::{CoordinationDesk, IndonesianEmbassy, MekongShelter, SafeReturn};

use crate::demo::journey::Journey;
use crate::demo::people::Registrar;
use crate::demo::pick;
use crate::domain::codes::*;

/// People of one nationality from one operation. Every list is repeated without end; where their lengths have no common factor,
/// every combination of their elements occurs.
pub(in crate::demo) struct Group {
    pub(super) operation: &'static str,
    pub(super) compounds: &'static [&'static str],
    pub(super) nationality: &'static str,
    pub(super) count: u32,
    pub(super) genders: &'static [Gender],
    pub(super) registrars: &'static [Registrar],
    pub(super) intakes: &'static [IntakeChannel],
    pub(super) exits: &'static [ExitMode],
    pub(super) exited_on: &'static str,
    pub(super) journeys: &'static [Journey],
}

/// The only operation with a published figure by gender.
const POIPET: &str = "KH-2025-07-POIPET";
/// One in six, which makes 45 of 270.
const ONE_IN_SIX: &[Gender] = &[F, M, M, M, M, M];
const MIXED: &[Gender] = &[M, M, F, M, M, M, F, M, M, F, M, M, M];

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
    ExitMode::CrossedRiver,
    ExitMode::NgoExtraction,
    ExitMode::RescuedByRaid,
];

/// Journeys of people at the embassy's own desk: a walk-in is a request for contact, and the embassy verifies its own nationals.
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
/// Journeys of people accompanied by other organisations, of a nationality whose mission has an account here.
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
    ContactDeclined,
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
/// Journeys of people accompanied by other organisations, of a nationality whose mission has no account here, and so cannot
/// verify.
const WITHOUT_OFFICER: &[Journey] = &[
    Screened,
    MissionContacted,
    StaysRegistered,
    Screened,
    MissionContacted,
    OnHold(HoldReason::BorderClosed),
    StaysRegistered,
    Screened,
    ContactDeclined,
    MissionContacted,
    StaysRegistered,
    LostContact,
    Screened,
    MissionContacted,
    Withdrawn,
    Closed(ClosureReason::Transferred),
    StaysRegistered,
];
/// Journeys of people many of whom fear their own mission.
const AFRAID_OF_THE_MISSION: &[Journey] = &[
    Screened,
    ContactDeclined,
    StaysRegistered,
    ContactDeclined,
    Screened,
    MissionContacted,
    ContactDeclined,
    OnHold(HoldReason::Medical),
    Screened,
    ContactDeclined,
    LostContact,
    Screened,
    StaysRegistered,
    ContactDeclined,
    Screened,
];
/// Journeys of people covered only by an office in another country.
const COVERED_FROM_ABROAD: &[Journey] = &[
    Screened,
    Screened,
    MissionContacted,
    Screened,
    Screened,
    ContactDeclined,
    Screened,
    MissionContacted,
    Screened,
    ContactDeclined,
    Screened,
];
/// Journeys of people who are at home already: no mission, no repatriation.
const HOST_NATIONALS: &[Journey] = &[Screened, StaysRegistered, Screened, Screened, StaysRegistered, Screened, StaysRegistered];

/// All groups.
pub(in crate::demo) const GROUPS: &[Group] = &[
    Group {
        operation: POIPET,
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
    // The reports name the nationalities without a figure each; the division of the 312 and the 27 is invented.
    kratie("THA", 60, WITHOUT_OFFICER),
    kratie("BGD", 54, WITHOUT_OFFICER),
    kratie("IDN", 66, ACCOMPANIED),
    kratie("MMR", 72, AFRAID_OF_THE_MISSION),
    kratie("VNM", 60, ACCOMPANIED),
    pursat("VNM", 11, ACCOMPANIED),
    pursat("CHN", 9, ACCOMPANIED),
    pursat("MMR", 7, AFRAID_OF_THE_MISSION),
];

impl Group {
    /// The gender of a person. Where no figure was published, a few are transgender or did not state a gender.
    pub(super) fn gender(&self, number: u32, at: u32) -> Option<Gender> {
        match number % 90 {
            40 if self.operation != POIPET => Some(Gender::TransgenderFeminine),
            80 if self.operation != POIPET => Some(Gender::NonSpecifiedUnknown),
            _ => pick(self.genders, at),
        }
    }
}

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
