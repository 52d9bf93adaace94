//! The signed assertion by which a machine client authenticates (RFC 7523, `private_key_jwt`): EdDSA or ES256, for this server
//! alone, valid for a minute at most, accepted once.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use crate::auth::token::LEEWAY_SECONDS;
use crate::domain::accounts::client::{ClientKey, ClientKeySet, Curve, KeyAlgorithm};
use crate::domain::dates::Timestamp;
use crate::domain::ids::ClientId;

/// The required value of `client_assertion_type`.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Seconds that an assertion lives at most.
pub const ASSERTION_SECONDS: i64 = 60;
/// Longest assertion that is looked at.
const MAX_BYTES: usize = 4096;

/// An assertion that was verified.
#[derive(Debug, PartialEq, Eq)]
pub struct Asserted {
    /// The key that signed it.
    pub kid: String,
    /// The assertion's own name, which is accepted once.
    pub jti: String,
    /// Unix seconds until which the name must be remembered.
    pub remember_until: i64,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    jti: String,
    exp: i64,
    iat: Option<i64>,
    nbf: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    /// The one audience; none when it names several: another recipient of the assertion could replay it here.
    fn only(&self) -> Option<&str> {
        match self {
            Self::One(one) => Some(one),
            Self::Many(many) => many.first().filter(|_| many.len() == 1).map(String::as_str),
        }
    }
}

/// The client that an assertion names. Nothing is verified yet: the name only tells whose keys to load.
pub fn claimed_client(assertion: &str) -> Option<ClientId> {
    use base64::Engine;
    let encoded = assertion.get(..MAX_BYTES.min(assertion.len()))?.split('.').nth(1)?;
    let raw = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(encoded).ok()?;
    let claims: Claims = serde_json::from_slice(&raw).ok()?;
    claims.sub.parse().ok().map(ClientId)
}

/// Verifies an assertion of a client. `audiences` are the names of this server. None if it is not acceptable; the reason is not
/// disclosed.
pub fn verify(assertion: &str, client: ClientId, keys: &ClientKeySet, audiences: &[&str], now: Timestamp) -> Option<Asserted> {
    if assertion.len() > MAX_BYTES {
        return None;
    }
    let header = jsonwebtoken::decode_header(assertion).ok()?;
    let fits = |key: &&ClientKey| algorithm(key) == header.alg && header.kid.as_ref().is_none_or(|kid| *kid == key.kid);
    let (key, claims) = keys.keys.iter().filter(fits).find_map(|key| Some((key, signed_claims(assertion, key)?)))?;
    let (now, own) = (now.utc().timestamp(), client.to_string());
    let begins = claims.iat.into_iter().chain(claims.nbf).max().unwrap_or(now);
    let is_timely = claims.exp > now - LEEWAY_SECONDS
        && claims.exp <= now + ASSERTION_SECONDS + LEEWAY_SECONDS
        && begins <= now + LEEWAY_SECONDS
        && claims.exp - claims.iat.unwrap_or(claims.exp) <= ASSERTION_SECONDS;
    let is_for_us = claims.aud.only().is_some_and(|audience| audiences.contains(&audience));
    let is_named = (1..=200).contains(&claims.jti.len());
    let is_good = claims.iss == own && claims.sub == own && is_for_us && is_timely && is_named;
    is_good.then(|| Asserted { kid: key.kid.clone(), jti: claims.jti, remember_until: claims.exp + LEEWAY_SECONDS })
}

fn algorithm(key: &ClientKey) -> Algorithm {
    match key.algorithm() {
        KeyAlgorithm::EdDsa => Algorithm::EdDSA,
        KeyAlgorithm::Es256 => Algorithm::ES256,
    }
}

