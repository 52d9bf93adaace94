//! The door of the few operations that need no session.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use zeroize::Zeroizing;

use crate::api::http::access::{Gate, client_address, count, gate, request_of};
use crate::api::http::admission::Admitting;
use crate::api::http::body::body;
use crate::api::http::door_probe;
use crate::api::http::rate_limit::CountedBy;
use crate::auth::device_token::{DeviceTokens, RememberedDevice};
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
            let (public, refused) = Self::open(request)?;
            refused.map_or(Ok(()), Err)?;
            admitting.admit();
            Ok(public)
        };
        std::future::ready(open())
    }
}

/// The door of signing in. Strangers are counted by their network; a remembered device is counted by itself, so that nobody in its
/// network can keep it out. Which of the two asks stands in the body: until then nobody has the database.
pub struct SignIn {
    public: Public,
    refused: Option<Error>,
}

impl FromRequest for SignIn {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admitting = Admitting::decide(request);
        let open = || {
            let (public, refused) = Public::open(request)?;
            admitting.admit();
            Ok(Self { public, refused })
        };
        std::future::ready(open())
    }
}

impl SignIn {
    /// The device that the token was issued to, if one is sent and it was issued here.
    pub fn device(&self, token: Option<&str>) -> Option<RememberedDevice> {
        self.public.gate.devices.open(token?, self.public.now())
    }

    /// Lets a remembered device in by its own counter, and everybody else by that of their network.
    pub fn enter(self, request: &HttpRequest, device: Option<&RememberedDevice>) -> Result<Public> {
        match (device, self.refused) {
            (Some(device), _) => count(request, &self.public.gate, CountedBy::Device(device.id))?,
            (None, Some(refusal)) => return Err(refusal),
            (None, None) => {}
        }
        Ok(self.public)
    }
}

impl Public {
    /// The door, and its refusal where the network has asked too often.
    fn open(request: &HttpRequest) -> Result<(Self, Option<Error>)> {
        if door_probe::is_asked(request, None) {
            return Err(ErrorCode::Unauthenticated.into());
        }
        let gate = gate(request)?;
        let refused = count(request, &gate, CountedBy::Network(client_address(request).network())).err();
        Ok((Self { request: request_of(request)?, gate }, refused))
    }

    /// Receives a body that is no JSON.
    pub async fn body(&self, request: &HttpRequest, payload: Payload, accepted: &[&str]) -> Result<Zeroizing<Vec<u8>>> {
        body(request, self.gate.body_memory(), payload, accepted).await
    }

    /// Issues the tokens of devices.
    pub fn devices(&self) -> &DeviceTokens {
        &self.gate.devices
    }

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

    /// Whether space is short on the disk of the database.
    pub fn is_space_short(&self) -> bool {
        self.gate.db.space().is_short()
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
