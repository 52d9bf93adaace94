//! The doors. The database handle exists only behind them: no door, no data.
//!
//! [`Allowed`] lets in whoever has a live session and a role with the permission; [`Public`] is for the short list of
//! operations that need no session.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};

use super::extract::IdempotencyKey;
use super::rate_limit::{Limiter, Standing};
use crate::auth::password::Passwords;
use crate::auth::session::SessionCache;
use crate::auth::token::Tokens;
use crate::db::idempotency::{Answer, CreateRequest, once};
use crate::db::{AsOf, Clock, Db, Request, Tx};
use crate::domain::access::{Actor, LiveSession, Permission, UserActor};
use crate::domain::dates::Timestamp;
use crate::domain::ids::SessionId;
use crate::error::{Error, ErrorCode, Result};

/// What the doors guard. Its fields are private: handlers get at the database through a door only.
pub struct Gate {
    db: Db,
    tokens: Tokens,
    passwords: Passwords,
    sessions: SessionCache,
    limiter: Limiter,
    clock: Clock,
}

impl Gate {
    /// A gate before this database.
    pub fn new(db: Db, tokens: Tokens, passwords: Passwords, limiter: Limiter, clock: Clock) -> Self {
        Self { db, tokens, passwords, sessions: SessionCache::default(), limiter, clock }
    }

    /// The time now, for rules about dates.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn session_of(&self, request: &HttpRequest) -> Result<LiveSession> {
        let refused = || Error::from(ErrorCode::Unauthenticated);
        let token = bearer(request).ok_or_else(refused)?;
        let now = self.now();
        let verified = match self.sessions.verified(token, now) {
            Some(verified) => verified,
            None => {
                let verified = self.tokens.verify(token, now).map_err(|rejected| refused().because(rejected.0))?;
                self.sessions.remember_token(token, verified, now);
                verified
            }
        };
        self.live(verified.session_id).await?.ok_or_else(refused)
    }

    async fn live(&self, id: SessionId) -> Result<Option<LiveSession>> {
        if let Some(session) = self.sessions.session(id) {
            return Ok(Some(session));
        }
        let generation = self.sessions.generation();
        let found = self.db.as_system("session").read(move |tx| crate::db::sessions::find_live(tx, id)).await?;
        if let Some(session) = &found {
            self.sessions.remember_session(session.clone(), generation);
        }
        Ok(found)
    }
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// A permission as a type, so that a door can name it.
pub trait Grants: 'static {
    /// The permission.
    const PERMISSION: Permission;
    /// Whether it may be used before a password that must be changed is changed.
    const BEFORE_PASSWORD_CHANGE: bool = false;
}

/// One type for each permission.
pub mod may {
    use super::{Grants, Permission};

    macro_rules! permissions {
        ($($name:ident),+ $(,)?) => {$(
            #[doc = concat!("The permission `", stringify!($name), "`.")]
            pub struct $name;
            impl Grants for $name { const PERMISSION: Permission = Permission::$name; }
        )+};
    }

    permissions!(
        ReferenceRead,
        ReferenceWrite,
        OrganisationManage,
        UserManage,
        CaseRead,
        CaseBlindSearch,
        TracingRequest,
        MissionReportWrite,
        CaseRegister,
        CaseUpdate,
        CaseClose,
        CaseAssign,
        EmbassyContactWrite,
        NationalityVerify,
        RepatriationMove,
        StatisticsRead,
    );

    /// One's own account: may be used even while the password must be changed.
    pub struct OwnAccount;
    impl Grants for OwnAccount {
        const PERMISSION: Permission = Permission::OwnAccount;
        const BEFORE_PASSWORD_CHANGE: bool = true;
    }
}

/// The door of an operation that needs a permission.
pub struct Allowed<P> {
    session: LiveSession,
    actor: Actor,
    request: Request,
    gate: web::Data<Gate>,
    permission: PhantomData<P>,
}

