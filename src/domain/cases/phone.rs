//! Phone numbers, as people write and say them: kept as they were written, and read where they can be.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use phonenumber::{Mode, country::Id};
use unicode_normalization::UnicodeNormalization;

use crate::domain::country::Country;
use crate::domain::lists::null_as_empty;
use crate::domain::text::{copied, is_visible};

/// Digits of E.164 without the plus sign: of a country and of a subscriber.
const E164_DIGITS: std::ops::RangeInclusive<usize> = 2..=15;
/// Digits from which a number without its country's prefix may be one with it.
const FEWEST_INTERNATIONAL: usize = 8;
/// Digits from which a number that could not be read says something about whose it is. A hotline has fewer.
const FEWEST_TELLING: usize = 6;
/// Digits behind a slash that are another ending of the number before it, and no number of their own.
const SHORT_ENDING: usize = 2;

/// A phone number in E.164.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(max_length = 16, example = "+85512345678")]
pub struct E164(String);

/// A phone number, and whether it is safe to use.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct PhoneNumber {
    /// The number as it was written or said, local or international, in digits of any script, with an extension if there is one.
    #[serde(deserialize_with = "copied")]
    #[validate(length(min = 1, max = 60), custom(function = "has_digit"))]
    #[schema(min_length = 1, max_length = 60, example = "012 345 678")]
    pub number: String,
    /// Whether a call or message cannot endanger the person.
    pub safe: bool,
    /// The number in E.164 as it was read in the country where the case is; null: it could not be read, and is kept as it was written.
    /// Computed; what a request says here does not count.
    #[serde(default)]
    #[validate(length(max = 16))]
    #[schema(max_length = 16, example = "+85512345678")]
    pub normalised: Option<String>,
    /// The extension that was read with it. Computed, too.
    #[serde(default)]
    #[validate(length(max = 60))]
    #[schema(max_length = 60)]
    pub extension: Option<String>,
    /// Where several numbers were written into one: each that could be read, in E.164. The person is found by every one of them.
    /// Computed, too.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 60))]
    #[schema(value_type = Option<Vec<E164>>, max_items = 60, example = json!([]))]
    pub several: Vec<E164>,
}

fn has_digit(number: &str) -> Result<(), ValidationError> {
    if digits(number).is_empty() { Err(ValidationError::new("no_digits")) } else { Ok(()) }
}

impl PhoneNumber {
    /// Forgets what was read, because a request may say anything.
    pub fn forget_reading(&mut self) {
        (self.normalised, self.extension, self.several) = (None, None, Vec::new());
    }

    /// Reads the number where it was written. One that was there before keeps its reading: the case may be somewhere else by now.
    pub fn read(&mut self, here: Country, before: &[Self]) {
        if self.normalised.is_some() {
            return;
        }
        let known = before.iter().find(|known| known.number == self.number);
        self.several = known.map_or_else(|| each_of_several(&self.number, here), |known| known.several.clone());
        let reading = match known {
            Some(Self { normalised: Some(normalised), extension, .. }) => {
                Some(Reading { e164: normalised.clone(), extension: extension.clone() })
            }
            Some(_) => self.anywhere(),
            None => read(&self.number, Some(here)),
        };
        if let Some(Reading { e164, extension }) = reading {
            (self.normalised, self.extension) = (Some(e164), extension);
        }
    }

    /// Reads the number of somebody of whom nobody knows in which country they are: only where it says its own.
    pub fn read_wherever(&mut self) {
        self.forget_reading();
        if let Some(Reading { e164, extension }) = self.anywhere() {
            (self.normalised, self.extension) = (Some(e164), extension);
        }
    }

    /// The one number that was written, as everybody reads it.
    fn anywhere(&self) -> Option<Reading> {
        if parts(&self.number).is_empty() { read_anywhere(&ascii(&self.number)) } else { None }
    }

    /// The digits by which two numbers are compared; none if they say too little.
    pub fn key(&self) -> Option<String> {
        let read = self.normalised.clone().or_else(|| self.anywhere().map(|reading| reading.e164));
        let written = || Some(digits(&self.number)).filter(|digits| digits.len() >= FEWEST_TELLING);
        read.map(|e164| digits(&e164)).or_else(written)
    }

