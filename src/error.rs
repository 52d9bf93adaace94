//! One error for the whole service, free of HTTP. The text for the caller and the text for the log are different fields.

use std::fmt;

use crate::domain::access::Permission;
use crate::domain::repatriation::UnmetGuard;
use crate::domain::violation::Violation;

/// The result of anything that can fail towards a caller.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! error_codes {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $status:literal, $title:literal;)+) => {
        /// What went wrong, as a stable code. One line a code: code → status → title.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$meta])* $name),+ }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// The stable text.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $code),+ } }
            /// The HTTP status.
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status),+ } }
            /// A short title, the same for every occurrence.
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title),+ } }
        }
    };
}

error_codes! {
    /// The body is no JSON, or has the wrong shape.
    InvalidBody = "invalid_body", 400, "The request body is not valid";
    /// The body is well formed, but a field is not acceptable.
    ValidationFailed = "validation_failed", 422, "A field is not acceptable";
    /// A query parameter is unknown or not acceptable.
    InvalidQuery = "invalid_query", 400, "A query parameter is not valid";
    /// The path can be read in more than one way.
    InvalidPath = "invalid_path", 400, "The path of the address is not written plainly";
    /// A header is not acceptable.
    InvalidHeader = "invalid_header", 400, "A header is not valid";
    /// The cursor is not one of ours, or belongs to another list.
    InvalidCursor = "invalid_cursor", 400, "The cursor does not belong to this list";
    /// No valid credentials.
    Unauthenticated = "unauthenticated", 401, "Sign in first";
    /// Username or password is wrong.
    InvalidCredentials = "invalid_credentials", 401, "The username or the password is wrong";
    /// The password is right, and the second factor is asked for.
    SecondFactorRequired = "second_factor_required", 401, "Send the code of your second factor as well";
    /// The code of the second factor is wrong, or was used before.
    InvalidSecondFactor = "invalid_second_factor", 401, "The code of the second factor is wrong or has been used";
    /// There is no such reset, or it is over.
    InvalidResetCode = "invalid_reset_code", 401, "The username or the one-time code is wrong, or the code has expired";
    /// The refresh token is not valid any more.
    InvalidRefreshToken = "invalid_refresh_token", 401, "Sign in again";
    /// The session's authentication is older than the operation allows (RFC 9470).
    InsufficientUserAuthentication = "insufficient_user_authentication", 401, "Prove your identity again at /v1/auth/step-up";
    /// The role does not allow this.
    PermissionDenied = "permission_denied", 403, "Your role does not allow this";
    /// The token's scope does not allow this.
    InsufficientScope = "insufficient_scope", 403, "The scope of this token does not allow this";
    /// The client may not be used from this address.
    AddressNotAllowed = "address_not_allowed", 403, "This client may not be used from this address";
    /// The password must be changed before anything else.
    PasswordChangeRequired = "password_change_required", 403, "Change your password first";
    /// The role needs a second factor, and there is none yet.
    SecondFactorEnrolmentRequired = "second_factor_enrolment_required", 403, "Set up a second factor first";
    /// The current code of conduct is not accepted yet.
    CodeOfConductRequired = "code_of_conduct_required", 403, "Accept the code of conduct first";
    /// No such thing, or none that the caller may know of.
    NotFound = "not_found", 404, "Not found";
    /// No such address, for anybody. What is behind an address that exists is never answered with this.
    RouteNotFound = "route_not_found", 404, "There is no such address";
    /// The path exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405, "This method is not allowed here";
    /// None of the accepted media types can be produced.
    NotAcceptable = "not_acceptable", 406, "None of the media types that you accept can be produced here";
    /// The request took too long to arrive.
    RequestTimeout = "request_timeout", 408, "The request took too long to arrive";
    /// It contradicts what is there.
    Conflict = "conflict", 409, "The request conflicts with the current state";
    /// A name or code is taken.
    AlreadyExists = "already_exists", 409, "This already exists";
    /// A transition's requirements are not met.
    UnmetGuards = "unmet_guards", 409, "The requirements of this step are not met";
    /// There is no such transition from here.
    NoSuchTransition = "no_such_transition", 409, "There is no such step from the current stage";
    /// The client has as many secrets as it can have.
    TooManySecrets = "too_many_secrets", 409, "The client already has two secrets: delete one first";
    /// Two persons must answer for this, and a second one has not approved it.
    ApprovalRequired = "approval_required", 409, "A second person must approve exactly this first";
    /// The hour for it has passed.
    ApprovalExpired = "approval_expired", 409, "The approval has expired: ask for a new one";
    /// It was tried with other parameters, or whoever approved it may do so no more.
    ApprovalVoid = "approval_void", 409, "The approval can no longer be used: ask for a new one";
    /// It was decided, or used, before.
    ApprovalDecided = "approval_decided", 409, "This has already been decided or used";
    /// Whoever asked cannot approve.
    SamePerson = "same_person", 409, "Somebody else must decide this";
    /// A person cannot be erased now.
    ErasureRefused = "erasure_refused", 409, "The person cannot be erased now";
    /// The reason for closing says something else than the road home.
    ClosureDisagrees = "closure_disagrees", 409, "The reason for closing says something else than the case";
    /// Tasks of the case wait, and nobody said that they end with it.
    OpenTasks = "open_tasks", 409, "Tasks of the case are still open";
    /// A child would stay behind without the case.
    ChildRemains = "child_remains", 409, "A child who belongs to the person would remain";
    /// The case is closed.
    CaseClosed = "case_closed", 409, "The case is closed";
    /// The person was merged with another one, whose case goes on.
    CaseMerged = "case_merged", 409, "This record was merged into another one: continue with the other case";
    /// A list is at another step.
    ImportNotAtStep = "import_not_at_step", 409, "The list is not at the step for this";
    /// The service, or a colleague, is at work on a list.
    ImportBusy = "import_busy", 409, "The list is being worked on";
    /// Rows of a list wait for a decision.
    DecisionsMissing = "decisions_missing", 409, "Rows of the list wait for a decision";
    /// What a list made cannot be taken back any more.
    UndoTooLate = "undo_too_late", 409, "The day in which this can be undone is over";
    /// Two persons cannot be merged now.
    MergeBlocked = "merge_blocked", 409, "These two records cannot be merged now";
    /// A merge cannot be undone now.
    UndoBlocked = "undo_blocked", 409, "The merge cannot be undone now";
    /// The resource changed since it was read.
    StaleVersion = "stale_version", 412, "Somebody changed this since you read it";
    /// As many files, or as much of them, as there may be.
    AttachmentLimitReached = "attachment_limit_reached", 409, "No more files can be stored here";
    /// The body is too large.
    BodyTooLarge = "body_too_large", 413, "The request body is larger than 1 MiB";
    /// The file is too large.
    FileTooLarge = "file_too_large", 413, "The file is larger than 20 MiB";
    /// The request line is too long.
    UriTooLong = "uri_too_long", 414, "The address is too long";
    /// The media type or encoding of the body is not accepted.
    UnsupportedMediaType = "unsupported_media_type", 415, "The media type or the encoding of the body is not accepted";
    /// No such part of the file.
    RangeNotSatisfiable = "range_not_satisfiable", 416, "The file has no such part";
    /// The idempotency key was used for another request.
    IdempotencyKeyReused = "idempotency_key_reused", 422, "This Idempotency-Key has been used for another request";
    /// The request was carried out by a version that kept answers; the answer was deleted.
    AnswerNotKept = "answer_not_kept", 409, "The request was carried out, and its answer is no longer kept";
    /// The file is not what it was said to be, is damaged, or is of a kind that is not kept.
    FileRefused = "file_refused", 422, "The file is not acceptable";
    /// The mission does not serve this nationality here.
    MissionDoesNotCover = "mission_does_not_cover", 422, "The mission does not cover this nationality in this country";
    /// Nobody asked the person, or the person did not agree.
    ConsentRequired = "consent_required", 422, "The person has not consented to this";
    /// If-Match is missing.
    PreconditionRequired = "precondition_required", 428, "Send If-Match with the ETag you read";
    /// Too many requests, or too many failed sign-ins.
    TooManyRequests = "too_many_requests", 429, "Too many requests";
    /// The searches of a day are spent.
    SearchBudgetSpent = "search_budget_spent", 429, "No more blind searches today";
    /// The questions about a release of a day are spent.
    FigureBudgetSpent = "figure_budget_spent", 429, "No more questions about this release today";
    /// Headers are too large.
    HeadersTooLarge = "headers_too_large", 431, "The headers are too large";
    /// Something of ours failed.
    Internal = "internal", 500, "Something went wrong on our side";
    /// Something sealed does not open, or a stored value is none that was written.
    Integrity = "integrity", 500, "What is stored here is damaged";
    /// The database cannot be reached.
    DatabaseUnavailable = "database_unavailable", 503, "The database cannot be reached";
    /// The files of the database are damaged, or not those that were opened.
    DatabaseDamaged = "database_damaged", 503, "The database is damaged, or its file was replaced";
    /// Whether the write took effect is not known.
    OutcomeUnknown = "outcome_unknown", 503, "It is not known whether this took effect";
    /// The names are still being read.
    NamesNotReady = "names_not_ready", 503, "The search by name is not ready yet";
    /// Files cannot be stored or read now.
    StorageUnavailable = "storage_unavailable", 503, "Files cannot be stored or read at the moment";
    /// No space is left for it, in the database or for a file. Known not to have happened.
    StorageFull = "storage_full", 507, "There is no space left to store this";
    /// The audit trail cannot be written, so nothing is disclosed.
    AuditUnavailable = "audit_unavailable", 503, "The audit trail cannot be written";
}

