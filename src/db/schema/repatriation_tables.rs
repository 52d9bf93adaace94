//! Tables of the repatriation.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    stays (id) {
        id -> Id,
        case_id -> Id,
        compound_id -> Nullable<Id>,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        sealed_details -> Binary,
        merged_from -> Nullable<Id>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

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
        merged_from -> Nullable<Id>,
        sealed_child -> Nullable<Binary>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

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
        merged_from -> Nullable<Id>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

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
        days_at_stage -> Nullable<Integer>,
        taken_back_with -> Nullable<BigInt>,
        stood_since -> Nullable<Date>,
        departure_basis -> Nullable<Text>,
        sealed_gaps -> Nullable<Binary>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    case_records (id) {
        id -> Id,
        case_id -> Id,
        kind -> Text,
        organisation_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        lapses_on -> Nullable<Date>,
        compartment -> Text,
        sealed_content -> Binary,
        merged_from -> Nullable<Id>,
        host_episode_id -> Nullable<Id>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    tasks (id) {
        id -> Id,
        case_id -> Id,
        organisation_id -> Id,
        kind -> Text,
        subject_id -> Id,
        assigned_to -> Nullable<Id>,
        due_on -> Date,
        deadline -> Nullable<Date>,
        guard -> Nullable<Text>,
        status -> Text,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        sealed_note -> Nullable<Binary>,
        merged_from -> Nullable<Id>,
        left_by -> Nullable<Id>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    fine_ledger (case_id) {
        case_id -> Id,
        country -> Text,
        currency -> Nullable<Text>,
        stay_expired_on -> Nullable<Date>,
        counted_until -> Nullable<Date>,
        assessed_by_authority -> Nullable<BigInt>,
        waived_percent -> Nullable<Integer>,
        waived_amount -> BigInt,
        paid -> BigInt,
        waiver_requested -> Bool,
        settled_percent -> Nullable<Integer>,
        settled_amount -> BigInt,
        may_be_exempt -> Bool,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    movement_batches (id) {
        id -> Id,
        organisation_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        name -> Text,
        mode -> Text,
        status -> Text,
        carrier -> Nullable<Text>,
        reference -> Nullable<Text>,
        origin -> Nullable<Text>,
        destination -> Nullable<Text>,
        departs_at -> Instant,
        arrives_at -> Instant,
        departed_at -> Nullable<Instant>,
        capacity -> Integer,
        escort -> Nullable<Text>,
        funding -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    movement_batch_members (batch_id, case_id) {
        batch_id -> Id,
        case_id -> Id,
        record_id -> Id,
        added_at -> Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    waiver_requests (id) {
        id -> Id,
        organisation_id -> Id,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        updated_at -> Instant,
        version -> BigInt,
        reference -> Text,
        addressee -> Text,
        sent_on -> Date,
        requested_percent -> Integer,
        reason -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::schema::types::sql::*;

    waiver_request_members (request_id, record_id) {
        request_id -> Id,
        record_id -> Id,
        added_at -> Instant,
    }
}
