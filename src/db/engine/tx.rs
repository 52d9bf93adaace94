//! The context of a transaction: the connection, the actor, the only clock, and the audit entry so far.

use crate::crypto::{Keys, Purpose};
use crate::db::engine::attempt::Kept;
use crate::db::engine::audit::{NewAuditEntry, Outcome};
use crate::db::engine::case_columns::{CaseColumns, Mark};
use crate::db::engine::connection::{Connection, Use};
use crate::db::engine::context::Shared;
use crate::db::engine::kept_keys::Keeping;
use crate::db::engine::name_index::{NameChange, NameIndex};
use crate::db::engine::trail::{Known, RequestTrail, Tried};
use crate::domain::access::Actor;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::accounts::policy::AccountPolicy;
use crate::domain::accounts::username::counted_form;
use crate::domain::cases::attachment::AttachmentLimits;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, InstanceId, RequestId};
use crate::domain::people::matching::SearchBudget;
use crate::domain::repatriation::deadlines::ProcessRules;
use crate::domain::reporting::released::ReleaseRules;
use crate::domain::zones::{Today, Zone};
use crate::error::{Error, Result};

/// The request to which the work belongs.
#[derive(Clone, Debug)]
pub struct Request {
    /// The request id, which the caller is told too.
    pub id: RequestId,
    /// The operation, by its id in the API document.
    pub operation: String,
    /// The status with which the operation answers when it succeeds; 0 where there is no answer.
    pub success: u16,
    /// Whether a read leaves an entry even if it opened nothing.
    pub records_reads: bool,
    /// What becomes known of it, for whoever answers it; none if the system asked for it itself.
    pub trail: Option<RequestTrail>,
}

impl Request {
    /// A request of the system itself.
    pub fn system(reason: &'static str) -> Self {
        let operation = format!("system: {reason}");
        Self { id: RequestId::random(), operation, success: 0, records_reads: false, trail: None }
    }
}

/// A transaction. Only `db` can run SQL with it; a handler can only pass it on.
pub struct Tx<'a> {
    pub(in crate::db) conn: &'a mut Connection,
    pub(in crate::db) keys: &'a Keys,
    pub(in crate::db) names: &'a NameIndex,
    pub(in crate::db) columns: &'a CaseColumns,
    /// What the columns knew before this read took its snapshot; none for a write, which has no one snapshot.
    pub(in crate::db) columns_mark: Option<Mark>,
    /// The keys of grants that reads opened; none for a write, which opens for itself what it decides with.
    pub(in crate::db) kept_keys: Option<Keeping<'a>>,
    pub(in crate::db) instance: InstanceId,
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
    pub(in crate::db) figures: ReleaseRules,
    pub(in crate::db) attachments: AttachmentLimits,
    trail: Trail,
}

#[derive(Default)]
struct Trail {
    touched: Touched,
    parts: Vec<(Touched, Outcome)>,
    tried: Option<Tried>,
    audited: bool,
    purges_on_commit: bool,
    ends_access: bool,
    names: Vec<NameChange>,
}

/// What one entry says.
#[derive(Default)]
struct Touched {
    subjects: Vec<uuid::Uuid>,
    disclosed: CompartmentSet,
    old_version: Option<i64>,
    new_version: Option<i64>,
}

impl<'a> Tx<'a> {
    pub(in crate::db) fn new(conn: &'a mut Connection, shared: &'a Shared, actor: &'a Actor, request: &'a Request, purpose: Use) -> Self {
        let (now, writes) = (shared.clock.now(), purpose == Use::Write);
        Self {
            conn,
            keys: &shared.keys,
            names: &shared.names,
            columns: &shared.columns,
            columns_mark: if writes { None } else { shared.columns.mark() },
            kept_keys: (!writes).then(|| shared.kept_keys.for_a_read()),
            instance: shared.instance,
            actor,
            now,
            request,
            writes,
            rules: &shared.rules,
            accounts: &shared.accounts,
            searches: shared.searches,
            figures: shared.figures,
            attachments: shared.attachments,
            trail: Trail::default(),
        }
    }

    /// The day where the caller's organisation works.
    pub fn today(&self) -> Today {
        Today::at(self.actor.zone(), self.now)
    }

    /// The clock in a country: that of the caller's organisation, if it works there, else that of the capital.
    pub fn zone_in(&self, country: Country) -> Zone {
        Zone::at(country, Some(self.actor.zone()))
    }