/// An error on its way to a caller.
#[derive(Clone, Debug)]
pub struct Error {
    /// The stable code.
    pub code: ErrorCode,
    /// What the caller may read. Never contains a value from the request or the database.
    pub detail: Option<String>,
    /// The fields concerned.
    pub errors: Vec<Violation>,
    /// The unmet guards of a transition.
    pub unmet: Vec<UnmetGuard>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u64>,
    /// The scope that a machine would need.
    pub scope: Option<Permission>,
    /// Whether the request was refused for the token it carries (RFC 6750 §3.1).
    pub is_token_invalid: bool,
    /// What only the log may read.
    internal: Option<String>,
}

impl Error {
    /// An error of this code.
    pub fn new(code: ErrorCode) -> Self {
        Self {
            code,
            detail: None,
            errors: Vec::new(),
            unmet: Vec::new(),
            retry_after: None,
            scope: None,
            is_token_invalid: false,
            internal: None,
        }
    }

    /// The resource does not exist, or the caller may not know of it: always the same answer.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound)
    }

    /// The token of the request is not valid. The sentence is for its bearer, and becomes part of a header: ASCII without quotes.
    pub fn invalid_token(detail: &'static str) -> Self {
        Self { is_token_invalid: true, ..Self::new(ErrorCode::Unauthenticated).detail(detail) }
    }

    /// A failure of the service itself. The text goes to the log only.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self { internal: Some(cause.to_string()), ..Self::new(ErrorCode::Internal) }
    }

    /// Nobody knows whether a write took effect. Whoever sent it can find out.
    pub fn outcome_unknown() -> Self {
        let advice = "Repeat the request with the same Idempotency-Key, or read before you write again.";
        Self::new(ErrorCode::OutcomeUnknown).retry_after(2).detail(advice)
    }

    /// There is no space left, so nothing was written.
    pub fn storage_full() -> Self {
        Self::new(ErrorCode::StorageFull).retry_after(60)
    }

    /// One field is not acceptable.
    pub fn field(pointer: &str, code: &str, message: &str) -> Self {
        Self::fields(vec![Violation::new(pointer, code, message)])
    }

    /// Several fields are not acceptable.
    pub fn fields(errors: Vec<Violation>) -> Self {
        Self { errors, ..Self::new(ErrorCode::ValidationFailed) }
    }

    /// Requirements of a transition are not met.
    pub fn unmet(unmet: Vec<UnmetGuard>) -> Self {
        Self { unmet, ..Self::new(ErrorCode::UnmetGuards) }
    }

    /// The error with a sentence for the caller.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// The error with a text for the log.
    #[must_use]
    pub fn with_internal(self, cause: impl fmt::Display) -> Self {
        Self { internal: Some(cause.to_string()), ..self }
    }

    /// The same error of a part of what was sent: its pointers lead into that part.
    pub fn within(mut self, part: &str) -> Self {
        for error in &mut self.errors {
            error.pointer.insert_str(0, part);
        }
        self
    }

    /// The error with a field that it concerns.
    #[must_use]
    pub fn at(mut self, pointer: &str, code: &str, message: &str) -> Self {
        self.errors.push(Violation::new(pointer, code, message));
        self
    }

    /// The error with all fields that it concerns.
    #[must_use]
    pub fn with(self, errors: Vec<Violation>) -> Self {
        Self { errors, ..self }
    }

    /// The error with the seconds to wait.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// The error with the scope that a machine would need.
    #[must_use]
    pub fn scope(self, scope: Permission) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// Whether it says no more than that the database is away or too busy, which everybody meets at once.
    pub fn is_outage(&self) -> bool {
        matches!(
            self.code,
            ErrorCode::DatabaseUnavailable | ErrorCode::DatabaseDamaged | ErrorCode::AuditUnavailable | ErrorCode::StorageFull
        )
    }

    /// The text for the log.
    pub fn cause(&self) -> Option<&str> {
        self.internal.as_deref()
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn codes_are_unique_and_statuses_are_errors() {
        let mut codes: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        assert!(ErrorCode::ALL.iter().all(|code| (400..600).contains(&code.status())));
    }
}
