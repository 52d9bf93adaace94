//! The steps on a day of the wave: the same steps, under the same guards, as with any case.

use crate::db::Tx;
use crate::db::casefile::place;
use crate::db::cases::register::{self, NewCase};
use crate::db::process::records as stored_records;
use crate::db::process::transition_log::Move;
use crate::db::repatriation::tasks::{self, AddedTask};
use crate::db::repatriation::{embassy_contacts, immigration_clearance, nationality_verifications, records};
use crate::demo::journey::advance;
use crate::demo::wave::{OPERATION, WavePerson};
use crate::demo::world::WorldIds;
use crate::demo::{DemoOrganisation, pick, wave_records as made};
use crate::domain::codes::*;
use crate::domain::ids::{CaseId, MissionId};
use crate::domain::money::Money;
use crate::domain::repatriation::Target;
use crate::domain::repatriation::records::Movement;
use crate::domain::repatriation::task_kind::TaskStatus;
use crate::error::{Error, Result};

const HOLDS: &[HoldReason] = &[HoldReason::FamilyTracing, HoldReason::Medical, HoldReason::PersonRequest];
/// One in this many brings a task that the officer adds by hand.
const ADDED: u32 = 300;

/// Registers the person. The actor is a user of the Indonesian embassy.
pub fn walk_in(tx: &mut Tx<'_>, person: &WavePerson, ids: &WorldIds) -> Result<CaseId> {
    let new = NewCase {
        compound_id: Some(ids.compound(person.compound_reference)?),
        operation_id: Some(ids.operation(OPERATION)?),
        ..person.new_case.clone()
    };
    let case = register::insert(tx, &new)?.row.id;
    if person.number.is_multiple_of(ADDED) {
        let note = "Call the family back: they were promised an answer".to_owned();
        tasks::insert(
            tx,
            case,
            &AddedTask { note, due_on: person.after_the_wave(person.number % 4), assigned_to: None, status: TaskStatus::Open },
        )?;
    }
    Ok(case)
}

/// Takes every step of the person on this day of the wave, after registration.
pub fn go_on(tx: &mut Tx<'_>, case: CaseId, person: &WavePerson, ids: &WorldIds, day: u32) -> Result<()> {
    let mission = MissionId::from(ids.organisation(DemoOrganisation::IndonesianEmbassy)?);
    let (plan, is_today) = (person.plan, |planned: Option<u32>| planned == Some(day));
    if is_today(plan.screened) {
        screen(tx, case, person)?;
    }
    if is_today(plan.contacted) {
        contact(tx, case, mission)?;
    }
    if is_today(plan.on_hold) {
        hold(tx, case, person)?;
    }
    if is_today(plan.verified) {
        verify(tx, case)?;
    }
    if is_today(plan.decided) {
        decide(tx, case, person, mission)?;
    }
    let today = place::today(tx, case)?.day();
    if is_today(plan.held) {
        records::insert(tx, case, made::legal_hold(today))?;
    }
    if is_today(plan.document) {
        records::insert(tx, case, made::certificate(person, mission, today))?;
    }
    if is_today(plan.relief) {
        records::insert(tx, case, made::relief(person, today))?;
    }
    if is_today(plan.exit) {
        settle(tx, case, person)?;
    }
    if is_today(plan.scheduled) {
        records::insert(tx, case, made::flight(person))?;
        advance(tx, case, Target::DepartureScheduled, &Move::default())?;
    }
    if is_today(plan.departed) {
        go_home(tx, case, person)?;
    }
    Ok(())
}

fn screen(tx: &mut Tx<'_>, case: CaseId, person: &WavePerson) -> Result<()> {
    let today = place::today(tx, case)?.day();
    records::insert(tx, case, made::screening(person, today))?;
    // A guardian was found for two children in three.
    if person.is_child && !person.number.is_multiple_of(3) {
        records::insert(tx, case, made::best_interests(BestInterestsKind::Assessment, today))?;
    }
    if person.in_custody {
        records::insert(tx, case, made::detention(person, today))?;
    }
    if person.is_charged {
        records::insert(tx, case, made::charge(today))?;
    }
    advance(tx, case, Target::Screened, &Move::default())
}

