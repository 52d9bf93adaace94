//! Tables of the files on a case.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    stored_files (id) {
        id -> Id,
        remove_after -> Nullable<Instant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    attachments (id) {
        id -> Id,
        case_id -> Id,
        organisation_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        compartment -> Text,
        file_id -> Nullable<Id>,
        stored_kib -> Integer,
        sealed_key -> Nullable<Binary>,
        sealed_details -> Binary,
        merged_from -> Nullable<Id>,
    }
}