impl<P: Grants> FromRequest for Allowed<P> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let http = request.clone();
        Box::pin(async move {
            let gate = gate(&http)?;
            let session = gate.session_of(&http).await?;
            count(&http, &gate, &session.actor.session_id.to_string())?;
            if session.must_change_password && !P::BEFORE_PASSWORD_CHANGE {
                return Err(ErrorCode::PasswordChangeRequired.into());
            }
            if !session.actor.role.may(P::PERMISSION) {
                return Err(ErrorCode::PermissionDenied.into());
            }
            let actor = Actor::User(session.actor.clone());
            Ok(Self { session, actor, request: request_of(&http)?, gate, permission: PhantomData })
        })
    }
}

impl<P> Allowed<P> {
    /// Who asks.
    pub fn user(&self) -> &UserActor {
        &self.session.actor
    }

    /// The session they ask with.
    pub fn session(&self) -> &LiveSession {
        &self.session
    }

    /// The time now, for rules about dates.
    pub fn now(&self) -> Timestamp {
        self.gate.now()
    }

    /// Hashes and verifies passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.gate.passwords
    }

    /// Signs tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.gate.tokens
    }

    /// Reads. What was opened is in the audit trail before this returns.
    pub async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.gate.db.read(&self.actor, &self.request, read).await
    }

    /// Reads the figures of a report, which may be a few seconds old.
    pub async fn read_kept<T, F>(&self, report: &'static str, read: F) -> Result<Arc<AsOf<T>>>
    where
        T: Send + Sync + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.gate.db.read_kept(&self.actor, &self.request, report, read).await
    }

    /// Writes. Durable when this returns.
    pub async fn write<T, F>(&self, write: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.gate.db.write(&self.actor, &self.request, write).await
    }

    /// Writes something that changes who may sign in, and forgets every remembered session.
    pub async fn write_access<T, F>(&self, write: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let written = self.write(write).await;
        self.gate.sessions.forget_sessions();
        written
    }

    /// Creates something, once for each idempotency key. `body` is what the key is bound to.
    pub async fn create<F>(&self, key: IdempotencyKey, create: F) -> Result<HttpResponse>
    where
        F: Fn(&mut Tx<'_>) -> Result<Answer> + Send + Sync + 'static,
    {
        let request = key.0.map(|(key, body_hash)| CreateRequest { key, body_hash });
        let (answer, is_repeated) = self.write(move |tx| once(tx, request.as_ref(), &create)).await?;
        Ok(super::respond::created(answer, is_repeated))
    }
}

/// The door of the few operations that need no session.
pub struct Public {
    request: Request,
    gate: web::Data<Gate>,
}

impl FromRequest for Public {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let open = || {
            let gate = gate(request)?;
            count(request, &gate, &client_address(request))?;
            Ok(Self { request: request_of(request)?, gate })
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

    /// Reads, as the system.
    pub async fn read<T, F>(&self, reason: &'static str, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.gate.db.read(&Actor::System { reason }, &self.request, read).await
    }

    /// Writes, as the system.
    pub async fn write<T, F>(&self, reason: &'static str, write: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.gate.db.write(&Actor::System { reason }, &self.request, write).await
    }

    /// Forgets every remembered session.
    pub fn forget_sessions(&self) {
        self.gate.sessions.forget_sessions();
    }
}

fn gate(request: &HttpRequest) -> Result<web::Data<Gate>> {
    request.app_data::<web::Data<Gate>>().cloned().ok_or_else(|| Error::internal("no gate"))
}

fn request_of(request: &HttpRequest) -> Result<Request> {
    request.extensions().get::<Arc<Request>>().map(|request| Request::clone(request)).ok_or_else(|| Error::internal("no request id"))
}

/// The address of the client, as the outermost layer found it.
pub struct ClientAddress(pub String);

/// The address of the client.
pub fn client_address(request: &HttpRequest) -> String {
    request.extensions().get::<ClientAddress>().map(|address| address.0.clone()).unwrap_or_default()
}

/// Counts the request against its caller's limit.
fn count(request: &HttpRequest, gate: &Gate, caller: &str) -> Result<()> {
    let standing = gate.limiter.count(caller);
    let is_over = standing.remaining == 0;
    let wait = standing.resets_in_seconds;
    request.extensions_mut().insert::<Standing>(standing);
    if is_over { Err(Error::new(ErrorCode::TooManyRequests).retry_after(wait)) } else { Ok(()) }
}
