//! Grants: which organisation may see which case, and the keys it sees it with.

use diesel::dsl::auto_type;
use diesel::prelude::*;

use super::cases::CaseRow;
use super::connection::on_backend;
use super::schema::{case_grants, missions, organisations};
use super::sharing::{self, events};
use super::{Tx, merges};
use crate::crypto::CompartmentKeys;
use crate::domain::access::GrantBasis;
use crate::domain::codes::{AccessEventKind, OrganisationKind};
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ConsentId, MissionId, OrganisationId, UserId};
use crate::domain::repatriation::{Facts, MilestoneSet, milestones, milestones_told_to};
use crate::error::{ErrorCode, Result};

#[cfg(feature = "without_grant_filter")]
pub mod mutant;
mod parked;

pub(in crate::db) use parked::{put_back, take_out};

/// A grant as stored.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = case_grants, treat_none_as_default_value = false)]
pub(in crate::db) struct GrantRow {
    case_id: CaseId,
    organisation_id: OrganisationId,
    basis: GrantBasis,
    consent_id: Option<ConsentId>,
    compartments: CompartmentSet,
    sealed_keys: Vec<u8>,
    expires_at: Option<Timestamp>,
    created_at: Timestamp,
    created_by: Option<UserId>,
    is_primary: bool,
    registered_at: Timestamp,
    changed_at: Timestamp,
    risk_rank: i32,
    nationality: Option<Country>,
    stage: String,
    cohort: String,
    mission_id: Option<MissionId>,
    milestones: MilestoneSet,
}

impl GrantRow {
    /// Whether it is emergency access, which is one person's and not the organisation's.
    pub(in crate::db) fn is_emergency(&self) -> bool {
        self.basis == GrantBasis::BreakGlass
    }

    /// Opens the keys it carries.
    pub(in crate::db) fn keys(&self, tx: &Tx<'_>) -> Result<CompartmentKeys> {
        open_keys(tx, self.case_id, self.basis, &self.sealed_keys)
    }
}

/// Opens the keys that a grant of the actor's organisation carries, as far as the actor may open anything now: the one place.
pub(in crate::db) fn open_keys(tx: &Tx<'_>, case: CaseId, basis: GrantBasis, sealed: &[u8]) -> Result<CompartmentKeys> {
    let keys = tx.keys.open_grant(case, tx.actor.organisation_id(), basis, sealed)?;
    Ok(keys.only(tx.actor.may_open(tx.now)))
}

/// Refuses to touch a location with a session that cannot open it now, and says what the client can do about it.
pub fn refuse_stale(tx: &Tx<'_>, compartment: Compartment) -> Result<()> {
    if compartment == Compartment::Location && tx.actor.is_stale(tx.now) {
        return Err(ErrorCode::InsufficientUserAuthentication.into());
    }
    Ok(())
}

/// The scope: a live grant of this organisation. Every query on cases carries it.
#[cfg(not(feature = "without_grant_filter"))]
#[auto_type]
pub(in crate::db) fn live(organisation: OrganisationId, now: Timestamp) -> _ {
    let unexpired = case_grants::expires_at.is_null().or(case_grants::expires_at.assume_not_null().gt(now));
    case_grants::organisation_id.eq(organisation).and(unexpired)
}

/// The same with its filter forgotten for some organisations: see [`mutant`].
#[cfg(feature = "without_grant_filter")]
#[auto_type]
pub(in crate::db) fn live(organisation: OrganisationId, now: Timestamp) -> _ {
    let unexpired = case_grants::expires_at.is_null().or(case_grants::expires_at.assume_not_null().gt(now));
    let lowest: i32 = mutant::lowest_rank_shown_to(organisation);
    case_grants::organisation_id.eq(organisation).or(case_grants::risk_rank.ge(lowest)).and(unexpired)
}

/// The scope for lists and counts: one row a case, however many grants the organisation holds.
#[auto_type]
pub(in crate::db) fn primary(organisation: OrganisationId, now: Timestamp) -> _ {
    let scope: live = live(organisation, now);
    case_grants::is_primary.eq(true).and(scope)
}

