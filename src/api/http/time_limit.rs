//! The time limit of a request: seconds, or as long as its body keeps arriving where the door says so.

use actix_web::{HttpMessage, HttpRequest};
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

use crate::error::{Error, ErrorCode};

/// The usual limit, within which a request must have arrived, body included, and been answered.
const USUAL: Duration = Duration::from_secs(15);
/// The limit of an operation that checks by itself whether its body keeps arriving.
const LIFTED: Duration = Duration::from_secs(3700);

/// How far a request has come.
#[derive(Clone, Copy)]
enum Stage {
    /// At its door: nothing of it was done.
    AtTheDoor,
    /// Its body is outstanding.
    Arriving,
    /// All of it is there, and it is being done.
    Arrived,
}

struct Progress {
    limit: Cell<Duration>,
    stage: Cell<Stage>,
}

/// The time limit of one request. The outermost layer enforces it; the door lifts it, because the door knows the operation and
/// the caller. Knows who is late when it is over: the caller, or this service.
#[derive(Clone)]
pub struct TimeLimit(Rc<Progress>);

impl Default for TimeLimit {
    fn default() -> Self {
        Self::of(USUAL)
    }
}

impl TimeLimit {
    fn of(limit: Duration) -> Self {
        Self(Rc::new(Progress { limit: Cell::new(limit), stage: Cell::new(Stage::AtTheDoor) }))
    }

    /// Raises the limit of a request.
    pub fn lift(request: &HttpRequest) {
        if let Some(limit) = request.extensions().get::<Self>() {
            limit.0.limit.set(LIFTED);
        }
    }

    /// The limit of a request.
    pub fn find(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// Notes that the door has let the request in.
    pub fn note_admission(&self) {
        self.0.stage.set(Stage::Arrived);
    }

    /// Notes that the body is outstanding from here on.
    pub fn note_wait_for_body(&self) {
        self.0.stage.set(Stage::Arriving);
    }

    /// Notes that the body is here.
    pub fn note_body(&self) {
        self.0.stage.set(Stage::Arrived);
    }

    /// What a caller is told whose time is over. Only one whose body is outstanding is late: programs repeat a 408 by themselves. A change
    /// may have been made, or may be made yet.
    pub fn late_answer(&self, changes_something: bool) -> Error {
        match self.0.stage.get() {
            Stage::Arriving => ErrorCode::RequestTimeout.into(),
            Stage::Arrived if changes_something => Error::outcome_unknown(),
            Stage::AtTheDoor | Stage::Arrived => Error::new(ErrorCode::DatabaseUnavailable).retry_after(1),
        }
    }

    /// Runs a future until it is done or out of time. The limit may be lifted while it runs.
    pub async fn hold<F: Future>(&self, running: F) -> Result<F::Output, Elapsed> {
        let started = Instant::now();
        let mut running = pin!(running);
        loop {
            let limit = self.0.limit.get();
            match timeout_at(started + limit, running.as_mut()).await {
                Ok(done) => return Ok(done),
                Err(elapsed) if self.0.limit.get() <= limit => return Err(elapsed),
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
        TimeLimit::of(Duration::from_millis(50))
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

    #[test]
    fn only_a_caller_whose_body_is_outstanding_is_late() {
        type Step = fn(&TimeLimit);
        let told = |changes_something: bool, walk: &[Step]| {
            let limit = short();
            walk.iter().for_each(|step| step(&limit));
            let error = limit.late_answer(changes_something);
            (error.code, error.retry_after.is_some())
        };
        let (let_in, awaits): (Step, Step) = (TimeLimit::note_admission, TimeLimit::note_wait_for_body);
        for changes_something in [true, false] {
            assert_eq!(told(changes_something, &[]), (ErrorCode::DatabaseUnavailable, true), "the door did not open: nothing was done");
            assert_eq!(told(changes_something, &[let_in, awaits]), (ErrorCode::RequestTimeout, false));
        }
        for walk in [&[let_in][..], &[let_in, awaits, TimeLimit::note_body]] {
            assert_eq!(told(true, walk), (ErrorCode::OutcomeUnknown, true));
            assert_eq!(told(false, walk), (ErrorCode::DatabaseUnavailable, true));
        }
    }
}
