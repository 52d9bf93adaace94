//! Giving, withdrawing and counting grants.

use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::grants::{self, GrantRow};
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{access_events, denied, grant_copies, merged, person_keys};
use crate::db::engine::connection::ExecuteLater;
use crate::db::schema::{case_grants, merged_grants, organisations};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::{AccessEventKind, OrganisationKind};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, MissionId, OrganisationId, PersonId};
use crate::domain::repatriation::MilestoneSet;
use crate::domain::sharing::Authority;
use crate::error::{ErrorCode, Result};

/// A grant that is about to be given.
pub(in crate::db) struct NewGrant {
    pub(in crate::db) organisation: OrganisationId,
    pub(in crate::db) basis: GrantBasis,
    pub(in crate::db) compartments: CompartmentSet,
    pub(in crate::db) expires_at: Option<Timestamp>,
    /// The proof that it may be given.
    pub(in crate::db) authority: Authority,
}

impl NewGrant {
    /// The grant of the coordination desk of the host country: who the person is, for as long as it is the desk.
    pub(in crate::db) fn of_desk(desk: OrganisationId, authority: Authority) -> Self {
        Self { organisation: desk, basis: GrantBasis::Coordination, compartments: CompartmentSet::WHO, expires_at: None, authority }
    }
}

/// What a new owner opens of the cases merged into the one that it gets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::db) enum Opens {
    /// All of it, with the key of the person: the case was handed to it, or handed back.
    Whole,
    /// What it opened before: nobody comes to read more by becoming responsible.
    AsBefore,
}

/// The authority of the user who acts, if they proved a moment ago who they are: the door of the act asks for that, and this makes
/// sure of it. A machine gives no access.
pub(in crate::db) fn authority(tx: &Tx<'_>) -> Result<Authority> {
    let refused = if tx.actor.user().is_some() { ErrorCode::InsufficientUserAuthentication } else { ErrorCode::PermissionDenied };
    Authority::of_recent_user(tx.actor, tx.now).ok_or_else(|| refused.into())
}

/// Gives a grant: the only way to give one after registration. `held` are the keys of the giver, which cannot give more than it
/// holds. Giving again on the same basis replaces the grant. An organisation that the person denies is given nothing, and the
/// case of a merged person is granted to no organisation.
pub(in crate::db) fn give(
    tx: &mut Tx<'_>,
    person: &PersonLocked<'_>,
    case: &CaseRow,
    held: &CompartmentKeys,
    grant: &NewGrant,
) -> Result<()> {
    if denied::is_denied(tx, case.person_id, grant.organisation)? || merged::is_merged(tx, case.person_id)? {
        return Ok(());
    }
    let carried = carried(tx, case.id, grant)?;
    remove(tx, case.id, grant.organisation, grant.basis)?;
    insert(tx, person, case, &held.clone().and_merged_of(carried), grant, false)?;
    choose_primary(tx, case.id, grant.organisation)
}

