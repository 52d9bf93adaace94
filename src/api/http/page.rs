//! Page parameters.

use serde::{Deserialize, Deserializer};

use crate::db::engine::page::{DEFAULT_LIMIT, MAX_LIMIT, PageRequest};
use crate::domain::unreadable::invalid;

/// The page that `limit` and `after` of a query ask for.
pub fn page_request(limit: Option<i64>, after: Option<String>) -> PageRequest {
    PageRequest { limit: limit.unwrap_or(DEFAULT_LIMIT), after }
}

/// Reads `limit`: in its bounds, or refused together with whatever else is wrong with the query.
pub fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let limit = Option::<i64>::deserialize(deserializer)?;
    let is_out_of_bounds = limit.is_some_and(|limit| !(1..=MAX_LIMIT).contains(&limit));
    if is_out_of_bounds { Err(invalid("range", "must lie between 1 and 200", "50")) } else { Ok(limit) }
}

/// The parameters of a list without filters.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Items on the page, 1 to 200.
    #[serde(default, deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    pub limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    pub after: Option<String>,
}
