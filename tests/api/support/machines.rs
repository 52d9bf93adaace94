//! Machine clients, as tests make and use them.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::{Answer, World};

/// A machine client with a secret.
#[derive(Clone)]
pub struct Machine {
    pub id: String,
    pub secret_id: String,
    pub secret: String,
}

/// The id of an organisation by its name.
pub async fn organisation(world: &World, name: &str) -> String {
    let all = world.get("admin", "/v1/organisations?limit=200").await.expect(200).json();
    let found = all["items"].as_array().expect("organisations").iter().find(|item| item["name"] == name).expect("the organisation").clone();
    found["id"].as_str().expect("an id").to_owned()
}

impl Machine {
    /// A client of an organisation, with these scopes and the further fields of `more`.
    pub async fn new(world: &World, organisation_name: &str, scopes: &[&str], more: Value) -> Self {
        let id = organisation(world, organisation_name).await;
        let mut body = json!({ "organisation_id": id, "name": format!("Register {}", uuid::Uuid::new_v4()), "scopes": scopes });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let id = world.post("admin", "/v1/clients", body).await.expect(201).json()["id"].as_str().expect("an id").to_owned();
        let made = world.post("admin", &format!("/v1/clients/{id}/secrets"), json!({})).await.expect(201).json();
        let text = |field: &str| made[field].as_str().expect("a text").to_owned();
        Self { id, secret_id: text("id"), secret: text("secret") }
    }

    /// The address where the client is managed.
    pub fn url(&self) -> String {
        format!("/v1/clients/{}", self.id)
    }

    /// Asks for a token with the secret in the form.
    pub async fn ask(&self, world: &World, scope: Option<&str>) -> Answer {
        let mut form = json!({ "grant_type": "client_credentials", "client_id": self.id, "client_secret": self.secret });
        if let Some(scope) = scope {
            form["scope"] = json!(scope);
        }
        ask(world, &form).await
    }

    /// A token with the whole scope of the client.
    pub async fn token(&self, world: &World) -> String {
        self.ask(world, None).await.expect(200).json()["access_token"].as_str().expect("a token").to_owned()
    }
}

/// Sends a form to the token endpoint.
pub async fn ask(world: &World, form: &Value) -> Answer {
    let pairs = form.as_object().expect("an object").iter();
    let pairs: Vec<(&str, &str)> = pairs.map(|(name, value)| (name.as_str(), value.as_str().expect("a text"))).collect();
    let answer = world.raw(TestRequest::post().uri("/v1/oauth/token").set_form(pairs)).await;
    super::contract::note("anonymous", &Method::POST, "/v1/oauth/token", answer.status);
    super::examples::record(&Method::POST, "/v1/oauth/token", Some(form), &answer);
    answer
}

/// Sends a request with a token.
pub async fn with(world: &World, token: &str, method: Method, url: &str, body: Option<&Value>) -> Answer {
    world.send("", method, url, &[("authorization", &format!("Bearer {token}"))], body).await
}

/// Reads with a token.
pub async fn get(world: &World, token: &str, url: &str) -> Answer {
    with(world, token, Method::GET, url, None).await
}
