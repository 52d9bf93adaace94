//! The end of files: removed, erased, interrupted, refused because the limit is reached.

use super::*;

#[rstest]
#[actix_web::test]
async fn what_is_removed_is_gone_and_what_is_held_is_not_removed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let file = stored(world, "caseworker.a", &case, json!({})).await;
    let etag = world.get("caseworker.a", &file).await.etag();
    let remove = async || world.send("caseworker.a", Method::DELETE, &file, &[("if-match", &etag)], None).await;
    let hold = json!({ "kind": "witness_proceedings", "imposed_on": world.day(0) });
    let hold = world.post("caseworker.a", &at(&case, "/legal-holds"), hold).await.expect(201).header("location").to_owned();
    remove().await.problem(409, "conflict");
    world.patch("caseworker.a", &hold, json!({ "lifted_on": world.day(0) })).await.expect(200);
    world.send("caseworker.a", Method::DELETE, &file, &[("if-match", "\"1-1\"")], None).await.problem(412, "stale_version");
    remove().await.expect(204);
    world.get("caseworker.a", &format!("{file}/content")).await.problem(404, "not_found");
    assert_eq!(lying(world), (1, 0));
    sweep_once(&world.db, &world.files).await.expect("a round");
    assert_eq!(lying(world), (0, 0));
    let other = stored(world, "caseworker.a", &case, json!({})).await;
    world.act("supervisor.a", &at(&case, ""), "/close", json!({ "reason": "other" })).await.expect(200);
    announce(world, "caseworker.a", &case, json!({})).await.problem(409, "case_closed");
    let etag = world.get("caseworker.a", &other).await.etag();
    world.send("caseworker.a", Method::DELETE, &other, &[("if-match", &etag)], None).await.problem(409, "case_closed");
    sweep_once(&world.db, &world.files).await.expect("a round");
    world.get("caseworker.a", &format!("{other}/content")).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn the_files_of_an_erased_person_are_erased(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    crate::accounts::approvals::colleague(world, "second.a", "ngo_supervisor", "NGO A").await;
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let file = stored(world, "caseworker.a", &case, json!({})).await;
    stored(world, "caseworker.a", &case, json!({ "kind": "verdict" })).await;
    let act = json!({ "erasure": { "case_id": case["id"], "requested_by_person": true } });
    let approval = crate::accounts::approvals::approved(world, "supervisor.a", "second.a", act).await;
    let body = json!({ "approval_id": approval, "requested_by_person": true });
    world.post("supervisor.a", &at(&case, "/erasure"), body).await.expect(204);
    world.get("caseworker.a", &format!("{file}/content")).await.problem(404, "not_found");
    crate::accounts::approvals::nothing_is_left(world, &[&case["id"], &json!(file.rsplit('/').next().unwrap())]);
    sweep_once(&world.db, &world.files).await.expect("a round");
    assert_eq!(lying(world), (0, 0));
}

#[rstest]
#[actix_web::test]
async fn whoever_is_shut_out_while_a_file_comes_in_leaves_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let file = announce(world, "caseworker.a", &case, json!({})).await.expect(201);
    let (bearer, etag) = (format!("Bearer {}", world.token("caseworker.a").await), file.etag());
    let file = file.header("location").to_owned();
    let request = TestRequest::put().uri(&format!("{file}/content")).insert_header(("authorization", bearer.clone()));
    let (has_begun, begun) = tokio::sync::oneshot::channel::<()>();
    let (go_on, rest) = tokio::sync::oneshot::channel::<()>();
    let (first, last) = {
        let photo = photo(1000);
        (photo[..500].to_vec(), photo[500..].to_vec())
    };
    let coming = stream::once(async {
        has_begun.send(()).expect("somebody waits for it");
        Ok(Bytes::from(first))
    })
    .chain(stream::once(async {
        rest.await.expect("somebody says when");
        Ok(Bytes::from(last))
    }));
    let (request, _) =
        request.insert_header(("if-match", etag)).to_request().replace_payload(Payload::Stream { payload: coming.boxed_local() });
    let shut_out = async {
        begun.await.expect("the upload begins");
        world.send("", Method::POST, "/v1/auth/logout", &[("authorization", &bearer)], None).await.expect(204);
        go_on.send(()).expect("the upload waits");
    };
    let (answer, ()) = futures_util::join!(world.answered(request), shut_out);
    answer.expect("an answer").problem(401, "unauthenticated");
    world.forget("caseworker.a");
    assert_eq!(world.get("caseworker.a", &file).await.json()["status"], "awaiting_content");
    assert_eq!(lying(world), (0, 0));
}

#[rstest]
#[actix_web::test]
async fn what_broke_off_and_what_never_came_is_forgotten(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let file = announce(world, "caseworker.a", &case, json!({})).await.expect(201).header("location").to_owned();
    let kept = stored(world, "caseworker.a", &case, json!({})).await;
    let mut refused = photo(5000);
    refused.truncate(3000);
    world.put_file("caseworker.a", &file, refused).await.problem(422, "file_refused");
    let reserved = async || world.db.as_system("test").read(homeward::db::cases::attachment_cleanup::due).await.expect("what is due");
    assert_eq!(reserved().await.len(), 0, "another one may still be coming in");
    world.clock.forward(3 * 3600);
    assert_eq!(reserved().await.len(), 1);
    sweep_once(&world.db, &world.files).await.expect("a round");
    assert_eq!((reserved().await.len(), lying(world)), (0, (1, 0)));
    world.days_pass(8).await;
    sweep_once(&world.db, &world.files).await.expect("a round");
    world.get("caseworker.a", &file).await.problem(404, "not_found");
    world.get("caseworker.a", &format!("{kept}/content")).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn there_is_an_end_to_files(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let limits = homeward::domain::cases::attachment::AttachmentLimits { per_case: 2, organisation_gib: 0, total_gib: 100 };
    let options = crate::support::world::options(&world.database.url, 1_000_000, &world.clock);
    let deployment = homeward::db::engine::context::Deployment { attachments: limits, ..options.deployment };
    let small = World::serve(world.kind, world.database.clone(), homeward::app::Options { deployment, ..options }).await;
    let case = small.register("caseworker.a", data::vietnamese()).await;
    let file = announce(&small, "caseworker.a", &case, json!({})).await.expect(201).header("location").to_owned();
    announce(&small, "caseworker.a", &case, json!({})).await.expect(201);
    announce(&small, "caseworker.a", &case, json!({})).await.problem(409, "attachment_limit_reached");
    small.put_file("caseworker.a", &file, photo(1000)).await.problem(409, "attachment_limit_reached");
    // A guest cannot count files that it does not see.
    accepted(&small, &case, "VNM").await;
    announce(&small, "officer.vnm", &case, json!({})).await.expect(201);
    announce(&small, "officer.vnm", &case, json!({})).await.expect(201);
    announce(&small, "officer.vnm", &case, json!({})).await.problem(409, "attachment_limit_reached");
    assert_eq!(lying(&small), (0, 0));
}
