//! Phone numbers, as people write and say them: kept as they were written, and read where they can be.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use phonenumber::{Mode, country::Id};
use unicode_normalization::UnicodeNormalization;

use crate::domain::country::Country;

/// Digits of E.164 without the plus sign: of a country and of a subscriber.
const E164_DIGITS: std::ops::RangeInclusive<usize> = 2..=15;
/// Digits from which a number without its country's prefix may be one with it.
const FEWEST_INTERNATIONAL: usize = 8;
/// Digits from which a number that could not be read says something about whose it is. A hotline has fewer.
const FEWEST_TELLING: usize = 6;

/// A phone number, and whether it is safe to use.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
pub struct PhoneNumber {
    /// The number as it was written or said, local or international, in digits of any script, with an extension if there is one.
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
}

fn has_digit(number: &str) -> Result<(), ValidationError> {
    if digits(number).is_empty() { Err(ValidationError::new("no_digits")) } else { Ok(()) }
}

impl PhoneNumber {
    /// Forgets what was read, because a request may say anything.
    pub fn forget_reading(&mut self) {
        (self.normalised, self.extension) = (None, None);
    }

    /// Reads the number where it was written. One that was there before keeps its reading: the case may be somewhere else by now.
    pub fn read(&mut self, here: Country, before: &[Self]) {
        if self.normalised.is_some() {
            return;
        }
        let known = before.iter().find(|known| known.number == self.number);
        let reading = match known {
            Some(Self { normalised: Some(normalised), extension, .. }) => {
                Some(Reading { e164: normalised.clone(), extension: extension.clone() })
            }
            Some(_) => read_anywhere(&ascii(&self.number)),
            None => read(&self.number, Some(here)),
        };
        if let Some(Reading { e164, extension }) = reading {
            (self.normalised, self.extension) = (Some(e164), extension);
        }
    }

    /// The digits by which two numbers are compared; none if they say too little.
    pub fn key(&self) -> Option<String> {
        let read = self.normalised.clone().or_else(|| read_anywhere(&ascii(&self.number)).map(|reading| reading.e164));
        let written = || Some(digits(&self.number)).filter(|digits| digits.len() >= FEWEST_TELLING);
        read.map(|e164| digits(&e164)).or_else(written)
    }

