//! A world: a server in process with organisations, missions, and a user of every role.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_http::Request;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::test::{self, TestRequest};
use diesel::connection::SimpleConnection;
use homeward::app::{AppState, Options, build_app};
use homeward::auth::password::{Cost, Passwords};
use homeward::config::DatabaseUrl;
use homeward::crypto::Keys;
use homeward::db::engine::context::Deployment;
use homeward::db::{Clock, Db, Tx};
use homeward::domain::access::Role;
use homeward::domain::accounts::policy::{AccountPolicy, SecondFactorPolicy};
use homeward::domain::dates::Timestamp;
use homeward::domain::zones::Zone;
use serde_json::{Value, json};

use super::client::Answer;
use super::contract;
use super::data;
use super::database::{Kind, TestDatabase, keys};
use super::machines::Machine;
use super::postgres_server::variable;
use super::replays::Creation;

type Call = Rc<dyn Fn(Request) -> Pin<Box<dyn Future<Output = ServiceResponse<BoxBody>>>>>;

/// The one origin whose pages may send requests.
pub const ORIGIN: &str = "https://office.example.org";

/// The address at which clients reach the service.
pub const PUBLIC_URL: &str = "https://homeward.example";

/// The password of every test user.
pub const PASSWORD: &str = "correct horse battery staple";

/// A running service with its database.
pub struct World {
    pub db: Db,
    pub kind: Kind,
    pub database: Arc<TestDatabase>,
    pub files: Arc<homeward::files::Files>,
    pub clock: Clock,
    call: Call,
    tokens: RefCell<HashMap<String, (String, Timestamp)>>,
    machines: RefCell<HashMap<String, Machine>>,
    roles: RefCell<HashMap<String, Role>>,
    pub(super) creations: RefCell<Option<Vec<Creation>>>,
}

/// The variable that names a time of day in UTC, such as `23:30`: each world begins at its next occurrence. The day of Cambodia is
/// another one than that of UTC from 17:00 on, and a test must hold at any hour.
const TIME_OF_DAY: &str = "HOMEWARD_TEST_TIME";

/// Seconds after which a user signs in again: on a slow machine no authentication may become old by itself.
const STALE_SECONDS: i64 = 200;

impl World {
    /// A separate world; none when this machine has no such database. Its clock shows the time now, or what [`TIME_OF_DAY`] says.
    pub async fn start(kind: Kind) -> Option<Self> {
        let clock = Clock::default();
        if let Some(wanted) = variable(TIME_OF_DAY) {
            let wanted = chrono::NaiveTime::parse_from_str(&wanted, "%H:%M").expect("a time of day such as 23:30");
            let since_midnight = (wanted - chrono::NaiveTime::MIN).num_seconds();
            let at = Zone::UTC.start_of(Zone::UTC.day_of(clock.now())).plus_seconds(since_midnight);
            clock.set(if at < clock.now() { at.plus_seconds(24 * 3600) } else { at });
        }
        Self::start_at(kind, clock).await
    }

    /// A world whose clock shows eight o'clock on a given day.
    pub async fn beginning_on(kind: Kind, day: &str) -> Option<Self> {
        const EIGHT: i64 = 8 * 3600;
        let morning = Zone::UTC.start_of(day.parse().expect("a day")).plus_seconds(EIGHT);
        let ahead = (morning.micros() - Clock::default().now().micros()) / 1_000_000;
        Self::start_at(kind, Clock::ahead_by(ahead)).await
    }

    /// A world whose clock shows this moment.
    pub async fn beginning_at(kind: Kind, moment: &str) -> Option<Self> {
        Self::start_at(kind, Clock::showing(Timestamp::new(moment.parse().expect("a moment")))).await
    }

    async fn start_at(kind: Kind, clock: Clock) -> Option<Self> {
        let database = TestDatabase::filled(kind, |url| {
            let url = url.clone();
            std::thread::spawn(move || fill(url)).join().expect("the template is filled");
        })?;
        let options = options(&database.url, 1_000_000, &clock);
        Some(Self::serve(kind, Arc::new(database), options).await)
    }

