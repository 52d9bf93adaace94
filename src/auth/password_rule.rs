//! The rule for new passwords (NIST SP 800-63B-4; ASVS 6.2): long enough, not a common password, not made of obvious words. No
//! rule about kinds of characters, and none about age.

use unicode_normalization::UnicodeNormalization;

use crate::crypto::sha256;
use crate::domain::violation::Violation;

/// Longest password, in bytes. A longer one is not hashed.
pub const MAX_BYTES: usize = 256;
/// The first bytes of the SHA-256 of common passwords, in order. See `common_passwords/README.md`.
const COMMON: &[u8] = include_bytes!("common_passwords/common_passwords.bin");
/// Bytes of a hash in [`COMMON`].
const HASH_BYTES: usize = 5;
/// Words shorter than this are part of too many other words.
const SHORTEST_WORD: usize = 4;
/// Characters that must be left when the obvious words are taken out.
const LEAST_OF_ITS_OWN: usize = 8;

/// The rule for one account.
pub struct PasswordRule {
    min_characters: usize,
    words: Vec<String>,
}

impl PasswordRule {
    /// The rule for an account with these names: of the user, and of the organisation.
    pub fn new(min_characters: usize, names: &[&str]) -> Self {
        let parts = names.iter().flat_map(|name| name.split(|letter: char| !letter.is_alphanumeric()).chain([*name]));
        let mut words: Vec<String> = parts.chain(["homeward"]).map(normal).filter(|word| word.chars().count() >= SHORTEST_WORD).collect();
        // The longest first, so that a name goes before its parts.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Self { min_characters, words }
    }

    /// The violation of a new password, if any. Never repeats the password.
    pub fn violation(&self, pointer: &str, password: &str) -> Option<Violation> {
        if password.len() > MAX_BYTES {
            return Some(Violation::new(pointer, "too_long", "must not be longer than 256 bytes"));
        }
        if password.nfc().count() < self.min_characters {
            let message = format!("must have at least {} characters", self.min_characters);
            return Some(Violation::new(pointer, "too_short", message));
        }
        let normal = normal(password);
        if is_common(&normal) {
            return Some(Violation::new(
                pointer,
                "too_common",
                "is too easy to guess: it is on the list of common passwords, or a simple variation of one",
            ));
        }
        let own = self.words.iter().fold(normal, |rest, word| rest.replace(word, ""));
        let has_little_of_its_own = own.chars().filter(|letter| letter.is_alphanumeric()).count() < LEAST_OF_ITS_OWN;
        has_little_of_its_own.then(|| {
            Violation::new(
                pointer,
                "too_obvious",
                "contains little more than your name, or the name of your organisation or of this service",
            )
        })
    }
}

fn normal(text: impl AsRef<str>) -> String {
    text.as_ref().nfkc().collect::<String>().to_lowercase()
}

/// Whether the text is a common password, a repetition of one, or one with digits and signs around it.
fn is_common(password: &str) -> bool {
    let unit = unit(password);
    let core = password.trim_matches(|letter: char| !letter.is_alphabetic());
    // A password whose larger part is something else does not count as made of a common password.
    let core = if core.len() * 2 >= password.len() { core } else { password };
    unit.chars().count() < SHORTEST_WORD || [password, unit, core, self::unit(core)].into_iter().any(is_listed)
}

fn is_listed(text: &str) -> bool {
    let hash = sha256(text.as_bytes());
    let wanted = hash.get(..HASH_BYTES).unwrap_or_default();
    let (entries, _) = COMMON.as_chunks::<HASH_BYTES>();
    entries.binary_search_by(|entry| entry.as_slice().cmp(wanted)).is_ok()
}

/// The shortest text whose repetition makes this one; the text itself if there is none shorter.
fn unit(text: &str) -> &str {
    let lengths = text.char_indices().map(|(at, _)| at).filter(|at| *at > 0 && text.len().is_multiple_of(*at));
    let mut units = lengths.filter_map(|length| text.get(..length)).filter(|unit| unit.repeat(text.len() / unit.len()) == text);
    units.next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> String {
        let rule = PasswordRule::new(12, &["siti.rahmawati", "Siti Rahmawati", "House of the Willow"]);
        rule.violation("/p", password).map(|violation| violation.code.to_string()).unwrap_or_default()
    }

    #[test]
    fn length_is_counted_in_characters_of_any_script() {
        assert_eq!(code("elf zeichen"), "too_short");
        assert_eq!(code("zwölf zeiche"), "");
        assert_eq!(code("密碼不能太短否則危險啊"), "too_short");
        assert_eq!(code("密碼不能太短否則很危險啊"), "");
        assert_eq!(code("n\u{303}andu n\u{303}andu"), "too_short", "counted as it is stored: composed");
        assert_eq!(code(&"a lantern for every door ".repeat(11)), "too_long");
        assert!(PasswordRule::new(15, &[]).violation("/p", "zwölf zeiche").is_some());
    }

    #[test]
    fn what_is_tried_first_is_refused_however_it_is_dressed() {
        for common in [
            "passwordpassword",
            "PasswordPassword1",
            "password1234567",
            "!!iloveyou2026!!",
            "123456789012345",
            "aaaaaaaaaaaaaaa",
            "qwertyuiop123",
            "1q2w3e4r5t6y",
            "abcabcabcabcabc",
        ] {
            assert_eq!(code(common), "too_common", "{common}");
        }
        for good in ["correct horse battery staple", "a lantern for every door", "tidur di bawah pohon", "Bến cảng về đêm lạnh"] {
            assert_eq!(code(good), "", "{good}");
        }
    }

    #[test]
    fn what_colleagues_would_guess_is_refused() {
        for obvious in ["siti.rahmawati2026", "Homeward-Homeward!", "house of the willow", "homeward willow 7", "SitiRahmawati!!!"] {
            assert_eq!(code(obvious), "too_obvious", "{obvious}");
        }
        assert_eq!(code("homeward the lantern burns"), "");
    }

    #[test]
    fn the_list_is_long_and_in_order() {
        let (entries, rest) = COMMON.as_chunks::<HASH_BYTES>();
        assert!(entries.len() >= 100_000 && rest.is_empty());
        assert!(entries.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
