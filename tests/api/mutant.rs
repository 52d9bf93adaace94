//! The second barrier (ASSURANCE A5). In this build every query has forgotten which organisation it asks for: whoever signs in is
//! given the rows of everybody's grants. Still nobody reads a word that their own grant does not open, because the keys in those
//! rows open for the organisation they were sealed for.
//!
//! `cargo test --features without_grant_filter --test api -- mutant`

use crate::access_matrix::shared_ids;
use crate::redaction::{canaries, everything, record_canaries};
use crate::support::both_databases;

both_databases! {
    async fn without_its_filter_the_service_still_discloses_no_compartment(world) {
        let case = world.register("caseworker.a", canaries()).await["id"].as_str().unwrap().to_owned();
        record_canaries(world, &format!("/v1/cases/{case}")).await;
        let shared = shared_ids(world).await;
        for actor in ["officer.idn", "officer.vnm", "officer.twn", "supervisor.idn", "caseworker.b", "analyst", "admin", "auditor"] {
            let text = everything(world, actor, &case, &shared).await;
            assert!(!text.contains("canary-"), "{actor} read what no grant of theirs opens");
        }
        // The mutant is alive: where the filter would have found nothing, a foreign grant was found, and did not open.
        world.get("caseworker.b", &format!("/v1/cases/{case}")).await.problem(500, "internal");
    }
}