    /// A service over a database.
    pub async fn serve(kind: Kind, database: Arc<TestDatabase>, options: Options) -> Self {
        let clock = options.deployment.clock.clone();
        let (state, db) = AppState::open(options).await.expect("the service starts");
        let files = state.files();
        let service = Rc::new(test::init_service(build_app(&state)).await);
        let call: Call = Rc::new(move |request| {
            let service = service.clone();
            Box::pin(async move {
                match service.call(request).await {
                    Ok(response) => response.map_into_boxed_body(),
                    Err(error) => ServiceResponse::new(TestRequest::default().to_http_request(), error.error_response()),
                }
            })
        });
        Self {
            db,
            kind,
            database,
            files,
            clock,
            call,
            tokens: RefCell::default(),
            machines: RefCell::default(),
            roles: RefCell::default(),
            creations: RefCell::default(),
        }
    }

    /// Another service over the same database, with another key ring.
    pub async fn restart(&self, keys: Arc<Keys>) -> Self {
        let options = Options { keys, ..options(&self.database.url, 1_000_000, &self.clock) };
        Self::serve(self.kind, self.database.clone(), options).await
    }

    /// Another service over the same database: another instance, or the same one after a restart. It shares the clock.
    pub async fn instance(&self, accounts: AccountPolicy) -> Self {
        let options = options(&self.database.url, 1_000_000, &self.clock);
        let deployment = Deployment { accounts, ..options.deployment };
        Self::serve(self.kind, self.database.clone(), Options { deployment, ..options }).await
    }

    /// Sends a request as an actor; anonymous when `actor` is empty.
    pub async fn send(&self, actor: &str, method: Method, url: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let mut request = TestRequest::with_uri(url).method(method.clone());
        if !actor.is_empty() {
            request = request.insert_header(("authorization", format!("Bearer {}", self.token(actor).await)));
        }
        if let Some(body) = body {
            // A text is a file.
            let (media_type, bytes) = match body {
                Value::String(file) => ("application/octet-stream", file.clone().into_bytes()),
                json => (
                    if method == Method::PATCH { "application/merge-patch+json" } else { "application/json" },
                    serde_json::to_vec(json).expect("JSON"),
                ),
            };
            request = request.insert_header(("content-type", media_type)).set_payload(bytes);
        }
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let path = url.split('?').next().unwrap_or_default();
        let keyed = self.key_for(&method, path, headers);
        if let Some((_, key)) = &keyed {
            request = request.insert_header(("idempotency-key", key.as_str()));
        }
        let answer = self.raw(request).await;
        if let Some((operation, key)) = keyed.filter(|_| answer.status == 201) {
            let (actor, url, location) = (actor.to_owned(), url.to_owned(), answer.header("location").to_owned());
            self.remember(Creation { operation, actor, url, key, body: body.cloned().unwrap_or_default(), location });
        }
        if let Some(body) = body.filter(|_| (200..300).contains(&answer.status)) {
            contract::check_accepted(&method, path, body);
        }
        if let Some(role) = self.role(actor) {
            contract::note(role, &method, path, answer.status);
        }
        super::examples::record(&method, url, body, &answer);
        answer
    }

