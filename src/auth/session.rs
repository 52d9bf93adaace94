//! Sessions in memory. A verified token is remembered until it expires, and its session for one second: an ended session is
//! refused at once on this instance, and within a second on every other one.

use std::collections::HashMap;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::auth::token::Verified;
use crate::crypto::sha256;
use crate::domain::accounts::machine::Live;
use crate::domain::dates::Timestamp;
use crate::domain::ids::SessionId;

/// How long a remembered session is trusted.
const FRESH: Duration = Duration::from_secs(1);
/// Entries beyond which expired ones are dropped, and further tokens are not remembered.
const MOST: usize = 50_000;

/// Remembered tokens and sessions.
#[derive(Default)]
pub struct SessionCache {
    tokens: RwLock<HashMap<Vec<u8>, Verified>>,
    sessions: RwLock<HashMap<SessionId, (Live, Instant)>>,
    generation: AtomicU64,
}

impl SessionCache {
    /// A token that was verified before and has not expired.
    pub fn verified(&self, token: &str, now: Timestamp) -> Option<Verified> {
        let tokens = self.tokens.read().ok()?;
        tokens.get(&sha256(token.as_bytes())).copied().filter(|verified| verified.expires_at > now.utc().timestamp())
    }

    /// Remembers a verified token.
    pub fn remember_token(&self, token: &str, verified: Verified, now: Timestamp) {
        if let Ok(mut tokens) = self.tokens.write() {
            if tokens.len() >= MOST {
                tokens.retain(|_, verified| verified.expires_at > now.utc().timestamp());
            }
            if tokens.len() < MOST {
                tokens.insert(sha256(token.as_bytes()), verified);
            }
        }
    }

    /// A session looked up less than a second ago.
    pub fn session(&self, id: SessionId) -> Option<Live> {
        let sessions = self.sessions.read().ok()?;
        sessions.get(&id).filter(|(_, at)| at.elapsed() < FRESH).map(|(session, _)| session.clone())
    }

    /// The generation of the cache: read before a session is looked up, and passed when the session is remembered.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Remembers a session, unless sessions were forgotten since it was looked up.
    pub fn remember_session(&self, session: Live, looked_up_in: u64) {
        if let Ok(mut sessions) = self.sessions.write() {
            if self.generation() != looked_up_in {
                return;
            }
            if sessions.len() >= MOST {
                sessions.retain(|_, (_, at)| at.elapsed() < FRESH);
            }
            sessions.insert(session.session_id(), (session, Instant::now()));
        }
    }

    /// Forgets every session: called after any event that ends or changes one.
    pub fn forget_sessions(&self) {
        if let Ok(mut sessions) = self.sessions.write() {
            self.generation.fetch_add(1, Ordering::Release);
            sessions.clear();
        }
    }
}
