//! Nationality verifications: requested from a mission, and answered by that mission alone, or by the desk for one that has no account.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::seal_detail;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{guest_missions, lock, open, told_nationality};
use crate::db::cases::{attachments, change};
use crate::db::engine::expected::Expected;
use crate::db::engine::page::found;
use crate::db::process::verifications::{self, Verification, VerificationDetails, VerificationRow};
use crate::db::process::{contacts, facts, follow};
use crate::db::reference::missions;
use crate::db::schema::nationality_verifications;
use crate::db::schema::types::Json;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::attachment::{AttachmentKind, AttachmentStatus};
use crate::domain::codes::NationalityResult;
use crate::domain::ids::{CaseId, MissionId, NationalityVerificationId};
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::Party;
use crate::error::{Error, ErrorCode, Result};

const IDENTITY: CompartmentSet = CompartmentSet::EMPTY.with(Compartment::Identity);

/// Asks a mission to verify the claimed nationality.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, mission: MissionId, requested_on: NaiveDate) -> Result<Verification> {
    lock::lock(tx, case)?;
    let (case, keys) = open::row_visible(tx, case)?;
    row::refuse_if_closed(&case)?;
    // Each mission is asked about the nationality that it answers for, and hears of no other.
    let covered = missions::covered(tx, mission, case.claimed.as_ref(), case.host_country)?;
    let told = told_nationality::told_to(tx, mission, case.claimed.as_ref(), case.host_country)?;
    let claimed_state = covered
        .or_else(|| told.and_then(Nationality::state))
        .ok_or_else(|| Error::new(ErrorCode::Conflict).detail("Record the claimed nationality of the case first."))?;
    let contacted = contacts::all_of(tx, case.id)?;
    if !contacted.iter().any(|contact| contact.mission_id == mission && contact.person_decision.allows_contact()) {
        return Err(Error::field("/mission_id", "not_contacted", "the person has not accepted contact with this mission"));
    }
    if tx.actor.is_mission() && tx.actor.organisation_id() != mission.into() {
        return Err(Error::field("/mission_id", "not_yours", "a mission can only verify for itself"));
    }
    if verifications::rows_of(tx, case.id)?.iter().any(|row| row.mission_id == mission && row.result == NationalityResult::Pending) {
        return Err(Error::new(ErrorCode::AlreadyExists).detail("This mission already has a pending verification for this case."));
    }
    let id = NationalityVerificationId::random();
    let row = VerificationRow {
        id,
        case_id: case.id,
        mission_id: mission,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        claimed_state,
        requested_on,
        interview_on: None,
        interview_mode: None,
        evidence: Json(Vec::new()),
        result: NationalityResult::Pending,
        result_on: None,
        sealed_details: seal_detail(id.0, 1, Compartment::Identity, &keys, &VerificationDetails::default())?,
        merged_from: None,
    };
    let query = diesel::insert_into(nationality_verifications::table).values(&row);
    query.execute(tx.conn)?;
    follow::apply_consequences_anew(tx, &case)?;
    tx.audit_change(case.id.0, None, Some(1));
    tx.audit_subject(id.0);
    verifications::open(&row, &keys)
}

