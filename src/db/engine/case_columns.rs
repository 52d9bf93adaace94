//! What lists filter, sort and count by, of every case and organisation, in memory, column by column: a look at a million cases takes
//! milliseconds. About 120 bytes a case and organisation.
//!
//! The database stays the authority. Who reads notes first what the memory knows ([`CaseColumns::mark`]), then takes its snapshot. What
//! changed since the mark, as the snapshot sees it, the database tells; what the memory learned since the mark, the memory tells. Every
//! other case is in memory exactly as the snapshot has it. So a list asks the statement with all its filters for the first of memory and
//! for whatever changed; and a figure counts what changed in the database, and the rest in memory.

mod codes;
mod table;
mod wanted;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, RwLock, TryLockError};

use crate::db::engine::case_columns::codes::Numbers;
use crate::db::engine::case_columns::table::Table;
use crate::db::engine::listed_changes::Known;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId};
use crate::error::{Error, Result};

pub(in crate::db) use codes::{IdColumn, Listed, TextColumn, yes_or_no};
pub(in crate::db) use wanted::{Order, SortColumn, Wanted};

/// Changes of the memory of which the cases are known: those of a minute and more. A read takes less.
const MOST_LEARNED: usize = 100_000;

/// What the memory knows at a moment.
#[derive(Clone, Copy, Debug)]
pub(in crate::db) struct Mark {
    /// Everything that was committed before this place in the changes.
    pub(in crate::db) known: Known,
    /// What the memory learned up to this look, and more.
    look: u64,
}

/// With what a read looks at the columns.
pub(in crate::db) struct Sight {
    /// What the memory knew before the read took its snapshot.
    pub(in crate::db) mark: Mark,
    pub(in crate::db) organisation: OrganisationId,
    /// The cases that changed since, as the snapshot sees it.
    pub(in crate::db) changed: Vec<CaseId>,
    /// The time by which grants are over.
    pub(in crate::db) now: Timestamp,
}

/// The columns of all organisations.
#[derive(Default)]
pub(in crate::db) struct CaseColumns {
    held: RwLock<Held>,
    /// None: the columns are not filled.
    known: RwLock<Option<Mark>>,
    looking: Mutex<()>,
}

#[derive(Default)]
pub(in crate::db) struct Held {
    numbers: Numbers,
    tables: HashMap<OrganisationId, Table>,
    look: u64,
    /// The cases that were learned of, by look, and the look from which on all are here.
    learned: VecDeque<(u64, CaseId)>,
    learned_since: u64,
}

impl Held {
    /// Stores a case as an organisation lists it.
    pub(in crate::db) fn put(&mut self, listed: &Listed) -> Result<()> {
        let coded = self.numbers.coded(listed).ok_or_else(|| Error::internal("a column has more codes than numbers"))?;
        self.tables.entry(listed.organisation).or_default().put(&coded);
        Ok(())
    }

    fn remember(&mut self, changed: &[CaseId]) {
        self.look += 1;
        self.learned.extend(changed.iter().map(|case| (self.look, *case)));
        while self.learned.len() > MOST_LEARNED {
            if let Some((look, _)) = self.learned.pop_front() {
                self.learned_since = look;
            }
        }
    }

    /// What was learned since a mark. None: that is not known any more.
    fn learned_after(&self, mark: Mark) -> Option<Vec<CaseId>> {
        if mark.look < self.learned_since {
            return None;
        }
        let mut learned: Vec<CaseId> = self.learned.iter().rev().take_while(|(look, _)| *look > mark.look).map(|(_, case)| *case).collect();
        learned.sort_unstable();
        learned.dedup();
        Some(learned)
    }
}

/// The first of the wanted cases.
pub(in crate::db) struct First {
    /// Cases of memory, in no order.
    pub(in crate::db) cases: Vec<CaseId>,
    /// Cases of which the memory learned meanwhile: they may be wanted or not.
    pub(in crate::db) uncertain: Vec<CaseId>,
    /// Whether there are no more.
    pub(in crate::db) is_all: bool,
}

/// Counts by codes.
pub(in crate::db) struct Counted {
    /// The codes, in the order of the columns, and how many cases have them.
    pub(in crate::db) figures: Vec<(Vec<Option<String>>, i64)>,
    /// Cases that are not counted: the database has to say what they are.
    pub(in crate::db) uncertain: Vec<CaseId>,
}

