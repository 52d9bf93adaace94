//! Slow uploads of one caller do not stop those of another.

use actix_web::error::PayloadError;
use tokio::sync::mpsc;

use super::*;

/// An upload that begins, says so, and never ends.
async fn endless(world: &World, actor: &str, case: &Value, begun: mpsc::UnboundedSender<()>) -> u16 {
    let file = announce(world, actor, case, json!({})).await.expect(201);
    let url = format!("{}/content", file.header("location"));
    let token = world.token(actor).await;
    let request =
        TestRequest::put().uri(&url).insert_header(("authorization", format!("Bearer {token}"))).insert_header(("if-match", file.etag()));
    let coming = stream::once(async move {
        begun.send(()).expect("somebody counts");
        Ok::<_, PayloadError>(Bytes::from_static(&[0xff, 0xd8]))
    });
    let (request, _) = request.to_request().replace_payload(Payload::Stream { payload: coming.chain(stream::pending()).boxed_local() });
    world.answered(request).await.expect("an answer").status
}

#[rstest]
#[actix_web::test]
async fn slow_uploads_of_one_stop_nobody_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let colleagues = ["caseworker.a", "supervisor.a", "third.a"];
    crate::accounts::approvals::colleague(world, "third.a", "ngo_supervisor", "NGO A").await;
    for actor in colleagues {
        world.token(actor).await;
    }
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let other = world.register("caseworker.b", data::taiwanese()).await;
    let (begun, mut beginnings) = mpsc::unbounded_channel();
    // Twenty uploads of each of three colleagues: of each six are received, and of all together sixteen.
    let slow = futures_util::future::join_all(
        colleagues.iter().flat_map(|actor| std::iter::repeat_n(*actor, 20)).map(|actor| endless(world, actor, &case, begun.clone())),
    );
    let others = async {
        for _ in 0..16 {
            beginnings.recv().await.expect("sixteen begin");
        }
        let file = announce(world, "caseworker.b", &other, json!({})).await.expect(201).header("location").to_owned();
        world.put_file("caseworker.b", &file, photo(1000)).await.expect(200);
        let file = announce(world, "caseworker.a", &case, json!({})).await.expect(201).header("location").to_owned();
        world.put_file("caseworker.a", &file, photo(1000)).await.problem(429, "too_many_requests");
        beginnings.try_recv().is_err()
    };
    match futures_util::future::select(Box::pin(slow), Box::pin(others)).await {
        futures_util::future::Either::Right((no_more, slow)) => {
            assert!(no_more, "no seventeenth began");
            drop(slow);
        }
        futures_util::future::Either::Left((ended, _)) => panic!("an endless upload ended: {ended:?}"),
    }
    // Whoever broke off gives the places back.
    let file = announce(world, "caseworker.a", &case, json!({})).await.expect(201).header("location").to_owned();
    world.put_file("caseworker.a", &file, photo(1000)).await.expect(200);
}
