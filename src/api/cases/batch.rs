//! Registering a list of people in one request: each of them has a result of its own.

use actix_web::{HttpResponse, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;
use zeroize::Zeroizing;

use crate::api::cases::CreateCase;
use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Referenced, Rendered};
use crate::api::http::extract::{CreateBody, Input, check_item};
use crate::api::http::idempotency_key::{bound, is_key};
use crate::api::http::items::{ItemProblem, MadeItems};
use crate::api::http::json::{Unread, Wiped, in_order};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::casefile::idempotency::{CreateRequest, Reference};
use crate::db::cases::register::{self, Registration};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::ids::CaseId;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::{DayAt, Today};
use crate::error::{Error, Result};

/// The most people of one list.
const MOST: usize = 1000;

/// A list of people to be registered.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateCases {
    /// The people; the whole list has at most 1 MiB.
    #[schema(min_items = 1, max_items = 1000)]
    items: Vec<CreateCaseItem>,
    /// Whether nobody is registered while one of the list is refused. Without it each is taken or refused on its own.
    all_or_nothing: Option<bool>,
    /// Those of the list that could not be read.
    #[serde(skip)]
    unread: Unread,
}

/// One person of a list.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateCaseItem {
    /// The `Idempotency-Key` of this person alone: who was registered with it before, in a list or by `POST /v1/cases`, is not
    /// registered again. 1 to 128 visible ASCII characters.
    #[schema(min_length = 1, max_length = 128, example = "9a1f6c1e-2f6b-4b60-9a53-2b0c6f6f7d11")]
    idempotency_key: Option<String>,
    /// The person, as `POST /v1/cases` takes one.
    #[validate(nested)]
    person: CreateCase,
    /// The hash of `person`, to which the key is bound.
    #[serde(skip)]
    bound: Vec<u8>,
}

impl Input for CreateCases {
    const ENTRIES: Option<&'static str> = Some("items");

    fn set_aside(&mut self, unread: Unread) {
        self.unread = unread;
    }

    /// The keys are bound to the people as they came, written without spaces: a client that registered one of them alone, and never
    /// heard of it, may send the same in a list.
    fn bind_to(&mut self, bytes: &[u8]) {
        if self.items.iter().all(|item| item.idempotency_key.is_none()) {
            return;
        }
        let Ok(body) = serde_json::from_slice(bytes).map(Wiped) else { return };
        let sent = body.get("items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let read = sent.iter().enumerate().filter(|(at, _)| !self.unread.contains_key(at)).map(|(_, item)| item);
        for (item, sent) in self.items.iter_mut().zip(read) {
            let person = Zeroizing::new(sent.get("person").map(Value::to_string).unwrap_or_default());
            item.bound = bound("/v1/cases", person.as_bytes());
        }
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        // Not by `validate`, which would keep a copy of everybody on the list.
        checks.refuse(!(1..=MOST).contains(&(self.items.len() + self.unread.len())), "/items", "length", "must have 1 to 1000 entries");
        checks.found()
    }
}

impl Input for CreateCaseItem {
    fn day_at(&self) -> DayAt {
        self.person.day_at()
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let is_no_key = self.idempotency_key.as_deref().is_some_and(|key| !is_key(key));
        checks.refuse(is_no_key, "/idempotency_key", "malformed", "must be 1 to 128 visible ASCII characters, such as a UUID");
        let within = |violation: Violation| Violation { pointer: format!("/person{}", violation.pointer), ..violation };
        checks.found().into_iter().chain(self.person.violations(today).into_iter().map(within)).collect()
    }
}

/// What became of each of a list.
#[derive(Serialize, ToSchema)]
pub struct CreateCasesResults {
    /// In the order of the list.
    #[schema(max_items = 1000)]
    items: Vec<CreateCaseResult>,
}

/// What became of one of a list.
#[derive(Serialize, ToSchema)]
pub struct CreateCaseResult {
    /// The case; null where nobody was registered.
    case_id: Option<CaseId>,
    /// The code of the case, to be given to the person; null where nobody was registered.
    #[schema(max_length = 20, example = "KHM-26-7X3B48-N")]
    code: Option<String>,
    /// Why nobody was registered; null where somebody was.
    problem: Option<ItemProblem>,
}

impl CreateCaseResult {
    const fn refused(problem: ItemProblem) -> Self {
        Self { case_id: None, code: None, problem: Some(problem) }
    }
}

/// Somebody who can be registered, or why they cannot.
type Checked = std::result::Result<Registration, ItemProblem>;

/// The cases of a list, in its order, and why nobody was registered of the others.
struct RegisteredList(MadeItems<CaseId>);

impl Referenced for RegisteredList {
    fn reference(&self) -> Reference {
        self.0.reference()
    }
}

impl Rendered for RegisteredList {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let ids: Vec<CaseId> = self.0.0.iter().filter_map(|item| item.as_ref().ok().copied()).collect();
        let codes: HashMap<CaseId, String> = register::codes(tx, &ids)?;
        let told = |item: &std::result::Result<CaseId, ItemProblem>| match item {
            Ok(id) => match codes.get(id) {
                Some(code) => CreateCaseResult { case_id: Some(*id), code: Some(code.clone()), problem: None },
                // Nothing is told of a case that the caller does not see any more.
                None => CreateCaseResult::refused(Error::not_found().into()),
            },
            Err(problem) => CreateCaseResult::refused(problem.clone()),
        };
        let results = CreateCasesResults { items: self.0.0.iter().map(told).collect() };
        respond::answer("/v1/cases".to_owned(), respond::etag(1, CompartmentSet::EMPTY), &results)
    }
}

