//! Figures that are kept for a few seconds. A report counts every case of an organisation; when many people look at the
//! same one, it is counted once, by one of them, and the others wait for that.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;

use super::Clock;
use crate::domain::dates::Timestamp;
use crate::domain::ids::OrganisationId;
use crate::error::{Error, Result};

/// Something that was counted, and when.
pub struct AsOf<T> {
    /// When.
    pub at: Timestamp,
    /// What.
    pub value: T,
}

type Counted = Arc<dyn Any + Send + Sync>;

struct Entry {
    begun_at: Timestamp,
    /// Empty while the first who asked is counting.
    counted: Arc<OnceCell<Counted>>,
}

/// What is kept, by organisation and report. Never across organisations: the scope is part of the key.
pub(in crate::db) struct Kept {
    seconds: i64,
    clock: Clock,
    entries: Mutex<HashMap<(OrganisationId, &'static str), Entry>>,
}

impl Kept {
    /// Keeps everything for so many seconds; with none, nothing is kept.
    pub(in crate::db) fn new(seconds: u32, clock: Clock) -> Self {
        Self { seconds: i64::from(seconds), clock, entries: Mutex::default() }
    }

    /// What was counted lately, or what `count` finds now. Whoever asks meanwhile waits for the same answer; when counting
    /// fails, the next one tries.
    pub(in crate::db) async fn get<T, F>(&self, organisation: OrganisationId, report: &'static str, count: F) -> Result<Arc<AsOf<T>>>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<AsOf<T>>>,
    {
        if self.seconds == 0 {
            return count.await.map(Arc::new);
        }
        let cell = self.cell(organisation, report)?;
        let counted = cell.get_or_try_init(|| async { count.await.map(|counted| -> Counted { Arc::new(counted) }) }).await?;
        counted.clone().downcast().map_err(|_| Error::internal("two reports share a name"))
    }

    fn cell(&self, organisation: OrganisationId, report: &'static str) -> Result<Arc<OnceCell<Counted>>> {
        let now = self.clock.now();
        let is_fresh = |entry: &Entry| entry.begun_at <= now && now < entry.begun_at.plus_seconds(self.seconds);
        let mut entries = self.entries.lock().map_err(|_| Error::internal("the kept figures are locked for ever"))?;
        let key = (organisation, report);
        if let Some(entry) = entries.get(&key).filter(|entry| is_fresh(entry)) {
            return Ok(entry.counted.clone());
        }
        // Nobody will ask for what is old: what an organisation does not look at takes no memory.
        entries.retain(|_, entry| is_fresh(entry));
        let counted = Arc::new(OnceCell::new());
        entries.insert(key, Entry { begun_at: now, counted: counted.clone() });
        Ok(counted)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Asks so many times at once, and says how often was counted since the beginning.
    async fn ask(kept: &Kept, clock: &Clock, counts: &AtomicUsize, organisation: OrganisationId, times: usize) -> usize {
        let asked = (0..times).map(|_| {
            kept.get(organisation, "funnel", async {
                tokio::task::yield_now().await;
                Ok(AsOf { at: clock.now(), value: counts.fetch_add(1, Ordering::Relaxed) })
            })
        });
        futures_util::future::try_join_all(asked).await.expect("a figure");
        counts.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn figures_are_counted_once_for_all_who_ask_and_again_when_they_are_old() {
        let (clock, counts) = (Clock::default(), AtomicUsize::new(0));
        let kept = Kept::new(5, clock.clone());
        let (one, other) = (OrganisationId::random(), OrganisationId::random());
        assert_eq!(ask(&kept, &clock, &counts, one, 16).await, 1);
        assert_eq!(ask(&kept, &clock, &counts, other, 16).await, 2, "an organisation never gets the figures of another");
        assert_eq!(ask(&kept, &clock, &counts, one, 1).await, 2);
        clock.forward(6);
        assert_eq!(ask(&kept, &clock, &counts, one, 16).await, 3);
        assert_eq!(kept.entries.lock().unwrap().len(), 1, "what is old is forgotten");
        clock.forward(-3600);
        assert_eq!(ask(&kept, &clock, &counts, one, 1).await, 4, "figures from the future are not believed");
        let failed = kept.get::<usize, _>(other, "backlog", async { Err(Error::internal("no")) }).await;
        assert!(failed.is_err());
        assert!(kept.get(other, "backlog", async { Ok(AsOf { at: clock.now(), value: 1 }) }).await.is_ok(), "the next one tries again");
    }

    #[tokio::test]
    async fn with_no_seconds_nothing_is_kept() {
        let (clock, counts) = (Clock::default(), AtomicUsize::new(0));
        let kept = Kept::new(0, clock.clone());
        assert_eq!(ask(&kept, &clock, &counts, OrganisationId::random(), 16).await, 16);
        assert!(kept.entries.lock().unwrap().is_empty());
    }
}
