//! Creating requests that were carried out, recorded in the transaction of the effect: a repeated request creates nothing new.
//!
//! A record keeps a reference to what was made, and never an answer. The answer to a repeated request is read anew, by the grants
//! that the caller holds then: a stored one would tell what the caller may no longer read.

use diesel::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

use crate::db::Tx;
use crate::db::schema::idempotency_keys;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, UserId};
use crate::error::{Error, ErrorCode, Result};

/// Requests are remembered for seven days, because a field office may be offline for long.
const KEPT_SECONDS: i64 = 7 * 24 * 3600;
/// Bytes of an id.
const ID_BYTES: usize = 16;

/// A reference to what a creating request made. The operation says what kind of thing the ids name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The case it belongs to. What is erased with the case is no longer referred to.
    pub case: Option<CaseId>,
    /// What was made; nothing but ids.
    pub ids: Vec<Uuid>,
}

/// The key and the fingerprint of a creating request, by which a repetition is recognised.
#[derive(Clone, Debug)]
pub struct CreateRequest {
    pub key: String,
    /// SHA-256 over path and body.
    pub body_hash: Vec<u8>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = idempotency_keys, treat_none_as_default_value = false)]
struct IdempotencyRow {
    /// The caller: a user, or a machine client.
    user_id: UserId,
    key: String,
    operation: String,
    /// None: what was made has been erased.
    body_hash: Option<Vec<u8>>,
    created_at: Timestamp,
    case_id: Option<CaseId>,
    /// None: from a version that stored the answer, which the migration deleted.
    resource_ids: Option<Vec<u8>>,
}

