//! What to tell about each error: one arm a code, so that a new code does not compile before it is explained.

use crate::error::ErrorCode;

/// Whether it helps to send the same request again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It does not: the request, or what it is about, must change first.
    No,
    /// After something else was done, which the advice names, the same request succeeds.
    AfterThat,
    /// After the seconds of `Retry-After`, with the same `Idempotency-Key`.
    AfterWait,
    /// After a short while, with the same `Idempotency-Key`, and only a few times.
    Carefully,
}

impl Retry {
    /// For the list of all errors.
    pub const fn short(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::AfterThat => "after something else",
            Self::AfterWait => "yes, after a wait",
            Self::Carefully => "yes, a few times",
        }
    }

    /// For the page of one error.
    pub const fn long(self) -> &'static str {
        match self {
            Self::No => "No. The same request gets the same answer. Change it first.",
            Self::AfterThat => "Not at once. Do first what is said above; then the same request can succeed.",
            Self::AfterWait => {
                "Yes. Wait the seconds that the header Retry-After says, and a random part of a second more, so that not all clients come back \
                 together. Send a creating request again with the same Idempotency-Key: it creates nothing twice."
            }
            Self::Carefully => {
                "Yes, a few times. Wait 1, then 2, then 4 seconds, each with a random part, and give up after that. Send a creating request again \
                 with the same Idempotency-Key: it creates nothing twice."
            }
        }
    }
}

/// What to tell about an error.
pub struct Advice {
    /// What it means.
    pub meaning: &'static str,
    /// Why it comes.
    pub cause: &'static str,
    /// What to do.
    pub action: &'static str,
    /// Whether it helps to send the same request again.
    pub retry: Retry,
}

/// One entry a code: whether to repeat, what it means, why it comes, what to do.
macro_rules! advice {
    ($($code:ident, $retry:ident: $meaning:literal $cause:literal $action:literal)+) => {
        /// What to tell about this code.
        pub const fn of(code: ErrorCode) -> Advice {
            match code {
                $(ErrorCode::$code => Advice { meaning: $meaning, cause: $cause, action: $action, retry: Retry::$retry },)+
            }
        }
    };
}

