//! What was recorded on a merged case, as it stands on the case that goes on: there it is read, counted, guarded and handed on like
//! everything else of that case, and the undo brings it back. It stays sealed as it was: only who saw the merged case opens it.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::granting;
use crate::db::schema::{attachments, case_records, embassy_contacts, nationality_verifications, stays, tasks, tracing_matches};
use crate::domain::ids::*;
use crate::domain::repatriation::records::RecordKind;
use crate::domain::repatriation::task_kind::TaskKind;
use crate::error::Result;

/// Does the same for every table whose rows are taken over as they are. Tasks follow in their own way.
macro_rules! for_each_table {
    ($work:ident) => {
        $work!(stays, StayId);
        $work!(embassy_contacts, EmbassyContactId);
        $work!(nationality_verifications, NationalityVerificationId);
        $work!(case_records, RecordId);
        $work!(attachments, AttachmentId);
    };
}

/// Brings what was recorded on a merged case to the case that goes on.
pub(in crate::db) fn take(tx: &mut Tx<'_>, from: CaseId, to: CaseId) -> Result<()> {
    macro_rules! take {
        ($table:ident, $id:ident) => {
            let here = || $table::table.filter($table::case_id.eq(from));
            let query = here().select($table::id);
            let ids: Vec<$id> = query.load(tx.conn)?;
            ids.iter().for_each(|id| tx.audit_subject(id.0));
            let query = diesel::update(here()).set(($table::case_id.eq(to), $table::merged_from.eq(Some(from))));
            query.execute(tx.conn)?;
        };
    }
    for_each_table!(take);
    take_tasks(tx, from, to)?;
    let query = diesel::update(tracing_matches::table.filter(tracing_matches::case_id.eq(from))).set(tracing_matches::case_id.eq(to));
    query.execute(tx.conn)?;
    Ok(())
}

/// Tasks that follow from facts are made anew where the facts are now. Of those that somebody added, an organisation finds its own
/// where it sees the case that goes on.
fn take_tasks(tx: &mut Tx<'_>, from: CaseId, to: CaseId) -> Result<()> {
    let sees: Vec<OrganisationId> = granting::held(tx, to)?.into_iter().map(|grant| grant.organisation).collect();
    let added = tasks::table.filter(tasks::case_id.eq(from)).filter(tasks::kind.eq(TaskKind::Added));
    let query = added.filter(tasks::organisation_id.eq_any(sees)).select(tasks::id);
    let ids: Vec<TaskId> = query.load(tx.conn)?;
    ids.iter().for_each(|id| tx.audit_subject(id.0));
    let query = diesel::update(tasks::table.filter(tasks::id.eq_any(ids))).set((tasks::case_id.eq(to), tasks::merged_from.eq(Some(from))));
    query.execute(tx.conn)?;
    Ok(())
}

/// Brings back what was taken over from a merged case, as it is now.
pub(in crate::db) fn give_back(tx: &mut Tx<'_>, from: CaseId, person: PersonId) -> Result<()> {
    macro_rules! give_back {
        ($table:ident, $id:ident) => {
            let there = || $table::table.filter($table::merged_from.eq(from));
            let query = there().select($table::id);
            let ids: Vec<$id> = query.load(tx.conn)?;
            ids.iter().for_each(|id| tx.audit_subject(id.0));
            let query = diesel::update(there()).set(($table::case_id.eq(from), $table::merged_from.eq(None::<CaseId>)));
            query.execute(tx.conn)?;
        };
    }
    for_each_table!(give_back);
    leave_episodes(tx, from)?;
    give_back!(tasks, TaskId);
    let of_person = tracing_matches::table.filter(tracing_matches::person_id.eq(person));
    let query = diesel::update(of_person).set(tracing_matches::case_id.eq(from));
    query.execute(tx.conn)?;
    Ok(())
}

/// What the case that went on set aside with a move of its own counts again on the case to which it came back.
fn leave_episodes(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let of_case = || case_records::table.filter(case_records::case_id.eq(case));
    let query = of_case().filter(case_records::kind.eq(RecordKind::HostEpisode)).select(case_records::id);
    let own: Vec<RecordId> = query.load(tx.conn)?;
    let foreign = of_case().filter(case_records::host_episode_id.assume_not_null().ne_all(own));
    let query = diesel::update(foreign).set(case_records::host_episode_id.eq(None::<RecordId>));
    query.execute(tx.conn)?;
    Ok(())
}
