//! The cost of a report, and the time for which its figures are kept.

use super::*;

#[rstest]
#[actix_web::test]
async fn a_report_takes_as_many_statements_for_twenty_cases_as_for_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let fined = async || {
        let case = world.register("caseworker.a", data::vietnamese()).await;
        contact(world, &case, &world.mission("VNM").await).await;
        world.patch("caseworker.a", &at(&case, "/immigration-clearance"), json!({ "stay_expired_on": world.day(-10) })).await.expect(200);
    };
    fined().await;
    let mut one = Vec::new();
    for name in NAMES {
        one.push(cost(world, "caseworker.a", &format!("/v1/reports/{name}")).await.0);
    }
    for _ in 1..20 {
        fined().await;
    }
    for (name, one) in NAMES.into_iter().zip(one) {
        assert_eq!(cost(world, "caseworker.a", &format!("/v1/reports/{name}")).await.0, one, "{name} is counted by the database");
    }
}

#[rstest]
#[actix_web::test]
async fn figures_are_kept_for_seconds_and_never_across_organisations(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let options = options(&world.database.url, 1_000_000, &world.clock);
    // An hour: no figure becomes old while this runs, however slow the machine is. The ageing is tested at the cache itself.
    let deployment = Deployment { report_seconds: 3600, ..options.deployment.clone() };
    let keeping = World::serve(world.kind, Arc::clone(&world.database), homeward::app::Options { deployment, ..options }).await;
    let registered = async |actor: &str| reached(&report(&keeping, actor, "funnel").await["totals"])[0];
    assert_eq!(registered("caseworker.a").await, 0);
    keeping.register("caseworker.a", data::vietnamese()).await;
    assert_eq!((registered("caseworker.a").await, registered("supervisor.a").await), (0, 0), "what was counted a moment ago");
    assert_eq!((registered("coordinator").await, registered("caseworker.b").await), (1, 0), "each organisation has its own figures");
    let fresh = reached(&report(world, "caseworker.a", "funnel").await["totals"])[0];
    assert_eq!(fresh, 1, "a service that keeps nothing counts anew");
}
