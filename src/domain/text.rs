//! Characters as a reader sees them: which ones show, and which ones no text of ours may hold.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

pub use crate::domain::text::name::unfit_in_name;

mod name;

/// A blank that Unicode counts among the symbols.
const BRAILLE_BLANK: char = '\u{2800}';

/// The general category of a character.
fn category(character: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(character)
}

/// Whether a reader sees something where this character stands. Fillers of Hangul are letters and show nothing.
pub fn is_visible(character: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator, SpaceSeparator, Surrogate, Unassigned};
    let is_blank = CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character) || character == BRAILLE_BLANK;
    let shows_nothing =
        matches!(category(character), Control | Format | LineSeparator | ParagraphSeparator | SpaceSeparator | Surrogate | Unassigned);
    !is_blank && !shows_nothing
}

/// Whether a character is a letter or a digit, of any script.
pub fn is_letter_or_digit(character: char) -> bool {
    use GeneralCategory::{DecimalNumber, LetterNumber, LowercaseLetter, ModifierLetter, OtherLetter, OtherNumber, TitlecaseLetter};
    let category = category(character);
    let is_letter = matches!(category, GeneralCategory::UppercaseLetter | LowercaseLetter | TitlecaseLetter | ModifierLetter | OtherLetter);
    is_letter || matches!(category, DecimalNumber | LetterNumber | OtherNumber)
}

/// The form of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One line: a name, a number, an address.
    Line,
    /// The name of a person, of an organisation or of a place, by which it is told apart from another one.
    Name,
    /// A number or a code that people copy from a telephone or a chat, with marks of direction around it.
    Copied,
    /// As many lines as its author wants: a note, a reason, what happened.
    Lines,
}

impl Form {
    /// Whether a text of this form has one line.
    pub const fn is_line(self) -> bool {
        matches!(self, Self::Line | Self::Name | Self::Copied)
    }
}

/// Why a text is refused: something in it misleads the eye, or shows nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// A control character.
    Control,
    /// A line break or a tab in a text of one line.
    LineBreak,
    /// A character that turns the direction of what follows: what is read is not what is stored.
    Direction,
    /// A format character that shows nothing and that no script needs, such as a tag.
    Hidden,
    /// A code point that is no character.
    Unassigned,
    /// A joiner that joins nothing.
    Joiner,
    /// Nothing in the text shows.
    Blank,
}

impl Unfit {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Control => "control_character",
            Self::LineBreak => "line_break",
            Self::Direction => "direction_control",
            Self::Hidden => "hidden_character",
            Self::Unassigned => "unassigned_character",
            Self::Joiner => "misplaced_joiner",
            Self::Blank => "invisible_text",
        }
    }

    /// The sentence for people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Control => "must not contain control characters",
            Self::LineBreak => "must be one line, without line breaks and tabs",
            Self::Direction => {
                "must not contain characters that embed, override or isolate a direction (U+202A to U+202E, U+2066 to U+2069)"
            }
            Self::Hidden => {
                "must not contain invisible characters that its script does not need, such as tags, soft hyphens, zero-width spaces or byte order marks"
            }
            Self::Unassigned => "must not contain code points to which Unicode assigns no character",
            Self::Joiner => "must have a zero-width joiner or non-joiner only behind a letter, a mark or a symbol",
            Self::Blank => "must contain something that can be seen",
        }
    }
}

/// The marks of direction that people paste with numbers and names (LRM, RLM, ALM). They turn nothing but their neighbours that
/// have no direction of their own, so they cannot make one text look like another.
const fn is_directional_mark(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// Zero-width joiner and non-joiner, without which Persian, Sinhala or Malayalam cannot be spelt.
const fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Invisible characters that say where a word may or may not be broken: Khmer, Thai and Burmese have no spaces to do that.
const fn is_break_mark(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}' | '\u{2060}')
}

