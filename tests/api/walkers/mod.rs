//! Tests that walk the whole surface and fail by themselves when a new part is added.

pub mod access_matrix;
pub mod architecture;
pub mod asvs;
pub mod audit_coverage;
pub mod authority;
pub mod bad_input;
pub mod circles;
pub mod cross_reference;
pub mod every_role;
#[cfg(feature = "without_grant_filter")]
pub mod grant_filter_off;
pub mod guest_fields;
pub mod list_cost;
pub mod merged_tables;
pub mod methods;
pub mod migrations;
pub mod openapi;
pub mod plain_paths;
pub mod query_counts;
pub mod redaction;
pub mod refusal_order;
pub mod relation_matrix;
pub mod replays;
pub mod routing;
pub mod texts;
pub mod told_ids;