    /// The day in a country.
    pub fn today_in(&self, country: Country) -> Today {
        Today::at(self.zone_in(country), self.now)
    }

    /// Sees in a write what a read sees: what may be read and not changed is told there, too.
    pub(in crate::db) fn as_read<T>(&mut self, look: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let writes = std::mem::replace(&mut self.writes, false);
        let seen = look(self);
        self.writes = writes;
        seen
    }

    /// Carries out a part of a write that is undone alone where it is refused. Each part has an entry of its own, with its own outcome.
    /// What fails, or is in conflict with another instance, is no refusal: it ends the whole write.
    pub(in crate::db) fn part<T>(&mut self, part: impl FnOnce(&mut Self) -> Result<T>) -> Result<Result<T>> {
        let (names, purges_on_commit, audited) = (self.trail.names.len(), self.trail.purges_on_commit, self.trail.audited);
        let whole = std::mem::take(&mut self.trail.touched);
        self.conn.savepoint("SAVEPOINT part")?;
        let result = part(self);
        let settled = self.conn.settle();
        let result = result.and_then(|value| settled.map(|()| value));
        let mut touched = std::mem::replace(&mut self.trail.touched, whole);
        let outcome = result.as_ref().map_or_else(Outcome::from, |_| Outcome::Done(self.request.success));
        if let Err(error) = &result {
            if error.code.status() >= 500 {
                return result.map(Ok);
            }
            self.conn.savepoint("ROLLBACK TO SAVEPOINT part")?;
            self.trail.names.truncate(names);
            (self.trail.purges_on_commit, self.trail.audited) = (purges_on_commit, audited);
            // A refusal shows and changes nothing, whatever was opened to decide it.
            touched = Touched { subjects: touched.subjects, ..Touched::default() };
        }
        self.conn.savepoint("RELEASE SAVEPOINT part")?;
        self.trail.parts.push((touched, outcome));
        Ok(result)
    }

    /// Records that a row was created or changed. Without such a record no write is committed.
    pub(in crate::db) fn audit_change(&mut self, subject: uuid::Uuid, old_version: Option<i64>, new_version: Option<i64>) {
        self.trail.audited = true;
        let touched = &mut self.trail.touched;
        touched.old_version = touched.old_version.or(old_version);
        touched.new_version = new_version.or(touched.new_version);
        self.audit_subject(subject);
    }

    /// Records a write that changed nothing, such as a repeated request.
    pub fn audit_unchanged(&mut self, subject: uuid::Uuid) {
        self.audit_change(subject, None, None);
    }

    /// Records the subject of the request before access is decided, so that a refusal leaves an audit entry too.
    pub fn audit_subject(&mut self, subject: uuid::Uuid) {
        let subjects = &mut self.trail.touched.subjects;
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }

    /// Records the name with which somebody tries to sign in, as a keyed hash: who looks for an account must be seen doing it, and a
    /// password typed in the wrong field must not be kept.
    pub fn audit_name_tried(&mut self, name: &str) -> Result<()> {
        let hash = self.keys.purpose(Purpose::NameTried)?.fingerprint(&[counted_form(name).as_bytes()])?;
        self.trail.tried = Some(Tried::Name(hash));
        Ok(())
    }

    /// Records the account or client as which somebody tries to come in. It exists.
    pub fn audit_account_tried(&mut self, account: uuid::Uuid) {
        self.audit_subject(account);
        self.trail.tried = Some(Tried::Account(account));
    }

    /// Records the opening of compartments of a case. Called where they are opened, so that it cannot be forgotten.
    pub(in crate::db) fn audit_disclosure(&mut self, case: CaseId, compartments: CompartmentSet) {
        self.audit_disclosure_apart(case.0, compartments);
    }

    /// Records the opening of compartments under another subject than the case, whose owner must not learn of it.
    pub(in crate::db) fn audit_disclosure_apart(&mut self, subject: uuid::Uuid, compartments: CompartmentSet) {
        let touched = &mut self.trail.touched;
        touched.disclosed = touched.disclosed.union(compartments);
        touched.subjects.push(subject);
    }

    /// Runs work that opens compartments, and returns which: the caller records under which subjects, because the owner of one case must not
    /// learn of the other.
    pub(in crate::db) fn opening<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<(T, CompartmentSet)> {
        let before = std::mem::take(&mut self.trail.touched);
        let result = work(self);
        let inside = std::mem::replace(&mut self.trail.touched, before);
        result.map(|value| (value, inside.disclosed))
    }

