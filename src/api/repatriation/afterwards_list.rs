//! Recording afterwards a list of people who left or arrived, in one request: each of them has a result of its own.

use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::api::cases::CreateCase;
use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Referenced, Rendered};
use crate::api::http::extract::{CreateBody, Input, check_item};
use crate::api::http::items::{ItemProblem, MadeItems};
use crate::api::http::json::{Unread, in_order};
use crate::api::http::respond;
use crate::api::repatriation::afterwards::Journey;
use crate::db::Tx;
use crate::db::casefile::idempotency::Reference;
use crate::db::repatriation::afterwards::{self, Listed, Recorded};
use crate::domain::access::Permission;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::codes::DepartureBasis;
use crate::domain::ids::CaseId;
use crate::domain::repatriation::stage::Stage;
use crate::domain::text::lines;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::{DayAt, Today};
use crate::error::{Error, ErrorCode, Result};

/// A list of people who left or arrived.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecordAfterwardsList {
    /// Why they are recorded only now.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "Flown home by their government before we had met them")]
    reason: String,
    /// Who reported them.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "List of the airport desk")]
    source: String,
    /// The people; each is taken or refused on its own.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<WhoLeft>,
    /// Those of the list that could not be read.
    #[serde(skip)]
    unread: Unread,
}

impl Input for RecordAfterwardsList {
    const ENTRIES: Option<&'static str> = Some("items");

    fn set_aside(&mut self, unread: Unread) {
        self.unread = unread;
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        // Not by `validate`, which would keep a copy of everybody on the list.
        checks.refuse(!(1..=100).contains(&(self.items.len() + self.unread.len())), "/items", "length", "must have 1 to 100 entries");
        checks.found()
    }
}

/// Somebody who left or arrived.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct WhoLeft {
    /// The case. For somebody who is on none, give `person` instead.
    case_id: Option<CaseId>,
    /// Somebody to be registered, as with `POST /v1/cases`.
    #[validate(nested)]
    person: Option<CreateCase>,
    /// When the person left the country: a day that is over there.
    #[schema(max_length = 10)]
    departed_on: Option<NaiveDate>,
    /// When the person arrived at home: a day that is over. Alone for somebody whose departure is recorded.
    #[schema(max_length = 10)]
    arrived_on: Option<NaiveDate>,
    /// How the person left; required with `departed_on`.
    basis: Option<DepartureBasis>,
}

impl Input for WhoLeft {
    fn day_at(&self) -> DayAt {
        self.person.as_ref().map_or(DayAt::Here, Input::day_at)
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let is_one = self.case_id.is_some() != self.person.is_some();
        checks.refuse(!is_one, "/case_id", "either_or", "give either case_id or person");
        self.journey().check(&mut checks);
        let of_person = self.person.as_ref().map(|person| person.violations(today)).unwrap_or_default();
        let within = |violation: Violation| Violation { pointer: format!("/person{}", violation.pointer), ..violation };
        checks.found().into_iter().chain(of_person.into_iter().map(within)).collect()
    }
}

impl WhoLeft {
    const fn journey(&self) -> Journey {
        Journey { departed_on: self.departed_on, arrived_on: self.arrived_on, basis: self.basis }
    }

    /// Who it is; none for an item that was not checked.
    fn listed(self) -> Option<Listed> {
        match (self.case_id, self.person) {
            (Some(case), _) => Some(Listed::Case(case)),
            (None, Some(person)) => Some(Listed::New(Box::new(person.into_new_case()))),
            (None, None) => None,
        }
    }
}

/// What became of each of a list.
#[derive(Serialize, ToSchema)]
pub struct RecordAfterwardsResults {
    /// In the order of the list.
    #[schema(max_items = 100)]
    items: Vec<RecordAfterwardsResult>,
}

