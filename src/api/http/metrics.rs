//! Figures for Prometheus: operations, statuses and times. No ids, no names.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    operation: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Timed {
    operation: String,
}

/// How old the last good backup was when that was read, and when it was read. Nothing, where none is known.
#[derive(Debug, Default)]
struct LastBackup(Mutex<Option<(Duration, Instant)>>);

impl LastBackup {
    fn tell(&self, age: Option<Duration>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = age.map(|age| (age, Instant::now()));
    }

    /// Seconds.
    fn age(&self) -> Option<i64> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.map(|(age, read)| i64::try_from((age + read.elapsed()).as_secs()).unwrap_or(i64::MAX))
    }
}

impl Collector for LastBackup {
    /// Written at each look, because it grows by itself. Absent, not 0, where there is none: whoever watches must not take it for a new one.
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let Some(age) = self.age() else { return Ok(()) };
        let gauge = ConstGauge::new(age);
        let help = "Seconds since the data of the last good backup; absent where none is known";
        gauge.encode(encoder.encode_descriptor("last_backup_age_seconds", help, None, gauge.metric_type())?)
    }
}

/// Bytes that are free on the disk of the database, and whether space is short. Nothing, where its disk is another server's.
#[derive(Debug, Default)]
struct Disk(Mutex<Option<(u64, bool)>>);

impl Collector for Disk {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let Some((free, is_short)) = *self.0.lock().unwrap_or_else(PoisonError::into_inner) else { return Ok(()) };
        let free = ConstGauge::new(i64::try_from(free).unwrap_or(i64::MAX));
        let help = "Bytes free on the disk of the database, without those held back for it";
        free.encode(encoder.encode_descriptor("disk_free_bytes", help, None, free.metric_type())?)?;
        let is_short = ConstGauge::new(i64::from(is_short));
        let help = "1 where space is short, so that files, lists and exports are refused";
        is_short.encode(encoder.encode_descriptor("disk_short", help, None, is_short.metric_type())?)
    }
}

/// The figures that are counted.
pub struct Metrics {
    registry: Registry,
    answers: Family<Answered, Counter>,
    seconds: Family<Timed, Histogram>,
    last_backup: Arc<LastBackup>,
    disk: Arc<Disk>,
}

impl Default for Metrics {
    fn default() -> Self {
        let answers = Family::<Answered, Counter>::default();
        let seconds = Family::<Timed, Histogram>::new_with_constructor(|| Histogram::new(exponential_buckets(0.0005, 2.0, 15)));
        let mut registry = Registry::with_prefix("homeward");
        registry.register("http_requests", "Requests answered", answers.clone());
        registry.register("http_request_seconds", "Time to answer", seconds.clone());
        let last_backup = Arc::new(LastBackup::default());
        registry.register_collector(Box::new(last_backup.clone()));
        let disk = Arc::new(Disk::default());
        registry.register_collector(Box::new(disk.clone()));
        Self { registry, answers, seconds, last_backup, disk }
    }
}

impl Metrics {
    /// Counts an answer.
    pub fn observe(&self, operation: &str, status: u16, elapsed: Duration) {
        self.answers.get_or_create(&Answered { operation: operation.to_owned(), status }).inc();
        self.seconds.get_or_create(&Timed { operation: operation.to_owned() }).observe(elapsed.as_secs_f64());
    }

    /// Tells how old the last good backup is. None: none is known.
    pub fn tell_last_backup(&self, age: Option<Duration>) {
        self.last_backup.tell(age);
    }

    /// Tells how many bytes are free on the disk of the database, and whether space is short.
    pub fn tell_disk(&self, free: u64, is_short: bool) {
        *self.disk.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((free, is_short));
    }

    /// The figures as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if prometheus_client::encoding::text::encode(&mut text, &self.registry).is_err() {
            let _infallible = writeln!(text, "# the figures cannot be written");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_of_the_last_backup_grows_by_itself_and_is_absent_where_there_is_none() {
        let metrics = Metrics::default();
        assert!(!metrics.text().contains("last_backup"), "{}", metrics.text());
        metrics.tell_last_backup(Some(Duration::from_millis(41_995)));
        std::thread::sleep(Duration::from_millis(10));
        let text = metrics.text();
        assert!(text.lines().any(|line| line == "homeward_last_backup_age_seconds 42"), "{text}");
        metrics.tell_last_backup(None);
        assert!(!metrics.text().contains("last_backup"), "{}", metrics.text());
    }
}
