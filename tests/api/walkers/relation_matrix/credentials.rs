//! The states that the credentials of an otherwise entitled caller can be in.

use actix_web::http::Method;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::support::machines::{Machine, organisation};
use crate::support::world::PASSWORD;
use crate::support::{Answer, World};

/// Names of columns, and their meaning.
pub const CREDENTIALS: &[(&str, &str)] = &[
    ("fresh", "the case worker of NGO A, who signed in a moment ago"),
    ("stale", "the same, more than five minutes after signing in"),
    ("signed out", "the token of a session that was ended"),
    ("expired", "an access token that expired"),
    ("garbage", "something that is no token"),
    ("disabled", "a case worker of NGO A whose account was disabled"),
    ("inactive", "the case worker of NGO A after NGO A was deactivated"),
    ("password", "a case worker of NGO A who must choose a password first"),
    ("conduct", "a case worker of NGO A who has not accepted the code of conduct"),
    ("machine", "a machine of NGO B with every scope, after NGO B accepted a referral that opens identity and health"),
];

/// A caller.
pub enum Caller {
    /// A known actor.
    Actor(String),
    /// The bearer of a token.
    Bearer(String),
    /// The bearer of a token whose organisation is not active until it is let in again.
    Shut { token: String, organisation: String },
}

async fn sign_in(world: &World, username: &str) -> String {
    world.sign_in(username).await["access_token"].as_str().expect("a token").to_owned()
}

/// Another caseworker of NGO A, who has not accepted a code of conduct yet. Returns the address where the account is managed.
async fn colleague(world: &World, username: &str) -> String {
    let organisation = organisation(world, "NGO A").await;
    let body = json!({ "organisation_id": organisation, "username": username, "display_name": "x", "role": "ngo_caseworker" });
    let made = world.post("admin", "/v1/users", body).await.expect(201);
    let place = made.header("location").to_owned();
    let reset = json!({ "username": username, "reset_code": made.json()["reset_code"], "new_password": PASSWORD });
    world.post("", "/v1/auth/password-reset", reset).await.expect(204);
    place
}

/// Makes the account's user choose another password, as the first administrator of an installation must.
fn must_change_password(world: &World, username: &str) {
    let change = format!("UPDATE users SET must_change_password = (1 = 1) WHERE username = '{username}'");
    world.database.with_connection(|connection| connection.batch_execute(&change)).expect("the account is changed");
}

impl Caller {
    /// The caller with the credentials of this name; the actor, where the name is one of a relation.
    pub async fn new(world: &World, name: &str, actor: &str) -> Self {
        let another = format!("somebody{}", uuid::Uuid::new_v4().simple());
        match name {
            "stale" => {
                world.grow_stale(actor).await;
                Self::Actor(actor.to_owned())
            }
            "signed out" => {
                let token = sign_in(world, actor).await;
                let bearer = format!("Bearer {token}");
                world.send("", Method::POST, "/v1/auth/logout", &[("authorization", &bearer)], None).await.expect(204);
                Self::Bearer(token)
            }
            "expired" => {
                let token = sign_in(world, actor).await;
                world.clock.forward(24 * 3600);
                Self::Bearer(token)
            }
            "garbage" => Self::Bearer("garbage".to_owned()),
            "disabled" => {
                let place = colleague(world, &another).await;
                let token = sign_in(world, &another).await;
                world.patch("admin", &place, json!({ "disabled": true })).await.expect(200);
                Self::Bearer(token)
            }
            "inactive" => {
                let token = sign_in(world, actor).await;
                let organisation = format!("/v1/organisations/{}", organisation(world, "NGO A").await);
                world.patch("admin", &organisation, json!({ "active": false })).await.expect(200);
                Self::Shut { token, organisation }
            }
            "password" => {
                colleague(world, &another).await;
                must_change_password(world, &another);
                Self::Bearer(sign_in(world, &another).await)
            }
            "conduct" => {
                colleague(world, &another).await;
                Self::Bearer(sign_in(world, &another).await)
            }
            "machine" => {
                let scopes: Vec<&str> = homeward::domain::accounts::machine::FOR_MACHINES.iter().map(|scope| scope.as_str()).collect();
                Self::Bearer(Machine::new(world, "NGO B", &scopes, json!({})).await.token(world).await)
            }
            _ => Self::Actor(actor.to_owned()),
        }
    }

    /// Whether checks may send requests as this user, while the caller's credentials are in this state.
    pub fn may_ask_as(&self, actor: &str) -> bool {
        !(matches!(self, Self::Shut { .. }) && actor == "caseworker.a")
    }

    /// Activates the organisation again.
    pub async fn reopen(&self, world: &World) {
        if let Self::Shut { organisation, .. } = self {
            world.patch("admin", organisation, json!({ "active": true })).await.expect(200);
        }
    }

    /// Sends a request, in a version if there is one.
    pub async fn send(&self, world: &World, method: Method, url: &str, etag: &str, body: Option<&Value>) -> Answer {
        let mut headers = if etag.is_empty() { Vec::new() } else { vec![("if-match", etag)] };
        let bearer;
        let actor = match self {
            Self::Actor(actor) => actor.as_str(),
            Self::Bearer(token) | Self::Shut { token, .. } => {
                bearer = format!("Bearer {token}");
                headers.push(("authorization", &bearer));
                ""
            }
        };
        world.send(actor, method, url, &headers, body).await
    }
}
