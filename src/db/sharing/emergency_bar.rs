//! What bars an organisation from emergency access to a person, and how the owner of the case lifts it.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::{lock, merged, open, row};
use crate::db::schema::{cases, emergency_accesses, emergency_lifts, users};
use crate::domain::codes::ReviewVerdict;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, PersonId, UserId};
use crate::domain::sharing::PastEmergency;
use crate::error::{Error, Result};

/// The lift of a bar, as stored: a later one takes its place.
#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = emergency_lifts, treat_none_as_default_value = false)]
pub struct EmergencyLift {
    person_id: PersonId,
    pub case_id: CaseId,
    pub organisation_id: OrganisationId,
    pub lifted_at: Timestamp,
    pub lifted_by: UserId,
}

/// Lifts what bars an organisation from emergency access to the person of the case: an access that was found unjustified, a
/// refusal, an access in the last days. It gives no access, and a denial is not lifted by it.
pub fn lift(tx: &mut Tx<'_>, case: CaseId, organisation: OrganisationId) -> Result<EmergencyLift> {
    let person = lock::lock_with_person(tx, case)?;
    let (case, _) = open::row_visible(tx, case)?;
    row::require_owner(tx, &case)?;
    organisations::check(tx, organisation, "/organisation_id")?;
    let lift = EmergencyLift {
        person_id: person.person(),
        case_id: case.id,
        organisation_id: organisation,
        lifted_at: tx.now,
        lifted_by: tx.actor.user().map(|user| user.user_id).ok_or_else(|| Error::internal("nobody lifts this"))?,
    };
    let query = diesel::insert_into(emergency_lifts::table)
        .values(&lift)
        .on_conflict((emergency_lifts::person_id, emergency_lifts::organisation_id))
        .do_update()
        .set(&lift);
    query.execute(tx.conn)?;
    tx.audit_change(case.id.0, None, None);
    tx.audit_subject(organisation.0);
    Ok(lift)
}

/// The organisations for which a bar was lifted, and when.
pub(in crate::db) fn lifts(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<(OrganisationId, Timestamp)>> {
    let same = merged::one_with(tx, person)?;
    let query = emergency_lifts::table
        .filter(emergency_lifts::person_id.eq_any(same))
        .select((emergency_lifts::organisation_id, emergency_lifts::lifted_at));
    Ok(query.load(tx.conn)?)
}

/// A stored access: when it was taken, its owner, the verdict, when it was given, and by whose user.
type Stored = (Timestamp, OrganisationId, Option<ReviewVerdict>, Option<Timestamp>, Option<OrganisationId>);

/// The emergency accesses that the organisation took to any case of the person.
pub(in crate::db) fn past(tx: &mut Tx<'_>, person: PersonId, organisation: OrganisationId) -> Result<Vec<PastEmergency>> {
    let same = merged::one_with(tx, person)?;
    let query = emergency_accesses::table
        .inner_join(cases::table)
        .left_join(users::table.on(users::id.nullable().eq(emergency_accesses::reviewed_by)))
        .filter(cases::person_id.eq_any(same))
        .filter(emergency_accesses::organisation_id.eq(organisation))
        .select((
            emergency_accesses::created_at,
            emergency_accesses::owner_id,
            emergency_accesses::verdict,
            emergency_accesses::reviewed_at,
            users::organisation_id.nullable(),
        ));
    let rows: Vec<Stored> = query.load(tx.conn)?;
    let past = rows.into_iter().map(|(taken_at, owner, verdict, reviewed_at, reviewer)| PastEmergency {
        taken_at,
        review: verdict.zip(reviewed_at),
        is_reviewed_by_owner: reviewer == Some(owner),
    });
    Ok(past.collect())
}
