//! Persons who are merged into another one.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::{cases, embassy_contacts, merged_grants, merges};
use crate::domain::access::GrantBasis;
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::error::Result;

/// The persons who are merged into another one now, for a filter: lists, searches and due dates leave them out.
#[diesel::dsl::auto_type]
pub(in crate::db) fn merged_persons() -> _ {
    merges::table.filter(merges::undone_at.is_null()).select(merges::merged_person_id)
}

/// The merges that an organisation can ask for: those into a case that it owns now, whoever made them.
#[diesel::dsl::auto_type]
pub(in crate::db) fn is_of_owner(owner: OrganisationId) -> _ {
    merges::survivor_case_id.eq_any(cases::table.filter(cases::owner_id.eq(owner)).select(cases::id))
}

/// Whether the actor's organisation owns the case that goes on, and so can ask for the merge.
pub(in crate::db) fn is_of_actor(tx: &mut Tx<'_>, merge: MergeId) -> Result<bool> {
    let own = merges::table.find(merge).filter(is_of_owner(tx.actor.organisation_id()));
    let query = diesel::select(diesel::dsl::exists(own));
    Ok(query.get_result(tx.conn)?)
}

/// Whether the person is merged into another one.
pub(in crate::db) fn is_merged(tx: &mut Tx<'_>, person: PersonId) -> Result<bool> {
    let live = merges::table.filter(merges::undone_at.is_null()).filter(merges::merged_person_id.eq(person));
    let query = diesel::select(diesel::dsl::exists(live));
    Ok(query.get_result(tx.conn)?)
}

/// Those of these persons who are merged into another one.
pub(in crate::db) fn merged_among(tx: &mut Tx<'_>, persons: Vec<PersonId>) -> Result<Vec<PersonId>> {
    Ok(merged_persons().filter(merges::merged_person_id.eq_any(persons)).load(tx.conn)?)
}

/// The cases that go on for those of these persons who are merged into another one.
pub(in crate::db) fn survivors_of(tx: &mut Tx<'_>, persons: Vec<PersonId>) -> Result<Vec<(PersonId, CaseId)>> {
    let live = merges::table.filter(merges::undone_at.is_null()).filter(merges::merged_person_id.eq_any(persons));
    let query = live.select((merges::merged_person_id, merges::survivor_case_id));
    Ok(query.load(tx.conn)?)
}

/// The cases that are merged into any of these.
pub(in crate::db) fn cases_merged_into(tx: &mut Tx<'_>, cases_that_go_on: &[CaseId]) -> Result<Vec<CaseId>> {
    let query = merges::table
        .inner_join(cases::table.on(cases::person_id.eq(merges::merged_person_id)))
        .filter(merges::undone_at.is_null())
        .filter(merges::survivor_case_id.eq_any(cases_that_go_on.to_vec()))
        .select(cases::id);
    Ok(query.load(tx.conn)?)
}

