//! The state after an undo.

use super::*;
use crate::support::journey::{go, ready_to_depart, to_clearing};

#[rstest]
#[actix_web::test]
async fn an_undo_restores_both_exactly(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    for case in [&twins.survivor, &twins.other] {
        accept_mission(world, case).await;
        world.post("caseworker.a", &at(case, "/stays"), json!({ "entry": "sold" })).await.expect(201);
        world.post("caseworker.a", &at(case, "/tasks"), json!({ "note": "Call the sister", "due_on": world.day(3) })).await.expect(201);
        answer(world, case, json!({ "purpose": "share_with_ngo" })).await.expect(201);
    }
    // A user who now sees both records gets the notice of the pair now, and not after the undo.
    world.patch("caseworker.a", &at(&twins.other, ""), json!({ "identity": { "middle_name": "Van" } })).await.expect(200);
    follow_once(&world.db).await.unwrap();
    match_once(&world.db).await.unwrap();
    let ids = [&twins.survivor["id"], &twins.survivor["person_id"], &twins.other["id"], &twins.other["person_id"]];
    let (before, seen) = (rows_naming(world, &ids), world.get("caseworker.a", &at(&twins.survivor, "")).await.json());
    let choices = json!([{ "field": "identity.given_name", "keep": "other" }, { "field": "contact.phones", "keep": "other" }]);
    let merge = twins.merge_as(world, "supervisor.a", choices).await.expect(201).header("location").to_owned();
    follow_once(&world.db).await.unwrap();
    undo(world, &merge).await.expect(200);
    match_once(&world.db).await.unwrap();
    let after = rows_naming(world, &ids);

    // Tables that only grow, and the merge itself.
    let grows = ["audit_entries", "access_events", "case_changes", "listed_changes", "merges"];
    for table in grows {
        assert!(after[table].is_superset(&before[table]), "{table}: what was written stays");
    }
    // A row of the survivor has a new version; its contents are as before.
    let other = [&twins.other["id"], &twins.other["person_id"]];
    let names = |row: &str, id: &Value| row.replace('-', "").to_lowercase().contains(&id.as_str().unwrap().replace('-', ""));
    for (table, rows) in before.iter().filter(|(table, _)| !grows.contains(&table.as_str())) {
        if table == "compartments" {
            let of_other =
                |rows: &BTreeSet<String>| rows.iter().filter(|row| other.iter().any(|id| names(row, id))).cloned().collect::<BTreeSet<_>>();
            assert_eq!(of_other(rows), of_other(&after[table]));
            assert!(of_other(rows).len() > 2);
        } else if ["cases", "case_grants", "duplicate_pairs"].contains(&table.as_str()) {
            assert_eq!(without_versions(rows), without_versions(&after[table]), "{table}");
            let changed = rows.difference(&after[table]).filter(|row| names(row, &twins.other["id"])).count();
            assert_eq!(changed, 0, "{table}: nothing of the other one changed");
        } else if table == "name_changes" {
            // Numbered by the transaction that changed a name: the merge told that somebody is gone, and the undo names both anew.
            for person in [&twins.survivor["person_id"], &twins.other["person_id"]] {
                assert!(after[table].iter().any(|row| names(row, person)), "{table}: other instances find them again");
            }
        } else {
            assert_eq!(*rows, after[table], "{table}");
        }
    }
    assert!(
        before["blind_index"].len() >= 2 && before["case_grants"].len() >= 6 && before["tasks"].len() >= 2,
        "the test looks where they are"
    );
    let again = world.get("caseworker.a", &at(&twins.survivor, "")).await.json();
    for compartment in ["identity", "contact", "location", "health", "narrative", "protection"] {
        assert_eq!(again[compartment], seen[compartment], "{compartment}");
    }
    world.get("officer.vnm", &at(&twins.other, "")).await.expect(200);
    assert_eq!(world.get("supervisor.a", &twins.url("")).await.expect(200).json()["status"], "open");
    world.patch("caseworker.a", &at(&twins.other, ""), json!({ "risk_level": "high" })).await.expect(200);
    twins.merge(world).await;
}

