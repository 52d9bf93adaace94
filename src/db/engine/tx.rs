//! The context of a transaction: the connection, the actor, the only clock, and the audit entry so far.

use crate::crypto::Keys;
use crate::db::engine::audit::{Decision, NewAuditEntry};
use crate::db::engine::connection::{Connection, Use};
use crate::db::engine::context::Shared;
use crate::db::engine::name_index::{NameIndex, Renamed};
use crate::domain::access::Actor;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::accounts::policy::AccountPolicy;
use crate::domain::cases::attachment::AttachmentLimits;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, RequestId};
use crate::domain::people::matching::SearchBudget;
use crate::domain::repatriation::deadlines::ProcessRules;
use crate::error::{Error, Result};

/// The request to which the work belongs.
#[derive(Clone, Debug)]
pub struct Request {
    /// The request id, which the caller is told too.
    pub id: RequestId,
    /// The operation, by its id in the API document.
    pub operation: String,
}

impl Request {
    /// A request of the system itself.
    pub fn system(reason: &'static str) -> Self {
        Self { id: RequestId::random(), operation: format!("system: {reason}") }
    }
}

/// A transaction. Only `db` can run SQL with it; a handler can only pass it on.
pub struct Tx<'a> {
    pub(in crate::db) conn: &'a mut Connection,
    pub(in crate::db) keys: &'a Keys,
    pub(in crate::db) names: &'a NameIndex,
    pub actor: &'a Actor,
    /// The time of the transaction.
    pub now: Timestamp,
    pub(in crate::db) request: &'a Request,
    /// Whether this is a write.
    pub(in crate::db) writes: bool,
    /// Due dates of the process.
    pub rules: &'a ProcessRules,
    /// The conditions that accounts must meet before they open cases.
    pub accounts: &'a AccountPolicy,
    pub(in crate::db) searches: SearchBudget,
    pub(in crate::db) attachments: AttachmentLimits,
    trail: Trail,
}

#[derive(Default)]
struct Trail {
    subjects: Vec<uuid::Uuid>,
    disclosed: CompartmentSet,
    audited: bool,
    purges_on_commit: bool,
    old_version: Option<i64>,
    new_version: Option<i64>,
    renamed: Vec<Renamed>,
}

impl<'a> Tx<'a> {
    pub(in crate::db) fn new(conn: &'a mut Connection, shared: &'a Shared, actor: &'a Actor, request: &'a Request, purpose: Use) -> Self {
        let (now, writes) = (shared.clock.now(), purpose == Use::Write);
        Self {
            conn,
            keys: &shared.keys,
            names: &shared.names,
            actor,
            now,
            request,
            writes,
            rules: &shared.rules,
            accounts: &shared.accounts,
            searches: shared.searches,
            attachments: shared.attachments,
            trail: Trail::default(),
        }
    }

    /// Records that a row was created or changed. Without such a record no write is committed.
    pub(in crate::db) fn audit_change(&mut self, subject: uuid::Uuid, old_version: Option<i64>, new_version: Option<i64>) {
        self.trail.audited = true;
        self.trail.old_version = self.trail.old_version.or(old_version);
        self.trail.new_version = new_version.or(self.trail.new_version);
        self.audit_subject(subject);
    }

    /// Records a write that changed nothing, such as a repeated request.
    pub fn audit_unchanged(&mut self, subject: uuid::Uuid) {
        self.audit_change(subject, None, None);
    }

    /// Records the subject of the request before access is decided, so that a refusal leaves an audit entry too.
    pub fn audit_subject(&mut self, subject: uuid::Uuid) {
        if !self.trail.subjects.contains(&subject) {
            self.trail.subjects.push(subject);
        }
    }

    /// Records the opening of compartments of a case. Called where they are opened, so that it cannot be forgotten.
    pub(in crate::db) fn audit_disclosure(&mut self, case: CaseId, compartments: CompartmentSet) {
        self.trail.disclosed = self.trail.disclosed.union(compartments);
        self.trail.subjects.push(case.0);
    }

    /// Requires that deleted data is removed from the files of the database too, before the caller is answered.
    pub(in crate::db) fn purge_on_commit(&mut self) {
        self.trail.purges_on_commit = true;
    }

    /// Whether [`Self::purge_on_commit`] was called.
    pub(in crate::db) fn purges_on_commit(&self) -> bool {
        self.trail.purges_on_commit
    }

    /// Stages names for the index; they become searchable once the transaction commits.
    pub(in crate::db) fn stage_names(&mut self, renamed: Renamed) {
        self.trail.renamed.push(renamed);
    }

    /// Takes the staged names.
    pub(in crate::db) fn take_staged_names(&mut self) -> Vec<Renamed> {
        std::mem::take(&mut self.trail.renamed)
    }

    /// The audit entry of a finished read: for a disclosure, or for a case that the caller may not see.
    pub(in crate::db) fn read_entry<T>(self, outcome: &Result<T>) -> Option<NewAuditEntry> {
        let decision = Decision::of(outcome);
        let worth_recording = match decision {
            Decision::Allowed => self.trail.audited || !self.trail.disclosed.is_empty(),
            _ => !self.trail.subjects.is_empty(),
        };
        worth_recording.then(|| self.entry(decision))
    }

    /// The audit entry of a finished write; an error if it recorded nothing.
    pub(in crate::db) fn write_entry<T>(self, outcome: &Result<T>) -> Result<Option<NewAuditEntry>> {
        match outcome {
            Ok(_) if !self.trail.audited => {
                Err(Error::internal(format!("operation {} wrote no audit entry and was not committed", self.request.operation)))
            }
            Ok(_) => Ok(Some(self.entry(Decision::Allowed))),
            // Every refused attempt of a user or a machine is recorded, with or without a subject.
            Err(_) => Ok((self.actor.caller_id().is_some() || !self.trail.subjects.is_empty()).then(|| self.entry(Decision::of(outcome)))),
        }
    }

    fn entry(self, decision: Decision) -> NewAuditEntry {
        let mut subjects = self.trail.subjects;
        subjects.dedup();
        NewAuditEntry {
            recorded_at: self.now,
            user_id: self.actor.user().map(|user| user.user_id),
            organisation_id: self.actor.organisation_id(),
            client_id: self.actor.machine().map(|machine| machine.client_id),
            session_id: self.actor.session_id(),
            operation: self.request.operation.clone(),
            decision: decision.as_str(),
            subject_ids: subjects.iter().flat_map(|id| *id.as_bytes()).collect(),
            compartments: self.trail.disclosed,
            request_id: self.request.id,
            old_version: self.trail.old_version,
            new_version: self.trail.new_version,
            reason: None,
        }
    }
}
