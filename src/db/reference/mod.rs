//! The tables and queries of the area `reference`: missions, compounds, operations, statements, mission reports and fine rates.

pub mod compounds;
pub mod fine_rates;
pub mod mission_reports;
pub mod missions;
pub mod operations;
pub mod statements;
