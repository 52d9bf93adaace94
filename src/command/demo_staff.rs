//! The accounts of the demo as actors while it is filled.

use std::collections::HashMap;

use crate::command::failure::Failure;
use crate::db::Clock;
use crate::domain::access::{Actor, UserActor};
use crate::domain::ids::SessionId;

/// The users of the demo, and the clock that they work by.
pub(in crate::command) struct Staff {
    clock: Clock,
    users: HashMap<&'static str, UserActor>,
}

impl Staff {
    pub(super) fn new(clock: Clock, users: HashMap<&'static str, UserActor>) -> Self {
        Self { clock, users }
    }

    /// The clock that the users work by.
    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The user in a session that begins now. Each piece of work begins with a new session: the clock runs through weeks
    /// meanwhile, and an authentication counts as recent for minutes only.
    pub(super) fn sign_in(&self, username: &str) -> Result<Actor, Failure> {
        let user = self.users.get(username).ok_or_else(|| Failure::config(format!("the demo has no account {username}")))?;
        Ok(Actor::User(UserActor { session_id: SessionId::random(), authenticated_at: self.clock.now(), ..user.clone() }))
    }
}
