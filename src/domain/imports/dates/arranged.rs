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
        [Part::Number(one), Part::Number(other), Part::Number(year)] => in_order(one, other, year_of(year), form),
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

/// `17/3/1999`: one of the two is the day. Where either can be, only the column knows.
fn in_order(one: &str, other: &str, year: Result<(i32, bool), Unread>, form: DateForm) -> Result<ReadDate, Unread> {
    let (first, second) = (number(one)?, number(other)?);
    let month_first = match (first, second) {
        (first, second) if first == second => false,
        (_, 13..) => true,
        (13.., _) => false,
        _ => form.order.ok_or(Unread::WhichIsTheDay)? == DateOrder::MonthFirst,
    };
    let (year, is_converted) = year?;
    let (day, month) = if month_first { (second, first) } else { (first, second) };
    dated(year, Some(month), Some(day), is_converted)
}

/// Which of the two comes first, where a date shows it: `17/3/1999` does, and `3/4/1999` does not.
pub(super) fn order_shown(parts: &[Part]) -> Option<DateOrder> {
    let [Part::Number(one), Part::Number(other), Part::Number(year), ..] = parts else { return None };
    let (first, second) = (number(one).ok()?, number(other).ok()?);
    let is_year = year.len() == 4 || year.len() == 2;
    match (first, second) {
        (13..=31, 1..=12) if is_year => Some(DateOrder::DayFirst),
        (1..=12, 13..=31) if is_year => Some(DateOrder::MonthFirst),
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