/// Hands the cases merged into one on to its new owner, with their history: they are in no list, and opened at their own address.
/// Whoever owned them before keeps no key of theirs.
pub(in crate::db) fn hand_on_merged(tx: &mut Tx<'_>, survivor: CaseId, owner: OrganisationId, opens: Opens) -> Result<()> {
    let (authority, owning) = (authority(tx)?, [GrantBasis::Registration, GrantBasis::Ownership]);
    for (case, person) in merged::cases_of(tx, survivor)? {
        let (person, case) = (lock::lock_person(tx, person)?, row::row_unscoped(tx, case)?);
        let key = person_keys::system_key(tx, case.person_id)?;
        let compartments = match opens {
            Opens::Whole => CompartmentSet::ALL,
            Opens::AsBefore => opened_before(tx, case.id, owner)?,
        };
        let of_case = || merged_grants::table.filter(merged_grants::case_id.eq(case.id));
        let clear = diesel::delete(of_case().filter(merged_grants::basis.eq_any(owning)));
        clear.execute(tx.conn)?;
        tx.forget_keys_on_commit();
        let others = of_case().filter(merged_grants::organisation_id.eq(owner));
        let stand_back = diesel::update(others).set(merged_grants::is_primary.eq(false));
        stand_back.execute(tx.conn)?;
        let keys = key.compartment_keys(case.person_id, case.id, compartments)?;
        let ownership = NewGrant { organisation: owner, basis: GrantBasis::Ownership, compartments, expires_at: None, authority };
        insert(tx, &person, &case, &keys, &ownership, true)?;
        let given = || case_grants::table.find((case.id, owner, ownership.basis));
        let suspend = given().select(case_grants::all_columns).insert_into(merged_grants::table).into_columns(merged_grants::all_columns);
        suspend.execute(tx.conn)?;
        let clear = diesel::delete(given());
        clear.execute(tx.conn)?;
        if case.owner_id != owner {
            person_keys::withdraw_key(tx, &person, case.owner_id)?;
        }
        if opens == Opens::Whole {
            person_keys::hand_over(tx, &person, authority, owner, &key)?;
        }
        row::change_owner(tx, case.id, owner)?;
    }
    Ok(())
}

/// What an organisation opened of a merged case before the merge, for a lasting reason.
fn opened_before(tx: &mut Tx<'_>, case: CaseId, organisation: OrganisationId) -> Result<CompartmentSet> {
    let lasting = suspended(tx, case)?.into_iter().filter(|grant| {
        let is_over = grant.expires_at.is_some_and(|at| at <= tx.now);
        grant.organisation == organisation && grant.basis != GrantBasis::BreakGlass && !is_over
    });
    Ok(lasting.fold(CompartmentSet::EMPTY, |all, grant| all.union(grant.compartments)))
}

/// The keys of the grant that is replaced: what it opens of merged cases stays, as far as the new one goes, until it is settled anew.
fn carried(tx: &mut Tx<'_>, case: CaseId, grant: &NewGrant) -> Result<CompartmentKeys> {
    Ok(stored_keys(tx, case, grant.organisation, grant.basis)?.map(|(keys, _)| keys).unwrap_or_default())
}

/// The keys of a grant, for whatever organisation, and when it was given.
pub(in crate::db) fn stored_keys(
    tx: &mut Tx<'_>,
    case: CaseId,
    organisation: OrganisationId,
    basis: GrantBasis,
) -> Result<Option<(CompartmentKeys, Timestamp)>> {
    let query = case_grants::table.find((case, organisation, basis)).select((case_grants::sealed_keys, case_grants::created_at));
    let stored: Option<(Vec<u8>, Timestamp)> = query.get_result(tx.conn).optional()?;
    stored.map(|(sealed, since)| Ok((tx.keys.open_grant(case, organisation, basis, &sealed)?, since))).transpose()
}

/// Replaces the keys of a grant, because it opens more or less of the cases merged into its own.
pub(in crate::db) fn seal_anew(
    tx: &mut Tx<'_>,
    person: &PersonLocked<'_>,
    case: &CaseRow,
    grant: &HeldGrant,
    keys: &CompartmentKeys,
) -> Result<()> {
    person.check(case.person_id)?;
    let sealed = tx.keys.seal_grant(case.id, grant.organisation, grant.basis, keys)?;
    let there = case_grants::table.find((case.id, grant.organisation, grant.basis));
    let query = diesel::update(there).set(case_grants::sealed_keys.eq(sealed));
    query.execute(tx.conn)?;
    tx.forget_keys_on_commit();
    Ok(())
}

/// Gives the first grant that an organisation holds on a case: at registration, when there can be no other.
pub(in crate::db) fn give_first(
    tx: &mut Tx<'_>,
    person: &PersonLocked<'_>,
    case: &CaseRow,
    held: &CompartmentKeys,
    grant: &NewGrant,
) -> Result<()> {
    insert(tx, person, case, held, grant, true)
}

