//! The road home of a case: where it stands, what comes next, and moving it along.

use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::hash::{DefaultHasher, Hash, Hasher};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::accounts::approvals::void_if_misused;
use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{IfMatch, Input, Json, Path};
use crate::api::http::path_params::CasePath;
use crate::api::http::respond;
use crate::db::casefile::relations::Relation;
use crate::db::process::transition_log::{Move, MoveDetails};
use crate::db::repatriation::transitions::{self, FromRelative, Standing, TransitionEntry};
use crate::domain::codes::{DepartureBasis, HoldReason, RelationKind};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ApprovalId, CaseId, OrganisationId, RelationId, UserId};
use crate::domain::repatriation::belonging::Apart;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::repatriation::{RuleName, Target, UnmetGuard};
use crate::domain::text::lines;
use crate::error::Result;

/// Where a case stands on the road home.
#[derive(Serialize, ToSchema)]
pub struct Repatriation {
    /// The case.
    case_id: CaseId,
    /// Its stage.
    stage: Stage,
    /// State beside the road; the stage is kept meanwhile.
    side_state: Option<SideState>,
    /// The case that follows this one, where the person was trafficked again.
    next_case_id: Option<CaseId>,
    /// Every transition from here, and what is missing for each. A client needs to know no rule.
    #[schema(max_items = 30)]
    next: Vec<NextTransition>,
    /// The log, oldest first.
    #[schema(max_items = 10000)]
    history: Vec<TransitionRecord>,
    /// Who belongs to the person and is apart from them now, as far as you see both cases: not on the same movement, still there, gone
    /// before, on hold or not. Ask before the next step.
    #[schema(max_items = 1000)]
    apart: Vec<ApartFrom>,
    /// Where your transition waits for a second person (202): the approval with which they are asked. Once they approved, send the
    /// transition again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    approval_id: Option<ApprovalId>,
    /// Version of the case, as in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// Somebody who belongs to the person and is apart from them.
#[derive(Serialize, ToSchema)]
pub struct ApartFrom {
    /// The relation.
    relation_id: RelationId,
    /// Their case.
    case_id: CaseId,
    /// Its code.
    #[schema(max_length = 50, example = "KHM-26-7F3M9Q-4")]
    code: String,
    /// What they are to the person.
    relation: RelationKind,
    /// Whether they are a child; null: not known.
    is_child: Option<bool>,
    /// Their stage.
    stage: Stage,
    /// Their side state.
    side_state: Option<SideState>,
    /// How the two are apart.
    apart: Apart,
    /// Why, as a supervisor recorded it.
    #[schema(max_length = 2000)]
    separation_reason: Option<String>,
}

impl From<FromRelative> for ApartFrom {
    fn from(from: FromRelative) -> Self {
        let FromRelative { relation: Relation { id, relative, kind, separation, .. }, apart } = from;
        Self {
            relation_id: id,
            case_id: relative.id,
            code: relative.code,
            relation: kind,
            is_child: relative.is_child,
            stage: relative.stage,
            side_state: relative.side_state,
            apart,
            separation_reason: separation.and_then(|separation| separation.reason),
        }
    }
}

/// A transition from here.
#[derive(Serialize, ToSchema)]
pub struct NextTransition {
    /// Where it leads.
    to: Target,
    /// Its name in the state machine.
    #[schema(value_type = String, max_length = 5, example = "T3")]
    rule: RuleName,
    /// Whether it can be made now, by you.
    allowed: bool,
    /// What is missing. What you state with the transition itself is listed here too.
    #[schema(max_items = 20)]
    unmet: Vec<UnmetGuard>,
}

/// A transition that was made.
#[derive(Serialize, ToSchema)]
pub struct TransitionRecord {
    /// Version of the case after it.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
    /// When.
    moved_at: Timestamp,
    /// By which user; null for the system, and for another organisation's where your mission is a guest on the case.
    user_id: Option<UserId>,
    /// Of which organisation; null for another mission, where yours is a guest on the case.
    organisation_id: Option<OrganisationId>,
    /// Its name in the state machine.
    #[schema(value_type = String, max_length = 5, example = "T3")]
    rule: RuleName,
    /// The stage before.
    from_stage: Option<Stage>,
    /// The side state before.
    from_side_state: Option<SideState>,
    /// The stage after.
    to_stage: Stage,
    /// The side state after.
    to_side_state: Option<SideState>,
    /// Why it was put on hold; null for what another organisation did where your mission is a guest on the case.
    hold_reason: Option<HoldReason>,
    /// When the hold is looked at again.
    #[schema(max_length = 10)]
    review_on: Option<NaiveDate>,
    /// When it happened.
    #[schema(max_length = 10)]
    occurred_on: Option<NaiveDate>,
    /// The reason in words; absent where your grant does not open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    details: Option<TransitionWords>,
    /// Whether it was recorded afterwards: it happened without the steps of this road.
    recorded_afterwards: bool,
    /// How the person left, where that was recorded afterwards.
    departure_basis: Option<DepartureBasis>,
    /// The requirements that were not met, where it was recorded afterwards. What would have met them is to be looked at.
    #[schema(max_items = 50)]
    gaps: Vec<UnmetGuard>,
    /// That it was wrong and was taken back; figures do not count it. Absent for all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    taken_back: Option<TakenBack>,
}

/// Who took a wrong entry of the log back, when and why. The entry of the log that says so has the same version.
#[derive(Clone, Serialize, ToSchema)]
pub struct TakenBack {
    /// Version of the case after it.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
    /// When.
    at: Timestamp,
    /// By which user; null for another organisation's where your mission is a guest on the case.
    user_id: Option<UserId>,
    /// Of which organisation; null for another mission.
    organisation_id: Option<OrganisationId>,
    /// Why; null where your grant does not open it.
    #[schema(max_length = 2000)]
    reason: Option<String>,
}

impl TakenBack {
    fn of(entry: &TransitionEntry, history: &[TransitionEntry]) -> Option<Self> {
        let by = history.iter().find(|other| Some(other.version) == entry.taken_back_with)?;
        let reason = by.details.as_ref().and_then(|details| details.reason.clone());
        Some(Self { version: by.version, at: by.moved_at, user_id: by.user_id, organisation_id: by.organisation_id, reason })
    }
}

/// What was said in words about a transition.
#[derive(Serialize, ToSchema)]
pub struct TransitionWords {
    /// Why.
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// Who reported it.
    #[schema(max_length = 500)]
    source: Option<String>,
}

/// A transition to be made.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MakeTransition {
    /// Where to: a stage, a side state, or `resume`.
    to: Target,
    /// Why, in words.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: Option<String>,
    /// For `on_hold`: why.
    hold_reason: Option<HoldReason>,
    /// For `on_hold`: when it is looked at again.
    #[schema(max_length = 10)]
    review_on: Option<NaiveDate>,
    /// For what happens to a person (`lost_contact`, `deceased` …): when.
    #[schema(max_length = 10)]
    occurred_on: Option<NaiveDate>,
    /// For what happens to a person: who reported it.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    source: Option<String>,
    /// For `protection_pathway`: the approval of a second person, if you shut a mission out of another case within the last hour. For
    /// `resume` from a grave end: not needed, what your colleague approved is found.
    approval_id: Option<ApprovalId>,
}
impl Input for MakeTransition {}

