//! Decides whether an organisation that does not see a person may be told that the person is registered. Called by the blind
//! search and by tracing. The only place that checks consents and denials for that.

use diesel::prelude::*;

use crate::crypto::PersonKey;
use crate::db::Tx;
use crate::db::casefile::compartments::open_blob;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{denied, merged};
use crate::db::schema::{case_records, cases, compartments, embassy_contacts};
use crate::db::sharing::state;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::contents::Protection;
use crate::domain::codes::{ConsentPurpose, PersonDecision};
use crate::domain::ids::{CaseId, MissionId, OrganisationId, OwnerId, PersonId};
use crate::domain::repatriation::records::record::RecordKind;
use crate::domain::repatriation::stage::SideState;
use crate::error::Result;

/// Whether the person refused this organisation: they denied it, or declined contact with this mission.
pub(in crate::db) fn is_denied(tx: &mut Tx<'_>, person: PersonId, organisation: OrganisationId) -> Result<bool> {
    // A contact declined in one record of the person counts for all their records.
    let mut declined = false;
    for same in merged::one_with(tx, person)? {
        declined |= decisions_about(tx, same, organisation)?.contains(&PersonDecision::Declined);
    }
    Ok(denied::is_denied(tx, person, organisation)? || declined)
}

/// Whether a live consent of the person covers the purpose towards this organisation. An accepted contact with a mission is one;
/// otherwise only a recorded consent counts.
pub(in crate::db) fn has_live_consent(
    tx: &mut Tx<'_>,
    person: PersonId,
    purpose: ConsentPurpose,
    organisation: OrganisationId,
) -> Result<bool> {
    let accepted = purpose == ConsentPurpose::ShareWithMission
        && decisions_about(tx, person, organisation)?.iter().any(|decision| decision.allows_contact());
    Ok(accepted || state::has_live_consent(tx, person, purpose, organisation)?)
}

fn decisions_about(tx: &mut Tx<'_>, person: PersonId, organisation: OrganisationId) -> Result<Vec<PersonDecision>> {
    let query = embassy_contacts::table
        .inner_join(cases::table.on(cases::id.eq(embassy_contacts::case_id)))
        .filter(cases::person_id.eq(person))
        .filter(embassy_contacts::mission_id.eq(MissionId::from(organisation)))
        .select(embassy_contacts::person_decision);
    Ok(query.load(tx.conn)?)
}

/// The protected persons among these: one of their cases is on the protection pathway or under a legal hold, or holds any
/// protection flag of class E (an asylum claim, the reason for refusing an embassy, cooperation as a witness). Two statements,
/// for any number of persons and any result.
pub(in crate::db) fn protected(tx: &mut Tx<'_>, people: &[(PersonId, &PersonKey, &[CaseRow])]) -> Result<Vec<PersonId>> {
    let all: Vec<CaseId> = people.iter().flat_map(|(.., rows)| rows.iter().map(|row| row.id)).collect();
    let query = case_records::table
        .filter(case_records::case_id.eq_any(&all))
        .filter(case_records::kind.eq(RecordKind::LegalHold))
        .select(case_records::case_id);
    let held: Vec<CaseId> = query.load(tx.conn)?;
    let owners: Vec<OwnerId> = all.iter().map(|case| OwnerId(case.0)).collect();
    let query = compartments::table
        .filter(compartments::owner_id.eq_any(owners))
        .filter(compartments::compartment.eq(Compartment::Protection))
        .select((compartments::owner_id, compartments::version, compartments::ciphertext));
    let sealed: Vec<(OwnerId, i64, Vec<u8>)> = query.load(tx.conn)?;
    let mut found = Vec::new();
    for (person, key, rows) in people {
        let mut is_protected = false;
        for row in *rows {
            let keys = key.compartment_keys(*person, row.id, CompartmentSet::EMPTY.with(Compartment::Protection))?;
            let flags: Option<Protection> = match sealed.iter().find(|(owner, ..)| owner.0 == row.id.0) {
                Some((owner, version, blob)) => open_blob(owner.0, Compartment::Protection, *version, blob, &keys)?,
                None => None,
            };
            // Checks every case, so that the time is the same for every result.
            is_protected |= row.side_state == Some(SideState::ProtectionPathway)
                || held.contains(&row.id)
                || flags.is_some_and(|flags| flags != Protection::default());
        }
        if is_protected {
            found.push(*person);
        }
    }
    Ok(found)
}
