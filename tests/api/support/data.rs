//! Invented organisations and people, and a sample request for every operation.

use homeward::db::Tx;
use homeward::db::accounts::organisations::OrganisationRow;
use homeward::db::accounts::users::UserRow;
use homeward::db::accounts::{code_of_conduct, organisations, users};
use homeward::db::reference::missions;
use homeward::db::reference::missions::{CoverageRow, MissionRow};
use homeward::domain::access::Role;
use homeward::domain::accounts::password_hash::PasswordHash;
use homeward::domain::codes::{CoverageBasis, MissionKind, OrganisationKind};
use homeward::domain::country::Country;
use homeward::domain::ids::{CoverageId, OrganisationId, UserId};
use homeward::error::Result;
use serde_json::{Value, json};

pub use crate::support::people::{consent, looked_for, referral, sharing, taiwanese, vietnamese, walk_in};

/// Organisations: name, kind, country, the host country it coordinates.
const ORGANISATIONS: &[(&str, OrganisationKind, &str, Option<&str>)] = &[
    ("Administration", OrganisationKind::InternationalOrganisation, "KHM", None),
    ("Desk", OrganisationKind::CentralGovernmentOrganisation, "KHM", Some("KHM")),
    ("Embassy of Indonesia", OrganisationKind::DiplomaticMission, "IDN", None),
    ("Embassy of Viet Nam", OrganisationKind::DiplomaticMission, "VNM", None),
    ("Taipei Office", OrganisationKind::DiplomaticMission, "TWN", None),
    ("NGO A", OrganisationKind::Ngo, "KHM", None),
    ("NGO B", OrganisationKind::Ngo, "KHM", None),
];

/// Users: username, role, organisation.
pub const USERS: &[(&str, Role, &str)] = &[
    ("admin", Role::Administrator, "Administration"),
    ("auditor", Role::Auditor, "Administration"),
    ("coordinator", Role::Coordinator, "Desk"),
    ("analyst", Role::Analyst, "Desk"),
    ("officer.idn", Role::EmbassyOfficer, "Embassy of Indonesia"),
    ("supervisor.idn", Role::EmbassySupervisor, "Embassy of Indonesia"),
    ("officer.vnm", Role::EmbassyOfficer, "Embassy of Viet Nam"),
    ("officer.twn", Role::EmbassyOfficer, "Taipei Office"),
    ("caseworker.a", Role::NgoCaseworker, "NGO A"),
    ("supervisor.a", Role::NgoSupervisor, "NGO A"),
    ("caseworker.b", Role::NgoCaseworker, "NGO B"),
];

/// Missions: organisation, host state, city, kind, nationality covered in Cambodia, basis.
const MISSIONS: &[(&str, &str, &str, MissionKind, &str, CoverageBasis)] = &[
    ("Embassy of Indonesia", "KHM", "Phnom Penh", MissionKind::Embassy, "IDN", CoverageBasis::Resident),
    ("Embassy of Viet Nam", "KHM", "Phnom Penh", MissionKind::Embassy, "VNM", CoverageBasis::Resident),
    ("Taipei Office", "VNM", "Ho Chi Minh City", MissionKind::RepresentativeOffice, "TWN", CoverageBasis::RepresentativeOffice),
];

fn country(code: &str) -> Country {
    Country::parse(code).expect("a country")
}

