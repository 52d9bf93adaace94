//! The audit trail: the actor, the operation, the subjects, the outcome and the opened compartments of each entry. No personal data.

use diesel::prelude::*;

use crate::db::engine::connection::Connection;
use crate::db::schema::{anonymous_refusals, audit_entries};
use crate::domain::access::Actor;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ClientId, OrganisationId, RequestId, SessionId, UserId};
use crate::error::{Error, ErrorCode};

text_enum! {
    /// The result of a request, in one word.
    pub enum Decision {
        Allowed = "allowed",
        NotFound = "not_found",
        Refused = "refused",
        Failed = "failed",
    }
}

/// The code of a request that was not refused.
pub const OK: &str = "ok";

/// How a request ended: with an answer, or with a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What was asked for was done, and answered with this status.
    Done(u16),
    /// It ended with this problem.
    Refused(ErrorCode),
}

impl Outcome {
    /// The stable code: that of the problem, or `ok`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Done(_) => OK,
            Self::Refused(code) => code.as_str(),
        }
    }

    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::Done(status) => status,
            Self::Refused(code) => code.status(),
        }
    }

    /// The result in one word.
    pub fn decision(self) -> Decision {
        match self {
            Self::Done(_) => Decision::Allowed,
            Self::Refused(ErrorCode::NotFound) => Decision::NotFound,
            Self::Refused(code) if code.status() < 500 => Decision::Refused,
            Self::Refused(_) => Decision::Failed,
        }
    }
}

impl From<&Error> for Outcome {
    fn from(error: &Error) -> Self {
        Self::Refused(error.code)
    }
}

/// An audit entry that is about to be written.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
pub struct NewAuditEntry {
    pub recorded_at: Timestamp,
    /// The user; none for the system and for failed sign-ins.
    pub user_id: Option<UserId>,
    /// The machine client; none for users and the system.
    pub client_id: Option<ClientId>,
    pub organisation_id: OrganisationId,
    pub session_id: Option<SessionId>,
    /// The operation, by its id in the API document.
    pub operation: String,
    pub decision: &'static str,
    /// The ids concerned, 16 bytes each.
    pub subject_ids: Vec<u8>,
    /// The opened compartments.
    pub compartments: CompartmentSet,
    pub request_id: RequestId,
    pub old_version: Option<i64>,
    pub new_version: Option<i64>,
    /// The reason, where one is required.
    pub reason: Option<String>,
    /// The code of the problem, or `ok`.
    pub code: &'static str,
    /// The HTTP status of the answer; of a write, the one that its operation answers with.
    pub status: i32,
    /// A keyed hash of the name with which somebody failed to sign in.
    pub name_tried: Option<Vec<u8>>,
    /// How often it happened.
    pub occurrences: i32,
}

impl NewAuditEntry {
    /// An entry of a request that concerns nothing yet.
    pub fn new(at: Timestamp, actor: &Actor, operation: &str, request_id: RequestId, outcome: Outcome) -> Self {
        Self {
            recorded_at: at,
            user_id: actor.user().map(|user| user.user_id),
            client_id: actor.machine().map(|machine| machine.client_id),
            organisation_id: actor.organisation_id(),
            session_id: actor.session_id(),
            operation: operation.to_owned(),
            decision: outcome.decision().as_str(),
            subject_ids: Vec::new(),
            compartments: CompartmentSet::default(),
            request_id,
            old_version: None,
            new_version: None,
            reason: None,
            code: outcome.code(),
            status: i32::from(outcome.status()),
            name_tried: None,
            occurrences: 1,
        }
    }
}

/// Entries in one statement: a list of a thousand people leaves a thousand.
const AT_ONCE: usize = 100;

/// Writes entries. Called by the writer thread, in the transaction of the effect.
pub(in crate::db) fn insert(conn: &mut Connection, entries: &[NewAuditEntry]) -> crate::error::Result<()> {
    for some in entries.chunks(AT_ONCE) {
        let query = diesel::insert_into(audit_entries::table).values(some);
        query.execute(conn)?;
    }
    Ok(())
}

/// Refusals of one kind that came without a session, within an hour.
#[derive(Clone, Debug)]
pub struct Noise {
    pub hour: Timestamp,
    pub operation: String,
    pub code: &'static str,
    pub occurrences: i64,
}

/// Days for which the counts of anonymous refusals are kept.
const NOISE_KEPT_DAYS: i64 = 31;

/// Adds to the counts of anonymous refusals, and deletes old counts.
pub(in crate::db) fn count_noise(conn: &mut Connection, noise: &[Noise]) -> crate::error::Result<()> {
    use anonymous_refusals as counts;
    for Noise { hour, operation, code, occurrences } in noise {
        let row = (counts::hour.eq(hour), counts::operation.eq(operation), counts::code.eq(*code), counts::occurrences.eq(occurrences));
        let query = diesel::insert_into(counts::table)
            .values(row)
            .on_conflict((counts::hour, counts::operation, counts::code))
            .do_update()
            .set(counts::occurrences.eq(counts::occurrences + occurrences));
        query.execute(conn)?;
        let query = diesel::delete(counts::table.filter(counts::hour.lt(hour.plus_seconds(-NOISE_KEPT_DAYS * 24 * 3600))));
        query.execute(conn)?;
    }
    Ok(())
}
