//! The manifest: the passengers of a batch, in as many statements for a plane as for one person.

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::list::{self, CaseSummaryRow};
use crate::db::casefile::relations::{self, Relation};
use crate::db::process::{batch_members, records};
use crate::db::repatriation::movement_batches::{Batch, find};
use crate::domain::cases::person::Identity;
use crate::domain::ids::{CaseId, MovementBatchId, OrganisationId};
use crate::domain::repatriation::belonging;
use crate::domain::repatriation::records::{Movement, TravelDocument};
use crate::error::Result;

/// The passengers of a batch.
pub struct Manifest {
    pub batch: Batch,
    /// Every passenger whom the organisation may see, by name.
    pub lines: Vec<ManifestLine>,
}

/// One passenger.
pub struct ManifestLine {
    pub case: CaseSummaryRow,
    /// The identity; none where the grant does not open it.
    pub identity: Option<Identity>,
    /// The movement; none where the grant does not open it.
    pub movement: Option<Movement>,
    /// The travel document in hand; `None` if there is none or the grant does not open it.
    pub document: Option<TravelDocument>,
    /// Who belongs to the person, has not left yet and is not on board.
    pub travels_without: Vec<Relation>,
}

/// The manifest of one of the organisation's own batches.
pub fn manifest(tx: &mut Tx<'_>, id: MovementBatchId) -> Result<Manifest> {
    let batch = find(tx, id)?;
    let members = batch_members::members(tx, id)?;
    let ids: Vec<CaseId> = members.iter().map(|member| member.case_id).collect();
    let people = list::opened(tx, &ids)?;
    let keys: Vec<(CaseId, OrganisationId, &CompartmentKeys)> = people.iter().map(|(row, _, keys)| (row.id, row.owner_id, keys)).collect();
    let movements = records::of_cases::<Movement>(tx, &keys)?;
    let documents = records::of_cases::<TravelDocument>(tx, &keys)?;
    let seen: Vec<CaseId> = people.iter().map(|(row, ..)| row.id).collect();
    let mut left_behind = without_those(tx, &ids, &seen)?;
    let mut lines: Vec<ManifestLine> = Vec::with_capacity(people.len());
    for (case, identity, _) in people {
        let own = members.iter().find(|member| member.case_id == case.id).map(|member| member.record_id);
        let movement = movements.iter().find(|record| Some(record.id) == own).map(|record| record.content.clone());
        let newest = documents.iter().rev().find(|record| record.case_id == case.id && record.content.is_in_hand());
        let (of_case, others): (Vec<_>, Vec<_>) = left_behind.into_iter().partition(|(of, _)| *of == case.id);
        left_behind = others;
        let travels_without = of_case.into_iter().map(|(_, relation)| relation).collect();
        lines.push(ManifestLine { case, identity, movement, document: newest.map(|record| record.content.clone()), travels_without });
    }
    lines
        .sort_by_cached_key(|line| (line.identity.as_ref().map(|identity| identity.display_name().to_lowercase()), line.case.code.clone()));
    Ok(Manifest { batch, lines })
}

/// Who belongs to the passengers of a batch, has not left and is not on board, each with the passenger, as far as the caller sees both.
pub fn left_behind(tx: &mut Tx<'_>, batch: MovementBatchId) -> Result<Vec<(CaseId, Relation)>> {
    let on_board: Vec<CaseId> = batch_members::members(tx, batch)?.into_iter().map(|member| member.case_id).collect();
    without_those(tx, &on_board, &on_board)
}

fn without_those(tx: &mut Tx<'_>, on_board: &[CaseId], passengers: &[CaseId]) -> Result<Vec<(CaseId, Relation)>> {
    let mut left_behind = relations::of_cases(tx, passengers)?;
    left_behind.retain(|(_, relation)| {
        let other = &relation.relative;
        !on_board.contains(&other.id) && !other.is_closed() && belonging::waits(other.stage, other.side_state)
    });
    Ok(left_behind)
}
