//! Tables of lists that come in by the API.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    imports (id) {
        id -> Id,
        organisation_id -> Id,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
        state -> Text,
        stopped_because -> Nullable<Text>,
        file_id -> Nullable<Id>,
        sealed_key -> Nullable<Binary>,
        sealed_about -> Binary,
        row_count -> Integer,
        position -> Integer,
        asked_by -> Nullable<Id>,
        taken_by -> Nullable<Id>,
        attempts -> Integer,
        not_before -> Nullable<Instant>,
        first_registered_at -> Nullable<Instant>,
        expires_at -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    import_rows (id) {
        id -> Id,
        import_id -> Id,
        number -> Integer,
        state -> Text,
        decision -> Nullable<Text>,
        version -> BigInt,
        case_id -> Nullable<Id>,
        is_made -> Bool,
        kept_because -> Nullable<Text>,
        sealed_details -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    import_profiles (id) {
        id -> Id,
        organisation_id -> Id,
        created_at -> Instant,
        sealed_profile -> Binary,
    }
}
