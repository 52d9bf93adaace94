//! From any script to tokens of Latin letters.

use any_ascii::{any_ascii, any_ascii_char};
use unicode_normalization::UnicodeNormalization;

use crate::domain::people::names::sounds::latin;
use crate::domain::people::names::token::Token;
use crate::domain::people::names::{abugidas, arabic, burmese, cyrillic, han, hangul};

/// Titles that are written onto the name without a space, so that no token can be dropped.
const TITLES_BEFORE: &[&str] = &["นางสาว", "นาง", "นาย", "เด็กชาย", "เด็กหญิง", "คุณ"];
/// The same behind the name.
const TITLES_BEHIND: &[&str] = &["先生", "女士", "小姐", "씨"];

/// The readings of a name, and whether its script writes the vowels.
pub(in crate::domain) fn tokens_of(text: &str) -> (Vec<Vec<Token>>, bool) {
    let normal: String = text.nfkc().collect();
    let mut name = normal.trim();
    name = TITLES_BEFORE.iter().find_map(|title| name.strip_prefix(title)).filter(|rest| !rest.trim().is_empty()).unwrap_or(name).trim();
    name = TITLES_BEHIND.iter().find_map(|title| name.strip_suffix(title)).filter(|rest| !rest.trim().is_empty()).unwrap_or(name).trim();
    let words: Vec<&str> = name.split(parts).filter(|word| !word.is_empty()).collect();
    let mut readings: Vec<Vec<Token>> = if name.chars().any(is_syllable) {
        let (one, other): (Vec<_>, Vec<_>) = words.iter().map(|word| of_syllables(word, words.len() == 1)).unzip();
        vec![one.concat(), other.concat()]
    } else if name.chars().any(arabic::is_letter) {
        arabic::readings(&words)
    } else {
        vec![words.iter().flat_map(|word| of_letters(word)).collect()]
    };
    readings.iter_mut().for_each(|reading| reading.retain(|token| !token.text.is_empty()));
    (readings, !name.chars().any(leaves_vowels_out))
}

/// A word of Chinese characters or Hangul in its two spellings.
fn of_syllables(word: &str, is_alone: bool) -> (Vec<Token>, Vec<Token>) {
    if !word.chars().all(is_syllable) {
        return (of_letters(word), of_letters(word));
    }
    let (one, other): (Vec<String>, Vec<String>) = word.chars().enumerate().map(|(at, letter)| syllable(letter, at == 0)).unzip();
    (family_and_given(word, &one, is_alone), family_and_given(word, &other, is_alone))
}

/// A word of a script that is read letter by letter, or of Burmese.
fn of_letters(word: &str) -> Vec<Token> {
    if let Some(syllables) = burmese::syllables(word) {
        return syllables.into_iter().map(Token::new).collect();
    }
    let word = &cyrillic::as_spoken(word);
    let text = latin(&any_ascii(word));
    vec![if word.chars().any(leaves_vowels_out) { Token::with_units(text, abugidas::units(word)) } else { Token::new(text) }]
}

/// A syllable in two spellings: Pinyin and that of passports of Taiwan, or the official and the usual one of Korea.
fn syllable(letter: char, is_family: bool) -> (String, String) {
    if let Some(spellings) = hangul::syllable(letter) {
        return spellings;
    }
    let family = Some(letter).filter(|_| is_family).and_then(han::family);
    let pinyin = family.map_or_else(|| latin(any_ascii_char(letter)), str::to_owned);
    let older = han::wade_giles(&pinyin);
    (pinyin, older)
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
    matches!(u32::from(letter), 0x0590..=0x08FF | 0x0900..=0x0DFF | 0x0E00..=0x0FFF | 0x1200..=0x139F | 0x1780..=0x17FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF)
}

/// Family name and given name of a word that holds both; a word among others is one token.
fn family_and_given(word: &str, syllables: &[String], is_alone: bool) -> Vec<Token> {
    let family = if !is_alone || syllables.len() < 2 { 0 } else { han::family_length(word).min(syllables.len() - 1) };
    let (family, given) = syllables.split_at_checked(family).unwrap_or((syllables, &[]));
    [family.concat(), given.concat()].into_iter().filter(|text| !text.is_empty()).map(Token::new).collect()
}