fn insert(
    tx: &mut Tx<'_>,
    person: &PersonLocked<'_>,
    case: &CaseRow,
    held: &CompartmentKeys,
    grant: &NewGrant,
    is_primary: bool,
) -> Result<()> {
    person.check(case.person_id)?;
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
        created_by: grant.authority.user().or_else(|| tx.actor.user().map(|user| user.user_id)),
        is_primary,
        registered_at: case.created_at,
        changed_at: case.updated_at,
        risk_rank: case.risk_rank(),
        nationality: grant_copies::nationality_for(tx, case, grant.organisation)?,
        stage: case.stage_label().to_owned(),
        cohort: case.registered_on.format("%Y-%m").to_string(),
        mission_id: counts_for(tx, case, grant),
        milestones: MilestoneSet::REGISTERED,
    };
    let query = diesel::insert_into(case_grants::table).values(&row);
    query.execute_later(tx.conn)?;
    Ok(())
}

/// The mission that a new grant counts for: a mission's own, and for others the mission that took the person in. Later changes
/// are made by [`refresh_progress`].
fn counts_for(tx: &Tx<'_>, case: &CaseRow, grant: &NewGrant) -> Option<MissionId> {
    let own = tx.actor.organisation_id();
    let is_intake = tx.actor.is_mission() && case.owner_id == own;
    let mission = if grant.basis == GrantBasis::EmbassyContact { Some(grant.organisation) } else { is_intake.then_some(own) };
    mission.map(MissionId::from)
}

/// A stored grant without its keys.
#[derive(Queryable)]
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
    Ok(query.load(tx.conn)?)
}

