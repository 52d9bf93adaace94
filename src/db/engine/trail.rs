//! What becomes known of a request while it runs: who asks, what it is about, what it opened, which entries it left already. Shared
//! by its door, its transactions and the place that answers it, so that the last of them can say truthfully how it ended.

use std::sync::{Arc, Mutex, PoisonError};

use crate::db::engine::audit::{NewAuditEntry, Outcome};
use crate::domain::access::Actor;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::dates::Timestamp;
use crate::domain::ids::RequestId;

/// Who somebody without a session says to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Tried {
    /// A name, as a keyed hash.
    Name(Vec<u8>),
    /// An account or a client that exists.
    Account(uuid::Uuid),
}

/// What is known of a request so far.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Who asks, once a door knows it.
    pub actor: Option<Actor>,
    /// The operation, once a door knows it.
    pub operation: Option<String>,
    /// Who somebody without a session says to be.
    pub tried: Option<Tried>,
    subjects: Vec<uuid::Uuid>,
    disclosed: CompartmentSet,
    owes_entry: bool,
    recorded: Option<&'static str>,
}

/// The trail of one request.
#[derive(Clone, Debug, Default)]
pub struct RequestTrail(Arc<Mutex<Known>>);

impl RequestTrail {
    /// A door knows who asks.
    pub fn enter(&self, actor: &Actor) {
        self.with(|known| known.actor = Some(actor.clone()));
    }

    /// The route knows the operation and the ids in the address.
    pub fn route(&self, operation: &str, subjects: impl IntoIterator<Item = uuid::Uuid>) {
        self.with(|known| {
            known.operation = Some(operation.to_owned());
            known.add(subjects);
        });
    }

    /// A transaction was about these subjects.
    pub(in crate::db) fn learn(&self, subjects: &[uuid::Uuid], tried: Option<Tried>) {
        self.with(|known| {
            known.add(subjects.iter().copied());
            known.tried = tried.or_else(|| known.tried.take());
        });
    }

    /// A read opened these compartments: its answer must not leave before its entry is durable.
    pub(in crate::db) fn owe_entry(&self, disclosed: CompartmentSet) {
        self.with(|known| {
            known.disclosed = known.disclosed.union(disclosed);
            known.owes_entry = true;
        });
    }

    /// An entry with this outcome is part of a transaction.
    pub(in crate::db) fn note_entry(&self, outcome: Outcome) {
        self.with(|known| known.recorded = Some(outcome.code()));
    }

    /// What is known now.
    pub fn known(&self) -> Known {
        self.with(|known| known.clone())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Known) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Known {
    fn add(&mut self, subjects: impl IntoIterator<Item = uuid::Uuid>) {
        for subject in subjects {
            if !subject.is_nil() && !self.subjects.contains(&subject) {
                self.subjects.push(subject);
            }
        }
    }

    /// The subjects, with some more.
    pub(in crate::db) fn subjects_with(mut self, more: &[uuid::Uuid]) -> Vec<u8> {
        self.add(more.iter().copied());
        self.subjects.iter().flat_map(|id| *id.as_bytes()).collect()
    }

    /// Whether a transaction left an entry with this outcome.
    pub(in crate::db) fn has_entry(&self, outcome: Outcome) -> bool {
        self.recorded == Some(outcome.code())
    }

    /// Whether a read must leave an entry before it is answered.
    pub(in crate::db) fn owes_entry(&self) -> bool {
        self.owes_entry
    }

    /// The entry of the request, now that its outcome is known. A refusal shows nothing, whatever was opened to decide it.
    pub(in crate::db) fn entry(self, at: Timestamp, operation: &str, request_id: RequestId, outcome: Outcome) -> NewAuditEntry {
        let nobody = Actor::System { reason: "no session" };
        let operation = self.operation.as_deref().unwrap_or(operation);
        let entry = NewAuditEntry::new(at, self.actor.as_ref().unwrap_or(&nobody), operation, request_id, outcome);
        let compartments = if matches!(outcome, Outcome::Done(_)) { self.disclosed } else { CompartmentSet::default() };
        let name_tried = match &self.tried {
            Some(Tried::Name(hash)) => Some(hash.clone()),
            _ => None,
        };
        NewAuditEntry { compartments, name_tried, subject_ids: self.subjects_with(&[]), ..entry }
    }
}
