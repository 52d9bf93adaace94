//! How far something is that takes seconds: a bar on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error, which is silent where that is no terminal.
pub(in crate::command) struct Progress(ProgressBar);

impl Progress {
    /// A bar for so many steps.
    pub(super) fn of(steps: usize) -> Self {
        let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
        if let Ok(style) = ProgressStyle::with_template("  {bar:40} {percent:>3} %") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// So many more steps are done.
    pub(super) fn advance(&self, steps: usize) {
        self.0.inc(u64::try_from(steps).unwrap_or(u64::MAX));
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
