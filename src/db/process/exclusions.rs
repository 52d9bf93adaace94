//! Acts of users that shut missions out of the cases of a person: how many a user may do alone, and what the missions held, so that
//! a wrong protection pathway can be taken back.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::accounts::{approvals, users};
use crate::db::casefile::granting;
use crate::db::casefile::lock::PersonLocked;
use crate::db::casefile::person_keys;
use crate::db::casefile::row::CaseRow;
use crate::db::schema::{excluded_grants, exclusions, organisations};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::accounts::approval::{Act, ExclusionParameters};
use crate::domain::codes::{ExclusionWay, OrganisationKind};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, CaseId, ExclusionId, OrganisationId, UserId};
use crate::domain::sharing::EXCLUSION_SECONDS;
use crate::error::{ErrorCode, Result};

/// An exclusion as stored.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = exclusions, treat_none_as_default_value = false)]
pub(in crate::db) struct ExclusionRow {
    pub(in crate::db) id: ExclusionId,
    pub(in crate::db) case_id: CaseId,
    pub(in crate::db) organisation_id: OrganisationId,
    pub(in crate::db) created_at: Timestamp,
    pub(in crate::db) created_by: UserId,
    pub(in crate::db) way: ExclusionWay,
    pub(in crate::db) began_with: Option<i64>,
    pub(in crate::db) is_foreign: bool,
    pub(in crate::db) undone_at: Option<Timestamp>,
    pub(in crate::db) undone_by: Option<UserId>,
}

/// A grant that a mission lost by an exclusion.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = excluded_grants, treat_none_as_default_value = false)]
pub(in crate::db) struct ExcludedGrant {
    pub(in crate::db) exclusion_id: ExclusionId,
    pub(in crate::db) case_id: CaseId,
    pub(in crate::db) organisation_id: OrganisationId,
    pub(in crate::db) basis: GrantBasis,
    pub(in crate::db) compartments: CompartmentSet,
    pub(in crate::db) expires_at: Option<Timestamp>,
    /// The organisation that became responsible, if the mission owned the case.
    pub(in crate::db) next_owner_id: Option<OrganisationId>,
    pub(in crate::db) holds_person_key: bool,
}

/// An exclusion that begins.
pub(in crate::db) struct NewExclusion {
    pub(in crate::db) case: CaseId,
    pub(in crate::db) way: ExclusionWay,
    /// The version of the case that a protection pathway begins with.
    pub(in crate::db) began_with: Option<i64>,
    /// Whether it concerns a case that is not of the actor's own organisation.
    pub(in crate::db) is_foreign: bool,
    /// The approval of a second person, if the caller has one.
    pub(in crate::db) approval: Option<ApprovalId>,
}

/// Begins an exclusion. The first one of a user within an hour is immediate, because a person may be in danger. A further one on a
/// case of another organisation needs a second person first, because one account could otherwise shut every mission out of every case.
pub(in crate::db) fn begin(tx: &mut Tx<'_>, _: &PersonLocked<'_>, new: &NewExclusion) -> Result<ExclusionId> {
    let user = tx.actor.user().map(|user| user.user_id).ok_or(ErrorCode::PermissionDenied)?;
    if new.is_foreign {
        // Two instances count one after the other.
        users::lock(tx, user)?;
        if has_begun_one(tx, user)? {
            let asked = ExclusionParameters { case_id: new.case, way: new.way };
            approvals::consume(tx, new.approval, &Act { exclusion: Some(asked), ..Act::default() })?;
        }
    }
    let row = ExclusionRow {
        id: ExclusionId::random(),
        case_id: new.case,
        organisation_id: tx.actor.organisation_id(),
        created_at: tx.now,
        created_by: user,
        way: new.way,
        began_with: new.began_with,
        is_foreign: new.is_foreign,
        undone_at: None,
        undone_by: None,
    };
    let query = diesel::insert_into(exclusions::table).values(&row);
    query.execute(tx.conn)?;
    Ok(row.id)
}

