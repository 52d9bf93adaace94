//! Creating requests with a key, remembered so that they can be repeated.

use actix_web::http::Method;
use serde_json::Value;

use super::{Answer, World, contract};

/// A creating request that was carried out.
#[derive(Clone)]
pub struct Creation {
    pub operation: String,
    pub actor: String,
    pub url: String,
    pub key: String,
    pub body: Value,
    pub location: String,
}

impl World {
    /// From now on every creating request has a key, and is remembered.
    pub fn remember_creations(&self) {
        self.creations.borrow_mut().get_or_insert_default();
    }

    /// What was created since.
    pub fn creations(&self) -> Vec<Creation> {
        self.creations.borrow().clone().expect("creations are remembered")
    }

    /// The key for a creating request that has none, while creations are remembered.
    pub(super) fn key_for(&self, method: &Method, path: &str, headers: &[(&str, &str)]) -> Option<(String, String)> {
        let operation = contract::taking_a_key(method, path).filter(|_| self.creations.borrow().is_some())?;
        let has_one = headers.iter().any(|(name, _)| *name == "idempotency-key");
        (!has_one).then(|| (operation.to_owned(), uuid::Uuid::new_v4().to_string()))
    }

    pub(super) fn remember(&self, creation: Creation) {
        if let Some(creations) = self.creations.borrow_mut().as_mut() {
            creations.push(creation);
        }
    }

    /// Sends a creating request again.
    pub async fn repeat(&self, creation: &Creation) -> Answer {
        let key = [("idempotency-key", creation.key.as_str())];
        self.send(&creation.actor, Method::POST, &creation.url, &key, Some(&creation.body)).await
    }
}
