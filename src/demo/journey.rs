//! The journey of each case, and the steps that take it there: the same steps, under the same guards, as any case.

use chrono::{Days, NaiveDate};

use crate::db::Tx;
use crate::db::casefile::open;
use crate::db::casefile::place;
use crate::db::cases::change::{self, Closing};
use crate::db::cases::register::{self, NewCase};
use crate::db::process::contacts::EmbassyContactRow;
use crate::db::process::transition_log::{Move, MoveDetails};
use crate::db::process::verifications::VerificationDetails;
use crate::db::repatriation::child_contacts::OpenContact;
use crate::db::repatriation::{embassy_contacts, nationality_verifications, transitions};
use crate::demo::people::{DemoPerson, Registrar};
use crate::demo::world::WorldIds;
use crate::domain::cases::guardianship::{Assent, ChildDecision, Guardianship};
use crate::domain::codes::{
    ClosureReason, ConsentGiver, ContactChannel, ContactInitiator, DocumentCustody, GuardianBasis, HoldReason, InterviewMode,
    NationalityEvidence, NationalityResult, PersonDecision,
};
use crate::domain::ids::{CaseId, MissionId};
use crate::domain::repatriation::Target;
use crate::error::{Error, Result};

/// Days until the review of a case on hold.
const REVIEW_AFTER: Days = Days::new(30);

/// The journey of a case: how far it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Journey {
    /// Nothing happened since registration.
    StaysRegistered,
    /// Screened, and no further.
    Screened,
    /// The mission knows of the person.
    MissionContacted,
    /// The mission verified the nationality.
    NationalityVerified,
    /// The mission could not confirm the nationality.
    NationalityNotConfirmed,
    /// On hold after screening.
    OnHold(HoldReason),
    /// Out of reach since registration.
    LostContact,
    /// The person wants no contact with the mission.
    ContactDeclined,
    /// The person does not want to go home after all.
    Withdrawn,
    /// Closed after screening.
    Closed(ClosureReason),
}

impl Journey {
    /// Whether the case was screened on its way.
    pub const fn is_screened(self) -> bool {
        !matches!(self, Self::StaysRegistered | Self::LostContact)
    }

    /// Whether the mission itself has to act.
    pub const fn needs_mission(self) -> bool {
        matches!(self, Self::NationalityVerified | Self::NationalityNotConfirmed)
    }
}

/// Registers the person. The actor is a user of the person's registrar.
pub fn register(tx: &mut Tx<'_>, person: &DemoPerson, ids: &WorldIds) -> Result<CaseId> {
    let new = NewCase {
        compound_id: Some(ids.compound(person.compound_reference)?),
        operation_id: Some(ids.operation(person.operation_reference)?),
        ..person.new_case.clone()
    };
    Ok(register::insert(tx, &new)?.row.id)
}

/// Takes the case as far as the registrar can. The actor is a user of the registrar.
pub fn travel(tx: &mut Tx<'_>, case: CaseId, person: &DemoPerson, ids: &WorldIds) -> Result<()> {
    if person.journey.is_screened() {
        advance(tx, case, Target::Screened, &Move::default())?;
    }
    let today = place::today(tx, case)?.day();
    match person.journey {
        Journey::StaysRegistered | Journey::Screened => {
            // A write without a change leaves an audit entry all the same.
            tx.audit_unchanged(case.0);
            Ok(())
        }
        Journey::MissionContacted | Journey::NationalityVerified | Journey::NationalityNotConfirmed => {
            contact_mission(tx, case, person, ids)?;
            advance(tx, case, Target::MissionContacted, &Move::default())
        }
        Journey::ContactDeclined => {
            let decision = decision_against_contact(person);
            let row = contact(case, mission_of(person, ids)?, person, decision, today);
            embassy_contacts::insert(tx, OpenContact { row, child: None })?;
            advance(tx, case, Target::ContactDeclined, &Move::default())
        }
        Journey::OnHold(reason) => {
            let review_on = today.checked_add_days(REVIEW_AFTER);
            advance(tx, case, Target::OnHold, &Move { hold_reason: Some(reason), review_on, ..Move::default() })
        }
        Journey::LostContact => {
            let details = MoveDetails { source: Some("Shelter staff: the person did not come back".to_owned()), ..MoveDetails::default() };
            advance(tx, case, Target::LostContact, &Move { occurred_on: Some(today), details, ..Move::default() })
        }
        Journey::Withdrawn => {
            let details = MoveDetails { reason: Some("Does not want to return home now".to_owned()), ..MoveDetails::default() };
            advance(tx, case, Target::Withdrawn, &Move { details, ..Move::default() })
        }
        Journey::Closed(reason) => {
            let version = version_of(tx, case)?;
            change::close(tx, case, &version.into(), Closing { reason, end_tasks: false, leaves_child: false }).map(drop)
        }
    }
}

