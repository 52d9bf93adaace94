//! Deadlines of the process, which a deployment can change.

use chrono::{Days, NaiveDate};

use crate::domain::repatriation::task_kind::TaskKind;

/// Days before something is due, and the monitoring after arrival: the part of the process that each deployment decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessRules {
    days: Vec<(TaskKind, u32)>,
    /// Days after arrival during which a person is followed up before the case is completed.
    pub monitoring_days: u32,
}

impl Default for ProcessRules {
    fn default() -> Self {
        Self { days: Vec::new(), monitoring_days: 180 }
    }
}

impl std::fmt::Display for ProcessRules {
    /// Every rule in force, as the setting writes them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "monitoring={}", self.monitoring_days)?;
        TaskKind::ALL.iter().filter(|kind| **kind != TaskKind::Added).try_for_each(|kind| write!(f, ",{kind}={}", self.days(*kind)))
    }
}

impl ProcessRules {
    /// The days before a task of this kind is due.
    pub fn days(&self, kind: TaskKind) -> u32 {
        self.days.iter().rev().find(|(known, _)| *known == kind).map_or(kind.default_days(), |(_, days)| *days)
    }

    /// The day on which a rule that counts from another day makes something due.
    pub fn after(&self, day: NaiveDate, kind: TaskKind) -> NaiveDate {
        day.checked_add_days(Days::new(self.days(kind).into())).unwrap_or(NaiveDate::MAX)
    }

    /// Reads `mission_silent=7,document_expires=14,monitoring=180`. Kinds that are not named keep their default.
    ///
    /// # Errors
    /// The part that names no rule, or whose days are no number up to 3650.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rules = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, days) = part.split_once('=').ok_or_else(|| part.to_owned())?;
            let days = days.trim().parse().ok().filter(|days| *days <= 3650).ok_or_else(|| name.to_owned())?;
            match (name.trim(), TaskKind::parse(name.trim())) {
                ("monitoring", _) => rules.monitoring_days = days,
                (_, Some(kind)) if kind != TaskKind::Added => rules.days.push((kind, days)),
                (name, _) => return Err(name.to_owned()),
            }
        }
        Ok(rules)
    }
}
