//! Refusals on their way into the audit trail. The first of its kind within a minute is an entry at once; more of the same by the same
//! caller are counted, and become one entry when the minute is over, so that nobody fills the disk by being refused. What comes
//! without a session and without a name is counted by the hour, outside the trail.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::db::engine::audit::{NewAuditEntry, Noise};
use crate::domain::dates::Timestamp;

/// Failed sign-ins that get an entry of their own within a minute. Each may try another name, and nobody's are unbounded.
const NAMED_A_MINUTE: usize = 60;
/// Kinds of refusal that are told apart within a minute.
const KINDS_A_MINUTE: usize = 10_000;
/// Subjects that a counted entry names.
const SUBJECTS: usize = 200;
/// Bytes of an id.
const ID: usize = 16;

/// Who was refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Refused {
    /// A user or a machine.
    Caller(uuid::Uuid),
    /// Somebody without a session who says to be somebody.
    Named(Vec<u8>),
    /// Nobody in particular.
    Anonymous,
}

/// Entries and counts that are due.
#[derive(Debug, Default)]
pub struct Due {
    /// To be written to the trail.
    pub entries: Vec<NewAuditEntry>,
    /// To be added to the counts of anonymous refusals.
    pub noise: Vec<Noise>,
}

impl Due {
    /// Adds what is due besides.
    pub fn add(&mut self, more: Self) {
        self.entries.extend(more.entries);
        self.noise.extend(more.noise);
    }

    /// Whether nothing is due.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.noise.is_empty()
    }
}

type Kind = (Refused, String, &'static str);

#[derive(Default)]
struct Minute {
    begins: i64,
    /// The repetitions of each kind, as the entry that they will become.
    kinds: HashMap<Kind, Option<NewAuditEntry>>,
    named: usize,
    noise: HashMap<(String, &'static str), i64>,
}

/// The refusals of this minute.
#[derive(Default)]
pub struct Refusals(Mutex<Minute>);

impl Refusals {
    /// Takes a refusal in. Returns what is due: its entry, if it is the first of its kind, and whatever an earlier minute left.
    pub fn note(&self, who: Refused, entry: NewAuditEntry) -> Due {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begins = entry.recorded_at.micros().div_euclid(60_000_000);
        let mut due = if begins == minute.begins { Due::default() } else { minute.end() };
        minute.begins = begins;
        due.entries.extend(minute.take_in(who, entry));
        due
    }

    /// Everything that was counted so far.
    pub fn take(&self) -> Due {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).end()
    }
}

impl Minute {
    fn take_in(&mut self, who: Refused, entry: NewAuditEntry) -> Option<NewAuditEntry> {
        let is_named = matches!(who, Refused::Named(_));
        let kind = (who, entry.operation.clone(), entry.code);
        if let Some(repeated) = self.kinds.get_mut(&kind) {
            *repeated = Some(match repeated.take() {
                None => entry,
                Some(earlier) => together(earlier, entry),
            });
            return None;
        }
        let is_full = self.kinds.len() >= KINDS_A_MINUTE || is_named && self.named >= NAMED_A_MINUTE;
        if kind.0 == Refused::Anonymous || is_full {
            *self.noise.entry((kind.1, kind.2)).or_default() += 1;
            return None;
        }
        self.named += usize::from(is_named);
        self.kinds.insert(kind, None);
        Some(entry)
    }

    fn end(&mut self) -> Due {
        let hour = Timestamp::from_micros(self.begins.div_euclid(60) * 3_600_000_000).unwrap_or(Timestamp::EPOCH);
        let minute = std::mem::take(self);
        let noise = minute.noise.into_iter().map(|((operation, code), occurrences)| Noise { hour, operation, code, occurrences });
        Due { entries: minute.kinds.into_values().flatten().collect(), noise: noise.collect() }
    }
}

/// Two refusals of one kind as one entry.
fn together(earlier: NewAuditEntry, later: NewAuditEntry) -> NewAuditEntry {
    let mut subject_ids = earlier.subject_ids;
    for id in later.subject_ids.chunks(ID) {
        if subject_ids.len() < SUBJECTS * ID && !subject_ids.chunks(ID).any(|known| known == id) {
            subject_ids.extend_from_slice(id);
        }
    }
    NewAuditEntry { subject_ids, occurrences: earlier.occurrences.saturating_add(1), ..later }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::engine::audit::Outcome;
    use crate::domain::access::Actor;
    use crate::domain::ids::RequestId;
    use crate::error::ErrorCode;

    fn refusal(second: i64, operation: &str, subject: u8) -> NewAuditEntry {
        let at = Timestamp::EPOCH.plus_seconds(second);
        let outcome = Outcome::Refused(ErrorCode::PermissionDenied);
        let entry = NewAuditEntry::new(at, &Actor::System { reason: "test" }, operation, RequestId::random(), outcome);
        NewAuditEntry { subject_ids: vec![subject; ID], ..entry }
    }

    #[test]
    fn what_is_refused_again_and_again_is_one_entry_a_minute() {
        let refusals = Refusals::default();
        let who = Refused::Caller(uuid::Uuid::from_u128(1));
        assert_eq!(refusals.note(who.clone(), refusal(0, "get_case", 1)).entries.len(), 1);
        for second in 1..50 {
            assert!(refusals.note(who.clone(), refusal(second, "get_case", 1 + u8::try_from(second % 3).unwrap())).is_empty());
        }
        assert_eq!(refusals.note(who.clone(), refusal(51, "close_case", 1)).entries.len(), 1, "another operation is another kind");
        let due = refusals.note(who, refusal(60, "get_case", 1)).entries;
        let counted: Vec<_> = due.iter().map(|entry| (entry.operation.as_str(), entry.occurrences)).collect();
        assert_eq!(counted, [("get_case", 49), ("get_case", 1)]);
        assert_eq!(due.first().map(|entry| entry.subject_ids.len()), Some(3 * ID));
    }

    #[test]
    fn nobody_without_a_session_fills_the_trail() {
        let refusals = Refusals::default();
        let entries: usize = (0..10_000u32)
            .map(|name| refusals.note(Refused::Named(name.to_be_bytes().to_vec()), refusal(0, "login", 1)).entries.len())
            .sum();
        assert_eq!(entries, NAMED_A_MINUTE);
        for _ in 0..500 {
            assert!(refusals.note(Refused::Anonymous, refusal(1, "refresh", 1)).is_empty());
        }
        let due = refusals.take();
        assert!(due.entries.is_empty());
        let mut noise: Vec<_> = due.noise.iter().map(|noise| (noise.operation.as_str(), noise.occurrences)).collect();
        noise.sort_unstable();
        assert_eq!(noise, [("login", 9_940), ("refresh", 500)]);
        assert!(refusals.take().is_empty());
    }
}
