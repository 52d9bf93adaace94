//! Access tokens: EdDSA JWT, `typ: at+jwt` (RFC 9068), ten minutes, one audience, a session and no role inside.
//!
//! There is one way to verify. The defaults of the JWT crate accept far too much (a missing audience, a wrong type, an unknown
//! critical header), so every check is requested explicitly here.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use zeroize::Zeroizing;

use crate::crypto::sha256;
use crate::domain::accounts::client::TOKEN_SECONDS;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ClientId, SessionId, UserId};
use crate::error::{Error, Result};

/// Seconds an access token lives.
pub const LIFE_SECONDS: i64 = 600;
/// Seconds by which clocks may differ.
pub(in crate::auth) const LEEWAY_SECONDS: i64 = 5;
/// Longest token that is looked at.
const MAX_BYTES: usize = 4096;
const TYPE: &str = "at+jwt";

/// The claims of a token. No role, no organisation: those are looked up at every request.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: uuid::Uuid,
    sid: SessionId,
    jti: uuid::Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    /// The machine client, which is then the subject too (RFC 9068 §2.2); none in a user's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_id: Option<ClientId>,
}

/// A token that was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The session it belongs to.
    pub session_id: SessionId,
    /// Whether it is a machine's.
    pub is_machine: bool,
    /// Unix seconds at which it expires.
    pub expires_at: i64,
}

/// The reason why a token is not acceptable.
#[derive(Debug)]
pub enum Rejected {
    /// It was signed here and has expired: its bearer may be told so.
    Expired,
    /// It was not signed here, or has claims that this service never issues. The reason is for the log.
    Invalid(&'static str),
}

/// Signs and verifies.
pub struct Tokens {
    issuer: String,
    kid: String,
    signing: EncodingKey,
    verifying: HashMap<String, DecodingKey>,
    validation: Validation,
    jwks: serde_json::Value,
}

/// A new signing key: its id (RFC 7638 thumbprint) and its PKCS#8 document.
pub fn new_signing_key() -> Result<(String, Zeroizing<Vec<u8>>)> {
    let pair = Ed25519KeyPair::generate().map_err(|_| Error::internal("no signing key could be made"))?;
    let document = pair.to_pkcs8v1().map_err(|_| Error::internal("a signing key cannot be stored"))?;
    Ok((thumbprint(&pair), Zeroizing::new(document.as_ref().to_vec())))
}

fn thumbprint(pair: &Ed25519KeyPair) -> String {
    encode(&sha256(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(pair.public_key().as_ref())).as_bytes()))
}

fn encode(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl Tokens {
    /// Signs with the first key, verifies with all.
    pub fn new(issuer: &str, keys: &[(String, Zeroizing<Vec<u8>>)]) -> Result<Self> {
        let mut verifying = HashMap::new();
        let mut listed = Vec::new();
        for (kid, pkcs8) in keys {
            let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| Error::internal("a stored signing key cannot be read"))?;
            let public = pair.public_key().as_ref();
            verifying.insert(kid.clone(), DecodingKey::from_ed_der(public));
            listed.push(json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": encode(public) }));
        }
        let (kid, pkcs8) = keys.first().ok_or_else(|| Error::internal("there is no signing key"))?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[issuer]);
        // Compared below with the one clock of this service, which may differ from the system's.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Ok(Self {
            issuer: issuer.to_owned(),
            kid: kid.clone(),
            signing: EncodingKey::from_ed_der(pkcs8),
            verifying,
            validation,
            jwks: json!({ "keys": listed }),
        })
    }

    /// The address at which clients reach this service.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// A token for a session.
    pub fn issue(&self, user: UserId, session: SessionId, now: Timestamp) -> Result<String> {
        self.sign(user.0, None, session, LIFE_SECONDS, now)
    }

    /// A token for a session of a machine.
    pub fn issue_for_machine(&self, client: ClientId, session: SessionId, now: Timestamp) -> Result<String> {
        self.sign(client.0, Some(client), session, TOKEN_SECONDS, now)
    }

    fn sign(&self, subject: uuid::Uuid, client_id: Option<ClientId>, session: SessionId, life: i64, now: Timestamp) -> Result<String> {
        let now = now.utc().timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: subject,
            sid: session,
            jti: uuid::Uuid::new_v4(),
            iat: now,
            nbf: now,
            exp: now + life,
            client_id,
        };
        let header = Header { typ: Some(TYPE.to_owned()), kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &self.signing).map_err(|error| Error::internal(format!("token: {error}")))
    }

    /// Verifies a token: the only way.
    pub fn verify(&self, token: &str, now: Timestamp) -> std::result::Result<Verified, Rejected> {
        if token.len() > MAX_BYTES {
            return Err(Rejected::Invalid("too long"));
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| Rejected::Invalid("header"))?;
        check_header(token, &header)?;
        let key = header.kid.as_ref().and_then(|kid| self.verifying.get(kid)).ok_or(Rejected::Invalid("kid"))?;
        let claims =
            jsonwebtoken::decode::<Claims>(token, key, &self.validation).map_err(|_| Rejected::Invalid("signature or claims"))?.claims;
        let now = now.utc().timestamp();
        if claims.exp - claims.iat > LIFE_SECONDS {
            return Err(Rejected::Invalid("lives too long"));
        }
        if claims.iat.max(claims.nbf) > now + LEEWAY_SECONDS {
            return Err(Rejected::Invalid("issued in the future"));
        }
        if claims.exp < now - LEEWAY_SECONDS {
            return Err(Rejected::Expired);
        }
        if claims.client_id.is_some_and(|client| client.0 != claims.sub) {
            return Err(Rejected::Invalid("a machine that is not its own subject"));
        }
        Ok(Verified { session_id: claims.sid, is_machine: claims.client_id.is_some(), expires_at: claims.exp })
    }

    /// The public keys (RFC 7517).
    pub fn jwks(&self) -> &serde_json::Value {
        &self.jwks
    }
}

