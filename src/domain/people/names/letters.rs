//! From any script to tokens of Latin letters.

use any_ascii::{any_ascii, any_ascii_char};
use unicode_normalization::UnicodeNormalization;

use crate::domain::people::names::han;

/// Titles that are written onto the name without a space, so that no token can be dropped.
const TITLES_BEFORE: &[&str] = &["นางสาว", "นาง", "นาย", "เด็กชาย", "เด็กหญิง", "คุณ"];
/// The same behind the name.
const TITLES_BEHIND: &[&str] = &["先生", "女士", "小姐", "씨"];

/// The readings of a name, and whether its script writes the vowels.
pub(in crate::domain) fn tokens_of(text: &str) -> (Vec<Vec<String>>, bool) {
    let normal: String = text.nfkc().collect();
    let mut name = normal.trim();
    name = TITLES_BEFORE.iter().find_map(|title| name.strip_prefix(title)).filter(|rest| !rest.trim().is_empty()).unwrap_or(name).trim();
    name = TITLES_BEHIND.iter().find_map(|title| name.strip_suffix(title)).filter(|rest| !rest.trim().is_empty()).unwrap_or(name).trim();
    let writes_vowels = !name.chars().any(leaves_vowels_out);
    let words: Vec<&str> = name.split(parts).filter(|word| !word.is_empty()).collect();
    let is_alone = words.len() == 1;
    let mut reading = Vec::new();
    let mut other_reading = Vec::new();
    let mut has_other = false;
    for word in words {
        if word.chars().all(is_syllable) {
            let syllables: Vec<String> = word.chars().map(|letter| latin(any_ascii_char(letter))).collect();
            let older: Vec<String> = syllables.iter().map(|syllable| han::wade_giles(syllable)).collect();
            has_other |= word.chars().any(is_han);
            reading.extend(family_and_given(word, &syllables, is_alone));
            other_reading.extend(family_and_given(word, &older, is_alone));
        } else {
            // The article of Arabic is written onto the name, and left out in passports.
            let word = word.strip_prefix("ال").filter(|rest| rest.chars().count() > 2).unwrap_or(word);
            let token = latin(&any_ascii(word));
            other_reading.push(token.clone());
            reading.push(token);
        }
    }
    reading.retain(|token| !token.is_empty());
    other_reading.retain(|token| !token.is_empty());
    (if has_other { vec![reading, other_reading] } else { vec![reading] }, writes_vowels)
}

/// What stands between the words of a name. An apostrophe stands inside a word.
fn parts(letter: char) -> bool {
    !letter.is_alphanumeric() && !is_mark(letter) && !matches!(letter, '\'' | '’' | '‘' | 'ʼ' | '`' | 'ʻ')
}

/// Vowel signs and tone marks that belong to the letter before them.
fn is_mark(letter: char) -> bool {
    matches!(u32::from(letter), 0x0300..=0x036F | 0x0590..=0x05CF | 0x0610..=0x061A | 0x064B..=0x065F | 0x0670 | 0x0900..=0x0DFF | 0x0E30..=0x0EFF | 0x0F00..=0x0FFF | 0x102B..=0x103E | 0x1056..=0x109D | 0x17B4..=0x17DD | 0x200C..=0x200D)
}

fn is_han(letter: char) -> bool {
    matches!(u32::from(letter), 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3_FFFF)
}

/// A letter that is a syllable: Chinese and Hangul are cut by letter, because names of theirs have no spaces.
fn is_syllable(letter: char) -> bool {
    is_han(letter) || matches!(u32::from(letter), 0xAC00..=0xD7A3)
}

/// Scripts that leave vowels out, or write them where a transliteration letter by letter cannot follow.
fn leaves_vowels_out(letter: char) -> bool {
    matches!(u32::from(letter), 0x0590..=0x08FF | 0x0900..=0x0DFF | 0x0E00..=0x0FFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0xAA60..=0xAA7F | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF)
}

/// Family name and given name of a word that holds both; a word among others is one token.
fn family_and_given(word: &str, syllables: &[String], is_alone: bool) -> Vec<String> {
    let family = if !is_alone || syllables.len() < 2 { 0 } else { han::family_length(word).min(syllables.len() - 1) };
    let (family, given) = syllables.split_at_checked(family).unwrap_or((syllables, &[]));
    [family.concat(), given.concat()].into_iter().filter(|token| !token.is_empty()).collect()
}

/// Lower-case Latin letters and nothing else.
fn latin(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}
