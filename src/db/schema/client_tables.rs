//! Tables of machine clients and their credentials.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    clients (id) {
        id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        organisation_id -> Id,
        name -> Text,
        scopes -> Text,
        allowed_from -> Text,
        keys -> Nullable<Text>,
        disabled_at -> Nullable<Instant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    client_secrets (id) {
        id -> Id,
        client_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        key_id -> Text,
        hash -> Binary,
        expires_at -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    machine_sessions (id) {
        id -> Id,
        client_id -> Id,
        secret_id -> Nullable<Id>,
        created_at -> Instant,
        expires_at -> Instant,
        scopes -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    used_assertions (client_id, fingerprint) {
        client_id -> Id,
        fingerprint -> Binary,
        expires_at -> Instant,
    }
}