/// Whether the user shut a mission out of a case of another organisation within the last hour.
fn has_begun_one(tx: &mut Tx<'_>, user: UserId) -> Result<bool> {
    let recent = exclusions::table
        .filter(exclusions::created_by.eq(user))
        .filter(exclusions::is_foreign.eq(true))
        .filter(exclusions::created_at.gt(tx.now.plus_seconds(-EXCLUSION_SECONDS)));
    let query = diesel::select(diesel::dsl::exists(recent));
    Ok(query.get_result(tx.conn)?)
}

/// The grants of missions on a case, as they are before an exclusion takes them.
pub(in crate::db) fn held_by_missions(tx: &mut Tx<'_>, exclusion: ExclusionId, case: &CaseRow) -> Result<Vec<ExcludedGrant>> {
    let query = organisations::table.filter(organisations::kind.eq(OrganisationKind::DiplomaticMission)).select(organisations::id);
    let missions: Vec<OrganisationId> = query.load(tx.conn)?;
    let holders = person_keys::holders(tx, case.person_id)?;
    let held = granting::held(tx, case.id)?.into_iter().filter(|grant| missions.contains(&grant.organisation));
    Ok(held
        .map(|grant| ExcludedGrant {
            exclusion_id: exclusion,
            case_id: case.id,
            organisation_id: grant.organisation,
            basis: grant.basis,
            compartments: grant.compartments,
            expires_at: grant.expires_at,
            next_owner_id: None,
            holds_person_key: holders.contains(&grant.organisation),
        })
        .collect())
}

/// Stores what missions lost.
pub(in crate::db) fn remember(tx: &mut Tx<'_>, held: &[ExcludedGrant]) -> Result<()> {
    for grant in held {
        let query = diesel::insert_into(excluded_grants::table).values(grant);
        query.execute(tx.conn)?;
    }
    Ok(())
}

/// The protection pathways on these cases that nobody took back, the newest first.
pub(in crate::db) fn live_pathways(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<Vec<ExclusionRow>> {
    let query = exclusions::table
        .filter(exclusions::case_id.eq_any(cases))
        .filter(exclusions::way.eq(ExclusionWay::ProtectionPathway))
        .filter(exclusions::undone_at.is_null())
        .order((exclusions::created_at.desc(), exclusions::id))
        .select(exclusions::all_columns);
    Ok(query.load(tx.conn)?)
}

/// What missions lost by an exclusion.
pub(in crate::db) fn lost_by(tx: &mut Tx<'_>, exclusion: ExclusionId) -> Result<Vec<ExcludedGrant>> {
    let query = excluded_grants::table
        .filter(excluded_grants::exclusion_id.eq(exclusion))
        .order((excluded_grants::case_id, excluded_grants::organisation_id, excluded_grants::basis))
        .select(excluded_grants::all_columns);
    Ok(query.load(tx.conn)?)
}

/// Ends an exclusion. What missions lost by it is given back by nobody else.
pub(in crate::db) fn end(tx: &mut Tx<'_>, _: &PersonLocked<'_>, exclusion: ExclusionId) -> Result<()> {
    let undone_by = tx.actor.user().map(|user| user.user_id);
    let query = diesel::update(exclusions::table.find(exclusion))
        .set((exclusions::undone_at.eq(Some(tx.now)), exclusions::undone_by.eq(undone_by)));
    query.execute(tx.conn)?;
    Ok(())
}

/// Leaves what missions lost to another exclusion of the person, which still holds: they get it back when that one ends.
pub(in crate::db) fn leave_to(tx: &mut Tx<'_>, lost: &[ExcludedGrant], other: ExclusionId) -> Result<()> {
    let left = lost.iter().map(|grant| ExcludedGrant { exclusion_id: other, ..grant.clone() });
    for grant in left {
        let query = diesel::insert_into(excluded_grants::table).values(&grant).on_conflict_do_nothing();
        query.execute(tx.conn)?;
    }
    Ok(())
}
