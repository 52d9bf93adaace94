//! The invented contents of each case: identity, needs, and experiences in the compound.

use ControlMethod::{
    DebtBondage, ExcessiveWorkingHours, FalsePromises, PhysicalAbuse, PhysicalThreats, PsychologicalAbuse, RestrictsMovement,
    TakesEarnings, ThreatensChildrenFamily, WithholdsDocuments, WithholdsNecessities,
};
use ExploitationType::{ChildLabour, ForcedCriminality, ForcedLabour, Servitude, SexualExploitation};
use RecruitmentMethod::{
    AtAPlaceOfBusiness, ThroughAnOnlineAdvertisement, ThroughFamilyOrFamilyEvents, ThroughFriendsOrSocialEvents,
    ThroughOnlineSocialNetworks,
};
use chrono::{Datelike, Days, Months, NaiveDate};

use crate::db::casefile::compartments::Contents;
use crate::demo::journey::Journey;
use crate::demo::people::{Draft, Registrar};
use crate::demo::pick;
use crate::domain::cases::contents::{Health, Location, Narrative, Protection};
use crate::domain::cases::person::{AgeEstimate, Alias, Contact, Identity, IdentityDocument};
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::PartialDate;
use crate::domain::language::Language;

const RISKS: &[RiskLevel] = &[
    RiskLevel::Low,
    RiskLevel::Medium,
    RiskLevel::Medium,
    RiskLevel::High,
    RiskLevel::Low,
    RiskLevel::Medium,
    RiskLevel::High,
    RiskLevel::Low,
    RiskLevel::Medium,
    RiskLevel::Imminent,
    RiskLevel::Medium,
    RiskLevel::High,
    RiskLevel::Low,
];
const FINDINGS: &[(ScreeningSkipped, TraffickingStatus)] = &[
    (ScreeningSkipped::UrgentDeparture, TraffickingStatus::Presumed),
    (ScreeningSkipped::AuthorityDetermined, TraffickingStatus::Presumed),
    (ScreeningSkipped::UrgentDeparture, TraffickingStatus::Possible),
    (ScreeningSkipped::ArrivedAlreadyIdentified, TraffickingStatus::Presumed),
    (ScreeningSkipped::PersonDeclined, TraffickingStatus::DeclinedIdentification),
    (ScreeningSkipped::ArrivedAlreadyIdentified, TraffickingStatus::Presumed),
    (ScreeningSkipped::AuthorityDetermined, TraffickingStatus::NotIdentified),
];
const STANDINGS: &[ImmigrationStatus] = &[
    ImmigrationStatus::Overstay,
    ImmigrationStatus::Overstay,
    ImmigrationStatus::NoWorkPermit,
    ImmigrationStatus::IrregularEntry,
    ImmigrationStatus::Overstay,
    ImmigrationStatus::Unknown,
    ImmigrationStatus::ValidStay,
    ImmigrationStatus::Overstay,
    ImmigrationStatus::IrregularEntry,
    ImmigrationStatus::Overstay,
    ImmigrationStatus::NoWorkPermit,
];
const CUSTODY: &[DocumentCustody] = &[
    DocumentCustody::HeldByTrafficker,
    DocumentCustody::HeldByTrafficker,
    DocumentCustody::WithPerson,
    DocumentCustody::HeldByTrafficker,
    DocumentCustody::HeldByTrafficker,
    DocumentCustody::Lost,
    DocumentCustody::HeldByTrafficker,
    DocumentCustody::HeldByTrafficker,
    DocumentCustody::SeizedByPolice,
    DocumentCustody::HeldByTrafficker,
    DocumentCustody::HeldByTrafficker,
    DocumentCustody::WithPerson,
    DocumentCustody::HeldByTrafficker,
    DocumentCustody::Destroyed,
    DocumentCustody::HeldByTrafficker,
    DocumentCustody::Unknown,
    DocumentCustody::HeldByTrafficker,
];
const EXPLOITATION: &[&[ExploitationType]] = &[
    &[ForcedLabour, ForcedCriminality],
    &[ForcedCriminality],
    &[ForcedLabour, ForcedCriminality],
    &[ForcedLabour, ForcedCriminality, Servitude],
    &[ForcedLabour],
    &[ForcedLabour, ForcedCriminality],
    &[ForcedLabour, SexualExploitation],
];
const SCAMS: &[&[ScamType]] = &[
    &[ScamType::RomanceInvestment],
    &[ScamType::CryptoInvestment, ScamType::Romance],
    &[ScamType::OnlineGambling],
    &[ScamType::ImpersonationAuthority],
    &[ScamType::TaskJob, ScamType::Investment],
    &[ScamType::SupportRoleNonScam],
    &[ScamType::CryptoInvestment],
    &[ScamType::Loan],
    &[ScamType::Romance, ScamType::Sextortion],
    &[ScamType::Business, ScamType::NonDeliveryOfGoods],
    &[ScamType::MoneyMule],
];
const CONTROL: &[&[ControlMethod]] = &[
    &[WithholdsDocuments, ExcessiveWorkingHours, RestrictsMovement],
    &[WithholdsDocuments, PhysicalThreats, DebtBondage],
    &[WithholdsDocuments, PhysicalAbuse, RestrictsMovement],
    &[FalsePromises, TakesEarnings, DebtBondage],
    &[ThreatensChildrenFamily, PsychologicalAbuse],
    &[WithholdsNecessities, PhysicalAbuse, PhysicalThreats],
    &[WithholdsDocuments, FalsePromises],
    &[ExcessiveWorkingHours, TakesEarnings],
];
const RECRUITMENT: &[&[RecruitmentMethod]] = &[
    &[ThroughOnlineSocialNetworks],
    &[ThroughAnOnlineAdvertisement],
    &[ThroughFriendsOrSocialEvents],
    &[ThroughOnlineSocialNetworks, ThroughAnOnlineAdvertisement],
    &[ThroughFamilyOrFamilyEvents],
    &[AtAPlaceOfBusiness],
];
const EVENTS: &[&str] = &[
    "Was promised work in customer service; the passport was taken on arrival.",
    "Answered an advertisement for translators and was driven to the compound at night.",
    "Came with a friend. Had to reach 500 strangers a day and was beaten for missing the quota.",
    "Was sold on from another compound and told to work off the price.",
    "Cooked and cleaned for the floor; was not allowed outside.",
    "The family was asked for money for the release and could not pay.",
    "Had to keep more than twenty chat accounts open at a time, sixteen hours a day.",
];
const NEEDS: &[&str] = &[
    "None",
    "Food, clothes and a place to sleep",
    "Treatment for an injured wrist; otherwise none",
    "To call home from a safe phone",
    "A doctor: fever for three days",
    "Safety: afraid of being found by the recruiter",
    "Sleeps badly and asks for somebody to talk to",
    "Glasses; they were broken in the compound",
];
const MEDICAL: &[&str] =
    &["Bruises on the back and arms; documented with consent.", "Takes medicine for asthma.", "Pregnant; seen by a midwife."];