fn signed_claims(assertion: &str, key: &ClientKey) -> Option<Claims> {
    let decoding = match key.crv {
        Curve::Ed25519 => DecodingKey::from_ed_components(&key.x),
        Curve::P256 => DecodingKey::from_ec_components(&key.x, key.y.as_deref()?),
    };
    let mut validation = Validation::new(algorithm(key));
    // The caller compares these: with the one clock of this service, and with both names of this server.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    jsonwebtoken::decode::<Claims>(assertion, &decoding.ok()?, &validation).ok().map(|token| token.claims)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
    use base64::Engine;
    use jsonwebtoken::{EncodingKey, Header};
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::accounts::client::KeyType;

    const US: &[&str] = &["https://homeward.example", "https://homeward.example/v1/oauth/token"];

    fn encode(bytes: &[u8]) -> String {
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    fn now() -> Timestamp {
        Timestamp::from_micros(1_790_000_000_000_000).unwrap()
    }

    fn ed25519() -> (ClientKey, EncodingKey) {
        let pair = Ed25519KeyPair::generate().unwrap();
        let x = encode(pair.public_key().as_ref());
        let key = ClientKey { kty: KeyType::Okp, crv: Curve::Ed25519, x, y: None, kid: "ed".to_owned(), alg: None, usage: None };
        (key, EncodingKey::from_ed_der(pair.to_pkcs8v1().unwrap().as_ref()))
    }

    fn p256() -> (ClientKey, EncodingKey) {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = pair.public_key().as_ref().to_vec();
        let (x, y) = (encode(&point[1..33]), Some(encode(&point[33..65])));
        let key = ClientKey { kty: KeyType::Ec, crv: Curve::P256, x, y, kid: "ec".to_owned(), alg: None, usage: None };
        (key, EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref()))
    }

    fn claims(client: ClientId) -> Value {
        let at = now().utc().timestamp();
        json!({ "iss": client, "sub": client, "aud": US[1], "jti": "one", "iat": at, "exp": at + 60 })
    }

    fn sign(algorithm: Algorithm, kid: Option<&str>, key: &EncodingKey, claims: &Value) -> String {
        let header = Header { kid: kid.map(ToOwned::to_owned), ..Header::new(algorithm) };
        jsonwebtoken::encode(&header, claims, key).unwrap()
    }

    #[test]
    fn both_kinds_of_key_are_accepted_with_and_without_a_name() {
        let client = ClientId::random();
        let ((ed, ed_secret), (ec, ec_secret)) = (ed25519(), p256());
        let keys = ClientKeySet { keys: vec![ed, ec] };
        for (algorithm, kid, secret) in
            [(Algorithm::EdDSA, Some("ed"), &ed_secret), (Algorithm::EdDSA, None, &ed_secret), (Algorithm::ES256, Some("ec"), &ec_secret)]
        {
            let assertion = sign(algorithm, kid, secret, &claims(client));
            let verified = verify(&assertion, client, &keys, US, now()).unwrap();
            assert_eq!(verified.jti, "one");
            assert_eq!(claimed_client(&assertion), Some(client));
        }
        let wrong_name = sign(Algorithm::EdDSA, Some("ec"), &ed_secret, &claims(client));
        assert_eq!(verify(&wrong_name, client, &keys, US, now()), None);
        let stranger = sign(Algorithm::EdDSA, Some("ed"), &ed25519().1, &claims(client));
        assert_eq!(verify(&stranger, client, &keys, US, now()), None);
    }

    #[test]
    fn an_assertion_for_others_for_long_or_of_another_is_refused() {
        let (client, (key, secret)) = (ClientId::random(), ed25519());
        let keys = ClientKeySet { keys: vec![key] };
        let at = now().utc().timestamp();
        for (field, value) in [
            ("iss", json!(ClientId::random())),
            ("sub", json!(ClientId::random())),
            ("aud", json!("https://other.example")),
            ("aud", json!([US[0], "https://other.example"])),
            ("exp", json!(at + 61)),
            ("exp", json!(at - 6)),
            ("iat", json!(at + 30)),
            ("nbf", json!(at + 30)),
            ("jti", json!("")),
        ] {
            let mut claims = claims(client);
            claims[field] = value.clone();
            assert_eq!(verify(&sign(Algorithm::EdDSA, None, &secret, &claims), client, &keys, US, now()), None, "{field} = {value}");
        }
        for field in ["iss", "sub", "aud", "jti", "exp"] {
            let mut claims = claims(client);
            claims.as_object_mut().unwrap().remove(field);
            assert_eq!(verify(&sign(Algorithm::EdDSA, None, &secret, &claims), client, &keys, US, now()), None, "without {field}");
        }
        let good = sign(Algorithm::EdDSA, None, &secret, &claims(client));
        let unsigned = good.rsplit_once('.').unwrap().0;
        for broken in ["", "..", unsigned, &format!("{unsigned}."), &"x".repeat(10_000)] {
            assert_eq!(verify(broken, client, &keys, US, now()), None);
            assert!(claimed_client(broken).is_none() || broken == unsigned || broken.ends_with('.'));
        }
    }
}
