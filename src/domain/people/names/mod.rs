//! Personal names across scripts and conventions: how alike are two of them?
//!
//! A name is read into Latin letters, cut into tokens, and freed of honorifics. The order of the tokens does not count:
//! families that write the family name first are registered by clerks who write it last. What is compared is the best way to
//! lay the tokens of one name over those of the other.
//!
//! What this cannot know: Japanese readings of Chinese characters, and the order that tells a father from a son where both
//! bear the same two names. The date of birth does.

mod align;
mod han;
mod letters;
mod signature;
mod spellings;
mod token;

pub use signature::Signature;

use crate::domain::people::names::letters::tokens_of;
use crate::domain::people::names::token::Token;

/// Tokens of a name that are compared; nobody is told apart by the ninth.
const MOST_TOKENS: usize = 8;

/// A name as it is compared.
#[derive(Clone, PartialEq)]
pub struct Name {
    /// The readings of the name, each as sorted tokens of Latin letters: one for most scripts, two for Chinese characters.
    readings: Vec<Vec<Token>>,
    /// Whether the script writes its vowels, so that they can be compared.
    writes_vowels: bool,
}

impl Name {
    /// Reads a name in any script. None, if there is no letter in it.
    pub fn read(text: &str) -> Option<Self> {
        let (texts, writes_vowels) = tokens_of(text);
        let mut readings: Vec<Vec<Token>> = texts.into_iter().map(tokens).collect();
        readings.retain(|reading| !reading.is_empty());
        readings.sort_unstable();
        readings.dedup();
        (!readings.is_empty()).then_some(Self { readings, writes_vowels })
    }

    /// How alike two names are, from 0 to 1; 1 for the same name in another order. The same both ways.
    pub fn likeness(&self, other: &Self) -> f64 {
        let by_sound = !(self.writes_vowels && other.writes_vowels);
        let pairs = self.readings.iter().flat_map(|one| other.readings.iter().map(move |two| (one, two)));
        pairs
            .map(|(one, two)| if one <= two { align::likeness(one, two, by_sound) } else { align::likeness(two, one, by_sound) })
            .fold(0.0, f64::max)
    }

    /// The signature under which the name is found in a scan.
    pub fn signature(&self) -> Signature {
        self.readings.iter().flatten().fold(Signature::default(), |signature, token| signature.with_variants(&token.text))
    }

    /// The signatures to look for the name with: one a reading.
    pub fn queries(&self) -> Vec<Signature> {
        let of = |reading: &Vec<Token>| reading.iter().fold(Signature::default(), |signature, token| signature.with(&token.text));
        self.readings.iter().map(of).collect()
    }
}

/// The sorted tokens of a reading, without titles.
fn tokens(mut texts: Vec<String>) -> Vec<Token> {
    spellings::drop_titles(&mut texts);
    texts.sort_unstable();
    texts.truncate(MOST_TOKENS);
    texts.into_iter().map(Token::new).collect()
}

/// How alike the most alike of two people's names are. None, if one of them has no name.
pub fn likeness(some: &[Name], others: &[Name]) -> Option<f64> {
    let pairs = some.iter().flat_map(|one| others.iter().map(move |other| one.likeness(other)));
    pairs.fold(None, |best, likeness| Some(best.map_or(likeness, |best: f64| best.max(likeness))))
}

#[cfg(test)]
mod tests;
