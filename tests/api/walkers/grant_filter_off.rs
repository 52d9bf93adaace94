//! The second barrier (ASSURANCE A5). In this build the queries of some organisations forget which organisation they ask for:
//! their users get the rows of all grants. Still no user reads a word that the user's own grant does not open, because the keys
//! in those rows open for the organisation they were sealed for.
//!
//! `cargo test --features without_grant_filter --test api -- mutant`

use homeward::db::casefile::grants::forgotten_filter::forget_filter_of;
use homeward::domain::ids::OrganisationId;
use rstest::rstest;

use crate::sharing::consents_and_referrals::organisation_of;
use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::walkers::access_matrix::shared_ids;
use crate::walkers::redaction::{canaries, everything, record_canaries};

#[rstest]
#[actix_web::test]
async fn without_its_filter_the_service_still_discloses_no_compartment(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", canaries()).await["id"].as_str().unwrap().to_owned();
    let url = format!("/v1/cases/{case}");
    record_canaries(world, &url).await;
    let shared = shared_ids(world).await;
    world.get("caseworker.b", &url).await.problem(404, "not_found");
    let strangers = ["officer.idn", "officer.vnm", "officer.twn", "supervisor.idn", "caseworker.b", "analyst", "admin", "auditor"];
    for actor in strangers {
        forget_filter_of(OrganisationId(organisation_of(world, actor).await.parse().unwrap()));
    }
    for actor in strangers {
        let text = everything(world, actor, &case, &shared).await;
        assert!(!text.contains("canary-"), "{actor} read what no grant of theirs opens");
    }
    // Proof that the filter is off: a foreign grant was found, and did not open.
    world.get("caseworker.b", &url).await.problem(500, "integrity");
    assert!(world.get("caseworker.a", &url).await.expect(200).text().contains("canary-protection"), "there was something to read");
}
