//! The tables, as both databases have them. Written by hand beside the migrations; a test compares the two.

#![allow(missing_docs, reason = "a column is documented where its row is read")]

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    organisations (id) {
        id -> Id,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
        name -> Text,
        kind -> Text,
        country -> Text,
        coordinates -> Nullable<Text>,
        address -> Nullable<Text>,
        phone -> Nullable<Text>,
        active -> Bool,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    missions (id) {
        id -> Id,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
        sending_state -> Text,
        host_state -> Text,
        city -> Text,
        kind -> Text,
        resident -> Bool,
        hotline -> Nullable<Text>,
        desk_email -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    mission_coverage (id) {
        id -> Id,
        mission_id -> Id,
        nationality -> Text,
        host_country -> Text,
        basis -> Text,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    users (id) {
        id -> Id,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
        organisation_id -> Id,
        username -> Text,
        display_name -> Text,
        role -> Text,
        password_hash -> Text,
        must_change_password -> Bool,
        disabled_at -> Nullable<Instant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    sessions (id) {
        id -> Id,
        user_id -> Id,
        created_at -> Instant,
        expires_at -> Instant,
        refresh_expires_at -> Instant,
        refresh_hash -> Binary,
        previous_hash -> Nullable<Binary>,
        rotated_at -> Nullable<Instant>,
        revoked_at -> Nullable<Instant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    signing_keys (kid) {
        kid -> Text,
        created_at -> Instant,
        sealed_seed -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    login_throttles (key) {
        key -> Binary,
        failures -> Integer,
        last_failure_at -> Instant,
        blocked_until -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    compounds (id) {
        id -> Id,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
        reference -> Nullable<Text>,
        name -> Text,
        aliases -> Document,
        site_type -> Text,
        country -> Text,
        province -> Nullable<Text>,
        city -> Nullable<Text>,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        status -> Text,
        sources -> Document,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    compound_terms (term, compound_id) {
        compound_id -> Id,
        term -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    operations (id) {
        id -> Id,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
        reference -> Nullable<Text>,
        name -> Text,
        kind -> Text,
        parent_id -> Nullable<Id>,
        country -> Text,
        localities -> Document,
        started_on -> Nullable<Text>,
        ended_on -> Nullable<Text>,
        date_precision -> Text,
        duration_days -> Nullable<Integer>,
        lead_authority -> Nullable<Text>,
        stated_total -> Nullable<Document>,
        counts -> Document,
        seizures -> Document,
        sources -> Document,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    persons (id) {
        id -> Id,
        created_at -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    person_keys (person_id, organisation_id) {
        person_id -> Id,
        organisation_id -> Id,
        sealed_key -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    compartments (owner_id, compartment) {
        owner_id -> Id,
        compartment -> Text,
        version -> BigInt,
        ciphertext -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    blind_index (tag, person_id) {
        tag -> Binary,
        person_id -> Id,
        field -> Text,
        normaliser -> Integer,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

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
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

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
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

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
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    stays (id) {
        id -> Id,
        case_id -> Id,
        compound_id -> Nullable<Id>,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        sealed_details -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    embassy_contacts (id) {
        id -> Id,
        case_id -> Id,
        mission_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        initiated_by -> Text,
        person_decision -> Text,
        decided_on -> Date,
        informed_of_rights_on -> Nullable<Date>,
        channel -> Nullable<Text>,
        contacted_on -> Nullable<Date>,
        acknowledged_on -> Nullable<Date>,
        visit_on -> Nullable<Date>,
        letter_issued_on -> Nullable<Date>,
        outcome -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    nationality_verifications (id) {
        id -> Id,
        case_id -> Id,
        mission_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        claimed_state -> Text,
        requested_on -> Date,
        interview_on -> Nullable<Date>,
        interview_mode -> Nullable<Text>,
        evidence -> Document,
        result -> Text,
        result_on -> Nullable<Date>,
        sealed_details -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    repatriation_transitions (case_id, version) {
        case_id -> Id,
        version -> BigInt,
        moved_at -> Instant,
        user_id -> Nullable<Id>,
        organisation_id -> Id,
        rule -> Text,
        from_stage -> Nullable<Text>,
        from_side_state -> Nullable<Text>,
        to_stage -> Text,
        to_side_state -> Nullable<Text>,
        hold_reason -> Nullable<Text>,
        review_on -> Nullable<Date>,
        occurred_on -> Nullable<Date>,
        compartment -> Text,
        sealed_details -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

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
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;

    idempotency_keys (user_id, key) {
        user_id -> Id,
        key -> Text,
        operation -> Text,
        body_hash -> Binary,
        created_at -> Instant,
        case_id -> Nullable<Id>,
        status -> Integer,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        sealed_body -> Binary,
    }
}

joinable!(case_grants -> cases (case_id));
joinable!(missions -> organisations (id));
joinable!(mission_coverage -> missions (mission_id));
joinable!(users -> organisations (organisation_id));
joinable!(sessions -> users (user_id));
joinable!(compound_terms -> compounds (compound_id));
allow_tables_to_appear_in_same_query!(
    organisations,
    missions,
    mission_coverage,
    users,
    sessions,
    signing_keys,
    login_throttles,
    compounds,
    compound_terms,
    operations,
    persons,
    person_keys,
    compartments,
    blind_index,
    cases,
    case_grants,
    case_changes,
    stays,
    embassy_contacts,
    nationality_verifications,
    repatriation_transitions,
    audit_entries,
    idempotency_keys,
);
