//! Which problems an operation answers with: those that follow from its form, and the few that are its own.
//!
//! Every answer of the whole test suite is held against this: a code that an operation sends and does not list is a failure.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use crate::api::http::problem::Problem;
use crate::api::http::routes::only_reads;
use crate::api::openapi::headers;
use crate::api::openapi::walk::{PREFIX, for_each_operation};
use crate::domain::ids::RequestId;
use crate::domain::repatriation::UnmetGuard;
use crate::error::{Error, ErrorCode, Result};

/// What an operation that uses an approval up answers with besides.
const TWO_PERSONS: &[ErrorCode] =
    &[ErrorCode::ApprovalRequired, ErrorCode::ApprovalExpired, ErrorCode::ApprovalVoid, ErrorCode::ApprovalDecided];
/// The field of a body that names the approval.
const APPROVAL: &str = "approval_id";

/// A step of a case, and of a batch.
const TRANSITIONS: &[&str] = &["make_movement_transition", "make_transition"];
/// What announces a file, and what sends it.
const UPLOADS: &[&str] = &["create_attachment", "put_attachment_content"];

/// Codes that do not follow from the form of an operation, and the operations that answer with them.
const SPECIFIC: &[(ErrorCode, &[&str])] = &[
    (ErrorCode::InvalidCredentials, &["change_password", "login", "step_up"]),
    (ErrorCode::SecondFactorRequired, &["change_password", "login", "reset_password", "step_up"]),
    (
        ErrorCode::InvalidSecondFactor,
        &["change_password", "confirm_second_factor", "delete_second_factor", "login", "renew_recovery_codes", "reset_password", "step_up"],
    ),
    (ErrorCode::InvalidResetCode, &["reset_password"]),
    (ErrorCode::InvalidRefreshToken, &["refresh"]),
    (ErrorCode::UnmetGuards, TRANSITIONS),
    (ErrorCode::NoSuchTransition, TRANSITIONS),
    (ErrorCode::TooManySecrets, &["create_client_secret"]),
    (ErrorCode::ApprovalExpired, &["approve_approval", "reject_approval"]),
    (ErrorCode::ApprovalDecided, &["approve_approval", "reject_approval"]),
    (ErrorCode::SamePerson, &["approve_approval", "reject_approval"]),
    (ErrorCode::ErasureRefused, &["create_approval", "erase_person"]),
    (ErrorCode::MergeBlocked, &["merge_duplicate"]),
    (ErrorCode::UndoBlocked, &["undo_merge"]),
    (
        ErrorCode::MissionDoesNotCover,
        &["create_case", "create_embassy_contact", "create_nationality_verification", "update_embassy_contact"],
    ),
    (ErrorCode::ConsentRequired, &["advance_referral", "advance_transfer", "create_referral", "create_transfer", "request_transfer"]),
    // What the body names is not there for the caller; what a blind search gave out leads nowhere after a while.
    (ErrorCode::NotFound, &["resolve_blind_search"]),
    (ErrorCode::SearchBudgetSpent, &["search_blind"]),
    (ErrorCode::NamesNotReady, &["list_duplicate_candidates", "search_blind", "search_cases"]),
    (ErrorCode::AttachmentLimitReached, UPLOADS),
    (ErrorCode::FileRefused, &["put_attachment_content"]),
    (ErrorCode::FileTooLarge, &["put_attachment_content"]),
    (ErrorCode::InsufficientUserAuthentication, UPLOADS),
    (ErrorCode::RangeNotSatisfiable, &["get_attachment_content"]),
    (ErrorCode::StorageUnavailable, &["get_attachment_content", "put_attachment_content"]),
    // A merge names two versions, in its body.
    (ErrorCode::StaleVersion, &["merge_duplicate"]),
    // Only where it moves access to the case.
    (ErrorCode::InsufficientUserAuthentication, &["make_transition"]),
    // Only where it is about the place a person is at.
    (ErrorCode::InsufficientUserAuthentication, &["create_attachment", "delete_attachment", "put_attachment_content", "update_case"]),
];

