//! Tables of acts that need two persons: approvals and exports.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    approvals (id) {
        id -> Id,
        created_at -> Instant,
        organisation_id -> Id,
        action -> Text,
        parameters -> Text,
        parameters_hash -> Binary,
        sealed_reason -> Binary,
        asked_by -> Id,
        expires_at -> Instant,
        status -> Text,
        is_settled -> Bool,
        decided_by -> Nullable<Id>,
        decided_at -> Nullable<Instant>,
        executed_at -> Nullable<Instant>,
        case_id -> Nullable<Id>,
        reason_compartment -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    exports (id) {
        id -> Id,
        created_at -> Instant,
        organisation_id -> Id,
        approval_id -> Id,
        asked_by -> Id,
        parameters -> Text,
        expires_at -> Instant,
        fetched_at -> Nullable<Instant>,
        action -> Text,
    }
}
