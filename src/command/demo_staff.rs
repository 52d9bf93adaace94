//! The accounts of the demo at work while it is filled.

use std::collections::HashMap;

use crate::command::failure::Failure;
use crate::db::Clock;
use crate::domain::access::{Actor, UserActor};
use crate::domain::ids::SessionId;

/// Everybody with an account, and the clock that they work by.
pub(in crate::command) struct Staff {
    clock: Clock,
    users: HashMap<&'static str, UserActor>,
}

impl Staff {
    pub(super) fn new(clock: Clock, users: HashMap<&'static str, UserActor>) -> Self {
        Self { clock, users }
    }

    /// The clock that everybody works by.
    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The user in a session that begins now. Each piece of work begins with one: the clock runs through weeks meanwhile, and a
    /// proof of who somebody is holds for minutes.
    pub(super) fn sign_in(&self, username: &str) -> Result<Actor, Failure> {
        let user = self.users.get(username).ok_or_else(|| Failure::config(format!("the demo has no account {username}")))?;
        Ok(Actor::User(UserActor { session_id: SessionId::random(), authenticated_at: self.clock.now(), ..user.clone() }))
    }
}
