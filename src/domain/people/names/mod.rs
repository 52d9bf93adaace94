//! Personal names across scripts and conventions: how alike are two of them?
//!
//! A name is read into Latin letters, cut into tokens, and freed of honorifics. The order of the tokens does not count:
//! families that write the family name first are registered by clerks who write it last. What is compared is the best way to
//! lay the tokens of one name over those of the other.
//!
//! What this cannot know: Japanese readings of Chinese characters, and the order that tells a father from a son where both
//! bear the same two names. The date of birth does.

mod abugidas;
mod align;
mod arabic;
mod burmese;
mod cyrillic;
mod han;
mod hangul;
mod letters;
mod signature;
mod sounds;
mod spellings;
mod token;

pub use signature::Signature;

use crate::domain::people::names::letters::tokens_of;
use crate::domain::people::names::token::Token;

/// Tokens of a name that are compared; nobody is told apart by the ninth.
const MOST_TOKENS: usize = 8;

/// Words of a name of which each pair may be looked for as one word.
const MOST_PAIRED: usize = 4;

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
        let mut readings: Vec<Vec<Token>> = texts.into_iter().map(sorted).collect();
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

    /// How far this name is the beginning of another one, or of its words; 0 if it is not.
    fn begins(&self, other: &Self) -> f64 {
        let by_sound = !(self.writes_vowels && other.writes_vowels);
        let pairs = self.readings.iter().flat_map(|one| other.readings.iter().map(move |two| (one, two)));
        pairs.map(|(one, two)| align::beginning(one, two, by_sound)).fold(0.0, f64::max)
    }

    /// The signature under which the name is found in a scan.
    pub fn signature(&self) -> Signature {
        let of_tokens =
            self.readings.iter().flatten().fold(Signature::default(), |signature, token| signature.with_variants(token).with_ends(token));
        // Two words may be looked for as one: `Thu Ra` as `Thura`.
        let few = self.readings.iter().filter(|reading| reading.len() <= MOST_PAIRED);
        few.flat_map(|reading| pairs(reading)).fold(of_tokens, |signature, pair| signature.with(&pair))
    }

    /// The signatures to look for the name with: one a reading.
    fn queries(&self, closeness: Closeness) -> Vec<Signature> {
        let with = |signature: Signature, token: &Token| match closeness {
            Closeness::SamePerson => signature.with(token),
            Closeness::Typed => signature.with(token).with_ends(token),
        };
        self.readings.iter().map(|reading| reading.iter().fold(Signature::default(), with)).collect()
    }
}

/// Each two of some tokens as one, in both orders.
fn pairs(tokens: &[Token]) -> impl Iterator<Item = Token> {
    let each = tokens.iter().enumerate();
    each.flat_map(move |(at, one)| {
        let others = tokens.iter().enumerate().filter(move |(on, _)| *on != at);
        others.map(move |(_, other)| Token::joined([one, other].into_iter()))
    })
}

/// The sorted tokens of a reading, without titles.
fn sorted(mut tokens: Vec<Token>) -> Vec<Token> {
    // Titles and particles are dropped, as long as something else remains.
    let is_name = |token: &Token| !spellings::is_title(&token.text);
    if tokens.iter().any(is_name) {
        tokens.retain(is_name);
    }
    tokens.sort_unstable();
    tokens.truncate(MOST_TOKENS);
    tokens
}

/// What is asked about two names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closeness {
    /// Whether they are the names of one person.
    SamePerson,
    /// Whether somebody who types the first one looks for the second: its beginning, or with a letter mistaken, counts too.
    Typed,
}

impl Closeness {
    /// How close the closest of two people's names are, from 0 to 1. None, if one of them has no name.
    pub fn of(self, sought: &[Name], borne: &[Name]) -> Option<f64> {
        let pairs = sought.iter().flat_map(|one| borne.iter().map(move |other| self.of_two(one, other)));
        pairs.fold(None, |best, closeness| Some(best.map_or(closeness, |best: f64| best.max(closeness))))
    }

    fn of_two(self, one: &Name, other: &Name) -> f64 {
        match (self, one.likeness(other)) {
            // Whatever was typed fits no better.
            (Self::Typed, likeness) if likeness < align::BEGUN_MOST => likeness.max(one.begins(other)),
            (_, likeness) => likeness,
        }
    }

    /// How well a signature fits, to be compared with other signatures; none if the names need not be compared.
    pub fn fit(self, held: Signature, queries: &[Signature]) -> Option<u32> {
        let fit = |query: &Signature| match self {
            Self::SamePerson => held.holds(*query),
            Self::Typed => held.may_hold(*query),
        };
        queries.iter().filter_map(fit).max()
    }

    /// The signatures to look for these names with.
    pub fn queries(self, sought: &[Name]) -> Vec<Signature> {
        sought.iter().flat_map(|name| name.queries(self)).collect()
    }
}

#[cfg(test)]
mod tests;
