//! The sounds of a word: what names in two scripts, or in two romanisations, are compared by.
//!
//! A unit is one sound as Latin letters write it, taken from a single letter of the original script where that is not Latin: `s`
//! and `h` of two letters are no `sh`.

/// Latin letters as units: digraphs become one letter.
pub(in crate::domain) fn units(text: &str) -> String {
    let mut units = String::with_capacity(text.len());
    let mut at = 0;
    while let Some((unit, length)) = text.get(at..).and_then(|rest| next(rest, units.is_empty())) {
        units.push_str(unit);
        at += length;
    }
    units
}

/// The first unit of a text, and how many letters write it.
fn next(text: &str, is_first: bool) -> Option<(&str, usize)> {
    Some(match text.as_bytes() {
        [b't', b'c', b'h', ..] => ("c", 3),
        [b'c' | b'z' | b'j', b'h', ..] | [b't', b's' | b'z', ..] => ("c", 2),
        [b'j', ..] => ("c", 1),
        // Burmese writes a breath before some consonants, or leaves it out: `Htun` and `Tun`.
        [b'h', b't' | b'n' | b'm' | b'l' | b's' | b'p' | b'k', ..] => ("", 1),
        // As French writes Arabic: `Youcef`, `Oualid`.
        [b'c', b'e' | b'i' | b'y', ..] => ("s", 1),
        [b'o', b'u', b'a' | b'e' | b'i', ..] if is_first => ("w", 2),
        // `Thangavel` has a g of its own, `Khaing` and `Saengthong` have not.
        [b'n', b'g', b'a' | b'e' | b'i' | b'o' | b'u', ..] if !is_first => ("ng", 2),
        [b'n', b'g' | b'h', ..] => ("n", 2),
        [b's', b'h', ..] => ("s", 2),
        [b'x' | b'z', ..] => ("s", 1),
        [b'c', b'k', ..] => ("k", 2),
        [b'q', ..] => ("k", 1),
        [b'p', b'h', ..] => ("f", 2),
        [b'k' | b'g' | b't' | b'd' | b'b', b'h', ..] => (text.get(..1)?, 2),
        [_, ..] => (text.get(..1)?, 1),
        [] => return None,
    })
}

/// The consonants, as clerks hear them.
pub(in crate::domain) fn consonants(units: &str) -> String {
    let letters = units.as_bytes();
    let is_vowel_at = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|letter| is_vowel(char::from(*letter)));
    kept(units, |at, unit| match unit {
        'v' => Some('w'),
        // Between vowels it is a consonant, elsewhere a part of the vowel.
        'w' if at > 0 => (is_vowel_at(at.checked_sub(1)) && is_vowel_at(at.checked_add(1))).then_some('w'),
        unit => Some(unit),
    })
}

/// The consonants without what languages tell apart differently: voiced and unvoiced, and the hissing sounds.
pub(in crate::domain) fn classes(units: &str) -> String {
    kept(units, |at, unit| match unit {
        'c' | 's' => Some('s'),
        'k' | 'g' => Some('k'),
        't' | 'd' => Some('t'),
        'p' | 'b' | 'f' => Some('p'),
        'r' | 'l' => Some('l'),
        // `Vishnu` and `Bishnu`.
        'v' if at == 0 => Some('p'),
        'v' | 'w' => (at == 0).then_some('w'),
        unit => Some(unit),
    })
}

fn is_vowel(unit: char) -> bool {
    matches!(unit, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// The units as `class` writes them, each once where it is doubled, without vowels.
fn kept(units: &str, class: impl Fn(usize, char) -> Option<char>) -> String {
    let mut kept = String::with_capacity(units.len());
    let mut before = None;
    for (at, unit) in units.char_indices() {
        let is_weak = is_vowel(unit) || (at > 0 && unit == 'y');
        let class = class(at, unit).filter(|_| !is_weak);
        kept.extend(class.filter(|_| class != before));
        before = class;
    }
    if kept.len() > 1 && kept.ends_with('h') {
        kept.pop();
    }
    kept
}

/// Lower-case Latin letters and nothing else.
pub(in crate::domain) fn latin(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}
