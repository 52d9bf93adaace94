//! The end of a request at the gate: how it ended is recorded once the answer is known, and before it leaves.

use actix_web::HttpRequest;

use crate::api::http::access::{Gate, actor_of};
use crate::db::RequestTrail;
use crate::db::engine::audit::Outcome;
use crate::domain::ids::RequestId;
use crate::error::Result;

/// The end of a request.
#[derive(Clone, Copy)]
pub struct Ended<'a> {
    /// The operation, as the log names it.
    pub operation: &'a str,
    /// The request.
    pub request: RequestId,
    /// How it ended.
    pub outcome: Outcome,
}

impl Gate {
    /// Records how a request ended. A refused caller with a valid token is known even if no door was reached. On an error the answer
    /// must not leave.
    pub async fn conclude(&self, request: Option<&HttpRequest>, trail: &RequestTrail, ended: Ended<'_>) -> Result<()> {
        if let (Some(request), Outcome::Refused(_), None) = (request, ended.outcome, trail.known().actor)
            && let Ok((_, live)) = self.session_of(request).await
        {
            trail.enter(&actor_of(&live));
        }
        self.db.conclude(trail, ended.operation, ended.request, ended.outcome).await
    }
}
