//! Who asks, and from where.

use actix_web::{HttpMessage, HttpRequest};

use crate::domain::access::Actor;
use crate::domain::network::ClientAddress;

/// The caller, in the request's extensions: for the log.
#[derive(Clone, Copy, Default)]
pub struct Caller {
    /// The user; none for a machine.
    pub user: Option<uuid::Uuid>,
    /// The machine client; none for a user.
    pub client: Option<uuid::Uuid>,
    /// The caller's organisation.
    pub organisation: Option<uuid::Uuid>,
}

impl Caller {
    /// Keeps who asks with the request: for the log, and for the day where they are.
    pub(super) fn enter(request: &HttpRequest, actor: &Actor) {
        request.extensions_mut().insert(Self::of(actor));
        request.extensions_mut().insert(actor.clone());
    }

    pub(super) fn of(actor: &Actor) -> Self {
        Self {
            user: actor.user().map(|user| user.user_id.0),
            client: actor.machine().map(|machine| machine.client_id.0),
            organisation: Some(actor.organisation_id().0),
        }
    }
}

/// The address of the client, as the outermost layer found it.
pub fn client_address(request: &HttpRequest) -> ClientAddress {
    request.extensions().get::<ClientAddress>().copied().unwrap_or_default()
}