/// Fills a fresh database.
pub fn fill(tx: &mut Tx<'_>, password_hash: &str) -> Result<()> {
    for (name, kind, seat, coordinates) in ORGANISATIONS {
        let row = OrganisationRow {
            id: OrganisationId::random(),
            created_at: tx.now,
            updated_at: tx.now,
            version: 1,
            name: (*name).to_owned(),
            kind: *kind,
            country: country(seat),
            coordinates: coordinates.map(country),
            address: None,
            phone: None,
            active: true,
            time_zone: None,
        };
        organisations::insert(tx, &row)?;
    }
    for (name, host, city, kind, nationality, basis) in MISSIONS {
        let organisation = organisations::find_by_name(tx, name)?.expect("the organisation of the mission");
        let row = MissionRow {
            id: organisation.id.into(),
            created_at: tx.now,
            updated_at: tx.now,
            version: 1,
            sending_state: organisation.country,
            host_state: country(host),
            city: (*city).to_owned(),
            kind: *kind,
            resident: *host == "KHM",
            hotline: None,
            desk_email: None,
        };
        let coverage = CoverageRow {
            id: CoverageId::random(),
            mission_id: row.id,
            nationality: country(nationality),
            host_country: country("KHM"),
            basis: *basis,
            valid_from: None,
            valid_to: None,
        };
        missions::insert(tx, &row, &[coverage])?;
    }
    for (username, role, organisation) in USERS {
        let row = UserRow {
            id: UserId::random(),
            created_at: tx.now,
            updated_at: tx.now,
            version: 1,
            organisation_id: organisations::find_by_name(tx, organisation)?.expect("the organisation of the user").id,
            username: (*username).to_owned(),
            display_name: (*username).to_owned(),
            role: *role,
            password_hash: PasswordHash::Argon2id(password_hash.to_owned()),
            must_change_password: false,
            disabled_at: None,
            data_protection: false,
            password_epoch: 1,
        };
        users::insert(tx, &row)?;
        code_of_conduct::accept(tx, row.id)?;
    }
    Ok(())
}

/// A small file.
pub const PDF: &str = "%PDF-1.7\n% canary-identity\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n";

/// Ids of one resource of each kind, for the requests of [`sample`].
#[derive(Clone, Default)]
pub struct Ids {
    pub case: String,
    pub stay: String,
    pub relation: String,
    /// The case of somebody who may be linked to `case`.
    pub relative: String,
    pub contact: String,
    pub verification: String,
    pub organisation: String,
    pub user: String,
    pub mission: String,
    pub coverage: String,
    pub compound: String,
    pub operation: String,
    pub record: String,
    pub task: String,
    pub batch: String,
    /// The code of `case`.
    pub code: String,
    /// NGO B.
    pub other: String,
    pub consent: String,
    pub denial: String,
    pub referral: String,
    pub transfer: String,
    pub emergency: String,
    pub session: String,
    pub handover: String,
    /// A colleague of `user`, who can be assigned work.
    pub colleague: String,
    pub client: String,
    pub secret: String,
    pub approval: String,
    pub export: String,
    pub pair: String,
    pub merge: String,
    pub tracing_request: String,
    pub tracing_match: String,
    pub mission_report: String,
    pub statement: String,
    pub attachment: String,
    pub waiver_request: String,
    pub import: String,
    pub import_row: String,
    pub import_profile: String,
}

/// The path of an operation with these ids in it.
pub fn path(template: &str, ids: &Ids) -> String {
    let own = match template.split('/').nth(2) {
        Some("cases") => &ids.case,
        Some("organisations") => &ids.organisation,
        Some("users") => &ids.user,
        Some("clients") => &ids.client,
        Some("approvals") => &ids.approval,
        Some("exports" | "audit") => &ids.export,
        Some("missions") => &ids.mission,
        Some("compounds") => &ids.compound,
        Some("operations") => &ids.operation,
        Some("statements") => &ids.statement,
        Some("movements") => &ids.batch,
        Some("referrals") => &ids.referral,
        Some("transfers") => &ids.transfer,
        Some("emergency-accesses") => &ids.emergency,
        Some("duplicates") => &ids.pair,
        Some("merges") => &ids.merge,
        Some("tracing-requests") => &ids.tracing_request,
        Some("tracing-matches") => &ids.tracing_match,
        Some("mission-reports") => &ids.mission_report,
        Some("waiver-requests") => &ids.waiver_request,
        Some("imports") => &ids.import,
        Some("import-profiles") => &ids.import_profile,
        _ => "",
    };
    let path = template
        .replace("{id}", own)
        .replace("{stay_id}", &ids.stay)
        .replace("{relation_id}", &ids.relation)
        .replace("{contact_id}", &ids.contact)
        .replace("{verification_id}", &ids.verification)
        .replace("{coverage_id}", &ids.coverage)
        .replace("{attachment_id}", &ids.attachment)
        .replace("{record_id}", &ids.record)
        .replace("{task_id}", &ids.task)
        .replace("{consent_id}", &ids.consent)
        .replace("{denial_id}", &ids.denial)
        .replace("{session_id}", &ids.session)
        .replace("{handover_id}", &ids.handover)
        .replace("{secret_id}", &ids.secret)
        .replace("{row_id}", &ids.import_row)
        .replace("{case_id}", &ids.case)
        .replace("{number}", "1");
    assert!(!path.contains('{'), "{path}: give this parameter an id");
    if path.starts_with("/v1/statistics/cases") || path.starts_with("/v1/statistics/releases/") {
        format!("{path}?by=nationality")
    } else {
        path
    }
}