/// What decides about the problems of an operation.
struct Form<'a> {
    id: &'a str,
    path: &'a str,
    method: &'a str,
    operation: &'a Value,
    /// Whether the body names the approval of a second person.
    takes_approval: bool,
}

impl Form<'_> {
    fn has(&self, place: &str) -> bool {
        self.operation["parameters"].as_array().is_some_and(|all| all.iter().any(|parameter| parameter["in"] == place))
    }

    fn takes(&self, name: &str) -> bool {
        self.operation["parameters"].as_array().is_some_and(|all| all.iter().any(|parameter| parameter["name"] == name))
    }

    fn has_body(&self) -> bool {
        self.operation.get("requestBody").is_some()
    }

    fn takes_a_file(&self) -> bool {
        self.operation["requestBody"]["content"].get("application/octet-stream").is_some()
    }

    fn has_door(&self) -> bool {
        self.operation.get("x-permission").is_some()
    }

    fn changes_something(&self) -> bool {
        self.method != "get" && !only_reads(self.path, self.id)
    }

    fn is_write(&self) -> bool {
        self.has_door() && self.changes_something()
    }

    /// Whether it is about a record that leads to the person, which a session that is not fresh may not write.
    fn tells_where_somebody_is(&self) -> bool {
        ["/detentions", "/placements"].iter().any(|collection| self.path.contains(collection))
    }

    /// Every code that the operation may answer with.
    fn codes(&self) -> Vec<ErrorCode> {
        let mut codes = vec![ErrorCode::Internal];
        let mut when = |applies: bool, more: &[ErrorCode]| {
            if applies {
                codes.extend(more);
            }
        };
        let is_of_api = self.path.starts_with("/v1/");
        when(headers::is_counted(self.path), &[ErrorCode::TooManyRequests]);
        when(is_of_api, &[ErrorCode::NotAcceptable, ErrorCode::RequestTimeout, ErrorCode::DatabaseUnavailable, ErrorCode::DatabaseDamaged]);
        when(is_of_api, &[ErrorCode::Integrity]);
        when(self.path == "/readyz", &[ErrorCode::DatabaseUnavailable, ErrorCode::DatabaseDamaged]);
        when(self.has_door(), &[ErrorCode::Unauthenticated, ErrorCode::AuditUnavailable, ErrorCode::PermissionDenied]);
        when(
            self.has_door() && self.id != "get_me",
            &[ErrorCode::PasswordChangeRequired, ErrorCode::SecondFactorEnrolmentRequired, ErrorCode::CodeOfConductRequired],
        );
        when(self.operation.get("x-step-up").is_some(), &[ErrorCode::InsufficientUserAuthentication]);
        let is_for_machines = self.operation["security"][1].get("oauth2").is_some();
        when(self.has_door(), &[ErrorCode::InsufficientScope]);
        when(is_for_machines, &[ErrorCode::AddressNotAllowed]);
        // A client that writes what it was given into the path may write what is no plain path.
        when(self.has("path"), &[ErrorCode::InvalidPath, ErrorCode::NotFound]);
        when(self.has("query"), &[ErrorCode::InvalidQuery, ErrorCode::UriTooLong]);
        // A mission filters by itself only.
        when(self.takes("mission"), &[ErrorCode::ValidationFailed]);
        when(self.takes("after"), &[ErrorCode::InvalidCursor]);
        when(self.has_body(), &[ErrorCode::InvalidBody, ErrorCode::UnsupportedMediaType]);
        // A file has no fields, and a limit of its own.
        when(self.has_body() && !self.takes_a_file(), &[ErrorCode::BodyTooLarge, ErrorCode::ValidationFailed]);
        when(
            self.takes("Idempotency-Key"),
            &[ErrorCode::InvalidHeader, ErrorCode::IdempotencyKeyReused, ErrorCode::AnswerNotKept, ErrorCode::NotFound],
        );
        when(self.takes("If-Match"), &[ErrorCode::InvalidHeader, ErrorCode::StaleVersion, ErrorCode::PreconditionRequired]);
        when(self.takes("If-None-Match") || self.takes("Prefer"), &[ErrorCode::InvalidHeader]);
        when(self.takes("If-None-Match"), &[ErrorCode::StaleVersion]);
        when(self.changes_something(), &[ErrorCode::OutcomeUnknown]);
        // Also a search, which is counted.
        when(self.method != "get" || self.operation.get("x-takes-space").is_some(), &[ErrorCode::StorageFull]);
        when(self.is_write(), &[ErrorCode::Conflict]);
        when(self.is_write() && self.operation["responses"].get("201").is_some(), &[ErrorCode::AlreadyExists]);
        // It may be given the name of another one.
        when(self.is_write() && self.path == "/v1/organisations/{id}", &[ErrorCode::AlreadyExists]);
        when(self.takes_approval, TWO_PERSONS);
        when(self.is_write() && self.tells_where_somebody_is(), &[ErrorCode::InsufficientUserAuthentication]);
        let is_of_case = self.path.starts_with("/v1/cases/{id}") || self.path.starts_with("/v1/movements/");
        when(self.is_write() && is_of_case, &[ErrorCode::CaseClosed, ErrorCode::CaseMerged]);
        when(self.path.ends_with("/cases/{id}/close"), &[ErrorCode::ClosureDisagrees, ErrorCode::OpenTasks, ErrorCode::ChildRemains]);
        when(self.takes_a_file(), &[ErrorCode::FileTooLarge, ErrorCode::StorageUnavailable]);
        let is_of_list = self.path.starts_with("/v1/imports/{id}");
        when(self.is_write() && is_of_list, &[ErrorCode::ImportBusy, ErrorCode::ImportNotAtStep]);
        when(is_of_list && self.path.ends_with("/commit"), &[ErrorCode::DecisionsMissing]);
        when(is_of_list && self.path.ends_with("/undo"), &[ErrorCode::UndoTooLate]);
        when(self.path.starts_with("/v1/statistics/releases/"), &[ErrorCode::FigureBudgetSpent, ErrorCode::ValidationFailed]);
        when(self.path.ends_with("/repatriation/afterwards"), &[ErrorCode::UnmetGuards, ErrorCode::NoSuchTransition]);
        codes.extend(SPECIFIC.iter().filter(|(_, operations)| operations.contains(&self.id)).map(|(code, _)| *code));
        // By status, since those of one status become one answer; then in the order in which the codes are declared.
        let mut ordered: Vec<ErrorCode> = ErrorCode::ALL.iter().copied().filter(|code| codes.contains(code)).collect();
        ordered.sort_by_key(|code| code.status());
        ordered
    }
}