/// Takes the mission's steps with the case. The actor is an officer of that mission.
pub fn verify_at_mission(tx: &mut Tx<'_>, case: CaseId, person: &DemoPerson, ids: &WorldIds) -> Result<()> {
    if !person.journey.needs_mission() {
        tx.audit_unchanged(case.0);
        return Ok(());
    }
    let today = place::today(tx, case)?.day();
    let asked = nationality_verifications::insert(tx, case, mission_of(person, ids)?, today)?;
    let is_verified = person.journey == Journey::NationalityVerified;
    let is_walk_in = person.registrar() == Registrar::IndonesianEmbassy;
    nationality_verifications::update(tx, case, asked.id, &asked.version.into(), |verification| {
        verification.interview_on = Some(today);
        verification.interview_mode = Some(if is_walk_in { InterviewMode::InPerson } else { InterviewMode::Video });
        verification.result_on = Some(today);
        if is_verified {
            verification.evidence = evidence(person);
            verification.result = NationalityResult::Verified;
        } else {
            let (result, reason) = doubt(person);
            verification.evidence = vec![NationalityEvidence::Interview];
            verification.result = result;
            verification.details = Some(VerificationDetails { reason: Some(reason.to_owned()), ..VerificationDetails::default() });
        }
        Ok(())
    })?;
    let target = if is_verified { Target::NationalityVerified } else { Target::NationalityNotConfirmed };
    advance(tx, case, target, &Move::default())
}

/// Takes a case one step on, in its current version.
pub(in crate::demo) fn advance(tx: &mut Tx<'_>, case: CaseId, to: Target, moved: &Move) -> Result<()> {
    let version = version_of(tx, case)?;
    transitions::advance(tx, case, &version.into(), to, moved).map(drop)
}

fn version_of(tx: &mut Tx<'_>, case: CaseId) -> Result<i64> {
    Ok(open::show(tx, case)?.row.version)
}

/// Records that the person agrees to the contact. A walk-in is a contact already; then only the information on rights is missing.
fn contact_mission(tx: &mut Tx<'_>, case: CaseId, person: &DemoPerson, ids: &WorldIds) -> Result<()> {
    let (mission, today) = (mission_of(person, ids)?, place::today(tx, case)?.day());
    let known = embassy_contacts::list(tx, case)?.into_iter().map(|known| known.row).find(|known| known.mission_id == mission);
    match known {
        Some(walk_in) => embassy_contacts::update(tx, case, walk_in.id, &walk_in.version.into(), |contact| {
            contact.row.informed_of_rights_on = Some(today);
            Ok(())
        })
        .map(drop),
        None => {
            let child = (open::show(tx, case)?.row.is_child == Some(true)).then(|| decided_for_child(today));
            let row = contact(case, mission, person, PersonDecision::Accepted, today);
            embassy_contacts::insert(tx, OpenContact { row, child }).map(drop)
        }
    }
}

fn contact(case_id: CaseId, mission_id: MissionId, person: &DemoPerson, decision: PersonDecision, today: NaiveDate) -> EmbassyContactRow {
    let is_agreed = decision.allows_contact();
    let by = match person.registrar() {
        Registrar::CoordinationDesk => ContactInitiator::AuthorityNotification,
        Registrar::IndonesianEmbassy => ContactInitiator::WalkIn,
        Registrar::SafeReturn | Registrar::MekongShelter => ContactInitiator::NgoWithConsent,
    };
    EmbassyContactRow {
        informed_of_rights_on: Some(today),
        channel: is_agreed.then_some(ContactChannel::Email),
        contacted_on: is_agreed.then_some(today),
        ..EmbassyContactRow::new(case_id, mission_id, by, decision, today)
    }
}

/// The aunt of a child decides about the embassy, and the child is asked.
fn decided_for_child(today: NaiveDate) -> ChildDecision {
    let guardianship = Guardianship {
        basis: GuardianBasis::AuthorityAppointment,
        appointed_by: Some("Provincial department of social affairs".to_owned()),
        appointed_on: Some(today),
        document: Some("Letter of appointment".to_owned()),
        conflict_of_interest: false,
    };
    let assent = Assent { agrees: Some(true), asked_on: today, words: "Wants to go home".to_owned(), explained_for_age: true };
    ChildDecision { given_by: ConsentGiver::Guardian, guardianship, assent }
}

fn mission_of(person: &DemoPerson, ids: &WorldIds) -> Result<MissionId> {
    let nationality = person
        .new_case
        .claimed
        .as_ref()
        .and_then(|claimed| claimed.states().next())
        .ok_or_else(|| Error::internal("a demo person without nationality"))?;
    ids.mission(nationality)
}

/// A person with a stated reason refuses; the others want to think about it.
fn decision_against_contact(person: &DemoPerson) -> PersonDecision {
    let protection = person.new_case.contents.protection.as_ref();
    match protection.and_then(|protection| protection.embassy_refusal_reason.as_ref()) {
        Some(_) => PersonDecision::Declined,
        None => PersonDecision::Deferred,
    }
}

/// The mission's evidence: the document where the person has it, otherwise the confirmation of the home authority.
fn evidence(person: &DemoPerson) -> Vec<NationalityEvidence> {
    let in_hand = person.documents().iter().any(|document| document.custody == DocumentCustody::WithPerson);
    let document = if in_hand { NationalityEvidence::Passport } else { NationalityEvidence::HomeAuthorityConfirmation };
    vec![document, NationalityEvidence::Interview]
}

fn doubt(person: &DemoPerson) -> (NationalityResult, &'static str) {
    match person.documents() {
        [] => (NationalityResult::Inconclusive, "No document, and no record under this name at the home authority"),
        _ => (NationalityResult::Rejected, "The document number is not known to the home authority"),
    }
}