impl From<Standing> for Repatriation {
    fn from(standing: Standing) -> Self {
        let next =
            standing.next.into_iter().map(|(to, rule, unmet)| NextTransition { to, rule, allowed: unmet.is_empty(), unmet }).collect();
        let taken_back: Vec<Option<TakenBack>> = standing.history.iter().map(|entry| TakenBack::of(entry, &standing.history)).collect();
        let history = standing.history.into_iter().zip(taken_back).map(|(entry, back)| TransitionRecord::of(entry, back)).collect();
        Self {
            case_id: standing.row.id,
            stage: standing.row.stage,
            side_state: standing.row.side_state,
            next_case_id: standing.next_case,
            next,
            apart: standing.apart.into_iter().map(ApartFrom::from).collect(),
            approval_id: standing.asked,
            history,
            version: standing.row.version,
        }
    }
}

impl TransitionRecord {
    fn of(entry: TransitionEntry, taken_back: Option<TakenBack>) -> Self {
        let TransitionEntry {
            version,
            moved_at,
            user_id,
            organisation_id,
            rule,
            from_stage,
            from_side_state,
            to_stage,
            to_side_state,
            hold_reason,
            review_on,
            occurred_on,
            details,
            taken_back_with: _,
            departure_basis,
            gaps,
        } = entry;
        let details = details.map(|MoveDetails { reason, source, gaps: _ }| TransitionWords { reason, source });
        Self {
            version,
            moved_at,
            user_id,
            organisation_id,
            rule,
            from_stage,
            from_side_state,
            to_stage,
            to_side_state,
            hold_reason,
            review_on,
            occurred_on,
            details,
            recorded_afterwards: rule == RuleName::T15,
            departure_basis,
            gaps,
            taken_back,
        }
    }
}

