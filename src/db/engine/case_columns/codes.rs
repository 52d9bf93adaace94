//! The columns, and the numbers that stand in them for texts and ids.

use std::collections::HashMap;
use uuid::Uuid;

use crate::domain::ids::{CaseId, OrganisationId};

/// A column of codes: what cases are filtered and counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::db) enum TextColumn {
    Nationality,
    Stage,
    SideState,
    Status,
    Gender,
    IsChild,
    RiskLevel,
    HostCountry,
    IntakeChannel,
    ExitMode,
    TraffickingStatus,
    ClosureReason,
}

/// How many columns of codes there are.
pub(super) const TEXT_COLUMNS: usize = 12;

/// A column of ids: what cases are filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::db) enum IdColumn {
    Owner,
    AssignedTo,
    Compound,
    Operation,
}

/// How many columns of ids there are.
pub(super) const ID_COLUMNS: usize = 4;

impl TextColumn {
    pub(super) fn of<T>(self, columns: &[T; TEXT_COLUMNS]) -> &T {
        let [nationality, stage, side_state, status, gender, is_child, risk, country, channel, exit, trafficking, closure] = columns;
        match self {
            Self::Nationality => nationality,
            Self::Stage => stage,
            Self::SideState => side_state,
            Self::Status => status,
            Self::Gender => gender,
            Self::IsChild => is_child,
            Self::RiskLevel => risk,
            Self::HostCountry => country,
            Self::IntakeChannel => channel,
            Self::ExitMode => exit,
            Self::TraffickingStatus => trafficking,
            Self::ClosureReason => closure,
        }
    }
}

impl IdColumn {
    pub(super) fn of<T>(self, columns: &[T; ID_COLUMNS]) -> &T {
        let [owner, assigned_to, compound, operation] = columns;
        match self {
            Self::Owner => owner,
            Self::AssignedTo => assigned_to,
            Self::Compound => compound,
            Self::Operation => operation,
        }
    }
}

/// How "yes or no" is counted.
pub(in crate::db) const fn yes_or_no(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// A case as one organisation lists it, as the database has it. The texts and ids stand in the order of their columns.
pub(in crate::db) struct Listed {
    pub(in crate::db) organisation: OrganisationId,
    pub(in crate::db) case: CaseId,
    /// Microseconds at which the grant ends, if it does.
    pub(in crate::db) ends: Option<i64>,
    pub(in crate::db) registered: i64,
    pub(in crate::db) changed: i64,
    pub(in crate::db) risk: i32,
    /// The day of registration, in days of the common era.
    pub(in crate::db) registered_on: i32,
    pub(in crate::db) texts: [Option<String>; TEXT_COLUMNS],
    pub(in crate::db) ids: [Option<Uuid>; ID_COLUMNS],
}

/// The same in numbers.
pub(super) struct Coded {
    pub(super) case: CaseId,
    pub(super) ends: Option<i64>,
    pub(super) registered: i64,
    pub(super) changed: i64,
    pub(super) risk: i32,
    pub(super) registered_on: i32,
    pub(super) texts: [u16; TEXT_COLUMNS],
    pub(super) ids: [u32; ID_COLUMNS],
}

/// The numbers of one column of codes; 0 is none.
#[derive(Default)]
pub(super) struct Texts {
    numbers: HashMap<String, u16>,
    texts: Vec<String>,
}

impl Texts {
    /// The number of a text that stands in the column. None: no case has it.
    pub(super) fn number(&self, text: Option<&str>) -> Option<u16> {
        text.map_or(Some(0), |text| self.numbers.get(text).copied())
    }

    fn numbered(&mut self, text: Option<&str>) -> Option<u16> {
        if let Some(known) = self.number(text) {
            return Some(known);
        }
        let text = text.unwrap_or_default();
        self.texts.push(text.to_owned());
        let number = u16::try_from(self.texts.len()).ok()?;
        self.numbers.insert(text.to_owned(), number);
        Some(number)
    }

    /// The text of a number.
    pub(super) fn text(&self, number: u16) -> Option<&str> {
        usize::from(number).checked_sub(1).and_then(|at| self.texts.get(at)).map(String::as_str)
    }

    /// How many numbers there are, with that of none.
    pub(super) fn width(&self) -> usize {
        self.texts.len() + 1
    }
}

/// The numbers of all columns.
#[derive(Default)]
pub(super) struct Numbers {
    pub(super) texts: [Texts; TEXT_COLUMNS],
    ids: HashMap<Uuid, u32>,
}

impl Numbers {
    /// The number of an id; 0 is none.
    pub(super) fn id(&self, id: Uuid) -> Option<u32> {
        self.ids.get(&id).copied()
    }

    fn numbered(&mut self, id: Option<Uuid>) -> Option<u32> {
        let Some(id) = id else { return Some(0) };
        let next = u32::try_from(self.ids.len()).ok()?.checked_add(1)?;
        Some(*self.ids.entry(id).or_insert(next))
    }

    /// A row in numbers. None: there are more codes than numbers, which no list of codes has.
    pub(super) fn coded(&mut self, listed: &Listed) -> Option<Coded> {
        let mut texts = [0; TEXT_COLUMNS];
        for ((number, known), text) in texts.iter_mut().zip(&mut self.texts).zip(&listed.texts) {
            *number = known.numbered(text.as_deref())?;
        }
        let mut ids = [0; ID_COLUMNS];
        for (number, id) in ids.iter_mut().zip(listed.ids) {
            *number = self.numbered(id)?;
        }
        let Listed { case, ends, registered, changed, risk, registered_on, .. } = *listed;
        Some(Coded { case, ends, registered, changed, risk, registered_on, texts, ids })
    }
}
