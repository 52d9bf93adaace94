//! Signatures: 256 bits of the consonants of a name, by which a million names are looked through in milliseconds. Only in
//! memory; nothing made from a name is ever stored.

use crate::domain::people::names::spellings::variants;
use crate::domain::people::names::token::Token;

/// Bits of a name so short that one other letter changes most of them.
const SHORT: u32 = 6;

/// The bits of one name, or of several of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signature([u64; 4]);

impl Signature {
    /// With the bits of a token: of its consonants, or of its ends where it has none.
    #[must_use]
    pub(super) fn with(mut self, token: &Token) -> Self {
        match token.classes.as_bytes() {
            // A name without consonants must be found too: by its first and its last letter.
            [] => return self.with_ends(token),
            [only] => self.set(hash(&[b'^', *only])),
            sound => {
                let bounded: Vec<u8> = std::iter::once(b'^').chain(sound.iter().copied()).chain([b'$']).collect();
                bounded.windows(2).for_each(|pair| self.set(hash(pair)));
            }
        }
        self
    }

    /// With the bits of the first and the last letter of a token, which stay the same where a letter between them is mistaken.
    #[must_use]
    pub(super) fn with_ends(mut self, token: &Token) -> Self {
        let letters = token.text.as_bytes();
        letters.first().into_iter().for_each(|letter| self.set(hash(&[b'<', *letter])));
        letters.last().into_iter().for_each(|letter| self.set(hash(&[b'>', *letter])));
        self
    }

    /// With the bits of a token and of its other spellings: whoever is looked for under one of them is found.
    #[must_use]
    pub(super) fn with_variants(self, token: &Token) -> Self {
        variants(&token.text).fold(self.with(token), |signature, spelling| signature.with(&Token::new(spelling.to_owned())))
    }

    /// Both together.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let mut bits = self.0;
        bits.iter_mut().zip(other.0).for_each(|(bits, more)| *bits |= more);
        Self(bits)
    }

    /// How well it fits what is looked for, to be compared with that of others; none if less than half of it is there.
    pub fn holds(self, looked_for: Self) -> Option<u32> {
        self.fits(looked_for, |held, wanted| held * 2 >= wanted)
    }

    /// The same for somebody who may have mistyped a name, or typed its beginning: one letter is much of a short name.
    pub fn may_hold(self, looked_for: Self) -> Option<u32> {
        self.fits(looked_for, |held, wanted| held * 2 >= wanted || wanted <= SHORT)
    }

    fn fits(self, looked_for: Self, is_enough: impl Fn(u32, u32) -> bool) -> Option<u32> {
        let ones = |words: &[u64; 4]| words.iter().map(|word| word.count_ones()).sum::<u32>();
        let wanted = ones(&looked_for.0);
        let held: u32 = self.0.iter().zip(looked_for.0).map(|(word, wanted)| (word & wanted).count_ones()).sum();
        // Where several hold as much of it, the one that holds least besides fits best.
        let fit = || held * 100 / wanted.max(1) * 256 + (256 - ones(&self.0));
        (held > 0 && is_enough(held, wanted)).then(fit)
    }

    fn set(&mut self, hash: u64) {
        let word = usize::try_from(hash >> 6 & 3).unwrap_or(0);
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (hash & 63);
        }
    }
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    hash ^ hash >> 32
}