/// What became of one of a list.
#[derive(Serialize, ToSchema)]
pub struct RecordAfterwardsResult {
    /// The case; null where nothing was recorded.
    case_id: Option<CaseId>,
    /// Where the case stands; null where nothing was recorded.
    stage: Option<Stage>,
    /// Why nothing was recorded; null where it was.
    problem: Option<ItemProblem>,
}

/// An item that can be recorded, or why it cannot.
type Checked = std::result::Result<(Listed, Recorded), ItemProblem>;

/// The cases of a list, in its order, and why nothing was recorded of the others.
struct RecordedList(MadeItems<CaseId>);

impl Referenced for RecordedList {
    fn reference(&self) -> Reference {
        self.0.reference()
    }
}

/// What may be told of an item now: nothing of a case that the caller does not see any more.
fn told(tx: &mut Tx<'_>, item: &std::result::Result<CaseId, ItemProblem>) -> Result<RecordAfterwardsResult> {
    let refused = |problem| RecordAfterwardsResult { case_id: None, stage: None, problem: Some(problem) };
    let id = match item {
        Ok(id) => *id,
        Err(problem) => return Ok(refused(problem.clone())),
    };
    Ok(match afterwards::stage_now(tx, id)? {
        Some(stage) => RecordAfterwardsResult { case_id: Some(id), stage: Some(stage), problem: None },
        None => refused(Error::not_found().into()),
    })
}

impl Rendered for RecordedList {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let items = self.0.0.iter().map(|item| told(tx, item)).collect::<Result<_>>()?;
        respond::answer("/v1/cases".to_owned(), respond::etag(1, CompartmentSet::EMPTY), &RecordAfterwardsResults { items })
    }
}

/// Record a list of people who already left.
///
/// By a supervisor of the owner or of the coordination desk: everybody on a list of the airport desk, in one request. Each is taken or
/// refused on its own, in the order of the list, and the answer says which and why. Of each it is what `POST
/// /v1/cases/{id}/repatriation/afterwards` is of one: entries of the log on their own days, marked `recorded_afterwards`, with the
/// requirements that were not met as `gaps` and a task to review each. Somebody who is on no case is registered with it, or not at all.
#[utoipa::path(
    tag = "repatriation",
    request_body = RecordAfterwardsList,
    responses((status = 201, body = RecordAfterwardsResults, description = "What became of each"))
)]
#[post("/v1/cases/afterwards")]
pub async fn record_afterwards_list(
    allowed: Allowed<may::ByPerson<may::CaseClose>>,
    body: CreateBody<RecordAfterwardsList>,
) -> Result<HttpResponse> {
    let RecordAfterwardsList { reason, source, items, unread } = body.input;
    let registers = items.iter().any(|item| item.person.is_some());
    if registers && !allowed.user()?.role.may(Permission::CaseRegister) {
        return Err(ErrorCode::PermissionDenied.into());
    }
    let here = allowed.today();
    let read: Vec<Checked> = items.into_iter().map(|item| checked(item, here, &reason, &source)).collect();
    let checked: Arc<Vec<Checked>> = Arc::new(in_order(read, unread, |errors| Err(ItemProblem::unread(errors))));
    let again = checked.clone();
    allowed
        .create_recalled(
            body.key,
            move |kept| Some(RecordedList(MadeItems::recall(kept, &again))),
            move |tx| {
                // A list of which nothing could be recorded is still something that was asked.
                tx.audit_unchanged(Uuid::nil());
                let good: Vec<(Listed, Recorded)> = checked.iter().filter_map(|item| item.as_ref().ok().cloned()).collect();
                Ok(RecordedList(MadeItems::of_outcomes(&checked, afterwards::record_all(tx, &good)?)?))
            },
        )
        .await
}

/// Checks an item by itself. Whether its days are over is known at its case.
fn checked(item: WhoLeft, here: Today, reason: &str, source: &str) -> Checked {
    let item = check_item(item, here)?;
    let recorded = item.journey().recorded(reason.to_owned(), source.to_owned());
    let listed = item.listed().ok_or_else(|| Error::internal("an item about nobody"))?;
    Ok((listed, recorded))
}
