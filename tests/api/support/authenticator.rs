//! A user's authenticator app.

use homeward::domain::dates::Timestamp;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

use super::World;
use super::world::PASSWORD;

/// The app, with one account in it.
pub struct Authenticator(Totp);

impl Authenticator {
    /// Types the secret in.
    pub fn new(secret: &str) -> Self {
        let secret = Secret::try_from_base32(secret).expect("a secret in base32");
        Self(Builder::new().with_secret(secret).build().expect("a seed that is long enough"))
    }

    /// The code that the app shows this many steps from now.
    pub fn code(&self, world: &World, steps: i64) -> String {
        self.code_at(world.clock.now().plus_seconds(steps * 30))
    }

    /// The code that the app shows at a time.
    pub fn code_at(&self, time: Timestamp) -> String {
        let seconds = time.utc().timestamp();
        self.0.generate(u64::try_from(seconds).expect("a time after 1970")).to_string()
    }
}

/// Sets the second factor up for a user with a session; returns the app and the recovery codes. The next code is accepted after
/// half a minute.
pub async fn enrol(world: &World, actor: &str) -> (Authenticator, Vec<String>) {
    let begun = world.post(actor, "/v1/auth/second-factor", Value::Null).await.expect(200).json();
    let app = Authenticator::new(begun["secret"].as_str().expect("a secret"));
    let body = json!({ "code": app.code(world, 0) });
    let on = world.post(actor, "/v1/auth/second-factor/confirm", body).await.expect(200).json();
    let codes = on["recovery_codes"].as_array().expect("codes").iter().map(|code| code.as_str().expect("a code").to_owned()).collect();
    world.clock.forward(60);
    (app, codes)
}

/// Signs in with password and code, and returns the answer.
pub async fn login(world: &World, actor: &str, code: Option<&str>) -> super::Answer {
    let mut body = json!({ "username": actor, "password": PASSWORD });
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    world.post("", "/v1/auth/login", body).await
}
