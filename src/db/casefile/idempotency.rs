//! Answers to creating requests, stored in the transaction of the effect: a repeated request creates nothing new.

use diesel::prelude::*;

use crate::crypto::Purpose;
use crate::db::Tx;
use crate::db::casefile::open;
use crate::db::schema::idempotency_keys;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, UserId};
use crate::error::{Error, ErrorCode, Result};

/// Answers are kept for seven days, because a field office may be offline for long.
const KEPT_SECONDS: i64 = 7 * 24 * 3600;

/// The answer to a creating request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The address of the created resource.
    pub location: Option<String>,
    pub etag: Option<String>,
    pub body: Vec<u8>,
    /// The case of the answer: the answer is no longer repeated once the grant on it ends.
    pub case_id: Option<CaseId>,
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
    body_hash: Vec<u8>,
    created_at: Timestamp,
    case_id: Option<CaseId>,
    status: i32,
    location: Option<String>,
    etag: Option<String>,
    sealed_body: Vec<u8>,
}

/// Runs a creating request once. The second value is true for a repeated answer.
pub fn once(
    tx: &mut Tx<'_>,
    request: Option<&CreateRequest>,
    create: impl FnOnce(&mut Tx<'_>) -> Result<Answer>,
) -> Result<(Answer, bool)> {
    let (Some(request), Some(user)) = (request, tx.actor.caller_id().map(UserId)) else {
        return create(tx).map(|answer| (answer, false));
    };
    if let Some(answer) = recall(tx, user, request)? {
        tx.audit_change(answer.case_id.map_or(uuid::Uuid::nil(), |case| case.0), None, None);
        return Ok((answer, true));
    }
    let answer = create(tx)?;
    let sealed_body = tx.keys.seal_for_service(Purpose::Idempotency, &[&place(user, &request.key)], &answer.body)?;
    let row = IdempotencyRow {
        user_id: user,
        key: request.key.clone(),
        operation: tx.request.operation.clone(),
        body_hash: request.body_hash.clone(),
        created_at: tx.now,
        case_id: answer.case_id,
        status: i32::from(answer.status),
        location: answer.location.clone(),
        etag: answer.etag.clone(),
        sealed_body,
    };
    let query = diesel::insert_into(idempotency_keys::table).values(&row);
    // Another instance may have answered the same request meanwhile. The writer then runs this one again, and finds that answer.
    query.execute(tx.conn).map_err(|_| Error::new(ErrorCode::DatabaseUnavailable).retry_after(1))?;
    Ok((answer, false))
}

fn recall(tx: &mut Tx<'_>, user: UserId, request: &CreateRequest) -> Result<Option<Answer>> {
    let query = idempotency_keys::table.find((user, &request.key)).select(idempotency_keys::all_columns);
    let row: Option<IdempotencyRow> = query.get_result(tx.conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    if row.created_at.plus_seconds(KEPT_SECONDS) < tx.now {
        let forget = diesel::delete(idempotency_keys::table.find((user, &request.key)));
        forget.execute(tx.conn)?;
        return Ok(None);
    }
    if row.operation != tx.request.operation || row.body_hash != request.body_hash {
        return Err(ErrorCode::IdempotencyKeyReused.into());
    }
    if let Some(case) = row.case_id {
        let keys = open::keys_or_not_found(tx, case)?;
        tx.audit_disclosure(case, keys.compartments());
    }
    let body = tx.keys.open_for_service(Purpose::Idempotency, &[&place(user, &row.key)], &row.sealed_body)?;
    let status = u16::try_from(row.status).map_err(Error::internal)?;
    Ok(Some(Answer { status, location: row.location, etag: row.etag, body: body.to_vec(), case_id: row.case_id }))
}

/// Whether an answer is too old to be kept.
pub fn has_old(tx: &mut Tx<'_>) -> Result<bool> {
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.lt(tx.now.plus_seconds(-KEPT_SECONDS)));
    let query = diesel::select(diesel::dsl::exists(old));
    Ok(query.get_result(tx.conn)?)
}

/// Deletes answers that are too old.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<usize> {
    let query = diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(tx.now.plus_seconds(-KEPT_SECONDS))));
    let forgotten = query.execute(tx.conn)?;
    tx.audit_change(uuid::Uuid::nil(), None, None);
    Ok(forgotten)
}

/// The place of a stored answer: one key of one user.
fn place(user: UserId, key: &str) -> Vec<u8> {
    [b"idempotency/", user.0.as_bytes().as_slice(), b"/", key.as_bytes()].concat()
}
