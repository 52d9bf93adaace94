//! Standing with the immigration authority: one record per case, with the fine that follows from it.

use crate::db::Tx;
use crate::db::casefile::{lock, open};
use crate::db::engine::expected::Expected;
use crate::db::process::records::Recorded;
use crate::db::process::{facts, records as stored_records};
use crate::db::repatriation::records;
use crate::domain::dates::Timestamp;
use crate::domain::ids::CaseId;
use crate::domain::repatriation::fines::Fine;
use crate::domain::repatriation::records::ImmigrationClearance;
use crate::error::{Error, ErrorCode, Result};

/// The standing and the fine of a case.
pub struct Clearance {
    pub case_id: CaseId,
    /// The recorded standing; empty while the version is 0.
    pub content: ImmigrationClearance,
    /// The fine as of today.
    pub fine: Fine,
    pub updated_at: Option<Timestamp>,
    /// Its version; 0 while nothing is recorded.
    pub version: i64,
}

/// The standing of a case.
pub fn find(tx: &mut Tx<'_>, case: CaseId) -> Result<Clearance> {
    let all = recorded(tx, case)?;
    let known = counts(&all).cloned();
    let (row, keys) = open::row_visible(tx, case)?;
    let fine = facts::load_known(tx, &row, keys.compartments())?.fine();
    let (updated_at, version) = known.as_ref().map_or((None, 0), |known| (Some(known.updated_at), known.version));
    // What the standing says nothing of, the one of a merged case may say.
    let first = known.map(|known| known.content).unwrap_or_default();
    let content = all.into_iter().fold(first, |content, other| content.completed_by(other.content));
    Ok(Clearance { case_id: case, content, fine, updated_at, version })
}

/// The standing that is changed: the one recorded on the case itself, else one of a merged case.
fn counts(all: &[Recorded<ImmigrationClearance>]) -> Option<&Recorded<ImmigrationClearance>> {
    all.iter().find(|known| known.merged_from.is_none()).or_else(|| all.first())
}

/// Changes the standing; the first change creates the record.
pub fn update<F>(tx: &mut Tx<'_>, case: CaseId, expected: &Expected, change: &F) -> Result<Clearance>
where
    F: Fn(ImmigrationClearance) -> Result<ImmigrationClearance>,
{
    // Locks before it reads, because two concurrent first changes must not both find no record.
    lock::lock(tx, case)?;
    let all = recorded(tx, case)?;
    match counts(&all) {
        Some(known) => drop(records::update(tx, case, known.id, expected, change)?),
        None => {
            expected.check(0)?;
            drop(records::insert(tx, case, change(ImmigrationClearance::default())?)?);
        }
    }
    find(tx, case)
}

fn recorded(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Recorded<ImmigrationClearance>>> {
    let all = stored_records::list(tx, case)?;
    let closed = || Error::new(ErrorCode::PermissionDenied).detail("Your organisation's grant on this case does not open identity.");
    let all: Vec<Recorded<ImmigrationClearance>> = all.ok_or_else(closed)?;
    Ok(all.into_iter().filter(|known| known.host_episode_id.is_none()).collect())
}
