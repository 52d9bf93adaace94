//! What must be known of a column before its dates can be read.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::dates::PartialDate;
use crate::domain::imports::cell::Epoch;

text_enum! {
    /// Which number of `3/4/1999` is the day.
    pub enum DateOrder {
        DayFirst = "day_first",
        MonthFirst = "month_first",
    }
}

text_enum! {
    /// From where years of two digits are counted: `42` can be 1942, 1999 by the Buddhist calendar, or 1953 by that of Taiwan.
    pub enum ShortYears {
        /// Of the last hundred years.
        Common = "common_era",
        /// Of 2500.
        Buddhist = "buddhist_era",
        /// Since 1911.
        Republic = "republic_of_china",
    }
}

text_enum! {
    /// From where a bare number counts days.
    pub enum Serials {
        Since1900 = "since_1900",
        Since1904 = "since_1904",
    }
}

impl Serials {
    /// The day from which they count.
    pub const fn epoch(self) -> Epoch {
        match self {
            Self::Since1900 => Epoch::Of1900,
            Self::Since1904 => Epoch::Of1904,
        }
    }
}

/// What was answered about the dates of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DateForm {
    /// Which number is the day.
    pub order: Option<DateOrder>,
    /// From where years of two digits are counted.
    pub short_years: Option<ShortYears>,
    /// From where bare numbers count days.
    pub serials: Option<Serials>,
    /// The year of the list: no year of two digits lies behind it.
    pub year_of_list: Option<i32>,
}

text_enum! {
    /// Why a date could not be read.
    pub enum Unread {
        /// It is none, in no form that is known here.
        NotADate = "not_a_date",
        /// No calendar has this day.
        NoSuchDay = "no_such_day",
        /// Day and month can be told apart only by who wrote them.
        WhichIsTheDay = "ambiguous_day_and_month",
        /// The year has two digits.
        WhichCentury = "ambiguous_year",
        /// A bare number, which can be a day that a spreadsheet counted.
        WhichDay = "ambiguous_number",
        /// A year of a calendar that is not read here.
        OtherCalendar = "other_calendar",
    }
}

impl Unread {
    /// Whether an answer about the column helps.
    pub const fn is_question(self) -> bool {
        matches!(self, Self::WhichIsTheDay | Self::WhichCentury | Self::WhichDay)
    }

    /// A sentence for people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NotADate => "is not a date in any form that is read here: write YYYY-MM-DD",
            Self::NoSuchDay => "is not a day of the calendar",
            Self::WhichIsTheDay => "can be read in two ways: say for the column whether the day or the month comes first",
            Self::WhichCentury => "has a year of two digits: say for the column from where years are counted",
            Self::WhichDay => "is a bare number: say for the column from where days are counted, or write the date",
            Self::OtherCalendar => "is a year of a calendar that is not read here: write the year of the common era",
        }
    }
}

/// A date that was read, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadDate {
    /// The date, of which a part may be unknown.
    pub date: PartialDate,
    /// Whether the year was one of another era and was converted.
    pub is_converted: bool,
}
