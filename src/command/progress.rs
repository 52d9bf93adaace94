//! The progress of work that takes seconds: a bar on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error, shown only on a terminal.
pub(in crate::command) struct Progress(ProgressBar);

impl Progress {
    /// A bar for this number of steps.
    pub(super) fn of(steps: usize) -> Self {
        let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
        if let Ok(style) = ProgressStyle::with_template("  {bar:40} {percent:>3} %") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Advances by this number of steps.
    pub(super) fn advance(&self, steps: usize) {
        self.0.inc(u64::try_from(steps).unwrap_or(u64::MAX));
    }

    /// Removes the bar.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