/// Every grant on the case of a merged person, as it was when they were merged, or handed on since.
pub(in crate::db) fn suspended(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<HeldGrant>> {
    let query = merged_grants::table.filter(merged_grants::case_id.eq(case)).select((
        merged_grants::organisation_id,
        merged_grants::basis,
        merged_grants::compartments,
        merged_grants::expires_at,
    ));
    Ok(query.load(tx.conn)?)
}

fn remove(tx: &mut Tx<'_>, case: CaseId, organisation: OrganisationId, basis: GrantBasis) -> Result<bool> {
    let query = diesel::delete(case_grants::table.find((case, organisation, basis)));
    let was_there = query.execute(tx.conn)? > 0;
    if was_there {
        tx.forget_keys_on_commit();
    }
    Ok(was_there)
}

/// Withdraws a grant, if there is one. An organisation that no longer sees the case is told so, without the reason.
pub(in crate::db) fn withdraw(
    tx: &mut Tx<'_>,
    _: &PersonLocked<'_>,
    case: CaseId,
    organisation: OrganisationId,
    basis: GrantBasis,
) -> Result<()> {
    if !remove(tx, case, organisation, basis)? {
        return Ok(());
    }
    choose_primary(tx, case, organisation)?;
    if !grants::is_seen_by(tx, case, organisation)? {
        access_events::tell(tx, organisation, AccessEventKind::AccessEnded, case)?;
    }
    Ok(())
}

/// Withdraws every grant that any mission holds on the case: the protection pathway.
pub(in crate::db) fn withdraw_from_missions(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: CaseId) -> Result<()> {
    let missions = organisations::table.filter(organisations::kind.eq(OrganisationKind::DiplomaticMission)).select(organisations::id);
    let query = case_grants::table
        .filter(case_grants::case_id.eq(case))
        .filter(case_grants::organisation_id.eq_any(missions))
        .select((case_grants::organisation_id, case_grants::basis));
    let held: Vec<(OrganisationId, GrantBasis)> = query.load(tx.conn)?;
    held.into_iter().try_for_each(|(mission, basis)| withdraw(tx, person, case, mission, basis))
}

/// Withdraws every emergency access to the case: nobody opens the case of a shielded person that way.
pub(in crate::db) fn withdraw_emergency_access(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: CaseId) -> Result<()> {
    let of_case = held(tx, case)?.into_iter().filter(|grant| grant.basis == GrantBasis::BreakGlass);
    of_case.map(|grant| grant.organisation).try_for_each(|organisation| withdraw(tx, person, case, organisation, GrantBasis::BreakGlass))
}

/// The missions that see the case because the person accepted contact with them.
pub(in crate::db) fn contacted_missions(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<MissionId>> {
    let query = case_grants::table
        .filter(case_grants::case_id.eq(case))
        .filter(case_grants::basis.eq(GrantBasis::EmbassyContact))
        .select(case_grants::organisation_id);
    let organisations: Vec<OrganisationId> = query.load(tx.conn)?;
    Ok(organisations.into_iter().map(MissionId::from).collect())
}

/// Marks the grant that stands for the organisation in lists: the lasting one that opens most compartments.
pub(in crate::db) fn choose_primary(tx: &mut Tx<'_>, case: CaseId, organisation: OrganisationId) -> Result<()> {
    let held = case_grants::table
        .filter(case_grants::case_id.eq(case))
        .filter(case_grants::organisation_id.eq(organisation))
        // Emergency access belongs to one user, so it never puts a case into the organisation's lists.
        .filter(case_grants::basis.ne(GrantBasis::BreakGlass));
    let query = held.select((case_grants::basis, case_grants::expires_at, case_grants::compartments, case_grants::is_primary));
    let grants: Vec<(GrantBasis, Option<Timestamp>, CompartmentSet, bool)> = query.load(tx.conn)?;
    // Prefers a grant without an end, then the most compartments; the basis makes the choice the same on every run.
    let widest = grants
        .iter()
        .max_by_key(|(basis, expires_at, compartments, _)| (expires_at.is_none(), compartments.iter().count(), std::cmp::Reverse(*basis)));
    let Some((chosen, ..)) = widest.filter(|(.., is_primary)| !is_primary) else { return Ok(()) };
    let clear = diesel::update(held).set(case_grants::is_primary.eq(false));
    clear.execute(tx.conn)?;
    let mark = diesel::update(case_grants::table.find((case, organisation, *chosen))).set(case_grants::is_primary.eq(true));
    mark.execute(tx.conn)?;
    Ok(())
}

/// The cases of a host country on which an organisation has no grant, in the order in which their persons are locked: a new
/// coordination desk must be given one.
pub(in crate::db) fn cases_without_desk(tx: &mut Tx<'_>, country: Country, desk: OrganisationId) -> Result<Vec<CaseRow>> {
    use crate::db::schema::cases;
    let granted =
        diesel::dsl::exists(case_grants::table.filter(case_grants::case_id.eq(cases::id)).filter(case_grants::organisation_id.eq(desk)));
    let query = cases::table
        .filter(cases::host_country.eq(country))
        .filter(cases::person_id.ne_all(merged::merged_persons()))
        .filter(diesel::dsl::not(granted))
        .select(cases::all_columns);
    let mut rows: Vec<CaseRow> = query.load(tx.conn)?;
    rows.sort_unstable_by_key(|case| case.person_id);
    Ok(rows)
}

/// Withdraws every grant that an organisation holds on one basis, because it is no longer a coordination desk.
pub(in crate::db) fn withdraw_all(tx: &mut Tx<'_>, organisation: OrganisationId, basis: GrantBasis) -> Result<()> {
    use crate::db::schema::cases;
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(case_grants::organisation_id.eq(organisation))
        .filter(case_grants::basis.eq(basis))
        .select((cases::person_id, case_grants::case_id));
    let mut held: Vec<(PersonId, CaseId)> = query.load(tx.conn)?;
    held.sort_unstable();
    held.into_iter().try_for_each(|(person, case)| {
        let person = lock::lock_person(tx, person)?;
        withdraw(tx, &person, case, organisation, basis)
    })
}
