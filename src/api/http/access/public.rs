//! The door of the few operations that need no session.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use crate::api::http::access::{Gate, client_address, count, gate, request_of};
use crate::api::http::admission::Admitting;
use crate::api::http::door_probe;
use crate::auth::password::Passwords;
use crate::auth::token::Tokens;
use crate::db::{Attempt, Request, Tx};
use crate::domain::access::Actor;
use crate::domain::dates::Timestamp;
use crate::error::{Error, ErrorCode, Result};

/// The door of the few operations that need no session.
pub struct Public {
    request: Request,
    gate: web::Data<Gate>,
}

impl FromRequest for Public {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admitting = Admitting::decide(request);
        let open = || {
            if door_probe::is_asked(request, None) {
                return Err(ErrorCode::Unauthenticated.into());
            }
            let gate = gate(request)?;
            count(request, &gate, &client_address(request))?;
            let door = Self { request: request_of(request)?, gate };
            admitting.admit();
            Ok(door)
        };
        std::future::ready(open())
    }
}

impl Public {
    /// Hashes and verifies passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.gate.passwords
    }

    /// Signs tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.gate.tokens
    }

    /// The time now, for rules about dates.
    pub fn now(&self) -> Timestamp {
        self.gate.now()
    }

    /// Reads, as the system.
    pub async fn read<T, F>(&self, reason: &'static str, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.gate.db.read(&Actor::System { reason }, &self.request, read).await
    }

    /// Attempts to prove something, as the system: whoever has no session can do nothing else that is kept.
    pub async fn attempt<T, F>(&self, reason: &'static str, attempt: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<Attempt<T>> + Send + 'static,
    {
        self.gate.db.attempt(&Actor::System { reason }, &self.request, attempt).await
    }

    /// Proves that the database accepts writes, and leaves nothing in it.
    pub async fn probe<T, F>(&self, probe: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.gate.db.keep_house("readiness", probe).await
    }

    /// Forgets every remembered session.
    pub fn forget_sessions(&self) {
        self.gate.sessions.forget_sessions();
    }
}
