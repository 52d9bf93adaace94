//! The signed assertion by which a machine client authenticates (RFC 7523, `private_key_jwt`): EdDSA or ES256, for this server
//! alone, accepted once, and for five minutes at most, whatever it says itself.

use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::auth::token::LEEWAY_SECONDS;
use crate::domain::accounts::client::{ClientKey, ClientKeySet, Curve, KeyAlgorithm};
use crate::domain::dates::Timestamp;
use crate::domain::ids::ClientId;

/// The required value of `client_assertion_type`.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Seconds after it was made for which an assertion is accepted. Libraries write an hour into it and cannot be told otherwise, so what
/// counts is when it was made.
pub const ASSERTION_SECONDS: i64 = 300;
/// The name of EdDSA with this curve in RFC 9864, under which current libraries sign.
const ED25519: &str = "Ed25519";
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

/// Why an assertion is not acceptable. The first says nothing, for anybody may have sent it; the others are told to who holds the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// No key of the client signed it.
    Unsigned,
    /// A claim is missing, or has another form.
    Incomplete,
    /// It speaks of another client.
    Issuer,
    /// It is for others, or for others too.
    Audience,
    /// Its time has passed.
    Expired,
    /// Without the time when it was made, it would have to be remembered for too long.
    Long,
    /// Its time has not come.
    Early,
}