/// Where a case stands on the road home.
///
/// Stage, log, and every next transition with `allowed` and what is missing.
#[utoipa::path(
    tag = "repatriation",
    params(CasePath),
    responses((status = 200, body = Repatriation, description = "Where it stands"))
)]
#[get("/v1/cases/{id}/repatriation")]
pub async fn get_repatriation(http: HttpRequest, allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<HttpResponse> {
    let standing = allowed.read(move |tx| transitions::find(tx, id.0)).await?;
    Ok(respond::found(&http, etag(&standing), &Repatriation::from(standing)))
}

/// Move the repatriation along.
///
/// With `If-Match`. If something is missing the answer is 409 `unmet_guards` with the list. Entering the protection
/// pathway needs a step-up and ends every mission's sight of the case in the same transaction; a case that a mission owned passes to the
/// coordination desk, which opens no more of it than before until two people of it answer for that. A second one on a case of another
/// organisation within an hour needs a second person's approval first (`exclusion`); a wrong one is taken back by two.
///
/// What was entered by mistake is taken back with `resume`: somebody who is not dead, was not removed, or was not trafficked again. A
/// supervisor of the owner sends it with the reason; the answer is 202, and a second supervisor is asked (`correction`). Once they
/// approved, the same request takes it back: the case stands where it stood before, figures count as if the entry had never been, and the
/// log keeps it as `taken_back`. Needs a step-up. A step back from a departure, an arrival or the end takes back what did not happen.
/// Recorded in the log and in the history of the case.
#[utoipa::path(
    tag = "repatriation",
    params(CasePath, IfMatch),
    request_body = MakeTransition,
    responses(
        (status = 200, body = Repatriation, description = "Moved"),
        (status = 202, body = Repatriation, description = "A second person is asked; the case stays where it is")
    )
)]
#[post("/v1/cases/{id}/repatriation/transitions")]
pub async fn make_transition(
    allowed: Allowed<may::RepatriationMove>,
    id: Path<CaseId>,
    if_match: IfMatch,
    body: Json<MakeTransition>,
) -> Result<HttpResponse> {
    let MakeTransition { to, reason, hold_reason, review_on, occurred_on, source, approval_id } = body.0;
    let moved = Move {
        hold_reason,
        review_on,
        occurred_on,
        details: MoveDetails { reason, source, ..MoveDetails::default() },
        approval: approval_id,
        ..Move::default()
    };
    let standing = allowed.write(move |tx| transitions::advance(tx, id.0, if_match.expected(), to, &moved)).await;
    void_if_misused(&allowed, approval_id, &standing).await?;
    let standing = standing?;
    let (etag, is_asked) = (etag(&standing), standing.asked.is_some());
    let body = Repatriation::from(standing);
    Ok(if is_asked { respond::accepted(etag, &body) } else { respond::changed(etag, &body) })
}

pub(super) fn etag(standing: &Standing) -> String {
    let Standing { row, revision, apart, .. } = standing;
    if apart.is_empty() {
        return format!("\"{}-r{revision}\"", row.version);
    }
    // The steps and the list depend on cases of others: whoever sees none of them has the tag of the case alone.
    let mut others = DefaultHasher::new();
    for FromRelative { relation, apart } in apart {
        (relation.id, relation.version, relation.relative.version, *apart).hash(&mut others);
    }
    format!("\"{}-r{revision}-{:x}\"", row.version, others.finish())
}
