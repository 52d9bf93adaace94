//! The forecast.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::reporting::report::{Door, Tabular};
use crate::api::reporting::table::{Role, Table};
use crate::db::reporting::reports;
use crate::domain::dates::Timestamp;
use crate::domain::reporting::{Forecast, PACE_DAYS, Pace, forecast};
use crate::error::Result;

/// The days until nobody waits for departure, if everything goes on as it went lately.
#[derive(Serialize, ToSchema)]
pub struct ForecastReport {
    /// When the figures were counted.
    as_of: Timestamp,
    /// Open cases that have not departed, those beside the road included.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    backlog: i64,
    /// The last days whose departures were counted, today among them.
    #[schema(minimum = 1, maximum = 100)]
    pace_days: i64,
    /// Departures in these days.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    departures: i64,
    /// Departures a day, rounded.
    departures_a_day: Pace,
    /// Days until nobody waits; null: nobody left in these days, so there is no saying.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    days_to_clear: Option<i64>,
    /// The day that is.
    #[schema(max_length = 10)]
    expected_on: Option<NaiveDate>,
    /// How this was computed. Show it with the figure.
    #[schema(
        max_length = 300,
        example = "100 waiting before departure, 35 departures in the last 14 days, 2.50 a day. Assumes that the pace stays as it was and that nobody else is registered."
    )]
    assumption: String,
}

impl ForecastReport {
    pub async fn make(allowed: &Door) -> Result<Self> {
        let counted = allowed.read_cached("forecast", reports::flow).await?;
        let reports::Flow { backlog, departures } = counted.value;
        let Forecast { pace, days_to_clear, expected_on, assumption } =
            forecast(backlog, departures, allowed.today().zone().day_of(counted.at));
        Ok(Self {
            as_of: counted.at,
            backlog,
            pace_days: PACE_DAYS,
            departures,
            departures_a_day: pace,
            days_to_clear,
            expected_on,
            assumption,
        })
    }
}

impl Tabular for ForecastReport {
    fn table(&self) -> Table {
        let columns = vec![
            ("backlog", Role::Bar),
            ("pace_days", Role::Plain),
            ("departures", Role::Bar),
            ("departures_a_day", Role::Bar),
            ("days_to_clear", Role::Bar),
            ("expected_on", Role::Plain),
            ("assumption", Role::Plain),
        ];
        let mut table = Table::new("forecast", "Days to clear the backlog", self.as_of, columns);
        table.rows.push(vec![
            self.backlog.into(),
            self.pace_days.into(),
            self.departures.into(),
            self.departures_a_day.into(),
            self.days_to_clear.into(),
            self.expected_on.map(|day| day.to_string()).into(),
            self.assumption.as_str().into(),
        ]);
        table
    }

    /// The assumption is part of the chart: without it the figure would say more than it knows.
    fn drawn(&self) -> Table {
        Table { note: Some(self.assumption.clone()), ..self.table() }
    }
}