#[rstest]
#[actix_web::test]
async fn what_was_entered_since_is_not_lost_by_an_undo(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let twins = twins(world).await;
    let merge = twins.merge(world).await;
    world.patch("caseworker.a", &at(&twins.survivor, ""), json!({ "identity": { "birth_place": "Huế" } })).await.expect(200);
    let refused = undo(world, &merge).await.problem(409, "undo_blocked");
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/identity/birth_place"), &json!("changed_since"))
    );
    world.patch("caseworker.a", &at(&twins.survivor, ""), json!({ "identity": { "birth_place": "Hải Phòng" } })).await.expect(200);
    world.act("supervisor.a", &at(&twins.survivor, ""), "/close", json!({ "reason": "other" })).await.expect(200);
    assert_eq!(undo(world, &merge).await.problem(409, "undo_blocked")["errors"][0]["code"], "survivor_closed");
    world.act("supervisor.a", &at(&twins.survivor, ""), "/reopen", json!({ "reason": "It goes on" })).await.expect(200);
    undo(world, &merge).await.expect(200);
}

#[rstest]
#[actix_web::test]
async fn who_waited_for_departure_with_a_document_of_the_other_one_falls_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let survivor = to_clearing(world, "officer.idn", data::walk_in()).await;
    let other = world.register("officer.idn", data::walk_in()).await;
    match_once(&world.db).await.expect("everybody is compared");
    let pair = world.get("supervisor.idn", "/v1/duplicates").await.expect(200).json()["items"][0]["id"].as_str().unwrap().to_owned();
    ready_to_depart(world, "officer.idn", &survivor).await;
    let documents = world.get("officer.idn", &at(&survivor, "/travel-documents")).await.expect(200).json();
    let own = at(&survivor, &format!("/travel-documents/{}", documents["items"][0]["id"].as_str().unwrap()));
    world.patch("officer.idn", &own, json!({ "expires_on": world.day(1) })).await.expect(200);
    let lasting = json!({ "kind": "passport_valid", "status": "handed_over", "number": "C7654321", "handed_over_on": world.day(0), "expires_on": world.day(90) });
    world.post("officer.idn", &at(&other, "/travel-documents"), lasting).await.expect(201);
    let version = async |case: &Value| world.get("officer.idn", &at(case, "")).await.json()["version"].clone();
    let body = json!({ "survivor_case_id": survivor["id"], "survivor_version": version(&survivor).await, "other_version": version(&other).await, "choices": [] });
    let merge = world.post("supervisor.idn", &format!("/v1/duplicates/{pair}/merge"), body).await.expect(201).header("location").to_owned();
    let flight = json!({ "mode": "flight", "status": "booked", "departs_at": format!("{}T08:00:00Z", world.day(5)), "arrives_at": format!("{}T12:00:00Z", world.day(5)) });
    world.post("officer.idn", &at(&survivor, "/movements"), flight).await.expect(201);
    go(world, "officer.idn", &survivor, json!({ "to": "departure_scheduled" })).await.expect(200);

    world.act("supervisor.idn", &merge, "/undo", json!({ "reason": "Sisters: both came to the counter" })).await.expect(200);
    let standing = world.get("officer.idn", &at(&survivor, "/repatriation")).await.expect(200).json();
    assert_eq!(standing["stage"], "clearing", "nobody flies with the passport of somebody else");
    let last = standing["history"].as_array().unwrap().last().expect("a move").clone();
    let me = world.get("supervisor.idn", "/v1/me").await.json();
    assert_eq!((&last["rule"], &last["user_id"], &last["organisation_id"]), (&json!("T13"), &me["user_id"], &me["organisation_id"]));
    let case = world.get("officer.idn", &at(&survivor, "")).await.expect(200).json();
    assert_eq!((&case["owner_id"], &case["stage"]), (&survivor["owner_id"], &json!("clearing")), "whoever owned it answers for it");
    let tasks = world.get("officer.idn", &at(&survivor, "/tasks")).await.expect(200).text();
    assert!(tasks.contains("stalled"), "and is told what to do next: {tasks}");
}
