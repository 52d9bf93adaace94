//! The mechanism of the database layer: connections, the writer, the readers, transactions, pages, the audit trail. It contains
//! no resource.

pub(in crate::db) mod attempt;
pub mod audit;
pub(in crate::db) mod backend;
pub(in crate::db) mod case_columns;
mod change_mark;
pub(in crate::db) mod clock;
pub mod completeness;
pub mod connection;
pub mod context;
pub(in crate::db) mod copied_table;
pub mod copied_tables;
mod damage;
pub mod expected;
mod file_identity;
pub mod integrity;
pub(in crate::db) mod kept_keys;
pub mod lease;
pub(in crate::db) mod listed_changes;
mod log_file;
pub mod migrate;
pub(in crate::db) mod name_changes;
pub(in crate::db) mod name_index;
pub(in crate::db) mod outage;
pub mod page;
mod postgres;
pub(in crate::db) mod readers;
pub(in crate::db) mod refusals;
pub(in crate::db) mod report_cache;
pub mod space;
mod sqlite;
pub mod sqlite_file;
pub(in crate::db) mod trail;
pub(in crate::db) mod transactions;
pub(in crate::db) mod tx;
pub(in crate::db) mod work;
pub(in crate::db) mod writer;
