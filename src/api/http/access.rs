//! The doors. The database handle exists only behind them: no door, no data.
//!
//! [`Allowed`] lets in a user with a live session and a role that has the permission, or a machine whose token has the permission
//! as its scope; [`Public`] is for the short list of operations that need no session.

mod bearer;
mod caller;
mod conclusion;
pub(in crate::api::http) mod days;
pub mod may;
mod public;
mod reads;

pub use caller::{Caller, client_address};
pub use conclusion::Ended;
pub use public::{Public, SignIn};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use crate::api::http::access::bearer::{NO_TOKEN, bearer, refusal, session_over};
use crate::api::http::admission::Admitting;
use crate::api::http::body::BodyMemory;
use crate::api::http::creation::{Answer, Recalled, Rendered};
use crate::api::http::door_probe::{self, Door};
use crate::api::http::idempotency_key::IdempotencyKey;
use crate::api::http::rate_limit::{CountedBy, Limiter, RateLimitState};
use crate::api::http::respond;
use crate::api::http::routes::Operations;
use crate::api::http::time_limit::TimeLimit;
use crate::auth::device_token::DeviceTokens;
use crate::auth::password::Passwords;
use crate::auth::session::SessionCache;
use crate::auth::token::{Tokens, Verified};
use crate::db::accounts::{client_sessions, sessions};
use crate::db::casefile::idempotency::{CreateRequest, Reference, once};
use crate::db::{Attempt, Clock, Db, Request, RequestTrail, Tx};
use crate::domain::access::{Actor, LiveSession, Permission, UserActor};
use crate::domain::accounts::machine::{Live, LiveMachine};
use crate::domain::dates::Timestamp;
use crate::domain::ids::RequestId;
use crate::error::{Error, ErrorCode, Result};
use crate::files::Files;

/// The work of a creating request: makes something, unless it is given what was made, and reads it for the answer.
type Creation = Box<dyn Fn(&mut Tx<'_>, Option<&Reference>) -> Result<(Reference, Answer)> + Send>;

/// The database and the services that the doors guard. Its fields are private: handlers get at the database through a door only.
pub struct Gate {
    db: Db,
    tokens: Tokens,
    passwords: Passwords,
    devices: DeviceTokens,
    sessions: SessionCache,
    limiter: Limiter,
    body_memory: BodyMemory,
    clock: Clock,
    files: Arc<Files>,
}

/// What issues and checks credentials.
pub struct Credentials {
    /// Access tokens.
    pub tokens: Tokens,
    /// Passwords.
    pub passwords: Passwords,
    /// Tokens of devices.
    pub devices: DeviceTokens,
}

impl Gate {
    /// A gate before this database.
    pub fn new(db: Db, credentials: Credentials, limiter: Limiter, clock: Clock, files: Arc<Files>) -> Self {
        let Credentials { tokens, passwords, devices } = credentials;
        let (sessions, body_memory) = (SessionCache::default(), BodyMemory::default());
        Self { db, tokens, passwords, devices, sessions, limiter, body_memory, clock, files }
    }

    /// The time now, for rules about dates.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The memory of the bodies that are being received.
    pub(in crate::api::http) fn body_memory(&self) -> &BodyMemory {
        &self.body_memory
    }

    async fn session_of(&self, request: &HttpRequest) -> Result<(Verified, Live)> {
        let token = bearer(request).ok_or_else(|| Error::new(ErrorCode::Unauthenticated).detail(NO_TOKEN))?;
        let now = self.now();
        let verified = match self.sessions.verified(token, now) {
            Some(verified) => verified,
            None => {
                let verified = self.tokens.verify(token, now).map_err(refusal)?;
                self.sessions.remember_token(token, verified, now);
                verified
            }
        };
        Ok((verified, self.live(verified).await?.ok_or_else(session_over)?))
    }

    async fn create(&self, actor: &Actor, request: &Request, key: IdempotencyKey, create: Creation) -> Result<HttpResponse> {
        let once_for = key.0.map(|(key, body_hash)| CreateRequest { key, body_hash });
        let (answer, is_repeated) = self.db.write(actor, request, move |tx| once(tx, once_for.as_ref(), &create)).await?;
        Ok(respond::created(answer, is_repeated))
    }

    async fn live(&self, verified: Verified) -> Result<Option<Live>> {
        let id = verified.session_id;
        if let Some(session) = self.sessions.session(id) {
            return Ok(Some(session));
        }
        let generation = self.sessions.generation();
        let look_up = move |tx: &mut Tx<'_>| match verified.is_machine {
            true => Ok(client_sessions::find_live(tx, id)?.map(Live::Machine)),
            false => Ok(sessions::find_live(tx, id)?.map(Live::Person)),
        };
        let found = self.db.as_system("session").read(look_up).await?;
        if let Some(session) = &found {
            self.sessions.remember_session(session.clone(), generation);
        }
        Ok(found)
    }
}

