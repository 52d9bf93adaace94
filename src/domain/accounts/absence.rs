//! Absences of users, and what is handed over.

use chrono::NaiveDate;

use crate::domain::zones::Today;

text_enum! {
    /// A part of somebody's work.
    pub enum WorkPart {
        /// The cases, with what the process asks for on them.
        Cases = "cases",
        /// The tasks that somebody added.
        Tasks = "tasks",
    }
}

/// Whether somebody is away on a day: from the first day to the last one, both included.
pub fn is_away(today: Today, from: Option<NaiveDate>, until: Option<NaiveDate>) -> bool {
    from.is_some_and(|from| from <= today.day()) && until.is_none_or(|until| today.day() <= until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dates::Timestamp;
    use crate::domain::zones::Zone;

    #[test]
    fn who_is_away_is_away_on_the_first_day_and_on_the_last_one() {
        let today = Today::at(Zone::UTC, Timestamp::EPOCH);
        let day = |later: i64| Some(today.day() + chrono::Duration::days(later));
        for (from, until, expected) in [
            (None, None, false),
            (None, day(1), false),
            (day(0), None, true),
            (day(0), day(0), true),
            (day(-3), day(0), true),
            (day(-3), day(-1), false),
            (day(1), day(2), false),
            (day(1), None, false),
        ] {
            assert_eq!(is_away(today, from, until), expected, "{from:?} {until:?}");
        }
    }
}
