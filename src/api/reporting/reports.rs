//! Reports: exact figures over the cases that the caller's organisation sees, as JSON, as CSV and as a chart. They name
//! no case and no person. One line a report makes its three operations, and the specification of each.

mod ageing;
mod backlog;
mod fines;
mod forecast;
mod funnel;
mod re_trafficking;
mod reconciliation;

use actix_web::{HttpResponse, get, web};
use serde::de::DeserializeOwned;

use crate::api::http::extract::Query;
use crate::api::reporting::chart;
use crate::api::reporting::report::{Door, Tabular};
use crate::api::reporting::reports::ageing::AgeingReport;
use crate::api::reporting::reports::backlog::BacklogReport;
use crate::api::reporting::reports::fines::FinesReport;
use crate::api::reporting::reports::forecast::ForecastReport;
use crate::api::reporting::reports::funnel::{FunnelQuery, FunnelReport};
use crate::api::reporting::reports::re_trafficking::ReTraffickingReport;
use crate::api::reporting::reports::reconciliation::{ReconciliationQuery, ReconciliationReport};
use crate::error::Result;

fn filter<T: DeserializeOwned>(query: Query<T>) -> T {
    query.0
}

/// Declares the operations of one report: how it is made, what it is called and what is said of it, and its paths.
macro_rules! report {
    (
        $report:ident: $summary:tt, $description:tt,
        $json:ident at $path:tt, $csv:ident at $csv_path:tt, $chart:ident at $chart_path:tt $(, filtered by $query:ident)?
    ) => {
        #[doc = concat!($summary, ".")]
        #[utoipa::path(
            tag = "reports",
            summary = concat!($summary, "."),
            description = concat!(
                $description,
                " Exact figures over the cases that your organisation sees, at most a few seconds old: see `as_of`."
            ),
            params($($query)?),
            responses((status = 200, body = $report, description = "The report"))
        )]
        #[get($path)]
        pub async fn $json(allowed: Door $(, query: Query<$query>)?) -> Result<web::Json<$report>> {
            Ok(web::Json($report::make(&allowed $(, filter::<$query>(query))?).await?))
        }

        #[doc = concat!($summary, ", as CSV.")]
        #[utoipa::path(
            tag = "reports",
            summary = concat!($summary, ", as CSV."),
            description = concat!(
                $description,
                " The first row names the columns; a cell that a spreadsheet would take for a formula begins with an apostrophe."
            ),
            params($($query)?),
            responses((status = 200, content_type = "text/csv", body = String, description = "The report"))
        )]
        #[get($csv_path)]
        pub async fn $csv(allowed: Door $(, query: Query<$query>)?) -> Result<HttpResponse> {
            $report::make(&allowed $(, filter::<$query>(query))?).await?.table().csv(allowed.today().zone())
        }

        #[doc = concat!($summary, ", as a chart.")]
        #[utoipa::path(
            tag = "reports",
            summary = concat!($summary, ", as a chart."),
            description = concat!(
                $description,
                " An SVG image that says what it shows to screen readers too."
            ),
            params($($query)?),
            responses((status = 200, content_type = "image/svg+xml", body = String, description = "The chart"))
        )]
        #[get($chart_path)]
        pub async fn $chart(allowed: Door $(, query: Query<$query>)?) -> Result<HttpResponse> {
            Ok(chart::svg(&$report::make(&allowed $(, filter::<$query>(query))?).await?.drawn(), allowed.today().zone()))
        }
    };
}

report!(
    FunnelReport: "The funnel by mission and month", "How many of those registered in a month reached each milestone, by the mission that they count for.",
    get_funnel_report at "/v1/reports/funnel", get_funnel_csv at "/v1/reports/funnel/csv", get_funnel_chart at "/v1/reports/funnel/chart", filtered by FunnelQuery
);
report!(
    BacklogReport: "Backlog and median days by stage", "How many wait at each stage, for how long, and how long it took those who passed it. `beside_the_road` counts the open cases that are in a side state at that stage, such as on hold: they are not waiting, and may come back.",
    get_backlog_report at "/v1/reports/backlog", get_backlog_csv at "/v1/reports/backlog/csv", get_backlog_chart at "/v1/reports/backlog/chart"
);
report!(
    AgeingReport: "Ageing of waiting cases", "Open cases that have not arrived, by days since registration and by mission.",
    get_ageing_report at "/v1/reports/ageing", get_ageing_csv at "/v1/reports/ageing/csv", get_ageing_chart at "/v1/reports/ageing/chart"
);
report!(
    FinesReport: "Overstay fines", "What was assessed, waived and paid, and what is outstanding, by currency and mission.",
    get_fines_report at "/v1/reports/fines", get_fines_csv at "/v1/reports/fines/csv", get_fines_chart at "/v1/reports/fines/chart"
);
report!(
    ReconciliationReport: "Raid reconciliation", "People counted in public against people registered, by operation and nationality. A difference is only as exact as the published figure: every row keeps its qualifier.",
    get_reconciliation_report at "/v1/reports/reconciliation", get_reconciliation_csv at "/v1/reports/reconciliation/csv", get_reconciliation_chart at "/v1/reports/reconciliation/chart", filtered by ReconciliationQuery
);
report!(
    ReTraffickingReport: "Re-trafficking chains", "People with several cases, by how many and by nationality, and the days between one case and the next.",
    get_re_trafficking_report at "/v1/reports/re-trafficking", get_re_trafficking_csv at "/v1/reports/re-trafficking/csv", get_re_trafficking_chart at "/v1/reports/re-trafficking/chart"
);
report!(
    ForecastReport: "Forecast of the backlog", "The days until nobody waits for departure, at the pace of the last 14 days. `assumption` says how it was computed.",
    get_forecast_report at "/v1/reports/forecast", get_forecast_csv at "/v1/reports/forecast/csv", get_forecast_chart at "/v1/reports/forecast/chart"
);
