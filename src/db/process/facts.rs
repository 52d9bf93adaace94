//! The facts for the rules of the process, gathered in one place.

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{case_keys, compartments, denied, guest_missions, ownership, person_keys, shielded};
use crate::db::process::transition_log::{self, Move};
use crate::db::process::{belonging, contacts, record_facts, verifications};
use crate::db::reference::{fine_rates, missions};
use crate::domain::access::Actor;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::InterviewMode;
use crate::domain::ids::CaseId;
use crate::domain::nationalities::ClaimedNationalities;
use crate::domain::repatriation::records::record::newest;
use crate::domain::repatriation::stage::SideState;
use crate::domain::repatriation::{ContactFacts, Facts, Party, TransitionDetails, VerificationFacts};
use crate::error::Result;

/// Whether a legal hold of a court or an authority is in force. Checked with the system's key, for every caller.
pub(in crate::db) fn is_held(tx: &mut Tx<'_>, case: &CaseRow) -> Result<bool> {
    let keys = case_keys::of_system(tx, case, CompartmentSet::ALL)?;
    let holds = record_facts::all_of(tx, case.id, &keys)?.legal_holds;
    Ok(holds.iter().any(|hold| hold.content.lifted_on.is_none()))
}

/// Loads the facts for the guards, the records and the tasks. Uses the system's key, because a rule may depend on data that the
/// caller may not read; the caller learns only whether the rule is met.
pub(in crate::db) fn load(tx: &mut Tx<'_>, row: &CaseRow, granted: CompartmentSet, moved: &Move) -> Result<Facts> {
    let person_key = person_keys::system_key(tx, row.person_id)?;
    let keys = case_keys::of_system(tx, row, CompartmentSet::ALL)?;
    let contents = compartments::open_for_decision(tx, row.id, row.person_id, &keys)?;
    let identity = contents.identity.unwrap_or_default();
    let protection = contents.protection.unwrap_or_default();
    let claims_asylum = protection.asylum_claim_open == Some(true);
    let elsewhere = shielded::elsewhere(tx, row, &person_key)?;
    let today = row.today(tx)?;
    let (left, is_recorded_afterwards) = transition_log::recorded_afterwards(tx, row)?;
    // Also while it is being recorded.
    let left_on = left.map(|(day, _)| day).or_else(|| moved.departure_basis.and(moved.occurred_on));
    let mut facts = Facts {
        owner: row.owner_id,
        registered_on: row.registered_on,
        left_on,
        left_from: left.map(|(_, from)| from),
        is_recorded_afterwards,
        // Asked only of the dead here, and where something is recorded afterwards.
        denies_somebody: row.side_state == Some(SideState::Deceased) && !denied::of_person(tx, row.person_id)?.is_empty(),
        is_closed: row.is_closed(),
        stage: row.stage,
        side_state: row.side_state,
        stage_since: row.stage_since,
        shielded_at: transition_log::shielded_at(tx, row)?,
        hold_review_on: transition_log::hold_review_on(tx, row)?,
        is_child: identity.is_child(today.day()) == Some(true),
        leaves_as_child: false,
        party: party(tx.actor),
        is_owner: tx.actor.organisation_id() == row.owner_id,
        is_supervisor: tx.actor.user().is_some_and(|user| user.role.is_supervisor()),
        reads: granted,
        intake_channel: Some(row.intake_channel),
        host_country: Some(row.host_country),
        claimed_states: row.claimed.iter().flat_map(ClaimedNationalities::states).collect(),
        youngest: identity.youngest(),
        age_assessed: identity.birth_date.is_some() || identity.age_estimate.is_some(),
        immediate_needs_recorded: contents.health.is_some_and(|health| health.immediate_needs.is_some()),
        screening_skipped: row.screening_skipped,
        trafficking_status: Some(row.trafficking_status),
        claims_asylum,
        reflection_until: protection.reflection_until.max(elsewhere.reflects_until),
        asylum_claim_open: claims_asylum || elsewhere.bars_contact,
        contacts: contacts(tx, row)?,
        verifications: verifications(tx, row.id, &keys)?,
        records: record_facts::all_of(tx, row.id, &keys)?,
        fine_rates: fine_rates::of_country(tx, row.host_country)?,
        rules: tx.rules.clone(),
        details: TransitionDetails {
            reason_given: moved.details.reason.is_some(),
            hold_reason: moved.hold_reason,
            review_on: moved.review_on,
            occurred_on: moved.occurred_on,
            source_given: moved.details.source.is_some(),
            is_approved: moved.is_approved,
        },
        taken_over_on: ownership::opens_a_part_since(tx, row)?,
        belongs_with: belonging::of(tx, row.id)?,
        today,
        destination: row.clocks(tx)?.destination,
        own_zone: tx.actor.zone(),
    };
    facts.leaves_as_child = left_on.is_some_and(|day| identity.is_child(day) == Some(true))
        || facts.movement().is_some_and(|movement| identity.is_child(facts.departure_day(movement)) == Some(true));
    let arrived_in = newest(&facts.records.arrivals, |arrival| arrival.arrived_on).and_then(|arrival| arrival.country);
    facts.destination = arrived_in.map_or(facts.destination, |country| tx.zone_in(country));
    Ok(facts)
}