/// Gives every operation its problems: one response a status, the same for all operations, with an example a code; and the codes of
/// the operation itself in `x-problem-codes`.
pub fn describe(document: &mut Value) -> Result<()> {
    let mut examples = Map::new();
    for code in ErrorCode::ALL {
        let value = serde_json::to_value(Problem::of(example(*code), RequestId::EXAMPLE)).map_err(Error::internal)?;
        examples.insert(format!("problem_{}", code.as_str()), json!({ "summary": code.title(), "value": value }));
    }
    let with_approval = with_approval(&document["components"]["schemas"]);
    let mut answered = BTreeSet::new();
    for_each_operation(document, |path, method, operation| {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let takes_approval = references(&operation["requestBody"]).any(|name| with_approval.contains(name));
        let codes = Form { id: &id, path, method, operation, takes_approval }.codes();
        for code in &codes {
            operation["responses"][code.status().to_string()] =
                json!({ "$ref": format!("#/components/responses/{}", response_name(*code)) });
        }
        operation["x-problem-codes"] = codes.iter().map(|code| code.as_str()).collect();
        answered.extend(codes.into_iter().map(ErrorCode::as_str));
    });
    let mut known: Vec<ErrorCode> = ErrorCode::ALL.iter().copied().filter(|code| answered.contains(code.as_str())).collect();
    known.sort_by_key(|code| code.status());
    let mut responses = Map::new();
    for same_status in known.chunk_by(|one, other| one.status() == other.status()) {
        if let Some(first) = same_status.first() {
            responses.insert(response_name(*first), response(first.status(), same_status));
        }
    }
    examples
        .retain(|name, _| responses.values().any(|response| !response["content"]["application/problem+json"]["examples"][name].is_null()));
    document["components"]["responses"] = Value::Object(responses);
    document["components"]["examples"] = Value::Object(examples);
    // Every code there is, for programs that decide by it. Open: a new server may have more.
    document["components"]["schemas"]["Problem"]["properties"]["code"]["x-extensible-enum"] =
        ErrorCode::ALL.iter().copied().map(ErrorCode::as_str).collect();
    Ok(())
}

