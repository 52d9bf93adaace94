//! What proves who somebody is, on its way in: passwords and codes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::Deref;
use validator::ValidateLength;
use zeroize::Zeroizing;

/// A password or a code that was sent. Overwritten in memory when it is dropped, and never printed.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text, which is overwritten when it is dropped.
    pub fn into_inner(self) -> Zeroizing<String> {
        self.0
    }
}

impl Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

/// The validator keeps a copy of what it refuses: of a secret it keeps nothing.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("[redacted]")
    }
}

impl ValidateLength<u64> for Secret {
    fn length(&self) -> Option<u64> {
        u64::try_from(self.chars().count()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_and_measured_and_never_told() {
        let secret: Secret = serde_json::from_str("\"correct horse ñ\"").unwrap();
        assert_eq!((&*secret, secret.length()), ("correct horse ñ", Some(15)));
        assert_eq!(format!("{secret:?} {}", serde_json::to_string(&secret).unwrap()), "[redacted] \"[redacted]\"");
        assert_eq!(secret.into_inner().as_str(), "correct horse ñ");
    }
}
