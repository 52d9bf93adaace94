//! The keys of grants that were opened a moment ago, in memory only. Reading the next page, or the same case once more, opens the same
//! grants: it need not decrypt, decode and copy their keys anew.
//!
//! What is kept opens nothing by itself. It is asked with a row that the caller has just read from the database under the scope of a
//! live grant (`casefile::grants`): a grant that has ended or expired, or that another organisation holds, has no such row. And a key is
//! found only by the case, the organisation, the basis, what its reader may open now, and every byte of the sealed keys together: a grant
//! that was given anew is sealed anew, and a row that was moved elsewhere opens no more than before. So what is found is what opening would
//! have given.
//!
//! Nothing is kept for longer than [`KEPT`]. A write that ends an access, or erases somebody, empties the memory of this instance when it
//! is committed and before it is answered; a read that began before that puts nothing back. Keys are wiped when they are dropped.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use crate::crypto::CompartmentKeys;
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::ids::{CaseId, OrganisationId};
use crate::error::Result;

/// The longest that a key is kept. Other instances learn by that alone that an access ended here.
const KEPT: Duration = Duration::from_secs(10);
/// The time in which one half is filled; then it is the older half for as long again.
const HALF: Duration = Duration::from_secs(KEPT.as_secs() / 2);
/// Grants in one half.
const MOST: usize = 4096;

/// The grant that a row belongs to, and the compartments that its reader may open now: whoever may open fewer finds other keys.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::db) struct GrantOf {
    pub(in crate::db) case: CaseId,
    pub(in crate::db) organisation: OrganisationId,
    pub(in crate::db) basis: GrantBasis,
    pub(in crate::db) within: CompartmentSet,
}

/// The keys that were opened a moment ago.
#[derive(Default)]
pub(in crate::db) struct KeptKeys(RwLock<Kept>);

/// Two halves, so that what is old goes all at once: nobody looks for it key by key.
#[derive(Default)]
struct Kept {
    /// How often everything was forgotten.
    emptied: u64,
    younger: Half,
    older: Half,
}

#[derive(Default)]
struct Half {
    /// When its first key came, and so the age of the oldest.
    began: Option<Instant>,
    keys: HashMap<GrantOf, Opened>,
}

struct Opened {
    sealed: Box<[u8]>,
    keys: CompartmentKeys,
}

/// The kept keys as one read uses them.
#[derive(Clone, Copy)]
pub(in crate::db) struct Keeping<'a> {
    kept: &'a KeptKeys,
    began: Instant,
    /// What was forgotten before the read began.
    emptied: u64,
}

impl KeptKeys {
    /// The keys for a read that begins now.
    pub(in crate::db) fn for_a_read(&self) -> Keeping<'_> {
        self.at(Instant::now())
    }

    fn at(&self, began: Instant) -> Keeping<'_> {
        Keeping { kept: self, began, emptied: self.read().emptied }
    }

    /// Forgets every key, and has no read that began before keep another one.
    pub(in crate::db) fn forget_all(&self) {
        let gone = {
            let mut kept = self.write();
            kept.emptied += 1;
            (std::mem::take(&mut kept.younger), std::mem::take(&mut kept.older))
        };
        // Wiped after the lock is free: nobody waits for it.
        drop(gone);
    }

    /// Forgets the keys that were kept long enough, also where nobody asks for one any more.
    pub(in crate::db) fn forget_old(&self) {
        self.forget_older_than(Instant::now());
    }

    fn forget_older_than(&self, now: Instant) {
        let gone = {
            let mut kept = self.write();
            let kept = &mut *kept;
            [&mut kept.younger, &mut kept.older].map(|half| if half.is_over(now) { std::mem::take(half) } else { Half::default() })
        };
        drop(gone);
    }

    /// How many grants' keys are in memory.
    pub(in crate::db) fn count(&self) -> usize {
        let kept = self.read();
        kept.younger.keys.len() + kept.older.keys.len()
    }

    // Whoever panicked under the lock left whole entries: each is put in and taken out in one step.
    fn read(&self) -> RwLockReadGuard<'_, Kept> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Kept> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keeping<'_> {
    /// The keys in a row that the caller has just read: kept ones, or else opened.
    pub(in crate::db) fn open(
        &self,
        grant: GrantOf,
        sealed: &[u8],
        open: impl FnOnce() -> Result<CompartmentKeys>,
    ) -> Result<CompartmentKeys> {
        if let Some(keys) = self.kept.read().find(&grant, sealed, self.began) {
            return Ok(keys);
        }
        let keys = open()?;
        let replaced = self.kept.write().keep(grant, Opened { sealed: sealed.into(), keys: keys.clone() }, self);
        drop(replaced);
        Ok(keys)
    }
}

impl Kept {
    fn find(&self, grant: &GrantOf, sealed: &[u8], now: Instant) -> Option<CompartmentKeys> {
        let halves = [&self.younger, &self.older].into_iter().filter(|half| !half.is_over(now));
        let opened = halves.filter_map(|half| half.keys.get(grant)).find(|opened| *opened.sealed == *sealed)?;
        Some(opened.keys.clone())
    }

    /// Keeps a key, unless everything was forgotten since its row was read. Returns what had to go for it.
    fn keep(&mut self, grant: GrantOf, opened: Opened, read: &Keeping<'_>) -> (Option<Half>, Option<Opened>) {
        if self.emptied != read.emptied {
            return (None, Some(opened));
        }
        let age = self.younger.began.map_or(Duration::ZERO, |began| read.began.saturating_duration_since(began));
        let is_full = age >= HALF || self.younger.keys.len() >= MOST;
        let gone = is_full.then(|| std::mem::replace(&mut self.older, std::mem::take(&mut self.younger)));
        self.younger.began.get_or_insert(read.began);
        (gone, self.younger.keys.insert(grant, opened))
    }
}

