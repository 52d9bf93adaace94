//! Tables of persons, cases, their keys and their history.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    persons (id) {
        id -> Id,
        created_at -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    erasures (person_id) {
        person_id -> Id,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    person_keys (person_id, organisation_id) {
        person_id -> Id,
        organisation_id -> Id,
        sealed_key -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    compartments (owner_id, compartment) {
        owner_id -> Id,
        compartment -> Text,
        version -> BigInt,
        ciphertext -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    blind_index (tag, person_id) {
        tag -> Binary,
        person_id -> Id,
        field -> Text,
        normaliser -> Integer,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    cases (id) {
        id -> Id,
        code -> Text,
        person_id -> Id,
        previous_case_id -> Nullable<Id>,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        registered_on -> Date,
        owner_id -> Id,
        assigned_to -> Nullable<Id>,
        status -> Text,
        closure_reason -> Nullable<Text>,
        closed_on -> Nullable<Date>,
        intake_channel -> Text,
        exit_mode -> Nullable<Text>,
        exited_on -> Nullable<Text>,
        host_country -> Text,
        nationality_claimed -> Nullable<Text>,
        nationality_verified -> Nullable<Text>,
        gender -> Text,
        birth_year -> Nullable<Integer>,
        is_child -> Nullable<Bool>,
        risk_level -> Text,
        trafficking_status -> Text,
        immigration_status -> Text,
        screening_skipped -> Nullable<Text>,
        compound_id -> Nullable<Id>,
        operation_id -> Nullable<Id>,
        stage -> Text,
        side_state -> Nullable<Text>,
        stage_since -> Date,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    case_grants (case_id, organisation_id, basis) {
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

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    case_nationalities (nationality, case_id) {
        nationality -> Text,
        case_id -> Id,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    listed_changes (position) {
        position -> BigInt,
        case_id -> Nullable<Id>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    case_changes (case_id, version, position) {
        case_id -> Id,
        version -> BigInt,
        position -> Integer,
        changed_at -> Instant,
        user_id -> Nullable<Id>,
        organisation_id -> Id,
        operation -> Text,
        compartment -> Nullable<Text>,
        changes -> Binary,
        subject -> Text,
        reason -> Nullable<Text>,
        merged_from -> Nullable<Id>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    case_relations (id) {
        id -> Id,
        first_case_id -> Id,
        second_case_id -> Id,
        organisation_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        sealed_details -> Binary,
        updated_at -> Instant,
        version -> BigInt,
    }
}