    /// The digits under which it is found: as it was read, or in every way that it can be, and as it was written.
    pub fn findable(&self) -> Vec<String> {
        let ways = if self.normalised.is_some() { Vec::new() } else { ways_abroad(&ascii(&self.number)) };
        let ways = ways.into_iter().map(|reading| digits(&reading.e164));
        let mut all: Vec<String> = Vec::new();
        for found in self.key().into_iter().chain([digits(&self.number)]).chain(ways) {
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
    let anywhere = countries.is_empty().then(|| read(said, None)).flatten();
    let abroad = ways_abroad(&ascii(said)).into_iter().chain(anywhere);
    let read = countries.iter().filter_map(|country| read(said, Some(*country))).chain(abroad).map(|reading| digits(&reading.e164));
    let mut all: Vec<String> = read.chain([digits(said)]).filter(|digits| !digits.is_empty()).collect();
    all.sort();
    all.dedup();
    all
}

/// NFKC, with digits of any script as those of ASCII. What is no sign of a number becomes a space.
fn ascii(text: &str) -> String {
    text.nfkc().map(|letter| decimal(letter).unwrap_or(letter)).map(|letter| if letter.is_ascii_graphic() { letter } else { ' ' }).collect()
}

/// A decimal digit of any script. Unicode has them in rows of ten, each from zero to nine.
fn decimal(letter: char) -> Option<char> {
    let category = CodePointMapData::<GeneralCategory>::new();
    let is_digit = |code: u32| category.get32(code) == GeneralCategory::DecimalNumber;
    let code = u32::from(letter);
    if !is_digit(code) {
        return None;
    }
    let before = (1..=code).take_while(|back| is_digit(code - back)).count();
    u32::try_from(before % 10).ok().and_then(|value| char::from_digit(value, 10))
}

fn read(written: &str, here: Option<Country>) -> Option<Reading> {
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
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        Country::parse(code).unwrap()
    }

    fn e164(written: &str, here: &str) -> Option<String> {
        read(written, Some(country(here))).map(|reading| reading.e164)
    }

    #[test]
    fn a_number_is_read_in_any_spelling_of_its_country() {
        for (here, written, expected) in [
            ("KHM", "012 345 678", "+85512345678"),
            ("KHM", "012345678", "+85512345678"),
            ("KHM", "12 345 678", "+85512345678"),
            ("KHM", "+855 12 345 678", "+85512345678"),
            ("KHM", "+855-12-345-678", "+85512345678"),
            ("KHM", "85512345678", "+85512345678"),
            ("KHM", "00855 12 345 678", "+85512345678"),
            ("KHM", "+855 (0)12 345678", "+85512345678"),
            ("KHM", "+៨៥៥១២៣៤៥៦៧៨", "+85512345678"),
            ("KHM", "០១២ ៣៤៥ ៦៧៨", "+85512345678"),
            ("KHM", "＋８５５ １２ ３４５ ６７８", "+85512345678"),
            ("KHM", "001 86 138 0013 8000", "+8613800138000"),
            ("THA", "85512345678", "+85512345678"),
            ("THA", "081-234-5678", "+66812345678"),
            ("PAK", "۰۳۰۱ ۲۳۴۵۶۷۸", "+923012345678"),
            ("IDN", "0812-3456-7890", "+6281234567890"),
            ("MMR", "၀၉ ၄၂၀ ၁၂၃ ၄၅၆", "+959420123456"),
            ("KHM", "+85500000002", "+85500000002"),
        ] {
            assert_eq!(e164(written, here).as_deref(), Some(expected), "{written} in {here}");
        }
        let with_extension = read("+86 138 0013 8000 ext 12", Some(country("KHM"))).unwrap();
        assert_eq!((with_extension.e164.as_str(), with_extension.extension.as_deref()), ("+8613800138000", Some("12")));
    }

    #[test]
    fn a_number_that_two_ways_of_dialling_make_two_is_not_guessed_and_is_found_by_both() {
        let said = "001 65 9234 5678";
        assert_eq!((e164(said, "KHM"), e164("007 65 9234 5678", "KHM").as_deref()), (None, Some("+6592345678")));
        assert_eq!(e164(said, "FRA").as_deref(), Some("+16592345678"), "where 00 is dialled, it is America");
        let mut written = PhoneNumber { number: said.into(), safe: true, normalised: None, extension: None };
        let before = written.clone();
        written.read(country("KHM"), &[]);
        written.read(country("KHM"), std::slice::from_ref(&before));
        assert_eq!((written.normalised.as_deref(), written.key().as_deref()), (None, Some("0016592345678")));
        let (found, meant) = (written.findable(), meanings(said, &[country("KHM")]));
        for reading in ["6592345678", "16592345678", "0016592345678"] {
            assert!([&found, &meant].iter().all(|all| all.iter().any(|known| known == reading)), "{reading} in {found:?} and {meant:?}");
        }
        assert!(found.contains(&meanings("+65 9234 5678", &[country("KHM")])[0]));
    }

    #[test]
    fn what_cannot_be_read_is_not_guessed() {
        for written in ["1323", "012 345 678 / 098 765 432", "0000", "the sister of Dara", "9", "+", "00"] {
            assert_eq!(e164(written, "KHM"), None, "{written}");
        }
        assert!(has_digit("1323").is_ok() && has_digit("១").is_ok());
        assert!(has_digit("no phone").is_err() && has_digit("").is_err());
    }

    #[test]
    fn a_number_keeps_the_reading_of_the_place_where_it_was_written() {
        let written = |number: &str| PhoneNumber { number: number.into(), safe: true, normalised: None, extension: None };
        let mut local = written("012 345 678");
        local.read(country("KHM"), &[]);
        let mut again = written("012 345 678");
        again.read(country("THA"), std::slice::from_ref(&local));
        assert!(again == local);
        // Two spellings are one number, and each is found by the other.
        let international = written("+855 12 345 678");
        assert_eq!(local.key(), international.key());
        assert!(local.findable().contains(&"85512345678".to_owned()) && local.findable().contains(&"012345678".to_owned()));
        // What was stored before numbers were read has the digits that it had.
        assert_eq!(written("+6281234567890").findable(), ["6281234567890"]);
        assert_eq!(written("85512999888").findable(), ["85512999888"]);
        assert_eq!(written("1323").key(), None, "a hotline is nobody's");
    }

    /// Texts of signs that stand in numbers, and of some that do not, the same in every run.
    fn texts(count: usize) -> impl Iterator<Item = String> {
        const SIGNS: [char; 24] =
            ['0', '1', '2', '5', '6', '8', '9', '0', '8', '5', '+', ' ', '-', '(', ')', '.', '/', 'x', ';', '=', '៨', '٥', 'é', '電'];
        let mut state = 7_u64;
        let mut next = move |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % below
        };
        (0..count).map(move |_| (0..next(40)).map(|_| SIGNS[next(SIGNS.len())]).collect())
    }

    #[test]
    fn nothing_that_is_typed_is_too_odd_and_what_was_read_is_read_the_same_everywhere() {
        let mut understood = 0;
        for text in texts(2_000) {
            for here in ["KHM", "THA", "USA"] {
                let Some(reading) = read(&text, Some(country(here))) else { continue };
                understood += 1;
                assert_eq!(e164(&reading.e164, "MMR"), Some(reading.e164.clone()), "{text} in {here}");
                assert!(meanings(&text, &[country(here)]).contains(&digits(&reading.e164)), "{text} in {here}");
            }
        }
        assert!(understood > 5, "{understood} of these texts are numbers");
    }
}
