//! Addresses of the documentation pages.

use crate::api::http::problem;
use crate::error::ErrorCode;

/// Where the page of a code is: the `type` of its problems.
pub fn address(code: ErrorCode) -> String {
    problem::address(code)
}