impl Unfit {
    /// The reason, for the programmer of the client; none if nothing is disclosed.
    pub const fn told(self) -> Option<&'static str> {
        match self {
            Self::Unsigned => None,
            Self::Incomplete => Some("The assertion needs iss, sub, aud, jti (1 to 200 characters), exp and best iat, in seconds."),
            Self::Issuer => Some("iss and sub of the assertion must both be the client's id."),
            Self::Audience => Some("aud of the assertion must be this server alone: its issuer or its token endpoint."),
            Self::Expired => Some("The assertion has expired: it is accepted until its exp, and for 5 minutes after its iat at most."),
            Self::Long => Some("An assertion without iat may live 5 minutes at most; with iat it may name any exp."),
            Self::Early => Some("iat or nbf of the assertion lies in the future: set the clock of the client."),
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

impl Header {
    fn algorithm(&self) -> Option<Algorithm> {
        if self.alg == ED25519 { Some(Algorithm::EdDSA) } else { self.alg.parse().ok() }
    }
}

#[derive(Deserialize)]
struct Claimed {
    sub: String,
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

fn decoded<T: DeserializeOwned>(part: &str) -> Option<T> {
    use base64::Engine;
    serde_json::from_slice(&base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// The client that an assertion names. Nothing is verified yet: the name only tells whose keys to load.
pub fn claimed_client(assertion: &str) -> Option<ClientId> {
    let claims: Claimed = decoded(assertion.get(..MAX_BYTES.min(assertion.len()))?.split('.').nth(1)?)?;
    claims.sub.parse().ok().map(ClientId)
}

/// Verifies an assertion of a client. `audiences` are the names of this server.
pub fn verify(assertion: &str, client: ClientId, keys: &ClientKeySet, audiences: &[&str], now: Timestamp) -> Result<Asserted, Unfit> {
    let (claims, kid) = signed_claims(assertion, keys).ok_or(Unfit::Unsigned)?;
    let claims: Claims = decoded(claims).ok_or(Unfit::Incomplete)?;
    let (now, own) = (now.utc().timestamp(), client.to_string());
    let begins = claims.iat.into_iter().chain(claims.nbf).max().unwrap_or(now);
    let ends = claims.iat.map_or(claims.exp, |made| claims.exp.min(made.saturating_add(ASSERTION_SECONDS)));
    let checks = [
        (claims.iss == own && claims.sub == own, Unfit::Issuer),
        (claims.aud.only().is_some_and(|audience| audiences.contains(&audience)), Unfit::Audience),
        (ends > now - LEEWAY_SECONDS, Unfit::Expired),
        (ends <= now + ASSERTION_SECONDS + LEEWAY_SECONDS, Unfit::Long),
        (begins <= now + LEEWAY_SECONDS, Unfit::Early),
        ((1..=200).contains(&claims.jti.len()), Unfit::Incomplete),
    ];
    match checks.into_iter().find(|(holds, _)| !holds) {
        Some((_, unfit)) => Err(unfit),
        None => Ok(Asserted { kid: kid.to_owned(), jti: claims.jti, remember_until: ends + LEEWAY_SECONDS }),
    }
}

/// The claims, as they were encoded, of an assertion that one of the keys signed; and the name of that key.
fn signed_claims<'a>(assertion: &'a str, keys: &'a ClientKeySet) -> Option<(&'a str, &'a str)> {
    if assertion.len() > MAX_BYTES {
        return None;
    }
    let (signed, signature) = assertion.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Header = decoded(header)?;
    let used = header.algorithm()?;
    let fits = |key: &&ClientKey| algorithm(key) == used && header.kid.as_ref().is_none_or(|kid| *kid == key.kid);
    let key = keys.keys.iter().filter(fits).find(|key| is_signed(signed, signature, key))?;
    Some((claims, &key.kid))
}

fn algorithm(key: &ClientKey) -> Algorithm {
    match key.algorithm() {
        KeyAlgorithm::EdDsa | KeyAlgorithm::Ed25519 => Algorithm::EdDSA,
        KeyAlgorithm::Es256 => Algorithm::ES256,
    }
}

fn is_signed(signed: &str, signature: &str, key: &ClientKey) -> bool {
    let decoding = match (key.crv, &key.y) {
        (Curve::Ed25519, _) => DecodingKey::from_ed_components(&key.x),
        (Curve::P256, Some(y)) => DecodingKey::from_ec_components(&key.x, y),
        (Curve::P256, None) => return false,
    };
    decoding.and_then(|decoding| crypto::verify(signature, signed.as_bytes(), &decoding, algorithm(key))).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
    use base64::Engine;
    use jsonwebtoken::EncodingKey;
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
        let header = jsonwebtoken::Header { kid: kid.map(ToOwned::to_owned), ..jsonwebtoken::Header::new(algorithm) };
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
        assert_eq!(verify(&wrong_name, client, &keys, US, now()), Err(Unfit::Unsigned));
        let stranger = sign(Algorithm::EdDSA, Some("ed"), &ed25519().1, &claims(client));
        assert_eq!(verify(&stranger, client, &keys, US, now()), Err(Unfit::Unsigned));
    }

    #[test]
    fn an_assertion_is_accepted_as_libraries_make_it() {
        let (client, (key, secret)) = (ClientId::random(), ed25519());
        let keys = ClientKeySet { keys: vec![key] };
        let at = now().utc().timestamp();
        let mut for_an_hour = claims(client);
        for_an_hour["exp"] = json!(at + 3600);
        let verified = verify(&sign(Algorithm::EdDSA, None, &secret, &for_an_hour), client, &keys, US, now()).unwrap();
        assert_eq!(verified.remember_until, at + ASSERTION_SECONDS + LEEWAY_SECONDS, "its name is remembered as long as it is accepted");
        // jsonwebtoken does not sign under this name of the algorithm; the signature is the same.
        let signed = [json!({ "alg": "Ed25519", "kid": "ed" }), claims(client)].map(|part| encode(part.to_string().as_bytes())).join(".");
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &secret, Algorithm::EdDSA).unwrap();
        assert!(verify(&format!("{signed}.{signature}"), client, &keys, US, now()).is_ok());
        for other in ["none", "HS256", "RS256", "ES256", ""] {
            let signed = [json!({ "alg": other, "kid": "ed" }), claims(client)].map(|part| encode(part.to_string().as_bytes())).join(".");
            let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &secret, Algorithm::EdDSA).unwrap();
            assert_eq!(verify(&format!("{signed}.{signature}"), client, &keys, US, now()), Err(Unfit::Unsigned), "{other}");
            assert_eq!(verify(&format!("{signed}."), client, &keys, US, now()), Err(Unfit::Unsigned), "{other}");
        }
    }

    #[test]
    fn an_assertion_for_others_for_long_or_of_another_is_refused() {
        let (client, (key, secret)) = (ClientId::random(), ed25519());
        let keys = ClientKeySet { keys: vec![key] };
        let at = now().utc().timestamp();
        for (field, value, unfit) in [
            ("iss", json!(ClientId::random()), Unfit::Issuer),
            ("sub", json!(ClientId::random()), Unfit::Issuer),
            ("aud", json!("https://other.example"), Unfit::Audience),
            ("aud", json!([US[0], "https://other.example"]), Unfit::Audience),
            ("exp", json!(at - 6), Unfit::Expired),
            ("iat", json!(at - ASSERTION_SECONDS - 6), Unfit::Expired),
            ("iat", json!(at + 30), Unfit::Early),
            ("nbf", json!(at + 30), Unfit::Early),
            ("jti", json!(""), Unfit::Incomplete),
        ] {
            let mut claims = claims(client);
            claims[field] = value.clone();
            assert_eq!(verify(&sign(Algorithm::EdDSA, None, &secret, &claims), client, &keys, US, now()), Err(unfit), "{field} = {value}");
        }
        for field in ["iss", "sub", "aud", "jti", "exp"] {
            let mut claims = claims(client);
            claims.as_object_mut().unwrap().remove(field);
            assert_eq!(
                verify(&sign(Algorithm::EdDSA, None, &secret, &claims), client, &keys, US, now()),
                Err(Unfit::Incomplete),
                "without {field}"
            );
        }
        let mut never_made = claims(client);
        never_made.as_object_mut().unwrap().remove("iat");
        never_made["exp"] = json!(at + ASSERTION_SECONDS + 6);
        assert_eq!(verify(&sign(Algorithm::EdDSA, None, &secret, &never_made), client, &keys, US, now()), Err(Unfit::Long), "for long");
        let good = sign(Algorithm::EdDSA, None, &secret, &claims(client));
        let unsigned = good.rsplit_once('.').unwrap().0;
        for broken in ["", "..", unsigned, &format!("{unsigned}."), &"x".repeat(10_000)] {
            assert_eq!(verify(broken, client, &keys, US, now()), Err(Unfit::Unsigned));
            assert!(claimed_client(broken).is_none() || broken == unsigned || broken.ends_with('.'));
        }
    }

    #[test]
    fn only_who_holds_a_key_is_told_why() {
        let (client, (key, secret)) = (ClientId::random(), ed25519());
        let keys = ClientKeySet { keys: vec![key] };
        let mut late = claims(client);
        late["exp"] = json!(now().utc().timestamp() - 60);
        let told = |secret| verify(&sign(Algorithm::EdDSA, None, secret, &late), client, &keys, US, now()).unwrap_err().told();
        assert!(told(&secret).is_some_and(|reason| reason.contains("expired") && reason.len() <= 200));
        assert_eq!(told(&ed25519().1), None);
    }
}