fn actor_of(live: &Live) -> Actor {
    match live {
        Live::Person(session) => Actor::User(session.actor.clone()),
        Live::Machine(machine) => Actor::Machine(machine.actor.clone()),
    }
}

/// A permission as a type, so that a door can name it.
pub trait RequiredPermission: 'static {
    /// The requirements of the door.
    const DOOR: Door;
}

/// The door of an operation that needs a permission.
pub struct Allowed<P> {
    verified: Verified,
    live: Live,
    actor: Actor,
    request: Request,
    gate: web::Data<Gate>,
    permission: PhantomData<P>,
}

impl<P: RequiredPermission> FromRequest for Allowed<P> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admitting = Admitting::decide(request);
        if door_probe::is_asked(request, Some(P::DOOR)) {
            return Box::pin(std::future::ready(Err(ErrorCode::Unauthenticated.into())));
        }
        let entry = enter(request.clone(), P::DOOR);
        Box::pin(async move {
            let Entry { verified, live, actor, request, gate } = entry.await?;
            admitting.admit();
            Ok(Self { verified, live, actor, request, gate, permission: PhantomData })
        })
    }
}

/// A caller who was let in, with the session or machine token and the request.
struct Entry {
    verified: Verified,
    live: Live,
    actor: Actor,
    request: Request,
    gate: web::Data<Gate>,
}

/// Lets a request in by a door. The door is a value, so that this function is compiled once and not once for every permission.
async fn enter(http: HttpRequest, door: Door) -> Result<Entry> {
    let gate = gate(&http)?;
    let (verified, live) = match gate.session_of(&http).await {
        Ok(session) => session,
        Err(refusal) => {
            // Whoever is not known is counted by network, and is told 429 before 401.
            if refusal.code == ErrorCode::Unauthenticated {
                count(&http, &gate, CountedBy::Network(client_address(&http).network()))?;
            }
            return Err(refusal);
        }
    };
    let request = Request { records_reads: door.permission.reads_are_recorded(), ..request_of(&http)? };
    let caller = match &live {
        Live::Person(session) => CountedBy::User(session.actor.user_id),
        Live::Machine(machine) => CountedBy::Client(machine.actor.client_id),
    };
    let actor = actor_of(&live);
    Caller::enter(&http, &actor);
    if let Some(trail) = &request.trail {
        trail.enter(&actor);
    }
    count(&http, &gate, caller)?;
    admit(door, &live, &http, &gate)?;
    if door.takes_space && gate.db.space().is_short() {
        return Err(Error::storage_full());
    }
    if door.is_lengthy {
        TimeLimit::lift(&http);
    }
    Ok(Entry { verified, live, actor, request, gate })
}

impl<P: RequiredPermission> Allowed<P> {
    /// Checks the door again: an operation that takes minutes calls this before it writes, in case its caller lost access
    /// meanwhile. An expired token is no reason to refuse; an ended session is.
    pub async fn still_stands(&self, http: &HttpRequest) -> Result<()> {
        let live = self.gate.live(self.verified).await?.ok_or_else(session_over)?;
        admit(P::DOOR, &live, http, &self.gate)
    }
}

fn admit(door: Door, live: &Live, http: &HttpRequest, gate: &Gate) -> Result<()> {
    match live {
        Live::Person(session) => admit_person(door, session, gate.now()),
        Live::Machine(machine) => admit_machine(door, machine, http),
    }
}

/// Refuses a user who may not enter, or not yet: the one place where a door decides about users.
fn admit_person(door: Door, session: &LiveSession, now: Timestamp) -> Result<()> {
    let refused = |code: ErrorCode| Err(code.into());
    match session {
        _ if session.must_change_password && !door.during_set_up => refused(ErrorCode::PasswordChangeRequired),
        _ if session.must_enrol_second_factor && !door.during_set_up => refused(ErrorCode::SecondFactorEnrolmentRequired),
        _ if !session.actor.role.may(door.permission) => Err(advised(ErrorCode::PermissionDenied, door)),
        _ if session.must_accept_conduct && door.permission.concerns_cases() => refused(ErrorCode::CodeOfConductRequired),
        _ if door.needs_recent && !session.actor.is_recent(now) => refused(ErrorCode::InsufficientUserAuthentication),
        _ => Ok(()),
    }
}

fn admit_machine(door: Door, machine: &LiveMachine, http: &HttpRequest) -> Result<()> {
    if !machine.allowed_from.allow(client_address(http)) {
        return Err(ErrorCode::AddressNotAllowed.into());
    }
    if !door.admits_machines() {
        return Err(Error::new(ErrorCode::PermissionDenied).detail("Only people can do this, not machine clients."));
    }
    let is_in_scope = machine.actor.scopes.contains(door.permission);
    if is_in_scope { Ok(()) } else { Err(advised(ErrorCode::InsufficientScope, door).scope(door.permission)) }
}