impl Half {
    fn is_over(&self, now: Instant) -> bool {
        self.began.is_some_and(|began| now.saturating_duration_since(began) >= KEPT)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::crypto::PersonKey;
    use crate::domain::access::compartments::Compartment;
    use crate::domain::ids::PersonId;
    use crate::error::Error;

    struct Case {
        kept: KeptKeys,
        grant: GrantOf,
        keys: CompartmentKeys,
        opened: Cell<u32>,
    }

    impl Case {
        fn new() -> Self {
            let (case, organisation) = (CaseId::random(), OrganisationId::random());
            let grant = GrantOf { case, organisation, basis: GrantBasis::Registration, within: CompartmentSet::ALL };
            let keys = PersonKey::random().unwrap().compartment_keys(PersonId::random(), grant.case, CompartmentSet::WHO).unwrap();
            Self { kept: KeptKeys::default(), grant, keys, opened: Cell::new(0) }
        }

        /// How often the row was opened, after this reading of it.
        fn reads(&self, at: Instant, grant: GrantOf, sealed: &[u8]) -> u32 {
            self.reads_as(&self.kept.at(at), grant, sealed)
        }

        fn reads_as(&self, read: &Keeping<'_>, grant: GrantOf, sealed: &[u8]) -> u32 {
            let open = || {
                self.opened.set(self.opened.get() + 1);
                Ok(self.keys.clone())
            };
            let keys = read.open(grant, sealed, open).unwrap();
            assert_eq!(keys.compartments(), CompartmentSet::WHO);
            let (key, own) = (keys.get(Compartment::Identity).unwrap(), self.keys.get(Compartment::Identity).unwrap());
            assert!(own.open(&[], &key.seal(&[], b"a name").unwrap()).is_ok(), "another key");
            self.opened.get()
        }
    }

    #[test]
    fn a_row_is_opened_once_and_any_other_one_for_itself() {
        let (case, now) = (Case::new(), Instant::now());
        assert_eq!([case.reads(now, case.grant, b"sealed"), case.reads(now, case.grant, b"sealed")], [1, 1]);
        assert_eq!(case.reads(now, case.grant, b"sealed anew"), 2, "a grant that was given anew");
        assert_eq!(case.reads(now, case.grant, b"sealed"), 3, "the one before is gone");
        let others = [
            GrantOf { case: CaseId::random(), ..case.grant },
            GrantOf { organisation: OrganisationId::random(), ..case.grant },
            GrantOf { basis: GrantBasis::Ownership, ..case.grant },
            GrantOf { within: CompartmentSet::WHO, ..case.grant },
        ];
        for (before, other) in (3..).zip(others) {
            assert_eq!(case.reads(now, other, b"sealed"), before + 1, "a row that was moved elsewhere, or a reader who may open less");
        }
    }

    #[test]
    fn what_does_not_open_is_not_kept() {
        let (case, now) = (Case::new(), Instant::now());
        for _ in 0..2 {
            let failed = case.kept.at(now).open(case.grant, b"sealed", || Err(Error::internal("integrity")));
            assert!(failed.is_err());
        }
        assert_eq!(case.kept.count(), 0);
    }

    #[test]
    fn a_key_is_kept_for_seconds_and_then_gone_whether_asked_for_or_not() {
        let (case, now) = (Case::new(), Instant::now());
        let read_after = |seconds: u64| case.reads(now + Duration::from_secs(seconds), case.grant, b"sealed");
        assert_eq!([read_after(0), read_after(4), read_after(9)], [1, 1, 1]);
        assert_eq!(read_after(10), 2, "reading it makes it no younger");
        case.kept.forget_older_than(now + Duration::from_secs(19));
        assert_eq!(case.kept.count(), 1);
        case.kept.forget_older_than(now + Duration::from_secs(20));
        assert_eq!(case.kept.count(), 0, "nobody asked");
    }

    #[test]
    fn a_key_of_the_older_half_is_not_kept_longer_than_one_of_the_younger() {
        let (case, now) = (Case::new(), Instant::now());
        let other = GrantOf { case: CaseId::random(), ..case.grant };
        let at = |seconds| now + Duration::from_secs(seconds);
        case.reads(now, case.grant, b"sealed");
        assert_eq!(case.reads(at(6), other, b"sealed"), 2);
        assert_eq!(case.reads(at(9), case.grant, b"sealed"), 2, "the older half is still asked");
        assert_eq!(case.reads(at(10), case.grant, b"sealed"), 3);
        assert_eq!(case.reads(at(10), other, b"sealed"), 3);
    }

    #[test]
    fn no_more_are_kept_than_two_halves() {
        let (case, now) = (Case::new(), Instant::now());
        for _ in 0..3 * MOST {
            case.reads(now, GrantOf { case: CaseId::random(), ..case.grant }, b"sealed");
        }
        assert!((MOST..=2 * MOST).contains(&case.kept.count()), "{}", case.kept.count());
    }

    #[test]
    fn a_read_that_began_before_all_was_forgotten_puts_nothing_back() {
        let (case, now) = (Case::new(), Instant::now());
        case.reads(now, case.grant, b"sealed");
        let earlier = case.kept.at(now);
        case.kept.forget_all();
        assert_eq!(case.kept.count(), 0);
        assert_eq!(case.reads_as(&earlier, case.grant, b"sealed"), 2, "what it read it may still open");
        assert_eq!(case.kept.count(), 0, "but not leave in memory");
        case.reads(now, case.grant, b"sealed");
        assert_eq!(case.kept.count(), 1, "a later read keeps again");
    }
}
