//! The public key of a client as its maker wrote it (RFC 7517): with members that only he understands, and often without a name.

use base64::Engine;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

use crate::crypto::sha256;
use crate::domain::accounts::client::{ClientKey, ClientKeySet, Curve, KeyAlgorithm, KeyType, KeyUse, MOST_KEYS};
use crate::domain::violation::Violation;

/// The members of a JWK that belong to a private or a shared key (RFC 7518 §6, RFC 8037 §2).
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// A public key to register (RFC 7517): Ed25519 for EdDSA, or P-256 for ES256, as any library writes it. Members that are not listed
/// here, such as `key_ops`, `ext` and `x5t`, are ignored; those of a private key are refused.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct ClientKeyInput {
    /// Family.
    kty: KeyType,
    /// Curve.
    crv: Curve,
    /// First coordinate: 32 bytes in base64url.
    #[schema(min_length = 43, max_length = 43, example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: String,
    /// Second coordinate of a P-256 key.
    #[schema(min_length = 43, max_length = 43)]
    y: Option<String>,
    /// Name of the key; unique among the client's. The thumbprint of RFC 7638 if not stated.
    #[serde(default, deserialize_with = "stated")]
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    kid: Option<String>,
    /// Algorithm; must fit the curve.
    alg: Option<KeyAlgorithm>,
    /// Use; always `sig`.
    #[serde(rename = "use")]
    usage: Option<KeyUse>,
    /// Only the names are looked at.
    #[serde(flatten, skip_serializing)]
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    others: BTreeMap<String, IgnoredAny>,
}

/// A name that is there is a text.
fn stated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

/// The public keys of a client, as a JSON Web Key Set. Members that are not listed here are ignored.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct ClientKeySetInput {
    /// The keys.
    #[schema(min_items = 1, max_items = 10)]
    keys: Vec<ClientKeyInput>,
    /// Only the names are looked at.
    #[serde(flatten, skip_serializing)]
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    others: BTreeMap<String, IgnoredAny>,
}

impl ClientKeyInput {
    fn into_key(self) -> ClientKey {
        let kid = self.kid.clone().unwrap_or_else(|| self.thumbprint());
        ClientKey { kty: self.kty, crv: self.crv, x: self.x, y: self.y, kid, alg: self.alg, usage: self.usage }
    }

    /// The name that everybody who has the key comes to (RFC 7638).
    fn thumbprint(&self) -> String {
        let (crv, kty, x) = (self.crv, self.kty, &self.x);
        let y = self.y.as_ref().map(|y| format!(r#","y":"{y}""#)).unwrap_or_default();
        let members = format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}"{y}}}"#);
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(sha256(members.as_bytes()))
    }
}

impl ClientKeySetInput {
    /// What is wrong with the set.
    pub fn violations(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        if self.keys.is_empty() || self.keys.len() > MOST_KEYS {
            found.push(Violation::new("/keys/keys", "length", "must have 1 to 10 keys"));
        }
        let mut kids = Vec::new();
        found.extend(private_members(&self.others, "/keys"));
        for (position, written) in self.keys.iter().enumerate() {
            let at = format!("/keys/keys/{position}");
            found.extend(private_members(&written.others, &at));
            let key = written.clone().into_key();
            if !key.is_sound() {
                found.push(Violation::new(at.as_str(), "not_a_key", NOT_A_KEY));
            }
            if kids.contains(&key.kid) {
                found.push(Violation::new(at.as_str(), "duplicate", "each kid stands for one key"));
            }
            kids.push(key.kid);
        }
        found
    }

    /// The keys as they are kept.
    pub fn into_keys(self) -> ClientKeySet {
        ClientKeySet { keys: self.keys.into_iter().map(ClientKeyInput::into_key).collect() }
    }
}

/// The members of a private key that stand where those of a public one are expected.
fn private_members(others: &BTreeMap<String, IgnoredAny>, at: &str) -> Vec<Violation> {
    let private = PRIVATE.iter().filter(|member| others.contains_key(**member));
    private.map(|member| Violation::new(format!("{at}/{member}"), "private_key", PRIVATE_KEY)).collect()
}

const PRIVATE_KEY: &str = "belongs to a private key, which must not leave its system: make a new pair, and register the public half alone";
const NOT_A_KEY: &str =
    "must be an Ed25519 or P-256 public key with coordinates of 32 bytes, the alg that fits, and a kid of 100 characters at most";

impl From<ClientKeySet> for ClientKeySetInput {
    fn from(set: ClientKeySet) -> Self {
        let written = |ClientKey { kty, crv, x, y, kid, alg, usage }: ClientKey| ClientKeyInput {
            kty,
            crv,
            x,
            y,
            kid: Some(kid),
            alg,
            usage,
            others: BTreeMap::new(),
        };
        Self { keys: set.keys.into_iter().map(written).collect(), others: BTreeMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn read(keys: Value) -> ClientKeySetInput {
        serde_json::from_value(json!({ "keys": keys, "made_by": "another" })).unwrap()
    }

    fn key(more: Value) -> Value {
        let mut key = json!({ "kty": "OKP", "crv": "Ed25519", "x": X });
        key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        key
    }

    fn codes(keys: Value) -> Vec<(String, String)> {
        read(keys).violations().into_iter().map(|found| (found.pointer, found.code.to_string())).collect()
    }

    #[test]
    fn a_key_is_read_as_libraries_export_it() {
        for more in [
            json!({}),
            json!({ "kid": "one", "alg": "EdDSA", "use": "sig" }),
            json!({ "alg": "Ed25519", "key_ops": ["verify"], "ext": true }),
            json!({ "x5t": "NjMzMzQ", "x5c": ["MIIB"], "iat": 1_790_000_000, "nested": { "of": [null, 1.5, { "d": "no member of the key" }] } }),
        ] {
            assert_eq!(codes(json!([key(more)])), []);
        }
    }

    #[test]
    fn a_key_without_a_name_has_the_name_that_others_give_it() {
        // RFC 8037, appendix A.3.
        let set = read(json!([key(json!({}))])).into_keys();
        assert_eq!(set.keys[0].kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(codes(json!([key(json!({})), key(json!({}))])), [("/keys/keys/1".to_owned(), "duplicate".to_owned())]);
        let again = ClientKeySetInput::from(set.clone());
        assert_eq!((again.violations().len(), again.into_keys()), (0, set), "what is kept is read again as it is");
    }

    #[test]
    fn every_member_of_a_private_key_is_refused() {
        for member in PRIVATE {
            for value in [json!("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"), json!([]), Value::Null] {
                let found = codes(json!([key(json!({ "kid": "one", *member: value }))]));
                assert_eq!(found, [(format!("/keys/keys/0/{member}"), "private_key".to_owned())]);
            }
        }
    }

    #[test]
    fn a_broken_key_is_refused() {
        for more in [
            json!({ "alg": "ES256" }),
            json!({ "kty": "EC" }),
            json!({ "x": "short" }),
            json!({ "y": X }),
            json!({ "kid": "" }),
            json!({ "kid": "k".repeat(101) }),
        ] {
            assert_eq!(codes(json!([key(more)])), [("/keys/keys/0".to_owned(), "not_a_key".to_owned())]);
        }
        assert_eq!(codes(json!([])).len(), 1);
        let unnamed = json!({ "keys": [key(json!({ "kid": null }))] });
        assert!(serde_json::from_value::<ClientKeySetInput>(unnamed).is_err(), "left out, or a text");
    }
}