/// Checks that the header is exactly as this service writes it: type, algorithm and key id, and nothing that would bring a key
/// along.
fn check_header(token: &str, header: &Header) -> std::result::Result<(), Rejected> {
    use base64::Engine;
    if header.typ.as_deref() != Some(TYPE) || header.alg != Algorithm::EdDSA {
        return Err(Rejected::Invalid("typ or alg"));
    }
    let encoded = token.split('.').next().ok_or(Rejected::Invalid("header"))?;
    let raw = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(encoded).map_err(|_| Rejected::Invalid("header"))?;
    let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&raw).map_err(|_| Rejected::Invalid("header"))?;
    if fields.keys().all(|field| matches!(field.as_str(), "typ" | "alg" | "kid")) {
        Ok(())
    } else {
        Err(Rejected::Invalid("header fields"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://homeward.example";

    fn now() -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the JWT crate reads the clock itself")]
        Timestamp::new(chrono::Utc::now())
    }

    struct Forge {
        tokens: Tokens,
        kid: String,
        key: EncodingKey,
    }

    fn forge() -> Forge {
        let (kid, pkcs8) = new_signing_key().unwrap();
        let key = EncodingKey::from_ed_der(&pkcs8);
        Forge { tokens: Tokens::new(ISSUER, &[(kid.clone(), pkcs8)]).unwrap(), kid, key }
    }

    fn claims() -> serde_json::Value {
        let at = now().utc().timestamp();
        json!({ "iss": ISSUER, "aud": ISSUER, "sub": UserId::random(), "sid": SessionId::random(), "jti": uuid::Uuid::new_v4(),
                "iat": at, "nbf": at, "exp": at + 600 })
    }

    impl Forge {
        fn sign(&self, header: &serde_json::Value, claims: &serde_json::Value) -> String {
            let message = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
            let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, Algorithm::EdDSA).unwrap();
            format!("{message}.{signature}")
        }

        fn accepts(&self, token: &str) -> bool {
            self.tokens.verify(token, now()).is_ok()
        }
    }

    #[test]
    fn the_one_good_token_is_accepted() {
        let forge = forge();
        let session = SessionId::random();
        let token = forge.tokens.issue(UserId::random(), session, now()).unwrap();
        assert_eq!(forge.tokens.verify(&token, now()).unwrap().session_id, session);
        assert!(forge.accepts(&forge.sign(&json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": forge.kid }), &claims())));
    }

    #[test]
    fn claims_that_the_crate_would_let_through_are_refused() {
        let forge = forge();
        let header = json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": forge.kid });
        let at = now().utc().timestamp();
        let changed = |field: &str, value: serde_json::Value| {
            let mut claims = claims();
            claims[field] = value;
            claims
        };
        for (field, value) in [
            ("aud", json!(5)),
            ("aud", json!([ISSUER, "https://other.example"])),
            ("aud", json!("https://other.example")),
            ("iss", json!({})),
            ("iss", json!("https://other.example")),
            ("exp", json!(at - 10)),
            ("exp", json!(at + 601)),
            ("exp", json!(32_503_680_000_i64)),
            ("nbf", json!(at + 60)),
            ("iat", json!(at + 60)),
            ("sub", json!("x")),
            ("sid", json!(null)),
            ("role", json!("administrator")),
            ("client_id", json!(ClientId::random())),
        ] {
            assert!(!forge.accepts(&forge.sign(&header, &changed(field, value.clone()))), "{field} = {value}");
        }
        for field in ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"] {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(field);
            assert!(!forge.accepts(&forge.sign(&header, &claims)), "without {field}");
        }
    }

    #[test]
    fn headers_that_the_crate_would_let_through_are_refused() {
        let forge = forge();
        for header in [
            json!({ "typ": "JWT", "alg": "EdDSA", "kid": forge.kid }),
            json!({ "alg": "EdDSA", "kid": forge.kid }),
            json!({ "typ": "at+jwt", "alg": "EdDSA" }),
            json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": "unknown" }),
            json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": forge.kid, "crit": ["exp2"], "exp2": 1 }),
            json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": forge.kid, "jku": "https://evil.example" }),
            json!({ "typ": "at+jwt", "alg": "none", "kid": forge.kid }),
            json!({ "typ": "at+jwt", "alg": "HS256", "kid": forge.kid }),
            json!({ "typ": "at+jwt", "alg": "ES256", "kid": forge.kid }),
        ] {
            assert!(!forge.accepts(&forge.sign(&header, &claims())), "{header}");
        }
    }

    #[test]
    fn broken_and_foreign_tokens_are_refused() {
        let (stranger, forge) = (forge(), forge());
        let good = forge.tokens.issue(UserId::random(), SessionId::random(), now()).unwrap();
        assert!(!forge.accepts(&stranger.tokens.issue(UserId::random(), SessionId::random(), now()).unwrap()));
        let unsigned = good.rsplit_once('.').unwrap().0;
        let broken =
            ["", ".", "..", "a.b.c", unsigned, &format!("{unsigned}."), &format!("{good}="), &format!("{good}.x"), &"x".repeat(20_000)]
                .map(ToOwned::to_owned);
        for token in broken {
            assert!(!forge.accepts(&token), "{token:.40}");
        }
    }
}
