//! Rules of a guest mission. What it sees on a case is listed: its own records, and those of the owner and the system, as far as its
//! grant opens them; nothing of any other mission that the person turned to.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::told_nationality;
use crate::db::schema::{nationality_verifications, users};
use crate::domain::codes::NationalityResult;
use crate::domain::country::Country;
use crate::domain::ids::{CaseId, MissionId, OrganisationId, UserId};
use crate::domain::nationalities::ClaimedNationalities;
use crate::domain::nationality::Nationality;
use crate::error::Result;

/// An organisation that is told of a case: the caller's, or one that the system decides about.
#[derive(Clone, Copy)]
pub(in crate::db) struct Reader {
    pub(in crate::db) organisation: OrganisationId,
    pub(in crate::db) is_mission: bool,
}

impl Reader {
    /// The organisation of the caller.
    pub(in crate::db) fn caller(tx: &Tx<'_>) -> Self {
        Self { organisation: tx.actor.organisation_id(), is_mission: tx.actor.is_mission() }
    }

    /// Whether it is a mission on a case that another organisation owns.
    pub(in crate::db) fn is_guest(self, owner: OrganisationId) -> bool {
        self.is_mission && self.organisation != owner
    }

    /// Whether it may know that an organisation acted on a case. A guest mission knows of itself, of the owner and of the system, but not
    /// of any other mission that the person turned to.
    pub(in crate::db) fn knows(self, owner: OrganisationId, organisation: OrganisationId) -> bool {
        !self.is_guest(owner) || [self.organisation, owner, OrganisationId::SYSTEM].contains(&organisation)
    }
}

/// The organisation behind an act on a case, as far as the caller may know it.
pub(in crate::db) fn known_organisation(tx: &Tx<'_>, owner: OrganisationId, organisation: OrganisationId) -> Option<OrganisationId> {
    Reader::caller(tx).knows(owner, organisation).then_some(organisation)
}

/// The user behind an act of an organisation, as far as the caller may know them: who does what at another organisation is no matter
/// of a guest mission.
pub(in crate::db) fn known_user(tx: &Tx<'_>, owner: OrganisationId, organisation: OrganisationId, user: Option<UserId>) -> Option<UserId> {
    user.filter(|_| !is_guest(tx, owner) || tx.actor.organisation_id() == organisation)
}

/// Those of these users that the caller may know of on a case, where their organisation is not known.
pub(in crate::db) fn known_among(tx: &mut Tx<'_>, owner: OrganisationId, all: Vec<UserId>) -> Result<Vec<UserId>> {
    if !is_guest(tx, owner) {
        return Ok(all);
    }
    let own = users::table.filter(users::organisation_id.eq(tx.actor.organisation_id()));
    Ok(own.filter(users::id.eq_any(all)).select(users::id).load(tx.conn)?)
}

/// The row of a case as the caller may know it. For a guest mission each field is named, so that a new one does not compile before
/// somebody decided about it.
pub(in crate::db) fn known_row(tx: &mut Tx<'_>, row: CaseRow) -> Result<CaseRow> {
    if !is_guest(tx, row.owner_id) {
        return Ok(row);
    }
    let verified = known_nationality(tx, row.id, row.owner_id, row.nationality_verified)?;
    // Told as they are, but for the last four.
    let CaseRow {
        id: _,
        code: _,
        person_id: _,
        previous_case_id: _,
        created_at: _,
        updated_at: _,
        version: _,
        registered_on: _,
        owner_id: _,
        status: _,
        closure_reason: _,
        closed_on: _,
        intake_channel: _,
        exit_mode: _,
        exited_on: _,
        host_country: _,
        gender: _,
        birth_year: _,
        is_child: _,
        risk_level: _,
        trafficking_status: _,
        immigration_status: _,
        screening_skipped: _,
        compound_id: _,
        operation_id: _,
        stage: _,
        side_state: _,
        stage_since: _,
        created_by: _,
        assigned_to: _,
        nationality_verified: _,
        claimed: _,
    } = &row;
    let claimed = known_claim(tx, row.owner_id, row.claimed.as_ref(), row.host_country)?.map(ClaimedNationalities::from);
    Ok(CaseRow { created_by: None, assigned_to: None, nationality_verified: verified, claimed, ..row })
}

/// Whether the caller is a guest mission: a mission on a case that another organisation owns.
pub(in crate::db) fn is_guest(tx: &Tx<'_>, owner: OrganisationId) -> bool {
    Reader::caller(tx).is_guest(owner)
}

/// Whether the caller may see a record. A guest mission sees what it recorded and what the owner or the system did, unless that is
/// addressed to another mission; nothing else, whoever recorded it.
pub(in crate::db) fn may_see_record(tx: &Tx<'_>, owner: OrganisationId, recorder: OrganisationId, mission: Option<MissionId>) -> bool {
    known_organisation(tx, owner, recorder).is_some() && may_see_mission(tx, owner, mission)
}

/// The verified nationality as the caller may know it. A guest mission knows of its own verification only.
pub(in crate::db) fn known_nationality(
    tx: &mut Tx<'_>,
    case: CaseId,
    owner: OrganisationId,
    verified: Option<Country>,
) -> Result<Option<Country>> {
    let Some(country) = verified.filter(|_| is_guest(tx, owner)) else { return Ok(verified) };
    let own = verified_by_caller(tx, &[case])?;
    Ok(verified.filter(|_| own.contains(&(case, country))))
}

/// The claimed nationality as the caller may know it: for a guest mission, one of several.
pub(in crate::db) fn known_claim(
    tx: &mut Tx<'_>,
    owner: OrganisationId,
    claimed: Option<&ClaimedNationalities>,
    host: Country,
) -> Result<Option<Nationality>> {
    if !is_guest(tx, owner) {
        return Ok(claimed.map(ClaimedNationalities::main));
    }
    told_nationality::told_to(tx, tx.actor.organisation_id().into(), claimed, host)
}

/// The nationalities that the caller's mission verified itself, of these cases: in one statement for a list.
pub(in crate::db) fn verified_by_caller(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<Vec<(CaseId, Country)>> {
    let own = nationality_verifications::table
        .filter(nationality_verifications::case_id.eq_any(cases))
        .filter(nationality_verifications::mission_id.eq(MissionId::from(tx.actor.organisation_id())))
        .filter(nationality_verifications::result.eq(NationalityResult::Verified));
    let query = own.select((nationality_verifications::case_id, nationality_verifications::claimed_state));
    Ok(query.load(tx.conn)?)
}

/// Whether the caller may see a record of a mission, such as a verification or a document. A record of no mission is visible to
/// every organisation that sees the case.
pub(in crate::db) fn may_see_mission(tx: &Tx<'_>, owner: OrganisationId, mission: Option<MissionId>) -> bool {
    !is_guest(tx, owner) || mission.is_none_or(|mission| tx.actor.organisation_id() == mission.into())
}