/// Marks of direction that telephones and chat programs put around a number or a code when it is copied. Not the override from right to
/// left (U+202E), which shows a code backwards: what is read is not what is stored.
const fn is_put_around(character: char) -> bool {
    is_directional_mark(character) || matches!(character, '\u{202a}'..='\u{202d}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character stands in codes, numbers and addresses, all of which are read from left to right.
fn is_of_code(character: char) -> bool {
    use GeneralCategory::{DashPunctuation, DecimalNumber, SpaceSeparator};
    character.is_ascii_graphic() || matches!(category(character), DashPunctuation | DecimalNumber | SpaceSeparator)
}

/// A code, a number or an address without the marks of direction around it; any other text as it is. What people say and type, such as a
/// phone number, is kept without them; a code of a fixed form is refused with them, and told why.
pub fn without_marks_around(text: &str) -> &str {
    if text.is_ascii() {
        return text;
    }
    let inside = text.trim_matches(is_put_around);
    let is_code = inside.chars().all(is_of_code) && inside.chars().any(is_visible);
    if is_code { inside } else { text }
}

/// The first thing that makes a text unfit to be kept; none if it may be kept as it is.
pub fn unfit(text: &str, form: Form) -> Option<Unfit> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let mut before = None;
    let mut shows = text.is_empty();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let found = match character {
            '\r' if characters.peek() == Some(&'\n') => form.is_line().then_some(Unfit::LineBreak),
            '\n' | '\t' | '\u{2028}' | '\u{2029}' => form.is_line().then_some(Unfit::LineBreak),
            joiner if is_joiner(joiner) => (!before.is_some_and(is_joinable)).then_some(Unfit::Joiner),
            other => unfit_character(other),
        };
        if found.is_some() {
            return found;
        }
        shows |= is_visible(character);
        before = Some(character);
    }
    (!shows).then_some(Unfit::Blank)
}

fn unfit_character(character: char) -> Option<Unfit> {
    match (category(character), character) {
        _ if character.is_ascii_graphic() || character == ' ' => None,
        (GeneralCategory::Control, _) => Some(Unfit::Control),
        (GeneralCategory::Unassigned | GeneralCategory::Surrogate, _) => Some(Unfit::Unassigned),
        (_, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => Some(Unfit::Direction),
        (GeneralCategory::Format, _) if is_directional_mark(character) || is_break_mark(character) => None,
        // What is left of the format characters either shows, such as the Arabic sign of a number, or is needed by no script.
        (GeneralCategory::Format, '\u{fff9}'..='\u{fffb}') => Some(Unfit::Hidden),
        (GeneralCategory::Format, _) if !is_visible_format(character) => Some(Unfit::Hidden),
        _ => None,
    }
}

/// Whether a format character leaves a trace on paper, or shapes its neighbours.
fn is_visible_format(character: char) -> bool {
    !CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
}

/// Whether something can be joined to this character.
fn is_joinable(character: char) -> bool {
    use GeneralCategory::{EnclosingMark, ModifierSymbol, NonspacingMark, OtherSymbol, SpacingMark};
    let is_mark_or_symbol = matches!(category(character), NonspacingMark | SpacingMark | EnclosingMark | ModifierSymbol | OtherSymbol);
    is_mark_or_symbol || is_letter_or_digit(character)
}

/// The name by which a reader of input tells a text of several lines from all others: what does not say it is one line.
pub const SEVERAL_LINES: &str = "homeward::domain::text::Lines";

/// The name by which a reader of input tells a name from all other texts.
pub const NAME: &str = "homeward::domain::text::Name";

/// Reads a text that may have several lines, for `#[serde(default, deserialize_with = "lines")]`.
pub fn lines<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    marked(SEVERAL_LINES, deserializer)
}

/// The name by which a reader of input tells what people copy from all other texts.
pub const COPIED: &str = "homeward::domain::text::Copied";

/// Reads a number or a code as people copy it, for `#[serde(deserialize_with = "copied")]`: the marks of direction around it are dropped.
pub fn copied<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    marked(COPIED, deserializer)
}

/// Reads a name of a person, an organisation or a place, for `#[serde(deserialize_with = "name")]`.
pub fn name<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    marked(NAME, deserializer)
}

