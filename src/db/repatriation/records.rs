//! Records of the repatriation. All kinds are stored in the same way: sealed under their compartment, versioned, never deleted.
//! Each version is in the history of the case, and each change makes a new version of the case.

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{grants, lock, open};
use crate::db::cases::change;
use crate::db::engine::expected::Expected;
use crate::db::process::facts;
use crate::db::process::follow::{RecordChange, Source};
use crate::db::process::host_episodes;
use crate::db::process::records::{self, Recorded};
use crate::db::process::transition_log::Move;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::ImmigrationStatus;
use crate::domain::ids::{CaseId, RecordId};
use crate::domain::repatriation::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::{RecordAct, RecordKind};
use crate::error::{Error, ErrorCode, Result};

/// Adds a record.
pub fn insert<R: RecordRules>(tx: &mut Tx<'_>, case: CaseId, content: R) -> Result<Recorded<R>> {
    lock::lock(tx, case)?;
    let (row, keys) = open::row_visible(tx, case)?;
    let facts = may_record::<R>(tx, &row, &keys, RecordAct::Create)?;
    RecordChange { case: &row, keys: &keys, facts, source: Source::Caller }.insert(tx, content)
}

/// Changes a record.
pub fn update<R, F>(tx: &mut Tx<'_>, case: CaseId, id: RecordId, expected: &Expected, change: F) -> Result<Recorded<R>>
where
    R: RecordRules,
    F: FnOnce(R) -> Result<R>,
{
    lock::lock(tx, case)?;
    let (row, keys) = open::row_visible(tx, case)?;
    let before = records::find_to_change::<R>(tx, case, id)?;
    let facts = may_record::<R>(tx, &row, &keys, act_on(tx, &before))?;
    expected.check(before.version)?;
    if before.host_episode_id.is_some() {
        let detail = "This is about an earlier host country: what is left of it stands in its host episode, and can be corrected there.";
        return Err(Error::new(ErrorCode::Conflict).detail(detail));
    }
    let content = change(before.content.clone())?;
    let takes_back = R::KIND == RecordKind::HostEpisode && content.is_cancelled() && !before.content.is_cancelled();
    let episode = facts.records.host_episodes.iter().find(|episode| episode.id == id).filter(|_| takes_back);
    let left_with = episode.and_then(|episode| episode.content.immigration_status);
    if takes_back {
        host_episodes::check_cancelled(tx, &row, id, &facts.records.host_episodes)?;
    }
    let changed = RecordChange { case: &row, keys: &keys, facts, source: Source::Caller }.update(tx, before, content)?;
    if takes_back {
        host_episodes::take_back(tx, case, id)?;
        stand_as_before(tx, case, left_with)?;
    }
    records::as_read(tx, row.owner_id, keys.compartments(), changed)
}

/// Gives a case the standing back with which the person left a country that they never left.
fn stand_as_before(tx: &mut Tx<'_>, case: CaseId, left_with: Option<ImmigrationStatus>) -> Result<()> {
    let Some(immigration_status) = left_with else { return Ok(()) };
    let version = row::row_unscoped(tx, case)?.version;
    change::change_row(tx, case, &version.into(), |_, case| {
        case.row.immigration_status = immigration_status;
        Ok(())
    })?;
    Ok(())
}

/// Whose record a change is about: what was addressed to a mission is its own, too.
fn act_on<R: RecordRules>(tx: &Tx<'_>, record: &Recorded<R>) -> RecordAct {
    let own = tx.actor.organisation_id();
    let is_own = record.recorded_by == Some(own) || record.content.mission() == Some(own.into());
    if is_own { RecordAct::ChangeOwn } else { RecordAct::ChangeAnothers }
}

/// Checks that the caller may record this kind on the case now; returns the facts for the rules.
fn may_record<R: RecordRules>(tx: &mut Tx<'_>, row: &CaseRow, keys: &CompartmentKeys, act: RecordAct) -> Result<Facts> {
    row::refuse_if_closed(row)?;
    let compartment = R::KIND.compartment();
    if keys.get(compartment).is_none() {
        grants::refuse_stale(tx, compartment)?;
        let detail = format!("Your organisation's grant on this case does not open {compartment}.");
        return Err(Error::new(ErrorCode::PermissionDenied).detail(detail));
    }
    let facts = facts::load(tx, row, keys.compartments(), &Move::default())?;
    if !R::KIND.recorder().allows(act, facts.party, facts.is_owner) {
        let detail = match act {
            RecordAct::ChangeAnothers => "Only the owner of the case, the coordination desk and whoever recorded this can change it.",
            RecordAct::Create | RecordAct::ChangeOwn => "Only an organisation that accompanies the person can record this.",
        };
        return Err(Error::new(ErrorCode::PermissionDenied).detail(detail));
    }
    tx.audit_disclosure(row.id, CompartmentSet::EMPTY.with(compartment));
    Ok(facts)
}
