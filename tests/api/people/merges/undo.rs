//! The state after an undo.

use super::*;

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
    let grows = ["audit_entries", "access_events", "case_changes", "merges"];
    for table in grows {
        assert!(after[table].is_superset(&before[table]), "{table}: what was written stays");
    }
    // A row of the survivor has a new version; its contents are as before.
    let other = [&twins.other["id"], &twins.other["person_id"]];
    for (table, rows) in before.iter().filter(|(table, _)| !grows.contains(&table.as_str())) {
        if table == "compartments" {
            let of_other = |rows: &BTreeSet<String>| {
                rows.iter()
                    .filter(|row| {
                        other.iter().any(|id| row.replace('-', "").to_lowercase().contains(&id.as_str().unwrap().replace('-', "")))
                    })
                    .cloned()
                    .collect::<BTreeSet<_>>()
            };
            assert_eq!(of_other(rows), of_other(&after[table]));
            assert!(of_other(rows).len() > 2);
        } else if ["cases", "case_grants", "duplicate_pairs"].contains(&table.as_str()) {
            assert_eq!(without_versions(rows), without_versions(&after[table]), "{table}");
            let changed = rows
                .difference(&after[table])
                .filter(|row| row.replace('-', "").to_lowercase().contains(&twins.other["id"].as_str().unwrap().replace('-', "")))
                .count();
            assert_eq!(changed, 0, "{table}: nothing of the other one changed");
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
