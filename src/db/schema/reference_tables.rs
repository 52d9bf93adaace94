//! Tables that belong to no case: compounds, operations, statements, fine rates.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

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
    use crate::db::schema::types::sql::*;

    compound_terms (term, compound_id) {
        compound_id -> Id,
        term -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

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
    use crate::db::schema::types::sql::*;

    statements (id) {
        id -> Id,
        created_at -> Instant,
        updated_at -> Instant,
        version -> BigInt,
        reference -> Nullable<Text>,
        kind -> Text,
        topic -> Text,
        said -> Text,
        asserted_by -> Nullable<Text>,
        reliability -> Text,
        country -> Nullable<Text>,
        region -> Nullable<Text>,
        states -> Document,
        nationalities -> Document,
        subject -> Nullable<Text>,
        audience -> Nullable<Text>,
        codes -> Document,
        figures -> Document,
        happened_on -> Nullable<Text>,
        ended_on -> Nullable<Text>,
        date_precision -> Text,
        is_date_inferred -> Bool,
        first_day -> Nullable<Date>,
        last_day -> Nullable<Date>,
        operation_id -> Nullable<Id>,
        compound_id -> Nullable<Id>,
        publisher -> Text,
        source -> Document,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    fine_rates (id) {
        id -> Id,
        created_at -> Instant,
        country -> Text,
        valid_from -> Date,
        daily_amount -> BigInt,
        currency -> Text,
        ceiling -> Nullable<BigInt>,
        source -> Nullable<Text>,
        schedule -> Nullable<Document>,
        exempt_under_age -> Nullable<Integer>,
        newborn_months -> Nullable<Integer>,
    }
}