    /// The same of each number, where several were written into one.
    pub fn keys(&self) -> Vec<String> {
        if self.normalised.is_some() {
            return self.key().into_iter().collect();
        }
        let parts = parts(&self.number);
        let unread = if self.several.len() < parts.len() { parts } else { Vec::new() };
        self.several.iter().map(|E164(number)| number).chain(&unread).map(|number| digits(number)).chain(self.key()).collect()
    }

    /// The digits under which it is found: as it was read, or in every way that it can be, and as it was written.
    pub fn findable(&self) -> Vec<String> {
        let ways = if self.normalised.is_some() { Vec::new() } else { ways_abroad(&ascii(&self.number)) };
        let ways = ways.into_iter().map(|reading| digits(&reading.e164));
        let mut all: Vec<String> = Vec::new();
        for found in self.keys().into_iter().chain([digits(&self.number)]).chain(ways) {
            if !all.contains(&found) {
                all.push(found);
            }
        }
        all
    }
}

/// A number as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reading {
    e164: String,
    extension: Option<String>,
}

/// Reads the table of all countries' numbers, which is read once: whoever registered somebody first would wait for it.
pub fn prepare() {
    meanings("+85512345678", &[]);
}

/// The digits of a text, in ASCII.
pub fn digits(text: &str) -> String {
    ascii(text).chars().filter(char::is_ascii_digit).collect()
}

/// Everything that a number may mean which somebody says in one of these countries: its digits as they were said, and with the prefix
/// of each country where that makes a number.
pub fn meanings(said: &str, countries: &[Country]) -> Vec<String> {
    let mut all: Vec<String> = parts(said).iter().flat_map(|part| meanings_of_one(part, countries)).collect();
    all.extend(meanings_of_one(said, countries));
    all.sort();
    all.dedup();
    all
}

fn meanings_of_one(said: &str, countries: &[Country]) -> Vec<String> {
    let anywhere = countries.is_empty().then(|| read(said, None)).flatten();
    let abroad = ways_abroad(&ascii(said)).into_iter().chain(anywhere);
    let read = countries.iter().filter_map(|country| read(said, Some(*country))).chain(abroad).map(|reading| digits(&reading.e164));
    read.chain([digits(said)]).filter(|digits| !digits.is_empty()).collect()
}

/// The numbers of a text in which there may be several: "012 345 678 / 097 111 2222", "… or …", "+855 … +855 …", or one with another
/// ending: "012 345 678/9". Empty where it can only be one.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut is_within = false;
    for letter in text.nfkc().map(|letter| decimal(letter).unwrap_or(letter)) {
        let goes_on =
            letter.is_ascii_digit() || ".-()".contains(letter) || letter.is_whitespace() || !is_visible(letter) || is_dash(letter);
        let sign = if letter.is_ascii_graphic() { letter } else { ' ' };
        match parts.last_mut().filter(|_| is_within && goes_on) {
            Some(part) => part.push(sign),
            None if goes_on || letter == '+' => parts.push(sign.to_string()),
            None => {}
        }
        is_within = goes_on || letter == '+';
    }
    let has_another_ending = text.rsplit_once('/').is_some_and(|(_, ending)| (1..=SHORT_ENDING).contains(&digits(ending).len()));
    let mut parts: Vec<String> =
        parts.iter().map(|part| part.trim_start_matches([' ', '.', '-', ')']).trim_end_matches([' ', '.', '-', '(']).to_owned()).collect();
    parts.retain(|part| digits(part).len() >= FEWEST_TELLING);
    if parts.len() > 1 || has_another_ending { parts } else { Vec::new() }
}

/// Each of several numbers that can be read in a country; empty where it is one number, written with a slash.
fn each_of_several(written: &str, here: Country) -> Vec<E164> {
    let parts = parts(written);
    let each: Vec<E164> = parts.iter().filter_map(|part| read_one(part, Some(here))).map(|reading| E164(reading.e164)).collect();
    let is_one = parts.len() > 1 && each.len() < parts.len() && read_one(written, Some(here)).is_some();
    if is_one { Vec::new() } else { each }
}

fn is_dash(letter: char) -> bool {
    CodePointMapData::<GeneralCategory>::new().get(letter) == GeneralCategory::DashPunctuation
}

