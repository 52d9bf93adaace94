//! Lists as they are sent from the field: in the encoding of an older program, and as lines of JSON.

use rstest::rstest;
use serde_json::{Value, json};

use super::{List, work};
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};

#[rstest]
#[actix_web::test]
async fn a_list_in_the_encoding_of_its_country_names_people_as_they_are_called(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (charset, name, bytes) in [
        // There a sign stands behind the letter that it belongs to.
        ("windows-1258", "Nguyễn Thị Hà", b"Nguy\xEA\xDEn Thi\xF2 H\xE0".as_slice()),
        ("gb18030", "王芳", b"\xCD\xF5\xB7\xBC".as_slice()),
    ] {
        let file = [b"No;Name;Gender;Date of birth\n1;".as_slice(), bytes, b";F;17/3/1999\n"].concat();
        let made = world.post("caseworker.a", "/v1/imports", json!({ "charset": charset })).await.expect(201);
        let list = List { world, actor: "caseworker.a", url: made.header("location").to_owned() };
        list.send_as("text/csv", &file).await.expect(202);
        work(world).await;
        assert_eq!(registered(&list).await["identity"]["original_script_name"], name, "{charset}");
    }
}

#[rstest]
#[actix_web::test]
async fn lines_of_json_are_a_list(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let list = List::announced(world, "caseworker.a").await;
    let lines = "{\"Name\": \"Siti Rahmawati\", \"Gender\": \"F\", \"Date of birth\": \"1999-03-17\"}\n";
    list.send_as("application/x-ndjson", lines.as_bytes()).await.expect(202);
    work(world).await;
    assert_eq!(list.see().await["kind"], "ndjson");
    let case = registered(&list).await;
    assert_eq!((&case["identity"]["original_script_name"], &case["gender"]), (&json!("Siti Rahmawati"), &json!("feminine")), "{case}");
}

/// The case of the one person on a list that was read.
async fn registered(list: &List<'_>) -> Value {
    list.map(list.proposed().await).await.expect(200);
    list.step("/validate", None).await.expect(202);
    work(list.world).await;
    assert_eq!(list.commit().await["state"], "committed", "{}", list.see().await);
    let row = list.rows("registered").await[0].clone();
    let url = format!("/v1/cases/{}", row["case_id"].as_str().expect("a case"));
    list.world.get(list.actor, &url).await.expect(200).json()
}
