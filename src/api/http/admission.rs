//! The order in which a request is read: its door first, then everything else.
//!
//! actix polls the extractors of an operation together. Every input therefore waits here until the door of its request has let
//! the request in: a refusal by the door is never overtaken by the refusal of an input, and no body is received for a caller who
//! was refused.

use actix_web::{HttpMessage, HttpRequest};
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use tokio::sync::SetOnce;

use crate::api::http::time_limit::TimeLimit;
use crate::error::{Error, Result};

/// The state of one request: whether a door decides about it, and whether that door has let it in.
#[derive(Default)]
struct Admission {
    /// None outside the outermost layer.
    limit: Option<TimeLimit>,
    has_door: Cell<bool>,
    admitted: SetOnce<()>,
}

impl Admission {
    fn of(request: &HttpRequest) -> Rc<Self> {
        let known = request.extensions().get::<Rc<Self>>().cloned();
        known.unwrap_or_else(|| {
            let admission = Rc::new(Self { limit: TimeLimit::find(request), ..Self::default() });
            request.extensions_mut().insert(admission.clone());
            admission
        })
    }

    /// Waits for the door. All extractors exist before the first one is polled, so a door that is missing now never comes.
    async fn wait(&self) -> Result<()> {
        if !self.has_door.get() {
            return Err(Error::internal("an input of an operation without a door"));
        }
        self.admitted.wait().await;
        Ok(())
    }
}

/// The right of a door to let its request in.
pub struct Admitting(Rc<Admission>);

impl Admitting {
    /// Takes the decision about a request. Its inputs are read after [`Self::admit`], and never if that is not called.
    pub fn decide(request: &HttpRequest) -> Self {
        let admission = Admission::of(request);
        admission.has_door.set(true);
        Self(admission)
    }

    /// Lets the request in.
    pub fn admit(self) {
        if let Some(limit) = &self.0.limit {
            limit.note_admission();
        }
        // A second door of one operation finds the first one's admission: either alone is enough to be refused.
        let _already_admitted = self.0.admitted.set(());
    }
}

/// The reading of an input. It can be made only here, and so only after the door.
pub struct Extraction<T>(Pin<Box<dyn Future<Output = Result<T>>>>);

impl<T: 'static> Extraction<T> {
    /// Reads an input from the head of the request, after its door.
    pub fn of_head(request: &HttpRequest, read: impl FnOnce(&HttpRequest) -> Result<T> + 'static) -> Self {
        let request = request.clone();
        Self(Box::pin(async move {
            Admission::of(&request).wait().await?;
            read(&request)
        }))
    }

    /// Reads an input from the body, after the door and after every input of the head: a request that is refused for its head is
    /// refused for that, however fast its body arrives.
    pub fn of_body(request: &HttpRequest, read: impl Future<Output = Result<T>> + 'static) -> Self {
        let request = request.clone();
        Self(Box::pin(async move {
            Admission::of(&request).wait().await?;
            // One turn is enough: the inputs of the head are ready at their first poll after the door.
            tokio::task::yield_now().await;
            read.await
        }))
    }
}

impl<T> Future for Extraction<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::dev::Payload;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, FromRequest, HttpResponse, web};

    use super::*;
    use crate::error::ErrorCode;

    /// A door that takes a while, and lets in requests to `/in`.
    struct SlowDoor;
    impl FromRequest for SlowDoor {
        type Error = Error;
        type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;
        fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
            let (admitting, is_let_in) = (Admitting::decide(request), request.query_string() == "in");
            Box::pin(async move {
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
                if !is_let_in {
                    return Err(ErrorCode::PermissionDenied.into());
                }
                admitting.admit();
                Ok(Self)
            })
        }
    }

    struct BadHead;
    impl FromRequest for BadHead {
        type Error = Error;
        type Future = Extraction<Self>;
        fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
            Extraction::of_head(request, |_| Err(ErrorCode::PreconditionRequired.into()))
        }
    }

    struct BadBody;
    impl FromRequest for BadBody {
        type Error = Error;
        type Future = Extraction<Self>;
        fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
            Extraction::of_body(request, async { Err(ErrorCode::InvalidBody.into()) })
        }
    }

    async fn status(url: &str) -> u16 {
        let done = || async { HttpResponse::NoContent().finish() };
        let app = App::new()
            .route("/1", web::get().to(move |_: SlowDoor, _: BadHead, _: BadBody| done()))
            .route("/2", web::get().to(move |_: BadBody, _: SlowDoor, _: BadHead| done()))
            .route("/3", web::get().to(move |_: BadBody, _: BadHead, _: SlowDoor| done()))
            .route("/4", web::get().to(move |_: BadHead, _: BadBody, _: SlowDoor| done()))
            .route("/no-door", web::get().to(move |_: BadBody| done()));
        let service = init_service(app).await;
        call_service(&service, TestRequest::with_uri(url).to_request()).await.status().as_u16()
    }

    #[actix_web::test]
    async fn the_door_is_first_then_the_head_then_the_body_whatever_their_order() {
        for url in ["/1", "/2", "/3", "/4"] {
            assert_eq!(status(url).await, 403, "{url}");
            assert_eq!(status(&format!("{url}?in")).await, 428, "{url}");
        }
    }

    #[actix_web::test]
    async fn an_operation_without_a_door_reads_nothing() {
        assert_eq!(status("/no-door").await, 500);
    }
}
