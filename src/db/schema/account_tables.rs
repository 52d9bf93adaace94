//! Tables of second factors, recovery codes, password resets, acceptances of the code of conduct, absences and handovers.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    second_factors (user_id) {
        user_id -> Id,
        sealed_seed -> Nullable<Binary>,
        confirmed_at -> Nullable<Instant>,
        last_step -> BigInt,
        sealed_pending_seed -> Nullable<Binary>,
        pending_since -> Nullable<Instant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    recovery_codes (code_hash) {
        code_hash -> Binary,
        user_id -> Id,
        created_at -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    password_resets (user_id) {
        user_id -> Id,
        code_hash -> Binary,
        created_at -> Instant,
        expires_at -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    conduct_acceptances (user_id, version) {
        user_id -> Id,
        version -> Text,
        accepted_at -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    absences (user_id) {
        user_id -> Id,
        updated_at -> Instant,
        updated_by -> Id,
        version -> BigInt,
        away_from -> Nullable<Date>,
        away_until -> Nullable<Date>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    handovers (id) {
        id -> Id,
        organisation_id -> Id,
        created_at -> Instant,
        created_by -> Id,
        from_user_id -> Id,
        to_user_id -> Id,
        cases -> Integer,
        tasks -> Integer,
    }
}
