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
            Self::No => "No",
            Self::AfterThat => "Yes, after fixing the cause",
            Self::AfterWait => "Yes, after a wait",
            Self::Carefully => "Yes, a few times",
        }
    }

    /// For the page of one error.
    pub const fn long(self) -> &'static str {
        match self {
            Self::No => "No. The same request gets the same answer. Change it first.",
            Self::AfterThat => "Not yet. Do what is described above first; then the same request can succeed.",
            Self::AfterWait => {
                "Yes. Wait as many seconds as the header Retry-After says, plus a random fraction of a second, so that clients do not all come \
                 back at once. If the request creates something, send it with the same Idempotency-Key: nothing is created twice."
            }
            Self::Carefully => {
                "Yes, a few times. Wait 1, then 2, then 4 seconds, each with a random fraction added, and then give up. If the request creates \
                 something, send it with the same Idempotency-Key: nothing is created twice."
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
        "Read `errors`: each entry points to a place in the body. Compare it with the request in the reference. Unknown fields are refused on purpose, so that a misspelt field is never silently lost."
    ValidationFailed, No:
        "The body has the right form, but a value in it is not acceptable."
        "A date in the future, a text that is too long, an amount larger than what is owed, two fields that contradict each other."
        "Show the `message` of each entry in `errors` next to the field that its `pointer` names. Everything that is wrong is listed at once, so that the user can correct it in one go."
    InvalidQuery, No:
        "A query parameter does not exist here, or its value is not acceptable."
        "A misspelt filter, a limit above the maximum, a value that is not a known code."
        "The `pointer` in `errors` is the name of the parameter. Unknown parameters are refused on purpose: ignoring a misspelt filter would show too much."
    InvalidPath, No:
        "The path can be read in more than one way, and is therefore not read at all."
        "A percent sign, a semicolon, a backslash, an empty segment (`//`), a segment `.` or `..`, or a character beyond ASCII letters, digits and `-._~`."
        "Write the path as the [reference](/docs/reference/) does, with ids as they came. No address here needs percent-encoding; only the query does."
    InvalidHeader, No:
        "A header is not acceptable."
        "An `Idempotency-Key` that is empty, too long or not plain ASCII; a `Content-Digest` or an `If-Match` that cannot be read; \
         a condition or a preference of more than 1,000 characters."
        "The `pointer` in `errors` is the name of the header."
    InvalidCursor, No:
        "The value of `after` does not continue this list."
        "It was changed, is too old, or comes from another list or another account; or the filters changed between pages."
        "Start again without `after`. Keep the filters the same on every page, and do not try to interpret the cursor."
    Unauthenticated, AfterThat:
        "The request carries no access token, or one that is not valid. `detail` says which, and so does `WWW-Authenticate`: `error=\"invalid_token\"` when a token was sent."
        "There is no `Authorization` header, the token has expired (it lives ten minutes), the session has ended, or the token is not one of this server's."
        "Get a new access token with the refresh token at `POST /v1/auth/refresh`, or sign in again. Machine clients ask for a new token at `POST /v1/oauth/token`."
    InvalidCredentials, No:
        "The username or the password is wrong."
        "A typing mistake, or a password that has been changed. The answer is the same in both cases, so that nobody can find out which usernames exist."
        "Let the user type both again. Do not repeat the request automatically: after each failure the account has to wait longer. If the password is forgotten, an administrator can reset it."
    SecondFactorRequired, AfterThat:
        "The password is right, and the account is protected by a second factor."
        "The request to sign in had no `code`."
        "Ask the user for the code that the authenticator app shows now, or for a recovery code, and send username, password and `code` together."
    InvalidSecondFactor, No:
        "The code of the second factor is wrong, or it has been used already."
        "A typing mistake, a phone whose clock is wrong, or a code that has been used: each code works once."
        "Wait for the next code (30 seconds) and let the user type it. If the phone is lost, a recovery code works once."
    InvalidResetCode, No:
        "The username or the one-time code is wrong, or the code has expired."
        "One-time codes are valid for one day and work once. A new code replaces the one before."
        "Compare the code with the one you were given. If it is more than a day old, ask the administrator for a new one."
    InvalidRefreshToken, No:
        "The refresh token is no longer valid."
        "It has been used already, it has expired, or the session has ended. When a used token turns up again later, the whole session ends, because somebody else may have it."
        "Let the user sign in again. Keep only the newest refresh token, and refresh in one place in your program."
    InsufficientUserAuthentication, AfterThat:
        "The operation asks for a proof of identity that is at most five minutes old."
        "Exact locations, exports, erasures and the administration of accounts are protected in this way (RFC 9470)."
        "Ask for the password and, if it is on, the code of the second factor, send them to `POST /v1/auth/step-up`, and send the request again. The tokens stay the same. A machine client cannot do this: a person has to be present."
    PermissionDenied, No:
        "The role of this account does not allow the operation."
        "Each operation in the reference names the permission that it needs. A role without that permission gets this answer for every id, whether it exists or not."
        "Use an account with the right role. Hide the button from users whose `permissions` in `GET /v1/me` do not contain it."
    InsufficientScope, No:
        "The token of the machine client does not contain the scope that the operation needs."
        "The token was requested with fewer scopes, or the client was never given this one. `WWW-Authenticate` names the scope."
        "Ask for a token with this scope. If the token endpoint refuses it, an administrator must add the scope to the client."
    AddressNotAllowed, No:
        "The machine client may not be used from this address."
        "The client has a list of allowed addresses, and the request came from another one."
        "Send the request from an address on the list, or ask an administrator to change the list. If there is a proxy in between, the server must be told about it."
    PasswordChangeRequired, AfterThat:
        "The password must be changed before anything else."
        "The account is new, or its password was reset."
        "Let the user change it at `POST /v1/auth/password`, and sign in with the new one."
    SecondFactorEnrolmentRequired, AfterThat:
        "The role needs a second factor, and the account has none."
        "This installation requires a second factor for this role. Until it is set up, users can only manage their own account."
        "The page [`/setup`](/setup) leads the user through it. In a program: begin at `POST /v1/auth/second-factor`, show the QR code, and confirm with the first code at `POST /v1/auth/second-factor/confirm`."
    CodeOfConductRequired, AfterThat:
        "The user has not accepted the current code of conduct."
        "The account is new, or the text has changed."
        "The page [`/setup`](/setup) leads the user through it. In a program: show the text of `GET /v1/code-of-conduct`, and send the acceptance to `POST /v1/code-of-conduct/acceptance`."
    NotFound, No:
        "It does not exist, or you are not allowed to know that it does."
        "The id is wrong, or your organisation holds no grant on the case. The two answers are identical to the last byte, so that nobody can find out who is registered."
        "Check the id. If you could see the case before, the person may have withdrawn a consent: see `GET /v1/access-events`, and delete your copy."
    RouteNotFound, No:
        "This server has no such address, for anybody."
        "A misspelt path, or a slash at the end."
        "Compare the path with the [reference](/docs/reference/). A case or a record that is hidden from you is never answered with this code, but with `not_found`."
    MethodNotAllowed, No:
        "The address exists, but not with this method."
        "For example PUT where PATCH is needed, or an attempt to change something that can only be added to."
        "The header `Allow` lists the methods that the address takes."
    NotAcceptable, No:
        "None of the media types in `Accept` can be produced here."
        "For example `Accept: text/csv` on an operation that answers with JSON."
        "Leave `Accept` out, or send the media type that `detail` names. CSV and charts have addresses of their own, which `detail` names too."
    RequestTimeout, Carefully:
        "The request did not arrive completely within 15 seconds."
        "A slow or unstable connection."
        "Send it again."
    Conflict, No:
        "The request conflicts with the current state."
        "For example, the second factor is already off, or the request refers to something that no longer exists. `detail` says more."
        "Read the resource again, and decide on the basis of what it says now."
    AlreadyExists, No:
        "A name, a code or a date is already taken."
        "Somebody created the same thing before. Perhaps it was your own request, and its answer was lost."
        "Look for the existing one and use it, or choose another name. With an `Idempotency-Key`, a repeated request gets what it made instead of this answer."
    UnmetGuards, AfterThat:
        "The case cannot take this step yet."
        "The step has requirements, and some of them are not met. `unmet` lists them all, with the resource and the field that would meet each."
        "Show the `message` of each entry as a to-do list. `GET /v1/cases/{id}/repatriation` gives the same list before anybody tries."
    NoSuchTransition, No:
        "No step leads there from the stage that the case is in now."
        "The case has moved in the meantime, or the request skips a stage."
        "Read `GET /v1/cases/{id}/repatriation`: `next` lists every step that is possible now."
    TooManySecrets, AfterThat:
        "The machine client already has two secrets."
        "Two at a time are enough to replace one without an interruption."
        "Delete the older secret with `DELETE /v1/clients/{id}/secrets/{secret_id}`, then create the new one."
    ApprovalRequired, AfterThat:
        "This takes two people, and the second one has not approved it."
        "Exports with names, and erasing a person, must be approved by somebody else, for exactly these parameters."
        "Create an approval at `POST /v1/approvals`, wait until a colleague has approved it, and send the request with its id."
    ApprovalExpired, AfterThat:
        "The approval is too old."
        "An approval can be used for one hour."
        "Create a new approval and have it approved."
    ApprovalVoid, AfterThat:
        "The approval can no longer be used."
        "It was used with parameters other than those that were approved, or the colleague who approved it is no longer allowed to."
        "Create a new approval with exactly the parameters that you are going to send."
    ApprovalDecided, No:
        "The approval has already been decided or used."
        "A colleague was faster, or the request was sent twice. Each approval can be used once."
        "Read `GET /v1/approvals/{id}` to see the decision. To do the same thing again, create a new approval."
    SamePerson, No:
        "You cannot approve your own request."
        "Two people means two accounts."
        "Ask a colleague who has the permission to decide."
    ErasureRefused, AfterThat:
        "The person cannot be erased now."
        "There is a legal hold, the person is on the road home and did not ask to be erased, or another organisation owns a case of the person. The answer does not say which, because you may not be allowed to know."
        "Look at the legal holds and at the stage of the case. Talk to the other organisations that know the person, then ask again."
    ClosureDisagrees, AfterThat:
        "The reason for closing says something else than the case."
        "A reason such as `deceased` or `repatriated` names how the way ended. If the case does not say the same, figures contradict each other. `errors` names the step to take, at `/reason`."
        "Take that step at `POST /v1/cases/{id}/repatriation/transitions`, then close. If the case is wrong, take the wrong entry back first."
    OpenTasks, AfterThat:
        "Tasks that your colleagues added are still open."
        "A closed case is on no worklist, so its tasks would be forgotten."
        "Read `GET /v1/cases/{id}/tasks`, do what is to be done, and close; or close with `end_tasks: true`. Those tasks end with the case and come back when it is reopened."
    ChildRemains, AfterThat:
        "A child who belongs to the person would stay behind without this case."
        "The person is the parent or guardian of somebody whose case is still open, and nobody said who looks after the child."
        "Read `GET /v1/cases/{id}/relations` and look at the child's case. Then close with `leaves_child: true`, or let a supervisor record the reason as `separation_reason` of the relation."
    CaseClosed, AfterThat:
        "The case is closed, and a closed case cannot be changed."
        "Somebody closed it, or it reached its end."
        "If it must go on, reopen it with a reason at `POST /v1/cases/{id}/reopen`."
    CaseMerged, No:
        "The person was registered twice, and this record has been merged into the other."
        "After a merge, one case goes on. `detail` names it."
        "Continue with the case that `detail` names, and replace the id in your own records."
    ImportNotAtStep, AfterThat:
        "The list is not at the step for this."
        "A step before it is missing, or the list is over. `state` of the list says how far it is."
        "Read the list, and take the step that its state asks for."
    ImportBusy, AfterThat:
        "The list is being worked on."
        "The service reads, checks or registers its rows, or a colleague began that a moment ago."
        "Read the list until its state is another one, then look whether the step is still needed."
    DecisionsMissing, AfterThat:
        "Rows of the list wait for a decision."
        "They look like somebody who is registered, or like an earlier row, or something must be answered first. People decide that, and not the service."
        "Read the rows that are `repeated`, `already_registered` or `asked`, decide about each, or say in `undecided` what holds for all."
    UndoTooLate, No:
        "The day in which the list can be undone is over."
        "The first people on it were registered more than 24 hours ago."
        "Look at the cases one by one, and close those that are wrong as registered in error."
    MergeBlocked, AfterThat:
        "The two records cannot be merged now."
        "They contradict each other in a way that must be decided by people. `errors` lists where."
        "Settle each entry of `errors`, then look at the preview again."
    UndoBlocked, AfterThat:
        "The merge cannot be undone now."
        "Something that belongs to both records has happened since. `errors` lists what."
        "Settle each entry of `errors`, then try again."
    StaleVersion, No:
        "Somebody has changed the resource since you read it."
        "The ETag in `If-Match` is not the current one. Your change was refused, so that it does not overwrite a colleague's work."
        "Read the resource again, show the user what changed, apply the change to the new state, and send it with the new ETag."
    BodyTooLarge, No:
        "The body is larger than what is accepted."
        "JSON bodies are limited to 1 MiB."
        "Send less at a time: split a list into several requests."
    UriTooLong, No:
        "The address is longer than 8 KiB."
        "Too many query parameters, or very long ones."
        "Use the search that takes a body, `POST /v1/cases/search`, or split the query into several requests."
    UnsupportedMediaType, No:
        "The body has a media type or an encoding that is not accepted."
        "Something other than JSON was sent (or, as the content of an attachment, something other than `application/octet-stream`), or the body was compressed."
        "Send `Content-Type: application/json` (a PATCH also takes `application/merge-patch+json`, and the content of a file is `application/octet-stream`) and no `Content-Encoding`."
    IdempotencyKeyReused, No:
        "This `Idempotency-Key` has been used for another request."
        "A key belongs to one request and its body, for seven days. The same key with another body is nearly always a mistake in the program."
        "Make a new key, such as a random UUID, for each new thing. Reuse a key only to repeat exactly the same request."
    AnswerNotKept, No:
        "The request with this `Idempotency-Key` was carried out earlier, and its answer is no longer kept."
        "It was carried out before an upgrade of the server. Older versions stored answers; the upgrade deleted them, because they told what their reader may no longer see."
        "Look for what was made in its list. Do not repeat the request with another key: that would make it twice."
    MissionDoesNotCover, No:
        "The mission does not serve this nationality in this country."
        "Each mission has a list of whom it covers, and where."
        "Look up the right one: `GET /v1/missions?nationality=…&host_country=…`."
    ConsentRequired, AfterThat:
        "The person has not agreed to this."
        "Nobody asked, the answer was no, the consent covers other compartments or another organisation, or it has been withdrawn. `detail` names the purpose."
        "Ask the person, record the answer at `POST /v1/cases/{id}/consents`, and only then share. Never record a consent that was not given."
    PreconditionRequired, No:
        "The change does not say which version it is based on."
        "The request has no `If-Match`."
        "Read the resource, and send its `ETag` as `If-Match`. This keeps you from overwriting a colleague's work."
    TooManyRequests, AfterWait:
        "Too many requests in a minute, or too many failed sign-ins."
        "The headers `RateLimit-Policy` and `RateLimit` say how many requests are allowed and how many are left."
        "Slow down before the limit is reached: `RateLimit` says how many are left and when all of them are there again."
    SearchBudgetSpent, AfterWait:
        "Today's blind searches have all been used."
        "Each user and each organisation has a fixed number of searches a day, so that nobody can try out a list of people."
        "Continue tomorrow: `Retry-After` says when. Search only for people who are in front of you."
    FigureBudgetSpent, AfterWait:
        "Today's questions about this release of figures have all been used."
        "Each user and each machine client may ask a fixed number of different questions a day about a release. One that was asked before costs nothing."
        "Continue tomorrow: `Retry-After` says when. Keep the answers: those of a release never change."
    HeadersTooLarge, No:
        "The headers of the request are too large."
        "Usually a cookie or a token of another system."
        "Send only the headers that are needed. Homeward knows one cookie, that of a session in a browser, and no other."
    Internal, Carefully:
        "Something failed on the server."
        "A fault in the service. The cause is in the server's log, under the id in `instance`."
        "Give the `instance` to the operator, but never an id or a name of a person."
    Integrity, No:
        "Something that is stored does not open any more, or is none of what was written."
        "A damaged disk, a copy that is not whole, or somebody who changed the database. The other cases can be read."
        "Tell the operator, with the `instance`: they run `homeward check`. Do not register the person again."
    DatabaseUnavailable, AfterWait:
        "The database cannot be reached, or is busy."
        "A restart, a failover, or very many requests at once. The request had no effect."
        "Wait and send it again."
    DatabaseDamaged, AfterWait:
        "The files of the database are damaged, or were removed or replaced while the service ran."
        "Nothing is written and nothing is shown until the service runs on files that are whole. The request had no effect."
        "Tell the operator at once. What is not sent yet is sent again when `/readyz` answers 200."
    OutcomeUnknown, AfterWait:
        "It is not known whether the request took effect."
        "The connection to the database broke at the very moment of the commit, or it did not end within 15 seconds."
        "With an `Idempotency-Key`, send the same request again: if it took effect, you get what it made. Without one, read the current state before you write again."
    NamesNotReady, AfterWait:
        "The search by name is not ready yet."
        "After a start, the service first reads all names into memory. This takes a few seconds."
        "Wait and send it again."
    AuditUnavailable, AfterWait:
        "The audit trail cannot be written, so nothing is disclosed."
        "Every access to a case is recorded before the answer leaves the server. When that is not possible, there is no answer."
        "Wait and send it again. If it lasts, tell the operator: the disk may be full."
    AttachmentLimitReached, No:
        "No more files can be stored on this case, or by this organisation."
        "The case has the maximum number of files, or the organisation's files have reached their limit."
        "Delete files that are not needed. If all of them are, the operator of the installation can raise the limit."
    FileTooLarge, No:
        "The file is larger than 20 MiB."
        "A photograph at full size, or a scan with too high a resolution."
        "Scan at 200 dpi, or split the document into several files. Tell the user before the upload: the size is already known then."
    RangeNotSatisfiable, No:
        "The file has no such part."
        "The `Range` of the request begins after the end of the file, or cannot be read."
        "The header `Content-Range` of this answer gives the length of the file. Ask for a part within it, or for the whole file."
    FileRefused, No:
        "The bytes are not a file that is accepted here."
        "PDF, JPEG, PNG, WebP, HEIC, MP4, QuickTime, 3GP, M4A, Ogg and AMR are accepted. The file is of another type than announced, is damaged, or does not have the digest that was sent with it."
        "Check that the file opens on the screen, announce its real `media_type`, and compute the digest over exactly the bytes that you send."
    StorageUnavailable, Carefully:
        "Files cannot be stored or read at the moment."
        "The file storage does not answer. Everything else works: cases can be registered and changed."
        "Continue without the file, and send it later. Nothing of it was stored, and the announced attachment waits for it."
    StorageFull, No:
        "There is no space left to store this. Nothing of it was stored."
        "The disk or the bucket of the installation is full, or nearly: then files, lists and exports are refused, so that cases can still be read, registered and changed."
        "Keep what you were about to send, and tell the operator of the installation. It is accepted again as soon as there is space."
}