/// Records the finding of the mission. Only that mission may do so, and the desk for one that has no account; `verified` also sets the verified nationality of the case.
pub fn update<F>(tx: &mut Tx<'_>, case: CaseId, id: NationalityVerificationId, expected: &Expected, change: F) -> Result<Verification>
where
    F: FnOnce(&mut Verification) -> Result<()>,
{
    lock::lock(tx, case)?;
    let (case, keys) = open::row_visible(tx, case)?;
    let row = found(visible_rows(tx, &case, &keys)?.into_iter().find(|row| row.id == id))?;
    row::refuse_if_closed(&case)?;
    let at_desk = answers_at_desk(tx, &row)?;
    let read = expected.check(row.version)?;
    let mut verification = verifications::open(&row, &keys)?;
    change(&mut verification)?;
    let version = read + 1;
    let is_answer = verification.result != NationalityResult::Pending;
    let details = VerificationDetails { recorded_at_desk: at_desk && is_answer, ..verification.details.clone().unwrap_or_default() };
    if details.recorded_at_desk || details.note_verbale_id.is_some() {
        check_note_verbale(tx, &case, &keys, &details)?;
    }
    let changed = VerificationRow {
        updated_at: tx.now,
        version,
        interview_on: verification.interview_on,
        interview_mode: verification.interview_mode,
        evidence: Json(verification.evidence.clone()),
        result: verification.result,
        result_on: verification.result_on.filter(|_| is_answer),
        sealed_details: seal_detail(id.0, version, Compartment::Identity, found(keys.of(row.merged_from))?, &details)?,
        ..row
    };
    let query = diesel::update(nationality_verifications::table.find(id).filter(nationality_verifications::version.eq(read))).set(&changed);
    if query.execute(tx.conn)? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    settle(tx, &case)?;
    tx.audit_change(case.id.0, Some(read), Some(version));
    tx.audit_subject(id.0);
    tx.audit_disclosure(case.id, IDENTITY);
    verifications::open(&changed, &keys)
}

/// Whether the desk answers for the mission that was asked, which has no account; refuses everybody else but that mission.
fn answers_at_desk(tx: &mut Tx<'_>, row: &VerificationRow) -> Result<bool> {
    if tx.actor.organisation_id() == row.mission_id.into() {
        return Ok(false);
    }
    let refused = |detail| Err(Error::new(ErrorCode::Conflict).detail(detail));
    if facts::party(tx.actor) != Party::Coordinator {
        return refused("Only the mission that was asked can answer.");
    }
    if missions::has_account(tx, row.mission_id)? {
        return refused("Only the mission that was asked can answer. The desk records the answers of missions that have no account.");
    }
    Ok(true)
}

/// What the desk records for a mission rests on paper: the number of the note verbale, and its scan among the files of the case.
fn check_note_verbale(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys, details: &VerificationDetails) -> Result<()> {
    if details.note_verbale.is_none() {
        return Err(Error::field("/note_verbale", "required", "give the number of the note verbale with which the mission answered"));
    }
    let Some(id) = details.note_verbale_id else {
        return Err(Error::field(
            "/note_verbale_id",
            "required",
            "add the scan of the note verbale to the files of the case, and give its id",
        ));
    };
    let files = attachments::all_shown(tx, case, keys)?;
    let is_it =
        |file: &attachments::Attachment| file.details.kind == AttachmentKind::NoteVerbale && file.status() == AttachmentStatus::Stored;
    match files.iter().any(|file| file.id == id && is_it(file)) {
        true => Ok(()),
        false => Err(Error::field("/note_verbale_id", "not_found", "no stored file of the kind note_verbale on this case has this id")),
    }
}

/// Derives the verified nationality of the case from the verifications of all missions: one mission's record never removes
/// another's.
fn settle(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    let rows = verifications::rows_of(tx, case.id)?;
    // The verified nationality stays while any verification confirms it; otherwise the newest verification counts.
    let stands = rows.iter().find(|row| row.result == NationalityResult::Verified && Some(row.claimed_state) == case.nationality_verified);
    let verified = stands.or_else(|| rows.iter().rfind(|row| row.result == NationalityResult::Verified)).map(|row| row.claimed_state);
    if verified == case.nationality_verified {
        return follow::apply_consequences_anew(tx, case).map(drop);
    }
    change::change_case(tx, case.id, &case.version.into(), |_, case| {
        case.row.nationality_verified = verified;
        Ok(())
    })?;
    Ok(())
}

/// Finds a verification of a case.
pub fn find(tx: &mut Tx<'_>, case: CaseId, id: NationalityVerificationId) -> Result<Verification> {
    found(list(tx, case)?.into_iter().find(|verification| verification.id == id))
}

/// The verifications of a case: all of them, or for a guest mission only its own.
pub fn list(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Verification>> {
    let (case, keys) = open::row_visible(tx, case)?;
    let rows = visible_rows(tx, &case, &keys)?;
    if !rows.is_empty() {
        tx.audit_disclosure(case.id, IDENTITY);
    }
    rows.iter().map(|row| verifications::open(row, &keys)).collect()
}

fn visible_rows(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys) -> Result<Vec<VerificationRow>> {
    Ok(verifications::rows_of(tx, case.id)?
        .into_iter()
        // Of a merged case only who saw that one is told.
        .filter(|row| keys.of(row.merged_from).is_some())
        .filter(|row| guest_missions::may_see_mission(tx, case.owner_id, Some(row.mission_id)))
        .collect())
}
