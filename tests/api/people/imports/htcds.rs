//! The two templates of HTCDS 2.0 by the API, with the right values in the right fields.

use rstest::rstest;
use serde_json::{Value, json};

use super::{List, cases_of};
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};

/// The templates as IOM publishes them (CC BY 4.0), with one person in each.
const SEVERAL: &[u8] = include_bytes!("../../../data/htcds/filled_HTCDS_v2.0.xlsx");
const SINGLE: &[u8] = include_bytes!("../../../data/htcds/filled_HTCDS_single_select_v2.0.xlsx");

#[rstest]
#[actix_web::test]
async fn a_person_on_an_official_template_comes_in_with_every_value_in_its_field(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for (template, methods, types) in [
        (SEVERAL, json!(["debt_bondage", "threats_law_enforcement"]), json!(["forced_labour", "servitude"])),
        (SINGLE, json!(["debt_bondage"]), json!(["forced_labour"])),
    ] {
        let list = List::validated(world, "caseworker.a", template).await;
        let seen = list.see().await;
        assert_eq!((&seen["kind"], &seen["row_count"]), (&json!("xlsx"), &json!(1)), "{seen}");
        let repaired: Vec<&Value> = seen["columns"].as_array().unwrap().iter().filter(|column| !column["repaired"].is_null()).collect();
        assert_eq!(repaired.len(), 6, "what is wrong in the template is put right and told");
        list.step("/commit", Some(json!({ "undecided": "new" }))).await.expect(202);
        super::work(world).await;
        let row = list.rows("registered").await[0].clone();
        let case = world.get("caseworker.a", &format!("/v1/cases/{}", row["case_id"].as_str().unwrap())).await.expect(200).json();
        assert_eq!((&case["identity"]["given_name"], &case["nationality_claimed"]), (&json!("Siti"), &json!("IDN")));
        assert_eq!(case["contact"]["home_address"], "Jalan Asia 1\nMedan\nSumatera Utara\n20212\nIndonesia");
        assert_eq!((&case["narrative"]["control_methods"], &case["narrative"]["exploitation_types"]), (&methods, &types));
    }
    assert_eq!(cases_of(world, "caseworker.a").await.len(), 2);
}
