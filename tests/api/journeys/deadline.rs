//! The end of the time of a request: what its caller is told depends on who is late.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use actix_http::Payload;
use actix_web::http::Method;
use actix_web::test::TestRequest;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use homeward::db::Tx;
use homeward::error::Result;
use serde_json::json;

use crate::support::database::Kind::Sqlite;
use crate::support::world::PASSWORD;
use crate::support::{Answer, World, data};

/// When the writer goes on: after the time of every request is over, and soon enough for what is recorded of them.
const LATE: Duration = Duration::from_secs(16);

/// Holds the writer up for so long.
async fn hold_up_the_writer(world: &World) {
    let (begun, has_begun) = mpsc::channel();
    let db = world.db.clone();
    let wait = move |tx: &mut Tx<'_>| -> Result<()> {
        begun.send(()).expect("the test waits");
        std::thread::sleep(LATE);
        tx.audit_unchanged(uuid::Uuid::nil());
        Ok(())
    };
    actix_web::rt::spawn(async move { db.as_system("test").write(wait).await });
    while has_begun.try_recv().is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A body that keeps arriving, fast enough to be waited for, and has no end.
async fn arriving(world: &World) -> Answer {
    let token = world.token("caseworker.a").await;
    let request = TestRequest::post().uri("/v1/cases").insert_header(("authorization", format!("Bearer {token}")));
    let pieces = stream::unfold(b'{', |piece| async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        Some((Ok(Bytes::from(vec![piece; 1024])), b' '))
    });
    let request = request.insert_header(("content-type", "application/json")).to_request();
    let (request, _) = request.replace_payload(Payload::Stream { payload: pieces.boxed_local() });
    world.answered(request).await.expect("an answer")
}

fn is_unknown(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.json()["code"].as_str()), (503, Some("outcome_unknown")), "{what}");
    assert!(answer.header("retry-after").parse::<u64>().expect("seconds") >= 1, "{what}");
}

#[actix_web::test]
async fn only_whoever_is_still_sending_is_told_to_be_late() {
    let Some(world) = &World::start(Sqlite).await else { return };
    world.keep_session("caseworker.a").await;
    hold_up_the_writer(world).await;
    let begun = Instant::now();
    let credentials = json!({ "username": "officer.idn", "password": PASSWORD });
    let (change, sign_in, slow) = futures_util::join!(
        world.post("caseworker.a", "/v1/cases", data::vietnamese()),
        world.send("", Method::POST, "/v1/auth/login", &[], Some(&credentials)),
        arriving(world),
    );
    assert!(begun.elapsed() >= Duration::from_secs(15), "{:?}: the writer was not held up", begun.elapsed());
    is_unknown(&change, "a case that may have been registered");
    is_unknown(&sign_in, "a session that may have begun");
    slow.problem(408, "request_timeout");
    let listed = world.get("caseworker.a", "/v1/cases").await.expect(200).json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "it was registered, which a 408 would have denied");
}
