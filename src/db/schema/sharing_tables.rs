//! Tables of consents, denials, referrals, emergency access, exclusions of missions, and access events.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    consents (id) {
        id -> Id,
        person_id -> Id,
        case_id -> Id,
        organisation_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        version -> BigInt,
        purpose -> Text,
        answer -> Text,
        recipient_scope -> Text,
        recipient_id -> Nullable<Id>,
        recipient_kind -> Nullable<Text>,
        recipient_country -> Nullable<Text>,
        compartments -> Integer,
        given_on -> Date,
        expires_at -> Nullable<Instant>,
        withdrawn_at -> Nullable<Instant>,
        withdrawn_by -> Nullable<Id>,
        override_basis -> Nullable<Text>,
        override_approver -> Nullable<Id>,
        is_over -> Bool,
        sealed_details -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    denials (id) {
        id -> Id,
        person_id -> Id,
        case_id -> Id,
        organisation_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        version -> BigInt,
        lifted_at -> Nullable<Instant>,
        sealed_details -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    referrals (id) {
        id -> Id,
        kind -> Text,
        case_id -> Id,
        owner_id -> Id,
        other_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        service -> Nullable<Text>,
        urgency -> Text,
        compartments -> Integer,
        consent_id -> Nullable<Id>,
        status -> Text,
        sent_at -> Nullable<Instant>,
        answered_at -> Nullable<Instant>,
        closed_at -> Nullable<Instant>,
        answer_by -> Instant,
        expires_at -> Nullable<Instant>,
        sealed_details -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    emergency_accesses (id) {
        id -> Id,
        case_id -> Id,
        organisation_id -> Id,
        owner_id -> Id,
        user_id -> Id,
        created_at -> Instant,
        expires_at -> Instant,
        compartments -> Integer,
        version -> BigInt,
        verdict -> Nullable<Text>,
        reviewed_at -> Nullable<Instant>,
        reviewed_by -> Nullable<Id>,
        sealed_details -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    emergency_lifts (person_id, organisation_id) {
        person_id -> Id,
        case_id -> Id,
        organisation_id -> Id,
        lifted_at -> Instant,
        lifted_by -> Id,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    exclusions (id) {
        id -> Id,
        case_id -> Id,
        organisation_id -> Id,
        created_at -> Instant,
        created_by -> Id,
        way -> Text,
        began_with -> Nullable<BigInt>,
        is_foreign -> Bool,
        undone_at -> Nullable<Instant>,
        undone_by -> Nullable<Id>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    excluded_grants (exclusion_id, case_id, organisation_id, basis) {
        exclusion_id -> Id,
        case_id -> Id,
        organisation_id -> Id,
        basis -> Text,
        compartments -> Integer,
        expires_at -> Nullable<Instant>,
        next_owner_id -> Nullable<Id>,
        holds_person_key -> Bool,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    access_events (id) {
        id -> Id,
        organisation_id -> Id,
        kind -> Text,
        case_id -> Id,
        case_code -> Text,
        happened_at -> Instant,
    }
}
