//! How long a request may take: seconds, or as long as its body moves where the door says so.

use actix_web::{HttpMessage, HttpRequest};
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

/// A request, body included, must have arrived and been answered by then.
const USUAL: Duration = Duration::from_secs(15);
/// The longest that an operation takes which watches by itself whether its body moves.
const LIFTED: Duration = Duration::from_secs(3700);

/// The time that a request has. The outermost layer holds it and the door lifts it, which knows the operation and the caller.
#[derive(Clone)]
pub struct TimeLimit(Rc<Cell<Duration>>);

impl Default for TimeLimit {
    fn default() -> Self {
        Self(Rc::new(Cell::new(USUAL)))
    }
}

impl TimeLimit {
    /// Lets a request take long.
    pub fn lift(request: &HttpRequest) {
        if let Some(limit) = request.extensions().get::<Self>() {
            limit.0.set(LIFTED);
        }
    }

    /// Runs something until it is done or out of time. The limit may be lifted while it runs.
    pub async fn hold<F: Future>(&self, running: F) -> Result<F::Output, Elapsed> {
        let started = Instant::now();
        let mut running = pin!(running);
        loop {
            let limit = self.0.get();
            match timeout_at(started + limit, running.as_mut()).await {
                Ok(done) => return Ok(done),
                Err(elapsed) if self.0.get() <= limit => return Err(elapsed),
                Err(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    fn short() -> TimeLimit {
        TimeLimit(Rc::new(Cell::new(Duration::from_millis(50))))
    }

    #[actix_web::test]
    async fn what_takes_too_long_is_cut_short() {
        assert!(short().hold(sleep(Duration::from_secs(60))).await.is_err());
        assert!(short().hold(async {}).await.is_ok());
    }

    #[actix_web::test]
    async fn what_was_lifted_meanwhile_goes_on() {
        let request = actix_web::test::TestRequest::default().to_http_request();
        let limit = short();
        request.extensions_mut().insert(limit.clone());
        let running = async {
            TimeLimit::lift(&request);
            sleep(Duration::from_millis(200)).await;
        };
        assert!(limit.hold(running).await.is_ok());
    }
}
