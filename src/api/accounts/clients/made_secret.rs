//! A secret of a machine client while it is shown.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::creation::{Answer, Recalled, Referenced, Rendered};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::accounts::clients::{self, SecretRow};
use crate::db::casefile::idempotency::Reference;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ClientId, ClientSecretId};
use crate::error::{Error, Result};

/// A new secret, shown this once.
#[derive(Serialize, ToSchema)]
pub struct NewClientSecret {
    /// Its id.
    id: ClientSecretId,
    /// The part of it that may be known.
    #[schema(max_length = 12, example = "3f9a2b7c1d4e")]
    key_id: String,
    /// When it was made.
    created_at: Timestamp,
    /// When it expires.
    expires_at: Timestamp,
    /// The secret. Null in the answer to a repeated request: it is shown once, and stored nowhere.
    #[schema(max_length = 68)]
    secret: Option<String>,
}

/// A secret that was made, with what it says while it is shown: that is no part of the reference.
pub(super) struct MadeSecret {
    pub client: ClientId,
    pub id: ClientSecretId,
    pub secret: Option<String>,
}

impl Referenced for MadeSecret {
    fn reference(&self) -> Reference {
        Reference { case: None, ids: vec![self.client.0, self.id.0] }
    }
}

impl Recalled for MadeSecret {
    fn recall(kept: &Reference) -> Option<Self> {
        match kept.ids.as_slice() {
            [client, id] => Some(Self { client: ClientId(*client), id: ClientSecretId(*id), secret: None }),
            _ => None,
        }
    }
}

impl Rendered for MadeSecret {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let made = clients::find(tx, self.client)?.secrets.into_iter().find(|secret| secret.id == self.id);
        let SecretRow { id, key_id, created_at, expires_at, .. } = made.ok_or_else(Error::not_found)?;
        let shown = NewClientSecret { id, key_id, created_at, expires_at, secret: self.secret.clone() };
        respond::answer_unversioned(format!("/v1/clients/{}/secrets/{id}", self.client), &shown)
    }
}
