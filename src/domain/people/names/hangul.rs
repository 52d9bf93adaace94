//! Hangul in the two spellings that passports have: the official one, and the one that families chose.

const INITIALS: [(&str, &str); 19] = [
    ("g", "k"),
    ("kk", "k"),
    ("n", "n"),
    ("d", "d"),
    ("tt", "t"),
    ("r", "r"),
    ("m", "m"),
    ("b", "b"),
    ("pp", "p"),
    ("s", "s"),
    ("ss", "s"),
    ("", ""),
    ("j", "j"),
    ("jj", "j"),
    ("ch", "ch"),
    ("k", "k"),
    ("t", "t"),
    ("p", "p"),
    ("h", "h"),
];
const VOWELS: [(&str, &str); 21] = [
    ("a", "a"),
    ("ae", "ae"),
    ("ya", "ya"),
    ("yae", "yae"),
    ("eo", "u"),
    ("e", "e"),
    ("yeo", "you"),
    ("ye", "ye"),
    ("o", "o"),
    ("wa", "wa"),
    ("wae", "wae"),
    ("oe", "oi"),
    ("yo", "yo"),
    ("u", "oo"),
    ("wo", "wo"),
    ("we", "we"),
    ("wi", "wi"),
    ("yu", "yoo"),
    ("eu", "eu"),
    ("ui", "ee"),
    ("i", "i"),
];
const FINALS: [&str; 28] = [
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p",
    "t",
];

/// A syllable in the official spelling (Revised Romanization), and in the usual one; none for another letter.
pub(in crate::domain) fn syllable(letter: char) -> Option<(String, String)> {
    let at = usize::try_from(u32::from(letter).checked_sub(0xAC00)?).ok()?;
    let (initial, vowel, last) = (INITIALS.get(at / 588)?, VOWELS.get(at % 588 / 28)?, FINALS.get(at % 28)?);
    let usual = match (initial.1, vowel.1, *last) {
        ("", "oo", last) => format!("woo{last}"),
        // `Dong-yup` and `Young-hee`.
        (initial, "you", "p") => format!("{initial}yup"),
        (initial, "you", last @ ("ng" | "n")) => format!("{initial}you{last}"),
        (initial, "you", last) => format!("{initial}yeo{last}"),
        (initial, vowel, last) => format!("{initial}{vowel}{last}"),
    };
    Some((format!("{}{}{last}", initial.0, vowel.0), usual))
}