    /// The name of an actor's role for tests: the role, `machine` or `anonymous`; none for users that a test created itself.
    fn role(&self, actor: &str) -> Option<&'static str> {
        if self.machines.borrow().contains_key(actor) {
            return Some("machine");
        }
        if let Some(role) = self.roles.borrow().get(actor) {
            return Some(role.as_str());
        }
        let user = data::USERS.iter().find(|(username, ..)| *username == actor);
        user.map(|(_, role, _)| role.as_str()).or_else(|| actor.is_empty().then_some("anonymous"))
    }

    /// Sends a request unchanged. The answer must be one that the API document knows.
    pub async fn raw(&self, request: TestRequest) -> Answer {
        self.try_raw(request).await.expect("the body arrives")
    }

    /// Sends a request as [`Self::raw`] does, for an answer that may be cut.
    pub async fn try_raw(&self, request: TestRequest) -> Result<Answer, String> {
        self.answered(request.to_request()).await
    }

    /// Sends a request as [`Self::raw`] does, with a body that may arrive slowly, for example.
    pub async fn answered(&self, request: Request) -> Result<Answer, String> {
        let (method, path) = (request.method().clone(), request.path().to_owned());
        let response = (self.call)(request).await;
        let (_, response) = response.into_parts();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = match response.into_body().try_into_bytes() {
            Ok(bytes) => bytes,
            Err(body) => actix_web::body::to_bytes(body).await.map_err(|error| error.to_string())?,
        };
        let answer = Answer { status, headers, body: body.to_vec(), sent: body.to_vec() }.unpacked();
        contract::check_answer(&method, &path, &answer);
        Ok(answer)
    }

    /// The patterns that the router knows. It shows them only in its debug output.
    pub async fn routes(&self) -> Vec<String> {
        let response = (self.call)(TestRequest::with_uri("/healthz").to_request()).await;
        let known = format!("{:?}", response.request().resource_map());
        let patterns = known.split("Single(\"").skip(1).filter_map(|rest| rest.split('"').next());
        patterns.filter(|pattern| !pattern.is_empty()).map(ToOwned::to_owned).collect()
    }

    pub async fn get(&self, actor: &str, url: &str) -> Answer {
        self.send(actor, Method::GET, url, &[], None).await
    }

    pub async fn post(&self, actor: &str, url: &str, body: Value) -> Answer {
        self.send(actor, Method::POST, url, &[], Some(&body)).await
    }

    /// Posts to an existing resource, in the version that the actor sees now.
    pub async fn act(&self, actor: &str, at: &str, verb: &str, body: Value) -> Answer {
        let etag = self.get(actor, at).await.etag();
        self.send(actor, Method::POST, &format!("{at}{verb}"), &[("if-match", &etag)], Some(&body)).await
    }

    /// Patches the version that the actor sees now.
    pub async fn patch(&self, actor: &str, url: &str, body: Value) -> Answer {
        let etag = self.get(actor, url).await.etag();
        self.send(actor, Method::PATCH, url, &[("if-match", &etag)], Some(&body)).await
    }

    /// Sends the content of a file that was announced, in the version that the actor sees now.
    pub async fn put_file(&self, actor: &str, attachment: &str, content: Vec<u8>) -> Answer {
        let etag = self.get(actor, attachment).await.etag();
        let token = self.token(actor).await;
        let request = TestRequest::put().uri(&format!("{attachment}/content")).insert_header(("authorization", format!("Bearer {token}")));
        self.raw(request.insert_header(("if-match", etag)).insert_header(("content-type", "application/octet-stream")).set_payload(content))
            .await
    }

    /// The access token of a user, who signs in at first use.
    pub async fn token(&self, actor: &str) -> String {
        let known = self.tokens.borrow().get(actor).cloned();
        if let Some((token, since)) = known
            && since.plus_seconds(STALE_SECONDS) > self.clock.now()
        {
            return token;
        }
        let machine = self.machines.borrow().get(actor).cloned();
        let token = match machine {
            Some(machine) => Box::pin(machine.token(self)).await,
            None => self.sign_in(actor).await["access_token"].as_str().expect("a token").to_owned(),
        };
        self.tokens.borrow_mut().insert(actor.to_owned(), (token.clone(), self.clock.now()));
        token
    }

    /// Makes a machine an actor like any user.
    pub fn admit(&self, name: &str, machine: Machine) {
        self.machines.borrow_mut().insert(name.to_owned(), machine);
    }

    /// Gives a user another role, in the same organisation.
    pub fn change_role(&self, actor: &str, role: Role) {
        let statement = format!("UPDATE users SET role = '{}' WHERE username = '{actor}'", role.as_str());
        self.database.with_connection(|connection| connection.batch_execute(&statement)).expect("the role is changed");
        self.roles.borrow_mut().insert(actor.to_owned(), role);
        self.forget(actor);
    }

    /// Keeps the session that a user has now, however old it becomes.
    pub async fn keep_session(&self, actor: &str) {
        let token = self.token(actor).await;
        self.tokens.borrow_mut().insert(actor.to_owned(), (token, self.clock.now().plus_seconds(365 * 24 * 3600)));
    }

    /// Makes a kept session too old for a step-up operation, while its token is still valid.
    pub async fn grow_stale(&self, actor: &str) {
        self.keep_session(actor).await;
        self.clock.forward(homeward::domain::access::RECENT_SECONDS + 1);
    }

    /// Signs in again. A user with a wrong guess a moment ago, in a walk through all operations, waits first.
    pub async fn sign_in(&self, actor: &str) -> Value {
        let body = json!({ "username": actor, "password": PASSWORD });
        let login = async || Box::pin(self.send("", Method::POST, "/v1/auth/login", &[], Some(&body))).await;
        let answer = login().await;
        if answer.status != 429 {
            return answer.expect(200).json();
        }
        self.clock.forward(answer.header("retry-after").parse().expect("seconds to wait"));
        login().await.expect(200).json()
    }

    /// Lets this many days pass, and runs the scheduler as it runs every minute. All users sign in again.
    pub async fn days_pass(&self, days: i64) {
        self.clock.forward(days * 24 * 3600);
        self.tokens.borrow_mut().clear();
        homeward::command::background::follow_birthdays(&self.db, None).await.expect("the process looks at birthdays");
        homeward::command::background::follow_once(&self.db).await.expect("the process follows the clock");
    }

    /// The date this many days from now, in Cambodia.
    pub fn day(&self, later: i64) -> String {
        homeward::demo::today(self.clock.now().plus_seconds(later * 24 * 3600)).to_string()
    }

    /// Forgets the token of a user.
    pub fn forget(&self, actor: &str) {
        self.tokens.borrow_mut().remove(actor);
    }

    /// Registers a case and returns the answer.
    pub async fn register(&self, actor: &str, body: Value) -> Value {
        self.post(actor, "/v1/cases", body).await.expect(201).json()
    }

    /// The id of a mission by its sending state.
    pub async fn mission(&self, state: &str) -> String {
        let missions = self.get("caseworker.a", &format!("/v1/missions?sending_state={state}")).await.expect(200).json();
        missions["items"][0]["id"].as_str().expect("a mission").to_owned()
    }
}