    /// Requires that deleted data is removed from the files of the database too, before the caller is answered.
    pub(in crate::db) fn purge_on_commit(&mut self) {
        self.trail.purges_on_commit = true;
    }

    /// Whether [`Self::purge_on_commit`] was called.
    pub(in crate::db) fn purges_on_commit(&self) -> bool {
        self.trail.purges_on_commit
    }

    /// Has every key that this instance kept be forgotten once the transaction commits, because a grant ends or carries other keys.
    pub(in crate::db) fn forget_keys_on_commit(&mut self) {
        self.trail.ends_access = true;
    }

    /// Whether [`Self::forget_keys_on_commit`] was called.
    pub(in crate::db) fn ends_access(&self) -> bool {
        self.trail.ends_access
    }

    /// Stages a change of the name index, which takes effect once the transaction commits.
    pub(in crate::db) fn stage_names(&mut self, change: NameChange) {
        self.trail.names.push(change);
    }

    /// Takes the staged names.
    pub(in crate::db) fn take_staged_names(&mut self) -> Vec<NameChange> {
        std::mem::take(&mut self.trail.names)
    }

    /// Ends a read. The entry of a request is written when it is answered; that of the system's own read is returned, and must be
    /// durable before the outcome is used.
    pub(in crate::db) fn end_read<T>(self, outcome: &Result<T>) -> Option<NewAuditEntry> {
        let touched = &self.trail.touched;
        let opened = self.trail.audited || !touched.disclosed.is_empty();
        let Some(trail) = &self.request.trail else {
            let worth_recording = if outcome.is_ok() { opened } else { !touched.subjects.is_empty() };
            return worth_recording.then(|| self.entry(outcome.as_ref().map_or_else(Outcome::from, |_| Outcome::Done(0))));
        };
        trail.learn(&touched.subjects, self.trail.tried.clone());
        if outcome.is_ok() && (opened || self.request.records_reads) {
            trail.owe_entry(touched.disclosed);
        }
        None
    }

    /// Ends a write. Returns the entries that are written in its transaction, those of its parts last; an error if something is done
    /// that recorded nothing.
    pub(in crate::db) fn end_write(self, outcome: &Result<Kept>) -> Result<Vec<NewAuditEntry>> {
        if let Some(trail) = &self.request.trail {
            trail.learn(&self.trail.touched.subjects, self.trail.tried.clone());
            if outcome.is_err() {
                self.trail.parts.iter().for_each(|(touched, _)| trail.learn(&touched.subjects, None));
            }
        }
        let own = match outcome {
            Ok(Kept::Done(_)) if !self.trail.audited => {
                let message = format!("operation {} wrote no audit entry and was not committed", self.request.operation);
                return Err(Error::internal(message));
            }
            Ok(Kept::Done(_)) => Some(Outcome::Done(self.request.success)),
            Ok(Kept::Refused(error)) => Some(Outcome::from(error)),
            Ok(Kept::WithoutEntry(_)) => None,
            // Whoever answers the request records the refusal; what the system could not do by itself is recorded here.
            Err(error) => {
                let is_own = self.request.trail.is_none() && !self.trail.touched.subjects.is_empty();
                return Ok(is_own.then(|| self.entry(Outcome::from(error))).into_iter().collect());
            }
        };
        let parts = self.trail.parts.iter().map(|(touched, outcome)| self.entry_of(touched, Known::default(), *outcome));
        Ok(own.map(|outcome| self.entry(outcome)).into_iter().chain(parts).collect())
    }

    fn entry(&self, outcome: Outcome) -> NewAuditEntry {
        let known = self.request.trail.as_ref().map(RequestTrail::known).unwrap_or_default();
        self.entry_of(&self.trail.touched, known, outcome)
    }

    fn entry_of(&self, touched: &Touched, known: Known, outcome: Outcome) -> NewAuditEntry {
        NewAuditEntry {
            subject_ids: known.subjects_with(&touched.subjects),
            compartments: touched.disclosed,
            old_version: touched.old_version,
            new_version: touched.new_version,
            ..NewAuditEntry::new(self.now, self.actor, &self.request.operation, self.request.id, outcome)
        }
    }
}
