//! Figures that are kept for a few seconds. A report counts every case of an organisation. When many users open the same report,
//! one request counts it, and the others wait for its result.

use moka::future::Cache;
use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::dates::Timestamp;
use crate::domain::ids::OrganisationId;
use crate::error::{Error, Result};

/// A counted figure, with the time of counting.
pub struct AsOf<T> {
    pub at: Timestamp,
    pub value: T,
}

type Counted = Arc<dyn Any + Send + Sync>;

/// The kept figures, by organisation and report. Never shared across organisations, because the organisation is part of the key.
pub(in crate::db) struct ReportCache {
    /// None: no figures are kept.
    entries: Option<Cache<(OrganisationId, &'static str), Counted>>,
}

impl ReportCache {
    /// Keeps figures for so long after they were counted; keeps none if the time is zero. The time is the machine's, not that of
    /// the service's clock: `moka` supports no other clock.
    pub(in crate::db) fn new(time: Duration) -> Self {
        Self { entries: (!time.is_zero()).then(|| Cache::builder().time_to_live(time).build()) }
    }

    /// The kept figures, or else the result of `count`. Concurrent callers wait for the same result, including a failure; a
    /// failure is not kept.
    pub(in crate::db) async fn get<T, F>(&self, organisation: OrganisationId, report: &'static str, count: F) -> Result<Arc<AsOf<T>>>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<AsOf<T>>>,
    {
        let Some(entries) = &self.entries else {
            return count.await.map(Arc::new);
        };
        let count = async { count.await.map(|counted| -> Counted { Arc::new(counted) }) };
        let counted = entries.try_get_with((organisation, report), count).await.map_err(Arc::unwrap_or_clone)?;
        counted.downcast().map_err(|_| Error::internal("two reports share a name"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Longer than any test runs.
    const LONG: Duration = Duration::from_secs(3600);

    fn figure(value: usize) -> Result<AsOf<usize>> {
        Ok(AsOf { at: Timestamp::from_micros(0).unwrap(), value })
    }

    /// Asks so many times at once; returns how often the figures were counted since the beginning.
    async fn ask(kept: &ReportCache, counts: &AtomicUsize, organisation: OrganisationId, times: usize) -> usize {
        let asked = (0..times).map(|_| {
            kept.get(organisation, "funnel", async {
                tokio::task::yield_now().await;
                figure(counts.fetch_add(1, Ordering::Relaxed))
            })
        });
        futures_util::future::try_join_all(asked).await.expect("a figure");
        counts.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn figures_are_counted_once_for_all_who_ask() {
        let (kept, counts) = (ReportCache::new(LONG), AtomicUsize::new(0));
        let (one, other) = (OrganisationId::random(), OrganisationId::random());
        assert_eq!(ask(&kept, &counts, one, 16).await, 1);
        assert_eq!(ask(&kept, &counts, other, 16).await, 2, "an organisation never gets the figures of another");
        assert_eq!(ask(&kept, &counts, one, 1).await, 2);
    }

    #[tokio::test]
    async fn figures_are_counted_again_when_they_are_old() {
        let (time, counts, one) = (Duration::from_millis(20), AtomicUsize::new(0), OrganisationId::random());
        let kept = ReportCache::new(time);
        assert_eq!(ask(&kept, &counts, one, 16).await, 1);
        tokio::time::sleep(time * 2).await;
        assert_eq!(ask(&kept, &counts, one, 16).await, 2);
        tokio::time::sleep(time * 2).await;
        let entries = kept.entries.as_ref().unwrap();
        entries.run_pending_tasks().await;
        assert_eq!(entries.entry_count(), 0, "what nobody looks at takes no memory");
    }

    #[tokio::test]
    async fn a_failure_reaches_all_who_wait_and_is_not_kept() {
        let (kept, counts, one) = (ReportCache::new(LONG), AtomicUsize::new(0), OrganisationId::random());
        let asked = (0..4).map(|_| {
            kept.get::<usize, _>(one, "backlog", async {
                tokio::task::yield_now().await;
                counts.fetch_add(1, Ordering::Relaxed);
                Err(Error::not_found())
            })
        });
        let answers = futures_util::future::join_all(asked).await;
        assert!(answers.iter().all(|answer| answer.as_ref().is_err_and(|error| error.code == crate::error::ErrorCode::NotFound)));
        assert_eq!(counts.load(Ordering::Relaxed), 1);
        assert!(kept.get(one, "backlog", async { figure(1) }).await.is_ok(), "the next one tries again");
    }

    #[tokio::test]
    async fn whoever_goes_away_while_counting_stops_nobody() {
        let (kept, counts, one) = (ReportCache::new(LONG), AtomicUsize::new(0), OrganisationId::random());
        let gone = tokio::time::timeout(Duration::from_millis(5), kept.get::<usize, _>(one, "funnel", std::future::pending())).await;
        assert!(gone.is_err());
        assert_eq!(ask(&kept, &counts, one, 4).await, 1);
    }

    #[tokio::test]
    async fn with_no_time_nothing_is_kept() {
        let (kept, counts) = (ReportCache::new(Duration::ZERO), AtomicUsize::new(0));
        assert_eq!(ask(&kept, &counts, OrganisationId::random(), 16).await, 16);
    }
}
