//! Who belongs together travels together: a manifest reminds of those who are not on board.

use rstest::rstest;
use serde_json::{Value, json};

use crate::sharing::consents_and_referrals::at;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data};

#[rstest]
#[actix_web::test]
async fn a_manifest_says_whom_somebody_would_travel_without(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let person = async |name: &str| {
        let mut body = data::vietnamese();
        body["identity"] = json!({ "given_name": name, "family_name": "Nguyễn", "birth_date": "2001" });
        world.register("caseworker.a", body).await
    };
    let (mother, baby, sister) = (person("Thị Lan").await, person("Minh An").await, person("Thị Hoa").await);
    let hidden = world.register("caseworker.b", data::taiwanese()).await;
    for (other, relation) in [(&baby, "child"), (&sister, "sibling"), (&hidden, "travelling_companion")] {
        let body = json!({ "case_id": other["id"], "relation": relation });
        world.post("coordinator", &at(&mother, "/relations"), body).await.expect(201);
    }
    let batch = data::sample("create_movement_batch", &data::Ids::default(), 1).expect("a body");
    let batch = world.post("caseworker.a", "/v1/movements/batches", batch).await.expect(201).header("location").to_owned();
    let board = async |case: &Value| {
        let body = json!({ "case_ids": [case["id"]] });
        world.post("caseworker.a", &format!("{batch}/passengers"), body).await.expect(201);
    };
    let without = async || {
        let manifest = world.get("caseworker.a", &format!("{batch}/manifest")).await.expect(200).json();
        let of = |case: &Value| {
            let passengers = manifest["passengers"].as_array().expect("passengers");
            let passenger = passengers.iter().find(|line| line["case_id"] == case["id"]);
            passenger.map_or(json!(null), |line| line["travels_without"].clone())
        };
        (of(&mother), of(&baby))
    };
    board(&mother).await;
    let (of_mother, _) = without().await;
    let named: Vec<(&Value, &Value)> =
        of_mother.as_array().expect("a list").iter().map(|other| (&other["case_id"], &other["relation"])).collect();
    assert_eq!(named, [(&baby["id"], &json!("child")), (&sister["id"], &json!("sibling"))], "and nobody whom the reader does not see");
    world.act("supervisor.a", &at(&sister, ""), "/close", json!({ "reason": "returned_by_own_means" })).await.expect(200);
    board(&baby).await;
    assert_eq!(without().await, (json!([]), json!([])));
}