advice! {
    InvalidBody, No:
        "The body of the request cannot be read: it is not JSON, or a field has the wrong type or a name that does not exist."
        "A missing bracket, a number where a text belongs, a misspelt field, a code or a country that does not exist."
        "Read `errors`: each entry points to the place in the body. Compare with the request in the reference. Unknown fields are refused on purpose, so that a misspelt field is not lost in silence."
    ValidationFailed, No:
        "The body has the right form, and a value in it cannot be accepted."
        "A day in the future, a text that is too long, an amount larger than what is owed, two fields that contradict each other."
        "Show the `message` of each entry in `errors` beside the field that its `pointer` names. Everything that is wrong is listed together, so that the user can mend it at once."
    InvalidQuery, No:
        "A query parameter does not exist here, or its value cannot be accepted."
        "A misspelt filter, a limit above the maximum, a value that is no known code."
        "The `pointer` in `errors` is the name of the parameter. An unknown parameter is refused on purpose: ignoring a misspelt filter would show too much."
    InvalidHeader, No:
        "A header cannot be accepted."
        "An `Idempotency-Key` that is empty, too long, or has letters outside of ASCII; a `Content-Digest` that is none."
        "The `pointer` in `errors` is the name of the header."
    InvalidCursor, No:
        "The value of `after` does not continue this list."
        "It was changed, is too old, comes from another list or another account, or the filters changed while paging."
        "Start again without `after`. Keep the filters the same on all pages, and treat the cursor as a text without meaning."
    Unauthenticated, AfterThat:
        "The request carries no valid access token."
        "There is no `Authorization` header, the token has expired after ten minutes, or the session was ended."
        "Get a new access token with the refresh token at `POST /v1/auth/refresh`, or sign in again. Machines ask for a new token at `POST /v1/oauth/token`."
    InvalidCredentials, No:
        "The username or the password is wrong."
        "A typing mistake, or a password that was changed. Both answers are the same, so that nobody learns which usernames exist."
        "Let the user type again. Do not repeat by program: after failures the account has to wait longer and longer. For a forgotten password an administrator begins a reset."
    SecondFactorRequired, AfterThat:
        "The password is right, and the account is protected by a second factor."
        "The request to sign in had no `code`."
        "Ask the user for the code that the authenticator app shows now, or for a recovery code, and send username, password and `code` together."
    InvalidSecondFactor, No:
        "The code of the second factor is wrong, or it was used before."
        "A typing mistake, a clock of the phone that is wrong, or a code that was already used: each code works once."
        "Wait for the next code (30 seconds) and let the user type it. If the phone is lost, a recovery code works once."
    InvalidResetCode, No:
        "The username or the reset code is wrong, or the code has expired."
        "Reset codes live one day, work once, and a new one ends the older."
        "Compare the code with the one you were given. If it is older than a day, ask the administrator for a new one."
    InvalidRefreshToken, No:
        "The refresh token is not valid any more."
        "It was used before, it has expired, or the session was ended. When a used token comes back late, the whole session ends, because somebody else may have it."
        "Let the user sign in again. Store only the newest refresh token, and refresh from one place in your program."
    InsufficientUserAuthentication, AfterThat:
        "The operation asks for a proof of identity that is at most five minutes old."
        "Exact locations, exports, erasures and the administration of accounts are protected in this way (RFC 9470)."
        "Ask for the password and, if it is on, the code of the second factor, send them to `POST /v1/auth/step-up`, and send the request again. The tokens stay the same. A machine cannot do this: a person must be there."
    PermissionDenied, No:
        "The role of this account does not allow the operation."
        "Each operation in the reference names the permission that it needs. A role that does not have it gets this answer for every id, real or not."
        "Use an account with the right role. Do not show the button to users whose `permissions` in `GET /v1/me` do not contain it."
    InsufficientScope, No:
        "The token of the machine does not contain the scope that the operation needs."
        "The token was asked for with fewer scopes, or the client was never given this one. `WWW-Authenticate` names the scope."
        "Ask for a token with this scope. If the token endpoint refuses it, an administrator must add it to the client."
    AddressNotAllowed, No:
        "The machine client may not be used from this address."
        "The client has a list of addresses, and the request came from another one."
        "Send the request from an address in the list, or ask an administrator to change the list. If a proxy stands in between, the server must know it."
    PasswordChangeRequired, AfterThat:
        "The password must be changed before anything else."
        "The account is new, or its password was reset."
        "Let the user change it at `POST /v1/auth/password`. After that everything works with the same session."
    SecondFactorEnrolmentRequired, AfterThat:
        "The role needs a second factor, and the account has none."
        "The installation asks this role for a second factor. Until it is set up, only the own account can be used."
        "Begin at `POST /v1/auth/second-factor`, show the QR code, and confirm with the first code at `POST /v1/auth/second-factor/confirm`."
    CodeOfConductRequired, AfterThat:
        "The user has not accepted the current code of conduct."
        "The account is new, or the text changed."
        "Show the text of `GET /v1/code-of-conduct` and send the acceptance to `POST /v1/code-of-conduct/acceptance`."
    NotFound, No:
        "There is no such thing, or none that you may know of."
        "The id is wrong, the address is wrong, or your organisation holds no grant on the case. These answers are the same to the last byte, so that nobody learns who is registered."
        "Check the id. If the case was visible before, the person may have taken back a consent: see `GET /v1/access-events`, and delete your copy."
    MethodNotAllowed, No:
        "The address exists, and it does not take this method."
        "For example PUT where PATCH is needed, or a change of something that can only be added to."
        "The header `Allow` lists the methods that the address takes."
    NotAcceptable, No:
        "None of the media types in `Accept` can be produced here."
        "For example `Accept: text/csv` at an operation that answers with JSON."
        "Leave `Accept` out, or send the media type that the reference names. CSV and charts have addresses of their own."
    RequestTimeout, Carefully:
        "The request did not arrive completely within 15 seconds."
        "A slow or broken line."
        "Send it again."
    Conflict, No:
        "The request contradicts what is there now."
        "For example: the second factor is off already, or something refers to a thing that is gone. `detail` says more."
        "Read the resource again, and decide with what it says now."
    AlreadyExists, No:
        "A name, a code or a day is taken."
        "Somebody created the same before, perhaps your own request whose answer was lost."
        "Look for the existing one and use it, or choose another name. With an `Idempotency-Key` a repeated request gets its first answer instead of this one."
    UnmetGuards, AfterThat:
        "The case cannot take this step yet."
        "The step has requirements, and some are not met. `unmet` lists all of them, with the field and the resource that would meet each."
        "Show the `message` of each entry as a list of what is to be done. `GET /v1/cases/{id}/repatriation` says the same before anybody tries."
    NoSuchTransition, No:
        "From the stage that the case has now, no step leads there."
        "The case moved meanwhile, or the step skips a stage."
        "Read `GET /v1/cases/{id}/repatriation`: `next` lists every step that exists now."
    TooManySecrets, AfterThat:
        "The machine client has two secrets already."
        "Two at a time are enough to change one without an interruption."
        "End the older secret with `DELETE /v1/clients/{id}/secrets/{secret_id}`, then create the new one."
    ApprovalRequired, AfterThat:
        "Two persons must answer for this, and the second one has not approved it."
        "Exports with names, and erasing a person, need an approval by somebody else for exactly these parameters."
        "Create an approval at `POST /v1/approvals`, wait until a colleague has approved it, and send the request with its id."
    ApprovalExpired, AfterThat:
        "The approval is too old."
        "An approval can be used for one hour."
        "Create a new approval and have it approved again."
    ApprovalVoid, AfterThat:
        "The approval cannot be used any more."
        "It was tried with other parameters than those that were approved, or whoever approved it has lost the right to."
        "Create a new approval with exactly the parameters that you are going to send."
    ApprovalDecided, No:
        "The approval was decided or used before."
        "A colleague was faster, or the request was sent twice. An approval is good for one use."
        "Read `GET /v1/approvals/{id}` to see what was decided. For another use, create a new one."
    SamePerson, No:
        "Whoever asked cannot approve."
        "Two persons means two accounts."
        "Let a colleague with the permission decide."
    ErasureRefused, AfterThat:
        "The person cannot be erased now."
        "A legal hold is on record, the road home is being walked and the person did not ask, or another organisation owns a case of the person. Which of them may be for others to know, so the answer does not say."
        "Look at the holds and the stage of the case. Speak with the other organisations that know the person, then ask again."
    CaseClosed, AfterThat:
        "The case is closed, and a closed case does not change."
        "Somebody closed it, or it came to its end."
        "Reopen it with a reason at `POST /v1/cases/{id}/reopen` if it must go on."
    CaseMerged, No:
        "The person was registered twice, and this record was merged with the other."
        "A merge keeps one case, which goes on. `detail` names it."
        "Go on with the case that `detail` names, and replace the id in your own records."
    MergeBlocked, AfterThat:
        "The two records cannot be merged now."
        "They contradict each other in something that cannot be put together by itself. `errors` lists what."
        "Settle each entry of `errors`, then look at the preview again."
    UndoBlocked, AfterThat:
        "The merge cannot be undone now."
        "Something happened since that belongs to both. `errors` lists what."
        "Settle each entry of `errors`, then try again."
    StaleVersion, No:
        "Somebody changed the resource since you read it."
        "The ETag in `If-Match` is not the current one. Your change was refused, so that it does not overwrite the work of a colleague."
        "Read the resource again, show the user what changed, apply the change to the new state, and send it with the new ETag."
    BodyTooLarge, No:
        "The body is larger than what is accepted."
        "JSON bodies are limited to 1 MiB."
        "Send less at once: a list in several requests."
    UriTooLong, No:
        "The address is longer than 8 KiB."
        "Too many or too long query parameters."
        "Use the search with a body, `POST /v1/cases/search`, or ask in several requests."
    UnsupportedMediaType, No:
        "The body has a media type or an encoding that is not accepted."
        "Something other than JSON was sent (or, as the content of an attachment, something other than `application/octet-stream`), or the body was compressed."
        "Send `Content-Type: application/json` (a PATCH also takes `application/merge-patch+json`, and the content of a file is `application/octet-stream`) and no `Content-Encoding`."
    IdempotencyKeyReused, No:
        "This `Idempotency-Key` was used for another request."
        "A key belongs to one request, with its body, for seven days. The same key with another body is nearly always a mistake of the program."
        "Make a new key, such as a random UUID, for each new thing. Keep the key only to repeat exactly the same request."
    MissionDoesNotCover, No:
        "The mission does not serve this nationality in this country."
        "Each mission has a list of whom it covers, and where."
        "Look up the right one: `GET /v1/missions?nationality=…&host_country=…`."
    ConsentRequired, AfterThat:
        "The person has not agreed to this."
        "Nobody asked, the answer was no, the consent covers other compartments or another organisation, or it was withdrawn. `detail` names the purpose."
        "Ask the person, record the answer at `POST /v1/cases/{id}/consents`, and only then share. Never record a consent that was not given."
    PreconditionRequired, No:
        "The change does not say which version it is based on."
        "The request has no `If-Match`."
        "Read the resource, and send its `ETag` as `If-Match`. This protects against overwriting the work of a colleague."
    TooManyRequests, AfterWait:
        "Too many requests in a minute, or too many failed sign-ins."
        "The headers `RateLimit-Policy` and `RateLimit` say how many are allowed and left."
        "Slow down before the limit is reached: `RateLimit` says when the minute ends."
    SearchBudgetSpent, AfterWait:
        "The blind searches of the day are spent."
        "Each user and each organisation has a number of searches a day, so that nobody can try out a list of people."
        "Go on tomorrow. `Retry-After` says when. Ask only about people who stand before you."
    HeadersTooLarge, No:
        "The headers of the request are too large."
        "Usually a cookie or a token of another system."
        "Send only the headers that are needed. Homeward sets no cookie and needs none."
    Internal, Carefully:
        "Something failed on our side."
        "A mistake in the service. The cause is in the log of the server, under the id in `instance`."
        "Tell the operator the `instance`. Never an id or a name of a person."
    DatabaseUnavailable, AfterWait:
        "The database cannot be reached, or is busy."
        "A restart, a failover, or very many requests at once. Nothing took effect."
        "Wait and send it again."
    OutcomeUnknown, AfterWait:
        "Whether the request took effect is not known."
        "The connection to the database broke at the very moment of the commit."
        "With an `Idempotency-Key`, send the same request again: you get the first answer if it took effect. Without one, read first what is there."
    NamesNotReady, AfterWait:
        "The search by name is not ready yet."
        "After a start the service first reads all names into memory. This takes seconds."
        "Wait and send it again."
    AuditUnavailable, AfterWait:
        "The audit trail cannot be written, so nothing is disclosed."
        "Every access to a case is recorded before the answer leaves. When that is not possible, there is no answer."
        "Wait and send it again. If it lasts, tell the operator: the disk may be full."
    AttachmentLimitReached, No:
        "No more files can be kept on this case, or by this organisation."
        "The case has as many files as it may have, or the files of the organisation have reached the size that was set for it."
        "Delete files that are not needed. If all are needed, whoever runs the installation can raise the limit."
    FileTooLarge, No:
        "The file is larger than 20 MiB."
        "A photograph in its full size, or a scan with too many dots."
        "Scan with 200 dots per inch, or split the document into several files. Tell the user before the upload: the size is known then."
    RangeNotSatisfiable, No:
        "The file has no such part."
        "The `Range` of the request begins after the end of the file, or is none that can be read."
        "The header `Content-Range` of this answer tells the length of the file. Ask for a part within it, or for the whole file."
    FileRefused, No:
        "The bytes are not a file that is accepted here."
        "Accepted are PDF, JPEG and PNG. The bytes are of another kind than was announced, are damaged, or do not have the digest that was sent with them."
        "Check that the file opens on the screen, announce its real `media_type`, and compute the digest over exactly the bytes that you send."
    StorageUnavailable, Carefully:
        "Files cannot be stored or read just now."
        "The place where files are kept does not answer. Everything else works: cases can be registered and changed."
        "Go on without the file and send it later. Nothing of it was kept, and what was announced waits for it."
    StorageFull, No:
        "There is no space left for files."
        "The disk or the bucket of the installation is full, or has reached its limit."
        "Keep the file, and tell whoever runs the installation. Cases can still be registered and changed."
}
