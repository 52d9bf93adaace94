//! Figures for Prometheus: operations, statuses and times. No ids, no names.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::fmt::Write;
use std::time::Duration;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    operation: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Timed {
    operation: String,
}

/// The figures that are counted.
pub struct Metrics {
    registry: Registry,
    answers: Family<Answered, Counter>,
    seconds: Family<Timed, Histogram>,
}

impl Default for Metrics {
    fn default() -> Self {
        let answers = Family::<Answered, Counter>::default();
        let seconds = Family::<Timed, Histogram>::new_with_constructor(|| Histogram::new(exponential_buckets(0.0005, 2.0, 15)));
        let mut registry = Registry::with_prefix("homeward");
        registry.register("http_requests", "Requests answered", answers.clone());
        registry.register("http_request_seconds", "Time to answer", seconds.clone());
        Self { registry, answers, seconds }
    }
}

impl Metrics {
    /// Counts an answer.
    pub fn observe(&self, operation: &str, status: u16, elapsed: Duration) {
        self.answers.get_or_create(&Answered { operation: operation.to_owned(), status }).inc();
        self.seconds.get_or_create(&Timed { operation: operation.to_owned() }).observe(elapsed.as_secs_f64());
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
