//! Signatures with Ed25519.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// A private key. Never printed.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// A new key as a PKCS#8 document.
    pub fn generate() -> Result<Zeroizing<Vec<u8>>> {
        let pair = Ed25519KeyPair::generate().map_err(|_| Error::internal("no signing key could be made"))?;
        let document = pair.to_pkcs8v1().map_err(|_| Error::internal("a signing key cannot be stored"))?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// The key in this PKCS#8 document.
    pub fn read(pkcs8: &[u8]) -> Result<Self> {
        Ed25519KeyPair::from_pkcs8(pkcs8).map(Self).map_err(|_| Error::internal("a signing key cannot be read"))
    }

    /// The public key: 32 bytes.
    pub fn public(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    /// The signature of a message.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

/// Whether a public key signed a message.
pub fn is_signed(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public).verify(message, signature).is_ok()
}
