//! The time limit of a request: seconds, or as long as its body keeps arriving where the door says so.

use actix_web::{HttpMessage, HttpRequest};
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

/// The usual limit, within which a request must have arrived, body included, and been answered.
const USUAL: Duration = Duration::from_secs(15);
/// The limit of an operation that checks by itself whether its body keeps arriving.
const LIFTED: Duration = Duration::from_secs(3700);

/// The time limit of one request. The outermost layer enforces it; the door lifts it, because the door knows the operation and
/// the caller.
#[derive(Clone)]
pub struct TimeLimit(Rc<Cell<Duration>>);

impl Default for TimeLimit {
    fn default() -> Self {
        Self(Rc::new(Cell::new(USUAL)))
    }
}

impl TimeLimit {
    /// Raises the limit of a request.
    pub fn lift(request: &HttpRequest) {
        if let Some(limit) = request.extensions().get::<Self>() {
            limit.0.set(LIFTED);
        }
    }

    /// Runs a future until it is done or out of time. The limit may be lifted while it runs.
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
