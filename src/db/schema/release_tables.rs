//! Tables of released figures.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    statistics_releases (id) {
        id -> Id,
        organisation_id -> Id,
        number -> Integer,
        made_at -> Instant,
        made_by -> Nullable<Id>,
        smallest_group -> Integer,
        records_rounded -> Integer,
        sealed_counts -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    release_questions (release_id, subject_id, day, question) {
        release_id -> Id,
        subject_id -> Id,
        day -> Date,
        question -> Text,
    }
}