const SAFE_WAYS: &[&str] = &[
    "In person only; the phone was taken",
    "Through the front desk of the shelter",
    "Text only, after 20:00; the phone is shared",
    "Not through the family: they do not know yet",
];
const REFUSALS: &[Option<&str>] = &[
    Some("Fears that relatives will be questioned if the embassy knows"),
    None,
    Some("Left the country without permission and fears punishment"),
    None,
    Some("Is ashamed and wants nobody at home to know"),
];
/// Names that people had to use towards the victims of the scams.
const PERSONAS: &[&str] = &["Kevin", "Anna", "Leo", "Sophia"];

/// The day of the first published raid of the crackdown that the people come from.
const RAIDED: (i32, u32, u32) = (2025, 7, 14);

/// The reason why there was no screening, and the finding on trafficking. Only where the case goes on from registration.
pub(in crate::demo) fn finding(draft: &Draft<'_>) -> (Option<ScreeningSkipped>, TraffickingStatus) {
    let finding = pick(FINDINGS, draft.number).filter(|_| draft.journey.is_screened());
    finding.map_or((None, TraffickingStatus::Unscreened), |(skipped, status)| (Some(skipped), status))
}

/// The risk level; never low for a child.
pub(in crate::demo) fn risk_level(draft: &Draft<'_>) -> RiskLevel {
    let level = pick(RISKS, draft.number).unwrap_or(RiskLevel::Medium);
    if draft.is_minor { level.max(RiskLevel::High) } else { level }
}

