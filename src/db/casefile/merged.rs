//! Persons who are merged into another one.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::merges;
use crate::domain::ids::*;
use crate::error::Result;

/// The persons who are merged into another one now, for a filter: lists, searches and due dates leave them out.
#[diesel::dsl::auto_type]
pub(in crate::db) fn merged_persons() -> _ {
    merges::table.filter(merges::undone_at.is_null()).select(merges::merged_person_id)
}

/// Whether the person is merged into another one.
pub(in crate::db) fn is_merged(tx: &mut Tx<'_>, person: PersonId) -> Result<bool> {
    let live = merges::table.filter(merges::undone_at.is_null()).filter(merges::merged_person_id.eq(person));
    let query = diesel::select(diesel::dsl::exists(live));
    Ok(query.get_result(tx.conn)?)
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
