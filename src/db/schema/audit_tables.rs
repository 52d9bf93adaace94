//! Tables of work that the system does itself, of the audit trail, of what those who answer for data protection are told, and of repeated requests.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    leases (work) {
        work -> Text,
        holder -> Id,
        held_until -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    last_backup (made_at) {
        made_at -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    audit_entries (seq) {
        seq -> BigInt,
        recorded_at -> Instant,
        user_id -> Nullable<Id>,
        organisation_id -> Id,
        session_id -> Nullable<Id>,
        operation -> Text,
        decision -> Text,
        subject_ids -> Binary,
        compartments -> Integer,
        request_id -> Id,
        old_version -> Nullable<BigInt>,
        new_version -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        client_id -> Nullable<Id>,
        code -> Text,
        status -> Integer,
        name_tried -> Nullable<Binary>,
        occurrences -> Integer,
        position -> Nullable<BigInt>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    audit_subjects (subject_id, position) {
        subject_id -> Binary,
        position -> BigInt,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    audit_readers (reader_id, recorded_at, position) {
        reader_id -> Id,
        recorded_at -> Instant,
        position -> BigInt,
        organisation_id -> Id,
        caller_id -> Nullable<Id>,
        operation -> Text,
        decision -> Text,
        code -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    audit_keys (id) {
        id -> Integer,
        created_at -> Instant,
        public_key -> Binary,
        sealed_seed -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    audit_checkpoints (size) {
        size -> BigInt,
        sealed_at -> Instant,
        root -> Binary,
        leaves -> Binary,
        edge -> Binary,
        note -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    anonymous_refusals (hour, operation, code) {
        hour -> Instant,
        operation -> Text,
        code -> Text,
        occurrences -> BigInt,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    idempotency_keys (user_id, key) {
        user_id -> Id,
        key -> Text,
        operation -> Text,
        body_hash -> Nullable<Binary>,
        created_at -> Instant,
        case_id -> Nullable<Id>,
        resource_ids -> Nullable<Binary>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    data_protection_events (id) {
        id -> Id,
        organisation_id -> Id,
        kind -> Text,
        user_id -> Nullable<Id>,
        case_id -> Nullable<Id>,
        happened_at -> Instant,
        client_id -> Nullable<Id>,
    }
}