/// Records the contact. A walk-in is a contact already; only the information on rights is missing.
fn contact(tx: &mut Tx<'_>, case: CaseId, mission: MissionId) -> Result<()> {
    let today = place::today(tx, case)?.day();
    let contacts = embassy_contacts::list(tx, case)?;
    let own = contacts
        .into_iter()
        .map(|contact| contact.row)
        .find(|contact| contact.mission_id == mission)
        .ok_or_else(|| Error::internal("a walk-in without contact"))?;
    embassy_contacts::update(tx, case, own.id, &own.version.into(), |contact| {
        contact.row.informed_of_rights_on = Some(today);
        Ok(())
    })?;
    nationality_verifications::insert(tx, case, mission, today)?;
    advance(tx, case, Target::MissionContacted, &Move::default())
}

fn hold(tx: &mut Tx<'_>, case: CaseId, person: &WavePerson) -> Result<()> {
    let review_on = Some(person.after_the_wave(person.number % 5));
    advance(tx, case, Target::OnHold, &Move { hold_reason: pick(HOLDS, person.number / 12), review_on, ..Move::default() })
}

fn verify(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let today = place::today(tx, case)?.day();
    let asked = nationality_verifications::list(tx, case)?.pop().ok_or_else(|| Error::internal("nobody was asked to verify"))?;
    nationality_verifications::update(tx, case, asked.id, &asked.version.into(), |verification| {
        verification.interview_on = Some(today);
        verification.interview_mode = Some(InterviewMode::InPerson);
        verification.result_on = Some(today);
        verification.evidence = vec![NationalityEvidence::HomeAuthorityConfirmation, NationalityEvidence::Interview];
        verification.result = NationalityResult::Verified;
        Ok(())
    })?;
    advance(tx, case, Target::NationalityVerified, &Move::default())
}

fn decide(tx: &mut Tx<'_>, case: CaseId, person: &WavePerson, mission: MissionId) -> Result<()> {
    let today = place::today(tx, case)?.day();
    records::insert(tx, case, made::decision(person, today))?;
    if person.is_child {
        records::insert(tx, case, made::best_interests(BestInterestsKind::Determination, today))?;
    }
    advance(tx, case, Target::Clearing, &Move::default())?;
    immigration_clearance::update(tx, case, &0.into(), &|_| Ok(made::clearance(person)))?;
    if person.plan.document.is_none() {
        records::insert(tx, case, made::request(mission, today))?;
    }
    Ok(())
}

/// Records the payment of the rest of the fine, and the exit permit.
fn settle(tx: &mut Tx<'_>, case: CaseId, person: &WavePerson) -> Result<()> {
    let today = place::today(tx, case)?.day();
    let standing = immigration_clearance::find(tx, case)?;
    let owed = standing.fine.currency.zip(standing.fine.outstanding).map(|(currency, amount)| Money { amount, currency });
    if let Some(money) = owed.filter(|money| !money.amount.is_zero()) {
        records::insert(tx, case, made::payment(person, money, today))?;
    }
    immigration_clearance::update(tx, case, &standing.version.into(), &|before| Ok(made::permit(person, today, before)))?;
    records::insert(tx, case, made::risk(person, today))?;
    records::insert(tx, case, made::fit(today)).map(drop)
}

fn go_home(tx: &mut Tx<'_>, case: CaseId, person: &WavePerson) -> Result<()> {
    let today = place::today(tx, case)?.day();
    let booked =
        stored_records::list::<Movement>(tx, case)?.unwrap_or_default().pop().ok_or_else(|| Error::internal("no flight was booked"))?;
    records::update(tx, case, booked.id, &booked.version.into(), |flight: Movement| {
        Ok(Movement { status: MovementStatus::Departed, departed_at: Some(flight.departs_at), ..flight })
    })?;
    advance(tx, case, Target::Departed, &Move::default())?;
    records::insert(tx, case, made::arrival(person, today))?;
    advance(tx, case, Target::Arrived, &Move::default())?;
    if made::is_received(person) {
        records::insert(tx, case, made::support(today))?;
        advance(tx, case, Target::Reintegration, &Move::default())?;
        records::insert(tx, case, made::visit(person))?;
    }
    Ok(())
}
