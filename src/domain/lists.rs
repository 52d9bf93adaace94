//! Lists as they come in.

use serde::{Deserialize, Deserializer};

/// Reads a missing or null list as the empty list: some generated clients send null for a list they do not mean to set.
pub fn null_as_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