/// The keys with which the actor's organisation sees a case: of all its live grants together. None: it sees no such case.
pub(in crate::db) fn keys_for(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<CompartmentKeys>> {
    let query = case_grants::table
        .filter(case_grants::case_id.eq(case))
        .filter(live(tx.actor.organisation_id(), tx.now))
        .select(case_grants::all_columns);
    let rows: Vec<GrantRow> = on_backend!(tx.conn, |c| query.load(c))?;
    let keys = joined(tx, &rows)?.pop().map(|(_, keys)| keys);
    if keys.is_none() && !tx.writes { merges::keys_of_merged(tx, case) } else { Ok(keys) }
}

/// The same for several cases in one statement; a case that is not seen is not there.
pub(in crate::db) fn keys_for_each(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<Vec<(CaseId, CompartmentKeys)>> {
    let query = case_grants::table
        .filter(case_grants::case_id.eq_any(cases))
        .filter(live(tx.actor.organisation_id(), tx.now))
        .select(case_grants::all_columns);
    let rows: Vec<GrantRow> = on_backend!(tx.conn, |c| query.load(c))?;
    joined(tx, &rows)
}

/// The keys of several grants on one case together, as far as each serves this caller.
pub(in crate::db) fn joined(tx: &Tx<'_>, rows: &[GrantRow]) -> Result<Vec<(CaseId, CompartmentKeys)>> {
    let mut all: Vec<(CaseId, CompartmentKeys)> = Vec::new();
    for row in rows.iter().filter(|row| serves(tx, row)) {
        let opened = row.keys(tx)?;
        match all.iter_mut().find(|(case, _)| *case == row.case_id) {
            Some((_, held)) => *held = std::mem::take(held).union(opened),
            None => all.push((row.case_id, opened)),
        }
    }
    Ok(all)
}

/// Whether a grant opens anything for this caller now. Emergency access is one person's, reads, and never writes.
fn serves(tx: &Tx<'_>, row: &GrantRow) -> bool {
    let own = tx.actor.user().map(|user| user.user_id);
    !row.is_emergency() || (row.created_by == own && !tx.writes)
}

/// Whether an organisation holds a live grant on the case.
pub(in crate::db) fn is_seen_by(tx: &mut Tx<'_>, case: CaseId, organisation: OrganisationId) -> Result<bool> {
    let held = case_grants::table
        .filter(case_grants::case_id.eq(case))
        .filter(case_grants::basis.ne(GrantBasis::BreakGlass))
        .filter(live(organisation, tx.now));
    let query = diesel::select(diesel::dsl::exists(held));
    Ok(on_backend!(tx.conn, |c| query.get_result(c))?)
}

/// What a new grant is for.
pub(in crate::db) struct NewGrant {
    pub(in crate::db) organisation: OrganisationId,
    pub(in crate::db) basis: GrantBasis,
    pub(in crate::db) compartments: CompartmentSet,
    pub(in crate::db) expires_at: Option<Timestamp>,
}

/// Gives a grant: the only way one comes about after the first. `held` are the keys of whoever gives; nobody gives what they do not
/// hold. Giving again on the same basis replaces the grant. Whom the person denies is given nothing, whoever asks; nor is anybody
/// to the case of a merged person.
pub(in crate::db) fn give(tx: &mut Tx<'_>, case: &CaseRow, held: &CompartmentKeys, grant: &NewGrant) -> Result<()> {
    if sharing::is_denied(tx, case.person_id, grant.organisation)? || merges::is_merged(tx, case.person_id)? {
        return Ok(());
    }
    remove(tx, case.id, grant.organisation, grant.basis)?;
    insert(tx, case, held, grant, false)?;
    choose_primary(tx, case.id, grant.organisation)
}

/// Gives the first grant that an organisation holds on a case: at registration, when there can be no other.
pub(in crate::db) fn give_first(tx: &mut Tx<'_>, case: &CaseRow, held: &CompartmentKeys, grant: &NewGrant) -> Result<()> {
    insert(tx, case, held, grant, true)
}

fn insert(tx: &mut Tx<'_>, case: &CaseRow, held: &CompartmentKeys, grant: &NewGrant, is_primary: bool) -> Result<()> {
    let keys = held.only(grant.compartments);
    let row = GrantRow {
        case_id: case.id,
        organisation_id: grant.organisation,
        basis: grant.basis,
        consent_id: None,
        compartments: keys.compartments(),
        sealed_keys: tx.keys.seal_grant(case.id, grant.organisation, grant.basis, &keys)?,
        expires_at: grant.expires_at,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        is_primary,
        registered_at: case.created_at,
        changed_at: case.updated_at,
        risk_rank: case.risk_rank(),
        nationality: case.nationality(),
        stage: case.stage_label().to_owned(),
        cohort: case.registered_on.format("%Y-%m").to_string(),
        mission_id: counts_for(tx, case, grant),
        milestones: MilestoneSet::REGISTERED,
    };
    let query = diesel::insert_into(case_grants::table).values(&row);
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// The mission that a new grant counts for: a mission's own, and for others the one that took the person in. What comes
/// later is told by [`follow_progress`].
fn counts_for(tx: &Tx<'_>, case: &CaseRow, grant: &NewGrant) -> Option<MissionId> {
    let own = tx.actor.organisation_id();
    let is_intake = tx.actor.is_mission() && case.owner_id == own;
    let mission = if grant.basis == GrantBasis::EmbassyContact { Some(grant.organisation) } else { is_intake.then_some(own) };
    mission.map(MissionId::from)
}

/// A grant as it stands, without its keys.
pub(in crate::db) struct HeldGrant {
    pub(in crate::db) organisation: OrganisationId,
    pub(in crate::db) basis: GrantBasis,
    pub(in crate::db) compartments: CompartmentSet,
    pub(in crate::db) expires_at: Option<Timestamp>,
}

/// Every grant on a case, expired or not.
pub(in crate::db) fn held(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<HeldGrant>> {
    let query = case_grants::table.filter(case_grants::case_id.eq(case)).select((
        case_grants::organisation_id,
        case_grants::basis,
        case_grants::compartments,
        case_grants::expires_at,
    ));
    let rows: Vec<(OrganisationId, GrantBasis, CompartmentSet, Option<Timestamp>)> = on_backend!(tx.conn, |c| query.load(c))?;
    let held =
        rows.into_iter().map(|(organisation, basis, compartments, expires_at)| HeldGrant { organisation, basis, compartments, expires_at });
    Ok(held.collect())
}

fn remove(tx: &mut Tx<'_>, case: CaseId, organisation: OrganisationId, basis: GrantBasis) -> Result<bool> {
    let query = diesel::delete(case_grants::table.find((case, organisation, basis)));
    Ok(on_backend!(tx.conn, |c| query.execute(c))? > 0)
}

/// Withdraws a grant, if there is one. Whoever sees nothing of the case any more is told that, and not why.
pub(in crate::db) fn withdraw(tx: &mut Tx<'_>, case: CaseId, organisation: OrganisationId, basis: GrantBasis) -> Result<()> {
    if !remove(tx, case, organisation, basis)? {
        return Ok(());
    }
    choose_primary(tx, case, organisation)?;
    if !is_seen_by(tx, case, organisation)? {
        events::tell(tx, organisation, AccessEventKind::AccessEnded, case)?;
    }
    Ok(())
}

/// Withdraws every grant that any mission holds on the case: the protection pathway.
pub(in crate::db) fn withdraw_from_missions(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let missions = organisations::table.filter(organisations::kind.eq(OrganisationKind::DiplomaticMission)).select(organisations::id);
    let query = case_grants::table
        .filter(case_grants::case_id.eq(case))
        .filter(case_grants::organisation_id.eq_any(missions))
        .select((case_grants::organisation_id, case_grants::basis));
    let held: Vec<(OrganisationId, GrantBasis)> = on_backend!(tx.conn, |c| query.load(c))?;
    held.into_iter().try_for_each(|(mission, basis)| withdraw(tx, case, mission, basis))
}

/// The missions that see the case because the person accepted contact with them.
pub(in crate::db) fn contacted_missions(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<MissionId>> {
    let query = case_grants::table
        .filter(case_grants::case_id.eq(case))
        .filter(case_grants::basis.eq(GrantBasis::EmbassyContact))
        .select(case_grants::organisation_id);
    let organisations: Vec<OrganisationId> = on_backend!(tx.conn, |c| query.load(c))?;
    Ok(organisations.into_iter().map(MissionId::from).collect())
}

/// Keeps the copies that lists sort and count by in step with the case.
pub(in crate::db) fn follow(tx: &mut Tx<'_>, case: &CaseRow) -> Result<()> {
    let query = diesel::update(case_grants::table.filter(case_grants::case_id.eq(case.id))).set((
        case_grants::changed_at.eq(case.updated_at),
        case_grants::risk_rank.eq(case.risk_rank()),
        case_grants::nationality.eq(case.nationality()),
        case_grants::stage.eq(case.stage_label()),
    ));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// Keeps the copies that the funnel counts by in step. A mission counts what it sees as its own: which other mission the
/// person turned to is none of its business.
pub(in crate::db) fn follow_progress(tx: &mut Tx<'_>, case: CaseId, facts: &Facts) -> Result<()> {
    let of_case = case_grants::table.filter(case_grants::case_id.eq(case));
    let accepted = || facts.contacts.iter().filter(|contact| contact.decision.allows_contact()).map(|contact| contact.mission);
    let guests: Vec<MissionId> = accepted().filter(|mission| facts.owner != (*mission).into()).collect();
    let reached = milestones(facts);
    let of_hosts = of_case.filter(case_grants::organisation_id.ne_all(guests.iter().map(|guest| OrganisationId::from(*guest))));
    let query = diesel::update(of_hosts.filter(case_grants::milestones.ne(reached))).set(case_grants::milestones.eq(reached));
    on_backend!(tx.conn, |c| query.execute(c))?;
    for guest in guests {
        let of_guest = of_case.filter(case_grants::organisation_id.eq(OrganisationId::from(guest)));
        let query = diesel::update(of_guest).set(case_grants::milestones.eq(milestones_told_to(guest, facts)));
        on_backend!(tx.conn, |c| query.execute(c))?;
    }
    // The mission that a case counts for: the newest one that the person accepted.
    let leading = accepted().next_back();
    let others = of_case.filter(case_grants::organisation_id.ne_all(missions::table.select(missions::id)));
    let query = diesel::update(others).set(case_grants::mission_id.eq(leading));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}

/// Marks the grant that stands for the organisation in lists: the lasting one that opens most.
fn choose_primary(tx: &mut Tx<'_>, case: CaseId, organisation: OrganisationId) -> Result<()> {
    let held = case_grants::table
        .filter(case_grants::case_id.eq(case))
        .filter(case_grants::organisation_id.eq(organisation))
        // One person's emergency is nobody's list.
        .filter(case_grants::basis.ne(GrantBasis::BreakGlass));
    let query = held.select((case_grants::basis, case_grants::expires_at, case_grants::compartments, case_grants::is_primary));
    let grants: Vec<(GrantBasis, Option<Timestamp>, CompartmentSet, bool)> = on_backend!(tx.conn, |c| query.load(c))?;
    let widest = grants
        .iter()
        .max_by_key(|(basis, expires_at, compartments, _)| (expires_at.is_none(), compartments.iter().count(), std::cmp::Reverse(*basis)));
    let Some((chosen, ..)) = widest.filter(|(.., is_primary)| !is_primary) else { return Ok(()) };
    let clear = diesel::update(held).set(case_grants::is_primary.eq(false));
    on_backend!(tx.conn, |c| clear.execute(c))?;
    let mark = diesel::update(case_grants::table.find((case, organisation, *chosen))).set(case_grants::is_primary.eq(true));
    on_backend!(tx.conn, |c| mark.execute(c))?;
    Ok(())
}

/// Cases of a host country that an organisation has no grant on: what a new coordination desk must be given.
pub(in crate::db) fn cases_without_desk(tx: &mut Tx<'_>, country: Country, desk: OrganisationId) -> Result<Vec<CaseRow>> {
    use super::schema::cases;
    let granted =
        diesel::dsl::exists(case_grants::table.filter(case_grants::case_id.eq(cases::id)).filter(case_grants::organisation_id.eq(desk)));
    let query = cases::table
        .filter(cases::host_country.eq(country))
        .filter(cases::person_id.ne_all(merges::merged_persons()))
        .filter(diesel::dsl::not(granted))
        .select(cases::all_columns);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// Withdraws every grant that an organisation holds on one basis: it is no coordination desk any more.
pub(in crate::db) fn withdraw_all(tx: &mut Tx<'_>, organisation: OrganisationId, basis: GrantBasis) -> Result<()> {
    let query = case_grants::table
        .filter(case_grants::organisation_id.eq(organisation))
        .filter(case_grants::basis.eq(basis))
        .select(case_grants::case_id);
    let held: Vec<CaseId> = on_backend!(tx.conn, |c| query.load(c))?;
    held.into_iter().try_for_each(|case| withdraw(tx, case, organisation, basis))
}
