//! The operations of the area `reference`: missions, compounds, operations, mission reports and fine rates.

pub(in crate::api) mod compounds;
pub(in crate::api) mod fine_rates;
pub(in crate::api) mod mission_reports;
pub(in crate::api) mod missions;
pub(in crate::api) mod operations;