/// The schemas that name an approval, themselves or in a part of theirs.
fn with_approval(schemas: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    loop {
        let before = found.len();
        for (name, schema) in schemas.as_object().into_iter().flatten() {
            let names_it = schema["properties"].get(APPROVAL).is_some();
            if names_it || references(schema).any(|part| found.contains(part)) {
                found.insert(name.clone());
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// The names of the schemas that a part of the document refers to.
fn references(part: &Value) -> std::vec::IntoIter<&str> {
    let (mut names, mut queue) = (Vec::new(), vec![part]);
    while let Some(value) = queue.pop() {
        match value {
            Value::Object(fields) => queue.extend(fields.values()),
            Value::Array(items) => queue.extend(items),
            Value::String(text) => names.extend(text.strip_prefix(PREFIX)),
            _ => {}
        }
    }
    names.into_iter()
}

/// `Problem409`: the name of the class that generators make of it stays the same when an operation gets another code.
fn response_name(code: ErrorCode) -> String {
    format!("Problem{}", code.status())
}

fn response(status: u16, codes: &[ErrorCode]) -> Value {
    let lines: Vec<String> = codes.iter().map(|code| format!("`{}`: {}.", code.as_str(), code.title())).collect();
    let examples: Map<String, Value> = codes
        .iter()
        .map(|code| format!("problem_{}", code.as_str()))
        .map(|name| (name.clone(), json!({ "$ref": format!("#/components/examples/{name}") })))
        .collect();
    json!({
        "description": lines.join(" "),
        "headers": headers::of_problem(status),
        "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" },
            "examples": examples,
        } }
    })
}

/// A problem of this code as it may look.
pub fn example(code: ErrorCode) -> Error {
    let error = Error::new(code);
    match code {
        ErrorCode::InvalidBody => error.at("/identity/gender", "unknown_field", "there is no such field"),
        ErrorCode::ValidationFailed => error.at("/identity/birth_date", "date_in_future", "must not lie in the future"),
        ErrorCode::InvalidQuery => error.at("stat", "unknown_parameter", "there is no such parameter"),
        ErrorCode::InvalidHeader => {
            error.at("Idempotency-Key", "invalid_header", "must be 1 to 128 visible ASCII characters, such as a UUID")
        }
        ErrorCode::ClosureDisagrees => {
            error.at("/reason", "death_first", "make the transition to deceased first, with the day and the source")
        }
        ErrorCode::ChildRemains => error.at("/leaves_child", "required", "say true if the child stays without this case"),
        ErrorCode::OpenTasks => error.at("/end_tasks", "required", "say true if the open tasks end with the case"),
        ErrorCode::FileRefused => error.at("", "not_of_this_format", "does not begin like a file of the announced media type"),
        ErrorCode::MissionDoesNotCover => error.at("/mission_id", "does_not_cover", "does not cover this nationality in this country"),
        ErrorCode::ConsentRequired => error.at("/consent_id", "consent_required", "needs a consent of the person that is in force"),
        ErrorCode::UnmetGuards => Error::unmet(vec![UnmetGuard {
            guard: "informed_of_rights",
            field: "informed_of_rights_on",
            resource: "embassy-contacts",
            message: "Record when the person was informed of their consular rights.",
        }]),
        _ => error,
    }
}
