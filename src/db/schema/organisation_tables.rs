//! Tables of organisations, missions, users, sessions and sign-ins.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

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
        time_zone -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

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
    use crate::db::schema::types::sql::*;

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
    use crate::db::schema::types::sql::*;

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
        data_protection -> Bool,
        password_epoch -> BigInt,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    username_skeletons (user_id) {
        user_id -> Id,
        skeleton -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

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
        authenticated_at -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    signing_keys (kid) {
        kid -> Text,
        created_at -> Instant,
        sealed_seed -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    login_throttles (key) {
        key -> Binary,
        failures -> Integer,
        last_failure_at -> Instant,
        blocked_until -> Instant,
    }
}