/// The facts from which the caller is told the next steps and the fine. A guest mission is told what follows from what it may know.
pub(in crate::db) fn load_known(tx: &mut Tx<'_>, row: &CaseRow, granted: CompartmentSet) -> Result<Facts> {
    let facts = load(tx, row, granted, &Move::default())?;
    as_known(tx, row, facts)
}

/// These facts of a case, as far as the caller may know them.
pub(in crate::db) fn as_known(tx: &mut Tx<'_>, row: &CaseRow, facts: Facts) -> Result<Facts> {
    if !guest_missions::is_guest(tx, row.owner_id) {
        return Ok(facts);
    }
    let keys = case_keys::of_system(tx, row, CompartmentSet::ALL)?;
    let records = record_facts::all_known(tx, row, &keys)?;
    let is_own = |mission| guest_missions::may_see_mission(tx, row.owner_id, Some(mission));
    Ok(Facts {
        contacts: facts.contacts.into_iter().filter(|contact| is_own(contact.mission)).collect(),
        verifications: facts.verifications.into_iter().filter(|verification| is_own(verification.mission)).collect(),
        records,
        // It says that somebody else thinks the person a victim.
        reflection_until: None,
        ..facts
    })
}

fn contacts(tx: &mut Tx<'_>, row: &CaseRow) -> Result<Vec<ContactFacts>> {
    let mut contacts = Vec::new();
    for contact in contacts::that_count(tx, row.id)? {
        contacts.push(ContactFacts {
            mission: contact.mission_id,
            decision: contact.person_decision,
            informed_of_rights: contact.informed_of_rights_on.is_some(),
            covers_nationality: missions::covers(tx, contact.mission_id, row.claimed.as_ref(), row.host_country)?,
            is_decided_for_child: contact.sealed_child.is_some(),
            is_of_merged: contact.merged_from.is_some(),
        });
    }
    Ok(contacts)
}

fn verifications(tx: &mut Tx<'_>, case: CaseId, keys: &CompartmentKeys) -> Result<Vec<VerificationFacts>> {
    let all = verifications::all_of(tx, case, keys)?.into_iter().map(|verification| VerificationFacts {
        id: verification.id,
        claimed_state: verification.claimed_state,
        requested_on: verification.requested_on,
        mission: verification.mission_id,
        result: verification.result,
        evidence_count: verification.evidence.len(),
        interviewed_or_documentary: verification.interview_on.is_some_and(|_| verification.interview_mode != Some(InterviewMode::None))
            || verification.evidence.iter().any(|evidence| evidence.is_documentary()),
        reason_given: verification.details.as_ref().is_some_and(|details| details.reason.is_some()),
        recorded_at_desk: verification.details.is_some_and(|details| details.recorded_at_desk),
    });
    Ok(all.collect())
}

/// The party of the actor, for the guards.
pub(in crate::db) fn party(actor: &Actor) -> Party {
    match actor {
        Actor::System { .. } => Party::Other,
        Actor::Machine(machine) if machine.organisation_kind.is_mission() => Party::Mission(machine.organisation_id.into()),
        Actor::Machine(machine) if machine.coordinates.is_some() => Party::Coordinator,
        Actor::Machine(_) => Party::Ngo,
        Actor::User(user) if user.organisation_kind.is_mission() => Party::Mission(user.organisation_id.into()),
        Actor::User(user) if user.coordinates.is_some() => Party::Coordinator,
        Actor::User(_) => Party::Ngo,
    }
}