/// NFKC, with digits of any script as those of ASCII. What is no sign of a number becomes a space.
fn ascii(text: &str) -> String {
    text.nfkc().map(|letter| decimal(letter).unwrap_or(letter)).map(|letter| if letter.is_ascii_graphic() { letter } else { ' ' }).collect()
}

/// A decimal digit of any script. Unicode has them in rows of ten, each from zero to nine.
pub(in crate::domain) fn decimal(letter: char) -> Option<char> {
    let category = CodePointMapData::<GeneralCategory>::new();
    let is_digit = |code: u32| category.get32(code) == GeneralCategory::DecimalNumber;
    let code = u32::from(letter);
    if !is_digit(code) {
        return None;
    }
    let before = (1..=code).take_while(|back| is_digit(code - back)).count();
    u32::try_from(before % 10).ok().and_then(|value| char::from_digit(value, 10))
}

/// What was written, if it is one number.
fn read(written: &str, here: Option<Country>) -> Option<Reading> {
    let whole = read_one(written, here)?;
    let parts = parts(written);
    let is_several = !parts.is_empty() && parts.iter().all(|part| read_one(part, here).is_some());
    (!is_several).then_some(whole)
}

fn read_one(written: &str, here: Option<Country>) -> Option<Reading> {
    let text = ascii(written);
    let region = here.and_then(region);
    let local = || valid(&text, region);
    let with_prefix = || {
        let digits = text.chars().all(|sign| sign.is_ascii_digit() || " .-/()".contains(sign)).then(|| digits(&text))?;
        let may_be = digits.len() >= FEWEST_INTERNATIONAL && !digits.starts_with('0');
        if may_be { valid(&format!("+{digits}"), None) } else { None }
    };
    let dialled_here = if text.trim().starts_with("00") { local() } else { None };
    match (read_international(&text), dialled_here) {
        // Cambodia dials 001 for abroad, and others 00 for it and 1 for America: who wrote it down meant one of two numbers.
        (Some(common), Some(here)) if common != here => None,
        (common, here) => common.or(here).or_else(local).or_else(with_prefix),
    }
}

/// A number that says its country, wherever it was written; none if it can be read in two ways.
fn read_anywhere(text: &str) -> Option<Reading> {
    let mut ways = ways_abroad(text).into_iter();
    ways.next().filter(|_| ways.next().is_none())
}

/// Every way to read a number that says its country: after two zeros, or after the three digits that some countries dial for abroad.
fn ways_abroad(text: &str) -> Vec<Reading> {
    let mut rest = text.trim().strip_prefix("00").unwrap_or_default().chars();
    let with_three = rest.next().filter(char::is_ascii_digit).and_then(|_| valid(&format!("+{}", rest.as_str().trim_start()), None));
    let mut ways: Vec<Reading> = read_international(text).into_iter().chain(with_three).collect();
    ways.dedup();
    ways
}

/// A number that says its country: with a plus sign, or with the two zeros that most countries dial for it.
fn read_international(text: &str) -> Option<Reading> {
    let text = text.trim();
    let (dialled, has_plus) = match text.strip_prefix('+') {
        Some(rest) => (rest, true),
        None => (text.strip_prefix("00")?, false),
    };
    let plain = digits(dialled);
    let is_plain = dialled.chars().all(|sign| sign.is_ascii_digit() || " .-/".contains(sign));
    let is_e164 = has_plus && is_plain && E164_DIGITS.contains(&plain.len()) && !plain.starts_with('0');
    // A number that is assigned to nobody yet is E.164 all the same.
    valid(&format!("+{dialled}"), None).or_else(|| is_e164.then(|| Reading { e164: format!("+{plain}"), extension: None }))
}

fn valid(text: &str, region: Option<Id>) -> Option<Reading> {
    let number = phonenumber::parse(region, text).ok().filter(phonenumber::is_valid)?;
    let extension = number.extension().map(ToString::to_string);
    Some(Reading { e164: number.format().mode(Mode::E164).to_string(), extension })
}

fn region(country: Country) -> Option<Id> {
    celes::Country::from_alpha3(country.as_str()).ok().and_then(|known| known.alpha2.parse().ok())
}

#[cfg(test)]
mod tests;