/// A refusal that names what may be asked instead.
fn advised(code: ErrorCode, door: Door) -> Error {
    let error = Error::new(code);
    match door.permission {
        Permission::StatisticsExact => {
            error.detail("Exact figures are for those who may open the cases. Released ones are at /v1/statistics/releases.")
        }
        _ => error,
    }
}

impl<P> Allowed<P> {
    /// The caller, as the log names it.
    pub fn caller(&self) -> Caller {
        Caller::of(&self.actor)
    }

    /// The person who asks.
    pub fn user(&self) -> Result<&UserActor> {
        self.session().map(|session| &session.actor)
    }

    /// The session of the person who asks.
    pub fn session(&self) -> Result<&LiveSession> {
        match &self.live {
            Live::Person(session) => Ok(session),
            Live::Machine(_) => Err(ErrorCode::PermissionDenied.into()),
        }
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

    /// The storage of files. The database knows to which case a file belongs.
    pub fn files(&self) -> Arc<Files> {
        self.gate.files.clone()
    }

    /// Writes. Durable when this returns.
    pub fn write<T, F>(&self, write: F) -> impl Future<Output = Result<T>>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.gate.db.write(&self.actor, &self.request, write)
    }

    /// Attempts to prove something: what is counted is kept, also where the caller is refused.
    pub fn attempt<T, F>(&self, attempt: F) -> impl Future<Output = Result<T>>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<Attempt<T>> + Send + 'static,
    {
        self.gate.db.attempt(&self.actor, &self.request, attempt)
    }

    /// Attempts to prove something that changes who may sign in, and forgets every remembered session.
    pub async fn attempt_access<T, F>(&self, attempt: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<Attempt<T>> + Send + 'static,
    {
        let attempted = self.attempt(attempt).await;
        self.gate.sessions.forget_sessions();
        attempted
    }

    /// Writes a change of who may sign in, and forgets every remembered session.
    pub async fn write_access<T, F>(&self, write: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let written = self.write(write).await;
        self.gate.sessions.forget_sessions();
        written
    }

    /// Creates something, once for each idempotency key, and answers with what the caller may read of it now.
    pub fn create<R, F>(&self, key: IdempotencyKey, create: F) -> impl Future<Output = Result<HttpResponse>>
    where
        R: Rendered + Recalled,
        F: Fn(&mut Tx<'_>) -> Result<R> + Send + 'static,
    {
        self.create_recalled(key, R::recall, create)
    }

    /// Creates as [`Self::create`] does, where a part of the answer is known from the request itself: a repeated request is the same.
    pub fn create_recalled<R, F, G>(&self, key: IdempotencyKey, recall: G, create: F) -> impl Future<Output = Result<HttpResponse>>
    where
        R: Rendered,
        F: Fn(&mut Tx<'_>) -> Result<R> + Send + 'static,
        G: Fn(&Reference) -> Option<R> + Send + 'static,
    {
        let creation = move |tx: &mut Tx<'_>, before: Option<&Reference>| {
            let made = match before {
                Some(before) => recall(before).ok_or_else(|| Error::from(ErrorCode::AnswerNotKept))?,
                None => create(tx)?,
            };
            Ok((made.reference(), made.render(tx)?))
        };
        self.gate.create(&self.actor, &self.request, key, Box::new(creation))
    }
}

fn gate(request: &HttpRequest) -> Result<web::Data<Gate>> {
    request.app_data::<web::Data<Gate>>().cloned().ok_or_else(|| Error::internal("no gate"))
}

/// The request as the history and the audit trail name it. Refuses a request whose operation is unknown: without its name no rule
/// can be checked.
fn request_of(request: &HttpRequest) -> Result<Request> {
    let id = request.extensions().get::<RequestId>().copied().ok_or_else(|| Error::internal("no request id"))?;
    let operation =
        Operations::of_route(request).ok_or_else(|| Error::internal("a door on a route that the API document does not know"))?;
    let trail = request.extensions().get::<RequestTrail>().cloned().ok_or_else(|| Error::internal("no trail"))?;
    let subjects = request.match_info().iter().filter_map(|(_, value)| uuid::Uuid::parse_str(value).ok());
    trail.route(&operation.name, subjects);
    Ok(Request { id, operation: operation.name.clone(), success: operation.success, records_reads: false, trail: Some(trail) })
}

/// Counts the request against its caller's limit.
fn count(request: &HttpRequest, gate: &Gate, caller: CountedBy) -> Result<()> {
    let standing = gate.limiter.count(caller);
    request.extensions_mut().insert::<RateLimitState>(standing);
    request.extensions_mut().insert::<CountedBy>(caller);
    match standing.retry_after {
        Some(seconds) => Err(Error::new(ErrorCode::TooManyRequests).retry_after(seconds)),
        None => Ok(()),
    }
}