fn marked<'de, D: Deserializer<'de>, T: Deserialize<'de>>(mark: &'static str, deserializer: D) -> Result<T, D::Error> {
    struct Inside<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Inside<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_newtype_struct<D: Deserializer<'de>>(self, inside: D) -> Result<T, D::Error> {
            T::deserialize(inside)
        }
    }

    deserializer.deserialize_newtype_struct(mark, Inside(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_and_its_joiners_are_kept() {
        for text in [
            "",
            "Siti Rahmawati",
            "សុខ\u{200b} សុភា",
            "محمد علي ‎+62 812",
            "می\u{200c}خواهم",
            "ශ්\u{200d}රී ලංකා",
            "അവന്\u{200d}",
            "👩\u{200d}👩\u{200d}👧",
            "葛\u{e0100}城",
            "𐴀𐴁",
            "١٢٣",
            "\u{600}١٢",
            "co\u{ad}operate",
        ] {
            assert_eq!(unfit(text, Form::Line), None, "{text:?}");
        }
        for text in ["one\ntwo", "one\r\ntwo", "a\tb", "one\u{2028}two"] {
            assert_eq!((unfit(text, Form::Line), unfit(text, Form::Lines)), (Some(Unfit::LineBreak), None), "{text:?}");
        }
    }

    #[test]
    fn what_misleads_is_refused_wherever_it_stands() {
        let kinds: [(Unfit, &[char]); 4] = [
            (Unfit::Control, &['\0', '\u{1}', '\u{b}', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}']),
            (
                Unfit::Direction,
                &['\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'],
            ),
            (
                Unfit::Hidden,
                &[
                    '\u{feff}',
                    '\u{206a}',
                    '\u{206f}',
                    '\u{2061}',
                    '\u{fff9}',
                    '\u{fffb}',
                    '\u{1d173}',
                    '\u{e0001}',
                    '\u{e0041}',
                    '\u{e007f}',
                ],
            ),
            (Unfit::Unassigned, &['\u{378}', '\u{fdd0}', '\u{ffff}', '\u{1fffe}', '\u{10ffff}']),
        ];
        for (kind, characters) in kinds {
            for character in characters {
                for text in [format!("{character}Siti"), format!("Si{character}ti"), format!("សុខ{character}"), character.to_string()]
                {
                    assert_eq!(unfit(&text, Form::Line), Some(kind), "{text:?}");
                    assert_eq!(unfit(&text, Form::Lines), Some(kind), "{text:?}");
                }
            }
        }
        for text in ["\u{200d}Siti", "a \u{200c}b", "a\u{200d}\u{200d}b", "\u{200b}\u{200d}"] {
            assert_eq!(unfit(text, Form::Lines), Some(Unfit::Joiner), "{text:?}");
        }
    }

    #[test]
    fn marks_around_a_code_or_a_number_are_dropped_and_no_others() {
        for (copied, inside) in [
            ("\u{202a}+855 12 345 678\u{202c}", "+855 12 345 678"),
            ("\u{202d}+855\u{a0}12\u{2011}345\u{2011}678\u{202c}", "+855\u{a0}12\u{2011}345\u{2011}678"),
            ("\u{2068}KHM\u{2069}", "KHM"),
            ("\u{200e}\u{200f}KHM-26-7F3M9Q-4\u{61c}", "KHM-26-7F3M9Q-4"),
            ("\u{202b}۰۳۰۱ ۲۳۴۵۶۷۸\u{202c}", "۰۳۰۱ ۲۳۴۵۶۷۸"),
        ] {
            assert_eq!(without_marks_around(copied), inside, "{copied:?}");
        }
        for kept in ["\u{202e}876 543", "Q\u{2066}x", "\u{200f}محمد\u{200f}", "\u{2066}សុខ\u{2069}", "\u{200e}", "\u{200e} \u{200f}", "é"]
        {
            assert_eq!(without_marks_around(kept), kept, "{kept:?}");
        }
    }

    #[test]
    fn a_text_that_shows_nothing_is_none() {
        for text in
            [" ", "   ", "\u{a0}", "\u{200b}", "\u{200e} \u{200f}", "\u{3164}", "\u{2800}", "\u{115f}\u{1160}", "\u{3000}", "\u{fe0f}"]
        {
            assert_eq!(unfit(text, Form::Line), Some(Unfit::Blank), "{text:?}");
        }
        assert_eq!(unfit("\n\n", Form::Lines), Some(Unfit::Blank));
    }
}
