//! Page parameters.

use serde::Deserialize;

use crate::db::engine::page::{DEFAULT_LIMIT, MAX_LIMIT, PageRequest};
use crate::domain::violation::Violation;
use crate::error::{Error, ErrorCode, Result};

/// Reads `limit` and `after` of a query.
pub fn page_request(limit: Option<i64>, after: Option<String>) -> Result<PageRequest> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        let violation = Violation::new("limit", "range", "must lie between 1 and 200");
        return Err(Error::new(ErrorCode::InvalidQuery).with(vec![violation]));
    }
    Ok(PageRequest { limit, after })
}

/// The parameters of a list without filters.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Items on the page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50, format = Int32)]
    pub limit: Option<i64>,
    /// The cursor `next` of the page before.
    #[param(max_length = 2000)]
    pub after: Option<String>,
}
