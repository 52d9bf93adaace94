//! Signatures: 256 bits of the consonants of a name, by which a million names are looked through in milliseconds. Only in
//! memory; nothing made from a name is ever stored.

use crate::domain::people::names::spellings::{consonants, variants};

/// The bits of one name, or of several of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signature([u64; 4]);

impl Signature {
    /// With the bits of a token.
    #[must_use]
    pub(super) fn with(mut self, token: &str) -> Self {
        let sound = consonants(token);
        if token.len() == 1 || sound.is_empty() {
            return self;
        }
        let bounded: Vec<u8> = std::iter::once(b'^').chain(sound.bytes()).chain([b'$']).collect();
        for pair in bounded.windows(2) {
            self.set(hash(pair));
        }
        self
    }

    /// With the bits of a token and of its other spellings: whoever is looked for under one of them is found.
    #[must_use]
    pub(super) fn with_variants(self, token: &str) -> Self {
        variants(token).fold(self.with(token), Self::with)
    }

    /// Both together.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let mut bits = self.0;
        bits.iter_mut().zip(other.0).for_each(|(bits, more)| *bits |= more);
        Self(bits)
    }

    /// How many hundredths of what is looked for are there; none if less than half.
    pub fn holds(self, looked_for: Self) -> Option<u32> {
        let wanted: u32 = looked_for.0.iter().map(|word| word.count_ones()).sum();
        let held: u32 = self.0.iter().zip(looked_for.0).map(|(word, wanted)| (word & wanted).count_ones()).sum();
        (held > 0 && held * 2 >= wanted).then(|| held * 100 / wanted.max(1))
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
