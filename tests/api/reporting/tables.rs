//! Reports and counts as tables, at their own address where CSV is asked for.

use actix_web::http::Method;
use rstest::rstest;

use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};

#[rstest]
#[actix_web::test]
async fn a_table_is_had_at_the_address_of_the_report_too(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    for url in ["/v1/reports/forecast", "/v1/reports/funnel?from=2026-01", "/v1/statistics/cases?by=stage,side_state"] {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let table = world.get("analyst", &format!("{path}/csv?{query}")).await.expect(200);
        for accept in ["text/csv", "text/csv, */*;q=0.1", "application/json;q=0.5, text/csv"] {
            let asked = world.send("analyst", Method::GET, url, &[("accept", accept)], None).await.expect(200);
            assert_eq!((asked.text(), asked.header("content-disposition")), (table.text(), table.header("content-disposition")), "{url}");
        }
        let head = world.send("analyst", Method::HEAD, url, &[("accept", "text/csv")], None).await.expect(200);
        assert_eq!(head.header("content-type"), table.header("content-type"));
        let both = world.send("analyst", Method::GET, url, &[("accept", "application/json, text/csv")], None).await.expect(200);
        assert!(both.header("content-type").starts_with("application/json"));
        world.send("admin", Method::GET, url, &[("accept", "text/csv")], None).await.problem(403, "permission_denied");
    }
}
