//! Tables of the matcher, the merges and the search: queue, pairs, tracing requests, and mission reports.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    name_changes (position) {
        position -> BigInt,
        person_id -> Nullable<Id>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    matching_queue (subject_id) {
        subject_id -> Id,
        kind -> Text,
        queued_at -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    duplicate_pairs (id) {
        id -> Id,
        organisation_id -> Id,
        first_person_id -> Id,
        second_person_id -> Id,
        status -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
        decided_by -> Nullable<Id>,
        sealed_reason -> Nullable<Binary>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    search_budgets (subject_id, day) {
        subject_id -> Id,
        day -> Date,
        spent -> Integer,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    tracing_requests (id) {
        id -> Id,
        organisation_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        relation -> Text,
        status -> Text,
        sealed_details -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    tracing_matches (id) {
        id -> Id,
        request_id -> Id,
        person_id -> Id,
        case_id -> Id,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
        decision -> Nullable<Text>,
        decided_by -> Nullable<Id>,
        decided_at -> Nullable<Instant>,
        consent_id -> Nullable<Id>,
        sealed_note -> Nullable<Binary>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    mission_reports (id) {
        id -> Id,
        organisation_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        reported_on -> Date,
        nationality -> Text,
        host_country -> Nullable<Text>,
        count -> Integer,
        qualifier -> Text,
        kind -> Text,
        basis -> Nullable<Text>,
        operation_id -> Nullable<Id>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    merges (id) {
        id -> Id,
        organisation_id -> Id,
        pair_id -> Id,
        survivor_person_id -> Id,
        survivor_case_id -> Id,
        merged_person_id -> Id,
        merged_case_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        undone_at -> Nullable<Instant>,
        undone_by -> Nullable<Id>,
        sealed_identity -> Nullable<Binary>,
        sealed_contact -> Nullable<Binary>,
        sealed_reason -> Nullable<Binary>,
        sealed_plain -> Nullable<Binary>,
        sealed_location -> Nullable<Binary>,
        sealed_health -> Nullable<Binary>,
        sealed_narrative -> Nullable<Binary>,
        sealed_protection -> Nullable<Binary>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    merged_grants (case_id, organisation_id, basis) {
        case_id -> Id,
        organisation_id -> Id,
        basis -> Text,
        consent_id -> Nullable<Id>,
        compartments -> Integer,
        sealed_keys -> Binary,
        expires_at -> Nullable<Instant>,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        is_primary -> Bool,
        registered_at -> Instant,
        changed_at -> Instant,
        risk_rank -> Integer,
        nationality -> Nullable<Text>,
        stage -> Text,
        cohort -> Text,
        mission_id -> Nullable<Id>,
        milestones -> Integer,
    }
}