/// A policy without a second factor, for all tests that are not about it.
pub fn without_second_factor() -> AccountPolicy {
    AccountPolicy { second_factor: SecondFactorPolicy::NONE, ..AccountPolicy::default() }
}

/// The cost of a hash in tests: next to nothing. The real cost is tested where passwords are hashed.
const CHEAP: Cost = Cost { memory_kib: 64, passes: 1 };

/// Options of a test service.
pub fn options(url: &DatabaseUrl, rate_limit: u32, clock: &Clock) -> Options {
    Options {
        database: url.clone(),
        keys: keys(),
        public_url: PUBLIC_URL.to_owned(),
        readers: 2,
        deployment: Deployment { clock: clock.clone(), accounts: without_second_factor(), ..Deployment::default() },
        password_cost: CHEAP,
        rate_limit,
        trusted_proxies: Vec::new(),
        origins: vec![ORIGIN.to_owned()],
        files: homeward::files::Settings::Folder(super::database::files_of(url)),
        demo_accounts: None,
    }
}

/// Fills the template: organisations, missions, users.
fn fill(url: DatabaseUrl) {
    let hash = Passwords::new(&keys(), CHEAP).and_then(|passwords| passwords.hash_now(PASSWORD)).expect("a hash");
    actix_web::rt::System::new().block_on(async {
        let db = Db::open(&url, keys(), 1, Deployment::default()).expect("the template opens");
        db.as_system("test world").write(move |tx: &mut Tx<'_>| data::fill(tx, &hash)).await.expect("the template is filled");
    });
}
