//! The lock of a person: held by every transaction that gives or takes access to a case of theirs.

use diesel::prelude::*;
use std::marker::PhantomData;

use crate::db::Tx;
use crate::db::casefile::merged;
use crate::db::schema::persons;
use crate::domain::ids::PersonId;
use crate::error::{Error, ErrorCode, Result};

/// Proof that this transaction holds the lock of a person until it ends. Every function that gives or takes access to a case
/// demands it, because two instances that decide at the same time would each act on facts that the other one is changing. The
/// lifetime is that of the transaction, so that a proof cannot be kept for a repeated attempt.
///
/// Locks are taken in one order, so that no two writes wait for each other: persons before cases, several persons and several
/// cases by their ids. A decision is read after the lock. The writes of one group share a transaction, so two groups can still
/// meet in opposite order; Postgres then refuses one of the writes, and the writer repeats it.
pub(in crate::db) struct PersonLocked<'a> {
    person: PersonId,
    transaction: PhantomData<&'a ()>,
}

impl PersonLocked<'_> {
    /// The proof for a person whom this transaction creates: no other transaction knows of them before the commit.
    pub(super) fn of_new(person: PersonId) -> Self {
        Self { person, transaction: PhantomData }
    }

    /// The person whose lock is held.
    pub(in crate::db) fn person(&self) -> PersonId {
        self.person
    }

    /// Refuses a case or key of another person: a mistake of the program.
    pub(in crate::db) fn check(&self, person: PersonId) -> Result<()> {
        if self.person == person { Ok(()) } else { Err(Error::internal("the lock of another person is held")) }
    }
}

/// Locks a person until this transaction ends. An update that changes nothing locks the row on Postgres; on SQLite there is one
/// writer.
pub(in crate::db) fn lock_person<'a>(tx: &mut Tx<'a>, person: PersonId) -> Result<PersonLocked<'a>> {
    let query = diesel::update(persons::table.find(person)).set(persons::created_at.eq(persons::created_at));
    match query.execute(tx.conn)? {
        0 => Err(Error::internal("a case without a person")),
        _ => Ok(PersonLocked { person, transaction: PhantomData }),
    }
}

/// Locks several persons, in the order of their ids.
pub(in crate::db) fn lock_persons<'a>(tx: &mut Tx<'a>, mut people: Vec<PersonId>) -> Result<Vec<PersonLocked<'a>>> {
    people.sort_unstable();
    people.dedup();
    people.into_iter().map(|person| lock_person(tx, person)).collect()
}

/// Locks a person and all persons merged with them, who count as one. A merge that is made meanwhile refuses the write, and the
/// writer repeats it.
pub(in crate::db) fn lock_merged_persons<'a>(tx: &mut Tx<'a>, person: PersonId) -> Result<Vec<PersonLocked<'a>>> {
    let before = merged::one_with(tx, person)?;
    let locked = lock_persons(tx, before.clone())?;
    if merged::one_with(tx, person)? == before { Ok(locked) } else { Err(ErrorCode::DatabaseUnavailable.into()) }
}