/// A valid body for an operation; none where it takes none. A new operation that changes data must be added here.
pub fn sample(operation: &str, ids: &Ids, unique: usize) -> Option<Value> {
    let body = match operation {
        "login" => json!({ "username": format!("nobody{unique}"), "password": "nobody's password" }),
        "step_up" => json!({ "password": super::world::PASSWORD }),
        "refresh" => json!({ "refresh_token": "nothing" }),
        "change_password" => json!({ "current_password": "not the password", "new_password": "a new long password" }),
        "create_organisation" => json!({ "name": format!("Organisation {unique}"), "kind": "ngo", "country": "KHM" }),
        "update_organisation" => json!({ "phone": "+85500000000" }),
        "create_user" => {
            json!({ "organisation_id": ids.organisation, "username": format!("user{unique}"), "display_name": "x", "role": "analyst" })
        }
        "update_user" => json!({ "display_name": "Another name" }),
        "update_absence" => json!({ "away_from": "2999-01-01" }),
        "create_handover" => json!({ "assigned_to": ids.colleague }),
        "reset_password" => {
            json!({ "username": format!("nobody{unique}"), "reset_code": "GEZD-GNBV", "new_password": "a lantern for every door" })
        }
        "confirm_second_factor" => json!({ "code": "000000" }),
        "accept_code_of_conduct" => json!({ "version": "2026-11" }),
        "create_approval" => json!({ "reason": "At the end of the operation", "export": { "nationality": "VNM" } }),
        "create_audit_export" => json!({ "audit_export": { "from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z" } }),
        "create_export" => json!({ "export": { "nationality": "VNM" } }),
        "erase_person" => json!({ "requested_by_person": true }),
        "create_client" => json!({ "organisation_id": ids.organisation, "name": format!("Register {unique}"), "scopes": ["case:read"] }),
        "update_client" => json!({ "scopes": ["case:read", "statistics:read"] }),
        "create_client_secret" => json!({ "expires_in_days": 30 }),
        "issue_token" => {
            // Another client each time, so that no request has to wait for the failures of another.
            let client = format!("7d4f7a52-7d0e-4f0e-9c39-{unique:012}");
            json!({ "grant_type": "client_credentials", "client_id": client, "client_secret": "nothing" })
        }
        "create_mission" => {
            json!({ "organisation_id": ids.organisation, "sending_state": "KEN", "host_state": "THA", "city": "Bangkok", "kind": "embassy", "resident": false })
        }
        "update_mission" => json!({ "hotline": "+85500000001" }),
        "create_coverage" => {
            json!({ "nationality": "KEN", "host_country": "KHM", "basis": "non_resident_accreditation", "valid_from": format!("20{:02}-01-01", unique % 90) })
        }
        "create_compound" => json!({ "name": "A compound", "site_type": "hotel", "country": "KHM", "status": "suspected" }),
        "update_compound" => json!({ "status": "emptied" }),
        "create_operation" => json!({ "name": "An operation", "kind": "rescue", "country": "KHM", "date_precision": "unknown" }),
        "update_operation" => json!({ "lead_authority": "Police" }),
        "create_statement" => {
            json!({ "topic": "people_held", "said": "More than 100,000 people are held.", "asserted_by": "United Nations", "reliability": "official",
                    "country": "KHM", "figures": [{ "of": "people", "value": "100000", "qualifier": "more_than" }], "date_precision": "unknown",
                    "source": { "publisher": "A paper", "published_on": "2025-07-17", "kind": "news_report", "reliability": "media" } })
        }
        "update_statement" => json!({ "said": "At least 100,000 people are held." }),
        "create_case" => {
            json!({ "host_country": "KHM", "intake_channel": "hotline", "nationality_claimed": "IDN", "identity": { "given_name": "Rina" } })
        }
        "create_cases" => {
            let person = json!({ "host_country": "KHM", "intake_channel": "hotline", "nationality_claimed": "IDN", "identity": { "given_name": "Rina" } });
            json!({ "items": [{ "person": person }] })
        }
        "change_host_country" => json!({ "country": "THA", "reason": "moved_on" }),
        "update_case" => json!({ "risk_level": "high" }),
        "record_afterwards" => {
            json!({ "departed_on": "2026-01-05", "arrived_on": "2026-01-06", "basis": "self_organised", "reason": "Known only now", "source": "His sister" })
        }
        "record_afterwards_list" => {
            json!({ "reason": "Known only now", "source": "List of the airport desk", "items": [
                { "case_id": ids.case, "departed_on": "2026-01-05", "arrived_on": "2026-01-06", "basis": "self_organised" }] })
        }
        "close_case" => json!({ "reason": "other" }),
        "reopen_case" => json!({ "reason": "It goes on" }),
        "assign_case" => json!({ "assigned_to": null }),
        "search_cases" => json!({ "field": "phone", "value": "+85500000002" }),
        "search_recruiters" => json!({ "handle": "Zalo longjobs88" }),
        "list_duplicate_candidates" => json!({ "name": "Nguyễn Văn Hùng", "birth_date": "1995-11-03" }),
        "search_blind" => json!({ "person": { "name": "Nguyễn Văn Hùng", "birth_date": "1995-11-03", "nationality": "VNM" } }),
        "resolve_blind_search" => json!({ "token": "nothing" }),
        "preview_merge" => json!({ "survivor_case_id": ids.case }),
        // A wrong version on purpose, so that the pair stays for the next caller.
        "merge_duplicate" => json!({ "survivor_case_id": ids.case, "survivor_version": 999, "other_version": 999 }),
        "undo_merge" => json!({ "reason": "They are twins: the sister called" }),
        "dismiss_duplicate" => json!({ "reason": "Brothers: both were at the desk" }),
        "create_tracing_request" => looked_for("Nguyễn Văn Hùng"),
        "create_tracing_requests" => json!({ "items": [looked_for("Nguyễn Văn Hùng")] }),
        "close_tracing_request" => json!({ "status": "closed" }),
        "decide_tracing_match" => json!({ "decision": "person_declines" }),
        "create_mission_report" => {
            json!({ "reported_on": "2026-01-20", "nationality": "IDN", "host_country": "KHM", "count": 1440, "qualifier": "exact", "kind": "walk_in" })
        }
        "create_relation" => json!({ "case_id": ids.relative, "relation": "sibling" }),
        "create_stay" => json!({ "entry": "recruited" }),
        "update_relation" => json!({ "relation": "spouse" }),
        "update_stay" => json!({ "notes": "More" }),
        "create_embassy_contact" => json!({ "mission_id": ids.mission, "initiated_by": "person_request", "person_decision": "deferred" }),
        "update_embassy_contact" => json!({ "visit_on": "2026-02-01" }),
        "create_nationality_verification" => json!({ "mission_id": ids.mission }),
        "update_nationality_verification" => json!({ "interview_on": "2026-01-30" }),
        "create_task" => json!({ "note": "Call the sister", "due_on": "2026-02-01" }),
        "update_task" => json!({ "status": "done" }),
        "create_fine_rate" => {
            json!({ "country": "LAO", "valid_from": format!("20{:02}-01-01", unique % 90), "daily_amount": "10", "currency": "USD" })
        }
        "create_waiver_request" => json!({ "reference": format!("NV {unique}/I/2026"), "addressee": "General Department of Immigration",
                                           "sent_on": "2026-01-19", "requested_percent": "80", "reason": "humanitarian" }),
        "add_waiver_request_members" => json!({ "case_ids": [ids.case] }),
        "answer_waiver_request" => json!({ "answers": [{ "case_id": ids.case, "status": "refused", "answered_on": "2026-01-19" }] }),
        "update_immigration_clearance" => json!({ "stay_expired_on": "2025-12-01" }),
        "create_movement_batch" => {
            json!({ "name": format!("Charter {unique}"), "mode": "charter_flight", "status": "booked", "capacity": 30, "escort": "A consul",
                    "departs_at": "2999-01-01T08:00:00Z", "arrives_at": "2999-01-01T12:00:00Z" })
        }
        "update_movement_batch" => json!({ "reference": "GA 9801" }),
        "add_movement_passengers" => json!({ "case_ids": [ids.case] }),
        "make_movement_transition" => json!({ "to": "departure_scheduled" }),
        record if super::records::body(record).is_some() => return super::records::body(record),
        "create_consent" => consent("share_with_ngo"),
        "create_denial" => json!({ "scope": "organisation", "organisation_id": ids.organisation }),
        "create_referral" => referral(&ids.other),
        "create_transfer" => json!({ "to_organisation_id": ids.other, "urgency": "urgent" }),
        "request_transfer" => json!({ "urgency": "routine", "note": "She moves to our shelter" }),
        "create_organisation_wide_referral" => json!({ "sharing": sharing(&ids.other) }),
        "advance_referral" | "advance_transfer" => json!({ "to": "accepted" }),
        "create_emergency_access" => {
            json!({ "case_code": ids.code, "compartments": ["health"], "reason": "Unconscious at the hospital, allergies unknown" })
        }
        "open_takeover" | "undo_protection_pathway" => json!({}),
        "lift_emergency_bar" => json!({ "organisation_id": ids.other }),
        "review_emergency_access" => json!({ "verdict": "justified", "note": "The hospital confirms it" }),
        "create_attachment" => json!({ "kind": "passport_scan", "media_type": "application/pdf", "file_name": "passport.pdf" }),
        // No JSON: the bytes of this text.
        "put_attachment_content" => json!(PDF),
        "make_transition" => json!({ "to": "screened" }),
        "create_import" => json!({ "separator": "semicolon" }),
        "put_import_content" => json!(crate::people::imports::LIST),
        "put_import_mapping" => mapping(),
        "commit_import" => json!({ "undecided": "skip" }),
        "decide_import_row" => json!({ "decision": "skip" }),
        "create_import_profile" => json!({ "name": "Walk-in list", "mapping": mapping() }),
        "validate_import" | "cancel_import" | "undo_import" | "delete_import" | "delete_import_profile" => return None,
        "withdraw_consent"
        | "lift_denial"
        | "begin_password_reset"
        | "begin_second_factor"
        | "open_draft_key"
        | "make_statistics_release"
        | "renew_recovery_codes"
        | "delete_second_factor"
        | "reset_user_second_factor"
        | "delete_own_session"
        | "delete_own_sessions"
        | "delete_user_sessions"
        | "logout"
        | "delete_stay"
        | "delete_relation"
        | "delete_coverage"
        | "delete_attachment"
        | "delete_client_secret"
        | "approve_approval"
        | "reject_approval"
        | "remove_movement_passenger" => return None,
        reads if reads.starts_with("get_") || reads.starts_with("list_") => return None,
        new => panic!("{new}: add a sample body to tests/api/support/data.rs"),
    };
    Some(body)
}

/// What the columns of [`crate::people::imports::LIST`] are.
fn mapping() -> Value {
    let column = |(column, heading, field): (&str, &str, &str)| json!({ "column": column, "heading": heading, "field": field });
    let columns = [("A", "No", "row_key"), ("B", "Nama", "full_name"), ("D", "JK", "gender"), ("E", "Paspor", "passport_number")];
    let columns: Vec<Value> = columns.into_iter().map(column).collect();
    json!({ "columns": columns, "defaults": { "host_country": "KHM", "intake_channel": "walk_in_ngo" } })
}
