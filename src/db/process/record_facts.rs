//! The records of a case as the rules look at them.

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::row::CaseRow;
use crate::db::process::records::{self, RecordRow, entry};
use crate::domain::ids::CaseId;
use crate::domain::repatriation::records::record::{Entry, RecordKind};
use crate::domain::repatriation::records::{ImmigrationClearance, Records};
use crate::error::Result;

/// The records of a case that a guest mission may know of, for what it is told about the next steps. `keys` are the system's.
pub(in crate::db) fn all_known(tx: &mut Tx<'_>, case: &CaseRow, keys: &CompartmentKeys) -> Result<Records> {
    let mut all = Records::default();
    for row in records::rows_of_case(tx, case.id)?.iter() {
        let document = records::travel_document(row, keys)?;
        if records::may_see(tx, case.owner_id, row, document.as_ref()) {
            put(&mut all, row, keys)?;
        }
    }
    Ok(all)
}

/// All records on a case, for decisions. `keys` are the system's.
pub(in crate::db) fn all_of(tx: &mut Tx<'_>, case: CaseId, keys: &CompartmentKeys) -> Result<Records> {
    let rows = records::rows_of_case(tx, case)?;
    let mut all = Records::default();
    for row in &rows {
        put(&mut all, row, keys)?;
    }
    Ok(all)
}

fn put(all: &mut Records, row: &RecordRow, keys: &CompartmentKeys) -> Result<()> {
    if row.host_episode_id.is_some() {
        // What is owed to an earlier host country opens and closes nothing in this one.
        return Ok(());
    }
    match row.kind {
        RecordKind::Screening => all.screenings.extend(entry(row, keys)?),
        RecordKind::StatusDetermination => all.determinations.extend(entry(row, keys)?),
        RecordKind::TravelDocument => all.travel_documents.extend(entry(row, keys)?),
        RecordKind::ImmigrationClearance => put_standing(all, row, entry(row, keys)?),
        RecordKind::Detention => all.detentions.extend(entry(row, keys)?),
        RecordKind::Charge => all.charges.extend(entry(row, keys)?),
        RecordKind::FineWaiver => all.waivers.extend(entry(row, keys)?),
        RecordKind::FinePayment => all.payments.extend(entry(row, keys)?),
        RecordKind::ReturnDecision => all.return_decisions.extend(entry(row, keys)?),
        RecordKind::RiskAssessment => all.risk_assessments.extend(entry(row, keys)?),
        RecordKind::FitToTravel => all.fit_to_travel.extend(entry(row, keys)?),
        RecordKind::LegalHold => all.legal_holds.extend(entry(row, keys)?),
        RecordKind::BestInterests => all.best_interests.extend(entry(row, keys)?),
        RecordKind::Movement => all.movements.extend(entry(row, keys)?),
        RecordKind::Arrival => all.arrivals.extend(entry(row, keys)?),
        RecordKind::SupportPlan => all.support_plans.extend(entry(row, keys)?),
        RecordKind::FollowUp => all.follow_ups.extend(entry(row, keys)?),
        RecordKind::Death => all.deaths.extend(entry(row, keys)?),
        RecordKind::Birth => all.births.extend(entry(row, keys)?),
        RecordKind::HostEpisode => all.host_episodes.extend(entry(row, keys)?),
        RecordKind::ProtectionOutcome => all.protection_outcomes.extend(entry(row, keys)?),
        RecordKind::HealthScreening => all.health_screenings.extend(entry(row, keys)?),
        // No rule looks at these, so nothing opens them but a reader.
        RecordKind::NextOfKin | RecordKind::FamilyContact | RecordKind::Recruiter | RecordKind::MoneyEvent => {}
        RecordKind::Placement | RecordKind::Assistance | RecordKind::Letter => {}
    }
    Ok(())
}

/// A case has one standing with the authority. What it says nothing of, the one of a merged case may say.
fn put_standing(all: &mut Records, row: &RecordRow, found: Option<Entry<ImmigrationClearance>>) {
    let Some(found) = found else { return };
    all.clearance = Some(match all.clearance.take() {
        None => found,
        Some(known) if row.merged_from.is_none() => Entry { content: found.content.completed_by(known.content), ..found },
        Some(known) => Entry { content: known.content.completed_by(found.content), ..known },
    });
}