/// The immigration status.
pub(in crate::demo) fn immigration_status(draft: &Draft<'_>) -> ImmigrationStatus {
    match draft.journey {
        _ if draft.origin.is_host() => ImmigrationStatus::ValidStay,
        Journey::OnHold(HoldReason::Detention) => ImmigrationStatus::Detained,
        _ => pick(STANDINGS, draft.number).unwrap_or(ImmigrationStatus::Unknown),
    }
}

/// The contents of every compartment.
pub(in crate::demo) fn contents(draft: &Draft<'_>) -> Contents {
    Contents {
        identity: Some(identity(draft)),
        contact: Some(Contact { safe_contact_instructions: pick(SAFE_WAYS, draft.number).map(str::to_owned), ..Contact::default() }),
        location: Some(location(draft)),
        health: Some(health(draft)),
        narrative: Some(narrative(draft)),
        protection: Some(protection(draft)),
    }
}

fn identity(draft: &Draft<'_>) -> Identity {
    let number = draft.number;
    let name = draft.origin.name(draft.gender, number);
    let english = Language::parse("en");
    let persona = pick(PERSONAS, number).filter(|_| number % 11 == 4);
    let (birth_date, age_estimate) = age(draft);
    Identity {
        shown_as: None,
        given_name: name.given,
        middle_name: name.middle,
        family_name: name.family,
        original_script_name: name.original,
        aliases: persona.map(|name| Alias { name: name.to_owned(), language: english.clone() }).into_iter().collect(),
        birth_date,
        age_estimate,
        birth_place: draft.origin.birth_place(number),
        habitual_residence: None,
        languages: draft.origin.language().into_iter().chain(english.filter(|_| number.is_multiple_of(4))).collect(),
        documents: document(draft).into_iter().collect(),
    }
}

/// A full date of birth for most; for others a month, a year or an estimate; none for a few whose case stays registered.
fn age(draft: &Draft<'_>) -> (Option<PartialDate>, Option<AgeEstimate>) {
    let (number, today) = (draft.number, draft.today);
    let estimate = |from_years, to_years| (None, Some(AgeEstimate { from_years, to_years, estimated_on: today }));
    let years = if draft.is_minor { 15 + number / 50 % 3 } else { 19 + number * 7 % 23 };
    let born = born(today, years, number);
    match (draft.is_minor, number % 16) {
        (true, _) if number % 200 == 113 => estimate(15, 17),
        (true, _) => (born.map(PartialDate::from), None),
        (false, 5) => (born.and_then(|day| PartialDate::parse(&month(day))), None),
        (false, 9) => (born.and_then(|day| PartialDate::parse(&format!("{:04}", day.year()))), None),
        (false, 12) if number % 192 == 12 => estimate(17, 20),
        (false, 12) => estimate(20, 25),
        (false, 15) if !draft.journey.is_screened() => (None, None),
        (false, _) => (born.map(PartialDate::from), None),
    }
}

/// A day of birth so many whole years ago. Years of 366 days are never too short; with at most 299 days more, no person under 80
/// has completed another year.
fn born(today: NaiveDate, years: u32, number: u32) -> Option<NaiveDate> {
    today.checked_sub_days(Days::new(u64::from(years * 366 + number * 37 % 300)))
}

fn month(day: NaiveDate) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

