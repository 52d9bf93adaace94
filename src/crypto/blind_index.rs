//! Blind index: finds an exact identifier without storing it. One key a field, so that equal values in two fields differ.

use aws_lc_rs::hmac;
use unicode_normalization::UnicodeNormalization;

use crate::crypto::envelope::Key;

/// Version of the normaliser. Stored beside every tag; change it whenever the normaliser changes.
pub const NORMALISER_VERSION: i32 = 1;

text_enum! {
    /// An identifier that can be searched exactly.
    pub enum BlindField {
        DocumentNumber = "document_number",
        Phone = "phone",
        Email = "email",
    }
}

impl BlindField {
    /// The tag of a value: HMAC-SHA-256 over the normalised value, cut to 128 bits.
    pub(super) fn tag(self, key: &Key, value: &str) -> Vec<u8> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.bytes());
        hmac::sign(&key, self.normalise(value).as_bytes()).as_ref().iter().copied().take(16).collect()
    }

    /// NFKC, without the separators that people add for reading; phones to digits, the rest to upper case.
    fn normalise(self, value: &str) -> String {
        let folded = value.nfkc().flat_map(char::to_uppercase);
        match self {
            Self::DocumentNumber => folded.filter(|c| c.is_alphanumeric()).collect(),
            Self::Phone => folded.filter(char::is_ascii_digit).collect(),
            Self::Email => folded.filter(|c| !c.is_whitespace()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_identifier_written_differently_has_one_tag() {
        let key = Key::new([7; 32]);
        let same = [
            (BlindField::DocumentNumber, "C 451-2378", "c4512378"),
            (BlindField::DocumentNumber, "Ｃ４５１２３７８", "C4512378"),
            (BlindField::Phone, "+62 812-3456", "628123456"),
            (BlindField::Email, "Siti@Example.org ", "siti@example.org"),
        ];
        for (field, one, other) in same {
            assert_eq!(field.tag(&key, one), field.tag(&key, other), "{one} {other}");
        }
        assert_ne!(BlindField::Phone.tag(&key, "1"), BlindField::Phone.tag(&Key::new([8; 32]), "1"));
        assert_eq!(BlindField::Phone.tag(&key, "1").len(), 16);
    }
}
