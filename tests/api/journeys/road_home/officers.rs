//! The operations and views of an officer and of a guest mission on the road home.

use super::*;

#[rstest]
#[actix_web::test]
async fn what_a_guest_mission_may_record_and_see(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    let request = |mission: &str, status: &str| json!({ "mission_id": mission, "kind": "emergency_travel_document", "status": status, "number": "X1", "issued_on": "2026-01-20", "expires_on": "2999-01-01" });
    let (own, foreign) = (world.mission("VNM").await, world.mission("IDN").await);
    let refused = world.post("caseworker.a", &at(&case, "/travel-documents"), request(&foreign, "requested")).await;
    assert_eq!(refused.pointers(), ["/mission_id"]);
    let refused = world.post("caseworker.a", &at(&case, "/travel-documents"), request(&own, "issued")).await;
    assert_eq!(refused.pointers(), ["/status"], "only the mission issues");
    let document = record(world, "caseworker.a", &case, "travel-documents", request(&own, "requested")).await;
    let worklist = world.get("officer.vnm", "/v1/worklist?horizon_days=7").await.expect(200).json();
    assert_eq!((worklist["items"][0]["task"]["kind"].clone(), worklist["items"].as_array().unwrap().len()), (json!("document_waiting"), 1));
    world.patch("officer.vnm", &document, json!({ "status": "issued" })).await.expect(200);
    assert_eq!(world.get("officer.vnm", "/v1/worklist?horizon_days=7").await.json()["items"], json!([]));
    for (collection, body) in crate::support::records::all() {
        let closed = !matches!(
            collection,
            "travel-documents"
                | "fine-waivers"
                | "fine-payments"
                | "return-decisions"
                | "movements"
                | "arrivals"
                | "best-interests"
                | "deaths"
                | "next-of-kin"
                | "assistance"
                | "letters"
                | "births"
                | "host-episodes"
        );
        let answer = world.get("officer.vnm", &at(&case, &format!("/{collection}"))).await.expect(200).json();
        assert_eq!(answer.get("items").is_none(), closed, "{collection}");
        if closed || matches!(collection, "return-decisions" | "best-interests" | "deaths" | "births" | "next-of-kin" | "host-episodes") {
            world.post("officer.vnm", &at(&case, &format!("/{collection}")), body).await.problem(403, "permission_denied");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn the_worklist_is_the_officers_day(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let url = at(&case, "");
    assert_eq!(world.get("caseworker.a", "/v1/worklist").await.expect(200).json()["items"], json!([]), "nothing is due on the first day");
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &format!("{url}/embassy-contacts"), contact).await.expect(201);
    world
        .post("caseworker.a", &format!("{url}/nationality-verifications"), json!({ "mission_id": world.mission("VNM").await }))
        .await
        .expect(201);
    let added = json!({ "note": "Bring glasses", "due_on": world.day(9) });
    let added = world.post("caseworker.a", &format!("{url}/tasks"), added).await.expect(201).header("location").to_owned();
    world.days_pass(15).await;
    let list = world.get("caseworker.a", "/v1/worklist").await.expect(200).json();
    let kinds: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["task"]["kind"].as_str().unwrap(), line["days_overdue"].as_i64().unwrap()))
        .collect();
    assert_eq!(kinds, [("mission_silent", 8), ("added", 6), ("stalled", 1)], "the longest overdue first");
    assert_eq!(
        (list["items"][0]["name"].clone(), list["items"][1]["task"]["note"].clone()),
        (json!("Văn Hùng Nguyễn"), json!("Bring glasses"))
    );
    assert_eq!(list["items"][2]["task"]["next_action"]["resource"], "repatriation", "all is there: move on");
    assert_eq!(world.get("caseworker.b", "/v1/worklist").await.json()["items"], json!([]), "another organisation has its own day");
    assert_eq!(world.get("officer.vnm", "/v1/worklist").await.json()["items"][0]["task"]["kind"], "verification_waiting");
    world.patch("caseworker.a", &added, json!({ "status": "done" })).await.expect(200);
    let process = list["items"][0]["task"].clone();
    let process = format!("{url}/tasks/{}", process["id"].as_str().unwrap());
    world.patch("caseworker.a", &process, json!({ "status": "done" })).await.problem(409, "conflict");
    let me = world.get("caseworker.a", "/v1/me").await.json()["user_id"].clone();
    world.act("supervisor.a", &url, "/assign", json!({ "assigned_to": me })).await.expect(200);
    let mine = world.get("caseworker.a", "/v1/worklist?of=me").await.json();
    assert_eq!(mine["items"].as_array().unwrap().len(), 2);
    world.act("supervisor.a", &url, "/close", json!({ "reason": "other" })).await.expect(200);
    assert_eq!(world.get("caseworker.a", "/v1/worklist").await.json()["items"], json!([]), "nothing is left of a closed case");
}