/// Runs a creating request once. `answer` makes and reads where it is given no reference, and only reads where it is given one. The
/// second value is true for a repeated request.
pub fn once<A>(
    tx: &mut Tx<'_>,
    request: Option<&CreateRequest>,
    answer: impl FnOnce(&mut Tx<'_>, Option<&Reference>) -> Result<(Reference, A)>,
) -> Result<(A, bool)> {
    let (Some(request), Some(user)) = (request, tx.actor.caller_id().map(UserId)) else {
        return answer(tx, None).map(|(_, answer)| (answer, false));
    };
    let operation = tx.request.operation.clone();
    if let Some(made) = recall(tx, user, request, &operation)? {
        tx.audit_unchanged(made.case.map_or(Uuid::nil(), |case| case.0));
        // What may be read and not changed is still told: a merged case to its owner, a case under emergency access.
        return tx.as_read(|tx| answer(tx, Some(&made))).map(|(_, answer)| (answer, true));
    }
    let (made, answer) = answer(tx, None)?;
    remember(tx, user, request, &operation, &made)?;
    Ok((answer, false))
}

/// Makes one of a list once, as `operation` makes it alone.
pub(in crate::db) fn once_of_list(
    tx: &mut Tx<'_>,
    operation: &str,
    request: Option<&CreateRequest>,
    make: impl FnOnce(&mut Tx<'_>) -> Result<CaseId>,
) -> Result<CaseId> {
    let (Some(request), Some(user)) = (request, tx.actor.caller_id().map(UserId)) else { return make(tx) };
    if let Some(made) = recall(tx, user, request, operation)? {
        let case = made.case.ok_or_else(|| Error::from(ErrorCode::AnswerNotKept))?;
        tx.audit_unchanged(case.0);
        return Ok(case);
    }
    let case = make(tx)?;
    remember(tx, user, request, operation, &Reference { case: Some(case), ids: Vec::new() })?;
    Ok(case)
}

fn remember(tx: &mut Tx<'_>, user: UserId, request: &CreateRequest, operation: &str, made: &Reference) -> Result<()> {
    let row = IdempotencyRow {
        user_id: user,
        key: request.key.clone(),
        operation: operation.to_owned(),
        body_hash: Some(request.body_hash.clone()),
        created_at: tx.now,
        case_id: made.case,
        resource_ids: Some(made.ids.iter().flat_map(|id| *id.as_bytes()).collect()),
    };
    let query = diesel::insert_into(idempotency_keys::table).values(&row);
    // Another instance may have answered the same request meanwhile. The writer then runs this one again, and finds that record.
    query.execute(tx.conn).map_err(|_| Error::new(ErrorCode::DatabaseUnavailable).retry_after(1))?;
    Ok(())
}

fn recall(tx: &mut Tx<'_>, user: UserId, request: &CreateRequest, operation: &str) -> Result<Option<Reference>> {
    let query = idempotency_keys::table.find((user, &request.key)).select(idempotency_keys::all_columns);
    let row: Option<IdempotencyRow> = query.get_result(tx.conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    if row.created_at.plus_seconds(KEPT_SECONDS) < tx.now {
        let forget = diesel::delete(idempotency_keys::table.find((user, &request.key)));
        forget.execute(tx.conn)?;
        return Ok(None);
    }
    let Some(body_hash) = row.body_hash else { return Err(Error::not_found()) };
    if row.operation != operation || body_hash != request.body_hash {
        return Err(ErrorCode::IdempotencyKeyReused.into());
    }
    let ids = row.resource_ids.ok_or_else(|| Error::from(ErrorCode::AnswerNotKept))?;
    let ids = ids.chunks(ID_BYTES).map(|id| Uuid::from_slice(id).map_err(Error::internal)).collect::<Result<_>>()?;
    Ok(Some(Reference { case: row.case_id, ids }))
}

/// Forgets what was made on a case that is erased, and that it was: a request that is repeated makes nothing again, and finds nothing.
pub(in crate::db) fn forget_case(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    let query = diesel::update(idempotency_keys::table.filter(idempotency_keys::case_id.eq(case))).set((
        idempotency_keys::body_hash.eq(None::<Vec<u8>>),
        idempotency_keys::case_id.eq(None::<CaseId>),
        idempotency_keys::resource_ids.eq(None::<Vec<u8>>),
    ));
    query.execute(tx.conn)?;
    Ok(())
}

/// Which of these keys the caller used before, each with the case that was made, if it is still there.
pub(in crate::db) fn known(tx: &mut Tx<'_>, keys: &[String]) -> Result<HashMap<String, Option<CaseId>>> {
    let Some(user) = tx.actor.caller_id().map(UserId) else { return Ok(HashMap::new()) };
    let own = idempotency_keys::table.filter(idempotency_keys::user_id.eq(user)).filter(idempotency_keys::key.eq_any(keys));
    let kept = own.filter(idempotency_keys::created_at.ge(tx.now.plus_seconds(-KEPT_SECONDS)));
    let query = kept.select((idempotency_keys::key, idempotency_keys::case_id));
    let used: Vec<(String, Option<CaseId>)> = query.load(tx.conn)?;
    Ok(used.into_iter().collect())
}

/// Forgets that a case was made: one that was taken back does not keep its person from being registered again.
pub(in crate::db) fn forget_made(tx: &mut Tx<'_>, case: CaseId, operation: &str) -> Result<()> {
    let made = idempotency_keys::table.filter(idempotency_keys::case_id.eq(case)).filter(idempotency_keys::operation.eq(operation));
    let query = diesel::delete(made);
    query.execute(tx.conn)?;
    Ok(())
}

/// Whether a record is too old to be kept.
pub fn has_old(tx: &mut Tx<'_>) -> Result<bool> {
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.lt(tx.now.plus_seconds(-KEPT_SECONDS)));
    let query = diesel::select(diesel::dsl::exists(old));
    Ok(query.get_result(tx.conn)?)
}

/// Deletes records that are too old.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<usize> {
    let query = diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(tx.now.plus_seconds(-KEPT_SECONDS))));
    let forgotten = query.execute(tx.conn)?;
    tx.audit_change(uuid::Uuid::nil(), None, None);
    Ok(forgotten)
}
