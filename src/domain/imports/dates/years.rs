//! Years: of the common era, of the Buddhist one, and of Taiwan.

use crate::domain::imports::dates::form::{DateForm, ShortYears, Unread};
use crate::domain::imports::dates::parts::Era;

/// Years by which the Buddhist calendar is ahead.
const BUDDHIST: i32 = 543;
/// Years by which the calendar of Taiwan is behind.
const REPUBLIC: i32 = 1911;
/// Years of the common era that anybody on a list can be born in.
const COMMON: std::ops::RangeInclusive<i32> = 1900..=2100;
/// The same years of the Buddhist era.
const BUDDHIST_YEARS: std::ops::RangeInclusive<i32> = 2443..=2643;

/// A year, with the era that stands beside it or that the column was said to have.
pub(super) fn year_written(digits: &str, era: Option<Era>, form: DateForm) -> Result<(i32, bool), Unread> {
    if digits.len() > 4 {
        return Err(Unread::NotADate);
    }
    let value: i32 = digits.parse().map_err(|_| Unread::NotADate)?;
    let shifted = |year: i32| if COMMON.contains(&year) { Ok((year, true)) } else { Err(Unread::NoSuchDay) };
    match era {
        Some(Era::Common) if digits.len() == 4 => return if COMMON.contains(&value) { Ok((value, false)) } else { Err(Unread::NoSuchDay) },
        Some(Era::Buddhist) if digits.len() == 4 => return shifted(value - BUDDHIST),
        Some(Era::Buddhist) => return shifted(2500 + value - BUDDHIST),
        Some(Era::Republic) => return shifted(value + REPUBLIC),
        Some(Era::Common) | None => {}
    }
    match digits.len() {
        4 => full_year(digits),
        // `088` is how registers of Taiwan write the year, and nobody else.
        3 if value < 200 => shifted(value + REPUBLIC),
        2 => short_year(value, form),
        _ => Err(Unread::NotADate),
    }
}

/// A year of four digits: those of the Buddhist calendar lie where no year of the common era does.
pub(super) fn full_year(digits: &str) -> Result<(i32, bool), Unread> {
    let year: i32 = digits.parse().map_err(|_| Unread::NotADate)?;
    match year {
        _ if digits.len() != 4 => Err(if digits.len() == 2 { Unread::WhichCentury } else { Unread::NotADate }),
        _ if COMMON.contains(&year) => Ok((year, false)),
        _ if BUDDHIST_YEARS.contains(&year) => Ok((year - BUDDHIST, true)),
        _ => Err(Unread::OtherCalendar),
    }
}

fn short_year(value: i32, form: DateForm) -> Result<(i32, bool), Unread> {
    match (form.short_years, form.year_of_list) {
        (Some(ShortYears::Buddhist), _) => Ok((2500 + value - BUDDHIST, true)),
        (Some(ShortYears::Republic), _) => Ok((value + REPUBLIC, true)),
        (Some(ShortYears::Common), Some(list)) if COMMON.contains(&list) => {
            let of_this = list - list.rem_euclid(100) + value;
            Ok((if of_this > list { of_this - 100 } else { of_this }, false))
        }
        (Some(ShortYears::Common) | None, _) => Err(Unread::WhichCentury),
    }
}
