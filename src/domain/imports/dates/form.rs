//! What must be known of a column before its dates can be read.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

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

text_enum! {
    /// What the spreadsheet made of the dates of a column of which it left others as they were typed: it takes the first number for the
    /// day, or for the month, as its own country does, and what does not fit stays a text.
    pub enum DayCells {
        /// They are what they show.
        AsShown = "as_shown",
        /// It took the month for the day.
        Swapped = "swapped",
    }
}

/// What was answered about the dates of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DateForm {
    /// Which number is the day.
    pub order: Option<DateOrder>,
    /// From where years of two digits are counted.
    pub short_years: Option<ShortYears>,
    /// From where bare numbers count days.
    pub serials: Option<Serials>,
    /// What the days are that the spreadsheet shows among dates that were typed.
    pub day_cells: Option<DayCells>,
    /// The year of the list: no year of two digits lies behind it.
    #[validate(range(min = 1900, max = 2100))]
    #[schema(minimum = 1900, maximum = 2100)]
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
        /// A day of the spreadsheet among dates that it left as texts.
        WhichWasSwapped = "ambiguous_day_cell",
        /// The date shows another order than the column was said to have.
        OtherOrder = "other_order",
        /// The date has an hour.
        HasHour = "has_hour",
        /// A day of the spreadsheet so early that it may be a bare number that is shown as one.
        EarlyDay = "early_day",
        /// A year of a calendar that is not read here.
        OtherCalendar = "other_calendar",
    }
}

impl Unread {
    /// Whether somebody must answer, about the column or about the one date.
    pub const fn is_question(self) -> bool {
        match self {
            Self::WhichIsTheDay | Self::WhichCentury | Self::WhichDay | Self::WhichWasSwapped => true,
            Self::OtherOrder | Self::HasHour | Self::EarlyDay => true,
            Self::NotADate | Self::NoSuchDay | Self::OtherCalendar => false,
        }
    }

    /// A sentence for people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NotADate => "is not a date in any form that is read here: write YYYY-MM-DD",
            Self::NoSuchDay => "is not a day of the calendar",
            Self::WhichIsTheDay => "can be read in two ways: say for the column whether the day or the month comes first",
            Self::WhichCentury => "has a year of two digits: say for the column from where years are counted",
            Self::WhichDay => "is a bare number: say for the column from where days are counted, or write the date",
            Self::WhichWasSwapped => {
                "was made a day by the spreadsheet, which left other dates of the column as texts: say in day_cells whether such days are \
                 as_shown, or swapped"
            }
            Self::OtherOrder => "shows the other order than the one that was said for the column: write YYYY-MM-DD",
            Self::HasHour => "has an hour, which another zone can have moved to the day before: write the day alone",
            Self::EarlyDay => "is a day before 1908, as a spreadsheet shows a bare number: write the date as a text, YYYY-MM-DD",
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
