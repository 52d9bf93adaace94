//! The contacts between a person and missions, as the process reads and ends them.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::granting;
use crate::db::casefile::lock::PersonLocked;
use crate::db::casefile::row;
use crate::db::casefile::row::CaseRow;
use crate::db::reference::missions;
use crate::db::schema::embassy_contacts;
use crate::domain::access::GrantBasis;
use crate::domain::codes::{ContactChannel, ContactInitiator, ContactOutcome, PersonDecision};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, EmbassyContactId, MissionId, UserId};
use crate::error::{Error, ErrorCode, Result};

/// A contact as stored.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = embassy_contacts, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct EmbassyContactRow {
    pub id: EmbassyContactId,
    pub case_id: CaseId,
    pub mission_id: MissionId,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub updated_at: Timestamp,
    pub version: i64,
    pub initiated_by: ContactInitiator,
    pub person_decision: PersonDecision,
    pub decided_on: NaiveDate,
    pub informed_of_rights_on: Option<NaiveDate>,
    pub channel: Option<ContactChannel>,
    pub contacted_on: Option<NaiveDate>,
    pub acknowledged_on: Option<NaiveDate>,
    pub visit_on: Option<NaiveDate>,
    pub letter_issued_on: Option<NaiveDate>,
    pub outcome: Option<ContactOutcome>,
    /// The case on which it was recorded, if that one was merged into this.
    pub merged_from: Option<CaseId>,
    /// Who decided for a child, and what it says.
    pub sealed_child: Option<Vec<u8>>,
}

impl EmbassyContactRow {
    /// A contact that is about to be recorded: its times and who records it are set when it is stored.
    pub fn new(
        case_id: CaseId,
        mission_id: MissionId,
        by: ContactInitiator,
        person_decision: PersonDecision,
        decided_on: NaiveDate,
    ) -> Self {
        Self {
            id: EmbassyContactId::random(),
            case_id,
            mission_id,
            created_at: Timestamp::EPOCH,
            created_by: None,
            updated_at: Timestamp::EPOCH,
            version: 1,
            initiated_by: by,
            person_decision,
            decided_on,
            informed_of_rights_on: None,
            channel: None,
            contacted_on: None,
            acknowledged_on: None,
            visit_on: None,
            letter_issued_on: None,
            outcome: None,
            merged_from: None,
            sealed_child: None,
        }
    }
}

/// Records the contact of a walk-in at a mission: by coming, the person requested it.
pub(in crate::db) fn record_walk_in(tx: &mut Tx<'_>, case: &CaseRow, mission: MissionId) -> Result<()> {
    if !missions::exists(tx, mission)? {
        return Err(
            Error::new(ErrorCode::Conflict).detail("Your mission is not set up yet: an administrator must create it, with its coverage.")
        );
    }
    let today = case.today(tx)?.day();
    let row = EmbassyContactRow {
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        channel: Some(ContactChannel::InPerson),
        contacted_on: Some(today),
        acknowledged_on: Some(today),
        ..EmbassyContactRow::new(case.id, mission, ContactInitiator::WalkIn, PersonDecision::Requested, today)
    };
    let query = diesel::insert_into(embassy_contacts::table).values(&row);
    query.execute(tx.conn)?;
    Ok(())
}

/// Ends a contact that must not go on: withdraws the grant and defers the decision, so that the person can be asked again.
pub(in crate::db) fn end(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: CaseId, mission: MissionId) -> Result<()> {
    let today = row::row_unscoped(tx, case)?.today(tx)?.day();
    end_on(tx, person, case, mission, today)
}

/// The same, as of an earlier day.
pub(in crate::db) fn end_on(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: CaseId, mission: MissionId, day: NaiveDate) -> Result<()> {
    granting::withdraw(tx, person, case, mission.into(), GrantBasis::EmbassyContact)?;
    let contact = embassy_contacts::table.filter(embassy_contacts::case_id.eq(case)).filter(embassy_contacts::mission_id.eq(mission));
    // Whoever declined has decided, and is not asked again.
    let agreed = contact.filter(embassy_contacts::person_decision.eq_any([PersonDecision::Requested, PersonDecision::Accepted]));
    let query = diesel::update(agreed).set((
        embassy_contacts::person_decision.eq(PersonDecision::Deferred),
        embassy_contacts::decided_on.eq(day),
        embassy_contacts::updated_at.eq(tx.now),
        embassy_contacts::version.eq(embassy_contacts::version + 1),
    ));
    query.execute(tx.conn)?;
    tx.audit_subject(case.0);
    Ok(())
}

/// Every contact of a case, for decisions.
pub(in crate::db) fn all_of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<EmbassyContactRow>> {
    let query = embassy_contacts::table
        .filter(embassy_contacts::case_id.eq(case))
        .order((embassy_contacts::created_at, embassy_contacts::id))
        .select(embassy_contacts::all_columns);
    Ok(query.load(tx.conn)?)
}

/// The contacts by which it is decided: where two merged cases have one with the same mission, the one recorded on the case that goes
/// on.
pub(in crate::db) fn that_count(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<EmbassyContactRow>> {
    let all = all_of(tx, case)?;
    let is_own = |mission| all.iter().any(|row| row.merged_from.is_none() && row.mission_id == mission);
    Ok(all.iter().filter(|row| row.merged_from.is_none() || !is_own(row.mission_id)).cloned().collect())
}

/// Whether what the person decided about a mission, on the case and on those merged into it, lets the mission see the case.
pub(in crate::db) fn allow(tx: &mut Tx<'_>, case: CaseId, mission: MissionId) -> Result<bool> {
    let about_it = all_of(tx, case)?.into_iter().filter(|row| row.mission_id == mission);
    let decisions: Vec<PersonDecision> = about_it.map(|row| row.person_decision).collect();
    Ok(PersonDecision::allow_contact(&decisions))
}

/// The missions with which the person declined contact, on any of these cases.
pub(in crate::db) fn declined(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<Vec<MissionId>> {
    let query = embassy_contacts::table
        .filter(embassy_contacts::case_id.eq_any(cases))
        .filter(embassy_contacts::person_decision.eq(PersonDecision::Declined))
        .select(embassy_contacts::mission_id);
    Ok(query.load(tx.conn)?)
}

/// Repeats what the person declined since then on one case for another one, with which it was merged: the mission that they declined
/// while the two were one is not let in again by the other.
pub(in crate::db) fn repeat_declined(tx: &mut Tx<'_>, from: CaseId, to: CaseId, since: Timestamp) -> Result<()> {
    let is_since = |row: &EmbassyContactRow| row.person_decision == PersonDecision::Declined && row.updated_at >= since;
    for declined in all_of(tx, from)?.into_iter().filter(is_since) {
        let same = embassy_contacts::table
            .filter(embassy_contacts::case_id.eq(to))
            .filter(embassy_contacts::mission_id.eq(declined.mission_id))
            .filter(embassy_contacts::person_decision.ne(PersonDecision::Declined));
        let query = diesel::update(same).set((
            embassy_contacts::person_decision.eq(PersonDecision::Declined),
            embassy_contacts::decided_on.eq(declined.decided_on),
            embassy_contacts::updated_at.eq(tx.now),
            embassy_contacts::version.eq(embassy_contacts::version + 1),
        ));
        query.execute(tx.conn)?;
    }
    Ok(())
}