/// Register a list of people.
///
/// Up to 1000, in one request: what an embassy wrote down while the line was dead. Each is what `POST /v1/cases` is of one, with the same
/// rules, grants, tasks and entries of the audit trail, and is taken or refused on its own, in the order of the list; the answer says which and why.
/// With `all_or_nothing` nobody is registered while one of them is refused. A list that is sent again with the same `Idempotency-Key`
/// registers nobody again, and neither does a person with an `idempotency_key` that was used before.
#[utoipa::path(
    tag = "cases",
    request_body = CreateCases,
    responses((status = 201, body = CreateCasesResults, description = "What became of each"))
)]
#[post("/v1/cases/batch")]
pub async fn create_cases(allowed: Allowed<may::CaseRegister>, body: CreateBody<CreateCases>) -> Result<HttpResponse> {
    let CreateCases { items, all_or_nothing, unread } = body.input;
    let is_whole = all_or_nothing.unwrap_or(false);
    let of_list = body.key.0.as_ref().map(|(key, _)| key.as_str());
    let here = allowed.today();
    let read: Vec<Checked> = items.into_iter().map(|item| checked(item, here, of_list)).collect();
    let checked: Arc<Vec<Checked>> = Arc::new(in_order(read, unread, |errors| Err(ItemProblem::unread(errors))));
    if is_whole {
        refuse_any(checked.iter().map(|item| item.as_ref().err().cloned()))?;
    }
    let again = checked.clone();
    allowed
        .create_recalled(
            body.key,
            move |kept| Some(RegisteredList(MadeItems::recall(kept, &again))),
            move |tx| {
                // A list of which nobody could be registered is still something that was asked.
                tx.audit_unchanged(Uuid::nil());
                let good: Vec<&Registration> = checked.iter().filter_map(|item| item.as_ref().ok()).collect();
                let made = MadeItems::of_outcomes(&checked, register::insert_each(tx, &good)?)?;
                if is_whole {
                    refuse_any(made.0.iter().map(|item| item.as_ref().err().cloned()))?;
                }
                Ok(RegisteredList(made))
            },
        )
        .await
}

/// Checks one of the list by itself, on the day of the country where the person is.
fn checked(item: CreateCaseItem, here: Today, of_list: Option<&str>) -> Checked {
    let item = check_item(item, here)?;
    if item.idempotency_key.is_some() && item.idempotency_key.as_deref() == of_list {
        return Err(Error::field("/idempotency_key", "duplicate", "is the key of the whole list").into());
    }
    let request = item.idempotency_key.map(|key| CreateRequest { key, body_hash: item.bound });
    Ok(Registration { new: item.person.into_new_case(), request })
}

/// Refuses a list of which anybody is refused, with what is wrong with each.
fn refuse_any(problems: impl Iterator<Item = Option<ItemProblem>>) -> Result<()> {
    let wrong: Vec<Violation> =
        problems.enumerate().filter_map(|(at, problem)| Some((at, problem?))).flat_map(|(at, problem)| problem.of_the_list(at)).collect();
    if wrong.is_empty() { Ok(()) } else { Err(Error::fields(wrong)) }
}
