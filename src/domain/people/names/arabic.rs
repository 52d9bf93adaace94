//! Names in Arabic letters, whose short vowels are not written: of Arabic, Urdu, Persian and Pashto.

use any_ascii::any_ascii_char;

use crate::domain::people::names::sounds::{self, latin};
use crate::domain::people::names::token::Token;

/// How a region speaks, and writes in Latin letters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// The article is left out: `Sharif`.
    WithoutArticle,
    /// The article and `Ben` are written onto the name, as the Gulf and the Maghreb do: `Alotaibi`, `Bencheikh`.
    WithArticle,
    /// The same, with the g of Egypt: `Elgendy`.
    Egyptian,
    /// Letters that only Arabic speaks apart: `Usman`, `Raza`.
    Urdu,
}

const MANNERS: [Manner; 4] = [Manner::WithoutArticle, Manner::WithArticle, Manner::Egyptian, Manner::Urdu];

/// Whether a letter is Arabic.
pub(in crate::domain) fn is_letter(letter: char) -> bool {
    matches!(u32::from(letter), 0x0600..=0x06FF | 0x0750..=0x077F | 0x08A0..=0x08FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC)
}

/// The readings of a name.
pub(in crate::domain) fn readings(words: &[&str]) -> Vec<Vec<Token>> {
    MANNERS.iter().map(|manner| reading(words, *manner)).collect()
}

fn reading(words: &[&str], manner: Manner) -> Vec<Token> {
    let is_joining = matches!(manner, Manner::WithArticle | Manner::Egyptian);
    let mut tokens: Vec<Token> = Vec::new();
    let mut son_of: Option<Token> = None;
    for word in words {
        let token = token(word, manner);
        if is_joining && *word == "بن" {
            son_of = Some(token);
            continue;
        }
        tokens.push(match son_of.take() {
            Some(son) => Token::joined([&son, &token].into_iter()),
            None => token,
        });
    }
    tokens.extend(son_of);
    tokens
}

fn token(word: &str, manner: Manner) -> Token {
    // The name of God is written with two letters for one long sound.
    let word = word.replace("الل", "ال");
    let bare = word.strip_prefix("ال").filter(|rest| rest.chars().count() > 2);
    let keeps_article = matches!(manner, Manner::WithArticle | Manner::Egyptian);
    let word = bare.filter(|_| !keeps_article).unwrap_or(&word);
    let text: String = word.chars().map(any_ascii_char).collect();
    let mut units = String::new();
    for letter in word.chars() {
        let unit = unit(letter, manner);
        // Two letters of one sound are spoken with a vowel between: what is only long is written once.
        if units.chars().last().is_some_and(|last| unit.starts_with(last)) {
            units.push('a');
        }
        units.push_str(&unit);
    }
    Token::with_units(latin(&text), units)
}

fn unit(letter: char, manner: Manner) -> String {
    let spoken = match letter {
        'ث' | 'ذ' | 'ض' if manner == Manner::Urdu => "s",
        'ظ' => "s",
        'ج' if manner == Manner::Egyptian => "g",
        // Vowels and what lengthens them; aspiration, as in `kh`.
        'ا' | 'أ' | 'إ' | 'آ' | 'ى' | 'ع' | 'ء' | 'ؤ' | 'ئ' | 'ة' | 'ۃ' | 'ھ' => "a",
        letter => return sounds::units(&any_ascii_char(letter).replace(['\'', '`'], "a")),
    };
    spoken.to_owned()
}
