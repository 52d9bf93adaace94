//! Codes that are used once: recovery codes for a lost second factor, and codes with which a user sets a password. They have 120
//! random bits, so a plain hash protects them.

use totp_rs::Secret;
use zeroize::Zeroizing;

use crate::crypto::{random, sha256};
use crate::domain::ids::UserId;
use crate::error::Result;

/// Bytes of a code: 120 bits, 24 characters.
const BYTES: usize = 15;
/// Characters in a group.
const GROUP: usize = 4;

/// The purpose of a code. A code for one purpose is not valid for another.
#[derive(Clone, Copy, Debug)]
pub enum CodeFor {
    /// Signing in without the second factor that was lost.
    Recovery,
    /// Setting a password.
    PasswordReset,
}

/// A new code, in groups that can be read out over a bad line.
pub fn new_code() -> Result<Zeroizing<String>> {
    let letters = Secret::new(random::<BYTES>()?.into()).to_base32();
    let grouped =
        letters.chars().enumerate().flat_map(|(at, letter)| (at > 0 && at % GROUP == 0).then_some('-').into_iter().chain([letter]));
    Ok(Zeroizing::new(grouped.collect()))
}

/// The hash that is stored of a user's code. Groups, case and the digits that are taken for letters do not matter.
pub fn hash(purpose: CodeFor, user: UserId, code: &str) -> Vec<u8> {
    let purpose: &[u8] = match purpose {
        CodeFor::Recovery => b"recovery",
        CodeFor::PasswordReset => b"password-reset",
    };
    let letters = code.chars().filter(char::is_ascii_alphanumeric).map(|letter| match letter.to_ascii_uppercase() {
        '0' => 'O',
        '1' => 'I',
        '8' => 'B',
        letter => letter,
    });
    let letters = Zeroizing::new(letters.collect::<String>());
    sha256(&[purpose, b"/", user.0.as_bytes(), b"/", letters.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_at_least_112_bits_and_is_read_as_people_write_it() {
        let user = UserId::random();
        let code = new_code().unwrap();
        assert_eq!((code.len(), code.split('-').count()), (29, 6), "{}", *code);
        assert!(code.split('-').flat_map(str::chars).count() * 5 >= 112);
        assert_ne!(*code, *new_code().unwrap());
        let stored = hash(CodeFor::Recovery, user, &code);
        let spoken = code.to_lowercase().replace('-', " ").replace('o', "0").replace('i', "1");
        assert_eq!(hash(CodeFor::Recovery, user, &spoken), stored);
        assert_ne!(hash(CodeFor::Recovery, UserId::random(), &code), stored, "of one user only");
        assert_ne!(hash(CodeFor::PasswordReset, user, &code), stored, "for one purpose only");
    }
}