fn months_exploited(draft: &Draft<'_>) -> u32 {
    1 + draft.number * 5 % 26
}

fn entered_on(draft: &Draft<'_>) -> Option<NaiveDate> {
    let (year, month, day) = RAIDED;
    NaiveDate::from_ymd_opt(year, month, day)?.checked_sub_months(Months::new(months_exploited(draft)))
}

/// The person's one known document, if any. Its number begins with X0, so that it is not taken for a real one.
fn document(draft: &Draft<'_>) -> Option<IdentityDocument> {
    let number = draft.number;
    if number % 12 == 7 {
        return None;
    }
    let custody = pick(CUSTODY, number)?;
    let entered_on = entered_on(draft)?;
    let issued_on = entered_on.checked_sub_months(Months::new(1 + number % 40));
    let since_entry = || PartialDate::parse(&month(entered_on));
    Some(IdentityDocument {
        kind: if draft.origin.is_host() { DocumentKind::NationalId } else { DocumentKind::Passport },
        number: Some(format!("X0{number:06}")),
        issuing_state: Country::parse(draft.origin.nationality),
        issued_on,
        expires_on: issued_on.and_then(|day| day.checked_add_months(Months::new(60))),
        custody,
        custody_since: if custody == DocumentCustody::HeldByTrafficker { since_entry() } else { None },
    })
}

fn location(draft: &Draft<'_>) -> Location {
    let room = 1 + draft.number % 8;
    let facility = match draft.registrar {
        Registrar::IndonesianEmbassy => format!("Embassy shelter, hall {room}"),
        Registrar::SafeReturn => format!("Safe Return house {room}"),
        Registrar::MekongShelter => format!("Mekong shelter {room}"),
        Registrar::CoordinationDesk => format!("Reception centre, block {room}"),
    };
    Location { facility: Some(facility), ..Location::default() }
}

fn health(draft: &Draft<'_>) -> Health {
    let is_asked = draft.journey.is_screened() || draft.number.is_multiple_of(2);
    let is_feminine = draft.gender == Gender::Feminine;
    let medical = pick(MEDICAL, draft.number / 9).filter(|note| draft.number % 9 == 2 && (is_feminine || !note.starts_with("Pregnant")));
    Health { immediate_needs: pick(NEEDS, draft.number).filter(|_| is_asked).map(str::to_owned), medical_notes: medical.map(str::to_owned) }
}

fn narrative(draft: &Draft<'_>) -> Narrative {
    let number = draft.number;
    let kinds: &[ExploitationType] =
        if draft.is_minor { &[ForcedLabour, ForcedCriminality, ChildLabour] } else { pick(EXPLOITATION, number).unwrap_or_default() };
    let event = pick(EVENTS, number).unwrap_or_default();
    Narrative {
        exploitation_types: kinds.to_vec(),
        scam_types: pick(SCAMS, number).unwrap_or_default().to_vec(),
        control_methods: pick(CONTROL, number).unwrap_or_default().to_vec(),
        recruitment_methods: pick(RECRUITMENT, number).unwrap_or_default().to_vec(),
        months_exploited: i32::try_from(months_exploited(draft)).ok(),
        notes: Some(format!("Invented person, for demonstration. {event}")),
    }
}

fn protection(draft: &Draft<'_>) -> Protection {
    let declined = draft.journey == Journey::ContactDeclined;
    let seeks_asylum = declined && draft.origin.nationality == "MMR" && draft.number.is_multiple_of(3);
    let is_witness = draft.journey == Journey::OnHold(HoldReason::WitnessProceedings);
    Protection {
        asylum_claim_open: seeks_asylum.then_some(true),
        registration_basis: Some(LegalBasis::VitalInterest),
        reflection_until: None,
        embassy_refusal_reason: pick(REFUSALS, draft.number).flatten().filter(|_| declined).map(str::to_owned),
        notes: is_witness.then(|| "Is ready to testify and asks that the name be withheld.".to_owned()),
    }
}
