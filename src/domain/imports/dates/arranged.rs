//! The pieces of a date, put in their order.

use crate::domain::dates::PartialDate;
use crate::domain::imports::dates::form::{DateForm, DateOrder, ReadDate, Unread};
use crate::domain::imports::dates::parts::{Era, Part, Unit};
use crate::domain::imports::dates::years::year_written;

/// A date of several pieces.
pub(super) fn of_parts(parts: &[Part], form: DateForm) -> Result<ReadDate, Unread> {
    let era = parts.iter().find_map(|part| if let Part::Era(era) = part { Some(*era) } else { None });
    let written: Vec<&Part> = parts.iter().filter(|part| !matches!(part, Part::Era(_))).collect();
    if written.iter().any(|part| matches!(part, Part::Unit(_))) {
        return of_units(&written, era, form);
    }
    let year_of = |year: &str| year_written(year, era, form);
    match written.as_slice() {
        [Part::Number(year)] => {
            let (year, is_converted) = year_of(year)?;
            dated(year, None, None, is_converted)
        }
        [Part::Number(day), Part::Month(month), Part::Number(year)] if year.len() > 2 || day.len() < 3 => {
            let (year, is_converted) = year_of(year)?;
            dated(year, Some(*month), Some(number(day)?), is_converted)
        }
        [Part::Month(month), Part::Number(day), Part::Number(year)] => {
            let (year, is_converted) = year_of(year)?;
            dated(year, Some(*month), Some(number(day)?), is_converted)
        }
        [Part::Number(year), Part::Month(month), Part::Number(day)] => {
            let (year, is_converted) = year_of(year)?;
            dated(year, Some(*month), Some(number(day)?), is_converted)
        }
        [Part::Month(month), Part::Number(year)] | [Part::Number(year), Part::Month(month)] if year.len() == 4 => {
            let (year, is_converted) = year_of(year)?;
            dated(year, Some(*month), None, is_converted)
        }
        [Part::Number(year), Part::Number(month), Part::Number(day)] if year.len() > 2 => {
            let (year, is_converted) = year_of(year)?;
            dated(year, Some(number(month)?), Some(number(day)?), is_converted)
        }
        [Part::Number(one), Part::Number(other), Part::Number(year)] => {
            let (year_read, is_converted) = year_of(year)?;
            let (day, month) = in_order(one, other, year, form)?;
            dated(year_read, Some(month), Some(day), is_converted)
        }
        [Part::Number(year), Part::Number(month)] if year.len() == 4 && month.len() < 3 => {
            let (year, is_converted) = year_of(year)?;
            dated(year, Some(number(month)?), None, is_converted)
        }
        [Part::Number(month), Part::Number(year)] if year.len() == 4 && month.len() < 3 => {
            let (year, is_converted) = year_of(year)?;
            dated(year, Some(number(month)?), None, is_converted)
        }
        _ => Err(Unread::NotADate),
    }
}

/// The day and the month of `17/3/1999`. Where either can be the day, only the column knows; and of `99/3/17` even the year is either.
fn in_order(one: &str, other: &str, year: &str, form: DateForm) -> Result<(u32, u32), Unread> {
    let (first, second) = (number(one)?, number(other)?);
    let shown = match (first, second) {
        _ if year.len() < 3 => None,
        (_, 13..) => Some(DateOrder::MonthFirst),
        (13.., _) => Some(DateOrder::DayFirst),
        _ => None,
    };
    let is_either = first == second && year.len() > 2;
    let order = match (shown, form.order) {
        (Some(shown), Some(said)) if shown != said => return Err(Unread::OtherOrder),
        (Some(shown), _) => shown,
        (None, Some(said)) => said,
        (None, None) if is_either => DateOrder::DayFirst,
        (None, None) => return Err(Unread::WhichIsTheDay),
    };
    Ok(if order == DateOrder::MonthFirst { (second, first) } else { (first, second) })
}

/// Whether these are two numbers of which either could be the day, and a year behind them.
pub(super) fn has_an_order(parts: &[Part]) -> bool {
    let [Part::Number(one), Part::Number(other), Part::Number(year), ..] = parts else { return false };
    one.len() < 3 && other.len() < 3 && matches!(year.len(), 2 | 4)
}

/// Which of the two comes first, where a date shows it: `17/3/1999` does, and `3/4/1999` does not.
pub(super) fn order_shown(parts: &[Part]) -> Option<DateOrder> {
    let [Part::Number(one), Part::Number(other), Part::Number(year), ..] = parts else { return None };
    let (first, second) = (number(one).ok()?, number(other).ok()?);
    // Of `17/03/12` nobody knows which of the three is the year: it shows nothing.
    match (first, second) {
        (13..=31, 1..=12) if year.len() == 4 => Some(DateOrder::DayFirst),
        (1..=12, 13..=31) if year.len() == 4 => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

/// `1999年3月17日`: each number says what it is.
fn of_units(parts: &[&Part], era: Option<Era>, form: DateForm) -> Result<ReadDate, Unread> {
    let (mut year, mut month, mut day) = (None, None, None);
    for pair in parts.chunks(2) {
        match pair {
            [Part::Number(written), Part::Unit(Unit::Year)] => year = Some(year_written(written, era, form)?),
            [Part::Number(written), Part::Unit(Unit::Month)] => month = Some(number(written)?),
            [Part::Number(written), Part::Unit(Unit::Day)] => day = Some(number(written)?),
            _ => return Err(Unread::NotADate),
        }
    }
    let (year, is_converted) = year.ok_or(Unread::NotADate)?;
    dated(year, month, day, is_converted)
}

/// A date of these parts, if the calendar has it.
pub(super) fn dated(year: i32, month: Option<u32>, day: Option<u32>, is_converted: bool) -> Result<ReadDate, Unread> {
    // `00` is how registers write a day or a month that nobody knows.
    let month = month.filter(|month| *month != 0);
    let day = day.filter(|day| *day != 0 && month.is_some());
    let text = match (month, day) {
        (Some(month), Some(day)) => format!("{year:04}-{month:02}-{day:02}"),
        (Some(month), None) => format!("{year:04}-{month:02}"),
        (None, _) => format!("{year:04}"),
    };
    let date = PartialDate::parse(&text).ok_or(Unread::NoSuchDay)?;
    Ok(ReadDate { date, is_converted })
}

/// A day or a month: one or two digits.
fn number(digits: &str) -> Result<u32, Unread> {
    if digits.len() > 2 { Err(Unread::NotADate) } else { digits.parse().map_err(|_| Unread::NotADate) }
}
