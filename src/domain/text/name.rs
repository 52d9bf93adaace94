//! What shows in a name. A name tells one person, organisation or place from another one: what nobody sees would make two of one.

use icu_properties::CodePointMapData;
use icu_properties::props::{LineBreak, Script};

use crate::domain::text::{Unfit, category, is_break_mark, is_directional_mark, is_joiner, is_visible};
use icu_properties::props::GeneralCategory;

/// Scripts that need no zero-width joiner and no non-joiner: all others shape their letters by them.
const NEVER_JOINED: [Script; 16] = [
    Script::Latin,
    Script::Greek,
    Script::Cyrillic,
    Script::Armenian,
    Script::Georgian,
    Script::Hebrew,
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Hangul,
    Script::Bopomofo,
    Script::Thai,
    Script::Lao,
    Script::Common,
    Script::Inherited,
    Script::Unknown,
];

/// The first invisible character of a name that its script does not need; none if there is none.
pub fn unfit_in_name(name: &str) -> Option<Unfit> {
    if name.is_ascii() {
        return None;
    }
    let characters: Vec<char> = name.chars().collect();
    let mut letter = None;
    for (at, character) in characters.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|before| characters.get(before)).copied();
        let next = characters.get(at + 1).copied();
        if is_hidden(character) && !is_needed(character, letter, before, next) {
            return Some(Unfit::Hidden);
        }
        if is_visible(character) && script(character) != Script::Inherited {
            letter = Some(character);
        }
    }
    None
}

/// Whether nothing shows where this character stands, not even a gap.
fn is_hidden(character: char) -> bool {
    !is_visible(character) && category(character) != GeneralCategory::SpaceSeparator
}

/// Whether the script of a name needs an invisible character behind this letter.
fn is_needed(character: char, letter: Option<char>, before: Option<char>, next: Option<char>) -> bool {
    let of = letter.map_or(Script::Unknown, script);
    match character {
        joiner if is_joiner(joiner) => !NEVER_JOINED.contains(&of),
        // Between words of the scripts that write no spaces.
        '\u{200b}' | '\u{2060}' => [letter, next].into_iter().flatten().any(is_written_without_spaces),
        mark if is_break_mark(mark) => false,
        // At the edge of a word, where it moves a bracket to the right side; never within.
        mark if is_directional_mark(mark) => ![before, next].into_iter().all(|beside| beside.is_some_and(is_of_word)),
        '\u{180b}'..='\u{180f}' => of == Script::Mongolian,
        '\u{fe00}' => [Script::Han, Script::Myanmar, Script::PhagsPa].contains(&of),
        '\u{fe01}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => before.map(script) == Some(Script::Han),
        _ => false,
    }
}

fn script(character: char) -> Script {
    CodePointMapData::<Script>::new().get(character)
}

/// Khmer, Thai, Lao, Burmese and their neighbours (class SA of UAX 14).
fn is_written_without_spaces(character: char) -> bool {
    CodePointMapData::<LineBreak>::new().get(character) == LineBreak::ComplexContext
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(category(character), GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_what_its_script_needs() {
        for name in [
            "Siti Rahmawati",
            "សុខ\u{200b} សុភា",
            "สม\u{200b}ชาย",
            "ខ្ញុំ\u{2060}",
            "می\u{200c}خواهم",
            "مُ\u{200c}حمد",
            "ශ්\u{200d}රී ලංකා",
            "അവന്\u{200d}",
            "葛\u{e0100}城",
            "欧阳\u{3000}娜娜",
            "\u{200f}محمد \u{200e}(Ali)\u{200f}",
            "ᠮᠣᠩᠭ\u{180b}ᠣᠯ",
            "O\u{2019}Brien",
            "𐴀𐴞𐴕𐴐𐴝",
            "Jean\u{a0}Luc",
        ] {
            assert_eq!(unfit_in_name(name), None, "{name:?}");
        }
    }

    #[test]
    fn what_nobody_sees_makes_no_other_name() {
        for hidden in [
            '\u{ad}',
            '\u{200b}',
            '\u{2060}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{fe00}',
            '\u{fe0f}',
            '\u{e0100}',
            '\u{115f}',
            '\u{1160}',
            '\u{3164}',
            '\u{ffa0}',
            '\u{34f}',
            '\u{180b}',
            '\u{2800}',
            '\u{e0041}',
            '\u{feff}',
            '\u{17b4}',
        ] {
            for name in [format!("Si{hidden}ti"), format!("Сит{hidden}и"), format!("김{hidden}민준")] {
                assert_eq!(unfit_in_name(&name), Some(Unfit::Hidden), "{name:?}");
            }
            let at_the_end = unfit_in_name(&format!("Siti{hidden}"));
            assert_eq!(at_the_end.is_none(), hidden == '\u{200e}', "{hidden:?}");
        }
        assert_eq!(unfit_in_name("陳\u{200d}怡君"), Some(Unfit::Hidden));
        assert_eq!(unfit_in_name("សុ\u{ad}ភា"), Some(Unfit::Hidden));
    }
}