/// The person and all persons merged with them now. A refusal by one of them counts for all.
pub(in crate::db) fn one_with(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<PersonId>> {
    let query = merges::table
        .filter(merges::undone_at.is_null())
        .filter(merges::survivor_person_id.eq(person).or(merges::merged_person_id.eq(person)))
        .order((merges::created_at, merges::id))
        .select((merges::survivor_person_id, merges::merged_person_id));
    let pairs: Vec<(PersonId, PersonId)> = query.load(tx.conn)?;
    let others = pairs.into_iter().map(|(survivor, merged)| if survivor == person { merged } else { survivor });
    Ok(std::iter::once(person).chain(others).collect())
}

/// The persons who are merged into this one.
pub(in crate::db) fn merged_into(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<PersonId>> {
    let query =
        merges::table.filter(merges::undone_at.is_null()).filter(merges::survivor_person_id.eq(person)).select(merges::merged_person_id);
    Ok(query.load(tx.conn)?)
}

/// The case that goes on for this person. None: they are not merged into another one.
pub(in crate::db) fn survivor_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<CaseId>> {
    let live = merges::table.filter(merges::undone_at.is_null()).filter(merges::merged_person_id.eq(person));
    let query = live.select(merges::survivor_case_id);
    Ok(query.get_result(tx.conn).optional()?)
}

/// The cases merged into this one now, each with its person.
pub(in crate::db) fn cases_of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<(CaseId, PersonId)>> {
    let query = merges::table
        .inner_join(cases::table.on(cases::person_id.eq(merges::merged_person_id)))
        .filter(merges::undone_at.is_null())
        .filter(merges::survivor_case_id.eq(case))
        .order((cases::created_at, cases::id))
        .select((cases::id, cases::person_id));
    Ok(query.load(tx.conn)?)
}

/// The contacts that an organisation is told of, for a filter: one that was recorded on a merged case only if it saw that one for a
/// reason of its own, as its owner or as the desk.
#[diesel::dsl::auto_type]
pub(in crate::db) fn is_told_to(organisation: OrganisationId) -> _ {
    let lasting: [GrantBasis; 3] = [GrantBasis::Registration, GrantBasis::Ownership, GrantBasis::Coordination];
    let seen = merged_grants::table
        .filter(merged_grants::organisation_id.eq(organisation))
        .filter(merged_grants::basis.eq_any(lasting))
        .select(merged_grants::case_id.nullable());
    embassy_contacts::merged_from.is_null().or(embassy_contacts::merged_from.eq_any(seen))
}

/// The organisations that saw every case merged into this one for a reason of their own, as its owner or as the desk: they are told of
/// the contacts that were recorded there.
pub(in crate::db) fn who_saw_merged_into(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<OrganisationId>> {
    let lasting: [GrantBasis; 3] = [GrantBasis::Registration, GrantBasis::Ownership, GrantBasis::Coordination];
    let mut saw_all: Option<Vec<OrganisationId>> = None;
    for merged in cases_merged_into(tx, &[case])? {
        let seen = merged_grants::table.filter(merged_grants::case_id.eq(merged)).filter(merged_grants::basis.eq_any(lasting));
        let saw: Vec<OrganisationId> = seen.select(merged_grants::organisation_id).load(tx.conn)?;
        saw_all = Some(match saw_all {
            Some(known) => known.into_iter().filter(|organisation| saw.contains(organisation)).collect(),
            None => saw,
        });
    }
    Ok(saw_all.unwrap_or_default())
}

/// The time of the newest live merge into this case, if any.
pub(in crate::db) fn merged_at(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Timestamp>> {
    let live = merges::table.filter(merges::undone_at.is_null()).filter(merges::survivor_case_id.eq(case));
    let query = live.order(merges::created_at.desc()).select(merges::created_at).limit(1);
    Ok(query.get_result(tx.conn).optional()?)
}

/// The case that goes on for the merged case with this code. None: there is no such merged case.
pub(in crate::db) fn goes_on_as(tx: &mut Tx<'_>, code: &str) -> Result<Option<CaseId>> {
    let query = merges::table
        .inner_join(cases::table.on(cases::person_id.eq(merges::merged_person_id)))
        .filter(merges::undone_at.is_null())
        .filter(cases::code.eq(code))
        .select(merges::survivor_case_id);
    Ok(query.get_result(tx.conn).optional()?)
}

/// The code by which a case is stored that somebody names by the code of a merged one. Only for the organisations that saw the
/// merged one: to others it is the code of nobody.
pub(in crate::db) fn current_code(tx: &mut Tx<'_>, code: &str) -> Result<String> {
    let saw = merged_grants::table.filter(merged_grants::organisation_id.eq(tx.actor.organisation_id())).select(merged_grants::case_id);
    let query = cases::table.filter(cases::code.eq(code)).filter(cases::id.eq_any(saw)).select(cases::id);
    let seen: Option<CaseId> = query.get_result(tx.conn).optional()?;
    let survivor = match seen {
        Some(_) => goes_on_as(tx, code)?,
        None => None,
    };
    let Some(survivor) = survivor else { return Ok(code.to_owned()) };
    let query = cases::table.find(survivor).select(cases::code);
    Ok(query.get_result(tx.conn)?)
}
