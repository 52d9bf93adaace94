//! What is stored of a password.

/// The password of a user as it is stored: nothing, or a hash.
#[derive(Clone, PartialEq, Eq)]
pub enum PasswordHash {
    /// There is none: the user must set one with a one-time code.
    Unset,
    /// A hash of Argon2id, as a PHC string.
    Argon2id(String),
}

/// The text that stands in the database where there is no password. No PHC string begins without a dollar sign.
const UNSET: &str = "none";

impl PasswordHash {
    /// Reads a stored text. None: it is neither a hash nor the mark of a missing one.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            UNSET => Some(Self::Unset),
            hash if hash.starts_with("$argon2id$") => Some(Self::Argon2id(hash.to_owned())),
            _ => None,
        }
    }

    /// The text that is stored.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Unset => UNSET,
            Self::Argon2id(hash) => hash,
        }
    }

    /// The hash to verify a password against; none while there is no password.
    pub fn hash(&self) -> Option<&str> {
        match self {
            Self::Unset => None,
            Self::Argon2id(hash) => Some(hash),
        }
    }
}

impl std::fmt::Debug for PasswordHash {
    /// Tells whether there is one, and never the hash: what is debugged may be logged.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unset => "Unset",
            Self::Argon2id(_) => "Argon2id(…)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_password_is_no_hash_and_no_hash_is_a_missing_password() {
        let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";
        assert_eq!(PasswordHash::Unset.hash(), None);
        assert_eq!(PasswordHash::Argon2id(hash.to_owned()).hash(), Some(hash));
        for stored in [PasswordHash::Unset, PasswordHash::Argon2id(hash.to_owned())] {
            assert!(PasswordHash::parse(stored.as_str()) == Some(stored));
        }
        for unknown in ["", "None", "none ", "$2b$12$abc", "argon2id"] {
            assert!(PasswordHash::parse(unknown).is_none(), "{unknown}");
        }
    }
}