impl CaseColumns {
    /// What the memory knows now, to be asked before the snapshot is taken with which it is used. None: nothing.
    pub(in crate::db) fn mark(&self) -> Option<Mark> {
        self.known.read().ok().and_then(|known| *known)
    }

    /// The right to bring the columns up to date; none while another thread does. To be taken before the snapshot, so that a later look
    /// has a later one.
    pub(in crate::db) fn begin_looking(&self) -> Option<MutexGuard<'_, ()>> {
        match self.looking.try_lock() {
            Ok(looking) => Some(looking),
            // A look that panicked left what it knew before: the next one goes on from there.
            Err(TryLockError::Poisoned(left)) => Some(left.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Takes over columns that were filled from one snapshot, in which everything before this place was over.
    pub(in crate::db) fn take_over(&self, filled: Held, known: Known) -> Result<()> {
        let mut held = self.held.write().map_err(|_| broken())?;
        let look = held.look + 1;
        *held = Held { look, learned_since: look, ..filled };
        drop(held);
        self.knows(Some(Mark { known, look }))
    }

    /// Does what a snapshot says of cases that changed, in which everything before this place was over.
    pub(in crate::db) fn apply(&self, changed: &[CaseId], now: &[Listed], known: Known) -> Result<()> {
        let mut held = self.held.write().map_err(|_| broken())?;
        held.remember(changed);
        for table in held.tables.values_mut() {
            changed.iter().for_each(|case| table.remove(*case));
        }
        now.iter().try_for_each(|listed| held.put(listed))?;
        let look = held.look;
        drop(held);
        self.knows(Some(Mark { known, look }))
    }

    /// Forgets everything, so that the columns are filled anew.
    pub(in crate::db) fn forget(&self) -> Result<()> {
        self.knows(None)?;
        let mut held = self.held.write().map_err(|_| broken())?;
        let look = held.look + 1;
        *held = Held { look, learned_since: look, ..Held::default() };
        Ok(())
    }

    fn knows(&self, mark: Option<Mark>) -> Result<()> {
        *self.known.write().map_err(|_| broken())? = mark;
        Ok(())
    }

    /// How many cases an organisation lists, as far as the memory knows.
    pub(in crate::db) fn count_of(&self, organisation: OrganisationId) -> usize {
        self.held.read().ok().and_then(|held| held.tables.get(&organisation).map(Table::len)).unwrap_or_default()
    }

    /// How many cases all organisations list together.
    pub(in crate::db) fn count(&self) -> usize {
        self.held.read().map_or(0, |held| held.tables.values().map(Table::len).sum())
    }

    /// The first of the wanted cases behind a place in an order: so many, and one more for each that the memory is not certain of. None:
    /// the memory cannot say.
    pub(in crate::db) fn first(&self, sight: &Sight, wanted: &Wanted, order: Order, most: usize) -> Option<First> {
        let held = self.held.read().ok()?;
        let uncertain = with(&sight.changed, held.learned_after(sight.mark)?);
        let most = most.saturating_add(uncertain.len());
        let table = held.tables.get(&sight.organisation)?;
        let cases = table.first(&held.numbers, wanted, order, most, sight.now.micros());
        Some(First { is_all: cases.len() < most, cases, uncertain })
    }

    /// Counts the wanted cases by at most three columns, without those that changed since the mark. None: the memory cannot say.
    pub(in crate::db) fn counted(&self, sight: &Sight, wanted: &Wanted, by: &[TextColumn]) -> Option<Counted> {
        let held = self.held.read().ok()?;
        let uncertain = with(&sight.changed, held.learned_after(sight.mark)?);
        // One order for each set of columns, so that one count serves all who ask for it.
        let mut sorted = by.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let counts = held.tables.get(&sight.organisation)?.count(&held.numbers, wanted, &sorted, &uncertain, sight.now.micros());
        let figures = counts.into_iter().filter(|(_, cases)| *cases != 0).map(|(numbers, cases)| {
            let text = |column: &TextColumn| {
                let at = sorted.iter().position(|other| other == column)?;
                column.of(&held.numbers.texts).text(*numbers.get(at)?).map(str::to_owned)
            };
            (by.iter().map(text).collect(), cases)
        });
        Some(Counted { figures: figures.collect(), uncertain })
    }
}

fn with(changed: &[CaseId], learned: Vec<CaseId>) -> Vec<CaseId> {
    let mut all = learned;
    all.extend_from_slice(changed);
    all.sort_unstable();
    all.dedup();
    all
}

fn broken() -> Error {
    Error::internal("the columns are locked for ever")
}

#[cfg(test)]
mod tests;
